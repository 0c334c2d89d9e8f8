"""When is a figure measured twice? Rows whose sources share a publisher or an excerpt are one measurement, and a claim
whose own origin nothing shows cannot be one of the two."""

from itertools import combinations

import pandas as pd

from compendium.declaration import NAME
from compendium.ledger.evidence import Data, find_measured, rank, sources


def confirming(claim: pd.Series, rows: pd.DataFrame, any_row: bool, data: Data, later: bool) -> tuple[list[int], bool]:
    """Return the places of the rows that confirm a claim they agree with, none if they do not, and whether any will do.

    Where the claim's own origin is shown, by a measurement among the rows or by what source_origins says of the paper,
    or all rows are of what came `later`, one measurement of another origin suffices. Where it is not, as of what the
    authors say without a measurement of their own, any source may be the one they drew on: two of different origins
    must agree. Without `any_row` the rows are one computation, all of another origin, that of the claim being shown.
    Kin of the paper confirm nothing; a forecast is confirmed by its outcome only, whoever made it.
    """
    named, forecast = sources(rows), claim.get("kind") == "forecast"
    places = [(first, table) for (first, *_), table in zip(named, rows["table"], strict=True)]
    own = [data.origin(*place)[0] == claim["origin_id"] for place in places]
    marks = [data.marks(first) for first, *_ in named]  # as for origins, the first source counts
    of_own = frozenset[str]().union(*(mark for mark, mine in zip(marks, own, strict=True) if mine))
    anew = find_measured(rows).tolist()
    second = [n for n, new in enumerate(anew) if new and not own[n] and not marks[n] & of_own]
    second = [n for n in second if not data.akin(*places[n]) and (not forecast or data.outcome(places[n][0], claim))]
    shown = any(map(bool.__and__, own, anew)) or data.drawn(claim) or later or forecast
    if shown or not any_row:
        return (second if shown and (any_row or len(second) == len(rows)) else []), any_row
    origins = data.origins(rows)
    pairs = [(a, b) for a, b in combinations(second, 2) if origins[a] != origins[b] and not marks[a] & marks[b]]
    best = [min(rank(data.quality(source)) for source in each) for each in named]
    return list(min(pairs, key=lambda pair: max(best[row] for row in pair), default=())), False


def notes(data: Data) -> list[str]:
    """Return one line for each source but the paper that confirms nothing, as it or its origin is kin of the paper."""
    places = data("source_origins")[["source_id", "table", "origin_id"]].itertuples(index=False)
    kin = {source: None for source, table, origin in places if data.akin(source, table) and not data.own(origin)}
    return [
        f"data/raw/sources.csv, {source}: is of an author of the paper, an employer or its publisher ({NAME}) and "
        "confirms nothing. Remedy: where another body measured, name that in source_origins.csv, with role origin"
        for source in kin
        if source != "paper"
    ]
