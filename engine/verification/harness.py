"""What the kinds of plant.py share: copies of the compendium, commands in them, what was tried before, and rates."""

import atexit
import contextlib
import csv
import datetime
import hashlib
import io
import json
import math
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
from statsmodels.stats.proportion import proportion_confint
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "data" / "verification"
TRIED = ROOT / "build" / "rates"  # what was tried so far, one line a trial
WRITTEN = ("data/verification/", "docs/checks")  # what is made by measuring, so that no trial depends on it
SELF = ["git", "-c", "user.name=trial", "-c", "user.email=trial@example.org", "-c", "commit.gpgsign=false"]
COLUMNS = ("measurement", "day", "version", "commit")
LEAST = 5  # of each kind in a sample, or all where there are fewer
NAMES = {
    "faults": ("植入的错误被某项检验发现", "planted faults that a check notices"),
    "falsified": (
        "把论断所印的数改错，改判为须更正或须说准（限于原判相符或须说准的论断）",
        "printed numbers falsified that end as to be corrected or made precise (of claims that match or are to be)",
    ),
    "planted": ("植入的假论断被判须更正或须说准", "false twins of claims that end as to be corrected or made precise"),
    "untouched": ("夹在其中、未动的论断没有判坏", "untouched claims among them that end no worse than they were"),
    "mutants": ("改动代码被检验发现", "alterations of the code that a test kills"),
    "kills": ("命令被中断后一切完好", "commands killed that leave all in order"),
    "hostile": ("恶劣条件下表现如预期", "hostile conditions met as expected"),
    "stale": (
        "改动一个文件后，旧结果没有被当成未变、已接受或完好",
        "edits of a file after which no older result is called unchanged, accepted or in order",
    ),
    "honest-tests": ("一切无误时全部检验通过", "runs of all tests, with nothing wrong, that pass"),
}
TRIAL: list[Callable] = []  # the one at work, which the processes of a pool inherit


@dataclass
class Found:
    """What came of a measurement: its tables by name, what is shown of them, and what is not as it is to be."""

    tables: dict[str, pd.DataFrame]
    shown: object
    wrong: list[str] = field(default_factory=list)


# Copies and commands


def git(*arguments: str) -> str:
    said = subprocess.run([*SELF, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip()


@cache
def snapshot() -> str:
    """Return a commit of what git knows of this checkout, as it lies there."""
    return git("stash", "create") or git("rev-parse", "HEAD")


@cache
def stamp() -> str:
    """Return a hash of all that a trial depends on: what git knows, but for what is made by measuring."""
    listed = git("ls-tree", "-r", snapshot()).splitlines()
    kept = [line for line in listed if not line.split("\t")[1].startswith(WRITTEN)]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:12]


@cache
def template() -> Path:
    """Return a folder with what git knows of this checkout, compiled, and its last run, to be copied for each trial."""
    place = tempfile.mkdtemp(prefix="template-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    made = Path(place) / "c"
    subprocess.run(["git", "clone", "-q", "--shared", str(ROOT), str(made)], check=True)
    subprocess.run(["git", "checkout", "-q", snapshot()], cwd=made, check=True)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "engine/src", "study", "tests"], cwd=made, check=False)
    for name in ("run", "judge", "cache"):
        if (ROOT / "build" / name).is_dir():
            shutil.copytree(ROOT / "build" / name, made / "build" / name)
    return made


@contextlib.contextmanager
def copy(folder: str = "") -> Iterator[Path]:
    """Give a new copy of this checkout, with its last run, for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="planted-", ignore_cleanup_errors=True) as scratch:
        Path(scratch).chmod(0o755)
        place = Path(scratch, folder)
        (place / "tmp").mkdir(parents=True)
        yield shutil.copytree(template(), place / "c", symlinks=True)


def started(
    copy: Path, line: Sequence[str], before: Sequence[str] = (), place: str = ".", **variables: str
) -> subprocess.Popen:
    """Start a command of the compendium in a copy, or pytest, by other programs `before` it, in a process group."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("COMPENDIUM", "PYTHON"))}
    tests = line[0] in ("pytest", "coverage")  # which import the study; a command finds it by itself
    path = [copy / "build/site", copy / "engine/src", *([copy] if tests else [])]
    ours |= {"PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*before, sys.executable, "-P", "-m", *([] if tests else ["compendium"]), *line],
        cwd=copy / place,
        env=ours | {"TMPDIR": str(copy.parent / "tmp")} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a background job of a shell
    )


def ended(process: subprocess.Popen, copy: Path, seconds: float = 900) -> tuple[int, list[str]]:
    """Return the status of a command and the lines that it said, with paths from the copy on.

    One that takes longer is killed with all that it started, and has the status of that.
    """
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
    places = f"{copy}/", str(copy), str(copy.parent), sys.prefix
    for place, shown in zip(places, ("", ".", "..", ".venv"), strict=True):
        said = said.replace(place, shown)
    return process.returncode, [line for line in said.splitlines() if line.strip()]


def telling(command: str, status: int, lines: Sequence[str]) -> str:
    """Return the line by which a command tells that it noticed something, empty if it did not."""
    marks = {"accept": r"!|Error:", "test": "FAILED|ERROR", "run": "differs:|Error:|note:", "check": "note:"}
    lines = [line.strip() for line in lines]
    found = lines if command == "check" and status else [x for x in lines if re.match(marks.get(command, "$"), x)]
    return (found or lines[-1:] if status else found or [""])[0]


