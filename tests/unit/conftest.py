"""Unit tests whose expectations rest on what the tables hold work on the frozen ones, whatever data/raw holds today."""

import json
import shutil
from copy import copy
from pathlib import Path

import frozen
import pytest

from compendium import paths
from compendium.data import cells, parsing, standard, validity


@pytest.fixture(scope="session")
def frozen_root(tmp_path_factory):
    """A root with the frozen tables, read by many tests and written by none."""
    root = tmp_path_factory.mktemp("frozen")
    frozen.folder(root / "data" / "raw")
    return root


@pytest.fixture(scope="module")
def frozen_tables(frozen_root):
    """Work on the frozen tables throughout a module."""
    with paths.using(root=frozen_root):
        yield frozen_root


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The frozen tables in a root with a blank and Chinese characters: folder, content, and what was made of them."""
    folder = frozen.folder(tmp_path_factory.mktemp("raw") / "原始 数据" / "data" / "raw")
    return folder, {path.name: path.read_bytes() for path in folder.iterdir()}, {}


def content(path):
    """Return the bytes of a plain file; None for anything else, which is for the code under test to look at."""
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() and path.stat().st_size < 10**6 else None
    except OSError:
        return None


@pytest.fixture
def folder(place):
    """The frozen tables, for a test to change as it likes; afterwards they are as before.

    A test changes one file or two. What was read of the others, and of a description that differs in nothing but
    hashes, is kept from the tests before.
    """
    folder, before, known = place

    def described(where, package, needed=()):
        plain = [r | {key: type(r.get(key)).__name__ for key in ("hash", "bytes")} for r in package["resources"]]
        key = str(where), json.dumps(package | {"resources": plain}), tuple(sorted(needed))
        if key not in known:
            known[key] = standard.described(where, package, needed)
        return known[key]

    def parse(path, names):
        key = path, content(path), tuple(names)
        if key not in known or key[1] is None:
            known[key] = parsing.parse(path, names)
        return known[key]

    def typed(resource, file):
        key = file, content(Path(resource.basepath, resource.path)), id(resource)
        if key not in known:
            known[key] = cells.typed(resource, file)
        rows, faults = known[key]
        return rows, [copy(fault) for fault in faults]  # a fault that is told is marked with how many others there are

    with pytest.MonkeyPatch.context() as patch:
        for replacement in (described, parse, typed):
            patch.setattr(validity, replacement.__name__, replacement)
        yield folder
    for path in folder.iterdir():
        if path.name not in before or content(path) != before[path.name]:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for name, pristine in before.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(pristine)
