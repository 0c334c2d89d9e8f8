"""Kill `compendium run` fifty times at random moments and see what is left: python tests/verification/kills.py.

It works on a copy of the compendium in the temporary folder and writes data/verification/kills.csv. SIGINT goes to the
whole process group, as Ctrl-C in a terminal does; SIGTERM and SIGKILL to the main process alone. After each kill it
counts the processes that still name the copy after ten seconds and the files that changed, and runs again.
"""

import csv
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
SEED = 20220225
SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"]
SHORT = ("00", "09")
NEXT = ("00",)
PLAN = [(SHORT, 40), ((), 10)]
GRACE = 10
IGNORED = (".venv", "build", ".git", "__pycache__", ".*cache", "*.egg-info", ".hypothesis")


def copied(folder: Path) -> Path:
    """Copy what is committed into a folder below `folder` and return it."""
    return Path(shutil.copytree(ROOT, folder / "compendium copy", ignore=shutil.ignore_patterns(*IGNORED)))


def hashes(copy: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of the copy outside build."""
    files = (p for p in copy.rglob("*") if p.is_file() and p.relative_to(copy).parts[0] != "build")
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if "__pycache__" not in p.parts}


def started(copy: Path, names: tuple[str, ...]) -> subprocess.Popen:
    """Start a run of the copy in a process group of its own, with a temporary folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "compendium", "run", "--force", *names],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "TMPDIR": str(copy.parent / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a background job of a shell
    )


def left(copy: Path) -> list[psutil.Process]:
    """Return the processes whose command line, working folder or environment names the copy."""
    found = []
    for process in psutil.process_iter():
        try:
            named = [*process.cmdline(), process.cwd(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(str(copy) in text for text in named) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def outlived(copy: Path) -> int:
    """Return how many processes of the copy are still there when they had ten seconds to go, and end them."""
    deadline = time.monotonic() + GRACE
    while (processes := left(copy)) and time.monotonic() < deadline:
        time.sleep(0.2)
    for process in processes:
        process.kill()
    return len(processes)


def finished(copy: Path, names: tuple[str, ...]) -> str:
    """Run to the end and return what it came to: the number of differences, or what was wrong."""
    process = started(copy, names)
    said, _ = process.communicate()
    debris = [p.name for p in (*(copy / "build").glob(".compendium-run-*"), *(copy.parent / "tmp").iterdir())]
    if process.returncode or debris:
        return f"status {process.returncode}, left {debris}: {said[-200:]}"
    return " ".join(said.split(" differences from")[0].split()[-1:]) + " differences"


def killed(copy: Path, names: tuple[str, ...], how: str, after: float) -> tuple[float, int, str]:
    """Start a run and kill it after so many seconds, or after half of them if it was faster than that.

    Returns:
        The seconds, its exit status and what it said.
    """
    process = started(copy, names)
    time.sleep(after)
    if process.poll() is not None:
        process.communicate()
        return killed(copy, names, how, round(after / 2, 2))
    send = os.killpg if how == "SIGINT" else os.kill
    send(process.pid, signal.Signals[how])
    said, _ = process.communicate(timeout=60)
    return after, process.returncode, said


def main() -> None:
    """Do all the kills of the plan, write the table, and fail if anything was left, changed or wrong."""
    chance, rows, tracebacks = random.Random(SEED), [], 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        (copy.parent / "tmp").mkdir()
        before = hashes(copy)
        for names, times in PLAN:
            start = time.monotonic()
            assert finished(copy, names) == "0 differences"
            length = time.monotonic() - start
            for number in range(times):
                how = SIGNALS[number % len(SIGNALS)]
                planned = round(chance.uniform(0.2, 0.95 * length), 2)
                after, status, said = killed(copy, names, how, planned)
                tracebacks += "Traceback" in said
                remaining, now = outlived(copy), hashes(copy)
                changed = len({*before.items()} ^ {*now.items()})
                rows.append((len(rows) + 1, how, after, status, remaining, changed, finished(copy, NEXT)))
                print(*rows[-1], *said.splitlines()[-1:], sep="\t", flush=True)
        last = finished(copy, ())
        rows.append(("whole run", "", "", 0, outlived(copy), len({*before.items()} ^ {*hashes(copy).items()}), last))
    with open(ROOT / "data" / "verification" / "kills.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("kill", "signal", "after_s", "exit_status", "left_processes", "changed_files", "next_run"))
        table.writerows(rows)
    bad = [row for row in rows if row[4:] != (0, 0, "0 differences")]
    print(f"{len(rows) - 1} kills, {len(bad)} with something left, changed or wrong, {tracebacks} with a traceback")
    sys.exit(bool(bad or tracebacks))


if __name__ == "__main__":
    main()
