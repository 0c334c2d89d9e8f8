"""Claims judged by documents, lists and rules turn with these: joint issue, first results, targets, space, majors."""

import pandas as pd
import pytest
from planted import NOW, coded, drop, put

from compendium.ledger.judges import assess
from study.judgements import departments, funding, pilots, policy, talent

WORDS = {"value_text": "in words", "origin_id": "O-PAPER", "weight": "supporting", "testable": True}
JOINT = ["P03", "P06a", "P06b", "P06c", "P09d", "P13a", "P13b"]
EVERY = departments.documents_of_field(NOW)["doc_id"].tolist()
MISSED = [
    put("digitalisation", "value_pct", 10.0, measure=["key_process_nc", "rd_design_tools"]),
    coded("V122", "value", 100.0),
    put("policy_targets", "value", 50.0, target_id="T12"),
]
EARLY = put("policy_documents", "date_start", pd.Timestamp("2015-01-01"), doc_id="P05")


def issued(documents):
    return put("policy_documents", "issuer", "MIIT", doc_id=documents)


def judged(judgement, *changes):
    """Return the assessment of a statement in words by a judgement, with these changes of the frozen tables."""
    data = NOW.having(*changes)
    numbers = {"value_low": float("nan"), "value_high": float("nan")}
    claim = data.claim("Q119").copy()  # a statement in words; its id matters to no judgement here
    claim.update(pd.Series(WORDS | numbers, dtype=object))
    return assess(claim, judgement(claim, data), data)


@pytest.mark.parametrize(
    ("judgement", "changes", "word", "said"),
    [
        (departments.several, [], "traced", ["The 11 central documents", "at least 9 bodies; 7 of the documents"]),
        (departments.several, [issued(JOINT)], "contradicted", []),  # MIIT's general office is no other body
        (departments.several, [issued(JOINT[1:])], "traced", []),  # one document of two bodies is enough
        (departments.first_results, [], "traced", []),  # one aim met in time is a first result, and none is none
        (departments.first_results, MISSED, "contradicted", []),
        (departments.clearer, [], "bounded", []),  # a document older than the plan did not follow it
        (departments.clearer, [EARLY], "mixed", []),
        (pilots.beyond, [], "indirect", ["1.295 to 1.525 times", "3.05 times"]),
        (funding.online, [], "bounded", ["10000 square metres"]),  # asked for nationally; by provinces it was not read
        (funding.online, [drop("tax_rules", rule_id="X11")], "traced", []),
        (talent.training, [], "open", ["267", "2023"]),  # the first students are dated
        (talent.training, [drop("im_majors", list_year=2018)], "open", ["217", "2024"]),
    ],
)
def test_the_verdict_and_the_reason_turn_with_the_rows(judgement, changes, word, said):
    found = judged(judgement, *changes)
    assert found.verdict == word and all(part in found.judged.reason.en for part in said)


def test_documents_are_compared_with_the_plan_and_projects_with_the_target_that_was_read():
    higher = put("policy_targets", "value", 400.0, target_id="T77")
    assert judged(departments.clearer).judged.computed == [True] * 4
    assert [judged(pilots.beyond, *more).judged.computed for more in ([], [higher])] == [[True], [False]]


@pytest.mark.parametrize(
    ("judgement", "claim_id", "change"),
    [
        (departments.several, "Q203", drop("policy_documents", doc_id=EVERY)),
        (pilots.beyond, "Q22", drop("policy_targets", target_id="T77")),
        (funding.online, "Q84", drop("tax_rules", rule_id=["X05", "X11"])),
    ],
)
def test_without_rows_nothing_is_compared(judgement, claim_id, change):
    assert judgement(NOW.claim(claim_id), NOW.having(change)).agreement == "none"


def test_joint_issue_is_told_and_an_issuer_counts_once_by_whatever_name():
    found = departments.documents_of_field(NOW)
    assert found[found["joint"]]["doc_id"].tolist() == JOINT and len(found) == 11
    named = {"MIIT", "SAC", "MoF", "NDRC", "MoE", "MoST", "MoHRSS", "SAMR", "SASAC"}
    assert departments.bodies(found) == named
    joint = departments.central(NOW).set_index("doc_id")["joint"]
    assert not joint["P16b"], "a ministry with “and” in its name is one body"
    assert joint[["P03", "P09d", "P13b", "P16c", "P17"]].all()
    met = policy.reported(NOW).query("state == 'reached'")
    assert set(met["quantity"]) == {"im_standards", "key_process_nc", "rd_design_tools"}
