"""Sentences of notebook 07."""

import pandas as pd

from compendium.ledger.evidence import Data
from compendium.show.wording import say
from compendium.texts import Text, both, of
from study import statistics
from study.judgements import talent

NONE = both("", "")


def people(number: float) -> Text:
    """Return a number of 10,000 people as each language counts: in 10,000, and in millions."""
    return both(number, number / 100)


def years_of(rows: pd.DataFrame) -> pd.Series:
    """Return the years in which statements were published; NaN without a date."""
    return pd.to_numeric(rows["published"].str[:4], errors="coerce")


def target_of(paper: pd.DataFrame) -> pd.Series:
    """Return the paper's gaps by year."""
    return paper[paper["measure"] == "gap"].set_index("year")["value_10k"]


def answer(data: Data) -> Text:
    """Say in one sentence where the paper's gaps come from."""
    prints = talent.prints(data)
    paper = prints[prints["source_id"] == "paper"]
    target, guide = target_of(paper), data("talent_guide")
    gaps = guide[guide["measure"].eq("predicted_gap") & guide["basis"].ne("derived")]
    equal = gaps[gaps["value_10k"].eq(gaps["year"].map(target))]
    rows = equal[equal.groupby("field_no")["year"].transform("nunique") == len(target)]
    if rows.empty:
        return say("answer-none")
    year = data("policy_documents").set_index("doc_id").loc["P17", "date_start"].year
    early, late = map(people, target)
    return say("answer", early=early, late=late, names=of(rows.drop_duplicates("field_no"), "field"), year=year)


def fields(target: pd.Series, match: pd.DataFrame, issued: str) -> dict[str, object]:
    """Return what fills the heading of the key figure: the gaps, the fields that have them, the year of the Guide."""
    early, late = map(people, target)
    return {"early": early, "late": late, "names": of(match, "field"), "year": issued[:4]}


def balanced(start: pd.Series, end: pd.Series, years: int) -> Text:
    """Say by how much demand and gap rise, and how fast supply grows."""
    rises = {"more": people(end.demand - start.demand), "wider": people(end.gap - start.gap)}
    rate = statistics.compound_rate(start.supply, end.supply, years)
    return say("balance-say", last=end.name, demand=people(end.demand), rate=rate, **rises)


def short(chain: pd.DataFrame, match: pd.DataFrame, balance: pd.DataFrame, closing: float, stock_year: int) -> Text:
    """Say in short what was found."""
    own = chain["source_id"] == "paper"
    older = chain[~own & (years_of(chain) <= years_of(chain[own]).iloc[0])]
    start, end = balance.iloc[0], balance.iloc[-1]
    return say(
        "findings",
        row=say("findings-row", names=of(match, "field")) if len(match) else say("findings-no-row"),
        older=older.groupby(["published", "speaker"]).ngroups,
        ahead=older[older["kind"] == "forecast"].groupby(["published", "speaker"]).ngroups,
        supply=[people(start.supply), people(end.supply)],
        first=start.name,
        last=end.name,
        closing=closing,
        stock_year=stock_year,
        yearly=people((end.demand - start.supply) / (end.name - stock_year)),
    )
