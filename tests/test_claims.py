"""The ledger: what the paper prints is read right, every rule gives every verdict it can, and nothing slips through."""

import itertools
import json
import math
import warnings

import numpy as np
import pandas as pd
import pytest

from compendium import claims, paths, tables
from compendium.claims import LedgerError, judge

CLAIMS = tables.raw("claims").set_index("claim_id", drop=False)
SOURCES = tables.raw("sources").query("source_id != 'paper'")
FIRST = SOURCES.groupby(["grade", "host_trust"])["source_id"].first()
OFFICIAL, PRESS, MIRROR, HIJACKED = (FIRST[key] for key in (("A", "ok"), ("B", "ok"), ("C", "ok"), ("C", "unsafe")))


def claim(text, low=math.nan, high=math.nan):
    return pd.Series({"claim_id": "Q0", "value_text": text, "value_low": low, "value_high": high})


def evidence(*sources, basis="seen", **columns):
    return pd.DataFrame({"source_id": sources, "basis": basis, **columns})


TEN = claim("10", 10, 10)
SHARE = claim("3 / 8 = 0.38", 0.38, 0.38)
ABOVE = claim(">100", 100)
LEAST = claim(">=100", 100)
BELOW = claim("<100", high=100)
PERIOD = claim("2001-2005", 2001, 2005)
LIST = claim("90 / 16 / 7")
WORDS = claim("first > second")


# What the paper prints.

ONE_DECIMAL = {"Q04", "Q59", "Q70", "Q71", "Q72", "Q75", "Q76"}
TWO_DECIMALS = {"Q19", "Q21", "Q23", "Q48"}
STRICT = {"Q32", "Q37", "Q41"}
NO_NUMBER = {"Q31", "Q39", "Q47", "Q49", "Q57", "Q69", "Q77", "Q78", "Q86", "Q97", "Q99", "Q100", "Q103", "Q104"}
NO_NUMBER |= {"Q105", "Q107", "Q114"}


@pytest.mark.parametrize("claim_id", CLAIMS.index)
def test_every_printed_value_is_read_at_its_precision(claim_id):
    row = CLAIMS.loc[claim_id]
    value = claims.printed(row)
    assert value.text == row["value_text"]
    assert value.decimals == (claim_id in ONE_DECIMAL) + 2 * (claim_id in TWO_DECIMALS)
    assert value.strict == (claim_id in STRICT)
    assert value.numeric == (claim_id not in NO_NUMBER)
    unit = 10.0**-value.decimals
    for end, outwards in ((value.low, -unit), (value.high, unit)):
        if math.isfinite(end):
            assert value.contains(end, end) != value.strict
            assert not value.contains(end + 0.6 * outwards, end + 0.6 * outwards)
            assert value.contains(end - 0.4 * outwards, end - 0.4 * outwards)
            assert value.contains(end + 0.4 * outwards, end + 0.4 * outwards) != value.strict


def test_printed_forms_by_hand():
    assert claims.printed(claim("1.25 / 16 / 7")).decimals == 2
    assert claims.printed(claim("1.375 = 1.4")).decimals == 1
    strict = {text: claims.printed(claim(text)).strict for text in (">1", "<1", ">=1", "<=1", "1", "2 > 1")}
    assert strict == {">1": True, "<1": True, ">=1": False, "<=1": False, "1": False, "2 > 1": False}


def test_a_printed_list_is_compared_number_by_number():
    assert claims.agrees(LIST, [90, 16, 7]) == (True, 0)
    assert claims.agrees(LIST, [90, 16.4, 7])[0]
    ok, difference = claims.agrees(LIST, [90, 18, 6])
    assert not ok and difference == 2
    assert claims.agrees(LIST, [90, 13, 8]) == (False, -3)
    with pytest.raises(LedgerError, match=r"^Q0: 2 computed values for 3 printed ones$"):
        claims.agrees(LIST, [90, 16])


