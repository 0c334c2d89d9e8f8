"""Do verdicts notice faults in the rows they rest on? Plants each, judges anew, and writes what came of it.

A fault is one number of one deciding row, moved by one step of its last digit or by a tenth, or a deciding row left
out. It is noticed if the verdict turns, or else if a number or the reason that a reader sees is another. What is not
noticed is moved on to nothing and to a hundred times itself: if that is noticed, the fault was too small to matter at
the printed precision; if not, the judgement does not read that number, or other rows say the same without it.

    python tests/verification/verdicts.py          all claims; writes data/verification/verdict-faults.csv and its log
    python tests/verification/verdicts.py Q12 Q15  these claims; writes nothing
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from verification.measured import record

from compendium import paths
from compendium.ledger.conditions import places
from compendium.ledger.evidence import Change, Data, LedgerError
from compendium.ledger.flips import measures
from compendium.ledger.recording import shown_value
from study.judgements import judges

PLACE = paths.project().root / "data" / "verification"
SLOW = {"pilot_province_evidence": 10}  # judged by integer programmes: of so many rows one, which counts for as many


def told(claim_id: str, data: Data) -> tuple[str, tuple[str, str, str]]:
    """Return the verdict on a claim and what a reader sees with it."""
    try:
        found = judges.assess(claim_id, data)
    except LedgerError as error:
        return "refused", (str(error), "", "")
    return found.verdict, (shown_value(found.judged.computed), found.judged.zh, found.judged.en)


def faults(rows: pd.DataFrame) -> list[tuple[str, Change]]:
    """Return the faults in the deciding rows of a claim, with their kinds."""
    found = []
    for table, part in rows.groupby("table", sort=False):
        part = part[~part.index.duplicated()].iloc[:: SLOW.get(str(table), 1)]
        for index, row in part.iterrows():
            found.append(("row left out", Change("drop", table, (index,))))
            for column in measures(table):
                if pd.isna(value := row[column]):
                    continue
                step = 10.0 ** -places(float(value))
                for kind, by in (("one step", step), ("a tenth", max(step, round(abs(value) / 10 / step) * step))):
                    changed = round(float(value) + by, 10)
                    found.append((kind, Change("set", table, (index,), column, (changed,))))
    return found


def further(change: Change, data: Data) -> list[Change]:
    """Return what moves the number of a fault far away; nothing for a row left out."""
    if change.kind == "drop":
        return []
    value = float(data(change.table).at[change.rows[0], change.column])
    return [replace(change, values=(other,)) for other in (0.0, 100.0 * value)]


def main() -> None:
    """Plant all faults, claim by claim, and write verdict-faults.csv and verdict-faults-log.csv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("claims", nargs="*", help="only these claims; nothing is written")
    only, data, log = parser.parse_args().claims, Data(), []
    for claim_id in tqdm(only or data("claims")["claim_id"], unit="claim"):
        found = judges.assess(claim_id, data)
        verdict, seen = told(claim_id, data)
        rows = found.judged.rows
        for kind, change in [] if rows.empty or found.agreement == "none" else faults(rows):
            now, sees = told(claim_id, data.having(change))
            outcome = "verdict" if now != verdict else "number or reason" if sees != seen else ""
            if not outcome:
                far = [told(claim_id, data.having(other)) for other in further(change, data)]
                outcome = "too small" if any(other != (verdict, seen) for other in far) else "not read"
            where = change.table, change.rows[0] + 2, change.column
            log.append((claim_id, kind, *where, verdict, now, outcome, SLOW.get(change.table, 1)))
    names = ["claim_id", "kind", "table", "row", "column", "verdict", "verdict_then", "noticed_by", "weight"]
    frame = pd.DataFrame(log, columns=names)
    counts = pd.crosstab(frame["kind"], frame["noticed_by"], margins=True, margins_name="all")
    counts = counts.reindex(columns=["verdict", "number or reason", "too small", "not read", "all"], fill_value=0)
    if not only:
        frame.to_csv(PLACE / "verdict-faults-log.csv", index=False, lineterminator="\n")
        counts.to_csv(PLACE / "verdict-faults.csv", lineterminator="\n")
        record("verdict-faults")
    print(counts.to_string())


if __name__ == "__main__":
    main()
