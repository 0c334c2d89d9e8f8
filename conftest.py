"""Tests and notebooks under test write to a scratch folder, and the kernels of notebooks are forked."""

import contextlib
import gc
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

from compendium import paths, prepare
from compendium.compendium import Compendium
from compendium.forkserver import client
from compendium.run import caching, comparison, contents, drawings, preloading

LONGEST = ["test_book", "test_data_added", "test_archive", "test_running", "test_validation"]
LONGEST += ["test_judgements_regions", "test_bounds", "test_bad_input"]

prepare()
paths.use_study(paths.HOME)  # which tests import
_session = contextlib.ExitStack()
_started = preloading.fork_kernels
if "PYTEST_XDIST_WORKER" not in os.environ:  # the processes of pytest share one
    os.environ["COMPENDIUM_RECALLED"] = _session.enter_context(tempfile.TemporaryDirectory(prefix="recalled-"))
os.environ[paths.OUT] = _session.enter_context(tempfile.TemporaryDirectory(prefix="compendium-"))
os.environ["OMP_NUM_THREADS"] = "1"


@contextlib.contextmanager
def _fork_server():
    """Have kernels forked that recall what the solver has found: see tests/recalling.py."""
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(paths.ROOT, str(paths.HOME))
            patch.setattr(preloading, "PRELOADED", (*preloading.PRELOADED, "recalling"))
            stack.enter_context(_started({"PYTHONPATH": str(paths.HOME / "tests")}))
        yield


def pytest_xdist_auto_num_workers() -> int:
    """Use one worker more than there are processors, for tests that wait for processes leave them idle."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items) -> None:
    """Begin with the files that take longest, lest one of them is left to one process at the end."""
    items.sort(key=lambda item: [*LONGEST, item.path.stem].index(item.path.stem))


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Have what is imported for the tests, which stays to the end, never searched for garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item) -> None:
    """Have the kernels of notebooks forked, by a process that starts with the first of them."""
    os.environ.pop("PYTHONSAFEPATH", None)  # so far, no file of this folder was to hide a module that pytest imports
    if item.path.suffix == ".ipynb" and client._calls is None:
        _session.enter_context(_fork_server())


def pytest_runtest_teardown(item, nextitem) -> None:
    """Compare the tables and figures of a notebook, which nbval does not see, when its last cell was run."""
    if item.path.suffix != ".ipynb" or (nextitem and nextitem.path == item.path):
        return
    home, out = paths.HOME, Path(os.environ[paths.OUT])
    notebook, by_eye = contents.catalogue(Compendium(home, out))[item.path.stem], bool(drawings.elsewhere(home))
    found = comparison.compare_figures(home, out, notebook, by_eye)
    for name in caching.made_by(notebook.name, "table", home):
        found += [
            said
            for _, said in comparison.compare_tables(paths.processed_path(name, home), paths.processed_path(name, out))
        ]
    assert not found, "\n".join(found)


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
    monkeypatch.setattr(preloading, "fork_kernels", one_fork_server)


def pytest_unconfigure() -> None:
    """Remove the scratch folder and end the process that forks kernels."""
    _session.close()
