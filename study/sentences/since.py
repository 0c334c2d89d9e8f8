"""Sentences of notebook 11."""

from collections import Counter

import pandas as pd

from compendium.show.notebook import Notebook
from compendium.texts import Text, joined, of
from compendium.vocabulary import ANSWERS, answered
from study import layout
from study.aims import COMPARABLE, latest
from study.judgements.since import LISTS, since

LISTED = ("Q72", "Q145", "Q26", "Q103")  # the claims at the top
DUE = 2025


def tally(due: pd.DataFrame) -> dict[str, object]:
    """Return how many aims have a comparable outcome, how many of them are reached, and both by definition."""
    alike = due[due["compared"]]
    met = alike["state"] == "reached"
    kinds = {
        kind: {"n": (alike["definition"] == kind).sum(), "met": (met & alike["definition"].eq(kind)).sum()}
        for kind in COMPARABLE
    }
    return {"n": len(alike), "met": met.sum(), **kinds}


def answer(notebook: Notebook) -> Text:
    """Say in one sentence how many of the claims at the top are settled, and how many aims are reached."""
    verdicts = [answered(since.assess(name, notebook.data).verdict) for name in LISTED]
    settled = sum(verdict != "unsettled" for verdict in verdicts)
    counted = tally(latest(notebook.data, DUE))
    same = counted.pop("same")
    del counted["near"]
    return notebook.say("answer", claims=len(LISTED), settled=settled, year=DUE, same=same, **counted)


def leaders(notebook: Notebook, often: pd.Series, five: list[int], lead: int) -> dict[str, object]:
    """Return what fills the heading of the figure of places.

    Args:
        often: in how many lists each province, by adcode, is among the first; most often first.
        five: the provinces of the paper.
        lead: how many places count as first.
        data: the raw tables.

    Raises:
        ValueError: `lead` is not 1 to 10.
    """
    if not 1 <= lead <= 10:
        raise ValueError(f"lead is {lead}; use a value from 1 to 10")
    provinces = layout.study(notebook.data)

    def counted(series: pd.Series) -> Text:
        names = (of(provinces.loc[code], "province") for code in series.index)
        return joined(notebook.say("leaders-times", name=name, n=n) for name, n in zip(names, series, strict=True))

    ours = often.reindex(five, fill_value=0).sort_values(ascending=False, kind="stable")
    others = often[often > 0].drop(five, errors="ignore")
    return {"lead": lead, "lists": len(LISTS), "five": counted(ours), "others": counted(others)}


def short(notebook: Notebook, due: pd.DataFrame, often: pd.Series, five: list[int], lead: int) -> Text:
    """Say in short what was found: the aims, the claims judged once more, the provinces (see `leaders`)."""
    judged = notebook.since(since).records
    answers = Counter(one.answer for one in judged.values())
    told = {"claims": len(judged), "answers": {name: answers[name] for name in ANSWERS}}
    ours, others = (often[often.index.isin(five) == inside].sum() for inside in (True, False))
    lists = {"lists": len(LISTS), "lead": lead, "ours": ours, "others": others}
    return notebook.say("findings", year=DUE, due=len(due), **tally(due), **told, **lists)
