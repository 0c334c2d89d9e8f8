"""The archive holds what is committed, alike from every clone."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from copies import git
from worlds import at

from compendium import CompendiumError, paths
from compendium.files import write_atomic
from compendium.forms import archive

PROJECT = {
    "compendium.toml": 'name = "audit"\nversion = "1.2"\n',
    "data/raw/datapackage.json": '{"created": "2026-02-03T00:00:00Z"}\n',
    "notes/两 字.md": "text\n",
    ".ci/run": "true\n",
    ".gitignore": "build/\n",
}


def commit(folder):
    """Commit all that lies in a folder."""
    git(folder, "-c", "core.precomposeunicode=false", "add", ".")
    git(folder, "commit", "-qm", "m")


@pytest.fixture
def clone(tmp_path):
    """A committed project."""
    root = tmp_path / "原 件"
    for name, text in PROJECT.items():
        write_atomic(root / name, text.encode())
    git(root, "init", "-q")
    commit(root)
    return root


def test_the_archive_holds_what_is_committed_and_a_list_of_it(clone):
    made = archive.write(at(clone))
    assert made == clone / "build" / "audit-1.2.zip"
    with zipfile.ZipFile(made) as file:
        names, entries = file.namelist(), file.infolist()
        listed = file.read("audit-1.2/SHA256SUMS").decode("utf-8")
    kept = {*PROJECT, archive.MANIFEST} - {".ci/run"}
    assert names == sorted(f"audit-1.2/{name}" for name in kept)
    assert {(e.date_time, e.external_attr, e.create_system, e.compress_type, e.extra) for e in entries} == {
        ((2026, 2, 3, 0, 0, 0), 0o100644 << 16, 3, zipfile.ZIP_STORED, b"")
    }
    digest = hashlib.sha256(PROJECT["notes/两 字.md"].encode()).hexdigest()
    assert f"{digest}  notes/两 字.md\n" in listed and listed.count("\n") == len(kept) - 1


def test_two_clones_make_the_same_bytes(clone, tmp_path):
    first = archive.write(at(clone)).read_bytes()
    git(tmp_path, "clone", "-q", str(clone), "other")
    code = "import os; os.umask(0o077); from compendium.compendium import Compendium;"
    code += "from compendium.forms import archive; archive.write(Compendium.find())"
    other = {paths.ROOT: str(tmp_path / "other"), "LC_ALL": "C", "TZ": "Asia/Shanghai", "PYTHONPATH": str(paths.CODE)}
    line = [sys.executable, "-c", code]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUTF8"}
    subprocess.run(line, env=environment | other, check=True, cwd=tmp_path)
    assert (tmp_path / "other/build/audit-1.2.zip").read_bytes() == first


def test_what_is_not_committed_or_no_plain_file_is_refused_and_named(clone, monkeypatch):
    (clone / "forgotten.py").write_text("")
    with pytest.raises(CompendiumError, match=r"^not committed: forgotten\.py\. Remedy: git commit, or git stash"):
        archive.write(at(clone))
    (clone / "forgotten.py").rename(clone / "compendium.toml")
    with pytest.raises(CompendiumError, match=r"^not committed: compendium\.toml\."):
        archive.write(at(clone))
    (clone / "link").symlink_to("compendium.toml")
    commit(clone)
    with pytest.raises(CompendiumError, match=r"^link: must be a plain file to be archived\. Remedy: "):
        archive.write(at(clone))
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(CompendiumError, match=r"^git cannot read the last commit\. Remedy: "):
        archive.write(at(clone))


def test_no_file_that_is_archived_has_to_be_executable():
    if not (paths.HOME / ".git").exists() or shutil.which("git") is None:
        pytest.skip("modes are kept by git, which is not here")
    listed = subprocess.run(["git", "ls-files", "-s", "-z"], cwd=paths.HOME, capture_output=True, text=True).stdout
    entries = [entry.split("\t") for entry in listed.split("\0") if entry]
    assert {mode[:6] for mode, name in entries if not name.startswith(archive.LEFT_OUT)} == {"100644"}
