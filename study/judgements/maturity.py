"""Maturity, section 2.4: the assessment of 2020, its classes, the years after."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.base.texts import NOTHING, SENTENCE, SLASH, catalogue, join_texts, make_bilingual_text
from compendium.ledger.evidence import EvidenceTables, drop_paper_based_rows
from compendium.ledger.readings import by_reading, read_under
from compendium.ledger.rules import Judged, Part, bounded, missing, own, parts, printed
from study.analysis import statistics
from study.judgements.registry import judges

CLASSES = {"Q42": "1", "Q43": "2", "Q44": "3", "Q45": "ge4"}
PARTITION = ["le1", "2", "3", "ge4"]
text = catalogue("study/maturity")
LEVELS = {level: text(f"level-{level}") for level in ("lt1", "1", "le1", "2", "3", "ge4", "ge2")}


# The assessment and its classes


def list_national_shares(data: EvidenceTables) -> pd.DataFrame:
    """Return the national shares by level that do not come from the paper."""
    rows = drop_paper_based_rows(data("maturity_levels"))
    return rows[rows["scope"] == "national"]


def list_jiangsu_shares(data: EvidenceTables) -> pd.DataFrame:
    """Return the shares by level of Jiangsu."""
    rows = drop_paper_based_rows(data("maturity_levels"))
    return rows[rows["scope"] == "jiangsu"]


def list_assessed_firm_counts(data: EvidenceTables) -> pd.DataFrame:
    """Return the numbers of assessed firms, outside the paper."""
    rows = drop_paper_based_rows(data("maturity_samples"))
    return rows[rows["measure"] == "firms_assessed"]


@judges("Q40")
def judge_five_year_span(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The years from the paper's own start of the pilots to the assessment; no source says where to begin."""
    start, end = int(data.value("Q10")), int(data.claim("Q41")["year_start"])
    return own(claim, float(end - start)).told(text("five-years", start=start, end=end, years=end - start))


