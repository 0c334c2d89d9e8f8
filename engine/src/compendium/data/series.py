"""Series: the raw tables that go on from year to year, how far each has come, and what its next row must hold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from compendium.data.tables import Tables
from compendium.languages import count

HOW = """To carry a series on: add the row; its source to sources.csv, with an origin in source_origins.csv; a line to
data/raw/CHANGES.md. Then compendium data refresh, make, look at what has changed, make accept."""

DATED = ("year", "as_of", "list_year", "through_year")


class Series(NamedTuple):
    """A table that goes on: its name and title, the last year it holds and in how many rows, the columns to fill."""

    name: str
    title: str
    last: int
    rows: int
    columns: tuple[str, ...]


def series(tables: Tables) -> Iterator[Series]:
    """Yield the raw tables with numbers of more than one year, but those whose years are marked as forecast."""
    this_year = int(tables.day[:4])
    for resource in tables.package["resources"]:
        fields = resource["schema"]["fields"]
        dated = [f["name"] for f in fields if f["name"] in DATED and not f.get("forecast")]
        if not dated or not any(f["type"] in ("integer", "number") and f["name"] not in DATED for f in fields):
            continue
        years = tables(resource["name"])[dated[0]].astype(str).str.extract(r"^(\d{4})", expand=False).dropna()
        years = years.astype(int)[lambda year: year <= this_year]
        if years.nunique() > 1:
            wanted = tuple(f["name"] for f in fields if f.get("constraints", {}).get("required"))
            last = int(years.max())
            yield Series(resource["name"], resource["title"], last, int((years == last).sum()), wanted)


def page(tables: Tables, readers: Mapping[str, Sequence[str]]) -> str:
    """Return all series as a page of text: what the next row of each must hold, who reads it, and how to add it.

    Args:
        tables: the raw tables.
        readers: the numbers of the notebooks that read a table, by its name.
    """
    found = list(series(tables))
    width = max(len(one.name) for one in found)
    lines = [
        f"{one.name:<{width}}  {one.last}, {count(one.rows, 'row')}, "
        f"read by {', '.join(readers.get(one.name, ())) or 'no notebook yet'}: {', '.join(one.columns)}"
        for one in sorted(found, key=lambda one: (one.last, one.name))
    ]
    head = f"{'table':<{width}}  last year, rows of it, notebooks that read it: columns that a row must fill"
    return "\n".join([head, *lines, "", HOW])
