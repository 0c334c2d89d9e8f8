"""The coding of rows in words: what several coders read in a row, and the majority that decides.

A row of claim_evidence in words says whether a statement holds or fails (`comparison`) and in what it differs from what
is stated (`differs_in`, empty if in nothing). Both cells hold what most coders read, from the statement and the row
alone; the single codings stand in the table `codings`, who coded in `coders`. Where three persons coded a row, theirs
decide; else those of machines.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

import pandas as pd

from compendium.base.texts import NOTHING, TranslatedText, catalogue, find_language_columns
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change
from compendium.ledger.record import TableChange
from compendium.ledger.verdict import Judges

text = catalogue("compendium/ledger")
CODES = ["comparison", "differs_in"]
READ = ("statement", "part", "says")  # what a coder reads
PERSONS = 3  # so many persons who answered decide alone
Code = tuple[str, str]
T = TypeVar("T")


def digest(row: pd.Series | Mapping[str, str], *stems: str) -> str:
    """Return the beginning of the SHA-256 of a row in the columns of these stems, in each language."""
    columns = (column for stem in stems for column in find_language_columns(row.keys(), stem).values())
    cells = "|".join(row[column] or "" for column in columns)
    return hashlib.sha256(cells.encode("utf-8")).hexdigest()[:12]


def select_deciding(answers: Sequence[T], made_by: Sequence[str]) -> list[T]:
    """Return the answers that decide: those of persons where three or more gave one, else those of machines, if any.

    Args:
        answers: of coders or voters to one question.
        made_by: by answer `person` or `machine`, as in the tables coders and voters.
    """
    given = list(zip(answers, made_by, strict=True))
    persons = [answer for answer, by in given if by == "person"]
    machines = [answer for answer, by in given if by != "person"]
    return persons if len(persons) >= PERSONS or not machines else machines


def majority(codes: Sequence[Code]) -> Code:
    """Return what most coders read: (comparison, differs_in).

    What more than half read alike, side and whether it is the very thing that is stated, is taken. Else the row is
    related, on the side that more of them read, of equal ones that of the earliest. Which difference it is decides no
    verdict; it is the one the earliest coder sees.

    Args:
        codes: by coder, in the order of the table `coders`.
    """
    exact = Counter((side, not difference) for side, difference in codes)
    (side, same), most = exact.most_common(1)[0]
    if 2 * most <= len(codes):
        side, same = Counter(side for side, _ in codes).most_common(1)[0][0], False
    return side, "" if same else next(difference for _, difference in codes if difference)


def list_rows_to_code(data: EvidenceTables) -> pd.DataFrame:
    """Return the rows of claim_evidence in words with what a coder reads, and `words`, its digest."""
    rows = data("claim_evidence")
    rows = rows[rows["comparison"] != "value"]
    stated = data("claims").set_index("claim_id")[data.languages.columns("statement")]
    rows = rows.join(stated, on="claim_id")
    words = [digest(row, *READ) for row in rows.to_dict("records")]
    return rows.assign(words=pd.Series(words, rows.index, dtype=object))


@cache_until_tables_change
def list_codings(data: EvidenceTables) -> pd.DataFrame:
    """Return the codings of rows that still read as they were coded, one coding a row, in the order of coders.

    Columns: evidence_id, claim_id, coder, comparison, differs_in, made_by (`person` or `machine`); the index numbers
    rows of claim_evidence.
    Left out are rows on a part that the first coder called `scope`: that nothing was found on the other parts cannot be
    seen from one row.
    """
    rows, codings = list_rows_to_code(data), data("codings")
    coders = data("coders").set_index("coder")["made_by"]
    order = coders.index.tolist()
    part = data.languages.columns("part")[0]
    found = rows[["evidence_id", "claim_id", part, "words"]].reset_index(names="row")
    found = found.merge(codings[["evidence_id", "coder", *CODES, "words"]], on=["evidence_id", "words"])
    first = found[found["coder"] == order[0]] if order else found
    scope = first[(first[part] != "") & (first["differs_in"] == "scope")]["evidence_id"]
    found = found[~found["evidence_id"].isin(scope)]
    place = found["coder"].map({coder: number for number, coder in enumerate(order)})
    found = found.assign(made_by=found["coder"].map(coders)).iloc[place.argsort(kind="stable")]
    return found.set_index("row").drop(columns=["words", part])


def list_majority_codes(codings: pd.DataFrame) -> pd.DataFrame:
    """Return what most of those who decide read in each row: columns comparison and differs_in.

    Args:
        codings: as `list_codings` returns them.
    """
    found = {}
    for row, mine in codings.groupby(level=0):
        codes = list(zip(mine["comparison"], mine["differs_in"], strict=True))
        found[row] = majority(select_deciding(codes, mine["made_by"].tolist()))
    return pd.DataFrame.from_dict(found, orient="index", columns=CODES)


def compare_persons_with_machines(claim_id: str, data: EvidenceTables) -> dict[str, int]:
    """Return how many persons coded rows of a claim, how many rows these are, and of how many the side is the same that
    most machines read: `persons`, `rows`, `alike`."""
    codings = list_codings(data)
    mine = codings[codings["claim_id"] == claim_id]
    persons, machines = (mine[mine["made_by"] == who] for who in ("person", "machine"))
    sides = [list_majority_codes(one)["comparison"] for one in (persons, machines)]
    both = pd.concat(sides, axis=1, join="inner")
    alike = both.iloc[:, 0].eq(both.iloc[:, 1])
    return {"persons": persons["coder"].nunique(), "rows": len(both), "alike": int(alike.sum())}


def recode(data: EvidenceTables, codes: pd.DataFrame) -> EvidenceTables:
    """Return the tables with these codes, by row of claim_evidence, in the place of what stands there."""
    rows = tuple(codes.index)
    return data.having(*(TableChange("set", "claim_evidence", rows, name, tuple(codes[name])) for name in CODES))


def list_verdicts_by_coder(judges: Judges, claim_id: str, data: EvidenceTables, **choices: object) -> list[str]:
    """Return the verdicts on a claim by the codes of each coder of any row of it alone; none where none was coded."""
    codings = list_codings(data)
    coders = codings.loc[codings["claim_id"] == claim_id, "coder"].unique()
    codes = [codings.loc[codings["coder"] == coder, CODES] for coder in data("coders")["coder"] if coder in coders]
    return [judges.assess(claim_id, recode(data, one), **choices).verdict for one in codes]


def describe_coder_disagreement(rows: pd.DataFrame, data: EvidenceTables) -> TranslatedText:
    """Return the sentence that the codings of some of these rows part, or are those of persons; empty if neither.

    Args:
        rows: rows that decide a verdict.
        data: the tables.
    """
    if rows.empty or "evidence_id" not in rows:
        return NOTHING
    codings = list_codings(data)
    mine = codings[codings["evidence_id"].isin(rows["evidence_id"])]
    deciding = [one.loc[select_deciding(one.index.tolist(), one["made_by"].tolist())]
                for _, one in mine.reset_index(drop=True).groupby("evidence_id")]  # fmt: skip
    if not deciding:
        return NOTHING
    mine = pd.concat(deciding)
    read = mine["comparison"] + mine["differs_in"].eq("").astype(str)
    part, persons = read.groupby(mine["evidence_id"]).nunique().max() > 1, mine["made_by"].eq("person")
    if persons.any():
        return text("coding-parts-persons" if part else "coding-persons", codings=mine.loc[persons, "coder"].nunique())
    return text("coding-parts-machine", codings=mine["coder"].nunique()) if part else NOTHING
