"""A notebook file, read for what its cells say: their ids, kinds, sources and tags, and no outputs."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from compendium import CompendiumError
from compendium.base import paths, toml

SOLUTION = re.compile(r"<details>\s*<summary>.*?</summary>.*?```python\n(.*?)```.*?</details>", re.S)


class Unsolved(CompendiumError):
    """A self-check has no solution to hold an answer against, or no sentence for a wrong answer."""


class Cell(NamedTuple):
    """One cell of a notebook; `kind` is `code` or `markdown`."""

    id: str
    kind: str
    source: str
    tags: list[str]


def read(file: Path) -> list[Cell]:
    """Return the cells of a notebook file in order; a CompendiumError says that it is none."""
    try:
        return [
            Cell(c.get("id", ""), c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", []))
            for c in json.loads(file.read_text(encoding="utf-8"))["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CompendiumError(
            f"{paths.shown(file)} cannot be read as a notebook. Remedy: {paths.restore(file)}"
        ) from None


def parse_code(file: Path) -> Iterator[tuple[Cell, ast.Module]]:
    """Yield the code cells of a notebook file with their syntax trees; a CompendiumError says that one is no Python."""
    for cell in read(file):
        if cell.kind == "code":
            try:
                yield cell, ast.parse(cell.source)
            except SyntaxError as error:
                raise CompendiumError(
                    f"{paths.shown(file)}, cell {cell.id}, line {error.lineno}: {error.msg}. Remedy: write plain "
                    "Python, without the magics of IPython"
                ) from None


def solution(cells: Sequence[Cell], exercise: str) -> str:
    """Return the code of the solution beneath an exercise, whose text cell has the id `exercise`; Unsolved says that
    there is no such cell, no solution in it, or one that never sets `answer`."""
    text = next((cell.source for cell in cells if (cell.id, cell.kind) == (exercise, "markdown")), None)
    if text is None:
        raise Unsolved(f"no text cell has the id {exercise!r}. Remedy: give this id to the one that sets the exercise")
    found = SOLUTION.search(text)
    if not found:
        raise Unsolved(
            f"the text cell {exercise} holds no solution. Remedy: end it with <details>, <summary>, "
            "a block ```python that sets `answer`, and </details>"
        )
    try:
        names = [node for node in ast.walk(ast.parse(found[1])) if isinstance(node, ast.Name)]
    except SyntaxError as error:
        raise Unsolved(
            f"the solution in the text cell {exercise}, line {error.lineno}: {error.msg}. Remedy: write plain Python"
        ) from None
    if not any(name.id == "answer" and isinstance(name.ctx, ast.Store) for name in names):
        raise Unsolved(f"the solution in the text cell {exercise} never sets `answer`. Remedy: write answer = … in it")
    return found[1]


def wrong(exercise: str, code: str) -> list[str]:
    """Return the keys of the typical wrong answers that a solution sets in `wrong`; Unsolved says that they are not
    spelt out."""
    lines = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assign))
    values: list[Any] = [line.value for line in lines if "wrong" in map(ast.unparse, line.targets)]
    try:
        return [ast.literal_eval(key) for value in values for key in value.keys]
    except (AttributeError, ValueError):
        raise Unsolved(
            f"the solution in the text cell {exercise} does not spell out the keys of `wrong`. "
            'Remedy: write wrong = {"key": value, …} in it'
        ) from None


def list_unworded(file: Path, exercise: str, code: str) -> Iterator[str]:
    """Yield what the texts of a notebook file lack: sentences for the typical wrong answers of a solution."""
    if keys := wrong(exercise, code):
        place = file.parent / "texts" / f"{file.stem}.toml"
        there = toml.read_file(place, TypeAdapter(dict[str, Any])).get("texts", {})
        for key in keys:
            if (text := f"{exercise}-{key}") not in there:
                yield (
                    f"the wrong answer {key!r} of {exercise} has no sentence. "
                    f"Remedy: add [texts.{text}] with zh and en to {paths.shown(place)}"
                )


def list_unsolved(file: Path) -> Iterator[str]:
    """Yield what the self-checks of a notebook file, its calls of `notebook.check`, lack, with cell and remedy."""
    every = read(file)
    for cell, tree in parse_code(file):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "notebook.check" and node.args:
                place = f"{paths.shown(file)}, cell {cell.id}"
                try:
                    exercise = ast.literal_eval(node.args[0])
                    yield from (
                        f"{place}: {fault}" for fault in list_unworded(file, exercise, solution(every, exercise))
                    )
                except ValueError:
                    written = 'Remedy: write its id, as in notebook.check("exercise-1", answer)'
                    yield f"{place}: the exercise is not spelt out. {written}"
                except Unsolved as error:
                    yield f"{place}: {error}"
