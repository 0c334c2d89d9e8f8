"""Sentences of notebook 01."""

from typing import Any

import pandas as pd

from compendium.base.texts import SEMICOLON, TranslatedText, join_texts, of
from compendium.base.vocabulary import VERDICTS
from compendium.notebook.begin import Notebook
from study.judgements import judges, policy


def count_targets_by_state(outcomes: pd.DataFrame) -> dict[str, Any]:
    """Return how many targets there are, by state how many, and of how many (`rest`) it is not known if met in time.

    Without a comparable outcome is `open`.
    """
    found = outcomes["state"].value_counts()
    states = {state: int(found.get(state, 0)) for state in policy.DECIDED}
    states["open"] = len(outcomes) - sum(states.values())
    return {"targets": len(outcomes), "fared": states, "rest": states["late"] + states["open"]}


def classify_targets_overall(outcomes: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """Return how the targets stand as a whole, and what fills a sentence on it.

    One was missed: `missed`; all were met in time: `met`; else it is `open`.
    """
    said = count_targets_by_state(outcomes)
    if said["fared"]["short"]:
        return "missed", said
    return ("open", said) if said["rest"] else ("met", {"targets": said["targets"]})


def describe_target_gap(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether the policies left a gap to their targets."""
    state, said = classify_targets_overall(policy.tabulate_target_outcomes(notebook.data))
    if state != "missed":
        return notebook.say(f"answer-{state}", **said)
    missed, met = (said["fared"][one] for one in ("short", "reached"))
    return notebook.say("answer", targets=said["targets"], missed=missed, met=met, rest=said["rest"])


def fill_targets_heading(outcomes: pd.DataFrame) -> dict[str, Any]:
    """Return the heading of the key figure and what fills it."""
    keys = {"missed": "figure-targets-heading", "met": "figure-targets-met", "open": "figure-targets-open"}
    state, said = classify_targets_overall(outcomes)
    return {"heading": keys[state]} | said


def describe_targets_by_population(notebook: Notebook, scopes: list[str]) -> TranslatedText:
    """Say for each population how the targets fare by its readings, and the verdict."""
    names, told = notebook.labels("digitalisation", "scope"), []
    for scope in scopes:
        verdict = VERDICTS[judges.assess("Q148", notebook.data, outcome_scope=scope).verdict]
        fate = count_targets_by_state(policy.tabulate_target_outcomes(notebook.data, scope))["fared"]
        told.append(notebook.say("populations-each", scope=names[scope], verdict=verdict, fared=fate))
    return notebook.say("populations", each=join_texts(told, separator=SEMICOLON))


def summarise_policy_findings(
    notebook: Notebook, outcomes: pd.DataFrame, above: pd.DataFrame, newer: pd.Series, days: int, plans: pd.DataFrame
) -> TranslatedText:
    """Say in short what was found."""
    missed, said = outcomes[outcomes["state"] == "short"], count_targets_by_state(outcomes)
    titles = [notebook.say("title", title=of(row, "title")) for _, row in above.iterrows()]
    told = [notebook.say("findings-missed", aim=aim, measure=of(aim, "measure")) for _, aim in missed.iterrows()]
    values: dict[str, object] = {"targets": said["targets"], "fared": said["fared"]}
    first, last = outcomes["target_year"].agg(["min", "max"])
    values |= {"section": policy.LAYOUT, "first": first, "last": last}
    values |= {"missed": join_texts(told, separator=SEMICOLON, empty=notebook.say("findings-none"))}
    values |= {"above": join_texts(titles, separator=("", "; ")), "new": newer["version"], "days": days}
    values |= {"draft": plans["value_draft"].notna().sum(), "dropped": plans["value_final"].isna().sum()}
    return notebook.say("findings", **values)
