"""What the measurements of data/verification share: samples, intervals, going on where one was stopped, and when and
on which version and commit each was made (measured.csv there)."""

import contextlib
import csv
import datetime
import hashlib
import json
import math
import multiprocessing
import os
import subprocess
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from statsmodels.stats.proportion import proportion_confint
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[2]
TABLES = Path(os.environ.get("RATES_TABLES", ROOT / "data" / "verification"))  # rates.py lets parts write elsewhere
TABLE = TABLES / "measured.csv"
TRIED = ROOT / "build" / "rates"  # what was tried so far, one line a trial
COLUMNS = ("measurement", "day", "version", "commit")
LEAST = 3  # of each kind in a sample, or all where there are fewer


def git(*arguments: str) -> str:
    """Return what git says of this tree, nothing outside git."""
    said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def commit() -> str:
    """Return the short hash of the last commit, with a + where a file is not as committed; nothing outside git.

    The tables of data/verification are written by measuring and do not count.
    """
    changed = git("status", "--porcelain", "--", ".", ":!data/verification")
    return git("rev-parse", "--short=8", "HEAD") + ("+" if changed else "")


def recorded() -> dict[str, dict[str, str]]:
    """Return the rows of measured.csv by measurement."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["measurement"]: row for row in csv.DictReader(file)}


def record(measurement: str) -> None:
    """Note that a measurement was made today, on the version that compendium.toml states and the commit that lies here.

    A measurement made before commits were noted has none.
    """
    version = tomllib.loads((ROOT / "compendium.toml").read_text(encoding="utf-8"))["version"]
    made = measurement, str(datetime.date.today()), version, commit()
    known = recorded() | {measurement: dict(zip(COLUMNS, made, strict=True))}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(known[name] for name in sorted(known))


def write(name: str, frame: pd.DataFrame) -> None:
    """Write a table of data/verification."""
    frame.to_csv(TABLES / f"{name}.csv", index=False, lineterminator="\n")


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


def stamp() -> str:
    """Return a hash of all that a trial depends on: code, notebooks, raw tables, tests and locked libraries."""
    parts = [ROOT / name for name in ("compendium", "study", "notebooks", "data/raw", "tests")]
    files = [ROOT / "requirements.lock", *(p for part in parts for p in sorted(part.rglob("*")) if p.is_file())]
    content = [p.read_bytes() for p in files if "__pycache__" not in p.parts]
    return hashlib.sha256(b"".join(hashlib.sha256(c).digest() for c in content)).hexdigest()[:12]


def tried(name: str, items: Iterable[str], trial: Callable[[str], object], jobs: int = 1) -> dict[str, object]:
    """Try all items, with a progress bar, and return what came of each, in their order.

    What came of an item is kept in build/rates, and not tried again while the tree is the same.
    """
    items, file, now = list(items), TRIED / f"{name}.jsonl", stamp()
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.is_file() else []
    known = dict(map(json.loads, lines[1:])) if lines[:1] == [now] else {}
    left = [item for item in items if item not in known]
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as log, contextlib.ExitStack() as stack:
        log.writelines([now + "\n", *(json.dumps(pair) + "\n" for pair in known.items())])
        results = map(_Trial(trial), left)
        if jobs > 1:
            pool = stack.enter_context(multiprocessing.get_context("fork").Pool(jobs))
            results = pool.imap_unordered(_Trial(trial), left)
        for item, found in tqdm(results, name, len(items), initial=len(items) - len(left), unit="trial"):
            known[item] = found
            log.write(json.dumps([item, found]) + "\n")
            log.flush()
    return {item: known[item] for item in items}


class _Trial:
    """A trial that tells which item it tried."""

    def __init__(self, trial: Callable[[str], object]) -> None:
        self.trial = trial

    def __call__(self, item: str) -> tuple[str, object]:
        return item, self.trial(item)
