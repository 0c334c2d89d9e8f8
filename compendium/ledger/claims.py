"""The joined ledger: the parts that notebooks write, one row a claim, counted by verdict and weight."""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import cells as notebooks
from compendium import paths
from compendium.data import tables
from compendium.ledger.evidence import Change, LedgerError
from compendium.vocabulary import VERDICTS, WEIGHTS

WEIGHED = tuple(weight for weight in WEIGHTS if weight != "all")
LISTS = "structural"  # the weight of a list or a name, of which the number alone is checked
CLAIM = re.compile(r"Q\d+")
JUDGED, LATER = ("ledger.check", "ledger.story"), ("since.story",)  # calls that judge, and that judge once more
COLUMNS = [
    "claim_id",
    "value_printed",
    "printed_zh",
    "printed_en",
    "value_computed",
    "difference",
    "rule",
    "trace",
    "agreement",
    "direction",
    "origin",
    "verdict",
    "evidence",
    "evidence_rows",
    "told_beside",
    "lowest_grade",
    "trust",
    "strength",
    "flip",
    "flip_zh",
    "flip_en",
    "flip_distance_pct",
    "flip_steps",
    "flip_changes",
    "notebook",
    "cell",
    "reason_zh",
    "reason_en",
]  # of a part
FACTS = [column for column in COLUMNS if column not in ("notebook", "cell")]  # what judging alone gives
PLACE = COLUMNS.index("verdict") + 1
JOINED = ["claim_id", "section", "topic", "weight", "kind", *COLUMNS[1:PLACE], "verdict_codings", *COLUMNS[PLACE:]]


def cells(notebook: str, calls: tuple[str, ...] = JUDGED) -> dict[str, str]:
    """Return claim id -> id of the cell of `notebook` that judges it by one of `calls`.

    Raises:
        LedgerError: a claim stands there twice.
    """
    return _cells(paths.project().notebooks / f"{notebook}.ipynb", calls)


@cache
def _cells(file: Path, calls: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for cell, tree in notebooks.parsed(file):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in calls:
                named = (part.value for a in node.args for part in ast.walk(a) if isinstance(part, ast.Constant))
                for name in (name for name in named if isinstance(name, str) and CLAIM.fullmatch(name)):
                    if name in found:
                        raise LedgerError(
                            f"{name}: {file.stem} judges it twice, in the cells {found[name]} and {cell.id}. "
                            "Remedy: leave one of the two"
                        )
                    found[name] = cell.id
    return found


def cell(claim_id: str, notebook: str, calls: tuple[str, ...] = JUDGED) -> str:
    """Return the id of the cell of `notebook` that judges a claim by one of `calls`.

    Raises:
        LedgerError: no cell does, or two do.
    """
    found = cells(notebook, calls).get(claim_id)
    if found is None:
        put = " or ".join(f'{call}("{claim_id}")' for call in calls)
        raise LedgerError(f"{claim_id}: no cell of {notebook} names it. Remedy: write {put} with the id spelt out")
    return found


def by_number(ids: pd.Series) -> pd.Series:
    """Return the numbers of claim ids, so that Q9 sorts before Q10."""
    return ids.str[1:].astype(int)


def join(parts: dict[str, pd.DataFrame], codings: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Join ledger parts into one row a claim.

    Args:
        parts: notebook name -> its part, as `Ledger.save` writes it.
        codings: claim id -> its verdicts by the codes of each coder alone, for the claims whose rows were coded.

    Returns:
        All claims of the table claims in order, with section, topic and weight.

    Raises:
        LedgerError: a claim not judged, judged twice, unknown, or judged where no cell shows it.
    """
    owner: dict[str, str] = {}
    for notebook, part in parts.items():
        for record in part.itertuples():
            if record.claim_id in owner:
                raise LedgerError(f"{record.claim_id}: judged in {owner[record.claim_id]} and again in {notebook}")
            if record.notebook != notebook or cells(notebook).get(record.claim_id) != record.cell:
                raise LedgerError(f"{record.claim_id}: no cell {record.cell!r} of {notebook} judges it")
            owner[record.claim_id] = notebook
    claims = tables.raw("claims")
    unknown = sorted(set(owner) - set(claims["claim_id"]))
    if unknown:
        raise LedgerError(f"{unknown[0]}: judged in {owner[unknown[0]]}, but the table claims has no such row")
    missing = [claim_id for claim_id in claims["claim_id"] if claim_id not in owner]
    if missing:
        raise LedgerError(
            f'{", ".join(missing)}: no notebook judges this. Remedy: put ledger.check("{missing[0]}") into a code cell'
        )
    judged = pd.concat(parts.values(), ignore_index=True)
    left = claims[["claim_id", "section", "topic", "weight", "kind", "value_text"]]
    joined = left.merge(judged, on="claim_id", validate="one_to_one")
    joined["value_printed"] = joined.pop("value_text")
    joined["verdict_codings"] = [(codings or {}).get(name, "") for name in joined["claim_id"]]
    return joined[JOINED]


def spans(claims: Iterable[str]) -> str:
    """Return ids of claims in short, those that follow one another by the first and the last."""
    runs = []
    for _, group in groupby(enumerate(int(c[1:]) for c in claims), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        runs.append(f"Q{numbers[0]:02}" + (f"–Q{numbers[-1]:02}" if len(numbers) > 1 else ""))
    return ", ".join(runs)


def stored(name: str, root: Path | None = None) -> pd.DataFrame:
    """Return a stored ledger: the joined one, `claims`, or a part, `ledger-02-growth`.

    Every cell is the text that was written, so that `46` does not come back as 46.0; only the difference is a number.

    Args:
        name: name of the processed table.
        root: folder above data/processed; default: where `tables.located` finds the table.

    Raises:
        LedgerError: the file is no table, or lacks the columns of a ledger.
    """
    path = paths.processed(name, root) if root else tables.located(name)
    try:
        ledger = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except ValueError:
        ledger = pd.DataFrame()
    if not {"claim_id", "difference"} <= set(ledger):
        raise LedgerError(f"{paths.shown(path)} cannot be read as a ledger. Remedy: {paths.restore(path)}")
    ledger["difference"] = pd.to_numeric(ledger["difference"])
    return ledger


def count(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the number of claims of substance by verdict (rows) and weight (columns), headline first, with totals."""
    ledger, weights = ledger[ledger["weight"] != LISTS], [weight for weight in WEIGHED if weight != LISTS]
    table = pd.crosstab(ledger["verdict"], ledger["weight"]).reindex(columns=weights, fill_value=0)
    table = table.reindex([v for v in VERDICTS if v in table.index])
    table["all"] = table.sum(axis=1)
    table.loc["all"] = table.sum()
    return table


def lists(ledger: pd.DataFrame) -> tuple[int, int]:
    """Return how many claims are lists or names of which the number alone is checked, and how many of these agree."""
    structural = ledger[ledger["weight"] == LISTS]
    return len(structural), int(structural["agreement"].eq("same").sum())


def flip_changes(text: str) -> tuple[Change, ...]:
    """Return the changes that a ledger stores with a flip."""
    stored: list[dict[str, Any]] = json.loads(text) if text else []
    return tuple(Change(c["kind"], c["table"], tuple(c["rows"]), c["column"], tuple(c["values"])) for c in stored)
