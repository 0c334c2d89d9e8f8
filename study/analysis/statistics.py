"""Growth, shares with intervals, scenarios: thin over scipy and statsmodels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

INTERVAL_METHODS = ("goodman", "sison-glaz")


def compute_compound_rate(first: float, last: float, periods: float) -> float:
    """Return the constant growth per period, in %, that leads from `first` to `last` in `periods` periods."""
    if min(first, last, periods) <= 0:
        raise ValueError(f"first, last and periods must be positive, not {first}, {last}, {periods}")
    return 100 * ((last / first) ** (1 / periods) - 1)


def compute_share_intervals(
    shares_pct: pd.Series, firms: int, confidence: float = 0.95, method: str = "goodman"
) -> pd.DataFrame:
    """Return simultaneous intervals of multinomial shares, as if the firms were a random sample.

    Args:
        shares_pct: shares in %, which add up to 100.
        firms: size of the sample.
        confidence: joint coverage, 0 to 1.
        method: `goodman` (Goodman, Technometrics 7, 1965) or `sison-glaz` (Sison and Glaz, JASA 90, 1995).

    Returns:
        One row a share: firms (implied count), share_pct, lower_pct, upper_pct.
    """
    from statsmodels.stats.proportion import multinomial_proportions_confint

    if method not in INTERVAL_METHODS:
        raise ValueError(f"method is {method!r}; use one of {', '.join(INTERVAL_METHODS)}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence_level is {confidence}; use a value between 0 and 1, such as 0.95")
    if abs(shares_pct.sum() - 100) > 1e-6:
        raise ValueError(f"the shares add up to {shares_pct.sum():g}, not 100")
    counts = (shares_pct / 100 * firms).round().astype(int)
    with np.errstate(invalid="ignore"):  # the series of Sison and Glaz is not defined for its first, too narrow trials
        limits = 100 * multinomial_proportions_confint(counts.to_numpy(), 1 - confidence, method)
    ends = {"lower_pct": limits[:, 0], "upper_pct": limits[:, 1]}
    return pd.DataFrame({"firms": counts, "share_pct": shares_pct} | ends)


def bound_rest_share(
    whole_pct: float, part_weight: float | tuple[float, float], part_pct: tuple[float, float] = (0.0, 100.0)
) -> tuple[float, float]:
    """Bound a share in the rest of a population of which one part is known by its weight.

    Args:
        whole_pct: share in the whole population, %.
        part_weight: weight of the part, 0 to 1, or the lowest and highest possible weight.
        part_pct: lowest and highest possible share in the part, %.

    Returns:
        Sharp lower and upper bounds of the share in the rest, %: (whole - weight x part) / (1 - weight) at its extremes
        over the weights and shares of the part, kept within 0 and 100. Method: law of total probability; Horowitz and
        Manski, Econometrica 63 (1995).

    Raises:
        ValueError: no share of the rest from 0 to 100 % fits.
    """
    weights = part_weight if isinstance(part_weight, tuple) else (part_weight,)
    ends = [compute_rest_share(whole_pct, weight, share) for weight in weights for share in part_pct]
    low, high = max(0.0, min(ends)), min(100.0, max(ends))
    if low > high:
        raise ValueError(f"a part of weight {part_weight} with {part_pct} % does not fit into a whole of {whole_pct} %")
    return low, high


def compute_rest_share(whole_pct: float, part_weight: float, part_pct: float) -> float:
    """Return the share in the rest, %, that the law of total probability gives; infinite as the rest vanishes."""
    if part_weight == 1:
        return whole_pct if part_pct == whole_pct else np.copysign(np.inf, whole_pct - part_pct)
    return (whole_pct - part_weight * part_pct) / (1 - part_weight)


def compute_networked_share(firms_pct: float, part_pct: float, size: float) -> float:
    """Return how much of all equipment (%) is networked if some firms (%) network a part (%) of theirs, others none.

    Args:
        firms_pct: the share of such firms.
        part_pct: the part of their equipment that is networked.
        size: how much equipment such a firm has, as a multiple of what any other has.

    Raises:
        ValueError: a percentage is not from 0 to 100, or the size is not above 0.
    """
    for name, value in (("firms_pct", firms_pct), ("part_pct", part_pct)):
        if not 0 <= value <= 100:
            raise ValueError(f"{name} is {value}; use a percentage from 0 to 100")
    if size <= 0:
        raise ValueError(f"size is {size}; use a number above 0")
    return part_pct * firms_pct * size / (firms_pct * size + 100 - firms_pct)


def compute_import_rate(
    shares_pct: pd.Series, imported_part_pct: float, relative_use: float | pd.Series
) -> float | pd.Series:
    """Return the import rate by use, in %, of materials of which the shares of types are known.

    What is absent is imported, what China can supply is not.

    Args:
        shares_pct: shares of types, in %: absent, made_but_unstable, self_supplied.
        imported_part_pct: imported part, in %, of the use of unstable types.
        relative_use: use of a type that China can supply over that of any other.

    Raises:
        ValueError: an imported part outside 0 to 100, a use that is not above 0.
    """
    if not 0 <= imported_part_pct <= 100:
        raise ValueError(f"imported_part_pct is {imported_part_pct}; use a value from 0 to 100")
    if not np.all(np.asarray(relative_use) > 0):
        raise ValueError(f"relative_use is {relative_use}; use a number above 0")
    absent, unstable, supplied = (shares_pct[name] for name in ("absent", "made_but_unstable", "self_supplied"))
    return 100 * (absent + imported_part_pct / 100 * unstable) / (absent + unstable + relative_use * supplied)


def compute_agreement_and_kappa(
    first: pd.Series, second: pd.Series, levels: Sequence[str], weighted: bool = False
) -> tuple[float, float]:
    """Compare two codings of the same items.

    Args:
        first, second: level of each item; the items are the index, in any order.
        levels: all levels, in order.
        weighted: let kappa count a disagreement in proportion to the distance of the two levels.

    Returns:
        Share of items coded alike, 0 to 1, and Cohen's kappa, at most 1 and 0 for chance. Kappa is not a number where
        both codings use one and the same level throughout, and neither is without items. Methods: Cohen, Educ.
        Psychol. Meas. 20 (1960); weighted: Cohen, Psychol. Bull. 70 (1968).

    Raises:
        ValueError: an item is coded once only, or has a level that is not in the list.
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    pairs = pd.concat([first, second], axis=1, keys=["first", "second"])
    wrong = pairs[~pairs.isin(levels).all(axis=1)]
    if len(wrong):
        raise ValueError(f"item {wrong.index[0]}: both codings must give one of {', '.join(levels)}")
    alike = float((pairs["first"] == pairs["second"]).mean()) if len(pairs) else np.nan
    if pairs.stack().nunique() < 2:
        return alike, np.nan
    table = pd.crosstab(pairs["first"], pairs["second"]).reindex(index=levels, columns=levels, fill_value=0)
    return alike, float(cohens_kappa(table, wt="linear" if weighted else None, return_results=False))


