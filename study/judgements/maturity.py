"""Maturity, section 2.4: the assessment of 2020, its classes, the years after."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.ledger.evidence import Data, outside
from compendium.ledger.judging import Judged, Part, missing, own, parts, printed
from compendium.ledger.printed import printed_value
from study import statistics
from study.judgements.registry import judges

CLASSES = {"Q42": "1", "Q43": "2", "Q44": "3", "Q45": "ge4"}
PARTITION = ["le1", "2", "3", "ge4"]
LEVELS = {
    "lt1": ("一级以下", "below level 1"),
    "1": ("一级", "level 1"),
    "le1": ("一级及以下", "level 1 and below"),
    "2": ("二级", "level 2"),
    "3": ("三级", "level 3"),
    "ge4": ("四级及以上", "level 4 and above"),
    "ge2": ("二级及以上", "level 2 and above"),
}


# The assessment and its classes


def national(data: Data) -> pd.DataFrame:
    """Return the national shares by level that do not come from the paper."""
    rows = outside(data("maturity_levels"))
    return rows[rows["scope"] == "national"]


def jiangsu(data: Data) -> pd.DataFrame:
    """Return the shares by level of Jiangsu."""
    rows = outside(data("maturity_levels"))
    return rows[rows["scope"] == "jiangsu"]


def assessed(data: Data) -> pd.DataFrame:
    """Return the numbers of assessed firms, outside the paper."""
    rows = outside(data("maturity_samples"))
    return rows[rows["measure"] == "firms_assessed"]


@judges("Q40")
def five_years(claim: pd.Series, data: Data) -> Judged:
    """The years from the paper's own start of the pilots to the assessment; no source says where to begin."""
    start, end = int(data.value("Q10")), int(data.claim("Q41")["year_start"])
    return own(claim, float(end - start)).because(
        f"论文没有写从何算起。若从它自己所说的试点起始年{start}年算，到{end}年评估是{end - start}年；"
        "别的起点给出别的数。发展是否“快速”没有指标，不在此检验。",
        f"The paper does not say where the years begin. From its own start of the pilots, {start}, to the assessment "
        f"of {end} it is {end - start} years; another start gives another number. Whether development was fast has "
        "no measure and is not tested.",
    )


@judges("Q41")
def size(claim: pd.Series, data: Data) -> Judged:
    """The number of firms assessed in the year."""
    rows = assessed(data)
    rows = rows[(rows["scope"] == "national") & (rows["year"] == claim["year_start"])]
    if rows.empty:
        return missing("printed")
    zh, en = (
        " / ".join(f"{most * (not row.exact)}{row.value:,.0f}" for row in rows.itertuples())
        for most in ("多于", "more than ")
    )
    return printed(claim, rows, rows["value"], data, exact=rows["exact"]).because(
        f"消息的转载写的是{zh.replace(',', '')}家，都是企业自评。参评企业未必都属于智能制造企业。",
        f"A copy of the news item prints {en} firms, which assessed themselves. "
        "Taking part does not make each of them an intelligent-manufacturing firm.",
    )


@judges(*CLASSES)
def share(claim: pd.Series, data: Data) -> Judged:
    """The share of one class; a share of level 1 and below is no share of level 1, but an upper bound of it."""
    name, rows = CLASSES[claim["claim_id"]], national(data)
    year = rows[(rows["year"] == claim["year_start"]) & (rows["basis"] != "derived")]
    rows = year[year["level_class"].isin([name, "le1"] if name == "1" else [name])]
    if rows.empty:
        return missing("printed")
    value = printed_value(claim)
    alike = rows["level_class"].eq(name) | rows["share_pct"].lt(value.low - value.slack)
    if alike.any():
        rows, alike = rows[alike], alike[alike]
    first = rows.iloc[0]
    zh, en = LEVELS[first["level_class"]]
    judged = printed(claim, rows, rows["share_pct"], data, alike)
    if first["level_class"] == name:
        printed_pct = " / ".join(f"{share:g}%" for share in rows["share_pct"].unique())
        return judged.because(
            f"{zh}：评估的消息写{printed_pct}。写作“{first['wording_zh']}”。",
            f"{en.capitalize()}: {printed_pct} in the news item on the assessment.",
        )
    words = data("excerpts").query("table == 'maturity_levels' and kind == 'verbatim'")
    kept = words["source_id"].isin(rows["source_id"]).any()
    kept_zh, kept_en = ("", "") if kept else ("转载的原文没有留存。", " No words of the copy were kept.")
    others = year[year["level_class"].isin(PARTITION)].drop_duplicates("level_class")["share_pct"].sum()
    return judged.because(
        f"来源把这{first['share_pct']:g}%写作“{first['wording_zh']}”，凡不到二级的企业都在其中；"
        "一级本身占多少没有写明。"
        f"四档合计{others:g}，来源又把这一档称为“{zh}”，所以未达一级的企业若有，也算在内。{kept_zh}",
        f"The source words the {first['share_pct']:g}% as having begun to deploy intelligent manufacturing; this class "
        "holds every firm below level 2; level 1 alone is not printed. "
        f"The four classes add up to {others:g}, and the source also calls the class {en}: firms that miss level 1, if "
        f"there are any, count in it.{kept_en}",
    )


# The years after


