"""The threshold of 90 per cent: how large the steps between classes are, and whether the rows have a kink there."""

from typing import NamedTuple

import pandas as pd
from statsmodels.formula.api import ols

from compendium.base.texts import catalogue
from compendium.ledger.estimates import show_estimate
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change
from compendium.ledger.rules import Judged
from study import results
from study.judgements.ladder import holds, moved_by, used
from study.judgements.registry import judges

text = catalogue("study/threshold")
WEAK = 0.5  # points: a step below it rounds to less than the one per cent that the paper calls notable
THRESHOLD = 90


class Kink(NamedTuple):
    """The slope of growth on debt up to 90 %, by how much it differs above, their errors, the p-value of the latter."""

    slope: float
    change: float
    slope_error: float
    change_error: float
    p_value: float


@cache_until_tables_change
def kink(data: EvidenceTables) -> Kink:
    """Return the fit of a line with a kink at 90 % to the country-years of the postwar sample, points a point."""
    rows = results.rows(data)
    rows = rows.assign(over=(rows["debt_gdp_pct"] - THRESHOLD).clip(lower=0))
    fit = ols("growth_pct ~ debt_gdp_pct + over", rows).fit()
    terms = ["debt_gdp_pct", "over"]
    return Kink(*fit.params[terms], *fit.bse[terms], fit.pvalues["over"])


def told(data: EvidenceTables, key: str) -> dict[str, object]:
    """Return the steps between classes, by country means with all years, and by years."""
    whole, by_years = (results.steps(results.growth(data, weights=weights)) for weights in results.WEIGHTS)
    return text(key, first=whole.iloc[0], second=whole.iloc[1], last=whole.iloc[2], first_years=by_years.iloc[0])


@judges("Q03", "Q18")
def weak_below(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The link below 90 per cent is weak, step by step; for the threshold, the last step is the largest too."""
    found = []
    for years in results.YEARS:
        steps = results.steps(results.growth(data, years=years))
        found += [step < WEAK for step in steps.iloc[:2]]
        if claim["claim_id"] == "Q18":
            found.append(steps.iloc[2] == steps.max() and steps.iloc[2] >= WEAK)
    lever = used(data, "postwar", "up_to_30")
    return moved_by(holds([bool(one) for one in found], used(data, "postwar")), lever).told(told(data, "steps"))


@judges("Q19")
def nonlinear(claim: pd.Series, data: EvidenceTables) -> Judged:
    """By classes the step at 90 per cent is the largest; by a line through the rows there is no kink downwards."""
    rows, fit = used(data, "postwar"), kink(data)
    largest = [
        bool((steps := results.steps(results.growth(data, years=years))).iloc[2] == steps.max())
        for years in results.YEARS
    ]
    bends = fit.change < 0 and fit.p_value < 0.05
    slope, change = (
        show_estimate(10 * value, 10 * error)
        for value, error in ((fit.slope, fit.slope_error), (fit.change, fit.change_error))
    )
    reason = text("kink", slope=slope, change=change, p=fit.p_value)
    return moved_by(holds([*largest, bool(bends)], rows), rows[rows["debt_class"] == "over_90"]).told(reason)
