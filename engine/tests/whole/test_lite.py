"""The site of `compendium lite` in a real Chromium: its notebooks run there, and nothing is asked for from elsewhere.

In each language a page runs a notebook; tests look at that.
"""

import importlib.util
import json
import shutil
from types import SimpleNamespace

import litesite
import pytest
from chromium import LOOKED, browsing, foreign, opened
from chromium import browser as browser
from chromium import window as window
from worlds import HERE

from compendium.base import cells
from compendium.base.texts import catalogue
from compendium.browser.site import SITE
from compendium.notebook.bilingual import select_language_part
from compendium.run import notebookfile

NAME = "07-talent-gap"
SET = """([id, source]) => jupyterapp.shell.currentWidget.content.model.sharedModel.cells
    .find(cell => cell.id == id).setSource(source)"""
ASK = """async code => {
    const future = jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}), said = []
    future.onIOPub = message => said.push(message.content.text ?? message.content.ename ?? '')
    await future.done
    return said.join('')
}"""
pytestmark = [pytest.mark.slow, pytest.mark.outside]  # a distribution of Pyodide is fetched
TABLES = "import json; print(json.dumps({p.name: p.read_text() for p in notebook.c.out.rglob('*.csv')}))"
AT_TOP = """id => {
    const panel = window.jupyterapp?.shell.currentWidget?.content
    const top = panel?.widgets?.find(one => one.model.id == id)?.node.getBoundingClientRect().top
    return top > 0 && top < 200
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site: its folder, its address while it is served, what was said of it."""
    if not importlib.util.find_spec("jupyterlite_pyodide_kernel") or not shutil.which("npm"):
        pytest.skip("jupyterlite-pyodide-kernel or npm is not installed")
    pyodide, place = tmp_path_factory.mktemp("pyodide"), tmp_path_factory.mktemp("lite")
    if not litesite.fetch_pyodide(pyodide):
        pytest.skip(f"{litesite.PYODIDE} or {litesite.WHEELS} is not to be had here")
    said = litesite.write(HERE, pyodide, place)
    with litesite.serve(place / "site") as address:
        yield SimpleNamespace(folder=place / "site", address=address, said=said)


def run_all(page):
    """Run all cells; return what each shows, by id."""
    page.evaluate(litesite.RUN)
    return {cell["id"]: cell.get("outputs") for cell in page.evaluate(litesite.CELLS)}


def run_twice(page, address, language):
    """Run the notebook, then with an answer right, one wrong and another choice; return what is shown and told."""
    page.goto(f"{address}/lab/index.html?path={language}/{NAME}.ipynb")
    page.wait_for_function(litesite.IDLE)
    seen = SimpleNamespace(shown=run_all(page), tables=json.loads(page.evaluate(ASK, TABLES)))
    solution = cells.find_solution_code(cells.read_notebook_cells(HERE.notebooks / f"{NAME}.ipynb"), "exercise-1")
    page.evaluate(SET, ["parameters", "annual_supply_growth = 8.0\nannual_exit_pct = 3.0\nstock_year = 2020"])
    page.evaluate(SET, ["exercise-1-check", f'{solution}\nnotebook.check("exercise-1", answer)'])
    page.evaluate(SET, ["exercise-2-check", 'notebook.check("exercise-2", [1, 1])'])
    seen.changed = run_all(page)
    seen.told = page.evaluate(ASK, "print(notebook.c.root); of_my_own")
    page.screenshot(path=LOOKED / f"lite-07-{language}.png")
    return seen


@pytest.fixture(scope="module")
def ran(site, browser):
    """What was seen of the notebook by language, with the pages and what they asked for."""
    seen = SimpleNamespace(requests=[], pages={language: opened(browser) for language in HERE.languages})
    for page in seen.pages.values():
        page.set_default_timeout(300_000)
        page.context.on("request", lambda request: seen.requests.append(request.url))
    with litesite.serve(site.folder) as seen.address:
        seen.by = {language: run_twice(page, seen.address, language) for language, page in seen.pages.items()}
    (LOOKED / "lite-requests.txt").write_text("\n".join(seen.requests), encoding="utf-8")
    yield seen
    for page in seen.pages.values():
        page.close()


def texts_in(outputs):
    return [output["data"]["text/markdown"] for output in outputs if "text/markdown" in output["data"]]


def test_what_is_missing_is_told(site):
    text = catalogue("compendium/commands")
    assert [text("lite-absent", name=name)["zh"] for name in ("altair", "highspy", "statsmodels")] == site.said[:-1]


