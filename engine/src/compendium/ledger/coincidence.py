"""How far a match may be by chance: which numbers as round as the printed one stand beside it in the same column.

A number that was looked for in many places is found somewhere. A match of a round number, or in a column that holds
many numbers, says less than one of which no neighbour stands there.
"""

from decimal import Decimal
from numbers import Real
from typing import NamedTuple

import pandas as pd

from compendium.base.texts import NOTHING, Text, catalogue
from compendium.ledger.evidence import Data, outside
from compendium.ledger.flips import measures
from compendium.ledger.printed import numbers, printed_value, truth
from compendium.ledger.readings import list_computed
from compendium.ledger.record import same_digits
from compendium.ledger.rules import Judged

text = catalogue("compendium/ledger")
REACH = 10  # neighbours on either side
FOUND = ("same", "relabelled", "depends", "open")  # agreements under which the printed number was found


class Chance(NamedTuple):
    """Of how many neighbours of a printed number some stand in the same column; `step` is how far they lie apart."""

    matched: int
    tried: int
    step: float


def neighbours(claim: pd.Series, judged: Judged, data: Data) -> Chance | None:
    """Return how many numbers as round as the printed one, ten on either side, stand in the column that holds it.

    The column is one of the deciding rows that holds the number, in whatever unit; of its table all rows but those of
    the paper count. None for a statement that prints no single number, for a number that was computed from several
    rows, and for one that was not found.
    """
    value = printed_value(claim)
    if judged.rule == "own" or judged.agreement not in FOUND or value.low != value.high or not value.low:
        return None
    found = [float(v) for v in list_computed(judged.computed) if isinstance(v, Real) and not truth(v)]
    if not any(value.contains(v, v) for v in found):
        return None
    digits = f"{abs(value.low):.10g}"
    for table, rows in judged.rows.groupby("table", sort=False) if len(judged.rows) else ():
        for column in measures(table, data):
            held = next((v for v in numbers(rows[column]) if same_digits(f"{abs(v):.10g}", digits)), 0)
            if held:
                scale, step, known = held / value.low, roundness(value.low), numbers(outside(data(table))[column])
                tried = [number for k in range(-REACH, REACH + 1) if k and (number := value.low + k * step) > 0]
                slack = value.slack(0) * abs(scale)
                matched = sum(any(abs(number * scale - one) <= slack for one in known) for number in tried)
                return Chance(matched, len(tried), step)
    return None


def roundness(number: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten of which a number is a multiple: 5 of 75, 100 of 300."""
    found = Decimal(f"{abs(number):.10g}").normalize()
    power = Decimal(10) ** int(found.as_tuple().exponent)
    return float(next(step for step in (5 * power, 2 * power, power) if not found % step))


def tell_chance(claim: pd.Series, judged: Judged, data: Data) -> Text:
    """Return the sentence that tells how many neighbours stand there too; empty where none is asked."""
    if not (found := neighbours(claim, judged, data)):
        return NOTHING
    counts = {"tried": found.tried, "step": f"{found.step:g}"}
    return text("chance", matched=found.matched, **counts) if found.matched else text("chance-none", **counts)
