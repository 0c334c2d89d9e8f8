"""A CSV file taken in as a raw table: the table, its description, and the notebook that reads it."""

from collections.abc import Sequence
from pathlib import Path

from compendium import CompendiumError, paths
from compendium.adding import csvfile, draft, notebooks
from compendium.adding.csvfile import SOURCE
from compendium.data import datapackage
from compendium.files import InputError, csv_text

OF_TABLES = (("claims", "check_table"), ("source_origins", "table"))  # columns that may allow names of tables only


def add(file: Path, name: str, source: str, wanted: Sequence[str]) -> str:
    """Take a CSV file in as the raw table `name`; return the notebook that reads it and the cell, empty for none.

    Args:
        file: the CSV file.
        name: of the table.
        source: id of the source of all its rows; empty where it has a column source_id.
        wanted: the columns of its key; none for the fewest leading ones by which all rows differ.

    Raises:
        CompendiumError: there is such a table, no such source, or the file cannot be used.
    """
    if not datapackage.TABLE_NAME.fullmatch(name) or not name[0].isalpha():
        raise CompendiumError(f"{name!r} is no name of a table. Remedy: --name with small letters, digits and _")
    if name in datapackage.names():
        raise CompendiumError(f"there is a table {name} already. Remedy: --name with another name")
    content = with_source(file.name, csvfile.cells(file), source)
    cited = dict.fromkeys(row[content[0].index(SOURCE)] for row in content[1:])
    known = {row[SOURCE]: row for row in draft.rows("sources")}
    if lost := next((one for one in cited if one not in known), ""):
        raise CompendiumError(f"there is no source {lost!r}. Remedy: compendium source add --id {lost}")
    columns = csvfile.keys(file.name, content, wanted)
    package = datapackage.descriptor()
    described = csvfile.resource(name, file.name, content, columns, head(package, [known[one] for one in cited]))
    package["resources"].append(described)
    for table, column in OF_TABLES:
        allowed = datapackage.field(table, column).get("constraints", {}).get("enum")
        if allowed:
            field = next(
                f
                for r in package["resources"]
                if r["name"] == table
                for f in r["schema"]["fields"]
                if f["name"] == column
            )
            field["constraints"]["enum"] = sorted([*allowed, name])
    raw = paths.project().raw
    (raw / f"{name}.csv").write_text(csv_text(content[0], content[1:]), encoding="utf-8", newline="\n")
    draft.described(package)
    taking = notebooks.taking()
    return notebooks.read_table(name, taking[0]) if taking else ""


def with_source(name: str, content: list[list[str]], source: str) -> list[list[str]]:
    """Return a table with a column that names the source of each row."""
    if SOURCE in content[0]:
        if source:
            raise InputError(name, f"has a column {SOURCE} already", "leave --source out, or the column", 1)
        return content
    if not source:
        raise CompendiumError(f"{name} has no column {SOURCE}. Remedy: --source ID, the source of all its rows")
    return [[*content[0], SOURCE], *([*row, source] for row in content[1:])]


def head(package: dict, sources: Sequence[dict[str, str]]) -> dict:
    """Return the licences of a table, those of the package and of its sources, and its sources."""
    licences = {licence["name"]: licence for licence in package["licenses"]}
    for row in sources:
        if (code := row["licence"]) and code not in licences:
            licences[code] = {"name": code, "title": f"{code}: {row['title']}"}
    named = [{"title": f"{row['title']}, {row['publisher']}", "path": row["url"]} for row in sources]
    return {"licenses": list(licences.values()), "sources": named}
