"""Policy, sections 1, 2.1, 3.1 and 4.1: titles, architectures, the aims of the policies and what became of them."""

import re
from collections.abc import Callable
from dataclasses import replace
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

import pandas as pd

from compendium.base import texts, values
from compendium.base.texts import NOTHING, SEMICOLON, SENTENCE, SLASH, TranslatedText, make_bilingual_text, of
from compendium.data.datapackage import LIST
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change, drop_paper_based_rows, join_rows
from compendium.ledger.readings import by_reading, read_under
from compendium.ledger.rules import Judged, Part, attested, bounded, missing, parts, printed, read_stated, recomputed
from study.analysis.aims import classify_by_deadline
from study.judgements.registry import judges

text = texts.catalogue("study/policy")
LAYOUT = "2.1"  # the section in which the paper sets out the policies
PLAN = "P03"
TITLED = {"Q05": PLAN, "Q06": "P05", "Q07": "P06b", "Q08": "P07"}
DECIDED = ("reached", "short", "late")
TOLD = (*DECIDED, "open")
STATES = (*TOLD, "below")
DASH = make_bilingual_text("–", "–")
EXAMPLES = "Q58"  # the claim that lists the frameworks that the paper names
MAJOR = {"Canada": text("canada"), "France": text("france"), "Germany": text("germany"), "Italy": text("italy")}
MAJOR |= {"Japan": text("japan"), "United Kingdom": text("united-kingdom")}
MAJOR |= {"United States": text("united-states")}
RELATIONS = {">": gt, ">=": ge, "=": ge, "≈": ge, "<": lt, "<=": le}


def extract_years(title: str) -> list[int]:
    """Return the years that a title prints."""
    return [int(year) for year in re.findall(r"(?:19|20)\d\d", title)]


def make_boolean_mask(column: pd.Series, predicate: Callable[[str], bool]) -> pd.Series:
    """Return by row whether `predicate` is true of the value; a mask even if there are no rows."""
    return column.map(predicate).astype(bool)


@cache_until_tables_change
def find_paper_year(data: EvidenceTables) -> int:
    """Return the year in which the paper appeared."""
    return int(data("sources").set_index("source_id").at["paper", "published"][:4])


@cache_until_tables_change
def list_documents_before_paper(data: EvidenceTables) -> pd.DataFrame:
    """Return the documents that were out before the year of the paper."""
    documents = data("policy_documents")
    return documents[documents["date_end"].dt.year < find_paper_year(data)]


