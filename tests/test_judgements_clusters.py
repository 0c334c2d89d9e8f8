"""Judgements on the clusters: a changed, added or missing row turns the verdict as it must."""

import pandas as pd
import pytest
from planted import NOW, coded, judged, put, reason, rows, uncoded

from compendium.ledger import judging
from compendium.ledger.evidence import Change, Data
from study import bounds
from study.judgements import clusters, judges

DEPENDS = "depends on the reading"
MEMBERS = (310000, 320000, 330000, 340000)
FIRMS = NOW("speech_valley_firms").sort_values("as_of")


def firms(*values):
    """Return the change of the earliest counts of firms."""
    return Change("set", "speech_valley_firms", tuple(FIRMS.index[: len(values)]), "firms", values)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ([], DEPENDS),
        ([firms(860, 1024, 1423)], DEPENDS),
        ([firms(860, 940, 1423)], DEPENDS),
        ([firms(860, 940, 990)], "traced"),
        ([firms(860, 940, 990, 5000)], "traced"),  # counts after the year do not matter
        ([firms(1100, 1200, 1423)], "contradicted"),  # word of another thing does not decide
        ([Change("drop", "speech_valley_firms", tuple(FIRMS.index[FIRMS["as_of"] < "2021"]))], "open"),
    ],
)
def test_a_figure_that_held_earlier_depends_on_the_reading_and_one_that_still_holds_is_traced(changes, word):
    found = judged("Q37", *changes)
    assert found.verdict == word
    assert word != DEPENDS or found.judged.readings == {"some_time": "holds", "last_count": "fails"}
    assert word != "contradicted" or found.judged.difference == 423


def test_more_evidence_closes_the_question_of_evenness():
    more = put("pilot_province_evidence", "lower", 60, evidence_id="E037")
    found = [judged("Q99", *changes).judged.computed for changes in ([], [more])]
    assert found == [(False, True), (False, False)]


@pytest.mark.parametrize(("counts", "even"), [((9, 9, 9, 9), True), ((9, 9, 9, 12), False)])
def test_lists_in_full_tell_whether_the_delta_is_even(counts, even):
    """By projects, that is, which is not what the paper speaks of."""
    lists = NOW("pilot_lists").query("stage == 'final'").assign(complete=True, source_id="govcn-en-2017-10")
    codes = [code for code, count in zip(MEMBERS, counts, strict=True) for _ in range(count)]
    listed = [(name, code) for name in lists["list_id"] for code in [*codes, *[440000] * 10]]
    projects = pd.DataFrame(listed, columns=["list_id", "adcode"])
    projects = projects.assign(source_id="govcn-en-2017-10", also_in="", basis="seen", table="pilot_projects")
    found = judges.assess("Q99", Data(NOW.c, known={"pilot_lists": lists, "pilot_projects": projects}))
    assert (found.verdict, found.judged.computed) == ("indirect", (even, even))


@pytest.mark.parametrize(("least", "levels"), [(0, (0, 4)), (4, (3, 4)), (5, (4, 4)), (6, None)])
def test_evenness_agrees_with_counts_by_hand(least, levels):
    row = {"evidence_id": "E1", "adcode": 1, "period_start": 2015, "period_end": 2015, "counts": "project"}
    evidence = pd.DataFrame([row | {"lower": least, "upper": None, "tier": 1}])
    facts = bounds.problem(evidence, {2015: 9}, {}, (1, 2, 3), 1)
    assert clusters.evenness(facts, [1, 2]) == (9, levels)


@pytest.mark.parametrize(("values", "zh", "en"), [((860, 1024, 1423), "不再", "no longer"), ((8, 9, 9), "仍", "still")])
def test_the_reason_tells_the_last_count_against_the_figure(values, zh, en):
    said = judged("Q37", firms(*values)).judged.reason
    assert f"（2021-12）是{values[-1]}家，{zh}低于1000家。" in said.zh
    assert f"of 2021-12, is {values[-1]:,} firms, {en} below 1,000." in said.en


FOR = NOW("claim_evidence").query("claim_id == 'Q33' and comparison == 'holds'")


@pytest.mark.parametrize(
    ("changes", "name", "counts"),
    [
        ([], "division", {"alike": 2, "every": 2, "twice": 1}),
        (uncoded(FOR["evidence_id"].iloc[1]), "division", {"alike": 1, "every": 1, "twice": 1}),
        (uncoded(FOR["evidence_id"].iloc[2]), "division", {"alike": 2, "every": 2, "twice": 0}),
        ([coded("Q33", "comparison", "fails")], "division-otherwise", {"every": 2}),
    ],
)
def test_the_reason_on_the_division_counts_the_origins(changes, name, counts):
    assert list(FOR["differs_in"]) == ["", "", "kind"] and FOR["source_id"].nunique() == 3
    said, told = judged("Q33", *changes).judged.reason, clusters.text(name, **counts)
    assert said.en.startswith(told.en) and said.zh.startswith(told.zh)


def test_the_reason_on_wearables_counts_origins_and_no_copies():
    assert list(NOW.evidence("Q133")["comparison"]).count("fails") == 2
    said = judged("Q133").judged.reason
    assert said.en.startswith("For it: ") and f"{judging.tally({'a'}, {'a'}).en}." in said.en
    assert "Wearables promoted (the same thing): Shenzhen's plan" in said.en
    assert "扶持可穿戴（说的是一回事）：深圳" in said.zh and "以可穿戴为中心：深圳" in said.zh


def test_provinces_that_another_list_has_in_another_cluster_are_named():
    others = sorted(set(NOW("cluster_membership")["source_id"]) - {"paper"})
    anhui = rows("cluster_membership", adcode=340000, source_id=others)
    assert "Anhui is in " in reason("Q33")
    assert "Anhui" not in reason("Q33", Change("drop", "cluster_membership", anhui))
