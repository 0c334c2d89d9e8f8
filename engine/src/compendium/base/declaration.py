"""What a compendium declares of itself and of its paper: the file compendium.toml at its root."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from compendium.base import escape, toml

NAME = "compendium.toml"


def make_text_validator(predicate: Callable[[str], bool], message: str) -> AfterValidator:
    """Return what refuses a text that does not fit, an empty one apart, and says the rule."""

    def checked(text: str) -> str:
        if text and not predicate(text):
            raise ValueError(message)
        return text

    return AfterValidator(checked)


Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")]
Line = Annotated[str, make_text_validator(escape.is_printable_line, "must be one line of signs that are seen")]
Address = Annotated[str, make_text_validator(escape.is_safe_url, escape.ADDRESSED)]
Doi = Annotated[
    str,
    make_text_validator(lambda doi: escape.is_safe_url(f"https://doi.org/{doi}"), "must be a DOI such as 10.1000/1"),
]


class OriginalPaper(toml.StrictTomlTable):
    """The paper that is re-run, title and authors as printed; `doi` without the address of the resolver."""

    title: Line
    journal: Line = ""
    year: int
    doi: Doi = ""
    authors: list[Line] = Field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that its DOI leads to; empty without one."""
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def named(self) -> str:
        """How it is named: title, journal, year."""
        return ", ".join(filter(None, [self.title, self.journal, str(self.year)]))

    @property
    def reference(self) -> str:
        """How it is referred to: by its DOI, else by its name."""
        return f"DOI {self.doi}" if self.doi else self.named


class CompendiumAuthor(toml.StrictTomlTable):
    """Who made the compendium: a person or, as `body` says, a body."""

    name: Line
    orcid: str = Field("", pattern="^([0-9]{4}-){3}[0-9]{3}[0-9X]$|^$")
    affiliation: Line = ""
    body: bool = False


class CodeAndDataLicences(toml.StrictTomlTable):
    """Licences by SPDX id: of code, and of data and texts."""

    code: Code = "MIT"
    data: Code = "CC-BY-4.0"


class CompendiumConfig(toml.StrictTomlTable):
    """What compendium.toml says.

    Attributes:
        name: short name, of which files are named.
        version: of this compendium, not of the engine.
        released: day of that version.
        languages: one or two codes such as zh, en, de; the first is the one that is shown where only one can be.
        title: of the compendium, by language.
        paper: the paper.
        authors: who made the compendium.
        rights: its licences.
        lite: address of the site of `compendium lite`, once it has one.
        defaults: what the commands that add rows write in a column where nothing else is said.
    """

    name: str = Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")
    version: Line
    released: date
    languages: list[Annotated[str, Field(pattern="^[a-z]{2,3}$")]] = Field(min_length=1, max_length=2)
    title: dict[str, Line]
    paper: OriginalPaper
    authors: list[CompendiumAuthor] = Field(min_length=1)
    rights: CodeAndDataLicences = CodeAndDataLicences()
    lite: Address = ""
    defaults: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def in_each(self) -> "CompendiumConfig":
        """Refuse a language twice, and a title in others than the languages."""
        if len(set(self.languages)) < len(self.languages) or self.title.keys() != set(self.languages):
            raise ValueError(f"languages must differ, and title have exactly one entry for each of {self.languages}")
        return self


def read_compendium_toml(root: Path) -> CompendiumConfig:
    """Return what the compendium in a folder declares; a CompendiumError says what is missing or breaks the model."""
    return toml.read_file(root / NAME, TypeAdapter(CompendiumConfig))
