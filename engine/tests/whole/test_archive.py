"""The archive unpacked where there is no git, and an installation from collected wheels where there is no network."""

import base64
import hashlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import zipfile

import copies
import pytest

from compendium import paths
from compendium.forms import archive
from compendium.run import reference

DEAD = "http://127.0.0.1:9/"  # an index that does not answer


@pytest.mark.slow
def test_an_unpacked_archive_checks_and_runs_without_git(tmp_path):
    """The files are those that lie here, committed or not, so that the test says the same before a commit.

    Nothing is kept in what is unpacked: that nothing differs says that every fact of every claim, judged anew, is the
    committed one, and so is what `make` keeps between runs. It is as on a processor without AVX2, where numpy sorts by
    other instructions, so that only stable sorts give the same order.
    """
    source, target = copies.checkout(tmp_path / "source"), tmp_path / "新 dir"
    files = {p.relative_to(source).as_posix(): p.read_bytes() for p in source.rglob("*") if p.is_file()}
    files = {name: data for name, data in files.items() if not name.startswith(archive.LEFT_OUT)}
    packed = tmp_path / "a.zip"
    packed.write_bytes(archive.zip_files(files | {archive.MANIFEST: reference.digests(files)}, "a", "2026-01-01"))
    with zipfile.ZipFile(packed) as file:
        file.extractall(target)
    subprocess.run(["sha256sum", "-c", "--quiet", archive.MANIFEST], cwd=target / "a", check=True)
    clean = {k: v for k, v in os.environ.items() if k not in (paths.OUT, paths.ROOT)}
    clean |= {"PYTHONPATH": str(target / "a/engine/src"), "PATH": "/nonexistent", "LC_ALL": "C"}
    clean |= {"NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3"} if platform.machine() == "x86_64" else {}
    said = {}
    for command in ("check", "run 00 05", "archive"):
        line = [sys.executable, "-m", "compendium", *command.split()]
        outcome = subprocess.run(line, cwd=target / "a", env=clean, capture_output=True, encoding="utf-8")
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        said[command] = outcome.stdout
    assert said["check"] == "raw tables, notebooks and generated texts are in order\n"
    assert "\n0 differences from the committed outputs. " in said["run 00 05"]
    [made] = (target / "a/build").glob("*-*.zip")
    assert sorted(zipfile.ZipFile(made).namelist()) == sorted(f"{made.stem}/{n}" for n in (*files, archive.MANIFEST))


def wheel(name, version, files, folder):
    """Write a wheel of `files`, path -> content, to `folder` and return its entry of a lock."""
    info = f"{name}-{version}.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {n: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=") for n, data in files.items()}
    record = "".join(f"{n},sha256={digests[n].decode()},{len(data)}\n" for n, data in files.items())
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as packed:
        for path, data in (files | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}).items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16
            packed.writestr(entry, data)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


def installed(name):
    """Return the version and the files of an installed package, as its wheel holds them."""
    package, files = importlib.metadata.distribution(name), {}
    for file in package.files or []:
        path, parts = file.locate(), file.parts
        if "__pycache__" in parts or not path.is_file():
            continue
        if ".." in parts:
            files[f"{name}-{package.version}.data/scripts/{file.name}"] = path.read_bytes()
        elif not parts[0].endswith(".dist-info") or parts[1] == "entry_points.txt":
            files[file.as_posix()] = path.read_bytes()
    return package.version, files


@pytest.fixture
def door(tmp_path):
    """A checkout whose lock names uv, setuptools and one package more, and the folder that has them."""
    checkout, index = tmp_path / "新 dir" / "c", tmp_path / "index"
    checkout.mkdir(parents=True)
    index.mkdir()
    for name in ("Makefile", "install.py"):
        shutil.copy(paths.HOME / name, checkout)
    lock = "".join(wheel(name, *installed(name), index) for name in ("setuptools", "uv"))
    lock += wheel("made_up", "1", {"made_up.py": b"answer = 42\n"}, index).replace("made_up", "made-up")
    (checkout / "requirements.lock").write_text(lock)
    project = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    (checkout / "engine").mkdir()
    (checkout / "engine/pyproject.toml").write_text(f'{project}[project]\nname = "p"\nversion = "1"\n')
    return checkout, index


def make(checkout, *arguments, **variables):
    """Return whether `make` succeeds without a network, and what it says."""
    dropped = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "WHEELS", "PYTHONPATH")
    clean = {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith(("PIP_", "UV_"))}
    clean |= {"UV_INDEX_URL": DEAD, "UV_CACHE_DIR": str(checkout.parent / "cache"), "PIP_INDEX_URL": DEAD} | variables
    cut = ["unshare", "-rn"] if shutil.which("unshare") and not subprocess.call(["unshare", "-rn", "true"]) else []
    line = [*cut, "make", "--no-print-directory", f"PYTHON={os.path.realpath(sys.executable)}", *arguments]
    outcome = subprocess.run(line, cwd=checkout, env=clean, capture_output=True, encoding="utf-8")
    return outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.slow
def test_what_make_wheels_collects_installs_without_a_network_and_by_its_hashes_only(door):
    checkout, index = door
    done, said = make(checkout, "wheels", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index))
    assert done and "3 wheels, " in said, said
    (checkout / "build/wheels").rename(checkout.parent / "轮 子")
    shutil.rmtree(checkout / ".venv")
    done, said = make(checkout, "WHEELS=../轮 子", ".venv/.ready")
    assert done, said
    line = [checkout / ".venv/bin/python", "-c", "import made_up; print(made_up.answer)"]
    assert subprocess.run(line, capture_output=True, text=True, check=True).stdout == "42\n"
    (checkout / "requirements.lock").touch()
    with zipfile.ZipFile(next((checkout.parent / "轮 子").glob("made_up*")), "a") as spoilt:
        spoilt.writestr("more.py", "")
    done, said = make(checkout, "WHEELS=../轮 子", ".venv/.ready", UV_NO_CACHE="1")  # it holds what was whole
    assert not done and "Hash mismatch" in said and "The installation failed. Remedy: where there is a network" in said
    assert not (checkout / ".venv").exists()
