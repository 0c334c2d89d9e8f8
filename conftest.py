"""Tests and notebooks under test write to a scratch folder, never to the committed outputs; kernels are forked."""

import contextlib
import os
import tempfile

from compendium import kernels

_session = contextlib.ExitStack()
os.environ["COMPENDIUM_OUT"] = _session.enter_context(tempfile.TemporaryDirectory(prefix="compendium-"))
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_collection_finish(session) -> None:
    """Fork the kernels that run notebooks, if there are any to run."""
    if any(item.path.suffix == ".ipynb" for item in session.items):
        _session.enter_context(kernels.nursery({}))


def pytest_unconfigure() -> None:
    """Remove the scratch folder and end the process that forks kernels."""
    _session.close()
