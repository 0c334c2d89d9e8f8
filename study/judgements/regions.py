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
from study import bounds
from study.judgements.registry import judges
from study.layout import EVIDENCE, TIER, Known, fewest_of, known, largest_bar, leading, named, never, rival_of, study

COAST = ("bohai_rim", "yangtze_delta", "pearl_delta")
text = catalogue("study/regions")
ANSWERS = {(True, True): text("answer-must"), (False, True): text("answer-open")}
ANSWERS[False, False] = text("answer-never")


def decided(
    claim: pd.Series,
    ends: tuple,
    view: Known,
    said: TranslatedText,
    wanted: tuple[Iterable[int], int, int | None] = ((), 0, None),
    levers: Iterable[tuple[str, pd.Index, str]] = (),
) -> Judged:
    """Return what the bounds say of a claim.

    Args:
        claim: row of the table claims.
        ends: bounds, or whether the statement must and may hold.
        view: what is known.
        said: the reason; before it stands what had to be set aside, so that whoever reads the first sentence only
            reads that.
        wanted: what the statement says of each of some provinces: their adcodes, the fewest and the most projects (None
            for no limit). If some cannot have it, the lists and the rows on these decide; else, or where there are
            none, all rows do.
        levers: tables with numbers of rows and a column, what may be changed to look for another verdict.
    """
    codes, lower, upper = wanted
    rows = tightest_last(view, codes)
    found = bounded(claim, ends, rows)
    if found.agreement == "differs":
        against = [code for code in codes if not bounds.possible(view.problem, {code: lower}, {code: upper})]
        about = rows[rows["adcode"].isin(against) | (rows["table"] == "pilot_projects")] if against else rows
        found = replace(found, rows=rows if about.empty else about)
    if view.aside:
        said = join_texts([text("aside", rows=join_texts(view.aside)), said], SENTENCE)
    moved = [(table, tuple(rows), column) for table, rows, column in levers if len(rows)]
    return replace(found, levers=[] if settled(view) else moved).told(said)


def tightest_last(view: Known, codes: Iterable[int]) -> pd.DataFrame:
    """Return the rows, last those on the province with the fewest listed projects: to lose one says most there."""
    rows, number = view.rows, view.lists["adcode"].value_counts().reindex(list(codes)).dropna()
    if number.empty:
        return rows
    last = rows["adcode"] == number.idxmin()
    return join_rows([rows[~last], rows[last]])


def settled(view: Known) -> bool:
    """Tell whether rows fix every count by themselves: to move one would only contradict the others."""
    rows = view.evidence
    exact = rows[(rows["lower"] == rows["upper"]) & (rows["period_start"] == rows["period_end"])]
    exact = exact[exact["counts"] == "project"].drop_duplicates(["adcode", "period_start"])
    return len(exact) >= len(view.problem.provinces) * len(view.problem.batches)


def smallest_total(view: Known, codes: Iterable[int]) -> list[tuple[str, pd.Index, str]]:
    """Return as lever the row that prints the smallest total, over all years, of one of some provinces, if one does."""
    rows, years = view.evidence, view.problem.years
    over = (rows["period_start"] == years[0]) & (rows["period_end"] == years[-1])
    rows = rows[rows["adcode"].isin(codes) & over & (rows["lower"] == rows["upper"]) & (rows["counts"] == "project")]
    return [(EVIDENCE, rows.sort_values("lower", kind="stable").index[:1], "lower")]


def sure_of(view: Known, codes: Iterable[int]) -> list[tuple[str, pd.Index, str]]:
    """Return as levers, one by one, the rows of evidence that are sure of a project in one of some provinces."""
    rows = view.evidence
    return each(EVIDENCE, rows[rows["adcode"].isin(codes) & (rows["lower"] >= 1)], "lower")


def span(low: object, high: object) -> object:
    """Return a number, or an interval in words."""
    return low if low == high else text("span", low=low, high=high)


def names(codes: Iterable[int], data: EvidenceTables) -> TranslatedText:
    """Return a list of provinces."""
    found = study(data).loc[list(codes)]
    return join_texts(
        map(make_bilingual_text, found["province_zh"], found["province_en"]), empty=make_bilingual_text("–", "–")
    )


def numbered(numbers: Iterable[tuple[int, object]], data: EvidenceTables) -> TranslatedText:
    """Return a list of provinces, each with a number or an interval."""
    return join_texts(text("province", name=names([code], data), number=number) for code, number in numbers)


def each(table: str, rows: pd.DataFrame, column: str) -> list[tuple[str, pd.Index, str]]:
    """Return rows as levers, one by one."""
    return [(table, rows.index[place : place + 1], column) for place in range(len(rows))]


