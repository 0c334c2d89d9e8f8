"""Sentences of notebook 07."""

import pandas as pd

from compendium.show.notebook import Notebook
from compendium.texts import Text, both, of
from study import statistics
from study.judgements import talent

NONE = both("", "")


def people(number: float) -> Text:
    """Return a number of 10,000 people as each language counts: in 10,000, and in millions."""
    return both(number, number / 100)


def target_of(paper: pd.DataFrame) -> pd.Series:
    """Return the paper's gaps by year."""
    return paper[paper["measure"] == "gap"].set_index("year")["value_10k"]


def answer(notebook: Notebook) -> Text:
    """Say in one sentence where the paper's gaps come from."""
    prints = talent.prints(notebook.data)
    paper = prints[prints["source_id"] == "paper"]
    target, guide = target_of(paper), notebook.data("talent_guide")
    gaps = guide[guide["measure"].eq("predicted_gap") & guide["basis"].ne("derived")]
    equal = gaps[gaps["value_10k"].eq(gaps["year"].map(target))]
    rows = equal[equal.groupby("field_no")["year"].transform("nunique") == len(target)]
    if rows.empty:
        return notebook.say("answer-none")
    year = notebook.data("policy_documents").set_index("doc_id").loc["P17", "date_start"].year
    early, late = map(people, target)
    return notebook.say(
        "answer", early=early, late=late, names=of(rows.drop_duplicates("field_no"), "field"), year=year
    )


def fields(target: pd.Series, match: pd.DataFrame, issued: str) -> dict[str, object]:
    """Return what fills the heading of the key figure: the gaps, the fields that have them, the year of the Guide."""
    early, late = map(people, target)
    return {"early": early, "late": late, "names": of(match, "field"), "year": issued[:4]}


def balanced(notebook: Notebook, start: pd.Series, end: pd.Series, years: int) -> Text:
    """Say by how much demand and gap rise, and how fast supply grows."""
    rises = {"more": people(end.demand - start.demand), "wider": people(end.gap - start.gap)}
    rate = statistics.compound_rate(start.supply, end.supply, years)
    return notebook.say("balance-say", last=end.name, demand=people(end.demand), rate=rate, **rises)


def short(
    notebook: Notebook, chain: pd.DataFrame, match: pd.DataFrame, balance: pd.DataFrame, closing: float, stock_year: int
) -> Text:
    """Say in short what was found."""
    own, years = chain["source_id"] == "paper", pd.to_numeric(chain["published"].str[:4], errors="coerce")
    older = chain[~own & (years <= years[own].iloc[0])]
    start, end = balance.iloc[0], balance.iloc[-1]
    return notebook.say(
        "findings",
        row=notebook.say("findings-row", names=of(match, "field")) if len(match) else notebook.say("findings-no-row"),
        older=older.groupby(["published", "speaker"]).ngroups,
        ahead=older[older["kind"] == "forecast"].groupby(["published", "speaker"]).ngroups,
        supply=[people(start.supply), people(end.supply)],
        first=start.name,
        last=end.name,
        closing=closing,
        stock_year=stock_year,
        yearly=people((end.demand - start.supply) / (end.name - stock_year)),
    )
