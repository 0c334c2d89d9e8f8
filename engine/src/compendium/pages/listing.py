"""Lists for readers: claims in order, Markdown tables."""

from collections.abc import Sequence

import pandas as pd

from compendium.base.texts import catalogue
from compendium.base.vocabulary import VERDICTS
from compendium.ledger import claims
from compendium.ledger.record import Ledger

text = catalogue("compendium/show")


def sort_claims_by_verdict(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the claims by verdict in the order of the vocabulary, then by weight, then by number."""
    rank = {"verdict": list(VERDICTS).index, "weight": claims.WEIGHED.index, "claim_id": lambda name: int(name[1:])}
    return ledger.sort_values(list(rank), key=lambda column: column.map(rank[column.name]), kind="stable")


def render_markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]], align: str) -> str:
    """Return a Markdown table; `align` has one letter a column, l or r."""
    rule = ["---:" if letter == "r" else "---" for letter in align]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (header, rule, *rows))


def describe_structural_claims(ledger: Ledger, language: str) -> str:
    """Return in a sentence how many lists and names there are beside the claims of substance; empty for none."""
    listed = [one for one in ledger.values() if one.weight == claims.LISTS]
    every, agree = len(listed), sum(one.agreement == "same" for one in listed)
    return text("lists", claims=len(ledger) - every, every=every, agree=agree)[language] if every else ""
