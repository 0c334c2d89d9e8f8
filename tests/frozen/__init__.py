"""The raw tables as they were on 2026-12-07, for tests of the code: what is added to data/raw must not fail them."""

import json
import shutil
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from compendium.base import declaration, paths
from compendium.base.files import fingerprint
from compendium.compendium import Compendium
from compendium.data import datapackage, validity
from compendium.data.tables import RawTables

DAY = "2026-12-07T00:00:00Z"
_PLACE = tempfile.TemporaryDirectory(prefix="frozen-")


def texts(table: str) -> pd.DataFrame:
    """Return a frozen table, each cell as it is written."""
    return pd.read_csv(Path(__file__).with_name(f"{table}.csv"), dtype=str, keep_default_na=False, encoding="utf-8")


def folder(target: Path) -> Path:
    """Write the frozen tables, with what describes them in data/raw, to the new folder `target` and return it.

    What is declared of the compendium is put where that finds it, as `target` is its data/raw.
    """
    target.mkdir(parents=True)
    shutil.copy(paths.HOME / declaration.NAME, target.parents[1])
    for name, content in files().items():
        (target / name).write_bytes(content)
    return target


@cache
def compendium() -> Compendium:
    """Return the compendium of the frozen tables, read by many tests and written by none."""
    root = Path(_PLACE.name)
    folder(root / "data" / "raw")
    return Compendium(root, root)


@cache
def files() -> dict[str, bytes]:
    """Return the content of the folder of the frozen tables by name of the file."""
    with tempfile.TemporaryDirectory() as place:
        target = Path(place, "raw")
        shutil.copytree(paths.HOME / "data" / "raw", target, ignore=shutil.ignore_patterns("*.csv"))
        for table in Path(__file__).parent.glob("*.csv"):
            shutil.copy(table, target)
        package = datapackage.read(target)
        package["created"] = DAY
        package["resources"] = [r for r in package["resources"] if (target / r["path"]).is_file()]
        write(target, package)
        rehash(target)
        write(target, datapackage.read(target), indent=2)
        validity.write_codebook(RawTables(target, Compendium(paths.HOME, paths.HOME).languages))
        return {path.name: path.read_bytes() for path in target.iterdir()}


def clock(patch: pytest.MonkeyPatch, today: str) -> None:
    """Have the dates of raw tables checked as on the day `today`."""

    class Day(date):
        @classmethod
        def today(cls):
            return cls.fromisoformat(today)

    patch.setattr(validity, "date", Day)


def rehash(target: Path) -> None:
    """Record the present size and hash of every table, whatever it holds."""
    package = datapackage.read(target)
    for resource in package["resources"]:
        content = (target / resource["path"]).read_bytes()
        resource["bytes"], resource["hash"] = len(content), fingerprint(content)
    write(target, package)


def write(target: Path, package: dict, indent: int | None = None) -> None:
    """Write datapackage.json of the folder `target`; with an indent, which takes its time, as refresh does."""
    text = json.dumps(package, ensure_ascii=False, indent=indent) + "\n"
    (target / datapackage.PACKAGE).write_text(text, encoding="utf-8", newline="\n")
