"""Where the projects are: evidence and complete lists, all made up where they are not ours, turn the verdicts."""

import ctypes
import re
from functools import cache

import frozen
import made_up
import pandas as pd
import pytest

from compendium.ledger import recording
from compendium.ledger.conditions import row_label
from compendium.ledger.evidence import Change, Data, Provenance
from compendium.ledger.flips import nearest
from study import bounds, inequality, layout
from study.judgements import judges, regions

C = frozen.compendium()
EVIDENCE = "pilot_province_evidence"
ALL = ("Q24", "Q25", "Q26", "Q27", "Q28", "Q29", "Q31")
UNSETTLED = dict.fromkeys(ALL[:-1], "open") | {"Q24": "bounded", "Q27": "bounded"}
YEARS = (2015, 2016, 2017, 2018)
JILIN, HEBEI, SHANDONG = 220000, 130000, 370000
BASE = Data(C)


@pytest.fixture(scope="module")
def data():
    return BASE


@cache
def as_it_is(claim):
    """Return a claim as judged from the tables without a change."""
    return judges.assess(claim, BASE)


@pytest.fixture(scope="module")
def fitting(data):
    """Return counts by province and year that fit all that the paper says."""
    five, four = regions.named("Q26", data), regions.named("Q28", data)
    problem = regions.known(data, 4, independent=False).problem
    others = [code for code in problem.provinces if code not in five + four]
    problem = layout.saying(layout.saying(problem, four, 1, 1), others, lower=2)
    return bounds.allocation(regions.leading(layout.saying(problem, five, 18), five), five, maximise=True)


def with_lists(counts, complete=YEARS, stage="final"):
    """Return the tables with made-up lists of these counts, complete in some years."""
    lists = BASE("pilot_lists")
    lists["complete"] = lists["year"].isin(complete) & (lists["stage"] == stage)
    rows = made_up.projects(C.tables, counts.stack()).assign(table="pilot_projects")
    if stage != "final":
        rows["list_id"] = rows["list_id"].str.replace("L", "N")
    provenance = Provenance(C)
    provenance.origins |= {(made_up.SOURCE, ""): ("O-MIIT-PILOT", "origin")}
    provenance.qualities |= {made_up.SOURCE: (False, "A")}
    return Data(C, known=BASE.known | {"pilot_lists": lists, "pilot_projects": rows}, provenance=provenance)


def moved(counts, year, giver, taker, number):
    """Return counts with projects of a year moved from one province to another."""
    counts = counts.copy()
    counts.loc[giver, year] -= number
    counts.loc[taker, year] += number
    return counts


def verdicts(data, *claims, **choices):
    return {claim: judges.assess(claim, data, **choices).verdict for claim in claims}


def row(data, evidence_id):
    rows = data(EVIDENCE)
    return (int(rows.index[rows["evidence_id"] == evidence_id][0]),)


def changed(data, evidence_id, value, column="lower"):
    return data.having(Change("set", EVIDENCE, row(data, evidence_id), column, (value,)))


def test_a_row_is_called_by_its_province_in_either_language(data):
    """The table of evidence has no English name of its own; it refers to provinces, which has."""
    change = Change("set", EVIDENCE, row(data, "E021"), "lower", (9,))
    assert [row_label(data(EVIDENCE), change, data, tongue) for tongue in ("zh", "en")] == ["吉林，E021", "Jilin, E021"]


def test_four_complete_lists_decide(data, fitting):
    whole = with_lists(fitting)
    found = {claim: judges.assess(claim, whole) for claim in ALL}
    assert {claim: a.verdict for claim, a in found.items()} == dict.fromkeys(ALL[:-1], "traced") | {"Q31": "open"}
    assert nearest(judges, "Q29", whole).verdict == "contradicted", "one project of the four withdrawn"
    for a in found.values():
        assert (a.sources, a.grade, a.trust) == ((made_up.SOURCE,), "A", "ok") and len(a.judged.rows) == 305
        assert "not obtained" not in a.judged.en
    problem = regions.known(whole).problem
    totals = bounds.totals(problem).set_index("adcode")
    assert (totals["lower"] == fitting.sum(axis=1)).all() and (totals["upper"] == totals["lower"]).all()
    indices, region = bounds.concentration(problem)[0], bounds.lorenz(problem)
    assert (indices["lower"] == indices["upper"]).all()
    assert region["lower"].to_numpy() == pytest.approx(region["upper"].to_numpy(), abs=1e-12)


