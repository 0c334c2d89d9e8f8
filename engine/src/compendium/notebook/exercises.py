"""Self-checks: tell a student whether an answer is right, and what may be wrong with it, without giving it away.

A page of the book checks by what `hold` exports.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from numbers import Real
from typing import Any

from IPython import get_ipython
from IPython.display import Markdown

from compendium.base import cells
from compendium.base.texts import NOTHING, SENTENCE, Text, catalogue, given, joined, mark
from compendium.compendium import Compendium
from compendium.notebook.fresh_kernel import LOST
from compendium.notebook.wording import Wording, multilingual

text = catalogue("compendium/show")
TOLERANCE = 0.005  # share of the right number by which a rounded answer may be off
FACTORS = (100, 10_000, 1_000_000)  # percent and share, people and ten thousands of them, one and a million
YEARS = range(1900, 2101)
KIND = "application/vnd.compendium.exercise+json"  # of what a page of the book needs to check an answer
LONGEST = 20  # values that anybody types
TOLD = ["check-right", "wrong-comma", "wrong-reversed", "wrong-order", "wrong-sign", "wrong-year"]
TOLD += ["wrong-rounded", "wrong-else", "page-none", *(f"factor-{factor}" for factor in FACTORS)]


def check(notebook: Wording, exercise: str, answer: object) -> Markdown:
    """Return what to tell a student about `answer`: not answered yet, of the wrong kind, wrong, or right.

    The right answer is the `answer` that the solution beneath the exercise, the text cell with this id, computes from
    the data and the choices as they are now. Whole numbers must be equal; others agree within half a percent, or
    rounded to one decimal, below 1 to two significant digits; texts agree but for case and blanks. A wrong answer that
    the solution names, as in `wrong = {"key": value}`, is told by the text `exercise-1-key` of the notebook; of any
    other, what may be wrong with it. If the solution fails or is not there, that is said. None is no answer yet.
    """
    said = multilingual(reply(notebook, exercise, answer), notebook.c.shown)
    return Asked(said.data, hold(notebook, exercise)) if answer is None and notebook.c.language else said


class Asked(Markdown):
    """What is told before there is an answer, with what a page needs to check one."""

    def __init__(self, data: str, held: dict[str, Any]):
        super().__init__(data)
        self.held = held

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {KIND: self.held}


def reply(notebook: Wording, exercise: str, answer: object) -> Text:
    """Return what to tell a student, as `check` shows it."""
    try:
        code = solution(notebook.c, notebook.name, exercise)
        if answer is None:
            return text("check-none")
        right, wrong = solve(code, getattr(get_ipython(), "user_ns", {}))
    except cells.Unsolved as error:
        return text("check-unsolved", said=str(error).partition(". Remedy")[0])
    except Exception as error:
        if str(getattr(error, "name", "")).partition(".")[0] in LOST:
            raise  # the kernel says which library is missing
        return text("check-fails", said=f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": "))
    given: Any = plain(answer)
    forms = (given, plain(getattr(answer, "T", answer)))  # of a table rows or columns may go first
    if any(same(form, right) for form in forms):
        return text("check-right")
    for key, value in wrong.items():
        if same(given, value):
            return text("check-wrong", said=notebook.part(f"{exercise}-{key}"))
    if kind(given) != kind(right):
        return text("check-wrong", said=unlike(given, right))
    said = unlike_members(given, right) if isinstance(right, list) else next(hints(given, right), text("wrong-else"))
    return text("check-wrong", said=said)


def hold(notebook: Wording, exercise: str) -> dict[str, Any]:
    """Return what a page needs to check an answer in the language of the notebook; nothing if none can be typed.

    `right` is the answer; each of `wrong` a wrong one with what is told of it; `said` holds what else is told, by key,
    with `{given}`, `{right}`, `{first}` and `{said}` for what the page fills in.
    """
    try:
        right, wrong = solve(solution(notebook.c, notebook.name, exercise), getattr(get_ipython(), "user_ns", {}))
    except Exception:  # what `check` tells of it comes with the first answer
        return {}
    if not can_type(right):
        return {}
    [language], (key, values) = notebook.c.shown, kind(right) or ("", {})
    filled = {name: given({language: f"{{{name}}}"}) for name in ("given", "right", "first", "said")}
    told = {name: text(name) for name in TOLD} | {"wrong-kind": text("wrong-kind", kind=text(key, **values))}
    told["check-wrong"] = text("check-wrong", said=filled["said"])
    if isinstance(right, list):
        told["wrong-alone"] = text("wrong-alone", **values)
        told["wrong-length"] = text("wrong-length", given=filled["given"], **values)
        told["wrong-members"] = text("wrong-members", right=filled["right"], first=filled["first"], **values)
    return {
        "right": typed(right),
        "wrong": [[typed(v), notebook.part(f"{exercise}-{k}")[language]] for k, v in wrong.items() if can_type(v)],
        "said": {name: said.markdown[language].strip() for name, said in told.items()},
        "between": mark(SENTENCE, language),
    }


def can_type(value: object) -> bool:
    """Tell whether anybody would type a plain value: a number, a text, a truth, or a list of not too many of them."""
    if isinstance(value, list):
        return len(value) <= LONGEST and all(can_type(v) and not isinstance(v, list) for v in value)
    return kind(value) is not None and not (numeric(value) and not math.isfinite(value))  # type: ignore[arg-type]


def typed(value: Any) -> dict[str, Any]:
    """Return a plain value that is typed with its kind, whole numbers apart, for a page."""
    if isinstance(value, list):
        return {"kind": "list", "parts": [typed(part) for part in value]}
    if numeric(value) and not isinstance(value, int):
        return {"kind": "number", "value": float(value)}
    return {"kind": "whole" if numeric(value) else (kind(value) or ("",))[0], "value": value}


def solution(c: Compendium, notebook: str, exercise: str) -> str:
    """Return the code of the solution beneath an exercise of a notebook."""
    return cells.solution(cells.read(c.notebooks / f"{notebook}.ipynb"), exercise)


def solve(code: str, namespace: Mapping[str, object]) -> tuple[Any, dict[str, object]]:
    """Run a solution in a copy of the namespace; return its `answer` and, by key, the answers it calls `wrong`."""
    inside: dict[str, Any] = {**namespace, "wrong": {}}
    exec(code, inside)
    return plain(inside["answer"]), {key: plain(value) for key, value in inside["wrong"].items()}


def plain(value: Any) -> Any:
    """Return arrays, series and tuples as lists, sets as sorted lists, numbers of other libraries as Python's own.

    A table, and a list of lists, becomes one list, row after row.
    """
    value = value.to_numpy() if hasattr(value, "columns") else value
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Set):
        value = [plain(v) for v in value]
        with suppress(TypeError):  # members of several kinds have no order
            value.sort()
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    values = [plain(v) for v in value]
    return [one for v in values for one in v] if all(isinstance(v, list) for v in values) else values


def kind(value: object) -> tuple[str, dict[str, int]] | None:
    """Return the text, with what fills it, on the kind of a plain value; None if an answer cannot be such a thing."""
    if isinstance(value, list):
        return "kind-list", {"n": len(value)}
    named = {bool: "kind-truth", str: "kind-text", Real: "kind-number"}
    return next(((key, {}) for sort, key in named.items() if isinstance(value, sort)), None)


def numeric(value: object) -> bool:
    """Tell whether a plain value is a number."""
    return isinstance(value, Real) and not isinstance(value, bool)


def same(given: object, right: object) -> bool:
    """Tell whether two plain values are of the same kind and agree."""
    return kind(given) == kind(right) and agrees(given, right)


def agrees(given: Any, right: Any) -> bool:
    """Tell whether two plain values of the same kind agree."""
    if isinstance(right, list):
        return all(map(same, given, right))
    if isinstance(right, str):
        return "".join(given.split()).casefold() == "".join(right.split()).casefold()
    whole = isinstance(right, int)
    near = math.isclose(given, right, rel_tol=1e-9 if whole else TOLERANCE, abs_tol=1e-12)
    return near if whole else near or is_rounded(given, right, due_places(right))


def magnitude(number: Any) -> int:
    """Return the power of ten of the first digit of a number: 0 for 9.86, -2 for 0.0986."""
    return math.floor(math.log10(abs(number))) if number and math.isfinite(number) else 0


def due_places(right: Any) -> int:
    """Return to how many decimals a right number may be rounded: one, below 1 as many as two digits take."""
    return max(1, 1 - magnitude(right))


def is_rounded(given: Any, right: Any, places: int) -> bool:
    """Tell whether a number is another rounded to decimals, a half up or down; to tens where there are -1."""
    half = 0.5 * 10.0**-places
    return math.isclose(given, round(given, places)) and abs(given - right) <= half * (1 + 1e-9)


def unlike(given: Any, right: Any) -> Text:
    """Return what to tell of an answer of another kind, or of a list of another length."""
    listed = isinstance(given, list)
    if numeric(right):
        alone = given[0] if listed and len(given) == 1 else given
        quoted = isinstance(alone, str) and re.search(r"\d", alone)
        said = [text("wrong-brackets")] * (alone is not given) + [text("wrong-quotes")] * bool(quoted)
        if said:
            return joined(said, SENTENCE)
        if listed and given and all(isinstance(v, int) for v in given):
            return text("wrong-comma")
    if isinstance(right, list) and numeric(given):
        return text("wrong-alone", n=len(right))
    if isinstance(right, list) and listed:
        return text("wrong-length", n=len(right), given=len(given))
    key, values = kind(right) or ("", {})
    return text("wrong-kind", kind=text(key, **values) if key else NOTHING)


def unlike_members(given: list, right: list) -> Text:
    """Return what to tell of a list of the right length: the order, or the first wrong member and what is with it."""
    if same(given[::-1], right):
        return text("wrong-reversed")
    if all(sum(same(m, r) for m in given) == sum(same(other, r) for other in right) for r in right):
        return text("wrong-order")
    fits = list(map(same, given, right))
    first = fits.index(False)
    members = text("wrong-members", right=sum(fits), n=len(right), first=first + 1)
    other = kind(given[first]) != kind(right[first])
    told = [unlike(given[first], right[first])] if other else list(hints(given[first], right[first]))[:1]
    return joined([members, *told], SENTENCE)


def hints(given: Any, right: Any) -> Iterator[Text]:
    """Yield what may be wrong with a number; nothing where one of the two is none."""
    if not (numeric(given) and numeric(right)):
        return
    if agrees(-given, right):
        yield text("wrong-sign")
    for factor in FACTORS:
        if agrees(given * factor, right) or agrees(given / factor, right):
            yield text(f"factor-{factor}")
    whole = isinstance(right, int)
    if whole and right in YEARS and abs(given - right) == 1:
        yield text("wrong-year")
    if not whole and any(is_rounded(given, right, n) for n in range(-magnitude(right), due_places(right))):
        yield text("wrong-rounded")
