"""Every exercise of every notebook: its solution holds, the self-check accepts it and refuses what differs from it."""

import base64
import json
import math
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from chromium import browser as browser
from chromium import browsing
from chromium import window as window
from worlds import HERE

from compendium.base import paths
from compendium.base.cells import SOLUTION
from compendium.book import building, edition, notebooks
from compendium.notebook import exercises, figures
from compendium.notebook.wording import NotebookWording
from compendium.run import contents, notebookfile

pytestmark = pytest.mark.slow
NAMES = list(contents.list_declared_notebooks(HERE))


def wrong(right):
    """Yield answers of which a self-check must accept none."""
    if isinstance(right, list):
        yield from (right[:-1], [*right, right[-1]], [], "a", 1)
        for place, value in enumerate(right):
            for other in wrong(value):
                yield [*right[:place], other, *right[place + 1 :]]
        for i, j in combinations(range(len(right)), 2):
            if exercises.describe_answer_type(right[i]) != exercises.describe_answer_type(
                right[j]
            ) or not exercises.do_same_type_values_agree(right[i], right[j]):
                yield [right[j] if k == i else right[i] if k == j else value for k, value in enumerate(right)]
    elif isinstance(right, bool):
        yield from (not right, int(right), str(right), "")
    elif isinstance(right, str):
        yield from ("", right + right, right[:-1], right[1:], 1)
    else:
        yield from (right + 1, right - 1) if isinstance(right, int) or not right else (1.0213 * right, 0.9787 * right)
        yield from (math.nan, str(right), [right, right], right > 0, "")
        yield from [-right] if right else []


def equal(right):
    """Yield other ways to write the right answer, numbers with four digits or with as few as a table shows."""
    values = right if isinstance(right, list) else [right]
    yield right
    if isinstance(right, str):
        yield f" {right.upper()} "
        return
    for shown in ((lambda v: f"{v:.4g}"), (lambda v: f"{v:.1f}" if abs(v) >= 1 else f"{v:.2g}")):
        rounded = [float(shown(v)) if isinstance(v, float) else v for v in values]
        yield rounded if isinstance(right, list) else rounded[0]
    if isinstance(right, list):
        yield from (tuple(right), pd.Series(right), np.array(right, dtype=object))
    else:
        yield np.array(right)


def hundredfold(right):
    """Yield the right answer times 100, if it is of numbers and not of zeros."""
    values = right if isinstance(right, list) else [right]
    if all(map(exercises.is_plain_number, values)) and any(values):
        yield [100 * v for v in values] if isinstance(right, list) else 100 * right


def clashes(right, typical):
    """Return the keys of the typical wrong answers that agree with the right one or with one before."""
    values = list(typical.values())
    return [
        key
        for n, key in enumerate(typical)
        if any(exercises.are_answers_equal(values[n], v) for v in [right, *values[:n]])
    ]


def play(name, monkeypatch, tmp_path):
    """Play a notebook and yield at each self-check the exercise, what the solution gives, and the namespace.

    No exercise asks for a figure, so none is drawn.
    """
    monkeypatch.setenv(paths.OUT, str(tmp_path))
    monkeypatch.setattr("compendium.notebook.begin.Notebook.draw", lambda *_, **__: ())
    monkeypatch.setattr(figures, "display", lambda *_, **__: None)
    monkeypatch.setattr(figures, "SavedFigure", lambda _: None)
    cells = notebookfile.read_notebook(contents.list_declared_notebooks(HERE)[name].path).cells
    asked = {c.id: c.source for c in cells if "exercise" in c.metadata.get("tags", [])}
    assert len(asked) >= 2
    follows = {a.id: b for a, b in pairwise(cells)}
    assert [e for e in asked if follows[e].id != f"{e}-check"] == [], "no self-check follows"
    namespace: dict = {}
    for cell in filter(lambda c: c.cell_type == "code", cells):
        exec(compile(cell.source, f"{name}:{cell.id}", "exec"), namespace)
        exercise = cell.id.removesuffix("-check")
        if exercise not in asked:
            continue
        assert [len(SOLUTION.findall(asked[exercise])), asked[exercise].count("```python")] == [1, 1]
        code = SOLUTION.search(asked[exercise])[1]
        right, typical = exercises.run_solution(code, namespace)
        with monkeypatch.context() as patch:
            patch.setattr(exercises, "read_solution_code", lambda *_, code=code: code)
            patch.setattr(exercises, "run_solution", lambda *_, right=right, typical=typical: (right, typical))
            yield exercise, code, right, typical, namespace["notebook"]