def test_complete_lists_can_say_no(fitting):
    giver = fitting.drop([JILIN])[2018].idxmax()
    found = {claim: judges.assess(claim, with_lists(moved(fitting, 2018, giver, JILIN, 1))) for claim in ALL}
    assert found["Q29"].verdict == found["Q31"].verdict == "contradicted"
    assert "Jilin 2" in found["Q29"].judged.en and "Jilin" in found["Q31"].judged.en


def test_lists_of_another_size_or_shape_contradict(fitting):
    anhui = fitting
    for year in YEARS[:3]:
        anhui = moved(anhui, year, 340000, HEBEI, fitting.loc[340000, year])
    assert anhui.loc[340000].sum() < 18
    assert verdicts(with_lists(anhui), "Q27")["Q27"] == "contradicted"
    inland = fitting.copy()
    coast = [110000, 120000, HEBEI, 210000, 310000, 320000, 330000, SHANDONG, 440000]
    for year in YEARS:
        for code in coast:
            inland = moved(inland, year, code, 410000, inland.loc[code, year])
    turned = verdicts(with_lists(inland), *ALL[:5])
    assert turned == dict.fromkeys(ALL[:5], "contradicted")


def test_what_two_tables_say_alike_is_withdrawn_together(fitting):
    """Lists and other evidence both contradict; neither alone can turn the verdict."""
    lists = with_lists(moved(fitting, 2018, fitting.drop([JILIN])[2018].idxmax(), JILIN, 2), complete=(2018,))
    both = changed(lists, "E021", 3)
    assert judges.assess("Q29", both).verdict == "contradicted"
    flip = nearest(judges, "Q29", both)
    assert flip.verdict != "contradicted" and len({change.table for change in flip.changes}) > 1
    assert "Projects known by name" in flip.said.en and "Evidence on provinces" in flip.said.en


def test_one_complete_list_replaces_its_year_only(data, fitting):
    turned = with_lists(moved(fitting, 2018, SHANDONG, HEBEI, 3), complete=(2018,))
    view = regions.known(turned)
    cells = bounds.cells(view.problem).query("year == 2018").set_index("adcode")
    assert (cells["lower"] == cells["upper"]).all() and view.missing == (2015, 2016, 2017)
    assert cells.at[SHANDONG, "lower"] == fitting.loc[SHANDONG, 2018] - 3
    kept = set(view.evidence["evidence_id"])
    assert "E056" in kept and not kept & {"E060", "E061", "E010"}
    before = bounds.totals(regions.known(data).problem)
    after = bounds.totals(view.problem)
    assert (after["upper"] - after["lower"]).sum() < (before["upper"] - before["lower"]).sum()


def test_a_list_tells_how_many_provinces_its_batch_has(fitting):
    said = judges.assess("Q24", with_lists(fitting, complete=(2016,))).judged
    reached = int((fitting[2016] > 0).sum())
    assert f"{reached} in 2016" in said.en and f"2016年{reached}个" in said.zh and "21 in 2015" in said.en


@pytest.mark.parametrize("seed", range(20))
def test_any_spread_of_the_projects_can_be_judged(seed, capfd):
    """Four lists settle what one bounds; whatever they hold, reasons are whole and nothing else is printed."""
    whole, one = made_up.drawn(C.tables, seed, YEARS), made_up.drawn(C.tables, seed, [2017])
    found = {claim: judges.assess(claim, with_lists(whole)) for claim in ALL}
    smallest, reached = whole.loc[regions.named("Q26", BASE)].sum(axis=1).min(), (whole.sum(axis=1) > 0).sum()
    assert [found[claim].judged.computed for claim in ("Q24", "Q27")] == [(reached,) * 2, (smallest,) * 2]
    assert {found[claim].verdict for claim in ALL[:-1]} <= {"traced", "contradicted"}
    single = {claim: judges.assess(claim, with_lists(one, complete=(2017,))) for claim in ALL}
    assert single["Q31"].verdict == "not obtained" and "2015, 2016, 2018" in single["Q31"].judged.en
    assert f"{(one[2017] > 0).sum()} in 2017" in single["Q24"].judged.en
    for judged in (*found.values(), *single.values()):
        assert not re.search(r"\b(nan|None|NA)\b", judged.judged.zh + judged.judged.en)
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == ""


