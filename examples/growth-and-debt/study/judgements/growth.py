"""Means and medians of growth by class of debt: Appendix Table 1, Figure 2 and Table 1, and the gap of the abstract."""

from functools import partial

import pandas as pd

from compendium.ledger.evidence import Data
from compendium.ledger.judging import Judged, bounded
from compendium.texts import catalogue
from study import results
from study.judgements.ladder import holds, ladder, used
from study.judgements.registry import judges

text = catalogue("study/growth")
CELLS = {  # sample, statistic, class of debt
    **{f"Q{21 + n}": ("postwar", "mean", name) for n, name in enumerate(results.CLASSES)},
    **{f"Q{25 + n}": ("postwar", "median", name) for n, name in enumerate(results.CLASSES)},
    "Q29": ("postwar", "mean", "from_30_to_60"),
    "Q30": ("postwar", "mean", "from_60_to_90"),
}
LONG = {f"Q{31 + n}": name for n, name in enumerate(results.CLASSES)}
SEVERAL = 2  # points: the least that is called several


def cell(claim: pd.Series, data: Data) -> Judged:
    """One number of a table: growth in one class of debt."""
    sample, statistic, name = CELLS[claim["claim_id"]]

    def value(countries: str, years: str, weights: str = "countries") -> float:
        return float(results.growth(data, sample, countries, years, weights, statistic)[name])

    slipped = float(results.published(data, sample, statistic)[name])
    reason = text(
        "cell",
        whole=value("all", "all"),
        own=value("all", "as_published"),
        slipped=slipped,
        by_years=value("all", "all", "years"),
    )
    return ladder(claim, value, slipped, used(data, sample, name)).told(reason)


for claim_id in CELLS:
    judges(claim_id)(cell)


@judges(*LONG)
def long_cell(claim: pd.Series, data: Data) -> Judged:
    """One number of the long sample: the range that all choices allow.

    The file is not the very sheet: with each choice and slip of the authors it gives only part of the printed row.
    """
    name = LONG[claim["claim_id"]]
    values = results.sweep(data, "long")[name]
    slipped = float(results.published(data, "long")[name])
    reason = text("long", low=values.min(), high=values.max(), slipped=slipped)
    return bounded(claim, (values.min(), values.max()), used(data, "long", name)).told(reason)


@judges("Q01")
def median_gap(claim: pd.Series, data: Data) -> Judged:
    """The gap of medians that the abstract names, in the postwar sample; in the long one it is told beside."""
    value = partial(results.gap, data, "postwar", statistic="median")
    slipped, long = value("in_formula", "as_published"), results.gap(data, "long", "all", "all", "median")
    reason = text("gap", whole=value("all", "all"), own=value("all", "as_published"), slipped=slipped, long=long)
    return ladder(claim, value, slipped, used(data, "postwar")).told(reason)


@judges("Q02")
def mean_gap(claim: pd.Series, data: Data) -> Judged:
    """The gap of means, which the abstract calls several per cent."""
    value = partial(results.gap, data, "postwar", statistic="mean")
    long = results.gap(data, "long", "all", "all", "mean")
    reason = text(
        "gap",
        whole=value("all", "all"),
        own=value("all", "as_published"),
        slipped=value("in_formula", "as_published"),
        long=long,
    )
    return holds(lambda countries, years: value(countries, years) >= SEVERAL, used(data, "postwar")).told(reason)


def last_step(data: Data, countries: str, years: str, statistic: str = "median") -> float:
    """Return by how many points growth over 90 % is lower than in the class below."""
    return float(results.steps(results.growth(data, "postwar", countries, years, "countries", statistic)).iloc[-1])


@judges("Q12")
def median_fall(claim: pd.Series, data: Data) -> Judged:
    """The fall of medians from the third class to the fourth."""
    value = partial(last_step, data)
    slipped = value("in_formula", "as_published")
    reason = text("fall", whole=value("all", "all"), own=value("all", "as_published"), slipped=slipped)
    return ladder(claim, value, slipped, used(data, "postwar")).told(reason)


@judges("Q13")
def mean_fall(claim: pd.Series, data: Data) -> Judged:
    """The fall of means, which is considerably more than that of medians: at least twice."""
    mean, median = (partial(last_step, data, statistic=name) for name in results.STATISTICS)
    reason = text(
        "falls",
        mean=mean("all", "all"),
        median=median("all", "all"),
        mean_own=mean("all", "as_published"),
        median_own=median("all", "as_published"),
    )
    return holds(lambda c, y: mean(c, y) >= 2 * median(c, y), used(data, "postwar")).told(reason)
