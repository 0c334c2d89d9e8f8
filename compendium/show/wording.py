"""Words in both languages: the texts of a notebook from notebooks/texts, filled in with computed values.

A text has a key, a Chinese and an English form with the same placeholders. What is filled into a sentence comes from
tables or from computing and is shown as it stands: it is never Markdown. Only a `part`, a text itself, is.
"""

import string
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd
from IPython.display import Markdown
from pydantic import Field, TypeAdapter, model_validator

from compendium import CompendiumError, escape, here, paths, toml
from compendium.vocabulary import Word

LANGUAGES = ("zh", "en")
T = TypeVar("T")


class Both(NamedTuple):
    """A short text in Chinese and in English."""

    zh: str
    en: str


def worded(words: tuple[str, str]) -> str:
    """Return a short text for display, in both languages or in the one that is asked for."""
    chosen = paths.language()
    return words[LANGUAGES.index(chosen)] if chosen else " ".join(dict.fromkeys(filter(None, words)))


class Part(Both):
    """A piece of a sentence in both languages, in Markdown."""


class Pair(toml.Strict):
    """One text of a notebook."""

    zh: str
    en: str

    @model_validator(mode="after")
    def alike(self) -> "Pair":
        """Refuse forms whose placeholders differ."""
        zh, en = placeholders(self.zh), placeholders(self.en)
        if zh != en:
            raise ValueError(f"placeholders differ: zh has {sorted(zh)}, en has {sorted(en)}")
        return self


class Texts(toml.Strict):
    """A file of notebooks/texts: headings of columns that no raw table has, titles of tables, and texts by key."""

    headings: dict[str, Pair] = Field(default_factory=dict)
    tables: dict[str, Pair] = Field(default_factory=dict)
    texts: dict[str, Pair] = Field(default_factory=dict)


def placeholders(text: str) -> set[str]:
    """Return the names in the placeholders of a text: `{late.demand:.0f}` -> late.demand."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def read(notebook: str) -> Texts:
    """Return the texts of a notebook, checked."""
    file = paths.project().notebooks / "texts" / f"{notebook}.toml"
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else toml.whole(file, TypeAdapter(Texts))


@cache
def _read(file: Path, _changed: int) -> Texts:
    return toml.whole(file, TypeAdapter(Texts))


class Missing(ValueError):
    """A value that a text is to show is not there."""


class Filling(string.Formatter):
    """Fills in values: of a value in both languages that in `language`; as text, or for Markdown escaped."""

    def __init__(self, language: str, markdown: bool):
        self.language, self.markdown = language, markdown

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value in the form that the text asks for. Raises Missing for NaN, NA and None."""
        chosen = getattr(value, self.language) if isinstance(value, Both | Word) else value
        if pd.api.types.is_scalar(chosen) and pd.isna(chosen):
            raise Missing(f"a value is {chosen}")
        said = super().format_field(chosen, format_spec)
        return escape.markdown(said) if self.markdown and not isinstance(value, Part) else said


def filled(key: str, values: dict[str, object], markdown: bool) -> tuple[str, str]:
    """Return a text of this notebook in both languages with its values.

    Raises:
        CompendiumError: no text has this key, a placeholder has no value, a value no placeholder or is missing (NaN).
    """
    notebook = here.notebook()
    pair = read(notebook).texts.get(key)
    place = f"notebooks/texts/{notebook}.toml, text {key}"
    if pair is None:
        raise CompendiumError(f"{place}: there is none. Remedy: add it, or correct the key")
    wanted = {name.split(".")[0].split("[")[0] for name in placeholders(pair.zh)}
    if wanted != set(values):
        odd = sorted(wanted ^ set(values))[0]
        raise CompendiumError(f"{place}: {odd} {'is given no value' if odd in wanted else 'has no placeholder'}")
    try:
        zh, en = (Filling(tongue, markdown).vformat(getattr(pair, tongue), (), values) for tongue in LANGUAGES)
    except Missing as error:
        raise CompendiumError(
            f"{place}: {error}. Remedy: give a value that is there, or say that there is none"
        ) from None
    return zh, en


def bilingual(zh: str, en: str) -> Markdown:
    """Return Markdown for display, in both languages or in the one that is asked for."""
    if chosen := paths.language():
        return Markdown({"zh": zh, "en": en}[chosen].strip())
    return Markdown(f"<!-- zh -->\n{zh.strip()}\n\n<!-- en -->\n{en.strip()}")


def say(key: str, /, **values: object) -> Markdown:
    """Return a text of this notebook for display, with computed values."""
    return bilingual(*filled(key, values, markdown=True))


def part(key: str, /, **values: object) -> Part:
    """Return a text of this notebook as a piece of a sentence."""
    return Part(*filled(key, values, markdown=True))


def label(key: str, /, **values: object) -> Both:
    """Return a text of this notebook for a figure or a cell of a table."""
    return Both(*filled(key, values, markdown=False))


def both(rows: pd.Series | pd.DataFrame, stem: str) -> Both:
    """Return what the columns `stem`_zh and `stem`_en hold: of one row the texts, of several rows lists."""
    if isinstance(rows, pd.Series):
        return Both(*(str(rows[f"{stem}_{language}"]) for language in LANGUAGES))
    names = [f"{stem}_{language}" for language in LANGUAGES]
    return joined(Both(*pair) for pair in rows[names].itertuples(index=False))


def plain(value: object) -> object:
    """Return a word of the vocabulary as a text in both languages, anything else as it is."""
    return Both(value.zh, value.en) if isinstance(value, Word) else value


def joined(values: Iterable[object], between: tuple[str, str] = ("、", ", "), empty: Both | None = None) -> Both:
    """Return values as a list in both languages: a `Part` if they are parts, else a `Both`.

    Args:
        values: numbers, texts, or texts in both languages.
        between: what separates them in Chinese and in English.
        empty: what stands for a list without values.
    """
    found = [value if isinstance(value, Both) else Both(str(value), str(value)) for value in map(plain, values)]
    if not found and empty:
        return empty
    kind = Part if found and all(isinstance(value, Part) for value in found) else Both
    return kind(between[0].join(value.zh for value in found), between[1].join(value.en for value in found))


class Tongue:
    """One of the languages: of what is said in both it picks its own."""

    def __init__(self, language: str):
        self.language = language

    def __call__(self, zh: T, en: T) -> T:
        """Return what belongs to this language."""
        return zh if self.language == "zh" else en

    def label(self, key: str, /, **values: object) -> str:
        """Return a text of the notebook, with its values, in this language."""
        return self(*label(key, **values))

    @property
    def paper(self) -> str:
        """What the mark of the paper's own value is called in a legend."""
        return self("论文", "the paper")

    def column(self, stem: str) -> str:
        """Return the name of the column that holds `stem` in this language: name -> name_zh or name_en."""
        return f"{stem}_{self.language}"
