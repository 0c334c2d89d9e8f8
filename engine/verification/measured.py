"""What the kinds of plant.py share: samples, intervals, going on where one was stopped, and when and on which version
and commit each was measured (measured.csv of data/verification)."""

import contextlib
import csv
import datetime
import hashlib
import io
import json
import math
import multiprocessing
import os
import subprocess
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from statsmodels.stats.proportion import proportion_confint
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[2]
TABLES = Path(os.environ.get("RATES_TABLES", ROOT / "data" / "verification"))  # `plant.py rates` lets parts write aside
TABLE = TABLES / "measured.csv"
TRIED = ROOT / "build" / "rates"  # what was tried so far, one line a trial
COLUMNS = ("measurement", "day", "version", "commit")
LEAST = 3  # of each kind in a sample, or all where there are fewer
NAMES = {
    "faults": ("植入的错误被某项检验发现", "planted faults that a check notices"),
    "verdict-faults": (
        "证据里读者能看到的错，使判定本身改变的（其余：另有行同样撑着判定，或改得不够远）",
        "visible faults in evidence: those that change the verdict (else other rows carry it, or the step is tiny)",
    ),
    "mutants": ("改动代码被检验发现", "alterations of the code that a test kills"),
    "kills": ("命令被中断后一切完好", "commands killed that leave all in order"),
    "hostile": ("恶劣条件下表现如预期", "hostile conditions met as expected"),
    "honest-tests": ("一切无误时全部检验通过", "runs of all tests, with nothing wrong, that pass"),
}
TRIAL: list[Callable] = []  # the one at work, which the processes of a pool inherit


@dataclass
class Found:
    """What came of a measurement: its tables by name, what is shown of them, and what is not as it is to be."""

    tables: dict[str, pd.DataFrame]
    shown: object
    wrong: list[str] = field(default_factory=list)


def git(*arguments: str) -> str:
    said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def commit() -> str:
    """Return the short hash of the last commit, with a + where a file is not as committed; nothing outside git.

    The tables of data/verification are written by measuring and do not count.
    """
    changed = git("status", "--porcelain", "--", ".", ":!data/verification")
    return git("rev-parse", "--short=8", "HEAD") + ("+" if changed else "")


def version() -> str:
    return tomllib.loads((ROOT / "compendium.toml").read_text(encoding="utf-8"))["version"]


def recorded() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["measurement"]: row for row in csv.DictReader(file)}


def record(measurement: str) -> None:
    """Note that a measurement was made today, on this version and commit; one made before these were noted has none."""
    made = measurement, str(datetime.date.today()), version(), commit()
    known = recorded() | {measurement: dict(zip(COLUMNS, made, strict=True))}
    pd.DataFrame([known[name] for name in sorted(known)], columns=COLUMNS).to_csv(
        TABLE, index=False, lineterminator="\n"
    )


def write(name: str, frame: pd.DataFrame) -> None:
    frame.to_csv(TABLES / f"{name}.csv", index=False, lineterminator="\n")


def rates() -> pd.DataFrame:
    """Return the table rates: what was measured, of how many tried how many are good, the rate with its 95% interval in
    per cent, and when and on what it was

    Faults without effect are not among those tried; where a sample is drawn by kind, each kind counts by its number.
    """
    told = {"keep_default_na": False, "dtype": {"commit": str}}  # lest 12e45678 is read as a number
    table = {name: pd.read_csv(TABLES / f"{name}.csv", **told) for name in NAMES}
    drawn = {name: table[name].iloc[-1] for name in ("faults", "mutants")}
    faults, mutants, verdicts = *drawn.values(), table["verdict-faults"].iloc[-1]
    kills, hostile, honest = table["kills"], table["hostile"], table["honest-tests"]
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
    rows, known = [], recorded() | {"honest-tests": honest.iloc[-1]}
    for name, (tried, good) in counts.items():
        shown = [100 * end for end in (good / tried, *proportion_confint(good, tried, method="wilson"))]
        if name in drawn:
            shown = drawn[name][["rate_pct", "low_pct", "high_pct"]]
        made = [known.get(name, {}).get(column, "") for column in COLUMNS[1:]]
        rows.append([name, *NAMES[name], tried, good, *(f"{end:.1f}" for end in shown), *made])
    columns = ["rate", "rate_zh", "rate_en", "tried", "good", "rate_pct", "low_pct", "high_pct", *COLUMNS[1:]]
    return pd.DataFrame(rows, columns=columns)


