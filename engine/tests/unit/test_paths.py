"""The compendium of a process: found from the environment, a value that says where things are and in what language."""

import dataclasses
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from worlds import at, declare

from compendium import CompendiumError, begin, python
from compendium.__main__ import main
from compendium.base import paths
from compendium.compendium import Compendium
from compendium.notebook import begin as notebooks

NAMES = (paths.ROOT, paths.OUT, paths.LANGUAGE)


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def made(root):
    for mark in paths.MARKS:
        (root / mark).parent.mkdir(parents=True, exist_ok=True)
        (root / mark).touch()
    return root


def test_without_a_word_it_is_the_compendium_of_the_working_directory(tmp_path, monkeypatch):
    outer = made(tmp_path / "outer")
    inner = made(outer / "build" / "inner")
    for folder, root in ((outer / "data" / "raw", outer), (outer / "build", outer), (inner / "data", inner)):
        monkeypatch.chdir(folder)
        assert Compendium.find().root == paths.find_cwd_compendium_root() == root
    monkeypatch.setenv(paths.ROOT, str(outer))
    assert (Compendium.find().root, paths.find_cwd_compendium_root()) == (outer, inner), (
        "a kernel heeds it, a command does not"
    )


def test_variables_left_in_a_shell_move_no_command(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    monkeypatch.setenv(paths.OUT, str(tmp_path / "out"))
    monkeypatch.chdir(paths.HOME / "data" / "raw")
    done = CliRunner().invoke(main, ["claims", "Q15"])
    assert done.exit_code == 0 and "Q15" in done.output and list(tmp_path.iterdir()) == []


def test_where_there_is_no_compendium_a_command_says_so_and_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in ("claims", "run", "accept", "check"):
        done = CliRunner().invoke(main, [command])
        told = f"there is no compendium in {tmp_path} or above it. Remedy: go to the folder of one\n"
        assert (done.exit_code, done.output) == (1, f"Error: {told}")
        assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_command_leaves_the_environment_as_it_was_and_kernels_have_docstrings_which_altair_needs(monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    before = {name: os.environ.get(name) for name in NAMES}
    assert CliRunner().invoke(main, ["claims", "Q15"]).exit_code == 0
    assert {name: os.environ.get(name) for name in NAMES} == before
    code = "import os; print(os.__doc__ is None)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_elsewhere_it_is_this_checkout_unless_the_environment_says_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Compendium.find() == at(paths.HOME, paths.HOME / "build" / "lab") and Compendium.find().language == ""
    for name, value in ((paths.ROOT, tmp_path), (paths.OUT, tmp_path / "out"), (paths.LANGUAGE, "en")):
        monkeypatch.setenv(name, str(value))
    assert Compendium.find() == at(tmp_path, tmp_path / "out", "en")


def test_a_compendium_is_a_value_which_nobody_changes(tmp_path):
    c = at(declare(tmp_path))
    assert (c.raw, c.notebooks, c.build) == (tmp_path / "data" / "raw", tmp_path / "notebooks", tmp_path / "build")
    with pytest.raises(dataclasses.FrozenInstanceError):
        c.out = tmp_path / "out"
    other = dataclasses.replace(c, out=tmp_path / "out", language="en")
    assert (other.root, other.shown, c.shown) == (c.root, ("en",), ("zh", "en")) and other.tables is not c.tables
    with pytest.raises(CompendiumError, match=r"^compendium.toml declares no language 'EN'\. Remedy: use zh or en$"):
        _ = dataclasses.replace(c, language="EN").shown


def test_a_path_is_shown_below_the_compendium_that_it_lies_in(tmp_path):
    outer = declare(tmp_path / "outer")
    inner = declare(outer / "build" / "内 inner")
    assert paths.format_path(outer / "out" / "a.csv") == "out/a.csv" and paths.format_path(inner / "a" / "b") == "a/b"
    assert paths.format_path("/elsewhere/a") == "/elsewhere/a" and paths.format_path("a/b") == "a/b"
    assert paths.format_path(tmp_path / "a") == str(tmp_path / "a")


def test_how_files_come_back_depends_on_what_keeps_their_compendium(tmp_path, monkeypatch):
    files = (declare(tmp_path) / "data" / "a.csv", tmp_path / "b.csv")
    monkeypatch.setattr(paths.shutil, "which", lambda _: "/usr/bin/git")
    told = "take data/a.csv b.csv from the archive you unpacked or another copy; git init and git commit"
    assert paths.suggest_restore(*files).startswith(told)
    (tmp_path / ".git").mkdir()
    assert paths.suggest_restore(*files) == "git checkout -- data/a.csv b.csv"
    monkeypatch.setattr(paths.shutil, "which", lambda _: None)
    assert paths.suggest_restore(*files).startswith(told), "git cannot be asked"


def test_help_claims_and_an_unchanged_run_import_nothing_heavy():
    heavy = {"pandas", "numpy", "matplotlib", "papermill", "nbformat", "scipy"}
    for line in (["--help"], ["claims", "Q15"]):
        code = (
            "import sys\nfrom compendium.__main__ import main\n"
            f"try: main({line!r})\nexcept SystemExit: print('loaded', *{heavy!r} & set(sys.modules))"
        )
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
        assert said.stdout.splitlines()[-1] == "loaded", said.stdout + said.stderr


def test_a_copy_never_runs_the_original_unnoticed(tmp_path, monkeypatch):
    copy = made(tmp_path / "copy")
    (copy / "engine/src/compendium").mkdir(parents=True)
    monkeypatch.chdir(copy / "data")
    monkeypatch.setenv("PYTHONPATH", str(copy))
    told = f"Error: this would run {paths.HOME}, not {copy}. Remedy: make in {copy}, then activate its .venv anew\n"
    assert CliRunner().invoke(main, ["claims"]).output == told
    monkeypatch.setenv("PYTHONPATH", str(paths.CODE))
    paths.raise_if_wrong_checkout()


# How a notebook begins


def test_a_notebook_that_is_not_there_is_refused():
    with pytest.raises(CompendiumError) as wrong:
        begin("02-second")
    assert str(wrong.value) == "no notebook is called '02-second'. Remedy: begin() with the name of its file"


def test_the_study_is_found_from_anywhere_behind_the_libraries(tmp_path):
    code = (
        "from compendium.base import paths; from pathlib import Path; paths.import_study_package(Path.cwd() / 'root'); "
    )
    (tmp_path / "root/study").mkdir(parents=True)
    (tmp_path / "root/study/__init__.py").write_text("told = 'mine'", encoding="utf-8")
    (tmp_path / "root/json.py").write_text("1 / 0", encoding="utf-8")
    code += "import json, study; print(study.told, study.__file__, json.dumps([]))"
    done = subprocess.run(python(code), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"mine {tmp_path / 'root/study/__init__.py'} []"


def test_of_a_table_that_is_none_the_folders_are_told(running):
    running("")
    notebook = notebooks.Notebook.__new__(notebooks.Notebook)
    notebook.c = Compendium.find()
    for path in ("counts", "data/raw/counts.xlsx", "data/counts.csv"):
        with pytest.raises(CompendiumError, match=r"is no table. Remedy: data/raw/NAME.csv, or data/processed/NAME"):
            notebook.read(path)
