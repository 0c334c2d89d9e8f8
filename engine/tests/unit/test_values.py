"""The grammar of value_text: every form is read, agrees up to its edge and not beyond, and what has none is refused."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import judged

from compendium.base import values
from compendium.data.cells import FORMULA
from compendium.data.checks import TypedRow
from compendium.ledger import checks, flip_texts, flips, recording, rules
from compendium.ledger.evidence import LedgerError
from compendium.ledger.printed import compare_computed_value, lower_bound_implies_claim, printed_value
from compendium.ledger.record import Estimate, show_values
from compendium.ledger.recording import normalise_computed_values

NONE = math.nan


def claim(text, low=NONE, high=NONE, **more):
    return pd.Series({"claim_id": "Q0", "value_text": text, "value_low": low, "value_high": high} | more)


def read(text):
    """Return a claim with the ends that its text says."""
    ends = values.parse_value_text(text).ends or (NONE, NONE)
    return claim(text, *(NONE if end is None else float(end) for end in ends))


@pytest.mark.parametrize(
    ("text", "form", "ends", "agree", "differ"),
    [
        ("63", "number", (63, 63), [63, 62.6, 63.4], [62.4, 63.6]),
        ("95%", "number", (95, 95), [95, 94.6], [94.4]),
        (".05", "number", (0.05, 0.05), [0.05, 0.054], [0.044, 0.056]),
        ("−0.1", "number", (-0.1, -0.1), [-0.1, -0.14, -0.06], [0.1, 0.0, -0.16]),
        ("1 / 3 = about 0.3", "about", (0.3, 0.3), [1 / 3], [0.36]),
        ("~ 3,000", "about", (3000, 3000), [2501, 3499], [2499, 3501]),
        ("about 0", "about", (0, 0), [0.4, -0.4], [0.6, -0.6]),
        ("≥ -0.5", "one-sided", (-0.5, None), [-0.54, 3], [-0.56]),
        ("P<=.05", "p-value", (None, 0.05), [0.05, 0.0549], [0.0551]),
        ("-0.31 (0.125)", "estimate", (-0.31, -0.31), [-0.314], [-0.316, 0.31]),
        ("first", "words", (1, 1), [1], [2]),
        ("almost 7.5", "about", (7.5, 7.5), [7.4, 7.46, 7.5], [7.6]),
        ("400多", "one-sided", (400, None), [401], [400]),
        ("between 7 and 13", "interval", (7, 13), [7], [14]),
        ("10^6", "number", (10**6, 10**6), [1.2e6], [1.6e6]),
        ("p < 1e-4", "p-value", (None, 1e-4), [0.00009], [0.0001]),
        ("aOR 1.4 (95% CI 1.1 to 1.9)", "estimate", (1.4, 1.4), [1.4], [1.5]),
        ("1.4, 95% CI 1.1-1.9", "estimate", (1.4, 1.4), [1.4], [1.5]),
        ("β 0.31 (SE 0.12)", "estimate", (0.31, 0.31), [0.31], [0.32]),
        ("rank 3 (12.4%)", "rank", (3, 3), [3], [4]),
        ("第3名", "rank", (3, 3), [3], [2]),
    ],
)
def test_every_form_agrees_up_to_its_edge_and_not_beyond(text, form, ends, agree, differ):
    """Those that docs/engine.md shows are asked the same by test_engine.py."""
    value = values.parse_value_text(text)
    assert value.form == form and tuple(None if end is None else float(end) for end in value.ends) == ends
    assert {number: compare_computed_value(read(text), number)[0] for number in agree} == dict.fromkeys(agree, True)
    assert {number: compare_computed_value(read(text), number)[0] for number in differ} == dict.fromkeys(differ, False)


@pytest.mark.parametrize("sign", values.SIGNED)
def test_every_word_for_a_sign_is_read_on_its_side_of_the_number(sign):
    ends = {">": (400, None), ">=": (400, None), "<": (None, 400), "<=": (None, 400)}.get(sign, (400, 400))
    for word in (word for words in values.SIGNED[sign].values() for word in words):
        text = f"400 {word[1:]}" if word[0] == "_" else f"{word.capitalize()} 400"
        value = values.parse_value_text(text)
        assert (value.ends, value.sign) == (ends, "" if sign == "about" else sign), text
        assert compare_computed_value(read(text), 400)[0] == (sign not in "<>"), text


@pytest.mark.parametrize(
    ("text", "agree", "differ"),
    [
        ("0.31 (0.125)", [(0.314, 0.1254)], [(0.316, 0.125), (0.31, 0.1256), (0.31, 0.12)]),
        ("0.31 [0.07, 0.55]", [(0.31, 0.07, 0.55)], [(0.31, 0.07, 0.56), (0.31, -0.07, 0.55)]),
        ("[−0.5, 0.70]", [(-0.54, 0.704)], [(0.5, 0.7), (-0.5, 0.706)]),
        ("OR 1.4 (1.1–1.9)", [(1.41, 1.1, 1.9)], [(1.5, 1.1, 1.9)]),
        ("3rd (12.4)", [(3, 12.41)], [(4, 12.4), (3, 12.5)]),
        ("46 / 63.5", [[46.4, 63.54]], [[46.6, 63.5], [46, 63.56]]),
    ],
)
def test_each_part_is_compared_at_its_own_precision(text, agree, differ):
    assert [compare_computed_value(read(text), parts)[0] for parts in agree] == [True] * len(agree)
    assert [compare_computed_value(read(text), parts)[0] for parts in differ] == [False] * len(differ)


@pytest.mark.parametrize(
    ("text", "found", "agrees_with", "how"),
    [
        ("590", 587.8, True, "zeros"),
        ("590", 599.8, False, "cut"),
        ("590", 590.4, True, "rounded"),
        ("590", 588, False, ""),  # a count is printed to its last digit
        ("590", 591, False, "last"),
        ("590.0", 589.9, False, "last"),
        ("about 590", 587.8, True, None),
        ("300", 312.4, False, ""),  # two digits count at least
        ("31", 31.51, False, "cut"),
        ("31", 32.2, False, "last"),
        ("-3.1", -3.19, False, "cut"),
        ("0.05", 0.058, False, "cut"),
        ("4", 5, False, ""),  # of one digit it would say nothing
        ("0.31 (0.12)", (0.314, 0.121), True, ""),
        ("0.31 (0.12)", (0.314, 0.1294), False, "cut"),
        ("0.31 (0.12)", (0.36, 0.12), False, "differs"),
    ],
)
def test_a_number_stands_for_what_its_digits_give(text, found, agrees_with, how):
    said = read(text)
    assert compare_computed_value(said, found)[0] == agrees_with
    judged = rules.recomputed(said, found, pd.DataFrame({"source_id": ["a"], "table": "t"}))
    told = recording.describe_rounding(said, judged)
    marks = {"rounded": "四舍五入就是", "zeros": "末尾的零", "cut": "截断", "last": "只差末位", "differs": "论文作"}
    mark = marks.get(how, "")
    assert mark in told.zh and bool(told.en) == bool(mark)
    last = show_values(normalise_computed_values(judged.computed if how == "differs" else np.atleast_1d(found)[-1]))
    assert not mark or last in told.en


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        *((text, values.RULE) for text in ("1,00", "0,31", "2015,2016", "5-10-15", "2.1-", ">", ">many", "[1, 2")),
        *((text, values.RULE) for text in ("more than 3 firms", "about 3 firms", "1.2.3", "≈", "-0.5 / ")),
        *((text, values.RULE) for text in ("over 3 firms", "rose to over 400", "约3家", "5家以上", "5 years or more")),
        ("1/3", values.EITHER),
        ("p = 1.2", "must be a p-value between 0 and 1"),
        ("P<2", "must be a p-value between 0 and 1"),
        ("3.4-2.1", "must be an interval from the lower to the upper end"),
        ("0.3 (-0.1)", "must be an estimate with a standard error of at least 0, or with an interval around it"),
        ("0.3 [0.4, 0.5]", "must be an estimate with a standard error of at least 0, or with an interval around it"),
    ],
)
def test_what_has_the_signs_of_a_value_and_the_form_of_none_is_refused(text, rule):
    with pytest.raises(values.Malformed, match="^" + rule.replace("[", r"\[") + "$"):
        values.parse_value_text(text)
    with pytest.raises(LedgerError, match=r"^Q0: value_text .* Remedy: write 12, "):
        printed_value(claim(text))


@pytest.mark.parametrize(
    "text", ["more than half", "about half", "above average", "一半以上", "behind", "discrete > process", "p < many"]
)
def test_words_have_no_ends(text):
    assert values.parse_value_text(text) == values.ParsedValueText("words", (), (None, None))


def row(text, low, high, **more):
    values = {"claim_id": "Q07", "value_text": text, "value_low": low, "value_high": high} | more
    return [TypedRow("claims", "claims.csv", 8, {k: "" if v is None else str(v) for k, v in values.items()}, values)]


@pytest.mark.parametrize(
    ("text", "low", "high", "due"),
    [
        ("<0.05", 0.05, None, "empty and 0.05"),
        ("[-0.5, 0.7]", 0.5, 0.7, "-0.5 and 0.7"),
        ("0.31 (0.12)", 0.19, 0.43, "0.31 and 0.31"),
        ("behind", 1, 1, "empty and empty"),
    ],
)
def test_the_ends_must_be_those_of_the_text_which_with_several_numbers_leaves_the_choice(text, low, high, due):
    [fault] = checks.claims_fit_text(row(text, low, high))
    assert fault.rule == f"value_low and value_high must be {due}, as value_text {text!r} says"
    for text, low in (("1 core + 2 wings", 3), ("46 / 63", 46), ("31 values", None), ("2016; V1.0", 2016)):
        assert not [*checks.claims_fit_text(row(text, low, low))]
    [fault] = checks.claims_fit_text(row("46 / 63", 64, 64))
    assert "one of 46, 63, 109" in fault.rule
    [fault] = checks.claims_fit_text(row("0,31", 0.31, 0.31))
    told = f"claims.csv, row 8, column value_text: value '0,31' — {values.RULE}. Remedy: {values.REMEDY}."
    assert str(fault) == told


NUMBERS = st.decimals(-(10**6), 10**6, places=3, allow_nan=False, allow_infinity=False)


@given(NUMBERS, st.sampled_from(["-", "−"]))
def test_a_number_is_read_back_with_its_sign_and_separators(number, minus):
    text = f"{number:,}".replace("-", minus)
    assert values.parse_value_text(text).ends == (number, number) and values.list_numbers(f"x = {text}") == [
        f"{number}"
    ]
    assert printed_value(read(text)).half == 0.0005


@given(NUMBERS, NUMBERS, st.sampled_from(["{} to {}", "[{}, {}]", "{}–{}", "{}-{}"]))
def test_an_interval_is_read_back_however_it_is_written(one, other, form):
    low, high = sorted((one, other))
    assert values.parse_value_text(form.format(low, high)).ends == (low, high)


@given(st.text(max_size=20))
def test_any_text_is_a_value_or_is_refused(text):
    try:
        value = values.parse_value_text(text)
    except values.Malformed:
        return
    assert value.form in {*values.FORMS, "p-value", "mixed", "words"}
    assert values.extract_single_number(text) in ("", *(number.lstrip("-") for number in values.list_numbers(text)))


VALUES = ["-0.1", "-1,234.5", "-.05", "-0.5 to -0.1", "-0.3 (0.12)", "-0.3 ± 0.1", "-12%", "-3.48e6 (0.89e6)"]
FORMULAS = ["-2+3", "-0.5-0.1", "-3e6+1", "-3 (e6)", "-A1", "-1 (cmd|x)", "--1", "+1+1"]  # a spreadsheet computes them


@pytest.mark.parametrize("cell", VALUES + FORMULAS)
def test_a_negative_value_is_no_formula(cell):
    assert bool(re.match(FORMULA, cell)) == (cell in FORMULAS)


@pytest.mark.parametrize(
    ("printed", "text", "computed", "told"),
    [
        ("−0.1%", "-0.1", -0.0769, "−0.08%"),
        ("a fall of 0.1 points", "-0.1", -0.13, "-0.13 points"),
        ("about 3,000 firms", "about 3,000", 2612.0, "2,612 firms"),
        ("p < 0.001", "p < 0.001", 0.0000123, "0.00001"),
        ("0.31 (standard error 0.12)", "0.31 (0.12)", 0.3142, "0.3142"),
        ("0.31 (standard error 0.12)", "0.31 (0.12)", Estimate((0.3142, 0.1188)), "0.314 ± 0.119"),
        ("0.31 [0.07, 0.55] a", "0.31 [0.07, 0.55]", Estimate((0.3142, 0.0714, 0.5514)), "0.314 [0.071, 0.551] a"),
        ("-3.48e6 (0.89e6) yuan", "-3.48e6 (0.89e6)", Estimate((-3482259, 890000)), "-3482259 ± 890000 yuan"),
        ("−0.31 (0.12) %", "-0.31 (0.12)", Estimate((-0.3142, 0.1)), "−0.314 ± 0.1 %"),
    ],
)
def test_what_is_found_is_told_in_the_units_of_the_print(printed, text, computed, told):
    value = show_values(normalise_computed_values(computed))
    assert judged(value_computed=value, printed_en=printed, value_printed=text).found.en == told


@pytest.mark.parametrize(
    ("value", "unit", "low", "high", "zh", "en", "due"),
    [
        ("-0.1", "%", "-0.1", "-0.1", "下降0.1%", "a fall of 0.1%", ""),  # the sign may be said in words
        ("-0.1", "%", "-0.1", "-0.1", "−0.1%", "-0.1%", ""),
        ("0.1", "%", "0.1", "0.1", "−0.1%", "0.1%", "must print 0.1"),
        ("-0.1", "%", "-0.1", "-0.1", "0.2%", "0.1%", "must print -0.1"),
        ("7-13", "million people", "7", "13", "700万至1300万人", "7-13 million people", ""),
        ("7-13", "people", "7", "13", "7–13人", "7-13 million people", "must print 7 and 13"),
        ("1.2e-5", "mol/L", "0.000012", "0.000012", "1.2×10⁻⁵", "1.2 × 10^-5 mol/L", ""),
        ("3rd (12.4)", "%", "3", "3", "第3（12.4%）", "3rd (12.4%)", ""),
        ("3", "plans", "3", "3", "3", "the 3rd of 4 plans", "must print 3"),
        ("0", "firms", "0", "0", "没有一家企业", "no firm", ""),
        ("5", "firms", "5", "5", "五家", "five firms", ""),
        ("up to 400", "firms", None, "400", "最多400家", "400 firms", "must print less than"),
        ("over 400", "firms", "400", None, "400多家", "exceeding 400 firms", ""),
        ("nearly 400", "firms", "400", "400", "400家", "nearly 400 firms", "must print 大约"),
    ],
)
def test_the_print_says_what_the_value_says(value, unit, low, high, zh, en, due):
    low, high = (end and values.Decimal(end) for end in (low, high))
    claims = row(value, low, high, unit=unit, printed_zh=zh, printed_en=en)
    assert [*checks.claims_fit_text(claims)] == []
    assert [fault.rule.startswith(due) for fault in checks.claims_fit_print(claims)] == [True] * bool(due)


def test_a_flip_of_own_numbers_moves_the_end_that_is_given_and_bounds_and_more_than_a_number_may_be_negative():
    class World:
        def row(self, name):
            return (0,)

    base = recording.Assessment("nowhere", "same", "own", "consistent", (), "", "", rules.Judged("own", "same"))
    moved = {text: [*flips.list_adjustable_cells(base, read(text), World())] for text in ("<0.05", ">0.05")}
    assert moved == {"<0.05": [("claims", (0,), "value_high")], ">0.05": [("claims", (0,), "value_low")]}
    assert flip_texts.SIGNS[values.parse_value_text("≤ 3").sign] == "at-most"
    said, rows = read("[-0.5, 0.7]"), pd.DataFrame({"source_id": ["a"], "table": ["lists"]})
    found = {ends: rules.bounded(said, ends, rows).agreement for ends in ((-0.5, 0.7), (-0.9, 0), (-2, -0.6))}
    assert found == {(-0.5, 0.7): "same", (-0.9, 0): "interval", (-2, -0.6): "differs"}
    assert (
        lower_bound_implies_claim(read("> -0.5"), -0.4)
        and not lower_bound_implies_claim(read("> -0.5"), -0.6)
        and not lower_bound_implies_claim(read("< -0.5"), -0.6)
    )
