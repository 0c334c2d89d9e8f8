"""Industries, section 2.4 and Figure 2: which of them are said to be more mature, and in what order."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from compendium.base.texts import NOTHING, SENTENCE, TranslatedText, catalogue, join_texts, make_bilingual_text, of
from compendium.ledger.evidence import EvidenceTables, drop_paper_based_rows
from compendium.ledger.missing_evidence import explain_missing_evidence
from compendium.ledger.rules import Judged, missing, own, recomputed
from study.judgements.registry import judges

text = catalogue("study/industry-order")

# The divisions of manufacturing that hold the industries named; those of the slow ones are wider than the word.
MATURE = ("Automotive", "Electrical machinery")
SLOW = ("Petroleum, coal and other fuel processing", "Non-metallic minerals")
AFTERWARDS = {"share_ge4": "afterwards-share", "named_order": "afterwards-named"}


def list_figure_2_industries(data: EvidenceTables) -> pd.DataFrame:
    """Return the ten labels of Figure 2 from the first to the last."""
    rows = data("maturity_industries")
    return rows[rows["measure"] == "printed_order"].sort_values("position", kind="stable")


def score_industries(data: EvidenceTables) -> tuple[pd.DataFrame, str]:
    """Return the industries of 2020 with a `score`, higher for more mature, and the column that it comes from.

    Values from outside the paper come first, then the bars of Figure 2 if all are known, else its order, taken to run
    from high to low.
    """
    bars, rows = list_figure_2_industries(data), drop_paper_based_rows(data("maturity_industries"))
    year = bars["year"].max()
    rows = rows[(rows["scope"] == "national") & (rows["year"] == year) & rows["value"].notna()]
    if not rows.empty:
        rows = rows[rows["measure"] == rows["measure"].mode()[0]]
        return rows.assign(score=rows["value"]), "value"
    if not bars.empty and bars["value"].notna().all():
        return bars.assign(score=bars["value"]), "value"
    return bars.assign(score=-bars["position"].astype(float)), "position"


def compute_discrete_lead(scored_industries: pd.DataFrame) -> float:
    """Return the part of pairs in which the discrete industry stands in front of the process industry; ties half."""
    first, second = (
        scored_industries.loc[scored_industries["process_type"] == kind, "score"].to_numpy()
        for kind in ("discrete", "process")
    )
    return float((np.sign(first[:, None] - second[None, :]) + 1).mean() / 2) if first.size and second.size else np.nan


def judge_computed_value(claim: pd.Series, computed: object, rows: pd.DataFrame) -> Judged:
    """Compare with rows of another source, or with the paper's own figure if that is all there is."""
    return own(claim, computed, rows) if (rows["source_id"] == "paper").any() else recomputed(claim, computed, rows)


def make_order_lever(rows: pd.DataFrame, column: str) -> list[tuple[str, tuple[int, ...], str]] | None:
    """Return the lever of an order, all its rows: two of them may change places; None for values."""
    return [("maturity_industries", tuple(rows.index), column)] if column == "position" else None


def describe_comparison_basis(column: str, rows: pd.DataFrame) -> TranslatedText:
    """Return what the industries were compared by."""
    if column == "position":
        return text("by-order")
    return text("by-figure" if (rows["source_id"] == "paper").any() else "by-outside")


def judge_undecided(
    claim: pd.Series,
    data: EvidenceTables,
    reason: TranslatedText,
    context_rows: pd.DataFrame | Iterable[pd.DataFrame] = (),
) -> Judged:
    """Return that nothing decides: what can be said meanwhile, then the records that would decide."""
    return missing("printed").told(
        join_texts([reason, explain_missing_evidence(claim, data)[1]], SENTENCE), context_rows
    )


def list_other_year_industries(data: EvidenceTables) -> pd.DataFrame:
    """Return what is printed outside the paper of industries of the whole country in other years than Figure 2."""
    rows = drop_paper_based_rows(data("maturity_industries"))
    return rows[rows["scope"].eq("national") & rows["year"].ne(list_figure_2_industries(data)["year"].max())]


def describe_discrete_first(data: EvidenceTables) -> tuple[TranslatedText, pd.DataFrame]:
    """Return how often discrete industries are named before process industries in other years, and the rows."""
    rows = list_other_year_industries(data)
    rows = rows[rows["measure"].eq("named_order")]
    ahead = {
        year: compute_discrete_lead(named.assign(score=-named["position"].astype(float)))
        for year, named in rows.groupby("year")
    }
    told = [text("discrete-year", year=year, ahead=part) for year, part in ahead.items() if not np.isnan(part)]
    return text("discrete-later", told=join_texts(told, SENTENCE)) if told else NOTHING, rows


