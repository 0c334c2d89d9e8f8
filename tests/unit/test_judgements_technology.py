"""Core technology: changed, added and removed evidence turns the verdicts as it must."""

import math

import pandas as pd
import pytest

from compendium.ledger import judging
from compendium.ledger.evidence import Change, Data, Undocumented
from compendium.vocabulary import VERDICTS
from study.judgements import judges, technology

pytestmark = pytest.mark.usefixtures("frozen_tables")


@pytest.fixture(scope="module")
def data():
    return Data()


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


@pytest.mark.parametrize("claim_id", ["Q61", "Q62"])
def test_both_halves_of_the_survey_of_materials_are_judged_alike(data, claim_id):
    assert verdict(claim_id, data) == "relabelled"
    found, changes = another_survey(data, (33.0, 54.0, 13.0))
    assert verdict(claim_id, data.having(*changes)) == "relabelled", "another number of types says nothing of a rate"
    assert verdict(claim_id, data.having(*changes, Change("drop", "key_materials", found))) == "no source found"


@pytest.mark.parametrize("claim_id", ["Q61", "Q62"])
def test_a_survey_that_counts_no_types_contradicts_the_rates_by_another_number(data, claim_id):
    found, changes = another_survey(data, (33.0, 54.0, 13.0), n_materials=math.nan)
    assert verdict(claim_id, data.having(*changes, Change("drop", "key_materials", found))) == "contradicted"


@pytest.mark.parametrize("claim_id", ["Q61", "Q62"])
def test_another_survey_without_a_number_of_types_is_told_without_one(data, claim_id):
    _, changes = another_survey(data, (32.0, 54.0, 1.0), n_materials=math.nan)
    said = judges.assess(claim_id, data.having(*changes)).judged
    assert "32% not made in China, 54%" in said.en.partition("Another survey")[2]
    assert not any(word in said.zh + said.en for word in ("<NA>", "nan"))


@pytest.mark.parametrize("claim_id", ["Q61", "Q62"])
def test_a_survey_that_counts_no_types_confirms_the_rates(data, claim_id):
    _, changes = another_survey(data, (32.0, 54.0, 14.0), n_materials=math.nan)
    assert verdict(claim_id, data.having(*changes)) == "confirmed"


def test_a_survey_that_leaves_a_part_undescribed_says_nothing(data):
    rows = indices(data, "key_materials", survey="key_basic_materials_2018", category="absent")
    assert verdict("Q61", data.having(Change("set", "key_materials", rows, "share_pct", (48.0,)))) == "relabelled"


def test_no_rank_is_taken_from_a_year_in_which_a_large_economy_is_absent(data):
    def china(year, value):
        rows = indices(data, "manufacturing_value_added", iso3="CHN", year=year)
        return Change("set", "manufacturing_value_added", rows, "value_bn_usd", (value,))

    assert judges.assess("Q60", data).grade in "AB"
    assert verdict("Q60", data.having(china(2021, 1.0))) == verdict("Q60", data)
    assert verdict("Q60", data.having(china(2020, 1.0))) == "mixed"


def test_a_share_of_one_half_is_not_largely_imported(data):
    rows = indices(data, "industrial_software_shares", software_class="design")
    half = data.having(Change("set", "industrial_software_shares", rows, "value_pct", (50.0,)))
    assert verdict("Q139", data) == "traced" and verdict("Q139", half) == "mixed"


def test_wider_classes_of_software_neither_confirm_nor_contradict(data):
    assert verdict("Q140", data) == "indirect"
    rows = indices(data, "industrial_software_shares", measure="foreign_in_home_market")
    less = data.having(Change("set", "industrial_software_shares", rows, "value_pct", (50.0,)))
    assert verdict("Q140", less) == "indirect"


@pytest.mark.parametrize(
    ("domestic", "half"),
    [(50.0, "half-unclear"), (30.0, "half-more"), (60.0, "half-less")],
)
def test_the_reason_on_wider_classes_follows_their_shares(data, domestic, half):
    rows = indices(data, "industrial_software_shares", software_class="production_control")
    share = data.having(Change("set", "industrial_software_shares", rows, "value_pct", (domestic,) * len(rows)))
    reason = judges.assess("Q140", share).judged
    told = technology.text("software-wider", half=technology.text(half))
    assert told.zh in reason.zh and told.en in reason.en


def test_the_reason_on_the_frontier_tells_measures_that_point_both_ways(data):
    reason = judges.assess("Q105", data).judged.en
    for row in data("manufacturing_power_index").itertuples():
        if row.measure in ("gap_other_subindices", "productivity_ratio"):
            assert f"{row.value:g}" in reason


def test_related_rows_are_told_by_side_and_counted_by_origin(data):
    every = tuple(data.evidence("Q69").index)
    data = data.having(Change("set", "claim_evidence", every, "differs_in", ("base",) * len(every)))
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
    told = {name: judges.assess(name, data).judged.en for name in ("Q69", "Q139", "Q140")}
    assert told["Q69"].startswith("Mostly foreign: design software; not so: production control software. ")
    assert all(technology.text("foreign").en in reason for reason in told.values())


def test_the_share_of_parts_and_materials_stands_beside_that_of_materials(data):
    found = judges.assess("Q62", data)
    assert "about 33% at 2019-12-13 (self-supply of key components and materials)" in found.judged.en
    assert found.verdict == "relabelled" and "33%" not in judges.assess("Q61", data).judged.en
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
    rows = Data()("key_materials")
    new = rows.iloc[:3].assign(survey="made_up_2019", share_pct=[20, 40, 40])
    known = {"key_materials": pd.concat([rows, new.set_axis(range(len(rows), len(rows) + 3))])}
    name = Data()("sources").set_index("source_id").at[new["source_id"].iloc[0], "name_en"]
    assert (
        f"Another survey, {name}, has =130 types, 20% not made in China"
        in judges.assess("Q61", Data(known=known)).judged.en
    )
