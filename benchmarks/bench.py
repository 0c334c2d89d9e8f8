"""How long the compendium takes on this machine, against the usual ways to run notebooks: medians, ratios, memory.

Everything runs in a clone of the last commit. The cases take turns, so that a slow minute of the machine meets all of
them: first those that compare ways to run, then the large ones. After each round the tables beside this file are
written anew:

    results.csv  seconds (median, least, most), ratio to the floor, most MB that one process held
    profile.csv  the cells of the floor, longest first: where the time goes
    machine.txt  what was measured on, and when
"""

import argparse
import csv
import itertools
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
ROWS = 10**6
SPECIFICATIONS = (16, 64, 256)


@dataclass
class Case:
    """One thing to measure: a command in a checkout, what comes before it untimed, and what was seen so far."""

    name: str
    line: list[str]
    folder: Path
    before: Callable[[], None] = lambda: None
    divisor: int = 1
    seconds: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    def measure(self, output: Path) -> None:
        """Run once; wall time and the most memory that one of its processes held are added to what was seen."""
        self.before()
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COMPENDIUM_", "JUPYTER_"))}
        environment |= {"PYTHONPATH": str(self.folder), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
        if "compendium" not in self.line:
            environment["COMPENDIUM_OUT"] = str(output.parent / "out")
        with output.open("wb") as said:
            begun = time.perf_counter()
            process = subprocess.Popen(self.line, cwd=self.folder, env=environment, stdout=said, stderr=said)
            _, status, used = os.wait4(process.pid, 0)
            self.seconds.append(time.perf_counter() - begun)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"benchmark: {self.name} ended with status {process.returncode}:\n{output.read_text()[-2000:]}")
        self.megabytes = max(self.megabytes, used.ru_maxrss / 1000)


def cases(place: Path) -> tuple[list[Case], list[Case]]:
    """Return what is measured in checkouts below `place`: what compares ways to run, and what is large."""
    plain, edited, grown = (clone(place / name) for name in ("plain", "edited", "grown"))
    grow(grown)
    ours = [PYTHON, "-m", "compendium"]
    for folder in (plain, edited):
        subprocess.run([*ours, "run"], cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, check=True)
    loop = 'for n in notebooks/*.ipynb; do "$0" --no-progress-bar --cwd notebooks "$n" out.ipynb || exit; done'
    convert = [str(BIN / "jupyter"), "nbconvert", "--to", "notebook", "--execute", "--output-dir", str(place / "out")]
    notebooks = sorted(str(p) for p in (plain / "notebooks").glob("*.ipynb"))

    def edit() -> None:
        path = edited / "notebooks" / "06-core-technology.ipynb"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("import pandas as pd", "import pandas as pd ", 1), encoding="utf-8", newline="\n")

    def forget() -> None:
        shutil.rmtree(plain / "build" / "sweep", ignore_errors=True)

    compared = [
        Case("floor: all cells in one process", [PYTHON, str(HERE / "floor.py")], plain),
        Case("compendium run --force", [*ours, "run", "--force"], plain),
        Case("papermill, one call a notebook", ["sh", "-c", loop, str(BIN / "papermill")], plain),
        Case("jupyter nbconvert --execute", [*convert, *notebooks], plain),
        Case("compendium run, nothing changed", [*ours, "run"], plain),
        Case("compendium run, one notebook changed", [*ours, "run"], edited, edit),
        Case("compendium --help", [*ours, "--help"], plain),
        Case("compendium claims Q15", [*ours, "claims", "Q15"], plain),
    ]
    large = [
        *(
            Case(f"compendium sweep, {n} specifications", [*ours, "sweep", "--take", str(n)], plain, forget, divisor=n)
            for n in SPECIFICATIONS
        ),
        Case(f"compendium data refresh, {ROWS} projects", [*ours, "data", "refresh"], grown),
    ]
    return compared, large


def clone(folder: Path) -> Path:
    """Clone the last commit into `folder`."""
    subprocess.run(["git", "clone", "-q", str(HERE.parent), str(folder)], check=True)
    return folder


