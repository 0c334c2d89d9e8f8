"""Which notebook is running: by what the runner says, by what JupyterLab says, else by the cells run so far."""

import json
import linecache

import pytest
from ipykernel.compiler import XCachingCompiler

from compendium import CompendiumError, here, paths
from compendium.run import contents

SETUP = "import pandas as pd"
CELLS = {"01-first": [SETUP, "a = 1", "b = 2"], "02-second": [SETUP, "a = 1", "c = 3\n\nd = 4"], "03-third": ["e = 5"]}


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """Three notebooks of a compendium of which none is known to run, in a kernel that has run nothing."""
    for name, sources in CELLS.items():
        cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]
        cells.append({"cell_type": "markdown", "source": f"about = {name!r}"})
        write(tmp_path, name, cells)
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    for variable in here.VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(linecache, "cache", {})
    here._by_cells.cache_clear()
    yield tmp_path
    here._by_cells.cache_clear()


def write(root, name, cells):
    (root / "notebooks").mkdir(exist_ok=True)
    (root / "notebooks" / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")


def run(*sources):
    """Compile cells as a kernel does before it runs them."""
    for number, source in enumerate(sources, 1):
        XCachingCompiler().cache(f"{source}\n", number)


def test_the_runner_says_which_it_is(monkeypatch):
    monkeypatch.setenv("COMPENDIUM_NOTEBOOK", "02-second")
    run(*CELLS["01-first"])
    assert here.notebook() == "02-second"
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/01-first.ipynb")
    assert here.notebook() == "02-second", "a run that JupyterLab started is still a run"


@pytest.mark.parametrize("said", ["notebooks/01-first.ipynb", "/somewhere/else/01-first.ipynb", "01-first"])
def test_jupyterlab_says_which_it_is(monkeypatch, said):
    monkeypatch.setenv("JPY_SESSION_NAME", said)
    run(*CELLS["02-second"])
    assert here.notebook() == "01-first"


@pytest.mark.parametrize("variable", here.VARIABLES)
@pytest.mark.parametrize("said", ["", "Untitled.ipynb", "04-unknown"])
def test_a_name_that_no_notebook_has_is_passed_over(monkeypatch, variable, said):
    monkeypatch.setenv(variable, said)
    run(*CELLS["02-second"])
    assert here.notebook() == "02-second"


@pytest.mark.parametrize(
    ("sources", "name"),
    [
        ([SETUP, "a = 1", "b = 2"], "01-first"),
        (["c = 3\n\nd = 4"], "02-second"),
        ([SETUP, "f = 6", "c = 3\n\nd = 4"], "02-second"),  # a cell was changed
        (["e = 5"], "03-third"),
    ],
)
def test_most_of_the_cells_run_so_far_are_its_own(sources, name):
    run(*sources)
    assert here.notebook() == name


def test_what_was_known_at_the_first_cell_stays_known():
    run("b = 2")
    assert here.notebook() == "01-first"
    run("c = 3\n\nd = 4", SETUP, "a = 1")
    assert here.notebook() == "01-first"


@pytest.mark.parametrize("sources", [[], [SETUP, "a = 1"], ["f = 6"], ["about = '01-first'"], [""]])
def test_where_nothing_tells_it_the_remedy_does(monkeypatch, sources):
    run(*sources)
    with pytest.raises(CompendiumError) as caught:
        here.notebook()
    assert str(caught.value) == "which notebook is this? Remedy: set the variable COMPENDIUM_NOTEBOOK to its name"
    monkeypatch.setenv("COMPENDIUM_NOTEBOOK", "03-third")
    assert here.notebook() == "03-third"


def test_a_folder_without_notebooks_tells_nothing_either(root, monkeypatch):
    monkeypatch.setenv(paths.ROOT, str(root / "empty"))
    run(SETUP)
    with pytest.raises(CompendiumError, match="which notebook is this"):
        here.notebook()


@pytest.mark.parametrize("name", contents.catalogue())
def test_the_first_cell_of_each_notebook_tells_it_apart(monkeypatch, name):
    """The first cell already makes the ledger, which asks for the notebook."""
    monkeypatch.setenv(paths.ROOT, str(paths.HOME))
    cells = json.loads(contents.catalogue()[name].path.read_text(encoding="utf-8"))["cells"]
    run(next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))
    assert here.notebook() == name


def test_outside_a_kernel_there_are_no_variables(monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)  # a test before may have made a shell
    assert here.variables() == {}
