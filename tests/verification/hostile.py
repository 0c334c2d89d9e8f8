"""Try the compendium under hostile conditions and log what it says: python tests/verification/hostile.py [word ...]

Each condition is made in a copy of its own with its last run; then a command is given and its exit status, the line
that tells most, and the committed files that it changed are noted. With words only the conditions that hold one of them
are tried, and nothing is written; else data/verification/hostile.csv is. What needs the rights of root, or an ordinary
user who may start this Python, is noted as skipped where they are lacking.
"""

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import copies
from verification.measured import ROOT, record, tried, write

COLUMNS = ["condition", "command", "exit_status", "said", "files_changed", "as_expected"]
BATCHES, PACKAGE = "data/raw/pilot_batches.csv", "data/raw/datapackage.json"
SHORT = "notebooks/09-factory-data.ipynb"
AGREES = r"^0 differences"
DENIED = r"Permission denied\. Remedy"
FULL = r"No space left on device\. Remedy"
USER = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
AGAIN = ("sh", "-c", 'exec "$@"', "sh")  # starts Python by itself, as kernels are started
OFFLINE = ("unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
Change = Callable[[Path], object]
OTHERS: list[subprocess.Popen] = []  # runs that a condition started


@dataclass
class Condition:
    """What is made in a copy, which command is given there, and what is expected of it.

    Attributes:
        make: makes the condition in the copy.
        line: the words after `compendium`.
        said: pattern of a line that it prints.
        status: its exit status.
        variables: of the environment.
        before: the words of another program that starts it.
        place: working directory in the copy.
        after: what happens meanwhile, such as a signal; given the process.
    """

    make: Change
    line: str
    said: str
    status: int = 1
    variables: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    place: str = "."
    after: Callable[[subprocess.Popen, Path], object] = lambda process, copy: None


def nothing(copy: Path) -> None:
    """Leave the copy as it is."""


def edited(name: str, old: str, new: str) -> Change:
    """Return what replaces the first match of a pattern in a file."""

    def make(copy: Path) -> None:
        text, times = re.subn(old, new, (copy / name).read_text("utf-8"), count=1, flags=re.M)
        assert times == 1, f"{name}: no {old}"
        (copy / name).write_text(text, "utf-8", newline="")

    return make


def removed(name: str) -> Change:
    """Return what removes a file or folder."""
    return lambda copy: shutil.rmtree(copy / name) if (copy / name).is_dir() else (copy / name).unlink()


def holding(name: str, content: bytes) -> Change:
    """Return what gives a file another content."""
    return lambda copy: (copy / name).write_bytes(content)


def cell(code: str) -> Change:
    """Return what lets the first code cell of a short notebook run this code."""

    def make(copy: Path) -> None:
        notebook = nbformat.read(copy / SHORT, as_version=4)
        next(cell for cell in notebook.cells if cell.cell_type == "code").source = code
        nbformat.write(notebook, copy / SHORT)

    return make


def owned(*readonly: str) -> Change:
    """Return what gives the copy to the ordinary user, but for some folders, which stay another's."""

    def make(copy: Path) -> None:
        kept = [copy / name for name in readonly]
        for path in (copy, *copy.rglob("*")):
            if not any(path == place or place in path.parents for place in kept):
                shutil.chown(path, "nobody")
        if "build" in readonly:
            shutil.rmtree(copy / "build", ignore_errors=True)

    return make


def unreadable(copy: Path) -> None:
    """Give the copy to the ordinary user, with a raw table that nobody may read."""
    owned()(copy)
    (copy / BATCHES).chmod(0)


def small(name: str, room: int) -> Change:
    """Return what puts a folder on a disk with so many bytes left."""

    def make(copy: Path) -> None:
        aside = copy / name
        kept = aside.rename(copy.parent / "kept") if aside.exists() else None
        aside.mkdir()
        used = sum(p.stat().st_size + 4096 for p in kept.rglob("*")) if kept else 0
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + room}", "tmpfs", aside], check=True)
        if kept:
            shutil.copytree(kept, aside, dirs_exist_ok=True)
        if name == "data/raw":
            holding(PACKAGE, re.sub(rb"sha256:\w", b"sha256:0", (copy / PACKAGE).read_bytes()))(copy)
            free = os.statvfs(aside)
            (aside / "filler").write_bytes(b"0" * (free.f_bavail * free.f_frsize))

    return make


def await_run(copy: Path) -> None:
    """Wait until a run is at work in the copy."""
    deadline = time.monotonic() + 120
    while not any((copy / "build").glob(".compendium-run-*")) and time.monotonic() < deadline:
        time.sleep(0.1)


