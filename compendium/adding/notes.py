"""What is worth a look though nothing is wrong: notes of `compendium check` and of the commands that add."""

from collections.abc import Iterator

from compendium import cells, paths
from compendium.adding.csvfile import TODO
from compendium.adding.draft import rows
from compendium.adding.rows import PAPER
from compendium.data import datapackage, sourcing
from compendium.languages import key, spoken
from compendium.ledger import independence
from compendium.run import contents
from compendium.show import placeholders


def notes() -> list[str]:
    """Return what is worth a look, one line each."""
    return [*independence.notes(), *uncited(), *unsolved(), *unwritten(), *placeholders.left()]


def uncited() -> Iterator[str]:
    """Yield the sources that no row names."""
    resources = [one for name, one in datapackage.resources().items() if name not in ("source_origins", "excerpts")]
    named = {source for one in resources for source in sourcing.cited(paths.project().raw, one)}
    for row in rows("sources"):
        if row["source_id"] not in (PAPER, *named):
            yield (
                f"data/raw/sources.csv, {row['source_id']}: no row names it yet. Remedy: compendium evidence add, or "
                "compendium table add, or delete its rows here and in source_origins.csv"
            )


def unsolved() -> Iterator[str]:
    """Yield the exercises, text cells whose id or tag says so, that hold no solution."""
    for notebook in contents.catalogue().values():
        for cell in cells.read(notebook.path):
            exercise = cell.id.startswith("exercise") or "exercise" in cell.tags
            if cell.kind == "markdown" and exercise and not cells.SOLUTION.search(cell.source):
                yield f"{paths.shown(notebook.path)}, cell {cell.id}: the exercise has no solution"


def unwritten() -> Iterator[str]:
    """Yield the tables of which texts are still those that `compendium table add` wrote, or units are empty."""
    for name, resource in datapackage.resources().items():
        fields = resource["schema"]["fields"]
        described = [
            thing.get(key("description", language), "") for thing in (resource, *fields) for language in spoken()
        ]
        marked = sum(text.startswith(TODO) for text in described)
        units = [field["name"] for field in fields if field.get(key("unit", spoken()[0])) == ""]
        todo = [f"{marked} descriptions begin with {TODO}"] if marked else []
        todo += [f"no unit of {', '.join(units)}"] if units else []
        if todo:
            place = f"data/raw/{datapackage.PACKAGE}, table {name}"
            yield f"{place}: {'; '.join(todo)}. Remedy: write them, then compendium data refresh"
