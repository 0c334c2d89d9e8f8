"""Does the judge say no? The number that each claim prints is falsified, and the claim judged anew on the same tables.

What a falsification is and when it is noticed, compendium.ledger.falsify says. Claims in words print no number.
"""

from argparse import Namespace
from functools import cache

import pandas as pd
from verification.harness import Found, tried
from worlds import HERE

from compendium.base.vocabulary import find_answer_category
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.falsify import falsify
from study.judgements import judges

COLUMNS = ["claim_id", "kind", "printed", "falsified", "verdict", "verdict_then", "noticed"]
SETTLED = ("matches", "precise")  # the answers of the claims whose falsification is to be noticed


@cache
def raw() -> EvidenceTables:
    return EvidenceTables(HERE)


def trial(claim_id: str) -> list[list]:
    return [[*one[:6], "yes" if one.noticed else "no"] for one in falsify(judges, claim_id, raw())]


def settled(log: pd.DataFrame) -> pd.DataFrame:
    """Return the falsifications of claims that match or are to be made precise."""
    return log[log["verdict"].map(find_answer_category).isin(SETTLED)]


def measure(options: Namespace) -> Found:
    """Falsify the numbers of all claims, or of those that are named, or so many of them."""
    chosen = options.names or list(raw()("claims")["claim_id"])[: options.take or None]
    found = tried("falsified", chosen, trial, options.jobs, not (options.take or options.names))
    log = pd.DataFrame([line for lines in found.values() for line in lines], columns=COLUMNS)
    counted = pd.crosstab(
        [log["verdict"].map(find_answer_category).rename("answer"), log["kind"]], log["noticed"]
    ).reset_index()
    left = settled(log).groupby("claim_id")["noticed"].agg(lambda said: (said == "no").all())
    return Found({"falsified": log}, counted, [f"{name} stays as it was" for name in left.index[left]])
