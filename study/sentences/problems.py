"""Sentences of notebook 10."""

import pandas as pd

from compendium.ledger.claims import frame
from compendium.show.notebook import Notebook
from compendium.texts import Text
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
    grounds, statements = resting["ground"], resting[list(diagnosis.ANSWERS)].sum()
    told: dict[str, object] = {"items": len(grounds), "sound": int((grounds == "sound").sum())}
    if wrong := int((grounds == "wrong").sum()):
        return told | {"wrong": wrong}
    rest, total = int(statements["unsettled"]), int(statements.sum())
    if 2 * rest <= total:
        return told | {"heading": "figure-diagnosis-heading-none"}
    return told | {"heading": "figure-diagnosis-heading-open", "rest": rest, "statements": total}


def answer(notebook: Notebook) -> Text:
    """Say in one sentence what the problems of the finest level rest on."""
    coded, facts = notebook.data("problems_countermeasures"), frame(notebook.rows)
    found = diagnosis.problems(coded, facts)
    found = found[~found.index.isin(coded["parent_code"])]
    sound, wrong = (int((found["ground"] == ground).sum()) for ground in ("sound", "wrong"))
    rest, settled = found["rest"].map(len).sum(), found["matched"].map(len).sum()
    if sound and not wrong and rest > settled:
        said = {"sound": sound, "settled": settled, "rest": rest, "statements": rest + settled}
        return notebook.say("answer", items=len(found), **said)
    return notebook.say("answer-else", items=len(found), sound=sound, wrong=wrong)


def short(notebook: Notebook, resting: pd.DataFrame, ten: pd.DataFrame, items: pd.DataFrame) -> Text:
    """Say in short what was found."""
    tally = items["majority"].value_counts().reindex(["answered", "partly", "unanswered"], fill_value=0)
    return notebook.say("findings", **counted(resting["ground"], ten["state"]), tally=tally)
