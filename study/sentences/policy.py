"""Sentences of notebook 01."""

import pandas as pd

from compendium.ledger.evidence import Data
from compendium.show.tabulation import labels
from compendium.show.wording import say
from compendium.texts import SEMICOLON, Text, joined, of
from compendium.vocabulary import VERDICTS
from study.judgements import judges, policy


def fared(known: pd.DataFrame) -> dict[str, object]:
    """Return how many targets there are, and by state how many; without a comparable outcome is `open`."""
    found = known["state"].value_counts()
    states = {state: found.get(state, 0) for state in policy.DECIDED}
    return {"targets": len(known), "fared": states | {"open": len(known) - sum(states.values())}}


def answer(data: Data) -> Text:
    """Say in one sentence how the targets fared and how many documents held an architecture."""
    documents = policy.architectures(data)["doc_id"].nunique()
    return say("answer", **fared(policy.reported(data)), documents=documents)


def populations(data: Data, scopes: list[str]) -> Text:
    """Say for each population how the targets fare by its readings, and the verdict."""
    names, told = labels("digitalisation", "scope"), []
    for scope in scopes:
        verdict = VERDICTS[judges.assess("Q148", data, outcome_scope=scope).verdict]
        fate = fared(policy.reported(data, scope))["fared"]
        told.append(say("populations-each", scope=names[scope], verdict=verdict, fared=fate))
    return say("populations", each=joined(told, between=SEMICOLON))


def titled(rows: pd.DataFrame) -> Text:
    """Return the titles of documents."""
    return joined((say("title", title=of(row, "title")) for _, row in rows.iterrows()), between=("", "; "))


def short(known: pd.DataFrame, above: pd.DataFrame, newer: pd.Series, days: int, plans: pd.DataFrame) -> Text:
    """Say in short what was found."""
    missed = known[known["state"] == "short"]
    told = [say("findings-missed", aim=aim, measure=of(aim, "measure")) for _, aim in missed.iterrows()]
    return say(
        "findings",
        **fared(known),
        section=policy.LAYOUT,
        first=known["target_year"].min(),
        last=known["target_year"].max(),
        missed=joined(told, between=SEMICOLON, empty=say("findings-none")),
        above=titled(above),
        new=newer["version"],
        days=days,
        draft=plans["value_draft"].notna().sum(),
        dropped=plans["value_final"].isna().sum(),
    )
