"""Judgements on the pilots: a changed, added or missing row turns the verdict as it must."""

import frozen
import pandas as pd
import pytest
from planted import put, rows

from compendium.ledger.evidence import Change, Data
from study.judgements import judges, pilots

C = frozen.compendium()
DATA = Data(C)
SIZES = {2015: 46, 2016: 63, 2017: 97, 2018: 99}


def verdict(claim, *changes, data=DATA):
    return judges.assess(claim, data.having(*changes)).verdict


def with_row(table, row):
    frame = pd.concat([DATA(table), pd.DataFrame([{"table": table} | row], index=[len(DATA(table))])])
    return Data(C, known={**DATA.known, table: frame})


def with_lists(sizes, firms=233, complete=True):
    """The tables with made-up lists in full, in which so many firms hold all projects."""
    lists = DATA("pilot_lists").query("stage == 'final'").assign(complete=True, source_id="govcn-en-2017-10")
    lists.loc[lists["year"] == max(sizes), "complete"] = complete
    names = dict(zip(lists["year"], lists["list_id"], strict=True))
    of = [names[year] for year, size in sizes.items() for _ in range(size)]
    projects = pd.DataFrame({"list_id": of, "source_id": "govcn-en-2017-10", "table": "pilot_projects"})
    projects["enterprise"] = [f"firm {i % firms}" for i in range(len(of))]
    return Data(C, known={**DATA.known, "pilot_lists": lists, "pilot_projects": projects})


def test_the_year_of_the_start_is_asked_of_documents_and_of_pages():
    later = pd.Timestamp(2016, 3, 9)
    page = Change("drop", "claim_evidence", tuple(DATA("claim_evidence").query("evidence_id == 'V148'").index))
    documents = [page, *(put("policy_documents", "date_start", later, doc_id=doc) for doc in ("P09a", "P09e"))]
    assert verdict("Q10", *documents[1:]) == "open", "of one origin, copies as good are all heard"
    pages = put("claim_evidence", "value", 2016.0, evidence_id="V004")
    assert verdict("Q10", *documents) == "contradicted"
    assert verdict("Q10", pages) == "traced", "a page that prints two years settles neither"
    one_year = put("claim_evidence", "value_high", float("nan"), evidence_id="V004")
    assert verdict("Q10", *documents, pages, one_year) == "contradicted"
    assert verdict("Q10", pages, one_year) == "open"


def test_a_page_that_prints_two_years_lends_no_grade():
    one_year = (
        put("claim_evidence", "value_high", float("nan"), claim_id="Q10"),
        put("claim_evidence", "value", 2015.0, claim_id="Q10"),
    )
    assert judges.assess("Q10", DATA).grade == "B" and judges.assess("Q10", DATA.having(*one_year)).grade == "A"


def test_the_modes_hold_for_every_year_for_most_projects_or_for_neither():
    counted = DATA("pilot_batches").query("basis == 'seen' and categories.notna()")

    def all_set(number):
        return Change("set", "pilot_batches", tuple(counted.index), "categories", (number,) * len(counted))

    assert (verdict("Q11", all_set(5)), verdict("Q11", all_set(6))) == ("traced", "contradicted")
    assert verdict("Q11") == "depends on the reading"
    second = put("pilot_batches", "categories", 4, year=2016, stage="final", basis="seen")
    assert verdict("Q11", second) == "open", "99 of 305 projects by five modes, perhaps 196"
    first = put("pilot_batches", "categories", 5, year=2015, stage="final", basis="seen")
    assert verdict("Q11", all_set(6), first) == "mixed", "46 of 305 projects by five modes, at most 143"
    told = judges.assess("Q11", DATA).judged.en
    assert "6 for 2015; 5 for 2016; 5 for 2018." in told and "162 of the 305 projects; at most it can be 259." in told
    for number, most in ((5, 305), (6, 97)):
        assert f"at most it can be {most}." in judges.assess("Q11", DATA.having(all_set(number))).judged.en


def test_another_total_outside_or_in_the_paper_contradicts():
    assert verdict("Q12", put("pilot_cumulative", "projects", 306, source_id="chinadaily-2018-12")) == "contradicted"
    assert verdict("Q12", put("claims", "value_low", 306, claim_id="Q12")) == "contradicted"
    assert verdict("Q13", put("pilot_cumulative", "industries", 93, source_id="chinadaily-2018-12")) == "contradicted"


