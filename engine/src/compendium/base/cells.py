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


class MissingSolutionError(CompendiumError):
    """A self-check has no solution to hold an answer against, or no sentence for a wrong answer."""


class NotebookCell(NamedTuple):
    """One cell of a notebook; `kind` is `code` or `markdown`."""

    id: str
    kind: str
    source: str
    tags: list[str]


def read_notebook_cells(file: Path) -> list[NotebookCell]:
    """Return the cells of a notebook file in order; a CompendiumError says that it is none."""
    try:
        return [
            NotebookCell(c.get("id", ""), c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", []))
            for c in json.loads(file.read_text(encoding="utf-8"))["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CompendiumError(
            f"{paths.format_path(file)} cannot be read as a notebook. Remedy: {paths.suggest_restore(file)}"
        ) from None


def parse_code(file: Path) -> Iterator[tuple[NotebookCell, ast.Module]]:
    """Yield the code cells of a notebook file with their syntax trees; a CompendiumError says that one is no Python."""
    for cell in read_notebook_cells(file):
        if cell.kind == "code":
            try:
                yield cell, ast.parse(cell.source)
            except SyntaxError as error:
                raise CompendiumError(
                    f"{paths.format_path(file)}, cell {cell.id}, line {error.lineno}: {error.msg}. Remedy: write plain "
                    "Python, without the magics of IPython"
                ) from None


def find_solution_code(cells: Sequence[NotebookCell], exercise_id: str) -> str:
    """Return the code of the solution beneath an exercise, whose text cell has the id `exercise_id`; Unsolved says that
    there is no such cell, no solution in it, or one that never sets `answer`."""
    text = next((cell.source for cell in cells if (cell.id, cell.kind) == (exercise_id, "markdown")), None)
    if text is None:
        raise MissingSolutionError(
            f"no text cell has the id {exercise_id!r}. Remedy: give this id to the one that sets the exercise"
        )
    found = SOLUTION.search(text)
    if not found:
        raise MissingSolutionError(
            f"the text cell {exercise_id} holds no solution. Remedy: end it with <details>, <summary>, "
            "a block ```python that sets `answer`, and </details>"
        )
    try:
        names = [node for node in ast.walk(ast.parse(found[1])) if isinstance(node, ast.Name)]
    except SyntaxError as error:
        raise MissingSolutionError(
            f"the solution in the text cell {exercise_id}, line {error.lineno}: {error.msg}. Remedy: write plain Python"
        ) from None
    if not any(name.id == "answer" and isinstance(name.ctx, ast.Store) for name in names):
        raise MissingSolutionError(
            f"the solution in the text cell {exercise_id} never sets `answer`. Remedy: write answer = … in it"
        )
    return found[1]


def list_wrong_answer_keys(exercise_id: str, solution_code: str) -> list[str]:
    """Return the keys of the typical wrong answers that a solution sets in `wrong`; Unsolved says that they are not
    spelt out."""
    lines = (node for node in ast.walk(ast.parse(solution_code)) if isinstance(node, ast.Assign))
    values: list[Any] = [line.value for line in lines if "wrong" in map(ast.unparse, line.targets)]
    try:
        return [ast.literal_eval(key) for value in values for key in value.keys]
    except (AttributeError, ValueError):
        raise MissingSolutionError(
            f"the solution in the text cell {exercise_id} does not spell out the keys of `wrong`. "
            'Remedy: write wrong = {"key": value, …} in it'
        ) from None


def list_unexplained_wrong_answers(file: Path, exercise_id: str, solution_code: str) -> Iterator[str]:
    """Yield what the texts of a notebook file lack: sentences for the typical wrong answers of a solution."""
    if keys := list_wrong_answer_keys(exercise_id, solution_code):
        place = file.parent / "texts" / f"{file.stem}.toml"
        there = toml.read_file(place, TypeAdapter(dict[str, Any])).get("texts", {})
        for key in keys:
            if (text := f"{exercise_id}-{key}") not in there:
                yield (
                    f"the wrong answer {key!r} of {exercise_id} has no sentence. "
                    f"Remedy: add [texts.{text}] with zh and en to {paths.format_path(place)}"
                )


def list_self_check_faults(notebook_file: Path) -> Iterator[str]:
    """Yield what the self-checks of a notebook file, its calls of `notebook.check`, lack, with cell and remedy."""
    every = read_notebook_cells(notebook_file)
    for cell, tree in parse_code(notebook_file):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "notebook.check" and node.args:
                place = f"{paths.format_path(notebook_file)}, cell {cell.id}"
                try:
                    exercise = ast.literal_eval(node.args[0])
                    yield from (
                        f"{place}: {fault}"
                        for fault in list_unexplained_wrong_answers(
                            notebook_file, exercise, find_solution_code(every, exercise)
                        )
                    )
                except ValueError:
                    written = 'Remedy: write its id, as in notebook.check("exercise-1", answer)'
                    yield f"{place}: the exercise is not spelt out. {written}"
                except MissingSolutionError as error:
                    yield f"{place}: {error}"
