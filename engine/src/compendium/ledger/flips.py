"""How far a verdict is from another: the smallest change of the evidence that would turn it.

Since judgements are functions of the raw tables, the tables can be changed a little and the judgement asked again.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from compendium import CompendiumError
from compendium.base import vocabulary
from compendium.base.files import shorten
from compendium.base.texts import NOTHING, TranslatedText, catalogue
from compendium.ledger.evidence import EvidenceTables, LedgerError, UnexplainedEvidenceGapError
from compendium.ledger.flip_texts import MANY, count_decimal_places, describe_change_condition
from compendium.ledger.record import TableChange
from compendium.ledger.rules import Lever
from compendium.ledger.verdict import Assessment, Judges

text = catalogue("compendium/ledger")

STRIDES = tuple(4**power for power in range(8))  # 1 to 16,384 steps
NO_VERDICT = "no verdict"  # nothing is left to judge by, and no search is logged
INDEX = re.compile("(.+_)?id|year")  # names of columns whose numbers are no measurement
MOST_LEVERS = 6  # of those that a judgement names, the first
Rows = list[tuple[str, int]]  # each a table and the number of a row


class FlipCandidate(NamedTuple):
    """A change of numbers that turns a verdict: its size in parts of the largest of them, its steps, and itself."""

    size: float
    steps: int
    change: TableChange


@dataclass(frozen=True)
class Flip:
    """The smallest change found that gives another verdict: which, by what changes, in a sentence.

    `distance` is the sum of the changes of numbers, in per cent of the largest of them; `steps` is how many steps of
    their last digit the largest change takes. None for other changes.
    """

    verdict: str
    changes: tuple[TableChange, ...]
    said: TranslatedText = NOTHING
    distance: float | None = None
    steps: int | None = None


def find_smallest_flip(judges: Judges, claim_id: str, data: EvidenceTables, **choices: object) -> Flip:
    """Return the smallest admissible change of a claim's evidence that gives another verdict.

    Numbers are changed by steps of their last printed digit within the range of their column, one column of one row or
    of all deciding rows at a time, and two places in an order change with one another; the sum of the changes, relative
    to the largest number, decides which is smallest.
    Where no number can turn the verdict, rows that speak of another thing are taken to speak of the same, a measurement
    of another origin is added, or rows are withdrawn.

    Returns:
        The flip; without a verdict and changes if nothing turns it, which is so of no claim on the tables as committed.
    """
    base = judges.assess(claim_id, data, **choices)

    judged = partial(assess_changed, judges, claim_id, data, choices)

    @cache
    def ask(*changes: TableChange) -> str:
        found = judged(changes)
        return found.verdict if found else NO_VERDICT

    def turns(change: TableChange) -> bool:
        return ask(change) != base.verdict

    claim = data.claim(claim_id)
    aims = [float(claim[end]) for end in ("value_low", "value_high") if pd.notna(claim[end])]
    best: FlipCandidate | None = None
    for lever in list_adjustable_cells(base, claim, data):
        best = search_smallest_change(turns, data, lever, aims, best)
    if best:
        return replace(
            build_flip_with_sentence(ask(best.change), (best.change,), data), distance=100 * best.size, steps=best.steps
        )
    for change in list_nonnumeric_changes(base):
        if (word := ask(change)) != base.verdict:
            return build_flip_with_sentence(word, (change,), data)
    left, every = base, tuple[TableChange, ...]()
    while more := withdraw_all(left, claim, data.having(*every)):
        every = (*every, *more)
        if not (found := judged(every)) or found.verdict != base.verdict:
            every = minimise_dropped_rows(every, lambda changes: ask(*changes) != base.verdict)
            return build_flip_with_sentence(ask(*every), every, data)
        left = found
    return Flip("", (), text("flip-none"))


def assess_changed(
    judges: Judges, claim_id: str, data: EvidenceTables, choices: dict, changes: Sequence[TableChange]
) -> Assessment | None:
    """Judge a claim from changed tables; None where nothing is left to judge by, and no search is logged.

    Raises:
        LedgerError: the judgement fails on them; claim, changes and error are told.
    """
    try:
        return judges.assess(claim_id, data.having(*changes), **choices)
    except UnexplainedEvidenceGapError:
        return None
    except Exception as error:
        if isinstance(error, CompendiumError) and not isinstance(error, LedgerError):
            raise
        cause = error.__cause__ or error
        said = str(cause) if isinstance(cause, LedgerError) else f"{type(cause).__name__}: {cause}"
        changed = shorten("; ".join(describe_change(change, data) for change in changes), 200)
        raise LedgerError(
            f"{claim_id}: its judgement must stand any change that might turn the verdict, and fails on this one: "
            f"{changed} ({said}). Remedy: let it return missing() where rows are lacking or nothing can be computed, "
            "and give bounds in order"
        ) from error


def describe_change(change: TableChange, data: EvidenceTables) -> str:
    """Return where a change is made and what it is, with rows numbered as in the file."""
    place = f"{change.table}.csv, row {', '.join(str(row + 2) for row in change.rows)}"
    if change.kind != "set":
        return f"{place} {'withdrawn' if change.kind == 'drop' else 'also from another origin'}"
    was = data(change.table).loc[list(change.rows), change.column]
    before, after = (
        ", ".join(f"{v:g}" if not isinstance(v, str) else v or "empty" for v in values)
        for values in (was, change.values)
    )
    return f"{place}, column {change.column}: {after} instead of {before}"


def list_adjustable_cells(assessment: Assessment, claim: pd.Series, data: EvidenceTables) -> Iterator[Lever]:
    """Yield what may be changed: the numbers of the deciding rows, or for its own numbers what the paper prints."""
    given = assessment.judged.levers
    if given is not None and not isinstance(given, str):
        yield from given[:MOST_LEVERS]
        return
    if assessment.judged.rows.empty:
        yield "claims", data.row(claim["claim_id"]), "value_low" if pd.notna(claim["value_low"]) else "value_high"
        return
    for table, rows in assessment.judged.rows.groupby("table", sort=False):
        index = tuple(dict.fromkeys(rows.index))
        for column in list_measured_columns(table, data):
            if given in (None, column) and rows[column].notna().any():
                yield table, index, column
                yield from ((table, (row,), column) for row in index if 1 < len(index) <= 6)


def list_measured_columns(table: str, data: EvidenceTables) -> list[str]:
    """Return the columns of a table that hold measured numbers: no keys, no years, no numbers of rows."""
    schema = data.tables.schema(table)
    keys = {*schema["primaryKey"], *(c for key in schema.get("foreignKeys", []) for c in key["fields"])}
    return [
        f["name"]
        for f in schema["fields"]
        if f["type"] in ("integer", "number") and f["name"] not in keys and not is_index(f, data(table)[f["name"]])
    ]


def is_index(field: Mapping[str, Any], values: pd.Series) -> bool:
    """Tell whether a column of numbers only tells rows apart: years, ids, or the numbers of the rows, if no ranks."""
    if field.get("unit") == "year" or INDEX.fullmatch(field["name"]):
        return True
    counts = [list(range(first, first + len(values))) for first in (0, 1)]
    return field.get("unit") != "rank" and len(values) > 1 and values.notna().all() and values.tolist() in counts


def search_smallest_change(
    flips_verdict: Callable[[TableChange], bool],
    data: EvidenceTables,
    lever: Lever,
    printed_values: Sequence[float],
    best: FlipCandidate | None,
) -> FlipCandidate | None:
    """Return the smaller of the best step so far and that of a lever: up or down, or an exchange of places."""
    table, _, column = lever
    if data.tables.field(table, column).get("unit") == "rank":
        return search_rank_swap(flips_verdict, data, lever, best)
    for sign in (1, -1):
        best = search_number_shift(flips_verdict, data, lever, sign, printed_values, best)
    return best


def search_rank_swap(
    flips_verdict: Callable[[TableChange], bool], data: EvidenceTables, lever: Lever, best: FlipCandidate | None
) -> FlipCandidate | None:
    """Return two rows which turn a verdict if they change places, those that stand nearest; else the best so far."""
    table, rows, column = lever
    places = data(table).loc[list(rows), column].dropna().astype(int).to_dict()
    pairs = [(abs(places[one] - places[other]), one, other) for one, other in combinations(places, 2)]
    for apart, one, other in sorted(pair for pair in pairs if pair[0]):
        size = 2 * apart / max(places.values())
        if best and size >= best.size:
            break
        change = TableChange("set", table, (one, other), column, (places[other], places[one]))
        if flips_verdict(change):
            return FlipCandidate(size, apart, change)
    return best


def search_number_shift(
    flips_verdict: Callable[[TableChange], bool],
    data: EvidenceTables,
    lever: Lever,
    direction: int,
    printed_values: Sequence[float],
    best: FlipCandidate | None,
) -> FlipCandidate | None:
    """Return the smallest rise (`direction` 1) or fall (-1) of a column that turns a verdict; else the best step so
    far.

    Strides grow fourfold until the verdict turns, and those that lead to one of `printed_values`, what the paper
    prints, or just past it, are tried on the way; then the last interval is halved until the smallest step is left. Of
    several rows, unless they are `MANY`, each is then put back as far as the verdict still turns. No question is asked
    that cannot lead to less than the best so far.
    """
    table, rows, column = lever
    values = data(table).loc[list(rows), column].dropna().astype(float)
    rows = tuple(values.index)
    if not rows:
        return best
    limits = data.tables.field(table, column).get("constraints", {})
    low, high = limits.get("minimum", -math.inf), limits.get("maximum", math.inf)
    step = 10.0 ** -max(count_decimal_places(table, column, values, data))
    largest = max(float(abs(values).max()), step)

    def change(*steps: int) -> TableChange | None:
        moved = {row: round(v + direction * n * step, 10) for row, v, n in zip(rows, values, steps, strict=True) if n}
        inside = bool(moved) and low <= min(moved.values()) <= max(moved.values()) <= high
        return TableChange("set", table, tuple(moved), column, tuple(moved.values())) if inside else None

    def enough(*steps: int) -> bool:
        return bool((made := change(*steps)) and flips_verdict(made))

    def hopeless(under: int) -> bool:
        return best is not None and (under + 1) * step / largest >= best.size

    every = len(rows)
    met = {
        round(direction * (aim - value) / step) for aim in printed_values for value in (values if every < MANY else ())
    }
    tried = {*STRIDES, *met, *(n + 1 for n in met)}  # what is printed is met, then passed
    room = (high - max(values)) if direction > 0 else (min(values) - low)
    tried |= {int(room / step + 1e-6)} if math.isfinite(room) else set()
    under, steps = 0, 0
    for steps in sorted(n for n in tried if n > 0):
        if hopeless(under) or not change(*[steps] * every) or enough(*[steps] * every):
            break
        under = steps
    while steps - under > 1 and not hopeless(under):
        middle = (steps + under) // 2
        under, steps = (under, middle) if enough(*[middle] * every) else (middle, steps)
    if under == steps or hopeless(under) or not change(*[steps] * every):
        return best
    counts = minimise_steps_per_row(steps, every, enough)
    largest = max([step, *(abs(v) for v, n in zip(values, counts, strict=True) if n)])
    size, made = sum(counts) * step / largest, change(*counts)
    return FlipCandidate(size, max(counts), made) if made and (not best or size < best.size) else best


def minimise_steps_per_row(steps: int, rows: int, flips_verdict: Callable[..., bool]) -> list[int]:
    """Return by how many steps each of some rows must move: from the last, each as little as is still enough."""
    counts = [steps] * rows

    def turned(n: int, less: int) -> bool:
        return flips_verdict(*counts[:n], less, *counts[n + 1 :])

    for n in reversed(range(rows)) if 1 < rows < MANY else ():
        counts[n] = bisect_left(range(steps), True, key=partial(turned, n))
    return counts


def list_nonnumeric_changes(assessment: Assessment) -> Iterator[TableChange]:
    """Yield changes other than of numbers: a source speaks of the same thing, another origin is added, rows dropped."""
    rows = assessment.judged.rows
    for table in dict.fromkeys(rows.get("table", ())):
        index = tuple(dict.fromkeys(rows.index[rows["table"] == table]))
        if "differs_in" in rows:
            apart = rows[(rows["table"] == table) & rows["differs_in"].fillna("").ne("")]
            groups = [tuple(dict.fromkeys(same.index)) for _, same in apart.groupby("source_id", sort=False)]
            for group in dict.fromkeys([*groups, tuple(dict.fromkeys(apart.index))] if groups else []):
                yield TableChange("set", table, group, "differs_in", ("",) * len(group))
        if assessment.judged.any_row:
            yield TableChange("add", table, index[:1])
        yield TableChange("drop", table, index[-1:])
        yield TableChange("drop", table, index)


def withdraw_all(base: Assessment, claim: pd.Series, data: EvidenceTables) -> tuple[TableChange, ...]:
    """Return the changes that withdraw the deciding rows of all tables and what claim_evidence tells, at once."""
    rows = base.judged.rows
    named = {t: tuple(dict.fromkeys(rows.index[rows["table"] == t])) for t in rows.get("table", ())}
    also = tuple(data.evidence(claim["claim_id"]).index)
    return tuple(TableChange("drop", t, index) for t, index in (named | {"claim_evidence": also}).items() if index)


def minimise_dropped_rows(
    changes: tuple[TableChange, ...], flips_verdict: Callable[[tuple[TableChange, ...]], bool]
) -> tuple[TableChange, ...]:
    """Return withdrawals that turn a verdict without the rows that need not go: put back, by halves, if it still turns.

    After Junker's QuickXplain (AAAI 2004), which asks few questions where few rows are needed.
    """

    def dropped(rows: Rows) -> tuple[TableChange, ...]:
        named: dict[str, list[int]] = {}
        for table, row in rows:
            named.setdefault(table, []).append(row)
        return tuple(TableChange("drop", table, tuple(sorted(index))) for table, index in named.items())

    def needed(rows: Rows, others: Rows) -> Rows:
        if others and flips_verdict(dropped(others)):
            return []
        if len(rows) == 1:
            return rows
        half = len(rows) // 2
        before = needed(rows[:half], rows[half:] + others)
        return before + needed(rows[half:], before + others)

    return dropped(needed(list(dict.fromkeys((change.table, row) for change in changes for row in change.rows)), []))


def build_flip_with_sentence(verdict: str, changes: tuple[TableChange, ...], data: EvidenceTables) -> Flip:
    """Return a flip with its sentence."""
    if verdict == NO_VERDICT:
        return Flip(verdict, changes, text("flip-unjudged", condition=describe_change_condition(changes, data)))
    return Flip(
        verdict,
        changes,
        text("flip", condition=describe_change_condition(changes, data), verdict=vocabulary.SINCE[verdict]),
    )
