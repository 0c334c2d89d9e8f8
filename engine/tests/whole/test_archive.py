"""The archive unpacked where there is no git."""

import os
import platform
import subprocess
import sys
import zipfile

import copies
import pytest

from compendium.base import paths


@pytest.mark.slow
def test_an_unpacked_archive_checks_and_runs_without_git(tmp_path):
    """The files are those that lie here, committed or not, so that the test says the same before a commit.

    Nothing is kept in what is unpacked: that nothing differs says that every fact of every claim, judged anew, is the
    committed one, and so is what `make` keeps between runs. It is as on a processor without AVX2, where numpy sorts by
    other instructions, so that only stable sorts give the same order.
    """
    source, target = copies.checkout(tmp_path / "source"), tmp_path / "新 dir"
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "m"]):
        copies.git(source, *words)
    subprocess.run(["make", "archive"], cwd=source, check=True)
    [packed], [listed] = source.glob("build/*.zip"), source.glob("build/*.zip.sha256")
    subprocess.run(["sha256sum", "-c", listed.name], cwd=listed.parent, check=True)
    with zipfile.ZipFile(packed) as file:
        file.extractall(target)
    root = target / packed.stem
    assert not (root / ".ci").exists()
    clean = {k: v for k, v in os.environ.items() if k not in (paths.OUT, paths.ROOT)}
    clean |= {"PYTHONPATH": str(root / "engine/src"), "PATH": "/nonexistent", "LC_ALL": "C"}
    clean |= {"NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3"} if platform.machine() == "x86_64" else {}
    said = {}
    for command in ("check", "run 00 05"):
        line = [sys.executable, "-m", "compendium", *command.split()]
        outcome = subprocess.run(line, cwd=root, env=clean, capture_output=True, encoding="utf-8")
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        said[command] = outcome.stdout
    assert said["check"] == "raw tables, notebooks and generated texts are in order\n"
    assert "\n0 differences from the committed outputs. " in said["run 00 05"]
