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

from compendium import files, paths
from compendium.data import datapackage
from compendium.files import InputError, read_plain, shorten


@pytest.fixture
def made(tmp_path):
    """A compendium whose outputs go elsewhere."""
    return at(declare(tmp_path / "root"), tmp_path / "输 出")


@pytest.fixture
def copy(tmp_path):
    """A compendium with the frozen tables, in a root with a blank and Chinese characters."""
    return at(frozen.folder(tmp_path / "数 据" / "data" / "raw").parents[1])


def cells(c, name):
    with (c.raw / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", HERE.tables.resources)
def test_every_raw_value_survives_typing(c, name):
    frame, rows = c.tables(name), cells(c, name)
    assert c.tables.cells(name).to_dict("records") == rows
    assert list(frame.columns) == list(rows[0]) and len(frame) == len(rows)
    assert isinstance(frame.index, pd.RangeIndex) and frame.attrs == {"table": name}
    for field in c.tables.schema(name)["fields"]:
        for value, text in zip(frame[field["name"]], (row[field["name"]] for row in rows), strict=True):
            if text == "" and field["type"] != "string":
                assert pd.isna(value)
            elif field["type"] == "number":
                assert value == float(text)
            elif field["type"] == "boolean":
                assert str(bool(value)).lower() == text
            elif field["type"] == "date":
                assert value == pd.Timestamp(text)
            else:
                assert str(value) == text


def test_types_follow_the_schema_not_the_cells(copy):
    batches = copy.tables("pilot_batches").dtypes
    assert (batches["year"], batches["industries"], batches["preferred"]) == ("int64", "Int64", "bool")
    assert copy.tables("policy_documents")["date_start"].dtype.kind == "M"
    assert copy.tables("rd_intensity_china")["stated_rise_pp"].dtype == "float64"
    assert set(copy.tables("problem_links")["note"]) >= {"", "general support"}
    mine = copy.tables("pilot_batches")
    mine["industries"] = 0
    assert copy.tables("pilot_batches")["industries"].max() > 0, "whoever changes a table changes no other's"
    assert copy.tables.log == {"pilot_batches", "policy_documents", "rd_intensity_china", "problem_links"}


def test_names_are_the_tables_of_the_folder(c):
    assert sorted(c.tables.resources) == sorted(path.stem for path in c.raw.glob("*.csv"))


def test_raw_refuses_a_table_that_changed(copy):
    path = copy.raw / "key_materials.csv"
    path.write_bytes(path.read_bytes().replace(b",54,", b",55,"))
    with pytest.raises(InputError) as caught:
        copy.tables("key_materials")
    assert str(caught.value) == (
        "data/raw/key_materials.csv: differs from the SHA-256 recorded in datapackage.json. Remedy: look at the "
        "change; if it is meant, note it in data/raw/CHANGES.md and run `compendium data refresh`, otherwise "
        f"{paths.restore(path)}."
    )


def test_raw_names_what_it_cannot_read(copy):
    (copy.raw / "key_materials.csv").unlink()
    with pytest.raises(InputError, match=r"key_materials\.csv: cannot be read \(No such file") as caught:
        copy.tables("key_materials")
    assert caught.value.remedy == paths.restore(copy.raw / "key_materials.csv")
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


BESIDE = r"the path of table x must be x\.csv, a file beside datapackage\.json"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"cannot be read \(No such file or directory\)"),
        (b"{", r"must be JSON in UTF-8 \(.*\)"),
        (b"\xff", r"must be JSON in UTF-8 \(.*\)"),
        (b'{"a": {"b": 1, "c": 2, "c": 3}}', r"must be JSON in UTF-8 \('c' stands twice in an object\)"),
        (b'{"a": NaN}', r"must be JSON in UTF-8 \(Out of range float values are .*\)"),
        (b'{"a": "\\ud800"}', r"must be JSON in UTF-8 \('utf-8' codec can't encode .*…\)"),
        (b"[]", "must hold a list of resources"),
        (b'{"resources": []}', "must hold a list of resources"),
        (b'{"resources": {"x": 1}}', "must hold a list of resources"),
        (b'{"resources": ["x"]}', "value 'None' — every resource needs a name of small letters, digits, _ and -"),
        (b'{"resources": [{"name": "../x"}]}', r"value '\.\./x' — every resource needs a name of small letters, .*"),
        (b'{"resources": [{"name": "x", "path": "../x.csv", "schema": {}}]}', rf"value '\.\./x\.csv' — {BESIDE}"),
        (b'{"resources": [{"name": "x", "path": "/etc/passwd", "schema": {}}]}', f"value '/etc/passwd' — {BESIDE}"),
        (b'{"resources": [{"name": "x", "path": "x.csv"}]}', "table x needs a schema"),
    ],
)
def test_a_broken_package_is_refused(tmp_path, content, message):
    if content is not None:
        (tmp_path / "datapackage.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        datapackage.read(tmp_path)
    path = tmp_path / "datapackage.json"
    told = str(caught.value).removeprefix(f"{path}: ")
    assert re.fullmatch(rf"{message}\. Remedy: {re.escape(paths.restore(path))}\.", told)


def test_the_message_is_one_line_with_place_value_rule_and_remedy():
    error = InputError("data/raw/x.csv", "must be a whole number", "correct it", 3, "projects", "ab\nc")
    assert (
        str(error)
        == "data/raw/x.csv, row 3, column projects: value 'ab\\nc' — must be a whole number. Remedy: correct it."
    )
    error.others = 2
    assert str(pickle.loads(pickle.dumps(error))).endswith("correct it. (2 more: see `compendium data check`)")
    assert str(InputError("5 problems in data/raw")) == "5 problems in data/raw"
    by_name = InputError(file="x", rule="bad", remedy="r", row=3, column="a", value="v")
    assert by_name.args == ("x", "bad", "r", 3, "a", "v") and by_name.others == 0


def test_signs_that_would_break_the_line_are_spelt_out():
    assert str(InputError("a\nb\u202e", "bad", "长\t")) == r"a\nb\u202e: bad. Remedy: 长\t."


def test_only_plain_files_of_a_likely_size_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 4_000_000)
    path, link = tmp_path / "x.csv", tmp_path / "link.csv"
    path.write_bytes(b"a" * 4_000_000)
    assert read_plain(path) == b"a" * 4_000_000
    path.write_bytes(b"a" * 4_000_001)
    link.symlink_to(path)
    with pytest.raises(InputError) as caught:
        read_plain(path)
    remedy = "Remedy: put the file itself in its place, or "
    assert str(caught.value) == f"{path}: must not be larger than 4 MB. {remedy}{paths.restore(path)}."
    for other in (link, tmp_path):
        with pytest.raises(InputError) as caught:
            read_plain(other)
        rule = "must be a plain file, not a link, folder, pipe or device"
        assert str(caught.value) == f"{other}: {rule}. {remedy}{paths.restore(other)}."


