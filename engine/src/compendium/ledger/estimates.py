"""The rule for estimates: whether two agree within their errors, by the standard error of their difference."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from compendium.base import values
from compendium.base.texts import catalogue
from compendium.ledger.evidence import LedgerError, join_rows
from compendium.ledger.printed import printed_value
from compendium.ledger.record import Estimate
from compendium.ledger.rules import Judged

text = catalogue("compendium/ledger")


def within_error(
    claim: pd.Series, computed: Any, rows: pd.DataFrame, level: float = 0.95, ratio: bool = False, limit: float = 1.96
) -> Judged:
    """Compare an estimate computed from all of `rows` with the paper's, by the standard error of their difference.

    It is the root of the sum of their squared standard errors (Altman and Bland, BMJ 2003, 326:219); an interval is
    3.92 of them wide at 95 % (the same, BMJ 2011, 343:d2304). Both must be near normal, as of large samples, and of
    different data: of the same it asks too little. What is as near to no effect, where the paper's is not, decides
    nothing.

    Args:
        claim: row of the table claims, whose value_text may have an error.
        computed: an estimate; with its standard error; with the ends of its interval. None: no evidence.
        rows: the evidence.
        level: of the intervals.
        ratio: compare logarithms, of which the standard error is, as of odds ratios.
        limit: up to so many standard errors apart the two agree.

    Raises:
        LedgerError: the paper prints no single estimate, or neither has an error.
    """
    rows = join_rows(rows)
    if rows.empty or computed is None:
        return Judged("within_error", "none", rows)
    value, printed = printed_value(claim), values.parse_value_text(claim["value_text"])
    stated = [value.low, *map(float, printed.numbers[1:] if printed.form == "estimate" else ())]
    found = [math.nan if pd.isna(v) else float(v) for v in np.atleast_1d(np.array(computed, dtype=object))]
    if value.low != value.high or not 0 < len(found) < 4 or len(found) == len(stated) == 1:
        fault = "no single estimate is compared with one, or neither has an error"
        remedy = "use another rule, or compute the estimate with its standard error or its interval"
        raise LedgerError(f"{claim['claim_id']}: {fault}. Remedy: {remedy}")
    (theirs, error), (ours, other) = (extract_estimate_and_error(side, level, ratio) for side in (stated, found))
    known = {name: one for name, one in {"printed": error, "found": other}.items() if one > 0}
    if math.isnan(ours - theirs) or not known:
        return Judged("within_error", "none", rows)
    apart = abs(ours - theirs) / math.hypot(*known.values())
    vague = apart <= limit and abs(ours) <= limit * other and not abs(theirs) <= limit * error
    told = {"printed": show_estimate(theirs, error, ratio), "found": show_estimate(ours, other, ratio)}
    told |= {"apart": f"{apart:.1f}", "limit": f"{limit:g}"}
    whose = text("error-both" if len(known) == 2 else f"error-{next(iter(known))}")
    agreement = "differs" if apart > limit else "interval" if vague else "same"
    shown = Estimate((ours, other)) if other > 0 and not ratio else found[0]
    note = text("within-vague" if vague else "within-error", whose=whose, **told)
    return Judged("within_error", agreement, rows, shown, found[0] - stated[0], note=note)


def extract_estimate_and_error(estimate: Sequence[float], confidence_level: float, ratio: bool) -> tuple[float, float]:
    """Return an estimate, of a ratio its logarithm, and its standard error; not a number for what is not known."""
    logs = [(math.log(v) if v > 0 else math.nan) if ratio else v for v in estimate]
    if len(estimate) == 3:
        return logs[0], (logs[2] - logs[1]) / (2 * NormalDist().inv_cdf((1 + confidence_level) / 2))
    return logs[0], estimate[1] if len(estimate) == 2 else math.nan


def show_estimate(value: float, error: float, ratio: bool = False) -> str:
    """Return `x ± y` to two digits of the error, or `x` where it is not known; of a ratio, whose logarithm it is."""
    places = max(1 - math.floor(math.log10(error)), 0) if error > 0 else 3
    shown = f"{value:.{places}f} ± {error:.{places}f}" if error > 0 else f"{round(value, places):.10g}"
    return f"exp({shown})" if ratio else shown
