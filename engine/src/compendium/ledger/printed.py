"""What the paper prints for a claim, and whether a computed value agrees with it."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from compendium.base import values
from compendium.base.texts import TranslatedText
from compendium.ledger.evidence import LedgerError

SCALES = {"million": 10**6, "billion": 10**9}
EDGE = 1 + 1e-6  # what a computer makes of a number at the very edge still agrees


def show_quantity_with_unit(
    value: float, unit: TranslatedText, min_decimals: int = 0, singular_units: Mapping[str, str] | None = None
) -> TranslatedText:
    """Return a number with its unit as each language writes it: 4.5 million people in English, 4.9% in all.

    Args:
        value: the number.
        unit: its unit, such as `10,000 people`; what follows a comma and a blank is left out.
        min_decimals: how many stand after the point at least; not where the unit of a language scales the number.
        singular_units: what English units are called of which there is one.
    """
    number = max(f"{value:.10g}", f"{value:.{min_decimals}f}" if min_decimals else "", key=len)

    def write(language: str) -> str:
        said = unit[language].split(", ")[0]
        if said in ("", "%"):
            return f"{number}{said}"
        return (
            in_chinese(value, number, said)
            if language == "zh"
            else in_english(value, number, said, singular_units or {})
        )

    return TranslatedText(write)


def in_chinese(value: float, number: str, unit: str) -> str:
    """Return a number with a Chinese unit, counted in tens of thousands and their powers."""
    ten_thousand, million, billion = (values.WORDS[10**power]["zh"][0] for power in (4, 6, 9))
    if unit.startswith(billion):
        number = f"{value / 1000:.10g}{ten_thousand}" if abs(value) >= 1000 else f"{10 * value:.10g}"
        unit = unit[1:]
    elif unit.startswith(million):
        number, unit = f"{100 * value:.10g}", unit[1:]
    return f"{number}{unit.split('（')[0]}"


def in_english(value: float, number: str, unit: str, singular: Mapping[str, str]) -> str:
    """Return a number with a unit of another language, scaled as English does where the unit counts by a number."""
    if scaled := re.fullmatch(r"([\d,]+) ?(million|billion)? ?(.*)", unit):
        value *= int(scaled[1].replace(",", "")) * SCALES.get(scaled[2], 1)
        word, scale = next(((w, s) for w, s in reversed(SCALES.items()) if abs(value) >= s), ("", 1))
        number, unit = f"{value / scale:,.10g}", f"{word} {scaled[3]}".strip()
    return f"{number} {singular.get(unit, unit) if number == '1' else unit}".strip()


@dataclass(frozen=True)
class PrintedValue:
    """What the paper prints for one claim.

    Attributes:
        text: the printed form, such as `75 / 14 / 6 / 5`.
        low, high: ends of the set of values that the statement allows; infinite where it names only one end.
        strict: True where an end is excluded, as in `>12000`.
        half: half a unit of the last printed digit, or of the last that is not 0 after “about”: the precision of every
            comparison.
        loose: the same for a value that is no count: zeros at the end of a whole number may have been rounded.
    """

    text: str
    low: float
    high: float
    strict: bool
    half: float
    loose: float

    @property
    def numeric(self) -> bool:
        """False for a statement in words, which allows any number."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    def slack(self, *found: float) -> float:
        """Return by how much what was found may lie outside and agree: a count by `half`, anything else by `loose`."""
        return (self.half if any(value.is_integer() for value in map(float, found)) else self.loose) * EDGE

    def contains(self, low: float, high: float) -> bool:
        """Tell whether every value from `low` to `high` agrees with the statement."""
        if self.strict and (-math.inf < self.low >= low or high >= self.high < math.inf):
            return False
        return low >= self.low - self.slack(low, high) and high <= self.high + self.slack(low, high)

    def meets(self, low: float, high: float) -> bool:
        """Tell whether some value from `low` to `high` agrees with the statement."""
        if self.strict and (high <= self.low or low >= self.high):
            return False
        return high >= self.low - self.slack(low, high) and low <= self.high + self.slack(low, high)

    def against(self, low: float, high: float) -> tuple[bool | None, float]:
        """Return whether all values from `low` to `high` agree (True), none (False) or some (None); the difference."""
        if self.contains(low, high):
            return True, 0.0
        if self.meets(low, high):
            return None, 0.0
        return False, low - self.high if low >= self.high else high - self.low