def test_a_bound_that_takes_too_long_to_prove_lies_further_out_and_says_so():
    """With this list of 2017 the least sums of the largest totals take minutes."""
    view = layout.known(with_lists(made_up.drawn(C.tables, 11, [2017]), complete=(2017,)))
    found, attained = (frame.set_index("index") for frame in bounds.concentration(view.problem))
    assert not found["lower_sharp"].any() and found["upper_sharp"].all()
    for name, index in inequality.INDICES.items():
        for end, sign in (("lower", 1), ("upper", -1)):
            totals = attained.loc[name].query("end == @end")["total"].to_numpy()
            assert sign * found.at[name, end] <= sign * index(totals) + 1e-12


def test_a_batch_after_the_years_of_the_paper_is_no_part_of_the_table(data):
    rows = data("pilot_batches")
    later = rows[rows["preferred"]].iloc[[-1]].assign(year=2019, projects=60)
    later.index = [len(rows)]
    seen = Data(C, known=data.known | {"pilot_batches": pd.concat([rows, later])})
    assert regions.known(seen).problem.batches == regions.known(data).problem.batches
    assert regions.known(seen, years=(*YEARS, 2019)).whole == regions.known(data).whole + 60


def test_the_size_of_a_complete_list_is_counted(fitting):
    larger = fitting.copy()
    larger.loc[HEBEI, 2018] += 1
    assert regions.known(with_lists(larger)).problem.batches == {2015: 46, 2016: 63, 2017: 97, 2018: 100}


def test_a_list_outweighs_the_rows_it_contradicts(fitting):
    years = (2015, 2016, 2017)
    beyond = fitting.copy()
    for year in years:
        taken = beyond.drop(SHANDONG)[year].gt(0)
        for code in taken.index[taken][:8]:
            beyond = moved(beyond, year, code, SHANDONG, 1)
    assert beyond.loc[SHANDONG, list(years)].sum() > 34
    found = judges.assess("Q26", with_lists(beyond, complete=years))
    assert found.judged.en.startswith("(E056 set aside, as they contradict other evidence) ")
    assert found.judged.zh.startswith("（E056与其他证据矛盾，已搁置）")
    assert "E056" not in set(found.judged.rows["constraint"])


@pytest.mark.parametrize(("years", "stage"), [((), "final"), (YEARS, "public_notice")])
def test_a_list_that_is_not_final_and_complete_changes_nothing(fitting, years, stage):
    same = with_lists(moved(fitting, 2018, HEBEI, JILIN, 1), years, stage)
    for claim in ("Q24", "Q27", "Q31"):
        first, second = as_it_is(claim), judges.assess(claim, same)
        assert (first.verdict, first.judged.computed, first.judged.en) == (
            second.verdict,
            second.judged.computed,
            second.judged.en,
        )


def test_open_statements_name_the_lists_that_were_not_obtained():
    lists = Data(C)("records").set_index("record_id").loc[["R01", "R02", "R03", "R04"]]
    for claim in ALL[:-1]:
        assert as_it_is(claim).verdict == UNSETTLED[claim]
        unseen = recording.tell_unseen(claim, True, Data(C))
        assert all(name in unseen["en"] for name in lists["record_en"])
        assert all(name in unseen["zh"] for name in lists["record_zh"])
    assert as_it_is("Q31").verdict == "not obtained"


def test_evidence_turns_the_verdicts(data):
    assert verdicts(changed(data, "E076", 17), "Q27")["Q27"] == "contradicted"
    assert verdicts(changed(data, "E076", 6), "Q26")["Q26"] == "contradicted"
    assert verdicts(changed(data, "E021", 2), "Q29")["Q29"] == "contradicted"
    assert verdicts(changed(data, "E021", 20), "Q28")["Q28"] == "contradicted"
    batches = data("pilot_batches")
    of_2017 = tuple(batches.index[(batches["year"] == 2017) & batches["provinces"].notna()])
    everywhere = data.having(Change("set", "pilot_batches", of_2017, "provinces", (31.0,) * len(of_2017)))
    assert judges.assess("Q24", everywhere).judged.computed == (31, 31)
    assert verdicts(everywhere, "Q24")["Q24"] == "traced"


def test_what_contradicts_is_what_decides(data):
    found = judges.assess("Q27", changed(data, "E076", 17))
    assert set(found.judged.rows["evidence_id"]) == {"E076", "E077", "E078"}


def test_the_paper_is_no_evidence_for_itself(data):
    paper = data(EVIDENCE)[lambda t: (t["source_id"] == "paper") | (t["leans_on"] == "paper")]
    without = data.having(Change("drop", EVIDENCE, tuple(paper.index)))
    for claim in ALL[:-1]:
        first, second = as_it_is(claim).judged, judges.assess(claim, without).judged
        assert (first.computed, first.en) == (second.computed, second.en)
    assert not set(as_it_is("Q29").judged.rows.get("evidence_id")) & {"E022", "E023", "E103", "E104"}


