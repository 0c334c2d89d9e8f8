"""Sentences of notebook 04."""

from typing import Any

import pandas as pd

from compendium.base.texts import TranslatedText, join_texts, make_bilingual_text
from compendium.notebook.begin import Notebook
from study import layout, results


def span(low: float, high: float) -> str:
    """Return two ends in per cent as text, one number where they round alike."""
    return "–".join(dict.fromkeys(f"{end:.0f}" for end in (low, high))) + "%"


def standing(row: pd.Series) -> str:
    """Return whether a share of projects, from `low` to `high` %, is above half, not above it, or open."""
    return "above" if row["low"] > 50 else "not_above" if row["high"] <= 50 else "open"


def coast(row: pd.Series) -> dict[str, str]:
    """Return the heading of the key figure and what fills it."""
    headings = {"open": "figure-shares-heading", "above": "figure-shares-above", "not_above": "figure-shares-not_above"}
    return {"heading": headings[standing(row)], "projects": span(row["low"], row["high"])}


def answer(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether the coast has more than half of the projects."""
    row = results.cluster_shares(notebook.data).loc["coast"]
    names = join_texts(notebook.say(f"cluster-{name}") for name in coastal(notebook))
    return notebook.say(f"answer-{standing(row)}", names=names, projects=span(row["low"], row["high"]))


def coastal(notebook: Notebook) -> list[str]:
    """Return the clusters with a member in the east."""
    provinces = layout.study(notebook.data)
    east = provinces[provinces["region4"].eq("east") & provinces["cluster_named"].ne("")]
    return list(east["cluster_named"].unique())


def beside(notebook: Notebook, shares: pd.DataFrame) -> dict[str, TranslatedText]:
    """Return for each cluster its share of projects, and by what it is known if that takes an assumption."""
    bare, view = results.cluster_shares(notebook.data, assuming=False), results.known(notebook.data, independent=True)
    assuming = view.assuming.join(layout.study(notebook.data)["cluster_broad"], on="adcode")
    kinds = assuming.groupby("cluster_broad")["assumes"].agg(set)
    told: dict[str, TranslatedText] = {}
    for name, row in shares.iterrows():
        said = span(row["low"], row["high"])
        known = row["low"] < row["high"] or bare.at[name, "low"] == bare.at[name, "high"]
        key = "beside-undated" if kinds.get(name) == {"period"} else "beside-assumed"
        told[str(name)] = make_bilingual_text(said, said) if known else notebook.say(key, told=said)
    return told


def quotients(notebook: Notebook, lq: pd.DataFrame) -> dict[str, Any]:
    """Return the heading of the figure of location quotients: the clusters surely above one by a measure of size."""
    above = list(dict.fromkeys(lq.loc[lq["status"] == "above", "cluster"]))
    if not above:
        return {"heading": "figure-quotients-heading"}
    return {"heading": "figure-quotients-above", "names": join_texts(notebook.say(f"cluster-{name}") for name in above)}


def short(
    notebook: Notebook, shares: pd.DataFrame, lq: pd.DataFrame, valley: pd.DataFrame, limit: float, tier: int
) -> TranslatedText:
    """Say in short what was found."""
    coast, last, states = shares.loc["coast"], valley.iloc[-1], lq["status"].value_counts()
    said: dict[str, object] = {"coast": span(coast["low"], coast["high"]), "size": coast["industry"]}
    said |= {"state": states.reindex(["above", "open", "not_above"], fill_value=0), "as_of": last["as_of"]}
    said |= {"tier": tier, "cases": len(lq), "firms": last["firms"], "limit": limit}
    return notebook.say("findings", **said)
