"""Self-checks: what a student is told about every kind of answer, and that it never holds the right one."""

import json
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from languages import notebook

from compendium.compendium import Compendium
from compendium.notebook import exercises

NONE_YET, RIGHT, WRONG = "no answer yet", "✓ right", "✗ not right yet"
NUMBER, TEXT, TRUTH, LIST = "should be a number", "should be a text", "should be True or False", "a list of 3 values"
ELSE, SIGN, YEAR, ROUNDED = "Read the exercise again", "sign is the wrong way", "one year off", "rounded too far"
PERCENT, TEN_THOUSANDS, MILLIONS = "factor of 100:", "factor of 10,000:", "factor of a million:"
QUOTES, BRACKETS, ALONE = "without quotes", "without brackets", "with commas between"
QUOTED, COMMA = "Write a number as it is, without quotes", "one number, without commas"
REVERSED, ORDER = "the order is reversed", "but the order is not"
LAST = "12-reproduction-report"
MEMBERS = "Right: {} of {} values; the first wrong one is number {}."


def running_with(monkeypatch, variables):
    """Let the notebook that runs have some variables."""
    monkeypatch.setattr(exercises, "get_ipython", lambda: SimpleNamespace(user_ns=variables))


def told(monkeypatch, right, answer):
    """Return what `check` says about an answer when the solution beneath the exercise computes `right`."""
    monkeypatch.setattr(exercises, "read_solution_code", lambda *_: "answer = right")
    running_with(monkeypatch, {"right": right})
    said = exercises.check_answer(notebook(), "exercise-1", answer).data
    zh, en = said.split("<!-- en -->")
    assert zh.startswith("<!-- zh -->\n*自测*：") and en.startswith("\n*Self-check*: ")
    for language, own in (("zh", zh.removeprefix("<!-- zh -->")), ("en", en)):
        assert exercises.check_answer(notebook(language), "exercise-1", answer).data == own.strip()
    return en.strip()


