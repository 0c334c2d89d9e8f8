"""What readers are given who take part: statements to code blind, readings to vote on, claims to walk through.

A number, the seed, says which ones. The page that shows them (book/static/participation.js) draws in the same way, so
that `codings add` can tell whether a file that comes back holds what that number gives.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from compendium.base.files import fingerprint, read_rows
from compendium.compendium import Compendium
from compendium.ledger import coding
from compendium.ledger.evidence import EvidenceTables

T = TypeVar("T")
WORD = 0xFFFFFFFF
ROWS, TWINS, BALLOTS = 12, 4, 5  # drawn: rows in words; statements left as they are, and as many falsified; ballots
CODING_COLUMNS = ("version", "pool", "seed", "name", "day", "id", "side", "differs_in", "reading", "points", "mark")
WALK_COLUMNS = ("version", "name", "day", "claim_id", "answer", "remark")
UNTOUCHED = "untouched"  # kind of a planted statement that was left as it is
SOMETHING_ELSE = "something_else"  # what a reader may vote for who takes a sentence in none of the ways told
PLANTED = "planted"  # table below data/verification: statements of the paper as they are, and falsified
NAME = re.compile(r"\w[\w .-]{0,19}")  # of who takes part: no sign that a spreadsheet or a page would take for its own


@dataclass(frozen=True)
class CodingPool:
    """What the coding page draws from: rows in words by id, statements as they are and falsified, ballots by id."""

    rows: pd.DataFrame  # of claim_evidence in words, by evidence_id, with `words`, the digest of what a coder reads
    statements: dict[str, dict[str, str]]  # rows of the table planted by item
    ballots: dict[str, str]  # claim_id by ballot

    @property
    def digest(self) -> str:
        """What tells one state of the pool from another."""
        ids = [*(f"{key}={words}" for key, words in self.rows["words"].items()), *self.statements, *self.ballots]
        return fingerprint("|".join(ids).encode()).removeprefix("sha256:")[:12]

    def draw(self, seed: int) -> tuple[list[str], list[str]]:
        """Return the ids of rows and statements in the order shown, and the ballots that a seed gives."""
        numbers = generate_numbers(seed)
        kinds = [[key for key, row in self.statements.items() if (row["kind"] == UNTOUCHED) is as_is]
                 for as_is in (True, False)]  # fmt: skip
        shown = draw([*self.rows.index], ROWS, numbers)
        for items in kinds:
            shown += draw(items, TWINS, numbers)
        return draw(shown, len(shown), numbers), draw([*self.ballots], BALLOTS, numbers)


def read_coding_pool(c: Compendium) -> CodingPool:
    """Return what the coding page draws from: rows that were coded, planted statements, ballots, no controls."""
    data = EvidenceTables(c)
    rows = coding.list_rows_to_code(data).set_index("evidence_id").sort_index()
    rows = rows[rows.index.isin(coding.list_codings(data)["evidence_id"])]
    planted = read_rows(c.root / "data" / "verification" / f"{PLANTED}.csv", "item", True)
    known = data("claim_readings")
    ballots = {}
    if len(known):
        votes, read = data("reading_votes"), [*zip(known["ballot"], known["reading"], strict=True)]
        told = [vote in read for vote in zip(votes["ballot"], votes["reading"], strict=True)]
        withdrawn = votes[~pd.Series(told, votes.index) & votes["reading"].ne(SOMETHING_ELSE)]["ballot"]
        asked = known[
            known["control"].eq("") & known["ballot"].isin(votes["ballot"]) & ~known["ballot"].isin(withdrawn)
        ]
        ballots = dict(sorted(zip(asked["ballot"], asked["claim_id"], strict=True)))
    return CodingPool(rows, {row["item"]: row for row in planted if can_be_told(row)}, ballots)


def can_be_told(row: Mapping[str, str]) -> bool:
    """Say whether most of three blind readers found a planted statement true or false, as it is, by its row alone.

    Args:
        row: of the table planted; `row_1` to `row_3` are what the readers found: holds, fails or, if neither, empty.
    """
    side = "holds" if row["kind"] == UNTOUCHED else "fails"
    return sum(row[f"row_{reader}"] == side for reader in (1, 2, 3)) >= 2


def generate_numbers(seed: int) -> Iterator[float]:
    """Yield numbers from 0 to below 1, the same for the same seed on every machine (mulberry32, by T. Ettinger)."""
    state = seed & WORD
    while True:
        state = (state + 0x6D2B79F5) & WORD
        mixed = ((state ^ state >> 15) * (state | 1)) & WORD
        mixed ^= (mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & WORD)) & WORD
        yield (mixed ^ mixed >> 14) / 2**32


def draw(items: Sequence[T], number: int, numbers: Iterator[float]) -> list[T]:
    """Return so many of the items, none twice, in the order in which they are drawn; all if there are no more."""
    left, drawn = list(items), list[T]()
    while left and len(drawn) < number:
        drawn.append(left.pop(int(next(numbers) * len(left))))
    return drawn


def compute_error_bound(wrong: int, looked_at: int, confidence: float = 0.95) -> float:
    """Return the highest share that can be wrong where so many of those looked at are (Clopper and Pearson, one-sided).

    Args:
        wrong: how many are wrong.
        looked_at: how many were looked at, at least one.
        confidence: of the bound.
    """
    from scipy.stats import beta

    return 1.0 if wrong == looked_at else float(beta.ppf(confidence, wrong + 1, looked_at - wrong))


def count_walks(c: Compendium) -> dict[str, int]:
    """Return how many reviewers looked, how many sources they judged, found not so, or in part only, could not reach,
    and the bounds in per cent of `compute_error_bound`, without and with those in part; all 0 where nobody did."""
    walks = c.tables("walks")
    answers = walks["answer"].value_counts()
    kinds = ("so", "partly", "not_so", "unreached")
    so, partly, wrong, unreached = (int(answers.get(name, 0)) for name in kinds)
    judged = so + partly + wrong
    bound, wide = (round(100 * compute_error_bound(n, judged)) if judged else 0 for n in (wrong, wrong + partly))
    told = {"reviewers": walks["reviewer"].nunique(), "opened": judged, "wrong": wrong, "partly": partly}
    return told | {"unreached": unreached, "bound": bound, "wide": wide}
