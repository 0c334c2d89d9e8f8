"""What a compendium declares of itself and of its paper: the file compendium.toml at its root."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field, TypeAdapter

from compendium import paths, toml

NAME = "compendium.toml"


class Paper(toml.Strict):
    """The paper that is re-run.

    Attributes:
        title: its title as printed.
        journal, year, doi: where and when it appeared; `doi` without the address of the resolver.
        authors: as printed.
        kin: its publisher and the employers of its authors, whose numbers are no independent measurement.
    """

    title: str
    journal: str = ""
    year: int
    doi: str = ""
    authors: list[str] = Field(default_factory=list)
    kin: list[str] = Field(default_factory=list)


class Person(toml.Strict):
    """Who made the compendium: a person or, as `body` says, a body."""

    name: str
    orcid: str = ""
    affiliation: str = ""
    body: bool = False


class Rights(toml.Strict):
    """Licences by SPDX id: of code, and of data and texts."""

    code: str = "MIT"
    data: str = "CC-BY-4.0"


class Declaration(toml.Strict):
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
        defaults: what the commands that add rows write in a column where nothing else is said.
    """

    name: str = Field(pattern="[a-z0-9]+(-[a-z0-9]+)*")
    version: str
    released: date
    languages: list[str] = Field(min_length=1, max_length=2)
    title: dict[str, str]
    paper: Paper
    authors: list[Person] = Field(min_length=1)
    rights: Rights = Rights()
    defaults: dict[str, str] = Field(default_factory=dict)


def declared() -> Declaration:
    """Return what the compendium at work declares.

    Raises:
        CompendiumError: the file is missing or breaks its model.
    """
    file = paths.project().root / NAME
    return _read(file, file.stat().st_mtime_ns if file.is_file() else 0)


@cache
def _read(file: Path, _changed: int) -> Declaration:
    return toml.whole(file, TypeAdapter(Declaration))
