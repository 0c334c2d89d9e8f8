"""Raw tables in, processed tables out."""

import io
import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from compendium import paths
from compendium.data.datapackage import changed, resource, resources
from compendium.files import InputError, fingerprint, read_plain, write_atomic

PROCESSED_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SIGNIFICANT = "%.10g"
asked = set[str]()  # the raw tables that this process has asked for since somebody emptied this


def raw(name: str) -> pd.DataFrame:
    """Return the raw table `name`, typed as datapackage.json says, with the default index.

    Types: integer is int64 if the column is required and Int64 if cells may be empty; number is float64; boolean is
    bool; date is datetime64; string is str. An empty cell is <NA>, NaN or NaT, but the empty string in a text column.
    `attrs["table"]` holds the name.

    A table of the ledger that the compendium does without is empty.

    Raises InputError if the table is unknown, cannot be read, or differs from the recorded SHA-256.
    """
    asked.add(name)
    described = resource(name)
    types = tuple((field["name"], _dtype(field)) for field in described["schema"]["fields"])
    data = _content(described) if name in resources() else _header(described)
    frame = _typed(data, types).copy(deep=False)
    frame.attrs["table"] = name
    return frame


def _content(described: dict) -> bytes:
    """Return the bytes of a raw table, which must be the recorded ones."""
    path = paths.project().raw / described["path"]
    file = paths.shown(path)
    try:
        data = read_plain(path)
    except OSError as error:
        raise InputError(file, f"cannot be read ({error.strerror})", paths.restore(file)) from None
    if fingerprint(data) != described.get("hash"):
        raise changed(file)
    return data


def _header(described: dict) -> bytes:
    """Return the bytes of a table without rows."""
    return ",".join(field["name"] for field in described["schema"]["fields"]).encode() + b"\n"


@lru_cache(maxsize=128)
def _typed(data: bytes, types: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Return the table of some bytes with these types of its columns; who changes a shallow copy changes no other."""
    dates = [column for column, kind in types if kind == "date"]
    frame = pd.read_csv(
        io.BytesIO(data),
        encoding="utf-8",
        dtype={column: kind for column, kind in types if kind != "date"},
        parse_dates=dates,
        date_format="%Y-%m-%d",
        keep_default_na=False,
        na_values={column: [""] for column, kind in types if kind != "str"},
    )
    return frame.astype(dict.fromkeys(dates, "datetime64[us]"))  # pandas reads a column without dates otherwise


def texts(name: str) -> pd.DataFrame:
    """Return the raw table `name` as its cells are written, with the default index."""
    asked.add(name)
    described = resource(name)
    if name not in resources():
        return pd.read_csv(io.BytesIO(_header(described)), dtype=str)
    return _texts(paths.project().raw / described["path"], described.get("hash", ""))


@lru_cache(maxsize=64)
def _texts(path: Path, _: str) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _dtype(field: dict) -> str:
    whole = "int64" if field.get("constraints", {}).get("required") else "Int64"
    return {"integer": whole, "number": "float64", "boolean": "bool", "date": "date", "string": "str"}[field["type"]]


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
    write_atomic(paths.processed(name), text(frame).encode("utf-8"))


def text(frame: pd.DataFrame) -> str:
    """Return `frame` as the CSV that `save` writes."""
    mixed = frame.select_dtypes("object", exclude="str").columns
    rounded = frame.assign(**{column: frame[column].map(_round) for column in mixed})
    written: str = rounded.to_csv(index=False, lineterminator="\n", float_format=SIGNIFICANT)
    return written


def _round(value: object) -> object:
    return SIGNIFICANT % value if isinstance(value, float) and value == value else value


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
    places = [paths.processed(name), paths.processed(name, paths.project().root)]
    for place in places:
        if place.is_file():
            return place
    remedy = "run the notebook that writes it, or all of them with `compendium run`"
    raise InputError(paths.shown(places[0]), "is missing", remedy)
