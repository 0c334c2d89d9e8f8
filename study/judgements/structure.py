"""Structural claims that do more than count the items of a list: a span of years, a place in the value chain."""

import pandas as pd

from compendium.ledger.evidence import Data, joined, outside
from compendium.ledger.judging import Judged, own, printed, stated
from study.judgements.policy import evidence
from study.judgements.registry import judges


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
    """What sources say of the place in the value chain; domestic value added in exports measures something else."""
    said, exports = evidence("Q57", data), outside(data("value_added_in_exports"))
    exports = exports[(exports["sector"] == "total") & (exports["measure"] == "domestic_va_share")]
    exports = exports[exports["vintage"] == "adb_mrio_2023_07"]
    exports = exports[exports["year"] == exports["year"].max()]
    china = exports[exports["iso3"] == "CHN"].assign(differs_in="kind", relation="measurement")
    low = bool((exports.loc[exports["iso3"] != "CHN", "value_pct"] > china["value_pct"].max()).all())
    rows = joined([said, china])
    values = [stated(row) for _, row in said.iterrows()] + [low] * len(china)
    beyond = "、".join(f"{r.name_zh} {r.value_pct:.1f}%" for r in exports.itertuples())
    beyond_en = ", ".join(f"{r.name_en} {r.value_pct:.1f}%" for r in exports.itertuples())
    return printed(claim, rows, values, data).because(
        f"论文没有给出指标和界限。来源所说：{''.join(said['says_zh'])}"
        f"出口中的国内增加值（{beyond}）又是另一把尺子，我国{'最低' if low else '并不最低'}。",
        f"The paper gives neither measure nor threshold. What sources say: {' '.join(said['says_en'])} Domestic value "
        f"added in exports ({beyond_en}) is yet another yardstick; by it China is {'last' if low else 'not last'}.",
    )
