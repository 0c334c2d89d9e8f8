"""Texts in Chinese and English: they stand in catalogues and are filled with values when they are read.

A catalogue is a TOML file of the folder `texts` of a package: key -> zh, en, with the same placeholders in both, as
for `str.format`: `{year}`, `{share:.1f}`, `{row.name}`. A format with a bar is a choice by number: `{n:page|pages}`.
What is filled in may itself be a text.
"""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, model_validator

from compendium import CompendiumError, escape, paths, toml

if TYPE_CHECKING:
    import pandas as pd

LANGUAGES = ("zh", "en")
COMMA, CLAUSE, SEMICOLON, SLASH, SENTENCE = ("、", ", "), ("，", ", "), ("；", "; "), (" / ", " / "), ("", " ")
T = TypeVar("T")


class Entry(toml.Strict):
    """One text of a catalogue."""

    zh: str
    en: str

    @model_validator(mode="after")
    def alike(self) -> "Entry":
        """Refuse forms whose placeholders differ."""
        zh, en = placeholders(self.zh), placeholders(self.en)
        if zh != en:
            raise ValueError(f"placeholders differ: zh has {sorted(zh)}, en has {sorted(en)}")
        return self


FLAT = TypeAdapter(dict[str, Entry])


@cache
def placeholders(text: str) -> frozenset[str]:
    """Return the names in the placeholders of a text: `{late.demand:.0f}` -> late.demand."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def takes(text: str) -> frozenset[str]:
    """Return the names of the values that a text takes: `{late.demand:.0f}` -> late."""
    return frozenset(name.split(".")[0].split("[")[0] for name in placeholders(text))


class Text:
    """A text in Chinese and English: `text.zh`, `text.en`, `text[language]`, or `zh, en = text`.

    Args:
        write: gives the text in a language; it is asked when the text is read.
    """

    def __init__(self, write: Callable[[str], str]):
        self._write, self._written = write, dict[str, str]()

    def __getitem__(self, language: str) -> str:
        if language not in self._written:
            self._written[language] = self._write(language)
        return self._written[language]

    @property
    def zh(self) -> str:
        """The text in Chinese."""
        return self["zh"]

    @property
    def en(self) -> str:
        """The text in English."""
        return self["en"]

    def __iter__(self) -> Iterator[str]:
        return iter((self.zh, self.en))

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and tuple(self) == tuple(other)

    def __lt__(self, other: "Text") -> bool:
        return tuple(self) < tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Text({self.zh!r}, {self.en!r})"


class Part(Text):
    """A text in Markdown: another one in Markdown takes it as it is."""


class Said(Text):
    """A text with two forms: as it stands, for figures and tables, and in Markdown, where values are escaped.

    Args:
        write: gives the text as it stands in a language.
        mark: gives it in Markdown.
    """

    def __init__(self, write: Callable[[str], str], mark: Callable[[str], str]):
        super().__init__(write)
        self.marked = Part(mark)


def both(zh: Any, en: Any) -> Text:
    """Return a text that stands in the tables in both languages, such as a name."""
    return Text({"zh": zh, "en": en}.__getitem__)


NOTHING = both("", "")
asked = set[str]()  # the catalogues that this process has read texts of since somebody emptied this


def of(rows: "pd.Series | pd.DataFrame", stem: str) -> Text:
    """Return what the columns `stem`_zh and `stem`_en hold, of several rows as a list."""
    if hasattr(rows, "columns"):
        return column(rows, stem)
    return both(str(rows[f"{stem}_zh"]), str(rows[f"{stem}_en"]))


def each(rows: "pd.DataFrame", stem: str) -> list[Text]:
    """Return what the columns `stem`_zh and `stem`_en hold, row by row."""
    return list(map(both, rows[f"{stem}_zh"], rows[f"{stem}_en"]))


def column(rows: "pd.DataFrame", stem: str, between: tuple[str, str] = COMMA) -> Text:
    """Return what the columns `stem`_zh and `stem`_en of rows hold, as a list."""
    return joined(each(rows, stem), between)


def joined(values: Iterable[object], between: tuple[str, str] = COMMA, empty: Text = NOTHING) -> Text:
    """Return values as a list, empty texts left out; a list of parts is a part.

    Args:
        values: numbers, texts, or what has its form in each language as `zh` and `en`.
        between: what separates them in Chinese and in English.
        empty: what stands for a list without values.
    """
    found = list(values)

    def write(language: str, markdown: bool = False) -> str:
        parts = [part for part in (in_form(value, language, markdown) for value in found) if part]
        return between[LANGUAGES.index(language)].join(parts) if parts else empty[language]

    if any(isinstance(value, Said) for value in found):
        return Said(write, lambda language: write(language, markdown=True))
    return (Part if found and all(isinstance(value, Part) for value in found) else Text)(write)


def in_form(value: object, language: str, markdown: bool) -> str:
    """Return a value in a language, for Markdown escaped unless it is a text in Markdown."""
    if markdown and isinstance(value, Said):
        return value.marked[language]
    said = str(chosen(value, language))
    return escape.markdown(said) if markdown and not isinstance(value, Part) else said


def chosen(value: object, language: str) -> object:
    """Return of what has a form in each language that in `language`, anything else as it is."""
    return getattr(value, language) if hasattr(value, "zh") and hasattr(value, "en") else value


class Missing(ValueError):
    """A value that a text is to show is not there."""


class Filling(string.Formatter):
    """Fills in values, those with a form in each language in that of the text; for Markdown all but parts escaped."""

    def __init__(self, language: str, markdown: bool = False):
        self.language, self.markdown = language, markdown

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value in the form that the text asks for. Raises Missing for NaN, NA and None."""
        import pandas as pd
        from babel import Locale

        if isinstance(value, Said) and self.markdown:
            value = value.marked
        own = chosen(value, self.language)
        if pd.api.types.is_scalar(own) and pd.isna(own):
            raise Missing(f"a value is {own}")
        if "|" in format_spec:
            one, _, other = format_spec.partition("|")
            return one if Locale(self.language).plural_form(own) == "one" else other  # type: ignore[arg-type]
        said = str(super().format_field(own, format_spec))
        return escape.markdown(said) if self.markdown and not isinstance(value, Part) else said


