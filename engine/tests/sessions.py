"""What every session of our tests does, taken by both conftest.py: a scratch folder, forked kernels, fixtures.

Unit tests whose expectations rest on what the tables hold work on the frozen ones, whatever data/raw holds today.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import frozen
import pytest
import worlds
from filelock import FileLock

from compendium import prepare
from compendium.base import paths
from compendium.forkserver import client
from compendium.run import contents, preload, schedule

LONGEST = ["test_book", "test_data_added", "test_archive", "test_running", "test_validation"]
LONGEST += ["test_judgements", "test_judgements_regions", "test_bounds", "test_bad_input"]

prepare()
paths.import_study_package(paths.HOME)  # which tests import
_session = contextlib.ExitStack()
_started = preload.fork_kernels
os.environ[paths.OUT] = _session.enter_context(tempfile.TemporaryDirectory(prefix="compendium-"))
os.environ["OMP_NUM_THREADS"] = "1"


@contextlib.contextmanager
def _fork_server():
    """Have kernels forked that hold the study of this checkout."""
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(paths.ROOT, str(paths.HOME))
            stack.enter_context(_started({"PYTHONPATH": ""}))
        yield


def pytest_xdist_auto_num_workers() -> int:
    """Use one worker more than there are processors, for tests that wait for processes leave them idle."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items) -> None:
    """Begin with the files that take longest, lest one of them is left to one process at the end."""
    items.sort(key=lambda item: [*LONGEST, item.path.stem].index(item.path.stem))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item) -> None:
    """Have the kernels of notebooks forked, by a process that starts with the first of them."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # commands called in this process give it their own
    os.environ.pop("PYTHONSAFEPATH", None)  # so far, no file of this folder was to hide a module that pytest imports
    if item.path.suffix == ".ipynb" and client._calls is None:
        _session.enter_context(_fork_server())


def _studies() -> dict[str, ModuleType]:
    """Return what was imported of a study by name."""
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "study"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol():
    """Bring back the study that was imported, after a test with a compendium that has another one."""
    before = _studies()
    try:
        return (yield)
    finally:
        if before and sys.modules.get("study") is not before.get("study"):
            for name in _studies():
                del sys.modules[name]
            sys.modules.update(before)


@pytest.fixture(scope="session")
def one_fork_server():
    """Take the place of `preloading.fork_kernels`: one process forks the kernels of all the tests that ask for this."""
    with contextlib.ExitStack() as stack:

        @contextlib.contextmanager
        def fork_kernels(variables):
            if client._calls is None:
                stack.enter_context(_fork_server())
            yield

        yield fork_kernels


@pytest.fixture
def kernels_of_one(one_fork_server, monkeypatch):
    """Have all kernels of a test forked by the one process of the session."""
    monkeypatch.setattr(preload, "fork_kernels", one_fork_server)


@pytest.fixture(scope="session")
def rerun(tmp_path_factory, one_fork_server):
    """The folder of a full run with the default choices, made once for all processes of pytest.

    What has not changed since the last run of `make` is taken from there, as `make` does; build itself is left alone.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(base / "rerun.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(preload, "fork_kernels", one_fork_server)
        if not (base / "rerun").is_dir():
            if (last := worlds.HERE.build / "run").is_dir():
                shutil.copytree(last, base / "rerun")
            notebooks = contents.select_notebooks(worlds.HERE, [])
            chosen = contents.choose_parameters(notebooks, {})
            result = schedule.run_notebooks(
                worlds.HERE, notebooks, base / "rerun", chosen, os.cpu_count(), lambda _: None
            )
            assert result.failures == [], result.failures
    return base / "rerun"


@pytest.fixture(scope="session")
def c():
    """This compendium, as it lies in the checkout."""
    return worlds.HERE


@pytest.fixture(scope="session")
def frozen_root():
    """A root with the frozen tables, read by many tests and written by none."""
    return frozen.compendium().root


@pytest.fixture(scope="module")
def frozen_tables(frozen_root):
    """The compendium with the frozen tables, each read once in a module."""
    return worlds.at(frozen_root)


@pytest.fixture
def folder():
    """The frozen tables on their day, for a test to change, in a root with a blank and Chinese characters."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as place:
        frozen.clock(patch, frozen.DAY[:10])
        yield frozen.folder(Path(place, "原始 数据", "data", "raw"))


def pytest_unconfigure() -> None:
    """Remove the scratch folder and end the process that forks kernels."""
    _session.close()
