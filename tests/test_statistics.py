import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from study.analysis import statistics

SHARES = pd.Series([75.0, 14.0, 6.0, 5.0])
MATERIALS = pd.Series({"absent": 20, "made_but_unstable": 40, "self_supplied": 40})
SAME = pd.Series("answered", index=list("ab"))
TWO = ["answered", "partly"]


def line(values, start=2000):
    return pd.Series(values, index=range(start, start + len(values)))


@pytest.mark.parametrize(
    ("function", "arguments", "due"),
    [
        (statistics.compute_compound_rate, (100, 100 * 1.07**4, 4), 7.0),
        (statistics.compute_compound_rate, (0.5, 1, 1), 100.0),
        # Of 100 firms 20 have 4 machines each and network half of them, 80 have 1: 40 of 160 machines.
        (statistics.compute_networked_share, (20, 50, 4), 25.0),
        (statistics.compute_networked_share, (23, 100, 1), 23.0),
        (statistics.bound_rest_share, (42.0, 0.446, (42.0, 42.0)), (42.0, 42.0)),
        (statistics.bound_rest_share, (10.0, 0.5), (0.0, 20.0)),
        (statistics.bound_rest_share, (37.0, (0.0, 1.0), (44.6, 44.6)), (0.0, 37.0)),
        (statistics.bound_rest_share, (37.0, (0.0, 1.0)), (0.0, 100.0)),
        (statistics.bound_rest_share, (37.0, (0.0, 1.0), (37.0, 37.0)), (37.0, 37.0)),
        (statistics.compute_import_rate, (MATERIALS, 50, 1), 40),
        (statistics.compute_import_rate, (MATERIALS, 100, 4.0), 100 * 60 / 220),
    ],
)
def test_numbers_by_hand(function, arguments, due):
    assert function(*arguments) == pytest.approx(due)


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        *(
            (statistics.compute_compound_rate, numbers, f"must be positive, not {', '.join(map(str, numbers))}$")
            for numbers in [(0, 1, 2), (2, 0, 1), (1, 2, 0)]
        ),
        (statistics.compute_networked_share, (101, 50, 1), "firms_pct is 101"),
        (statistics.compute_networked_share, (20, -1, 1), "part_pct is -1"),
        (statistics.compute_networked_share, (20, 50, 0), "size is 0; use a number above"),
        (statistics.compute_share_intervals, (pd.Series([60.0, 39.0]), 100), "add up to 99"),
        (
            statistics.compute_share_intervals,
            (SHARES, 100, 0.95, "wald"),
            r"method is 'wald'; use one of goodman, sison-glaz$",
        ),
        (statistics.compute_share_intervals, (SHARES, 100, 95), "confidence_level is 95; use a value between 0 and 1"),
        (statistics.bound_rest_share, (42.0, 0.9, (60.0, 80.0)), "does not fit"),
        *((statistics.compute_import_rate, (MATERIALS, part, 1), "^imported_part_pct is ") for part in (-1, 101)),
        *(
            (statistics.compute_import_rate, (MATERIALS, 50, use), "^relative_use is ")
            for use in (0, pd.Series([1.0, -1.0]))
        ),
        (
            statistics.compute_agreement_and_kappa,
            (SAME, SAME.drop("b"), TWO),
            r"item b: both codings must give one of answered, partly$",
        ),
        (statistics.compute_agreement_and_kappa, (SAME, SAME.replace("answered", "perhaps"), TWO), "item a"),
        *(
            (statistics.fit_linear_trend, (line(few),), "three or more values")
            for few in ([1.0, 2.0], [1.0, np.nan, 2.0])
        ),
        *(
            (
                statistics.fit_linear_trend,
                (line([1.0, 2.0, 4.0]), level),
                f"confidence is {level}; use a value between 0",
            )
            for level in (0, 1, 95)
        ),
    ],
)
def test_what_cannot_be_is_refused(function, arguments, said):
    with pytest.raises(ValueError, match=said):
        function(*arguments)


def test_goodman_interval_by_formula():
    table = statistics.compute_share_intervals(SHARES, 12000)
    a, n, x = stats.chi2.ppf(1 - 0.05 / 4, 1), 12000, 9000
    half = math.sqrt(a * (a + 4 * x * (n - x) / n))
    ends = [100 * (a + 2 * x + sign * half) / (2 * (n + a)) for sign in (-1, 1)]
    assert table.loc[0, ["lower_pct", "upper_pct"]].tolist() == pytest.approx(ends, rel=1e-3)
    assert table["firms"].tolist() == [9000, 1680, 720, 600] and table["firms"].dtype.kind == "i"


