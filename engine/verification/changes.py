"""Changes to plant in a copy of the compendium, and such copies, for the kinds of faults of plant.py."""

import csv
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import copies
from nbformat import NotebookNode
from verification.measured import ROOT

from compendium.run import notebookfile

Change = Callable[[Path], object]
Cells = dict[str, str]


def edited(name: str, edit: Callable[[str], str]) -> Change:

    def change(copy: Path) -> None:
        before = (copy / name).read_text(encoding="utf-8")
        after = edit(before)
        assert after != before, f"{name}: nothing to change"
        (copy / name).write_text(after, encoding="utf-8", newline="")

    return change


def text(name: str, old: str, new: str) -> Change:
    """Return what puts a text in the place of another, once, found as a pattern."""
    return edited(name, lambda before: re.sub(old, new, before, count=1, flags=re.M))


def notebook(name: str, edit: Callable[[NotebookNode], object]) -> Change:

    def change(copy: Path) -> None:
        path = copy / "notebooks" / f"{name}.ipynb"
        book = notebookfile.read(path)
        edit(book)
        path.write_text(notebookfile.normalise(book), encoding="utf-8")

    return change


def rows(table: str, edit: Callable[[list[Cells]], list[Cells]], folder: str = "data/raw") -> Change:

    def change(copy: Path) -> None:
        path = copy / folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            before = list(csv.DictReader(file))
        after = edit([dict(row) for row in before])
        assert after != before, f"{table}: nothing to change"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, before[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(after)

    return change


def cells(table: str, where: Cells, /, folder: str = "data/raw", **new: str) -> Change:
    return rows(table, lambda found: [row | new if where.items() <= row.items() else row for row in found], folder)


def gone(table: str, /, **where: str) -> Change:
    return rows(table, lambda found: [row for row in found if not where.items() <= row.items()])


def added(table: str, like: Cells, **new: str) -> Change:
    """Return what adds a row like the first that has some cells, with others."""
    return rows(table, lambda found: [*found, next(row for row in found if like.items() <= row.items()) | new])


def both(*changes: Change) -> Change:
    return lambda copy: [change(copy) for change in changes]


def holding(name: str, content: bytes | str = "planted\n") -> Change:
    """Return what gives a file, which may be new, this content."""
    return lambda copy: (copy / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def removed(name: str) -> Change:
    return lambda copy: shutil.rmtree(copy / name) if (copy / name).is_dir() else (copy / name).unlink()


def nothing(copy: Path) -> None:
    pass


def copied(target: Path) -> Path:
    """Copy what is committed, with its last run, to a new folder and return it."""
    copies.checkout(target)
    for name in ("run", "cache", "judge"):
        shutil.copytree(ROOT / "build" / name, target / "build" / name)
    return target


def hashes(copy: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of a copy that may be read, but for build."""
    files = (p for p in copy.rglob("*") if p.is_file() and p.relative_to(copy).parts[0] != "build")
    kept = (p for p in files if "__pycache__" not in p.parts and os.access(p, os.R_OK))
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}


def started(
    copy: Path, line: Sequence[str], before: Sequence[str] = (), place: str = ".", **variables: str
) -> subprocess.Popen:
    """Start a command of the compendium, by other programs `before` it, in a process group of its own."""
    return subprocess.Popen(
        [*before, sys.executable, "-P", "-m", "compendium", *line],
        cwd=copy / place,
        env=os.environ | {"PYTHONPATH": str(copy / "engine/src"), "PYTHONUTF8": "1"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a background job of a shell
    )
