"""Texts in the languages of a compendium: they stand in catalogues and are filled with values when they are read.

A catalogue is a TOML file of the folder `texts` of a package: key -> language -> text, with the same placeholders in
each, as for `str.format`: `{year}`, `{share:.1f}`, `{row.name}`. A format with a bar is a choice by number:
`{n:page|pages}`. What is filled in may itself be a text. The catalogues of the engine hold Chinese and English; in any
other language its words are the English ones.
"""

import re
import string
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails

from compendium import CompendiumError
from compendium.base import escape, paths, toml
from compendium.base.languages import choose_engine_language

if TYPE_CHECKING:
    import pandas as pd

COMMA, CLAUSE, SEMICOLON, SLASH, SENTENCE = ("、", ", "), ("，", ", "), ("；", "; "), (" / ", " / "), ("", " ")
COLON = ("：", ": ")
END = {"zh": re.compile("(?<=。)"), "en": re.compile(r"(?:(?<=[^\s.]{2}[.?!])|(?<=\d[.?!]))\s+(?=[A-Z“0-9(])")}
OF_ENGINE = ("zh", "en")  # the languages of its catalogues
T = TypeVar("T")


class TomlTranslations(toml.StrictTomlTable):
    """A table of a TOML file with a text in each language, by its code: `table[language]`, else that of the engine."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Any] = Field(init=False)

    def __getitem__(self, language: str) -> str:
        words = self.words
        return next(words[code] for code in (language, choose_engine_language(language), *words) if code in words)

    @property
    def words(self) -> dict[str, str]:
        """The text by language."""
        return self.__pydantic_extra__

    @model_validator(mode="after")
    def complete(self, info: ValidationInfo) -> "TomlTranslations":
        """Refuse what is no text, and where it is told which languages there must be, one that lacks or any other."""
        given, due = self.words, (info.context or {}).get("languages") or tuple(self.words)
        faults = [("missing", code) for code in due if code not in given]
        faults += [("extra_forbidden", key) for key in given if key not in due]
        faults += [("string_type", code) for code in due if not isinstance(given.get(code), str)]
        if faults:
            told = [InitErrorDetails(type=kind, loc=(key,), input=given) for kind, key in faults]
            raise ValidationError.from_exception_data(type(self).__name__, told)
        return self


class CatalogueEntry(TomlTranslations):
    """One text of a catalogue."""

    @model_validator(mode="after")
    def alike(self) -> "CatalogueEntry":
        """Refuse forms whose placeholders differ."""
        (one, first), *forms = ((code, placeholders(text)) for code, text in self.words.items())
        for code, found in forms:
            if found != first:
                raise ValueError(f"placeholders differ: {one} has {sorted(first)}, {code} has {sorted(found)}")
        return self

    @property
    def takes(self) -> frozenset[str]:
        """The names of the values that the text takes."""
        return list_value_names(next(iter(self.words.values())))


CATALOGUE = TypeAdapter(dict[str, CatalogueEntry])


@cache
def placeholders(text: str) -> frozenset[str]:
    """Return the names in the placeholders of a text: `{late.demand:.0f}` -> late.demand."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def list_value_names(text: str) -> frozenset[str]:
    """Return the names of the values that a text takes: `{late.demand:.0f}` -> late."""
    return frozenset(name.split(".")[0].split("[")[0] for name in placeholders(text))


