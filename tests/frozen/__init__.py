"""The raw tables as they were on 2026-11-25, for tests of the code: what is added to data/raw must not fail them."""

import json
import shutil
from pathlib import Path

from compendium import paths, tables


def folder(target: Path) -> Path:
    """Write the frozen tables, with what describes them in data/raw, to the new folder `target` and return it."""
    shutil.copytree(paths.RAW, target, ignore=shutil.ignore_patterns("*.csv"))
    for table in Path(__file__).parent.glob("*.csv"):
        shutil.copy(table, target)
    package = tables.package(target)
    package["resources"] = [r for r in package["resources"] if (target / r["path"]).is_file()]
    write(target, package)
    rehash(target)
    return target


def rehash(target: Path) -> None:
    """Record the present size and hash of every table, whatever it holds."""
    package = tables.package(target)
    for resource in package["resources"]:
        content = (target / resource["path"]).read_bytes()
        resource["bytes"], resource["hash"] = len(content), tables.fingerprint(content)
    write(target, package)


def write(target: Path, package: dict) -> None:
    """Write datapackage.json of the folder `target`."""
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (target / tables.PACKAGE).write_text(text, encoding="utf-8", newline="\n")
