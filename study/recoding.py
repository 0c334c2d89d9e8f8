"""The second coding of rows in words: how far it agrees with the first, and which verdicts it would turn."""

import hashlib

import pandas as pd

from compendium.ledger.evidence import Change, Data
from study import statistics
from study.judgements import judges

SIDES, EXTENTS = ("holds", "fails"), ("same", "related")
READ = ("statement_zh", "statement_en", "part_zh", "part_en", "says_zh", "says_en")  # what the second coder saw


def digest(row: pd.Series) -> str:
    """Return the beginning of the SHA-256 of what the second coder read for a row."""
    return hashlib.sha256("|".join(row[column] for column in READ).encode("utf-8")).hexdigest()[:12]


def twice(data: Data) -> pd.DataFrame:
    """Return the rows of claim_evidence that were coded twice.

    The second codes stand in `comparison_second` and `differs_second`. The index numbers the rows of claim_evidence.
    Left out are rows whose words have changed since, and rows on a part whose first code is `scope`: it means that
    nothing was found on the other parts, which a coder who reads one row cannot see.
    """
    second = data("second_coding").set_index("evidence_id")
    claims = data("claims").set_index("claim_id")
    rows = data("claim_evidence")
    rows = rows[rows["evidence_id"].isin(second.index)]
    rows = rows[rows["part_en"].eq("") | rows["differs_in"].ne("scope")]
    stated = claims.loc[rows["claim_id"], ["statement_zh", "statement_en"]].set_axis(rows.index)
    second = second.loc[rows["evidence_id"]].set_axis(rows.index)
    rows = rows.assign(comparison_second=second["comparison"], differs_second=second["differs_in"])
    read = [digest(row) for _, row in rows.join(stated).iterrows()]
    return rows[pd.Series(read, index=rows.index, dtype=object) == second["words"]]


def agreements(coded: pd.DataFrame) -> pd.DataFrame:
    """Return how far the two codings agree.

    Args:
        coded: rows as `twice` returns them.

    Returns:
        By question, `side` (for or against), `extent` (the same thing as in the statement, or a related one) and
        `difference` (which one, where both see one): items, the share coded alike, Cohen's kappa, unweighted, and the
        ends of its interval if claims are drawn anew.
    """
    extent = coded[["differs_in", "differs_second"]].eq("").replace({True: EXTENTS[0], False: EXTENTS[1]})
    apart = coded[coded["differs_in"].ne("") & coded["differs_second"].ne("")]
    kinds = sorted({*apart["differs_in"], *apart["differs_second"]})
    asked = {
        "side": (coded["comparison"], coded["comparison_second"], SIDES),
        "extent": (extent["differs_in"], extent["differs_second"], EXTENTS),
        "difference": (apart["differs_in"], apart["differs_second"], kinds),
    }
    found = [
        (
            name,
            len(first),
            *statistics.agreement(first, second, levels),
            *statistics.kappa_interval(first, second, levels, coded["claim_id"][first.index]),
        )
        for name, (first, second, levels) in asked.items()
    ]
    return pd.DataFrame(found, columns=["question", "items", "alike", "kappa", "lower", "upper"])


def verdicts(data: Data) -> pd.DataFrame:
    """Return the verdicts on all claims with evidence in claim_evidence: claim_id, first, second, rows coded twice.

    The second is by the second coding; rows that were not coded twice keep their first.
    """
    coded = twice(data)
    rows = tuple(coded.index)
    second = data.having(
        Change("set", "claim_evidence", rows, "comparison", tuple(coded["comparison_second"])),
        Change("set", "claim_evidence", rows, "differs_in", tuple(coded["differs_second"])),
    )
    names = sorted(set(data("claim_evidence")["claim_id"]), key=lambda name: int(name[1:]))
    found = [(name, *(judges.assess(name, known).verdict for known in (data, second))) for name in names]
    found = pd.DataFrame(found, columns=["claim_id", "first", "second"])
    return found.assign(rows=found["claim_id"].map(coded["claim_id"].value_counts()).fillna(0).astype(int))
