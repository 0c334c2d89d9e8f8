"""Sentences of notebook 07."""

import pandas as pd

from compendium.base.texts import TranslatedText, make_bilingual_text, of
from compendium.notebook.begin import Notebook
from study.analysis import statistics
from study.judgements import talent


def render_people_count(ten_thousands: float) -> TranslatedText:
    """Return a number of 10,000 people as each language counts: in 10,000, and in millions."""
    return make_bilingual_text(ten_thousands, ten_thousands / 100)


def select_paper_gaps(paper_statements: pd.DataFrame) -> pd.Series:
    """Return the paper's gaps by year."""
    return paper_statements[paper_statements["measure"] == "gap"].set_index("year")["value_10k"]


def list_matching_gaps(notebook: Notebook) -> pd.DataFrame:
    """Return the statements from outside the paper with one of its gaps, of whatever field, and their kind."""
    prints = talent.list_talent_statements(notebook.data)
    paper, others = prints[prints["source_id"] == "paper"], prints[prints["source_id"] != "paper"]
    return others[others["measure"].eq("gap") & others["value_10k"].eq(others["year"].map(select_paper_gaps(paper)))]


def describe_gap_origin(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether the paper's gaps are found as forecasts only, and for which fields."""
    paper = notebook.data("talent_statements").query("source_id == 'paper'")
    target, guide, gaps = select_paper_gaps(paper), notebook.data("talent_guide"), list_matching_gaps(notebook)
    early, late = map(render_people_count, target)
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


def fill_fields_heading(rows: pd.DataFrame, known_count: int) -> dict[str, object]:
    """Return the heading of the figure of fields and what fills it; `known_count` fields of the Guide are known."""
    if not rows["equal"].any():
        return {"heading": "figure-fields-heading-none", "of": known_count}
    return {"names": of(rows[rows["equal"]], "field")}


def describe_balance_growth(notebook: Notebook, start: pd.Series, end: pd.Series, years: int) -> TranslatedText:
    """Say by how much demand and gap rise, and how fast supply grows."""
    rises = {"more": render_people_count(end.demand - start.demand), "wider": render_people_count(end.gap - start.gap)}
    rate = statistics.compute_compound_rate(start.supply, end.supply, years)
    return notebook.say("balance-say", last=end.name, demand=render_people_count(end.demand), rate=rate, **rises)


def summarise_talent_findings(
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
    said |= {"supply": [render_people_count(start.supply), render_people_count(end.supply)]}
    said |= {"first": start.name, "last": end.name}
    said |= {"closing": closing, "stock_year": stock_year}
    said |= {"yearly": render_people_count((end.demand - start.supply) / (end.name - stock_year))}
    return notebook.say("findings", **said)