def hashes(copy: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of a copy that may be read, but for build, caches and what git keeps."""
    made = re.compile(r"(build|\.git|\.hypothesis|\..*_cache)/|.*__pycache__/")
    files = (p for p in copy.rglob("*") if p.is_file() and not made.match(p.relative_to(copy).as_posix()))
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if os.access(p, os.R_OK)}


def tried(
    name: str, items: Iterable[str], trial: Callable[[str], object], jobs: int = 1, kept: bool = True
) -> dict[str, object]:
    """Try all items, with a progress bar, and return what came of each, in their order.

    What came of an item is `kept` in build/rates, and not tried again while the tree is the same.
    """
    items, file = list(items), TRIED / f"{name}.jsonl"
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if kept and file.is_file() else []
    known = dict(map(json.loads, lines[1:])) if lines[:1] == [stamp()] else {}
    left, TRIAL[:] = [item for item in items if item not in known], [trial]
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(file.open("w", encoding="utf-8")) if kept else io.StringIO()
        log.writelines([stamp() + "\n", *(json.dumps(pair) + "\n" for pair in known.items())])
        log.flush()
        results = map(_attempt, left)
        if jobs > 1:
            template()  # made here, where it is removed in the end
            pool = stack.enter_context(multiprocessing.get_context("fork").Pool(jobs))
            results = pool.imap_unordered(_attempt, left)
        for item, found in tqdm(results, name, len(items), initial=len(items) - len(left), unit="trial"):
            known[item] = found
            log.write(json.dumps([item, found]) + "\n")
            log.flush()
    return {item: known[item] for item in items}


def _attempt(item: str) -> tuple[str, object]:
    return item, TRIAL[0](item)


# Samples, rates, and when and on what each was measured


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


def rated(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts by kind (population, faults, equivalent, noticed, …) with their sums as `all`, and the rates."""
    rates = [estimated(part, "noticed") for part in (*(counts[n : n + 1] for n in range(len(counts))), counts)]
    whole = {counts.columns[0]: "all", **counts.drop(columns=counts.columns[0]).sum()}
    table = pd.concat([counts, pd.DataFrame([whole])], ignore_index=True)
    table[["rate_pct", "low_pct", "high_pct"]] = rates
    return table


def recorded() -> dict[str, dict[str, str]]:
    with (TABLES / "measured.csv").open(encoding="utf-8", newline="") as file:
        return {row["measurement"]: row for row in csv.DictReader(file)}


def commit() -> str:
    """Return the last commit, with a + where files are not as committed, but for what is written by measuring."""
    changed = git("status", "--porcelain", "--", ".", *(f":!{name}*" for name in WRITTEN))
    return git("rev-parse", "--short=8", "HEAD") + "+" * bool(changed)


def record(measurement: str) -> None:
    """Note that a measurement was made today, on this version and commit."""
    version = tomllib.loads((ROOT / "compendium.toml").read_text(encoding="utf-8"))["version"]
    made = measurement, str(datetime.date.today()), version, commit()
    known = recorded() | {measurement: dict(zip(COLUMNS, made, strict=True))}
    write("measured", pd.DataFrame([known[name] for name in sorted(known)], columns=COLUMNS))


def write(name: str, frame: pd.DataFrame) -> None:
    frame.to_csv(TABLES / f"{name}.csv", index=False, lineterminator="\n")


def rates() -> pd.DataFrame:
    """Return the table rates: what was measured, of how many tried how many are good, the rate with its 95% interval in
    per cent, and when and on what it was

    Faults without effect are not among those tried; where a sample is drawn by kind, each kind counts by its number.
    """
    from verification.falsified import settled  # which imports this module

    table = {name: pd.read_csv(TABLES / f"{name}.csv", keep_default_na=False) for name in NAMES if name != "untouched"}
    drawn = {name: table[name].iloc[-1] for name in ("faults", "mutants")}
    faults, mutants, numbers = *drawn.values(), settled(table["falsified"])
    kills, hostile, honest = table["kills"], table["hostile"], table["honest-tests"]
    twins = table["planted"]["kind"].ne("untouched")
    right = table["planted"]["right"].eq("yes")
    fine = kills["left_processes"].eq(0) & kills["half_written"].eq(0) & kills["repeated"].eq("as committed")
    counts = {
        "faults": (faults["faults"] - faults["equivalent"], faults["noticed"]),
        "falsified": (len(numbers), numbers["noticed"].eq("yes").sum()),
        "planted": (twins.sum(), (twins & right).sum()),
        "untouched": ((~twins).sum(), (~twins & right).sum()),
        "mutants": (mutants["mutants"], mutants["killed"] + mutants["timeout"]),
        "kills": (len(kills), fine.sum()),
        "hostile": (hostile["as_expected"].ne("skipped").sum(), hostile["as_expected"].eq("yes").sum()),
        "stale": (len(table["stale"]), table["stale"]["noticed"].eq("yes").sum()),
        "honest-tests": (len(honest), (honest["exit_status"].eq(0) & honest["changed_files"].eq(0)).sum()),
    }
    rows, known = [], recorded()
    known["untouched"] = known["planted"]
    for name, (number, good) in counts.items():
        shown = [100 * end for end in (good / number, *proportion_confint(good, number, method="wilson"))]
        if name in drawn:
            shown = drawn[name][["rate_pct", "low_pct", "high_pct"]]
        made = [known[name][column] for column in COLUMNS[1:]]
        rows.append([name, *NAMES[name], number, good, *(f"{end:.1f}" for end in shown), *made])
    columns = ["rate", "rate_zh", "rate_en", "tried", "good", "rate_pct", "low_pct", "high_pct", *COLUMNS[1:]]
    return pd.DataFrame(rows, columns=columns)