def describe_divisions_other_years(
    divisions: tuple[str, ...], data: EvidenceTables
) -> tuple[TranslatedText, pd.DataFrame]:
    """Return what is printed for other years of industries that these divisions hold, and the rows."""
    rows = list_other_year_industries(data)
    rows = rows[rows["value"].where(rows["measure"] == "share_ge4", rows["position"].astype(float)).notna()]
    rows = rows[rows["measure"].isin(AFTERWARDS)]
    rows = rows[[any(division.startswith(name) for division in divisions) for name in rows["industry_en"]]]
    told = [text(AFTERWARDS[row["measure"]], row=row, name=of(row, "industry")) for _, row in rows.iterrows()]
    return text("afterwards", told=join_texts(told, ("，", "; "))) if told else NOTHING, rows


@judges("Q49")
def judge_discrete_before_process(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether discrete industries stand in front of process industries in most pairs."""
    rows, column = score_industries(data)
    ahead = compute_discrete_lead(rows)
    if np.isnan(ahead):
        return missing("printed")
    judged = judge_computed_value(claim, ahead > 0.5, rows)
    kinds = [tuple(group.index) for _, group in rows.groupby("process_type")]
    levers = make_order_lever(rows, column) or [("maturity_industries", index, column) for index in kinds]
    also, beside = describe_discrete_first(data)
    said = text("discrete", by=describe_comparison_basis(column, rows), n=len(rows), ahead=ahead)
    return replace(judged, levers=levers).told(join_texts([said, also], SENTENCE), beside)


@judges("Q50")
def judge_mature_industries(claim: pd.Series, data: EvidenceTables) -> Judged:
    """How many of the industries named as mature are discrete and in the upper half."""
    rows, column = score_industries(data)
    named = rows[rows["industry_en"].isin(MATURE)]
    if named.empty:
        return missing("printed")
    leading = named[(named["process_type"] == "discrete") & (named["score"] >= rows["score"].median())]
    said = text("mature", by=describe_comparison_basis(column, rows), named=len(named), leading=len(leading))
    also, beside = describe_divisions_other_years(MATURE, data)
    judged = replace(judge_computed_value(claim, len(leading), named), levers=make_order_lever(rows, column))
    return judged.told(join_texts([said, also], SENTENCE), beside)


@judges("Q51")
def judge_slow_industries(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the industries named as slow lie in the lower half, once there are values; an order cannot tell."""
    rows, column = score_industries(data)
    named = rows[rows["industry_en"].isin(SLOW)]
    if column == "position" or named.empty:
        places, figure = (
            join_texts(named["position"], empty=make_bilingual_text("–", "–")),
            of(data.claim("Q52"), "printed"),
        )
        said = text("slow-order", places=places, n=len(rows), figure=figure)
        also, beside = describe_divisions_other_years(SLOW, data)
        return judge_undecided(claim, data, join_texts([said, also], SENTENCE), beside)
    median = rows["score"].median()
    values = join_texts(text("slow-value", name=of(row, "industry"), score=row["score"]) for _, row in named.iterrows())
    said = text("slow", by=describe_comparison_basis(column, rows), values=values, median=median)
    return judge_computed_value(claim, bool((named["score"] < median).all()), named).told(said)


@judges("Q52")
def judge_top_industries(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the industries with the highest values are those of Figure 2, in its order."""
    rows, column = score_industries(data)
    labels = list(list_figure_2_industries(data)["industry_zh"])
    if column == "position":
        return judge_undecided(claim, data, text("top-order", figure=of(claim, "printed"), n=len(labels)))
    highest = rows.sort_values("score", ascending=False, kind="stable").head(int(claim["value_low"]))
    same = list(highest["industry_zh"]) == labels
    said = text("top-same" if same else "top-other", by=describe_comparison_basis(column, rows), n=len(highest))
    return judge_computed_value(claim, same, rows).told(said)


@judges("Q53")
def judge_figure_2_axis(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the bars of Figure 2 fit on its axis, once they are known."""
    bars = list_figure_2_industries(data)
    if bars.empty or bars["value"].isna().any():
        return judge_undecided(claim, data, text("axis-unread"))
    low, high = bars["value"].min(), bars["value"].max()
    fits = bool(claim["value_low"] <= low and high <= claim["value_high"])
    return own(claim, fits, bars).told(text("axis", low=low, high=high))
