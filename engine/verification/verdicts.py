"""Do verdicts notice faults in the rows they rest on? Plants each, judges anew, and tells what came of it.

A fault is one number of one deciding row, moved by one step of its last digit or by a tenth, or a deciding row left
out. It is noticed if the verdict turns, or else seen if a number or the reason that a reader sees is another. Why a
fault that is seen does not turn the verdict is found out by larger ones:

    margin     the same number moved far (to nothing, to a hundred times itself) does turn it
    others     that does not, but to leave out all deciding rows of its table does, or those of all tables and those
               that then decide in their place: further rows carry the verdict too
    told only  none of these: what is seen is told beside the verdict, which does not rest on it

A number of which nothing is seen is too small if moved far it is, and else not read.
"""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pandas as pd
from verification.harness import Found, tried
from worlds import HERE

from compendium.ledger.evidence import Change, Data, LedgerError
from compendium.ledger.flips import measures
from compendium.ledger.judges import Assessment
from compendium.ledger.record import show_values
from compendium.ledger.recording import values_of
from study.judgements import judges

SLOW = {"pilot_province_evidence": 10}  # judged by integer programmes: of so many rows one is tried
OUTCOMES = ["verdict", "others", "margin", "told only", "too small", "not read"]
SEEN = OUTCOMES[:4]
COLUMNS = ["claim_id", "kind", "table", "row", "column", "verdict", "verdict_then", "outcome"]
FLOOR = 60  # per cent of what is seen that the verdict notices, or the reasons say why not


def told(claim_id: str, data: Data) -> tuple[str, tuple[str, str, str]]:
    """Return the verdict on a claim and what a reader sees with it."""
    try:
        found = judges.assess(claim_id, data)
    except LedgerError as error:
        return "refused", (str(error), "", "")
    seen = show_values(values_of(found.judged.computed)), found.judged.reason["zh"], found.judged.reason["en"]
    return found.verdict, seen


def faults(rows: pd.DataFrame) -> Iterator[tuple[str, Change]]:
    """Yield the faults in the deciding rows of a claim, with their kinds."""
    for table, part in rows.groupby("table", sort=False):
        part = part[~part.index.duplicated()].iloc[:: SLOW.get(str(table), 1)]
        for index, row in part.iterrows():
            yield "row left out", Change("drop", table, (index,))
            for column in measures(table, raw()):
                if pd.isna(value := row[column]):
                    continue
                step = 10.0 ** -len(f"{float(value):.6f}".rstrip("0").partition(".")[2])
                for kind, by in (("one step", step), ("a tenth", max(step, round(abs(value) / 10 / step) * step))):
                    yield kind, Change("set", table, (index,), column, (round(float(value) + by, 10),))


@cache
def raw() -> Data:
    return Data(HERE)


@cache
def judged(claim_id: str) -> tuple[Assessment, tuple[str, tuple[str, str, str]]]:
    """Return how a claim is judged, and what is told of it, on the tables as they are."""
    return judges.assess(claim_id, raw()), told(claim_id, raw())


def outcome(claim_id: str, change: Change) -> tuple[str, str]:
    """Return the verdict after a fault, and what became of it: one of OUTCOMES."""
    was, now = judged(claim_id)[1], told(claim_id, raw().having(change))
    if now[0] != was[0]:
        return now[0], "verdict"
    far = []
    if change.kind == "set":
        value = float(raw()(change.table).at[change.rows[0], change.column])
        far = [told(claim_id, raw().having(replace(change, values=(to,)))) for to in (0.0, 100.0 * value)]
    if now == was:
        return now[0], "too small" if any(other != was for other in far) else "not read"
    if any(other[0] != was[0] for other in far):
        return now[0], "margin"
    turned = turns_without(claim_id, change.table) or turns_without(claim_id)
    return now[0], "others" if turned else "told only"


@cache
def turns_without(claim_id: str, table: str = "") -> bool:
    """Tell whether a verdict turns once the rows that decide are left out, and those that decide in their place.

    With a table, only its rows that decide are left out.
    """
    found, was = judged(claim_id)
    rows, left = found.judged.rows, raw()
    while not rows.empty:
        out = rows[rows["table"] == table] if table else rows
        parts = out.groupby("table")
        left = left.having(*(Change("drop", str(name), tuple(part.index.unique())) for name, part in parts))
        if told(claim_id, left)[0] != was[0]:
            return True
        if table:
            break
        rows = judges.assess(claim_id, left).judged.rows
    return False


def trial(claim_id: str) -> list[list]:
    found, _ = judged(claim_id)
    rows = found.judged.rows
    planted = [] if rows.empty or found.agreement == "none" else faults(rows)
    return [
        [claim_id, kind, c.table, int(c.rows[0]) + 2, c.column, found.verdict, *outcome(claim_id, c)]
        for kind, c in planted
    ]


def classes(log: pd.DataFrame) -> pd.DataFrame:
    """Count what became of the faults by class of row: table, and whether a number or the whole row is at fault.

    `verdict_pct` is which part of what is seen turns the verdict, empty where nothing is seen; the last row is of all.
    """
    kinds = log["kind"].map(lambda kind: "row" if kind == "row left out" else "number")
    table = pd.crosstab([log["table"], kinds.rename("fault")], log["outcome"])
    table = table.reindex(columns=OUTCOMES, fill_value=0).rename_axis(columns=None).reset_index()
    table.loc[len(table)] = {"table": "all", "fault": "all", **table[OUTCOMES].sum()}
    table.insert(2, "faults", table[OUTCOMES].sum(axis=1))
    share = 100 * table["verdict"] / table[SEEN].sum(axis=1).where(lambda seen: seen > 0)
    return table.assign(verdict_pct=share.round(1))


def measure(options: Namespace) -> Found:
    """Plant all faults, claim by claim; of the claims that are named, or so many of them."""
    chosen = options.names or list(raw()("claims")["claim_id"])[: options.take or None]
    found = tried("verdict-faults", chosen, trial, options.jobs, not (options.take or options.names))
    log = pd.DataFrame([line for lines in found.values() for line in lines], columns=COLUMNS)
    counted = classes(log)
    return Found({"verdict-faults-log": log, "verdict-faults": counted}, counted)