def catalogue(name: str, kind: type[Text] = Text) -> Callable[..., Text]:
    """Return what gives the texts of a catalogue: called with a key and the values that fill the text.

    Args:
        name: package and file: `study/pilots` is study/texts/pilots.toml.
        kind: `Part` for texts in Markdown.
    """

    def text(key: str, /, **values: object) -> Text:
        def write(language: str) -> str:
            asked.add(name)
            return filled(file := place(name), read(file, FLAT), key, values, Filling(language, kind is Part))

        return kind(write)

    return text


def filled(file: Path, entries: dict[str, Entry], key: str, values: Mapping[str, object], filling: Filling) -> str:
    """Return a text of a file, which holds these entries, with its values.

    Raises:
        CompendiumError: no text has this key, a placeholder has no value, a value no placeholder or is missing (NaN).
    """
    entry = entries.get(key)
    if entry is None:
        raise fault(file, key, "there is none. Remedy: add it, or correct the key")
    wanted = takes(entry.zh)
    if wanted != set(values):
        odd = sorted(wanted ^ set(values))[0]
        raise fault(file, key, f"{odd} {'is given no value' if odd in wanted else 'has no placeholder'}")
    try:
        return filling.vformat(getattr(entry, filling.language), (), values)
    except Missing as error:
        raise fault(file, key, f"{error}. Remedy: give a value that is there, or say that there is none") from None


def fault(file: Path, key: str, rule: str) -> CompendiumError:
    """Return the error that a text of a catalogue cannot be filled."""
    return CompendiumError(f"{paths.shown(file)}, text {key}: {rule}")


@cache
def place(name: str) -> Path:
    """Return the file of a catalogue.

    Raises:
        CompendiumError: there is no such package.
    """
    package, _, stem = name.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise CompendiumError(f"the texts {name}: there is no package {package}")
    return Path(spec.origin).parent / "texts" / f"{stem}.toml"


def folders() -> list[Path]:
    """Return the folders of catalogues: of the engine, and of the study of the compendium at work."""
    return [Path(__file__).parent / "texts", paths.project().root / "study" / "texts"]


def read(file: Path, shape: TypeAdapter[T]) -> T:
    """Return a file of texts in its shape, checked; anew where it was changed."""
    return _read(file, shape, file.stat().st_mtime_ns if file.is_file() else 0)


@cache
def _read(file: Path, shape: TypeAdapter[T], _changed: int) -> T:
    return toml.whole(file, shape)
