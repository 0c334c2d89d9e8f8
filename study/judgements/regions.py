"""Where the projects are, section 2.2: what evidence leaves open about the provinces, and what the lists settle.

The table of projects by province and year is not known; `known` collects what constrains it. A list of the ministry
that is complete gives the counts of its year and replaces whatever else is said of that year.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from compendium.ledger.evidence import Data, joined, outside
from compendium.ledger.judging import Judged, bounded, missing
from study import bounds
from study.judgements.registry import judges

TIER = 3
COAST = ("bohai_rim", "yangtze_delta", "pearl_delta")
ANSWERS = {
    (True, True): ("必然成立", "must hold"),
    (False, True): ("不能定", "is open"),
    (False, False): ("不可能", "is impossible"),
}


@dataclass(frozen=True)
class Known:
    """What is known of the table of projects.

    Attributes:
        problem: the constraints, free of contradictions.
        lists, evidence, batches, coverage: the raw rows behind them, each with the name of its constraint.
        aside: names of the constraints left out since they contradict others.
        missing: years whose list is not complete.
    """

    problem: bounds.Problem
    lists: pd.DataFrame
    evidence: pd.DataFrame
    batches: pd.DataFrame
    coverage: pd.DataFrame
    aside: tuple[str, ...]
    missing: tuple[int, ...]

    @property
    def rows(self) -> pd.DataFrame:
        """All raw rows."""
        return joined([self.lists, self.evidence, self.batches, self.coverage])

    @property
    def whole(self) -> int:
        """The projects of all years."""
        return sum(self.problem.batches.values())


def study(data: Data) -> pd.DataFrame:
    """Return the provinces of the study by adcode."""
    rows = data("provinces")
    return rows[rows["in_study"]].set_index("adcode")


def named(claim_id: str, data: Data) -> list[int]:
    """Return the adcodes of the provinces that the paper names for a claim, as ordered."""
    items, codes = data("claim_items"), study(data).reset_index().set_index("province_zh")["adcode"]
    items = items[items["claim_id"] == claim_id].sort_values("position")
    return codes.reindex(items["item_zh"]).dropna().astype(int).tolist()


def names(codes: Iterable[int], data: Data, language: str) -> str:
    """Return a list of provinces in Chinese or English."""
    found = study(data).loc[list(codes), f"province_{language}"]
    return ("、" if language == "zh" else ", ").join(found) or "–"


def listed(data: Data) -> pd.DataFrame:
    """Return the projects on final lists that are complete, with the year of the list."""
    lists = data("pilot_lists")
    lists = lists[lists["complete"] & (lists["stage"] == "final")].set_index("list_id")
    rows = outside(data("pilot_projects"))
    rows = rows[rows["list_id"].isin(lists.index)]
    return rows.assign(year=rows["list_id"].map(lists["year"]).astype(int))


def sizes(data: Data) -> pd.DataFrame:
    """Return the preferred row of each batch, outside the paper."""
    rows = outside(data("pilot_batches"))
    return rows[rows["preferred"]].drop_duplicates("year").sort_values("year")


def coverage(data: Data) -> pd.DataFrame:
    """Return for each batch the row that prints its number of provinces, the preferred one if there are several."""
    rows = outside(data("pilot_batches")).dropna(subset="provinces").sort_values("preferred")
    return rows.drop_duplicates("year", keep="last").sort_values("year")


def counts(data: Data) -> pd.DataFrame:
    """Return the projects on complete lists by province (rows) and year (columns)."""
    rows, provinces = listed(data), study(data).index
    found = pd.crosstab(rows["adcode"], rows["year"]) if len(rows) else pd.DataFrame()
    return found.reindex(provinces, fill_value=0)


def known(data: Data, tier: int = TIER, years: Iterable[int] | None = None, independent: bool = True) -> Known | None:
    """Collect what is known of the projects by province and year; None if a year has neither a list nor a size.

    Args:
        data: the tables.
        tier: the tier up to which evidence is used.
        years: years of the table; default: all that have a batch.
        independent: leave out the paper, what leans on it, and rows computed from other rows, which say nothing new.
    """
    lists, given = listed(data), counts(data)
    batch, cover = (rows[~rows["year"].isin(given.columns)] for rows in (sizes(data), coverage(data)))
    totals = pd.concat([batch.set_index("year")["projects"], given.sum()]).astype(int).sort_index()
    years = list(totals.index if years is None else years)
    if not years or not set(years) <= set(totals.index):
        return None
    batch, cover, lists = (rows[rows["year"].isin(years)] for rows in (batch, cover, lists))
    given, totals = given[[year for year in given if year in years]], totals[years]
    evidence = data("pilot_province_evidence")
    told = outside(evidence)
    firm = told[told["leans_on"].ne("other_row")]
    soft = set(evidence["evidence_id"]) - set(firm["evidence_id"])
    evidence = firm if independent else evidence
    spans = [set(range(r.period_start, r.period_end + 1)) for r in evidence.itertuples()]
    fits = np.array([bool(span <= set(years) and span - set(given)) for span in spans], dtype=bool)
    evidence = evidence[fits & (evidence["tier"] <= tier)]
    exact = [
        (f"list {year} {code}", code, year, year, number, number, "project", 1)
        for year, column in given.items()
        for code, number in column.items()
    ]
    columns = ["evidence_id", "adcode", "period_start", "period_end", "lower", "upper", "counts", "tier"]
    every = pd.concat([evidence[columns], pd.DataFrame(exact, columns=columns)]) if exact else evidence
    cover = cover if tier >= 3 else cover.head(0)
    covered = cover.set_index("year")["provinces"].astype(int)
    problem, aside = agreed(bounds.problem(every, totals, covered, given.index, tier), soft)
    frames = (
        lists.assign(constraint=[f"list {r.year} {r.adcode}" for r in lists.itertuples()]),
        evidence.assign(constraint=evidence["evidence_id"]),
        batch.assign(constraint=[f"batch {year}" for year in batch["year"]]),
        cover.assign(constraint=[f"coverage {year}" for year in cover["year"]]),
    )
    frames = (frame[~frame["constraint"].isin(aside)] for frame in frames)
    return Known(problem, *frames, aside, tuple(year for year in years if year not in given))


def agreed(problem: bounds.Problem, soft: set[str]) -> tuple[bounds.Problem, tuple[str, ...]]:
    """Return a problem without the constraints that contradict others, and their names.

    Of a contradicting group, `soft` rows yield first, those of the paper and those computed from others; then all other
    rows of evidence but the lists; then the numbers of provinces.
    """
    aside: list[str] = []
    while group := bounds.conflict(problem):
        rows = [name for name in group if name in set(problem.evidence["evidence_id"]) and not name.startswith("list ")]
        yielding = ([name for name in rows if name in soft], rows, [n for n in group if n.startswith("coverage ")])
        aside += next(names for names in yielding if names)
        problem = replace(
            problem,
            evidence=problem.evidence[~problem.evidence["evidence_id"].isin(aside)].reset_index(drop=True),
            coverage={year: n for year, n in problem.coverage.items() if f"coverage {year}" not in aside},
        )
    return problem, tuple(aside)


def saying(problem: bounds.Problem, codes: Iterable[int], lower: int = 0, upper: int | None = None) -> bounds.Problem:
    """Return a problem in which each of some provinces has a total from `lower` to `upper` as well."""
    rows = pd.DataFrame({"adcode": list(codes)}).assign(
        evidence_id=lambda t: [f"said of {code}" for code in t["adcode"]],
        period_start=problem.years[0],
        period_end=problem.years[-1],
        lower=pd.array([lower], dtype="Int64")[0],
        upper=pd.array([upper], dtype="Int64")[0],
    )
    rows = rows.astype({"lower": "Int64", "upper": "Int64"})
    return replace(problem, evidence=pd.concat([problem.evidence, rows[problem.evidence.columns]], ignore_index=True))


def leading(problem: bounds.Problem, leaders: Iterable[int]) -> bounds.Problem:
    """Return a problem in which each of the leaders has at least as many projects as every other province."""
    return replace(problem, leaders=tuple(leaders), leaders_largest=True)


def largest_bar(problem: bounds.Problem, codes: list[int]) -> int:
    """Return the largest number that all of some provinces can reach at once."""
    low, high = 0, sum(problem.batches.values()) // len(codes)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if bounds.possible(saying(problem, codes, lower=middle)) else (low, middle - 1)
    return low


def never(problem: bounds.Problem, one: int, other: int, below: int) -> bool:
    """Tell whether in no possible table the total of `one` less that of `other` is under `below`."""
    least = bounds.extremes(problem, {one: 1, other: -1})["lower"]
    return bool(least[one] - least[other] >= below)


# The verdicts


def decided(
    claim: pd.Series,
    ends: tuple,
    view: Known,
    said: tuple[str, str],
    wanted: tuple[Iterable[int], int, int | None] = ((), 0, None),
    levers: Iterable[tuple[str, pd.DataFrame, str]] = (),
) -> Judged:
    """Return what the bounds say of a claim.

    Args:
        claim: row of the table claims.
        ends: bounds, or whether the statement must and may hold.
        view: what is known.
        said: the reason in both languages; what would settle an open statement is added.
        wanted: what the statement says of each of some provinces, as `saying` takes it. If some cannot have it, the
            lists and the rows on these decide; else, or where there are none, all rows do.
        levers: tables with rows and a column, what may be changed to look for another verdict.
    """
    codes, *limits = wanted
    rows = tightest_last(view, codes)
    found = bounded(claim, ends, rows)
    if found.agreement == "differs":
        against = [code for code in codes if not bounds.possible(saying(view.problem, [code], *limits))]
        about = rows[rows["adcode"].isin(against) | (rows["table"] == "pilot_projects")] if against else rows
        found = replace(found, rows=rows if about.empty else about)
    zh, en = said
    if found.agreement == "interval" and view.missing:
        zh += f"工业和信息化部 {'、'.join(map(str, view.missing))} 年的名单可以定案：名单公布过，没有得到。"
        lists = ", ".join(map(str, view.missing))
        en += f" The ministry's lists of {lists} would settle it; they were published and were not obtained."
    if view.aside:
        zh += f"与其他证据矛盾而搁置：{'、'.join(view.aside)}。"
        en += f" Set aside, as they contradict other evidence: {', '.join(view.aside)}."
    moved = [(table, tuple(rows.index), column) for table, rows, column in levers if not rows.empty]
    return replace(found, levers=[] if settled(view) else moved).because(zh, en)


def settled(view: Known) -> bool:
    """Tell whether rows fix every count by themselves: to move one would only contradict the others."""
    rows = view.evidence
    exact = rows[(rows["lower"] == rows["upper"]) & (rows["period_start"] == rows["period_end"])]
    exact = exact[exact["counts"] == "project"].drop_duplicates(["adcode", "period_start"])
    return len(exact) >= len(view.problem.provinces) * len(view.problem.batches)


def tightest_last(view: Known, codes: Iterable[int]) -> pd.DataFrame:
    """Return the rows, last those on the province with the fewest listed projects: to lose one says most there."""
    rows, number = view.rows, view.lists["adcode"].value_counts().reindex(list(codes)).dropna()
    if number.empty:
        return rows
    last = rows["adcode"] == number.idxmin()
    return joined([rows[~last], rows[last]])


def span(low: object, high: object, language: str) -> str:
    """Return a number, or an interval in words."""
    if low == high:
        return f"{low}"
    return f"{low} 至 {high}" if language == "zh" else f"{low} to {high}"


def each(table: str, rows: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame, str]]:
    """Return rows as levers, one by one."""
    return [(table, rows.loc[[row]], column) for row in rows.index]


EVIDENCE = "pilot_province_evidence"


def period(claim: pd.Series) -> range:
    """Return the years that a claim speaks of."""
    return range(int(claim["year_start"]), int(claim["year_end"]) + 1)


@judges("Q24")
def everywhere(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
    """The fewest and the most provinces that can have a project."""
    view = known(data, evidence_tier, period(claim))
    if view is None:
        return missing("printed")
    low, high = bounds.covered(view.problem)
    by_year = {int(r.year): int(r.provinces) for r in view.coverage.itertuples()}
    told_zh = "、".join(f"{year} 年 {n} 个" for year, n in by_year.items())
    told_en = ", ".join(f"{n} in {year}" for year, n in by_year.items())
    rows = view.problem.evidence
    late = sorted(set(rows.loc[rows["upper"] == 0, "adcode"]) & set(rows.loc[rows["lower"] > 0, "adcode"]))
    zh = f"有项目的省份：{span(low, high, 'zh')} 个。"
    en = f"Provinces with projects: {span(low, high, 'en')}."
    if by_year:
        zh += f"各批的省份数：{told_zh}。"
        en += f" Provinces by batch: {told_en}."
    if by_year and late:
        zh += f"{names(late, data, 'zh')}在有的批次没有、在别的批次有。"
        en += f" {names(late, data, 'en')} have none in some batches and some in others."
    widest = view.coverage.sort_values(["provinces", "year"]).tail(1)
    wanted = view.problem.provinces, 1, None
    return decided(claim, (low, high), view, (zh, en), wanted, [("pilot_batches", widest, "provinces")])


@judges("Q25")
def coastal(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
    """Whether the three coastal regions, read broadly, must or may have more than half of the projects."""
    view = known(data, evidence_tier, period(claim))
    if view is None:
        return missing("printed")
    provinces = study(data)
    coast = provinces.index[provinces["cluster_broad"].isin(COAST)]
    ends = bounds.group(view.problem, coast)
    shares = [f"{100 * end / view.whole:.1f}%" for end in ends]
    answer = tuple(end > view.whole / 2 for end in ends)
    zh, en = (
        f"“集中”读作过半：沿海 {len(coast)} 省占 {span(*shares, 'zh')}，{ANSWERS[answer][0]}。",
        f"Concentrated is read as more than half: the {len(coast)} coastal provinces hold "
        f"{span(*shares, 'en')}, so that it {ANSWERS[answer][1]}.",
    )
    rows = view.evidence
    free = rows[rows["adcode"].isin(coast) & (rows["period_start"] == rows["period_end"]) & rows["upper"].isna()]
    fixed = rows[(rows["lower"] == rows["upper"]) & (rows["period_end"] > rows["period_start"])]
    free = free[~free["adcode"].isin(fixed["adcode"])]
    return decided(claim, answer, view, (zh, en), levers=[(EVIDENCE, free, "lower")])


@judges("Q26")
def leaders_first(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
    """Whether the five must or may be the largest: no other province has more than one of them."""
    view = known(data, evidence_tier, period(claim))
    if view is None:
        return missing("printed")
    five = named(claim["claim_id"], data)
    others = [code for code in view.problem.provinces if code not in five]
    lower = fewest_of(view.problem, five)
    rival, tied = rival_of(view.problem, five)
    most = end_of(view.problem, rival, maximise=True)
    must = all(never(view.problem, lead, other, 0) for lead, other in product(five, [rival, *others]))
    answer = must, must or bounds.possible(leading(view.problem, five))
    last, least = view.problem.years[-1], lower.idxmin()
    zh = (
        f"五省是最大的五省，{ANSWERS[answer][0]}：五省中下界最小的是{names([least], data, 'zh')}，{lower[least]} 个；"
        f"{names([rival], data, 'zh')}至多 {most} 个。"
        + (f"{last} 年{names([rival], data, 'zh')}不少于{names(tied, data, 'zh')}。" if tied else "")
    )
    en = (
        f"That the five are the largest {ANSWERS[answer][1]}: of the five, {names([least], data, 'en')} has the "
        f"smallest lower bound, {lower[least]}; {names([rival], data, 'en')} has at most {most}."
        + (f" In {last} {names([rival], data, 'en')} has no fewer than {names(tied, data, 'en')}." if tied else "")
    )
    return decided(claim, answer, view, (zh, en), levers=[(EVIDENCE, smallest_total(view, five), "lower")])


def fewest_of(problem: bounds.Problem, codes: Iterable[int]) -> pd.Series:
    """Return the lower bounds of some provinces."""
    return pd.Series({code: end_of(problem, code, maximise=False) for code in codes})


def end_of(problem: bounds.Problem, code: int, *, maximise: bool) -> int:
    """Return one bound of the total of a province."""
    return int(bounds.allocation(problem, [code], maximise=maximise).loc[code].sum())


def rival_of(problem: bounds.Problem, leaders: list[int]) -> tuple[int, list[int]]:
    """Return the province outside the leaders that is sure of most in the last year, and the leaders it equals then."""
    last, rows = problem.years[-1], problem.evidence.fillna({"upper": max(problem.batches.values())})
    rows = rows[rows["period_start"] == last].groupby("adcode").agg({"lower": "max", "upper": "min"})
    rows = rows.reindex(problem.provinces).fillna({"lower": 0, "upper": problem.batches[last]}).astype(int)
    rival = rows.drop(leaders)["lower"].idxmax()
    return rival, [code for code in leaders if rows.at[code, "upper"] <= rows.at[rival, "lower"]]


def smallest_total(view: Known, codes: Iterable[int]) -> pd.DataFrame:
    """Return the row that prints the smallest total, over all years, of one of some provinces; none if none does."""
    rows, years = view.evidence, view.problem.years
    over = (rows["period_start"] == years[0]) & (rows["period_end"] == years[-1])
    rows = rows[rows["adcode"].isin(codes) & over & (rows["lower"] == rows["upper"]) & (rows["counts"] == "project")]
    return rows.sort_values("lower").head(1)


@judges("Q27")
def leaders_bar(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
    """The fewest projects that the smallest of the five can have, and the most."""
    view = known(data, evidence_tier, period(claim))
    if view is None:
        return missing("printed")
    five, bar = named("Q26", data), int(claim["value_low"])
    lower = fewest_of(view.problem, five)
    ends = int(lower.min()), largest_bar(view.problem, five)
    over, under = lower.index[lower >= bar], lower.index[lower < bar]
    open_zh = "、".join(f"{names([code], data, 'zh')} {lower[code]}" for code in under)
    open_en = ", ".join(f"{names([code], data, 'en')} {lower[code]}" for code in under)
    zh = f"五省中最少的一个有 {span(*ends, 'zh')} 个。必有 {bar} 个的：{names(over, data, 'zh')}。" + (
        f"其余的下界：{open_zh}。" if len(under) else ""
    )
    en = f"The smallest of the five has {span(*ends, 'en')}. Sure of {bar}: {names(over, data, 'en')}." + (
        f" Lower bounds of the rest: {open_en}." if len(under) else ""
    )
    return decided(claim, ends, view, (zh, en), (five, bar, None), [(EVIDENCE, smallest_total(view, five), "lower")])


@judges("Q28")
def fewest(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
    """Whether each of the four must or may have fewer projects than every other province."""
    view = known(data, evidence_tier, period(claim))
    if view is None:
        return missing("printed")
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
        f"四省都少于其他各省，{ANSWERS[answer][0]}：四省的上界最高 {most} 个；"
        f"其他省中有 {zeros} 个，没有一行证据说它有项目。"
        + (f"没有一行证据说到{names(silent, data, 'zh')}。" if silent else "")
    )
    en = (
        f"That the four have fewer than all others {ANSWERS[answer][1]}: their upper bounds reach {most}, and for "
        f"{zeros} of the others no row shows a project."
        + (f" No row speaks of {names(silent, data, 'en')}." if silent else "")
    )
    return decided(claim, answer, view, (zh, en), levers=each(EVIDENCE, sure_of(view, four), "lower"))


def apart(problem: bounds.Problem, few: Iterable[int], many: Iterable[int], level: int) -> bool:
    """Tell whether some provinces can all have at most `level` projects while the others all have more."""
    return bounds.possible(saying(saying(problem, few, upper=level), many, lower=level + 1))


def sure_of(view: Known, codes: Iterable[int]) -> pd.DataFrame:
    """Return the rows of evidence that are sure of a project in one of some provinces."""
    rows = view.evidence
    return rows[rows["adcode"].isin(codes) & (rows["lower"] >= 1)]


@judges("Q29")
def one_each(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
    """Whether each of the four must or may have the printed number."""
    view = known(data, evidence_tier, period(claim))
    if view is None:
        return missing("printed")
    four, number = named("Q28", data), int(claim["value_low"])
    ends = [bounds.group(view.problem, [code]) for code in four]
    must = all(end == (number, number) for end in ends)
    answer = must, must or bounds.possible(saying(view.problem, four, number, number))
    zh_en = [
        [f"{names([code], data, tongue)} {span(*found, tongue)}" for code, found in zip(four, ends, strict=True)]
        for tongue in ("zh", "en")
    ]
    zh = f"四省各有 {number} 个，{ANSWERS[answer][0]}。四省的界：{'、'.join(zh_en[0])}。"
    en = f"That each of the four has {number} {ANSWERS[answer][1]}. Bounds of the four: {', '.join(zh_en[1])}."
    return decided(claim, answer, view, (zh, en), (four, number, number), each(EVIDENCE, sure_of(view, four), "lower"))


@judges("Q31")
def figure_values(claim: pd.Series, data: Data, evidence_tier: int = TIER) -> Judged:
    """Whether the lists, once complete, fit what the paper prints of single provinces."""
    view, years = known(data, evidence_tier, period(claim)), period(claim)
    if view is None:
        return missing("printed")
    evidence = data(EVIDENCE)
    paper = evidence[(evidence["source_id"] == "paper") & (evidence["period_start"] == years[0])]
    paper = paper[(paper["period_end"] == years[-1]) & (paper["basis"] == "paper_text")]
    paper = paper.groupby("adcode").agg({"lower": "max", "upper": "min"}).reindex(view.problem.provinces)
    exact = int((paper["lower"] == paper["upper"]).sum())
    totals = bounds.totals(view.problem).set_index("adcode")
    fixed = totals.index[totals["lower"] == totals["upper"]]
    if view.missing:
        years = list(map(str, view.missing))
        return missing("printed").because(
            f"图1的数值只在图片里，没有读出；文字只给出 {exact} 个省的数，论文以外的证据定下 {len(fixed)} 个省"
            f"（{names(fixed, data, 'zh')}），没有可以逐省比较的。"
            f"工业和信息化部 {'、'.join(years)} 年的名单和图1的数值可以定案：都存在，没有得到。",
            f"The values of Figure 1 are in the image only and were not read; the text gives {exact} of them, evidence "
            f"outside the paper fixes {len(fixed)} provinces ({names(fixed, data, 'en')}), so that nothing can be "
            f"compared province by province. The ministry's lists of {', '.join(years)} and the values of the "
            "figure would settle it; they exist and were not obtained.",
        )
    found = totals["lower"]
    off = found.index[(found < paper["lower"].fillna(0)) | (found > paper["upper"].fillna(view.whole))]
    answer = bool(exact == len(found) and off.empty), off.empty
    zh = f"名单给出全部 {len(found)} 个省的数；论文的文字给出 {exact} 个。与文字不合的省：{names(off, data, 'zh')}。"
    en = (
        f"The lists give the numbers of all {len(found)} provinces; the paper's text gives {exact}. Provinces at odds "
        f"with the text: {names(off, data, 'en')}."
    )
    return decided(claim, answer, view, (zh, en))
