"""The data package: what datapackage.json says of the raw tables."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from compendium.base import paths
from compendium.base.files import InputError, read_regular_file, shorten, write_atomic

PACKAGE = "datapackage.json"
OPTIONAL = (  # may be without rows
    *("bodies", "claims", "claim_evidence", "claim_items", "claim_readings", "coders", "codings", "derived"),
    *("excerpts", "reading_votes", "records", "searches", "second_looks", "voters", "walks"),
)
LIST = " ; "  # between the values of a cell that holds several
DISPENSABLE = {"paper_sentences", "assertions", "fidelity"}  # checked where they are; a compendium may do without
TABLE_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


def split_list(cell: str) -> tuple[str, ...]:
    """Return the values of a cell that holds several, or none."""
    return tuple(one for one in cell.split(LIST) if one)


def read(folder: Path) -> dict:
    """Return the data package of a folder as it stands in datapackage.json.

    Raises:
        InputError: the file cannot be read, is not JSON, or describes a table by a path other than `<name>.csv`
            (nothing outside the folder is ever read).
    """
    path = folder / PACKAGE

    def fault(rule: str, value: str | None = None) -> InputError:
        return InputError(paths.format_path(path), rule, paths.suggest_restore(path), value=value)

    try:
        content: dict = json.loads(read_regular_file(path).decode("utf-8"), object_pairs_hook=_once)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except OSError as error:
        raise fault(f"cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise fault(f"must be JSON in UTF-8 ({shorten(str(error))})") from None
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not resources:
        raise fault("must hold a list of resources")
    for resource in resources:
        name = resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(name, str) or not TABLE_NAME.fullmatch(name):
            raise fault("every resource needs a name of small letters, digits, _ and -", str(name))
        if resource.get("path") != f"{name}.csv":
            rule = f"the path of table {name} must be {name}.csv, a file beside {PACKAGE}"
            raise fault(rule, str(resource.get("path")))
        if not isinstance(resource.get("schema"), dict):
            raise fault(f"table {name} needs a schema")
    return content


def _once(pairs: list[tuple[str, object]]) -> dict:
    """Return the JSON object of `pairs`; a key given twice would hide one of its values."""
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r} stands twice in an object")
    return content


def write(folder: Path, package: dict) -> None:
    """Write the data package of a folder."""
    write_atomic(folder / PACKAGE, f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode())


def make_changed_table_error(file: Path) -> InputError:
    """Return the error for a raw table whose bytes are not the recorded ones."""
    return InputError(
        paths.format_path(file),
        f"differs from the SHA-256 recorded in {PACKAGE}",
        "look at the change; if it is meant, note it in data/raw/CHANGES.md and run `compendium data refresh`, "
        f"otherwise {paths.suggest_restore(file)}",
    )


def list_column_references(schema: dict, table: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each column that refers to another, by foreign key or as a list, with the table and column it refers to."""
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        yield key["fields"][0], (reference["resource"] or table, reference["fields"][0])
    for field in schema["fields"]:
        if "listOf" in field:
            yield field["name"], (field["listOf"]["resource"], field["listOf"]["field"])


def find_list_valued_columns(schema: dict) -> set[str]:
    """Return the columns whose cells hold lists."""
    return {field["name"] for field in schema["fields"] if "listOf" in field}


def find_source_columns(schema: dict, table: str) -> dict[str, bool]:
    """Return the columns of a table that name sources, and of each whether its cells hold lists."""
    lists = find_list_valued_columns(schema)
    return {
        column: column in lists
        for column, target in list_column_references(schema, table)
        if target == ("sources", "source_id")
    }
