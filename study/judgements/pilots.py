"""Pilot projects, section 2.2: the action, its modes, the batches, running totals, the target of 100."""

from dataclasses import replace

import pandas as pd

from compendium.ledger.evidence import Data, derived, outside, rank, weigh
from compendium.ledger.judging import Judged, Part, attested, missing, parts, printed, recomputed, unfounded
from study.judgements.registry import judges

BATCHES = ("Q14", "Q15", "Q16", "Q17")


@derived
def counted_lists(data: Data) -> pd.DataFrame:
    """Return the final lists that were obtained in full, each with the number of projects counted in it."""
    lists = data("pilot_lists")
    lists = lists[lists["complete"] & (lists["stage"] == "final")]
    counts = data("pilot_projects")["list_id"].value_counts()
    return lists.assign(projects=lists["list_id"].map(counts).fillna(0).astype(int), preferred=True)


@derived
def printed_sizes(data: Data) -> pd.DataFrame:
    """Return what sources outside the paper print on the sizes of batches; a list obtained in full replaces reports."""
    rows, lists = outside(data("pilot_batches")), counted_lists(data)
    replaced = (rows["stage"] == "final") & rows["year"].isin(lists["year"])
    return pd.concat([lists, rows[(rows["basis"] == "seen") & rows["projects"].notna() & ~replaced]])


@derived
def final_lists(data: Data) -> pd.DataFrame:
    """Return the sizes of final lists, by year and the preferred source first."""
    rows = printed_sizes(data)
    order = {"by": ["year", "preferred"], "ascending": [True, False], "kind": "stable"}
    return rows[rows["stage"] == "final"].sort_values(**order)


@derived
def lists_or_notices(data: Data) -> pd.DataFrame:
    """Return one size for each year: that of the final list, or of the public notice where no list is printed."""
    rows = printed_sizes(data)
    notices = rows[rows["stage"] == "public_notice"].sort_values("projects", ascending=False, kind="stable")
    return pd.concat([final_lists(data), notices]).drop_duplicates("year").sort_values("year")


@derived
def totals(data: Data) -> pd.DataFrame:
    """Return the running totals that sources outside the paper print or that follow from one of them."""
    return outside(data("pilot_cumulative"))


def obtained(first: int, last: int, data: Data) -> pd.DataFrame:
    """Return the projects of all batches from `first` to `last`, if the list of every one was obtained in full."""
    lists = counted_lists(data)
    batches = pd.concat([data("pilot_lists")["year"], data("pilot_batches")["year"]])
    wanted = set(batches[batches.between(first, last)])
    projects = data("pilot_projects")
    return projects[projects["list_id"].isin(lists["list_id"])] if wanted <= set(lists["year"]) else projects.head(0)


def quality(rows: pd.DataFrame, any_row: bool, data: Data) -> tuple[bool, bool, str]:
    """Return the order of preference of `rows`, as good as their best row or as their worst."""
    grade, trust = weigh(rows, any_row, data)
    return rank((trust == "unsafe", grade))


