"""Whether the paper's diagnosis holds: what its problems rest on, and which of its remedies were policy already."""

from collections.abc import Iterable

import pandas as pd

from compendium.base.vocabulary import ANSWERS, QUALIFIED, WRONG

MATCHED = ("confirmed", "traced")
ANSWER = {verdict: key for key, answer in ANSWERS.items() for verdict in answer.verdicts}
GROUNDS = ("sound", "wrong", "nothing")
STATES = ("full", "part", "none")
MONTH = pd.Period("2022-04")  # in which the paper appeared


def compute_majority_grades(codings: pd.DataFrame) -> pd.Series:
    """Return by item the grade that at least two of three codings give, `partly` where all three part.

    Args:
        codings: one column a coding; grades are answered, partly and unanswered.
    """
    return codings.mode(axis=1)[0].where(codings.nunique(axis=1) < 3, "partly")


def classify_problem_support(verdicts: Iterable[str]) -> str:
    """Return what a problem rests on by the verdicts of its claims, counts of lists left out.

    Returns:
        `wrong` if any claim needs correcting, else `sound` if a source has any, else `nothing`.
    """
    found = set(verdicts)
    return "wrong" if found & set(WRONG) else "sound" if found & set(MATCHED) else "nothing"


def tabulate_problem_support(problem_rows: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return what each problem rests on.

    Args:
        problem_rows: rows of `problems_countermeasures`, with `claim_ids` and `parent_code`.
        ledger: verdict and weight by claim.

    Returns:
        By code of a problem: `classify_problem_support`, and the claims that a source has (`matched`), need correcting
        (`doubted`) or are neither (`rest`), as lists. A heading takes the claims of its parts as well.
    """
    facts = ledger.loc[ledger["weight"] != "structural", "verdict"]
    own = problem_rows[problem_rows["side"] == "problem"].set_index("code")["claim_ids"].str.split(" ; ")
    found = {}
    for code in own.index:
        parts = own[[code, *problem_rows.loc[problem_rows["parent_code"] == code, "code"]]]
        verdicts = facts.loc[[claim for claims in parts for claim in claims if claim in facts.index]]
        matched, doubted = verdicts.isin(MATCHED), verdicts.isin(QUALIFIED)
        sets = (verdicts.index[mask].tolist() for mask in (matched, doubted, ~(matched | doubted)))
        found[code] = [classify_problem_support(verdicts), *sets]
    return pd.DataFrame.from_dict(found, orient="index", columns=["ground", "matched", "doubted", "rest"])


def find_prior_policy_by_piece(policies: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each piece of a remedy was policy before the month of the paper.

    Args:
        policies: rows of `remedy_policies`.
        documents: rows of `policy_documents`.

    Returns:
        By `code` and `piece_en`, in the order of the rows: `state` (`full`, `part`, `none`) by the document that has
        most of it, the earliest among equals, with the row of that document (`doc_id` empty where there is none).
    """
    central = documents[(documents["level"] == "central") & (documents["date_end"] < MONTH.start_time)]
    out = central.set_index("doc_id")["date_end"]
    state = policies["extent"].where(policies["doc_id"].isin(out.index), STATES[-1])
    rows = policies.assign(state=state, out=policies["doc_id"].map(out), rank=state.map(STATES.index))
    best = rows.sort_values(["rank", "out"], kind="stable").groupby(["code", "piece_en"], sort=False).head(1)
    best = best.assign(doc_id=best["doc_id"].where(best["state"] != STATES[-1], ""))
    return best.drop(columns=["rank", "out"]).sort_index()


def classify_prior_policy(piece_states: Iterable[str]) -> str:
    """Return how much of a remedy was policy: `full` if every piece was, `none` if no piece was, else `part`."""
    found = set(piece_states)
    return found.pop() if len(found) == 1 else "part"
