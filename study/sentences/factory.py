"""Sentences of notebook 09."""

from collections.abc import Mapping

import pandas as pd

from compendium.ledger.evidence import Data, outside
from compendium.show.tabulation import labels
from compendium.show.wording import say
from compendium.texts import Text, of
from compendium.vocabulary import answered
from study import finance


def scope(code: str) -> Text:
    """Return the words for a population."""
    return labels("digitalisation", "scope")[code]


def networked(data: Data) -> pd.Series:
    """Return the row on the networked share of digital equipment."""
    rows = outside(data("digitalisation"))
    return rows[rows["measure"] == "digital_equipment_networked"].iloc[0]


def answer(rows: Mapping[str, Mapping[str, str]], data: Data) -> Text:
    """Say in one sentence whether one percentage may be divided by the other; `rows` is the ledger by claim."""
    matched = all(answered(rows[claim]["verdict"]) == "matches" for claim in ("Q79", "Q80"))
    row = networked(data)
    share = {"scope": scope(row["scope"]), "year": row["as_of"][:4], "networked": row["value_pct"]}
    return say("answer" if matched else "answer-unmatched", **share)


def ratio(digital_pct: float, networked_pct: float, data: Data) -> Text:
    """Say what the quotient of the paper's percentages is not."""
    row = networked(data)
    quotient = 100 * networked_pct / digital_pct
    return say("ratio", quotient=quotient, indicator=of(row, "label"), row=row, scope=scope(row["scope"]))


def short(digital_pct: float, networked_pct: float, data: Data) -> Text:
    """Say in short what was found."""
    loans, now, euro, profit = finance.lending(data)
    return say(
        "findings",
        digitised=digital_pct,
        networked=networked_pct,
        quotient=100 * networked_pct / digital_pct,
        row=now.iloc[0],
        past=loans.iloc[0],
        euro=euro["value"].iloc[0],
        profit=profit["value"].iloc[0],
    )
