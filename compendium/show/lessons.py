"""Self-checks: tell a student whether an answer to an exercise is right without giving the answer away."""

import math
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from numbers import Real
from typing import Any

from IPython.display import Markdown

from compendium import cells, escape, here
from compendium.show.wording import bilingual

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
        return bilingual(
            zh="*自测*：尚未作答。把 `None` 换成你的答案，再运行这一格。",
            en="*Self-check*: no answer yet. Put your answer in the place of `None` and run this cell again.",
        )
    try:
        right = plain(solve(solution(here.notebook(), exercise), here.variables()))
    except cells.Unsolved as error:
        said = escape.markdown(str(error).partition(". Remedy")[0])
        return bilingual(
            zh=f"*自测*：无法核对，但错不在你：本笔记本没有这道题的参考答案（{said}）。请告诉编写它的人。",
            en="*Self-check*: your answer cannot be checked, and the fault is not yours: this notebook has no solution "
            f"of the exercise ({said}). Tell whoever wrote it.",
        )
    except Exception as error:
        said = escape.markdown(f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": "))
        return bilingual(
            zh=f"*自测*：照现在的变量、选择和数据，参考答案本身也算不出（{said}）。请还原改动，从头运行本笔记本，再试一次。",
            en=f"*Self-check*: with variables, choices and data as they are now, the solution itself fails ({said}). "
            "Undo your changes, run the notebook from the top, and try again.",
        )
    given = plain(answer)
    if kind(given) != (due := kind(right)):
        zh, en = due or ("", "")
        return bilingual(zh=f"*自测*：✗ 答案应是{zh}。", en=f"*Self-check*: ✗ the answer should be {en}.")
    if not agrees(given, right):
        return bilingual(
            zh="*自测*：✗ 还不对。再读一遍题目，检查单位和所取的行。",
            en="*Self-check*: ✗ not right yet. Read the exercise again; check the unit and the rows taken.",
        )
    return bilingual(zh="*自测*：✓ 对。", en="*Self-check*: ✓ right.")


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


def kind(value: object) -> tuple[str, str] | None:
    """Return in both languages what kind of answer a plain value is; None if an answer cannot be such a thing."""
    if isinstance(value, list):
        return f"{len(value)}个值的列表", f"a list of {len(value)} values"
    if isinstance(value, bool):
        return "True 或 False", "True or False"
    if isinstance(value, str):
        return "文字", "a text"
    return ("一个数", "a number") if isinstance(value, Real) else None


def agrees(given: Any, right: Any) -> bool:
    """Tell whether two plain values of the same kind agree."""
    if isinstance(right, list):
        return all(kind(g) == kind(r) and agrees(g, r) for g, r in zip(given, right, strict=True))
    if isinstance(right, str):
        return "".join(given.split()).casefold() == "".join(right.split()).casefold()
    return math.isclose(given, right, rel_tol=1e-9 if isinstance(right, int) else TOLERANCE, abs_tol=1e-12)
