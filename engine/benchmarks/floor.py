"""The floor: every cell of every notebook executed in order in this one process, without Jupyter.

Prints a line a cell: notebook, cell, seconds, and how many of these went into laying out and writing figures.
"""

import os
import time

from compendium.compendium import Compendium
from compendium.run import contents, notebookfile
from compendium.show import figures

drawing = 0.0
save = figures.save


def timed_save(*arguments: object) -> None:
    """Save a figure and add the seconds it took to `drawing`."""
    global drawing
    begun = time.perf_counter()
    save(*arguments)
    drawing += time.perf_counter() - begun


figures.save = timed_save
c = Compendium.find()
os.chdir(c.notebooks)
for notebook in contents.select(c):
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in notebookfile.read(notebook.path).cells:
        if cell.cell_type == "code":
            begun, before = time.perf_counter(), drawing
            exec(compile(cell.source, cell.id, "exec"), namespace)
            print(notebook.name, cell.id, time.perf_counter() - begun, drawing - before, sep=",", flush=True)
