"""Texts in the languages of a compendium: they stand in catalogues and are filled with values when they are read.

A catalogue is a TOML file of the folder `texts` of a package: key -> language -> text, with the same placeholders in
each, as for `str.format`: `{year}`, `{share:.1f}`, `{row.name}`. A format with a bar is a choice by number:
`{n:page|pages}`. What is filled in may itself be a text. The catalogues of the engine hold Chinese and English; in any
other language its words are the English ones.
"""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from compendium import CompendiumError, escape, paths, toml
from compendium.languages import own, spoken
from compendium.vocabulary import Word

if TYPE_CHECKING:
    import pandas as pd

COMMA, CLAUSE, SEMICOLON, SLASH, SENTENCE = ("、", ", "), ("，", ", "), ("；", "; "), (" / ", " / "), ("", " ")
COLON = ("：", ": ")
T = TypeVar("T")


class Spoken(toml.Strict):
    """A table of a TOML file with a text in each language of the compendium, by its code: `table[language]`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Any] = Field(init=False)

    def __getitem__(self, language: str) -> str:
        return self.words[language]

    @property
    def words(self) -> dict[str, str]:
        """The text by language."""
        return self.__pydantic_extra__

    @classmethod
    def due(cls) -> tuple[str, ...]:
        """Return the languages in which a text must be there."""
        return spoken()

    @model_validator(mode="after")
    def complete(self) -> "Spoken":
        """Refuse a language that is missing, any other key, and what is no text."""
        given, due = self.__pydantic_extra__, self.due()
        faults = [("missing", code) for code in due if code not in given]
        faults += [("extra_forbidden", key) for key in given if key not in due]
        faults += [("string_type", code) for code in due if not isinstance(given.get(code), str)]
        if faults:
            told = [InitErrorDetails(type=kind, loc=(key,), input=given) for kind, key in faults]
            raise ValidationError.from_exception_data(type(self).__name__, told)
        return self


class Entry(Spoken):
    """One text of a catalogue."""

    @model_validator(mode="after")
    def alike(self) -> "Entry":
        """Refuse forms whose placeholders differ."""
        (one, first), *others = ((code, placeholders(self[code])) for code in self.due())
        for code, found in others:
            if found != first:
                raise ValueError(f"placeholders differ: {one} has {sorted(first)}, {code} has {sorted(found)}")
        return self

    @property
    def takes(self) -> frozenset[str]:
        """The names of the values that the text takes."""
        return takes(self[self.due()[0]])


class OfEngine(Entry):
    """One text of a catalogue of the engine."""

    def __getitem__(self, language: str) -> str:
        return super().__getitem__(own(language))

    @classmethod
    def due(cls) -> tuple[str, ...]:
        """Return the languages of the engine."""
        return "zh", "en"


FLAT, FLAT_OF_ENGINE = TypeAdapter(dict[str, Entry]), TypeAdapter(dict[str, OfEngine])


@cache
def placeholders(text: str) -> frozenset[str]:
    """Return the names in the placeholders of a text: `{late.demand:.0f}` -> late.demand."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def takes(text: str) -> frozenset[str]:
    """Return the names of the values that a text takes: `{late.demand:.0f}` -> late."""
    return frozenset(name.split(".")[0].split("[")[0] for name in placeholders(text))


