"""Leading firms, section 3.3: R&D over sales of the largest spenders, by sector and region."""

import pandas as pd

from compendium.base.texts import SENTENCE, TranslatedText, catalogue, join_texts, make_bilingual_text
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.readings import by_reading, read_under
from compendium.ledger.rules import Judged, Part, missing, parts
from study.judgements.innovation import replace_levers
from study.judgements.registry import judges

text = catalogue("study/firms")
OVERALL = ("all_sectors", "manufacturing", "manufacturing_top50")  # “on the whole”; single sectors are told beside
SECTORS = (*OVERALL, "industrial_engineering", "electronic_electrical")
ABROAD = ["USA", "EUU", "JPN"]
FEW = 10  # a ratio of fewer firms is that of single firms


def tabulate_rd_over_sales(data: EvidenceTables, year: int) -> pd.DataFrame:
    """Return R&D over sales of the large spenders on R&D: one row a sector, one column a region."""
    rows = data("rd_scoreboard")
    rows = rows[(rows["year"] == year) & (rows["measure"] == "rd_over_sales")]
    wide = rows.pivot_table(index="sector_group", columns="region", values="value")
    return wide.reindex([s for s in SECTORS if s in wide.index])


def list_small_region_firms(data: EvidenceTables, year: int) -> pd.DataFrame:
    """Return the firms of the other regions, all with fewer than `FEW` in some sector, by sector, with value_ratio."""
    rows = data("rd_scoreboard")
    rows = rows[(rows["year"] == year) & rows["sector_group"].isin(SECTORS)]
    firms, ratio = rows[rows["measure"] == "firms"], rows[rows["measure"] == "rd_over_sales"]
    firms = firms[~firms["region"].isin(["CHN", "WLD", *ABROAD])].sort_values("value", kind="stable")
    firms = firms[firms.groupby("region")["value"].transform("min") < FEW]
    return firms.merge(ratio, on=["region", "sector_group"], suffixes=("", "_ratio"))


@judges("Q78")
def judge_leading_rd_firms(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Chinese firms among the largest spenders on R&D, on the whole, beside those of three regions; sectors besides.

    The edition of a year comes out at the end of the next: the last that the paper could know is two years older.
    """
    year = int(claim["year_start"]) - 2
    wide, rows = tabulate_rd_over_sales(data, year), data("rd_scoreboard")
    rows = rows[(rows["year"] == year) & (rows["measure"] == "rd_over_sales")]
    if wide.empty or not {"CHN", *ABROAD} <= set(wide):
        return missing("printed")
    found, told = [], []
    names: dict[bool, list[TranslatedText]] = {True: [], False: []}
    for sector, values in wide.dropna(subset=["CHN", *ABROAD]).iterrows():
        higher = int((values[ABROAD] > values["CHN"]).sum())
        holds = 2 * higher > len(ABROAD)
        used = rows[(rows["sector_group"] == sector) & rows["region"].isin(["CHN", *ABROAD])]
        found += [Part(holds, used)] if sector in OVERALL else []
        names[holds].append(name := text(f"sector-{sector}"))
        told.append(text("leading-sector", name=name, share=values["CHN"], n=higher))
    china = rows[(rows["region"] == "CHN") & rows["sector_group"].isin(OVERALL)]
    lower, other = (join_texts(names[holds], empty=text("leading-none")) for holds in (True, False))
    reasons = [text("leading", year=year, lower=lower, other=other, sectors=join_texts(told, ("，", ", ")))]
    for name, group in list_small_region_firms(data, year).groupby(["name_zh", "name_en"]):
        few = (
            text("left-out-sector", name=text(f"sector-{r.sector_group}"), n=r.value, share=r.value_ratio)
            for r in group.itertuples()
        )
        reasons.append(
            text("left-out", name=make_bilingual_text(*name), few=FEW, sectors=join_texts(few, ("，", ", ")))
        )
    beside = rows[~rows["sector_group"].isin(OVERALL) & rows["region"].isin(["CHN", *ABROAD])]
    abroad = parts(found).told(join_texts([*reasons, text("leading-choice")], SENTENCE), beside)
    read = {name: read_under(claim, name, data, text(f"leading-{name}")) for name in ("needed", "home")}
    judged = by_reading(claim, {"abroad": abroad, **read}, data)
    return replace_levers(judged, ("rd_scoreboard", tuple(china.index), "value"))
