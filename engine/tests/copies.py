"""Copies of what is committed, to be spoilt by tests."""

import shutil
from pathlib import Path

from compendium import paths

IGNORED = (".venv", "build", ".git", "__pycache__", ".*cache", "*.egg-info", ".hypothesis")


def checkout(target: Path) -> Path:
    """Copy all that is committed to the new folder `target` and return it."""
    return shutil.copytree(paths.HOME, target, ignore=shutil.ignore_patterns(*IGNORED))


def parts(target: Path, *names: str) -> Path:
    """Copy files and folders of what is committed to `target` and return it."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (paths.HOME / name).is_dir():
            shutil.copytree(paths.HOME / name, target / name, ignore=shutil.ignore_patterns(*IGNORED))
        else:
            shutil.copyfile(paths.HOME / name, target / name)
    return target
