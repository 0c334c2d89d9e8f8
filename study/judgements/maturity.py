"""Maturity, section 2.4 and Figure 2: the assessment of 2020, its classes, the years after, the order of industries."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.ledger.evidence import Data, outside
from compendium.ledger.judging import Judged, Part, missing, own, parts, printed, recomputed, unfounded
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
# The paper's words, and the divisions of manufacturing that hold them; the last two are wider than the word.
TERMS = pd.DataFrame(
    [
        ("汽车", "automobiles", "汽车制造业", "mature"),
        ("电器", "electrical appliances", "电气机械和器材制造业", "mature"),
        ("炼油", "oil refining", "石油、煤炭及其他燃料加工业", "slow"),
        ("水泥", "cement", "非金属矿物制品业", "slow"),
    ],
    columns=["term_zh", "term_en", "industry_zh", "said"],
)


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


# The order of industries


def order(data: Data) -> pd.DataFrame:
    """Return the ten labels of Figure 2 from the first to the last."""
    rows = data("maturity_industries")
    return rows[rows["measure"] == "printed_order"].sort_values("position")


def standing(data: Data) -> tuple[pd.DataFrame, str]:
    """Return the industries of 2020 with a `score`, higher for more mature, and the column that it comes from.

    Values from outside the paper come first, then the bars of Figure 2 if all are known, else its order, taken to run
    from high to low.
    """
    bars, rows = order(data), outside(data("maturity_industries"))
    year = bars["year"].max()
    rows = rows[(rows["scope"] == "national") & (rows["year"] == year) & rows["value"].notna()]
    if not rows.empty:
        rows = rows[rows["measure"] == rows["measure"].mode()[0]]
        return rows.assign(score=rows["value"]), "value"
    if not bars.empty and bars["value"].notna().all():
        return bars.assign(score=bars["value"]), "value"
    return bars.assign(score=-bars["position"].astype(float)), "position"


def lead(rows: pd.DataFrame) -> float:
    """Return the part of pairs in which the discrete industry stands in front of the process industry; ties half."""
    first, second = (rows.loc[rows["process_type"] == kind, "score"].to_numpy() for kind in ("discrete", "process"))
    return float((np.sign(first[:, None] - second[None, :]) + 1).mean() / 2) if first.size and second.size else np.nan


def compared(claim: pd.Series, computed: object, rows: pd.DataFrame) -> Judged:
    """Compare with rows of another source, or with the paper's own figure if that is all there is."""
    return own(claim, computed, rows) if (rows["source_id"] == "paper").any() else recomputed(claim, computed, rows)


def exchanges(rows: pd.DataFrame, column: str) -> list[tuple[str, tuple[int, ...], str]] | None:
    """Return the lever of an order, all its rows: two of them may change places; None for values."""
    return [("maturity_industries", tuple(rows.index), column)] if column == "position" else None


def read_from(column: str, rows: pd.DataFrame) -> tuple[str, str]:
    """Return what the industries were compared by."""
    if column == "position":
        return "图2的先后（假定由高到低）", "the order of Figure 2 (if high to low)"
    if (rows["source_id"] == "paper").any():
        return "图2的数值", "the values of Figure 2"
    return "论文以外的分行业数值", "values by industry from outside the paper"


def still_open(claim: pd.Series, data: Data, zh: str, en: str, beside: Iterable[pd.DataFrame] = ()) -> Judged:
    """Return that nothing decides: what can be said meanwhile, then the records that would decide."""
    _, open_zh, open_en = unfounded(claim, data)
    return missing("printed").because(zh + open_zh, f"{en} {open_en}", beside)


