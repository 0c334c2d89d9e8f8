"""Talent, section 3.3: demand and gap, where the figures come from, and whether they were counts or forecasts."""

from dataclasses import replace

import pandas as pd

from compendium.ledger.evidence import Data, outside, row_sources
from compendium.ledger.judging import Judged, missing, printed
from study.judgements.registry import judges

MEASURES = {"Q70": "demand", "Q71": "gap", "Q72": "gap"}
KINDS = {
    "forecast": ("预测", "a forecast"),
    "after": ("事后的数", "a figure given after the year"),
    "undated": ("数，日期不明", "a figure of unknown date"),
}


def prints(data: Data) -> pd.DataFrame:
    """Return the statements of demand and gap with print_year, origin, and kind, a key of KINDS.

    What was first printed before the year was over is a forecast, and a later copy of a forecast stays one. The paper
    is taken at its word: only its own date counts.
    """
    rows = data("talent_statements")
    rows = rows[rows["measure"].isin(["demand", "gap"])]
    origins = [data.origin(row_sources(row)[0], row["table"])[0] for _, row in rows.iterrows()]
    rows = rows.assign(print_year=pd.to_numeric(rows["published"].str[:4], errors="coerce"), origin=origins)
    speaker = rows["origin"].where(rows["source_id"] != "paper", "paper")
    first = rows.groupby([speaker, "measure", "year"])["print_year"].transform("min")
    kind = (first <= rows["year"]).map({True: "forecast", False: "after"}).mask(first.isna(), "undated")
    return rows.assign(kind=kind)


@judges(*MEASURES)
def figure(claim: pd.Series, data: Data) -> Judged:
    """What was printed about the same field and in the same kind, else about another; later copies are left out."""
    rows = prints(data)
    rows = rows[(rows["measure"] == MEASURES[claim["claim_id"]]) & (rows["year"] == claim["year_start"])]
    paper, found = rows[rows["source_id"] == "paper"], outside(rows)
    if paper.empty:
        return missing("printed")
    paper = paper.iloc[0]
    found = found[(found["origin"] != claim["origin_id"]) | (found["print_year"] <= paper["print_year"])]
    alike = found["field_zh"].eq(paper["field_zh"]) & found["kind"].eq(paper["kind"])
    if alike.any():
        found, alike = found[alike], alike[alike]
    judged = printed(claim, found, found["value_10k"] / 100, data, alike, found["comparator"].eq("="))
    if judged.agreement == "none":
        return judged
    guide = rows[rows["credit"].isin(["guide", "guide_mohrss"]) & rows["value_10k"].eq(paper["value_10k"])]
    same = judged.rows["origin"].eq(claim["origin_id"]).all()
    judged = replace(judged, levers=[("talent_statements", tuple(judged.rows.index), "value_10k")])
    return judged.because(*(told(judged.rows, paper, guide, same, data, language) for language in ("zh", "en")))


def told(rows: pd.DataFrame, paper: pd.Series, guide: pd.DataFrame, same: bool, data: Data, language: str) -> str:
    """Return the reason: what was printed where, what the paper makes of it, and what the Guide has."""
    names = data("sources").set_index("source_id")[f"name_{language}"]
    rows = [(names.get(r.source_id, r.source_id), r) for r in rows.sort_values("published").itertuples()]
    dated = guide[guide["print_year"].notna()].sort_values("published")
    field = next(iter(dated[f"field_{language}"]), "")
    if language == "zh":
        said = "；".join(f"{name}：“{r.field_zh}” {r.value_10k:g} 万，{KINDS[r.kind][0]}" for name, r in rows)
        row = f"教育部、人社部、工信部的《指南》在“{field}”一行印有同一个数。" if field else ""
        once = "各处同出一源，不是第二次测量。" if same else ""
        return f"{said}。论文所印：“{paper.field_zh}”{paper.year} 年，{KINDS[paper.kind][0]}。{row}{once}"
    said = "; ".join(f"{name}: {r.value_10k / 100:g} million, “{r.field_en}”, {KINDS[r.kind][1]}" for name, r in rows)
    row = f" The Guide of three ministries, MoHRSS among them, prints the same number for “{field}”." if field else ""
    once = " All share one origin; there is no second measurement." if same else ""
    return f"{said}. In the paper: “{paper.field_en}” in {paper.year}, {KINDS[paper.kind][1]}.{row}{once}"
