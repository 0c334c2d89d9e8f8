"""Sentences of notebook 04."""

import pandas as pd

from compendium.show.notebook import Notebook
from compendium.texts import Text, joined
from study import results


def span(low: float, high: float) -> str:
    """Return two ends in per cent as text, one number where they round alike."""
    return "–".join(dict.fromkeys(f"{end:.0f}" for end in (low, high))) + "%"


def standing(row: pd.Series) -> str:
    """Return whether a share of projects, `low` to `high`, is above that of industry, not above it, or open."""
    return "above" if row["low"] > row["industry"] else "not_above" if row["high"] <= row["industry"] else "open"


def answer(notebook: Notebook) -> Text:
    """Say in one sentence whether the coast has more than its share, and which clusters are settled."""
    shares, bare = results.cluster_shares(notebook.data), results.cluster_shares(notebook.data, assuming=False)
    told = []
    for name, row in shares.drop(index="coast").iterrows():
        if (found := standing(row)) != "open":
            firm = "answer-firm" if standing(bare.loc[name]) == found else "answer-assuming"
            values = {"cluster": notebook.say(f"cluster-{name}"), "projects": span(row["low"], row["high"])}
            told.append(notebook.say(f"answer-{found}", **values, size=row["industry"], ground=notebook.say(firm)))
    coast = shares.loc["coast"]
    values = {"verdict": notebook.say(f"answer-coast-{standing(coast)}"), "projects": span(coast["low"], coast["high"])}
    return notebook.say(
        "answer", **values, size=coast["industry"], settled=joined(told, empty=notebook.say("answer-none"))
    )


def settled(notebook: Notebook, shares: pd.DataFrame) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: the rows that are settled, how many are not."""
    found = shares.index[shares["settled"]]
    if found.empty:
        return {"heading": "figure-shares-heading-none"}
    return {"names": joined(notebook.say(f"cluster-{name}") for name in found), "open": len(shares) - len(found)}


def short(
    notebook: Notebook, shares: pd.DataFrame, lq: pd.DataFrame, valley: pd.DataFrame, limit: float, tier: int
) -> Text:
    """Say in short what was found."""
    coast, last, states = shares.loc["coast"], valley.iloc[-1], lq["status"].value_counts()
    return notebook.say(
        "findings",
        coast=span(coast["low"], coast["high"]),
        size=coast["industry"],
        tier=tier,
        cases=len(lq),
        state=states.reindex(["above", "open", "not_above"], fill_value=0),
        as_of=last["as_of"],
        firms=last["firms"],
        limit=limit,
    )
