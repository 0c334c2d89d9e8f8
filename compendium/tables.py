"""Raw tables in, processed tables out."""

import hashlib
import io
import json
import os
import re
import stat
from pathlib import Path

import pandas as pd

from compendium import Refusal, escape, paths

PACKAGE = "datapackage.json"
TABLE_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
PROCESSED_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SIGNIFICANT = "%.10g"
LARGEST = 100_000_000


class InputError(Refusal):
    """A fault in the input, told to people in one line.

    Fields: `file`, `rule` (what must hold), `remedy` (what to do) and, where they apply, `row`, `column` and `value`.
    Rows are counted as in an editor or spreadsheet: the header is row 1. `others` counts further faults not shown.
    """

    def __init__(
        self,
        file: str,
        rule: str = "",
        remedy: str = "",
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ):
        super().__init__(file, rule, remedy, row, column, value)
        self.file, self.rule, self.remedy = file, rule, remedy
        self.row, self.column, self.value = row, column, value
        self.others = 0

    def __str__(self):
        row = f"row {self.row}" if self.row else ""
        column = f"column {self.column}" if self.column else ""
        text = ", ".join(part for part in (self.file, row, column) if part)
        if self.rule:
            text += ": " + ("" if self.value is None else f"value {shortened(self.value)!r} — ") + self.rule
        if self.remedy:
            text += f". Remedy: {self.remedy}."
        text += f" ({self.others} more: see `compendium data check`)" if self.others else ""
        return escape.terminal(text)


def package(folder: Path | None = None) -> dict:
    """Return the data package of `folder` (default: data/raw) as it stands in datapackage.json.

    Raises InputError if the file cannot be read, is not JSON, or describes a table by a path other than `<name>.csv`,
    so that nothing outside the folder is ever read.
    """
    path = (folder or paths.RAW) / PACKAGE
    file, remedy = paths.shown(path), paths.restore(path)
    try:
        content = json.loads(read(path).decode("utf-8"), object_pairs_hook=_once)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except OSError as error:
        raise InputError(file, f"cannot be read ({error.strerror})", remedy) from None
    except (ValueError, RecursionError) as error:
        raise InputError(file, f"must be JSON in UTF-8 ({shortened(str(error))})", remedy) from None
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not resources:
        raise InputError(file, "must hold a list of resources", remedy)
    for resource in resources:
        name = resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(name, str) or not TABLE_NAME.fullmatch(name):
            raise InputError(
                file, "every resource needs a name of small letters, digits, _ and -", remedy, value=str(name)
            )
        if resource.get("path") != f"{name}.csv":
            rule = f"the path of table {name} must be {name}.csv, a file beside {PACKAGE}"
            raise InputError(file, rule, remedy, value=str(resource.get("path")))
        if not isinstance(resource.get("schema"), dict):
            raise InputError(file, f"table {name} needs a schema", remedy)
    return content


def read(path: Path) -> bytes:
    """Return the bytes of `path`, a file people may have touched.

    Raises OSError if there is none or it may not be read, and InputError if it is a link, a folder, a pipe or a device,
    or larger than any table: reading it could wait for ever or lead elsewhere.
    """
    found = path.lstat()
    remedy = f"put the file itself in its place, or {paths.restore(path)}"
    if not stat.S_ISREG(found.st_mode):
        raise InputError(paths.shown(path), "must be a plain file, not a link, folder, pipe or device", remedy)
    if found.st_size > LARGEST:
        raise InputError(paths.shown(path), f"must not be larger than {LARGEST // 10**6} MB", remedy)
    return path.read_bytes()


def names() -> list[str]:
    """Return the names of the raw tables, in the order of the data package."""
    return [resource["name"] for resource in package()["resources"]]


def schema(name: str) -> dict:
    """Return the table schema of the raw table `name`: fields with type, unit, labels and constraints, and keys."""
    return _resource(name)["schema"]


