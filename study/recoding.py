"""The rows in words as three coders code them: how far they agree, and which verdicts their majority would turn."""

import hashlib
from itertools import combinations

import pandas as pd

from compendium.ledger.evidence import Change, Data
from study import statistics
from study.judgements import judges

SIDES, EXTENTS = ("holds", "fails"), ("same", "related")
CODERS = {
    "first": ("comparison", "differs_in"),
    "second": ("comparison_second", "differs_second"),
    "third": ("comparison_third", "differs_third"),
}  # the columns of their codes
PAIRS = tuple(combinations(CODERS, 2))
READ = ("statement_zh", "statement_en", "part_zh", "part_en", "says_zh", "says_en")  # what the other coders saw


def digest(row: pd.Series) -> str:
    """Return the beginning of the SHA-256 of what the other coders read for a row."""
    return hashlib.sha256("|".join(row[column] for column in READ).encode("utf-8")).hexdigest()[:12]


def recoded(data: Data) -> pd.DataFrame:
    """Return the rows of claim_evidence that were coded by three coders, with the codes of each: see `CODERS`.

    The index numbers the rows of claim_evidence. Left out are rows whose words have changed since, and rows on a part
    whose first code is `scope`: it means that nothing was found on the other parts, which a coder who reads one row
    cannot see.
    """
    codes = data("second_coding").set_index("evidence_id")
    codes = codes.rename(columns=dict(zip(CODERS["first"], CODERS["second"], strict=True)))
    codes = codes[[*CODERS["second"], *CODERS["third"], "words"]]
    claims = data("claims").set_index("claim_id")
    rows = data("claim_evidence")
    rows = rows[rows["evidence_id"].isin(codes.index)]
    rows = rows[rows["part_en"].eq("") | rows["differs_in"].ne("scope")]
    stated = claims.loc[rows["claim_id"], ["statement_zh", "statement_en"]].set_axis(rows.index)
    rows = rows.join(codes, on="evidence_id")
    read = [digest(row) for _, row in rows.join(stated).iterrows()]
    return rows[pd.Series(read, index=rows.index, dtype=object) == rows["words"]]


def agreements(coded: pd.DataFrame, one: str = "first", other: str = "second") -> pd.DataFrame:
    """Return how far two coders agree.

    Args:
        coded: rows as `recoded` returns them.
        one, other: the coders, keys of `CODERS`.

    Returns:
        By question, `side` (for or against), `extent` (the same thing as in the statement, or a related one) and
        `difference` (which one, where both see one): items, the share coded alike, Cohen's kappa, unweighted, and the
        ends of its interval if claims are drawn anew.
    """
    sides, differences = zip(CODERS[one], CODERS[other], strict=True)
    extent = coded[list(differences)].eq("").replace({True: EXTENTS[0], False: EXTENTS[1]})
    apart = coded[coded[list(differences)].ne("").all(axis=1)]
    kinds = sorted(set(apart[list(differences)].to_numpy().ravel()))
    asked = {
        "side": (*(coded[name] for name in sides), SIDES),
        "extent": (*(extent[name] for name in differences), EXTENTS),
        "difference": (*(apart[name] for name in differences), kinds),
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


def majority(coded: pd.DataFrame) -> pd.DataFrame:
    """Return the codes that most coders give, under the names of the first coder's columns.

    Where most see a difference, it is the one that the earliest of them sees: which it is decides no verdict.
    """
    sides, differences = (coded[list(names)] for names in zip(*CODERS.values(), strict=True))
    holds, related = (votes.sum(axis=1) > len(CODERS) / 2 for votes in (sides.eq(SIDES[0]), differences.ne("")))
    side = pd.Series(SIDES[0], index=coded.index).where(holds, SIDES[1])
    seen = differences.where(differences.ne("")).bfill(axis=1).iloc[:, 0]
    return pd.DataFrame({"comparison": side, "differs_in": seen.where(related, "")})


def verdicts(data: Data) -> pd.DataFrame:
    """Return the verdicts on all claims with evidence in claim_evidence.

    Rows that were not coded anew keep their first codes.

    Returns:
        claim_id; the verdicts by the codes of the `first`, the `second`, the `third` coder and of their `majority`;
        rows: how many of its rows three coders have coded.
    """
    coded = recoded(data)
    codes = {name: coded[list(columns)].set_axis(CODERS["first"], axis=1) for name, columns in CODERS.items()}
    codes["majority"] = majority(coded)
    rows = tuple(coded.index)
    names = sorted(set(data("claim_evidence")["claim_id"]), key=lambda name: int(name[1:]))
    by = {"first": {name: judges.assess(name, data).verdict for name in names}}
    for coder, found in codes.items():
        known = data.having(*(Change("set", "claim_evidence", rows, c, tuple(found[c])) for c in found))
        differs = found.ne(codes["first"]).any(axis=1)
        others = coded.loc[differs, "claim_id"].unique()  # no claim rests on another's rows
        by[coder] = by["first"] | {name: judges.assess(name, known).verdict for name in others}
    table = pd.DataFrame({"claim_id": names, **{coder: list(map(of.get, names)) for coder, of in by.items()}})
    return table.assign(rows=table["claim_id"].map(coded["claim_id"].value_counts()).fillna(0).astype(int))
