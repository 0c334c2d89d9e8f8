"""Judgements on the pilots: a changed, added or missing row turns the verdict as it must."""

import pandas as pd
import pytest
from planted import NOW, coded, drop, judged, put, reason, uncoded, verdict

from compendium.ledger.evidence import Change, Data
from study.judgements import judges, pilots

SIZES = {2015: 46, 2016: 63, 2017: 97, 2018: 99}
LISTED = {"source_id": "govcn-en-2017-10"}
COUNTED = NOW("pilot_batches").query("basis == 'seen' and categories.notna()")
LATER = pd.Timestamp(2016, 3, 9)
DOCUMENTS = put("policy_documents", "date_start", LATER, doc_id=["P09a", "P09e"])
PAGES, ONE_YEAR = coded("V004", "value", 2016.0), coded("V004", "value_high", float("nan"))
NUMBER = put("policy_targets", "value", 200.0, target_id="T45")
HORIZON = put("policy_targets", "target_year", 2020, target_id="T45")
NOT_FIRST = drop("pilot_cumulative", through_year=2015)


def cumulative(column, number):
    return put("pilot_cumulative", column, number, source_id="chinadaily-2018-12")


def modes(number):
    return Change("set", "pilot_batches", tuple(COUNTED.index), "categories", (number,) * len(COUNTED))


def modes_in(year, number):
    return put("pilot_batches", "categories", number, year=year, stage="final", basis="seen")


def with_lists(sizes, firms=233, complete=True):
    """Return the tables with made-up lists in full, in which so many firms hold all projects."""
    lists = NOW("pilot_lists").query("stage == 'final'").assign(complete=True, **LISTED)
    lists.loc[lists["year"] == max(sizes), "complete"] = complete
    names = dict(zip(lists["year"], lists["list_id"], strict=True))
    of = [names[year] for year, size in sizes.items() for _ in range(size)]
    projects = pd.DataFrame({"list_id": of, "table": "pilot_projects"} | LISTED)
    projects["enterprise"] = [f"firm {i % firms}" for i in range(len(of))]
    return Data(NOW.c, known={**NOW.known, "pilot_lists": lists, "pilot_projects": projects})


@pytest.mark.parametrize(
    ("claim_id", "changes", "word"),
    [
        # The year of the start is asked of documents and of pages.
        ("Q10", [DOCUMENTS], "open"),  # of one origin, copies as good are all heard
        ("Q10", [DOCUMENTS, *uncoded("V148")], "contradicted"),
        ("Q10", [PAGES], "traced"),  # a page that prints two years settles neither
        ("Q10", [PAGES, ONE_YEAR], "open"),
        ("Q10", [PAGES, ONE_YEAR, DOCUMENTS, *uncoded("V148")], "contradicted"),
        # The modes hold for every year, for most projects or for neither.
        ("Q11", [], "depends on the reading"),
        ("Q11", [modes(5)], "traced"),
        ("Q11", [modes(6)], "contradicted"),
        ("Q11", [modes_in(2016, 4)], "open"),  # 99 of 305 projects by five modes, perhaps 196
        ("Q11", [modes(6), modes_in(2015, 5)], "mixed"),  # 46 of 305 projects by five modes, at most 143
        ("Q12", [cumulative("projects", 306)], "contradicted"),
        ("Q12", [put("claims", "value_low", 306, claim_id="Q12")], "contradicted"),
        ("Q13", [cumulative("industries", 93)], "contradicted"),
        ("Q14", [NOT_FIRST], "traced"),
        ("Q16", [put("pilot_batches", "projects", 98, **LISTED)], "contradicted"),
        ("Q17", [put("pilot_cumulative", "projects", 207, through_year=2017)], "contradicted"),
        # Only a target of pilot projects by the end of the plan is compared; else what is said of it decides.
        ("Q22", [], "indirect"),
        ("Q22", [NUMBER], "indirect"),
        ("Q22", [HORIZON], "traced"),
        ("Q22", [HORIZON, NUMBER], "contradicted"),
        ("Q22", uncoded("Q22"), "not obtained"),
    ],
)
def test_the_verdict_turns_with_the_rows(claim_id, changes, word):
    assert verdict(claim_id, *changes) == word


