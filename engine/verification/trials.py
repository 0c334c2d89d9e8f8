"""Trials: each attack of attacks.py alone in a copy of the last commit; which command notices it?

The hand that plants an attack goes on as far as attacks.py says: it renews the hashes of the raw tables (`data
refresh`), runs and takes the run as reference (`run`, `accept`), and commits whatever the commands have said. Then
everyone else starts `check` and `run`, which is what `make` does, and, where neither stops, the tests of TESTS until
one fails: of `make test` those that look at what is committed rather than at made-up compendia. Where these notice
nothing, others of `make test` may. A command notices if it fails or tells a note; `accept` if it fails or names what
to look at first. What was tried on the files of the last commit is not tried again.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from argparse import Namespace
from pathlib import Path

import pandas as pd
from verification.attacks import ATTACKS, CONTROL, Attack
from verification.measured import ROOT, Found, git, list_units, tried

LOG = ROOT / "data" / "verification" / "trials.csv"
COLUMNS = ("tree", "trial", "notice", "command", "committed", "exit_status", "noticed", "line")
WRITTEN = (
    "data/verification/trials.csv",
    "data/verification/digits.csv",
    "data/verification/measured.csv",
    "docs/checks",
)
LONG = 160
SELF = ["git", "-c", "user.name=trial", "-c", "user.email=trial@example.org", "-c", "commit.gpgsign=false"]
UNITS = (
    "texts wording notebooks doors verification provenance lessons in_view sentences paper independence project forms "
    "claims judging"
)
TESTS = ["tests/test_reproduction.py", *list_units(*UNITS.split())]
SLOW = (
    "tests/test_project.py::test_what_commands_notice_is_renewed_on_the_page_on_checks_and_asked_of_nobody_else",
    "engine/tests/unit/test_claims.py::test_rewording_every_note_moves_no_verdict_and_no_number",
    "engine/tests/unit/test_judging.py::test_no_judgement_breaks_without_a_table",
    "tests/test_reproduction.py::test_one_changed_digit_is_found_and_named",
    "tests/test_reproduction.py::test_one_changed_pixel_is_found",
    "tests/test_reproduction.py::test_a_changed_raw_value_is_stopped_by_its_hash",
)
PYTEST = ["-q", "-x", "-m", "not slow", "-rfE", "--tb=line", "-n", "0", *(f"--deselect={name}" for name in SLOW)]


def tree() -> str:
    """Return a short hash of the files of the last commit, but for those that are made from the log."""
    listed = git("ls-tree", "-r", "HEAD").splitlines()
    kept = [line for line in listed if not line.split("\t")[1].startswith(WRITTEN)]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:12]


def cloned(place: Path) -> Path:
    """Return a clone of the last commit below `place`, with the last run and an environment that leads to it."""
    copy = place / "copy"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    for name in ("run", "judge", "cache"):
        shutil.copytree(ROOT / "build" / name, copy / "build" / name)
    [packages] = (ROOT / ".venv").glob("lib/python*/site-packages")
    (copy / packages.relative_to(ROOT)).mkdir(parents=True)
    own = (path for path in packages.iterdir() if path.name != "__pycache__")  # lest Python takes another copy's
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
        self.attack, self.copy, self.rows, self.committed = attack, copy, list[tuple[str, ...]](), False
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("COMPENDIUM", "PYTHON"))}
        own = {"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "TMPDIR": str(copy.parent / "tmp")}
        self.environment = ours | own | attack.environment

    def start(self, name: str) -> bool:
        words = {"refresh": ["data", "refresh"], "run": ["run", "--jobs", "1"]}.get(name, [name])
        line = ["pytest", *PYTEST, *TESTS] if name == "test" else ["compendium", *words]
        made = {"PYTHONSAFEPATH": "1", "PYTHONOPTIMIZE": ""} if name == "test" else {}  # as make sets them
        done = subprocess.run(
            [".venv/bin/python", "-P", "-m", *line], cwd=self.copy, env=self.environment | made,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        said = telling(name, done.stdout, done.returncode)
        shown = said.replace(str(self.copy), ".").replace(str(self.copy.parent), "..")
        ended = yes(self.committed), str(done.returncode), yes(bool(said)), shown[:LONG]
        self.rows.append((self.attack.name, self.attack.notice, name, *ended))
        return done.returncode == 0

    def tried(self) -> list[tuple[str, ...]]:
        """Plant the attack, let the hand go on and the commands start; return the rows of the log but for the tree."""
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
    return "yes" if truth else "no"


def trial(name: str) -> list[tuple[str, ...]]:
    """Return the rows of the log on an attack, planted in a copy of its own; what is harmless must not be noticed."""
    attack = next(attack for attack in ATTACKS if attack.name == name)
    with tempfile.TemporaryDirectory(prefix="trial-") as place:
        found = Trial(attack, cloned(Path(place))).tried()
    if attack.notice == CONTROL and (told := [line for *_, noticed, line in found if noticed == "yes"]):
        raise RuntimeError(f"{name} is harmless, but a command says: {told[0]}")
    return found


def measure(options: Namespace) -> Found:
    """Try the attacks, all or those that are named, two at a time."""
    names, now = [attack.name for attack in ATTACKS], tree()
    if unknown := set(options.names) - set(names):
        raise RuntimeError(f"no attack {', '.join(sorted(unknown))}. Remedy: {', '.join(names)}")
    chosen = options.names or names[: options.take or None]
    found = tried("trials", chosen, trial, min(options.jobs, 2), not (options.take or options.names), now)
    log = pd.DataFrame([(now, *row) for rows in found.values() for row in rows], columns=COLUMNS)
    whole = f"{len(found)} trials are in {LOG.relative_to(ROOT)}. Next: make, make accept"
    return Found({"trials": log}, whole if chosen == names else log.drop(columns="tree"))
