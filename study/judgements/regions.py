"""Where the projects are, section 2.2: what evidence leaves open about the provinces, and what the lists settle."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product

import pandas as pd

from compendium.ledger.evidence import Data
from compendium.ledger.judges import Judgement
from compendium.ledger.judging import Judged, bounded, missing
from study import bounds
from study.judgements.registry import judges
from study.layout import (
    EVIDENCE,
    TIER,
    Known,
    apart,
    end_of,
    fewest_of,
    known,
    largest_bar,
    leading,
    named,
    names,
    never,
    reached,
    rival_of,
    settled,
    smallest_total,
    study,
    sure_of,
    tightest_last,
)

COAST = ("bohai_rim", "yangtze_delta", "pearl_delta")
NONE = {"zh": "无", "en": "none"}
ANSWERS = {
    (True, True): ("必然成立", "must hold"),
    (False, True): ("不能定", "is open"),
    (False, False): ("不可能", "is impossible"),
}


def decided(
    claim: pd.Series,
    ends: tuple,
    view: Known,
    said: tuple[str, str],
    wanted: tuple[Iterable[int], int, int | None] = ((), 0, None),
    levers: Iterable[tuple[str, pd.Index, str]] = (),
) -> Judged:
    """Return what the bounds say of a claim.

    Args:
        claim: row of the table claims.
        ends: bounds, or whether the statement must and may hold.
        view: what is known.
        said: the reason in both languages; before it stands what had to be set aside, so that whoever reads the first
            sentence only reads that.
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
    zh, en = said
    if view.aside:
        zh = f"（{'、'.join(view.aside)}与其他证据矛盾，已搁置）{zh}"
        en = f"({', '.join(view.aside)} set aside, as they contradict other evidence) {en}"
    moved = [(table, tuple(rows), column) for table, rows, column in levers if len(rows)]
    return replace(found, levers=[] if settled(view) else moved).because(zh, en)