class TranslatedText:
    """A text in each language: `text[language]` as it stands, `text.markdown[language]` in Markdown.

    Args:
        write: gives the text in a language; it is asked when the text is read.
        mark: gives it in Markdown; without it the text as it stands is escaped.
    """

    def __init__(self, write: Callable[[str], str], mark: Callable[[str], str] | None = None):
        self._write, self._mark, self._written = write, mark, dict[str, str]()

    def __getitem__(self, language: str) -> str:
        if language not in self._written:
            self._written[language] = self._write(language)
        return self._written[language]

    @property
    def markdown(self) -> "TranslatedText":
        """The text in Markdown, which another one takes as it is."""
        mark = self._mark or (lambda language: escape.markdown(self[language]))
        return self if mark is self._write else TranslatedText(mark, mark)

    @property
    def marked(self) -> bool:
        """Whether it has a form in Markdown of its own."""
        return self._mark is not None

    @property
    def zh(self) -> str:
        """The text in Chinese."""
        return self["zh"]

    @property
    def en(self) -> str:
        """The text in English."""
        return self["en"]

    __iter__ = None  # else Python would ask for text[0], text[1] and so on without end

    def __bool__(self) -> bool:
        return any(self.forms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TranslatedText) and self.forms == other.forms

    def __lt__(self, other: "TranslatedText") -> bool:
        return self.forms < other.forms

    def __hash__(self) -> int:
        return hash(self.forms)

    def __repr__(self) -> str:
        return f"Text{self.forms}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The text in Chinese and in English, or what stands for them: texts that are alike in both are equal."""
        return tuple(self[language] for language in OF_ENGINE)


class LanguageFallbackDict(dict[str, Any]):
    """What stands in a table, by language; in one that is not there the first."""

    def __missing__(self, _: str) -> Any:
        return next(iter(self.values()))


def make_translated_text(by_language: Mapping[str, Any]) -> TranslatedText:
    """Return a text that stands in a table by language, such as a name; in one that is not there the first."""
    return TranslatedText(LanguageFallbackDict(by_language).__getitem__)


def make_bilingual_text(zh: Any, en: Any) -> TranslatedText:
    """Return a text in Chinese and English."""
    return make_translated_text({"zh": zh, "en": en})


def make_markdown_text(write_in_language: Callable[[str], str]) -> TranslatedText:
    """Return a text that is written in Markdown."""
    return TranslatedText(write_in_language, write_in_language)


def make_text_with_markdown(write_in_language: Callable[..., str]) -> TranslatedText:
    """Return a text that is written, with language and `markdown`, as it stands or in Markdown."""
    return TranslatedText(partial(write_in_language, markdown=False), partial(write_in_language, markdown=True))


NOTHING = TranslatedText(lambda _: "")


def find_language_columns(columns: Iterable[object], column_stem: str) -> dict[str, str]:
    """Return by language the columns that hold `column_stem` in it: statement_zh, statement_en, however they stand in a
    table; KeyError if there is none."""
    matches = (re.fullmatch(rf"{column_stem}_([a-z]{{2,3}})", str(column)) for column in columns)
    if not (found := {match[1]: match[0] for match in matches if match}):
        raise KeyError(column_stem)
    return {language: found[language] for language in dict.fromkeys((*OF_ENGINE, *found)) if language in found}


def of(
    rows: "pd.Series | pd.DataFrame | Mapping[str, Any]", stem: str, between: tuple[str, str] = COMMA
) -> TranslatedText:
    """Return what the columns `stem`_zh, `stem`_en hold, of several rows as a list."""
    if hasattr(rows, "columns"):
        return join_texts(each(rows, stem), between)
    return make_translated_text(
        {language: str(rows[name]) for language, name in find_language_columns(rows.keys(), stem).items()}
    )


def each(rows: "pd.DataFrame", stem: str) -> list[TranslatedText]:
    """Return what the columns `stem`_zh, `stem`_en hold, row by row."""
    names = find_language_columns(rows.columns, stem)
    return [
        make_translated_text(dict(zip(names, row, strict=True)))
        for row in rows[[*names.values()]].itertuples(index=False)
    ]


def choose_punctuation(zh_and_en: tuple[str, str], language: str) -> str:
    """Return the form of a mark such as COMMA in a language."""
    return zh_and_en[choose_engine_language(language) == "en"]


def first_sentence(text: TranslatedText) -> TranslatedText:
    """Return the first sentence of a text."""
    return TranslatedText(lambda language: END[choose_engine_language(language)].split(text[language])[0])


def join_texts(
    values: Iterable[object], separator: tuple[str, str] = COMMA, empty: TranslatedText = NOTHING
) -> TranslatedText:
    """Return values (numbers, texts, words, entries of a catalogue) as a list, empty texts left out.

    `separator` is what separates them, a mark such as COMMA; `empty` stands for a list without values.
    """
    found = [
        value if isinstance(value, TranslatedText) else TranslatedText(partial(render_in_language, value))
        for value in values
    ]

    def write(language: str, markdown: bool) -> str:
        parts = (str((one.markdown if markdown else one)[language]) for one in found)
        return choose_punctuation(separator, language).join(filter(None, parts)) or empty[language]

    return make_text_with_markdown(write)


