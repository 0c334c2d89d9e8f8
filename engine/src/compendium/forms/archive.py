"""One zip of all that is committed: the same bytes from the same commit everywhere, and a list to check it by.

Files lie in it by name, as old as the data, with one mode, and not compressed, since the bytes that come out of a
compression depend on the version of its library. SHA256SUMS at its top names every other file, as `sha256sum -c` reads
it.
"""

import io
import json
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from compendium import CompendiumError, declaration, paths
from compendium.compendium import Compendium
from compendium.files import InputError, write_atomic
from compendium.paths import MANIFEST
from compendium.run.comparison import tell_some
from compendium.run.reference import digests, git

LEFT_OUT = (".ci/",)  # serves the place where this is developed, no reader
MODE = 0o100644  # a plain file; no file that is archived has to be executable


def write(c: Compendium) -> Path:
    """Write the archive to build/NAME-VERSION.zip, for whoever deposits or keeps the compendium, and return its path; a
    CompendiumError says that something is not committed."""
    files = read_committed(c)
    told = tomllib.loads(files[declaration.NAME].decode("utf-8"))
    name = f"{told['name']}-{told['version']}"
    day = json.loads(files["data/raw/datapackage.json"])["created"][:10]
    target = c.build / f"{name}.zip"
    write_atomic(target, zip_files(files | {MANIFEST: digests(files)}, name, day))
    return target


def read_committed(c: Compendium) -> dict[str, bytes]:
    """Return path -> content of the files of the last commit; refuse what is not committed or no plain file."""
    status = git(c, "status", "--porcelain", "--no-renames", "-z") if paths.has_git(c.root) else None
    packed = git(c, "archive", "--format=tar", "HEAD") if status is not None else None
    if status is None or packed is None:
        raise CompendiumError("git cannot read the last commit. Remedy: git status, and do what it says")
    if status:
        names = [line[3:] for line in status.decode("utf-8").split("\0") if line]
        remedy = "git commit, or git stash --include-untracked"
        raise CompendiumError(f"not committed: {tell_some(names)}. Remedy: {remedy}")
    with tarfile.open(fileobj=io.BytesIO(packed), encoding="utf-8") as tar:
        members = [m for m in tar if not m.isdir() and not m.name.startswith(LEFT_OUT)]
        if odd := [m.name for m in members if not m.isfile()]:
            raise InputError(odd[0], "must be a plain file to be archived", "commit a file in its place")
        return {m.name: file.read() for m in members if (file := tar.extractfile(m))}


def zip_files(files: Mapping[str, bytes], folder: str, day: str) -> bytes:
    """Return a zip of `files` by path, in the folder `folder`, all of them as old as `day` (YYYY-MM-DD)."""
    year, month, date = map(int, day.split("-"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", (year, month, date, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, MODE << 16  # of Unix, wherever it is made
            archive.writestr(entry, files[name], zipfile.ZIP_STORED)
    return packed.getvalue()
