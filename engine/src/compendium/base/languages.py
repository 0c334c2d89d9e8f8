"""The languages of a compendium, one or two: where their columns, keys and files are."""

import re

from compendium import CompendiumError

FILES = {"zh": "zh-CN"}  # how files name a language otherwise than by its code


class Languages(tuple[str, ...]):
    """The codes of the languages in the order declared; the first stands where only one can."""

    __slots__ = ()

    @property
    def plain(self) -> str:
        """The language whose files and keys bear no mark, README.md and `title`: English, else the first."""
        return "en" if "en" in self else self[0]

    @property
    def plain_first(self) -> list[str]:
        """The languages, first the one whose files and keys bear no mark."""
        return sorted(self, key=lambda language: language != self.plain)

    def checked(self, language: str) -> str:
        """Return a language that is asked for; CompendiumError if the compendium does not speak it."""
        if language not in self:
            raise CompendiumError(f"compendium.toml declares no language {language!r}. Remedy: use {' or '.join(self)}")
        return language

    def columns(self, stem: str) -> list[str]:
        """Return the columns of tables and ledger that hold `stem` in each language: statement_zh, statement_en."""
        return [f"{stem}_{language}" for language in self]

    def stem(self, column: str) -> str:
        """Return the name of a column without the language at its end: statement_en gives statement."""
        return next((column.removesuffix(f"_{code}") for code in self if column.endswith(f"_{code}")), column)

    def key(self, stem: str, language: str) -> str:
        """Return the key of datapackage.json that holds `stem` in a language: title, title_zh."""
        return stem if language == self.plain else f"{stem}_{language}"

    def page(self, name: str, language: str) -> str:
        """Return the name of a file in a language: README.md, README.zh-CN.md."""
        stem, _, ending = name.rpartition(".")
        return name if language == self.plain else f"{stem}.{FILES.get(language, language)}.{ending}"

    def unmarked(self, name: str) -> str:
        """Return the name of a file, or a link to it, in the plain language: README.zh-CN.md gives README.md."""
        marks = "|".join(re.escape(FILES.get(one, one)) for one in self if one != self.plain)
        return re.sub(rf"\.(?:{marks})(?=\.\w+)", "", name) if marks else name


def format_count(number: int, noun: str) -> str:
    """Return a number with an English noun, such as 1 claim or 2 claims."""
    return f"{number} {noun}{'s' * (number != 1)}"


def choose_engine_language(reader_language: str) -> str:
    """Return the language of the engine's own words for a reader of a language: Chinese for Chinese, else English."""
    return "zh" if reader_language == "zh" else "en"


def name_language(language: str, reader: str) -> str:
    """Return what a language is called in that of a reader; its code if no name is known."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale(language).get_language_name(reader) or language
    except UnknownLocaleError:
        return language