@pytest.mark.parametrize(
    ("row", "computed", "ok", "difference"),
    [
        (TEN, 10.4, True, 0.4),
        (TEN, 10.6, False, 0.6),
        (TEN, 9.4, False, -0.6),
        (SHARE, 3 / 8, True, -0.005),
        (SHARE, 0.386, False, 0.006),
        (ABOVE, 101, True, 0),
        (ABOVE, 100, False, 0),
        (LEAST, 100, True, 0),
        (LEAST, 98, False, -2),
        (BELOW, 99, True, 0),
        (BELOW, 100, False, 0),
        (BELOW, 103, False, 3),
        (PERIOD, 2003, True, 0),
        (PERIOD, 2006, False, 1),
        (PERIOD, (2001, 2005), True, 0),
        (PERIOD, (2001, 2006), False, 1),
        (TEN, np.int64(10), True, 0),
        (TEN, pd.Series([10]), True, 0),
    ],
)
def test_agreement_by_hand(row, computed, ok, difference):
    found, by = claims.agrees(row, computed)
    assert found is ok
    assert by == pytest.approx(difference)


@pytest.mark.parametrize("value", [True, np.True_])
def test_statements_in_words_take_truth_values_only(value):
    assert claims.agrees(WORDS, value)[0] is True
    assert claims.agrees(WORDS, not value)[0] is False
    with pytest.raises(LedgerError, match=r"^Q0: the paper prints no single number; compute True, False or a list$"):
        claims.agrees(WORDS, 3.5)


@pytest.mark.parametrize("nothing", [None, math.nan, [], pd.Series([pd.NA], dtype="Int64")])
def test_nothing_computed_is_refused(nothing):
    with pytest.raises(LedgerError, match=r"^Q0: nothing was computed$"):
        claims.agrees(TEN, nothing)


# Every rule, every outcome.


def column(*values):
    return pd.Series(values)


PAIR = ("firms", "firms"), ("firms", "projects")
CASES = [
    ("printed", TEN, 10, {}, "corroborated", 0),
    ("printed", TEN, 12, {}, "contradicted", 2),
    ("printed", TEN, column(12, 10), {}, "corroborated", 0),
    ("printed", TEN, column(12, 7), {}, "contradicted", 2),
    ("printed", WORDS, column(True, False), {}, "corroborated", 0),
    ("printed", WORDS, False, {}, "contradicted", math.nan),
    ("recomputed", SHARE, 3 / 8, {}, "reproduced", -0.005),
    ("recomputed", SHARE, 0.5, {}, "contradicted", 0.12),
    ("recomputed", WORDS, True, {}, "reproduced", math.nan),
    ("recomputed", WORDS, False, {}, "contradicted", math.nan),
    ("bounded", TEN, (7, 25), {}, "within bounds", 0),
    ("bounded", TEN, (10, 10), {}, "reproduced", 0),
    ("bounded", TEN, (11, 25), {}, "contradicted", 1),
    ("bounded", TEN, (2, 7), {}, "contradicted", -3),
    ("bounded", TEN, (7, 9.6), {}, "within bounds", 0),
    ("bounded", TEN, (10.4, 25), {}, "within bounds", 0),
    ("bounded", TEN, (9.6, 10.4), {}, "reproduced", 0),
    ("bounded", LEAST, (100, 140), {}, "reproduced", 0),
    ("bounded", LEAST, (90, 140), {}, "within bounds", 0),
    ("bounded", ABOVE, (100, math.inf), {}, "within bounds", 0),
    ("bounded", ABOVE, (101, math.inf), {}, "reproduced", 0),
    ("bounded", ABOVE, (50, 100), {}, "contradicted", 0),
    ("bounded", BELOW, (-math.inf, 99), {}, "reproduced", 0),
    ("bounded", BELOW, (90, 100), {}, "within bounds", 0),
    ("bounded", BELOW, (100, math.inf), {}, "contradicted", 0),
    ("bounded", WORDS, (True, True), {}, "reproduced", math.nan),
    ("bounded", WORDS, (False, True), {}, "within bounds", math.nan),
    ("bounded", WORDS, (np.False_, np.False_), {}, "contradicted", math.nan),
    ("relabelled", TEN, 10, {"labels": PAIR[0]}, "corroborated", 0),
    ("relabelled", TEN, 10, {"labels": PAIR[1]}, "restated", 0),
    ("relabelled", TEN, 12, {"labels": PAIR[1]}, "contradicted", 2),
]


@pytest.mark.parametrize(("rule", "row", "computed", "extra", "verdict", "difference"), CASES)
def test_verdict_by_rule(rule, row, computed, extra, verdict, difference):
    found, by, backing = judge(row, rule, computed, evidence(OFFICIAL, PRESS), **extra)
    assert found == verdict
    assert by == pytest.approx(difference, nan_ok=True)
    assert backing.grade and set(backing.sources) <= {OFFICIAL, PRESS}