def named_first(data: Data) -> tuple[str, str, pd.DataFrame]:
    """Return how often discrete industries are named before process industries in other years, in both languages."""
    rows, year = outside(data("maturity_industries")), order(data)["year"].max()
    rows = rows[rows["scope"].eq("national") & rows["year"].ne(year) & rows["measure"].eq("named_order")]
    ahead = {later: lead(named.assign(score=-named["position"].astype(float))) for later, named in rows.groupby("year")}
    ahead = {later: part for later, part in ahead.items() if not np.isnan(part)}
    zh = "".join(
        f"{later}年点名的领先行业里，按提到的先后，离散行业在{100 * p:.0f}%的配对中居前。" for later, p in ahead.items()
    )
    en = "".join(
        f" Of the leading industries named in {later} the discrete one comes first in {100 * p:.0f}% of the pairs."
        for later, p in ahead.items()
    )
    return (f"别的年份的说法，不用来判定：{zh}" if zh else "", f" Not used, of other years:{en}" if en else "", rows)


def afterwards(said: str, data: Data) -> tuple[str, str, pd.DataFrame]:
    """Return what is printed for other years of the industries `said` to be mature or slow, in both languages."""
    rows, year = outside(data("maturity_industries")), order(data)["year"].max()
    rows = rows[(rows["scope"] == "national") & (rows["year"] != year)]
    rows = rows[rows["value"].where(rows["measure"] == "share_ge4", rows["position"].astype(float)).notna()]
    divisions = TERMS.loc[TERMS["said"] == said, "industry_zh"]
    rows = rows[[any(division.startswith(name) for division in divisions) for name in rows["industry_zh"]]]
    zh, en = [], []
    for row in rows.itertuples():
        if row.measure == "share_ge4":
            zh.append(f"{row.year}年{row.industry_zh}四级及以上占{row.value:g}%")
            en.append(f"{row.industry_en}, {row.value:g}% of firms at level 4 and above in {row.year}")
        elif row.measure == "named_order":
            zh.append(f"{row.year}年被点名的领先行业里，{row.industry_zh}第{row.position}个提到")
            en.append(
                f"{row.industry_en}, number {row.position} in the order in which those leading in {row.year} are named"
            )
    return (
        f"别的年份的说法，不用来判定：{'，'.join(zh)}。" if zh else "",
        f" Printed for other years, and not used: {'; '.join(en)}." if en else "",
        rows,
    )


@judges("Q49")
def discrete(claim: pd.Series, data: Data) -> Judged:
    """Whether discrete industries stand in front of process industries in most pairs."""
    rows, column = standing(data)
    ahead, (by_zh, by_en) = lead(rows), read_from(column, rows)
    if np.isnan(ahead):
        return missing("printed")
    judged = compared(claim, ahead > 0.5, rows)
    kinds = [tuple(group.index) for _, group in rows.groupby("process_type")]
    levers = exchanges(rows, column) or [("maturity_industries", index, column) for index in kinds]
    also_zh, also_en, also = named_first(data)
    return replace(judged, levers=levers).because(
        f"按{by_zh}，所列{len(rows)}个行业里，离散行业在{100 * ahead:.0f}%的配对中居前。这不能推及其余大类；"
        f"“稍高”是多少，论文没有说。{also_zh}",
        f"By {by_en}, the discrete industry leads in {100 * ahead:.0f}% of the pairs of the {len(rows)} listed. "
        f"That says nothing of the other divisions; how much “slightly” is, the paper does not say.{also_en}",
        [also],
    )


@judges("Q50")
def mature(claim: pd.Series, data: Data) -> Judged:
    """How many of the industries named as mature are discrete and in the upper half."""
    rows, column = standing(data)
    named = rows[rows["industry_zh"].isin(TERMS.loc[TERMS["said"] == "mature", "industry_zh"])]
    if named.empty:
        return missing("printed")
    leading = named[(named["process_type"] == "discrete") & (named["score"] >= rows["score"].median())]
    (by_zh, by_en), (also_zh, also_en, also) = read_from(column, rows), afterwards("mature", data)
    return replace(compared(claim, len(leading), named), levers=exchanges(rows, column)).because(
        f"按{by_zh}，点名的{len(named)}个行业中有{len(leading)}个是离散行业且在前一半。{also_zh}",
        f"By {by_en}, {len(leading)} of the {len(named)} industries named are discrete and in the upper half.{also_en}",
        also,
    )


