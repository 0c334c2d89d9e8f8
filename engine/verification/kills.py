"""Commands killed at random moments: what is left?

`compendium accept`, `compendium data refresh` and `compendium run` are killed in a copy of the compendium with its last
run, after a random part of the time that they take. SIGINT goes to the whole process group, as Ctrl-C in a terminal
does; SIGTERM and SIGKILL to the main process alone. Accept finds spoilt figures and refresh spoilt descriptions, which
they put right. After each kill it counts the processes that still name the copy after ten seconds, and the files that
hold neither what they held before nor what the command gives; then it repeats the command and looks whether all is as
committed.
"""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path

import pandas as pd
import psutil
from verification.changes import copied, hashes, started
from verification.measured import Found, tried

SEED = 20220225
SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"]
COMMANDS = {"accept": ["accept"], "refresh": ["data", "refresh"], "run": ["run", "--force", "00", "09"]}
TIMES = {"accept": 9, "refresh": 9, "run": 18}
GRACE = 10
PACKAGE = "data/raw/datapackage.json"
COLUMNS = ["kill", "command", "signal", "after_s", "exit_status", "left_processes", "half_written", "repeated"]


class Killer:
    def __init__(self, folder: Path) -> None:
        self.copy, self.scratch = copied(folder / "compendium copy"), folder / "tmp"
        self.scratch.mkdir()
        self.lengths: dict[str, float] = {}  # seconds that each command takes

    def spoil(self, command: str) -> None:
        if command == "accept":
            for figure in self.copy.glob("figures/*/*.svg"):
                figure.write_bytes(figure.read_bytes() + b"<!-- -->\n")
        if command == "refresh":
            package, codebook = self.copy / PACKAGE, self.copy / "data/raw/codebook.md"
            package.write_text(re.sub(r"sha256:\w", "sha256:0", package.read_text("utf-8")), "utf-8", newline="\n")
            codebook.write_bytes(codebook.read_bytes() + b"spoilt\n")

    def started(self, line: list[str]) -> subprocess.Popen:
        return started(self.copy, line, PYTHONFAULTHANDLER="1", TMPDIR=str(self.scratch))

    def hashes(self) -> dict[str, str | bytes]:
        """Return the hashes of the files, and the description of the raw tables but for the day that refresh writes."""
        package = self.copy / PACKAGE
        return hashes(self.copy) | {str(package): re.sub(rb'"created": "[^"]*"', b"", package.read_bytes())}

    def left(self) -> list[psutil.Process]:
        """Return the processes whose command line, working folder or environment names the copy."""
        found = []
        for process in psutil.process_iter():
            try:
                named = [*process.cmdline(), process.cwd(), *process.environ().values()]
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if any(str(self.copy) in text for text in named) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    def outlived(self) -> int:
        """Return how many processes of the copy are still there when they had ten seconds to go, and end them."""
        deadline = time.monotonic() + GRACE
        while (processes := self.left()) and time.monotonic() < deadline:
            time.sleep(0.2)
        for process in processes:
            process.kill()
        return len(processes)

    def finished(self, command: str, committed: dict[str, str]) -> str:
        """Repeat a command to its end and return `as committed`, or what was wrong."""
        process = self.started(["run", "--force", "00"] if command == "run" else COMMANDS[command])
        said, _ = process.communicate()
        debris = [p.name for p in (*(self.copy / "build").glob(".compendium-run-*"), *self.scratch.iterdir())]
        same = self.hashes() == committed and (command != "run" or "\n0 differences" in said)
        if process.returncode or debris or not same:
            return f"status {process.returncode}, left {debris}: {said[-200:]}"
        return "as committed"

    def killed(self, line: list[str], how: str, after: float) -> tuple[float, int, str]:
        """Kill a command after so many seconds, or half of them if it was faster; return them, its status and words."""
        process = self.started(line)
        time.sleep(after)
        if process.poll() is not None:
            process.communicate()
            return self.killed(line, how, round(after / 2, 2))
        send = os.killpg if how == "SIGINT" else os.kill
        send(process.pid, signal.Signals[how])
        try:
            said, _ = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            said = self.hung(process)
        return after, process.returncode, said

    def hung(self, process: subprocess.Popen) -> str:
        """End a command that outlives its signal by a minute; return where it stands, and what else is there."""
        lines = [f"{other.pid} {other.status()} {' '.join(other.cmdline())}" for other in self.left()]
        os.kill(process.pid, signal.SIGABRT)  # Python says where each thread is
        time.sleep(1)
        for other in self.left():
            other.kill()
        said = "\n".join(["Traceback of a command that hung:", *lines, process.communicate()[0]])
        print(said, file=sys.stderr)
        return said

    def trial(self, item: str) -> list:
        """Kill a command once; the item names it and the signal. Return the line of the table but for its number."""
        _, command, how = item.split()
        committed = self.hashes()
        if command not in self.lengths:
            self.spoil(command)
            begun = time.monotonic()
            if (wrong := self.finished(command, committed)) != "as committed":
                raise RuntimeError(f"{command} does not give what is committed: {wrong}. Remedy: make")
            self.lengths[command] = time.monotonic() - begun
        self.spoil(command)
        before = self.hashes()
        after = round(random.Random(f"{SEED} {item}").uniform(0.2, 0.95 * self.lengths[command]), 2)
        after, status, said = self.killed(COMMANDS[command], how, after)
        remaining, now = self.outlived(), self.hashes()
        half = sum(now.get(p) not in (before.get(p), committed.get(p)) for p in {*now, *before})
        repeated = "traceback" if "Traceback" in said else self.finished(command, committed)
        return [command, how, after, status, remaining, half, repeated]


def measure(options: Namespace) -> Found:
    times = {command: options.take or times for command, times in TIMES.items()}
    chosen = [command for command in TIMES if command in (options.names or TIMES)]  # accept before what it looks at
    turns = [(command, turn) for command in chosen for turn in range(times[command])]
    items = [f"{turn} {command} {SIGNALS[turn % len(SIGNALS)]}" for command, turn in turns]
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        found = tried("kills", items, Killer(Path(folder)).trial, kept=not (options.take or options.names))
    table = pd.DataFrame([[n, *line] for n, line in enumerate(found.values(), 1)], columns=COLUMNS)
    bad = table[table["left_processes"].gt(0) | table["half_written"].gt(0) | table["repeated"].ne("as committed")]
    wrong = [f"{len(bad)} of {len(table)} kills left something, half-written or wrong"] if len(bad) else []
    return Found({"kills": table}, bad if len(bad) else table, wrong)