def period(claim: pd.Series) -> range:
    """Return the years that a claim speaks of."""
    return range(int(claim["year_start"]), int(claim["year_end"]) + 1)


def judges_layout(claim_id: str) -> Callable[[Judgement], Judgement]:
    """Register a function (claim, data, view) that judges a claim by what is known of the years it speaks of."""

    def register(judgement: Judgement) -> Judgement:
        @judges(claim_id)
        def judge(claim: pd.Series, data: EvidenceTables, evidence_tier: int = TIER) -> Judged:
            view = known(data, evidence_tier, period(claim))
            return missing("printed") if view is None else judgement(claim, data, view)

        return judgement

    return register


@judges_layout("Q24")
def everywhere(claim: pd.Series, data: EvidenceTables, view: Known) -> Judged:
    """The fewest and the most provinces that can have a project."""
    low, high = bounds.covered(view.problem)
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
        but = text("everywhere-late", provinces=names(late, data)) if late else NOTHING
        known_batches = text("everywhere-batches", most=most, year=year, late=but, batches=batches)
        said = join_texts([said, known_batches], SENTENCE)
    widest = view.coverage[view.coverage["provinces"] == most]
    wanted = view.problem.provinces, 1, None
    return decided(claim, (low, high), view, said, wanted, each("pilot_batches", widest, "provinces"))


@judges_layout("Q25")
def coastal(claim: pd.Series, data: EvidenceTables, view: Known) -> Judged:
    """Whether the three coastal regions, read broadly, must or may have more than half of the projects."""
    provinces = study(data)
    coast = provinces.index[provinces["cluster_broad"].isin(COAST)]
    ends = bounds.group(view.problem, coast)
    shares = [f"{100 * end / view.whole:.1f}%" for end in ends]
    answer = ends[0] > view.whole / 2, ends[1] > view.whole / 2
    said = text("coastal", provinces=len(coast), share=span(*shares), answer=ANSWERS[answer])
    rows = view.evidence
    free = rows[rows["adcode"].isin(coast) & (rows["period_start"] == rows["period_end"]) & rows["upper"].isna()]
    fixed = rows[(rows["lower"] == rows["upper"]) & (rows["period_end"] > rows["period_start"])]
    free = free[~free["adcode"].isin(fixed["adcode"])]
    most = rows[rows["adcode"].isin(coast)].sort_values("lower", ascending=False, kind="stable")
    levers = [(EVIDENCE, free.index, "lower"), *each(EVIDENCE, most, "lower")]
    return decided(claim, answer, view, said, levers=levers)


@judges_layout("Q26")
def leaders_first(claim: pd.Series, data: EvidenceTables, view: Known) -> Judged:
    """Whether the five must or may be the largest: no other province has more than one of them."""
    five = named(claim["claim_id"], data)
    others = [code for code in view.problem.provinces if code not in five]
    lower = fewest_of(view.problem, five)
    rival, tied = rival_of(view.problem, five)
    most = -bounds.least(view.problem, {rival: -1})
    must = all(never(view.problem, lead, other, 0) for lead, other in product(five, [rival, *others]))
    answer = must, must or bounds.possible(leading(view.problem, five))
    last, least = view.problem.years[-1], lower.idxmin()
    outside_five = names([rival], data)
    said = text(
        "leaders", answer=ANSWERS[answer], last=names([least], data), least=lower[least], rival=outside_five, most=most
    )
    equal = text("leaders-tied", year=last, rival=outside_five, tied=names(tied, data)) if tied else NOTHING
    unused = drop_paper_based_rows(data(EVIDENCE)).query(
        "adcode == @rival and lower == upper and counts == 'enterprise'"
    )
    unused = unused[(unused["period_start"] == view.problem.years[0]) & (unused["period_end"] == last)]
    unused = unused[~unused["evidence_id"].isin(view.evidence["evidence_id"])]
    firms = join_texts(sorted(set(unused["lower"])))
    firms = text("leaders-firms", rival=outside_five, firms=firms) if len(unused) else NOTHING
    told = [said, equal, firms]
    found = decided(claim, answer, view, join_texts(told, SENTENCE), levers=smallest_total(view, five))
    bar, ends = int(data.value("Q27")), (int(lower.min()), largest_bar(view.problem, five))
    enough = text("leaders-many", smallest=span(*ends), bar=bar)
    many = decided(claim, (ends[0] >= bar, ends[1] >= bar), view, enough, (five, bar, None))
    judged = by_reading(claim, {"most": found.told(found.reason, unused), "many": many}, data)
    return replace(judged, levers=found.levers)