@judges("Q51")
def slow(claim: pd.Series, data: Data) -> Judged:
    """Whether the industries named as slow lie in the lower half, once there are values; an order cannot tell."""
    rows, column = standing(data)
    named = rows[rows["industry_zh"].isin(TERMS.loc[TERMS["said"] == "slow", "industry_zh"])]
    if column == "position" or named.empty:
        places = "、".join(str(n) for n in named["position"]) or "–"
        figure, (also_zh, also_en, also) = data.claim("Q52"), afterwards("slow", data)
        return still_open(
            claim,
            data,
            f"图2里有水泥所属的非金属矿物制品业（第{places}位，共{len(rows)}位），没有炼油。"
            f"论文把图2写作“{figure['printed_zh']}”，若确是最高的几个，它并不落后；"
            f"但“较慢”说的是快慢，不是高低，所以不算自相矛盾。{also_zh}",
            f"Figure 2 has the division of cement, non-metallic minerals (place {places} of {len(rows)}), and no oil "
            f"refining. The paper calls these the “{figure['printed_en']}”: if they are the highest, that is not "
            f"behind; but slow is about speed, not level, so it is no contradiction.{also_en}",
            [also],
        )
    low = bool((named["score"] < rows["score"].median()).all())
    by_zh, by_en = read_from(column, rows)
    said = "、".join(f"{r.industry_zh} {r.score:g}" for r in named.itertuples())
    said_en = ", ".join(f"{r.industry_en} {r.score:g}" for r in named.itertuples())
    return compared(claim, low, named).because(
        f"按{by_zh}：{said}，中位数{rows['score'].median():g}。这是水平，不是快慢。",
        f"By {by_en}: {said_en}; the median is {rows['score'].median():g}. This is level, not speed.",
    )


@judges("Q52")
def top(claim: pd.Series, data: Data) -> Judged:
    """Whether the industries with the highest values are those of Figure 2, in its order."""
    rows, column = standing(data)
    labels = list(order(data)["industry_zh"])
    if column == "position":
        return still_open(
            claim,
            data,
            f"论文把图2写作“{claim['printed_zh']}”，其{len(labels)}个标签只见于论文；没有数值，它们是不是最高的、"
            "先后是否由高到低，都无从核对。",
            f"The {len(labels)} labels of Figure 2, which the paper calls the “{claim['printed_en']}”, stand only in "
            "the paper; without values neither being the top nor an order from high to low can be checked.",
        )
    highest = rows.sort_values("score", ascending=False, kind="stable").head(int(claim["value_low"]))
    same, (by_zh, by_en) = list(highest["industry_zh"]) == labels, read_from(column, rows)
    return compared(claim, same, rows).because(
        f"按{by_zh}，最高的{len(highest)}个行业{'与图2相同，次序也相同' if same else '与图2的标签或次序不同'}。",
        f"By {by_en}, the highest {len(highest)} industries are {'those' if same else 'not those'} of Figure 2 in its "
        "order.",
    )


@judges("Q53")
def axis(claim: pd.Series, data: Data) -> Judged:
    """Whether the bars of Figure 2 fit on its axis, once they are known."""
    bars = order(data)
    if bars.empty or bars["value"].isna().any():
        return still_open(
            claim,
            data,
            "柱的数值只在图片里，横轴的百分数指什么没有说明。",
            "The bars are in the image only, and what the percentage on the axis means is not stated.",
        )
    low, high = bars["value"].min(), bars["value"].max()
    return own(claim, bool(claim["value_low"] <= low and high <= claim["value_high"]), bars).because(
        f"图2的数值为{low:g}至{high:g}。", f"The values of Figure 2 run from {low:g} to {high:g}."
    )