def test_a_long_value_is_cut_to_sixty_signs():
    assert shorten("abcdef", 5) == "abcd…" and shorten("abcde", 5) == "abcde"
    assert str(InputError("x", "bad", value="长" * 60)) == f"x: value '{'长' * 60}' — bad"
    assert str(InputError("x", "bad", value="长" * 61)) == f"x: value '{'长' * 59}…' — bad"


def test_saved_tables_come_back(made, monkeypatch):
    monkeypatch.setattr(os, "linesep", "\r\n")
    frame = pd.DataFrame(
        {
            "省份": ["山东", "", "a,b"],
            "projects": [34, 25, 1],
            "share": [1 / 3, None, 1e-12],
            "bound": pd.array([3, None, 5], dtype="Int64"),
            "mixed": [1 / 3, "NA", ""],
            "named": [True, False, True],
        },
        index=[7, 8, 9],
    )
    made.save(frame, "some-table-2")
    data = (made.out / "data/processed/some-table-2.csv").read_bytes()
    assert data.decode("utf-8").split("\n") == [
        "省份,projects,share,bound,mixed,named",
        "山东,34,0.3333333333,3,0.3333333333,True",
        ",25,,,NA,False",
        '"a,b",1,1e-12,5,,True',
        "",
    ]
    back = made.processed("some-table-2")
    assert list(back["省份"]) == ["山东", "", "a,b"] and list(back["mixed"]) == ["0.3333333333", "NA", ""]
    assert back["projects"].dtype == "int64" and back["named"].dtype == "bool"
    assert back["share"].isna().tolist() == [False, True, False] and back["bound"].sum() == 8
    assert frame.loc[7, "mixed"] == 1 / 3, "save must not touch the frame"


@pytest.mark.parametrize(
    ("frame", "name", "message"),
    [
        (pd.DataFrame({"a": []}), "x", "is empty"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "x", "repeats columns: \\['a'\\]"),
        (pd.DataFrame({"a": [1]}), "../x", "no name of a processed table"),
        (pd.DataFrame({"a": [1]}), "X y", "no name of a processed table"),
    ],
)
def test_save_refuses_what_cannot_be_read_back(made, frame, name, message):
    with pytest.raises(ValueError, match=message):
        made.save(frame, name)
    assert not made.out.exists()


def test_a_failing_write_leaves_the_old_table(made, monkeypatch):
    made.save(pd.DataFrame({"a": [1]}), "x")
    honest = Path.write_bytes

    def half(self, data):
        honest(self, data[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space"):
        made.save(pd.DataFrame({"a": [2]}), "x")
    monkeypatch.undo()
    folder = made.out / "data/processed"
    assert [path.name for path in folder.iterdir()] == ["x.csv"] and (folder / "x.csv").read_bytes() == b"a\n1\n"


def test_processed_prefers_the_run_over_the_committed_table(made):
    with pytest.raises(InputError, match="is missing") as caught:
        made.processed("x")
    assert str(caught.value) == (
        f"{made.out / 'data/processed/x.csv'}: is missing. Remedy: run the notebook that writes it, or all of them "
        "with `compendium run`."
    )
    committed = made.root / "data/processed/x.csv"
    committed.parent.mkdir(parents=True)
    committed.write_bytes(b"a\n1\n")
    assert made.processed("x")["a"].tolist() == [1]
    made.save(pd.DataFrame({"a": [2]}), "x")
    assert made.processed("x")["a"].tolist() == [2] and committed.read_bytes() == b"a\n1\n"


def test_the_package_is_read_as_utf8_whatever_the_locale(c):
    code = "import warnings; from pathlib import Path; from compendium.data import datapackage; "
    code += f"warnings.simplefilter('error'); print(len(datapackage.read(Path({str(c.raw)!r}))['resources']))"
    environment = {**os.environ, "PYTHONPATH": str(paths.HOME)}
    command = [sys.executable, "-X", "warn_default_encoding", "-c", code]
    assert int(subprocess.check_output(command, env=environment, text=True)) == len(c.tables.resources)


def test_importing_tables_does_not_load_frictionless():
    code = "import sys, compendium.data.tables; print('frictionless' in sys.modules, 'jsonschema' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(paths.HOME)}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).split() == ["False"] * 2
