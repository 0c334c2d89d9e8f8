"""Judgements for tests: four claims, each judged by one row on pilots, which prints what the paper does or `value`."""

from compendium.base.texts import make_bilingual_text
from compendium.ledger.rules import missing, printed
from compendium.ledger.verdict import Judges

BATCHES = Judges()


@BATCHES("Q14", "Q15", "Q16", "Q42")
def given(claim, data, value=None):
    """Judge a claim by one row of pilot_batches, which is taken to print `value`, or what the paper prints."""
    row = data("pilot_batches").query("basis == 'seen'").head(1)
    if row.empty:
        return missing()
    moved = row["projects"].iloc[0] - data.known["pilot_batches"].loc[row.index[0], "projects"]
    printed_there = float(claim["value_low"] if value is None else value) + float(moved)
    return printed(claim, row, [printed_there], data).told(make_bilingual_text("理由。", "Reason <1>."))
