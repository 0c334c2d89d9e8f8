"""Where the projects are: evidence and complete lists, all made up where they are not ours, turn the verdicts."""

import ctypes
import re

import made_up
import pandas as pd
import pytest
from planted import NOW, YEARS, drop, judged, listed, put, verdict

from compendium.ledger import recording
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.flips import find_smallest_flip
from study.bounds import constraints, placements, regional
from study.judgements import judges, regions

EVIDENCE = "pilot_province_evidence"
ALL = ("Q24", "Q25", "Q26", "Q27", "Q28", "Q29", "Q31")
UNSETTLED = dict.fromkeys(ALL[:-1], "open") | {"Q24": "bounded", "Q27": "bounded"}
HEBEI, JILIN, ANHUI, SHANDONG, HENAN = 130000, 220000, 340000, 370000, 410000
COAST = [110000, 120000, HEBEI, 210000, 310000, 320000, 330000, SHANDONG, 440000]
UNDATED = drop(EVIDENCE, evidence_id="E076")


@pytest.fixture(scope="module")
def fitting():
    """Return counts by province and year that fit all that the paper says."""
    five, four = regions.list_claim_provinces("Q26", NOW), regions.list_claim_provinces("Q28", NOW)
    problem = regions.collect_project_evidence(NOW, 4, independent=False).problem
    others = [code for code in problem.provinces if code not in five + four]
    problem = placements.add_total_bounds(placements.add_total_bounds(problem, four, 1, 1), others, lower=2)
    return regional.find_bound_attaining_table(
        regions.add_leaders_largest(placements.add_total_bounds(problem, five, 18), five), five, maximise=True
    )


def with_lists(counts, complete=YEARS, stage="final"):
    """Return the tables with made-up lists of these counts, complete in some years."""
    return listed(made_up.projects(NOW.c.tables, counts.stack()), complete, stage)


def moved(counts, year, giver, taker, number):
    """Return counts with projects of a year moved from one province to another."""
    counts = counts.copy()
    counts.loc[giver, year] -= number
    counts.loc[taker, year] += number
    return counts


def assess_all(data):
    return {claim: judges.assess(claim, data) for claim in ALL}


def change(evidence_id, value, column="lower"):
    return put(EVIDENCE, column, value, evidence_id=evidence_id)


def said(found):
    return found.verdict, found.judged.computed, found.judged.reason.en


def test_four_complete_lists_decide(fitting):
    whole = with_lists(fitting)
    found = assess_all(whole)
    assert {claim: a.verdict for claim, a in found.items()} == dict.fromkeys(ALL[:-1], "traced") | {"Q31": "open"}
    assert find_smallest_flip(judges, "Q29", whole).verdict == "contradicted", "one project of the four withdrawn"
    for a in found.values():
        assert (a.sources, a.grade, a.trust) == ((made_up.SOURCE,), "A", "ok") and len(
            {*zip(a.judged.rows["table"], a.judged.rows.index, strict=True)}
        ) == 305
        assert "not obtained" not in a.judged.reason.en
    made = placements.crosstab_projects(whole, placements.list_projects_on_full_lists(whole))
    pd.testing.assert_frame_equal(made, fitting, check_names=False, check_dtype=False)
    totals = regional.bound_province_totals(regions.collect_project_evidence(whole).problem).set_index("adcode")
    assert (totals["lower"] == fitting.sum(axis=1)).all() and (totals["upper"] == totals["lower"]).all()


def test_complete_lists_of_another_shape_contradict(fitting):
    inland = fitting.copy()
    for year in YEARS:
        for code in COAST:
            inland = moved(inland, year, code, HENAN, inland.loc[code, year])
    found = assess_all(with_lists(inland))
    assert {found[claim].verdict for claim in ALL[:5]} == {"contradicted"}
    poor = fitting
    for year in YEARS[:3]:
        poor = moved(poor, year, ANHUI, HEBEI, fitting.loc[ANHUI, year])
    assert poor.loc[ANHUI].sum() < 18 and judges.assess("Q27", with_lists(poor)).verdict == "contradicted"
    half, coast = fitting.copy(), placements.select_study_provinces(NOW)["cluster_broad"].isin(regions.COAST)
    half.loc[HENAN, 2018] += 1
    while half[coast].to_numpy().sum() > 153:  # of 306, of which half is not more than half
        code, year = half[coast].stack().idxmax()
        half = moved(half, year, code, HENAN, 1)
    assert judges.assess("Q25", with_lists(half)).verdict == "contradicted"
    ahead = fitting.copy()
    ahead.loc[HEBEI, 2018] += (
        fitting.loc[regions.list_claim_provinces("Q26", NOW)].sum(axis=1).min() - fitting.loc[HEBEI].sum()
    )
    assert judges.assess("Q26", with_lists(ahead)).verdict == "traced", "equal to the last of the five"
    ahead.loc[HEBEI, 2018] += 1
    assert judges.assess("Q26", with_lists(ahead)).verdict == "depends on the reading", (
        "each of the five still has many"
    )
    tied, least = fitting, fitting.sum(axis=1).drop(regions.list_claim_provinces("Q28", NOW)).idxmin()
    while tied.loc[least].sum() > 1:  # no more than each of the four
        tied = moved(tied, tied.loc[least].idxmax(), least, SHANDONG, 1)
    assert judges.assess("Q28", with_lists(tied)).verdict == "contradicted"
    giver = fitting.drop([JILIN])[2018].idxmax()
    two, order = (judges.assess(name, with_lists(moved(fitting, 2018, giver, JILIN, 1))) for name in ("Q29", "Q31"))
    assert two.verdict == order.verdict == "contradicted"
    assert "Jilin 2" in two.judged.reason.en and "Jilin" in order.judged.reason.en


