"""The floor: every cell of every notebook executed in order in this one process, without Jupyter."""

import os

from compendium.compendium import Compendium
from compendium.run import contents, notebookfile

c = Compendium.find()
os.chdir(c.notebooks)
for notebook in contents.select_notebooks(c):
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in notebookfile.read_notebook(notebook.path).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), namespace)
