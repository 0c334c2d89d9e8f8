"""The site of notebooks: what goes into it, and a kernel that lacks a library."""

import hashlib
import importlib
import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from worlds import HERE

from compendium import CompendiumError, lite
from compendium.run import contents
from compendium.show import browser


@pytest.fixture
def libraries(tmp_path):
    """A distribution that holds Python and one wheel of the two in its lock."""
    source, packages = tmp_path / "source", {}
    source.mkdir()
    for name in ("numpy", "gone"):
        file = f"{name}-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
        packages[name] = {"name": name, "version": "1.0", "file_name": file, "depends": []}
        packages[name]["sha256"] = hashlib.sha256(name.encode()).hexdigest()
    (source / packages["numpy"]["file_name"]).write_bytes(b"numpy")
    for name in lite.RUNTIME:
        (source / name).touch()
    (source / lite.LOCK).write_text(json.dumps({"info": {"python": "3.14.0"}, "packages": packages}))
    return lite.Libraries(str(source), tmp_path / "site")


def test_a_place_without_pyodide_is_told(libraries, tmp_path):
    libraries.source = str(tmp_path)
    with pytest.raises(CompendiumError, match=r"has no pyodide.mjs. Remedy: --wheels with a distribution"):
        libraries.begin()
    libraries.source = "http://127.0.0.1:1"
    with pytest.raises(CompendiumError, match=r"^http://127.0.0.1:1: .*refused. Remedy: --wheels with a folder"):
        libraries.begin()


def test_a_wheel_that_is_not_that_of_the_lock_is_refused(libraries):
    libraries.begin()
    next(libraries.folder.parent.glob("source/numpy*")).write_bytes(b"another")
    with pytest.raises(CompendiumError, match=r"numpy-1.0.*is not the file of pyodide-lock.json"):
        libraries.gather(["numpy"])


def test_what_pyodide_lacks_is_packed_if_it_is_pure_and_else_missing_with_what_needs_it(libraries):
    libraries.begin()
    libraries.gather(["numpy", "jinja2", "gone", "scipy", "jsonschema"])
    assert {"gone", "scipy", "rpds-py", "jsonschema"} <= libraries.absent
    assert {"numpy", "jinja2", "markupsafe"} <= {*libraries.close()}
    written = json.loads((libraries.folder / lite.LOCK).read_text())["packages"]
    assert not libraries.absent & {*written}
    for entry in written.values():
        content = (libraries.folder / entry["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_needs_are_those_of_the_cells_and_of_modules_of_the_study():
    needs = lite.find_needs(HERE)
    assert "statsmodels" in needs["05-maturity"] and "highspy" in needs["03-regional-distribution"]
    assert "altair" in needs["07-talent-gap"] and "highspy" not in needs["07-talent-gap"]


def test_the_start_page_leads_to_every_notebook_in_each_language(tmp_path):
    (tmp_path / "static" / "pyodide").mkdir(parents=True)
    (tmp_path / "static" / "pyodide" / "wheel").write_bytes(bytes(3_000_000))
    lite.write_start([replace(HERE, language=language) for language in HERE.languages], tmp_path)
    page = BeautifulSoup((tmp_path / "index.html").read_text(encoding="utf-8"), "html.parser")
    for language in HERE.languages:
        section = page.find(id=language)
        links = [link["href"] for link in section.select("li a")]
        assert links == [f"notebooks/index.html?path={language}/{name}.ipynb" for name in contents.catalogue(HERE)]
        assert f"{language}/07-talent-gap.ipynb" in section.select_one(".begin")["href"]
        assert "3 MB" in section.get_text() and "http.server" in section.select_one(".from-disk").get_text()
    assert page.find(id="jupyter-config-data"), "without it the apps do not start"
    assert not [one for one in page.select("[src], [href]") if "//" in (one.get("src") or one["href"])]


@pytest.fixture
def shell(monkeypatch, tmp_path, capsys):
    """A shell as a kernel in a browser has it, which lacks a library, and the committed copy of a notebook."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, browser.Finder(["lackinglib"])])
    monkeypatch.setenv("COMPENDIUM_LANGUAGE", "en")
    cell = {"cell_type": "code", "source": "x = solve(3)", "outputs": [{"data": {"text/plain": "was 9"}}]}
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.ipynb").write_text(json.dumps({"cells": [cell]}))
    made, seen = InteractiveShell(user_ns={"notebook": None}), []
    replies = browser.Replies(made, tmp_path)
    monkeypatch.setattr(browser, "display", lambda one, raw=False: seen.append(one if raw else one.data))
    yield SimpleNamespace(run=made.run_cell, seen=seen, replies=replies)
    for name in [name for name in sys.modules if name.startswith("lackinglib")]:
        del sys.modules[name]


def test_a_missing_library_may_be_imported_and_its_use_is_told_with_what_was_committed(shell, capsys):
    assert shell.run("from lackinglib.deep.er import solve\nimport lackinglib\nkind = lackinglib.Kind.one").success
    shell.run("x = solve(3)")
    line = "*This cell needs lackinglib, which is missing here; below are its committed outputs.*"
    assert shell.seen == [line, {"text/plain": "was 9"}] and capsys.readouterr().out == ""
    shell.run("y = x + 1")
    assert shell.seen[2:] == [line]  # for want of x, and nothing was committed
    shell.run("print(of_my_own)")
    assert len(shell.seen) == 3 and "NameError" in capsys.readouterr().out


def test_stubs_are_for_missing_libraries_only(shell):
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("unknownlib")