@dataclass(frozen=True)
class LinearTrend:
    """Straight line through a yearly series, fitted by ordinary least squares; errors are taken as independent.

    Attributes:
        values: the series, indexed by year.
        confidence: coverage of each prediction interval, 0 to 1.
    """

    values: pd.Series
    confidence: float

    @property
    def fit(self) -> Any:
        """The regression on the year, counted from the mean year."""
        from statsmodels.regression.linear_model import OLS

        return OLS(self.values.to_numpy(dtype=float), self._design(self.values.index)).fit()

    @property
    def slope(self) -> float:
        """Change per year, in the unit of the series."""
        return float(self.fit.params[1])

    def predict(self, years: Sequence[float]) -> pd.DataFrame:
        """Return fitted, lower and upper by year: the line and the prediction interval of a single new value."""
        frame = self.fit.get_prediction(self._design(years)).summary_frame(alpha=1 - self.confidence)
        frame = frame[["mean", "obs_ci_lower", "obs_ci_upper"]].set_axis(["fitted", "lower", "upper"], axis=1)
        return frame.set_index(pd.Index(years, name="year"))

    def crossing(self, level: float) -> tuple[float, float, float]:
        """Return the year in which the line reaches `level`, and the earliest and latest year compatible with it.

        A year is compatible if its prediction interval holds the level. Where the slope cannot be told from zero, one
        end is infinite, or both are; compatible years on the other side of the series are then left out.
        Method: Fieller, JRSS B 16 (1954), for calibration.
        """
        fit, years = self.fit, np.asarray(self.values.index, dtype=float)
        spread = float(((years - years.mean()) ** 2).sum())
        width = stdtrit(fit.df_resid, (1 + self.confidence) / 2) ** 2 * fit.mse_resid
        slope, miss = fit.params[1], fit.params[0] - level
        a, b, c = slope**2 - width / spread, 2 * miss * slope, miss**2 - width * (1 + 1 / len(years))
        point = -miss / slope if slope else np.inf
        root = b**2 - 4 * a * c
        if a == 0 or (a < 0 and root < 0):
            ends = (-np.inf, np.inf)
        else:
            one, two = sorted((-b + sign * np.sqrt(max(root, 0.0))) / (2 * a) for sign in (-1, 1))
            ends = (one, two) if a > 0 else (two, np.inf) if point >= two else (-np.inf, one)
        earliest, latest = ends
        return float(years.mean() + point), float(years.mean() + earliest), float(years.mean() + latest)

    def _design(self, years: Sequence[float]) -> np.ndarray:
        centred = np.asarray(years, dtype=float) - float(np.mean(self.values.index))
        return np.column_stack([np.ones(len(centred)), centred])


def fit_linear_trend(values: pd.Series, confidence: float = 0.95) -> LinearTrend:
    """Return the linear trend of a yearly series.

    Args:
        values: one value a year, indexed by year.
        confidence: coverage of each prediction interval, 0 to 1.

    Raises:
        ValueError: fewer than three values, a missing one, or a confidence that is not between 0 and 1.
    """
    if len(values) < 3 or values.isna().any():
        raise ValueError(f"a trend needs three or more values and none missing, not {values.to_list()}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; use a value between 0 and 1")
    return LinearTrend(values, confidence)


def keep_until_first_gap(values: pd.Series) -> pd.Series:
    """Return the years of a yearly series up to the first that is left out."""
    return values[np.r_[True, np.diff(values.index) == 1].cumprod().astype(bool)]
