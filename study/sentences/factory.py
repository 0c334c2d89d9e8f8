"""Sentences of notebook 09."""

import pandas as pd

from compendium.base.texts import TranslatedText, of
from compendium.ledger.evidence import EvidenceTables, drop_paper_based_rows
from compendium.notebook.begin import Notebook
from study.analysis import finance


def describe_population(notebook: Notebook, scope_code: str) -> TranslatedText:
    """Return the words for a population; those for above-scale industry need no knowledge of the term."""
    if scope_code == "above_scale_industry":
        return notebook.say("scope-larger")
    return notebook.labels("digitalisation", "scope")[scope_code]


def select_networked_share_row(data: EvidenceTables) -> pd.Series:
    """Return the row on the networked share of digital equipment."""
    rows = drop_paper_based_rows(data("digitalisation"))
    return rows[rows["measure"] == "digital_equipment_networked"].iloc[0]


def describe_percentage_bases(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether both percentages match a source, and what they are percentages of."""
    matched = all(notebook.rows[claim].answer == "matches" for claim in ("Q79", "Q80"))
    rows = notebook.data("digitalisation")
    paper = rows[rows["source_id"] == "paper"].set_index("measure")["value_pct"]
    found = drop_paper_based_rows(rows)
    found = found[found["value_pct"].eq(found["measure"].map(paper))]
    if not matched or set(found["scope"]) != {"base_not_stated"}:
        return notebook.say("answer-else")
    digital, networked = paper["equipment_digitisation"], paper["networked_and_collecting"]
    return notebook.say("answer", digital=digital, networked=networked)


def describe_quotient_caveat(notebook: Notebook, digital_pct: float, networked_pct: float) -> TranslatedText:
    """Say what the quotient of the paper's percentages is not."""
    row = select_networked_share_row(notebook.data)
    quotient = 100 * networked_pct / digital_pct
    scope = describe_population(notebook, row["scope"])
    return notebook.say("ratio", quotient=quotient, indicator=of(row, "label"), row=row, scope=scope)


def summarise_factory_findings(notebook: Notebook, digital_pct: float, networked_pct: float) -> TranslatedText:
    """Say in short what was found."""
    loans, now, euro, profit = finance.select_lending_rate_rows(notebook.data)
    said: dict[str, object] = {"digitised": digital_pct, "networked": networked_pct}
    said |= {"quotient": 100 * networked_pct / digital_pct, "row": now.iloc[0], "past": loans.iloc[0]}
    said |= {"euro": euro["value"].iloc[0], "profit": profit["value"].iloc[0]}
    return notebook.say("findings", **said)
