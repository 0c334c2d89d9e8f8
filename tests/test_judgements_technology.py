"""Core technology: changed, added and removed evidence turns the verdicts as it must."""

import math
import re

import pandas as pd
import pytest
from planted import NOW, add, coded, drop, judged, put, reason, rows, uncoded, verdict

from compendium.ledger import judging
from compendium.ledger.evidence import Data
from study.judgements import judges, technology

DEPENDS = "depends on the reading"
MATERIALS, SOFTWARE = "key_materials", "industrial_software_shares"
SURVEY = {"survey": "key_materials_2018"}
GONE = drop(MATERIALS, **SURVEY)
OTHERWISE = put(MATERIALS, "share_pct", (88.0, 5.0, 7.0), **SURVEY)


def another(*shares, **columns):
    """Return the changes that add a survey of key materials of another origin."""
    return add(MATERIALS, {"share_pct": shares} | columns, **SURVEY)


def china(year):
    """Return the change by which China makes next to nothing in a year."""
    return put("manufacturing_value_added", "value_bn_usd", 1.0, iso3="CHN", year=year)


@pytest.mark.parametrize(
    ("claim_id", "shares", "both", "alone", "by_type"),
    [
        ("Q61", (33.0, 54.0, 13.0), "bounded", "open", "open"),  # 33 to 87 by types
        ("Q61", (88.0, 5.0, 7.0), "bounded", "open", "fails"),  # 88 to 93
        ("Q62", (33.0, 54.0, 13.0), "open", "open", "fails"),
    ],
)
def test_a_survey_that_counts_types_bounds_the_imports_and_gives_the_self_supply(
    claim_id, shares, both, alone, by_type
):
    changes, found = another(*shares), judged(claim_id, *another(*shares), GONE)
    assert (verdict(claim_id), verdict(claim_id, *changes), found.verdict) == (DEPENDS, both, alone)
    assert found.judged.readings["by_type"] == by_type
    assert verdict(claim_id, drop(MATERIALS)) == "no source found"


@pytest.mark.parametrize(
    ("claim_id", "shares", "verdicts"),
    [
        ("Q61", (33.0, 54.0, 13.0), [DEPENDS, "contradicted", "open"]),
        ("Q61", (32.0, 54.0, 14.0), [DEPENDS] * 3),
        ("Q62", (33.0, 54.0, 13.0), [DEPENDS, "contradicted", "open"]),
        ("Q62", (32.0, 54.0, 14.0), ["traced", DEPENDS, DEPENDS]),
    ],
)
def test_a_survey_of_amounts_decides_the_other_reading_beside_types_that_agree_or_fail_or_none(
    claim_id, shares, verdicts
):
    changes = another(*shares, n_materials=math.nan)
    assert [verdict(claim_id, *changes, *more) for more in ([], [OTHERWISE], [GONE])] == verdicts


@pytest.mark.parametrize("claim_id", ["Q61", "Q62"])
def test_another_survey_without_a_number_of_types_is_told_without_one(claim_id):
    said = judged(claim_id, *another(32.0, 54.0, 1.0, n_materials=math.nan)).judged.reason
    assert "32% not made in China, 54%" in said.en.partition("Another survey")[2]
    assert not any(word in said.zh + said.en for word in ("<NA>", "nan"))


def test_a_survey_without_words_of_its_own_is_called_by_its_source():
    new = NOW(MATERIALS).iloc[:3].assign(survey="made_up_2019", share_pct=[20, 40, 10])
    known = {MATERIALS: pd.concat([NOW(MATERIALS), new], ignore_index=True)}
    name = NOW("sources").set_index("source_id").at[new["source_id"].iloc[0], "name_en"]
    told = judges.assess("Q61", Data(NOW.c, known=known)).judged.reason.en
    assert f"Another survey, {name}, has =130 types, 20% not made in China" in told


def test_a_survey_that_leaves_a_part_undescribed_says_nothing():
    absent = {"survey": "key_basic_materials_2018", "category": "absent"}
    found = judged("Q61", put(MATERIALS, "share_pct", 48.0, **absent))
    assert found.verdict == DEPENDS
    assert technology.text("materials-imported", least=32.0, most=86.0).en in found.judged.reason.en


ACCESS = {"claim_id": "Q187", "comparison": "holds"}