@pytest.mark.parametrize("name", NAMES)
def test_exercises_are_solved(name, monkeypatch, tmp_path):
    """At each self-check the solution must hold, be accepted, and what differs from it refused."""
    for exercise, code, right, typical, notebook in play(name, monkeypatch, tmp_path):
        assert len(typical) > 1 or "assert " in code, "neither typical wrong answers nor a check of itself"

        def reply(answer, exercise=exercise, notebook=notebook):
            return exercises.check_answer(notebook, exercise, answer).data

        assert [a for a in equal(right) if "✓" not in reply(a)] == []
        assert [a for a in wrong(right) if "✗" not in reply(a)] == []
        assert clashes(right, typical) == []
        told = {key: notebook.part(f"{exercise}-{key}") for key in typical}
        assert [k for k, text in told.items() if not all(said in reply(typical[k]) for said in text.forms)] == []
        named = [text.en for text in told.values()]
        assert [a for a in hundredfold(right) if not any(s in reply(a) for s in ["factor of 100:", *named])] == []


REPLIES = """([answers, held]) => answers.map((answer) => {
    const told = document.createElement("p")
    told.innerHTML = exercise.reply(answer, held)
    return told.textContent
})"""


def typed(answer):
    """Return an answer as somebody types it into a page."""
    return ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def typable(answer, right):
    """Tell whether an answer, typed into a page, is the same as in a notebook: of the kinds asked for."""
    values, due = (value if isinstance(value, list) else [value] for value in (answer, right))
    alone = isinstance(right, list) and len(values) < 2
    kinds, wanted = ({exercises.describe_answer_type(value)[0] for value in some} for some in (values, due))
    return exercises.is_answer_typable(answer) and not alone and kinds == wanted and "" not in values


def pieces(name, exercise, notebook):
    """Yield by language the notebook in it, and the field of the exercise as a page of the book holds it."""
    cell = next(
        c
        for c in notebookfile.read_notebook(contents.list_declared_notebooks(HERE)[name].path).cells
        if c.id == f"{exercise}-check"
    )
    for language in HERE.languages:
        own = NotebookWording(replace(notebook.c, language=language), name)
        said = lambda key, language=language: edition.text(key)[language]  # noqa: E731
        yield own, str(notebooks.render_answer_field(said, cell, exercises.check_answer(own, exercise, None).held))


@browsing
@pytest.mark.parametrize("name", NAMES)
def test_a_page_tells_of_what_is_typed_what_the_notebook_tells(name, monkeypatch, tmp_path, window):
    """The page has a field for each exercise."""
    script = (building.SETTINGS / "static" / "exercise.js").read_text(encoding="utf-8")
    page = tmp_path / "page.html"
    for exercise, _, right, typical, notebook in play(name, monkeypatch, tmp_path):
        for own, field in pieces(name, exercise, notebook):
            page.write_text(f'<!DOCTYPE html><meta charset="utf-8"><script>{script}</script>{field}', encoding="utf-8")
            window.goto(page.as_uri())
            held = json.loads(base64.b64decode(window.get_attribute("form.exercise", "data-held")))
            near = [right, *typical.values(), *equal(right), *wrong(right), *hundredfold(right)]
            answers = [a for a in map(exercises.convert_to_plain_python, near) if exercises.is_answer_typable(a)]
            answers = [a for n, a in enumerate(answers) if n <= len(typical) or typable(a, right)]
            said = [exercises.describe_answer_check(own, exercise, a).markdown[own.c.language] for a in answers]
            told = (notebooks.INLINE.renderInline(text.strip()) for text in said)
            due = [BeautifulSoup(text, "html.parser").get_text() for text in told]
            found = window.evaluate(REPLIES, [[typed(a) for a in answers], held])
            assert [case for case in zip(answers, found, due, strict=True) if case[1] != case[2]] == []
    assert window.faults == []