@browsing
@pytest.mark.parametrize("language", HERE.languages)
def test_a_notebook_runs_in_a_browser_as_it_was_committed(ran, language):
    shown = ran.by[language].shown
    key = "lacks-shown" if language == HERE.languages[0] else "lacks"  # what is committed moves in one language only
    lacking = catalogue("compendium/show")(key, name="altair").markdown[language]
    for cell in notebookfile.read_notebook(HERE.notebooks / f"{NAME}.ipynb").cells:
        if cell.id == "explore":
            assert texts_in(shown[cell.id]) == [lacking]
        elif cell.cell_type == "code" and cell.id != "save":  # it tells the versions
            assert texts_in(shown[cell.id]) == [
                select_language_part(said, language) for said in texts_in(cell.outputs)
            ], cell.id
    made = ran.by[language].tables
    assert made and made == {one: (HERE.root / "data/processed" / one).read_text(encoding="utf-8") for one in made}


@browsing
@pytest.mark.parametrize(
    ("name", "language"), [("02-pilot-growth", "en"), ("03-regional-distribution", "zh"), ("05-maturity", "en")]
)
def test_what_needs_a_library_that_is_missing_shows_what_was_computed_elsewhere(site, window, name, language):
    window.set_default_timeout(300_000)
    window.goto(f"{site.address}/notebooks/index.html?path={language}/{name}.ipynb")
    window.wait_for_function(litesite.IDLE)
    due = {cell["id"]: cell.get("outputs", []) for cell in window.evaluate(litesite.CELLS)}
    lacking = catalogue("compendium/show")("lacks", name="x").markdown[language].partition("x")[0]
    shown, needing = run_all(window), 0
    for cell, outputs in shown.items():
        said = texts_in(outputs or [])
        if said and said[0].startswith(lacking):
            assert said[1:] == texts_in(due[cell])
            assert [{*output["data"]} for output in outputs[1:]] == [{*output["data"]} for output in due[cell]], cell
            needing += 1
        elif outputs and cell != "save":
            assert said == texts_in(due[cell]), cell
    assert needing


@browsing
def test_a_click_takes_a_notebook_as_it_was_and_a_book_that_is_not_there_is_no_link(site, window):
    window.goto(f"{site.address}/notebooks/index.html?path=en/{NAME}.ipynb")
    window.wait_for_function(litesite.IDLE)
    window.evaluate(SET, ["exercise-1-check", "mine"])
    window.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => true)")
    window.once("dialog", lambda dialog: dialog.accept())
    with window.expect_navigation():
        window.locator('a[href="#start-again"]').click()
    window.wait_for_function(litesite.IDLE)
    assert "mine" not in [cell["source"] for cell in window.evaluate(litesite.CELLS)]
    assert window.locator('.bookless a[href^="#book/en/"]').count() > 1


@browsing
@pytest.mark.parametrize("language", HERE.languages)
def test_a_choice_and_an_exercise_count_in_a_browser(ran, language):
    first, second = ran.by[language].shown, ran.by[language].changed
    pictures = [found["figure-scenarios"][0]["data"]["image/png"] for found in (first, second)]
    assert pictures[0] != pictures[1]
    assert "✓" in texts_in(second["exercise-1-check"])[0] and "✗" in texts_in(second["exercise-2-check"])[0]


@browsing
def test_nothing_fails_and_nothing_is_asked_for_from_elsewhere(ran):
    for seen in ran.by.values():
        for shown in (seen.shown, seen.changed):
            kinds = {output["output_type"] for outputs in shown.values() for output in outputs or ()}
            assert kinds == {"display_data", "execute_result"}
        root, fault = seen.told.split("\n")
        assert SITE in root and "NameError" in fault
    assert len(ran.requests) > 100 and [url for url in ran.requests if foreign(url)] == []
    assert [f for page in ran.pages.values() for f in page.faults if f.startswith(("external", "script"))] == []


@browsing
@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_an_address_leads_to_a_cell(site, window, app):
    window.goto(f"{site.address}/{app}/index.html?path=en/{NAME}.ipynb#cell-id=exercise-2")
    window.wait_for_function(AT_TOP, arg="exercise-2")


@browsing
def test_a_page_opened_from_disk_says_what_to_do(site, window):
    window.goto((site.folder / "notebooks" / "index.html").as_uri() + f"?path=en/{NAME}.ipynb")
    window.wait_for_url("**/site/index.html")
    said = catalogue("compendium/commands")("lite-disk")
    assert window.locator(".from-disk").all_inner_texts() == [said[language] for language in HERE.languages]


@browsing
def test_one_visit_suffices_to_open_a_notebook_without_a_network(ran):
    page = ran.pages["en"]
    page.goto("about:blank")
    tools = page.context.new_cdp_session(page)  # the worker of the site ends, as it does with the browser
    tools.send("ServiceWorker.enable")
    tools.send("ServiceWorker.stopAllWorkers")
    page.goto(f"{ran.address}/lab/index.html?path=en/{NAME}.ipynb")  # which is not served any more
    page.wait_for_function(litesite.IDLE)
