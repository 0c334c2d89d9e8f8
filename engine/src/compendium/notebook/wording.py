"""Words in each language: the texts of a notebook from notebooks/texts, filled in with computed values.

What is filled in is shown as it stands; a text that is written in Markdown is taken as that.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from IPython.display import Markdown
from pydantic import Field, TypeAdapter

from compendium.base import texts, toml
from compendium.base.texts import CatalogueEntry, TomlTranslations, TranslatedText
from compendium.compendium import Compendium
from compendium.notebook import bilingual

T = TypeVar("T")
own = texts.catalogue("compendium/show")


class NotebookTextsFile(toml.StrictTomlTable):
    """A file of notebooks/texts: headings of columns that no raw table has, titles of tables, and texts by key."""

    headings: dict[str, CatalogueEntry] = Field(default_factory=dict)
    tables: dict[str, CatalogueEntry] = Field(default_factory=dict)
    texts: dict[str, CatalogueEntry] = Field(default_factory=dict)


def find_notebook_texts_file(c: Compendium, notebook: str) -> Path:
    """Return the file of the texts of a notebook."""
    return c.notebooks / "texts" / f"{notebook}.toml"


def read_notebook_texts(c: Compendium, notebook: str) -> NotebookTextsFile:
    """Return the texts of a notebook, checked, as they are now: an author edits them beside the open notebook."""
    file = find_notebook_texts_file(c, notebook)
    return parse_notebook_texts(file, file.read_bytes() if file.is_file() else b"", c.languages)


@lru_cache(maxsize=32)
def parse_notebook_texts(file: Path, _content: bytes, languages: Sequence[str]) -> NotebookTextsFile:
    """Return the texts that a file with this content holds."""
    return toml.read_file(file, TypeAdapter(NotebookTextsFile), languages)


def render_bilingual_words(words: TranslatedText | TomlTranslations, languages: Sequence[str]) -> str:
    """Return a short text for display in some languages, once where they say the same."""
    return " ".join(dict.fromkeys(filter(None, (words[language] for language in languages))))


def render_bilingual_markdown(text: TranslatedText, languages: Sequence[str]) -> Markdown:
    """Return Markdown for display in some languages."""
    return Markdown(
        bilingual.join_languages_in_cell({language: text.markdown[language].strip() for language in languages})
    )


class NotebookText(TranslatedText):
    """A text of a notebook: a cell that ends with it shows it, a figure or a table takes it as it stands."""

    def __init__(self, said: TranslatedText, languages: Sequence[str]):
        super().__init__(said.__getitem__, said.markdown.__getitem__)
        self.languages = languages

    def __repr__(self) -> str:
        return render_bilingual_words(self, self.languages)

    def _repr_markdown_(self) -> str:
        return f"{render_bilingual_markdown(self, self.languages).data}"


class NotebookWording:
    """A notebook as far as its words go: its compendium, and the name of its file, by which its texts are found."""

    def __init__(self, c: Compendium, name: str):
        self.c, self.name = c, name

    def say(self, key: str, /, **values: object) -> NotebookText:
        """Return a text of this notebook with computed values: to be shown, or put into a figure, table or text.

        CompendiumError if there is no such text, or its placeholders are not these values.
        """
        said = NotebookText(self.label(key, **values), self.c.shown)
        repr(said)  # what is wrong is told here, not while it is shown
        return said

    def part(self, key: str, /, **values: object) -> TranslatedText:
        """Return a text of this notebook as a piece of a sentence: Markdown, in which values are escaped."""
        return self.label(key, **values).markdown

    def label(self, key: str, /, **values: object) -> TranslatedText:
        """Return a text of this notebook for a figure or a cell of a table."""
        return texts.make_catalogue_text(
            lambda: (find_notebook_texts_file(self.c, self.name), read_notebook_texts(self.c, self.name).texts),
            key,
            values,
        )


class NotebookLanguage:
    """One of the languages of a notebook: of what is said in several it picks its own."""

    def __init__(self, notebook: NotebookWording, language: str):
        self.notebook, self.language = notebook, language

    def __call__(self, *said: T) -> T:
        """Return what belongs to this language, of one thing for each language of the compendium in their order."""
        return said[self.notebook.c.languages.index(self.language)]

    def label(self, key: str, /, **values: object) -> str:
        """Return a text of the notebook, with its values, in this language."""
        return self.notebook.label(key, **values)[self.language]

    @property
    def paper(self) -> str:
        """What the mark of the paper's own value is called in a legend."""
        return own("paper")[self.language]

    def column(self, stem: str) -> str:
        """Return the name of the column that holds `stem` in this language: name -> name_zh."""
        return f"{stem}_{self.language}"