@pytest.mark.parametrize(
    ("sizes", "options", "verdicts"),
    [
        (SIZES, {}, dict.fromkeys(("Q12", "Q14", "Q15", "Q16", "Q17", "Q20"), "traced")),
        (SIZES, {"firms": 232}, {"Q20": "contradicted"}),
        (SIZES | {2017: 96}, {}, {"Q12": "contradicted", "Q16": "contradicted", "Q20": "traced"}),
        # They decide nothing before all are there.
        (SIZES, {"complete": False}, {"Q20": "not obtained"}),
        (SIZES | {2018: 98}, {"complete": False}, {"Q12": "traced"}),
    ],
)
def test_lists_in_full_decide_batches_total_and_enterprises(sizes, options, verdicts):
    data = with_lists(sizes, **options)
    assert {claim_id: judges.assess(claim_id, data).verdict for claim_id in verdicts} == verdicts


@pytest.mark.parametrize("stage", ["final", "public_notice"])
def test_a_batch_of_2019_moves_the_total_and_leaves_the_industries_behind(stage):
    batch = {"table": "pilot_batches", "year": 2019, "stage": stage, "projects": 50, "basis": "seen"}
    batches = pd.concat([NOW("pilot_batches"), pd.DataFrame([batch | {"source_id": "machine-tool-2018"}])])
    data = Data(NOW.c, known={**NOW.known, "pilot_batches": batches.reset_index(drop=True)})
    total, industries = (judges.assess(claim_id, data) for claim_id in ("Q12", "Q13"))
    assert (total.verdict, industries.verdict) == ("contradicted", "relabelled")
    added = pilots.text("total-added", batches=pilots.text("total-batch", year=2019, n=50), n=355)
    assert f"305{added.en}." in total.judged.reason.en and f"305{added.zh}。" in total.judged.reason.zh


INFERRED = {n: pilots.text("batch-inferred", n=n).en for n in (46, 63)}


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "unsaid"),
    [
        ("Q11", [], "6 for 2015; 5 for 2016; 5 for 2018.", ""),
        ("Q11", [], "162 of the 305 projects; at most it can be 259.", ""),
        ("Q11", [modes(5)], "at most it can be 305.", ""),
        ("Q11", [modes(6)], "at most it can be 97.", ""),
        ("Q13", [drop("pilot_batches")], "batch is of –", ""),
        ("Q14", [], INFERRED[46], ""),
        ("Q15", [], "109 − 46 = 63", ""),
        ("Q15", [NOT_FIRST], "", INFERRED[63]),
        ("Q22", [], "200 pilot projects by 2018", ""),
        ("Q22", [], "2020", ""),
        ("Q22", uncoded("Q22"), NOW.records("Q22").iloc[0]["record_en"], ""),  # the plan is still to be had
    ],
)
def test_the_reason_tells_what_the_rows_say_and_nothing_else(claim_id, changes, said, unsaid):
    told = reason(claim_id, *changes)
    assert said in told and (not unsaid or unsaid not in told)


@pytest.mark.parametrize(
    ("claim_id", "changes", "grade", "rule"),
    [
        ("Q10", [], "B", "printed"),  # a page that prints two years lends no grade
        ("Q10", [coded("Q10", "value_high", float("nan")), coded("Q10", "value", 2015.0)], "A", "printed"),
        # A batch rests on the better of list and difference.
        ("Q16", [], "A", "printed"),
        ("Q16", [drop("pilot_batches", **LISTED)], "A", "recomputed"),
    ],
)
def test_what_decides_is_the_best_that_is_there(claim_id, changes, grade, rule):
    found = judged(claim_id, *changes)
    assert (found.grade, found.judged.rule) == (grade, rule)


def test_the_first_batch_alone_has_a_total_that_is_its_size():
    assert (judged("Q14").strength, judged("Q14", NOT_FIRST).strength) == ("firm", "weak")
    assert judged("Q22").judged.agreement == "related"


def test_rows_told_beside_those_that_decide_decide_nothing():
    data, told = Data(NOW.c), 0
    for claim in sorted(judges.known.keys() & set(data("claims")["claim_id"])):
        found = judges.assess(claim, data)
        decide = set(zip(found.judged.rows.get("table", ()), found.judged.rows.index, strict=True))
        beside = found.judged.beside
        idle = [place for place in zip(beside.get("table", ()), beside.index, strict=True) if place not in decide]
        changes = [Change("drop", table, (row,)) for table, row in dict.fromkeys(idle)]
        left = judges.assess(claim, data.having(*changes))
        assert (left.verdict, left.sources, left.grade) == (found.verdict, found.sources, found.grade), claim
        told += len(changes)
    assert told > 50
