"""Structural claims that do more than count the items of a list: a span of years, a place in the value chain."""

import pandas as pd

from compendium.ledger.evidence import Data, joined, outside
from compendium.ledger.judging import Judged, own, printed, stated
from study.judgements.registry import judges

YARDSTICKS = {
    "domestic_va_share": ("出口中的国内增加值", "domestic value added in exports"),
    "forward_share": ("前向参与", "forward participation"),
}


@judges("Q32")
def span(claim: pd.Series, data: Data) -> Judged:
    """The years from the start of reform and opening up to the paper."""
    start, end = int(claim["year_start"]), int(claim["year_end"])
    return own(claim, end - start).because(
        f"从通常所说的{start}年到论文发表的{end}年，共{end - start}年。",
        f"From {start}, the start usually given, to {end}, the year of the paper, are {end - start} years.",
    )


@judges("Q57")
def value_chain(claim: pd.Series, data: Data) -> Judged:
    """What sources say of the place in the value chain; shares of value added in trade measure something else."""
    said, exports = data.evidence("Q57"), outside(data("value_added_in_exports"))
    exports = exports[(exports["sector"] == "total") & (exports["vintage"] == "adb_mrio_2023_07")]
    exports = exports[exports["year"] == exports["year"].max()]
    rows, values = [said], [stated(row) for _, row in said.iterrows()]
    told_zh, told_en = [], []
    for measure, (zh, en) in YARDSTICKS.items():
        every = exports[exports["measure"] == measure].sort_values("value_pct", ascending=False)
        china = every[every["iso3"] == "CHN"].assign(differs_in="kind", relation="measurement")
        if china.empty:
            continue
        place = int((every["value_pct"] > china["value_pct"].iloc[0]).sum()) + 1
        rows.append(china)
        values.append(place == len(every))
        listed_zh = "、".join(f"{r.name_zh} {r.value_pct:.1f}%" for r in every.itertuples())
        listed_en = ", ".join(f"{r.name_en} {r.value_pct:.1f}%" for r in every.itertuples())
        told_zh.append(f"{zh}（{listed_zh}）我国居{len(every)}国中第{place}")
        told_en.append(f"{en} ({listed_en}) puts China at place {place} of {len(every)}")
    year = exports["year"].max()
    zh = f"别的尺子，{year}年：{'；'.join(told_zh)}。" if told_zh else ""
    en = f" Other yardsticks, {year}: {'; '.join(told_en)}." if told_en else ""
    return printed(claim, joined(rows), values, data).because(
        f"论文没有给出指标和界限。来源所说：{''.join(said['says_zh'])}{zh}",
        f"The paper gives neither measure nor threshold. What sources say: {' '.join(said['says_en'])}{en}",
    )