def grow(checkout: Path) -> None:
    """Let the table of projects of a checkout have ROWS rows, in years that have no counts to contradict."""
    package, table = (checkout / "data" / "raw" / n for n in ("datapackage.json", "pilot_projects.csv"))
    text = package.read_text(encoding="utf-8")
    assert "J[0-9]{2,3}" in text
    package.write_text(text.replace("J[0-9]{2,3}", "J[0-9]{2,7}"), encoding="utf-8", newline="\n")
    batch = {"year": 2030, "stage": "final", "projects": 110, "basis": "seen", "preferred": "true"}
    append(table.with_name("pilot_batches.csv"), [batch | {"source_id": "people-2018-12", "note": "synthetic"}])
    project = {"year_start": 2030, "year_end": 2030, "adcode": 110000, "province_zh": "北京", "basis": "seen"}
    project |= {"source_id": "gdii-reply", "note": "synthetic"}
    numbers = range(1000, 1000 + ROWS)
    named = ({"project_row": f"J{n}", "enterprise": f"企业{n}", "project": f"项目{n}"} for n in numbers)
    append(table, (project | names for names in named))


def append(table: Path, rows: Iterable[dict[str, object]]) -> None:
    """Append rows to a raw table; cells that they do not name stay empty."""
    header = table.read_text(encoding="utf-8").partition("\n")[0].split(",")
    with table.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)


def write(measured: list[Case]) -> None:
    """Write results.csv and machine.txt."""
    floor = statistics.median(measured[0].seconds)
    heads = ("case", "median_s", "least_s", "most_s", "repeats", "ratio_to_floor", "s_each", "largest_process_mb")
    with (HERE / "results.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        for case in measured:
            median = statistics.median(case.seconds)
            span = [round(s, 2) for s in (median, min(case.seconds), max(case.seconds))]
            each = round(median / case.divisor, 3) if case.divisor > 1 else ""
            writer.writerow(
                [case.name, *span, len(case.seconds), round(median / floor, 3), each, round(case.megabytes)]
            )
    model = next((line.split(":")[1].strip() for line in cpu() if line.startswith("model name")), platform.machine())
    memory = round(psutil.virtual_memory().total / 1e9, 1)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout
    (HERE / "machine.txt").write_text(
        f"{model}, {os.cpu_count()} cores, {memory} GB; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; commit {commit.strip()}; {date.today()}\n",
        encoding="utf-8",
    )


def cpu() -> list[str]:
    """Return what Linux says about the processor; nothing elsewhere."""
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def profile(output: Path) -> None:
    """Write profile.csv from what the floor said: the 25 longest cells, and all others together."""
    rows = [line.split(",") for line in output.read_text(encoding="utf-8").splitlines() if line.count(",") == 3]
    cells = sorted(((n, c, float(s), float(d)) for n, c, s, d in rows), key=lambda row: -row[2])
    rest = ("the rest", f"{len(cells) - 25} cells", sum(r[2] for r in cells[25:]), sum(r[3] for r in cells[25:]))
    total = ("all", f"{len(cells)} cells", sum(r[2] for r in cells), sum(r[3] for r in cells))
    with (HERE / "profile.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("notebook", "cell", "seconds", "of_which_figures_s"))
        writer.writerows((n, c, round(s, 2), round(d, 2)) for n, c, s, d in (*cells[:25], rest, total))


def main() -> None:
    """Measure all cases in turn, as many rounds as asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        compared, large = cases(Path(name))
        for group, turn in itertools.product((compared, large), range(rounds)):
            for case in group:
                output = Path(name) / "said.txt"
                case.measure(output)
                print(f"{turn + 1}/{rounds}  {case.seconds[-1]:8.2f} s  {case.name}", flush=True)
                if case is compared[0]:
                    profile(output)
            write([case for case in (*compared, *large) if case.seconds])


if __name__ == "__main__":
    main()
