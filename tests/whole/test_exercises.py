"""Every exercise of every notebook: its solution holds, the self-check accepts it and refuses what differs from it."""

import math
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest

from compendium import paths
from compendium.cells import SOLUTION
from compendium.run import contents, notebookfile
from compendium.show import lessons

pytestmark = pytest.mark.slow
NAMES = list(contents.catalogue())


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
        yield from (right + 1, right - 1) if isinstance(right, int) or not right else (1.02 * right, 0.98 * right)
        yield from (math.nan, str(right), [right, right], right > 0, "")
        yield from [-right] if right else []


def equal(right):
    """Yield other ways to write the right answer."""
    yield right
    if isinstance(right, list):
        rounded = [float(f"{v:.4g}") if isinstance(v, float) else v for v in right]
        yield from (rounded, tuple(right), pd.Series(right), np.array(right, dtype=object))
    elif isinstance(right, str):
        yield f" {right.upper()} "
    else:
        yield from (np.array(right), float(f"{right:.4g}") if isinstance(right, float) else right)


@pytest.mark.parametrize("name", NAMES)
def test_exercises_are_solved(name, monkeypatch, tmp_path):
    """Play the notebook; at each self-check the solution must hold, be accepted, and what differs from it refused."""
    monkeypatch.setenv(paths.OUT, str(tmp_path))
    cells = notebookfile.read(contents.catalogue()[name].path).cells
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
        assert "assert " in code
        right = lessons.plain(lessons.solve(code, namespace))
        with monkeypatch.context() as patch:
            patch.setattr(lessons, "solution", lambda *_, code=code: code)
            patch.setattr(lessons, "solve", lambda *_, right=right: right)

            def reply(answer, exercise=exercise):
                return lessons.check(exercise, answer).data

            assert [a for a in equal(right) if "✓" not in reply(a)] == []
            assert [a for a in wrong(right) if "✗" not in reply(a)] == []
    assert [e for e in exercises if follows[e].id != f"{e}-check"] == [], "no self-check follows"
