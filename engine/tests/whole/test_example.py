"""The example is a compendium of its own, which agrees with itself."""

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from compendium.base import paths

pytestmark = pytest.mark.slow
EXAMPLE = paths.HOME / "engine" / "examples" / "growth-and-debt"
USED = {"recomputed", "mixed", "relabelled", "contradicted", "bounded", "consistent", "not obtained", "not testable"}


def test_a_run_gives_what_is_committed_with_the_expected_verdicts(tmp_path):
    ignored = shutil.ignore_patterns("build", "__pycache__", ".pytest_cache")
    example = shutil.copytree(EXAMPLE, tmp_path / "example", ignore=ignored)  # with engine and lock of this checkout
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPENDIUM_")}
    line = [sys.executable, "-P", "-m", "compendium", "run"]
    done = subprocess.run(line, cwd=example, env=environment, capture_output=True, encoding="utf-8")
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "\n0 differences from the committed outputs" in said, said
    counts = {}
    for name in ("tests/expected-verdicts.csv", "build/run/data/processed/claims.csv"):
        with (example / name).open(encoding="utf-8", newline="") as file:
            counts[name] = Counter(row["verdict"] for row in csv.DictReader(file))
    first, second = counts.values()
    assert first == second and set(first) == USED and sum(first.values()) >= 40
