"""One run of all notebooks for all tests that only read it."""

import os
import shutil

import pytest
import recalling
from filelock import FileLock

from compendium.compendium import Compendium
from compendium.run import contents, preloading, schedule
from study.solver import Programme

find = Compendium.find


@pytest.fixture(scope="session")
def rerun(tmp_path_factory, one_fork_server):
    """The folder of a full run with the default choices, made once for all processes of pytest.

    What has not changed since the last run of `make` is taken from there, as `make` does; build itself is left alone.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(base / "rerun.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(preloading, "fork_kernels", one_fork_server)
        if not (base / "rerun").is_dir():
            if (last := find().build / "run").is_dir():
                shutil.copytree(last, base / "rerun")
            notebooks = contents.select(find(), [])
            chosen = contents.choose_parameters(notebooks, {})
            result = schedule.run(find(), notebooks, base / "rerun", chosen, os.cpu_count(), lambda _: None)
            assert result.failures == []
    return base / "rerun"


@pytest.fixture(scope="module")
def recalled():
    """Have the solver recall in this process, too, what it has found in any."""
    with pytest.MonkeyPatch.context() as patch:
        for name, search in recalling.searches().items():
            patch.setattr(Programme, name, search)
        yield
