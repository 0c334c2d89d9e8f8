"""Mutants: operators and constants of the code altered one at a time; does a test notice, or else a run?

A fixed sample is drawn from the code of the study and of the rules (compendium.ledger, compendium.data, the vocabulary
of verdicts), each folder in proportion to its number. First the unit tests of it run once, each file by itself, and
what they run is noted. Then each mutant meets in a copy the tests that run its line, those first that run
least besides, ENOUGH seconds of them; where none fails, `compendium run`; where that passes, the others of its tests.
"""

import io
import random
import re
import tokenize
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pandas as pd
from coverage import CoverageData
from verification import harness
from verification.harness import ROOT, Found

CODE = ("study/**/*.py", *(f"engine/src/compendium/{name}" for name in ("ledger/*.py", "data/*.py", "vocabulary.py")))
OURS = re.compile(r"^(?:from|import) ((?:study|planted|compendium)\b\S*)", re.M)  # what tests import
MUTATED = ("study", "planted", "compendium.ledger", "compendium.data", "compendium.base.vocabulary")
SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "+": "-", "-": "+", "*": "/", "/": "*",
    "&": "|", "and": "or", "or": "and", "not": "", "True": "False", "False": "True", "any": "all", "all": "any",
    "min": "max", "max": "min", "0": "1", "1": "2",
}  # fmt: skip
SEED, SAMPLE, ENOUGH = 20261201, 100, 15
FLOOR = 80.0
COVERAGE = "[run]\ndynamic_context = test_function\ninclude = {}/*\ndata_file = {}\n"
QUIETLY = ["-q", "-n", "0", "-p", "no:cacheprovider"]


class Mutant(NamedTuple):
    """One alteration: file, line, the columns of what is altered, and what it becomes."""

    file: str
    line: int
    start: int
    end: int
    new: str

    def altered(self) -> list[str]:
        """Return the lines of the file with it."""
        lines = (ROOT / self.file).read_text(encoding="utf-8").splitlines(keepends=True)
        line = lines[self.line - 1]
        lines[self.line - 1] = f"{line[: self.start]}{self.new}{line[self.end :]}"
        return lines


def mutants(file: str) -> Iterator[Mutant]:
    """Yield the mutants of a file: operators and words of SWAPS, other whole numbers one higher."""
    before = ""
    for token in tokenize.generate_tokens(io.StringIO((ROOT / file).read_text(encoding="utf-8")).readline):
        kinds, text = (tokenize.OP, tokenize.NAME, tokenize.NUMBER), token.string
        number = str(int(text) + 1) if token.type == tokenize.NUMBER and text.isdigit() else None
        new = SWAPS.get(text, number) if token.type in kinds else None
        if new is not None and not (text in "*/" and before in "([{,"):  # which stand for no product there
            yield Mutant(file, token.start[0], token.start[1], token.end[1], new)
        before = text


def population() -> dict[str, list[Mutant]]:
    """Return all mutants by folder."""
    found: dict[str, list[Mutant]] = {}
    for file in sorted({path.relative_to(ROOT).as_posix() for pattern in CODE for path in ROOT.glob(pattern)}):
        folder = str(Path(file).parent).removeprefix("engine/src/")
        found.setdefault(folder, []).extend(mutants(file))
    return {folder: members for folder, members in found.items() if members}


def testing() -> list[str]:
    """Return the files of unit tests of whose imports of ours at least half are of what is mutated."""
    found = []
    for file in (*(ROOT / "tests").glob("test_*.py"), *(ROOT / "engine/tests/unit").glob("test_*.py")):
        imported = OURS.findall(file.read_text(encoding="utf-8"))
        if imported and 2 * sum(name.startswith(MUTATED) for name in imported) >= len(imported):
            found.append(file.relative_to(ROOT).as_posix())
    return sorted(found)


def observe(test: str, sample: dict[str, Mutant]) -> dict[str, object]:
    """Run a file of tests; return test -> seconds, lines it runs and file, and mutant -> tests that run its line."""
    with harness.copy() as copy:
        config, data, told = (copy.parent / name for name in ("coveragerc", "lines", "told.xml"))
        config.write_text(COVERAGE.format(copy, data), encoding="utf-8")
        line = ["coverage", "run", f"--rcfile={config}", "-m", "pytest", test, f"--junitxml={told}", *QUIETLY]
        harness.ended(harness.started(copy, [*line, "-m", "not slow and not release"]), copy, 1800)
        lines = CoverageData(str(data))
        lines.read()
        runs = {file: lines.contexts_by_lineno(str(copy / file)) for file in {m.file for m in sample.values()}}
        counted = Counter(name for file in runs.values() for names in file.values() for name in names)
        tests: dict[str, list] = {}
        bad = set()
        for case in ElementTree.parse(told).iter("testcase"):
            name = f"{case.get('classname')}.{str(case.get('name')).partition('[')[0]}"
            before = tests[name][0] if name in tests else 0.0
            tests[name] = [round(before + float(case.get("time", 0)), 3), counted[name], test]
            bad |= {name} if len(case) and case[0].tag != "skipped" else set()
    found = {key: sorted(running(runs[m.file], m.line) & tests.keys() - bad) for key, m in sample.items()}
    return {"tests": tests, "runs": {key: names for key, names in found.items() if names}}


