"""What is worth a look though nothing is wrong: notes of `compendium check` and of the commands that add."""

from collections.abc import Iterator

from compendium.authoring.rows import PAPER
from compendium.authoring.tables import TODO
from compendium.authoring.transaction import read_raw_rows
from compendium.base import paths
from compendium.compendium import Compendium
from compendium.data import datapackage, sourcing

MARKS = (TODO, "example.org", "made-up example", "made up for the template")  # what a compendium was begun with
FILES = ("compendium.toml", "CITATION.cff", "data/raw/*.csv", "notebooks/*.toml")


def list_author_notes(c: Compendium) -> list[str]:
    """Return what is worth a look, one line each."""
    return [*list_uncited_sources(c), *list_undescribed_tables(c), *find_placeholders(c)]


def list_uncited_sources(c: Compendium) -> Iterator[str]:
    """Yield the sources that no row names."""
    citing = [one for name, one in c.tables.resources.items() if name not in ("source_origins", "excerpts")]
    named = {PAPER}.union(*(sourcing.list_sources_of_table(c.raw, one) for one in citing))
    for row in read_raw_rows(c, "sources"):
        if row["source_id"] not in named:
            remedy = "compendium evidence add or table add, or delete its rows here and in source_origins.csv"
            yield f"data/raw/sources.csv, {row['source_id']}: no row names it yet. Remedy: {remedy}"


def list_undescribed_tables(c: Compendium) -> Iterator[str]:
    """Yield the tables of which texts are still those that `compendium table add` wrote, or units are empty."""
    for name, resource in c.tables.resources.items():
        fields = resource["schema"]["fields"]
        texts = [c.languages.key("description", language) for language in c.languages]
        marked = sum(thing.get(text, "").startswith(TODO) for thing in (resource, *fields) for text in texts)
        units = [field["name"] for field in fields if field.get(c.languages.key("unit", c.languages[0])) == ""]
        todo = [f"{marked} descriptions begin with {TODO}"] if marked else []
        todo += [f"no unit of {', '.join(units)}"] if units else []
        if todo:
            place = f"data/raw/{datapackage.PACKAGE}, table {name}"
            yield f"{place}: {'; '.join(todo)}. Remedy: write them, then compendium data refresh"


def find_placeholders(c: Compendium) -> Iterator[str]:
    """Yield one line for each line of a file for readers that still holds a mark of the skeleton or the example."""
    readmes = [c.languages.page("README.md", language) for language in c.languages]
    for path in (path for pattern in (*FILES, *readmes) for path in sorted(c.root.glob(pattern))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if mark := next((mark for mark in MARKS if mark in line), ""):
                place = "row" if path.suffix == ".csv" else "line"
                yield f"{paths.format_path(path)}, {place} {number}: {mark!r} is still made up. Remedy: say your own"