N, A, B = 12.345, [1, 2.5, "A"], [1, 2.5, 4.75]
NAN, INFINITE = float("nan"), float("inf")
REPLIES = [  # what is said, where which is right, of which answers
    (NONE_YET, [(N, None)]),
    (RIGHT, [(N, np.float64(N)), (N, np.array(N)), (N, Fraction("12.345")), (N, 12.35), (np.float64(N), 12.35)]),
    (RIGHT, [(0.0, 0.1 + 0.2 - 0.3), (29, 29), (29, 100 * 0.29), (29, np.int64(29)), (True, True)]),
    (RIGHT, [(True, np.bool_(True)), ("Ro Ro", "  roro "), ("Ro Ro", "RO RO"), ("Ro Ro", np.str_("Ro Ro"))]),
    (RIGHT, [(A, A), (A, (1, 2.5, "a")), (A, pd.Series(A)), (A, np.array(A, dtype=object))]),
    (RIGHT, [(np.array([1.0, 2.0, 4.0]), [1, 2, 4]), ({10, 9, 2.5}, {2.5, 9.0, 10.0})]),
    (RIGHT, [({"b", "a", "c"}, {"c", "b", "a"}), ({"b", "a", "c"}, ["a", "b", "c"])]),
    (WRONG, [(N, 12.06), (N, -N), (N, NAN), (N, INFINITE), (0.0, 0.001), (29, 29.001), (np.int64(29), 29.001)]),
    (WRONG, [(A, [1, None, "A"]), (A, [1, {}, "A"]), (A, [1, "2.5", "A"]), (A, [1, NAN, "A"])]),
    (WRONG, [(np.array([1.0, 2.0, 4.0]), [1, 2, 5]), (pd.Series([1, 2, 4]), range(1, 4))]),
    (WRONG, [({"b", "a", "c"}, frozenset("abd")), ({10, 9, 2.5}, {"a", 9, None})]),
    (NUMBER, [(N, True), (N, {"answer": N}), (N, pd.NA), (N, N + 0j)]),
    (f"{NUMBER}.", [(9.86, "ten"), (9.86, [9.86, 1])]),
    (QUOTES, [(N, "12.345"), (9.86, "9.86"), (9.86, "约9.86%")]),
    (BRACKETS, [(N, [N]), (9.86, [9.86]), (9.86, np.array([9.86])), (N, pd.DataFrame({"a": [N]}))]),
    (f"{BRACKETS}. {QUOTED}", [(39.1, ["39.1%"])]),
    (COMMA, [(9.86, (9, 86)), (1234, (1, 234)), (5_200_000, [5, 200, 0])]),
    (TRUTH, [(True, 1), (True, "True")]),
    (TEXT, [("Ro Ro", 5)]),
    (LIST, [(A, []), (A, "A"), (A, {1: 2.5})]),
    (f"{LIST}.", [(A, True)]),
    (f"{LIST}; yours has 2.", [(A, [1, 2.5])]),
    (ALONE, [(A, 1)]),
    (REVERSED, [(B, [4.75, 2.5, 1]), (B, [4.8, 2.5, 1]), (A, ["A", 2.5, 1])]),
    (ORDER, [(A, [2.5, 1, "A"]), (B, [2.5, 4.75, 1]), ([1, 1, 2], [1, 2, 1])]),
    (MEMBERS.format(2, 3, 2), [([1, 1, 2], [1, 2, 2]), (A, [1, 3.5, "A"])]),
    (f"{MEMBERS.format(2, 3, 2)} {QUOTED}", [(A, [1, "2.5%", "A"])]),
    (RIGHT, [([4, 4, 2, 3], pd.DataFrame({"low": [4, 2], "high": [4, 3]})), ([4, 4, 2, 3], [[4, 4], (2, 3)])]),
    (RIGHT, [([4, 4, 2, 3], pd.DataFrame([[4, 2], [4, 3]], ["min", "max"], list("AB")))]),
    (MEMBERS.format(0, 3, 1), [(A, [7, 3.5, None])]),
    (f"{MEMBERS.format(2, 3, 2)} It is off by a {PERCENT}", [(A, [1, 250, "A"])]),
    (f"{MEMBERS.format(0, 2, 1)} It is off by a {PERCENT}", [([0.2, 0.5], [20, 50])]),
    (f"{MEMBERS.format(1, 3, 2)} The {SIGN}", [(A, [1, -2.5, "B"])]),
    (SIGN, [(9.86, -9.86), (-9.86, 9.86), (29, -29)]),
    (PERCENT, [(9.86, 0.0986), (0.0986, 9.86), (0.0986, 9.9), (29, 0.29), (29, 2900)]),
    (TEN_THOUSANDS, [(5_200_000.0, 520), (520, 5_200_000)]),
    (MILLIONS, [(30_000_000, 30), (30.25, 30_250_000)]),
    (YEAR, [(2017, 2018), (2017, 2016.0), (1900, 1899), (2100, 2101)]),
    (ROUNDED, [(9.86, 10), (-9.86, -10), (5.45, 5), (2.5, 2), (2.5, 3), (36.4, 40), (1234.5, 1200)]),
    (ROUNDED, [(0.0986, 0.1), (0.347, 0.3)]),
    (ELSE, [(2017, 2019), (2017, 2017.5), (1899, 1900), (2101, 2100), (29, 30), (0.347, 0), (1234.5, 1300)]),
    (ELSE, [(9.86, 986 * 2), (9.86, -986), (9.86, 9), (9.86, 9.7), (9.86, 5.9), (9.86, 14.9), (9.86, 0)]),
    (ELSE, [(9.86, INFINITE), (0.0, 5), (0, 100), (NAN, 5), (True, False), ("Ro Ro", "Ro"), ("Ro Ro", "")]),
]


@pytest.mark.parametrize(("reply", "pairs"), REPLIES)
def test_every_answer_gets_its_reply_a_wrong_one_what_may_be_wrong_with_it(monkeypatch, reply, pairs):
    for right, answer in pairs:
        said = told(monkeypatch, right, answer)
        assert reply in said and (WRONG in said) == (reply not in (RIGHT, NONE_YET)), (right, answer)


@pytest.mark.parametrize(
    ("right", "shown", "beside"),
    [
        (39.13043, (39.1, 39.13, 39.130), (39.4, 38.9)),
        (1.05, (1.0, 1.1), (1.2, 0.9)),
        (-1.04, (-1.0,), (-1.1, -1.02, 1.0)),
        (0.347, (0.35, 0.347), (0.34, 0.36, 0.3)),
        (0.996, (1.0, 1), (0.98,)),
        (1234, (1234, 1234.0), (1230, 1234.1, 1235)),
        (200.0, (200.98, 199.02), (201.04, 198.96)),
        (2e-5, (2.0098e-5, 1.9902e-5), (2.0104e-5, 1.9896e-5)),
    ],
)
def test_a_number_is_right_within_half_a_percent_or_as_a_table_shows_it(monkeypatch, right, shown, beside):
    assert [n for n in shown if RIGHT not in told(monkeypatch, right, n)] == []
    assert [n for n in beside if WRONG not in told(monkeypatch, right, n)] == []
    assert RIGHT in told(monkeypatch, [right, "A"], [shown[0], "A"])


