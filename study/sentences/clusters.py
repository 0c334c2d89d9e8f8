"""Sentences of notebook 04."""

from typing import Any

import pandas as pd

from compendium.base.texts import TranslatedText, join_texts, make_bilingual_text
from compendium.notebook.begin import Notebook
from study import results
from study.bounds import placements


def format_percent_range(low: float, high: float) -> str:
    """Return two ends in per cent as text, one number where they round alike."""
    return "–".join(dict.fromkeys(f"{end:.0f}" for end in (low, high))) + "%"


def classify_against_half(share_bounds: pd.Series) -> str:
    """Return whether a share of projects, from `low` to `high` %, is above half, not above it, or open."""
    return "above" if share_bounds["low"] > 50 else "not_above" if share_bounds["high"] <= 50 else "open"


def fill_coast_heading(share_bounds: pd.Series) -> dict[str, str]:
    """Return the heading of the key figure and what fills it."""
    headings = {"open": "figure-shares-heading", "above": "figure-shares-above", "not_above": "figure-shares-not_above"}
    return {
        "heading": headings[classify_against_half(share_bounds)],
        "projects": format_percent_range(share_bounds["low"], share_bounds["high"]),
    }


def describe_coast_majority(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether the coast has more than half of the projects."""
    row = results.bound_cluster_shares(notebook.data).loc["coast"]
    names = join_texts(notebook.say(f"cluster-{name}") for name in list_coastal_clusters(notebook))
    return notebook.say(
        f"answer-{classify_against_half(row)}", names=names, projects=format_percent_range(row["low"], row["high"])
    )


def list_coastal_clusters(notebook: Notebook) -> list[str]:
    """Return the clusters with a member in the east."""
    provinces = placements.select_study_provinces(notebook.data)
    east = provinces[provinces["region4"].eq("east") & provinces["cluster_named"].ne("")]
    return list(east["cluster_named"].unique())


def describe_cluster_shares(notebook: Notebook, shares: pd.DataFrame) -> dict[str, TranslatedText]:
    """Return for each cluster its share of projects, and by what it is known if that takes an assumption."""
    bare, view = (
        results.bound_cluster_shares(notebook.data, use_assumptions=False),
        results.require_project_evidence(notebook.data, independent=True),
    )
    assuming = view.assuming.join(placements.select_study_provinces(notebook.data)["cluster_broad"], on="adcode")
    kinds = assuming.groupby("cluster_broad")["assumes"].agg(set)
    told: dict[str, TranslatedText] = {}
    for name, row in shares.iterrows():
        said = format_percent_range(row["low"], row["high"])
        known = row["low"] < row["high"] or bare.at[name, "low"] == bare.at[name, "high"]
        key = "beside-undated" if kinds.get(name) == {"period"} else "beside-assumed"
        told[str(name)] = make_bilingual_text(said, said) if known else notebook.say(key, told=said)
    return told


def fill_quotients_heading(notebook: Notebook, location_quotients: pd.DataFrame) -> dict[str, Any]:
    """Return the heading of the figure of location quotients: the clusters surely above one by a measure of size."""
    above = list(dict.fromkeys(location_quotients.loc[location_quotients["status"] == "above", "cluster"]))
    if not above:
        return {"heading": "figure-quotients-heading"}
    return {"heading": "figure-quotients-above", "names": join_texts(notebook.say(f"cluster-{name}") for name in above)}


def summarise_cluster_findings(
    notebook: Notebook, shares: pd.DataFrame, lq: pd.DataFrame, valley: pd.DataFrame, limit: float, tier: int
) -> TranslatedText:
    """Say in short what was found."""
    coast, last, states = shares.loc["coast"], valley.iloc[-1], lq["status"].value_counts()
    said: dict[str, object] = {"coast": format_percent_range(coast["low"], coast["high"]), "size": coast["industry"]}
    said |= {"state": states.reindex(["above", "open", "not_above"], fill_value=0), "as_of": last["as_of"]}
    said |= {"tier": tier, "cases": len(lq), "firms": last["firms"], "limit": limit}
    return notebook.say("findings", **said)
