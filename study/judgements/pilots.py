"""Pilot projects, section 2.2: the action, its modes, the batches, running totals, the target of 100."""

import pandas as pd

from compendium.ledger.evidence import Data, outside, rank, weigh
from compendium.ledger.judging import Judged, Part, missing, parts, printed, recomputed
from study.judgements.registry import judges

TITLE = "智能制造试点示范"


def final_lists(data: Data) -> pd.DataFrame:
    """Return the printed sizes of final lists, outside the paper."""
    rows = outside(data("pilot_batches"))
    return rows[(rows["stage"] == "final") & (rows["basis"] == "seen")]


def totals(data: Data) -> pd.DataFrame:
    """Return the running totals that sources outside the paper print."""
    return outside(data("pilot_cumulative"))


def best(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Return the row with the best source, as a frame."""
    order = sorted(rows.index, key=lambda i: rank(weigh(rows.loc[[i]], True, data)[::-1]))
    return rows.loc[order[:1]]


def difference(year: int, data: Data) -> pd.DataFrame:
    """Return the two running totals whose difference is the batch of `year`, or an empty frame."""
    every = totals(data)
    first = final_lists(data).rename(columns={"year": "through_year"})
    found = []
    for end in (year - 1, year):
        rows = every[every["through_year"] == end]
        if rows.empty and end == first["through_year"].min():
            rows = first[first["through_year"] == end]
        found.append(best(rows, data) if not rows.empty else rows)
    return pd.concat(found) if all(not rows.empty for rows in found) else every.head(0)


@judges("Q10")
def start(claim: pd.Series, data: Data) -> Judged:
    """The year of the first central document on the pilots whose day is known."""
    documents = data("policy_documents")
    named = documents["title_zh"].str.contains(TITLE) & (documents["level"] == "central")
    dated = documents[named & (documents["date_basis"] == "day")].sort_values("date_start")
    first = dated.head(1)
    if first.empty:
        return missing("printed")
    day, list_year = first["date_start"].iloc[0].date(), final_lists(data)["year"].min()
    return printed(claim, first, first["date_start"].dt.year, data).because(
        f"转载把首个通知的日期印为 {day}，首批名单也在 {list_year} 年。通知原文未读到。",
        f"Reports date the first call to {day}; the first list is of {list_year} as well. The call was not read.",
    )


@judges("Q11")
def modes(claim: pd.Series, data: Data) -> Judged:
    """The modes that sources print for each year, against the five that the paper gives to all years."""
    rows = outside(data("pilot_batches"))
    rows = rows[(rows["basis"] == "seen") & rows["categories"].notna()].sort_values("year")
    number = data.value("Q11")
    found = [
        Part(f"{year} 年", str(year), bool((group["categories"] == number).all()), group)
        for year, group in rows.groupby("year")
    ]
    said_zh = "；".join(f"{p.zh} {int(p.rows['categories'].iloc[0])} 类" for p in found)
    said_en = "; ".join(f"{p.en}: {int(p.rows['categories'].iloc[0])}" for p in found)
    return parts(found).because(
        f"来源逐年印出的类数：{said_zh}。论文把同一套模式用于各年。",
        f"Modes or categories that sources print, by year: {said_en}. The paper applies one set to all years.",
    )


@judges("Q14", "Q15", "Q16", "Q17")
def batch(claim: pd.Series, data: Data) -> Judged:
    """The size of a final list: as printed, or as the difference of running totals where that is better evidence."""
    year = int(claim["year_start"])
    listed, pair = final_lists(data), difference(year, data)
    listed = listed[listed["year"] == year]
    notice = outside(data("pilot_batches"))
    notice = notice[(notice["stage"] == "public_notice") & (notice["year"] == year)]["projects"]
    noticed = " / ".join(str(n) for n in sorted(set(notice))) or "–"
    by_list = (
        not pair.empty
        and not listed.empty
        and rank(weigh(listed, True, data)[::-1]) <= rank(weigh(pair, False, data)[::-1])
    )
    if not listed.empty and (by_list or pair.empty):
        said = " / ".join(str(n) for n in sorted(set(listed["projects"])))
        return printed(claim, listed, listed["projects"], data).because(
            f"{year} 年：最终名单的报道印有 {said} 个。公示数：{noticed}。",
            f"{year}: reports of the final list print {said}. Public notice: {noticed}.",
        )
    before, after = pair["projects"]
    return recomputed(claim, after - before, pair).because(
        f"{year} 年：累计数相减，{after} − {before} = {after - before}。公示数：{noticed}。",
        f"{year}: difference of running totals, {after} − {before} = {after - before}. Public notice: {noticed}.",
    )


@judges("Q12")
def total(claim: pd.Series, data: Data) -> Judged:
    """The running total of the last year known, with the lists of later years up to the paper's date added."""
    deadline, every = int(claim["year_end"]), totals(data)
    through = int(every.loc[every["through_year"] <= deadline, "through_year"].max())
    latest, lists = every[every["through_year"] == through], final_lists(data)
    later = lists[lists["year"].between(through + 1, deadline)].drop_duplicates("year")
    if later.empty:
        found = printed(claim, latest, latest["projects"], data)
    else:
        found = recomputed(claim, best(latest, data)["projects"].iloc[0] + later["projects"].sum(), [latest, later])
    added_zh = "".join(f"其后 {r.year} 年的批次为 {r.projects} 个，已加入。" for r in later.itertuples())
    added_en = "".join(f" The {r.projects} of the batch of {r.year} after it are added." for r in later.itertuples())
    said = " / ".join(map(str, sorted(set(latest["projects"]))))
    return found.because(
        f"截至 {through} 年的累计数有 {len(latest)} 处印出：{said}。{added_zh}"
        f"若此后到 {deadline} 年底再无批次，这就是论文所说的数。",
        f"The total through {through} is printed in {len(latest)} places: {said}.{added_en} "
        f"If no batch followed by the end of {deadline}, it is the number the paper gives.",
    )


@judges("Q13")
def industries(claim: pd.Series, data: Data) -> Judged:
    """The number of industries in the last running total that gives one."""
    rows = totals(data).dropna(subset="industries")
    if rows.empty:
        return missing("printed")
    rows = rows[rows["through_year"] == rows["through_year"].max()]
    return printed(claim, rows, rows["industries"], data).because(
        f"{len(rows)} 处印有截至 {rows['through_year'].max()} 年的行业数；用哪一级行业分类没有说明。",
        f"{len(rows)} prints give the industries through {rows['through_year'].max()}; which level of the "
        "classification is meant is not said.",
    )


@judges("Q20")
def firms(claim: pd.Series, data: Data) -> Judged:
    """The number of enterprises, where a running total gives one."""
    rows = totals(data).dropna(subset="enterprises")
    if rows.empty:
        return missing("printed")
    said = " / ".join(f"{n:.0f}" for n in sorted(set(rows["enterprises"])))
    return printed(claim, rows, rows["enterprises"], data).because(
        f"印出的企业数：{said}。", f"Printed numbers of enterprises: {said}."
    )


@judges("Q22")
def target(claim: pd.Series, data: Data) -> Judged:
    """A target for pilot projects that is cumulative and ends with the plan."""
    aims = outside(data("policy_targets"))
    aims = aims[aims["measure_zh"].str.contains("试点示范") & (aims["value"] == data.value("Q22"))]
    aims = aims[aims["target_year"] == int(claim["year_end"])]
    if aims.empty:
        return missing("printed")
    return printed(claim, aims, aims["value"], data).because(
        f"规划印有 {len(aims)} 个这样的目标。", f"Plans print {len(aims)} such targets."
    )
