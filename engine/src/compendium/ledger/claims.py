"""The ledger: one row a claim, as `compendium judge` writes it; where each claim is shown; counts."""

import re
from collections.abc import Iterable
from dataclasses import fields
from itertools import groupby
from pathlib import Path

import pandas as pd

from compendium.base import paths
from compendium.base.files import fingerprint, read_rows
from compendium.base.vocabulary import ANSWERS, VERDICTS, WEIGHTS
from compendium.compendium import Compendium
from compendium.ledger import record
from compendium.ledger.record import Ledger, LedgerRow

WEIGHED = tuple(weight for weight in WEIGHTS if weight != "all")
LISTS = "structural"  # the weight of a list or a name, of which the number alone is checked
CLAIM = re.compile(r"Q\d+")
OF_CLAIM = ["section", "topic", "weight", "kind"]  # what the table claims says of a claim
SHOWN = "shown"  # the processed table of what each cell of each notebook shows, as the run saw it
FROM = "judged-from"  # the processed table of the raw tables that the ledger beside it was judged from
OF_RUN = ("claims", FROM, SHOWN)  # the processed tables that no notebook makes
STATE = "judged-in.txt"  # beside a ledger that `compendium judge` writes to build/lab: the files it was judged from


def parse_claim_number(claim_id: str) -> int:
    """Return the number of a claim id, so that Q9 sorts before Q10."""
    return int(claim_id[1:])


def parse_claim_numbers(claim_ids: pd.Series) -> pd.Series:
    """Return the numbers of claim ids, so that Q9 sorts before Q10."""
    return claim_ids.str[1:].astype(int)


def abbreviate_claim_ids(claim_ids: Iterable[str]) -> str:
    """Return ids of claims in short, those that follow one another by the first and the last."""
    runs = []
    for _, group in groupby(enumerate(map(parse_claim_number, claim_ids)), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        runs.append(f"Q{numbers[0]:02}" + (f"–Q{numbers[-1]:02}" if len(numbers) > 1 else ""))
    return ", ".join(runs)


def are_ledger_inputs_unchanged(hash_file: Path, root: Path) -> bool:
    """Tell whether all that a ledger was judged from lies in `root` as then: its mark has hash and place of each file.

    A module of judgements that was not there yet may judge otherwise.
    """
    lines = hash_file.read_text("utf-8", "replace").splitlines() if hash_file.is_file() else []
    known = {Path(place): digest for digest, _, place in (line.partition("  ") for line in lines)}
    same = all(file.is_file() and fingerprint(file.read_bytes()) == digest for file, digest in known.items())
    return bool(known) and same and known.keys() >= {*root.glob("study/judgements/*.py")}


def find_current_ledger_path(c: Compendium, table_name: str = "claims") -> Path:
    """Return the path of the ledger that counts, or of the table `table_name` beside it: where outputs go, else the
    accepted.

    One in build/lab counts only in the state in which it was judged, so that it never hides a newer accepted one.

    Raises:
        InputError: there is none.
    """
    mark, accepted, made = c.out / STATE, paths.processed_path(table_name, c.root), c.processed_path(table_name)
    if made.is_file() and accepted.is_file() and c.out.is_relative_to(c.build / "lab"):
        return made if are_ledger_inputs_unchanged(mark, c.root) else accepted
    return c.located(table_name)


def read_ledger(c: Compendium, root: Path | None = None) -> Ledger:
    """Return the records of the ledger by claim, each with the notebook and cell that show it, if any does.

    Args:
        c: the compendium.
        root: folder above data/processed; default: that of the ledger that counts.

    Raises:
        InputError: there is none, or it is no ledger.
    """
    return record.read_ledger_file(
        paths.processed_path("claims", root) if root else find_current_ledger_path(c),
        list_cell_outputs(c, root or c.out),
    )


def ledger_to_frame(ledger: Ledger) -> pd.DataFrame:
    """Return a ledger as a frame by claim, a column a field."""
    names = [one.name for one in fields(LedgerRow)]
    return pd.DataFrame([vars(one) for one in ledger.values()], list(ledger), names)


def read_cell_outputs_frame(c: Compendium, root: Path) -> pd.DataFrame:
    """Return what cells show and make as a frame, as `list_shown`."""
    return pd.DataFrame(list_cell_outputs(c, root), columns=["notebook", "cell", "kind", "name"], dtype=str)


def list_cell_outputs(c: Compendium, root: Path) -> list[dict[str, str]]:
    """Return what cells show and make: notebook, cell, kind (claim, table, figure), name.

    Of notebooks that the run below `root` has executed it is what that run saw, of the others what the committed one
    saw.
    """
    own, committed = (read_rows(paths.processed_path(SHOWN, place), "notebook", True) for place in (root, c.root))
    ran = {row["notebook"] for row in own}
    return own + [row for row in committed if row["notebook"] not in ran]


def count_verdicts(ledger: Ledger) -> pd.DataFrame:
    """Return the number of claims of substance by verdict (rows) and weight (columns), headline first, with totals."""
    rows, weights = ledger_to_frame(ledger), [weight for weight in WEIGHED if weight != LISTS]
    rows = rows[rows["weight"] != LISTS]
    table = pd.crosstab(rows["verdict"], rows["weight"]).reindex(columns=weights, fill_value=0)
    table = table.reindex([v for v in VERDICTS if v in table.index])
    table["all"] = table.sum(axis=1)
    table.loc["all"] = table.sum()
    return table


def count_verdicts_by_answer(ledger: Ledger) -> pd.DataFrame:
    """Return `count` by answer: each that is given, by its key, above the verdicts that it stands for."""
    counts = count_verdicts(ledger)
    rows: dict[str, pd.Series] = {}
    for key, answer in ANSWERS.items():
        words = counts.loc[[verdict for verdict in answer.verdicts if verdict in counts.index]]
        rows |= {key: words.sum()} if len(words) else {}
        rows |= dict(words.iterrows())
    return pd.DataFrame(rows | {"all": counts.loc["all"]}).T
