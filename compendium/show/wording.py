"""Words in each language: the texts of a notebook from notebooks/texts, filled in with computed values.

What is filled into a sentence comes from tables or from computing and is shown as it stands: it is never Markdown. Only
a `part`, a text itself, is.
"""

from pathlib import Path
from typing import TypeVar

from IPython.display import Markdown
from pydantic import Field, TypeAdapter

from compendium import here, languages, paths, texts, toml
from compendium.show import halves
from compendium.texts import Entry, Filling, Part, Said, Text
from compendium.vocabulary import Word

T = TypeVar("T")
own = texts.catalogue("compendium/show")


class Texts(toml.Strict):
    """A file of notebooks/texts: headings of columns that no raw table has, titles of tables, and texts by key."""

    headings: dict[str, Entry] = Field(default_factory=dict)
    tables: dict[str, Entry] = Field(default_factory=dict)
    texts: dict[str, Entry] = Field(default_factory=dict)


SHAPE = TypeAdapter(Texts)


def place(notebook: str) -> Path:
    """Return the file of the texts of a notebook."""
    return paths.project().notebooks / "texts" / f"{notebook}.toml"


def read(notebook: str) -> Texts:
    """Return the texts of a notebook, checked."""
    return texts.read(place(notebook), SHAPE)


def written(kind: type[Text], key: str, values: dict[str, object]) -> Text:
    """Return a text of this notebook with its values; a part holds them escaped.

    Raises:
        CompendiumError, where it is read: as `texts.filled` does.
    """
    notebook = here.notebook()

    def write(language: str) -> str:
        filling = Filling(language, kind is Part)
        return texts.filled(place(notebook), read(notebook).texts, key, values, filling)

    return kind(write)


def worded(words: Text | Entry | Word) -> str:
    """Return a short text for display, in all languages or in the one that is asked for."""
    return " ".join(dict.fromkeys(filter(None, (words[language] for language in languages.shown()))))


def multilingual(text: Text) -> Markdown:
    """Return Markdown for display, in all languages or in the one that is asked for."""
    return Markdown(halves.whole({language: text[language].strip() for language in languages.shown()}))


class Saying(Said):
    """A text of a notebook: a cell that ends with it shows it, a figure or a table takes it as it stands."""

    def __repr__(self) -> str:
        return worded(self)

    def _repr_markdown_(self) -> str:
        return f"{multilingual(self.marked).data}"


def say(key: str, /, **values: object) -> Saying:
    """Return a text of this notebook with computed values: to be shown, or to be put into a figure, table or text.

    Raises:
        CompendiumError: there is no such text, or its placeholders are not these values.
    """
    plain, marked = label(key, **values), part(key, **values)
    said = Saying(plain.__getitem__, marked.__getitem__)
    worded(said)  # what is wrong is told here, not while it is shown
    return said


def fitting(key: str, values: dict[str, object]) -> dict[str, object]:
    """Return those of some values that a text of this notebook has placeholders for."""
    entry = read(here.notebook()).texts.get(key)
    names = entry.takes if entry else frozenset()
    return {name: value for name, value in values.items() if name in names}


def part(key: str, /, **values: object) -> Text:
    """Return a text of this notebook as a piece of a sentence."""
    return written(Part, key, values)


def label(key: str, /, **values: object) -> Text:
    """Return a text of this notebook for a figure or a cell of a table."""
    return written(Text, key, values)


class Tongue:
    """One of the languages: of what is said in several it picks its own."""

    def __init__(self, language: str):
        self.language = language

    def __call__(self, *said: T) -> T:
        """Return what belongs to this language, of one thing for each language of the compendium in their order."""
        return said[languages.spoken().index(self.language)]

    def label(self, key: str, /, **values: object) -> str:
        """Return a text of the notebook, with its values, in this language."""
        return label(key, **values)[self.language]

    @property
    def paper(self) -> str:
        """What the mark of the paper's own value is called in a legend."""
        return own("paper")[self.language]

    def column(self, stem: str) -> str:
        """Return the name of the column that holds `stem` in this language: name -> name_zh."""
        return f"{stem}_{self.language}"
