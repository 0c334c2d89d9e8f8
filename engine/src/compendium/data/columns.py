"""A raw table by columns: each distinct cell is kept and looked at once, rows are made as they are asked for."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, overload

import numpy as np

from compendium.data.checks import Row
from compendium.files import InputError

READ: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": Decimal,
    "boolean": "true".__eq__,
    "date": date.fromisoformat,
    "string": str,
}
KEY = " / "  # between the cells of a key


class Column:
    """The cells of a column: the distinct texts in the order in which they come, and for each row the place of its."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.rows = array("I")

    def take(self, text: str) -> None:
        """Add the cell of the next row."""
        self.rows.append(self.places.setdefault(text, len(self.places)))

    @cached_property
    def texts(self) -> list[str]:
        """The distinct texts."""
        return list(self.places)

    @property
    def codes(self) -> np.ndarray:
        """By row the place of its text."""
        return np.asarray(self.rows)


class Rows(Sequence[Row]):
    """The rows of a table from its columns, whose types, keys of READ, are given in the same order."""

    def __init__(self, name: str, file: str, columns: dict[str, Column], types: Iterable[str]):
        self.name, self.file, self.columns = name, file, columns
        self.types = dict(zip(columns, types, strict=True))
        self._values: dict[str, list] = {}

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        codes = {name: column.rows[place] for name, column in self.columns.items()}
        texts = {name: self.columns[name].texts[code] for name, code in codes.items()}
        return Row(self.name, self.file, place + 2, texts, {name: self.values(name)[c] for name, c in codes.items()})

    def __iter__(self) -> Iterator[Row]:
        return map(self.__getitem__, range(len(self)))

    def values(self, name: str) -> list:
        """Return the distinct values of a column by the order of its texts; None for an empty or ill-formed cell."""
        if name not in self._values:
            read = READ[self.types[name]]
            self._values[name] = [_value(read, text) for text in self.columns[name].texts]
        return self._values[name]

    def alike(self, names: Iterable[str]) -> np.ndarray:
        """Return by row a number that rows share whose values in these columns are equal."""
        key = np.zeros(len(self), dtype=np.int64)
        for name in names:
            codes = self.columns[name].codes
            if self.types[name] == "number":  # 1.0 and 1 are one number
                known: dict = {}
                codes = np.array([known.setdefault(value, len(known)) for value in self.values(name)])[codes]
            key = np.unique(key * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
        return key

    def faults(self, names: Sequence[str], find: Callable[[Row], Iterable[InputError]]) -> list[InputError]:
        """Return what `find`, which looks at these columns of a row only, finds in all rows.

        It is asked once for rows that are alike there.
        """
        _, first, key = np.unique(self.alike(names), return_index=True, return_inverse=True)
        bad = [number for number, place in enumerate(first) if next(iter(find(self[int(place)])), None)]
        return [fault for place in np.flatnonzero(np.isin(key, bad)) for fault in find(self[int(place)])]

    def keyed(self, names: Sequence[str], wanted: set[str]) -> dict[str, Row]:
        """Return the rows whose cells in the columns `names`, joined by KEY, are wanted, by these."""
        columns = [self.columns[name] for name in names]
        cells = zip(*(map(column.texts.__getitem__, column.rows) for column in columns), strict=True)
        return {key: self[place] for place, key in enumerate(map(KEY.join, cells)) if key in wanted}


def by_row(fault: InputError) -> int:
    """Return what sorts faults of a table by row."""
    return fault.row or 0


def _value(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text) if text else None
    except (ArithmeticError, ValueError):
        return None
