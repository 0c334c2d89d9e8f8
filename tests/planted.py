"""Changes to plant in the evidence of a judgement: which rows of a frozen table, and what is done to them."""

import frozen

from compendium.ledger.evidence import Change


def rows(table: str, /, **cells: object) -> tuple[int, ...]:
    """Return the numbers of the rows of a frozen table that have these cells; there must be some."""
    frame = frozen.compendium().tables(table)
    for column, value in cells.items():
        frame = frame[frame[column] == value]
    assert len(frame), f"{table}: no row has {cells}"
    return tuple(frame.index)


def put(table: str, column: str, value: object, /, **cells: object) -> Change:
    """Return the change that sets `column` in the rows that have these cells."""
    found = rows(table, **cells)
    return Change("set", table, found, column, (value,) * len(found))


def drop(table: str, /, **cells: object) -> Change:
    """Return the change that drops the rows that have these cells."""
    return Change("drop", table, rows(table, **cells))
