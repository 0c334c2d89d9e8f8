"""The coding of rows in words: what several coders read in a row, and the majority that decides.

A row of claim_evidence in words says whether a statement holds or fails (`comparison`) and in what it differs from what
is stated (`differs_in`, empty if in nothing). Both cells hold what most coders read, from the statement and the row
alone; the single codings stand in the table `codings`, who coded in `coders`.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.base.texts import NOTHING, TranslatedText, catalogue, find_language_columns
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change
from compendium.ledger.record import TableChange
from compendium.ledger.verdict import Judges

text = catalogue("compendium/ledger")
CODES = ["comparison", "differs_in"]
READ = ("statement", "part", "says")  # what a coder reads
Code = tuple[str, str]


def digest(row: pd.Series | Mapping[str, str], *stems: str) -> str:
    """Return the beginning of the SHA-256 of a row in the columns of these stems, in each language."""
    columns = (column for stem in stems for column in find_language_columns(row.keys(), stem).values())
    cells = "|".join(row[column] or "" for column in columns)
    return hashlib.sha256(cells.encode("utf-8")).hexdigest()[:12]


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


def rows_in_words(data: EvidenceTables) -> pd.DataFrame:
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

    Columns: evidence_id, claim_id, coder, comparison, differs_in; the index numbers rows of claim_evidence.
    Left out are rows on a part that the first coder called `scope`: that nothing was found on the other parts cannot be
    seen from one row.
    """
    rows, codings = rows_in_words(data), data("codings")
    order = data("coders")["coder"].tolist()
    part = data.languages.columns("part")[0]
    found = rows[["evidence_id", "claim_id", part, "words"]].reset_index(names="row")
    found = found.merge(codings[["evidence_id", "coder", *CODES, "words"]], on=["evidence_id", "words"])
    first = found[found["coder"] == order[0]] if order else found
    scope = first[(first[part] != "") & (first["differs_in"] == "scope")]["evidence_id"]
    found = found[~found["evidence_id"].isin(scope)]
    place = found["coder"].map({coder: number for number, coder in enumerate(order)})
    return found.iloc[place.argsort(kind="stable")].set_index("row").drop(columns=["words", part])


def list_majority_codes(codings: pd.DataFrame) -> pd.DataFrame:
    """Return the majority of each row, from codings as `coded` returns them: columns comparison and differs_in."""
    found = {
        row: majority(list(zip(codes["comparison"], codes["differs_in"], strict=True)))
        for row, codes in codings.groupby(level=0)
    }
    return pd.DataFrame.from_dict(found, orient="index", columns=CODES)


def recode(data: EvidenceTables, codes: pd.DataFrame) -> EvidenceTables:
    """Return the tables with these codes, by row of claim_evidence, in the place of what stands there."""
    rows = tuple(codes.index)
    return data.having(*(TableChange("set", "claim_evidence", rows, name, tuple(codes[name])) for name in CODES))


def list_verdicts_by_coder(judges: Judges, claim_id: str, data: EvidenceTables, **choices: object) -> list[str]:
    """Return the verdicts on a claim by the codes of each coder alone; none where no row of it was coded."""
    codings = list_codings(data)
    if claim_id not in set(codings["claim_id"]):
        return []
    codes = [codings.loc[codings["coder"] == coder, CODES] for coder in data("coders")["coder"]]
    return [judges.assess(claim_id, recode(data, one), **choices).verdict for one in codes]


def describe_coder_disagreement(rows: pd.DataFrame, data: EvidenceTables) -> TranslatedText:
    """Return the sentence that the codings of some of these rows part; empty if none do.

    Args:
        rows: rows that decide a verdict.
        data: the tables.
    """
    if rows.empty or "evidence_id" not in rows:
        return NOTHING
    codings = list_codings(data)
    mine = codings[codings["evidence_id"].isin(rows["evidence_id"])]
    read = mine["comparison"] + mine["differs_in"].eq("").astype(str)
    if mine.empty or read.groupby(mine["evidence_id"]).nunique().max() == 1:
        return NOTHING
    machine = data("coders")["made_by"].eq("machine").all()
    return text("coding-parts-machine" if machine else "coding-parts", codings=mine["coder"].nunique())
