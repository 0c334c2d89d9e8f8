"""The raw tables, each read once and typed as datapackage.json says; processed tables in and out."""

import io
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compendium.base import paths
from compendium.base.files import InputError, fingerprint, read_regular_file, write_atomic
from compendium.base.languages import Languages
from compendium.base.texts import TranslatedText, make_translated_text
from compendium.data import datapackage, ledgertables
from compendium.data.datapackage import PACKAGE, make_changed_table_error

if TYPE_CHECKING:
    import pandas as pd

PROCESSED_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SIGNIFICANT = "%.10g"


class RawTables:
    """The raw tables in a folder, as its datapackage.json describes them: `tables("claims")` is one of them.

    What was read is kept.
    """

    def __init__(self, folder: Path, languages: Languages):
        self.folder, self.languages = folder, languages
        self._typed: dict[str, pd.DataFrame] = {}
        self._cells: dict[str, pd.DataFrame] = {}

    @cached_property
    def package(self) -> dict[str, Any]:
        """The data package as it stands in datapackage.json; it is only read."""
        return datapackage.read(self.folder)

    @property
    def day(self) -> str:
        """The day of the data: that on which the raw tables were last renewed."""
        return str(self.package["created"])[:10]

    @cached_property
    def resources(self) -> dict[str, dict]:
        """What datapackage.json says of each raw table by name, in its order; it is only read."""
        return {resource["name"]: resource for resource in self.package["resources"]}

    @property
    def singular(self) -> dict[str, str]:
        """What English units are called of which there is one, by what they are called of which there are more."""
        return dict(self.package.get("singular", {}))

    def resource(self, name: str) -> dict:
        """Return what datapackage.json says of a table, or the engine of one of the ledger that lacks.

        Raises:
            InputError: there is no such table.
        """
        if name in self.resources:
            return self.resources[name]
        if name in ledgertables.list_absent_optional_tables(set(self.resources)):
            return ledgertables.describe_tables(self.languages)[name]
        remedy = f"use one of {', '.join(self.resources)}"
        raise InputError(paths.format_path(self.folder / PACKAGE), "there is no such table", remedy, value=name)

    def schema(self, name: str) -> dict:
        """Return the schema of a table: fields with type, unit, labels and constraints, and keys."""
        return dict(self.resource(name)["schema"])

    def field(self, name: str, column: str) -> dict:
        """Return what datapackage.json says of a column of a table."""
        return next(field for field in self.schema(name)["fields"] if field["name"] == column)

    def labels(self, name: str, column: str) -> dict[str, TranslatedText]:
        """Return the codes of a column of a table with their labels for readers."""
        return {code: make_translated_text(label) for code, label in self.field(name, column)["labels"].items()}

    def said(self, thing: Mapping[str, Any], key: str) -> TranslatedText:
        """Return what datapackage.json says of the package, a table or a column under a key such as `title`."""
        return make_translated_text({language: thing[self.languages.key(key, language)] for language in self.languages})

    def titles(self, name: str) -> dict[str, TranslatedText]:
        """Return the titles of the columns of a table; under the empty name that of the table."""
        table = self.resource(name)
        return {"": self.said(table, "title")} | {f["name"]: self.said(f, "title") for f in table["schema"]["fields"]}

    def __call__(self, name: str) -> "pd.DataFrame":
        """Return a table, typed as datapackage.json says, with the default index; changing it changes no other.

        Types: integer is int64 if the column is required and Int64 if cells may be empty; number is float64; boolean is
        bool; date is datetime64; string is str. An empty cell is <NA>, NaN or NaT, but the empty string in a text
        column. `attrs["table"]` holds the name. A table of the ledger that the compendium does without is empty.

        Raises:
            InputError: the table is unknown, cannot be read, or differs from the recorded SHA-256.
        """
        if name not in self._typed:
            self._typed[name] = type_table(self._content(name), self.schema(name)["fields"])
        frame = self._typed[name].copy(deep=False)
        frame.attrs["table"] = name
        return frame

    def cells(self, name: str) -> "pd.DataFrame":
        """Return a table as its cells are written, with the default index; as for the typed one."""
        if name not in self._cells:
            self._cells[name] = read_csv_as_text(io.BytesIO(self._content(name)))
        return self._cells[name].copy(deep=False)

    def _content(self, name: str) -> bytes:
        """Return the bytes of a table, which must be the recorded ones."""
        described = self.resource(name)
        if name not in self.resources:
            return ",".join(field["name"] for field in described["schema"]["fields"]).encode() + b"\n"
        path = self.folder / described["path"]
        try:
            data = read_regular_file(path)
        except OSError as error:
            rule = f"cannot be read ({error.strerror})"
            raise InputError(paths.format_path(path), rule, paths.suggest_restore(path)) from None
        if fingerprint(data) != described.get("hash"):
            raise make_changed_table_error(path)
        return data


def read_csv_as_text(file: Path | io.BytesIO) -> "pd.DataFrame":
    """Return a CSV table that we wrote as a frame of texts; an empty cell is the empty text."""
    import pandas as pd

    return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")


def type_table(data: bytes, fields: list[dict]) -> "pd.DataFrame":
    """Return the table that bytes hold, with the types of its columns."""
    import pandas as pd

    known = {"number": "float64", "boolean": "bool", "date": "date", "string": "str"}
    whole = {True: "int64", False: "Int64"}  # of cells that may be empty
    types = {f["name"]: known.get(f["type"]) or whole[bool(f.get("constraints", {}).get("required"))] for f in fields}
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
    return frame.astype(dict.fromkeys(dates, "datetime64[us]"))  # pandas reads a column without dates otherwise


def write_processed(frame: "pd.DataFrame", name: str, root: Path) -> None:
    """Write `frame` as the processed table `name` below `root`, without its index.

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
    write_atomic(paths.processed_path(name, root), render_processed_csv(frame).encode("utf-8"))


def render_processed_csv(frame: "pd.DataFrame") -> str:
    """Return `frame` as the CSV that `save` writes."""
    mixed = frame.select_dtypes("object", exclude="str")
    rounded = frame.assign(**mixed.map(lambda v: SIGNIFICANT % v if isinstance(v, float) and v == v else v))
    written: str = rounded.to_csv(index=False, lineterminator="\n", float_format=SIGNIFICANT)
    return written


def read_processed(path: Path) -> "pd.DataFrame":
    """Return a processed table.

    Types follow the cells: a column is whole numbers, floating numbers (also whole numbers with empty cells, as NaN),
    bool or text, where an empty cell is the empty string.
    """
    import pandas as pd

    frame = pd.read_csv(path, encoding="utf-8", keep_default_na=False, na_values=[""])
    texts = frame.select_dtypes("str").columns
    frame[texts] = frame[texts].fillna("")
    return frame
