"""data/verdict-log.csv: each verdict that an accept moved, the day, and the reason of the new one."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from compendium import languages, paths
from compendium.run import comparison

LOG = "data/verdict-log.csv"


def columns() -> list[str]:
    """Return the columns of the log."""
    return ["accepted_on", "claim_id", "verdict_before", "verdict_after", *languages.columns("reason")]


def faults() -> list[str]:
    """Return one line for each row of the log that is not one: nothing may be appended to what is spoilt."""
    path = paths.project().root / LOG
    if not path.is_file():
        return []
    remedy = f"Remedy: {paths.restore(path)}"
    try:
        rows = list(csv.reader(path.read_bytes().decode("utf-8").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return [f"{LOG}: must be CSV in UTF-8 ({error}). {remedy}"]
    if not rows or rows[0] != columns():
        return [f"{LOG}, row 1: must read {','.join(columns())}. {remedy}"]
    width = len(rows[0])
    uneven = [
        (n, f"has {len(row)} cells, but the header has {width}") for n, row in enumerate(rows, 1) if len(row) != width
    ]
    return [f"{LOG}, row {number}: {rule}. {remedy}" for number, rule in uneven or unlikely(rows[1:])]


def unlikely(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Yield each row that cannot be, with the rule that it breaks: no day lies in the future, a claim is moved from a
    verdict that a row above moved it to, and at last to the one it has."""
    reached: dict[str, dict[str, int]] = {}  # by claim, the verdicts it was moved to, the last one last
    for number, (day, claim, before, after, *_) in enumerate(rows, 2):
        if day > (date.today() + timedelta(days=1)).isoformat():
            yield number, f"accepted_on {day} must not lie in the future"
        earlier = reached.setdefault(claim, {})
        if earlier and before not in earlier:
            yield number, f"verdict_before {before!r} of {claim} must be one that a row above moved it to"
        earlier.pop(after, None)
        earlier[after] = number
    ledger = comparison.ledger(paths.project().root)
    for claim in [name for name in reached if name in ledger]:
        last, number = list(reached[claim].items())[-1]
        if last != (due := ledger[claim]["verdict"]):
            yield number, f"verdict_after {last!r} of {claim} must be {due!r}, its verdict in the ledger"


def moved(root: Path) -> list[list[str]]:
    """Return a row of the log for each claim whose verdict below `root` is another than in the reference."""
    reasons = comparison.ledger(root)
    return [
        [
            date.today().isoformat(),
            name,
            *verdicts,
            *(reasons.get(name, {}).get(column, "") for column in languages.columns("reason")),
        ]
        for name, verdicts in comparison.moves(root, paths.project().root).items()
    ]


def appended(rows: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """Return the log with further rows, by its path; nothing if there are none."""
    if not rows:
        return {}
    path, more = paths.project().root / LOG, io.StringIO()
    csv.writer(more, lineterminator="\n").writerows(rows if path.is_file() else [columns(), *rows])
    return {LOG: (path.read_bytes() if path.is_file() else b"") + more.getvalue().encode("utf-8")}
