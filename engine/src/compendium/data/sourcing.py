"""What a table rests on besides its own rows: what the tables of sources say of those it names, in one digest."""

from collections.abc import Iterator
from pathlib import Path

from compendium.base.files import csv_text, fingerprint, read_rows, read_rows_by_key
from compendium.data.datapackage import find_source_columns, split_list


def hash_sources_by_table(folder: Path, package: dict) -> dict[str, str]:
    """Return by table that names sources the SHA-256 of what is said of them in `folder`, whose tables are valid.

    It is that of the lines of sources.csv and then of source_origins.csv about these sources, as they stand there; of
    the origins those that hold for the table.
    """
    sources, origins = (read_rows(folder / f"{name}.csv", "source_id", True) for name in ("sources", "source_origins"))
    found = {}
    for resource in package["resources"]:
        name = resource["name"]
        if name != "source_origins" and (used := list_sources_of_table(folder, resource)):
            rows = [row for row in sources if row["source_id"] in used]
            rows += [row for row in origins if row["source_id"] in used and row["table"] in ("", name)]
            lines = "".join(csv_text(row.values(), ()) for row in rows)
            found[name] = fingerprint(lines.encode("utf-8")).removeprefix("sha256:")
    return found


def list_undeclared_licences(folder: Path, package: dict) -> Iterator[tuple[dict, str, dict[str, str]]]:
    """Yield each table with a licence that it does not name, of a source that its rows cite, and this source."""
    sources = read_rows_by_key(folder / "sources.csv", "source_id", True)
    for table in package["resources"]:
        named = {"", *(licence.get("name") for licence in table["licenses"])}
        for source in (
            sorted(list_sources_of_table(folder, table) & sources.keys()) if table["name"] != "source_origins" else ()
        ):
            code = sources[source].get("licence", "")
            if code not in named:
                named.add(code)
                yield table, code, sources[source]


def list_sources_of_table(folder: Path, table_descriptor: dict) -> set[str]:
    """Return the sources that the rows of a table name."""
    columns = [*find_source_columns(table_descriptor["schema"], table_descriptor["name"])]
    rows = read_rows(folder / table_descriptor["path"], columns[0], True) if columns else []
    cells = {row[column] for row in rows for column in columns}
    return {source for cell in cells for source in split_list(cell)}
