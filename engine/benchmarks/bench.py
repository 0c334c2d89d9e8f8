"""How long the compendium takes on this machine, against the usual ways to run notebooks, and how that grows.

    python benchmarks/bench.py                        what is published: under an hour on two idle cores
    python benchmarks/bench.py --rounds 1 --sizes 1   a trial: its tables stay in build/bench
    python benchmarks/bench.py browser                three notebooks in a browser; needs npm and a network

Everything is measured in clones of the last commit and in made-up compendia. The cases take turns, so that a slow
minute of the machine meets all of them. A measurement that was stopped goes on when it is called again while no file
has changed. See README.md for the tables.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import compendia
import litesite
import numpy as np
import pandas as pd
import psutil
from playwright.sync_api import Browser, sync_playwright
from verification import harness

from compendium.compendium import Compendium
from compendium.pages import readme
from compendium.pages.listing import render_markdown_table

HERE, ROOT = Path(__file__).resolve().parent, compendia.ROOT
BIN, OURS = Path(sys.executable).parent, compendia.OURS
SIZES = {"claims": (10, 100, 1000), "rows": (10**4, 10**5, 10**6), "notebooks": (1, 4, 16)}
SWEPT = ("evidence_tier", "five_largest", "five_in_order", "cluster_definition", "interval_method", "confidence_level")
SWEPT += ("outcome_scope",)
ROUNDS, LONG = 5, 3  # rounds of a case, and of the book and the sweep
LOOP = 'for n in notebooks/*.ipynb; do "$0" --no-progress-bar --cwd notebooks "$n" "$1/out.ipynb" || exit; done'
EDITED = "notebooks/06-core-technology.ipynb", "import pandas as pd"  # of which each round changes a little more
FLOOR, SWEEP = "floor: all cells in one process", "compendium sweep, 256 specifications"
MARKS = re.compile("(<!-- generated:told -->\n).*(<!-- /generated:told -->)", re.S)
SHOWN, LANGUAGE = ("02-pilot-growth", "05-maturity", "07-talent-gap"), "en"  # in a browser
RUN = """async () => {
    let first
    jupyterapp.shell.currentWidget.sessionContext.session.kernel.iopubMessage.connect((_, message) => {
        const ended = message.parent_header.msg_type == 'execute_request' && message.content.execution_state == 'idle'
        if (ended) first ??= Date.now()
    })
    await jupyterapp.commands.execute('notebook:run-all-cells')
    return [first, Date.now()]
}"""  # when the first cell had run, and the last


class Folders(dict[str, Path]):
    """The folders that are measured in, by name, each made when it is asked for."""

    def __missing__(self, name: str) -> Path:
        """Make a checkout that was run, or a made-up compendium."""
        print(f"      preparing {name}", flush=True)
        (kind, _, size), target = name.partition("-"), self["place"] / name
        if name == "empty":
            compendia.empty(target)
        elif kind == "rows":
            compendia.with_rows(self["empty"], target, int(size))
        elif kind == "claims":
            compendia.with_claims(self["empty"], target, int(size))
        elif kind == "notebooks":
            compendia.with_claims(self["empty"], target, 10 * int(size), int(size))
        else:
            subprocess.run(["git", "clone", "-q", str(ROOT), str(target)], check=True)
            compendia.ours([["run"]], target)
        self[name] = target
        return target


@dataclass
class Case:
    """A command in a folder, what comes before it untimed, and the seconds and megabytes seen so far.

    In `line`, {out} stands for a folder to write to. `differs` says that its outputs are not those committed.
    """

    name: str
    line: list[str]
    folder: str = "plain"
    before: Callable[[Path], object] = bool
    grows: str = ""
    size: int | str = ""
    rounds: int = ROUNDS
    differs: bool = False
    seen: list[tuple[float, float]] = field(default_factory=list)

    def measure(self, folder: Path, out: Path) -> tuple[float, float]:
        """Run once; return seconds of wall time and megabytes of the largest process."""
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
        return seconds, kilobytes / 1000


def edit(folder: Path) -> None:
    """Change the code of a notebook by a blank."""
    name, old = EDITED
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, f"{name}: no {old!r}"
    (folder / name).write_text(text.replace(old, f"{old} ", 1), encoding="utf-8", newline="\n")


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
        Case(FLOOR, [*outside, sys.executable, str(HERE / "floor.py")]),
        Case(readme.RUN, [*OURS, "run", "--force"], before=forget("judge")),
        Case(readme.LOOP, [*outside, "sh", "-c", LOOP, str(BIN / "papermill"), "{out}"]),
        Case("jupyter nbconvert --execute", [*outside, *convert, *notebooks]),
        Case("compendium run, nothing changed", [*OURS, "run"]),
        Case("compendium run, one notebook changed", [*OURS, "run"], "edited", edit, differs=True),
        Case("compendium judge", [*OURS, "judge"], before=forget("judge")),
        Case(SWEEP, [*OURS, "sweep", *SWEPT], before=forget("sweep"), rounds=LONG),
        Case("compendium check", [*OURS, "check"]),
        Case("compendium data refresh", [*OURS, "data", "refresh"]),
        Case("compendium book", [*OURS, "book"], before=forget("book", "editions"), rounds=LONG),
    ]


def growing(sizes: int) -> list[Case]:
    """Return the cases that are measured at so many sizes."""
    force, same = ("run --force", forget("judge")), ("run, nothing new", bool)
    judge, check, refresh = ("judge", forget("judge")), ("check", bool), ("data refresh", bool)
    lines = {"claims": (judge, force, same, check), "rows": (refresh,), "notebooks": (force, same)}
    return [
        Case(name, [*OURS, *name.partition(",")[0].split()], f"{grows}-{size}", before, grows, size)
        for grows, each in lines.items()
        for size in SIZES[grows][:sizes]
        for name, before in each
    ]


def measured(cases: list[Case], rounds: int) -> None:
    """Measure what was not measured on this commit yet, the cases in turn."""
    work = {f"{n} {c.name} {c.grows} {c.size}": c for n in range(rounds) for c in cases if n < c.rounds}
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folders = Folders(place=Path(place))
        (out := Path(place) / "out").mkdir()
        found = harness.tried("bench", work, lambda key: work[key].measure(folders[work[key].folder], out))
    for key, seen in found.items():
        work[key].seen.append(seen)


def summed(cases: list[Case]) -> pd.DataFrame:
    """Return a row for each case that was seen: its seconds, its rounds and the megabytes of its largest process."""
    rows = [(case.grows, case.size, case.name, *one) for case in cases for one in case.seen]
    seen = pd.DataFrame(rows, columns=["grows", "size", "case", "s", "mb"])
    seconds = {f"{word}_s": ("s", how) for word, how in (("median", "median"), ("least", "min"), ("most", "max"))}
    told = seen.groupby(["grows", "size", "case"], sort=False)
    table = told.agg(**seconds, repeats=("s", "size"), largest_process_mb=("mb", "max"))
    return table.round(3).astype({"largest_process_mb": int}).reset_index()


def exponents(seen: pd.DataFrame) -> pd.DataFrame:
    """Return cases with the exponent by which seconds grow with the size, from the size before to this one."""
    logs = np.log(seen[["median_s", "size"]].astype(float))
    steps = logs.groupby([seen["grows"], seen["case"]]).diff()
    return seen.assign(exponent=(steps["median_s"] / steps["size"]).round(2))


def write(cases: list[Case], commit: str, folder: Path) -> None:
    """Write results.csv, growth.csv and machine.txt, and README.md from these."""
    seen = summed(cases)
    own, floor = seen[seen["grows"].eq("")], seen.loc[seen["case"].eq(FLOOR), "median_s"].iloc[0]
    results = own.drop(columns=["grows", "size"]).assign(ratio_to_floor=(own["median_s"] / floor).round(3))
    for name, table in (("results", results), ("growth", exponents(seen.drop(own.index)))):
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "machine.txt").write_text(machine(commit), encoding="utf-8")
    page = MARKS.sub(lambda marks: f"{marks[1]}{tables(folder)}\n{marks[2]}", (HERE / "README.md").read_text("utf-8"))
    (folder / "README.md").write_text(page, encoding="utf-8", newline="\n")


def tables(folder: Path) -> str:
    """Return in Markdown the tables of a folder: seconds and ratios, then seconds and exponents."""
    lines = [
        (r.case, f"{r.median_s:.2f}", r.repeats, f"{r.ratio_to_floor:.2f}", r.largest_process_mb)
        for r in pd.read_csv(folder / "results.csv").itertuples()
    ]
    first = render_markdown_table(
        ["case", "seconds, median", "rounds", "times the floor", "largest process, MB"], lines, "lrrrr"
    )
    lines = []
    for (grows, case), part in pd.read_csv(folder / "growth.csv").groupby(["grows", "case"], sort=False):
        sizes = ", ".join(part["size"].map("{:,}".format))
        seconds = " → ".join(part["median_s"].map("{:.2f}".format))
        steps = " → ".join(part["exponent"].dropna().map("{:.2f}".format))
        lines.append((f"{grows}: {sizes}", case, seconds, steps))
    second = render_markdown_table(["what grows", "case", "seconds, median", "exponents"], lines, "llll")
    return f"{first}\n\n{second}\n\nMeasured on: {(folder / 'machine.txt').read_text(encoding='utf-8').strip()}"


def machine(commit: str) -> str:
    """Return what was measured on, which commit, and when."""
    about = Path("/proc/cpuinfo")  # of Linux
    named = re.search(r"^model name\s*: (.+)$", about.read_text() if about.exists() else "", re.M)
    told = f"{named[1] if named else platform.machine()}, {os.cpu_count()} cores"
    told += f", {psutil.virtual_memory().total / 1e9:.1f} GB; {platform.system()} {platform.release()}"
    return f"{told}; Python {platform.python_version()}; commit {commit}; {date.today()}\n"


def open_notebook(browser: Browser, address: str, name: str) -> tuple[float, float]:
    """Return the seconds from opening a notebook in a browser to its first cell and to its last."""
    page = browser.new_page()
    page.set_default_timeout(600_000)
    begun = time.time()
    page.goto(f"{address}/notebooks/index.html?path={LANGUAGE}/{name}.ipynb")
    page.wait_for_function(litesite.IDLE)
    first, last = (ended / 1000 - begun for ended in page.evaluate(RUN))
    page.close()
    return first, last


def browse(rounds: int, place: Path) -> pd.DataFrame:
    """Open notebooks of the site of `compendium lite` in a Chromium that has seen nothing of it, served from here.

    Beside it, what the same notebook takes in a kernel of this machine, start included.
    """
    c, out, seen = Compendium.find(), {"COMPENDIUM_OUT": str(place), "COMPENDIUM_LANGUAGE": LANGUAGE}, []
    program = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))))
    (pyodide := place / "pyodide").mkdir()
    if not litesite.fetch_pyodide(pyodide):
        sys.exit(f"{litesite.PYODIDE} or {litesite.WHEELS} is not to be had here")
    litesite.write(c, pyodide, place)
    with litesite.serve(place / "site") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name in SHOWN * rounds:
            first, last = open_notebook(browser, address, name)
            line = [str(BIN / "jupyter"), "nbconvert", "--to", "notebook", "--execute", "--output-dir", str(place)]
            begun = time.time()
            file = str(c.notebooks / f"{name}.ipynb")
            subprocess.run([*line, file], check=True, capture_output=True, env=os.environ | out)
            seen.append((name, first, last, time.time() - begun))
        browser.close()
    table = pd.DataFrame(seen, columns=["notebook", "first_cell_s", "last_cell_s", "here_s"])
    table = table.groupby("notebook").median().round(1).reset_index()
    return table.assign(ratio=(table["last_cell_s"] / table["here_s"]).round(1), rounds=rounds)


def main() -> None:
    """Measure all cases in turn, as many rounds as asked for, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["browser"], help="notebooks in a browser only")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sizes", type=int, default=3, help="measure growth at so many sizes")
    options, commit = parser.parse_args(), harness.commit()
    if options.what:
        with tempfile.TemporaryDirectory() as place:
            table = browse(options.rounds, Path(place)).assign(commit=commit, day=date.today())
        table.to_csv(HERE / "inbrowser.csv", index=False, lineterminator="\n")
        print(table.to_string(index=False))
        return
    cases, trial = [*compared(), *growing(options.sizes)], ROOT / "build" / "bench"
    measured(cases, options.rounds)
    whole = options.rounds >= ROUNDS and options.sizes >= 3
    trial.mkdir(parents=True, exist_ok=True)
    write(cases, commit, HERE if whole else trial)
    if whole:
        print("Next: look at benchmarks/README.md, then make and make accept, which renew what the pages tell of it")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped. The rounds that were measured are kept; repeat the command to go on.")
