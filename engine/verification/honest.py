"""Honest runs: nothing is wrong, so no test may fail, whatever the machine is set to.

    plant.py honest-tests --python /usr/bin/python3.11 --python /usr/bin/python3.13

Clones the last commit once for each Python into a folder whose name has a space and Chinese characters, and runs
`make test` there again and again, from nothing, each time under another of CONDITIONS: one suite alone (ALONE runs),
and now and then two at once, each in its own clone (PAIRS runs). A run is honest if it ends with exit status 0 and
leaves no committed file changed. Its lines go to the log at once; called again, the script goes on after the last run
that is logged for this version. After a run that was not honest, of which PLACE keeps what was said, counting begins
anew. One condition is another user, so it wants to be root.
"""

import datetime
import os
import shlex
import shutil
import subprocess
import tempfile
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from verification.measured import ROOT, TABLES, Found, rates, version, write

NAME = "honest-tests"
PLACE = Path(tempfile.gettempdir()) / "honest"
ALONE, PAIRS = 30, 10
COLUMNS = ("run", "day", "version", "commit", "python", "condition", "at_once", "exit_status", "said", "changed_files")
NOBODY = f"setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME={PLACE}/home"
OFFLINE = "unshare --net --map-root-user sh -c 'ip link set lo up && exec \"$@\"' sh"
CONDITIONS = {  # what stands before `make test`
    "plain": "",
    "LANG=C": "env LANG=C LC_ALL=C",
    "background job": "env --ignore-signal=INT",
    "LANG=zh_CN.GB18030": f"env LOCPATH={PLACE} LANG=zh_CN.GB18030 LC_ALL=zh_CN.GB18030",
    "TZ=Asia/Shanghai": "env TZ=Asia/Shanghai",
    "six workers": "env PYTEST_XDIST_AUTO_NUM_WORKERS=6",
    "ordinary user": NOBODY,
    "no network": OFFLINE,
    "LANG=C.UTF-8": "env LANG=C.UTF-8 LC_ALL=C.UTF-8",
    "PYTHONHASHSEED=0": "env PYTHONHASHSEED=0",
    "OpenBLAS Prescott": "env OPENBLAS_CORETYPE=Prescott",
    "one CPU": "taskset -c 0",
    "TZ=Pacific/Kiritimati": "env TZ=Pacific/Kiritimati",
    "LANG=zh_CN.UTF-8": f"env LOCPATH={PLACE} LANG=zh_CN.UTF-8 LC_ALL=zh_CN.UTF-8",
    "other working directory": "",
    "PYTHONHASHSEED=4242": "env PYTHONHASHSEED=4242",
    "OpenBLAS Haswell": "env OPENBLAS_CORETYPE=Haswell",
}


def text(*line: object, folder: Path = ROOT) -> str:
    """Return what a command prints, without the blanks around it; it must succeed."""
    return subprocess.run(
        [*map(str, line)], cwd=folder, text=True, encoding="utf-8", check=True, stdout=subprocess.PIPE
    ).stdout.strip()


def installed(python: str) -> Path:
    """Return the checkout for `python` below PLACE, made where it is missing, at the last commit and installed."""
    checkout = PLACE / text(python, "-c", "import platform; print(platform.python_version())") / "新 dir" / "c"
    if not checkout.is_dir():
        text("git", "clone", "-q", "--no-hardlinks", ROOT, checkout)
    text("chown", "-hR", os.getuid(), checkout)
    text("git", "fetch", "-q", ROOT, "HEAD", folder=checkout)
    text("git", "checkout", "-qf", "FETCH_HEAD", folder=checkout)
    text("make", "-s", f"PYTHON={python}", ".venv/.ready", folder=checkout)
    return checkout


def at_once(condition: str, checkouts: Iterable[Path]) -> list[dict[str, object]]:
    """Run all tests in each of these checkouts at the same time; return what was seen in each."""
    running = []
    for checkout in checkouts:
        shutil.rmtree(checkout / "build", ignore_errors=True)
        text("chown", "-hR", "nobody" if condition == "ordinary user" else os.getuid(), checkout)
        line = [*shlex.split(CONDITIONS[condition]), "make", "-s", "-C", str(checkout), "test"]
        folder = PLACE if condition == "other working directory" else checkout
        said = (PLACE / f"said {checkout.parents[1].name}.txt").open("w+", encoding="utf-8", errors="replace")
        running.append((checkout, said, subprocess.Popen(line, cwd=folder, stdout=said, stderr=subprocess.STDOUT)))
    return [seen(process.wait(), said, checkout) for checkout, said, process in running]


def seen(status: int, said, checkout: Path) -> dict[str, object]:
    """Return what was seen in a checkout; keep what an alarm said."""
    said.seek(0)
    ends = [line.strip(" =\n") for line in said if " passed" in line or " failed" in line]
    text("chown", "-hR", os.getuid(), checkout)
    changed = text("git", "status", "--porcelain", folder=checkout)
    if status or changed:
        shutil.copy(said.name, PLACE / f"alarm {datetime.datetime.now():%d %H.%M.%S}.txt")
    return {
        "python": checkout.parents[1].name,
        "exit_status": status,
        "said": (ends or ["no test ran"])[-1].split(" in ")[0],
        "changed_files": len(changed.splitlines()),
    }


def honest(log: list[dict]) -> list[dict]:
    """Return the lines of a log after the last that raised an alarm."""
    bad = [n for n, line in enumerate(log, 1) if int(line["exit_status"]) or int(line["changed_files"])]
    return log[max(bad, default=0) :]


def made(log: list[dict], suites: int) -> int:
    return len({line["run"] for line in log if int(line["at_once"]) == suites})


def measure(options: Namespace) -> Found:
    checkouts = [installed(python) for python in options.python]
    if not checkouts:
        raise RuntimeError("no interpreter. Remedy: --python FILE, twice or more")
    (PLACE / "home").mkdir(exist_ok=True)
    shutil.chown(PLACE / "home", "nobody")
    for coding in ("UTF-8", "GB18030"):
        text("localedef", "-i", "zh_CN", "-f", coding, PLACE / f"zh_CN.{coding}")
    commit = text("git", "rev-parse", "--short", "HEAD", folder=checkouts[0])
    before = pd.read_csv(TABLES / f"{NAME}.csv", dtype=str, keep_default_na=False).to_dict("records")
    log = [line for line in before if line["version"] == version()]
    while left := [suites for suites, asked in ((1, ALONE), (2, PAIRS)) if made(honest(log), suites) < asked]:
        run = int(log[-1]["run"]) + 1 if log else 1
        suites = left[-1] if run % 4 == 0 else left[0]
        turn, place = divmod(made(log, suites), len(CONDITIONS))
        condition = list(CONDITIONS)[place]
        chosen = [checkouts[(turn + place + n) % len(checkouts)] for n in range(suites)]
        about = {"run": run, "day": datetime.date.today(), "version": version(), "commit": commit}
        for line in at_once(condition, chosen):
            log.append(about | {"condition": condition, "at_once": suites} | line)
            print(*(log[-1][column] for column in COLUMNS), sep="  ", flush=True)
        write(NAME, pd.DataFrame(log, columns=COLUMNS))
        write("rates", rates())
    table = pd.DataFrame(log, columns=COLUMNS)
    return Found({NAME: table}, table.tail(1))
