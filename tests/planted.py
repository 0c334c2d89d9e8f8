"""Changes to plant in the frozen tables, and what the judgements of the study say with them."""

from collections.abc import Iterable

import frozen
import made_up
import pandas as pd

from compendium.ledger.evidence import EvidenceTables, TableChange, list_origins, list_qualities
from compendium.ledger.verdict import Assessment
from study.judgements import judges

NOW = EvidenceTables(frozen.compendium())
DEPENDS = "depends on the reading"
YEARS = (2015, 2016, 2017, 2018)


def rows(table: str, /, **cells: object) -> tuple[int, ...]:
    """Return the numbers of the rows of a frozen table that have these cells, or one of a list; there must be some."""
    frame = frozen.compendium().tables(table)
    for column, value in cells.items():
        frame = frame[frame[column].isin(value if isinstance(value, list) else [value])]
    assert len(frame), f"{table}: no row has {cells}"
    return tuple(frame.index)


def put(table: str, column: str, value: object, /, **cells: object) -> TableChange:
    """Return the change that sets `column` in the rows that have these cells; a tuple has one value for each row."""
    found = rows(table, **cells)
    return TableChange("set", table, found, column, value if isinstance(value, tuple) else (value,) * len(found))


def drop(table: str, /, **cells: object) -> TableChange:
    """Return the change that drops the rows that have these cells."""
    return TableChange("drop", table, rows(table, **cells))


def add(table: str, new: dict, /, **cells: object) -> list[TableChange]:
    """Return the changes that add copies of the rows that have these cells, with new values in some columns."""
    found, end = rows(table, **cells), len(frozen.compendium().tables(table))
    copies = tuple(range(end, end + len(found)))
    values = {c: value if isinstance(value, tuple) else (value,) * len(found) for c, value in new.items()}
    return [
        TableChange("add", table, found),
        *(TableChange("set", table, copies, c, value) for c, value in values.items()),
    ]


def listed(projects: pd.DataFrame, complete: Iterable[int] = YEARS, stage: str = "final") -> EvidenceTables:
    """Return the frozen tables with made-up lists that hold these projects, complete in some years."""
    lists = NOW("pilot_lists")
    lists["complete"] = lists["year"].isin(complete) & (lists["stage"] == stage)
    projects = projects.assign(table="pilot_projects")
    if stage != "final":
        projects["list_id"] = projects["list_id"].str.replace("L", "N")
    data = EvidenceTables(NOW.c, known=NOW.known | {"pilot_lists": lists, "pilot_projects": projects})
    list_origins(data)[made_up.SOURCE, ""] = ("O-MIIT-PILOT", "origin")
    list_qualities(data)[made_up.SOURCE] = (False, "A")
    return data


def of(name: str) -> dict:
    """Return the cell by which a row of claim_evidence is found, or all that are coded for a claim."""
    return {"claim_id" if name.startswith("Q") else "evidence_id": name}


def coded(name: str, column: str, value: object) -> TableChange:
    """Return the change of a column of claim_evidence, in one row or in all of a claim."""
    return put("claim_evidence", column, value, **of(name))


def uncoded(*names: str) -> list[TableChange]:
    """Return the changes that drop rows of claim_evidence, each one row or all of a claim."""
    return [drop("claim_evidence", **of(name)) for name in names]


def judged(claim_id: str, *changes: TableChange, **choices: object) -> Assessment:
    """Return the assessment of a claim with these changes of the frozen tables."""
    return judges.assess(claim_id, NOW.having(*changes), **choices)


def verdict(claim_id: str, *changes: TableChange, **choices: object) -> str:
    """Return the verdict on a claim with these changes."""
    return judged(claim_id, *changes, **choices).verdict
