"""What published facts say about the province by year table of pilot projects: sharp bounds, never invented counts.

The unknown is a table of integers x[province, year] >= 0. Batch totals fix the sum of every year, evidence rows bound
the sum of one province over a period, coverage counts fix how many provinces have a project in a year. Every table that
obeys them is possible; each bound given here is attained by such a table, and the functions can show it.

Sums of cells are bounded by integer programming (HiGHS). Concentration indices are bounded by
majorisation (Marshall, Olkin and Arnold, Inequalities: Theory of Majorization and Its Applications). Contradictions are
smallest unsatisfiable subsets, found through minimal hitting sets (Ignatiev, Previti, Liffiton and Marques-Silva,
Smallest MUS extraction with minimal hitting set dualization).
"""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from study.bounds.constraints import CountProblem
from study.bounds.inequality import INDICES
from study.bounds.majorisation import IndexBound, MajorisationSolver


@lru_cache(maxsize=64)
def build_integer_programme(problem: CountProblem) -> MajorisationSolver:
    """Return the constraints as an integer programme."""
    return MajorisationSolver(problem)


@lru_cache(maxsize=16)
def _seen(provinces: tuple[int, ...], years: tuple[int, ...]) -> deque[np.ndarray]:
    """Return the last tables that were possible under some constraints: they may be so under others, unsolved."""
    return deque(maxlen=32)


def is_feasible(
    problem: CountProblem,
    min_totals: Mapping[int, int] | None = None,
    max_totals: Mapping[int, int | None] | None = None,
) -> bool:
    """Return whether a table obeys all constraints and has totals from `min_totals` to `max_totals`, given by adcode or
    free."""
    programme = build_integer_programme(problem)
    low, high = (pd.Series(ends or {}, dtype=float).reindex(problem.provinces) for ends in (min_totals, max_totals))
    low, high = low.fillna(0).to_numpy(), high.fillna(np.inf).to_numpy()
    seen = _seen(problem.provinces, problem.years)
    table = programme.search(limits=programme.within(low, high), known=[*programme.known, *seen])
    if table is not None and not any(table is one for one in seen):
        seen.appendleft(table)
    return table is not None


def bound_province_totals(problem: CountProblem) -> pd.DataFrame:
    """Return the sharp bounds of every province over all years: adcode, lower, upper (projects). Raises Infeasible."""
    low, high = build_integer_programme(problem).total_bounds
    return pd.DataFrame({"adcode": problem.provinces, "lower": low, "upper": high})


def bound_group_total(
    problem: CountProblem, adcodes: Iterable[int], years: Iterable[int] | None = None
) -> tuple[int, int]:
    """Return the sharp bounds of the projects of `adcodes` together in `years` (default: all). Raises Infeasible."""
    weights = _weights(problem, adcodes, years)
    return build_integer_programme(problem).least(weights), -build_integer_programme(problem).least(-weights)


def bound_provinces_with_projects(problem: CountProblem) -> tuple[int, int]:
    """Return the sharp bounds of the number of provinces with at least one project in any year. Raises Infeasible."""
    low, high = (build_integer_programme(problem).cover(sign) for sign in (1, -1))
    return int(low), int(high)


def find_bound_attaining_table(
    problem: CountProblem, adcodes: Iterable[int], years: Iterable[int] | None = None, *, maximise: bool
) -> pd.DataFrame:
    """Return a possible table (rows adcode, columns year) that attains a bound of `bound_group_total`. Raises
    Infeasible."""
    weights = _weights(problem, adcodes, years)
    return _table(problem, build_integer_programme(problem).attain(-weights if maximise else weights))


def minimise_weighted_total(problem: CountProblem, weights: Mapping[int, int] | pd.Series) -> int:
    """Return the least weighted sum of the totals (projects).

    `weights` gives a whole number for each adcode, 0 where it is left out; scale and round other numbers first,
    because the optimum is proven in integers. Raises Infeasible, and ValueError for a weight that is not whole or
    belongs to no province of the problem.
    """
    return build_integer_programme(problem).least(_costs(problem, weights))


