"""When is a figure measured twice? Rows whose sources share a publisher or an excerpt are one measurement, and a claim
whose own origin nothing shows cannot be one of the two."""

from itertools import combinations

import pandas as pd

from compendium.ledger.evidence import Data, measured, rank, sources


def confirming(claim: pd.Series, rows: pd.DataFrame, any_row: bool, data: Data, later: bool) -> tuple[list[int], bool]:
    """Return the places of the rows that confirm a claim they agree with, none if they do not, and whether any will do.

    Where the claim's own origin is shown, by a measurement among the rows or by what source_origins says of the paper,
    or all rows are of what came `later`, one measurement of another origin suffices. Where it is not, as of what the
    authors say without a measurement of their own, any source may be the one they drew on: two of different origins
    must agree. Without `any_row` the rows are one computation, all of another origin, that of the claim being shown.
    """
    named = sources(rows)
    own = [
        data.origin(first, table)[0] == claim["origin_id"]
        for (first, *_), table in zip(named, rows["table"], strict=True)
    ]
    marks = [data.marks(first) for first, *_ in named]  # as for origins, the first source counts
    of_own = frozenset[str]().union(*(mark for mark, mine in zip(marks, own, strict=True) if mine))
    anew = measured(rows).tolist()
    second = [n for n, new in enumerate(anew) if new and not own[n] and not marks[n] & of_own]
    shown = any(map(bool.__and__, own, anew)) or data.drawn(claim) or later
    if shown or not any_row:
        return (second if shown and (any_row or len(second) == len(rows)) else []), any_row
    origins = data.origins(rows)
    pairs = [(a, b) for a, b in combinations(second, 2) if origins[a] != origins[b] and not marks[a] & marks[b]]
    best = [min(rank(data.quality(source)) for source in each) for each in named]
    return list(min(pairs, key=lambda pair: max(best[row] for row in pair), default=())), False