def test_one_complete_list_replaces_its_year_only(fitting):
    view = regions.collect_project_evidence(with_lists(moved(fitting, 2018, SHANDONG, HEBEI, 3), complete=(2018,)))
    assert regional.bound_group_total(view.problem, [SHANDONG], [2018]) == (fitting.loc[SHANDONG, 2018] - 3,) * 2
    assert view.missing == (2015, 2016, 2017)
    kept = set(view.evidence["evidence_id"])
    assert "E056" in kept and not kept & {"E060", "E061", "E010"}
    before, after = (
        regional.bound_province_totals(problem)
        for problem in (regions.collect_project_evidence(NOW).problem, view.problem)
    )
    assert (after["upper"] - after["lower"]).sum() < (before["upper"] - before["lower"]).sum()


def test_a_list_tells_how_many_projects_its_batch_has(fitting):
    larger = fitting.copy()
    larger.loc[HEBEI, 2018] += 1
    assert regions.collect_project_evidence(with_lists(larger)).problem.batches == {
        2015: 46,
        2016: 63,
        2017: 97,
        2018: 100,
    }


@pytest.mark.parametrize("seed", range(8))
def test_any_spread_of_the_projects_can_be_judged(seed, capfd):
    """Four lists settle what one bounds; whatever they hold, reasons are whole and nothing else is printed."""
    whole, one = (made_up.drawn(NOW.c.tables, seed, years) for years in (YEARS, [2017]))
    found, single = assess_all(with_lists(whole)), assess_all(with_lists(one, complete=(2017,)))
    smallest, reached = (
        whole.loc[regions.list_claim_provinces("Q26", NOW)].sum(axis=1).min(),
        (whole.sum(axis=1) > 0).sum(),
    )
    assert [found[claim].judged.computed for claim in ("Q24", "Q27")] == [(reached,) * 2, (smallest,) * 2]
    assert {found[claim].verdict for claim in ALL[:-1]} <= {"traced", "contradicted"}
    assert single["Q31"].verdict == "not obtained" and "2015, 2016, 2018" in single["Q31"].judged.reason.en
    assert f"{(one[2017] > 0).sum()} in 2017" in single["Q24"].judged.reason.en
    for assessed in (*found.values(), *single.values()):
        assert not re.search(r"\b(nan|None|NA)\b", assessed.judged.reason.zh + assessed.judged.reason.en)
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == ""


def test_a_batch_after_the_years_of_the_paper_is_no_part_of_the_table():
    batches = NOW("pilot_batches")
    later = batches[batches["preferred"]].iloc[[-1]].assign(year=2019, projects=60)
    seen = EvidenceTables(NOW.c, known=NOW.known | {"pilot_batches": pd.concat([batches, later], ignore_index=True)})
    assert (
        regions.collect_project_evidence(seen).problem.batches == regions.collect_project_evidence(NOW).problem.batches
    )
    assert (
        regions.collect_project_evidence(seen, years=(*YEARS, 2019)).whole
        == regions.collect_project_evidence(NOW).whole + 60
    )


def test_a_list_outweighs_the_rows_it_contradicts(fitting):
    years = (2015, 2016, 2017)
    beyond = fitting.copy()
    for year in years:
        taken = beyond.drop(SHANDONG)[year].gt(0)
        for code in taken.index[taken][:8]:
            beyond = moved(beyond, year, code, SHANDONG, 1)
    assert beyond.loc[SHANDONG, list(years)].sum() > 34
    found = judges.assess("Q26", with_lists(beyond, complete=years)).judged
    assert "(E056 set aside, as they contradict other evidence) " in found.reason.en
    assert "（E056与其他证据矛盾，已搁置）" in found.reason.zh and "E056" not in set(found.rows["constraint"])


