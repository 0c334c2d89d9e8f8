import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from compendium import statistics


def test_growth_by_hand():
    table = statistics.growth(pd.Series([40, 50, 45], index=[2001, 2002, 2003]))
    assert table["change"].tolist() == [10, -5]
    assert table["rate_pct"].tolist() == pytest.approx([25.0, -10.0])
    assert table.index.tolist() == [2002, 2003]


def test_compound_rate_inverts_compounding():
    assert statistics.compound_rate(100, 100 * 1.07**4, 4) == pytest.approx(7.0)
    with pytest.raises(ValueError, match="positive"):
        statistics.compound_rate(0, 1, 1)


@pytest.mark.parametrize(("later", "earlier"), [(63, 46), (97, 63), (99, 97), (5, 0), (30, 60)])
def test_rate_ratio_p_value_by_summing_binomial_terms(later, earlier):
    n = later + earlier
    terms = [math.comb(n, k) / 2**n for k in range(n + 1)]
    by_hand = sum(t for t in terms if t <= terms[later] * (1 + 1e-9))
    if earlier:
        test = statistics.rate_ratio_test(later, earlier)
        assert test.p_value == pytest.approx(by_hand)
        assert test.lower < later / earlier < test.upper


def test_rate_ratio_agrees_with_statsmodels():
    test = statistics.rate_ratio_test(97, 63)
    other = poisson_2indep(97, 1, 63, 1, method="exact-cond")
    assert test.p_value == pytest.approx(other.pvalue)


def test_rate_ratio_limits_are_where_the_one_sided_tests_turn():
    test = statistics.rate_ratio_test(97, 63, confidence=0.9)
    tail = stats.binom.sf(96, 160, test.lower / (1 + test.lower))
    assert tail == pytest.approx(0.05)


def test_poisson_trend_recovers_an_exact_trend():
    trend = statistics.poisson_trend(pd.Series([100.0, 120.0, 144.0, 172.8], index=[2015, 2016, 2017, 2018]))
    assert trend["factor_per_year"] == pytest.approx(1.2)
    assert trend["deviance"] == pytest.approx(0, abs=1e-9)
    assert trend["lower"] < 1.2 < trend["upper"]


def test_goodman_interval_by_formula():
    shares = pd.Series([75.0, 14.0, 6.0, 5.0])
    table = statistics.share_intervals(shares, 12000)
    a, n, x = stats.chi2.ppf(1 - 0.05 / 4, 1), 12000, 9000
    half = math.sqrt(a * (a + 4 * x * (n - x) / n))
    assert table.loc[0, "lower_pct"] == pytest.approx(100 * (a + 2 * x - half) / (2 * (n + a)), rel=1e-3)
    assert table.loc[0, "upper_pct"] == pytest.approx(100 * (a + 2 * x + half) / (2 * (n + a)), rel=1e-3)
    assert table["firms"].tolist() == [9000, 1680, 720, 600]


@pytest.mark.parametrize("method", statistics.INTERVAL_METHODS)
def test_intervals_hold_the_shares_jointly(method):
    shares = pd.Series([60.0, 25.0, 15.0])
    table = statistics.share_intervals(shares, 400, 0.95, method)
    draws = np.random.default_rng(20220225).multinomial(400, shares / 100, size=4000) / 4
    width = (table["upper_pct"] - table["lower_pct"]).to_numpy() / 2
    covered = (np.abs(draws - shares.to_numpy()) <= width + 0.5).all(axis=1).mean()
    assert covered > 0.94


@pytest.mark.filterwarnings("error")
def test_intervals_of_a_large_sample_come_without_warning():
    table = statistics.share_intervals(pd.Series([75.0, 14.0, 6.0, 5.0]), 12000, method="sison-glaz")
    assert (table["lower_pct"] < table["share_pct"]).all() and (table["share_pct"] < table["upper_pct"]).all()


def test_intervals_refuse_shares_that_do_not_close():
    with pytest.raises(ValueError, match="add up to 99"):
        statistics.share_intervals(pd.Series([60.0, 39.0]), 100)
    with pytest.raises(ValueError, match="goodman"):
        statistics.share_intervals(pd.Series([60.0, 40.0]), 100, method="wald")


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
    with pytest.raises(ValueError, match="does not fit"):
        statistics.rest_bounds(42.0, 0.9, (60.0, 80.0))


def test_rank_power_between_its_known_ends():
    attained = 2 * sum([1, 1, 2]) / math.comb(10, 5)
    assert statistics.rank_power((5, 5), 0.5) == pytest.approx(attained, abs=0.005)
    assert statistics.rank_power((5, 5), 0.9999) > 0.99
    assert statistics.rank_power((2, 2), 0.9999) == 0.0


def test_rank_test_by_enumeration():
    first, second = [1, 2, 3, 6, 9], [4, 5, 7, 8, 10]
    test = statistics.rank_test(first, second)
    observed = sum(a > b for a in first for b in second)
    counts = []
    for chosen in itertools.combinations(range(1, 11), 5):
        others = set(range(1, 11)) - set(chosen)
        counts.append(sum(a > b for a in chosen for b in others))
    p = sum(abs(c - 12.5) >= abs(observed - 12.5) for c in counts) / len(counts)
    assert (test.u, test.p_value) == (observed, pytest.approx(p))
    assert test.effect == pytest.approx(sum(np.sign(b - a) for a in first for b in second) / 25)
    assert test.smallest_p == pytest.approx(2 / len(counts))
    with pytest.raises(ValueError, match="twice"):
        statistics.rank_test([1, 2], [2, 3])


def test_gap_path_by_hand():
    assert statistics.gap_path([100, 110, 120], 80, 10).tolist() == pytest.approx([20, 22, 23.2])
