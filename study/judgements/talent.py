"""Talent, section 3.3: demand and gap, where the figures come from, and whether they were counts or forecasts."""

from dataclasses import replace

import pandas as pd

from compendium import CompendiumError
from compendium.base.texts import (
    NOTHING,
    SEMICOLON,
    SENTENCE,
    TranslatedText,
    catalogue,
    join_texts,
    make_bilingual_text,
    of,
)
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change, drop_paper_based_rows
from compendium.ledger.readings import by_reading
from compendium.ledger.rules import Judged, attested, bounded, missing, printed
from study.judgements.registry import judges
from study.judgements.technology import find_source_name

text = catalogue("study/talent")
MEASURES = {"Q70": "demand", "Q71": "gap", "Q72": "gap"}
CREDITS = ("mohrss", "guide")
DEGREE = 4  # years to a bachelor's degree
KINDS = {kind: text(f"kind-{kind}") for kind in ("forecast", "after", "undated")}


@cache_until_tables_change
def list_talent_statements(data: EvidenceTables) -> pd.DataFrame:
    """Return the statements of demand and gap with print_year, origin, and kind, a key of KINDS.

    What was first printed before the year was over is a forecast, and a later copy of a forecast stays one. The paper
    is taken at its word: only its own date counts.
    """
    rows = data("talent_statements")
    rows = rows[rows["measure"].isin(["demand", "gap"])]
    rows = rows.assign(print_year=pd.to_numeric(rows["published"].str[:4], errors="coerce"), origin=data.origins(rows))
    speaker = rows["origin"].where(rows["source_id"] != "paper", "paper")
    first = rows.groupby([speaker, "measure", "year"])["print_year"].transform("min")
    kind = (first <= rows["year"]).map({True: "forecast", False: "after"}).mask(first.isna(), "undated")
    return rows.assign(kind=kind)


