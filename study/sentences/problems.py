"""Sentences of notebook 10."""

import pandas as pd

from compendium.ledger.claims import frame
from compendium.show.notebook import Notebook
from compendium.texts import Text
from study import diagnosis


def counted(grounds: pd.Series, remedies: pd.Series) -> dict[str, object]:
    """Return how many problems there are by what they rest on, and how many measures by how much of them was policy."""
    return {
        "items": len(grounds),
        "grounds": grounds.value_counts().reindex(diagnosis.GROUNDS, fill_value=0),
        "remedies": len(remedies),
        "policy": remedies.value_counts().reindex(diagnosis.STATES, fill_value=0),
    }


def rested(grounds: pd.Series) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: how many problems there are by what they rest on."""
    told, wrong = {"items": len(grounds), "sound": int((grounds == "sound").sum())}, int((grounds == "wrong").sum())
    return told | ({"wrong": wrong} if wrong else {"heading": "figure-diagnosis-heading-none"})


def answer(notebook: Notebook) -> Text:
    """Say in one sentence what the problems rest on and how many measures were policy."""
    coded, facts = notebook.data("problems_countermeasures"), frame(notebook.rows)
    grounds = diagnosis.problems(coded, facts)["ground"]
    pieces = diagnosis.pieces(notebook.data("remedy_policies"), notebook.data("policy_documents"))
    remedies = pieces.groupby(pieces["code"].str[:4])["state"].agg(diagnosis.remedy)
    return notebook.say("answer", **counted(grounds[~grounds.index.isin(coded["parent_code"])], remedies))


def short(notebook: Notebook, resting: pd.DataFrame, ten: pd.DataFrame, items: pd.DataFrame) -> Text:
    """Say in short what was found."""
    tally = items["majority"].value_counts().reindex(["answered", "partly", "unanswered"], fill_value=0)
    return notebook.say("findings", **counted(resting["ground"], ten["state"]), tally=tally)
