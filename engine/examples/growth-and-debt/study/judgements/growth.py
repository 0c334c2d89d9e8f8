"""Means and medians of growth by class of debt: Appendix Table 1, Figure 2 and Table 1, and the gap of the abstract."""

import pandas as pd

from compendium.base.texts import catalogue
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.rules import Judged, bounded, missing
from study import results
from study.judgements.ladder import holds, ladder, moved_by, used
from study.judgements.registry import judges

text = catalogue("study/growth")
CELLS = {  # sample, statistic, class of debt
    **{f"Q{21 + n}": ("postwar", "mean", name) for n, name in enumerate(results.CLASSES)},
    **{f"Q{25 + n}": ("postwar", "median", name) for n, name in enumerate(results.CLASSES)},
    "Q29": ("postwar", "mean", "from_30_to_60"),
    "Q30": ("postwar", "mean", "from_60_to_90"),
}
LONG = {f"Q{31 + n}": name for n, name in enumerate(results.CLASSES)}
WAYS = (("all", "all"), ("all", "as_published"), ("in_formula", "as_published"))  # countries and years
SEVERAL = 2  # points: the least that is called several


def cell(claim: pd.Series, data: EvidenceTables) -> Judged:
    """One number of a table: growth in one class of debt."""
    sample, statistic, name = CELLS[claim["claim_id"]]

    def value(countries: str, years: str, weights: str = "countries") -> float:
        return float(results.growth(data, sample, countries, years, weights, statistic)[name])

    whole, own = (value("all", years) for years in results.YEARS)
    slipped = float(results.published(data, sample, statistic)[name])
    reason = text("cell", whole=whole, own=own, slipped=slipped, by_years=value("all", "all", "years"))
    rows = used(data, sample, name)
    return moved_by(ladder(claim, whole, own, slipped, rows), rows).told(reason)


for claim_id in CELLS:
    judges(claim_id)(cell)


@judges(*LONG)
def long_cell(claim: pd.Series, data: EvidenceTables) -> Judged:
    """One number of the long sample: the range that all choices allow.

    The file is not the very sheet: with each choice and slip of the authors it gives only part of the printed row.
    """
    name = LONG[claim["claim_id"]]
    rows = used(data, "long", name)
    if rows.empty:
        return missing("bounded")
    values = results.sweep(data, "long", debt_class=name)[name]
    slipped = float(results.published(data, "long")[name])
    reason = text("long", low=values.min(), high=values.max(), slipped=slipped)
    return moved_by(bounded(claim, (values.min(), values.max()), rows), rows).told(reason)


def high(data: EvidenceTables) -> pd.DataFrame:
    """Return the postwar rows over 90 per cent."""
    return used(data, "postwar", "over_90")


@judges("Q01")
def median_gap(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The gap of medians that the abstract names, in the postwar sample; in the long one it is told beside."""
    whole, own, slipped = (results.gap(data, "postwar", *ways, "median") for ways in WAYS)
    reason = text("gap", whole=whole, own=own, slipped=slipped, long=results.gap(data, "long", "all", "all", "median"))
    return moved_by(ladder(claim, whole, own, slipped, used(data, "postwar")), high(data)).told(reason)


@judges("Q02")
def mean_gap(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The gap of means, which the abstract calls several per cent."""
    whole, own, slipped = (results.gap(data, "postwar", *ways, "mean") for ways in WAYS)
    reason = text("gap", whole=whole, own=own, slipped=slipped, long=results.gap(data, "long", "all", "all", "mean"))
    said = holds([value >= SEVERAL for value in (whole, own)], used(data, "postwar"))
    return moved_by(said, high(data)).told(reason)


def last_steps(data: EvidenceTables, statistic: str) -> list[float]:
    """Return by how many points growth over 90 % is lower than in the class below, in each of `WAYS`."""
    each = (results.growth(data, "postwar", *ways, "countries", statistic) for ways in WAYS)
    return [float(values["from_60_to_90"] - values["over_90"]) for values in each]


@judges("Q12")
def median_fall(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The fall of medians from the third class to the fourth."""
    whole, own, slipped = last_steps(data, "median")
    reason = text("fall", whole=whole, own=own, slipped=slipped)
    return moved_by(ladder(claim, whole, own, slipped, used(data, "postwar")), high(data)).told(reason)


@judges("Q13")
def mean_fall(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The fall of means, which is considerably more than that of medians: at least twice."""
    (mean, mean_own, _), (median, median_own, _) = (last_steps(data, name) for name in results.STATISTICS)
    said = holds([mean >= 2 * median, mean_own >= 2 * median_own], used(data, "postwar"))
    reason = text("falls", mean=mean, median=median, mean_own=mean_own, median_own=median_own)
    return moved_by(said, high(data)).told(reason)
