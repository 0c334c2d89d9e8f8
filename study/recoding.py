"""The second coding of rows in words: how far it agrees with the first, and which verdicts it would turn."""

import pandas as pd

from compendium.ledger.evidence import Change, Data
from study import statistics
from study.judgements import judges

SIDES, EXTENTS = ("holds", "fails"), ("same", "related")


def twice(data: Data) -> pd.DataFrame:
    """Return the rows of claim_evidence that were coded twice.

    The second codes stand in `comparison_second` and `differs_second`. The index numbers the rows of claim_evidence.
    """
    second = data("second_coding").set_index("evidence_id")
    rows = data("claim_evidence")
    rows = rows[rows["evidence_id"].isin(second.index)]
    second = second.loc[rows["evidence_id"]].set_axis(rows.index)
    return rows.assign(comparison_second=second["comparison"], differs_second=second["differs_in"])


def agreements(coded: pd.DataFrame) -> pd.DataFrame:
    """Return how far the two codings agree.

    Args:
        coded: rows as `twice` returns them.

    Returns:
        By question, `side` (for or against), `extent` (the same thing as in the statement, or a related one) and
        `difference` (which one, where both see one): items, the share coded alike, and Cohen's kappa, unweighted.
    """
    differs = coded[["differs_in", "differs_second"]]
    extent, apart = differs.eq("").replace({True: EXTENTS[0], False: EXTENTS[1]}), differs[differs.ne("").all(axis=1)]
    asked = {
        "side": (coded["comparison"], coded["comparison_second"], SIDES),
        "extent": (extent["differs_in"], extent["differs_second"], EXTENTS),
        "difference": (apart["differs_in"], apart["differs_second"], sorted(set(apart.stack()))),
    }
    found = [(name, len(first), *statistics.agreement(first, *rest)) for name, (first, *rest) in asked.items()]
    return pd.DataFrame(found, columns=["question", "items", "alike", "kappa"])


def turned(data: Data) -> pd.DataFrame:
    """Return the claims with rows coded twice whose verdict would be another by the second coding: first, second."""
    coded = twice(data)
    rows = tuple(coded.index)
    second = data.having(
        Change("set", "claim_evidence", rows, "comparison", tuple(coded["comparison_second"])),
        Change("set", "claim_evidence", rows, "differs_in", tuple(coded["differs_second"])),
    )
    names = sorted(set(coded["claim_id"]), key=lambda name: int(name[1:]))
    found = [(name, *(judges.assess(name, known).verdict for known in (data, second))) for name in names]
    found = pd.DataFrame(found, columns=["claim_id", "first", "second"])
    return found[found["first"] != found["second"]]
