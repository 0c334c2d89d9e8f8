"""Checks between rows and between tables: what a check sees, how it is made, how all are run.

A check is a small generator over whole tables that yields one InputError for each place that breaks it. It may compare
a cell with its own printed form, a computed cell with what it is computed from, a share with the others of its own
source: form, transcription and provenance. Whether the paper agrees with a source or with itself, and sources with one
another, is for the ledger.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

from compendium.base.files import InputError

REMEDY = "correct the row that is wrong, note why in data/raw/CHANGES.md, then run `compendium data refresh`"


@dataclass(frozen=True)
class TypedRow:
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


Table = list[TypedRow]
Find = Callable[..., Iterator[InputError]]


class Check(NamedTuple):
    """A check: the generator that finds what breaks it, and the tables that it takes, in order, each time it runs."""

    find: Find
    tables: tuple[tuple[str, ...], ...]

    def __call__(self, *tables: Table) -> Iterator[InputError]:
        """Yield what breaks it."""
        return self.find(*tables)


def requires_tables(*tables: str) -> Callable[[Find | Check], Check]:
    """Make a check of a generator that takes `tables`, in this order; of a check one that runs over these too."""

    def make(found: Find | Check) -> Check:
        check = found if isinstance(found, Check) else Check(found, ())
        return Check(check.find, (*check.tables, tables))

    return make


def collect(modules: Iterable[ModuleType]) -> list[Check]:
    """Return the checks that modules define, in their order."""
    return [found for module in modules for found in vars(module).values() if isinstance(found, Check)]


def run(tables: Mapping[str, Table], checks: Sequence[Check]) -> list[InputError]:
    """Return what checks find in `tables`; one is left out if a table of it is missing or already at fault."""
    sound, problems = set(tables), []
    for wanted, find in [(wanted, check.find) for check in checks for wanted in check.tables]:
        if sound.issuperset(wanted):
            try:
                found = list(find(*(tables[name] for name in wanted)))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                rule = f"the check {find.__name__} does not fit its columns ({type(error).__name__}: {error})"
                remedy = f"give the columns of {', '.join(wanted)} their former names and types in datapackage.json"
                found = [InputError(f"data/raw/{wanted[0]}.csv", rule, remedy)]
            problems += found
            if found:
                sound -= set(wanted)
    return problems
