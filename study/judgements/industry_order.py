"""Industries, section 2.4 and Figure 2: which of them are said to be more mature, and in what order."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from compendium.ledger.evidence import Data, outside
from compendium.ledger.judging import Judged, missing, own, recomputed, unfounded
from study.judgements.registry import judges

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
