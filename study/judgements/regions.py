"""Where the projects are, section 2.2: what evidence leaves open about the provinces, and what the lists settle."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product

import pandas as pd

from compendium.base.texts import NOTHING, SENTENCE, TranslatedText, catalogue, join_texts, make_bilingual_text
from compendium.ledger.evidence import EvidenceTables, drop_paper_based_rows, join_rows
from compendium.ledger.readings import by_reading
from compendium.ledger.rules import Judged, bounded, missing
from compendium.ledger.verdict import Judgement
from study.bounds import regional
from study.bounds.placements import (
    EVIDENCE,
    TIER,
    ProjectEvidence,
    add_leaders_largest,
    collect_project_evidence,
    compute_lower_bounds,
    find_strongest_rival,
    is_difference_at_least,
    list_claim_provinces,
    maximise_common_minimum,
    select_study_provinces,
)
from study.judgements.registry import judges

COAST = ("bohai_rim", "yangtze_delta", "pearl_delta")
text = catalogue("study/regions")
ANSWERS = {(True, True): text("answer-must"), (False, True): text("answer-open")}
ANSWERS[False, False] = text("answer-never")


def judge_by_bounds(
    claim: pd.Series,
    ends: tuple,
    view: ProjectEvidence,
    reason: TranslatedText,
    wanted: tuple[Iterable[int], int, int | None] = ((), 0, None),
    levers: Iterable[tuple[str, pd.Index, str]] = (),
) -> Judged:
    """Return what the bounds say of a claim.

    Args:
        claim: row of the table claims.
        ends: bounds, or whether the statement must and may hold.
        view: what is known.
        reason: the reason; before it stands what had to be set aside, so that whoever reads the first sentence only
            reads that.
        wanted: what the statement says of each of some provinces: their adcodes, the fewest and the most projects (None
            for no limit). If some cannot have it, the lists and the rows on these decide; else, or where there are
            none, all rows do.
        levers: tables with numbers of rows and a column, what may be changed to look for another verdict.
    """
    codes, lower, upper = wanted
    rows = sort_tightest_last(view, codes)
    found = bounded(claim, ends, rows)
    if found.agreement == "differs":
        against = [code for code in codes if not regional.is_feasible(view.problem, {code: lower}, {code: upper})]
        about = rows[rows["adcode"].isin(against) | (rows["table"] == "pilot_projects")] if against else rows
        found = replace(found, rows=rows if about.empty else about)
    if view.aside:
        reason = join_texts([text("aside", rows=join_texts(view.aside)), reason], SENTENCE)
    moved = [(table, tuple(rows), column) for table, rows, column in levers if len(rows)]
    return replace(found, levers=[] if are_counts_fixed(view) else moved).told(reason)


def sort_tightest_last(view: ProjectEvidence, codes: Iterable[int]) -> pd.DataFrame:
    """Return the rows, last those on the province with the fewest listed projects: to lose one says most there."""
    rows, number = view.rows, view.lists["adcode"].value_counts().reindex(list(codes)).dropna()
    if number.empty:
        return rows
    last = rows["adcode"] == number.idxmin()
    return join_rows([rows[~last], rows[last]])


def are_counts_fixed(view: ProjectEvidence) -> bool:
    """Tell whether rows fix every count by themselves: to move one would only contradict the others."""
    rows = view.evidence
    exact = rows[(rows["lower"] == rows["upper"]) & (rows["period_start"] == rows["period_end"])]
    exact = exact[exact["counts"] == "project"].drop_duplicates(["adcode", "period_start"])
    return len(exact) >= len(view.problem.provinces) * len(view.problem.batches)


def find_smallest_total_lever(view: ProjectEvidence, codes: Iterable[int]) -> list[tuple[str, pd.Index, str]]:
    """Return as lever the row that prints the smallest total, over all years, of one of some provinces, if one does."""
    rows, years = view.evidence, view.problem.years
    over = (rows["period_start"] == years[0]) & (rows["period_end"] == years[-1])
    rows = rows[rows["adcode"].isin(codes) & over & (rows["lower"] == rows["upper"]) & (rows["counts"] == "project")]
    return [(EVIDENCE, rows.sort_values("lower", kind="stable").index[:1], "lower")]


def list_certain_project_levers(view: ProjectEvidence, codes: Iterable[int]) -> list[tuple[str, pd.Index, str]]:
    """Return as levers, one by one, the rows of evidence that are sure of a project in one of some provinces."""
    rows = view.evidence
    return make_lever_per_row(EVIDENCE, rows[rows["adcode"].isin(codes) & (rows["lower"] >= 1)], "lower")


def describe_interval(low: object, high: object) -> object:
    """Return a number, or an interval in words."""
    return low if low == high else text("span", low=low, high=high)


def render_province_names(codes: Iterable[int], data: EvidenceTables) -> TranslatedText:
    """Return a list of provinces."""
    found = select_study_provinces(data).loc[list(codes)]
    return join_texts(
        map(make_bilingual_text, found["province_zh"], found["province_en"]), empty=make_bilingual_text("–", "–")
    )


def render_numbered_provinces(numbers: Iterable[tuple[int, object]], data: EvidenceTables) -> TranslatedText:
    """Return a list of provinces, each with a number or an interval."""
    return join_texts(
        text("province", name=render_province_names([code], data), number=number) for code, number in numbers
    )


def make_lever_per_row(table: str, rows: pd.DataFrame, column: str) -> list[tuple[str, pd.Index, str]]:
    """Return rows as levers, one by one."""
    return [(table, rows.index[place : place + 1], column) for place in range(len(rows))]


def list_claim_years(claim: pd.Series) -> range:
    """Return the years that a claim speaks of."""
    return range(int(claim["year_start"]), int(claim["year_end"]) + 1)


def judges_by_project_bounds(claim_id: str) -> Callable[[Judgement], Judgement]:
    """Register a function (claim, data, view) that judges a claim by what is known of the years it speaks of."""

    def register(judgement: Judgement) -> Judgement:
        @judges(claim_id)
        def judge(claim: pd.Series, data: EvidenceTables, evidence_tier: int = TIER) -> Judged:
            view = collect_project_evidence(data, evidence_tier, list_claim_years(claim))
            return missing("printed") if view is None else judgement(claim, data, view)

        return judgement

    return register


@judges_by_project_bounds("Q24")
def judge_provinces_with_projects(claim: pd.Series, data: EvidenceTables, view: ProjectEvidence) -> Judged:
    """The fewest and the most provinces that can have a project."""
    low, high = regional.bound_provinces_with_projects(view.problem)
    told = view.coverage.set_index("year")["provinces"].astype(int)
    counted = view.lists[view.lists["adcode"].isin(view.problem.provinces)].groupby("year")["adcode"].nunique()
    by_year = pd.concat([told, counted]).sort_index().to_dict()
    rows = view.problem.evidence
    most, year = max(by_year.values(), default=0), max(by_year, key=lambda y: by_year[y], default=0)
    none = rows[(rows["upper"] == 0) & (rows["period_start"] <= year) & (rows["period_end"] >= year)]
    late = sorted(set(none["adcode"]) & set(rows.loc[rows["lower"] > 0, "adcode"]))
    exact = text("everywhere-exact", number=low)
    total = exact if low == high else text("everywhere-between", low=low, high=high)
    said = text("everywhere", total=total)
    if by_year:
        batches = join_texts(text("everywhere-batch", year=y, number=number) for y, number in by_year.items())
        but = text("everywhere-late", provinces=render_province_names(late, data)) if late else NOTHING
        known_batches = text("everywhere-batches", most=most, year=year, late=but, batches=batches)
        said = join_texts([said, known_batches], SENTENCE)
    widest = view.coverage[view.coverage["provinces"] == most]
    wanted = view.problem.provinces, 1, None
    return judge_by_bounds(
        claim, (low, high), view, said, wanted, make_lever_per_row("pilot_batches", widest, "provinces")
    )


@judges_by_project_bounds("Q25")
def judge_coastal_share(claim: pd.Series, data: EvidenceTables, view: ProjectEvidence) -> Judged:
    """Whether the three coastal regions, read broadly, must or may have more than half of the projects."""
    provinces = select_study_provinces(data)
    coast = provinces.index[provinces["cluster_broad"].isin(COAST)]
    ends = regional.bound_group_total(view.problem, coast)
    shares = [f"{100 * end / view.whole:.1f}%" for end in ends]
    answer = ends[0] > view.whole / 2, ends[1] > view.whole / 2
    said = text("coastal", provinces=len(coast), share=describe_interval(*shares), answer=ANSWERS[answer])
    rows = view.evidence
    free = rows[rows["adcode"].isin(coast) & (rows["period_start"] == rows["period_end"]) & rows["upper"].isna()]
    fixed = rows[(rows["lower"] == rows["upper"]) & (rows["period_end"] > rows["period_start"])]
    free = free[~free["adcode"].isin(fixed["adcode"])]
    most = rows[rows["adcode"].isin(coast)].sort_values("lower", ascending=False, kind="stable")
    levers = [(EVIDENCE, free.index, "lower"), *make_lever_per_row(EVIDENCE, most, "lower")]
    return judge_by_bounds(claim, answer, view, said, levers=levers)


@judges_by_project_bounds("Q26")
def judge_leading_provinces(claim: pd.Series, data: EvidenceTables, view: ProjectEvidence) -> Judged:
    """Whether the five must or may be the largest: no other province has more than one of them."""
    five = list_claim_provinces(claim["claim_id"], data)
    others = [code for code in view.problem.provinces if code not in five]
    lower = compute_lower_bounds(view.problem, five)
    rival, tied = find_strongest_rival(view.problem, five)
    most = -regional.minimise_weighted_total(view.problem, {rival: -1})
    must = all(is_difference_at_least(view.problem, lead, other, 0) for lead, other in product(five, [rival, *others]))
    answer = must, must or regional.is_feasible(add_leaders_largest(view.problem, five))
    last, least = view.problem.years[-1], lower.idxmin()
    outside_five = render_province_names([rival], data)
    filled = {"last": render_province_names([least], data), "least": lower[least], "rival": outside_five, "most": most}
    said = text("leaders", answer=ANSWERS[answer], **filled)
    equal = (
        text("leaders-tied", year=last, rival=outside_five, tied=render_province_names(tied, data)) if tied else NOTHING
    )
    unused = drop_paper_based_rows(data(EVIDENCE)).query(
        "adcode == @rival and lower == upper and counts == 'enterprise'"
    )
    unused = unused[(unused["period_start"] == view.problem.years[0]) & (unused["period_end"] == last)]
    unused = unused[~unused["evidence_id"].isin(view.evidence["evidence_id"])]
    firms = join_texts(sorted(set(unused["lower"])))
    firms = text("leaders-firms", rival=outside_five, firms=firms) if len(unused) else NOTHING
    told = [said, equal, firms]
    found = judge_by_bounds(
        claim, answer, view, join_texts(told, SENTENCE), levers=find_smallest_total_lever(view, five)
    )
    bar, ends = int(data.value("Q27")), (int(lower.min()), maximise_common_minimum(view.problem, five))
    enough = text("leaders-many", smallest=describe_interval(*ends), bar=bar)
    many = judge_by_bounds(claim, (ends[0] >= bar, ends[1] >= bar), view, enough, (five, bar, None))
    judged = by_reading(claim, {"most": found.told(found.reason, unused), "many": many}, data)
    return replace(judged, levers=found.levers)


@judges_by_project_bounds("Q27")
def judge_leaders_minimum(claim: pd.Series, data: EvidenceTables, view: ProjectEvidence) -> Judged:
    """The fewest projects that the smallest of the five can have, and the most."""
    five, bar = list_claim_provinces("Q26", data), int(claim["value_low"])
    lower = compute_lower_bounds(view.problem, five)
    ends = int(lower.min()), maximise_common_minimum(view.problem, five)
    over, under = lower.index[lower >= bar], lower.index[lower < bar]
    undated = view.evidence.loc[view.evidence["adcode"].isin(five) & view.evidence["assumes"].eq("period"), "adcode"]
    undated = text("bar-undated", provinces=render_province_names(undated.unique(), data)) if len(undated) else NOTHING
    answer = ANSWERS[ends[0] >= bar, ends[1] >= bar]
    smallest, named = describe_interval(*ends), render_province_names(over, data)
    said = text("bar", smallest=smallest, bar=bar, answer=answer, over=named, undated=undated)
    rest = text("bar-rest", rest=render_numbered_provinces(lower[under].items(), data)) if len(under) else NOTHING
    told = join_texts([said, rest], SENTENCE)
    return judge_by_bounds(claim, ends, view, told, (five, bar, None), find_smallest_total_lever(view, five))


@judges_by_project_bounds("Q28")
def judge_fewest_provinces(claim: pd.Series, data: EvidenceTables, view: ProjectEvidence) -> Judged:
    """Whether each of the four must or may have fewer projects than every other province."""
    four = list_claim_provinces(claim["claim_id"], data)
    others = [code for code in view.problem.provinces if code not in four]
    ends = [regional.bound_group_total(view.problem, [code]) for code in four]
    must = all(is_difference_at_least(view.problem, other, few, 1) for other, few in product(others, four))
    levels = range(max(low for low, _ in ends), view.whole // len(others))
    apart = (regional.is_feasible(view.problem, dict.fromkeys(others, n + 1), dict.fromkeys(four, n)) for n in levels)
    answer = must, must or any(apart)
    rows, most = view.problem.evidence, max(high for _, high in ends)
    silent = [code for code in four if code not in set(rows["adcode"])]
    zeros = len(set(others) - set(rows.loc[rows["lower"] > 0, "adcode"]))
    rest = text("fewest-unnamed", others=len(others), unnamed=zeros) if zeros else text("fewest-named")
    said = text("fewest", answer=ANSWERS[answer], most=most, others=rest)
    unheard = text("fewest-silent", provinces=render_province_names(silent, data)) if silent else NOTHING
    return judge_by_bounds(
        claim, answer, view, join_texts([said, unheard], SENTENCE), levers=list_certain_project_levers(view, four)
    )


@judges_by_project_bounds("Q29")
def judge_one_project_each(claim: pd.Series, data: EvidenceTables, view: ProjectEvidence) -> Judged:
    """Whether each of the four must or may have the printed number."""
    four, number = list_claim_provinces("Q28", data), int(claim["value_low"])
    wanted = dict.fromkeys(four, number)
    ends = [regional.bound_group_total(view.problem, [code]) for code in four]
    must = all(end == (number, number) for end in ends)
    answer = must, must or regional.is_feasible(view.problem, wanted, wanted)
    found = render_numbered_provinces(zip(four, (describe_interval(*end) for end in ends), strict=True), data)
    said = text("one-each", number=number, answer=ANSWERS[answer], bounds=found)
    return judge_by_bounds(claim, answer, view, said, (four, number, number), list_certain_project_levers(view, four))


@judges_by_project_bounds("Q31")
def judge_figure_1_values(claim: pd.Series, data: EvidenceTables, view: ProjectEvidence) -> Judged:
    """Whether the lists, once complete, fit what the paper prints of single provinces."""
    years = list_claim_years(claim)
    evidence = data(EVIDENCE)
    paper = evidence[(evidence["source_id"] == "paper") & (evidence["period_start"] == years[0])]
    paper = paper[(paper["period_end"] == years[-1]) & (paper["basis"] == "paper_text")]
    paper = paper.groupby("adcode").agg({"lower": "max", "upper": "min"}).reindex(view.problem.provinces)
    exact = int((paper["lower"] == paper["upper"]).sum())
    totals = regional.bound_province_totals(view.problem).set_index("adcode")
    fixed = totals.index[totals["lower"] == totals["upper"]]
    shared = fixed.intersection(paper.index[paper["lower"] == paper["upper"]])
    if view.missing:
        alike = render_province_names(shared, data) if len(shared) else text("figure-none")
        lists, provinces = join_texts(view.missing), render_province_names(fixed, data)
        said = text("figure-unread", fixed=len(fixed), provinces=provinces, told=exact, shared=alike, lists=lists)
        return missing("printed").told(said, view.evidence[view.evidence["adcode"].isin(fixed)])
    found = totals["lower"]
    off = found.index[(found < paper["lower"].fillna(0)) | (found > paper["upper"].fillna(view.whole))]
    answer = bool(exact == len(found) and off.empty), off.empty
    said = text("figure", provinces=len(found), told=exact, odd=render_province_names(off, data))
    return judge_by_bounds(claim, answer, view, said)
