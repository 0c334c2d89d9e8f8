"""Measure what the checks are worth, all of it or some parts: python tests/verification/rates.py [part ...]

Each part is a script beside this one that goes on where it was stopped; what was measured on this commit is not
measured again. The tables stand in build/rates/tables until all parts have ended well, as notebook 12 reads those of
data/verification. About an hour on two processors.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from verification import measured
from verification.measured import COLUMNS, commit, recorded, write

HERE = Path(__file__).resolve().parent
PARTS = {
    "verdict-faults": "verdicts.py",
    "hostile": "hostile.py",
    "kills": "kills.py",
    "faults": "faults.py",
    "mutants": "mutants.py",
}
NOTE = "commit"  # which commit the tables of build/rates are of
NAMES = {
    "faults": ("种下的错被某项检验发现", "planted faults that a check notices"),
    "verdict-faults": (
        "证据里读者能看到的错，使判定本身改变的（其余：另有行同样撑着判定，或改得不够远）",
        "visible faults in evidence: those that change the verdict (else other rows carry it, or the step is tiny)",
    ),
    "mutants": ("改动代码被检验发现", "alterations of the code that a test kills"),
    "kills": ("命令被中断后一切完好", "commands killed that leave all in order"),
    "hostile": ("恶劣条件下表现如预期", "hostile conditions met as expected"),
    "honest-tests": ("一切无误时全部检验通过", "runs of all tests, with nothing wrong, that pass"),
}


def rates() -> pd.DataFrame:
    """Return the table rates: what was measured, of how many tried how many are good, the rate with its 95% interval in
    per cent, and when and on what it was measured.

    Faults without effect are not among those tried; where a sample is drawn by kind, each kind counts by its number.
    """
    told = {"keep_default_na": False, "dtype": {"commit": str}}  # lest 12e45678 is read as a number
    table = {name: pd.read_csv(measured.TABLES / f"{name}.csv", **told) for name in NAMES}
    faults, mutants = table["faults"].iloc[-1], table["mutants"].iloc[-1]
    verdicts, kills, hostile = table["verdict-faults"].iloc[-1], table["kills"], table["hostile"]
    honest = table["honest-tests"]
    passed = honest["exit_status"].eq(0) & honest["changed_files"].eq(0)
    fine = kills["left_processes"].eq(0) & kills["half_written"].eq(0) & kills["repeated"].eq("as committed")
    counts = {
        "faults": (faults["faults"] - faults["equivalent"], faults["noticed"]),
        "verdict-faults": (verdicts["faults"] - verdicts["too small"] - verdicts["not read"], verdicts["verdict"]),
        "mutants": (mutants["mutants"], mutants["killed"] + mutants["timeout"]),
        "kills": (len(kills), fine.sum()),
        "hostile": (hostile["as_expected"].ne("skipped").sum(), hostile["as_expected"].eq("yes").sum()),
        "honest-tests": (len(honest), passed.sum()),
    }
    drawn = {"faults": faults, "mutants": mutants}
    rows, known = [], recorded() | {"honest-tests": honest.iloc[-1]}
    for name, (tried, good) in counts.items():
        ends = (good / tried, *proportion_confint(good, tried, method="wilson"))
        shown = [f"{100 * end:.1f}" for end in ends]
        if name in drawn:
            shown = [f"{drawn[name][column]:.1f}" for column in ("rate_pct", "low_pct", "high_pct")]
        made = [known.get(name, {}).get(column, "") for column in COLUMNS[1:]]
        rows.append([name, *NAMES[name], tried, good, *shown, *made])
    columns = ["rate", "rate_zh", "rate_en", "tried", "good", "rate_pct", "low_pct", "high_pct", *COLUMNS[1:]]
    return pd.DataFrame(rows, columns=columns)


def main(chosen: list[str]) -> int:
    """Measure the chosen parts, all if there are none, and return 1 if one of them failed or is below its floor."""
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"rates: no part {', '.join(sorted(unknown))}. Remedy: {', '.join(PARTS)}")
    here, told, failed = commit(), [], False
    kept, measured.TABLES = measured.TABLES, draft(here)
    measured.TABLE = measured.TABLES / "measured.csv"
    for part in chosen or PARTS:
        begun = time.monotonic()
        if recorded().get(part, {}).get("commit") == here and not here.endswith("+"):
            told.append(f"{part}: measured on {here} already")
            continue
        print(f"rates: {part}", flush=True)
        line, place = [sys.executable, HERE / PARTS[part]], {"RATES_TABLES": str(measured.TABLES)}
        status = subprocess.run(line, env=os.environ | place, check=False).returncode
        failed |= bool(status)
        told.append(f"{part}: status {status}, {(time.monotonic() - begun) / 60:.1f} minutes")
        write("rates", rates())
    if not failed:
        shutil.copytree(measured.TABLES, kept, dirs_exist_ok=True, ignore=shutil.ignore_patterns(NOTE))
    print("\n".join([*told, rates().drop(columns="rate_zh").to_string(index=False)]))
    return failed


def draft(here: str) -> Path:
    """Return the folder for the tables of a commit, with those of data/verification as they were when it was begun."""
    folder = measured.TRIED / "tables"
    if not (folder / NOTE).is_file() or (folder / NOTE).read_text(encoding="utf-8") != here:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(measured.TABLES, folder)
        (folder / NOTE).write_text(here, encoding="utf-8")
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
