"""The doors: what a checkout says and does before, during and after the installation."""

import os
import shutil
import signal
import subprocess
import sys

import pytest
from processes import waited

from compendium.base import paths

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


@pytest.fixture
def door(tmp_path):
    """A checkout of Makefile and install.py whose installation takes nothing, and a Python for it."""
    checkout, python = tmp_path / "新 dir" / "c", tmp_path / "python"
    checkout.mkdir(parents=True)
    (checkout / "engine").mkdir()
    for name in ("Makefile", "install.py", "engine/pyproject.toml", "requirements.lock"):
        shutil.copy(paths.HOME / name, checkout / name)
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
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    return subprocess.Popen(line, cwd=checkout, env=clean | {"LC_ALL": "C"} | variables, start_new_session=True, **told)


def said(process):
    """Return what a `make` that succeeds says from now on."""
    text = process.communicate(timeout=60)[0]
    assert process.returncode == 0, text
    return text


def test_a_venv_is_made_anew_where_it_is_of_no_use_and_kept_otherwise(door):
    checkout, python = door
    copy, moved = checkout.with_name("copy"), checkout.with_name("moved")

    def is_kept(folder):
        told = said(make(folder, python))
        assert told == f"{INSTALLS}\n" or "up to date" in told
        return "up to date" in told

    assert not is_kept(checkout) and is_kept(checkout)
    shutil.copytree(checkout, copy, symlinks=True)
    assert not is_kept(copy) and is_kept(copy) and is_kept(checkout)
    checkout.rename(moved)
    assert not is_kept(moved)
    (moved / ".venv/bin/python").unlink()
    (moved / ".venv/bin/python").symlink_to("/nonexistent/python3.10")
    assert not is_kept(moved)
    newer = (moved / ".venv/.ready").stat().st_mtime_ns + 1_000_000  # the clock of files may stand for milliseconds
    os.utime(moved / "requirements.lock", ns=(newer, newer))
    assert not is_kept(moved) and is_kept(moved)


def test_what_the_user_has_on_the_path_of_python_is_ignored(door, tmp_path):
    (tmp_path / "shadow").mkdir()
    for name in ("fcntl.py", "re.py"):
        (tmp_path / "shadow" / name).write_text("raise SystemExit('shadowed')")
    assert said(make(*door, PYTHONPATH=str(tmp_path / "shadow"), PYTHONHOME="/nonexistent")) == f"{INSTALLS}\n"


def begun(checkout):
    """Wait until an installation has begun."""
    assert waited((checkout / "installations").exists)


def test_the_second_of_two_first_makes_waits_and_uses_what_the_first_installed(door):
    (door[0] / "wait").touch()
    first = make(*door)
    begun(door[0])
    second = make(*door)
    assert second.stdout.readline() == "another make is installing into .venv here; waiting until it has ended\n"
    (door[0] / "wait").unlink()
    assert said(first) == f"{INSTALLS}\n" and said(second) == ""
    assert (door[0] / "installations").read_text() == "one\n"


def test_a_killed_installation_blocks_nobody(door):
    (door[0] / "wait").touch()
    with make(*door) as first:
        begun(door[0])
        os.killpg(first.pid, signal.SIGKILL)
    (door[0] / "wait").unlink()
    assert said(make(*door)) == f"{INSTALLS}\n"


def test_a_failed_installation_says_why_and_leaves_no_venv(door):
    (door[0] / "fail").touch()
    first, cause, last, stopped = make(*door).communicate(timeout=60)[0].splitlines()
    assert (first, cause) == (INSTALLS, "error: Failed to fetch")
    assert last.startswith("The installation failed. Remedy: check the network; ") and "Error 1" in stopped
    assert not (door[0] / ".venv").exists()
    (door[0] / "fail").unlink()
    assert said(make(*door)) == f"{INSTALLS}\n"


def test_a_reader_who_has_seen_enough_is_told_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as closed:
        line = [sys.executable, "-m", "compendium", "claims"]
        outcome = subprocess.run(line, cwd=paths.HOME, stdout=closed, stderr=subprocess.PIPE)
    assert outcome.stderr == b"" and outcome.returncode == 1
