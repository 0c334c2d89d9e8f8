"""The compendium at work: found from the environment, changed for a while, in one language or in both."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from compendium import CompendiumError, languages, paths
from compendium.__main__ import main

NAMES = (paths.ROOT, paths.OUT, paths.LANGUAGE)


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def environment():
    return {name: os.environ.get(name) for name in NAMES}


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
        assert paths.project().root == paths.meant() == root
    monkeypatch.setenv(paths.ROOT, str(outer))
    assert paths.project().root == paths.meant() == outer


def test_where_there_is_no_compendium_a_command_says_so_and_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in ("claims", "run", "accept", "check"):
        done = CliRunner().invoke(main, [command])
        told = f"there is no compendium in {tmp_path} or above it. Remedy: go to the folder of one, or set "
        assert (done.exit_code, done.output) == (1, f"Error: {told}COMPENDIUM_ROOT to it\n")
        assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_command_leaves_the_environment_as_it_was(monkeypatch):
    before = environment()
    assert CliRunner().invoke(main, ["claims", "Q15"]).exit_code == 0
    assert environment() == before


def test_kernels_have_docstrings_which_altair_needs(monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    assert CliRunner().invoke(main, ["claims", "Q15"]).exit_code == 0
    code = "import os; print(os.__doc__ is None)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_elsewhere_it_is_this_checkout_and_outputs_go_to_build(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert paths.project() == paths.Project(paths.HOME, paths.HOME / "build" / "lab")
    assert languages.asked() == ""


def test_using_lasts_as_long_as_asked_for(tmp_path):
    before = environment()
    with paths.using(root=tmp_path) as project:
        assert project == paths.project() == paths.Project(tmp_path, tmp_path / "build" / "lab")
        assert (project.raw, project.notebooks) == (tmp_path / "data" / "raw", tmp_path / "notebooks")
        with paths.using(out=tmp_path / "out", language="en"):
            assert paths.project() == paths.Project(tmp_path, tmp_path / "out") and languages.asked() == "en"
            with paths.using(language="zh"):
                assert languages.asked() == "zh" and paths.project().out == tmp_path / "out"
            assert languages.asked() == "en"
        assert languages.asked() == "" and paths.project().out == tmp_path / "build" / "lab"
    assert environment() == before


def test_a_failure_inside_ends_it_too(tmp_path):
    before = environment()
    with pytest.raises(ValueError, match="stop"), paths.using(root=tmp_path, out=tmp_path, language="en"):
        raise ValueError("stop")
    assert environment() == before


def test_what_is_not_said_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.LANGUAGE, "en")
    with paths.using(root=tmp_path):
        assert languages.asked() == "en"


@pytest.mark.parametrize("said", ["fr", "EN", "zh,en", " "])
def test_a_language_that_is_not_there_is_refused(monkeypatch, said):
    monkeypatch.setenv(paths.LANGUAGE, said)
    with pytest.raises(CompendiumError) as caught:
        languages.asked()
    assert str(caught.value) == f"compendium.toml declares no language {said!r}. Remedy: use zh or en"


def test_outputs_of_this_run_come_before_committed_ones(tmp_path):
    with paths.using(root=tmp_path, out=tmp_path / "out"):
        path = paths.processed("a")
        assert paths.current(path) == tmp_path / "data" / "processed" / "a.csv"
        path.parent.mkdir(parents=True)
        path.write_text("", encoding="utf-8")
        assert paths.current(path) == path == tmp_path / "out" / "data" / "processed" / "a.csv"
        assert paths.figure("a", "zh", "svg") == tmp_path / "out" / "figures" / "zh" / "a.svg"
        assert paths.shown(path) == "out/data/processed/a.csv" and paths.shown("/elsewhere/a") == "/elsewhere/a"
