"""A notebook file, read for what its cells say: their ids, kinds, sources and tags, and no outputs."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from compendium import CompendiumError, paths


class Cell(NamedTuple):
    """One cell of a notebook; `kind` is `code` or `markdown`."""

    id: str
    kind: str
    source: str
    tags: list[str]


def read(file: Path) -> list[Cell]:
    """Return the cells of a notebook file in order.

    Raises:
        CompendiumError: the file is no notebook.
        OSError: it cannot be read.
    """
    try:
        return [
            Cell(c.get("id", ""), c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", []))
            for c in json.loads(file.read_text(encoding="utf-8"))["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CompendiumError(
            f"{paths.shown(file)} cannot be read as a notebook. Remedy: {paths.restore(file)}"
        ) from None


def parsed(file: Path) -> Iterator[tuple[Cell, ast.Module]]:
    """Yield the code cells of a notebook file with their syntax trees.

    Raises:
        CompendiumError: a cell is no Python.
    """
    for cell in read(file):
        if cell.kind == "code":
            try:
                yield cell, ast.parse(cell.source)
            except SyntaxError as error:
                raise CompendiumError(
                    f"{paths.shown(file)}, cell {cell.id}, line {error.lineno}: {error.msg}. Remedy: write plain "
                    "Python, without the magics of IPython"
                ) from None


def of(notebook: str) -> list[Cell]:
    """Return the cells of a notebook of this compendium by its name, such as `02-growth`."""
    return read(paths.project().notebooks / f"{notebook}.ipynb")