def shares_by_year(data: Data) -> pd.DataFrame:
    """Return national shares in %: years by class; where rows of a year differ, the first counts."""
    wide = national(data).pivot_table("share_pct", "year", "level_class", aggfunc="first")
    wide = wide.reindex(columns=[*PARTITION, "ge2"])
    return wide.assign(ge2=wide["ge2"].fillna(wide["2"] + wide["3"] + wide["ge4"]))


def jiangsu_range(known: pd.Series, year: int, rising: bool) -> tuple[float, float]:
    """Return the possible shares of Jiangsu in a year: as printed, else 0 to 100, or less if it never falls."""
    if year in known.index:
        return known[year], known[year]
    earlier, later = known[known.index < year], known[known.index > year]
    return (earlier.max() if rising and len(earlier) else 0.0, later.min() if rising and len(later) else 100.0)


def rest_of_country(data: Data) -> pd.DataFrame:
    """Return, by year, the sharp bounds of the share at level 2 and above outside Jiangsu.

    Returns:
        ge2_pct (whole country), value and exact of both samples, weight_low and weight_high of Jiangsu, and the bounds
        `free_…` without assumption and `rising_…` if the share of Jiangsu never falls; empty where the inputs clash.
    """
    firms = assessed(data).drop_duplicates(["scope", "year"]).set_index("year")
    whole, part = (firms.loc[firms["scope"] == scope, ["value", "exact"]] for scope in ("national", "jiangsu"))
    rest = shares_by_year(data)[["ge2"]].dropna().add_suffix("_pct").join(whole).join(part.add_suffix("_jiangsu"))
    ratio = (rest["value_jiangsu"] / rest["value"]).clip(upper=1.0)
    # "More than" of the whole bounds the weight from above, "more than" of the part from below.
    rest["weight_low"] = ratio.where(rest["exact"].eq(True), 0.0).fillna(0.0)
    rest["weight_high"] = ratio.where(rest["exact_jiangsu"].eq(True), 1.0).fillna(1.0)
    rows = jiangsu(data)
    known = rows[rows["level_class"] == "ge2"].drop_duplicates("year").set_index("year")["share_pct"]
    for name, rising in (("free", False), ("rising", True)):
        ends = [rest_ends(row, jiangsu_range(known, row.Index, rising)) for row in rest.itertuples()]
        rest[[f"{name}_low_pct", f"{name}_high_pct"]] = np.array(ends).reshape(-1, 2)
    return rest


def rest_ends(row: Any, part: tuple[float, float]) -> tuple[float, float]:
    """Return the bounds of the rest in one year, not a number where no share of the rest fits."""
    with suppress(ValueError):
        return statistics.rest_bounds(row.ge2_pct, (row.weight_low, row.weight_high), part)
    return np.nan, np.nan


@judges("Q103")
def stage(claim: pd.Series, data: Data) -> Judged:
    """Initial: most firms are below level 2. Rising: by what the publisher says, else by the bounds outside Jiangsu.

    These start from the first year with a known weight of Jiangsu; without one nothing is known of the rest.
    """
    start, rows, rest = claim["year_start"], national(data), rest_of_country(data)
    low = rows[(rows["year"] == start) & (rows["level_class"] == "le1")].head(1)
    if low.empty or start not in rest.index:
        return missing("printed")
    before, after, last = rest.loc[start], rest.iloc[-1], int(rest.index[-1])
    rises = bool(after["ge2_pct"] > before["ge2_pct"])
    weighed = rest[rest["weight_high"] < 1]
    first = weighed.iloc[0] if len(weighed) else before
    sure = bool(after["free_low_pct"] > first["free_high_pct"])
    used = rows[rows["year"].isin([start, last]) & (rows["level_class"] == "ge2")]
    below = float(low["share_pct"].iloc[0])
    told = data.evidence(claim["claim_id"])
    told = told[told["part_en"] == "rising"]
    risen, behind = (sure or (None if rises else False)), used
    if not told.empty:
        risen, behind = bool((told["comparison"] == "holds").all()), told
    found = [Part("起步", "initial", below > 50, low), Part("提高", "rising", risen, behind)]
    ends = " → ".join(f"{row['free_low_pct']:.0f}–{row['free_high_pct']:.0f}%" for row in (first, after))
    whole = f"{before['ge2_pct']:.0f}% → {after['ge2_pct']:.0f}%"
    trusted = ("", "")
    if len(told):
        trusted = "样本未必相同，我们仍采信这一比较。", "We accept this though the samples need not be the same. "
    levers = [
        ("maturity_levels", (row,), "share_pct") for row in (*low.index, *(used.index[-1:] if told.empty else ()))
    ]
    return replace(parts(found), levers=levers).because(
        f"起步：{start}年有{below:g}%的参评企业不到二级，我们以过半为准。提高：{''.join(told['says_zh'])}{trusted[0]}"
        f"{start}年到{last}年，参评企业中二级及以上{whole}，但参评自愿、样本逐年不同；江苏以外{first.name}年到{last}年{ends}，"
        f"{'可以确定为升' if sure else '升降都不能排除'}。",
        f"Initial: {below:g}% of the firms assessed in {start} miss level 2; we ask for more than half. Rising: "
        f"{' '.join([*told['says_en'], ''])}{trusted[1]}From {start} to {last} the share at level 2 and above goes "
        f"{whole}, but firms choose to take part and every sample is another; outside Jiangsu, {first.name} to {last}, "
        f"{ends}, {'a rise for certain' if sure else 'so neither rise nor fall can be excluded'}.",
        [used, jiangsu(data)],
    )
