"""A new compendium for another paper: the engine, the tables of the ledger, and a small worked example to replace."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from compendium import CompendiumError, paths
from compendium.data import datapackage
from compendium.data.standard import FORM
from compendium.run.contents import COMMON

TEMPLATE = paths.HOME / "compendium" / "template"
SHARED = ("Makefile", "install.py", "conftest.py", "requirements.lock", "pyproject.toml", ".gitignore", "compendium")
OF_ONE_PAPER = {  # columns whose codes belong to the paper at hand
    "claims": ("section", "figure", "topic", "check_table"),
    "claim_items": ("count_group",),
    "source_origins": ("table",),
}
TITLES = {
    "name": "made-up-paper",
    "title": "Evidence on a made-up paper",
    "title_zh": "一篇编造论文的证据",
    "description": "Claims of a made-up paper, and the evidence they are judged by.",
    "description_zh": "一篇编造论文的论断，以及用来判定它们的证据。",
}
STEPS = (("data", "refresh"), ("data", "codebook"), ("run",), ("accept",))


def create(target: Path) -> None:
    """Make a compendium in the folder `target`, run it and accept its outputs.

    Raises:
        CompendiumError: the folder is there and not empty, or a step failed.
    """
    if target.exists() and any(target.iterdir()):
        raise CompendiumError(f"{target} is not empty. Remedy: name a folder that does not exist yet")
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
    (target / "data" / "raw" / "tables.json").unlink()
    for name in SHARED:
        source = paths.HOME / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copyfile(source, target / name)
    project = target / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    described = re.sub(
        r"^description = .*$", 'description = "Re-runs a paper statement by statement"', text, flags=re.M
    )
    project.write_text(described, encoding="utf-8")


def descriptor() -> dict:
    """Return the data package of a new compendium: the tables of the ledger as here, and those of the example."""
    here = datapackage.descriptor()
    kept = [resource for resource in here["resources"] if resource["name"] in COMMON]
    for resource in kept:
        for field in resource["schema"]["fields"]:
            if field["name"] in OF_ONE_PAPER.get(resource["name"], ()):
                field.pop("labels", None)
                field["constraints"].pop("enum")
    common = {key: value for key, value in kept[0].items() if key in (*FORM, "licenses", "sources")}
    return {
        **{key: value for key, value in here.items() if key != "resources"},
        **TITLES,
        "created": f"{date.today().isoformat()}T00:00:00Z",
        "resources": [*kept, *(common | table for table in example())],
    }


def example() -> Iterator[dict]:
    """Yield the resources of the example's own tables."""
    for table in json.loads((TEMPLATE / "raw" / "tables.json").read_text(encoding="utf-8")):
        schema = {"fields": table.pop("fields"), "missingValues": [""], "primaryKey": table.pop("primaryKey")}
        link = {"fields": ["source_id"], "reference": {"resource": "sources", "fields": ["source_id"]}}
        yield table | {"path": f"{table['name']}.csv", "schema": schema | {"foreignKeys": [link]}}
