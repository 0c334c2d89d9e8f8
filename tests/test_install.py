"""The doors: what a checkout says and does before, during and after the installation, and when it is copied."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time

import pytest

from compendium import paths

FINDER = """
import importlib.util, sys
class Finder:
    def find_spec(name, *_):
        return importlib.util.spec_from_file_location(name, {!r}) if name == "compendium" else None
sys.meta_path.append(Finder)
"""
SCRIPT = "from compendium.__main__ import main; main()"
DRIVER = """
import os, runpy, subprocess, sys, time
def run(command, **_):
    if "venv" in command:
        with open("installations", "a") as file:
            file.write("one\\n")
        while os.path.exists("wait"):
            time.sleep(0.02)
        os.makedirs(".venv/bin")
        os.symlink(os.path.realpath(sys.executable), ".venv/bin/python")
    if "check" in command and os.path.exists("fail"):
        raise subprocess.CalledProcessError(1, command, "", "error: Failed to fetch\\n")
    return subprocess.CompletedProcess(command, 0, "")
subprocess.run = run
runpy.run_path("install.py", run_name="__main__")
"""
INSTALLS = "installing into .venv (about a minute, 1.1 GB)"
ORIGINAL, COPY = "Q01 ", "copied "


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


@pytest.fixture
def install(monkeypatch):
    """The module install.py, with the variables of this process put back afterwards."""
    spec = importlib.util.spec_from_file_location("install", paths.ROOT / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "SSL_")) and k != "ALL_PROXY"}
    monkeypatch.setattr(os, "environ", clean)
    return module


def test_of_the_settings_of_pip_only_those_count_that_say_where_packages_come_from(install):
    os.environ |= {"PIP_USER": "1", "PIP_TARGET": "/t", "PIP_INDEX_URL": "http://a/s", "UV_INSECURE_HOST": "mine"}
    before = dict(os.environ)
    links = install.adapt(
        ":env:.index-url='http://a/s'\n:env:.target='/t'\n:env:.user='1'\nglobal.index-url='http://b/s'\n"
        "global.cert='/c.pem'\nglobal.find-links='/w /x'\ninstall.extra-index-url='http://c/s\\nhttp://d/s'\n"
        "install.trusted-host='a'\n"
    )
    found = {k: v for k, v in os.environ.items() if before.get(k) != v or k.startswith(("PIP_", "UV_"))}
    assert found == {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://a/s",
        "UV_INDEX_URL": "http://a/s",
        "PIP_EXTRA_INDEX_URL": "http://c/s\nhttp://d/s",
        "UV_EXTRA_INDEX_URL": "http://c/s http://d/s",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "PIP_CERT": "/c.pem",
        "SSL_CERT_FILE": "/c.pem",
        "PIP_FIND_LINKS": "/w /x",
        "PIP_TRUSTED_HOST": "a",
        "UV_INSECURE_HOST": "mine",
    }
    assert links == []


def test_without_an_index_uv_looks_where_pip_looks(install):
    links = install.adapt(":env:.no-index='1'\nglobal.find-links='/w /x'\n")
    assert links == ["--no-index", "--find-links=/w", "--find-links=/x"]


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "make room on the disk"),
        ("error: Failed to fetch: `x`\n  cause: dns error", "check the network"),
        ("ERROR: Could not find a version that satisfies uv==9 (from versions: none)", "check the network"),
        ("ERROR: Could not find a version that satisfies uv==9 (from versions: 1, 2)", "set PIP_INDEX_URL"),
        ("Because there is no version of numpy==9.9.9 and", "set PIP_INDEX_URL"),
        ("error: Hash mismatch for `click==8`", "set PIP_INDEX_URL"),
        ("hint: scipy has no wheels with a matching Python version tag", "make PYTHON=python3.12"),
        ("ensurepip is not\navailable", "install the package python3-venv"),
        ("error: Couldn't parse requirement in `requirements.lock`", "take requirements.lock from the archive"),
        ("something else", "see to what the lines above say"),
    ],
)
def test_each_trouble_has_its_own_remedy(install, tmp_path, monkeypatch, said, advice):
    monkeypatch.chdir(tmp_path)
    assert install.remedy(said).startswith(advice)


def test_git_is_advised_only_where_the_lock_differs_and_that_may_be_the_cause(install, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n")
    for words in ("init -q", "add .", "-c user.name=n -c user.email=e commit -qm m"):
        subprocess.run(["git", *words.split()], check=True)
    parse = "Couldn't parse requirement in `requirements.lock`"
    assert not install.remedy(parse).startswith("git")
    lock.write_text("a b\n")
    assert install.remedy(parse) == "git checkout -- requirements.lock, then make"
    assert install.remedy("Failed to fetch").startswith("check the network")
    monkeypatch.setattr(install.shutil, "which", lambda _: None)
    assert not install.remedy(parse).startswith("git")


@pytest.fixture
def door(tmp_path):
    """A checkout of Makefile and install.py whose installation takes nothing, and a Python for it."""
    checkout, python = tmp_path / "新 dir" / "c", tmp_path / "python"
    checkout.mkdir(parents=True)
    for name in ("Makefile", "install.py", "pyproject.toml", "requirements.lock"):
        shutil.copy(paths.ROOT / name, checkout)
    (tmp_path / "driver.py").write_text(DRIVER, encoding="utf-8")
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *install.py) set -- "{tmp_path}/driver.py";; esac\nexec "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    return checkout, f"PYTHON={python}"


def make(checkout, python, **variables):
    """Start `make`, as if from a shell, and return the process."""
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    line = ["make", "--no-print-directory", python, ".venv/.ready"]
    return subprocess.Popen(
        line,
        cwd=checkout,
        env=clean | {"LC_ALL": "C"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )


def said(process):
    """Return what a `make` that succeeds says from now on."""
    text = process.communicate(timeout=60)[0]
    assert process.returncode == 0, text
    return text


def test_a_venv_is_made_anew_where_it_is_of_no_use_and_kept_otherwise(door):
    checkout, python = door
    copy, moved = checkout.with_name("copy"), checkout.with_name("moved")
    assert said(make(*door)) == f"{INSTALLS}\n"
    assert "up to date" in said(make(*door))
    shutil.copytree(checkout, copy, symlinks=True)
    assert said(make(copy, python)) == f"{INSTALLS}: the one that is here was made for {checkout}\n"
    assert "up to date" in said(make(copy, python)) and "up to date" in said(make(*door))
    checkout.rename(moved)
    assert said(make(moved, python)) == f"{INSTALLS}: the one that is here was made for {checkout}\n"
    link = moved / ".venv/bin/python"
    used = link.resolve()
    link.unlink()
    link.symlink_to("/nonexistent/python3.10")
    assert said(make(moved, python)) == f"{INSTALLS}: the one that is here was made for {used}\n"
    (moved / "requirements.lock").touch()
    assert said(make(moved, python)) == f"{INSTALLS}\n"
    assert "up to date" in said(make(moved, python))


def test_what_the_user_has_on_the_path_of_python_is_ignored(door, tmp_path):
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "fcntl.py").write_text("raise SystemExit('shadowed')")
    (tmp_path / "shadow" / "re.py").write_text("raise SystemExit('shadowed')")
    assert said(make(*door, PYTHONPATH=str(tmp_path / "shadow"), PYTHONHOME="/nonexistent")) == f"{INSTALLS}\n"


def begun(checkout, number):
    """Wait until so many installations have begun."""
    log = checkout / "installations"
    while not (log.exists() and log.read_text().count("one") == number):
        time.sleep(0.02)


def test_the_second_of_two_first_makes_waits_and_uses_what_the_first_installed(door):
    (door[0] / "wait").touch()
    first = make(*door)
    begun(door[0], 1)
    second = make(*door)
    assert second.stdout.readline() == "another make is installing into .venv here; waiting until it has ended\n"
    (door[0] / "wait").unlink()
    assert said(first) == f"{INSTALLS}\n" and said(second) == ""
    assert (door[0] / "installations").read_text() == "one\n"


def test_a_killed_installation_blocks_nobody(door):
    (door[0] / "wait").touch()
    with make(*door) as first:
        begun(door[0], 1)
        os.killpg(first.pid, signal.SIGKILL)
    (door[0] / "wait").unlink()
    assert said(make(*door)) == f"{INSTALLS}\n"


def test_a_failed_installation_says_why_and_leaves_no_venv(door):
    (door[0] / "fail").touch()
    text = make(*door).communicate(timeout=60)[0]
    first, cause, last, stopped = text.splitlines()
    assert (first, cause) == (INSTALLS, "error: Failed to fetch")
    assert last.startswith("The installation failed. Remedy: check the network; ") and "Error 1" in stopped
    assert not (door[0] / ".venv").exists()
    (door[0] / "fail").unlink()
    assert said(make(*door)) == f"{INSTALLS}\n"


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory):
    """A checkout `c` with a .venv that leads to it, and `copy`, a copy of it with another first claim."""
    root = tmp_path_factory.mktemp("checkouts")
    shutil.copytree(paths.ROOT / "compendium", root / "c/compendium", ignore=shutil.ignore_patterns("fonts"))
    shutil.copytree(paths.ROOT / "data/processed", root / "c/data/processed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / "c/.venv"], check=True)
    (site,) = (root / "c/.venv/lib").glob("python*/site-packages")
    (site / "finder.py").write_text(FINDER.format(str(root / "c/compendium/__init__.py")))
    (site / "package.pth").write_text(f"import finder\n{sysconfig.get_path('purelib')}\n")
    (root / "c/.venv/bin/compendium").write_text(SCRIPT)
    shutil.copytree(root / "c", root / "copy", symlinks=True)
    ledger = root / "copy/data/processed/claims.csv"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("Q01,", "copied,"), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("python", "program", "folder", "variables", "ran"),
    [
        ("c", "c/.venv/bin/compendium", "c", {}, ORIGINAL),
        ("c", "c/.venv/bin/compendium", ".", {}, ORIGINAL),
        ("c", "-mcompendium", ".", {}, ORIGINAL),
        ("copy", "-mcompendium", "copy", {}, COPY),  # as make does
        ("c", "-mcompendium", ".", {"PYTHONPATH": "copy"}, COPY),
        ("c", "c/.venv/bin/compendium", ".", {"PYTHONPATH": "copy"}, COPY),
        ("c", "copy/.venv/bin/compendium", "copy", {}, None),  # the first line of the script leads to the original
        ("c", "copy/.venv/bin/compendium", ".", {}, None),
        ("copy", "-mcompendium", ".", {}, None),
        ("copy", "-mcompendium", "copy/data", {}, None),
        ("c", "c/.venv/bin/compendium", "copy/data", {}, None),  # the .venv of the copy is active
    ],
)
def test_a_copy_never_runs_the_original_unnoticed(checkouts, python, program, folder, variables, ran):
    clean = {k: v for k, v in os.environ.items() if k not in ("COMPENDIUM_OUT", "PYTHONPATH")}
    outcome = subprocess.run(
        [checkouts / python / ".venv/bin/python", program if program[0] == "-" else checkouts / program, "claims"],
        cwd=checkouts / folder,
        env=clean | {name: str(checkouts / value) for name, value in variables.items()},
        capture_output=True,
        encoding="utf-8",
    )
    if ran:
        assert outcome.stdout.startswith(ran), outcome.stderr
    else:
        copy = checkouts / "copy"
        told = f"this would run {checkouts / 'c'}, not {copy}. Remedy: make in {copy}, then activate its .venv anew"
        assert (outcome.returncode, outcome.stdout, outcome.stderr) == (1, "", f"Error: {told}\n")


def test_a_reader_who_has_seen_enough_is_told_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as closed:
        line = [sys.executable, "-m", "compendium", "claims"]
        outcome = subprocess.run(line, cwd=paths.ROOT, stdout=closed, stderr=subprocess.PIPE)
    assert outcome.stderr == b"" and outcome.returncode == 1