@pytest.mark.parametrize("stage", ["final", "public_notice"])
def test_a_batch_of_2019_moves_the_total_and_leaves_the_industries_behind(stage):
    batch = {"year": 2019, "stage": stage, "projects": 50, "basis": "seen", "source_id": "machine-tool-2018"}
    data = with_row("pilot_batches", batch)
    assert (verdict("Q12", data=data), verdict("Q13", data=data)) == ("contradicted", "relabelled")
    said = judges.assess("Q12", data).judged
    added = pilots.text("total-added", batches=pilots.text("total-batch", year=2019, n=50), n=355)
    assert f"305{added.en}." in said.en and f"305{added.zh}。" in said.zh


def test_industries_are_told_without_a_batch_that_is_known():
    gone = Change("drop", "pilot_batches", tuple(DATA("pilot_batches").index))
    assert "batch is of –" in judges.assess("Q13", DATA.having(gone)).judged.en


def test_a_batch_rests_on_the_better_of_list_and_difference():
    listed = rows("pilot_batches", source_id="govcn-en-2017-10")
    found = judges.assess("Q16", DATA)
    assert (found.judged.rule, found.grade) == ("printed", "A")
    assert verdict("Q16", put("pilot_batches", "projects", 98, source_id="govcn-en-2017-10")) == "contradicted"
    assert judges.assess("Q16", DATA.having(Change("drop", "pilot_batches", listed))).judged.rule == "recomputed"
    assert verdict("Q17", put("pilot_cumulative", "projects", 207, through_year=2017)) == "contradicted"


def test_lists_in_full_decide_batches_total_and_enterprises():
    data = with_lists(SIZES)
    assert {claim: verdict(claim, data=data) for claim in ("Q12", "Q14", "Q15", "Q16", "Q17", "Q20")} == {
        **dict.fromkeys(("Q12", "Q14", "Q15", "Q16", "Q17"), "traced"),
        "Q20": "traced",
    }
    assert verdict("Q20", data=with_lists(SIZES, firms=232)) == "contradicted"
    fewer = with_lists(SIZES | {2017: 96})
    assert [verdict(claim, data=fewer) for claim in ("Q12", "Q16", "Q20")] == [
        "contradicted",
        "contradicted",
        "traced",
    ]


def test_lists_decide_nothing_before_all_are_there():
    assert verdict("Q20", data=with_lists(SIZES, complete=False)) == "not obtained"
    assert verdict("Q12", data=with_lists(SIZES | {2018: 98}, complete=False)) == "traced"


def test_only_a_target_of_pilot_projects_by_the_end_of_the_plan_is_compared():
    number = put("policy_targets", "value", 200.0, target_id="T45")
    horizon = put("policy_targets", "target_year", 2020, target_id="T45")
    assert verdict("Q22") == verdict("Q22", number) == "indirect"
    assert verdict("Q22", horizon) == "traced"
    assert verdict("Q22", horizon, number) == "contradicted"


def test_without_a_target_what_is_said_of_it_decides_else_the_plan_is_still_to_be_had():
    said = judges.assess("Q22", DATA).judged
    assert said.agreement == "related" and "200 pilot projects by 2018" in said.en and "2020" in said.en
    gone = Change("drop", "claim_evidence", tuple(DATA("claim_evidence").query("claim_id == 'Q22'").index))
    assert verdict("Q22", gone) == "not obtained"
    plan = DATA.records("Q22").iloc[0]["record_en"]
    assert plan in judges.assess("Q22", DATA.having(gone)).judged.en


def test_the_first_batch_alone_has_a_total_that_is_its_size():
    later = Change("drop", "pilot_cumulative", tuple(DATA("pilot_cumulative").query("through_year == 2015").index))
    assert verdict("Q14") == verdict("Q14", later) == "traced"
    first, second = (judges.assess(claim, DATA).judged for claim in ("Q14", "Q15"))
    inferred = pilots.text("batch-inferred", n=46).en
    assert inferred in first.en and "109 − 46 = 63" in second.en
    assert pilots.text("batch-inferred", n=63).en not in judges.assess("Q15", DATA.having(later)).judged.en
    assert judges.assess("Q14", DATA).strength == "firm" and judges.assess("Q14", DATA.having(later)).strength == "weak"


def test_rows_told_beside_those_that_decide_decide_nothing():
    data, told = Data(C), 0
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