@judges("Q41")
def judge_firms_assessed(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The number of firms assessed in the year."""
    rows = list_assessed_firm_counts(data)
    rows = rows[(rows["scope"] == "national") & (rows["year"] == claim["year_start"])]
    if rows.empty:
        return missing("printed")
    told = (text("size-exact" if row.exact else "size-more", firms=row.value) for row in rows.itertuples())
    firms = join_texts(told, SLASH)
    assessed_firms = printed(claim, rows, rows["value"], data, exact=rows["exact"]).told(text("size", firms=firms))
    practising = read_under(claim, "practising", data, text("size-practising"))
    if practising.agreement == "none":  # the same number, of firms that were assessed
        others = printed(claim, rows, rows["value"], data, [False] * len(rows), rows["exact"])
        practising = others.told(practising.reason)
    return by_reading(claim, {"assessed": assessed_firms, "practising": practising}, data)


@judges(*CLASSES)
def judge_class_share(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The share of one class of the firms assessed; of all manufacturers only a row that says so tells it.

    That of level 1 and below is the share of the lowest class, and stands with another label beside that of level 1.
    """
    name, rows = CLASSES[claim["claim_id"]], list_national_shares(data)
    year = rows[(rows["year"] == claim["year_start"]) & (rows["basis"] != "derived")]
    rows = year[year["level_class"].isin([name, "le1"] if name == "1" else [name])]
    if rows.empty:
        return missing("printed")
    alone = rows[rows["level_class"].eq(name)]
    shares = join_texts((f"{share:g}%" for share in alone["share_pct"].unique()), SLASH)
    said = text("share", level=LEVELS[name], shares=shares)
    if name == "1":
        level = printed(claim, alone, alone["share_pct"], data).told(said)
        lowest = judge_lowest_class_share(claim, rows, year, data)
        return by_reading(
            claim, {"lowest_class": lowest, "level_one": judge_level_one_share(claim, level, rows, data)}, data
        )
    found = printed(claim, alone, alone["share_pct"], data).told(said)
    every = read_under(claim, "all_firms", data, text("share-all"))
    if every.agreement == "none":
        every = printed(claim, alone, alone["share_pct"], data, [False] * len(alone)).told(every.reason)
    return by_reading(claim, {"assessed": found, "all_firms": every}, data)


def judge_lowest_class_share(claim: pd.Series, rows: pd.DataFrame, year: pd.DataFrame, data: EvidenceTables) -> Judged:
    """Compare the share of the lowest class, all firms below level 2, with the paper's; `year`: all classes."""
    first = rows.iloc[0]
    words = data.plain("excerpts").query("table == 'maturity_levels' and kind == 'verbatim'")
    kept = words["source_id"].isin(rows["source_id"]).any()
    total = year[year["level_class"].isin(PARTITION)].drop_duplicates("level_class")["share_pct"].sum()
    said = data.tables.labels("maturity_levels", "wording_zh")[first["wording_zh"]]
    told = text("share-below", share=first["share_pct"], wording=said, sum=total)
    found = printed(claim, rows, rows["share_pct"], data)
    return found.told(join_texts([told, NOTHING if kept else text("share-no-words")], SENTENCE))


def judge_level_one_share(claim: pd.Series, own_judgement: Judged, rows: pd.DataFrame, data: EvidenceTables) -> Judged:
    """Return what level 1 alone has: its own share, else that of the lowest class with another label, or as a bound."""
    if own_judgement.agreement != "none":
        return own_judgement
    told = text("share-most", level=LEVELS[rows.iloc[0]["level_class"]])
    other = printed(claim, rows, rows["share_pct"], data, [False] * len(rows))
    return (other if other.agreement != "none" else bounded(claim, (0.0, float(rows["share_pct"].max())), rows)).told(
        told
    )


# The years after


def tabulate_national_shares(data: EvidenceTables) -> pd.DataFrame:
    """Return national shares in %: years by class; where rows of a year differ, the first counts."""
    wide = list_national_shares(data).pivot_table("share_pct", "year", "level_class", aggfunc="first")
    wide = wide.reindex(columns=[*PARTITION, "ge2"])
    return wide.assign(ge2=wide["ge2"].fillna(wide["2"] + wide["3"] + wide["ge4"]))


def bound_rest_of_country(data: EvidenceTables) -> pd.DataFrame:
    """Return, by year, the sharp bounds of the share at level 2 and above outside Jiangsu.

    Returns:
        ge2_pct (whole country), value and exact of both samples, weight_low and weight_high of Jiangsu, and the bounds
        free_low_pct and free_high_pct; empty where the inputs clash.
    """
    firms = list_assessed_firm_counts(data).drop_duplicates(["scope", "year"]).set_index("year")
    whole, province = (firms.loc[firms["scope"] == scope, ["value", "exact"]] for scope in ("national", "jiangsu"))
    rest = tabulate_national_shares(data)[["ge2"]].dropna().add_suffix("_pct")
    rest = rest.join(whole).join(province.add_suffix("_jiangsu"))
    ratio = (rest["value_jiangsu"] / rest["value"]).clip(upper=1.0)
    # "More than" of the whole bounds the weight from above, "more than" of the province from below.
    rest["weight_low"] = ratio.where(rest["exact"].eq(True), 0.0).fillna(0.0)
    rest["weight_high"] = ratio.where(rest["exact_jiangsu"].eq(True), 1.0).fillna(1.0)
    rows = list_jiangsu_shares(data)
    known = rows[rows["level_class"] == "ge2"].drop_duplicates("year").set_index("year")["share_pct"]
    ends = [
        bound_rest_in_year(row, (known.get(row.Index, 0.0), known.get(row.Index, 100.0))) for row in rest.itertuples()
    ]
    rest[["free_low_pct", "free_high_pct"]] = np.array(ends).reshape(-1, 2)
    return rest


def bound_rest_in_year(year_row: Any, jiangsu_shares: tuple[float, float]) -> tuple[float, float]:
    """Return the bounds of the rest in one year, not a number where no share of the rest fits."""
    with suppress(ValueError):
        return statistics.bound_rest_share(
            year_row.ge2_pct, (year_row.weight_low, year_row.weight_high), jiangsu_shares
        )
    return np.nan, np.nan


@judges("Q103")
def judge_maturity_stage(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Initial: most firms are below level 2. Rising: by what the publisher says, else by the bounds outside Jiangsu.

    These start from the first year with a known weight of Jiangsu; without one nothing is known of the rest.
    """
    start, rows, rest = claim["year_start"], list_national_shares(data), bound_rest_of_country(data)
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
    found = [Part(below > 50, low), Part(risen, behind)]
    clash = np.isnan(first["free_low_pct"] + after["free_low_pct"])
    ends = text("stage-clash") if clash else text("stage-ends", first=first, after=after)
    elsewhere = text("stage-sure" if sure else "stage-unsure", first=first.name, last=last, ends=ends)
    samples = text("stage-samples", start=start, last=last, before=before, after=after, rest=elsewhere)
    trusted = text("stage-trusted") if len(told) else NOTHING
    rising = join_texts([*map(make_bilingual_text, told["says_zh"], told["says_en"]), trusted, samples], SENTENCE)
    moved = [*low.index, *(used.index[-1:] if told.empty else ())]
    of_firms = parts(found).told(
        text("stage", start=start, below=below, rising=rising), [used, list_jiangsu_shares(data)]
    )
    every = read_under(claim, "all_firms", data, text("share-all"))
    judged = by_reading(claim, {"assessed": of_firms, "all_firms": every}, data)
    return replace(judged, levers=[("maturity_levels", (row,), "share_pct") for row in moved])
