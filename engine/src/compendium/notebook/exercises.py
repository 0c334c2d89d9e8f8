"""Self-checks: tell a student whether an answer is right, and what may be wrong with it, without giving it away.

A page of the book checks by what `hold` exports.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from numbers import Real
from typing import Any

from IPython import get_ipython
from IPython.display import Markdown

from compendium.base import cells
from compendium.base.texts import (
    NOTHING,
    SENTENCE,
    TranslatedText,
    catalogue,
    choose_punctuation,
    join_texts,
    make_translated_text,
)
from compendium.compendium import Compendium
from compendium.notebook.fresh_kernel import LOST
from compendium.notebook.wording import NotebookWording, render_bilingual_markdown

text = catalogue("compendium/show")
TOLERANCE = 0.005  # share of the right number by which a rounded answer may be off
FACTORS = (100, 10_000, 1_000_000)  # percent and share, people and ten thousands of them, one and a million
YEARS = range(1900, 2101)
KIND = "application/vnd.compendium.exercise+json"  # of what a page of the book needs to check an answer
GIVEN = re.compile(r"answer\s*=\s*[^\s\w\"'\[(-]*[\d\uff10-\uff19\[(-]")  # a line that answers with a number or several
PER_CENT = re.compile(r"(?<=\d)\s*%(?=\s*(?:[,)\]#]|$))")
LONGEST = 20  # values that anybody types
TOLD = ["check-right", "wrong-comma", "wrong-reversed", "wrong-order", "wrong-sign", "wrong-year"]
TOLD += ["wrong-rounded", "wrong-else", "page-none", *(f"factor-{factor}" for factor in FACTORS)]


def read_typed_answers(lines: Sequence[str]) -> list[str]:
    """Return the lines of a cell; an answer such as `9.86%` or `９.８６` is made such as Python reads."""
    return [
        PER_CENT.sub("", unicodedata.normalize("NFKC", line).rstrip()) + "\n" if GIVEN.match(line) else line
        for line in lines
    ]


def take_typed_answers() -> None:
    """Let the kernel, if this is one, read answers as `read_typed_answers` makes them."""
    if (shell := get_ipython()) and read_typed_answers not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(read_typed_answers)


def check_answer(notebook: NotebookWording, exercise_id: str, answer: object) -> Markdown:
    """Return what to tell a student about `answer`: not answered yet, of the wrong kind, wrong, or right.

    The right answer is the `answer` that the solution beneath the exercise, the text cell with this id, computes from
    the data and the choices as they are now. Whole numbers must be equal; others agree within half a percent, or
    rounded to one decimal, below 1 to two significant digits; texts agree but for case and blanks. A wrong answer that
    the solution names, as in `wrong = {"key": value}`, is told by the text `exercise-1-key` of the notebook; of any
    other, what may be wrong with it. If the solution fails or is not there, that is said. None is no answer yet.
    """
    said = render_bilingual_markdown(describe_answer_check(notebook, exercise_id, answer), notebook.c.shown)
    return (
        UnansweredExercise(said.data, export_answer_check(notebook, exercise_id))
        if answer is None and notebook.c.language
        else said
    )


class UnansweredExercise(Markdown):
    """What is told before there is an answer, with what a page needs to check one."""

    def __init__(self, data: str, held: dict[str, Any]):
        super().__init__(data)
        self.held = held

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {KIND: self.held}


def describe_answer_check(notebook: NotebookWording, exercise_id: str, answer: object) -> TranslatedText:
    """Return what to tell a student, as `check` shows it."""
    try:
        code = read_solution_code(notebook.c, notebook.name, exercise_id)
        if answer is None:
            return text("check-none")
        right, wrong = run_solution(code, getattr(get_ipython(), "user_ns", {}))
    except cells.MissingSolutionError as error:
        return text("check-unsolved", said=str(error).partition(". Remedy")[0])
    except Exception as error:
        if str(getattr(error, "name", "")).partition(".")[0] in LOST:
            raise  # the kernel says which library is missing
        return text("check-fails", said=f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": "))
    given: Any = convert_to_plain_python(answer)
    forms = (given, convert_to_plain_python(getattr(answer, "T", answer)))  # of a table rows or columns may go first
    if any(are_answers_equal(form, right) for form in forms):
        return text("check-right")
    for key, value in wrong.items():
        if are_answers_equal(given, value):
            return text("check-wrong", said=notebook.part(f"{exercise_id}-{key}"))
    if describe_answer_type(given) != describe_answer_type(right):
        return text("check-wrong", said=describe_type_mismatch(given, right))
    said = (
        describe_list_mismatch(given, right)
        if isinstance(right, list)
        else next(list_number_hints(given, right), text("wrong-else"))
    )
    return text("check-wrong", said=said)


def export_answer_check(notebook: NotebookWording, exercise_id: str) -> dict[str, Any]:
    """Return what a page needs to check an answer in the language of the notebook; nothing if none can be typed.

    `right` is the answer; each of `wrong` a wrong one with what is told of it; `said` holds what else is told, by key,
    with `{given}`, `{right}`, `{first}` and `{said}` for what the page fills in.
    """
    try:
        right, wrong = run_solution(
            read_solution_code(notebook.c, notebook.name, exercise_id), getattr(get_ipython(), "user_ns", {})
        )
    except Exception:  # what `check` tells of it comes with the first answer
        return {}
    if not is_answer_typable(right):
        return {}
    [language], (key, values) = notebook.c.shown, describe_answer_type(right) or ("", {})
    filled = {name: make_translated_text({language: f"{{{name}}}"}) for name in ("given", "right", "first", "said")}
    told = {name: text(name) for name in TOLD} | {"wrong-kind": text("wrong-kind", kind=text(key, **values))}
    told["check-wrong"] = text("check-wrong", said=filled["said"])
    if isinstance(right, list):
        told["wrong-alone"] = text("wrong-alone", **values)
        told["wrong-length"] = text("wrong-length", given=filled["given"], **values)
        told["wrong-members"] = text("wrong-members", right=filled["right"], first=filled["first"], **values)
    return {
        "right": tag_value_with_type(right),
        "wrong": [
            [tag_value_with_type(v), notebook.part(f"{exercise_id}-{k}")[language]]
            for k, v in wrong.items()
            if is_answer_typable(v)
        ],
        "said": {name: said.markdown[language].strip() for name, said in told.items()},
        "between": choose_punctuation(SENTENCE, language),
    }


def is_answer_typable(value: object) -> bool:
    """Tell whether anybody would type a plain value: a number, a text, a truth, or a list of not too many of them."""
    if isinstance(value, list):
        return len(value) <= LONGEST and all(is_answer_typable(v) and not isinstance(v, list) for v in value)
    return describe_answer_type(value) is not None and not (is_plain_number(value) and not math.isfinite(value))  # type: ignore[arg-type]


def tag_value_with_type(value: Any) -> dict[str, Any]:
    """Return a plain value that is typed with its kind, whole numbers apart, for a page."""
    if isinstance(value, list):
        return {"kind": "list", "parts": [tag_value_with_type(part) for part in value]}
    if is_plain_number(value) and not isinstance(value, int):
        return {"kind": "number", "value": float(value)}
    return {"kind": "whole" if is_plain_number(value) else (describe_answer_type(value) or ("",))[0], "value": value}


def read_solution_code(c: Compendium, notebook: str, exercise_id: str) -> str:
    """Return the code of the solution beneath an exercise of a notebook."""
    return cells.find_solution_code(cells.read_notebook_cells(c.notebooks / f"{notebook}.ipynb"), exercise_id)


def run_solution(code: str, namespace: Mapping[str, object]) -> tuple[Any, dict[str, object]]:
    """Run a solution in a copy of the namespace; return its `answer` and, by key, the answers it calls `wrong`."""
    inside: dict[str, Any] = {**namespace, "wrong": {}}
    exec(code, inside)
    return convert_to_plain_python(inside["answer"]), {
        key: convert_to_plain_python(value) for key, value in inside["wrong"].items()
    }


def convert_to_plain_python(value: Any) -> Any:
    """Return arrays, series and tuples as lists, sets as sorted lists, numbers of other libraries as Python's own.

    A table, and a list of lists, becomes one list, row after row.
    """
    value = value.to_numpy() if hasattr(value, "columns") else value
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Set):
        value = [convert_to_plain_python(v) for v in value]
        with suppress(TypeError):  # members of several kinds have no order
            value.sort()
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    values = [convert_to_plain_python(v) for v in value]
    return [one for v in values for one in v] if all(isinstance(v, list) for v in values) else values


def describe_answer_type(value: object) -> tuple[str, dict[str, int]] | None:
    """Return the text, with what fills it, on the kind of a plain value; None if an answer cannot be such a thing."""
    if isinstance(value, list):
        return "kind-list", {"n": len(value)}
    named = {bool: "kind-truth", str: "kind-text", Real: "kind-number"}
    return next(((key, {}) for sort, key in named.items() if isinstance(value, sort)), None)


def is_plain_number(value: object) -> bool:
    """Tell whether a plain value is a number."""
    return isinstance(value, Real) and not isinstance(value, bool)


def are_answers_equal(given: object, right: object) -> bool:
    """Tell whether two plain values are of the same kind and agree."""
    return describe_answer_type(given) == describe_answer_type(right) and do_same_type_values_agree(given, right)


def do_same_type_values_agree(given: Any, right: Any) -> bool:
    """Tell whether two plain values of the same kind agree."""
    if isinstance(right, list):
        return all(map(are_answers_equal, given, right))
    if isinstance(right, str):
        return "".join(given.split()).casefold() == "".join(right.split()).casefold()
    whole = isinstance(right, int)
    near = math.isclose(given, right, rel_tol=1e-9 if whole else TOLERANCE, abs_tol=1e-12)
    return near if whole else near or is_rounded_from(given, right, count_expected_decimals(right))


def compute_order_of_magnitude(number: Any) -> int:
    """Return the power of ten of the first digit of a number: 0 for 9.86, -2 for 0.0986."""
    return math.floor(math.log10(abs(number))) if number and math.isfinite(number) else 0


def count_expected_decimals(right: Any) -> int:
    """Return to how many decimals a right number may be rounded: one, below 1 as many as two digits take."""
    return max(1, 1 - compute_order_of_magnitude(right))


def is_rounded_from(given: Any, right: Any, places: int) -> bool:
    """Tell whether a number is another rounded to decimals, a half up or down; to tens where there are -1."""
    half = 0.5 * 10.0**-places
    return math.isclose(given, round(given, places)) and abs(given - right) <= half * (1 + 1e-9)


def describe_type_mismatch(given: Any, right: Any) -> TranslatedText:
    """Return what to tell of an answer of another kind, or of a list of another length."""
    listed = isinstance(given, list)
    if is_plain_number(right):
        alone = given[0] if listed and len(given) == 1 else given
        quoted = isinstance(alone, str) and re.search(r"\d", alone)
        said = [text("wrong-brackets")] * (alone is not given) + [text("wrong-quotes")] * bool(quoted)
        if said:
            return join_texts(said, SENTENCE)
        if listed and given and all(isinstance(v, int) for v in given):
            return text("wrong-comma")
    if isinstance(right, list) and is_plain_number(given):
        return text("wrong-alone", n=len(right))
    if isinstance(right, list) and listed:
        return text("wrong-length", n=len(right), given=len(given))
    key, values = describe_answer_type(right) or ("", {})
    return text("wrong-kind", kind=text(key, **values) if key else NOTHING)


def describe_list_mismatch(given: list, right: list) -> TranslatedText:
    """Return what to tell of a list of the right length: the order, or the first wrong member and what is with it."""
    if are_answers_equal(given[::-1], right):
        return text("wrong-reversed")
    if all(
        sum(are_answers_equal(m, r) for m in given) == sum(are_answers_equal(other, r) for other in right)
        for r in right
    ):
        return text("wrong-order")
    fits = list(map(are_answers_equal, given, right))
    first = fits.index(False)
    members = text("wrong-members", right=sum(fits), n=len(right), first=first + 1)
    other = describe_answer_type(given[first]) != describe_answer_type(right[first])
    told = (
        [describe_type_mismatch(given[first], right[first])]
        if other
        else list(list_number_hints(given[first], right[first]))[:1]
    )
    return join_texts([members, *told], SENTENCE)


def list_number_hints(given: Any, right: Any) -> Iterator[TranslatedText]:
    """Yield what may be wrong with a number; nothing where one of the two is none."""
    if not (is_plain_number(given) and is_plain_number(right)):
        return
    if do_same_type_values_agree(-given, right):
        yield text("wrong-sign")
    for factor in FACTORS:
        if do_same_type_values_agree(given * factor, right) or do_same_type_values_agree(given / factor, right):
            yield text(f"factor-{factor}")
    whole = isinstance(right, int)
    if whole and right in YEARS and abs(given - right) == 1:
        yield text("wrong-year")
    if not whole and any(
        is_rounded_from(given, right, n)
        for n in range(-compute_order_of_magnitude(right), count_expected_decimals(right))
    ):
        yield text("wrong-rounded")
