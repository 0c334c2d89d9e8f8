"""Unit tests whose expectations rest on what the tables hold work on the frozen ones, whatever data/raw holds today."""

import json
import marshal
import shutil
import stat
from copy import copy
from functools import cache

import frozen
import pytest
import worlds

from compendium import paths
from compendium.data import cells, parsing, standard, validity
from compendium.files import fingerprint
from compendium.ledger import checks


@pytest.fixture(scope="session")
def c():
    """This compendium, as it lies in the checkout."""
    return worlds.HERE


@pytest.fixture(scope="session")
def frozen_root(tmp_path_factory):
    """A root with the frozen tables, read by many tests and written by none."""
    root = tmp_path_factory.mktemp("frozen")
    frozen.folder(root / "data" / "raw")
    return root


@pytest.fixture(scope="module")
def frozen_tables(frozen_root):
    """The compendium with the frozen tables, each read once in a module."""
    return worlds.at(frozen_root)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The frozen tables in a root with a blank and Chinese characters: folder, content, and what was made of them."""
    root = tmp_path_factory.mktemp("raw") / "原始 数据"
    folder = frozen.folder(root / "data" / "raw")
    return folder, {path.name: path.read_bytes() for path in folder.iterdir()}, {}


def remembering(known, before):
    """Return `check_descriptor`, `parse` and `type_rows`, which read only what is not yet in `known`.

    A test changes one table or two; the others, as they were `before`, and a description that differs in nothing but
    hashes, are read once.
    """

    kept = known.setdefault("kept", set())

    def check_descriptor(tables, needed=()):
        renewed, package = ("hash", "bytes", "sources_sha256"), tables.package
        plain = [r | {key: type(r.get(key)).__name__ for key in renewed} for r in package["resources"]]
        key = str(tables.folder), marshal.dumps(package | {"resources": plain}, 2), tuple(sorted(needed))
        if key not in known:
            known[key] = standard.check_descriptor(tables, needed)
            for resource, told in zip(known[key].resources, package["resources"], strict=True):
                known[id(resource)] = marshal.dumps(told["schema"], 2)
        return known[key]

    def parse(path, names, *head):
        if parsing._read(path, paths.shown(path)) != before.get(path.name):
            return parsing.parse(path, names, *head)
        key = path.name, *names, *head
        if key not in known:
            known[key] = parsing.parse(path, names, *head)
            kept.add(id(known[key][0]))
        return known[key]

    def type_rows(resource, columns, odd, file, languages):
        key = file, known[id(resource)], id(columns)
        if id(columns) not in kept:
            written = [(list(column.places), column.rows.tobytes()) for column in columns.values()]
            key = *key[:2], marshal.dumps((written, odd), 2)
        if key not in known:
            known[key] = cells.type_rows(resource, columns, odd, file, languages)
        rows, faults = known[key]
        return rows, [copy(fault) for fault in faults]  # a fault that is told is marked with how many others there are

    return check_descriptor, parse, type_rows


@pytest.fixture
def folder(place):
    """The frozen tables on their day, for a test to change as it likes; afterwards they are as before."""
    folder, before, known = place
    with pytest.MonkeyPatch.context() as patch:
        frozen.clock(patch, frozen.DAY[:10])
        patch.setattr(checks, "page", known.setdefault("page", cache(checks.page)))
        for replacement in remembering(known, before):
            patch.setattr(validity, replacement.__name__, replacement)
        yield folder
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in before or not plain(path) or path.read_bytes() != before[path.name]:
            path.unlink()
    for name in before.keys() - {path.name for path in folder.iterdir()}:
        (folder / name).write_bytes(before[name])


def plain(path):
    """Whether a file can be compared: no link, no pipe, not too large to read."""
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_size < 10**6 and found.st_mode & stat.S_IRUSR


FIELDS = {  # of the tables of a made-up compendium
    "sources": [
        {"name": "source_id", "title": "Source id", "title_zh": "来源编号", "type": "string"},
        {"name": "name_zh", "title": "Name, Chinese", "title_zh": "名称（中文）", "type": "string"},
        {"name": "name_en", "title": "Name, English", "title_zh": "名称（英文）", "type": "string"},
    ],
    "counts": [
        {"name": "year", "title": "Year", "title_zh": "年份", "type": "integer", "unit": "year", "unit_zh": "年"},
        {
            "name": "people",
            "title": "People",
            "title_zh": "人数",
            "type": "integer",
            "unit": "10,000",
            "unit_zh": "万人",
        },
        {
            "name": "firms",
            "title": "Firms",
            "title_zh": "企业数",
            "type": "integer",
            "unit": "firms",
            "unit_zh": "家企业",
        },
        {"name": "place_zh", "title": "Place, Chinese", "title_zh": "地点（中文）", "type": "string"},
        {"name": "place_en", "title": "Place, English", "title_zh": "地点（英文）", "type": "string"},
        {
            "name": "kind",
            "title": "Kind",
            "title_zh": "种类",
            "type": "string",
            "labels": {"a": {"zh": "甲", "en": "first"}, "b": {"zh": "乙", "en": "second"}},
        },
    ],
    "rates": [
        {"name": "people", "title": "Rate", "title_zh": "比率", "type": "number", "unit": "%", "unit_zh": "%"},
        {"name": "kind", "title": "Kind", "title_zh": "种类", "type": "string"},
        {
            "name": "low",
            "title": "Low",
            "title_zh": "下限",
            "type": "number",
            "unit": "see column u",
            "unit_zh": "见u列",
        },
    ],
    "unread": [{"name": "hidden", "title": "Hidden", "title_zh": "未读", "type": "string"}],
}
SOURCES = "source_id,name_zh,name_en\ns1,甲报,First paper\ns2,乙报,Second paper\n"
CONTENTS = """
[01-a]
section = "1"
zh = "一"
en = "one"
reads = ["counts", "rates"]
"""


@pytest.fixture
def running(tmp_path, monkeypatch):
    """A made-up compendium with a notebook 01-a; returns a function that writes the texts of the notebook."""
    root = worlds.declare(tmp_path / "编 造")
    tables = [{"name": name, "path": f"{name}.csv", "schema": {"fields": fields}} for name, fields in FIELDS.items()]
    tables[0]["hash"] = fingerprint(SOURCES.encode())
    files = {
        "data/raw/datapackage.json": json.dumps({"resources": tables}),
        "data/raw/sources.csv": SOURCES,
        "notebooks/contents.toml": CONTENTS,
        "notebooks/01-a.ipynb": json.dumps({"cells": []}),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv(paths.ROOT, str(root))

    def write(text):
        file = root / "notebooks" / "texts" / "01-a.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write
