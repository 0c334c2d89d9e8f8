"""Plant faults and measure how many are noticed.

    python engine/verification/plant.py KIND [NAME ...] [--take N]

    faults          one cell, row or file: which command notices, and does it name the place
    falsified       the number that a claim prints: does the judge say no
    planted         false twins of claims, judged by readers and coders: are they noticed, and the others left alone
    mutants         operators and constants of the code: do the tests or a run notice
    kills           commands killed at random moments: is anything left half-written
    hostile         failing cells, full disks, other users: is it said what to do
    stale           files edited before, during and after a run: is a result ever called unchanged that is not
    rates           these seven, one after the other
    digits          one digit changed in each kind of file: which command notices first
    honest-tests    nothing is planted: does no test fail

Each kind goes on where it was stopped, as long as no file has changed, and writes its tables into data/verification
once all that was asked for has ended; with names (of what to plant) or `--take` it writes nothing.
"""

import argparse
import importlib
import os
import sys
import time
from argparse import Namespace
from pathlib import Path

import pandas as pd

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / name) for name in ("", "tests", "engine/tests", "engine")]

from verification import harness  # noqa: E402

RATES = ["falsified", "planted", "stale", "hostile", "kills", "faults", "mutants"]
KINDS = {name: name for name in (*RATES, "digits")} | {"honest-tests": "honest"}  # name -> module beside this one


def measure(kinds: list[str], options: Namespace) -> int:
    """Measure kinds, show what was found and write the tables; return 1 if something is not as it is to be."""
    made: dict[str, harness.Found] = {}
    for kind in kinds:
        begun = time.monotonic()
        try:
            made[kind] = found = importlib.import_module(f"verification.{KINDS[kind]}").measure(options)
        except RuntimeError as error:
            raise SystemExit(f"{kind}: {error}") from None
        print(found.shown.to_string(index=False) if isinstance(found.shown, pd.DataFrame) else found.shown)
        print(f"{kind}: {(time.monotonic() - begun) / 60:.1f} minutes", *found.wrong, sep=f"\n{kind}: ", flush=True)
    if not (options.take or options.names):
        for kind, found in made.items():
            for name, table in found.tables.items():
                harness.write(name, table)
            harness.record(kind)
        harness.write("rates", harness.rates())
    return any(found.wrong for found in made.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=[*KINDS, "rates"])
    parser.add_argument("names", nargs="*", help="only what bears one of these names or words; nothing is written")
    parser.add_argument("--take", type=int, default=0, help="so many of each sort; nothing is written")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    options = parser.parse_args()
    return measure(RATES if options.kind == "rates" else [options.kind], options)


if __name__ == "__main__":
    sys.exit(main())