@pytest.mark.parametrize(("years", "stage"), [((), "final"), (YEARS, "public_notice")])
def test_a_list_that_is_not_final_and_complete_changes_nothing(fitting, years, stage):
    same = with_lists(moved(fitting, 2018, HEBEI, JILIN, 1), years, stage)
    for claim in ("Q24", "Q27", "Q31"):
        assert said(judged(claim)) == said(judges.assess(claim, same))


def test_open_statements_name_the_lists_that_were_not_obtained():
    lists = NOW("records").set_index("record_id").loc[["R01", "R02", "R03", "R04"]]
    for claim in ALL[:-1]:
        assert verdict(claim) == verdict(claim, evidence_tier=1) == UNSETTLED[claim]
        assert all(name in recording.describe_missing_records(claim, True, NOW)["en"] for name in lists["record_en"])


COUNTED = sorted(set(NOW("pilot_batches")["provinces"].dropna()))
EVERYWHERE = put("pilot_batches", "provinces", 31.0, year=2017, provinces=COUNTED)


@pytest.mark.parametrize(
    ("claims", "changes", "words"),
    [
        (["Q27"], [change("E076", 17)], "contradicted"),
        (["Q26"], [change("E076", 6)], "contradicted"),
        (["Q29"], [change("E021", 2)], "contradicted"),
        (["Q28"], [change("E021", 20)], "contradicted"),
        (["Q24"], [EVERYWHERE], "traced"),
        # Without rows the records are named.
        (ALL, [drop(EVIDENCE)], UNSETTLED | {"Q31": "not obtained"}),
        (ALL, [drop("pilot_batches", year=2016)], dict.fromkeys(ALL, "not obtained")),
    ],
)
def test_evidence_turns_the_verdicts(claims, changes, words):
    words = words if isinstance(words, dict) else dict.fromkeys(claims, words)
    assert {claim: verdict(claim, *changes) for claim in claims} == words


def test_what_contradicts_is_what_decides():
    found = judged("Q27", change("E076", 17)).judged
    assert set(found.rows["evidence_id"]) == {"E076", "E077", "E078"}
    assert judged("Q24", EVERYWHERE).judged.computed == (31, 31)


def test_the_paper_is_no_evidence_for_itself():
    paper = NOW(EVIDENCE)[lambda t: (t["source_id"] == "paper") | (t["leans_on"] == "paper")]["evidence_id"]
    for claim in ALL[:-1]:
        assert said(judged(claim)) == said(judged(claim, drop(EVIDENCE, evidence_id=list(paper))))
    assert not set(judged("Q29").judged.rows.get("evidence_id")) & {"E022", "E023", "E103", "E104"}


def test_the_tier_is_the_reader_s_choice():
    assert "Zhejiang 10" in judged("Q27").judged.reason.en
    assert "Zhejiang 10" not in judged("Q27", evidence_tier=4).judged.reason.en
    kept = {tier: set(regions.collect_project_evidence(NOW, tier).rows["constraint"]) for tier in constraints.TIERS}
    assert "E113" in kept[5] and "E113" not in kept[4] and "coverage 2016" not in kept[2]


def test_rows_that_contradict_each_other_are_set_aside_and_named():
    def aside(*changes, **choices):
        return regions.collect_project_evidence(NOW.having(*changes), **choices).aside

    assert set(aside(change("E061", 12))) == {"E060", "E061"}
    assert aside(change("E010", 3, "upper"), change("E010", 4)) == ("E010",), "its lower bound exceeds its upper one"
    both = aside(change("E021", 2), independent=False)
    assert set(both) & {"E020", "E022"} and "E021" not in both
    computed = regions.collect_project_evidence(NOW.having(change("E056", 40)))
    assert computed.aside == () and "E053" not in set(computed.rows["constraint"]), "rows computed from others follow"


def test_a_count_without_a_date_is_told_with_the_number_that_rests_on_it():
    dated, bare = (judged("Q27", *changes).judged.reason for changes in ([], [UNDATED]))
    assert "7 to 25" in dated.en and "Guangdong (Guangdong if an undated count covers these years)" in dated.en
    assert "（广东的数没有写年份，要属这几年才算）" in dated.zh
    assert "2 to 34" in bare.en and "undated" not in bare.en and "没有写年份" not in bare.zh


@pytest.mark.parametrize(("most", "tied"), [(4, []), (3, [JILIN]), (2, [JILIN])])
def test_a_leader_that_another_province_is_sure_to_equal_is_named(most, tied):
    columns = ["evidence_id", "adcode", "lower", "upper"]
    facts = pd.DataFrame([("E1", HEBEI, 3, None), ("E2", JILIN, 0, most)], columns=columns)
    facts = facts.assign(period_start=2018, period_end=2018)
    problem = constraints.CountProblem((HEBEI, JILIN, SHANDONG), {2018: 9}, facts, {})
    assert placements.find_strongest_rival(problem, [JILIN, SHANDONG]) == (HEBEI, tied)