@pytest.mark.parametrize("rows", [None, evidence("paper"), evidence(OFFICIAL, basis="paper_text")])
def test_own_numbers_are_consistent_at_best(rows):
    assert judge(SHARE, "own numbers", 3 / 8, rows) == ("consistent", pytest.approx(-0.005), claims.Evidence())
    assert judge(SHARE, "own numbers", 0.5, rows)[0] == "contradicted"
    assert claims.Evidence().strength == ""


def test_rows_need_no_basis():
    assert judge(TEN, "recomputed", 10, pd.DataFrame({"source_id": [OFFICIAL]}))[0] == "reproduced"
    with pytest.raises(LedgerError, match="cannot be evidence"):
        judge(TEN, "recomputed", 10, pd.DataFrame({"source_id": [OFFICIAL, "paper"]}))


def test_own_numbers_refuse_outside_rows():
    with pytest.raises(LedgerError, match=r"^Q0: rule 'own numbers' takes rows of the paper only$"):
        judge(TEN, "own numbers", 10, evidence(OFFICIAL))


@pytest.mark.parametrize("rule", ["printed", "recomputed", "bounded", "relabelled"])
@pytest.mark.parametrize("rows", [None, evidence(OFFICIAL).iloc[:0]])
def test_without_rows_nothing_can_be_checked(rule, rows):
    verdict, difference, backing = judge(TEN, rule, 10, rows)
    assert (verdict, backing) == ("not checkable", claims.Evidence())
    assert math.isnan(difference)


@pytest.mark.parametrize("rule", ["printed", "recomputed", "bounded", "relabelled"])
@pytest.mark.parametrize(
    "rows", [evidence("paper"), evidence(OFFICIAL, "paper"), evidence(OFFICIAL, PRESS, basis=["seen", "paper_text"])]
)
def test_rows_of_the_paper_are_never_evidence(rule, rows):
    extra = {"labels": PAIR[0]} if rule == "relabelled" else {}
    with pytest.raises(LedgerError, match=r"^Q0: rows of the paper are what is tested and cannot be evidence$"):
        judge(TEN, rule, (10, 10) if rule == "bounded" else 10, rows, **extra)


@pytest.mark.parametrize(
    ("rule", "computed", "extra", "message"),
    [
        (
            "guessed",
            10,
            {},
            "unknown rule 'guessed'; use one of printed, recomputed, own numbers, bounded, relabelled",
        ),
        ("relabelled", 10, {}, "labels belong to rule 'relabelled' and to no other"),
        ("printed", 10, {"labels": PAIR[0]}, "labels belong to rule 'relabelled' and to no other"),
        ("printed", column(10, 10, 10), {}, "3 computed values for 2 rows"),
        ("bounded", 10, {}, "rule 'bounded' takes \\(lower, upper\\)"),
        ("bounded", (12, 8), {}, "rule 'bounded' takes \\(lower, upper\\)"),
        ("bounded", (8, math.nan), {}, "rule 'bounded' takes \\(lower, upper\\)"),
    ],
)
def test_what_does_not_fit_the_rule_is_refused(rule, computed, extra, message):
    with pytest.raises(LedgerError, match=f"^Q0: {message}$"):
        judge(TEN, rule, computed, evidence(OFFICIAL, PRESS), **extra)


@pytest.mark.parametrize(
    ("row", "end", "verdict", "difference"),
    [
        (ABOVE, 100, "corroborated", 0),
        (LEAST, 120, "corroborated", 0),
        (ABOVE, 90, "contradicted", -10),
        (TEN, 10, "contradicted", 0),
        (BELOW, 50, "contradicted", None),
    ],
)
def test_a_source_that_says_more_than_supports_only_what_it_implies(row, end, verdict, difference):
    found, by, _ = judge(row, "printed", column(end), evidence(PRESS, exact=False))
    assert found == verdict
    assert difference is None or by == difference


def test_more_than_says_nothing_about_words():
    assert not claims.implies(WORDS, 3)[0]


def test_more_than_a_larger_number_falls_short_by_nothing():
    assert claims.implies(ABOVE, 150) == (True, 0)


