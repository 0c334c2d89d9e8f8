"""Commands killed at random moments: what is left?

`compendium accept`, `compendium data refresh` and `compendium run` are killed in a copy, after a random part of the
time that they take. SIGINT goes to the whole process group, as Ctrl-C in a terminal does; SIGTERM and SIGKILL to the
main process alone. Accept finds spoilt figures and refresh spoilt descriptions, which they put right. After each kill
it counts the processes that still name the copy after ten seconds, and the files that hold neither what they held
before nor what the command gives; then it repeats the command and looks whether all is as committed.
"""

import os
import random
import re
import signal
import time
from argparse import Namespace
from pathlib import Path

import pandas as pd
import psutil
from verification import harness
from verification.harness import Found

SEED = 20220225
SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"]
COMMANDS = {"accept": ["accept"], "refresh": ["data", "refresh"], "run": ["run", "--force", "00", "09"]}
REPEATED = COMMANDS | {"run": ["run", "--force", "00"]}
TIMES = {"accept": 9, "refresh": 9, "run": 6}
PACKAGE = "data/raw/datapackage.json"
COLUMNS = ["kill", "command", "signal", "after_s", "exit_status", "left_processes", "half_written", "repeated"]


def spoil(copy: Path, command: str) -> None:
    if command == "accept":
        for figure in copy.glob("figures/*/*.svg"):
            figure.write_bytes(figure.read_bytes() + b"<!-- -->\n")
    if command == "refresh":
        package, codebook = copy / PACKAGE, copy / "data/raw/codebook.md"
        package.write_text(re.sub(r"sha256:\w", "sha256:0", package.read_text("utf-8")), "utf-8", newline="\n")
        codebook.write_bytes(codebook.read_bytes() + b"spoilt\n")


def content(copy: Path) -> dict[str, str | bytes]:
    """Return the hashes of the files, and the description of the raw tables but for the day that refresh writes."""
    package = copy / PACKAGE
    return harness.hashes(copy) | {str(package): re.sub(rb'"created": "[^"]*"', b"", package.read_bytes())}


def outlived(copy: Path) -> int:
    """Return how many processes that name the copy are still there when they had ten seconds to go, and end them."""
    deadline = time.monotonic() + 10
    while (left := [process for process in psutil.process_iter() if of(process, copy)]) and time.monotonic() < deadline:
        time.sleep(0.2)
    for process in left:
        process.kill()
    return len(left)


def of(process: psutil.Process, copy: Path) -> bool:
    """Tell whether the command line, working folder or environment of a process names a copy."""
    try:
        named = [*process.cmdline(), process.cwd(), *process.environ().values()]
        return any(str(copy) in text for text in named) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def finished(copy: Path, command: str, committed: dict) -> str:
    """Repeat a command to its end and return `as committed`, or what was wrong."""
    status, lines = harness.ended(harness.started(copy, REPEATED[command]), copy)
    debris = [p.name for p in (*(copy / "build").glob(".compendium-run-*"), *(copy.parent / "tmp").iterdir())]
    agrees = command != "run" or any(line.startswith("0 differences") for line in lines)
    if status or debris or not agrees or content(copy) != committed:
        return f"status {status}, left {debris}: {lines[-1:]}"
    return "as committed"


def trial(item: str) -> list[list]:
    """Kill a command again and again, each time by another signal; the item names it and how often."""
    command, times = item.split()
    chance, found = random.Random(f"{SEED} {command}"), []
    with harness.copy() as copy:
        committed = content(copy)
        spoil(copy, command)
        begun = time.monotonic()
        if (wrong := finished(copy, command, committed)) != "as committed":
            raise RuntimeError(f"{command} does not give what is committed: {wrong}. Remedy: make")
        longest = 0.95 * (time.monotonic() - begun)
        for turn in range(int(times)):
            how, after, process = SIGNALS[turn % len(SIGNALS)], chance.uniform(0.4, 2 * longest), None
            while process is None or process.poll() is not None:  # the command was faster
                after = round(after / 2, 2)
                spoil(copy, command)
                before = content(copy)
                process = harness.started(copy, COMMANDS[command])
                time.sleep(after)
            (os.killpg if how == "SIGINT" else os.kill)(process.pid, signal.Signals[how])
            status, lines = harness.ended(process, copy, 60)
            left, now = outlived(copy), content(copy)
            half = sum(now.get(p) not in (before.get(p), committed.get(p)) for p in {*now, *before})
            broken = any("Traceback" in line for line in lines)
            repeated = "traceback" if broken else finished(copy, command, committed)
            found.append([command, how, after, status, left, half, repeated])
    return found


def measure(options: Namespace) -> Found:
    chosen = [command for command in TIMES if command in (options.names or TIMES)]
    items = [f"{command} {options.take or TIMES[command]}" for command in chosen]
    found = harness.tried("kills", items, trial, options.jobs, not (options.take or options.names))
    lines = [line for part in found.values() for line in part]
    table = pd.DataFrame([[n, *line] for n, line in enumerate(lines, 1)], columns=COLUMNS)
    bad = table[table["left_processes"].gt(0) | table["half_written"].gt(0) | table["repeated"].ne("as committed")]
    wrong = [f"{len(bad)} of {len(table)} kills left something, half-written or wrong"] if len(bad) else []
    return Found({"kills": table}, bad if len(bad) else table, wrong)
