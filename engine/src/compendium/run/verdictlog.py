"""data/verdict-log.csv: each verdict that an accept moved, the day, and the reason of the new one."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from compendium import paths
from compendium.compendium import Compendium
from compendium.data.parsing import read_strict
from compendium.files import InputError, csv_text
from compendium.run import comparison

LOG = "data/verdict-log.csv"


def columns(c: Compendium) -> list[str]:
    """Return the columns of the log."""
    return ["accepted_on", "claim_id", "verdict_before", "verdict_after", *c.languages.columns("reason")]


def list_faults(c: Compendium) -> list[str]:
    """Return one line for each row of the log that is not one: nothing may be appended to what is spoilt."""
    path = c.root / LOG
    if not path.is_file():
        return []
    try:
        header, *rows = read_strict(path, columns(c))
    except InputError as error:
        return [str(error)]
    rule = "has {} cells, but the header has {}"
    uneven = [(n, rule.format(len(r), len(header))) for n, r in enumerate(rows, 2) if len(r) != len(header)]
    remedy = f"Remedy: {paths.restore(path)}"
    return [f"{LOG}, row {number}: {rule}. {remedy}" for number, rule in uneven or list_unlikely(c, rows)]


def list_unlikely(c: Compendium, rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
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
    ledger = comparison.read_rows(c.root)
    for claim in [name for name in reached if name in ledger]:
        last, number = list(reached[claim].items())[-1]
        if last != (due := ledger[claim]["verdict"]):
            yield number, f"verdict_after {last!r} of {claim} must be {due!r}, its verdict in the ledger"


def list_moved(c: Compendium, root: Path) -> list[list[str]]:
    """Return a row of the log for each claim whose verdict below `root` is another than in the reference."""
    day, ledger, columns = date.today().isoformat(), comparison.read_rows(root), c.languages.columns("reason")
    moves = comparison.compare_verdicts(root, c.root).items()
    return [[day, n, *verdicts, *(ledger.get(n, {}).get(one, "") for one in columns)] for n, verdicts in moves]


def append_rows(c: Compendium, rows: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """Return the log with further rows, by its path; nothing if there are none."""
    if not rows:
        return {}
    before = (c.root / LOG).read_bytes() if (c.root / LOG).is_file() else b""
    text = csv_text(columns(c), rows)
    return {LOG: before + (text.partition("\n")[2] if before else text).encode("utf-8")}
