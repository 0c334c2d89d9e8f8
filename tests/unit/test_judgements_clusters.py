"""Judgements on the clusters: a changed, added or missing row turns the verdict as it must."""

import pandas as pd
import pytest

from compendium.ledger.evidence import Change, Data
from study import bounds
from study.judgements import clusters, judges

pytestmark = pytest.mark.usefixtures("frozen_tables")
DATA = Data()
MEMBERS = (310000, 320000, 330000, 340000)


def verdict(claim, *changes, data=DATA):
    return judges.assess(claim, data.having(*changes)).verdict


def firms(*values):
    rows = DATA("speech_valley_firms").sort_values("as_of").index[: len(values)]
    return Change("set", "speech_valley_firms", tuple(rows), "firms", values)


def test_a_figure_that_held_earlier_is_relabelled_and_one_that_still_holds_is_traced():
    assert verdict("Q37") == "relabelled"
    assert verdict("Q37", firms(860, 940, 990)) == "traced"
    said = tuple(DATA("claim_evidence").query("claim_id == 'Q37'").index)
    assert verdict("Q37", firms(1100, 1200, 1423)) == "relabelled", "there is word of a time when it held"
    assert pd.isna(judges.assess("Q37", DATA.having(firms(1100, 1200, 1423))).judged.difference)
    other = Change("set", "claim_evidence", said, "differs_in", ("kind",))
    assert verdict("Q37", firms(1100, 1200, 1423), other) == "contradicted", "word of another thing does not decide"
    assert verdict("Q37", firms(1100, 1200, 1423), Change("drop", "claim_evidence", said)) == "contradicted"


def test_counts_after_the_year_before_the_paper_do_not_matter():
    assert verdict("Q37", firms(860, 940, 990, 5000)) == "traced"


def test_more_evidence_closes_the_question_of_evenness():
    row = tuple(DATA("pilot_province_evidence").query("evidence_id == 'E037'").index)
    more = DATA.having(Change("set", "pilot_province_evidence", row, "lower", (60,)))
    assert judges.assess("Q99", DATA).judged.computed == (False, True)
    assert judges.assess("Q99", more).judged.computed == (False, False)


@pytest.mark.parametrize(("counts", "even"), [((9, 9, 9, 9), True), ((9, 9, 9, 12), False)])
def test_lists_in_full_tell_whether_the_delta_is_even(counts, even):
    """By projects, that is, which is not what the paper speaks of."""
    lists = DATA("pilot_lists").query("stage == 'final'").assign(complete=True, source_id="govcn-en-2017-10")
    codes = [code for code, count in zip(MEMBERS, counts, strict=True) for _ in range(count)]
    rows = [(name, code) for name in lists["list_id"] for code in [*codes, *[440000] * 10]]
    projects = pd.DataFrame(rows, columns=["list_id", "adcode"])
    projects = projects.assign(source_id="govcn-en-2017-10", also_in="", basis="seen", table="pilot_projects")
    found = judges.assess("Q99", Data(known={"pilot_lists": lists, "pilot_projects": projects}))
    assert (found.verdict, found.judged.computed) == ("indirect", (even, even))


@pytest.mark.parametrize(("least", "levels"), [(0, (0, 4)), (4, (3, 4)), (5, (4, 4)), (6, None)])
def test_evenness_agrees_with_counts_by_hand(least, levels):
    row = {"evidence_id": "E1", "adcode": 1, "period_start": 2015, "period_end": 2015, "counts": "project"}
    evidence = pd.DataFrame([row | {"lower": least, "upper": None, "tier": 1}])
    facts = bounds.problem(evidence, {2015: 9}, {}, (1, 2, 3), 1)
    assert clusters.evenness(facts, [1, 2]) == (9, levels)


@pytest.mark.parametrize(("values", "zh", "en"), [((860, 1024, 1423), "不再", "no longer"), ((8, 9, 9), "仍", "still")])
def test_the_reason_begins_with_the_last_count_against_the_figure(values, zh, en):
    said = judges.assess("Q37", DATA.having(firms(*values))).judged
    assert f"{zh}低于1000家" in said.zh.split("。")[0] and f"{en} below 1,000" in said.en.split(". ")[0]


def test_the_reason_on_the_division_counts_the_origins():
    rows = DATA("claim_evidence").query("claim_id == 'Q33' and comparison == 'holds'")
    assert rows["source_id"].nunique() == 2
    said = judges.assess("Q33", DATA).judged
    fewer = judges.assess("Q33", DATA.having(Change("drop", "claim_evidence", tuple(rows.index[1:])))).judged
    told = " origins outside the paper, and by 1 of them otherwise in another report."
    assert f"by 2 of the 2{told}" in said.en and f"by 1 of the 1{told}" in fewer.en


def test_the_reason_on_wearables_counts_origins_and_no_copies():
    rows = DATA("claim_evidence").query("claim_id == 'Q133'")
    assert list(rows["comparison"]).count("fails") == 2
    said = judges.assess("Q133", DATA).judged
    assert said.en.startswith("For it: ")
    assert "Related evidence: 1 independent source for it, 1 against it (one may do both)." in said.en
    assert "Wearables promoted: Shenzhen's plan" in said.en and "扶持可穿戴：深圳" in said.zh


def test_provinces_that_another_list_has_in_another_cluster_are_named():
    assert "Anhui is in " in judges.assess("Q33", DATA).judged.en
    table = DATA("cluster_membership")
    anhui = tuple(table.index[(table["adcode"] == 340000) & (table["source_id"] != "paper")])
    gone = DATA.having(Change("drop", "cluster_membership", anhui))
    assert "Anhui" not in judges.assess("Q33", gone).judged.en
