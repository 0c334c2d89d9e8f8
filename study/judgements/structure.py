"""Structural claims that do more than count the items of a list: a span of years, a place in the value chain."""

import pandas as pd

from compendium.ledger.evidence import Data, joined, outside
from compendium.ledger.judging import Judged, missing, own, printed, stated, tally
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


@judges("Q04", "Q88", "Q111")
def named(claim: pd.Series, data: Data) -> Judged:
    """What is a name or a rank only."""
    return missing().because(
        "论文给出的只是一个名称或位次，没有可以量的东西。",
        "The paper gives a name or a rank only, nothing that could be measured.",
    )


def place(rows: pd.DataFrame) -> int:
    """Return the place of China by value, from the top."""
    return int((rows["value_pct"] > rows.loc[rows["iso3"] == "CHN", "value_pct"].iloc[0]).sum()) + 1


@judges("Q57")
def value_chain(claim: pd.Series, data: Data) -> Judged:
    """What sources say of the place in the value chain; shares of value added in trade measure something else."""
    said, exports = data.evidence("Q57"), outside(data("value_added_in_exports"))
    exports = exports[(exports["sector"] == "total") & (exports["vintage"] == "adb_mrio_2023_07")]
    rows, values = [said], [stated(row) for _, row in said.iterrows()]
    told_zh, told_en = [], []
    for measure, (zh, en) in YARDSTICKS.items():
        every = exports[exports["measure"] == measure].sort_values("value_pct", ascending=False)
        china = every[every["iso3"] == "CHN"].assign(differs_in="kind", relation="measurement")
        if china.empty:
            continue
        years = {year: every[every["year"] == year] for year in sorted(china["year"])}
        (last, latest), *earlier = reversed(years.items())
        rows.append(china[china["year"] == last])
        values += [place(latest) == len(latest)] * len(rows[-1])
        listed_zh = "、".join(f"{r.name_zh} {r.value_pct:.1f}%" for r in latest.itertuples())
        listed_en = ", ".join(f"{r.name_en} {r.value_pct:.1f}%" for r in latest.itertuples())
        before_zh = "".join(f"（{year}年第{place(found)}）" for year, found in earlier)
        before_en = "".join(f" (place {place(found)} in {year})" for year, found in earlier)
        told_zh.append(f"{last}年{zh}（{listed_zh}）我国居{len(latest)}国中第{place(latest)}{before_zh}")
        told_en.append(f"{en} {last} ({listed_en}) puts China at place {place(latest)} of {len(latest)}{before_en}")
    every = joined(rows)
    if every.empty:
        return missing("printed")
    pro, contra = (
        {name for name, value in zip(data.origins(every), values, strict=True) if value is holds}
        for holds in (True, False)
    )
    origins_zh, origins_en = tally(pro, contra)
    zh = f"别的尺子，按整个经济，居末位才算低端：{'；'.join(told_zh)}。" if told_zh else ""
    en = f" Other yardsticks, whole economy, last place counted as low end: {'; '.join(told_en)}." if told_en else ""
    return printed(claim, every, values, data).because(
        f"论文没有给出指标和界限。{origins_zh}；说“中低端”的也算支持。来源所说：{''.join(said['says_zh'])}{zh}",
        f"The paper gives neither measure nor threshold. {origins_en}; what says medium and low end is counted as for "
        f"it. What sources say: {' '.join(said['says_en'])}{en}",
    )
