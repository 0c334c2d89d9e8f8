"""The languages of a compendium, one or two: which are shown, where their columns, keys and files are."""

import os
import re

from compendium import CompendiumError
from compendium.declaration import declared
from compendium.paths import LANGUAGE

FILES = {"zh": "zh-CN"}  # how files name a language otherwise than by its code


def spoken() -> tuple[str, ...]:
    """Return the languages of the compendium at work in the order declared; the first stands where only one can."""
    return tuple(declared().languages)


def plain() -> str:
    """Return the language whose files and keys bear no mark, README.md and `title`: English, else the first."""
    return "en" if "en" in spoken() else spoken()[0]


def plain_first() -> list[str]:
    """Return the languages, first the one whose files and keys bear no mark."""
    return sorted(spoken(), key=lambda language: language != plain())


def own(language: str) -> str:
    """Return the language of the engine's own words for a reader of a language: Chinese for Chinese, else English."""
    return "zh" if language == "zh" else "en"


def called(language: str, reader: str) -> str:
    """Return what a language is called in that of a reader; its code if no name is known."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale(language).get_language_name(reader) or language
    except UnknownLocaleError:
        return language


def checked(language: str) -> str:
    """Return a language that is asked for.

    Raises:
        CompendiumError: the compendium does not speak it.
    """
    if language not in spoken():
        raise CompendiumError(f"compendium.toml declares no language {language!r}. Remedy: use {' or '.join(spoken())}")
    return language


def asked() -> str:
    """Return the one language that COMPENDIUM_LANGUAGE asks notebooks to show, empty for all.

    Raises:
        CompendiumError: the compendium does not speak it.
    """
    return checked(found) if (found := os.environ.get(LANGUAGE, "")) else ""


def shown() -> tuple[str, ...]:
    """Return the languages in which notebooks show texts, tables and figures: the one asked for, else all."""
    return (one,) if (one := asked()) else spoken()


def columns(stem: str) -> list[str]:
    """Return the columns of tables and ledger that hold `stem` in each language: statement_zh, statement_en."""
    return [f"{stem}_{language}" for language in spoken()]


def stem(column: str) -> str:
    """Return the name of a column without the language at its end: statement_en gives statement."""
    return next((column.removesuffix(f"_{code}") for code in spoken() if column.endswith(f"_{code}")), column)


def key(stem: str, language: str) -> str:
    """Return the key of datapackage.json that holds `stem` in a language: title, title_zh."""
    return stem if language == plain() else f"{stem}_{language}"


def page(name: str, language: str) -> str:
    """Return the name of a file in a language: README.md, README.zh-CN.md."""
    stem, _, ending = name.rpartition(".")
    return name if language == plain() else f"{stem}.{FILES.get(language, language)}.{ending}"


def unmarked(name: str) -> str:
    """Return the name of a file, or a link to it, in the plain language: README.zh-CN.md gives README.md."""
    marks = "|".join(re.escape(FILES.get(one, one)) for one in spoken() if one != plain())
    return re.sub(rf"\.(?:{marks})(?=\.\w+)", "", name) if marks else name
