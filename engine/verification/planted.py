"""Does the whole procedure tell false from true? Half of the claims drawn were given a false twin in their place.

The claims match or are to be made precise; no reader, voter, coder or hostile reader was told which are twins.
planted-readings.csv holds, by reading of each statement, the points and marks of three readers and what three coders
found by the rows of the ledger; planted.csv what each statement is, and what two hostile readers made of the answer.
Both are entered by hand; the answers follow from them by the rule of the ledger.
"""

from argparse import Namespace

import pandas as pd
from verification.harness import TABLES, Found

from compendium.ledger.readings import FAR, LEAST, combine_interpretation_results

FOUND = {"holds": "same", "fails": "differs", "relabelled": "relabelled", "open": "open"}  # by what a coder finds
ANSWERS = {"same": "matches", "relabelled": "precise", "depends": "precise", "differs": "correct"}  # else unsettled
WORSE = {"matches": ("precise", "correct"), "precise": ("correct",)}  # by the answer of the ledger: a false alarm


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(TABLES / f"{name}.csv", keep_default_na=False)


def answer(readings: pd.DataFrame) -> str:
    """Return the answer on one statement from its rows of planted-readings, as the ledger weighs readings."""
    codes = readings.filter(like="found_").apply(pd.Series.value_counts, axis=1).fillna(0)
    found = codes.idxmax(axis=1).where(codes.max(axis=1) > 1, "open")
    points = readings.filter(like="points_").mean(axis=1).sort_values(ascending=False, kind="stable")
    far = readings.filter(like="mark_").eq("farfetched").mean(axis=1)
    plainest, *others = points.index
    others = [n for n in others if points[n] >= LEAST and far[n] <= FAR]
    agreements = [FOUND[found[n]] for n in (plainest, *others)]
    return ANSWERS.get(combine_interpretation_results(found[plainest], set(found[others]), agreements), "unsettled")


def judge(statements: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Return the table planted with its answers, and whether each is right: a twin noticed, another left alone."""
    answers = {str(item): answer(rows) for item, rows in readings.groupby("item")}
    statements = statements.assign(answer=statements["item"].map(answers))
    twins = statements["kind"].ne("untouched")
    bad = [said in WORSE[known] for said, known in zip(statements["answer"], statements["known"], strict=True)]
    right = statements["answer"].isin(("precise", "correct")).where(twins, ~pd.Series(bad))
    return statements.assign(right=right.map({True: "yes", False: "no"}))


def measure(options: Namespace) -> Found:
    """Judge the statements anew from what was read, voted and coded."""
    table = judge(read("planted"), read("planted-readings"))
    return Found({"planted": table}, pd.crosstab(table["kind"], table["right"]).reset_index())
