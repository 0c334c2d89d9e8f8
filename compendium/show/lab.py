"""Working copies of the notebooks for reading and playing, in one language: what happens there touches nothing else."""

import os
import shutil
from pathlib import Path

import nbformat

from compendium import paths, started
from compendium.files import write_atomic
from compendium.run import contents, notebookfile
from compendium.show.halves import half

FIRST = "00"


def folder(language: str) -> Path:
    """Return the folder of the working copies in a language; what they write goes there too."""
    return paths.project().build / "lab" / language


def aside(language: str) -> Path:
    """Return the folder that keeps the copies, and what they wrote, from before the last fresh start."""
    return folder(language).with_name(f"{language}-before")


def prepare(language: str, fresh: bool = False) -> Path:
    """Make the working copies that are missing, and return the folder of the copies.

    Copies that are there keep the reader's work.

    Args:
        language: zh or en.
        fresh: start anew; the copies and outputs so far go to a folder beside, which replaces the one before.
    """
    root = folder(language)
    if fresh and root.exists():
        shutil.rmtree(aside(language), ignore_errors=True)
        os.replace(root, aside(language))
    for notebook in contents.catalogue().values():
        target = root / "notebooks" / notebook.path.name
        if not target.is_file():
            write_atomic(target, copy(notebookfile.read(notebook.path), language).encode("utf-8"))
    return root / "notebooks"


def copy(notebook: nbformat.NotebookNode, language: str) -> str:
    """Return a notebook as text with its text cells in one language and without outputs."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = half(cell.source, language)
        else:
            cell.outputs, cell.execution_count = [], None
    return nbformat.writes(notebook)


def command(language: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that opens JupyterLab at the first copy, and its environment."""
    root = folder(language)
    first = next((root / "notebooks").glob(f"{FIRST}-*.ipynb"), root / "notebooks")
    line = [*started("jupyterlab.labapp"), f"--ServerApp.root_dir={root}", str(first)]
    return line, os.environ | {paths.LANGUAGE: language, paths.OUT: str(root)}
