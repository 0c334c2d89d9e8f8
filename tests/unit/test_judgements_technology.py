"""Core technology: changed, added and removed evidence turns the verdicts as it must."""

import math
import re

import frozen
import pandas as pd
import pytest

from compendium.ledger import judging
from compendium.ledger.evidence import Change, Data, Undocumented
from compendium.vocabulary import VERDICTS
from study.judgements import judges, technology

C = frozen.compendium()


@pytest.fixture(scope="module")
def data():
    return Data(C)


def verdict(claim_id, data):
    return judges.assess(claim_id, data).verdict


def indices(data, table, **where):
    frame = data(table)
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return tuple(frame.index)


def another_survey(data, shares, **columns):
    """Return the changes that add a survey of key materials of another origin."""
    found, new = indices(data, "key_materials", survey="key_materials_2018"), len(data("key_materials"))
    added = tuple(range(new, new + len(found)))
    changes = [Change("add", "key_materials", found), Change("set", "key_materials", added, "share_pct", shares)]
    return found, [*changes, *(Change("set", "key_materials", added, c, (v,) * len(added)) for c, v in columns.items())]


@pytest.mark.parametrize(
    ("claim_id", "shares", "verdicts", "by_type"),
    [
        ("Q61", (33.0, 54.0, 13.0), ["depends on the reading", "bounded", "open"], "open"),  # 33 to 87 by types
        ("Q61", (88.0, 5.0, 7.0), ["depends on the reading", "bounded", "open"], "fails"),  # 88 to 93
        ("Q62", (33.0, 54.0, 13.0), ["depends on the reading", "open", "open"], "fails"),
    ],
)
def test_a_survey_that_counts_types_bounds_the_imports_and_gives_the_self_supply(
    data, claim_id, shares, verdicts, by_type
):
    found, changes = another_survey(data, shares)
    both = data.having(*changes)
    alone = both.having(Change("drop", "key_materials", found))
    assert [verdict(claim_id, tables) for tables in (data, both, alone)] == verdicts
    assert judges.assess(claim_id, alone).judged.readings["by_type"] == by_type
    nothing = Change("drop", "key_materials", tuple(data("key_materials").index))
    assert verdict(claim_id, data.having(nothing)) == "no source found"


@pytest.mark.parametrize(
    ("claim_id", "shares", "verdicts"),
    [
        ("Q61", (33.0, 54.0, 13.0), ["depends on the reading", "contradicted", "open"]),
        ("Q61", (32.0, 54.0, 14.0), ["depends on the reading"] * 3),
        ("Q62", (33.0, 54.0, 13.0), ["depends on the reading", "contradicted", "open"]),
        ("Q62", (32.0, 54.0, 14.0), ["traced", "depends on the reading", "depends on the reading"]),
    ],
)
def test_a_survey_of_amounts_decides_the_other_reading_beside_types_that_agree_or_fail_or_none(
    data, claim_id, shares, verdicts
):
    found, changes = another_survey(data, shares, n_materials=math.nan)
    otherwise = Change("set", "key_materials", found, "share_pct", (88.0, 5.0, 7.0))
    gone = Change("drop", "key_materials", found)
    assert [verdict(claim_id, data.having(*changes, *more)) for more in ((), (otherwise,), (gone,))] == verdicts


@pytest.mark.parametrize("claim_id", ["Q61", "Q62"])
def test_another_survey_without_a_number_of_types_is_told_without_one(data, claim_id):
    _, changes = another_survey(data, (32.0, 54.0, 1.0), n_materials=math.nan)
    said = judges.assess(claim_id, data.having(*changes)).judged
    assert "32% not made in China, 54%" in said.en.partition("Another survey")[2]
    assert not any(word in said.zh + said.en for word in ("<NA>", "nan"))


def test_a_survey_that_leaves_a_part_undescribed_says_nothing(data):
    rows = indices(data, "key_materials", survey="key_basic_materials_2018", category="absent")
    found = judges.assess("Q61", data.having(Change("set", "key_materials", rows, "share_pct", (48.0,))))
    assert found.verdict == verdict("Q61", data) == "depends on the reading"
    assert technology.text("materials-imported", least=32.0, most=86.0).en in found.judged.en


