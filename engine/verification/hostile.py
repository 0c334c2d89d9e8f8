"""Hostile conditions: does the compendium say what is wrong and what to do?

Each condition is made in a copy of its own with its last run; then a command is given and its exit status, the line
that tells most, and the committed files that it changed are noted. What needs the rights of root, or an ordinary user
who may start this Python, is noted as skipped where they are lacking.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from verification import harness
from verification.changes import Change, both, first_cell, holding, nothing, removed, text
from verification.harness import Found

COLUMNS = ["condition", "command", "exit_status", "said", "files_changed", "as_expected"]
BATCHES, PACKAGE = "data/raw/pilot_batches.csv", "data/raw/datapackage.json"
SHORT = "notebooks/09-factory-data.ipynb"
AGREES = r"^0 differences"
DENIED = r"Permission denied\. Remedy"
FULL = r"No space left on device\. Remedy"
USER = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
AGAIN = ("sh", "-c", 'exec "$@"', "sh")  # starts Python by itself, as kernels are started
OFFLINE = ("unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
OTHERS: list[subprocess.Popen] = []  # runs that a condition started


class Condition(NamedTuple):
    """What is made in a copy, which command is given there, and what is expected of it."""

    make: Change
    line: str  # the words after `compendium`
    said: str  # pattern of a line that it prints
    status: int = 1
    variables: tuple[str, ...] = ()
    before: tuple[str, ...] = ()  # the words of another program that starts it
    place: str = "."  # working directory in the copy
    after: Callable[[subprocess.Popen, Path], object] = lambda process, copy: None  # what happens meanwhile


def owned(*readonly: str) -> Change:
    """Return what gives the copy to the ordinary user, but for some folders, which stay another's."""

    def make(copy: Path) -> None:
        kept = [copy / name for name in readonly]
        for path in (copy.parent / "tmp", copy, *copy.rglob("*")):
            if not any(path == place or place in path.parents for place in kept):
                shutil.chown(path, "nobody")

    return make


