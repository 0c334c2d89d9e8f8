"""Trials: plant each attack of attacks.py alone in a copy of the last commit and see which command notices it.

    python tests/verification/trials.py              all, with a progress bar; writes data/verification/trials.csv
    python tests/verification/trials.py --only ID…   these; prints their lines and writes nothing

The hand that plants an attack goes on as far as attacks.py says: it renews the hashes of the raw tables (`data
refresh`), runs and takes the run as reference (`run`, `accept`), and commits whatever the commands have said. Then
everyone else starts `check` and `run`, which is what `make` does, and, where neither stops, the tests of TESTS until
one fails: of `make test` those that look at what is committed rather than at made-up compendia. Where these notice
nothing, others of `make test` may. A command notices if it fails or tells a note; `accept` if it fails or names what
to look at first. What was tried on the files of the last commit is not tried again, so that a stopped command goes
on.
"""

import argparse
import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from verification.attacks import ATTACKS, CONTROL, Attack  # noqa: E402
from verification.measured import record  # noqa: E402

ROOT = HERE.parents[1]
LOG = ROOT / "data" / "verification" / "trials.csv"
DRAFT = ROOT / "build" / "trials.csv"  # until all are tried
COLUMNS = ("tree", "trial", "notice", "command", "committed", "exit_status", "noticed", "line")
WRITTEN = ("data/verification/trials.csv", "data/verification/measured.csv", "docs/checks")
CACHES = ("run", "judge", "cache")
LONG = 160
SELF = ["git", "-c", "user.name=trial", "-c", "user.email=trial@example.org", "-c", "commit.gpgsign=false"]
UNITS = (
    "texts wording notebooks doors verification provenance lessons in_view sentences paper independence project forms "
)
UNITS += "claims judging"
TESTS = ["tests/whole/test_reproduction.py", *(f"tests/unit/test_{name}.py" for name in UNITS.split())]
SLOW = ["unit/test_project.py::test_what_commands_notice_is_renewed_on_the_page_on_checks_and_asked_of_nobody_else"]
SLOW += ["unit/test_claims.py::test_rewording_every_note_moves_no_verdict_and_no_number"]
SLOW += ["unit/test_judging.py::test_no_judgement_breaks_without_a_table"]
SLOW += [f"whole/test_reproduction.py::test_{name}" for name in ("one_changed_digit_is_found_and_named",
    "one_changed_pixel_is_found", "a_changed_raw_value_is_stopped_by_its_hash")]  # fmt: skip
PYTEST = ["-q", "-x", "-m", "not slow", "-rfE", "--tb=line", "-n", "0", *(f"--deselect=tests/{name}" for name in SLOW)]


def tree() -> str:
    """Return a short hash of the files of the last commit, but for those that are made from the log."""
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    kept = [line for line in listed.splitlines() if not line.split("\t")[1].startswith(WRITTEN)]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:12]


def copied(place: Path) -> Path:
    """Return a clone of the last commit below `place`, with the last run and an environment that leads to it."""
    copy = place / "copy"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    for name in CACHES:
        shutil.copytree(ROOT / "build" / name, copy / "build" / name)
    [packages] = (ROOT / ".venv").glob("lib/python*/site-packages")
    (copy / packages.relative_to(ROOT)).mkdir(parents=True)
    own = (
        path for path in packages.iterdir() if path.name != "__pycache__"
    )  # lest Python takes the one compiled for another copy
    for path in (ROOT / ".venv" / "bin", ROOT / ".venv" / "pyvenv.cfg", *own):
        (copy / path.relative_to(ROOT)).symlink_to(path)
    [leading] = (copy / packages.relative_to(ROOT)).glob("__editable__*compendium*.py")
    leading.unlink()
    leading.write_text((packages / leading.name).read_text(encoding="utf-8").replace(str(ROOT), str(copy)))
    (place / "tmp").mkdir()
    return copy


