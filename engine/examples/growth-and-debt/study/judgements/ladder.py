"""The one principle by which a number of this paper is judged.

The slips are mended: the range of the formula, which the authors conceded, and a mean that was copied wrongly. The
authors' method, each country counted once, is kept. The years they left out are a choice, so both ways count:

1. the printed number comes out with and without those years: recomputed;
2. it comes out one way only: mixed;
3. it comes out only with the slips: relabelled, the figure is there, but of other countries than it says;
4. it does not come out at all: contradicted.

What years as weights would give is told beside and decides nothing. `holds` does the same for a statement in words.
"""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.printed import compare_computed_value
from compendium.ledger.rules import Judged, Part, missing, parts, recomputed
from study import results


def used(data: EvidenceTables, sample: str, debt_class: str = "") -> pd.DataFrame:
    """Return the rows of a sample, of one class of debt if it is named."""
    found = results.rows(data, sample)
    return found[found["debt_class"] == debt_class] if debt_class else found


def ladder(claim: pd.Series, whole: float, own: float, slipped: float, rows: pd.DataFrame) -> Judged:
    """Judge a number by the ladder.

    Args:
        claim: row of the table claims.
        whole, own: the number of all countries, with all years and without those that the authors left out.
        slipped: the number with each choice and slip as in the authors' sheet.
        rows: the rows that decide.
    """
    if rows.empty:
        return missing("recomputed")
    hits = [compare_computed_value(claim, found)[0] for found in (whole, own)]
    if any(hits) and not all(hits):
        return holds(hits, rows)
    same, difference = compare_computed_value(claim, slipped)
    if same and not any(hits):
        return Judged("recomputed", "relabelled", rows, slipped, difference)
    return recomputed(claim, whole, rows)


def holds(said: Sequence[bool | None], rows: pd.DataFrame) -> Judged:
    """Judge a statement in words by whether it holds in each of some ways to count the same rows."""
    return parts([Part(one, rows if number == 0 else rows.iloc[:0]) for number, one in enumerate(said)])


def moved_by(found: Judged, rows: pd.DataFrame, column: str = "growth_pct") -> Judged:
    """Return what was judged, where numbers of these rows may be changed to look for another verdict."""
    return replace(found, levers=[("country_years", tuple(rows.index), column)] if len(rows) else [])
