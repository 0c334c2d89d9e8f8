"""Copies of what is committed, to be spoilt by tests."""

import shutil
import subprocess
from pathlib import Path

from compendium.base import paths

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


def edit(file: Path, old: str, new: str) -> None:
    """Put a text, once, in the place of another, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text, (file, old)
    file.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def git(folder: Path, *words: str) -> str:
    """Return what git says in a folder to somebody who may commit."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", "-C", folder, *who, *words], check=True, capture_output=True, text=True
    ).stdout.strip()