def test_an_exact_row_beside_an_open_one_is_compared_as_usual():
    rows = evidence(PRESS, MIRROR, exact=[False, True])
    assert judge(TEN, "printed", column(10, 10), rows)[::2] == ("corroborated", claims.Evidence((MIRROR,), "C", "ok"))


def test_more_refusals():
    assert judge(TEN, "printed", 10, evidence(OFFICIAL, PRESS, basis=["seen", "seen_partial"]))[0] == "corroborated"
    with pytest.raises(LedgerError, match=r"^Q0: rule 'printed' takes rows of basis seen or seen_partial only$"):
        judge(TEN, "printed", 10, evidence(OFFICIAL, PRESS, basis=["seen", "derived"]))
    with pytest.raises(LedgerError, match=r"^Q0: rows without a column source_id are no evidence; give rows=None$"):
        judge(TEN, "recomputed", 10, pd.DataFrame({"value": [10]}))
    with pytest.raises(LedgerError, match=r"^Q0: the paper prints no number; bound the statement by \(False, True\)$"):
        judge(WORDS, "bounded", (1, 2), evidence(OFFICIAL))


# How far the evidence carries.


@pytest.mark.parametrize(
    ("sources", "alternatives", "grade", "trust", "strength"),
    [
        ((OFFICIAL,), True, "A", "ok", "firm"),
        ((PRESS,), True, "B", "ok", "firm"),
        ((MIRROR,), True, "C", "ok", "weak"),
        ((HIJACKED,), True, "C", "unsafe", "weak"),
        ((HIJACKED, MIRROR), True, "C", "ok", "weak"),
        ((HIJACKED, PRESS), True, "B", "ok", "firm"),
        ((MIRROR, OFFICIAL, PRESS), True, "A", "ok", "firm"),
        ((OFFICIAL, PRESS), False, "B", "ok", "firm"),
        ((OFFICIAL, MIRROR), False, "C", "ok", "weak"),
        ((OFFICIAL, HIJACKED), False, "C", "unsafe", "weak"),
    ],
)
def test_weight_of_evidence(sources, alternatives, grade, trust, strength):
    backing = claims.weigh(evidence(*sources), alternatives)
    assert (backing.grade, backing.trust, backing.strength) == (grade, trust, strength)
    assert backing.sources == sources


def test_a_row_is_as_good_as_its_best_copy():
    rows = evidence(HIJACKED, MIRROR, also_in=["", f"{PRESS} ; {HIJACKED}"])
    assert claims.weigh(rows.iloc[1:], alternatives=False).grade == "B"
    assert claims.weigh(rows, alternatives=False).trust == "unsafe"
    assert claims.weigh(rows, alternatives=False).sources == (HIJACKED, MIRROR, PRESS)
    revised = evidence(HIJACKED, revision_source_id=[OFFICIAL])
    assert claims.weigh(revised, alternatives=False) == claims.Evidence((HIJACKED, OFFICIAL), "A", "ok")


def test_firm_evidence_is_preferred_to_a_better_grade_on_an_unsafe_host():
    ranked = sorted(itertools.product((True, False), "CBA"), key=claims.rank)
    assert ranked == [(False, "A"), (False, "B"), (False, "C"), (True, "A"), (True, "B"), (True, "C")]
    assert [claims.rank(quality)[0] for quality in ranked] == [False, False, True, True, True, True]
    assert claims.Evidence(("x",), "A", "unsafe").strength == "weak"


@pytest.mark.parametrize(
    ("rule", "computed", "extra", "grade"),
    [
        ("printed", 10, {}, "A"),
        ("relabelled", 10, {"labels": PAIR[0]}, "A"),
        ("recomputed", 10, {}, "C"),
        ("bounded", (7, 25), {}, "C"),
    ],
)
def test_prints_need_the_best_row_and_arithmetic_needs_all(rule, computed, extra, grade):
    assert judge(TEN, rule, computed, evidence(MIRROR, OFFICIAL), **extra)[2].grade == grade


def test_only_rows_that_agree_count_as_evidence():
    _, _, backing = judge(TEN, "printed", column(10, 12), evidence(HIJACKED, OFFICIAL))
    assert backing == claims.Evidence((HIJACKED,), "C", "unsafe")


