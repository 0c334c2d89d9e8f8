"""Judgements on the clusters: a changed, added or missing row turns the verdict as it must."""

import frozen
import pandas as pd
import pytest
from planted import put

from compendium.ledger import judging
from compendium.ledger.evidence import Change, Data
from study import bounds
from study.judgements import clusters, judges

C = frozen.compendium()
DATA = Data(C)
MEMBERS = (310000, 320000, 330000, 340000)


def verdict(claim, *changes, data=DATA):
    return judges.assess(claim, data.having(*changes)).verdict


def firms(*values):
    rows = DATA("speech_valley_firms").sort_values("as_of").index[: len(values)]
    return Change("set", "speech_valley_firms", tuple(rows), "firms", values)


def test_a_figure_that_held_earlier_depends_on_the_reading_and_one_that_still_holds_is_traced():
    for counts in ((860, 1024, 1423), (860, 940, 1423)):
        found = judges.assess("Q37", DATA.having(firms(*counts)))
        assert found.verdict == "depends on the reading"
        assert found.judged.readings == {"some_time": "holds", "last_count": "fails"}
    assert verdict("Q37") == "depends on the reading"
    assert verdict("Q37", firms(860, 940, 990)) == "traced"
    assert verdict("Q37", firms(1100, 1200, 1423)) == "contradicted", "word of another thing does not decide"
    assert judges.assess("Q37", DATA.having(firms(1100, 1200, 1423))).judged.difference == 423
    early = tuple(DATA("speech_valley_firms").query("as_of < '2021'").index)
    assert verdict("Q37", Change("drop", "speech_valley_firms", early)) == "open", "no count of the year is known"


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
    found = judges.assess("Q99", Data(C, known={"pilot_lists": lists, "pilot_projects": projects}))
    assert (found.verdict, found.judged.computed) == ("indirect", (even, even))


@pytest.mark.parametrize(("least", "levels"), [(0, (0, 4)), (4, (3, 4)), (5, (4, 4)), (6, None)])
def test_evenness_agrees_with_counts_by_hand(least, levels):
    row = {"evidence_id": "E1", "adcode": 1, "period_start": 2015, "period_end": 2015, "counts": "project"}
    evidence = pd.DataFrame([row | {"lower": least, "upper": None, "tier": 1}])
    facts = bounds.problem(evidence, {2015: 9}, {}, (1, 2, 3), 1)
    assert clusters.evenness(facts, [1, 2]) == (9, levels)


@pytest.mark.parametrize(("values", "zh", "en"), [((860, 1024, 1423), "不再", "no longer"), ((8, 9, 9), "仍", "still")])
def test_the_reason_tells_the_last_count_against_the_figure(values, zh, en):
    said = judges.assess("Q37", DATA.having(firms(*values))).judged
    assert f"（2021-12）是{values[-1]}家，{zh}低于1000家。" in said.zh
    assert f"of 2021-12, is {values[-1]:,} firms, {en} below 1,000." in said.en


def test_the_reason_on_the_division_counts_the_origins():
    rows = DATA("claim_evidence").query("claim_id == 'Q33' and comparison == 'holds'")
    assert list(rows["differs_in"]) == ["", "", "kind"] and rows["source_id"].nunique() == 3
    said = judges.assess("Q33", DATA).judged
    fewer = judges.assess("Q33", DATA.having(Change("drop", "claim_evidence", (rows.index[1],)))).judged
    once = judges.assess("Q33", DATA.having(Change("drop", "claim_evidence", (rows.index[2],)))).judged
    none = judges.assess("Q33", DATA.having(put("claim_evidence", "comparison", "fails", claim_id="Q33"))).judged
    for found, told in (
        (said, clusters.text("division", alike=2, every=2, twice=1)),
        (fewer, clusters.text("division", alike=1, every=1, twice=1)),
        (once, clusters.text("division", alike=2, every=2, twice=0)),
        (none, clusters.text("division-otherwise", every=2)),
    ):
        assert found.en.startswith(told.en) and found.zh.startswith(told.zh)


def test_the_reason_on_wearables_counts_origins_and_no_copies():
    rows = DATA("claim_evidence").query("claim_id == 'Q133'")
    assert list(rows["comparison"]).count("fails") == 2
    said = judges.assess("Q133", DATA).judged
    assert said.en.startswith("For it: ")
    assert f"{judging.tally({'a'}, {'a'}).en}." in said.en
    assert "Wearables promoted (the same thing): Shenzhen's plan" in said.en
    assert "扶持可穿戴（说的是一回事）：深圳" in said.zh and "以可穿戴为中心：深圳" in said.zh


def test_provinces_that_another_list_has_in_another_cluster_are_named():
    assert "Anhui is in " in judges.assess("Q33", DATA).judged.en
    table = DATA("cluster_membership")
    anhui = tuple(table.index[(table["adcode"] == 340000) & (table["source_id"] != "paper")])
    gone = DATA.having(Change("drop", "cluster_membership", anhui))
    assert "Anhui" not in judges.assess("Q33", gone).judged.en
