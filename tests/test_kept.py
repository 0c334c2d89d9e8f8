"""Slow tests that passed are left out only while all that they read is the same."""

import os
import shutil
import subprocess
import sys

import pytest

from compendium import paths

pytestmark = pytest.mark.kept("conftest.py")
TESTS = """
import pathlib
import pytest

HERE = pathlib.Path(__file__).parent

def test_quick():
    pass

@pytest.mark.kept("data")
def test_slow():
    assert (HERE / "data" / "a.txt").read_text() != "bad"

@pytest.mark.kept("data")
def test_slow_and_wrong():
    assert (HERE / "other.txt").read_text() == "?"

@pytest.mark.kept()
def test_slow_on_everything():
    (HERE / "other.txt").read_text()
"""
PLAIN = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.fixture
def suite(tmp_path):
    """A checkout with the committed conftest.py and four tests; a function that runs them and tells what came out."""
    shutil.copy(paths.ROOT / "conftest.py", tmp_path)
    (tmp_path / "data").mkdir()
    for name, text in {"test_it.py": TESTS, "data/a.txt": "good", "other.txt": "!"}.items():
        (tmp_path / name).write_text(text)

    def run(*options):
        command = [sys.executable, "-m", "pytest", "-q", "-rfE", f"--rootdir={tmp_path}", *options]
        said = subprocess.run(command, cwd=tmp_path, env=PLAIN, capture_output=True, text=True).stdout
        kept = [line.split()[0] for line in said.splitlines() if "slow tests passed before" in line]
        return int(kept[0]) if kept else 0, said.splitlines()[-1].split(" in ")[0], said

    return run


@pytest.mark.parametrize("processes", [(), ("-p", "xdist", "-n", "2")])
def test_what_passed_is_left_out_while_nothing_changed(suite, tmp_path, processes):
    first, again = suite("--kept", *processes)[:2], suite("--kept", *processes)[:2]
    assert first == (0, "1 failed, 3 passed, 1 error") and again == (2, "1 failed, 1 passed, 1 error")
    assert suite(*processes)[0] == 0
    (tmp_path / "other.txt").write_text("#")
    assert suite("--kept", *processes)[:2] == (1, "1 failed, 2 passed, 1 error")
    (tmp_path / "data" / "a.txt").write_text("bad")
    assert suite("--kept", *processes)[:2] == (0, "2 failed, 2 passed, 1 error")
    (tmp_path / "data" / "a.txt").write_text("good")
    assert suite("--kept", *processes)[0] == 0  # what has failed since is run again


def test_a_test_that_reads_what_its_mark_does_not_name_fails(suite):
    said = suite()[2]
    assert "reads other.txt, which its mark `kept` does not name" in said