class Trial:
    """One attack in its copy, and the rows of the log on it."""

    def __init__(self, attack: Attack, copy: Path):
        self.attack, self.copy, self.rows, self.committed = attack, copy, list[dict[str, str]](), False
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("COMPENDIUM", "PYTHON"))}
        own = {"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "TMPDIR": str(copy.parent / "tmp")}
        self.environment = ours | own | attack.environment

    def start(self, name: str) -> bool:
        """Start a command, add its row to the log, and tell whether it ended well."""
        words = {"refresh": ["data", "refresh"], "run": ["run", "--jobs", "1"]}.get(name, [name])
        line = ["pytest", *PYTEST, *TESTS] if name == "test" else ["compendium", *words]
        made = {"PYTHONSAFEPATH": "1", "PYTHONOPTIMIZE": ""} if name == "test" else {}  # as make sets them
        done = subprocess.run(
            [".venv/bin/python", "-P", "-m", *line], cwd=self.copy, env=self.environment | made,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        said = telling(name, done.stdout, done.returncode)
        row = (tree(), self.attack.name, self.attack.notice, name, yes(self.committed), str(done.returncode))
        shown = said.replace(str(self.copy), ".").replace(str(self.copy.parent), "..")
        self.rows.append(dict(zip(COLUMNS, (*row, yes(bool(said)), shown[:LONG]), strict=True)))
        return done.returncode == 0

    def tried(self) -> list[dict[str, str]]:
        """Plant the attack, let the hand go on and the commands start; return the rows of the log."""
        self.attack.plant(self.copy)
        held = self.attack.hand == "commits" or self.start("refresh")
        if held and self.attack.hand == "accepts":
            self.start("run")
            self.start("accept")
        for words in (["add", "-A"], ["commit", "-q", "-m", "planted", "--allow-empty"]):
            subprocess.run([*SELF, *words], cwd=self.copy, check=True, capture_output=True)
        self.committed = True
        stopped = [name for name in ("check", "run") if not self.start(name)]
        for name in (*(() if stopped else ("test",)), *self.attack.further):
            self.start(name)
        return self.rows


def telling(name: str, said: str, status: int) -> str:
    """Return the line by which a command tells that it noticed something, empty if it did not."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    marks = {"accept": r"!|Error:", "test": "FAILED|ERROR"}.get(name, "differs:|Error:|note:" if name == "run" else "")
    found = [line for line in lines if marks and re.match(marks, line)]
    if name == "check":
        found = lines if status else [line for line in lines if line.startswith("note:")]
    return (found or lines[-1:] if status else found or [""])[0]


def yes(truth: bool) -> str:
    """Return a truth value as the log has it."""
    return "yes" if truth else "no"


def tried(attack: Attack) -> list[dict[str, str]]:
    """Return the rows of the log on an attack, planted in a copy of its own."""
    with tempfile.TemporaryDirectory(prefix="trial-") as place:
        return Trial(attack, copied(Path(place))).tried()


def logged() -> Iterator[dict[str, str]]:
    """Yield the rows of the draft, else of the log, that the files of the last commit have given."""
    now = tree()
    for file in (DRAFT, LOG):
        if file.is_file():
            with file.open(encoding="utf-8", newline="") as lines:
                yield from (row for row in csv.DictReader(lines) if row["tree"] == now)
            return


def written(file: Path, rows: list[dict[str, str]]) -> None:
    """Write rows of the log in the order of the attacks."""
    order = [attack.name for attack in ATTACKS]
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(sorted(rows, key=lambda row: order.index(row["trial"])))


def main() -> None:
    """Try the attacks, two at a time, and write the log."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[attack.name for attack in ATTACKS], help="nothing is written")
    only = parser.parse_args().only
    rows = [] if only else list(logged())
    known = {row["trial"] for row in rows}
    due = [attack for attack in ATTACKS if (attack.name in only if only else attack.name not in known)]
    with ThreadPoolExecutor(2) as pool, tqdm(total=len(due) + len(known), initial=len(known), unit="trial") as bar:
        for attack, found in zip(due, pool.map(tried, due), strict=True):
            if attack.notice == CONTROL and (told := [row["line"] for row in found if row["noticed"] == "yes"]):
                pool.shutdown(wait=False, cancel_futures=True)
                raise SystemExit(f"trials: {attack.name} is harmless, but a command says: {told[0]}")
            rows += found
            bar.update()
            if not only:
                written(DRAFT, rows)
            for row in found if only else ():
                bar.write("  ".join(row[column] for column in COLUMNS[1:]))
    if not only:
        written(LOG, rows)
        record("trials")
        print(f"{len(ATTACKS)} trials are in {LOG.relative_to(ROOT)}. Next: make, make accept")


if __name__ == "__main__":
    main()
