"""One notebook file: read, normalised, its authored part, its faults."""

import json
import pickle
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import nbformat

from compendium.base import cells, paths
from compendium.base.files import os_error_line
from compendium.run import RunError

KERNEL = "python3"
TIMINGS = {"ExecuteTime", "execution", "papermill"}
PASSING_METADATA = {*TIMINGS, "collapsed", "scrolled", "trusted"}
KEPT_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
    "language_info": {"name": "python"},
}


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook; a RunError says that it is none, asks for another kernel, or has a cell that is unfit."""
    place = paths.format_path(path)
    try:
        packed, unfit = parse_notebook_text(path.read_text(encoding="utf-8"))
        notebook: nbformat.NotebookNode = pickle.loads(packed)
    except OSError as error:
        raise RunError(os_error_line(error)) from None
    except (ValueError, AttributeError, TypeError, KeyError, nbformat.ValidationError) as error:
        home, said = paths.find_root_of_file(path), str(error).splitlines()[0][:120]
        remedy = paths.suggest_restore(path) if home and path.parent == home / "notebooks" else "compendium run"
        raise RunError(f"{place} cannot be read as a notebook: {said}. Remedy: {remedy}") from None
    if unfit:
        raise RunError(f"{place}, {unfit}")
    if (kernel := notebook.metadata.get("kernelspec", {}).get("name")) != KERNEL:
        raise RunError(f"{place} asks for kernel {kernel!r}. Remedy: choose the kernel {KERNEL!r} and save")
    return notebook


@lru_cache(maxsize=32)
def parse_notebook_text(text: str) -> tuple[bytes, str]:
    """Return the notebook in a text, packed, as whoever unpacks it may change it, and what makes it unfit, if any."""
    with warnings.catch_warnings(action="ignore"):
        notebook = nbformat.reads(text, as_version=4)
    return pickle.dumps(notebook), describe_unfit_cell(json.loads(text)["cells"])


def describe_unfit_cell(every: Sequence[dict]) -> str:
    """Return what is wrong with the first unfit cell of a notebook file, and the remedy; empty if all are fit."""
    seen: dict[str, int] = {}
    for number, cell in enumerate(every, 1):
        name = cell.get("id")
        if not name:
            remedy = 'give each cell an "id" of its own, or keep the ids of the file you began with'
            return f"cell {number}: has no id, as in files of Colab or of nbformat before 4.5. Remedy: {remedy}"
        if name in seen:
            return f"cell {number}: its id {name!r} is that of cell {seen[name]}. Remedy: give it an id of its own"
        if (kind := cell["cell_type"]) not in ("code", "markdown"):
            return f"cell {name}: is of type {kind}. Remedy: press Y (code) or M (text) on it in JupyterLab"
        seen[name] = number
    return ""


def normalise_notebook(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as text without what differs between two honest runs: timings, versions, split streams."""
    notebook.metadata = nbformat.from_dict(KEPT_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(select_lasting_metadata(cell))
        if cell.cell_type == "code":
            cell.outputs = merge_stream_outputs(cell.outputs)
    return nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False).rstrip("\n") + "\n"


def select_lasting_metadata(cell: nbformat.NotebookNode) -> dict:
    """Return the metadata of a cell without timings, marks of the program that saved it, and an empty list of tags."""
    return {k: v for k, v in cell.metadata.items() if k not in PASSING_METADATA and (k, v) != ("tags", [])}


def list_authored_cells(notebook: nbformat.NotebookNode) -> list[dict]:
    """Return what the author of a notebook wrote, cell by cell: everything but outputs, counts and timings."""
    return [
        {
            "id": cell.id,
            "cell type": cell.cell_type,
            "source": cell.source,
            "tags or other metadata": select_lasting_metadata(cell),
            "attachments": cell.get("attachments", {}),
        }
        for cell in notebook.cells
    ]


def merge_stream_outputs(outputs: list) -> list:
    """Join neighbouring outputs of the same stream, which arrive in pieces of changing size."""
    joined: list = []
    for output in outputs:
        if joined and output.output_type == "stream" == joined[-1].output_type and output.name == joined[-1].name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def list_notebook_faults(path: Path) -> list[str]:
    """Return what is wrong with a committed notebook: self-checks, order of execution, errors, warnings, timings."""
    notebook, name, expected = read_notebook(path), paths.format_path(path), 0
    found = list(cells.list_self_check_faults(path))
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():  # Jupyter does not count a cell without code
            continue
        expected += 1
        if cell.execution_count != expected:
            found.append(f"{name}, cell {cell.id}: execution count {cell.execution_count}, expected {expected}")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{name}, cell {cell.id}: holds the error {output.ename}")
            if output.output_type == "stream":
                found.append(f"{name}, cell {cell.id}: prints to {output.name}: {output.text.strip()[:60]!r}")
    if any(TIMINGS & set(part.metadata) for part in (notebook, *notebook.cells)):
        found.append(f"{name}: holds the times of a run. Remedy: make, then make accept")
    return found
