import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from study import statistics


def test_compound_rate_inverts_compounding():
    assert statistics.compound_rate(100, 100 * 1.07**4, 4) == pytest.approx(7.0)
    assert statistics.compound_rate(0.5, 1, 1) == pytest.approx(100.0)


@pytest.mark.parametrize("numbers", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_compound_rate_refuses_what_cannot_grow(numbers):
    with pytest.raises(ValueError, match=f"must be positive, not {numbers[0]}, {numbers[1]}, {numbers[2]}$"):
        statistics.compound_rate(*numbers)


def test_equipment_held_by_some_firms_is_counted_by_hand():
    """Of 100 firms 20 have 4 machines each and network half of them, 80 have 1: 40 of 160 machines."""
    assert statistics.held_share(20, 50, 4) == pytest.approx(25.0)
    assert statistics.held_share(23, 100, 1) == pytest.approx(23.0)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((101, 50, 1), "firms_pct is 101"),
        ((20, -1, 1), "part_pct is -1"),
        ((20, 50, 0), "size is 0; use a number above"),
    ],
)
def test_a_share_of_equipment_that_cannot_be_is_refused(numbers, said):
    with pytest.raises(ValueError, match=said):
        statistics.held_share(*numbers)


def test_goodman_interval_by_formula():
    shares = pd.Series([75.0, 14.0, 6.0, 5.0])
    table = statistics.share_intervals(shares, 12000)
    a, n, x = stats.chi2.ppf(1 - 0.05 / 4, 1), 12000, 9000
    half = math.sqrt(a * (a + 4 * x * (n - x) / n))
    assert table.loc[0, "lower_pct"] == pytest.approx(100 * (a + 2 * x - half) / (2 * (n + a)), rel=1e-3)
    assert table.loc[0, "upper_pct"] == pytest.approx(100 * (a + 2 * x + half) / (2 * (n + a)), rel=1e-3)
    assert table["firms"].tolist() == [9000, 1680, 720, 600] and table["firms"].dtype.kind == "i"


def test_sison_glaz_intervals_have_one_margin_of_whole_firms():
    table = statistics.share_intervals(pd.Series([75.0, 14.0, 6.0, 5.0]), 12000, method="sison-glaz")
    below = (table["share_pct"] - table["lower_pct"]) * 120
    above = (table["upper_pct"] - table["share_pct"]) * 120
    assert below.tolist() == pytest.approx([round(below[0])] * 4)
    assert above.tolist() == pytest.approx([above[0]] * 4) and below[0] < above[0] < below[0] + 2


@pytest.mark.parametrize("method", statistics.INTERVAL_METHODS)
def test_intervals_hold_the_shares_jointly(method):
    shares = pd.Series([60.0, 25.0, 15.0])
    table = statistics.share_intervals(shares, 400, 0.95, method)
    draws = np.random.default_rng(20220225).multinomial(400, shares / 100, size=4000) / 4
    width = (table["upper_pct"] - table["lower_pct"]).to_numpy() / 2
    covered = (np.abs(draws - shares.to_numpy()) <= width + 0.5).all(axis=1).mean()
    assert covered > 0.94


@pytest.mark.filterwarnings("error")
def test_intervals_with_an_empty_level_come_without_warning():
    table = statistics.share_intervals(pd.Series([75.0, 25.0, 0.0]), 12000, method="sison-glaz")
    assert (table["lower_pct"] <= table["share_pct"]).all() and (table["share_pct"] < table["upper_pct"]).all()


def test_intervals_refuse_shares_that_do_not_close():
    with pytest.raises(ValueError, match="add up to 99"):
        statistics.share_intervals(pd.Series([60.0, 39.0]), 100)
    with pytest.raises(ValueError, match=r"method is 'wald'; use one of goodman, sison-glaz$"):
        statistics.share_intervals(pd.Series([60.0, 40.0]), 100, method="wald")
    with pytest.raises(ValueError, match="confidence_level is 95; use a value between 0 and 1"):
        statistics.share_intervals(pd.Series([60.0, 40.0]), 100, 95)