def test_rows_computed_from_others_do_not_hold_them_fast(data):
    view = regions.known(changed(data, "E056", 40))
    assert view.aside == () and "E053" not in set(view.rows["constraint"])


def test_the_tier_is_the_reader_s_choice(data):
    assert "Zhejiang 10" in as_it_is("Q27").judged.en
    assert "Zhejiang 10" not in judges.assess("Q27", data, evidence_tier=4).judged.en
    kept = {tier: set(regions.known(data, tier).rows["constraint"]) for tier in bounds.TIERS}
    assert "E113" in kept[5] and "E113" not in kept[4] and "coverage 2016" not in kept[2]
    for claim in ALL[:-1]:
        assert verdicts(data, claim, evidence_tier=1)[claim] == UNSETTLED[claim]


def test_without_rows_the_records_are_named(data):
    bare = data.having(Change("drop", EVIDENCE, tuple(data(EVIDENCE).index)))
    assert verdicts(bare, *ALL) == UNSETTLED | {"Q31": "not obtained"}
    batches = data("pilot_batches")
    nothing = data.having(Change("drop", "pilot_batches", tuple(batches.index[batches["year"] == 2016])))
    assert verdicts(nothing, *ALL) == dict.fromkeys(ALL, "not obtained")


def test_rows_that_contradict_each_other_are_set_aside_and_named(data):
    view = regions.known(changed(data, "E061", 12))
    assert set(view.aside) == {"E060", "E061"}
    turned = changed(changed(data, "E010", 3, "upper"), "E010", 4)
    assert regions.known(turned).aside == ("E010",), "a row whose lower bound exceeds its upper one"
    both = regions.known(changed(data, "E021", 2), independent=False)
    assert set(both.aside) & {"E020", "E022"} and "E021" not in both.aside


def test_a_count_without_a_date_is_told_with_the_number_that_rests_on_it(data):
    drop = data.having(Change("drop", EVIDENCE, row(data, "E076")))
    said, bare = (judges.assess("Q27", tables).judged for tables in (data, drop))
    assert "7 to 25" in said.en and "Guangdong (Guangdong by an undated source)" in said.en
    assert "（广东据没有日期的来源）" in said.zh
    assert "2 to 34" in bare.en and "undated" not in bare.en and "没有日期" not in bare.zh


def test_what_a_row_assumes_stands_in_columns(data):
    """Only the places that an order of provinces need not cover rest on its covering them."""
    rows = data(EVIDENCE)
    places = {110000, 120000, 150000, 310000, 450000, 500000, 540000, 640000, 650000}
    caps = rows[(rows["source_id"] == "machine-tool-2018") & (rows["lower"] == 0)]
    assert set(caps.loc[caps["assumes"] == "order", "adcode"]) == places
    assert rows.loc[rows["source_id"] == "machine-tool-2018", "stage"].eq("public_notice").all()


def test_a_bound_that_is_one_number_is_changed_at_both_ends(data):
    rows = changed(data, "E076", 17)(EVIDENCE).loc[list(row(data, "E076"))]
    assert rows[["lower", "upper"]].to_numpy().tolist() == [[17, 17]]
    rows = changed(data, "E010", 5, "upper")(EVIDENCE).loc[list(row(data, "E010"))]
    assert rows[["lower", "upper"]].to_numpy().tolist() == [[1, 5]]


def test_sums_of_tables_are_shown(fitting):
    seen = with_lists(fitting)
    made = layout.counts(seen, layout.projects(seen))
    pd.testing.assert_frame_equal(made, fitting, check_names=False, check_dtype=False)


@pytest.mark.parametrize(("most", "tied"), [(4, []), (3, [JILIN]), (2, [JILIN])])
def test_a_leader_that_another_province_is_sure_to_equal_is_named(most, tied):
    rows = pd.DataFrame(
        [("E1", HEBEI, 3, None), ("E2", JILIN, 0, most)], columns=["evidence_id", "adcode", "lower", "upper"]
    ).assign(period_start=2018, period_end=2018)
    problem = bounds.Problem((HEBEI, JILIN, SHANDONG), {2018: 9}, rows, {})
    assert layout.rival_of(problem, [JILIN, SHANDONG]) == (HEBEI, tied)