@pytest.mark.parametrize(
    ("claim_id", "changes", "word"),
    [
        # No rank is taken from a year in which a large economy is absent.
        ("Q60", [china(2021)], "traced"),
        ("Q60", [china(2020)], "open"),
        # The wider class of all software decides nothing.
        ("Q140", [put(SOFTWARE, "value_pct", 20.0, measure="foreign_in_home_market")], "traced"),
        # One of some parts is enough.
        ("Q182", [], "traced"),
        ("Q182", [drop("claim_evidence", claim_id="Q182", differs_in="")], "indirect"),
        # Output grew; of access a row speaks in part.
        ("Q187", [], "open"),
        ("Q187", [put("claim_evidence", "differs_in", "", **ACCESS)], DEPENDS),
        ("Q187", [drop("claim_evidence", **ACCESS)], "open"),
        ("Q106", [], "indirect"),
        ("Q106", [coded("Q106", "differs_in", "")], "contradicted"),
        # A running count decides nothing on the shortage.
        ("Q144", [], "indirect"),
        ("Q144", [coded("Q144", "differs_in", "")], "indirect"),
    ],
)
def test_the_verdict_turns_with_the_rows(claim_id, changes, word):
    assert verdict(claim_id, *changes) == word


@pytest.mark.parametrize(
    ("domestic", "design", "control"),
    [(50.0, "traced", "traced"), (60.0, "traced", "traced"), (70.0, "open", "contradicted")],
)
def test_relatively_much_is_imported_of_what_has_a_larger_foreign_share_than_management_software(
    domestic, design, control
):
    """Of design software another source speaks too."""
    for claim_id, software_class, word in (("Q139", "design", design), ("Q140", "production_control", control)):
        found = judged(claim_id, put(SOFTWARE, "value_pct", domestic, software_class=software_class))
        assert found.verdict == word
        assert re.search(rf"{100 - domestic:g}% of .* software .*and about 30% of business", found.judged.reason.en)
        assert re.search(rf"软件.*{100 - domestic:g}%是国外的，经营管理类软件约30%是国外的", found.judged.reason.zh)


def test_related_rows_are_told_by_side_and_counted_by_origin():
    every = NOW.evidence("Q69")
    changes = coded("Q69", "comparison", ("fails", "holds", "holds", "holds")), coded("Q69", "differs_in", "base")
    told = judged("Q69", *changes).judged.reason
    counted = judging.tally({"a", "b"}, {"a"})
    assert told.zh.startswith("支持：") and f"{counted.zh}。" in told.zh
    assert told.en.startswith("For it: ") and f"{counted.en}." in told.en
    before, after = told.en.split("Against it: ")
    assert every["says_en"].iloc[0] in after and all(said in before for said in every["says_en"].iloc[1:])
    only = judged("Q69", *changes, *uncoded(every["evidence_id"].iloc[0])).judged.reason
    assert "Against it" not in only.en and "反对" not in only.zh


def test_high_end_software_is_told_class_by_class_and_foreign_is_read_as_imported_in_all_claims():
    first, second = NOW.evidence("Q69")["evidence_id"].iloc[:2]
    changes = [coded(first, "comparison", "holds"), coded(second, "comparison", "fails")]
    changes += [coded(name, "differs_in", "") for name in (first, second)]
    told = {name: reason(name, *changes) for name in ("Q69", "Q139", "Q140")}
    assert told["Q69"].startswith("It holds for design software; not for production control software. ")
    assert reason("Q69").startswith("Design software: "), "no class fails"
    assert all(technology.text("foreign").en in said for said in told.values())


ION = [coded("V113", column, cell) for column, cell in (("part_zh", "离子注入"), ("part_en", "ion implantation"))]


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "unsaid"),
    [
        ("Q61", [], "", "33%"),
        # The share of parts and materials stands beside that of materials.
        ("Q62", [], "about 33% at 2019-12-13 (self-supply of key components and materials)", ""),
        ("Q62", [drop("target_outcomes", outcome_id="O31")], "", "33%"),
        ("Q144", [], "by 1 firm, which can only rise", ""),
        # The forecast names what no row is of and whether a row looks ahead.
        ("Q145", [], "on ion implantation alone", ""),
        ("Q145", [], "looks ahead", ""),
        ("Q145", [*ION, coded("V113", "as_of", "2025")], "on photoresist alone", "looks ahead"),
    ],
)
def test_the_reason_tells_what_the_rows_say_and_nothing_else(claim_id, changes, said, unsaid):
    told = reason(claim_id, *changes)
    assert said in told and (not unsaid or unsaid not in told)


def test_the_rank_rests_on_good_sources_and_plans_of_another_kind_speak_against():
    assert judged("Q60").grade in ("A", "B") and judged("Q106").judged.computed == [False]


def test_measures_of_the_frontier_point_both_ways():
    both = rows("manufacturing_power_index", measure=["gap_other_subindices", "productivity_ratio"])
    assert all(f"{value:g}" in reason("Q105") for value in NOW("manufacturing_power_index").loc[list(both), "value"])
