"""A made-up compendium with a notebook, for tests of what a notebook shows."""

import json

import pytest
import worlds

from compendium.base import paths
from compendium.base.files import fingerprint, write_atomic


def describe(name, title, title_zh, kind="string", unit=(), **more):
    """Return what a data package says of a column."""
    units = dict(zip(("unit", "unit_zh"), unit, strict=False))
    return {"name": name, "title": title, "title_zh": title_zh, "type": kind, **units, **more}


KINDS = {"a": {"zh": "甲", "en": "first"}, "b": {"zh": "乙", "en": "second"}}
FIELDS = {  # of the tables of a made-up compendium
    "sources": [
        describe("source_id", "Source id", "来源编号"),
        describe("name_zh", "Name, Chinese", "名称（中文）"),
        describe("name_en", "Name, English", "名称（英文）"),
    ],
    "counts": [
        describe("year", "Year", "年份", "integer", ("year", "年")),
        describe("people", "People", "人数", "integer", ("10,000", "万人")),
        describe("firms", "Firms", "企业数", "integer", ("firms", "家企业")),
        describe("place_zh", "Place, Chinese", "地点（中文）"),
        describe("place_en", "Place, English", "地点（英文）"),
        describe("kind", "Kind", "种类", labels=KINDS),
    ],
    "rates": [
        describe("people", "Rate", "比率", "number", ("%", "%")),
        describe("kind", "Kind", "种类"),
        describe("low", "Low", "下限", "number", ("see column u", "见u列")),
    ],
    "unread": [describe("hidden", "Hidden", "未读")],
}
SOURCES = "source_id,name_zh,name_en\ns1,甲报,First paper\ns2,乙报,Second paper\n"
CONTENTS = '[01-a]\nsection = "1"\nzh = "一"\nen = "one"\nreads = ["counts", "rates"]\n'


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
        write_atomic(root / name, text.encode())
    monkeypatch.setenv(paths.ROOT, str(root))

    def write(text):
        write_atomic(file := root / "notebooks" / "texts" / "01-a.toml", text.encode())
        return file

    return write
