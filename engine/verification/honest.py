"""Honest runs: nothing is wrong, so no test may fail, whatever the machine is set to.

All tests of `make test` are run RUNS times, each time in a copy of its own, in a folder whose name has a blank and
Chinese characters, under the CONDITIONS in turn, by the Python that started this. A run is honest if it ends with exit
status 0 and leaves no committed file changed. One condition is another user, so it wants to be root.
"""

import shlex
import shutil
import subprocess
import tempfile
from argparse import Namespace
from pathlib import Path

import pandas as pd
from verification import harness
from verification.harness import Found

RUNS = 40
COLUMNS = ("run", "condition", "exit_status", "said", "changed_files")
SUITE = shlex.split("pytest -q -n auto --dist loadfile --no-loadscope-reorder -m 'not slow and not release'")
CONDITIONS = {  # what stands before the tests
    "plain": "",
    "LANG=C": "env LANG=C LC_ALL=C",
    "background job": "env --ignore-signal=INT",
    "TZ=Asia/Shanghai": "env TZ=Asia/Shanghai",
    "six workers": "env PYTEST_XDIST_AUTO_NUM_WORKERS=6",
    "ordinary user": "setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/nowhere",
    "no network": "unshare --net --map-root-user sh -c 'ip link set lo up && exec \"$@\"' sh",
    "PYTHONHASHSEED=4242": "env PYTHONHASHSEED=4242",
    "OpenBLAS Prescott": "env OPENBLAS_CORETYPE=Prescott",
    "one CPU": "taskset -c 0",
    "TZ=Pacific/Kiritimati": "env TZ=Pacific/Kiritimati",
}


def trial(item: str) -> list:
    """Run all tests under a condition, which the item names behind its number; return the line of the table."""
    number, _, condition = item.partition(" ")
    with tempfile.TemporaryDirectory(prefix="honest-", ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        copy = harness.copied(Path(place) / "新 dir")
        if condition == "ordinary user":
            subprocess.run(["chown", "-hR", "nobody", place], check=True)
        process = harness.started(copy, SUITE, shlex.split(CONDITIONS[condition]), PYTHONSAFEPATH="1")
        status, lines = harness.ended(process, copy, 3600)
        told = ["status", "--porcelain"]
        changed = subprocess.run(["git", "-c", "safe.directory=*", *told], cwd=copy, capture_output=True).stdout
        if status or changed:
            shutil.copytree(copy, harness.TRIED / f"alarm {number}", symlinks=True, dirs_exist_ok=True)
    ends = [line.strip(" =") for line in lines if " passed" in line or " failed" in line]
    return [number, condition, status, (ends or ["no test ran"])[-1].split(" in ")[0], len(changed.splitlines())]


def measure(options: Namespace) -> Found:
    """Run all tests under all conditions again and again, or once under those that are named."""
    chosen = options.names or [*CONDITIONS]
    runs = len(chosen) if options.names else options.take or RUNS
    items = [f"{n + 1} {chosen[n % len(chosen)]}" for n in range(runs)]
    found = harness.tried("honest-tests", items, trial, kept=not (options.take or options.names))
    table = pd.DataFrame(found.values(), columns=COLUMNS)
    bad = table[table["exit_status"].ne(0) | table["changed_files"].ne(0)]
    wrong = [f"{line.run} {line.condition}: {line.said}; see build/rates/alarm {line.run}" for line in bad.itertuples()]
    return Found({"honest-tests": table}, table, wrong)
