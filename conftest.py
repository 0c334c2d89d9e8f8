"""Tests and notebooks under test write to a scratch folder, never to the committed outputs."""

import os
import shutil
import tempfile

_scratch = tempfile.mkdtemp(prefix="compendium-")
os.environ["COMPENDIUM_OUT"] = _scratch
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_unconfigure() -> None:
    """Remove the scratch folder."""
    shutil.rmtree(_scratch, ignore_errors=True)