def test_rest_bounds_by_enumeration():
    low, high = statistics.rest_bounds(42.0, 0.446)
    rest = [r for r, p in itertools.product(range(101), range(101)) if abs(0.446 * p + 0.554 * r - 42) < 0.3]
    assert low <= min(rest) + 1 and high >= max(rest) - 1
    assert statistics.rest_bounds(42.0, 0.446, (42.0, 42.0)) == pytest.approx((42.0, 42.0))
    assert statistics.rest_bounds(10.0, 0.5) == (0.0, 20.0)


def test_rest_bounds_over_a_range_of_weights():
    grid = [(31 - w * p) / (1 - w) for w in np.linspace(0.05, 0.4, 36) for p in np.linspace(10, 60, 51) if w * p <= 31]
    assert statistics.rest_bounds(31.0, (0.05, 0.4), (10.0, 60.0)) == pytest.approx((min(grid), max(grid)))
    assert statistics.rest_bounds(37.0, (0.0, 1.0), (44.6, 44.6)) == (0.0, 37.0)
    assert statistics.rest_bounds(37.0, (0.0, 1.0)) == (0.0, 100.0)
    assert statistics.rest_bounds(37.0, (0.0, 1.0), (37.0, 37.0)) == (37.0, 37.0)
    with pytest.raises(ValueError, match="does not fit"):
        statistics.rest_bounds(42.0, 0.9, (60.0, 80.0))


def test_import_rate_by_hand():
    shares = pd.Series({"absent": 20, "made_but_unstable": 40, "self_supplied": 40})
    assert statistics.import_rate(shares, 50, 1) == pytest.approx(40)
    assert statistics.import_rate(shares, 100, pd.Series([1.0, 4.0])).tolist() == pytest.approx([60, 100 * 60 / 220])


@pytest.mark.parametrize(("part", "use"), [(-1, 1), (101, 1), (50, 0), (50, pd.Series([1.0, -1.0]))])
def test_an_import_rate_of_impossible_use_is_refused(part, use):
    with pytest.raises(ValueError, match=r"^(imported_part_pct|relative_use) is "):
        statistics.import_rate(pd.Series({"absent": 20, "made_but_unstable": 40, "self_supplied": 40}), part, use)


def test_agreement_by_hand():
    levels = ["answered", "partly", "unanswered"]
    first = pd.Series(["answered", "answered", "partly", "unanswered"], index=list("abcd"))
    second = pd.Series(["unanswered", "partly", "partly", "answered"], index=list("dcba"))
    chance = (2 * 1 + 1 * 2 + 1 * 1) / 4**2
    alike, kappa = statistics.agreement(first, second, levels)
    assert alike == 0.75 and kappa == pytest.approx((0.75 - chance) / (1 - chance))
    # One step apart in one of four items; by chance 7/8 of a step on average.
    assert statistics.agreement(first, second, levels, weighted=True)[1] == pytest.approx(1 - (1 / 4) / (7 / 8))
    assert statistics.agreement(first, first, levels) == (1.0, 1.0)


def test_agreement_where_one_coder_leaves_out_a_level():
    levels = ["low", "middle", "high"]
    first, second = pd.Series(["low", "low", "high", "high"]), pd.Series(["low", "middle", "high", "middle"])
    # Steps apart: 0, 1, 0, 1; by chance low meets (1, 2, 1) of (low, middle, high) at 0, 1, 2 steps, high mirrors it.
    assert statistics.agreement(first, second, levels, weighted=True) == (0.5, pytest.approx(1 - (2 / 4) / 1))
    # Alike by chance: 1/2 x 1/4 for low and the same for high.
    assert statistics.agreement(first, second, levels) == (0.5, pytest.approx((0.5 - 0.25) / (1 - 0.25)))


def test_agreement_on_two_levels_in_use():
    first, second = pd.Series(list("aabb")), pd.Series(list("abbb"))
    # Alike by chance: 1/2 x 1/4 + 1/2 x 3/4 = 1/2.
    assert statistics.agreement(first, second, ["a", "b", "c"]) == (0.75, pytest.approx((0.75 - 0.5) / (1 - 0.5)))


def test_agreement_without_contrast_or_with_gaps():
    same = pd.Series("answered", index=list("ab"))
    alike, kappa = statistics.agreement(same, same, ["answered", "partly"])
    assert alike == 1.0 and math.isnan(kappa)
    with pytest.raises(ValueError, match=r"item b: both codings must give one of answered, partly$"):
        statistics.agreement(same, same.drop("b"), ["answered", "partly"])
    with pytest.raises(ValueError, match="item a"):
        statistics.agreement(same, same.replace("answered", "perhaps"), ["answered", "partly"])


