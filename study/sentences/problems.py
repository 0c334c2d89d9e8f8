"""Sentences of notebook 10."""

import pandas as pd

from compendium.base.texts import TranslatedText
from compendium.ledger.claims import ledger_to_frame
from compendium.notebook.begin import Notebook
from study.analysis import diagnosis


def count_problems_and_remedies(grounds: pd.Series, remedies: pd.Series) -> dict[str, object]:
    """Return how many problems there are by what they rest on, and how many measures by how much of them was policy."""
    told = {"items": len(grounds), "grounds": grounds.value_counts().reindex(diagnosis.GROUNDS, fill_value=0)}
    policy = remedies.value_counts().reindex(diagnosis.STATES, fill_value=0)
    return told | {"remedies": len(remedies), "policy": policy}


def fill_problem_support_heading(problem_support: pd.DataFrame) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: how many problems and statements there are by answer.

    Args:
        problem_support: a row a problem, with its `ground` and the number of its statements by answer.
    """
    statements = problem_support[list(diagnosis.ANSWERS)].sum().astype(int)
    return {"items": len(problem_support), "statements": int(statements.sum()), **statements}


def describe_problem_support(notebook: Notebook) -> TranslatedText:
    """Say in one sentence what the problems of the finest level rest on."""
    coded, facts = notebook.data("problems_countermeasures"), ledger_to_frame(notebook.rows)
    found = diagnosis.tabulate_problem_support(coded, facts)
    found = found[~found.index.isin(coded["parent_code"])]
    claims = facts.loc[found[["matched", "doubted", "rest"]].sum(axis=1).sum(), "verdict"].map(diagnosis.ANSWER)
    numbers = claims.value_counts().reindex(list(diagnosis.ANSWERS), fill_value=0)
    return notebook.say("answer", items=len(found), statements=len(claims), **numbers)


def summarise_problem_findings(
    notebook: Notebook, problem_support: pd.DataFrame, remedies: pd.DataFrame, items: pd.DataFrame
) -> TranslatedText:
    """Say in short what was found."""
    tally = items["majority"].value_counts().reindex(["answered", "partly", "unanswered"], fill_value=0)
    return notebook.say(
        "findings", **count_problems_and_remedies(problem_support["ground"], remedies["state"]), tally=tally
    )
