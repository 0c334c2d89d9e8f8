"""Claims judged by documents, lists and rules turn with these: joint issue, first results, targets, space, majors."""

import frozen
import pandas as pd
from planted import drop, put, rows

from compendium.ledger.evidence import Change, Data
from compendium.ledger.judges import assess
from study.judgements import departments, funding, pilots, policy, talent

C = frozen.compendium()
NOW = Data(C)
WORDS = {"value_text": "in words", "origin_id": "O-PAPER", "weight": "supporting", "testable": True}


def judged(judgement, *changes):
    """Return the assessment of a statement in words by a judgement, with these changes of the frozen tables."""
    data = NOW.having(*changes)
    numbers = {"value_low": float("nan"), "value_high": float("nan")}
    claim = data.claim("Q119").copy()  # a statement in words; its id matters to no judgement here
    claim.update(pd.Series(WORDS | numbers, dtype=object))
    return assess(claim, judgement(claim, data), data)


def test_several_bodies_issue_the_documents_of_the_field_and_joint_issue_is_told():
    found = departments.documents_of_field(NOW)
    joint = found[found["joint"]]["doc_id"].tolist()
    assert joint == ["P03", "P06a", "P06b", "P06c", "P09d", "P13a", "P13b"] and len(found) == 11
    said = judged(departments.several)
    assert said.verdict == "traced"
    assert "The 11 central documents" in said.judged.en and "at least 9 bodies; 7 of the documents" in said.judged.en
    alone = [put("policy_documents", "issuer", "MIIT", doc_id=doc_id) for doc_id in joint]
    assert judged(departments.several, *alone).verdict == "contradicted", "its general office is no other body"
    assert judged(departments.several, *alone[1:]).verdict == "traced", "one document of two bodies is enough"
    none = [drop("policy_documents", doc_id=doc_id) for doc_id in found["doc_id"]]
    assert departments.several(NOW.claim("Q203"), NOW.having(*none)).agreement == "none"


def test_an_issuer_counts_once_by_whatever_name():
    named = ["MIIT", "SAC", "MoF", "NDRC", "MoE", "MoST", "MoHRSS", "SAMR", "SASAC"]
    assert departments.bodies(departments.documents_of_field(NOW)) == set(named)


def test_a_ministry_with_and_in_its_name_is_one_body():
    joint = departments.central(NOW).set_index("doc_id")["joint"]
    assert not joint["P16b"] and joint[["P03", "P09d", "P13b", "P16c", "P17"]].all()


def test_one_aim_met_in_time_is_a_first_result_and_none_is_none():
    assert judged(departments.first_results).verdict == "traced"
    met = policy.reported(NOW).query("state == 'reached'")
    assert set(met["quantity"]) == {"im_standards", "key_process_nc", "rd_design_tools"}
    missed = [put("digitalisation", "value_pct", 10.0, measure=name) for name in ("key_process_nc", "rd_design_tools")]
    missed.append(put("claim_evidence", "value", 100.0, evidence_id="V122"))
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