@judges(*MEASURES)
def judge_talent_figure(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What was printed about the same field: as an estimate of whatever kind, or as a count made after the year.

    A figure that is a forecast in the paper too may be anybody's, or that of the ministry which the sentence names.
    That a number comes from the Guide is inferred from equal numbers, and told beside.
    """
    rows = list_talent_statements(data)
    rows = rows[(rows["measure"] == MEASURES[claim["claim_id"]]) & (rows["year"] == claim["year_start"])]
    paper, found = rows[rows["source_id"] == "paper"], drop_paper_based_rows(rows)
    if paper.empty:
        return missing("printed")
    paper = paper.iloc[0]
    found = found[(found["origin"] != claim["origin_id"]) | (found["print_year"] <= paper["print_year"])]
    guide = rows[rows["credit"].isin(["guide", "guide_mohrss"]) & rows["value_10k"].eq(paper["value_10k"])]
    field = found["field_zh"].eq(paper["field_zh"])
    kinds = {"estimate": field, "count": field & found["kind"].eq(paper["kind"])}
    if paper["kind"] == "forecast":
        kinds = {"anyone": kinds["count"], "ministry": kinds["count"] & found["credit"].eq(paper["credit"])}
    read = {name: judge_printed_figure(claim, found, alike, data) for name, alike in kinds.items()}
    judged = next(iter(read.values()))
    if judged.agreement == "none":
        return judged
    rows, fields = judged.rows.sort_values("published", kind="stable"), data("talent_guide")
    fields = fields[fields["year"].eq(paper["year"]) & fields["value_10k"].eq(paper["value_10k"])]
    fields = fields[~fields["field_zh"].isin(guide["field_zh"])]
    reports = data("talent_statements").query("measure == 'demand' and credit == @paper.credit")
    reports = drop_paper_based_rows(reports[reports["published"].eq("") & reports["field_zh"].eq(paper["field_zh"])])
    named = [describe_guide_field(row, data) for _, row in fields.iterrows()]
    dated = guide[guide["print_year"].notna()].sort_values("published", kind="stable")
    prints = join_texts((describe_printed_statement(row, data) for _, row in rows.iterrows()), SEMICOLON)
    told = [
        describe_figure_match(judged.rows, paper),
        text("figure", prints=prints),
        text("answer-guide", field=of(dated.iloc[0], "field"), kind=KINDS[dated["kind"].iloc[0]])
        if len(dated)
        else NOTHING,
        text("figure-fields", fields=join_texts(named)) if named else NOTHING,
        describe_paper_credit(paper, judged.rows) if paper["credit"] in CREDITS else NOTHING,
        *(text("figure-report", number=render_people_count(n), field=of(paper, "field")) for n in reports["value_10k"]),
    ]
    reason = join_texts(told, SENTENCE)
    judged = judged.told(reason, [guide, fields, reports])
    if "ministry" in read:
        read = {"anyone": judged, "ministry": read["ministry"].told(describe_paper_credit(paper, found[field]))}
        return replace(by_reading(claim, read, data), levers="value_10k")
    said = text("figure-no-count", year=paper["year"])
    if kinds["count"].any():
        said = describe_figure_match(read["count"].rows, paper)
    read = {"estimate": judged, "count": read["count"].told(said)}
    return replace(by_reading(claim, read, data), levers="value_10k")


def judge_printed_figure(
    claim: pd.Series, statements: pd.DataFrame, same_quantity: pd.Series, data: EvidenceTables
) -> Judged:
    """Compare what was printed of the very thing, or where nothing was, of another."""
    rows = statements
    if same_quantity.any():
        rows, same_quantity = statements[same_quantity], same_quantity[same_quantity]
    return printed(claim, rows, rows["value_10k"] / 100, data, same_quantity, rows["comparator"].eq("="))


def describe_paper_credit(paper: pd.Series, rows: pd.DataFrame) -> TranslatedText:
    """Return whom the paper credits with its number, and whether a source taken does."""
    alone = NOTHING if rows["credit"].eq(paper["credit"]).any() else text("figure-credit-alone")
    return join_texts([text(f"figure-credit-{paper['credit']}"), alone], SENTENCE)


def describe_guide_field(row: pd.Series, data: EvidenceTables) -> TranslatedText:
    """Return a field of the table of the Guide, what its number is, and whether it was derived."""
    measures, bases = (data.tables.labels("talent_guide", name) for name in ("measure", "basis"))
    words = [measures[row["measure"]], *([bases["derived"]] if row["basis"] == "derived" else [])]
    return text("in-guide", field=of(row, "field"), words=join_texts(words, ("，", ", ")))


def describe_printed_statement(row: pd.Series, data: EvidenceTables) -> TranslatedText:
    """Return what a source prints, of which field, as what."""
    source, number = find_source_name(row["source_id"], data), render_people_count(row["value_10k"])
    return text("in-print", source=source, number=number, field=of(row, "field"), kind=KINDS[row["kind"]])


def render_people_count(ten_thousands: float) -> TranslatedText:
    """Return a number of people: in units of 10,000 in Chinese, in millions in English."""
    return text("people", n=make_bilingual_text(f"{ten_thousands:g}", f"{ten_thousands / 100:g}"))


def describe_figure_match(rows: pd.DataFrame, paper: pd.Series) -> TranslatedText:
    """Return the short answer: another number, the same of the same, another kind."""
    values, own = sorted(set(rows["value_10k"])), paper["value_10k"]
    if values != [own]:
        return text("answer-number", others=join_texts(map(render_people_count, values)), own=render_people_count(own))
    if paper["kind"] in set(rows.loc[rows["field_zh"].eq(paper["field_zh"]), "kind"]):
        return text("answer-same", field=of(paper, "field"), kind=KINDS[paper["kind"]])
    return text("answer-after" if "after" in set(rows["kind"]) else "answer-forecast")


@cache_until_tables_change
def tabulate_talent_balance(data: EvidenceTables) -> pd.DataFrame:
    """Return demand, gap and implied supply by year (10,000 people), with source_id and published.

    They are those of the earliest outside source that prints demand and gap of the field for both years of the paper.
    """
    rows = data("talent_statements")
    paper = rows[rows["source_id"] == "paper"]
    rows = drop_paper_based_rows(rows).merge(paper[["field_zh"]].drop_duplicates())
    rows = rows[rows["measure"].isin(["demand", "gap"]) & rows["year"].isin(paper["year"])]
    whole = 2 * paper["year"].nunique()
    rows = rows[rows.groupby("source_id")["value_10k"].transform("count") == whole]
    rows = rows.sort_values("published", kind="stable")
    if rows.empty:
        raise CompendiumError("talent_statements: no outside source prints demand and gap for both years of the paper")
    rows = rows[rows["source_id"] == rows["source_id"].iloc[0]]
    found = rows.pivot(index="year", columns="measure", values="value_10k").rename_axis(columns=None)
    found["supply"] = found["demand"] - found["gap"]
    return found.assign(source_id=rows["source_id"].iloc[0], published=rows["published"].iloc[0])


@judges("Q193")
def judge_talent_training(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What is said of it; new programmes by year and when their first students finish show no more than bounds."""
    rows = drop_paper_based_rows(data("im_majors"))
    rows = rows[(rows["measure"] == "new") & rows["province_adcode"].isna()].sort_values("list_year", kind="stable")
    if rows.empty:
        return missing("bounded")
    first, last, new = rows["list_year"].min(), rows["list_year"].max(), rows["universities"].sum()
    reason = text("training", first=first, last=last, new=new, finish=first + 1 + DEGREE)
    said = attested(claim, data)
    if said.agreement in ("none", "related"):
        return bounded(claim, (False, True), rows).told(join_texts([reason, said.reason], SENTENCE), said.rows)
    return said.told(join_texts([said.reason, reason], SENTENCE), rows)