def best(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Return the row with the best source, as a frame."""
    order = sorted(range(len(rows)), key=lambda place: quality(rows.iloc[[place]], True, data))
    return rows.iloc[order[:1]]


def difference(year: int, data: Data) -> pd.DataFrame:
    """Return the two running totals whose difference is the batch of `year`, the first alone, or an empty frame."""
    first = final_lists(data).rename(columns={"year": "through_year"})
    first = first[first["through_year"] == first["through_year"].min()]
    known = totals(data)
    ends = []
    alone = year == known["through_year"].min() == min(int(data.claim(name)["year_start"]) for name in BATCHES)
    for end in (year,) if alone else (year - 1, year):
        rows = known[known["through_year"] == end]
        ends.append(best(first[first["through_year"] == end] if rows.empty else rows, data))
    return pd.concat(ends) if all(len(rows) for rows in ends) else known.head(0)


def route(year: int, data: Data) -> tuple[str, pd.DataFrame]:
    """Return the rule and the rows that tell the size of a batch best: its list, or two running totals."""
    listed, pair = final_lists(data), difference(year, data)
    listed = listed[listed["year"] == year]
    counted = listed["list_id"].notna().any() if "list_id" in listed else False
    if pair.empty or counted or (not listed.empty and quality(listed, True, data) <= quality(pair, False, data)):
        return "printed", listed
    return "recomputed", pair


def size(rule: str, rows: pd.DataFrame) -> int:
    """Return the size of a batch that `route` tells."""
    return int(rows["projects"].iloc[0] if rule == "printed" or len(rows) == 1 else rows["projects"].diff().iloc[-1])


@derived
def sizes(data: Data) -> pd.Series:
    """Return the size of every batch for which `route` finds rows, by year."""
    years = sorted({*printed_sizes(data)["year"], *totals(data)["through_year"]})
    found = {year: route(year, data) for year in years}
    return pd.Series({year: size(*way) for year, way in found.items() if len(way[1])}, name="projects", dtype=int)


def by_column(found: Judged, column: str) -> Judged:
    """Return the same with one column of its rows, row by row and together, as what may be changed.

    The size of a list obtained in full is counted and cannot be changed by itself.
    """
    levers = []
    for table, rows in found.rows.groupby("table", sort=False) if len(found.rows) else ():
        if table != "pilot_lists":
            index = tuple(dict.fromkeys(rows.index))
            levers += [(table, group, column) for group in dict.fromkeys([index, *((row,) for row in index)])]
    return replace(found, levers=levers)


def slashed(values: pd.Series) -> str:
    """Return the different numbers of a column as text: `97 / 98`."""
    return " / ".join(f"{value:.0f}" for value in sorted(set(values.dropna()))) or "–"


@judges("Q10")
def start(claim: pd.Series, data: Data) -> Judged:
    """The year of the first central document on the pilots whose day is known, and the year that pages print."""
    documents, said = data("policy_documents"), data.evidence(claim["claim_id"])
    central = documents["on_pilots"] & (documents["level"] == "central")
    dated = documents[central & (documents["date_basis"] == "day")]
    first = dated[dated["date_start"] == dated["date_start"].min()]
    years = [*first["date_start"].dt.year, *said["value"]]
    day_zh = "".join(f"转载把首个通知的日期写为{day.date()}，通知原文未读到。" for day in first["date_start"].unique())
    day_en = "".join(
        f"Copies date the first call to {d.date()}; the call was not read. " for d in first["date_start"].unique()
    )
    one_year = said["differs_in"].eq("") & said["value_high"].isna()  # a page that prints two years settles neither
    alike = [True] * len(first) + one_year.tolist()
    return printed(claim, [first, said], years, data, alike).because(
        day_zh + "".join(said["says_zh"]), day_en + " ".join(said["says_en"]), said
    )


@judges("Q11")
def modes(claim: pd.Series, data: Data) -> Judged:
    """The modes that sources print for each year, against the five that the paper gives to all years."""
    rows = outside(data("pilot_batches"))
    known = rows[(rows["basis"] == "seen") & rows["categories"].notna()].sort_values("year")
    number = data.value("Q11")
    found = [
        Part(f"{year}年", str(year), bool((group["categories"] == number).all()), group)
        for year, group in known.groupby("year")
    ]
    silent = [str(year) for year in sorted(set(rows["year"]) - set(known["year"]))]
    said_zh = "；".join(f"{p.zh}{slashed(p.rows['categories'])}类" for p in found)
    said_en = "; ".join(f"{slashed(p.rows['categories'])} for {p.en}" for p in found)
    other = [int(p.en) for p in found if not p.holds]
    lists = final_lists(data).drop_duplicates("year")
    apart, total = lists.loc[lists["year"].isin(other), "projects"].sum(), data.value("Q12")
    return by_column(parts(found), "categories").because(
        f"来源逐年所载为：{said_zh}。论文所写的{total:.0f}个项目里，这{number:.0f}种至多管到{total - apart:.0f}个。"
        f"论文没有分年，说它指各年，是我们的读法。没有记载的年份：{'、'.join(silent) or '无'}。",
        f"Sources print {said_en}. Of the {total:.0f} projects of the paper the {number:.0f} modes can cover at most "
        f"{total - apart:.0f}. The paper names no year; that it means all is our reading. Years for which no source "
        f"prints a number: {', '.join(silent) or 'none'}.",
    )


@judges(*BATCHES)
def batch(claim: pd.Series, data: Data) -> Judged:
    """The size of a final list: its own size, or the difference of running totals where that is better evidence."""
    year = int(claim["year_start"])
    rule, rows = route(year, data)
    if rows.empty:
        return missing("printed")
    listed, pair, sizes = final_lists(data), difference(year, data), printed_sizes(data)
    listed = listed[listed["year"] == year]
    notices = sizes[(sizes["stage"] == "public_notice") & (sizes["year"] == year)]
    notice = slashed(notices["projects"])
    public_zh, public_en = (f"公示数：{notice}", f"Public notice: {notice}")
    if notices.empty:
        public_zh, public_en = "公示数没有读到", "The public notice was not read"
    zh, en = [], []
    if not listed.empty:
        zh.append(f"名单{slashed(listed['projects'])}")
        en.append(f"list {slashed(listed['projects'])}")
    if len(pair) == 1:
        zh.append(f"由后一批的公示推出{size('recomputed', pair)}")
        en.append(f"inferred from the notice of the next batch {size('recomputed', pair)}")
    elif not pair.empty:
        sum_up = "{1} − {0} = {2}".format(*pair["projects"], size("recomputed", pair))
        zh.append(f"累计数相减{sum_up}")
        en.append(f"totals {sum_up}")
    if rule == "printed":
        found = printed(claim, rows, rows["projects"], data)
    else:
        found = recomputed(claim, size(rule, rows), rows)
        zh, en = zh[::-1], en[::-1]
    if rule == "recomputed" and not listed.empty:
        grade = weigh(listed, True, data)[0]
        public_zh += f"。单凭名单，等级是{grade}"
        public_en += f". By the list alone the grade is {grade}"
    means_zh, means_en = (
        ("", "") if listed.empty else ("名单指最终名单或其报道。", " The list is the final one or a report of it.")
    )
    return by_column(found, "projects").because(
        f"{year}年：{'，'.join(zh)}。{public_zh}。{means_zh}",
        f"{year}: {', '.join(en)}. {public_en}.{means_en}",
        [listed, pair, notices],
    )


@judges("Q12")
def total(claim: pd.Series, data: Data) -> Judged:
    """All lists counted if they were obtained, else the last running total with later batches added."""
    first, deadline = int(claim["year_start"]), int(claim["year_end"])
    projects = obtained(first, deadline, data)
    if not projects.empty:
        return recomputed(claim, len(projects), projects).because(
            f"各批名单都已得到，数得{len(projects)}个项目。",
            f"All lists were obtained; they hold {len(projects)} projects.",
        )
    known, lists = totals(data), lists_or_notices(data)
    known = known[known["through_year"] <= deadline]
    latest = known[known["through_year"] == known["through_year"].max()]
    through = int(latest["through_year"].iloc[0]) if len(latest) else first - 1
    later = lists[lists["year"].between(through + 1, deadline)]
    if later.empty:
        found = printed(claim, latest, latest["projects"], data)
    else:
        start = best(latest, data)
        found = recomputed(claim, int(start["projects"].sum() + later["projects"].sum()), [start, later])
    batches_zh = "、".join(f"{r.year}年的{r.projects}个" for r in later.itertuples())
    batches_en = ", ".join(f"the {r.projects} of {r.year}" for r in later.itertuples())
    added_zh = "" if later.empty else f"，加上其后各批（{batches_zh}）为{found.computed}"
    added_en = "" if later.empty else f"; with later batches ({batches_en}) it is {found.computed}"
    paper = f"{data.value('Q12'):.0f}"
    return by_column(found, "projects").because(
        f"截至{through}年的累计数见于{len(latest)}处：{slashed(latest['projects'])}{added_zh}。"
        f"若此后到{deadline}年底再无批次，这就是总数；论文写{paper}。",
        f"The total through {through} is printed in {len(latest)} places: {slashed(latest['projects'])}{added_en}. "
        f"If no batch followed by the end of {deadline}, this is the whole; the paper gives {paper}.",
    )


@judges("Q13")
def industries(claim: pd.Series, data: Data) -> Judged:
    """The industries of the last running total that gives them; if batches followed, it held at another time."""
    deadline = int(claim["year_end"])
    rows, lists = totals(data).dropna(subset="industries"), lists_or_notices(data)["year"]
    rows = rows[rows["through_year"] == rows["through_year"].max()]
    last = lists[lists <= deadline].max()
    found = printed(claim, rows, rows["industries"].astype(int), data, alike=~(rows["through_year"] < last))
    return by_column(found, "industries").because(
        f"{len(rows)}处载有截至{slashed(rows['through_year'])}年的行业数：{slashed(rows['industries'])}。"
        f"已知最后一批在{last}年；用哪一级行业分类没有说明。",
        f"{len(rows)} prints give the industries through {slashed(rows['through_year'])}: "
        f"{slashed(rows['industries'])}. The last known batch is of {last}; "
        "which level of the classification is meant is not said.",
    )


@judges("Q20")
def firms(claim: pd.Series, data: Data) -> Judged:
    """The enterprises counted in the lists if all were obtained, else where a running total gives their number."""
    projects = obtained(int(claim["year_start"]), int(claim["year_end"]), data)
    if not projects.empty:
        number = projects["enterprise"].nunique()
        return recomputed(claim, number, projects).because(
            f"各批名单都已得到：{len(projects)}个项目，{number}家企业。",
            f"All lists were obtained: {len(projects)} projects, {number} enterprises.",
        )
    rows = totals(data).dropna(subset="enterprises")
    if rows.empty:
        _, zh, en = unfounded(claim, data)
        return missing("printed").because(
            f"没有读到全国的企业数。{zh}", f"No national number of enterprises was read. {en}"
        )
    said = slashed(rows["enterprises"])
    return printed(claim, rows, rows["enterprises"], data).because(
        f"所载的企业数：{said}。", f"Printed numbers of enterprises: {said}."
    )


@judges("Q97")
def leading(claim: pd.Series, data: Data) -> Judged:
    """Judged by what is said of it; the lists name who leads a project, not who leads an industry."""
    found = attested(claim, data)
    if found.agreement != "none":
        return found
    lists = data.records(claim["claim_id"])
    if lists.empty:
        return found
    return missing("printed").because(
        f"牵头单位的名单有{len(lists)}份，都存在而没有得到；谁是行业龙头，还要有分行业的企业排名。",
        f"{len(lists)} lists that name who leads a project exist and were not obtained; who leads an industry takes a "
        "ranking of firms as well.",
    )


@judges("Q22")
def target(claim: pd.Series, data: Data) -> Judged:
    """A target of pilot projects up to the end of the plan; what counts other things is not the paper's target.

    Without one, what is said of it decides: another target for the same projects is related evidence.
    """
    rows, year = outside(data("policy_targets")), int(claim["year_end"])
    rows = rows[rows["kind"] == "target"]
    aims = rows[(rows["unit"] == claim["unit"]) & (rows["target_year"] == year)]
    if aims.empty:
        near = rows[(rows["value"] == data.value(claim["claim_id"])) & (rows["target_year"] <= year)]
        found, (_, zh, en) = attested(claim, data), unfounded(claim, data)
        if found.agreement == "none":
            found = missing("printed").because(zh, en)
        like_zh = "；".join(f"{r.measure_zh}（{r.target_year}）" for r in near.itertuples())
        like_en = "; ".join(f"{r.measure_en} ({r.target_year})" for r in near.itertuples())
        return found.because(
            f"{found.zh}已读的文件没有以{year}年为期的试点项目目标。"
            f"数值相同的目标，对象或年限都不同：{like_zh or '无'}。"
            "规划若载有这个目标，就能证实；若没有，也不能说没有定过，因为目标据称早于规划。",
            f"{found.en} No document read sets a target of pilot projects by {year}. Targets with the same number "
            f"count other things or end in another year: {like_en or 'none'}. A plan with the target would confirm "
            "it; one without it would not refute it, as the target is said to be older than the plan.",
            near,
        )
    said = slashed(aims["value"])
    return printed(claim, aims, aims["value"], data).because(
        f"以{year}年为期的试点项目目标：{said}。", f"Targets of pilot projects by {year}: {said}."
    )


@judges("Q164")
def beyond(claim: pd.Series, data: Data) -> Judged:
    """The projects against the targets of projects that were read; none is the one that the paper means."""
    rows, lists = outside(data("policy_targets")), lists_or_notices(data)
    aims = rows[(rows["kind"] == "target") & (rows["quantity"] == "pilot_projects")]
    if aims.empty or lists.empty:
        return missing("printed")
    aim, first = aims["value"].max(), lists["year"].min()
    every, later = lists["projects"].sum(), lists.loc[lists["year"] > first, "projects"].sum()
    own = data.value("Q22")
    until = slashed(aims["target_year"])
    return Judged("printed", "related", aims, [bool(later > aim)]).because(
        f"各批名单合计{every:.0f}个，不算{first}年为{later:.0f}个。论文所指的{own:.0f}个的目标没有读到，"
        f"照它是{every / own:.4g}倍；读到的是到{until}年{aim:.0f}个，为其{later / aim:.4g}至{every / aim:.4g}倍。"
        "多少才算大大超过，论文没有说。",
        f"The lists add up to {every:.0f} projects, {later:.0f} without {first}. The target of {own:.0f} that the "
        f"paper means was not read; against it they are {every / own:.4g} times as many. Against the one that was "
        f"read, {aim:.0f} by {until}, they are {later / aim:.4g} to {every / aim:.4g} times as many. How much is far "
        "is not said.",
    )