def second(copy: Path) -> None:
    """Start a run that is still at work when the command is given."""
    line = [sys.executable, "-P", "-m", "compendium", "run", "--force"]
    OTHERS.append(subprocess.Popen(line, cwd=copy, env=surroundings(copy), stdout=-3, stderr=-3, process_group=0))
    await_run(copy)


def stopped(process: subprocess.Popen, copy: Path) -> None:
    """Send Ctrl-C once a run is at work."""
    await_run(copy)
    os.killpg(process.pid, signal.SIGINT)


def both(*changes: Change) -> Change:
    """Return what makes several changes, one after the other."""
    return lambda copy: [change(copy) for change in changes]


DIGIT = edited(BATCHES, "^2017,final,97", "2017,final,98")
WORD = edited(BATCHES, "^2017,final,97", "2017,final,many")
GBK = holding(BATCHES, "年份,批次\n2015,首批\n".encode("gbk"))
TABLE = edited("data/processed/claims.csv", "traced", "confirmed")
FIGURE = edited("figures/en/02-batches.svg", "</svg>", "<!-- --></svg>")
HASH = edited(PACKAGE, r"sha256:\w", "sha256:0")
OUTPUT = edited(SHORT, r"(<td>)\d", r"\g<1>77")
LOCK = edited("requirements.lock", r"^numpy==\S+", "numpy==9.9.9")
JSON = holding("json.py", b"raise SystemExit('wrong json')\n")
NO_TOML = holding("notebooks/contents.toml", b"section = = 1\n")
SHORTLY = "run --force 09"
BUSY = r"another run or accept is at work"
CONDITIONS = {
    "changed digit in a raw table": Condition(DIGIT, "run", r"pilot_batches\.csv"),
    "the same, hash to be renewed": Condition(DIGIT, "data refresh", r"row 9 of pilot_batches\.csv"),
    "word for a number in a raw table": Condition(WORD, "data refresh", r"row \d+, column projects"),
    "raw table in another encoding": Condition(GBK, "data refresh", r"GBK"),
    "raw table missing": Condition(removed(BATCHES), "run", r"pilot_batches\.csv"),
    "raw table empty": Condition(holding(BATCHES, b""), "data refresh", r"pilot_batches\.csv"),
    "descriptor no JSON": Condition(holding(PACKAGE, b"{"), "run", r"datapackage\.json"),
    "notebook missing": Condition(removed(SHORT), "run", r"09-factory-data"),
    "notebook cut short": Condition(holding(SHORT, b'{"cells": ['), "run", r"cannot be read as a notebook"),
    "contents.toml broken": Condition(NO_TOML, "run", r"contents\.toml is no TOML"),
    "compendium.toml broken": Condition(holding("compendium.toml", b"title = \n"), "run", r"compendium\.toml"),
    "no compendium here": Condition(nothing, "run", r"Remedy", before=("env", "-C", "/")),
    "subfolder as working directory": Condition(nothing, "run", AGREES, 0, place="notebooks"),
    "unknown notebook": Condition(nothing, "run 77", r"77"),
    "unknown claim": Condition(nothing, "claims Q999", r"no claim 'Q999'"),
    "committed table changed": Condition(TABLE, "check", r"claims\.csv"),
    "committed figure changed": Condition(FIGURE, "check", r"02-batches\.svg"),
    "committed output of a notebook changed": Condition(OUTPUT, "check", r"09-factory-data"),
    "accept without a run": Condition(removed("build/run"), "accept", r"no complete run"),
    "notebook edited after the run, accept": Condition(cell("1"), "accept", r"edited after the run"),
    "a cell fails": Condition(cell("1 / 0"), SHORTLY, r"ZeroDivisionError"),
    "the kernel dies": Condition(cell("import os; os.kill(os.getpid(), 9)"), SHORTLY, r"kernel died"),
    "a cell asks for input": Condition(cell("input()"), SHORTLY, r"StdinNotImplementedError"),
    "a library of another version than locked": Condition(LOCK, "run 09", r"requirements.lock says 9\.9\.9", 0),
    "stopped by Ctrl-C": Condition(nothing, "run --force", r"^Stopped\. Nothing is half-written", 130, after=stopped),
    "second run at the same time": Condition(second, "run", BUSY),
    "accept during a run": Condition(second, "accept", BUSY),
    "LANG=C": Condition(nothing, "run", AGREES, 0, ("LANG=C", "LC_ALL=C", "PYTHONUTF8=0")),
    "PYTHONOPTIMIZE=2": Condition(nothing, SHORTLY, AGREES, 0, ("PYTHONOPTIMIZE=2",)),
    "a module json.py in the root": Condition(JSON, SHORTLY, AGREES, 0),
    "no network": Condition(nothing, SHORTLY, AGREES, 0, before=OFFLINE),
    "ordinary user": Condition(owned(), SHORTLY, AGREES, 0, ("HOME=/nowhere",), (*USER, *AGAIN)),
    "ordinary user, read-only checkout": Condition(owned("."), SHORTLY, DENIED, before=USER),
    "ordinary user, read-only outputs": Condition(both(FIGURE, owned("figures/en")), "accept", DENIED, before=USER),
    "ordinary user, read-only data": Condition(both(HASH, owned("data/raw")), "data refresh", DENIED, before=USER),
    "ordinary user, unreadable raw table": Condition(unreadable, "run", r"may not be read", before=USER),
    "full disk, run": Condition(small("build", 100_000), SHORTLY, FULL),
    "full disk, refresh": Condition(small("data/raw", 500_000), "data refresh", FULL),
}


