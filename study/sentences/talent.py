"""Sentences of notebook 07."""

import pandas as pd

from compendium.base.texts import TranslatedText, make_bilingual_text, of
from compendium.notebook.begin import Notebook
from study import statistics
from study.judgements import talent


def people(number: float) -> TranslatedText:
    """Return a number of 10,000 people as each language counts: in 10,000, and in millions."""
    return make_bilingual_text(number, number / 100)


def target_of(paper: pd.DataFrame) -> pd.Series:
    """Return the paper's gaps by year."""
    return paper[paper["measure"] == "gap"].set_index("year")["value_10k"]


def same(notebook: Notebook) -> pd.DataFrame:
    """Return the statements from outside the paper with one of its gaps, of whatever field, and their kind."""
    prints = talent.prints(notebook.data)
    paper, others = prints[prints["source_id"] == "paper"], prints[prints["source_id"] != "paper"]
    return others[others["measure"].eq("gap") & others["value_10k"].eq(others["year"].map(target_of(paper)))]


def answer(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether the paper's gaps are found as forecasts only, and for which fields."""
    paper = notebook.data("talent_statements").query("source_id == 'paper'")
    target, guide, gaps = target_of(paper), notebook.data("talent_guide"), same(notebook)
    early, late = map(people, target)
    if gaps["kind"].eq("after").any():
        return notebook.say("answer-after", early=early, late=late)
    cells = guide[guide["measure"].eq("predicted_gap") & guide["basis"].ne("derived")]
    equal = cells[cells["value_10k"].eq(cells["year"].map(target))]
    found = equal[equal.groupby("field_no")["year"].transform("nunique") == len(target)]
    press = gaps[gaps["field_zh"].isin(paper["field_zh"])]["print_year"].min()
    if found.empty or pd.isna(press):
        return notebook.say("answer-none")
    year = notebook.data("policy_documents").set_index("doc_id").loc["P17", "date_start"].year
    names = of(found.drop_duplicates("field_no"), "field")
    return notebook.say("answer", early=early, late=late, names=names, year=year, press=int(press))


def fields(rows: pd.DataFrame, of_known: int) -> dict[str, object]:
    """Return the heading of the figure of fields and what fills it; `of_known` fields of the Guide are known."""
    if not rows["equal"].any():
        return {"heading": "figure-fields-heading-none", "of": of_known}
    return {"names": of(rows[rows["equal"]], "field")}


def balanced(notebook: Notebook, start: pd.Series, end: pd.Series, years: int) -> TranslatedText:
    """Say by how much demand and gap rise, and how fast supply grows."""
    rises = {"more": people(end.demand - start.demand), "wider": people(end.gap - start.gap)}
    rate = statistics.compound_rate(start.supply, end.supply, years)
    return notebook.say("balance-say", last=end.name, demand=people(end.demand), rate=rate, **rises)


def short(
    notebook: Notebook, chain: pd.DataFrame, match: pd.DataFrame, balance: pd.DataFrame, closing: float, stock_year: int
) -> TranslatedText:
    """Say in short what was found."""
    own, years = chain["source_id"] == "paper", pd.to_numeric(chain["published"].str[:4], errors="coerce")
    older = chain[~own & (years <= years[own].iloc[0])]
    start, end = balance.iloc[0], balance.iloc[-1]
    said: dict[str, object] = {
        "row": notebook.say("findings-row", names=of(match, "field")) if len(match) else notebook.say("findings-no-row")
    }
    said |= {"older": older.groupby(["published", "speaker"]).ngroups}
    said |= {"ahead": older[older["kind"] == "forecast"].groupby(["published", "speaker"]).ngroups}
    said |= {"supply": [people(start.supply), people(end.supply)], "first": start.name, "last": end.name}
    said |= {"closing": closing, "stock_year": stock_year}
    said |= {"yearly": people((end.demand - start.supply) / (end.name - stock_year))}
    return notebook.say("findings", **said)
