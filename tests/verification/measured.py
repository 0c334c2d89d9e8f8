"""When, and on which version and commit, the rates of data/verification were measured: measured.csv there."""

import csv
import datetime
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "data" / "verification" / "measured.csv"
COLUMNS = ("measurement", "day", "version", "commit")


def git(*arguments: str) -> str:
    """Return what git says of this tree, nothing outside git."""
    said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def commit() -> str:
    """Return the short hash of the last commit, with a + where a file is not as committed; nothing outside git.

    The tables of data/verification are written by measuring and do not count.
    """
    changed = git("status", "--porcelain", "--", ".", ":!data/verification")
    return git("rev-parse", "--short=8", "HEAD") + ("+" if changed else "")


def record(measurement: str) -> None:
    """Note that a measurement was made today, on the version that compendium.toml states and the commit that lies here.

    A measurement made before commits were noted has none.
    """
    version = tomllib.loads((ROOT / "compendium.toml").read_text(encoding="utf-8"))["version"]
    with TABLE.open(encoding="utf-8", newline="") as file:
        known = {row["measurement"]: row for row in csv.DictReader(file)}
    made = measurement, str(datetime.date.today()), version, commit()
    known[measurement] = dict(zip(COLUMNS, made, strict=True))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(known[name] for name in sorted(known))
