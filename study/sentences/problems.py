"""Sentences of notebook 10."""

import pandas as pd

from compendium.base.texts import TranslatedText
from compendium.ledger.claims import ledger_to_frame
from compendium.notebook.begin import Notebook
from study import diagnosis


def counted(grounds: pd.Series, remedies: pd.Series) -> dict[str, object]:
    """Return how many problems there are by what they rest on, and how many measures by how much of them was policy."""
    told = {"items": len(grounds), "grounds": grounds.value_counts().reindex(diagnosis.GROUNDS, fill_value=0)}
    policy = remedies.value_counts().reindex(diagnosis.STATES, fill_value=0)
    return told | {"remedies": len(remedies), "policy": policy}


def rested(resting: pd.DataFrame) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: how many problems and statements there are by answer.

    Args:
        resting: a row a problem, with its `ground` and the number of its statements by answer.
    """
    statements = resting[list(diagnosis.ANSWERS)].sum().astype(int)
    return {"items": len(resting), "statements": int(statements.sum()), **statements}


def answer(notebook: Notebook) -> TranslatedText:
    """Say in one sentence what the problems of the finest level rest on."""
    coded, facts = notebook.data("problems_countermeasures"), ledger_to_frame(notebook.rows)
    found = diagnosis.problems(coded, facts)
    found = found[~found.index.isin(coded["parent_code"])]
    claims = facts.loc[found[["matched", "doubted", "rest"]].sum(axis=1).sum(), "verdict"].map(diagnosis.ANSWER)
    numbers = claims.value_counts().reindex(list(diagnosis.ANSWERS), fill_value=0)
    return notebook.say("answer", items=len(found), statements=len(claims), **numbers)


def short(notebook: Notebook, resting: pd.DataFrame, ten: pd.DataFrame, items: pd.DataFrame) -> TranslatedText:
    """Say in short what was found."""
    tally = items["majority"].value_counts().reindex(["answered", "partly", "unanswered"], fill_value=0)
    return notebook.say("findings", **counted(resting["ground"], ten["state"]), tally=tally)
