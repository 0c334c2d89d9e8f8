"""Sentences of notebook 04."""

from typing import Any

import pandas as pd

from compendium.show.notebook import Notebook
from compendium.texts import Text, joined
from study import layout, results


def span(low: float, high: float) -> str:
    """Return two ends in per cent as text, one number where they round alike."""
    return "–".join(dict.fromkeys(f"{end:.0f}" for end in (low, high))) + "%"


def standing(row: pd.Series) -> str:
    """Return whether a share of projects, `low` to `high`, is above that of industry, not above it, or open."""
    return "above" if row["low"] > row["industry"] else "not_above" if row["high"] <= row["industry"] else "open"


def compared(row: pd.Series) -> dict[str, Any]:
    """Return what fills a sentence on the shares of the coast in projects and in industry: both ends if it is open."""
    ends = {"low": row["low"], "high": row["high"]}
    return {"industry": row["industry"]} | (ends if standing(row) == "open" else {"projects": span(**ends)})


def answer(notebook: Notebook) -> Text:
    """Say in one sentence whether the coast has more than half of the projects, else than its share of industry."""
    row = results.cluster_shares(notebook.data).loc["coast"]
    found = standing(row)
    names = joined(notebook.say(f"cluster-{name}") for name in coastal(notebook))
    if found == "open" and row["low"] <= 50 < row["high"]:
        return notebook.say("answer", names=names, low=row["low"], high=row["high"])
    return notebook.say(f"answer-{found}", names=names, **compared(row))


def coastal(notebook: Notebook) -> list[str]:
    """Return the clusters with a member in the east."""
    provinces = layout.study(notebook.data)
    east = provinces[provinces["region4"].eq("east") & provinces["cluster_named"].ne("")]
    return list(east["cluster_named"].unique())


def beside(notebook: Notebook, shares: pd.DataFrame) -> dict[str, Text]:
    """Return for each cluster its share of projects, and whether that is more than its share of industry."""
    bare, view = results.cluster_shares(notebook.data, assuming=False), results.known(notebook.data, independent=True)
    assuming = view.assuming.join(layout.study(notebook.data)["cluster_broad"], on="adcode")
    kinds = assuming.groupby("cluster_broad")["assumes"].agg(set)
    undated = set(kinds.index[kinds == {"period"}])
    told: dict[str, Text] = {}
    for name, row in shares.iterrows():
        found = standing(row)
        size = {} if found == "open" else {"industry": row["industry"]}
        said = notebook.say(f"beside-{found}", projects=span(row["low"], row["high"]), **size)
        key = "beside-undated" if name in undated else "beside-assumed"
        told[str(name)] = said if found == standing(bare.loc[name]) else notebook.say(key, told=said)
    return told


def coast(row: pd.Series) -> dict[str, Any]:
    """Return the heading of the key figure and what fills it."""
    headings = {"open": "figure-shares-heading", "above": "figure-shares-above", "not_above": "figure-shares-not_above"}
    return {"heading": headings[standing(row)]} | compared(row)


def quotients(notebook: Notebook, lq: pd.DataFrame) -> dict[str, Any]:
    """Return the heading of the figure of location quotients: the clusters surely above one by a measure of size."""
    above = list(dict.fromkeys(lq.loc[lq["status"] == "above", "cluster"]))
    if not above:
        return {"heading": "figure-quotients-heading"}
    return {"heading": "figure-quotients-above", "names": joined(notebook.say(f"cluster-{name}") for name in above)}


def short(
    notebook: Notebook, shares: pd.DataFrame, lq: pd.DataFrame, valley: pd.DataFrame, limit: float, tier: int
) -> Text:
    """Say in short what was found."""
    coast, last, states = shares.loc["coast"], valley.iloc[-1], lq["status"].value_counts()
    said: dict[str, object] = {"coast": span(coast["low"], coast["high"]), "size": coast["industry"]}
    said |= {"state": states.reindex(["above", "open", "not_above"], fill_value=0), "as_of": last["as_of"]}
    said |= {"tier": tier, "cases": len(lq), "firms": last["firms"], "limit": limit}
    return notebook.say("findings", **said)
