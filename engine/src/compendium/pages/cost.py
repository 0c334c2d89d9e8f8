"""What a run costs, for academics who plan one, as it was measured; a compendium may have no such measurement."""

from compendium.compendium import Compendium
from compendium.files import InputError, read_keyed
from compendium.texts import catalogue

text = catalogue("compendium/show")
FILE, MACHINE = "engine/benchmarks/results.csv", "engine/benchmarks/machine.txt"
RUN = "compendium run --force"
LOOP = "papermill, one call a notebook"


def read_measured(c: Compendium, *cases: str) -> list[dict[str, str]]:
    """Return the rows of some cases, all of which must have been measured."""
    rows = read_keyed(c.root / FILE, "case")
    if lacking := [case for case in cases if case not in rows]:
        raise InputError(FILE, f"has no row for {lacking[0]!r}", "make bench")
    return [rows[case] for case in cases]


def summarise(c: Compendium, language: str) -> str:
    """Return in a sentence how long a run and a loop of papermill take, and when that was measured."""
    run, loop = (float(row["median_s"]) for row in read_measured(c, RUN, LOOP))
    day = (c.root / MACHINE).read_text(encoding="utf-8").rpartition("; ")[2].strip()
    return text("cost", day=day, run=run, loop=loop)[language]
