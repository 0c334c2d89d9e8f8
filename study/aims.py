"""Aims of plans against what was printed later: how each outcome stands to its aim."""

from typing import Any

import pandas as pd

from compendium.ledger.evidence import Data

COMPARABLE = ("same", "near")
WIDE = {">": 1, ">=": 1, "=": 0, "≈": 0, "<": -1, "<=": -1}


def aims(data: Data) -> pd.DataFrame:
    """Return the outcomes found for the aims of all plans, one row an outcome, with the aim and the `state` of each.

    States: reached, short (below the aim when its year was over), below (at a print before that), open (at least a
    number below the aim is printed), not comparable, none.
    A print counts if its definition is that of the aim or near it.
    """
    targets, outcomes = data("policy_targets"), data("target_outcomes")
    wanted = ["target_id", "doc_id", "kind", "target_year", "measure_zh", "measure_en", "comparator", "value", "unit"]
    left = targets[wanted].rename(columns={"comparator": "aim_comparator", "value": "aim", "unit": "aim_unit"})
    found = outcomes.drop(columns=["measure_zh", "measure_en"]).join(left.set_index("target_id"), "target_id", "inner")
    return found.assign(state=[state(row) for row in found.itertuples()])


def state(row: Any) -> str:
    """Return how an outcome stands to its aim."""
    if pd.isna(row.value):
        return "none"
    if row.definition not in COMPARABLE:
        return "not comparable"
    above = row.value > row.aim or (row.value == row.aim and (row.aim_comparator != ">" or row.comparator == ">"))
    if above and WIDE[row.comparator] >= 0:
        return "reached"
    if WIDE[row.comparator] > 0:
        return "open"
    over = row.as_of[:4] > str(row.target_year) or row.as_of[:7] == f"{row.target_year}-12"
    return "short" if over else "below"
