"""The site of `compendium lite` in a real Chromium: its notebooks run there, and nothing is asked for from elsewhere.

Pyodide's wheels come from a package that carries most of them, each compared with the lock of Pyodide's own package.
"""

import functools
import importlib.util
import json
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from chromium import LOOKED, browsing
from chromium import browser as browser
from chromium import window as window
from worlds import HERE

from compendium import cells, lite
from compendium.files import write_atomic
from compendium.run import contents, notebookfile
from compendium.show import browser as kernel
from compendium.show import lab
from compendium.show.halves import half
from compendium.texts import catalogue

PYODIDE, WHEELS = "pyodide@314.0.3", "open-webui==0.12.4"
OPEN = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status == 'idle'"
RUN = "jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)"
CELLS = "jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map(cell => cell.toJSON())"
SET = """([id, source]) => jupyterapp.shell.currentWidget.content.model.sharedModel.cells
    .find(cell => cell.id == id).setSource(source)"""
ASK = """async code => {
    const future = jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}), said = []
    future.onIOPub = message => said.push(message.content.text ?? '')
    await future.done
    return said.join('')
}"""
TABLES = "import json; print(json.dumps({p.name: p.read_text() for p in notebook.c.out.rglob('*.csv')}))"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory):
    """A distribution of Pyodide without some wheels."""
    if not importlib.util.find_spec("jupyterlite_pyodide_kernel") or not shutil.which("npm"):
        pytest.skip("jupyterlite-pyodide-kernel or npm is not installed")
    place = tmp_path_factory.mktemp("pyodide")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(place), WHEELS]
    if any(subprocess.run(line, cwd=place, capture_output=True).returncode for line in (["npm", "pack", PYODIDE], pip)):
        pytest.skip(f"{PYODIDE} or {WHEELS} is not to be had here")
    with zipfile.ZipFile(next(place.glob("*.whl"))) as archive:
        for name in archive.namelist():
            if "/pyodide/" in name and name.endswith(".whl"):
                (place / Path(name).name).write_bytes(archive.read(name))
    with tarfile.open(next(place.glob("*.tgz"))) as archive:
        for name in (*lite.RUNTIME, lite.LOCK):
            (place / name).write_bytes(archive.extractfile(f"package/{name}").read())
    return place


@pytest.fixture(scope="module")
def site(pyodide, tmp_path_factory):
    """The site as served, with the committed outputs in each language: its address, and what was said of it."""
    place, said = tmp_path_factory.mktemp("lite"), []
    runs = [replace(HERE, language=language, out=place / language) for language in HERE.languages]
    for run in runs:
        for name, notebook in contents.catalogue(HERE).items():
            content = lab.copy(HERE, notebookfile.read(notebook.path), run.language)
            write_atomic(run.out / "notebooks" / f"{name}.ipynb", content.encode("utf-8"))
    lite.build(runs, place / "site", str(pyodide), said.append)
    file = place / "site" / "jupyter-lite.json"
    told = json.loads(file.read_text())
    told["jupyter-config-data"]["exposeAppInBrowser"] = True  # for this test to look into
    file.write_text(json.dumps(told))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=place / "site"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{{}}/index.html?path={{}}/{{}}.ipynb", said
    server.shutdown()


def opened(window, site, name, language, app="lab"):
    window.set_default_timeout(300_000)
    window.goto(site[0].format(app, language, name))
    window.wait_for_function(OPEN)


def run_all(window):
    """Run all cells; return what each shows, by id."""
    assert window.evaluate(RUN)
    found = {cell["id"]: cell["outputs"] for cell in window.evaluate(CELLS) if cell["cell_type"] == "code"}
    assert [
        o for outputs in found.values() for o in outputs if o["output_type"] not in ("display_data", "execute_result")
    ] == []
    assert [fault for fault in window.faults if fault.startswith(("external", "script"))] == []
    return found


def texts_in(outputs):
    return [output["data"]["text/markdown"] for output in outputs if "text/markdown" in output["data"]]


def test_what_is_missing_is_told(site):
    text = catalogue("compendium/commands")
    assert [text("lite-absent", name=name)["zh"] for name in ("altair", "highspy", "statsmodels")] == site[1][:-1]


def compare(window, shown, name, language):
    """Hold what the cells of a notebook showed, and the tables they wrote, against what is committed."""
    lacking = catalogue("compendium/show")("browser-lacks", name="altair").markdown[language]
    for cell in notebookfile.read(HERE.notebooks / f"{name}.ipynb").cells:
        if cell.id == "explore":
            assert texts_in(shown[cell.id]) == [lacking]
            assert len(shown[cell.id]) == 1 + (language == HERE.languages[0])  # in which an explorer is committed
        elif cell.cell_type == "code" and cell.id != "save":  # it tells the versions
            assert texts_in(shown[cell.id]) == [half(said, language) for said in texts_in(cell.outputs)], cell.id
    made = json.loads(window.evaluate(ASK, TABLES))
    assert made and made == {one: (HERE.root / "data/processed" / one).read_text(encoding="utf-8") for one in made}


@browsing
def test_a_notebook_runs_in_a_browser_as_it_was_committed(site, window):
    opened(window, site, "02-pilot-growth", "zh")
    compare(window, run_all(window), "02-pilot-growth", "zh")


@browsing
@pytest.mark.parametrize("language", HERE.languages)
def test_a_choice_and_an_exercise_count_in_a_browser(site, window, language):
    name = "07-talent-gap"
    opened(window, site, name, language)
    first = run_all(window)
    window.screenshot(path=LOOKED / f"lite-07-{language}.png")
    compare(window, first, name, language)
    window.evaluate(SET, ["parameters", "annual_supply_growth = 8.0\nannual_exit_pct = 3.0\nstock_year = 2020"])
    solution = cells.solution(cells.read(HERE.notebooks / f"{name}.ipynb"), "exercise-1")
    window.evaluate(SET, ["exercise-1-check", f'{solution}\nnotebook.check("exercise-1", answer)'])
    window.evaluate(SET, ["exercise-2-check", 'notebook.check("exercise-2", [1, 1])'])
    second = run_all(window)
    pictures = [found["figure-scenarios"][0]["data"]["image/png"] for found in (first, second)]
    assert pictures[0] != pictures[1]
    assert "✓" in texts_in(second["exercise-1-check"])[0] and "✗" in texts_in(second["exercise-2-check"])[0]


@browsing
def test_a_notebook_that_lacks_a_library_says_so_and_shows_what_was_committed(site, window):
    opened(window, site, "05-maturity", "en", "notebooks")
    assert "statsmodels" in window.evaluate(CELLS)[0]["source"]
    found, lacking = run_all(window), catalogue("compendium/show")("browser-lacks", name="statsmodels")
    window.screenshot(path=LOOKED / "lite-05-en.png")
    for name in ("intervals", "figure-errors", "findings"):  # the others want names of the first
        assert texts_in(found[name])[0] == lacking.markdown["en"] and len(found[name]) > 1
    assert texts_in(found["split"]) and lacking.markdown["en"] not in texts_in(found["split"])
    assert kernel.NAME in window.evaluate(ASK, "print(notebook.c.root)")
    window.evaluate(SET, ["split", "of_my_own"])
    window.evaluate(RUN)
    assert [o["ename"] for o in cells_of(window, "split")] == ["<class 'NameError'>"]


def cells_of(window, name):
    return next(cell["outputs"] for cell in window.evaluate(CELLS) if cell["id"] == name)
