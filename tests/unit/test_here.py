"""Which notebook is running: it says so in its first cell, or whoever asks is told to run that."""

import ast

import pytest

from compendium import CompendiumError, here, paths
from compendium.run import notebookfile


def test_a_notebook_says_which_it_is(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01-first.ipynb").touch()
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    monkeypatch.setattr(here, "_running", "")
    with pytest.raises(CompendiumError) as unsaid:
        here.notebook()
    assert str(unsaid.value) == "which notebook is this? Remedy: run its first cell, which begins with its name"
    here.begin("01-first")
    with pytest.raises(CompendiumError) as wrong:
        here.begin("02-second")
    assert str(wrong.value) == "no notebook is called '02-second'. Remedy: begin() with the name of its file"
    assert here.notebook() == "01-first"


@pytest.mark.parametrize(
    "root", [paths.HOME, paths.HOME / "compendium" / "template" / "example"], ids=["study", "template"]
)
def test_each_notebook_begins_with_its_own_name_before_it_asks_for_texts_or_claims(root):
    for path in root.glob("notebooks/*.ipynb"):
        code = next(cell.source for cell in notebookfile.read(path).cells if cell.cell_type == "code")
        said = [line for line in ast.parse(code).body if not isinstance(line, ast.Import | ast.ImportFrom)]
        assert ast.unparse(said[0]) == f"notebook = begin({path.stem!r}, judges)"


def test_outside_a_kernel_there_are_no_variables(monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)  # a test before may have made a shell
    assert here.variables() == {}
