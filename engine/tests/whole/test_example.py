"""The example is a compendium of its own: it agrees with itself, and a changed digit fails its tests."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from compendium import paths

pytestmark = pytest.mark.slow
EXAMPLE = paths.HOME / "engine" / "examples" / "growth-and-debt"
USED = {"recomputed", "mixed", "relabelled", "contradicted", "bounded", "consistent", "not obtained", "not testable"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A copy of the example, which takes engine and lock of this checkout, after a run, and what that said."""
    ignored = shutil.ignore_patterns("build", "__pycache__", ".pytest_cache")
    folder = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("ran") / "example", ignore=ignored)
    return folder, told(folder, "compendium", "run")


@pytest.fixture
def example(ran, tmp_path):
    """The same for one test."""
    return shutil.copytree(ran[0], tmp_path / "example")


def told(folder, *words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPENDIUM_")}
    line = [sys.executable, "-P", "-m", *words]
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


def test_a_run_gives_what_is_committed_with_the_expected_verdicts(ran):
    example, done = ran
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "\n0 differences from the committed outputs" in said, said
    counts = {}
    for name in ("tests/expected-verdicts.csv", "build/run/data/processed/claims.csv"):
        with (example / name).open(encoding="utf-8", newline="") as file:
            counts[name] = Counter(row["verdict"] for row in csv.DictReader(file))
    first, second = counts.values()
    assert first == second and set(first) == USED and sum(first.values()) >= 40


def test_a_changed_digit_with_renewed_hashes_fails_its_tests(example):
    path = example / "data/raw/country_years.csv"
    text, number = re.subn(r"^(New Zealand,1951,[^,]*,)-7\.", r"\1-6.", path.read_text(encoding="utf-8"), flags=re.M)
    assert number == 1
    path.write_text(text, encoding="utf-8")
    assert told(example, "compendium", "data", "refresh").returncode == 0
    done = told(example, "pytest", "-k", "verdict or critique")
    assert done.returncode == 1 and "test_each_claim_has_the_expected_verdict" in done.stdout
    assert "test_the_critique_prints_what_two_routes_compute" in done.stdout
