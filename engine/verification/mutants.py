"""Mutation testing with mutmut: how many small faults in the code do the checks notice?

Operators and constants are altered one at a time, in a fixed sample of the mutants of all modules of `study` and of the
rules: everything in compendium.ledger and compendium.data, and the vocabulary of verdicts. Each module is in the sample
in proportion to its mutants, with three at least. A mutant is killed by a test that runs its line: a unit test, a claim
judged anew, or a notebook played (replayed.py). It gets those that run the fewest functions besides, ENOUGH seconds in
all, so that the rates are lower bounds. The copy that is mutated lies in build/mutants; there `mutmut show` and
`mutmut browse` tell more, and a stopped measurement goes on.

The table mutants counts by group of modules, with Wilson intervals; in mutants-survivors a survivor keeps its reason,
and a new one has none. It is known by its function and its changed lines, as numbers of mutants move with edits.
"""

import ast
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from argparse import Namespace
from collections import Counter
from functools import cache
from pathlib import Path

import copies
import pandas as pd
from coverage import CoverageData
from tqdm import tqdm
from verification.measured import ROOT, TABLES, Found, estimated, list_units, quotas, stamp

from compendium import paths

MUTMUT = Path(sys.executable).with_name("mutmut")
FOLDER = ROOT / "build" / "mutants"
GROUPS = {
    "bounds": ("study.bounds", "study.inequality", "study.majorisation", "study.problem", "study.programme",
               "study.solver", "study.tiles"),  # the last is gone since the tables were measured
    "statistics": ("study.statistics",),
    "judgements": ("study.judgements.",),
    "self-checks": ("study.checks.",),
    "pages": ("study.sentences.", "study.figures.", "study.explorers."),
    "other study": ("study.",),
    "rules": ("compendium.ledger.", "compendium.vocabulary"),
    "raw tables": ("compendium.data.",),
}  # fmt: skip
SOURCES = ("study/**/*.py", "compendium/ledger/*.py", "compendium/data/*.py", "compendium/vocabulary.py")
UNITS = (
    "adding", "answers", "bad_input", "bounds", "claims", "claimsfile", "coding", "crosswalk", "diagnosis",
    "explorers", "figures", "gate", "independence", "judgements*", "judging", "languages", "paper", "provenance",
    "report", "results", "sentences", "statistics", "tables", "validation", "values", "vocabulary",
)  # fmt: skip
LEFT_OUT = "not real_ and not every_bound"  # tests by the largest enumeration, slower than all the others
SEED, SAMPLE, ENOUGH = 20261129, 300, 15
FLOOR = 80.0
MAKING = """
import sys
from mutmut.__main__ import Path, copy_also_copy_files, copy_src_dir, create_mutants
Path("mutants").mkdir(exist_ok=True)
copy_src_dir()
copy_also_copy_files()
create_mutants(int(sys.argv[1]))
"""
STATS = FOLDER / "mutants" / "mutmut-stats.json"
CONFIG = """
[tool.mutmut]
source_paths = ["compendium", "study"]
only_mutate = {files}
also_copy = {others}
pytest_add_cli_args = ["-o", "addopts=", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {tests}
process_isolation = "forkserver"
timeout_multiplier = 3.0
timeout_constant = 5.0
track_dependencies = false
use_git_change_detection = false
"""
# Quick tests first, and no time spent on a shorter example once a property has failed. Each forked process gets a
# scratch folder of its own. While nothing is altered, the lines that each test runs are noted, and a test that fails is
# left out.
CONFTEST = """

import json
from pathlib import Path

import coverage
import hypothesis
from sessions import _session

hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.generate])
hypothesis.settings.load_profile("mutants")
RECALLED, FAILING = paths.HOME / "recalled", paths.HOME / "failing.txt"


def pytest_configure():
    RECALLED.mkdir(exist_ok=True)
    os.environ["COMPENDIUM_RECALLED"] = str(RECALLED)
    os.environ[paths.OUT] = _session.enter_context(tempfile.TemporaryDirectory(prefix="compendium-"))


def pytest_collection_modifyitems(items):
    stats = Path("mutmut-stats.json")
    if stats.is_file():
        seconds = json.loads(stats.read_text())["duration_by_test"]
        items.sort(key=lambda item: seconds.get(item.nodeid, 0))


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session):
    if os.environ.get("MUTANT_UNDER_TEST") != "stats":
        return (yield)
    lines = coverage.Coverage("lines", include=["compendium/*", "study/*"], config_file=False)
    with lines.collect():
        ended = yield
    lines.save()
    return ended


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    if lines := coverage.Coverage.current():
        lines.switch_context(item.nodeid)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and os.environ.get("MUTANT_UNDER_TEST") == "stats":
        with FAILING.open("a") as file:
            file.write(item.nodeid + "\\n")
        report.outcome, report.longrepr = "skipped", (str(item.path), 0, "fails unaltered")
    return report
"""


def files() -> list[str]:
    return sorted({str(p.relative_to(top)) for top in (ROOT, paths.CODE) for s in SOURCES for p in top.glob(s)})


def group(mutant: str) -> str:
    return next(name for name, starts in GROUPS.items() if mutant.startswith(starts))


