"""Whether anything changed since the last run: told by content, and without importing anything heavy."""

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from compendium import paths

FILE = "last.json"
CONTENT = ("study", "notebooks", "data", "figures", "requirements.lock", "compendium.toml")


def stamp(root: Path, request: Sequence[str]) -> str:
    """Return a hash of all that a run below `root` depends on, of what it made and of what it is compared with.

    Args:
        root: folder of the outputs.
        request: what was asked for: notebooks and choices.
    """
    digest = hashlib.sha256()
    installed = sorted(p for p in os.listdir(sysconfig.get_path("purelib")) if p.endswith(".dist-info"))
    digest.update(json.dumps([sys.version, installed, list(request)]).encode())
    for path in files([paths.HOME / "compendium", *(paths.project().root / name for name in CONTENT), root]):
        content = path.read_bytes()
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def files(places: Sequence[Path]) -> Iterator[Path]:
    """Yield the files at or below `places` in a fixed order, without caches, hidden files and the note kept here."""
    for place in places:
        if place.is_file():
            yield place
        for folder, inner, names in os.walk(place):
            inner[:] = sorted(n for n in inner if n != "__pycache__" and not n.startswith("."))
            yield from (Path(folder) / n for n in sorted(names) if n != FILE and not n.startswith("."))


def recall(root: Path, request: Sequence[str]) -> str | None:
    """Return what the last run below `root` said if it was asked the same, agreed, and nothing has changed since."""
    try:
        note = json.loads((root / FILE).read_text(encoding="utf-8"))
        return note["said"] if note["stamp"] == stamp(root, request) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(root: Path, request: Sequence[str], said: str) -> None:
    """Note what a run that agreed has said."""
    text = json.dumps({"stamp": stamp(root, request), "said": said}, ensure_ascii=False)
    (root / FILE).write_text(text, encoding="utf-8")
