"""Aims of plans against what was printed later: how each outcome stands to its aim."""

from typing import Any

import pandas as pd

from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change

COMPARABLE = ("same", "near")
ALIKE = ("reached", "short", "below")  # states of an outcome that compares with its aim
WIDE = {">": 1, ">=": 1, "=": 0, "≈": 0, "<": -1, "<=": -1}
MIRRORED = {">": "<", ">=": "<=", "=": "=", "≈": "≈", "<": ">", "<=": ">="}


@cache_until_tables_change
def list_aim_outcomes(data: EvidenceTables) -> pd.DataFrame:
    """Return the outcomes found for the final aims of national plans, one row an outcome, with the
    `classify_aim_outcome` of each.

    The aim stands in aim, aim_comparator, aim_unit, target_year and plan_day, the month of its plan; in measure what it
    aims at, in reported what the outcome measures. States: those of `classify_by_deadline`, open (what is printed
    leaves both: at least a number below the aim, or nearly one above it; where the aim is at most a number, the other
    way round), start (printed no later than the plan), number (no wording was kept, only the number), not comparable,
    none, and unsought for an aim of which no outcome stands in target_outcomes. A print counts if its definition is
    that of the aim or near it.
    """
    targets, outcomes = data("policy_targets"), data("target_outcomes")
    documents = data("policy_documents").set_index("doc_id")[["date_end", "level"]]
    targets = targets[(targets["kind"] == "target") & (targets["status"] == "final")].join(documents, on="doc_id")
    targets = targets[targets["level"] == "central"].assign(plan_day=targets["date_end"].dt.strftime("%Y-%m"))
    left = targets.rename(columns={"comparator": "aim_comparator", "value": "aim", "unit": "aim_unit"})
    names = ["doc_id", "target_year", "measure_zh", "measure_en", "aim_comparator", "aim", "aim_unit", "plan_day"]
    wanted = left.set_index("target_id")[names]
    own = {f"measure_{language}": f"reported_{language}" for language in ("zh", "en")}
    found = outcomes.rename(columns=own).join(wanted, "target_id", "inner")
    found = found.assign(state=[classify_aim_outcome(row) for row in found.itertuples()])
    rest = left.loc[~left["target_id"].isin(found["target_id"]), ["target_id", "source_id", "table", *names]]
    return pd.concat([found, rest.assign(state="unsought", as_of="", comparator="", definition="", outcome_id="")])


def select_latest_outcomes(data: EvidenceTables, due_year: int) -> pd.DataFrame:
    """Return the aims due in a year, one row each, with the last outcome that compares with it, else the last one.

    Columns are those of `list_aim_outcomes`, and compared, whether the outcome does, share, outcome over aim in %, and
    plan, the year of the plan.
    """
    due = list_aim_outcomes(data)
    due = due[due["target_year"] == due_year]
    due = due.assign(compared=due["state"].isin(ALIKE)).sort_values(["compared", "as_of"], kind="stable")
    due = due.groupby("target_id").tail(1)
    return due.assign(share=100 * due["value"] / due["aim"], plan=due["plan_day"].str[:4].astype(int))


def classify_aim_outcome(outcome_row: Any) -> str:
    """Return how an outcome stands to its aim."""
    if pd.isna(outcome_row.value):
        return "none"
    if outcome_row.definition not in COMPARABLE:
        return "not comparable"
    if outcome_row.proof == "figures":
        return "number"
    if outcome_row.as_of[:7] <= outcome_row.plan_day:
        return "start"
    value, comparator = outcome_row.value, outcome_row.comparator
    aim, wanted = outcome_row.aim, outcome_row.aim_comparator
    if WIDE[wanted] < 0:  # an aim of at most a number is one of at least its negative
        value, comparator, aim, wanted = -value, MIRRORED[comparator], -aim, MIRRORED[wanted]
    above = value > aim or (value == aim and (wanted != ">" or comparator == ">"))
    if above and (WIDE[comparator] >= 0 or is_after_year(outcome_row.as_of, outcome_row.target_year)):
        return classify_by_deadline(True, outcome_row.as_of, outcome_row.target_year)
    if WIDE[comparator] > 0 or value > aim:
        return "open"
    return classify_by_deadline(False, outcome_row.as_of, outcome_row.target_year)


def classify_by_deadline(is_met: bool, report_date: str, due_year: int) -> str:
    """Return how what is told of `report_date`, enough for an aim due in `due_year` or not, stands to the aim.

    What is dated after the year only does not show that the aim was reached in time (late, not reached); what falls
    short before the year is over does not show that it was missed (below, not short).
    """
    if is_met:
        return "late" if is_after_year(report_date, due_year) else "reached"
    return "short" if reaches_year_end(report_date, due_year) else "below"


def is_after_year(date: str, year: int) -> bool:
    """Return whether all of a day, month or year lies after `year`; True for no day."""
    return date == "" or pd.Period(date).start_time.year > year


def reaches_year_end(date: str, year: int) -> bool:
    """Return whether a day, or the last day of a month or year, is the end of `year` or later; False for no day."""
    return date != "" and (pd.Period(date).end_time.normalize() + pd.Timedelta(days=1)).year > year
