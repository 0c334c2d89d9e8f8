"""Compendia for other papers: made by one command with the engine as one wheel, they run, prove themselves, publish."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner
from copies import edit

from compendium.__main__ import main

pytestmark = pytest.mark.slow
TITLE, DOI, AUTHOR = 'Cycling in "C"', "10.1234/c.5", "Ada Lovelace"
MADE = {"worked": ("--languages", "en", "--example"), "bare": ("--languages", "zh,en")}


@pytest.fixture(scope="module", params=MADE)
def folder(request, tmp_path_factory):
    """A new compendium: with the example in one language, or bare in two; its .venv holds what is installed here."""
    target = tmp_path_factory.mktemp("新 dir") / "another paper"
    line = ["new", str(target), "--title", TITLE, "--doi", DOI, "--author", AUTHOR, *MADE[request.param]]
    outcome = CliRunner().invoke(main, line)
    assert outcome.exit_code == 0, outcome.output
    assert len([p for p in target.rglob("*") if p.is_file()]) <= (52 if request.param == "worked" else 32)
    assert not list(target.rglob("compendium/")) and not (target / "pyproject.toml").exists()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", target / ".venv"], check=True)
    [site], [wheel] = target.glob(".venv/lib/python*/site-packages"), target.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)
    (site / "here.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    python = target / ".venv/bin/python"
    (target / ".venv/.ready").write_text(f"{target}\n{python.resolve()}\n", encoding="utf-8")
    return target


@pytest.fixture
def worked(folder):
    if not (folder / "notebooks/01-example.ipynb").is_file():
        pytest.skip("is about the example")
    return folder


def command(folder, *line):
    """Run a command in another compendium with nothing of this one around it."""
    dropped = ("COMPENDIUM_", "MAKE", "MFLAGS", "PYTEST_", "PYTHON")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    clean["PYTHONDONTWRITEBYTECODE"] = "1"  # a slip and its undoing within a second would look alike
    return subprocess.run(line, cwd=folder, env=clean, capture_output=True, encoding="utf-8")


def compendium(folder, *words):
    return command(folder, folder / ".venv/bin/python", "-P", "-m", "compendium", *words)


def test_the_two_commands_of_its_readme_pass_untouched_with_the_engine_of_its_wheel(folder):
    """Without git, with spaces in its path, and with files beside that bear names of Python's own."""
    commands = re.findall(r"^    (make.*?) *#", (folder / "README.md").read_text(encoding="utf-8"), re.M)
    assert commands == ["make", "make test"]
    (folder / "json.py").write_text("raise RuntimeError(__file__)\n", encoding="utf-8")
    run, test = (command(folder, *line.split()) for line in commands)
    (folder / "json.py").unlink()
    assert run.returncode == 0 and "0 differences" in run.stdout, run.stdout + run.stderr
    assert test.returncode == 0 and "5 passed" in test.stdout, test.stdout + test.stderr
    code = "import compendium; print(compendium.__file__)"
    assert str(folder / ".venv") in command(folder, folder / ".venv/bin/python", "-P", "-c", code).stdout


def test_what_it_publishes_speaks_of_its_own_paper(folder):
    for word in ("run", "certificate", "check"):
        done = compendium(folder, word)
        assert done.returncode == 0, done.stderr
    assert "note: compendium.toml, line " in done.stdout, "what is made up is told and fails nothing"
    facts = json.loads((folder / "build/certificate.json").read_text(encoding="utf-8"))
    assert TITLE in facts["paper"]["title"] and facts["paper"]["url"] == f"https://doi.org/{DOI}"
    assert facts["engine"].startswith("3.") and facts["compendium"]["version"] == "0.1.0"
    assert AUTHOR in (folder / "LICENSE").read_text("utf-8")
    identity = ("-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false")
    for line in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "begin"]):
        assert command(folder, "git", *line).returncode == 0
    done = command(folder, "make", "archive")
    assert done.returncode == 0 and (folder / "build/another-paper-0.1.0.zip").is_file(), done.stderr
    shutil.rmtree(folder / ".git")


def test_another_number_with_its_hash_renewed_is_noticed_by_its_own_tests(worked):
    before = {path: path.read_bytes() for path in (worked / "data/raw").iterdir()}
    edit(worked / "data/raw/counts.csv", "2022,1500", "2022,1400")
    assert compendium(worked, "data", "refresh").returncode == 0
    done = command(worked, "make", "test")
    for path, content in before.items():
        path.write_bytes(content)
    assert done.returncode and "verdict of Q01: reproduced committed, contradicted computed" in done.stdout, done.stdout
    assert "suite.py::test_each_claim_has_the_expected_verdict" in done.stdout


def test_a_claim_and_a_table_are_added_and_it_still_proves_itself(worked):
    shutil.copy(worked / "data/raw/counts.csv", worked.parent / "rain.csv")
    claim = ["--section", "4", "--statement", "Cycling is best.", "--value", "best", "--unit", "rank"]
    for words in (
        ["claim", "add", *claim, "--testable", "false"],
        ["table", "add", str(worked.parent / "rain.csv")],
        ["run"],
        ["accept"],
    ):
        done = compendium(worked, *words)
        assert done.returncode == 0 or "does not agree" in done.stderr, done.stderr
    ledger = pd.read_csv(worked / "data/processed/claims.csv").set_index("claim_id")
    assert ledger.at["Q04", "verdict"] == "not testable"
    assert "5 passed" in command(worked, "make", "test").stdout