class Text:
    """A text in each language of the compendium: `text[language]`; iterating gives one after the other.

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
        return map(self.__getitem__, spoken())

    def __bool__(self) -> bool:
        return any(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and tuple(self) == tuple(other)

    def __lt__(self, other: "Text") -> bool:
        return tuple(self) < tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Text({', '.join(map(repr, self))})"


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


class ByLanguage(dict[str, Any]):
    """What stands in a table, by language; in one that is not there the first."""

    def __missing__(self, _: str) -> Any:
        return next(iter(self.values()))


def given(words: Mapping[str, Any]) -> Text:
    """Return a text that stands in a table by language, such as a name; in one that is not there the first."""
    return Text(ByLanguage(words).__getitem__)


def both(zh: Any, en: Any) -> Text:
    """Return a text in Chinese and English."""
    return given({"zh": zh, "en": en})


NOTHING = Text(lambda _: "")
asked = set[str]()  # the catalogues that this process has read texts of since somebody emptied this


def of(rows: "pd.Series | pd.DataFrame | Mapping[str, Any]", stem: str) -> Text:
    """Return what the columns `stem`_zh, `stem`_en of the languages spoken hold, of several rows as a list."""
    if hasattr(rows, "columns"):
        return column(rows, stem)
    return given({language: str(rows[f"{stem}_{language}"]) for language in spoken()})


def each(rows: "pd.DataFrame", stem: str) -> list[Text]:
    """Return what the columns `stem`_zh, `stem`_en of the languages spoken hold, row by row."""
    languages = spoken()
    cells = zip(*(rows[f"{stem}_{language}"] for language in languages), strict=True)
    return [given(dict(zip(languages, row, strict=True))) for row in cells]


def column(rows: "pd.DataFrame", stem: str, between: tuple[str, str] = COMMA) -> Text:
    """Return what the columns `stem`_zh, `stem`_en of the languages spoken hold of rows, as a list."""
    return joined(each(rows, stem), between)


def mark(between: tuple[str, str], language: str) -> str:
    """Return the form of a mark such as COMMA in a language."""
    return between[own(language) == "en"]


def joined(values: Iterable[object], between: tuple[str, str] = COMMA, empty: Text = NOTHING) -> Text:
    """Return values as a list, empty texts left out; a list of parts is a part.

    Args:
        values: numbers, texts, words, or entries of a catalogue.
        between: what separates them, a mark such as COMMA.
        empty: what stands for a list without values.
    """
    found = list(values)

    def write(language: str, markdown: bool = False) -> str:
        parts = [part for part in (in_form(value, language, markdown) for value in found) if part]
        return mark(between, language).join(parts) if parts else empty[language]

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
    return value[language] if isinstance(value, Text | Spoken | Word) else value


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
        said = chosen(value, self.language)
        if pd.api.types.is_scalar(said) and pd.isna(said):
            raise Missing(f"a value is {said}")
        if "|" in format_spec:
            one, _, other = format_spec.partition("|")
            return one if Locale(own(self.language)).plural_form(said) == "one" else other  # type: ignore[arg-type]
        said = str(super().format_field(said, format_spec))
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
            shape: TypeAdapter = FLAT_OF_ENGINE if name.startswith("compendium/") else FLAT
            entries = read(file := place(name), shape)
            return filled(file, entries, key, values, Filling(language, kind is Part))

        return kind(write)

    return text


def filled(file: Path, entries: Mapping[str, Entry], key: str, values: Mapping[str, object], filling: Filling) -> str:
    """Return a text of a file, which holds these entries, with its values.

    Raises:
        CompendiumError: no text has this key, a placeholder has no value, a value no placeholder or is missing (NaN).
    """
    entry = entries.get(key)
    if entry is None:
        raise fault(file, key, "there is none. Remedy: add it, or correct the key")
    wanted = entry.takes
    if wanted != set(values):
        odd = sorted(wanted ^ set(values))[0]
        raise fault(file, key, f"{odd} {'is given no value' if odd in wanted else 'has no placeholder'}")
    try:
        return filling.vformat(entry[filling.language], (), values)
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
    """Return a file of texts in its shape, checked; anew where it or the languages spoken were changed."""
    engine = shape is FLAT_OF_ENGINE
    return _read(file, shape, file.stat().st_mtime_ns if file.is_file() else 0, () if engine else spoken())


@cache
def _read(file: Path, shape: TypeAdapter[T], _changed: int, _spoken: tuple[str, ...]) -> T:
    return toml.whole(file, shape)
