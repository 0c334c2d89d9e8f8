"""Checks between rows and between tables: what a check sees, how it is registered, how all are run.

A check is a small generator over whole tables that yields one InputError for each place that breaks it. It may compare
a cell with its own printed form, a computed cell with what it is computed from, a share with the others of its own
source: form, transcription and provenance. Whether the paper agrees with a source or with itself, and sources with one
another, is for the ledger.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compendium import paths
from compendium.files import InputError

REMEDY = "correct the row that is wrong, note why in data/raw/CHANGES.md, then run `compendium data refresh`"


@dataclass(frozen=True)
class Row:
    """One typed row: `texts` are the cells as written, `values` the same by type with None for an empty cell."""

    table: str
    file: str
    number: int
    texts: dict[str, str]
    values: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def fault(self, column: str, rule: str, remedy: str = REMEDY) -> InputError:
        """Return the error that `column` of this row breaks `rule`."""
        return InputError(self.file, rule, remedy, self.number, column, self.texts[column])


Table = list[Row]
Check = Callable[..., Iterator[InputError]]
CHECKS: list[tuple[tuple[str, ...], Check]] = []


def needs(*tables: str) -> Callable[[Check], Check]:
    """Register a check that takes `tables`, in this order."""

    def register(check: Check) -> Check:
        CHECKS.append((tables, check))
        return check

    return register


def run(tables: Mapping[str, Iterable[Row]]) -> list[InputError]:
    """Return what the checks find in `tables`; a check is left out if a table of it is missing or already at fault."""
    sound, problems = set(tables), []
    rows = {name: list(tables[name]) for name in sound & {name for wanted, _ in CHECKS for name in wanted}}
    for wanted, check in CHECKS:
        if sound.issuperset(wanted):
            try:
                found = list(check(*(rows[name] for name in wanted)))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                rule = f"the check {check.__name__} does not fit its columns ({type(error).__name__}: {error})"
                remedy = f"give the columns of {', '.join(wanted)} their former names and types in datapackage.json"
                file = paths.shown(paths.project().raw / f"{wanted[0]}.csv")
                found = [InputError(file, rule, remedy)]
            problems += found
            if found:
                sound -= set(wanted)
    return problems


def enumeration(things: Iterable) -> str:
    """Return things as a list in a sentence."""
    return ", ".join(map(str, things))
