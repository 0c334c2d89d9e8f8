"""Self-checks: what a student is told about every kind of answer, and that it never holds the right one."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium import here, paths
from compendium.run import contents
from compendium.show import lessons

NAME = next(iter(contents.catalogue()))

NONE_YET, RIGHT, WRONG = "no answer yet", "✓ right", "✗ not right yet"
NUMBER, TEXT, TRUTH, LIST = "should be a number", "should be a text", "should be True or False", "a list of 3 values"


def told(monkeypatch, right, answer):
    """Return what `check` says about an answer when the solution beneath the exercise computes `right`."""
    monkeypatch.setattr(lessons, "solution", lambda notebook, exercise: "answer = right")
    monkeypatch.setattr(here, "variables", lambda: {"right": right})
    monkeypatch.setattr(here, "_running", NAME)
    said = lessons.check("exercise-1", answer).data
    zh, en = said.split("<!-- en -->")
    assert zh.startswith("<!-- zh -->\n*自测*：") and en.startswith("\n*Self-check*: ")
    for language, own in (("zh", zh.removeprefix("<!-- zh -->")), ("en", en)):
        with paths.using(language=language):
            assert lessons.check("exercise-1", answer).data == own.strip()
    return en.strip()


@pytest.mark.parametrize(
    ("right", "answer", "reply"),
    [
        (12.345, None, NONE_YET),
        (12.345, 12.345, RIGHT),
        (12.345, np.float64(12.345), RIGHT),
        (12.345, np.array(12.345), RIGHT),
        (12.345, Fraction("12.345"), RIGHT),
        (12.345, 12.35, RIGHT),
        (12.345, 12.06, WRONG),
        (12.345, -12.345, WRONG),
        (12.345, float("nan"), WRONG),
        (12.345, float("inf"), WRONG),
        (12.345, "12.345", NUMBER),
        (12.345, True, NUMBER),
        (12.345, [12.345], NUMBER),
        (12.345, {"answer": 12.345}, NUMBER),
        (12.345, pd.NA, NUMBER),
        (12.345, pd.DataFrame({"a": [12.345]}), NUMBER),
        (12.345, 12.345 + 0j, NUMBER),
        (np.float64(12.345), 12.35, RIGHT),
        (0.0, 0.1 + 0.2 - 0.3, RIGHT),
        (0.0, 0.001, WRONG),
        (29, 29, RIGHT),
        (29, 100 * 0.29, RIGHT),
        (29, np.int64(29), RIGHT),
        (29, 30, WRONG),
        (29, 29.001, WRONG),
        (np.int64(29), 29.001, WRONG),
        (True, True, RIGHT),
        (True, np.bool_(True), RIGHT),
        (True, False, WRONG),
        (True, 1, TRUTH),
        (True, "True", TRUTH),
        ("Ro Ro", "  roro ", RIGHT),
        ("Ro Ro", "RO RO", RIGHT),
        ("Ro Ro", np.str_("Ro Ro"), RIGHT),
        ("Ro Ro", "Ro", WRONG),
        ("Ro Ro", "", WRONG),
        ("Ro Ro", 5, TEXT),
        ([1, 2.5, "A"], [1, 2.5, "A"], RIGHT),
        ([1, 2.5, "A"], (1, 2.5, "a"), RIGHT),
        ([1, 2.5, "A"], pd.Series([1, 2.5, "A"]), RIGHT),
        ([1, 2.5, "A"], np.array([1, 2.5, "A"], dtype=object), RIGHT),
        ([1, 2.5, "A"], [2.5, 1, "A"], WRONG),
        ([1, 2.5, "A"], [1, None, "A"], WRONG),
        ([1, 2.5, "A"], [1, {}, "A"], WRONG),
        ([1, 2.5, "A"], [1, "2.5", "A"], WRONG),
        ([1, 2.5, "A"], [1, float("nan"), "A"], WRONG),
        ([1, 2.5, "A"], [1, 2.5], LIST),
        ([1, 2.5, "A"], [], LIST),
        ([1, 2.5, "A"], "A", LIST),
        ([1, 2.5, "A"], {1: 2.5}, LIST),
        (np.array([1.0, 2.0, 4.0]), [1, 2, 4], RIGHT),
        (np.array([1.0, 2.0, 4.0]), [1, 2, 5], WRONG),
        (pd.Series([1, 2, 4]), range(1, 4), WRONG),
        ({"b", "a", "c"}, {"c", "b", "a"}, RIGHT),
        ({"b", "a", "c"}, ["a", "b", "c"], RIGHT),
        ({"b", "a", "c"}, frozenset("abd"), WRONG),
        ({10, 9, 2.5}, {2.5, 9.0, 10.0}, RIGHT),
        ({10, 9, 2.5}, {"a", 9, None}, WRONG),
    ],
)
def test_every_kind_of_answer_gets_its_reply(monkeypatch, right, answer, reply):
    assert reply in told(monkeypatch, right, answer)


@pytest.mark.parametrize("right", [200.0, -200.0, 2e-5])
def test_half_a_percent_is_the_edge(monkeypatch, right):
    for side in (-1, 1):
        assert RIGHT in told(monkeypatch, right, right * (1 + side * 0.0049))
        assert WRONG in told(monkeypatch, right, right * (1 + side * 0.0052))


@pytest.mark.parametrize("right", [12.345, 29, "Rotterdam", [12.345, 29, "Rotterdam"]])
@pytest.mark.parametrize("answer", [None, 7, 12.3451, "x", [7, 7, 7], {}, True])
def test_the_reply_never_holds_the_right_answer(monkeypatch, right, answer):
    said = told(monkeypatch, right, answer)
    assert not any(value in said for value in ("12.3", "29", "Rotterdam"))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("answer = 1 / 0", "ZeroDivisionError: division by zero"),
        ("answer = missing", "NameError: name 'missing' is not defined"),
        ("answer = 1\nassert answer == 2", "AssertionError"),
        ("raise ValueError('one\\ntwo')", "ValueError: one"),
        ("other = 1", "KeyError: 'answer'"),
    ],
)
def test_a_solution_that_fails_is_named_in_one_message(monkeypatch, code, error):
    monkeypatch.setattr(lessons, "solution", lambda notebook, exercise: code)
    monkeypatch.setattr(here, "_running", NAME)
    said = lessons.check("exercise-1", 5).data
    assert said.count(error) == 2 and "从头运行" in said and "run the notebook from the top" in said


def test_the_solution_is_found_beneath_its_own_exercise_and_leaves_the_namespace_alone():
    code = lessons.solution("12-reproduction-report", "exercise-2")
    assert "touched" in code and "answer = " in code and "```" not in code
    namespace = {"before": 1}
    assert lessons.solve("before = 2\nanswer = before + 1", namespace) == 3
    assert namespace == {"before": 1}


def test_an_exercise_without_a_solution_is_told_to_the_student_in_a_plain_sentence(monkeypatch):
    monkeypatch.setattr(here, "_running", "12-reproduction-report")
    said = lessons.check("exercise-9", 5).data
    assert "这不是你的错" in said and "the fault is not yours" in said and "Remedy" not in said
    assert said.count("no text cell has the id") == 2


def test_notebook_and_variables_are_those_that_run(monkeypatch):
    monkeypatch.setattr(here, "_running", "12-reproduction-report")
    asked = []
    monkeypatch.setattr(lessons, "solution", lambda *place: asked.append(place) or "answer = weak")
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns={"weak": 12.5}))
    assert RIGHT in lessons.check("exercise-2", 12.5).data and WRONG in lessons.check("exercise-2", 13).data
    assert asked == [("12-reproduction-report", "exercise-2")] * 2
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    assert "NameError: name 'weak' is not defined" in lessons.check("exercise-2", 12.5).data
