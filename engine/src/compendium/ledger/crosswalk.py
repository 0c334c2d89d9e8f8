"""The verdicts in terms of others: the table templates/crosswalk.toml, from each to CiTO and to FORRT."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, TypeAdapter

from compendium import toml

FILE = Path(__file__).parents[1] / "templates" / "crosswalk.toml"
CITO, FORRT = "http://purl.org/spar/cito/", "https://forrt.org/replication-hub/flora/"
Match = Literal["exact", "close", "broad", "related"]
Entry = Annotated[tuple[str, Match], BeforeValidator(tuple)]


class Terms(toml.Strict):
    """The terms for one verdict, each with how well it fits; `forrt` has none for most."""

    cito: Entry
    forrt: Entry | None = None


class Term(NamedTuple):
    """A term of CiTO or FORRT as written there, its address, and how well it matches: SKOS's exact, close, broad, ….

    FORRT tells all its codes on one page.
    """

    vocabulary: str
    term: str
    iri: str
    match: str


@cache
def table() -> dict[str, Terms]:
    """Return the terms by verdict."""
    return toml.read_file(FILE, TypeAdapter(dict[str, Terms]))


def terms(verdict: str) -> list[Term]:
    """Return the terms for a verdict, that of CiTO first."""
    row = table()[verdict]
    found = [Term("CiTO", f"cito:{row.cito[0]}", CITO + row.cito[0], row.cito[1])]
    return found + ([Term("FORRT", row.forrt[0], FORRT, row.forrt[1])] if row.forrt else [])
