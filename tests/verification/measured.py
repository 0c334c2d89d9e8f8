"""When, and on which version of the compendium, the rates of data/verification were measured: measured.csv there."""

import csv
import datetime
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "data" / "verification" / "measured.csv"
COLUMNS = ("measurement", "day", "version")


def record(measurement: str) -> None:
    """Note that a measurement was made today, on the version that compendium.toml states."""
    version = tomllib.loads((ROOT / "compendium.toml").read_text(encoding="utf-8"))["version"]
    with TABLE.open(encoding="utf-8", newline="") as file:
        known = {row[0]: row for row in list(csv.reader(file))[1:]}
    known[measurement] = [measurement, str(datetime.date.today()), version]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *(known[name] for name in sorted(known))])