def prepared() -> None:
    """Let build/mutants hold a copy of this tree that is set up to be mutated; one of the same tree stays."""
    note, now = FOLDER / "stamp", stamp()
    if note.is_file() and note.read_text() == now:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    copies.checkout(FOLDER)
    (FOLDER / "engine/src/compendium").rename(FOLDER / "compendium")  # mutmut names modules from the top
    config = CONFIG.format(
        files=files(),
        others=sorted(p.name for p in FOLDER.iterdir() if p.name not in ("compendium", "study", "stamp")),
        tests=[*list_units(*UNITS), "engine/verification/replayed.py", "-k", LEFT_OUT],
    )
    for file, more in (("engine/tests/conftest.py", CONFTEST), ("pyproject.toml", config)):
        (FOLDER / file).write_text((ROOT / file).read_text("utf-8") + more, "utf-8")
    note.write_text(now)


def population() -> dict[str, list[str]]:
    """Return the mutants of each module by name, made by mutmut where that was not done before."""
    if not (FOLDER / "made").is_file():
        print("mutants: making them", flush=True)
        line = [sys.executable, "-c", MAKING, str(os.cpu_count() or 1)]
        subprocess.run(line, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
        (FOLDER / "made").touch()
    found: dict[str, list[str]] = {}
    for mutant in exit_codes():
        found.setdefault(mutant.rpartition(".")[0], []).append(mutant)
    return found


def exit_codes() -> dict[str, int | None]:
    """Return mutant -> exit code of its tests, None where it was not tried."""
    found = {}
    for file in files():
        with contextlib.suppress(OSError, ValueError):  # without mutants, or just being written
            found |= json.loads((FOLDER / "mutants" / f"{file}.meta").read_text("utf-8"))["exit_code_by_key"]
    return found


def outcomes() -> dict[str, str]:
    """Return mutant -> outcome, such as killed, timeout, survived or no tests, of those that were tried."""
    from mutmut.stats import status_by_exit_code

    return {mutant: status_by_exit_code[code] for mutant, code in exit_codes().items() if code is not None}


def mutmut(names: list[str]) -> None:
    """Let mutmut try mutants, with a progress bar."""
    log = FOLDER / "log.txt"
    line = [str(MUTMUT), "run", "--max-children", str(os.cpu_count() or 1), *names]
    with log.open("w") as said, tqdm(total=len(names), desc="mutants", unit="mutant") as bar:
        environment = os.environ | {"PYTHONUTF8": "1"}
        process = subprocess.Popen(line, cwd=FOLDER, env=environment, stdout=said, stderr=subprocess.STDOUT)
        while process.poll() is None:
            time.sleep(3)
            bar.update(len(outcomes().keys() & set(names)) - bar.n)
        bar.update(len(outcomes().keys() & set(names)) - bar.n)
    if process.returncode:
        raise RuntimeError(f"mutmut failed, see {log.relative_to(ROOT)}: {log.read_text('utf-8')[-2000:]}")


def tests_chosen(sample: list[str]) -> None:
    """Leave the functions of a sample the tests that run the altered lines and little else, ENOUGH seconds in all.

    A test that fails unaltered is left out. One test is left at least, the quickest where all take longer; a line of
    which nothing is known has all tests that run its function.
    """
    stats, failing = json.loads(STATS.read_text("utf-8")), STATS.with_name("failing.txt")
    bad = set(failing.read_text("utf-8").split("\n")[:-1]) if failing.is_file() else set()
    print(f"mutants: {len(bad)} tests fail in the copy, with nothing altered, and are left out")
    seconds, ran_by = stats["duration_by_test"], stats["tests_by_mangled_function_name"]
    runs, wanted = Counter(test for tests in ran_by.values() for test in set(tests)), dict[str, set[str]]()
    lines = CoverageData(str(STATS.with_name("lines")))
    lines.read()
    for mutant in sample:
        name = mutant.rpartition("__mutmut_")[0]
        wanted.setdefault(name, set()).update(running(mutant, lines) or ran_by.get(name, ()))
    for name, tests in wanted.items():
        able, kept, spent = tests - bad, [], 0.0
        for test in sorted(able, key=lambda test: (runs[test], seconds[test], test)):
            if spent + seconds[test] <= ENOUGH:
                kept.append(test)
                spent += seconds[test]
        ran_by[name] = kept or sorted(able, key=lambda test: (seconds[test], test))[:1]
    STATS.write_text(json.dumps(stats), "utf-8")


def running(mutant: str, lines: CoverageData) -> set[str]:
    """Return the tests that run the first line that a mutant alters, or the statement that it goes on."""
    file, name = FOLDER / "mutants" / source(mutant), mutant.rpartition(".")[2]
    (head, own), (_, altered) = (functions(file)[n] for n in (f"{name.rpartition('__mutmut_')[0]}__mutmut_orig", name))
    pairs = zip(own, altered, strict=False)
    first = next((place for place, (old, new) in enumerate(pairs, head + 1) if old != new), head)
    tests = lines.contexts_by_lineno(str(file))
    return next((found for line in range(first, head, -1) if (found := {*tests.get(line, ())} - {""})), set())


@cache
def functions(file: Path) -> dict[str, tuple[int, list[str]]]:
    """Return name -> number of its first line, and the lines after it, of the functions that mutmut wrote to a file."""
    text = file.read_text("utf-8")
    lines, nodes = text.splitlines(), ast.walk(ast.parse(text))
    written = (n for n in nodes if isinstance(n, ast.FunctionDef) and "__mutmut_" in n.name)
    return {n.name: (n.lineno, lines[n.lineno : n.end_lineno]) for n in written}


def source(mutant: str) -> str:
    return next(f for f in files() if mutant.startswith(f.removesuffix(".py").replace("/", ".") + "."))


def change(mutant: str) -> str:
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with contextlib.chdir(FOLDER):
        lines = get_diff_for_mutant(mutant, path=source(mutant)).splitlines()
    sides = [[line[1:].strip() for line in lines if line[:1] == sign and line[:3] != 3 * sign] for sign in "-+"]
    return " => ".join(" ".join(side) for side in sides)


def function(mutant: str) -> str:
    """Return the name of the function of a mutant, without its module, which may have moved."""
    return mutant.rpartition("__mutmut_")[0].rpartition(".")[2]


def survivors(found: dict[str, str]) -> pd.DataFrame:
    """List the mutants of the sample that no test killed, each with the reason known for it, empty if there is none."""
    known = pd.read_csv(TABLES / "mutants-survivors.csv", keep_default_na=False)
    reasons = {(function(row.mutant), row.change): row.reason for row in known.itertuples()}
    rows = [(mutant, change(mutant)) for mutant, end in found.items() if end not in ("killed", "timeout")]
    told = [(mutant, changed, reasons.get((function(mutant), changed), "")) for mutant, changed in rows]
    return pd.DataFrame(told, columns=["mutant", "change", "reason"])


def summary(sizes: dict[str, int], found: dict[str, str], left: pd.DataFrame) -> pd.DataFrame:
    """Count mutants by group of modules, and all of them, by outcome; `sizes` says how many each module has.

    In the rate, with its 95% interval, each module counts by its population; explained survivors are survivors.
    """
    ends = pd.Series(found, dtype=str).rename_axis("mutant").reset_index(name="end")
    killed, timeout = ends["end"].eq("killed"), ends["end"].eq("timeout")
    reasoned = ends["mutant"].isin(left.loc[left["reason"] != "", "mutant"])
    tried = pd.DataFrame({"name": ends["mutant"].str.rpartition(".")[0], "faults": 1, "killed": killed})
    tried = tried.assign(timeout=timeout, survived=~(killed | timeout), explained=reasoned)
    counts = ["faults", "killed", "timeout", "survived", "explained"]
    modules = tried.groupby("name")[counts].sum().reset_index()
    modules.insert(1, "population", modules["name"].map(sizes))
    modules = modules.assign(noticed=modules["killed"] + modules["timeout"], equivalent=0)
    modules["module"] = [group(f"{name}.") for name in modules["name"]]
    parts = [(name, modules[modules["module"] == name]) for name in GROUPS] + [("all", modules)]
    parts = [
        (name, part[["population", *counts]].sum(), estimated(part, "noticed")) for name, part in parts if len(part)
    ]
    rows = [[name, *sums, *ends] for name, sums, ends in parts]
    columns = ["module", "population", "mutants", *counts[1:], "rate_pct", "low_pct", "high_pct"]
    return pd.DataFrame(rows, columns=columns)


def measure(options: Namespace) -> Found:
    """Try the sample, or so many mutants of each module, or of those whose name holds one of the words given."""
    if not MUTMUT.is_file():
        raise RuntimeError(f"{MUTMUT} is missing. Remedy: make clean, then make")
    prepared()
    every = population()
    sizes = {name: len(mutants) for name, mutants in every.items()}
    quota = dict.fromkeys(sizes, options.take) if options.take else quotas(sizes, SAMPLE)
    chance, words = random.Random(SEED), options.names or [""]
    drawn = {name: chance.sample(mutants, min(quota[name], len(mutants))) for name, mutants in every.items()}
    sample = [mutant for name, some in drawn.items() if any(word in name for word in words) for mutant in some]
    if not STATS.is_file():  # all tests run once; then a mutant of no sample meets all that run its function
        mutmut([next(m for mutants in reversed(every.values()) for m in mutants if m not in sample)])
    tests_chosen(sample)
    if waiting := [mutant for mutant in sample if mutant not in outcomes()]:
        mutmut(waiting)
    ends = outcomes()
    found = {mutant: ends[mutant] for mutant in sample}
    left = survivors(found)
    table = summary(sizes, found, left)
    shown = f"{table.to_string(index=False)}\n{left[left['reason'] == ''].to_string(index=False)}"
    low = not (options.take or options.names) and table["rate_pct"].iloc[-1] < FLOOR
    wrong = [f"{table['rate_pct'].iloc[-1]} % of the mutants are killed; the floor is {FLOOR:g} %"] if low else []
    return Found({"mutants": table, "mutants-survivors": left}, shown, wrong)
