"""A new compendium for another paper: the engine, the tables of the ledger, and a small worked example to replace."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from compendium import CompendiumError, paths
from compendium.data import datapackage
from compendium.data.standard import FORM
from compendium.run.contents import COMMON

TEMPLATE = paths.HOME / "compendium" / "template"
OWN = "package.json"  # what the data package of the example says otherwise than that of this study
SHARED = ("Makefile", "install.py", "conftest.py", "requirements.lock", "pyproject.toml", ".gitignore", "compendium")
OF_ONE_PAPER = {  # columns whose codes belong to the paper at hand
    "claims": ("section", "figure", "topic", "check_table"),
    "claim_items": ("count_group",),
    "source_origins": ("table",),
}
TESTPATHS = 'testpaths = ["tests", "notebooks"]'
UNFIT = ("test-all", "test-outside", "book", "crate")  # targets of make that need files of this study
STEPS = (("data", "refresh"), ("run",), ("accept",))


def create(target: Path) -> None:
    """Make a compendium in the folder `target`, run it and accept its outputs.

    Raises:
        CompendiumError: the folder is there and not empty, or a step failed; nothing is left behind.
    """
    if target.exists() and any(target.iterdir()):
        raise CompendiumError(f"{target} is not empty. Remedy: name a folder that does not exist yet")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fill(draft)
        os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def fill(target: Path) -> None:
    """Make a compendium in the new folder `target`, run it and accept its outputs."""
    copy(target)
    (target / "data" / "raw" / datapackage.PACKAGE).write_text(
        json.dumps(descriptor(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPENDIUM_")}
    environment |= {"PYTHONPATH": str(target)}
    for step in STEPS:
        line = [sys.executable, "-m", "compendium", *step]
        done = subprocess.run(line, cwd=target, env=environment, capture_output=True, text=True, encoding="utf-8")
        if done.returncode and step != ("run",):  # the first run differs from what is not there yet
            raise CompendiumError(f"compendium {' '.join(step)} in {target}: {done.stderr.strip()}")


def copy(target: Path) -> None:
    """Copy engine and template."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".ipynb_checkpoints")
    shutil.copytree(TEMPLATE, target, ignore=ignored, dirs_exist_ok=True)
    (target / "data").mkdir()
    (target / "raw").rename(target / "data" / "raw")
    (target / "data" / "raw" / OWN).unlink()
    for name in SHARED:
        source = paths.HOME / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copyfile(source, target / name)
    makefile = target / "Makefile"
    targets = makefile.read_text(encoding="utf-8")
    fit = re.sub(rf"^(?:{'|'.join(UNFIT)}): .*\n(?:\t.*\n)+\n", "", targets, flags=re.M)
    fit = fit.replace("test test-all test-outside:", "test:").replace(' -m "not slow"', "")
    makefile.write_text(fit, encoding="utf-8")
    project = target / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    described = re.sub(
        r"^description = .*$", 'description = "Re-runs a paper statement by statement"', text, flags=re.M
    )
    project.write_text(re.sub(r"^testpaths = .*$", TESTPATHS, described, flags=re.M), encoding="utf-8")


def descriptor() -> dict:
    """Return the data package of a new compendium: the tables of the ledger as here, and those of the example."""
    own = example()
    here = datapackage.descriptor()["resources"]
    kept = {table["name"]: table for table in here if table["name"] in COMMON - datapackage.DISPENSABLE}
    for name, table in kept.items():
        table |= own["texts"].get(name, {}) | {"licenses": own["package"]["licenses"]}
        for field in table["schema"]["fields"]:
            field |= own["texts"].get(f"{name}.{field['name']}", {})
            if field["name"] in OF_ONE_PAPER.get(name, ()):
                field.pop("labels", None)
                field["constraints"].pop("enum")
    common = {key: value for key, value in kept["claims"].items() if key in (*FORM, "licenses", "sources")}
    return {
        **own["package"],
        "created": f"{date.today().isoformat()}T00:00:00Z",
        "resources": [*kept.values(), *(common | resource(table) for table in own["tables"])],
    }


def example() -> dict:
    """Return what the data package of the example has of its own: head, texts of tables of the ledger, tables."""
    own: dict = json.loads((TEMPLATE / "raw" / OWN).read_text(encoding="utf-8"))
    return own


def resource(table: dict) -> dict:
    """Return a table of the example as a resource of the data package."""
    schema = {"fields": table.pop("fields"), "missingValues": [""], "primaryKey": table.pop("primaryKey")}
    link = {"fields": ["source_id"], "reference": {"resource": "sources", "fields": ["source_id"]}}
    return table | {"path": f"{table['name']}.csv", "schema": schema | {"foreignKeys": [link]}}