@judges_layout("Q27")
def leaders_bar(claim: pd.Series, data: EvidenceTables, view: Known) -> Judged:
    """The fewest projects that the smallest of the five can have, and the most."""
    five, bar = named("Q26", data), int(claim["value_low"])
    lower = fewest_of(view.problem, five)
    ends = int(lower.min()), largest_bar(view.problem, five)
    over, under = lower.index[lower >= bar], lower.index[lower < bar]
    undated = view.evidence.loc[view.evidence["adcode"].isin(five) & view.evidence["assumes"].eq("period"), "adcode"]
    undated = text("bar-undated", provinces=names(undated.unique(), data)) if len(undated) else NOTHING
    answer = ANSWERS[ends[0] >= bar, ends[1] >= bar]
    said = text("bar", smallest=span(*ends), bar=bar, answer=answer, over=names(over, data), undated=undated)
    rest = text("bar-rest", rest=numbered(lower[under].items(), data)) if len(under) else NOTHING
    told = join_texts([said, rest], SENTENCE)
    return decided(claim, ends, view, told, (five, bar, None), smallest_total(view, five))


@judges_layout("Q28")
def fewest(claim: pd.Series, data: EvidenceTables, view: Known) -> Judged:
    """Whether each of the four must or may have fewer projects than every other province."""
    four = named(claim["claim_id"], data)
    others = [code for code in view.problem.provinces if code not in four]
    ends = [bounds.group(view.problem, [code]) for code in four]
    must = all(never(view.problem, other, few, 1) for other, few in product(others, four))
    levels = range(max(low for low, _ in ends), view.whole // len(others))
    apart = (bounds.possible(view.problem, dict.fromkeys(others, n + 1), dict.fromkeys(four, n)) for n in levels)
    answer = must, must or any(apart)
    rows, most = view.problem.evidence, max(high for _, high in ends)
    silent = [code for code in four if code not in set(rows["adcode"])]
    zeros = len(set(others) - set(rows.loc[rows["lower"] > 0, "adcode"]))
    rest = text("fewest-unnamed", others=len(others), unnamed=zeros) if zeros else text("fewest-named")
    said = text("fewest", answer=ANSWERS[answer], most=most, others=rest)
    unheard = text("fewest-silent", provinces=names(silent, data)) if silent else NOTHING
    return decided(claim, answer, view, join_texts([said, unheard], SENTENCE), levers=sure_of(view, four))


@judges_layout("Q29")
def one_each(claim: pd.Series, data: EvidenceTables, view: Known) -> Judged:
    """Whether each of the four must or may have the printed number."""
    four, number = named("Q28", data), int(claim["value_low"])
    wanted = dict.fromkeys(four, number)
    ends = [bounds.group(view.problem, [code]) for code in four]
    must = all(end == (number, number) for end in ends)
    answer = must, must or bounds.possible(view.problem, wanted, wanted)
    found = numbered(zip(four, (span(*end) for end in ends), strict=True), data)
    said = text("one-each", number=number, answer=ANSWERS[answer], bounds=found)
    return decided(claim, answer, view, said, (four, number, number), sure_of(view, four))


@judges_layout("Q31")
def figure_values(claim: pd.Series, data: EvidenceTables, view: Known) -> Judged:
    """Whether the lists, once complete, fit what the paper prints of single provinces."""
    years = period(claim)
    evidence = data(EVIDENCE)
    paper = evidence[(evidence["source_id"] == "paper") & (evidence["period_start"] == years[0])]
    paper = paper[(paper["period_end"] == years[-1]) & (paper["basis"] == "paper_text")]
    paper = paper.groupby("adcode").agg({"lower": "max", "upper": "min"}).reindex(view.problem.provinces)
    exact = int((paper["lower"] == paper["upper"]).sum())
    totals = bounds.totals(view.problem).set_index("adcode")
    fixed = totals.index[totals["lower"] == totals["upper"]]
    shared = fixed.intersection(paper.index[paper["lower"] == paper["upper"]])
    if view.missing:
        alike = names(shared, data) if len(shared) else text("figure-none")
        lists, provinces = join_texts(view.missing), names(fixed, data)
        said = text("figure-unread", fixed=len(fixed), provinces=provinces, told=exact, shared=alike, lists=lists)
        return missing("printed").told(said, view.evidence[view.evidence["adcode"].isin(fixed)])
    found = totals["lower"]
    off = found.index[(found < paper["lower"].fillna(0)) | (found > paper["upper"].fillna(view.whole))]
    answer = bool(exact == len(found) and off.empty), off.empty
    said = text("figure", provinces=len(found), told=exact, odd=names(off, data))
    return decided(claim, answer, view, said)