def raw(name: str) -> pd.DataFrame:
    """Return the raw table `name`, typed as datapackage.json says, with the default index.

    Types: integer is int64 if the column is required and Int64 if cells may be empty; number is float64; boolean is
    bool; date is datetime64; string is str. An empty cell is <NA>, NaN or NaT, but the empty string in a text column.
    `attrs["table"]` holds the name.

    Raises InputError if the table is unknown, cannot be read, or differs from the recorded SHA-256.
    """
    resource = _resource(name)
    path = paths.RAW / resource["path"]
    file = paths.shown(path)
    try:
        data = read(path)
    except OSError as error:
        raise InputError(file, f"cannot be read ({error.strerror})", paths.restore(file)) from None
    if fingerprint(data) != resource.get("hash"):
        raise changed(file)
    types = {field["name"]: _dtype(field) for field in resource["schema"]["fields"]}
    dates = [column for column, kind in types.items() if kind == "date"]
    frame = pd.read_csv(
        io.BytesIO(data),
        encoding="utf-8",
        dtype={column: kind for column, kind in types.items() if kind != "date"},
        parse_dates=dates,
        date_format="%Y-%m-%d",
        keep_default_na=False,
        na_values={column: [""] for column, kind in types.items() if kind != "str"},
    )
    frame.attrs["table"] = name
    return frame


def save(frame: pd.DataFrame, name: str) -> None:
    """Write `frame` as the processed table `name` below the output root, without its index.

    UTF-8, LF, floating numbers with at most 10 significant digits so that processors that differ in the last bits
    write the same file. The file appears complete or not at all. Raises ValueError for an unusable table name, a table
    without rows or columns, and repeated column names.
    """
    if not PROCESSED_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a processed table: use small letters, digits and -")
    if frame.empty:
        raise ValueError(f"table {name} is empty")
    if not frame.columns.is_unique:
        raise ValueError(f"table {name} repeats columns: {list(frame.columns[frame.columns.duplicated()])}")
    mixed = frame.select_dtypes("object", exclude="str").columns
    rounded = frame.assign(**{column: frame[column].map(_round) for column in mixed})
    text = rounded.to_csv(index=False, lineterminator="\n", float_format=SIGNIFICANT)
    write_atomic(paths.processed(name), text.encode("utf-8"))


def processed(name: str) -> pd.DataFrame:
    """Return the processed table `name`, from where `located` finds it.

    Types follow the cells: a column is whole numbers, floating numbers (also whole numbers with empty cells, as NaN),
    bool or text, where an empty cell is the empty string.
    """
    frame = pd.read_csv(located(name), encoding="utf-8", keep_default_na=False, na_values=[""])
    texts = frame.select_dtypes("str").columns
    frame[texts] = frame[texts].fillna("")
    return frame


def located(name: str) -> Path:
    """Return the path of the processed table `name`: below the output root if it is there, else the committed one.

    Raises InputError if it exists in neither place.
    """
    places = [paths.processed(name), paths.processed(name, paths.ROOT)]
    for place in places:
        if place.is_file():
            return place
    remedy = "run the notebook that writes it, or all of them with `compendium run`"
    raise InputError(paths.shown(places[0]), "is missing", remedy)


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` under a temporary name first, so that a failure leaves the old file untouched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        scratch.write_bytes(data)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of `data` as a data package writes it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def changed(file: str) -> InputError:
    """Return the error for a raw table whose bytes are not the recorded ones."""
    return InputError(
        file,
        f"differs from the SHA-256 recorded in {PACKAGE}",
        "look at the change; if it is meant, note it in data/raw/CHANGES.md and run `compendium data refresh`, "
        f"otherwise {paths.restore(file)}",
    )


def titles(name: str) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English titles of the columns of a raw table; under the empty name that of the table."""
    resource = _resource(name)
    named = {f["name"]: (f["title_zh"], f["title"]) for f in resource["schema"]["fields"]}
    return {"": (resource["title_zh"], resource["title"])} | named


def _resource(name: str) -> dict:
    resources = {resource["name"]: resource for resource in package()["resources"]}
    if name not in resources:
        raise InputError(
            paths.shown(paths.RAW / PACKAGE), "there is no such table", f"use one of {', '.join(resources)}", value=name
        )
    return resources[name]


def _dtype(field: dict) -> str:
    whole = "int64" if field.get("constraints", {}).get("required") else "Int64"
    return {"integer": whole, "number": "float64", "boolean": "bool", "date": "date", "string": "str"}[field["type"]]


def _once(pairs: list[tuple[str, object]]) -> dict:
    """Return the JSON object of `pairs`; a key given twice would hide one of its values."""
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r} stands twice in an object")
    return content


def _round(value: object) -> object:
    return SIGNIFICANT % value if isinstance(value, float) and value == value else value


def shortened(text: str, length: int = 60) -> str:
    """Return `text` with at most `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"