def span(low: object, high: object, language: str) -> str:
    """Return a number, or an interval in words."""
    if low == high:
        return f"{low}"
    return f"{low}至{high}" if language == "zh" else f"{low} to {high}"


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
        def judge(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
            view = known(data, evidence_tier, period(claim))
            return missing("printed") if view is None else judgement(claim, data, view)

        return judgement

    return register


@judges_layout("Q24")
def everywhere(claim: pd.Series, data: Data, view: Known) -> Judged:
    """The fewest and the most provinces that can have a project."""
    low, high = bounds.covered(view.problem)
    by_year = reached(view)
    told_zh = "、".join(f"{year}年{n}个" for year, n in by_year.items())
    told_en = ", ".join(f"{n} in {year}" for year, n in by_year.items())
    rows = view.problem.evidence
    most, year = max(by_year.values(), default=0), max(by_year, key=lambda y: by_year[y], default=0)
    none = rows[(rows["upper"] == 0) & (rows["period_start"] <= year) & (rows["period_end"] >= year)]
    late = sorted(set(none["adcode"]) & set(rows.loc[rows["lower"] > 0, "adcode"]))
    zh = f"各批合起来{f'正好{high}' if low == high else f'至少{low}个、至多{high}'}个省有项目。"
    en = f"in all, {span(low, high, 'en')} provinces have projects."
    if by_year and late:
        zh = f"{names(late, data, 'zh')}不在其中，别的批次里有项目；{zh}"
        en = f"{names(late, data, 'en')} are not among them and have some in other batches; {en}"
    if by_year:
        zh = f"已知省份数的批次最多覆盖{most}个省（{year}年）；{zh}各批的省份数：{told_zh}。"
        en = f"No batch whose number is known covers more than {most} provinces ({year}); {en} By batch: {told_en}."
    en = en[:1].upper() + en[1:]
    widest = view.coverage[view.coverage["provinces"] == most]
    wanted = view.problem.provinces, 1, None
    return decided(claim, (low, high), view, (zh, en), wanted, each("pilot_batches", widest, "provinces"))


@judges_layout("Q25")
def coastal(claim: pd.Series, data: Data, view: Known) -> Judged:
    """Whether the three coastal regions, read broadly, must or may have more than half of the projects."""
    provinces = study(data)
    coast = provinces.index[provinces["cluster_broad"].isin(COAST)]
    ends = bounds.group(view.problem, coast)
    shares = [f"{100 * end / view.whole:.1f}%" for end in ends]
    answer = ends[0] > view.whole / 2, ends[1] > view.whole / 2
    zh, en = (
        f"三个沿海区的{len(coast)}省占项目的{span(shares[0], shares[1], 'zh')}，“过半”{ANSWERS[answer][0]}。"
        "“集中”在此读作过半。",
        f"The {len(coast)} provinces of the three regions hold {span(shares[0], shares[1], 'en')}: a majority "
        f"{ANSWERS[answer][1]}. To concentrate is read as to hold more than half.",
    )
    rows = view.evidence
    free = rows[rows["adcode"].isin(coast) & (rows["period_start"] == rows["period_end"]) & rows["upper"].isna()]
    fixed = rows[(rows["lower"] == rows["upper"]) & (rows["period_end"] > rows["period_start"])]
    free = free[~free["adcode"].isin(fixed["adcode"])]
    most = rows[rows["adcode"].isin(coast)].sort_values("lower", ascending=False, kind="stable")
    levers = [(EVIDENCE, free.index, "lower"), *each(EVIDENCE, most, "lower")]
    return decided(claim, answer, view, (zh, en), levers=levers)


@judges_layout("Q26")
def leaders_first(claim: pd.Series, data: Data, view: Known) -> Judged:
    """Whether the five must or may be the largest: no other province has more than one of them."""
    five = named(claim["claim_id"], data)
    others = [code for code in view.problem.provinces if code not in five]
    lower = fewest_of(view.problem, five)
    rival, tied = rival_of(view.problem, five)
    most = end_of(view.problem, rival, maximise=True)
    must = all(never(view.problem, lead, other, 0) for lead, other in product(five, [rival, *others]))
    answer = must, must or bounds.possible(leading(view.problem, five))
    last, least = view.problem.years[-1], lower.idxmin()
    zh = (
        f"“五省居前”{ANSWERS[answer][0]}：其中{names([least], data, 'zh')}只能确定有{lower[least]}个，"
        f"五省以外的{names([rival], data, 'zh')}至多{most}个。"
        + (f"{last}年{names([rival], data, 'zh')}不少于{names(tied, data, 'zh')}。" if tied else "")
    )
    en = (
        f"That the five lead {ANSWERS[answer][1]}: {names([least], data, 'en')} has at least "
        f"{lower[least]}; {names([rival], data, 'en')}, outside them, may have up to {most}."
        + (f" In {last} {names([rival], data, 'en')} has no fewer than {names(tied, data, 'en')}." if tied else "")
    )
    return decided(claim, answer, view, (zh, en), levers=[(EVIDENCE, smallest_total(view, five).index, "lower")])


@judges_layout("Q27")
def leaders_bar(claim: pd.Series, data: Data, view: Known) -> Judged:
    """The fewest projects that the smallest of the five can have, and the most."""
    five, bar = named("Q26", data), int(claim["value_low"])
    lower = fewest_of(view.problem, five)
    ends = int(lower.min()), largest_bar(view.problem, five)
    over, under = lower.index[lower >= bar], lower.index[lower < bar]
    open_zh = "、".join(f"{names([code], data, 'zh')} {lower[code]}" for code in under)
    open_en = ", ".join(f"{names([code], data, 'en')} {lower[code]}" for code in under)
    undated = view.evidence.loc[view.evidence["adcode"].isin(five) & view.evidence["assumes"].eq("period"), "adcode"]
    undated_zh, undated_en = (names(undated.unique(), data, tongue) for tongue in ("zh", "en"))
    zh = f"五省中最少的一省有{span(*ends, 'zh')}个；能确定达到{bar}个的：{names(over, data, 'zh')}" + (
        f"（{undated_zh}据没有日期的来源）。" if len(undated) else "。"
    )
    zh += f"其余的下界：{open_zh}。" if len(under) else ""
    en = f"The smallest of the five has {span(*ends, 'en')}; {bar} are certain for: {names(over, data, 'en')}" + (
        f" ({undated_en} by an undated source)." if len(undated) else "."
    )
    en += f" Lower bounds of the rest: {open_en}." if len(under) else ""
    levers = [(EVIDENCE, smallest_total(view, five).index, "lower")]
    return decided(claim, ends, view, (zh, en), (five, bar, None), levers)


@judges_layout("Q28")
def fewest(claim: pd.Series, data: Data, view: Known) -> Judged:
    """Whether each of the four must or may have fewer projects than every other province."""
    four = named(claim["claim_id"], data)
    others = [code for code in view.problem.provinces if code not in four]
    ends = [bounds.group(view.problem, [code]) for code in four]
    must = all(never(view.problem, other, few, 1) for other, few in product(others, four))
    levels = range(max(low for low, _ in ends), view.whole // len(others))
    answer = must, must or any(apart(view.problem, four, others, level) for level in levels)
    rows, most = view.problem.evidence, max(high for _, high in ends)
    silent = [code for code in four if code not in set(rows["adcode"])]
    zeros = len(set(others) - set(rows.loc[rows["lower"] > 0, "adcode"]))
    zh = (
        f"“四省最少”{ANSWERS[answer][0]}：四省中有一省可能多到{most}个项目"
        + (
            f"，其余{len(others)}省中有{zeros}省，在所用的证据里一个项目也没有提到。"
            if zeros
            else "，其他省都有证据说它有项目。"
        )
        + (f"没有一行证据说到{names(silent, data, 'zh')}。" if silent else "")
    )
    en = (
        f"That the four have fewest {ANSWERS[answer][1]}: one may have up to {most}; "
        + (
            f"for {zeros} others no evidence of this tier names a project."
            if zeros
            else "rows show a project for all others."
        )
        + (f" No row speaks of {names(silent, data, 'en')}." if silent else "")
    )
    return decided(claim, answer, view, (zh, en), levers=each(EVIDENCE, sure_of(view, four), "lower"))


@judges_layout("Q29")
def one_each(claim: pd.Series, data: Data, view: Known) -> Judged:
    """Whether each of the four must or may have the printed number."""
    four, number = named("Q28", data), int(claim["value_low"])
    wanted = dict.fromkeys(four, number)
    ends = [bounds.group(view.problem, [code]) for code in four]
    must = all(end == (number, number) for end in ends)
    answer = must, must or bounds.possible(view.problem, wanted, wanted)
    zh_en = [
        [f"{names([code], data, tongue)} {span(*found, tongue)}" for code, found in zip(four, ends, strict=True)]
        for tongue in ("zh", "en")
    ]
    zh = f"“四省各有{number}个”{ANSWERS[answer][0]}：{'、'.join(zh_en[0])}。"
    en = f"That each of the four has {number} {ANSWERS[answer][1]}: {', '.join(zh_en[1])}."
    return decided(claim, answer, view, (zh, en), (four, number, number), each(EVIDENCE, sure_of(view, four), "lower"))


@judges_layout("Q31")
def figure_values(claim: pd.Series, data: Data, view: Known) -> Judged:
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
    both_zh, both_en = (names(shared, data, tongue) if len(shared) else none for tongue, none in NONE.items())
    if view.missing:
        lists = list(map(str, view.missing))
        return missing("printed").because(
            f"图1的数值只在图片里，没有读出；论文以外的证据只定下{len(fixed)}个省。"
            f"这些省是：{names(fixed, data, 'zh')}；论文的文字给出{exact}个；两边都有确数的：{both_zh}。"
            f"工业和信息化部{'、'.join(lists)}年的名单和图1的数值可以定案：都存在，没有得到。",
            f"The image of Figure 1 was not read; other evidence fixes {len(fixed)} provinces. "
            f"The values stand in the image only. Fixed are {names(fixed, data, 'en')}; the paper's text gives "
            f"{exact}; exact on both sides: {both_en}. The ministry's lists of "
            f"{', '.join(lists)} and the values of the figure would settle it; they exist and were not obtained.",
            view.evidence[view.evidence["adcode"].isin(fixed)],
        )
    found = totals["lower"]
    off = found.index[(found < paper["lower"].fillna(0)) | (found > paper["upper"].fillna(view.whole))]
    answer = bool(exact == len(found) and off.empty), off.empty
    zh = f"名单给出全部{len(found)}个省的数；论文的文字给出{exact}个。与文字不合的省：{names(off, data, 'zh')}。"
    en = (
        f"The lists give the numbers of all {len(found)} provinces; the paper's text gives {exact}. Provinces at odds "
        f"with the text: {names(off, data, 'en')}."
    )
    return decided(claim, answer, view, (zh, en))