def surroundings(copy: Path) -> dict[str, str]:
    """Return the environment of a command in the copy."""
    return os.environ | {"PYTHONPATH": str(copy), "PYTHONUTF8": "1"}


def hashes(copy: Path) -> set[tuple[str, str]]:
    """Return the files of the copy outside build with their content."""
    files = (p for p in copy.rglob("*") if p.is_file() and p.relative_to(copy).parts[0] != "build")
    kept = (p for p in files if "__pycache__" not in p.parts and os.access(p, os.R_OK))
    return {(str(p), hashlib.sha256(p.read_bytes()).hexdigest()) for p in kept}


def trial(name: str) -> list:
    """Make a condition, give the command and return the line of the log."""
    wanted = CONDITIONS[name]
    shown = " ".join([*wanted.variables, f"compendium {wanted.line}"])
    if lacks := lacking(wanted):
        return [name, shown, "", lacks, "", "skipped"]
    with tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as folder:
        copy = copies.checkout(Path(folder) / "c")
        Path(folder).chmod(0o755)
        for part in ("run", "cache", "judge"):
            shutil.copytree(ROOT / "build" / part, copy / "build" / part)
        try:
            wanted.make(copy)
            seen = hashes(copy)
            status, lines = given(wanted, copy)
            changed = len({path for path, _ in hashes(copy) ^ seen})
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
    said = (telling or lines or [""])[-1].replace(f"{folder}/c/", "").replace(folder, "").replace(sys.prefix, ".venv")
    fine = bool(telling) and status == wanted.status and not changed and not any("Traceback" in x for x in lines)
    return [name, shown, status, said[:300], changed, "yes" if fine else "no"]


def lacking(wanted: Condition) -> str:
    """Return why a condition cannot be made here; empty if it can."""
    root = os.getuid() == 0
    if (wanted.before[:1] == ("setpriv",) or "small" in wanted.make.__qualname__) and not root:
        return "needs the rights of root to be made"
    if wanted.before and shutil.which(wanted.before[0]) is None:
        return f"needs {wanted.before[0]}"
    if wanted.before and wanted.before[0] != "env":
        started = subprocess.run([*wanted.before, sys.executable, "-V"], cwd="/", capture_output=True, check=False)
        return "" if started.returncode == 0 else f"{wanted.before[0]} may not start this Python"
    return ""


def given(wanted: Condition, copy: Path) -> tuple[int, list[str]]:
    """Give the command in the copy; return its exit status and the lines that it says."""
    process = subprocess.Popen(
        [*wanted.before, sys.executable, "-P", "-m", "compendium", *wanted.line.split()],
        cwd=copy / wanted.place,
        env=surroundings(copy) | dict(pair.split("=", 1) for pair in wanted.variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wanted.after(process, copy)
    said, _ = process.communicate(timeout=600)
    return process.returncode, [line for line in said.splitlines() if line.strip()]


def main() -> None:
    """Try the conditions, write the log, and fail if one is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="only conditions with one of these words; nothing is written")
    words = parser.parse_args().words
    names = [name for name in CONDITIONS if not words or any(word in name for word in words)]
    table = pd.DataFrame(tried("hostile", names, trial, os.cpu_count() or 1).values(), columns=COLUMNS)
    if not words:
        write("hostile", table)
        record("hostile")
    for row in table[table["as_expected"] != "yes"].itertuples():
        print(f"{row.condition}: {row.command}: {row.as_expected}; status {row.exit_status}, {row.said}")
    print(table["as_expected"].value_counts().to_dict())
    sys.exit(bool(table["as_expected"].eq("no").any()))


if __name__ == "__main__":
    main()
