"""The commands of the house: those of make are all listed, and ruff and mypy find the code clean."""

import re
import subprocess
import sys

import pytest

from compendium.base import paths


def test_help_of_make_lists_every_target():
    shown = subprocess.run(["make", "-s", "help"], cwd=paths.HOME, capture_output=True, text=True, check=True).stdout
    makefiles = [paths.HOME / name for name in ("Makefile", "engine/verification/targets.mk")]
    texts = [file.read_text(encoding="utf-8") for file in makefiles]
    declared = [target for text in texts for target in re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split()]
    assert sorted(re.findall(r"^make ([a-z-]+)", shown, re.M)) == sorted(declared)


@pytest.mark.parametrize("line", ["ruff check --output-format concise", "ruff format --check", "mypy"])
def test_the_code_is_clean(line):
    command = [sys.executable, "-P", "-m", *line.split()]
    outcome = subprocess.run(command, cwd=paths.HOME, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout
