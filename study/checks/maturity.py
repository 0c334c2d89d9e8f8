"""Checks of the maturity assessments."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from compendium.base.files import InputError
from compendium.data.checks import Table, TypedRow, requires_tables


@requires_tables("maturity_levels")
def shares_add_up(levels: Table) -> Iterator[InputError]:
    """The levels of one source add up to 100 and to the groups it gives, as far as it gives them.

    Sums are exact, unless the source rounds its shares. What the paper prints is taken as it is: its sum is judged.
    """
    groups: dict[tuple, dict[str, TypedRow]] = defaultdict(dict)
    for row in levels:
        if row["source_id"] != "paper":
            groups[row["scope"], row["year"], row["source_id"]][row["level_class"]] = row
    for part in groups.values():
        yield from islice(_share_faults(part), 1)


def _share_faults(part: dict[str, TypedRow]) -> Iterator[InputError]:
    yield from _adds_up(part, ["le1" if "le1" in part else "1", "2", "3", "ge4"], 100)
    for whole, classes in (("le1", ["lt1", "1"]), ("ge2", ["2", "3", "ge4"])):
        if whole in part:
            yield from _adds_up(part, classes, part[whole]["share_pct"], part[whole])
    yield from _adds_up(part, ["le1", "ge2"], 100)


def _adds_up(
    part: dict[str, TypedRow], classes: list[str], due: Decimal | int, whole: TypedRow | None = None
) -> Iterator[InputError]:
    if not set(classes) <= set(part):
        return
    rows = [part[name] for name in classes]
    total = sum(row["share_pct"] for row in rows)
    slack = Decimal(0)
    if any(row["rounded"] for row in part.values()):
        digits = min(-row["share_pct"].as_tuple().exponent for row in rows)
        slack = Decimal("0.5").scaleb(-digits) * (len(rows) + (whole is not None))
    if abs(total - due) > slack:
        where = ", ".join(str(row.number) for row in rows)
        remedy = "correct the wrong share, or set rounded to true in its row if the source rounds"
        yield (whole or rows[0]).fault("share_pct", f"rows {where} add up to {total}, not {due}", remedy)


@requires_tables("maturity_levels")
def firm_counts_match_text(levels: Table) -> Iterator[InputError]:
    """The number of firms is the one printed, where it is printed in digits."""
    for row in levels:
        digits = re.sub(r"\D", "", row["firms_text"] or "")
        if digits and row["firms_lower"] != int(digits):
            yield row.fault("firms_lower", f"must be {digits}, as firms_text {row['firms_text']!r} says")


@requires_tables("maturity_levels", "maturity_samples")
def shares_from_counts(levels: Table, samples: Table) -> Iterator[InputError]:
    """Shares for which the same source gives exact counts agree with the counts within 0.05."""
    counts = {(row["scope"], row["year"], row["source_id"], row["measure"]): row for row in samples if row["exact"]}
    for row in levels:
        key = (row["scope"], row["year"], row["source_id"])
        if row["level_class"] == "ge2":
            part, whole = (counts.get((*key, measure)) for measure in ("firms_ge2", "firms_assessed"))
            yield from _is_share(row, "share_pct", part, whole)
    for row in samples:
        key = (row["year"], row["source_id"], "firms_assessed")
        if row["measure"] == "share_of_national":
            yield from _is_share(row, "value", counts.get((row["scope"], *key)), counts.get(("national", *key)))


def _is_share(row: TypedRow, column: str, part: TypedRow | None, whole: TypedRow | None) -> Iterator[InputError]:
    if not (part and whole and whole["value"]):
        return
    share = 100 * part["value"] / whole["value"]
    if abs(share - row[column]) >= Decimal("0.05"):
        yield row.fault(column, f"maturity_samples.csv rows {part.number} and {whole.number} give {share:.2f} %")


@requires_tables("maturity_levels", "maturity_samples")
def derived_shares_are_derivable(levels: Table, samples: Table) -> Iterator[InputError]:
    """A derived share can be derived: from other levels of its source or from exact counts."""
    groups = defaultdict(set)
    for row in levels:
        groups[row["scope"], row["year"], row["source_id"]].add(row["level_class"])
    exact = [row for row in samples if row["exact"] and row["measure"] == "firms_ge2"]
    counted = {(row["scope"], row["year"], row["source_id"]) for row in exact}
    for row in levels:
        key = (row["scope"], row["year"], row["source_id"])
        others = groups[key] - {row["level_class"]}
        by_count = row["level_class"] == "ge2" and key in counted
        by_level = len(others) > 1 or (row["level_class"] == "le1" and "ge2" in others)
        if row["basis"] == "derived" and not (by_count or by_level):
            yield row.fault("basis", "the shares or exact counts it is derived from are missing")


@requires_tables("maturity_industries")
def industry_ranks_are_consecutive(industries: Table) -> Iterator[InputError]:
    """Industries that a source prints in order stand in it, numbered from 1."""
    told: Counter[tuple] = Counter()
    for row in industries:
        if row["position"] is not None:
            order = (row["scope"], row["year"], row["measure"], row["source_id"])
            told[order] += 1
            if row["position"] != told[order]:
                yield row.fault("position", f"must be {told[order]}: the industries stand in the order of the source")
                return