@pytest.mark.parametrize(
    ("grade", "trust", "said"),
    [
        ("C", "ok", ("（弱：只有 C 级来源支持。）", " (Weak: rests on grade C alone.)")),
        (
            "C",
            "unsafe",
            ("（弱：只有 C 级来源支持，且在可疑站点。）", " (Weak: rests on grade C alone, on an unsafe host.)"),
        ),
        ("B", "unsafe", ("（弱：须依赖可疑站点上的副本。）", " (Weak: needs a copy on an unsafe host.)")),
    ],
)
def test_weak_evidence_is_owned_up_to(grade, trust, said):
    assert claims.weakness(claims.Evidence(("x",), grade, trust)) == said


def test_firm_evidence_needs_no_excuse():
    assert claims.weakness(claims.Evidence(("x",), "B", "ok")) == claims.weakness(claims.Evidence()) == ("", "")


@pytest.mark.parametrize(
    ("computed", "text"),
    [
        (None, ""),
        (True, "yes"),
        (np.False_, "no"),
        (99 / 46, "2.15217"),
        (1234567.8, "1234568"),
        (-1234567.8, "-1234568"),
        (999999, "999999"),
        (1000000, "1000000"),
        ((7, 25), "7 to 25"),
        ((False, True), "no to yes"),
        ([90, 16], "90 / 16"),
        (column(12, 12, 10), "12 / 10"),
        ((3, 3), "3"),
    ],
)
def test_computed_values_as_text(computed, text):
    assert claims.shown_value(computed) == text


