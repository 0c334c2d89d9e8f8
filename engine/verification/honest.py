"""Honest runs: nothing is wrong, so no test may fail, whatever the machine is set to.

All tests of `make test` run once under each of CONDITIONS, each time in a copy of its own, in a folder whose name has a
blank and Chinese characters, by the Python that started this. A run is honest if it ends with exit status 0 and leaves
no committed file changed. One condition is another user, so it wants to be root.
"""

import shlex
from argparse import Namespace

import pandas as pd
from verification import harness, hostile
from verification.changes import nothing
from verification.harness import Found

COLUMNS = ("run", "condition", "exit_status", "said", "changed_files")
SUITE = "pytest -q -n auto --dist loadfile --no-loadscope-reorder -m 'not slow and not release and not outside'"
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
}


def trial(item: str) -> list:
    """Run all tests under a condition, which the item names behind its number; return the line of the table."""
    number, _, name = item.partition(" ")
    make = hostile.owned() if name == "ordinary user" else nothing
    wanted = hostile.Condition(make, SUITE, " passed| failed", 0, before=tuple(shlex.split(CONDITIONS[name])))
    _, _, status, said, changed, _ = hostile.meet(name, wanted, "新 dir")
    return [number, name, status, said.strip(" =").split(" in ")[0], changed]


def measure(options: Namespace) -> Found:
    """Run all tests under all conditions, the first so many, or those that are named."""
    chosen = (options.names or [*CONDITIONS])[: options.take or None]
    items = [f"{n + 1} {name}" for n, name in enumerate(chosen)]
    found = harness.tried("honest-tests", items, trial, kept=not (options.take or options.names))
    table = pd.DataFrame(found.values(), columns=COLUMNS)
    bad = table[table["exit_status"].ne(0) | table["changed_files"].ne(0)]
    return Found({"honest-tests": table}, table, [f"{r.run} {r.condition}: {r.said}" for r in bad.itertuples()])
