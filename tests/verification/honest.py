"""Honest runs: nothing is wrong, so nothing may be reported, whatever the machine is set to.

    python tests/verification/honest.py runs 24 --python python3.11 --python python3.13
    python tests/verification/honest.py tests 20 --python python3.13

Clones the last commit into a new folder whose name has a space and Chinese characters, installs it there with each
Python, and runs `compendium run` or all tests again and again, each time under other conditions (CONDITIONS). A run
raises no alarm if it ends with exit status 0, reports no difference and leaves no committed file changed; the files
that a run makes must have the same bytes every time. Each line goes to the log in data/verification at once; a log with
fewer lines than asked for is gone on with, a full one is begun anew.
"""

import argparse
import csv
import hashlib
import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONDITIONS = {
    "ordinary user": {},
    "no network": {},
    "plain": {},
    "LANG=C": {"LANG": "C", "LC_ALL": "C"},
    "LANG=zh_CN.UTF-8": {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"},
    "PYTHONHASHSEED=0": {"PYTHONHASHSEED": "0"},
    "PYTHONHASHSEED=4242": {"PYTHONHASHSEED": "4242"},
    "TZ=Asia/Shanghai": {"TZ": "Asia/Shanghai"},
    "TZ=Pacific/Kiritimati": {"TZ": "Pacific/Kiritimati"},
    "OpenBLAS Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "OpenBLAS Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "other working directory": {},
}


def version(python: str) -> str:
    """Return the version of an interpreter."""
    line = [python, "-c", "import platform; print(platform.python_version())"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


def installed(place: Path, python: str) -> Path:
    """Clone the last commit into `place` and install it with `python`; return the checkout."""
    checkout = place / version(python) / "新 dir" / "c"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(checkout)], check=True)
    for path in (place, *checkout.relative_to(place).parents):
        (place / path).chmod(0o755)
    subprocess.run(["make", "-s", f"PYTHON={python}", ".venv/.ready"], cwd=checkout, check=True)
    return checkout


def command(what: str, condition: str, checkout: Path) -> list[str]:
    """Return what is executed: the run or the tests, without a network or as another user where that is asked for."""
    words = "compendium run --force" if what == "runs" else "pytest -q -n auto --dist loadfile"
    line = [".venv/bin/python", "-m", *words.split()]
    if condition == "other working directory":
        line = [str(checkout / line[0]), *line[1:], *([str(checkout)] if what == "tests" else [])]
    if condition == "no network":
        line = ["unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *line]
    if condition == "ordinary user":
        line = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *line]
    return line


def readable(checkout: Path) -> bool:
    """Tell whether an ordinary user may start the Python of a checkout, which may lie in a private folder."""
    line = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh", "-c", 'exec "$0" -V']
    return subprocess.run([*line, str(checkout / ".venv/bin/python")], capture_output=True).returncode == 0


def bytes_made(checkout: Path) -> str:
    """Return one hash of all processed tables, figures and notebooks that the last run made."""
    digest = hashlib.sha256()
    for pattern in ("data/processed/*.csv", "figures/*/*", "notebooks/*.ipynb"):
        for path in sorted((checkout / "build" / "run").glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def once(what: str, condition: str, checkout: Path) -> dict[str, object]:
    """Run once under a condition and return what was seen."""
    environment = os.environ | CONDITIONS[condition] | {"PYTHONUTF8": "1"}
    owner = pwd.getpwnam("nobody").pw_uid if condition == "ordinary user" else os.getuid()
    if os.getuid() == 0:
        for path in (checkout, *checkout.rglob("*")):
            os.chown(path, owner, -1, follow_symlinks=False)
    if condition == "ordinary user":
        environment["HOME"] = str(checkout / "build")
    folder = checkout if condition != "other working directory" else Path(tempfile.gettempdir())
    outcome = subprocess.run(
        command(what, condition, checkout),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    git = ["git", "-c", "safe.directory=*", "status", "--porcelain"]
    changed = subprocess.run(git, cwd=checkout, capture_output=True, text=True, check=True).stdout
    said = [line for line in outcome.stdout.splitlines() + outcome.stderr.splitlines() if line.strip()]
    telling = [line for line in said if "differences from" in line or " passed" in line or " failed" in line]
    return {
        "exit_status": outcome.returncode,
        "said": (telling or said or [""])[-1].split(" in ")[0].split(". Where")[0],
        "changed_files": len(changed.splitlines()),
        "bytes_made": bytes_made(checkout) if what == "runs" else "",
    }


def series(what: str, turns: range, checkouts: dict[str, Path]) -> Iterator[dict[str, object]]:
    """Yield what was seen in each run, Pythons and conditions taking turns."""
    pairs = list(itertools.product(CONDITIONS, checkouts))
    for turn in turns:
        condition, python = pairs[(turn - 1) % len(pairs)]
        if condition == "ordinary user" and not readable(checkouts[python]):
            condition = "plain"
        seen = once(what, condition, checkouts[python])
        yield {"run": turn, "python": python, "condition": condition, **seen}


def main() -> None:
    """Run, show each line, write the log, fail if one run was not honest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("runs", "tests"))
    parser.add_argument("number", type=int)
    parser.add_argument("--python", action="append", required=True, help="interpreter; may be repeated")
    options = parser.parse_args()
    log = ROOT / "data" / "verification" / f"honest-{options.what}.csv"
    seen = rows(log) if len(rows(log)) < options.number else []
    place = Path(tempfile.mkdtemp(prefix="honest-"))
    try:
        checkouts = {version(python): installed(place, python) for python in options.python}
        for line in series(options.what, range(len(seen) + 1, options.number + 1), checkouts):
            print(*line.values(), sep="  ", flush=True)
            seen.append(line)
            with log.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, line, lineterminator="\n")
                writer.writeheader()
                writer.writerows(seen)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    bad = [line["run"] for line in seen if int(line["exit_status"]) or int(line["changed_files"])]
    if bad or len({line["bytes_made"] for line in seen}) > 1:
        sys.exit(f"honest runs: {len(bad)} of {len(seen)} raised an alarm ({bad}) or the bytes differ")


def rows(log: Path) -> list[dict[str, object]]:
    """Return the lines of a log, none if there is none."""
    if not log.is_file():
        return []
    with log.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