def render_in_language(value: object, language: str) -> str:
    """Return a value as it stands in a language."""
    return str(select_translation(value, language))


def select_translation(value: object, language: str) -> object:
    """Return of what has a form in each language that in `language`, anything else as it is."""
    return value[language] if isinstance(value, TranslatedText | TomlTranslations) else value


class MissingValueError(ValueError):
    """A value that a text is to show is not there."""


class TranslationFormatter(string.Formatter):
    """Fills in values, those with a form in each language in that of the text; for Markdown in their form for it."""

    def __init__(self, language: str, markdown: bool = False):
        self.language, self.markdown = language, markdown

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value in the form that the text asks for. Raises Missing for NaN, NA and None."""
        import pandas as pd
        from babel import Locale

        if self.markdown and isinstance(value, TranslatedText) and value.marked:
            return str(super().format_field(value.markdown[self.language], format_spec))
        said, (one, choice, other) = select_translation(value, self.language), format_spec.partition("|")
        if pd.api.types.is_scalar(said) and pd.isna(said):
            raise MissingValueError(f"a value is {said}")
        if choice:
            return one if Locale(choose_engine_language(self.language)).plural_form(said) == "one" else other  # type: ignore[arg-type]
        try:
            said = str(super().format_field(said, format_spec or "f" * isinstance(said, Decimal)))
        except (ValueError, TypeError):
            raise ValueError(f"{{:{format_spec}}}: {said!r}") from None
        return escape.markdown(said) if self.markdown else said


def catalogue(name: str) -> Callable[..., TranslatedText]:
    """Return what gives the texts of a catalogue: called with a key and the values that fill the text.

    `name` is its package and file: `study/pilots` is study/texts/pilots.toml.
    """
    return lambda key, /, **values: make_catalogue_text(
        lambda: (find_catalogue_file(name), read_catalogue(find_catalogue_file(name))), key, values
    )


def make_catalogue_text(
    find_catalogue: Callable[[], tuple[Path, Mapping[str, CatalogueEntry]]], key: str, values: Mapping[str, object]
) -> TranslatedText:
    """Return the text with a key, filled with values, of the file and entries that are found when it is read."""
    return make_text_with_markdown(
        lambda language, markdown: format_catalogue_entry(
            *find_catalogue(), key, values, TranslationFormatter(language, markdown)
        )
    )


def format_catalogue_entry(
    file: Path,
    entries: Mapping[str, CatalogueEntry],
    key: str,
    values: Mapping[str, object],
    formatter: TranslationFormatter,
) -> str:
    """Return a text of a file, which holds these entries, with its values.

    Raises:
        CompendiumError: no text has this key, a placeholder has no value, a value no placeholder or is missing (NaN).
    """
    entry, rule = entries.get(key), "there is none. Remedy: add it, or correct the key"
    if entry is not None and (odd := sorted(entry.takes ^ {*values})[:1]):
        rule = f"{odd[0]} {'is given no value' if odd[0] in entry.takes else 'has no placeholder'}"
    elif entry is not None:
        try:
            return formatter.vformat(entry[formatter.language], (), values)
        except MissingValueError as error:
            rule = f"{error}. Remedy: give a value that is there, or say that there is none"
    raise CompendiumError(f"{paths.format_path(file)}, text {key}: {rule}") from None


def find_catalogue_file(catalogue_name: str) -> Path:
    """Return the file of a catalogue; CompendiumError if there is no such package."""
    package, _, stem = catalogue_name.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise CompendiumError(f"the texts {catalogue_name}: there is no package {package}")
    return Path(spec.origin).parent / "texts" / f"{stem}.toml"


@cache
def read_catalogue(file: Path) -> dict[str, CatalogueEntry]:
    """Return the texts of a catalogue, checked. They are read once, as code is."""
    return toml.read_file(file, CATALOGUE)
