"""Self-checks: tell a student whether an answer to an exercise is right without giving the answer away."""

import math
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from numbers import Real
from typing import Any

from IPython.display import Markdown

from compendium import cells, here
from compendium.show.wording import bilingual
from compendium.texts import NOTHING, Part, Text, catalogue

text = catalogue("compendium/show", Part)
TOLERANCE = 0.005  # share of the right number by which a rounded answer may be off


def check(exercise: str, answer: object) -> Markdown:
    """Return what to tell a student about `answer`: not answered yet, of the wrong kind, wrong, or right.

    The right answer is the `answer` that the solution beneath the exercise computes, in a copy of the namespace, from
    the data and the choices as they are now. Whole numbers must be equal, others agree within half a percent, texts
    but for case and blanks. If the solution itself fails, its error is named instead; if there is none, that is said.

    Args:
        exercise: id of the text cell of this notebook that sets the exercise and holds its solution.
        answer: the student's; None for none yet.
    """
    if answer is None:
        return bilingual(text("check-none"))
    try:
        right = plain(solve(solution(here.notebook(), exercise), here.variables()))
    except cells.Unsolved as error:
        return bilingual(text("check-unsolved", said=str(error).partition(". Remedy")[0]))
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": ")
        return bilingual(text("check-fails", said=said))
    given = plain(answer)
    if kind(given) != (due := kind(right)):
        return bilingual(text("check-kind", kind=due or NOTHING))
    return bilingual(text("check-right" if agrees(given, right) else "check-wrong"))


def solution(notebook: str, exercise: str) -> str:
    """Return the code of the solution beneath an exercise of a notebook."""
    return cells.solution(cells.of(notebook), exercise)


def solve(code: str, namespace: Mapping[str, object]) -> object:
    """Run a solution in a copy of the namespace and return its `answer`."""
    inside = dict(namespace)
    exec(code, inside)
    return inside["answer"]


def plain(value: object) -> object:
    """Return arrays, series and tuples as lists, sets as sorted lists, numbers of other libraries as Python's own."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Set):
        value = [plain(v) for v in value]
        with suppress(TypeError):  # members of several kinds have no order
            value.sort()
    return [plain(v) for v in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def kind(value: object) -> Text | None:
    """Return what kind of answer a plain value is; None if an answer cannot be such a thing."""
    if isinstance(value, list):
        return text("kind-list", n=len(value))
    if isinstance(value, bool):
        return text("kind-truth")
    if isinstance(value, str):
        return text("kind-text")
    return text("kind-number") if isinstance(value, Real) else None


def agrees(given: Any, right: Any) -> bool:
    """Tell whether two plain values of the same kind agree."""
    if isinstance(right, list):
        return all(kind(g) == kind(r) and agrees(g, r) for g, r in zip(given, right, strict=True))
    if isinstance(right, str):
        return "".join(given.split()).casefold() == "".join(right.split()).casefold()
    return math.isclose(given, right, rel_tol=1e-9 if isinstance(right, int) else TOLERANCE, abs_tol=1e-12)