def test_rest_bounds_by_enumeration():
    low, high = statistics.bound_rest_share(42.0, 0.446)
    rest = [r for r, p in itertools.product(range(101), range(101)) if abs(0.446 * p + 0.554 * r - 42) < 0.3]
    assert low <= min(rest) + 1 and high >= max(rest) - 1
    grid = [(31 - w * p) / (1 - w) for w in np.linspace(0.05, 0.4, 36) for p in np.linspace(10, 60, 51) if w * p <= 31]
    assert statistics.bound_rest_share(31.0, (0.05, 0.4), (10.0, 60.0)) == pytest.approx((min(grid), max(grid)))


@pytest.mark.parametrize(
    ("first", "second", "levels", "weighted", "alike", "kappa"),
    [
        ("aapu", "appu", "apu", False, 0.75, (0.75 - 5 / 16) / (1 - 5 / 16)),  # by chance (2 x 1 + 1 x 2 + 1 x 1) / 4^2
        ("aapu", "appu", "apu", True, 0.75, 1 - (1 / 4) / (7 / 8)),  # one step apart in one of four; by chance 7/8
        ("aapu", "aapu", "apu", False, 1, 1),
        # Alike by chance: 1/2 x 1/4 for low and the same for high. Steps apart: 0, 1, 0, 1; by chance low meets
        # (1, 2, 1) of (low, middle, high) at 0, 1, 2 steps, high mirrors it.
        ("llhh", "lmhm", "lmh", False, 0.5, (0.5 - 0.25) / (1 - 0.25)),
        ("llhh", "lmhm", "lmh", True, 0.5, 1 - (2 / 4) / 1),
        ("aabb", "abbb", "abc", False, 0.75, (0.75 - 0.5) / (1 - 0.5)),  # by chance 1/2 x 1/4 + 1/2 x 3/4
        ("aa", "aa", "ap", False, 1, math.nan),  # no contrast
    ],
)
def test_agreement_by_hand(first, second, levels, weighted, alike, kappa):
    """Codings are compared item by item, in whatever order they stand."""
    first, second = pd.Series(list(first)), pd.Series(list(second))[::-1]
    found = statistics.compute_agreement_and_kappa(first, second, list(levels), weighted=weighted)
    assert found == (alike, pytest.approx(kappa, nan_ok=True))


YEARS = np.arange(2010, 2018)
NOISE = np.array([0.1, -0.2, 0.15, 0.05, -0.1, 0.02, -0.06, 0.04])


def noisy(slope):
    return line(1.5 + slope * (YEARS - 2010) + NOISE, 2010)


@pytest.mark.parametrize("slope", [0.1, -0.1])
def test_crossing_is_where_the_prediction_interval_holds_the_level(slope):
    trend = statistics.fit_linear_trend(noisy(slope))
    level = 1.5 + 14 * slope
    point, earliest, latest = trend.crossing(level)
    assert earliest < point < latest
    edges = trend.predict([earliest, point, latest])
    assert edges["fitted"].iloc[1] == pytest.approx(level)
    first, last = ("upper", "lower") if slope > 0 else ("lower", "upper")
    assert edges[first].iloc[0] == pytest.approx(level) and edges[last].iloc[2] == pytest.approx(level)


def test_crossing_of_an_exact_line_is_a_point():
    assert statistics.fit_linear_trend(line([1.0, 1.5, 2.0, 2.5])).crossing(4.0) == pytest.approx((2006, 2006, 2006))


def test_crossing_without_a_clear_slope_has_no_end():
    trend = statistics.fit_linear_trend(noisy(0.01))
    ahead = trend.crossing(2.0)
    assert ahead[1] < ahead[0] and ahead[2] == np.inf
    assert trend.predict([ahead[1]])["upper"].iloc[0] == pytest.approx(2.0)
    behind = trend.crossing(1.0)
    assert behind[1] == -np.inf and behind[0] < behind[2]
    assert trend.crossing(trend.values.mean())[1:] == (-np.inf, np.inf)


@pytest.mark.filterwarnings("error")
def test_a_flat_line_never_crosses():
    assert statistics.fit_linear_trend(line([0.0, 0.0, 0.0])).crossing(2.0) == (np.inf, -np.inf, np.inf)


def test_a_series_goes_as_far_as_no_year_is_left_out():
    values = pd.Series([1.0, 2, 3, 4], index=[2019, 2020, 2022, 2023])
    assert statistics.keep_until_first_gap(values).index.tolist() == [2019, 2020]
    assert statistics.keep_until_first_gap(values.loc[2022:]).index.tolist() == [2022, 2023]