def running(lines: dict[int, list[str]], line: int) -> set[str]:
    """Return the tests that run a line, or the statement that it goes on; if that runs on import, those of its file."""
    for number in range(line, max(line - 12, 0), -1):
        if found := {*lines.get(number, ())}:
            return found - {""} or {name for names in lines.values() for name in names if name}
    return set()


def chosen(tests: dict[str, list], names: list[str]) -> tuple[list[str], list[str]]:
    """Return the tests that run fewest lines, ENOUGH seconds in all, as pytest names them, and the others."""
    kept, others, spent = [], [], 0.0
    for name in sorted(names, key=lambda name: (tests[name][1], tests[name][0], name)):
        fits = spent + tests[name][0] <= ENOUGH
        (kept if fits else others).append(f"{tests[name][2]}::{name.rpartition('.')[2]}")
        spent += tests[name][0] if fits else 0
    return kept, others


def end(mutant: Mutant, first: list[str], others: list[str]) -> str:
    """Return what became of a mutant in a copy: killed by a test or by a run, timeout, survived.

    Raises:
        RuntimeError: pytest finds no such tests, which is no kill.
    """
    with harness.copy() as copy:
        (copy / mutant.file).write_text("".join(mutant.altered()), encoding="utf-8", newline="")
        before, after = ([["pytest", "-x", *QUIETLY, *tests]] if tests else [] for tests in (first, others))
        for line in (*before, ["run", "--jobs", "1"], *after):
            status, said = harness.ended(harness.started(copy, line), copy, 600)
            if line[0] == "pytest" and status > 2 and " error" not in said[-1]:  # errors: a module that no longer loads
                raise RuntimeError(f"pytest ended with {status}: {said[-1]}")
            if status:
                return "killed" if status > 0 else "timeout"
    return "survived"


def summary(found: dict[str, str], sample: dict[str, tuple[str, Mutant]], sizes: dict[str, int]) -> pd.DataFrame:
    """Count mutants by folder, and all, by outcome; in the rate of all each folder counts by its population."""
    ends = pd.Series(found, dtype=str)
    counts = {end: ends.eq(end).astype(int) for end in ("killed", "timeout", "survived")}
    table = pd.DataFrame({"module": [sample[key][0] for key in found], "faults": 1, **counts}, ends.index)
    table = table.groupby("module", sort=False).sum().reset_index()
    table.insert(1, "population", table["module"].map(sizes))
    table = harness.rated(table.assign(noticed=table["killed"] + table["timeout"], equivalent=0))
    return table.drop(columns=["noticed", "equivalent"]).rename(columns={"faults": "mutants"})


def measure(options: Namespace) -> Found:
    """Try the sample, or so many mutants of each folder, or of those whose name holds one of the words given."""
    every = {name: of for name, of in population().items() if any(word in name for word in options.names or [""])}
    sizes, chance = {folder: len(members) for folder, members in every.items()}, random.Random(SEED)
    quota = dict.fromkeys(sizes, options.take) if options.take else harness.quotas(sizes, SAMPLE)
    drawn = {folder: chance.sample(members, min(quota[folder], sizes[folder])) for folder, members in every.items()}
    sample = {f"{m.file}:{m.line}:{m.start} {m.new}": (folder, m) for folder, some in drawn.items() for m in some}
    kept, by_key = not (options.take or options.names), {key: mutant for key, (_, mutant) in sample.items()}
    seeing = partial(observe, sample=by_key)
    observed = harness.tried("mutants-tests", testing()[: options.take or None], seeing, options.jobs, kept)
    tests = {name: told for seen in observed.values() for name, told in seen["tests"].items()}
    runs = {key: [name for seen in observed.values() for name in seen["runs"].get(key, ())] for key in sample}
    asked = {key: chosen(tests, names) for key, names in runs.items()}
    found = harness.tried("mutants", sample, lambda key: end(by_key[key], *asked[key]), options.jobs, kept)
    table = summary(found, sample, sizes)
    alive = [by_key[key] for key, how in found.items() if how == "survived"]
    lines = [(f"{m.file}, line {m.line}", m.altered()[m.line - 1].strip()) for m in alive]
    left = pd.DataFrame(lines, columns=["mutant", "change"])
    low = kept and table["rate_pct"].iloc[-1] < FLOOR
    wrong = [f"{table['rate_pct'].iloc[-1]} % of the mutants are killed; the floor is {FLOOR:g} %"] if low else []
    shown = f"{table.to_string(index=False)}\n{left.to_string(index=False)}"
    return Found({"mutants": table, "mutants-survivors": left}, shown, wrong)