# The ledger as a whole.


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Return a function that writes a notebook whose cells judge the given claims, and its ledger."""
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("COMPENDIUM_OUT", str(tmp_path))
    claims.cells.cache_clear()

    def write(name, *ids):
        cells = [{"cell_type": "markdown", "id": "text", "source": 'ledger.check("Q16")'}]
        for i in ids:
            cells.append({"cell_type": "code", "id": f"check-{i.lower()}", "source": [f'ledger.check("{i}", rule=r)']})
        cells.append({"cell_type": "code", "id": "self-check", "source": 'lessons.check("02-part", "exercise", 1, {})'})
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return claims.Ledger(name)

    yield write
    claims.cells.cache_clear()


def judged(ledger, claim_id, rows, computed):
    return ledger.check(claim_id, rule="recomputed", computed=computed, rows=rows, zh="理由。", en="Reason <1>.")


def test_check_records_what_the_reader_needs(notebook):
    ledger = notebook("02-part", "Q14")
    entry = judged(ledger, "Q14", [evidence(MIRROR), evidence(OFFICIAL)], 46)
    record = ledger.records["Q14"]
    assert record["value_printed"] == CLAIMS.at["Q14", "value_text"]
    assert (record["verdict"], record["cell"], record["notebook"]) == ("reproduced", "check-q14", "02-part")
    assert record["evidence"] == f"{MIRROR} ; {OFFICIAL}"
    assert record["reason_zh"].startswith("理由。（弱") and record["reason_en"].endswith("rests on grade C alone.)")
    assert "Reason &lt;1&gt;." in entry._repr_html_() and "复现 reproduced" in entry._repr_html_()
    assert repr(entry).startswith("Q14  |  46  |  46  |  reproduced")


def test_an_entry_is_shown_as_a_table(notebook):
    ledger = notebook("02-part", "Q14")
    ledger.claims.loc["Q14", ["unit", "statement_zh", "statement_en"]] = ["<个>", "甲 < 乙", "A < B"]
    blue, wide = "#0072B2", '<td colspan="5" style="text-align:left;padding:2px 10px">'
    cells = [
        "<b>Q14</b>",
        "论文 printed<br><b>46</b> &lt;个&gt;",
        "重算 computed<br><b>46</b>",
        f'判定 verdict<br><b style="color:{blue}">复现 reproduced</b>',
        "证据等级 grade<br>C · weak · unsafe",
    ]
    assert judged(ledger, "Q14", evidence(HIJACKED), 46)._repr_html_() == (
        f'<table style="border-left:6px solid {blue};margin:4px 0">'
        f"<tr>{wide}甲 &lt; 乙 A &lt; B</td></tr>"
        "<tr>" + "".join(f'<td style="text-align:left;padding:2px 10px">{cell}</td>' for cell in cells) + "</tr>"
        f"<tr>{wide}理由。（弱：只有 C 级来源支持，且在可疑站点。）<br>"
        "Reason &lt;1&gt;. (Weak: rests on grade C alone, on an unsafe host.)</td></tr></table>"
    )


def test_an_entry_shows_what_is_missing_as_a_dash(notebook):
    ledger = notebook("02-part", "Q14", "Q15")
    shown = judged(ledger, "Q14", None, 46)._repr_html_()
    assert "重算 computed<br><b>–</b></td>" in shown and "证据等级 grade<br>–</td>" in shown
    assert "证据等级 grade<br>A · firm</td>" in judged(ledger, "Q15", evidence(OFFICIAL), 63)._repr_html_()


def test_a_record_holds_every_column_of_the_ledger(notebook):
    ledger = notebook("02-part", "Q14", "Q16")
    pair = {"labels": ("firms", "projects"), "zh": "理由。", "en": "Reason."}
    ledger.check("Q14", rule="relabelled", computed=47, rows=evidence(PRESS), **pair)
    assert ledger.records["Q14"] == {
        "claim_id": "Q14",
        "value_printed": "46",
        "value_computed": "47",
        "difference": 1,
        "rule": "relabelled",
        "verdict": "contradicted",
        "evidence": PRESS,
        "lowest_grade": "B",
        "trust": "ok",
        "strength": "firm",
        "notebook": "02-part",
        "cell": "check-q14",
        "reason_zh": "理由。",
        "reason_en": "Reason.",
    }
    ledger.check("Q16", rule="recomputed", rows=[evidence(PRESS).iloc[:0]], zh="无。", en="None.")
    assert ledger.records["Q16"]["verdict"] == "not checkable"


def test_no_claim_is_judged_twice_or_in_hiding(notebook):
    ledger = notebook("02-part", "Q14", "Q15", "Q999")
    judged(ledger, "Q14", evidence(OFFICIAL), 46)
    for claim_id, message in (
        ("Q14", "judged twice in 02-part"),
        ("Q16", 'no cell of 02-part has check\\("Q16", …\\) written out'),
        ("Q999", "no such claim in the table claims"),
    ):
        with pytest.raises(LedgerError, match=f"^{claim_id}: {message}$"):
            judged(ledger, claim_id, evidence(OFFICIAL), 46)
    with pytest.raises(LedgerError, match=r"^Q15: nothing was computed$"):
        judged(ledger, "Q15", evidence(OFFICIAL), None)
    assert list(ledger.records) == ["Q14"], "a refused judgement leaves no record"


def test_a_part_is_saved_only_when_all_its_cells_have_run(notebook):
    ledger = notebook("02-part", "Q15", "Q14", "Q9")
    judged(ledger, "Q15", evidence(OFFICIAL), 63)
    with pytest.raises(LedgerError, match=r"^02-part: run the cells that judge Q14, Q9 first$"):
        ledger.save()
    ledger.claims.loc["Q9"] = ledger.claims.loc["Q14"]
    judged(ledger, "Q9", None, 46)
    judged(ledger, "Q14", None, 46)
    saved = ledger.save()
    assert saved.columns.tolist() == ["value_printed", "value_computed", "rule", "verdict", "lowest_grade", "strength"]
    assert saved["verdict"].to_dict() == {"Q9": "not checkable", "Q14": "not checkable", "Q15": "reproduced"}
    back = claims.stored("ledger-02-part").set_index("claim_id")
    assert back.index.tolist() == ["Q9", "Q14", "Q15"] and back.columns.tolist() == claims.COLUMNS[1:]
    assert back["value_computed"].to_dict() == {"Q9": "", "Q14": "", "Q15": "63"}
    assert back["difference"].isna().to_dict() == {"Q9": True, "Q14": True, "Q15": False}


def test_a_stored_ledger_comes_from_the_folder_asked_for(notebook, tmp_path):
    elsewhere = tmp_path / "elsewhere/data/processed/ledger-02-part.csv"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text("claim_id,value_computed,difference\nQ14,NA,0.5\nQ15,46,\n", encoding="utf-8")
    found = claims.stored("ledger-02-part", tmp_path / "elsewhere")
    assert found["value_computed"].tolist() == ["NA", "46"] and found["difference"].tolist()[0] == 0.5
    with pytest.raises(tables.InputError, match="is missing"):
        claims.stored("ledger-02-part")


def parts(notebook, **judged_by):
    """Return saved parts: notebook name -> claims it judges, all found at their printed value."""
    found = {}
    for name, ids in judged_by.items():
        ledger = notebook(name, *ids)
        for claim_id in ids:
            judged(ledger, claim_id, evidence(OFFICIAL), CLAIMS.at[claim_id, "value_low"])
        ledger.save()
        found[name] = claims.stored(f"ledger-{name}")
    return found


def test_joining_keeps_every_claim_and_counts_it(notebook, monkeypatch):
    keep_claims(monkeypatch, ["Q14", "Q15", "Q42"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = parts(notebook, first=["Q15", "Q14"], second=["Q42"])
        joined = claims.join(found | {"first": found["first"].assign(value_printed="as of some earlier table")})
    assert joined["claim_id"].tolist() == ["Q14", "Q15", "Q42"]
    assert not joined.drop(columns="difference").isna().any().any()
    row = joined.set_index("claim_id").loc["Q42"]
    assert row[["notebook", "topic", "weight", "value_computed"]].tolist() == ["second", "maturity", "headline", "75"]
    assert joined.columns.tolist() == ["claim_id", "section", "topic", "weight", "kind", *claims.COLUMNS[1:]]
    assert joined["value_printed"].tolist() == CLAIMS.loc[["Q14", "Q15", "Q42"], "value_text"].tolist()
    assert joined.index.tolist() == [0, 1, 2]
    counts = claims.count(joined)
    assert counts.loc["reproduced", "headline"] == 3
    assert counts.loc["all"].to_dict() == {"headline": 3, "supporting": 0, "structural": 0, "all": 3}


def test_count_by_hand():
    verdicts = ["restated", "within bounds", "restated", "restated"]
    ledger = pd.DataFrame({"verdict": verdicts, "weight": ["headline", "structural", "structural", "headline"]})
    counts = claims.count(ledger)
    assert counts.columns.tolist() == ["headline", "supporting", "structural", "all"]
    assert counts.index.tolist() == ["within bounds", "restated", "all"]
    assert counts.to_numpy().tolist() == [[0, 0, 1, 1], [2, 0, 1, 3], [2, 0, 2, 4]]
    assert (counts.dtypes == "int64").all()


def keep_claims(monkeypatch, ids):
    """Let the table claims hold only `ids`."""
    raw = tables.raw
    monkeypatch.setattr(tables, "raw", lambda n: raw(n)[raw(n)["claim_id"].isin(ids)] if n == "claims" else raw(n))


def test_joining_refuses_a_claim_left_without_a_verdict(notebook, monkeypatch):
    keep_claims(monkeypatch, ["Q14", "Q15", "Q42"])
    with pytest.raises(LedgerError, match=r"^Q15, Q42: no notebook judges this$"):
        claims.join(parts(notebook, first=["Q14"]))


def test_joining_refuses_a_claim_judged_twice(notebook):
    with pytest.raises(LedgerError, match=r"^Q14: judged in first and again in second$"):
        claims.join(parts(notebook, first=["Q14"], second=["Q15", "Q14"]))


def test_joining_refuses_what_no_cell_shows(notebook):
    found = parts(notebook, first=["Q14", "Q15"])
    moved = {"first": found["first"].assign(cell="elsewhere")}
    with pytest.raises(LedgerError, match="Q14: no cell 'elsewhere' of first judges it"):
        claims.join(moved)
    with pytest.raises(LedgerError, match="Q14: no cell 'check-q14' of second judges it"):
        notebook("second", "Q14")
        claims.join({"second": found["first"]})
    notebook("first", "Q15")
    claims.cells.cache_clear()
    with pytest.raises(LedgerError, match="Q14: no cell 'check-q14' of first judges it"):
        claims.join(found)


def test_joining_refuses_unknown_claims(notebook):
    found = parts(notebook, first=["Q14"])
    found["first"]["claim_id"] = "Q999"
    notebook("first", "Q999")
    claims.cells.cache_clear()
    found["first"]["cell"] = "check-q999"
    with pytest.raises(LedgerError, match=r"^Q999: judged in first, but the table claims has no such row$"):
        claims.join(found)


def test_every_verdict_is_explained_and_can_be_reached():
    assert set(claims.VERDICTS) == set(claims.MEANINGS) == set(claims.COLOURS)
    reached = {verdict for *_, verdict, _ in CASES} | {"consistent", "not checkable"}
    assert reached == set(claims.VERDICTS)
