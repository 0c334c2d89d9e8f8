"""How far the coders of the rows in words agree, over all rows and by side: rows for a statement, rows against it."""

from itertools import combinations

import pandas as pd

from compendium.ledger import coding
from study.analysis import statistics

SIDES, EXTENTS = ("holds", "fails"), ("same", "related")
MADE_BY = ("person", "machine")


def tabulate_coder_agreement(codings: pd.DataFrame) -> pd.DataFrame:
    """Return how far each pair of coders agrees.

    Args:
        codings: as `coding.list_codings` returns them.

    Returns:
        By pair (`one`, `other`), `question` and `rows`: items, the share coded alike and Cohen's kappa, unweighted.
        Questions: `side` (for or against) over all rows; `extent` (the very thing that is stated, or a related one)
        over all rows, over those that the majority reads as speaking for the statement, and over those against it.
    """
    columns = ["one", "other", "question", "rows", "items", "alike", "kappa"]
    if codings.empty:
        return pd.DataFrame(columns=columns)
    decided = coding.list_majority_codes(codings)["comparison"]
    by = codings.pivot(columns="coder", values=coding.CODES)
    extent = by["differs_in"].eq("").replace({True: EXTENTS[0], False: EXTENTS[1]}).where(by["differs_in"].notna())
    asked = [("side", "all", by["comparison"], SIDES), ("extent", "all", extent, EXTENTS)]
    asked += [("extent", side, extent[decided == side], EXTENTS) for side in SIDES]
    found = []
    for one, other in combinations(codings["coder"].unique(), 2):
        for question, rows, codes, levels in asked:
            pair = codes[[one, other]].dropna()
            kappa = statistics.compute_agreement_and_kappa(pair[one], pair[other], levels)
            found.append((one, other, question, rows, len(pair), *kappa))
    return pd.DataFrame(found, columns=columns)


def tabulate_persons_and_machines(codings: pd.DataFrame) -> pd.DataFrame:
    """Return how far persons agree on the side of a row, how far machines do, and how far the ones with the others.

    Args:
        codings: as `coding.list_codings` returns them.

    Returns:
        By `between` (person, machine, both): items (pairs of codings of one row by two coders), share coded alike and
        Cohen's kappa of these pairs taken together. Without persons there is no row.
    """
    if not codings["made_by"].eq("person").any():
        return pd.DataFrame(columns=["items", "alike", "kappa"])
    pairs = codings.merge(codings, on="evidence_id", suffixes=("", "_other"))
    found = {}
    for between, one, other in (("person", "person", "person"), ("machine", "machine", "machine"), ("both", *MADE_BY)):
        mine = pairs[pairs["made_by"].eq(one) & pairs["made_by_other"].eq(other)]
        mine = mine[(mine["coder"] < mine["coder_other"]) | (one != other)].reset_index()
        kappa = statistics.compute_agreement_and_kappa(mine["comparison"], mine["comparison_other"], SIDES)
        found[between] = (len(mine), *kappa)
    return pd.DataFrame.from_dict(found, orient="index", columns=["items", "alike", "kappa"])


def list_changed_by_majority(codings: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return the rows that the majority reads otherwise than one coder.

    Returns:
        By row: claim_id, evidence_id, `was` and `now`, each `holds`, `fails`, or these with ` related`.
    """
    most, own = coding.list_majority_codes(codings), codings[codings["coder"] == coder]
    words = {"was": own, "now": most.loc[own.index]}
    related = {True: " related", False: ""}
    read = {name: c["comparison"] + c["differs_in"].ne("").map(related) for name, c in words.items()}
    rows = own[["claim_id", "evidence_id"]].assign(**read)
    return rows[rows["was"] != rows["now"]]
