"""Leading firms, section 3.3: R&D over sales of the largest spenders, by sector and region."""

import pandas as pd

from compendium.ledger.evidence import Data
from compendium.ledger.judging import Judged, Part, missing, parts
from study.judgements.innovation import with_levers
from study.judgements.registry import judges

SECTORS = {
    "all_sectors": ("全部行业", "all sectors"),
    "manufacturing": ("制造业", "manufacturing"),
    "manufacturing_top50": ("制造业前50家", "50 largest manufacturers"),
    "industrial_engineering": ("机械制造", "machinery building"),
    "electronic_electrical": ("电子电气", "electronic and electrical equipment"),
}
ABROAD = ["USA", "EUU", "JPN"]
FEW = 10  # a ratio of fewer firms is that of single firms


def leaders(data: Data, year: int) -> pd.DataFrame:
    """Return R&D over sales of the large spenders on R&D: one row a sector, one column a region."""
    rows = data("rd_scoreboard")
    rows = rows[(rows["year"] == year) & (rows["measure"] == "rd_over_sales")]
    wide = rows.pivot_table(index="sector_group", columns="region", values="value")
    return wide.reindex([s for s in SECTORS if s in wide.index])


def left_out(data: Data, year: int) -> pd.DataFrame:
    """Return the other regions, which all have fewer than `FEW` firms in some sector: name_zh, name_en, zh, en."""
    rows = data("rd_scoreboard")
    rows = rows[(rows["year"] == year) & rows["sector_group"].isin(SECTORS)]
    firms, ratio = rows[rows["measure"] == "firms"], rows[rows["measure"] == "rd_over_sales"]
    firms = firms[~firms["region"].isin(["CHN", "WLD", *ABROAD])].sort_values("value")
    firms = firms[firms.groupby("region")["value"].transform("min") < FEW]
    found = firms.merge(ratio, on=["region", "sector_group"], suffixes=("", "_ratio"))
    told = [(SECTORS[r.sector_group], r.value, r.value_ratio) for r in found.itertuples()]
    found["zh"] = [f"{zh}{n:.0f}家（{ratio:.2f}%）" for (zh, _), n, ratio in told]
    found["en"] = [f"{en} {n:.0f} ({ratio:.2f}%)" for (_, en), n, ratio in told]
    by_region = found.groupby(["name_zh", "name_en"])
    return by_region.agg({"zh": "，".join, "en": ", ".join}).reset_index()


@judges("Q78")
def leading(claim: pd.Series, data: Data) -> Judged:
    """Chinese firms among the largest spenders on R&D, sector by sector, beside those of three regions.

    The edition of a year comes out at the end of the next: the last that the paper could know is two years older.
    """
    year = int(claim["year_start"]) - 2
    wide, rows = leaders(data, year), data("rd_scoreboard")
    rows = rows[(rows["year"] == year) & (rows["measure"] == "rd_over_sales")]
    if wide.empty or not {"CHN", *ABROAD} <= set(wide):
        return missing("printed")
    found, told = [], []
    for sector, values in wide.dropna(subset=["CHN", *ABROAD]).iterrows():
        higher = int((values[ABROAD] > values["CHN"]).sum())
        holds = 2 * higher > len(ABROAD)
        used = rows[(rows["sector_group"] == sector) & rows["region"].isin(["CHN", *ABROAD])]
        found.append(Part(*SECTORS[sector], holds, used))
        told.append((SECTORS[sector], values["CHN"], higher))
    china = rows[rows["region"] == "CHN"]
    left = left_out(data, year)
    return with_levers(
        parts(found).because(
            f"{year}年研发投入最多的企业，研发占销售，中国企业为："
            + "，".join(f"{zh} {value:.2f}%（三地中{n}地更高）" for (zh, _), value, n in told)
            + "。三地指美国、欧盟、日本；"
            + "".join(f"{r.name_zh}没有计入，因为有的行业不到{FEW}家：{r.zh}；" for r in left.itertuples())
            + "论文没有说谁是龙头，与谁比也是我们选的。",
            f"R&D over sales of the largest spenders in {year}, Chinese firms: "
            + ", ".join(f"{en} {value:.2f}% ({n} of 3 regions higher)" for (_, en), value, n in told)
            + ". The regions are the United States, the EU and Japan. "
            + "".join(
                f"{r.name_en} is left out, below {FEW} firms in some sectors: {r.en}. " for r in left.itertuples()
            )
            + "The paper does not say who leads; whom to compare is our choice.",
        ),
        ("rd_scoreboard", tuple(china.index), "value"),
    )
