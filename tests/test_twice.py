"""Any cell may be run again: twice in a row on the way down, or once more after all the others."""

import copy

import nbformat
import pytest
from nbclient import NotebookClient

from compendium.base import paths
from compendium.compendium import Compendium
from compendium.run import contents, notebookfile
from compendium.run.comparison import describe_first_difference, render_outputs_as_text

find = Compendium.find

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("kernels_of_one")]
# A run draws every figure in both languages, as SVG and as PNG; a page shows the SVG of one.
CHEAPER = """
from compendium.notebook import figures
figures.save = lambda page, alt, save=figures.save: save(page, alt) if page.language == "zh" else None
figures.pixels = lambda figure: b""
del figures
"""


@pytest.mark.parametrize("name", contents.list_declared_notebooks(find()))
def test_a_cell_run_again_shows_the_same(name, rerun, one_fork_server, monkeypatch, tmp_path):
    monkeypatch.setenv(paths.OUT, str(tmp_path))
    notebook = notebookfile.read_notebook(rerun / "notebooks" / f"{name}.ipynb")
    code = [(place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    due = {cell.id: shown(cell) for _, cell in code}
    client, other = NotebookClient(notebook, kernel_name="python3", allow_errors=True), []
    with one_fork_server({}), client.setup_kernel(cwd=str(find().notebooks)):
        client.execute_cell(nbformat.v4.new_code_cell(CHEAPER), 0)
        for place, cell in [*(pair for pair in code for _ in range(2)), *reversed(code)]:
            client.clear_display_id_mapping(place)  # nbclient keeps places of outputs that it has cleared
            client.execute_cell(cell, place)
            if (found := shown(cell)) != due[cell.id]:
                other.append(f"{cell.id}: {describe_first_difference(due[cell.id], found)}")
    assert other == []


def shown(cell):
    """Return what a cell shows, without the number of its run and without pixels, which are those of the SVG."""
    kept = copy.deepcopy(cell)
    for output in kept.outputs:
        output.pop("execution_count", None)
        for part in ("data", "metadata"):
            output.get(part, {}).pop("image/png", None)
    return render_outputs_as_text(kept)
