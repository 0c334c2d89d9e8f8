"""When is a figure measured twice? When a known body that shares none with the claim's origin and the paper measured it
and says how; what is not known to be independent confirms nothing."""

from collections.abc import Iterable
from itertools import combinations

import pandas as pd

from compendium.ledger.evidence import (
    NAMING,
    EvidenceTables,
    find_measured,
    list_first_party_sources,
    list_row_sources,
    list_source_table_pairs,
    list_verbatim_excerpts,
    rank_source_quality,
)
from compendium.ledger.printed import is_boolean, to_float_list
from compendium.ledger.record import same_digits
from compendium.ledger.rules import Judged

COMPUTED = ("recomputed", "bounded", "parts")  # rules that compute from rows what the paper states


def find_confirming_rows(
    claim: pd.Series, rows: pd.DataFrame, any_row: bool, data: EvidenceTables, later: bool
) -> tuple[list[int], bool]:
    """Return the places of the rows that confirm a claim they agree with, none if they do not, and whether any will do.

    Where the claim's own origin is shown, by a measurement among the rows or by what source_origins says of the paper,
    or all rows are of what came `later`, one measurement of other bodies suffices. Where it is not, as of what the
    authors say without a measurement of their own, any source may be the one they drew on: two of different bodies
    must agree. Without `any_row` the rows are one computation, all of other bodies, that of the claim being shown.
    A forecast is confirmed by its outcome only, whoever made it.
    """
    named, forecast = list_row_sources(rows), claim.get("kind") == "forecast"
    places = list_source_table_pairs(rows)
    own = [data.origin(*place)[0] == claim["origin_id"] for place in places]
    marks = [data.marks(*place) for place in places]  # as for origins, the first source counts
    told, anew = data.parties(claim), find_measured(rows).tolist()
    words = list_verbatim_excerpts(data)
    theirs = told.union(*(words.get(first, ()) for (first, _), mine in zip(places, own, strict=True) if mine))
    second = [n for n, new in enumerate(anew) if told and new and marks[n] and not marks[n] & theirs]
    second = [n for n in second if not forecast or data.outcome(places[n][0], claim)]
    shown = any(map(bool.__and__, own, anew)) or data.drawn(claim) or later or forecast
    if shown or not any_row:
        return (second if shown and (any_row or len(second) == len(rows)) else []), any_row
    pairs = [(a, b) for a, b in combinations(second, 2) if not marks[a] & marks[b]]
    best = [min(rank_source_quality(data.quality(source)) for source in each) for each in named]
    return list(min(pairs, key=lambda pair: max(best[row] for row in pair), default=())), False


def classify_data_owner(claim: pd.Series, judged: Judged, data: EvidenceTables) -> str:
    """Return from whose data a claim was computed, the `authors`' or public `data`; empty for neither.

    Public data are measurements, none of kin. What every row prints, in whatever unit, was not computed.
    """
    rows = judged.rows
    if judged.rule not in COMPUTED or rows["table"].eq("claim_evidence").any():
        return ""
    places = list_source_table_pairs(rows.drop_duplicates([name for name in (*NAMING, "table") if name in rows]))
    if data.own(claim["origin_id"]) and all(data.origin(*place)[0] == claim["origin_id"] for place in places):
        return "authors"
    computed = judged.computed if isinstance(judged.computed, Iterable) else [judged.computed]
    found, cells = (
        to_float_list(v for v in computed if not is_boolean(v)),
        rows.select_dtypes("number").itertuples(index=False),
    )
    if all(
        any(same_digits(f"{abs(v):.10g}", f"{abs(n):.10g}") for v in to_float_list(row) for n in found) for row in cells
    ):
        return ""
    return "data" if find_measured(rows).all() and not any(data.akin(*place) for place in places) else ""


def list_unverified_origin_sources(data: EvidenceTables) -> list[str]:
    """Return one line for each source that is called the page of its origin and is of no known body."""
    rows = data("source_origins").query("role == 'origin'")
    unknown = {*zip(rows["source_id"], rows["origin_id"], strict=True)} - list_first_party_sources(data)
    said = "is of no body of bodies.csv with this publisher, host and origin, so it confirms nothing. Remedy: if it"
    said += " measured, add the body there, and its words on how to excerpts.csv, as method"
    return [f"data/raw/sources.csv, {source}: {said}" for source, _ in sorted(unknown)]