NOISE = np.array([0.1, -0.2, 0.15, 0.05, -0.1, 0.02, -0.06, 0.04])


def test_linear_trend_by_the_textbook_formula():
    years = np.arange(2010, 2018)
    trend = statistics.linear_trend(pd.Series(1.5 + 0.1 * (years - 2010) + NOISE, index=years), 0.9)
    line = stats.linregress(years, trend.values)
    centred = years - years.mean()
    scatter = ((trend.values - line.intercept - line.slope * years) ** 2).sum() / 6
    half = stats.t.ppf(0.95, 6) * np.sqrt(scatter * (1 + 1 / 8 + (2025 - years.mean()) ** 2 / (centred**2).sum()))
    forecast = trend.predict([2025]).loc[2025]
    assert trend.predict([2025]).index.name == "year"
    assert trend.slope == pytest.approx(line.slope)
    assert forecast["fitted"] == pytest.approx(line.intercept + 2025 * line.slope)
    assert forecast["upper"] - forecast["fitted"] == pytest.approx(half)
    assert forecast["fitted"] - forecast["lower"] == pytest.approx(half)


@pytest.mark.parametrize("slope", [0.1, -0.1])
def test_crossing_is_where_the_prediction_interval_holds_the_level(slope):
    years = np.arange(2010, 2018)
    trend = statistics.linear_trend(pd.Series(1.5 + slope * (years - 2010) + NOISE, index=years))
    level = 1.5 + 14 * slope
    point, earliest, latest = trend.crossing(level)
    assert earliest < point < latest
    edges = trend.predict([earliest, point, latest])
    assert edges["fitted"].iloc[1] == pytest.approx(level)
    first, last = ("upper", "lower") if slope > 0 else ("lower", "upper")
    assert edges[first].iloc[0] == pytest.approx(level) and edges[last].iloc[2] == pytest.approx(level)


def test_crossing_of_an_exact_line_is_a_point():
    trend = statistics.linear_trend(pd.Series([1.0, 1.5, 2.0, 2.5], index=[2000, 2001, 2002, 2003]))
    assert trend.crossing(4.0) == pytest.approx((2006, 2006, 2006))


def test_crossing_without_a_clear_slope_has_no_end():
    years = np.arange(2010, 2018)
    noisy = pd.Series(1.5 + 0.01 * (years - 2010) + NOISE, index=years)
    ahead = statistics.linear_trend(noisy).crossing(2.0)
    assert ahead[1] < ahead[0] and ahead[2] == np.inf
    assert statistics.linear_trend(noisy).predict([ahead[1]])["upper"].iloc[0] == pytest.approx(2.0)
    behind = statistics.linear_trend(noisy).crossing(1.0)
    assert behind[1] == -np.inf and behind[0] < behind[2]
    assert statistics.linear_trend(noisy).crossing(noisy.mean())[1:] == (-np.inf, np.inf)


@pytest.mark.filterwarnings("error")
def test_a_flat_line_never_crosses():
    flat = statistics.linear_trend(pd.Series([0.0, 0.0, 0.0], index=[2000, 2001, 2002]))
    assert flat.crossing(2.0) == (np.inf, -np.inf, np.inf)


def test_linear_trend_refuses_what_it_cannot_fit():
    for values in ([1.0, 2.0], [1.0, np.nan, 2.0]):
        with pytest.raises(ValueError, match="three or more values"):
            statistics.linear_trend(pd.Series(values, index=range(2000, 2000 + len(values))))
    for confidence in (0, 1, 95):
        with pytest.raises(ValueError, match=f"confidence is {confidence}; use a value between 0 and 1$"):
            statistics.linear_trend(pd.Series([1.0, 2.0, 4.0], index=[2000, 2001, 2002]), confidence)


def test_a_series_goes_as_far_as_no_year_is_left_out():
    values = pd.Series([1.0, 2, 3, 4], index=[2019, 2020, 2022, 2023])
    assert statistics.unbroken(values).index.tolist() == [2019, 2020]
    assert statistics.unbroken(values.loc[2022:]).index.tolist() == [2022, 2023]
