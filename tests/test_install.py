"""The doors: what a checkout says and does before, during and after the installation."""

import pytest

from compendium import paths


@pytest.mark.parametrize(
    ("git", "program", "advice"),
    [
        (True, "/usr/bin/git", "git checkout -- data/raw/a.csv README.md"),
        (True, None, "take data/raw/a.csv README.md from the archive you unpacked"),
        (False, "/usr/bin/git", "take data/raw/a.csv README.md from the archive you unpacked"),
    ],
)
def test_git_is_advised_only_where_there_is_git(tmp_path, monkeypatch, git, program, advice):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths.shutil, "which", lambda _: program)
    if git:
        (tmp_path / ".git").mkdir()
    assert paths.restore(tmp_path / "data/raw/a.csv", "README.md") == advice
