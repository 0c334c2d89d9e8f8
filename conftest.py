"""Tests and notebooks under test write to a scratch folder; kernels are forked; slow tests that passed are kept.

A slow test carries the mark `kept(*places)`, which names the files and folders that it reads besides the package, the
lock and itself, or none where it reads the whole checkout. With `--kept`, as `make test` runs it, such a test is left
out if it passed when the content of all these was what it is now. Plain `pytest` runs everything; `--cache-clear`
forgets what has passed. A marked test that opens another file of the checkout fails: what it reads is what decides.
"""

import contextlib
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from compendium import freshness, kernels

PASSED = "compendium/passed"
ALWAYS = ("compendium", "study", "conftest.py", "pyproject.toml", "requirements.lock")

_session = contextlib.ExitStack()
_opened: set[str] = set()
_seen: dict[str, list[tuple[str, str]]] = {}
_kept = 0
os.environ["COMPENDIUM_OUT"] = _session.enter_context(tempfile.TemporaryDirectory(prefix="compendium-"))
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_addoption(parser) -> None:
    """Add `--kept`."""
    parser.addoption("--kept", action="store_true", help="leave out slow tests that passed on the same content")


def pytest_configure(config) -> None:
    """Declare the mark and note what is opened from here on."""
    config.addinivalue_line("markers", "kept(*places): slow; left out with --kept while all that it reads is the same")
    sys.addaudithook(_note)


def _note(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        _opened.add(os.path.abspath(os.fsdecode(arguments[0])))


def places(item) -> list[Path]:
    """Return what a marked test says that it reads, the whole checkout if it names nothing; nothing for others."""
    root, mark = item.config.rootpath, item.get_closest_marker("kept")
    if not mark:
        return []
    whole = [p.name for p in sorted(root.iterdir()) if p.name != "build" and not p.name.startswith(".")]
    return [item.path, *(root / name for name in (*ALWAYS, *(mark.args or whole)))]


@cache
def content(*paths: Path) -> str:
    """Return a hash of the files at or below the paths, and of Python, system and browser."""
    browser = shutil.which("chromium") or sys.executable
    digest = hashlib.sha256(f"{sys.version}{platform.platform()}{Path(browser).stat().st_mtime}".encode())
    for path in freshness.files(paths):
        digest.update(hashlib.sha256(path.read_bytes()).digest() + str(path).encode())
    return digest.hexdigest()


def pytest_collection_modifyitems(config, items) -> None:
    """Leave out what has passed on the same content, if asked to."""
    global _kept
    passed = config.cache.get(PASSED, {}) if config.getoption("--kept") else {}
    for item in items:
        if found := places(item):
            item.user_properties.append(("content", content(*found)))
    fresh = [i for i in items if passed.get(i.nodeid, "") != dict(i.user_properties).get("content")]
    _kept, items[:] = len(items) - len(fresh), fresh


def pytest_collection_finish(session) -> None:
    """Fork the kernels that run notebooks, if there are any to run."""
    if any(item.path.suffix == ".ipynb" for item in session.items):
        _session.enter_context(kernels.nursery({}))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """Forget what the test before has opened."""
    _opened.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """Fail a marked test that has opened a file of the checkout which its mark does not name."""
    result = yield
    if named := places(item):
        root = item.config.rootpath
        inside = [Path(p).relative_to(root) for p in sorted(_opened) if Path(p).is_relative_to(root)]
        unnamed = [
            p
            for p in inside
            if (root / p).is_file()  # a name beside an open folder is noted as if it lay here
            and not any((root / p).is_relative_to(n) for n in named)
            and not any(part.startswith(".") or part == "__pycache__" for part in p.parts)
            and p.parts[0] != "build"
        ]
        if unnamed:
            pytest.fail(f"reads {unnamed[0]}, which its mark `kept` does not name", pytrace=False)
    return result


def pytest_runtest_logreport(report) -> None:
    """Note how the marked tests end, in the process that hears of all."""
    if key := dict(report.user_properties).get("content"):
        _seen.setdefault(report.nodeid, []).append((report.outcome, key))


def pytest_sessionfinish(session) -> None:
    """Store which marked tests have passed, on what content."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["kept"] = _kept
    if hasattr(session.config, "workeroutput") or not _seen or not hasattr(session.config, "cache"):
        return
    passed = session.config.cache.get(PASSED, {})
    for name, ends in _seen.items():
        passed.pop(name, None)
        if [outcome for outcome, _ in ends] == ["passed"] * 3:
            passed[name] = ends[0][1]
    session.config.cache.set(PASSED, passed)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Hear from a process of pytest-xdist how many tests were left out."""
    global _kept
    _kept = getattr(node, "workeroutput", {}).get("kept", 0)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how many tests were left out."""
    if _kept:
        terminalreporter.write_line(f"{_kept} slow tests passed before on the same content and were kept")


def pytest_unconfigure() -> None:
    """Remove the scratch folder and end the process that forks kernels."""
    _session.close()
