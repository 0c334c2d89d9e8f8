"""Claims judged by documents, lists and rules turn with these: joint issue, first results, targets, space, majors."""

import pandas as pd
import pytest
from planted import drop, put, rows

from compendium.ledger.evidence import Change, Data
from compendium.ledger.judges import assess
from study.judgements import departments, funding, pilots, policy, talent

pytestmark = pytest.mark.usefixtures("frozen_tables")
NOW = Data()
WORDS = {"value_text": "in words", "origin_id": "O-PAPER", "weight": "supporting", "testable": True}


def judged(judgement, *changes):
    """Return the assessment of a statement in words by a judgement, with these changes of the frozen tables."""
    data = NOW.having(*changes)
    numbers = {"value_low": float("nan"), "value_high": float("nan")}
    claim = data.claim("Q119").copy()  # a statement in words; its id matters to no judgement here
    claim.update(pd.Series(WORDS | numbers, dtype=object))
    return assess(claim, judgement(claim, data), data)


def test_usually_several_means_more_than_half_of_the_documents_of_the_field():
    found = departments.documents_of_field(NOW)
    joint = found[found["joint"]]["doc_id"].tolist()
    assert joint == ["P03", "P06a", "P06b", "P06c", "P09d", "P13a", "P13b"] and len(found) == 11
    assert judged(departments.several).verdict == "traced"
    alone = [put("policy_documents", "issuer", "MIIT", doc_id=doc_id) for doc_id in joint[:2]]
    assert judged(departments.several, *alone).verdict == "contradicted"


def test_one_aim_met_in_time_is_a_first_result_and_none_is_none():
    assert judged(departments.first_results).verdict == "traced"
    met = policy.reported(NOW).query("state == 'reached'")
    assert set(met["quantity"]) == {"key_process_nc", "rd_design_tools"}
    missed = [put("digitalisation", "value_pct", 10.0, measure=measure) for measure in met["quantity"]]
    told = Change("set", "policy_targets", rows("policy_targets", target_id="T12"), "value", (50.0,))
    assert judged(departments.first_results, *missed, told).verdict == "contradicted"


def test_a_document_older_than_the_plan_did_not_follow_it():
    found = judged(departments.clearer)
    assert found.verdict == "bounded" and found.judged.computed == [True] * 4
    early = put("policy_documents", "date_start", pd.Timestamp("2015-01-01"), doc_id="P05")
    assert judged(departments.clearer, early).verdict == "mixed"


def test_the_projects_are_held_against_the_target_that_was_read():
    found = judged(pilots.beyond)
    assert found.verdict == "indirect" and found.judged.computed == [True]
    assert "1.295 to 1.525 times" in found.judged.en and "3.05 times" in found.judged.en
    higher = put("policy_targets", "value", 400.0, target_id="T77")
    assert judged(pilots.beyond, higher).judged.computed == [False]
    assert pilots.beyond(NOW.claim("Q22"), NOW.having(drop("policy_targets", target_id="T77"))).agreement == "none"


def test_national_recognition_asks_for_space_and_that_of_provinces_was_not_read():
    found = judged(funding.online)
    assert found.verdict == "bounded" and "10000 square metres" in found.judged.en
    assert judged(funding.online, drop("tax_rules", rule_id="X11")).verdict == "traced"
    free = [drop("tax_rules", rule_id=rule) for rule in ("X05", "X11")]
    assert funding.online(NOW.claim("Q84"), NOW.having(*free)).agreement == "none"


def test_whether_training_lags_is_open_and_the_first_students_are_dated():
    found = judged(talent.training)
    assert found.verdict == "open" and "267" in found.judged.en and "2023" in found.judged.en
    fewer = judged(talent.training, drop("im_majors", list_year=2018))
    assert "217" in fewer.judged.en and "2024" in fewer.judged.en


def test_what_is_recommended_is_told_to_be_our_reading():
    claim = NOW.claim("Q151")
    assert "our reading" in departments.recommended(claim, NOW).en
    assert departments.recommended(claim, NOW.having(drop("claim_evidence", claim_id="Q151"))).agreement == "none"
