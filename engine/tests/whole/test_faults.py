"""A sample of the seeded faults is planted again."""

import subprocess
import sys

import pytest

from compendium.base import paths


@pytest.mark.slow
def test_a_sample_of_seeded_faults_is_noticed():
    """One fault of each kind; data/verification/faults.csv holds what a larger sample gave."""
    script = paths.HOME / "engine/verification/plant.py"
    line = [sys.executable, str(script), "faults", "--take", "1", "--jobs", "1"]
    outcome = subprocess.run(line, capture_output=True, text=True, encoding="utf-8")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
