"""Plant faults and measure how many are noticed.

    python engine/verification/plant.py KIND [NAME ...] [--take N]

    faults          data, rules, notebooks, outputs: which check notices, and where it points
    verdict-faults  numbers that verdicts rest on: do the verdicts turn
    mutants         lines of code: do the tests notice
    kills           commands killed at random moments: is anything left half-written
    hostile         broken files, full disks, other users: is it said what to do
    digits          one digit changed in each kind of file: which command notices first, and how soon
    trials          what a dishonest hand may do: which command notices (`make notices`)
    honest-tests    nothing is planted: does no test fail
    rates           the first five, one after the other; what was measured on this commit is not measured again

Each kind goes on where it was stopped and writes its tables into data/verification; with names (of what to plant) or
`--take` it writes nothing. The tables of `rates` stand in build/rates/tables until all parts have ended well, as
notebook 12 reads those of data/verification. About an hour on two processors.
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / name) for name in ("", "tests", "engine/tests", "engine")]

from verification import measured  # noqa: E402

KINDS = {  # name -> module beside this one
    "faults": "faults",
    "verdict-faults": "verdicts",
    "mutants": "mutants",
    "kills": "kills",
    "hostile": "hostile",
    "digits": "digits",
    "trials": "trials",
    "honest-tests": "honest",
}
PARTS = ["verdict-faults", "hostile", "kills", "faults", "mutants"]
NOTE = "commit"  # which commit the tables of build/rates are of


def measure(kind: str, options: argparse.Namespace) -> int:
    """Measure one kind, show what was found and write its tables; return 1 if something is not as it is to be."""
    try:
        found = importlib.import_module(f"verification.{KINDS[kind]}").measure(options)
    except RuntimeError as error:
        raise SystemExit(f"{kind}: {error}") from None
    print(found.shown.to_string(index=False) if isinstance(found.shown, pd.DataFrame) else found.shown)
    if not (options.take or options.names):
        for name, table in found.tables.items():
            measured.write(name, table)
        measured.record(kind)
        measured.write("rates", measured.rates())
    for line in found.wrong:
        print(f"{kind}: {line}", file=sys.stderr)
    return bool(found.wrong)


def measure_parts(chosen: list[str]) -> int:
    """Measure the chosen parts, all if there are none; return 1 if one of them failed or is below its floor."""
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"rates: no part {', '.join(sorted(unknown))}. Remedy: {', '.join(PARTS)}")
    here, told, failed = measured.commit(), [], False
    kept, measured.TABLES = measured.TABLES, draft(here)
    measured.TABLE = measured.TABLES / "measured.csv"
    for part in chosen or PARTS:
        begun = time.monotonic()
        if measured.recorded().get(part, {}).get("commit") == here and not here.endswith("+"):
            told.append(f"{part}: measured on {here} already")
            continue
        print(f"rates: {part}", flush=True)
        status = start(part, os.environ | {"RATES_TABLES": str(measured.TABLES)})
        failed |= bool(status)
        told.append(f"{part}: status {status}, {(time.monotonic() - begun) / 60:.1f} minutes")
    if not failed:
        shutil.copytree(measured.TABLES, kept, dirs_exist_ok=True, ignore=shutil.ignore_patterns(NOTE))
    print("\n".join([*told, measured.rates().drop(columns="rate_zh").to_string(index=False)]))
    return failed


def start(part: str, variables: dict[str, str]) -> int:
    return subprocess.run([sys.executable, __file__, part], env=variables, check=False).returncode


def draft(here: str) -> Path:
    """Return the folder for the tables of a commit, with those of data/verification as they were when it was begun."""
    folder = measured.TRIED / "tables"
    if not (folder / NOTE).is_file() or (folder / NOTE).read_text(encoding="utf-8") != here:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(measured.TABLES, folder)
        (folder / NOTE).write_text(here, encoding="utf-8")
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=[*KINDS, "rates"])
    parser.add_argument("names", nargs="*", help="only what bears one of these names or words; nothing is written")
    parser.add_argument("--take", type=int, default=0, help="so many of each sort; nothing is written")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--run", type=Path, default=measured.ROOT / "build" / "run", help="faults: a complete run")
    parser.add_argument("--python", action="append", default=[], help="honest-tests: interpreter; two or more")
    options = parser.parse_args()
    return measure_parts(options.names) if options.kind == "rates" else measure(options.kind, options)


if __name__ == "__main__":
    sys.exit(main())