def printed_value(claim: pd.Series) -> PrintedValue:
    """Read the printed value of `claim`, a row of the table claims."""
    text = claim["value_text"]
    try:
        value = values.parse_value_text(text)
    except values.Malformed as error:
        raise LedgerError(f"{claim['claim_id']}: value_text {text!r} {error}. Remedy: {values.REMEDY}") from None
    low = float(claim["value_low"]) if pd.notna(claim["value_low"]) else -math.inf
    high = float(claim["value_high"]) if pd.notna(claim["value_high"]) else math.inf
    half = value.half
    if value.sign == "nearly":  # about it, and not above
        low, half = low - half, values.compute_rounding_tolerance(value.numbers[0])
    loose = (
        values.compute_rounding_tolerance(value.numbers[0], min_digits=values.TOLD) if value.form == "number" else half
    )
    return PrintedValue(text, low, high, value.sign in ("<", ">"), half, loose)


def to_float_list(computed: Any) -> list[float]:
    """Return the computed value as a list of floats: a number, a pair, a list or a column; missing ones left out."""
    found = list(computed) if isinstance(computed, Iterable) else [computed]
    return [float(v) for v in found if pd.notna(v)]


def is_boolean(value: object) -> bool:
    """Tell whether a value is a truth value, of Python or of numpy."""
    return isinstance(value, bool | np.bool_)


def compare_computed_value(claim: pd.Series, computed: object) -> tuple[bool, float]:
    """Compare a computed value with the printed one.

    Args:
        claim: row of the table claims.
        computed: True or False for a statement in words; a number; a list as long as the printed list; a pair for a
            printed interval, or for an estimate and its standard error. Each is compared at its own precision.

    Returns:
        Whether they agree at the printed precision, and the largest difference (computed minus printed; 0 inside a
        printed range, not a number for statements in words).

    Raises:
        LedgerError: nothing was computed, or as many values as the paper does not print.
    """
    if is_boolean(computed):
        return bool(computed), math.nan
    value, found = printed_value(claim), [] if computed is None else to_float_list(computed)
    if not found:
        raise LedgerError(f"{claim['claim_id']}: nothing was computed")
    if len(found) == 1:
        if not value.numeric:
            raise LedgerError(f"{claim['claim_id']}: the paper prints no single number; compute True, False or a list")
        difference = min(found[0] - value.low, 0.0) if found[0] < value.low else max(found[0] - value.high, 0.0)
        return value.contains(found[0], found[0]), difference
    said = values.parse_value_text(value.text)
    wanted = said.numbers if said.form == "estimate" else values.list_numbers(value.text)
    if len(wanted) != len(found):
        raise LedgerError(f"{claim['claim_id']}: {len(found)} computed values for {len(wanted)} printed ones")
    differences = [got - float(want) for got, want in zip(found, wanted, strict=True)]
    worst = max(differences, key=abs)
    near = (
        abs(d) <= values.compute_rounding_tolerance(want) * EDGE for d, want in zip(differences, wanted, strict=True)
    )
    return all(near), worst


def compare_source_value(claim: pd.Series, source_value: object) -> tuple[bool | None, float]:
    """Compare what a source prints with the paper: as `agrees`, but an interval may hold one printed number.

    Returns:
        Whether it agrees, None for an interval that holds the printed number and others, and the difference.
    """
    value, found = printed_value(claim), [] if is_boolean(source_value) else to_float_list(source_value)
    if len(found) == 2 and value.numeric and len(values.parse_value_text(value.text).numbers) == 1:
        return value.against(*found)
    return compare_computed_value(claim, source_value)


def lower_bound_implies_claim(claim: pd.Series, lower_bound: float) -> bool:
    """Tell whether a source that says "more than `lower_bound`" implies the printed value."""
    value = printed_value(claim)
    return value.numeric and math.isinf(value.high) and lower_bound >= value.low
