"""How long the compendium takes on this machine, against the usual ways to run notebooks, and how that grows.

    python benchmarks/bench.py                        what is published: about an hour on two idle cores
    python benchmarks/bench.py --rounds 1 --sizes 1   a trial: its tables stay in build/bench

Everything is measured in clones of the last commit and in made-up compendia, tests in this checkout. The cases take
turns, so that a slow minute of the machine meets all of them. Each round is kept in build/bench until all are done: a
measurement that was stopped goes on when it is called again at the same commit. See README.md for the tables.
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import compendia
import told

HERE, ROOT = Path(__file__).resolve().parent, compendia.ROOT
BIN = Path(sys.executable).parent
OURS = compendia.OURS
SIZES = {
    "claims": (10, 100, 1000),
    "rows": (10**4, 10**5, 10**6),
    "notebooks": (1, 4, 16),
    "specifications": (16, 64, 256),
}
SWEPT = ("evidence_tier", "five_largest", "five_in_order", "cluster_definition", "interval_method", "confidence_level")
SWEPT += ("outcome_scope",)
VARIED = {16: SWEPT[:3], 64: SWEPT[:5], 256: SWEPT}  # specifications of so many choices
ROUNDS, LONG = 5, 3  # rounds of a case, and of the book, the tests and sweeps
LOOP = 'for n in notebooks/*.ipynb; do "$0" --no-progress-bar --cwd notebooks "$n" "$1/out.ipynb" || exit; done'
UNMEASURED = "PYTEST_ADDOPTS=--ignore=engine/tests/unit/test_benchmarks.py"  # it tests the tables measured here
EDITS = {  # a file of which each round changes a little more
    "worded": ("notebooks/texts/06-core-technology.toml", "not made in China"),
    "coded": ("notebooks/06-core-technology.ipynb", "import pandas as pd"),
}


class Folders(dict[str, Path]):
    """The folders that are measured in, by name, each made when it is asked for."""

    def __init__(self, place: Path):
        super().__init__(root=ROOT, place=place)

    def __missing__(self, name: str) -> Path:
        """Make a checkout that was run, or a made-up compendium."""
        print(f"      preparing {name}", flush=True)
        (kind, _, size), target = name.partition("-"), self["place"] / name
        if name == "empty":
            self[name] = compendia.empty(target)
        elif kind == "rows":
            self[name] = compendia.with_rows(self["empty"], target, int(size))
        elif kind == "claims":
            self[name] = compendia.with_claims(self["empty"], target, int(size))
        elif kind == "notebooks":
            self[name] = compendia.with_claims(self["empty"], target, 10 * int(size), int(size))
        else:
            if name == "plain":
                subprocess.run(["git", "clone", "-q", str(ROOT), str(target)], check=True)
            else:
                shutil.copytree(self["plain"], target, symlinks=True)
            compendia.ours([["run"]], target)
            self[name] = target
        return self[name]


def nothing(folder: Path) -> None:
    """Change nothing in a folder."""


@dataclass
class Case:
    """A command in a folder, what comes before it untimed, and the seconds and megabytes seen so far.

    In `line`, {out} stands for a folder to write to. `differs` says that its outputs are not those committed.
    """

    name: str
    line: list[str]
    folder: str = "plain"
    before: Callable[[Path], None] = nothing
    grows: str = ""
    size: int | str = ""
    rounds: int = ROUNDS
    differs: bool = False
    seen: list[tuple[float, float]] = field(default_factory=list)

    def measure(self, folder: Path, out: Path) -> str:
        """Run once and return what was said; wall time and memory of the largest process are added to `seen`."""
        self.before(folder)
        output, took = out / "said.txt", out / "took.txt"
        line = [word.replace("{out}", str(out)) for word in self.line]
        once = [sys.executable, "-I", str(HERE / "once.py"), str(took), *line]
        with output.open("wb") as said:
            subprocess.run(once, cwd=folder, env=compendia.environment(folder), stdout=said, stderr=said, check=True)
        seconds, status, kilobytes = map(float, took.read_text(encoding="utf-8").split())
        text = output.read_text(encoding="utf-8", errors="replace")
        if status and not (self.differs and compendia.DIFFERS in text):
            sys.exit(f"benchmark: {self.name} ended with status {status:.0f}:\n{text[-2000:]}")
        self.seen.append((seconds, kilobytes / 1000))
        return text


def edit(folder: Path) -> None:
    """Change the file that a checkout is edited in a little: by a blank in code, by a full stop in a text."""
    name, old = EDITS[folder.name]
    text = (folder / name).read_text(encoding="utf-8")
    new = old + (" " if name.endswith(".ipynb") else ".")
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def forget(*names: str) -> Callable[[Path], None]:
    """Return what removes folders of `build`, so that nothing made before is used again."""

    def removed(folder: Path) -> None:
        for name in names:
            shutil.rmtree(folder / "build" / name, ignore_errors=True)

    return removed


def compared() -> list[Case]:
    """Return the cases that are told as ratios to the first."""
    outside = ["env", "COMPENDIUM_OUT={out}"]
    convert = [str(BIN / "jupyter"), "nbconvert", "--to", "notebook", "--execute", "--output-dir", "{out}"]
    notebooks = sorted(f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb"))
    return [
        Case(told.FLOOR, [*outside, sys.executable, str(HERE / "floor.py")]),
        Case(told.RUN, [*OURS, "run", "--force"], before=forget("judge")),
        Case(told.LOOP, [*outside, "sh", "-c", LOOP, str(BIN / "papermill"), "{out}"]),
        Case("jupyter nbconvert --execute", [*outside, *convert, *notebooks]),
        Case("compendium run, nothing changed", [*OURS, "run"]),
        Case("compendium run, one sentence changed", [*OURS, "run"], "worded", edit, differs=True),
        Case("compendium run, one notebook changed", [*OURS, "run"], "coded", edit, differs=True),
        Case("compendium judge", [*OURS, "judge"], before=forget("judge")),
        Case(told.SWEEP, [*OURS, "sweep", *VARIED[256]], before=forget("sweep"), rounds=LONG),
        Case("compendium check", [*OURS, "check"]),
        Case("compendium data refresh", [*OURS, "data", "refresh"]),
        Case("compendium book", [*OURS, "book"], before=forget("book", "editions"), rounds=LONG),
        Case("make test", ["env", UNMEASURED, "make", "-s", "test"], "root", rounds=LONG),
    ]


def growing(sizes: int) -> list[Case]:
    """Return the cases that are measured at so many sizes."""
    force, same = ("run --force", forget("judge")), ("run, nothing new", nothing)
    judge, check, refresh = ("judge", forget("judge")), ("check", nothing), ("data refresh", nothing)
    lines = {"claims": (judge, force, same, check), "rows": (refresh,), "notebooks": (force, same)}
    found = [
        Case(name, [*OURS, *name.partition(",")[0].split()], f"{grows}-{size}", before, grows, size)
        for grows, each in lines.items()
        for size in SIZES[grows][:sizes]
        for name, before in each
    ]
    for size in SIZES["specifications"][:sizes]:
        line = [*OURS, "sweep", *VARIED[size]]
        found.append(Case("sweep", line, "plain", forget("sweep"), "specifications", size, LONG))
    return found


def measured(cases: list[Case], rounds: int, log: Path) -> None:
    """Measure what the log does not hold yet, the cases in turn."""
    log.parent.mkdir(parents=True, exist_ok=True)
    known = {(case.name, case.grows, str(case.size)): case for case in cases}
    with log.open("a+", encoding="utf-8", newline="") as file, tempfile.TemporaryDirectory(prefix="bench-") as place:
        file.seek(0)
        for *key, seconds, megabytes in csv.reader(file):
            if case := known.get(tuple(key)):
                case.seen.append((float(seconds), float(megabytes)))
        folders = Folders(Path(place))
        (out := folders["place"] / "out").mkdir()
        for turn in range(rounds):
            for case in cases:
                if turn < len(case.seen) or turn >= case.rounds:
                    continue
                said = case.measure(folders[case.folder], out)
                csv.writer(file).writerow([case.name, case.grows, case.size, *case.seen[-1]])
                file.flush()
                named = " ".join(filter(None, [case.name, case.grows and f"({case.size} {case.grows})"]))
                print(f"{turn + 1}/{rounds}  {case.seen[-1][0]:8.2f} s  {named}", flush=True)
                if case.name == told.FLOOR:
                    told.profile(said, log.parent)


def main() -> None:
    """Measure all cases in turn, as many rounds as asked for, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sizes", type=int, default=3, help="measure growth at so many sizes")
    options = parser.parse_args()
    cases, commit = [*compared(), *growing(options.sizes)], told.commit()
    log = ROOT / "build" / "bench" / f"{commit}.csv"
    measured(cases, options.rounds, log)
    whole = options.rounds >= ROUNDS and options.sizes >= 3
    told.write(cases, commit, HERE if whole else log.parent)
    if whole:
        shutil.copy(log.with_name("profile.csv"), HERE)
        log.unlink()
        print("Next: look at benchmarks/README.md, then make and make accept, which renew what the pages tell of it")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped. The rounds that were measured are kept; repeat the command to go on.")