@judges("Q01")
def judge_plan_period(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The years that others give for the plan period: a definition, which nobody measures."""
    rows = data.evidence("Q01").assign(relation="statement")
    found = printed(claim, rows, [read_stated(row) for _, row in rows.iterrows()], data)
    return found.told(text("period", said=of(rows, "says", SENTENCE)))


@judges("Q05", "Q06", "Q07", "Q08")
def judge_title_years(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The years in the title of a document, as copies and quotations print it: a quotation is no measurement."""
    documents, ends = data("policy_documents"), values.list_numbers(claim["value_text"])
    documents = documents[documents["doc_id"] == TITLED[claim["claim_id"]]]
    documents = documents[
        make_boolean_mask(documents["title_zh"], lambda title: len(extract_years(title)) == len(ends))
    ]
    quoted = data.evidence(claim["claim_id"])
    rows = join_rows([documents.assign(differs_in="", relation="copy"), quoted.assign(relation="copy")])
    printed_years: list = [extract_years(title) for title in documents["title_zh"]]
    printed_years += [read_stated(row) for _, row in quoted.iterrows()]
    also = text("titled-also", places=len(quoted)) if len(quoted) else NOTHING
    said = [text("titled", titles=render_document_titles(documents)), also, text("titled-name")]
    return printed(claim, rows, printed_years, data).told(texts.join_texts(said, SENTENCE))


@judges("Q104")
def judge_framework_countries(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Of the seven large industrial countries, those known to have a framework; of the others nothing is known."""
    rows = data.evidence("Q104")
    rows = rows[rows["part_en"].isin(MAJOR)]
    alike = rows[rows["differs_in"] != "kind"]
    have, lack = (alike[alike["comparison"] == said].drop_duplicates("part_en") for said in ("holds", "fails"))
    unknown = [name for name in MAJOR if name not in set(alike["part_en"])]
    other, unseen = ([n for n in unknown if (n in set(rows["part_en"])) == seen] for seen in (True, False))
    found = bounded(claim, (len(have) == len(MAJOR), lack.empty), alike)
    if found.agreement == "open" and len(have):
        found = parts([Part(True, have), Part(None, have.head(0))])
    sides = {"have": list(have["part_en"]), "lack": list(lack["part_en"]), "other": other, "unseen": unseen}
    named = {side: texts.join_texts(MAJOR[name] for name in names) for side, names in sides.items() if names}
    told = (text(f"countries-{side}", names=names) for side, names in named.items())
    examples = of(data("claim_items").query("claim_id == @EXAMPLES"), "item")
    return found.told(text("countries", sides=texts.join_texts(told, SEMICOLON), examples=examples), rows)


@cache_until_tables_change
def list_prior_architectures(data: EvidenceTables) -> pd.DataFrame:
    """Return the dimensions of the architectures of intelligent manufacturing that were public before the paper."""
    rows = drop_paper_based_rows(data("architecture_dimensions"))
    return rows[rows["doc_id"].isin(list_documents_before_paper(data)["doc_id"])]


@judges("Q118")
def judge_top_level_framework(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The national documents of before the paper that set out an architecture of all of intelligent manufacturing.

    Whether one of them stands above the architecture of the industrial internet no source says.
    """
    found, dimensions, documents = attested(claim, data), list_prior_architectures(data), data("policy_documents")
    documents = documents[documents["doc_id"].isin(dimensions["doc_id"])]
    missed = list_unobtained_documents(documents, claim["claim_id"], data)
    above = read_under(claim, "above_it", data, text("architectures-rank"))
    if found.agreement == "none" or documents.empty:
        return by_reading(claim, {"of_the_field": found, "above_it": above}, data)
    sizes = texts.join_texts(sorted(set(dimensions.groupby("doc_id").size())), SLASH)
    said = {"documents": len(documents), "sizes": sizes, "titles": render_document_titles(documents)}
    said |= {"missed": len(missed), "unread": render_document_titles(missed)}
    told = text("architectures", named=documents["named_in_paper"].eq("named").sum(), **said)
    return by_reading(claim, {"of_the_field": found.told(told, documents), "above_it": above}, data)


def render_document_titles(documents: pd.DataFrame) -> TranslatedText:
    """Return the titles of documents."""
    named = map(make_bilingual_text, documents["title_zh"], documents["title_en"])
    return texts.join_texts((text("title", title=name) for name in named), ("", "; "), DASH)


def list_unobtained_documents(documents: pd.DataFrame, claim_id: str, data: EvidenceTables) -> pd.DataFrame:
    """Return the documents known only from the pages that tell of the records of the claim, which were not obtained."""
    sources = {source for cited in data.records(claim_id)["known_from"] for source in cited.split(LIST)}
    return documents[make_boolean_mask(documents["source_id"], lambda cited: set(cited.split(LIST)) <= sources)]


@cache_until_tables_change
def list_paper_policies(data: EvidenceTables) -> pd.DataFrame:
    """Return the documents that the paper names where it sets out the policies."""
    documents = data("policy_documents")
    here = make_boolean_mask(documents["paper_section"], lambda sections: LAYOUT in sections.split(LIST))
    return documents[here & (documents["named_in_paper"] == "named")]


@cache_until_tables_change
def list_due_policy_targets(data: EvidenceTables) -> pd.DataFrame:
    """Return the numeric targets of the policies that the paper sets out, due before its year."""
    targets = data("policy_targets")
    final = (targets["kind"] == "target") & (targets["status"] == "final")
    due = targets["target_year"] < find_paper_year(data)
    return targets[final & due & targets["doc_id"].isin(list_paper_policies(data)["doc_id"])]


@cache_until_tables_change
def list_target_readings(data: EvidenceTables) -> pd.DataFrame:
    """Return the rows of digitalisation on a measure that has a target, with the target, by date.

    The target stands in target_id, measure_zh, measure_en, comparator, value, unit and target_year; `when` is the last
    day of what the reading is dated to.
    """
    rows, targets = drop_paper_based_rows(data("digitalisation")), list_due_policy_targets(data)
    wanted = ["target_id", "measure_zh", "measure_en", "comparator", "value", "unit", "target_year"]
    targets = targets[targets["quantity"].isin(rows["measure"])].set_index("quantity")
    found = rows.join(targets[wanted], on="measure", how="inner")
    ends = pd.DatetimeIndex([pd.Period(day).end_time.normalize() for day in found["as_of"]])
    return found.assign(when=ends).sort_values("when", kind="stable")


def select_last_timely_readings(target_readings: pd.DataFrame) -> pd.DataFrame:
    """Return the last reading in time for each target and population, its margin, and how it stands to the target."""
    timely = target_readings[target_readings["when"].dt.year <= target_readings["target_year"]]
    timely = timely.groupby(["target_id", "scope"]).tail(1)
    met = [RELATIONS[row.comparator](row.value_pct, row.value) for row in timely.itertuples()]
    states = list(map(classify_by_deadline, met, timely["as_of"], timely["target_year"]))
    return timely.assign(margin=timely["value_pct"] - timely["value"], state=states)


def list_statements_on_target(aim: Any, statements: pd.DataFrame, target_readings: pd.DataFrame) -> pd.DataFrame:
    """Return what is told of an aim, each with its `state`; nothing if there are readings, which count alone.

    What is told of a part of what is aimed at counts as far as it goes; what is told of something else, or by a
    definition that was not read, shows neither that the aim was reached nor that it was missed: open.
    """
    if aim.target_id in set(target_readings["target_id"]):
        return statements.head(0)
    rows = statements[statements["evidence_id"].isin(aim.told_in.split(LIST))]
    met = (le if aim.comparator in ("<", "<=") else ge)(rows["value"], aim.value)
    enough = met.where(rows["comparison"] == "value", rows["comparison"] == "fails")
    states = [classify_by_deadline(ok, day, aim.target_year) for ok, day in zip(enough, rows["as_of"], strict=True)]
    states = pd.Series(states, rows.index)
    return rows.assign(state=states.where(rows["differs_in"].isin(["", "scope"]), "open"))


class TargetOutcome(NamedTuple):
    """An aim of a policy, the rows that tell what became of it, and how they stand to it
    (study.aims.classify_by_deadline).

    `state` is none where there are no rows, open where what is told is of another or an unread definition.
    """

    aim: Any
    rows: pd.DataFrame
    state: str


def find_target_outcomes(data: EvidenceTables, outcome_scope: str) -> list[TargetOutcome]:
    """Return what became of each aim.

    A reading of the chosen population counts first, in `value_pct` of its row; else what claim_evidence holds, in
    `value`, what decides before what does not.

    Raises:
        ValueError: the column scope of `digitalisation` has no such code.
    """
    scopes = data.tables.field("digitalisation", "scope")["labels"]
    if outcome_scope not in scopes:
        raise ValueError(f"outcome_scope {outcome_scope!r} is not one of {', '.join(scopes)}")
    measured, told = list_target_readings(data), data.evidence("Q148")
    last, found = select_last_timely_readings(measured[measured["scope"] == outcome_scope]), []
    for aim in list_due_policy_targets(data).itertuples():
        read, said = last[last["target_id"] == aim.target_id], list_statements_on_target(aim, told, measured)
        rows = read if said.empty else said
        state = next((state for state in STATES if state in set(rows.get("state", ()))), "none")
        rows = rows[rows["state"] == state] if state != "none" else rows
        found.append(TargetOutcome(aim, rows, state))
    return found


def tabulate_target_outcomes(data: EvidenceTables, outcome_scope: str = "key_manufacturing_fields") -> pd.DataFrame:
    """Return the aims, each with the outcome that is reported of it, if any; see `add_outcome_columns`."""
    return add_outcome_columns(list_due_policy_targets(data), find_target_outcomes(data, outcome_scope))


def add_outcome_columns(targets: pd.DataFrame, target_outcomes: list[TargetOutcome]) -> pd.DataFrame:
    """Return aims with what became of each.

    Added are `state`, `outcome`, `as_of` and `outcome_source`, the last three empty where nothing was found or only
    what fell short before the aim was due; and `exact`: False where the outcome is an aim to be passed, of which no
    more is said than that it was.
    """
    targets, rows = targets.copy(), []
    for aim, said, state in target_outcomes:
        if state not in TOLD:
            rows.append((state, float("nan"), "", "", True))
            continue
        row = said.iloc[-1]
        read = "value_pct" in row
        value = row["value_pct"] if read else row["value"]
        exact = read or aim.comparator != ">" or value != aim.value
        rows.append((state, value, row["as_of"], row["source_id"], exact))
    added = ["state", "outcome", "as_of", "outcome_source", "exact"]
    targets[added] = pd.DataFrame(rows, index=targets.index, columns=added)
    return targets.astype({"outcome": float, "exact": bool})


def describe_target_measures(rows: pd.DataFrame, last_year: int) -> TranslatedText:
    """Return the measures of aims: the year where it is not `last_year`, the number of what is not met."""
    return texts.join_texts(
        (describe_target_measure(aim, last_year) for aim in rows.itertuples()), ("，", "; "), text("no-aim")
    )


def describe_target_measure(aim: Any, last_year: int) -> TranslatedText:
    """Return the measure of an aim as in `describe_target_measures`."""
    name = make_bilingual_text(aim.measure_zh, aim.measure_en)
    if aim.state in ("short", "open") and pd.notna(aim.outcome):
        return text("aim-missed", measure=name, aim=aim, more=NOTHING if aim.exact else text("more-than"))
    return name if aim.target_year == last_year else text("aim-early", measure=name, aim=aim)


def describe_partial_outcomes(target_outcomes: list[TargetOutcome], data: EvidenceTables) -> TranslatedText:
    """Return which aims are judged by a part of what they count, and when more was reported than one missed."""
    partly = [
        aim for aim, rows, state in target_outcomes if state in DECIDED and "scope" in set(rows.get("differs_in", ()))
    ]
    short = [aim for aim, _, state in target_outcomes if aim in partly and state == "short"]
    if not partly:
        return NOTHING
    said = [text("standards", aims=len(partly))]
    later = drop_paper_based_rows(data("standards_counts")).query("measure == 'national_standards'")
    later = later.sort_values("as_of", kind="stable")
    for aim in short:
        above = later[later["comparator"].isin([">", ">=", "="]) & (later["value"] >= aim.value)]
        if len(above):
            said.append(text("standards-first", aim=aim, day=above["as_of"].iloc[0]))
    return texts.join_texts(said, SENTENCE)


@judges("Q148")
def judge_policy_fulfilment(
    claim: pd.Series, data: EvidenceTables, outcome_scope: str = "key_manufacturing_fields"
) -> Judged:
    """Whether an aim was missed: “a certain gap” asks for one, and is refuted only where all were reached in time.

    Numbers count where there are any, else what is reported; that an aim is reported as met after its year only does
    not show that it was late.
    """
    every, became = list_due_policy_targets(data), find_target_outcomes(data, outcome_scope)
    if every.empty:
        return missing("printed")
    read = [row for _, rows, state in became if "value_pct" in rows and state in TOLD for row in rows.index]
    states = add_outcome_columns(every, became)
    short = [rows for _, rows, state in became if state == "short"]
    met = [rows for _, rows, state in became if state == "reached"]
    gap = True if short else False if len(met) == len(became) else None
    by = {state: states[states["state"] == state] for state in DECIDED}
    by["open"] = states[~states["state"].isin(DECIDED)]
    levers = [("digitalisation", (row,), "value_pct") for row in read]
    levers += [("digitalisation", tuple(read), "value_pct")] * (len(read) > 1)
    words = data.evidence("Q148")
    beside = words[words["part_zh"] == ""]
    judged, known = recomputed(claim, gap, short or met), [rows for _, rows, state in became if state in TOLD]
    if judged.agreement == "none" and known:  # no aim is known to be missed, nor all to be met
        judged = Judged("parts", "related", join_rows(known), (False, True))
    last = every["target_year"].max()
    filled: dict[str, object] = {"aims": len(every), "n": {state: len(rows) for state, rows in by.items()}}
    filled |= {"names": {state: describe_target_measures(rows, last) for state, rows in by.items()}}
    filled |= {"other": (states["state"] == "open").sum()}
    told = text("outcomes", **filled)
    values: dict[str, object] = {"section": LAYOUT, "laid_out": len(list_paper_policies(data))}
    values |= {"documents": every["doc_id"].nunique(), "first": every["target_year"].min(), "last": last}
    reading = text("outcomes-reading", **values)
    scope = data.tables.labels("digitalisation", "scope")[outcome_scope]
    population = text("outcomes-population", scope=scope, read=len(read))
    said = [told, of(beside, "says", SENTENCE), reading, describe_partial_outcomes(became, data), population]
    told_of = [beside, *(rows for rows in known if not any(rows is one for one in short))]
    some = judged.told(texts.join_texts(said, SENTENCE), told_of)
    most = missing()
    if 2 * len(short) > len(became) or 2 * len(met) >= len(became):
        most = recomputed(claim, 2 * len(short) > len(became), short or met)
    most = most.told(text("outcomes-most", aims=len(every), short=len(short), met=len(met)))
    overall = read_under(claim, "judgement", data, text("outcomes-judgement"))
    return replace(by_reading(claim, {"some": some, "most": most, "judgement": overall}, data), levers=levers or None)


KNOWN_UNDER = {  # by claim the reading of which the rows speak, and the one under which nothing is known
    "Q121": ("with_rules", "statutes"),
    "Q122": ("agency_counts", "ministry_itself"),
}


@judges(*KNOWN_UNDER)
def judge_under_first_reading(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What the rows say under the first reading of the claim; nothing is known under the second."""
    first, second = KNOWN_UNDER[claim["claim_id"]]
    unknown = read_under(claim, second, data, text(f"unknown-{second.replace('_', '-')}"))
    found, rows = attested(claim, data), data.evidence(claim["claim_id"])
    if first == "agency_counts" and len(rows):  # what an agency did is then what the ministry did
        found = printed(claim, rows, [read_stated(row) for _, row in rows.iterrows()], data, [True] * len(rows))
        found = found.told(of(rows, "says", SENTENCE))
    return by_reading(claim, {first: found, second: unknown}, data)


@judges("Q149")
def judge_policy_attention(claim: pd.Series, data: EvidenceTables) -> Judged:
    """National documents on what the paper calls neglected; how much attention is little, it does not say."""
    found = attested(claim, data)
    return found if found.agreement == "none" else found.told(text("attention", said=found.reason))


@judges("Q158")
def judge_main_direction(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the documents together make it the main direction, as one of them may say; or each of them does."""
    rows, each = data.evidence(claim["claim_id"]), attested(claim, data)
    rows = rows[rows["differs_in"].eq("")]
    together = printed(claim, rows, [read_stated(row) for _, row in rows.iterrows()], data)
    together = together.told(of(rows, "says", SENTENCE)) if len(rows) else together
    return by_reading(claim, {"together": together, "each": each}, data)


@judges("Q106")
def judge_strategic_plans(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What national documents lay down: none of them is a plan of its own, any of them is one that speaks of it."""
    found, rows = attested(claim, data), data.evidence(claim["claim_id"])
    rows = rows[rows["part_en"].ne("") & rows["comparison"].eq("fails")]
    named = [Part(False, part) for _, part in rows.groupby("part_en", sort=False)]
    any_plan = parts(named).told(of(rows, "says", SENTENCE)) if named else missing()
    precise = read_under(claim, "precise", data, text("planned-precise"))
    return by_reading(claim, {"own_plan": found, "any_plan": any_plan, "precise": precise}, data)