def small(name: str, room: int) -> Change:
    """Return what puts a folder on a disk with so many bytes left."""

    def make(copy: Path) -> None:
        aside = copy / name
        kept = aside.rename(copy.parent / "kept")
        aside.mkdir()
        used = sum(p.stat().st_size + 4096 for p in kept.rglob("*"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + room}", "tmpfs", aside], check=True)
        shutil.copytree(kept, aside, dirs_exist_ok=True)
        if name == "data/raw":
            HASH(copy)
            free = os.statvfs(aside)
            (aside / "filler").write_bytes(b"0" * (free.f_bavail * free.f_frsize))

    return make


def await_run(copy: Path) -> None:
    deadline = time.monotonic() + 120
    while not any((copy / "build").glob(".compendium-run-*")) and time.monotonic() < deadline:
        time.sleep(0.1)


def second(copy: Path) -> None:
    OTHERS.append(harness.started(copy, ["run", "--force"]))
    await_run(copy)


def stopped(process: subprocess.Popen, copy: Path) -> None:
    await_run(copy)
    os.killpg(process.pid, signal.SIGINT)


WORD = text(BATCHES, "^2017,final,97", "2017,final,many")
GBK = holding(BATCHES, "年份,批次\n2015,首批\n".encode("gbk"))
TABLE = text("data/processed/claims.csv", "traced", "confirmed")
FIGURE = text("figures/en/02-batches.svg", "</svg>", "<!-- --></svg>")
HASH = text(PACKAGE, r"sha256:\w{6}", "sha256:000000")
LOCK = text("requirements.lock", r"^numpy==\S+", "numpy==9.9.9")
UNREADABLE = both(owned(), lambda copy: (copy / BATCHES).chmod(0))
SHORTLY = "run --force 09"
BUSY = r"another run or accept is at work"
CONDITIONS = {
    "word for a number in a raw table": Condition(WORD, "data refresh", r"row \d+, column projects"),
    "raw table in another encoding": Condition(GBK, "data refresh", r"GBK"),
    "raw table missing": Condition(removed(BATCHES), "run", r"pilot_batches\.csv"),
    "notebook cut short": Condition(holding(SHORT, b'{"cells": ['), "run", r"cannot be read as a notebook"),
    "compendium.toml broken": Condition(holding("compendium.toml", b"title = \n"), "run", r"compendium\.toml"),
    "no compendium here": Condition(nothing, "run", r"Remedy", before=("env", "-C", "/")),
    "subfolder as working directory": Condition(nothing, "run", AGREES, 0, place="notebooks"),
    "committed table changed": Condition(TABLE, "check", r"claims\.csv"),
    "a cell fails": Condition(first_cell(SHORT, "1 / 0"), SHORTLY, r"ZeroDivisionError"),
    "the kernel dies": Condition(first_cell(SHORT, "import os; os.kill(os.getpid(), 9)"), SHORTLY, r"kernel died"),
    "a cell asks for input": Condition(first_cell(SHORT, "input()"), SHORTLY, r"StdinNotImplementedError"),
    "a library of another version than locked": Condition(LOCK, "run 09", r"requirements.lock says 9\.9\.9", 0),
    "stopped by Ctrl-C": Condition(nothing, "run --force", r"^Stopped\. Nothing is half-written", 130, after=stopped),
    "second run at the same time": Condition(second, "run", BUSY),
    "accept during a run": Condition(second, "accept", BUSY),
    "LANG=C": Condition(nothing, "run", AGREES, 0, ("LANG=C", "LC_ALL=C", "PYTHONUTF8=0")),
    "PYTHONOPTIMIZE=2": Condition(nothing, SHORTLY, AGREES, 0, ("PYTHONOPTIMIZE=2",)),
    "a module json.py in the root": Condition(holding("json.py", "raise SystemExit('wrong')\n"), SHORTLY, AGREES, 0),
    "no network": Condition(nothing, SHORTLY, AGREES, 0, before=OFFLINE),
    "ordinary user": Condition(owned(), SHORTLY, AGREES, 0, ("HOME=/nowhere",), (*USER, *AGAIN)),
    "ordinary user, read-only checkout": Condition(owned("."), SHORTLY, DENIED, before=USER),
    "ordinary user, read-only outputs": Condition(both(FIGURE, owned("figures/en")), "accept", DENIED, before=USER),
    "ordinary user, read-only data": Condition(both(HASH, owned("data/raw")), "data refresh", DENIED, before=USER),
    "ordinary user, unreadable raw table": Condition(UNREADABLE, "run", "give yourself the right", before=USER),
    "full disk, run": Condition(small("build", 100_000), SHORTLY, FULL),
    "full disk, refresh": Condition(small("data/raw", 500_000), "data refresh", FULL),
}


def meet(name: str, wanted: Condition, folder: str = "") -> list:
    """Make a condition in a copy, give its command, and return a line of the table."""
    shown = " ".join([*wanted.variables, f"compendium {wanted.line}"])
    if lacks := lacking(name, wanted):
        return [name, shown, "", lacks, "", "skipped"]
    with harness.copy(folder) as copy:
        try:
            wanted.make(copy)
            seen = harness.hashes(copy)
            variables = dict(pair.split("=", 1) for pair in wanted.variables)
            process = harness.started(copy, shlex.split(wanted.line), wanted.before, wanted.place, **variables)
            wanted.after(process, copy)
            status, lines = harness.ended(process, copy, 3600)
            changed = len({path for path, _ in harness.hashes(copy).items() ^ seen.items()})
        except subprocess.CalledProcessError as error:
            return [name, shown, "", f"cannot be made here: {error.cmd[0]} failed", "", "skipped"]
        except (AssertionError, OSError) as error:
            return [name, shown, "", f"not made: {error}", "", "no"]
        finally:
            while OTHERS:
                os.killpg(OTHERS.pop().pid, signal.SIGKILL)
            for path in ("build", "data/raw"):
                subprocess.run(["umount", copy / path], capture_output=True, check=False)
    telling = [line for line in lines if re.search(wanted.said, line)]
    fine = bool(telling) and status == wanted.status and not changed and not any("Traceback" in x for x in lines)
    return [name, shown, status, (telling or lines or [""])[-1][:300], changed, "yes" if fine else "no"]


def lacking(name: str, wanted: Condition) -> str:
    """Return why a condition cannot be made here; empty if it can."""
    if name.startswith(("ordinary user", "full disk")) and os.getuid():
        return "needs the rights of root to be made"
    if wanted.before and shutil.which(wanted.before[0]) is None:
        return f"needs {wanted.before[0]}"
    if wanted.before and wanted.before[0] != "env":
        ran = subprocess.run([*wanted.before, sys.executable, "-V"], cwd="/", capture_output=True, check=False)
        return "" if ran.returncode == 0 else f"{wanted.before[0]} may not start this Python"
    return ""


def measure(options: Namespace) -> Found:
    """Try the conditions, all or those with one of the words given."""
    names = [name for name in CONDITIONS if any(word in name for word in options.names or [""])]
    chosen, kept = names[: options.take or None], not (options.take or options.names)
    found = harness.tried("hostile", chosen, lambda name: meet(name, CONDITIONS[name]), options.jobs, kept)
    table = pd.DataFrame(found.values(), columns=COLUMNS)
    bad = table[table["as_expected"] == "no"]
    wrong = [f"{r.condition}: {r.command}: status {r.exit_status}, {r.said}" for r in bad.itertuples()]
    return Found({"hostile": table}, table[["condition", "as_expected"]], wrong)
