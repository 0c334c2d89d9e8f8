"""Kill commands at random moments and see what is left: python tests/verification/kills.py [--take 1]

`compendium accept`, `compendium data refresh` and `compendium run` are killed in a copy of the compendium with its last
run, after a random part of the time that they take. SIGINT goes to the whole process group, as Ctrl-C in a terminal
does; SIGTERM and SIGKILL to the main process alone. Accept finds spoilt figures and refresh spoilt descriptions, which
they put right. After each kill it counts the processes that still name the copy after ten seconds, and the files that
hold neither what they held before nor what the command gives; then it repeats the command and looks whether all is as
committed. Writes data/verification/kills.csv.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import copies
from verification.measured import ROOT, record, tried, write

SEED = 20220225
SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"]
COMMANDS = {"accept": ["accept"], "refresh": ["data", "refresh"], "run": ["run", "--force", "00", "09"]}
TIMES = {"accept": 9, "refresh": 9, "run": 18}
GRACE = 10
COLUMNS = ["kill", "command", "signal", "after_s", "exit_status", "left_processes", "half_written", "repeated"]
COPY = Path()  # of this run
LENGTHS: dict[str, float] = {}  # seconds that each command takes


def copied(folder: Path) -> Path:
    """Copy what is committed, with the last run, into a folder below `folder` and return it."""
    copy = copies.checkout(folder / "compendium copy")
    for name in ("run", "cache", "judge"):
        if (ROOT / "build" / name).is_dir():
            shutil.copytree(ROOT / "build" / name, copy / "build" / name)
    (folder / "tmp").mkdir()
    return copy


def spoil(command: str) -> None:
    """Give a command something to put right."""
    if command == "accept":
        for figure in COPY.glob("figures/*/*.svg"):
            figure.write_bytes(figure.read_bytes() + b"<!-- -->\n")
    if command == "refresh":
        package, codebook = COPY / "data/raw/datapackage.json", COPY / "data/raw/codebook.md"
        package.write_text(re.sub(r"sha256:\w", "sha256:0", package.read_text("utf-8")), "utf-8", newline="\n")
        codebook.write_bytes(codebook.read_bytes() + b"spoilt\n")


def hashes() -> dict[str, str]:
    """Return the SHA-256 of every file of the copy outside build."""
    files = (p for p in COPY.rglob("*") if p.is_file() and p.relative_to(COPY).parts[0] != "build")
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if "__pycache__" not in p.parts}


def started(line: list[str]) -> subprocess.Popen:
    """Start a command in the copy in a process group of its own, with a temporary folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "compendium", *line],
        cwd=COPY,
        env=os.environ
        | {"PYTHONPATH": str(COPY), "PYTHONUTF8": "1", "PYTHONFAULTHANDLER": "1", "TMPDIR": str(COPY.parent / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a background job of a shell
    )


def left() -> list[psutil.Process]:
    """Return the processes whose command line, working folder or environment names the copy."""
    found = []
    for process in psutil.process_iter():
        try:
            named = [*process.cmdline(), process.cwd(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(str(COPY) in text for text in named) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def outlived() -> int:
    """Return how many processes of the copy are still there when they had ten seconds to go, and end them."""
    deadline = time.monotonic() + GRACE
    while (processes := left()) and time.monotonic() < deadline:
        time.sleep(0.2)
    for process in processes:
        process.kill()
    return len(processes)


def finished(command: str, committed: dict[str, str]) -> str:
    """Repeat a command to its end and return `as committed`, or what was wrong."""
    process = started(["run", "--force", "00"] if command == "run" else COMMANDS[command])
    said, _ = process.communicate()
    debris = [p.name for p in (*(COPY / "build").glob(".compendium-run-*"), *(COPY.parent / "tmp").iterdir())]
    same = hashes() == committed and (command != "run" or "\n0 differences" in said)
    if process.returncode or debris or not same:
        return f"status {process.returncode}, left {debris}: {said[-200:]}"
    return "as committed"


def killed(line: list[str], how: str, after: float) -> tuple[float, int, str]:
    """Start a command and kill it after so many seconds, or after half of them if it was faster than that.

    Returns:
        The seconds, its exit status and what it said.
    """
    process = started(line)
    time.sleep(after)
    if process.poll() is not None:
        process.communicate()
        return killed(line, how, round(after / 2, 2))
    send = os.killpg if how == "SIGINT" else os.kill
    send(process.pid, signal.Signals[how])
    try:
        said, _ = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        said = hung(process)
    return after, process.returncode, said


def hung(process: subprocess.Popen) -> str:
    """End a command that outlives its signal by a minute; tell and return where it stands and what else is there."""
    lines = [f"{other.pid} {other.status()} {' '.join(other.cmdline())}" for other in left()]
    os.kill(process.pid, signal.SIGABRT)  # Python says where each thread is
    time.sleep(1)
    for other in left():
        other.kill()
    said = "\n".join(["Traceback of a command that hung:", *lines, process.communicate()[0]])
    print(said, file=sys.stderr)
    return said


def trial(item: str) -> list:
    """Kill a command once; the item names it and the signal. Return the line of the table but for its number."""
    _, command, how = item.split()
    committed = hashes()
    if command not in LENGTHS:
        spoil(command)
        begun = time.monotonic()
        if (wrong := finished(command, committed)) != "as committed":
            raise SystemExit(f"kills: {command} does not give what is committed: {wrong}. Remedy: make")
        LENGTHS[command] = time.monotonic() - begun
    spoil(command)
    before = hashes()
    after = round(random.Random(f"{SEED} {item}").uniform(0.2, 0.95 * LENGTHS[command]), 2)
    after, status, said = killed(COMMANDS[command], how, after)
    remaining, now = outlived(), hashes()
    half = sum(now.get(p) not in (before.get(p), committed.get(p)) for p in {*now, *before})
    repeated = "traceback" if "Traceback" in said else finished(command, committed)
    return [command, how, after, status, remaining, half, repeated]


def main() -> None:
    """Do all the kills, write the table, and fail if anything was left, half-written or wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--take", type=int, default=0, help="so many kills of each command; nothing is written")
    take = parser.parse_args().take
    turns = [(command, turn) for command, times in TIMES.items() for turn in range(take or times)]
    items = [f"{turn} {command} {SIGNALS[turn % len(SIGNALS)]}" for command, turn in turns]
    global COPY
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        COPY = copied(Path(folder))
        found = tried("kills", items, trial)
    table = pd.DataFrame([[n, *line] for n, line in enumerate(found.values(), 1)], columns=COLUMNS)
    if not take:
        write("kills", table)
        record("kills")
    bad = table[table["left_processes"].gt(0) | table["half_written"].gt(0) | table["repeated"].ne("as committed")]
    print(table.to_string(index=False) if take else bad.to_string(index=False))
    print(f"{len(table)} kills, {len(bad)} with something left, half-written or wrong")
    sys.exit(not bad.empty)


if __name__ == "__main__":
    main()