def test_no_rank_is_taken_from_a_year_in_which_a_large_economy_is_absent(data):
    def china(year, value):
        rows = indices(data, "manufacturing_value_added", iso3="CHN", year=year)
        return Change("set", "manufacturing_value_added", rows, "value_bn_usd", (value,))

    assert judges.assess("Q60", data).grade in "AB"
    assert verdict("Q60", data.having(china(2021, 1.0))) == verdict("Q60", data)
    assert verdict("Q60", data.having(china(2020, 1.0))) == "open"


@pytest.mark.parametrize(
    ("domestic", "design", "control"),
    [(50.0, "traced", "traced"), (60.0, "traced", "traced"), (70.0, "open", "contradicted")],
)
def test_relatively_much_is_imported_of_what_has_a_larger_foreign_share_than_management_software(
    data, domestic, design, control
):
    """Of design software another source speaks too."""
    for claim_id, software_class, word in (("Q139", "design", design), ("Q140", "production_control", control)):
        row = indices(data, "industrial_software_shares", software_class=software_class)
        found = judges.assess(
            claim_id, data.having(Change("set", "industrial_software_shares", row, "value_pct", (domestic,)))
        )
        assert found.verdict == word
        assert re.search(rf"{100 - domestic:g}% of .* software .*and about 30% of business", found.judged.en)
        assert re.search(rf"软件.*{100 - domestic:g}%是国外的，经营管理类软件约30%是国外的", found.judged.zh)


def test_the_wider_class_of_all_software_decides_nothing(data):
    rows = indices(data, "industrial_software_shares", measure="foreign_in_home_market")
    less = data.having(Change("set", "industrial_software_shares", rows, "value_pct", (20.0,)))
    assert verdict("Q140", less) == verdict("Q140", data) == "traced"


def test_the_reason_on_the_frontier_tells_measures_that_point_both_ways(data):
    reason = judges.assess("Q105", data).judged.en
    for row in data("manufacturing_power_index").itertuples():
        if row.measure in ("gap_other_subindices", "productivity_ratio"):
            assert f"{row.value:g}" in reason


def test_related_rows_are_told_by_side_and_counted_by_origin(data):
    every = tuple(data.evidence("Q69").index)
    changes = [("comparison", ("fails", "holds", "holds", "holds")), ("differs_in", ("base",) * len(every))]
    data = data.having(*(Change("set", "claim_evidence", every, column, codes) for column, codes in changes))
    told = judges.assess("Q69", data).judged
    counted = judging.tally({"a", "b"}, {"a"})
    assert told.zh.startswith("支持：") and f"{counted.zh}。" in told.zh
    assert told.en.startswith("For it: ") and f"{counted.en}." in told.en
    against = indices(data, "claim_evidence", claim_id="Q69", comparison="fails")
    before, after = told.en.split("Against it: ")
    for row in data.evidence("Q69").itertuples():
        assert row.says_en in (after if row.Index in against else before)
    only = judges.assess("Q69", data.having(Change("drop", "claim_evidence", against))).judged
    assert "Against it" not in only.en and "反对" not in only.zh


def test_high_end_software_is_told_class_by_class_and_foreign_is_read_as_imported_in_all_claims(data):
    classes = tuple(data.evidence("Q69").index[:2])
    codes = [("comparison", ("holds", "fails")), ("differs_in", ("", ""))]
    coded = data.having(*(Change("set", "claim_evidence", classes, column, code) for column, code in codes))
    told = {name: judges.assess(name, coded).judged.en for name in ("Q69", "Q139", "Q140")}
    assert told["Q69"].startswith("It holds for design software; not for production control software. ")
    assert judges.assess("Q69", data).judged.en.startswith("Design software: "), "no class fails"
    assert all(technology.text("foreign").en in reason for reason in told.values())


