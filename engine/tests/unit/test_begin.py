"""How a notebook begins: it says which it is, and what is returned carries all that it uses of the engine."""

import ast
import subprocess

import pytest

from compendium import CompendiumError, begin, paths, python
from compendium.compendium import Compendium
from compendium.run import notebookfile
from compendium.show import notebook as notebooks

ROOTS = [paths.HOME, paths.CODE / "compendium" / "template" / "example", *paths.HOME.glob("engine/examples/*")]


def test_a_notebook_that_is_not_there_is_refused():
    with pytest.raises(CompendiumError) as wrong:
        begin("02-second")
    assert str(wrong.value) == "no notebook is called '02-second'. Remedy: begin() with the name of its file"


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_each_notebook_begins_with_its_own_name_and_imports_of_the_engine_nothing_else(root):
    files = list(root.glob("notebooks/*.ipynb"))
    assert files
    for path in files:
        code = next(cell.source for cell in notebookfile.read(path).cells if cell.cell_type == "code")
        lines = [ast.unparse(line) for line in ast.parse(code).body]
        begun = lines.index(f"notebook = begin({path.stem!r})")
        assert lines[begun - 1] == "from compendium import begin"
        assert all(line.startswith(("import ", "from ")) for line in lines[:begun] + lines[begun + 1 :])
        assert not any("study" in line for line in lines[:begun]), "the study is found once it has begun"


def test_the_study_is_found_from_anywhere_behind_the_libraries(tmp_path):
    code = "from compendium import paths; from pathlib import Path; paths.use_study(Path.cwd() / 'root'); "
    (tmp_path / "root/study").mkdir(parents=True)
    (tmp_path / "root/study/__init__.py").write_text("told = 'mine'", encoding="utf-8")
    (tmp_path / "root/json.py").write_text("1 / 0", encoding="utf-8")
    code += "import json, study; print(study.told, study.__file__, json.dumps([]))"
    done = subprocess.run(python(code), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"mine {tmp_path / 'root/study/__init__.py'} []"


def test_of_a_table_that_is_none_the_folders_are_told(running):
    running("")
    notebook = notebooks.Notebook.__new__(notebooks.Notebook)
    notebook.c = Compendium.find()
    for path in ("counts", "data/raw/counts.xlsx", "data/counts.csv"):
        with pytest.raises(CompendiumError, match=r"is no table. Remedy: data/raw/NAME.csv, or data/processed/NAME"):
            notebook.read(path)
