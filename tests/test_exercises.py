"""Every exercise of every notebook: its solution holds, the self-check accepts it and refuses what differs from it."""

import math
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from worlds import HERE

from compendium import paths
from compendium.cells import SOLUTION
from compendium.run import contents, notebookfile
from compendium.show import figures, lessons

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("recalled")]
NAMES = list(contents.catalogue(HERE))


def wrong(right):
    """Yield answers of which a self-check must accept none."""
    if isinstance(right, list):
        yield from (right[:-1], [*right, right[-1]], [], "a", 1)
        for place, value in enumerate(right):
            for other in wrong(value):
                yield [*right[:place], other, *right[place + 1 :]]
        for i, j in combinations(range(len(right)), 2):
            if lessons.kind(right[i]) != lessons.kind(right[j]) or not lessons.agrees(right[i], right[j]):
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
    if all(map(lessons.numeric, values)) and any(values):
        yield [100 * v for v in values] if isinstance(right, list) else 100 * right


def clashes(right, typical):
    """Return the keys of the typical wrong answers that agree with the right one or with one before."""
    values = list(typical.values())
    return [key for n, key in enumerate(typical) if any(lessons.same(values[n], v) for v in [right, *values[:n]])]


def test_wrong_answers_that_cannot_be_told_apart_are_named():
    typical = {"half": 5.0, "share": 0.1, "rounded": 10.04, "list": [5.0, 5.0], "again": 5.01, "pair": [5.02, 5.0]}
    assert clashes(10.0, typical) == ["rounded", "again", "pair"]
    assert clashes([5.0, 5.0], typical) == ["list", "again", "pair"]


@pytest.mark.parametrize("name", NAMES)
def test_exercises_are_solved(name, monkeypatch, tmp_path):
    """Play the notebook; at each self-check the solution must hold, be accepted, and what differs from it refused.

    No exercise asks for a figure, so none is drawn.
    """
    monkeypatch.setenv(paths.OUT, str(tmp_path))
    monkeypatch.setattr(figures, "pages", lambda *_, **__: ())
    monkeypatch.setattr(figures, "display", lambda *_, **__: None)
    monkeypatch.setattr(figures, "Drawing", lambda _: None)
    cells = notebookfile.read(contents.catalogue(HERE)[name].path).cells
    exercises = {c.id: c.source for c in cells if "exercise" in c.metadata.get("tags", [])}
    assert len(exercises) >= 2
    follows = {a.id: b for a, b in pairwise(cells)}
    namespace: dict = {}
    for cell in filter(lambda c: c.cell_type == "code", cells):
        exec(compile(cell.source, f"{name}:{cell.id}", "exec"), namespace)
        exercise = cell.id.removesuffix("-check")
        if exercise not in exercises:
            continue
        assert [len(SOLUTION.findall(exercises[exercise])), exercises[exercise].count("```python")] == [1, 1]
        code = SOLUTION.search(exercises[exercise])[1]
        right, typical = lessons.solve(code, namespace)
        assert len(typical) > 1 or "assert " in code, "neither typical wrong answers nor a check of itself"
        with monkeypatch.context() as patch:
            patch.setattr(lessons, "solution", lambda *_, code=code: code)
            patch.setattr(lessons, "solve", lambda *_, right=right, typical=typical: (right, typical))

            def reply(answer, exercise=exercise):
                return lessons.check(namespace["notebook"], exercise, answer).data

            assert [a for a in equal(right) if "✓" not in reply(a)] == []
            assert [a for a in wrong(right) if "✗" not in reply(a)] == []
            assert clashes(right, typical) == []
            told = {key: namespace["notebook"].part(f"{exercise}-{key}") for key in typical}
            assert [k for k, text in told.items() if not all(said in reply(typical[k]) for said in text.forms)] == []
            named = [text.en for text in told.values()]
            assert [a for a in hundredfold(right) if not any(s in reply(a) for s in ["factor of 100:", *named])] == []
    assert [e for e in exercises if follows[e].id != f"{e}-check"] == [], "no self-check follows"
