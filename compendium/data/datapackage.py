"""The data package: what datapackage.json says of the raw tables."""

import json
import pickle
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from compendium import languages, paths
from compendium.data import ledgertables
from compendium.files import InputError, read_plain, shortened
from compendium.texts import Text, given

PACKAGE = "datapackage.json"
OPTIONAL = (  # may be without rows
    *("claims", "claim_evidence", "claim_items", "claim_readings", "coders", "codings", "derived", "excerpts"),
    *("records", "searches", "second_looks"),
)
LIST = " ; "  # between the values of a cell that holds several
DISPENSABLE = {"paper_sentences", "assertions", "fidelity"}  # checked where they are; a compendium may do without
TABLE_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


def descriptor(folder: Path | None = None) -> dict:
    """Return the data package of `folder` (default: data/raw) as it stands in datapackage.json, free to change.

    Raises InputError if the file cannot be read, is not JSON, or describes a table by a path other than `<name>.csv`,
    so that nothing outside the folder is ever read.
    """
    path = (folder or paths.project().raw) / PACKAGE
    content: dict = pickle.loads(_parsed(path, _read(path))[1])
    return content


def shared(folder: Path) -> dict:
    """Return what `descriptor` does, the one that all who ask here share: it is only read."""
    path = folder / PACKAGE
    return _parsed(path, _read(path))[0]


def _read(path: Path) -> bytes:
    try:
        return read_plain(path)
    except OSError as error:
        raise InputError(paths.shown(path), f"cannot be read ({error.strerror})", paths.restore(path)) from None


@lru_cache(maxsize=8)
def _parsed(path: Path, text: bytes) -> tuple[dict, bytes]:
    """Return the data package read from a text, and the same packed, as whoever unpacks it may change it."""

    def fault(rule: str, value: str | None = None) -> InputError:
        return InputError(paths.shown(path), rule, paths.restore(path), value=value)

    try:
        content: dict = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")
        packed = pickle.dumps(content)
    except (ValueError, RecursionError) as error:
        raise fault(f"must be JSON in UTF-8 ({shortened(str(error))})") from None
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
    return content, packed


def day() -> str:
    """Return the day of the data: that on which the raw tables were last renewed."""
    return str(shared(paths.project().raw)["created"])[:10]


def _once(pairs: list[tuple[str, object]]) -> dict:
    """Return the JSON object of `pairs`; a key given twice would hide one of its values."""
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r} stands twice in an object")
    return content


def singular() -> dict[str, str]:
    """Return what English units are called of which there is one, by what they are called of which there are more."""
    found: dict[str, str] = shared(paths.project().raw).get("singular", {})
    return found


def resources() -> dict[str, dict]:
    """Return what datapackage.json says of each raw table by name, in its order; it is only read."""
    return {resource["name"]: resource for resource in shared(paths.project().raw)["resources"]}


def names() -> list[str]:
    """Return the names of the raw tables, in the order of the data package."""
    return list(resources())


def schema(name: str) -> dict:
    """Return the table schema of the raw table `name`: fields with type, unit, labels and constraints, and keys."""
    found: dict = resource(name)["schema"]
    return found


def field(name: str, column: str) -> dict:
    """Return what datapackage.json says of a column of the raw table `name`."""
    found: dict = next(field for field in schema(name)["fields"] if field["name"] == column)
    return found


def said(thing: Mapping[str, Any], key: str) -> Text:
    """Return what datapackage.json says of the package, a table or a column under `title`, `unit` or another key."""
    return given({language: thing[languages.key(key, language)] for language in languages.spoken()})


def titles(name: str) -> dict[str, Text]:
    """Return the titles of the columns of a raw table; under the empty name that of the table."""
    table = resource(name)
    return {"": said(table, "title")} | {f["name"]: said(f, "title") for f in table["schema"]["fields"]}


def resource(name: str) -> dict:
    """Return what datapackage.json says of the raw table `name`, or the engine of one of the ledger that lacks."""
    known = resources()
    if name in ledgertables.absent(set(known)):
        return ledgertables.described()[name]
    if name not in known:
        raise InputError(
            paths.shown(paths.project().raw / PACKAGE),
            "there is no such table",
            f"use one of {', '.join(known)}",
            value=name,
        )
    return known[name]


def changed(file: str) -> InputError:
    """Return the error for a raw table whose bytes are not the recorded ones."""
    return InputError(
        file,
        f"differs from the SHA-256 recorded in {PACKAGE}",
        "look at the change; if it is meant, note it in data/raw/CHANGES.md and run `compendium data refresh`, "
        f"otherwise {paths.restore(file)}",
    )


def links(schema: dict, name: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each column that refers to another, by foreign key or as a list, with the table and column it refers to."""
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        yield key["fields"][0], (reference["resource"] or name, reference["fields"][0])
    for field in schema["fields"]:
        if "listOf" in field:
            yield field["name"], (field["listOf"]["resource"], field["listOf"]["field"])


def list_columns(schema: dict) -> set[str]:
    """Return the columns whose cells hold lists."""
    return {field["name"] for field in schema["fields"] if "listOf" in field}


def citing(schema: dict, name: str) -> dict[str, bool]:
    """Return the columns of a table that name sources, and of each whether its cells hold lists."""
    lists = list_columns(schema)
    return {column: column in lists for column, target in links(schema, name) if target == ("sources", "source_id")}
