"""Raw tables keep every value and get the right types; processed tables are written whole or not at all."""

import csv
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import frozen
import pandas as pd
import pytest
from worlds import HERE, at, declare

from compendium.base import paths
from compendium.base.files import InputError
from compendium.data import datapackage


@pytest.fixture
def made(tmp_path):
    """A compendium whose outputs go elsewhere."""
    return at(declare(tmp_path / "root"), tmp_path / "输 出")


@pytest.fixture
def copy(tmp_path):
    """A compendium with the frozen tables, in a root with a blank and Chinese characters."""
    return at(frozen.folder(tmp_path / "数 据" / "data" / "raw").parents[1])


@pytest.mark.parametrize("name", HERE.tables.resources)
def test_every_raw_value_survives_typing(c, name):
    with (c.raw / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames), list(reader)
    frame = c.tables(name)
    assert c.tables.cells(name).to_dict("records") == rows
    assert isinstance(frame.index, pd.RangeIndex) and frame.attrs == {"table": name} and list(frame) == columns
    read = {"number": float, "integer": int, "date": pd.Timestamp, "boolean": "true".__eq__, "string": str}
    for field in c.tables.schema(name)["fields"]:
        kind, cells = field["type"], [row[field["name"]] for row in rows]
        due = [read[kind](text) if text or kind == "string" else None for text in cells]
        assert [None if pd.isna(value) else value for value in frame[field["name"]]] == due


def test_whoever_changes_a_table_changes_no_other_s(copy):
    mine = copy.tables("pilot_batches")
    mine["industries"] = 0
    assert copy.tables("pilot_batches")["industries"].max() > 0
    assert copy.tables("policy_documents")["date_start"].dtype.kind == "M"


def test_raw_names_what_it_cannot_read(copy):
    path = copy.raw / "key_materials.csv"
    path.write_bytes(path.read_bytes().replace(b",54,", b",55,"))
    refused = r"key_materials\.csv: differs from the SHA-256 recorded in .* run `compendium data refresh`, otherwise "
    with pytest.raises(InputError, match=refused + re.escape(paths.suggest_restore(path))):
        copy.tables("key_materials")
    path.unlink()
    with pytest.raises(InputError, match=r"key_materials\.csv: cannot be read \(No such file") as caught:
        copy.tables("key_materials")
    assert caught.value.remedy == paths.suggest_restore(path)
    with pytest.raises(InputError, match=r"there is no such table\. Remedy: use one of sources, claims,") as caught:
        copy.tables("nothing")
    assert (caught.value.file, caught.value.value) == ("data/raw/datapackage.json", "nothing")


def test_a_table_of_the_ledger_that_a_compendium_does_without_is_empty_with_its_types(copy):
    package, whole = datapackage.read(copy.raw), copy.tables("codings")
    package["resources"] = [table for table in package["resources"] if table["name"] != "codings"]
    frozen.write(copy.raw, package)
    without = at(copy.root).tables
    assert "codings" not in without.resources and without("codings").dtypes.to_dict() == whole.dtypes.to_dict()
    assert without("codings").empty and without.cells("codings").empty and not whole.empty


def test_the_message_is_one_line_with_place_value_rule_and_remedy():
    error = InputError("data/raw/x.csv", "must be a whole number", "correct it", 3, "projects", "ab\nc\u202e")
    told = r"data/raw/x.csv, row 3, column projects: value 'ab\nc\u202e' — must be a whole number. Remedy: correct it."
    assert str(error) == told
    error.others = 2
    assert str(pickle.loads(pickle.dumps(error))) == f"{told} (2 more: see `compendium check`)"
    assert str(InputError("a\nb\u202e", "bad", "长\t")) == r"a\nb\u202e: bad. Remedy: 长\t."
    for length, shown in ((60, "长" * 60), (61, "长" * 59 + "…")):
        assert str(InputError("x", "bad", value="长" * length)) == f"x: value '{shown}' — bad"


def test_saved_tables_come_back(made, monkeypatch):
    monkeypatch.setattr(os, "linesep", "\r\n")
    columns = {"省份": ["山东", "", "a,b"], "projects": [34, 25, 1], "share": [1 / 3, None, 1e-12]}
    columns["bound"] = pd.array([3, None, 5], dtype="Int64")
    frame = pd.DataFrame(columns | {"mixed": [1 / 3, "NA", ""], "named": [True, False, True]}, index=[7, 8, 9])
    made.save(frame, "some-table-2")
    lines = ["省份,projects,share,bound,mixed,named", "山东,34,0.3333333333,3,0.3333333333,True", ",25,,,NA,False"]
    lines += ['"a,b",1,1e-12,5,,True', ""]
    assert (made.out / "data/processed/some-table-2.csv").read_bytes() == "\n".join(lines).encode()
    back = made.processed("some-table-2")
    assert list(back["省份"]) == ["山东", "", "a,b"] and list(back["mixed"]) == ["0.3333333333", "NA", ""]
    assert back["projects"].dtype == "int64" and back["named"].dtype == "bool"
    assert back["share"].isna().tolist() == [False, True, False] and back["bound"].sum() == 8
    assert frame.loc[7, "mixed"] == 1 / 3, "save must not touch the frame"


@pytest.mark.parametrize(
    ("columns", "name", "message"),
    [
        ({"a": []}, "x", "is empty"),
        ({"a": [1], "b": [2]}, "x", r"repeats columns: \['a'\]"),
        ({"a": [1]}, "../x", "no name of a processed table"),
        ({"a": [1]}, "X y", "no name of a processed table"),
    ],
)
def test_save_refuses_what_cannot_be_read_back(made, columns, name, message):
    with pytest.raises(ValueError, match=message):
        made.save(pd.DataFrame(columns).rename(columns={"b": "a"}), name)
    assert not made.out.exists()


def test_a_failing_write_leaves_the_old_table(made, monkeypatch):
    made.save(pd.DataFrame({"a": [1]}), "x")

    def half(self, data, write=Path.write_bytes):
        write(self, data[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space"):
        made.save(pd.DataFrame({"a": [2]}), "x")
    monkeypatch.undo()
    folder = made.out / "data/processed"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"x.csv": b"a\n1\n"}


def test_processed_prefers_the_run_over_the_committed_table(made):
    file = re.escape(str(made.out / "data/processed/x.csv"))
    with pytest.raises(InputError, match=f"^{file}: is missing. Remedy: run the notebook that writes it, or all of"):
        made.processed("x")
    committed = paths.processed_path("x", made.root)
    committed.parent.mkdir(parents=True)
    committed.write_bytes(b"a\n1\n")
    assert made.processed("x")["a"].tolist() == [1] and made.located("x") == made.root / "data/processed/x.csv"
    made.save(pd.DataFrame({"a": [2]}), "x")
    assert made.processed("x")["a"].tolist() == [2] and committed.read_bytes() == b"a\n1\n"
    assert made.located("x") == made.out / "data/processed/x.csv"


def test_importing_tables_does_not_load_frictionless():
    code = "import sys, compendium.data.tables; print('frictionless' in sys.modules, 'jsonschema' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(paths.CODE)}
    told = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert told.split() == ["False"] * 2