SOLUTION = """<details>
<summary>答案 Solution</summary>

```python
answer = share
wrong = {"of-all": share / 2, "both": [share, share], "percent": 100 * share}
```

</details>
"""
SENTENCES = {
    "of-all": ("这是占全部的份额。", "This is the share of **all**."),
    "both": ("只要一个数。", "One number is asked for."),
    "percent": ("这是百分数。", "This is per cent."),
}


@pytest.fixture
def exercise(running, monkeypatch):
    """A made-up notebook with one exercise, three of whose wrong answers have a sentence."""
    texts = "".join(f"[texts.exercise-1-{k}]\nzh = '{zh}'\nen = '{en}'\n" for k, (zh, en) in SENTENCES.items())
    file = running(texts).parents[1] / "01-a.ipynb"
    cell = {"id": "exercise-1", "cell_type": "markdown", "source": [SOLUTION], "metadata": {}}
    file.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    variables = {"share": 0.4, "wrong": "a variable of the notebook"}
    running_with(monkeypatch, variables)
    return variables


@pytest.mark.parametrize(
    ("answer", "key"), [(0.2, "of-all"), (0.2001, "of-all"), ([0.4, 0.4], "both"), (40, "percent"), (40.1, "percent")]
)
def test_a_typical_wrong_answer_gets_its_own_sentence_before_any_diagnosis_but_after_a_right_one(exercise, answer, key):
    said = exercises.check_answer(notebook(), "exercise-1", answer).data
    zh, en = SENTENCES[key]
    assert f"✗ 还不对。{zh}" in said and f"✗ not right yet. {en}" in said
    assert not any(own in said for other in SENTENCES.keys() - {key} for own in SENTENCES[other])
    for other, reply in ((0.4, RIGHT), (0.3, ELSE), (0.004, PERCENT), ([0.4], BRACKETS)):
        assert reply in exercises.check_answer(notebook(), "exercise-1", other).data
    exercise["share"] = 0.0
    assert RIGHT in exercises.check_answer(notebook(), "exercise-1", 0.0).data, (
        "other data may make a wrong answer right"
    )


@pytest.mark.parametrize("right", [12.345, 29, "Rotterdam", [12.345, 29, "Rotterdam"]])
@pytest.mark.parametrize("answer", [None, 7, 12.3451, "x", [7, 7, 7], {}, True])
def test_the_reply_never_holds_the_right_answer(monkeypatch, right, answer):
    said = told(monkeypatch, right, answer)
    assert not any(value in said for value in ("12.3", "29", "Rotterdam"))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("answer = 1 / 0", "ZeroDivisionError: division by zero"),
        ("answer = 1\nassert answer == 2", "AssertionError"),
        ("raise ValueError('one\\ntwo')", "ValueError: one"),
        ("other = wrong", "KeyError: 'answer'"),
    ],
)
def test_a_solution_that_fails_is_named_in_one_message(monkeypatch, code, error):
    monkeypatch.setattr(exercises, "read_solution_code", lambda *_: code)
    said = exercises.check_answer(notebook(), "exercise-1", 5).data
    assert said.count(error) == 2 and "从头运行" in said and "run the notebook from the top" in said


def test_the_solution_is_found_beneath_its_own_exercise_and_leaves_the_namespace_alone_or_the_fault_is_told():
    code = exercises.read_solution_code(Compendium.find(), LAST, "exercise-2")
    assert "touched" in code and "answer = " in code and "```" not in code
    namespace = {"before": 1, "wrong": {"key": 6}, "answer": 7}
    assert exercises.run_solution("before = 2\nanswer = before + 1", namespace) == (3, {})
    assert namespace == {"before": 1, "wrong": {"key": 6}, "answer": 7}
    said = exercises.check_answer(notebook(name=LAST), "exercise-9", 5).data
    assert exercises.check_answer(notebook(name=LAST), "exercise-9", None).data == said
    assert "这不是你的错" in said and "the fault is not yours" in said and "Remedy" not in said
    assert said.count("no text cell has the id") == 2


def test_an_answer_is_read_as_somebody_types_it_and_other_lines_are_left_alone():
    for typed, read in (
        ("answer = 9.86%  # mine", "answer = 9.86  # mine"),
        ("answer = ９.８６", "answer = 9.86"),
        ("answer = ［39.1％，51.6％］", "answer = [39.1,51.6]"),
        ("answer = 39.1，51.6", "answer = 39.1,51.6"),
        ("answer = 7 % 4", "answer = 7 % 4"),
        ("answer = total % 4", "answer = total % 4"),
        ('answer = "９％"', 'answer = "９％"'),
        ("share = 50 %", "share = 50 %"),
    ):
        assert exercises.read_typed_answers([f"{typed}\n"]) == [f"{read}\n"]