def quotas(sizes: dict[str, int], total: int) -> dict[str, int]:
    """Return how many of each kind make a sample of about `total`: in proportion, but at least LEAST of each."""
    share = total / sum(sizes.values())
    return {kind: min(size, max(LEAST, round(share * size))) for kind, size in sizes.items()}


def estimated(kinds: pd.DataFrame, column: str) -> tuple[float, float, float]:
    """Return, in per cent, which part of all faults that change something a column counts, and its 95% interval.

    Each of the `faults` tried stands for population / faults of its kind; the `equivalent` ones do not count. The
    interval is Wilson's for as many faults of equal weight as carry the same information (Kish); not a number where no
    fault changes anything.
    """
    weight, counted = kinds["population"] / kinds["faults"], kinds["faults"] - kinds["equivalent"]
    if not counted.sum():
        return math.nan, math.nan, math.nan
    share = (weight * kinds[column]).sum() / (weight * counted).sum()
    size = (weight * counted).sum() ** 2 / (weight**2 * counted).sum()
    low, high = proportion_confint(share * size, size, method="wilson")
    return tuple(round(float(100 * value), 1) for value in (share, low, high))


def list_units(*names: str) -> list[str]:
    """Return the files of the tests of these names, which may hold an asterisk, from the root on."""
    places = [ROOT / "tests", ROOT / "engine/tests/unit"]
    found = [file for name in names for place in places for file in place.glob(f"test_{name}.py")]
    return sorted(file.relative_to(ROOT).as_posix() for file in found)


def stamp() -> str:
    """Return a hash of all that a trial depends on: code, notebooks, tables, tests and locked libraries."""
    names = ("engine/src", "engine/tests", "study", "notebooks", "data/raw", "data/processed", "tests")
    parts = [ROOT / name for name in names]
    files = [ROOT / "requirements.lock", *(p for part in parts for p in sorted(part.rglob("*")) if p.is_file())]
    content = [p.read_bytes() for p in files if "__pycache__" not in p.parts]
    return hashlib.sha256(b"".join(hashlib.sha256(c).digest() for c in content)).hexdigest()[:12]


def tried(
    name: str, items: Iterable[str], trial: Callable[[str], object], jobs: int = 1, kept: bool = True, now: str = ""
) -> dict[str, object]:
    """Try all items, with a progress bar, and return what came of each, in their order.

    What came of an item is `kept` in build/rates, and not tried again while the tree is the same, as `now` tells.
    """
    items, file, now = list(items), TRIED / f"{name}.jsonl", now or stamp()
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if kept and file.is_file() else []
    known = dict(map(json.loads, lines[1:])) if lines[:1] == [now] else {}
    left, TRIAL[:] = [item for item in items if item not in known], [trial]
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(file.open("w", encoding="utf-8")) if kept else io.StringIO()
        log.writelines([now + "\n", *(json.dumps(pair) + "\n" for pair in known.items())])
        results = map(_attempt, left)
        if jobs > 1:
            pool = stack.enter_context(multiprocessing.get_context("fork").Pool(jobs))
            results = pool.imap_unordered(_attempt, left)
        for item, found in tqdm(results, name, len(items), initial=len(items) - len(left), unit="trial"):
            known[item] = found
            log.write(json.dumps([item, found]) + "\n")
            log.flush()
    return {item: known[item] for item in items}


def _attempt(item: str) -> tuple[str, object]:
    return item, TRIAL[0](item)
