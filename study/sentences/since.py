"""Sentences of notebook 11."""

from collections import Counter

import pandas as pd

from compendium.base.texts import TranslatedText
from compendium.base.vocabulary import ANSWERS, find_answer_category
from compendium.notebook.begin import Notebook
from study.analysis.aims import COMPARABLE, select_latest_outcomes
from study.judgements.since import LISTS, PLAN, since

LISTED = ("Q148", "Q72", "Q145", "Q26", "Q103")  # the claims at the top
DUE = 2025


def count_comparable_aims(due_aims: pd.DataFrame) -> dict[str, object]:
    """Return how many aims have a comparable outcome, how many of them are reached, and both by definition."""
    alike = due_aims[due_aims["compared"]]
    met = alike["state"] == "reached"
    of = {kind: alike["definition"] == kind for kind in COMPARABLE}
    kinds = {kind: {"n": rows.sum(), "met": (met & rows).sum()} for kind, rows in of.items()}
    return {"n": len(alike), "met": met.sum(), **kinds}


def count_due_aims(due_aims: pd.DataFrame) -> dict[str, int]:
    """Return how many aims are due, reached, not reached when last reported, and without a comparable outcome."""
    met = int((due_aims["state"] == "reached").sum())
    compared = int(due_aims["compared"].sum())
    return {"due": len(due_aims), "met": met, "below": compared - met, "rest": len(due_aims) - compared}


def describe_reached_aims(notebook: Notebook) -> TranslatedText:
    """Say in one sentence how many aims of the plan are reached, and whether that settles what the paper says."""
    due = select_latest_outcomes(notebook.data, DUE)
    im = count_due_aims(due[due["doc_id"] == PLAN])
    settled = find_answer_category(since.assess(LISTED[0], notebook.data).verdict) != "unsettled"
    return notebook.say("answer-settled" if settled else "answer", im=im)


def fill_leaders_heading(often: pd.Series, five: list[int], lead: int) -> dict[str, object]:
    """Return what fills the heading of the figure of places.

    Args:
        often: in how many lists each province, by adcode, is among the first.
        five: the provinces of the paper.
        lead: how many places count as first.

    Raises:
        ValueError: `lead` is not 1 to 10.
    """
    if not 1 <= lead <= 10:
        raise ValueError(f"lead is {lead}; use a value from 1 to 10")
    ours, others = (int(often[often.index.isin(five) == inside].sum()) for inside in (True, False))
    return {"lead": lead, "lists": len(LISTS), "ours": ours, "others": others}


def summarise_later_findings(
    notebook: Notebook, due_aims: pd.DataFrame, often: pd.Series, five: list[int], lead: int
) -> TranslatedText:
    """Say in short what was found: the aims, the claims judged once more, the provinces (see
    `fill_leaders_heading`)."""
    judged = notebook.since(since).records
    answers = Counter(one.answer for one in judged.values())
    told = {"claims": len(judged), "answers": {name: answers[name] for name in ANSWERS}}
    told |= count_comparable_aims(due_aims) | fill_leaders_heading(often, five, lead)
    return notebook.say("findings", year=DUE, due=len(due_aims), **told)