def test_one_of_some_parts_is_enough(data):
    assert verdict("Q182", data) == "traced"
    exact = indices(data, "claim_evidence", claim_id="Q182", differs_in="")
    assert verdict("Q182", data.having(Change("drop", "claim_evidence", exact))) == "indirect"


def test_what_tightens_depends_on_the_reading_once_access_is_settled(data):
    assert verdict("Q187", data) == "open", "output grew; of access a row speaks in part"
    access = indices(data, "claim_evidence", claim_id="Q187", comparison="holds")
    settled = data.having(Change("set", "claim_evidence", access, "differs_in", ("",)))
    assert verdict("Q187", settled) == "depends on the reading"
    assert verdict("Q187", data.having(Change("drop", "claim_evidence", access))) == "open"


def test_the_share_of_parts_and_materials_stands_beside_that_of_materials(data):
    found = judges.assess("Q62", data)
    assert "about 33% at 2019-12-13 (self-supply of key components and materials)" in found.judged.en
    assert found.verdict == "depends on the reading" and "33%" not in judges.assess("Q61", data).judged.en
    gone = Change("drop", "target_outcomes", indices(data, "target_outcomes", outcome_id="O31"))
    assert "33%" not in judges.assess("Q62", data.having(gone)).judged.en


def test_rows_on_plans_of_another_kind_speak_against_their_absence(data):
    assert judges.assess("Q106", data).judged.computed == [False]
    rows = tuple(data.evidence("Q106").index)
    same = data.having(Change("set", "claim_evidence", rows, "differs_in", ("",) * len(rows)))
    assert (verdict("Q106", data), verdict("Q106", same)) == ("indirect", "contradicted")


def test_a_running_count_decides_nothing_on_the_shortage(data):
    rows = tuple(data.evidence("Q144").index)
    same = data.having(Change("set", "claim_evidence", rows, "differs_in", ("",) * len(rows)))
    assert verdict("Q144", data) == verdict("Q144", same) == "indirect"
    assert "by 1 firm, which can only rise" in judges.assess("Q144", data).judged.en


def test_the_forecast_names_what_no_row_is_of_and_whether_a_row_looks_ahead(data):
    told = judges.assess("Q145", data).judged.en
    assert "on ion implantation alone" in told and "looks ahead" in told
    row = indices(data, "claim_evidence", evidence_id="V113")
    changes = [("part_zh", "离子注入"), ("part_en", "ion implantation"), ("as_of", "2025")]
    ahead = data.having(*(Change("set", "claim_evidence", row, c, (v,)) for c, v in changes))
    told = judges.assess("Q145", ahead).judged.en
    assert "on photoresist alone" in told and "looks ahead" not in told


@pytest.mark.parametrize(
    ("claim_id", "tables"),
    [
        ("Q60", ["manufacturing_value_added"]),
        ("Q60", ["manufacturing_value_added", "claim_evidence"]),
        ("Q61", ["key_materials"]),
        ("Q105", ["manufacturing_power_index"]),
        ("Q139", ["industrial_software_shares"]),
        ("Q140", ["industrial_software_shares", "claim_evidence"]),
    ],
)
def test_without_rows_there_is_a_verdict_or_a_plain_refusal(data, claim_id, tables):
    empty = data.having(*(Change("drop", table, tuple(data(table).index)) for table in tables))
    try:
        assert verdict(claim_id, empty) in VERDICTS
    except Undocumented as refused:
        assert claim_id in str(refused)


def test_a_survey_without_words_of_its_own_is_called_by_its_source():
    rows = Data(C)("key_materials")
    new = rows.iloc[:3].assign(survey="made_up_2019", share_pct=[20, 40, 10])
    known = {"key_materials": pd.concat([rows, new.set_axis(range(len(rows), len(rows) + 3))])}
    name = Data(C)("sources").set_index("source_id").at[new["source_id"].iloc[0], "name_en"]
    assert (
        f"Another survey, {name}, has =130 types, 20% not made in China"
        in judges.assess("Q61", Data(C, known=known)).judged.en
    )