def bound_lorenz_curve(problem: CountProblem) -> pd.DataFrame:
    """Return the region in which the Lorenz curve of the totals lies: provinces, lower, upper (shares of all projects).

    Row k bounds the share of the k provinces with the fewest projects. Each bound is sharp by itself: k provinces hold
    least where the others hold most, and these largest and least sums are those that `bound_concentration_index` starts
    from. One curve need not attain all of them at once. A bound whose search was cut lies further out. Raises
    Infeasible.
    """
    sums = {sign: np.r_[0, one.bound.cumsum()][::-1] for sign, one in build_integer_programme(problem).roots.items()}
    whole = sum(problem.batches.values())
    ends = {"lower": 1 - sums[1] / whole, "upper": 1 - sums[-1] / whole}
    return pd.DataFrame({"provinces": np.arange(len(problem.provinces) + 1)} | ends)


def bound_concentration_index(problem: CountProblem, index_name: str) -> tuple[IndexBound, IndexBound]:
    """Return the least and the largest value of an index of the totals, each with a table that attains it.

    One not proven after `BRANCHES` branchings, or whose search was cut, is an outer bound and not sharp; its table is
    the best one found. Raises Infeasible.

    Idea of the proof. Vector a majorises b if both have the same sum and, for every k, the k largest entries of a sum
    to at least those of b. CR5 and Gini are Schur-convex: they are at least as large at a as at b.
    Lower end: among integer vectors with sum N between the bounds of the totals, the one that fills up to a common
    level is majorised by all others; if a possible table has these totals, every index has its minimum there. If none
    has, let m_k be the least possible sum of the k largest totals: totals with these sums are majorised by all others.
    Upper end: let M_k be the largest possible sum of k totals; totals that reach M_k for every k majorise all possible
    ones, so every index has its maximum there.
    Totals that reach all m_k exist without coverage counts and order assumptions and with nested periods (the possible
    totals are then an M-convex set: Frank and Murota, Decreasing minimization on M-convex sets), but neither end need
    have such totals in general. Integer programming looks for them. If there are none, the steps m_k - m_(k-1), or
    M_k - M_(k-1), still give an outer bound; the range of one total is halved and the argument repeated in both halves
    until the bound meets the best totals found (branch and bound).
    """
    programme = build_integer_programme(problem)
    low, high = (programme.extreme(INDICES[index_name], sign, root) for sign, root in programme.roots.items())
    return low, high


def _costs(problem: CountProblem, weights: Mapping[int, int] | pd.Series) -> np.ndarray:
    """Return for each cell the weight of its province."""
    factors = pd.Series(weights)
    for code in set(factors.index) - set(problem.provinces):
        raise ValueError(f"weights: adcode {code} is not in the table of projects; leave it out or add the province")
    for code, factor in factors[factors % 1 != 0].items():
        raise ValueError(f"weights: adcode {code}, value {factor} is not a whole number; scale and round the weights")
    factors = factors.reindex(problem.provinces, fill_value=0).to_numpy(dtype=int)
    return np.repeat(factors[:, None], len(problem.years), axis=1)


def _weights(problem: CountProblem, adcodes: Iterable[int], years: Iterable[int] | None) -> np.ndarray:
    """Return a table with 1 in the cells of `adcodes` and `years` and 0 elsewhere."""
    adcodes, years = list(adcodes), list(problem.years if years is None else years)
    for kind, wanted, there in (("adcode", adcodes, problem.provinces), ("year", years, problem.years)):
        for code in set(wanted) - set(there):
            raise ValueError(f"{kind} {code}: not in the table of projects; choose among {', '.join(map(str, there))}")
    return np.outer(np.isin(problem.provinces, adcodes), np.isin(problem.years, years)).astype(int)


def _table(problem: CountProblem, table: np.ndarray) -> pd.DataFrame:
    rows = pd.Index(problem.provinces, name="adcode")
    return pd.DataFrame(table, index=rows, columns=pd.Index(problem.years, name="year"))
