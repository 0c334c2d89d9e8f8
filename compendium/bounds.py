"""What published facts say about the province by year table of pilot projects: sharp bounds, never invented counts.

The unknown is a table of integers x[province, year] >= 0. Batch totals fix the sum of every year, evidence rows bound
the sum of one province over a period, coverage counts fix how many provinces have a project in a year. Every table that
obeys them is possible; each bound given here is attained by such a table, and the functions can show it.

Sums of cells are bounded by integer programming (HiGHS through scipy). Concentration indices are bounded by
majorisation (Marshall, Olkin and Arnold, Inequalities: Theory of Majorization and Its Applications). Contradictions are
smallest unsatisfiable subsets, found through minimal hitting sets (Ignatiev, Previti, Liffiton and Marques-Silva,
Smallest MUS extraction with minimal hitting set dualization).
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, pairwise, product
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import block_array, csr_array, eye_array, hstack, kron, vstack

TABLE = "pilot_province_evidence"
TIERS = (1, 2, 3, 4, 5)
BRANCHES = 200
SOLVER_TOLERANCE = 1e-6
INDEX_TOLERANCE = 1e-12


class Infeasible(ValueError):
    """No table obeys all constraints; the message names the smallest conflicting group.

    Attributes: `evidence_ids`, the evidence rows of the group, and `others`, the further constraints in it by name
    ("batch 2018", "coverage 2017", "leaders_largest", "leaders_descending").
    """

    def __init__(self, evidence_ids: tuple[str, ...], others: tuple[str, ...]):
        self.evidence_ids, self.others = evidence_ids, others
        rows = (f"rows {', '.join(evidence_ids)}",) if evidence_ids else ()
        super().__init__(
            f"{TABLE}: {', '.join(rows + others)} contradict each other, no table of projects obeys them together; "
            "correct a value, choose a lower tier or drop an assumption"
        )

    def __reduce__(self):
        return type(self), (self.evidence_ids, self.others)


@dataclass(frozen=True, eq=False)
class Problem:
    """The constraints on the table; build it with `problem`.

    `provinces`: adcodes; `batches`: year -> projects; `evidence`: the rows in use (evidence_id, adcode, period_start,
    period_end, lower, upper; upper missing if there is none); `coverage`: year -> provinces with at least one project;
    `leaders`: adcodes in printed order; `leaders_largest`: each leader's total is at least that of every other
    province; `leaders_descending`: the leaders' totals do not rise along the printed order.
    """

    provinces: tuple[int, ...]
    batches: dict[int, int]
    evidence: pd.DataFrame
    coverage: dict[int, int]
    leaders: tuple[int, ...] = ()
    leaders_largest: bool = False
    leaders_descending: bool = False

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the table, ascending."""
        return tuple(self.batches)

    @cached_property
    def _system(self) -> "_System":
        return _System(self)


def problem(
    evidence: pd.DataFrame,
    batches: Mapping[int, int] | pd.Series,
    coverage: Mapping[int, int] | pd.Series,
    provinces: Iterable[int],
    tier: int,
    leaders: Iterable[int] = (),
    leaders_largest: bool = False,
    leaders_descending: bool = False,
) -> Problem:
    """Collect the constraints of a tier.

    `evidence` is the raw table; its rows are used from their tier on. `batches` maps each year to its number of
    projects, `coverage` maps years to the number of provinces with at least one project (used from tier 3), `provinces`
    lists the adcodes of the table. A count of enterprises bounds projects only from below, so its upper bound is
    ignored. Raises ValueError for an unknown tier, province, year or leader.
    """
    if tier not in TIERS:
        raise ValueError(f"evidence tier {tier!r} is not one of {', '.join(map(str, TIERS))}")
    provinces, leaders = tuple(provinces), tuple(leaders)
    batches = {int(year): int(total) for year, total in sorted(batches.items())}
    coverage = {int(year): int(count) for year, count in sorted(coverage.items())} if tier >= 3 else {}
    if (leaders_largest or leaders_descending) and not leaders:
        raise ValueError("leaders is empty: an assumption on the leaders needs their adcodes in printed order")
    for code in set(leaders) - set(provinces):
        raise ValueError(f"leaders: adcode {code} is not among the provinces")
    for year in set(coverage) - set(batches):
        raise ValueError(f"coverage: year {year} has no batch; add its total or leave the year out")

    rows = evidence[evidence["tier"] <= tier]
    for row in rows.itertuples():
        if row.adcode not in provinces:
            raise ValueError(
                f"{TABLE}: row {row.evidence_id}, adcode {row.adcode}: not among the provinces; correct it"
            )
        if not (row.period_start in batches and row.period_end in batches and row.period_start <= row.period_end):
            raise ValueError(
                f"{TABLE}: row {row.evidence_id}, period {row.period_start}-{row.period_end}: must start and end in "
                f"years of the batches ({', '.join(map(str, batches))}); correct it or add the batch"
            )
    rows = rows[["evidence_id", "adcode", "period_start", "period_end"]].assign(
        lower=pd.to_numeric(rows["lower"]).fillna(0).astype("Int64"),
        upper=pd.to_numeric(rows["upper"]).where(rows["counts"] != "enterprise").astype("Int64"),
    )
    rows = rows[(rows["lower"] > 0) | rows["upper"].notna()].reset_index(drop=True)
    return Problem(provinces, batches, rows, coverage, leaders, leaders_largest, leaders_descending)


def possible(problem: Problem) -> bool:
    """Return whether a table obeys all constraints."""
    return problem._system.search() is not None


def cells(problem: Problem) -> pd.DataFrame:
    """Return the sharp bounds of every cell: adcode, year, lower, upper (projects). Raises Infeasible."""
    low, high = problem._system.cell_bounds
    index = pd.MultiIndex.from_product([problem.provinces, problem.years], names=["adcode", "year"])
    return pd.DataFrame({"lower": low.ravel(), "upper": high.ravel()}, index=index).reset_index()


def totals(problem: Problem) -> pd.DataFrame:
    """Return the sharp bounds of every province over all years: adcode, lower, upper (projects). Raises Infeasible."""
    low, high = problem._system.total_bounds
    return pd.DataFrame({"adcode": problem.provinces, "lower": low, "upper": high})


def group(problem: Problem, adcodes: Iterable[int], years: Iterable[int] | None = None) -> tuple[int, int]:
    """Return the sharp bounds of the projects of `adcodes` together in `years` (default: all). Raises Infeasible."""
    weights = _weights(problem, adcodes, years)
    low, high = (problem._system.attain(sign * weights) for sign in (1, -1))
    return int((weights * low).sum()), int((weights * high).sum())


def covered(problem: Problem) -> tuple[int, int]:
    """Return the sharp bounds of the number of provinces with at least one project in any year. Raises Infeasible."""
    low, high = (problem._system.cover(sign) for sign in (1, -1))
    return int(low), int(high)


def allocation(
    problem: Problem, adcodes: Iterable[int], years: Iterable[int] | None = None, *, maximise: bool
) -> pd.DataFrame:
    """Return a possible table (rows adcode, columns year) that attains a bound of `group`. Raises Infeasible."""
    weights = _weights(problem, adcodes, years)
    return _table(problem, problem._system.attain(-weights if maximise else weights))


def extremes(problem: Problem, weights: Mapping[int, int] | pd.Series) -> pd.DataFrame:
    """Return possible totals at which a weighted sum of the totals is least and largest (projects).

    `weights` gives a whole number for each adcode, 0 where it is left out; scale and round other numbers first,
    because the optimum is proven in integers. Index adcode, columns lower and upper: the totals at either end. Raises
    Infeasible, and ValueError for a weight that is not whole or belongs to no province of the problem.
    """
    factors = pd.Series(weights)
    for code in set(factors.index) - set(problem.provinces):
        raise ValueError(f"weights: adcode {code} is not in the table of projects; leave it out or add the province")
    for code, factor in factors[factors % 1 != 0].items():
        raise ValueError(f"weights: adcode {code}, value {factor} is not a whole number; scale and round the weights")
    factors = factors.reindex(problem.provinces, fill_value=0).to_numpy(dtype=int)
    cost = np.repeat(factors[:, None], len(problem.years), axis=1)
    ends = {end: problem._system.attain(sign * cost).sum(axis=1) for end, sign in (("lower", 1), ("upper", -1))}
    return pd.DataFrame(ends, index=pd.Index(problem.provinces, name="adcode"))


def allocation_of_totals(problem: Problem, totals: pd.Series) -> pd.DataFrame:
    """Return a possible table (rows adcode, columns year) with these totals (index adcode).

    Raises ValueError if there is none.
    """
    system = problem._system
    pinned = totals.reindex(problem.provinces).to_numpy()
    table = system.search(limits=system.within(pinned, pinned))
    if table is None:
        raise ValueError("no possible table has these totals; take totals given by concentration or allocation")
    return _table(problem, table)


def cr5(counts: np.ndarray) -> float:
    """Return the share of the five largest counts, between 0 and 1."""
    counts = np.sort(np.asarray(counts, dtype=float))
    return float(counts[-5:].sum() / counts.sum())


def hhi(counts: np.ndarray) -> float:
    """Return the Herfindahl-Hirschman index, the sum of squared shares: 1/n for equal counts, 1 for a single holder."""
    shares = np.asarray(counts, dtype=float) / np.sum(counts)
    return float((shares**2).sum())


def gini(counts: np.ndarray) -> float:
    """Return the Gini coefficient of the population: mean absolute difference of all pairs over twice the mean."""
    counts = np.sort(np.asarray(counts, dtype=float))
    n = len(counts)
    return float(((2 * np.arange(1, n + 1) - n - 1) * counts).sum() / (n * counts.sum()))


def theil(counts: np.ndarray) -> float:
    """Return Theil's T, the mean of (x / mean) ln(x / mean), 0 ln 0 = 0: 0 for equal counts, ln n for one holder."""
    ratios = np.asarray(counts, dtype=float) / np.mean(counts)
    return float((ratios * np.log(np.where(ratios > 0, ratios, 1))).mean())


def lorenz(problem: Problem) -> pd.DataFrame:
    """Return the region in which the Lorenz curve of the totals lies: provinces, lower, upper (shares of all projects).

    Row k bounds the share of the k provinces with the fewest projects. Each bound is sharp by itself: k provinces hold
    least where the others hold most, and these largest and least sums are those that `concentration` starts from. One
    curve need not attain all of them at once. Raises Infeasible.
    """
    sums = {sign: np.r_[0, one.bound.cumsum()][::-1] for sign, one in problem._system.roots.items()}
    whole = sum(problem.batches.values())
    ends = {"lower": 1 - sums[1] / whole, "upper": 1 - sums[-1] / whole}
    return pd.DataFrame({"provinces": np.arange(len(problem.provinces) + 1)} | ends)


INDICES: dict[str, Callable[[np.ndarray], float]] = {"cr5": cr5, "hhi": hhi, "gini": gini, "theil": theil}


def concentration(problem: Problem) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the bounds of the indices of the totals, and totals that attain them.

    The first frame holds index, lower, upper, lower_sharp, upper_sharp; the second index, end ("lower" or "upper"),
    adcode, total. A bound marked sharp is attained by its totals, for which `allocation_of_totals` gives a table. One
    not proven after `BRANCHES` branchings is an outer bound, marked False; its totals are the best ones found. Raises
    Infeasible.

    Idea of the proof. Vector a majorises b if both have the same sum and, for every k, the k largest entries of a sum
    to at least those of b. CR5, HHI, Gini and Theil are Schur-convex: they are at least as large at a as at b.
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
    system = problem._system
    found: dict[str, list[_Extreme]] = {name: [] for name in INDICES}
    for sign, root in system.roots.items():
        for name, index in INDICES.items():
            found[name].append(system.extreme(index, sign, root))
    bounds = pd.DataFrame(
        [(name, low.value, high.value, low.sharp, high.sharp) for name, (low, high) in found.items()],
        columns=["index", "lower", "upper", "lower_sharp", "upper_sharp"],
    )
    attaining = pd.DataFrame(
        [
            (name, end, code, total)
            for name, both in found.items()
            for end, one in zip(("lower", "upper"), both, strict=True)
            for code, total in zip(problem.provinces, one.table.sum(axis=1).tolist(), strict=True)
        ],
        columns=["index", "end", "adcode", "total"],
    )
    return bounds, attaining


def conflict(problem: Problem) -> tuple[str, ...]:
    """Return the smallest conflicting group of constraints by name, empty if a possible table exists.

    Smallest: as few evidence rows as possible, then as few other constraints (batch totals, coverage counts, order
    assumptions) as possible. Method: what a satisfiable group leaves out must be hit by every group in conflict, for
    else that group would be part of a satisfiable one. The lightest group that hits all sets collected so far is
    tried: if it is in conflict, none is lighter; if not, it is grown as far as it stays satisfiable, and what is then
    left out is the next set to hit.
    """
    most = sum(problem.batches.values()) + int(problem.evidence["lower"].sum()) + len(problem.years)
    system = _System(problem, most)
    names = [name for name in dict.fromkeys(system.names) if name]
    ids = set(problem.evidence["evidence_id"])
    weights = np.array([len(names) if name in ids else 1 for name in names])
    nearest = {"value": lambda table: system.misses(table).sum(), "extra": system.slacks()}

    def satisfied(wanted: set[str], **goal) -> set[str] | None:
        table = system.search(limits=system.only(wanted), **goal)
        if table is None:
            return None
        return set(names) - {name for name, miss in zip(system.names, system.misses(table), strict=True) if miss}

    if satisfied(set(names)) is not None:
        return ()
    to_hit: list[list[bool]] = []
    while True:
        chosen = _lightest_hitting_set(weights, to_hit)
        tried = {name for name, taken in zip(names, chosen, strict=True) if taken}
        grown = satisfied(tried, **nearest)
        if grown is None:
            return tuple(name for name in names if name in tried)
        for name in names:
            if name not in grown:
                grown |= satisfied(grown | {name}) or set()
        to_hit.append([name not in grown for name in names])


def _lightest_hitting_set(weights: np.ndarray, to_hit: list[list[bool]]) -> np.ndarray:
    if not to_hit:
        return np.zeros(len(weights), dtype=bool)
    hits = LinearConstraint(np.array(to_hit, dtype=float), lb=1)
    return milp(weights, integrality=1, bounds=Bounds(0, 1), constraints=hits, options={"mip_rel_gap": 0}).x > 0.5


def _weights(problem: Problem, adcodes: Iterable[int], years: Iterable[int] | None) -> np.ndarray:
    """Return a table with 1 in the cells of `adcodes` and `years` and 0 elsewhere."""
    adcodes, years = list(adcodes), list(problem.years if years is None else years)
    for kind, wanted, there in (("adcode", adcodes, problem.provinces), ("year", years, problem.years)):
        for code in set(wanted) - set(there):
            raise ValueError(f"{kind} {code}: not in the table of projects; choose among {', '.join(map(str, there))}")
    return np.outer(np.isin(problem.provinces, adcodes), np.isin(problem.years, years)).astype(int)


def _table(problem: Problem, table: np.ndarray) -> pd.DataFrame:
    rows = pd.Index(problem.provinces, name="adcode")
    return pd.DataFrame(table, index=rows, columns=pd.Index(problem.years, name="year"))


def _levelled(low: np.ndarray, high: np.ndarray, total: int) -> np.ndarray:
    """Return the least majorised integers between `low` and `high` with this sum: at one level, as far as allowed."""
    sums = np.clip(np.arange(high.max() + 1)[:, None], low, high).sum(axis=1)
    level = np.searchsorted(sums, total, side="right") - 1
    values = np.clip(level, low, high)
    values[np.flatnonzero((values == level) & (high > level))[: total - values.sum()]] += 1
    return values


class _Limits(NamedTuple):
    """Limits of the rows of a system."""

    lower: np.ndarray
    upper: np.ndarray


class _Extra(NamedTuple):
    """Rows over the variables of a system and new ones, and the new ones' upper limits, integrality and cost."""

    matrix: csr_array
    limits: _Limits
    most: np.ndarray
    integer: np.ndarray
    cost: np.ndarray


class _Bracket(NamedTuple):
    """A box of totals, a possible table in it, and a vector below (or above) all possible totals of the box."""

    low: np.ndarray
    high: np.ndarray
    table: np.ndarray
    bound: np.ndarray


class _Extreme(NamedTuple):
    """The end of an index: its value, whether it is attained, and the best table."""

    value: float
    sharp: bool
    table: np.ndarray


class _Rows:
    """Rows under construction."""

    def __init__(self):
        self.names: list[str | None] = []
        self.owners: list[int] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self._entries: list[tuple[float, int, int]] = []

    def add(self, name: str | None, owner: int, entries: dict[int, float], lower: float, upper: float) -> None:
        self._entries += [(value, len(self.names), column) for column, value in entries.items()]
        self.names.append(name)
        self.owners.append(owner)
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self, columns: int) -> csr_array:
        values, rows, places = zip(*self._entries, strict=True)
        return csr_array((values, (rows, places)), shape=(len(self.names), columns), dtype=float)


class _System:
    """The constraints as one sparse matrix.

    Variables: x, province by province and year by year, then one binary z for each covered year and province, with
    z <= x <= most * z. Each row has a name (evidence row or other constraint; None for what defines the variables) and
    an owner (the province if it concerns that one alone, else -1). The last rows are the totals of the provinces, left
    free. Provinces with the same constraints form a class and share their bounds.
    """

    def __init__(self, problem: Problem, most: int | None = None):
        self.problem = problem
        self.n, self.m = len(problem.provinces), len(problem.years)
        self.covered = [problem.years.index(year) for year in problem.coverage]
        x = np.arange(self.n * self.m).reshape(self.n, self.m)
        z = x.size + np.arange(len(self.covered) * self.n).reshape(-1, self.n)
        rows = _Rows()

        for j, (year, total) in enumerate(problem.batches.items()):
            rows.add(f"batch {year}", -1, dict.fromkeys(x[:, j], 1), total, total)
        limits = np.tile(np.array(list(problem.batches.values()), dtype=float), (self.n, 1))
        kinds: list[set[tuple]] = [set() for _ in problem.provinces]
        for row in problem.evidence.itertuples():
            i = problem.provinces.index(row.adcode)
            js = [j for j, year in enumerate(problem.years) if row.period_start <= year <= row.period_end]
            upper = np.inf if pd.isna(row.upper) else row.upper
            rows.add(row.evidence_id, i, dict.fromkeys(x[i, js], 1), row.lower, upper)
            limits[i, js] = np.minimum(limits[i, js], upper)
            kinds[i].add((tuple(js), row.lower, upper))
        if most is not None:
            limits[:] = most

        leaders = [problem.provinces.index(code) for code in problem.leaders]
        others = [i for i in range(self.n) if i not in leaders]
        pairs = [("leaders_largest", pair) for pair in product(leaders, others) if problem.leaders_largest]
        pairs += [("leaders_descending", pair) for pair in pairwise(leaders) if problem.leaders_descending]
        for name, (a, b) in pairs:
            rows.add(name, -1, dict.fromkeys(x[a], 1) | dict.fromkeys(x[b], -1), 0, np.inf)
        for c, j in enumerate(self.covered):
            count = problem.coverage[problem.years[j]]
            rows.add(f"coverage {problem.years[j]}", -1, dict.fromkeys(z[c], 1), count, count)
            for i in range(self.n):
                rows.add(None, i, {x[i, j]: 1, z[c, i]: -1}, 0, np.inf)
                rows.add(None, i, {x[i, j]: 1, z[c, i]: -limits[i, j]}, -np.inf, 0)
        for i in range(self.n):
            rows.add(None, i, dict.fromkeys(x[i], 1), 0, np.inf)

        self.names, self.owners = rows.names, np.array(rows.owners)
        self.matrix = rows.matrix(x.size + z.size)
        self.limits = _Limits(np.array(rows.lower, dtype=float), np.array(rows.upper, dtype=float))
        self.most = np.concatenate([limits.ravel(), np.ones(z.size)])
        self.variable_owners = np.concatenate([np.repeat(range(self.n), self.m), np.tile(range(self.n), len(z))])
        self.known: list[np.ndarray] = []
        self.classes: dict[tuple, list[int]] = {}
        for i, kind in enumerate(kinds):
            place = -1 if i in others else leaders.index(i) if problem.leaders_descending else 0
            self.classes.setdefault((frozenset(kind), place), []).append(i)

    def within(self, low: np.ndarray, high: np.ndarray) -> _Limits:
        """Return the limits of the rows with the totals of the provinces kept between `low` and `high`."""
        return _Limits(np.r_[self.limits.lower[: -self.n], low], np.r_[self.limits.upper[: -self.n], high])

    def only(self, names: set[str]) -> _Limits:
        """Return the limits of the rows with every named constraint off that is not among `names`."""
        off = [name is not None and name not in names for name in self.names]
        return _Limits(np.where(off, -np.inf, self.limits.lower), np.where(off, np.inf, self.limits.upper))

    def misses(self, table: np.ndarray, limits: _Limits | None = None) -> np.ndarray:
        """Return by how much a table misses the limits of each row."""
        lower, upper = limits or self.limits
        values = self.matrix @ np.r_[table.ravel(), (table[:, self.covered] > 0).T.ravel()]
        return np.maximum(lower - values, 0) + np.maximum(values - upper, 0)

    def slacks(self) -> _Extra:
        """Return the rows that make cost the sum of all misses, of lower and of upper limits."""
        slack, free = eye_array(len(self.names)), np.full(len(self.names), np.inf)
        matrix = block_array([[self.matrix, slack, None], [self.matrix, None, -slack]], format="csr")
        limits = _Limits(np.r_[self.limits.lower, -free], np.r_[free, self.limits.upper])
        most = np.r_[free, free]
        return _Extra(matrix, limits, most, integer=np.zeros(most.size), cost=np.ones(most.size))

    def search(
        self,
        cost: np.ndarray | None = None,
        value: Callable[[np.ndarray], float] = lambda table: 0,
        limits: _Limits | None = None,
        extra: _Extra | None = None,
        known: Sequence[np.ndarray] = (),
    ) -> np.ndarray | None:
        """Return a possible table of the least integer `value`, None if no table is possible.

        `cost`, with the cost of `extra`, is the linear form of `value`. A lower bound of the value comes from the
        limits of the cells, then from the linear relaxation, then from the integer programme; a table, known or just
        found, that attains it ends the search. Every table returned has been checked in integers against all rows.
        """
        limits = limits or self.limits
        cost = np.zeros(self.n * self.m) if cost is None else cost.ravel()

        def first_attaining(bound: float, tables: Iterable[np.ndarray]) -> np.ndarray | None:
            fitting = (table for table in tables if value(table) <= bound and not self.misses(table, limits).any())
            return next(fitting, None)

        if extra is None and (table := first_attaining(cost.clip(max=0) @ self.most[: cost.size], known)) is not None:
            return table
        for integer in (False, True):
            result = self._solve(cost, limits, extra, integer)
            if result.status == 2:
                return None
            if not result.success:
                raise RuntimeError(f"the solver gave up: {result.message}")
            found = np.rint(result.x[: cost.size]).astype(int).reshape(self.n, self.m)
            table = first_attaining(np.ceil(result.fun - SOLVER_TOLERANCE), [found, *known])
            if table is not None:
                return table
        raise RuntimeError("the solver's table does not attain its own bound")

    def _solve(self, cost: np.ndarray, limits: _Limits, extra: _Extra | None, integer: bool) -> OptimizeResult:
        matrix, most, whole = self.matrix, self.most, np.ones(self.most.size)
        cost = np.r_[cost, np.zeros(most.size - cost.size)]
        if extra is not None:
            matrix = vstack([hstack([matrix, csr_array((matrix.shape[0], extra.cost.size))]), extra.matrix])
            limits = _Limits(*(np.r_[own, more] for own, more in zip(limits, extra.limits, strict=True)))
            most, whole, cost = np.r_[most, extra.most], np.r_[whole, extra.integer], np.r_[cost, extra.cost]
        return milp(
            cost,
            integrality=whole if integer else None,
            bounds=Bounds(0, most),
            constraints=LinearConstraint(matrix, *limits),
            options={"mip_rel_gap": 0},
        )

    def attain(self, weights: np.ndarray) -> np.ndarray:
        """Return a possible table of the least weighted sum of cells. Raises Infeasible."""
        return self._possible(self.search(weights, lambda table: (weights * table).sum()))

    def _possible(self, table: np.ndarray | None) -> np.ndarray:
        if table is None:
            names, ids = conflict(self.problem), set(self.problem.evidence["evidence_id"])
            raise Infeasible(tuple(n for n in names if n in ids), tuple(n for n in names if n not in ids))
        return table

    def _ends(self, js: list[int]) -> np.ndarray:
        """Return the sharp bounds (row 0 lower, row 1 upper) of each province's sum over the years at `js`."""
        ends = np.empty((2, self.n), dtype=int)
        for members in self.classes.values():
            for end, sign in enumerate((1, -1)):
                weights = np.zeros((self.n, self.m), dtype=int)
                weights[members[0], js] = sign

                def value(table: np.ndarray, members=members, sign=sign) -> int:
                    return (sign * table[np.ix_(members, js)].sum(axis=1)).min()

                table = self._possible(self.search(weights, value, known=self.known))
                if not any(table is one for one in self.known):
                    self.known.append(table)
                ends[end, members] = sign * value(table)
        return ends

    @cached_property
    def cell_bounds(self) -> np.ndarray:
        """The sharp bounds of the cells: lower and upper, province, year."""
        return np.stack([self._ends([j]) for j in range(self.m)], axis=2)

    @cached_property
    def total_bounds(self) -> np.ndarray:
        """The sharp bounds of the totals: lower and upper, province."""
        return self._ends(list(range(self.m)))

    @cached_property
    def roots(self) -> dict[int, _Bracket]:
        """What majorisation says of all possible totals: from below (-1) and from above (1), largest first."""
        below, above = (self.bracket(sign, *self.total_bounds) for sign in (-1, 1))
        return {-1: below._replace(bound=np.sort(below.bound)[::-1]), 1: above}

    def cover(self, sign: int) -> int:
        """Return the least (sign 1) or largest (-1) number of provinces with a project; a binary marks each."""
        size = self.most.size
        choose = csr_array((np.ones(size), (np.arange(size), self.variable_owners)), shape=(size, self.n))
        blocks = [[eye_array(size), -choose.multiply(self.most[:, None])], [-self.matrix[-self.n :], eye_array(self.n)]]
        matrix = block_array(blocks, format="csr")
        limits = _Limits(np.full(size + self.n, -np.inf), np.zeros(size + self.n))
        extra = _Extra(matrix, limits, np.ones(self.n), np.ones(self.n), cost=np.full(self.n, sign))

        def value(table: np.ndarray) -> int:
            return sign * (table.sum(axis=1) > 0).sum()

        return sign * value(self._possible(self.search(None, value, extra=extra)))

    def bracket(self, sign: int, low: np.ndarray, high: np.ndarray) -> _Bracket | None:
        """Return what majorisation says of the possible totals in a box (sign -1: from below, 1: from above).

        None if the box holds no possible totals. The table has the totals of the bound, in some order, if one can.
        """
        limits = self.within(low, high)
        table = self._climb(limits) if sign > 0 else self.search(limits=limits)
        if table is None:
            return None
        if sign < 0:
            level = _levelled(low, high, table.sum())
            if (exact := self._arranged(level, table, limits)) is not None:
                return _Bracket(low, high, exact, level)
        bound = self._profile(sign, table, limits)
        exact = self._arranged(bound, table, limits)
        return _Bracket(low, high, table if exact is None else exact, bound)

    def _profile(self, sign: int, table: np.ndarray, limits: _Limits) -> np.ndarray:
        """Return the steps between the least (sign -1) or largest (1) possible sums of the 1, 2, ... largest totals.

        Least sums rise in ever smaller steps; largest ones need not, but then the k largest steps only exceed them.
        """
        sums = [0]
        for k, extra in enumerate(self._selections(limits) if sign > 0 else self._excesses(), start=1):

            def value(t: np.ndarray, k=k) -> int:
                return -sign * np.sort(t.sum(axis=1))[-k:].sum()

            sums.append(-sign * value(self.search(None, value, limits, extra, known=[table])))
        return np.diff([*sums, table.sum()])

    def _arranged(self, values: np.ndarray, table: np.ndarray, limits: _Limits) -> np.ndarray | None:
        """Return a possible table whose totals are these values in any order, None if there is none."""
        values = np.sort(values)

        def distance(t: np.ndarray) -> int:
            return np.abs(np.sort(t.sum(axis=1)) - values).sum()

        if not distance(table):
            return table
        kinds, counts = np.unique(values, return_counts=True)
        blocks = [
            [self.matrix[-self.n :], kron(eye_array(self.n), -kinds[None])],
            [None, kron(eye_array(self.n), np.ones((1, kinds.size)))],
            [None, kron(np.ones((1, self.n)), eye_array(kinds.size))],
        ]
        right = np.r_[np.zeros(self.n), np.ones(self.n), counts]
        most = np.ones(self.n * kinds.size)
        extra = _Extra(block_array(blocks, format="csr"), _Limits(right, right), most, integer=most, cost=0 * most)
        return self.search(None, distance, limits, extra)

    def _climb(self, limits: _Limits) -> np.ndarray | None:
        """Return a possible table with a large Gini: weigh provinces by rank and re-rank them while it rises."""
        table, order = None, np.lexsort((limits.lower[-self.n :], limits.upper[-self.n :]))[::-1]
        while True:
            weights = np.zeros((self.n, self.m), dtype=int)
            weights[order] = -np.arange(self.n, 0, -1)[:, None]
            better = self.search(weights, lambda t, w=weights: (w * t).sum(), limits)
            if better is None or (table is not None and gini(better.sum(axis=1)) <= gini(table.sum(axis=1))):
                return table
            table = better
            order = order[np.argsort(-table.sum(axis=1)[order], kind="stable")]

    def _excesses(self) -> Iterator[_Extra]:
        """Yield, for k = 1, 2, ..., the rows that make cost the sum of the k largest totals.

        It is the least k * t + (excess of each total over t), with the level t as the first new variable.
        """
        excess = block_array([[self.matrix[-self.n :], -np.ones((self.n, 1)), -eye_array(self.n)]], format="csr")
        limits = _Limits(np.full(self.n, -np.inf), np.zeros(self.n))
        most, integer = np.full(1 + self.n, np.inf), np.zeros(1 + self.n)
        for k in range(1, self.n):
            yield _Extra(excess, limits, most, integer, cost=np.r_[k, np.ones(self.n)])

    def _selections(self, limits: _Limits) -> Iterator[_Extra]:
        """Yield, for k = 1, 2, ..., the rows that make -cost the sum of k chosen provinces.

        s chooses provinces, y = s * x takes their part of the table. For every row lower <= a x <= upper of one
        province, lower * s <= a y <= upper * s and lower * (1 - s) <= a (x - y) <= upper * (1 - s): the tight linear
        form of a choice between two polyhedra (Balas, disjunctive programming).
        """
        local, size = self.owners >= 0, len(self.most)
        matrix = vstack([self.matrix[local], eye_array(size)], format="csr")
        lower, upper = np.r_[limits.lower[local], np.zeros(size)], np.r_[limits.upper[local], self.most]
        owners = np.r_[self.owners[local], self.variable_owners]
        blocks, tops = [], []
        for bound, outward in ((lower, -1), (upper, 1)):
            used = np.isfinite(bound)
            a, b = outward * matrix[used], outward * bound[used]
            chosen = csr_array((b, (np.arange(b.size), owners[used])), shape=(b.size, self.n))
            blocks.append(block_array([[None, a, -chosen], [a, -a, chosen]], format="csr"))
            tops += [np.zeros(b.size), b]
        blocks.append(csr_array(np.r_[np.zeros(2 * size), np.ones(self.n)][None]))
        matrix, top = vstack(blocks, format="csr"), np.concatenate(tops)
        most, integer = np.r_[self.most, np.ones(self.n)], np.r_[np.zeros(size), np.ones(self.n)]
        cost = np.r_[np.full(self.n * self.m, -1), np.zeros(size + self.n - self.n * self.m)]
        for k in range(1, self.n):
            yield _Extra(matrix, _Limits(np.r_[np.full(top.size, -np.inf), k], np.r_[top, k]), most, integer, cost)

    def extreme(self, index: Callable[[np.ndarray], float], sign: int, root: _Bracket) -> _Extreme:
        """Return the least (sign -1) or largest (sign 1) value of an index by branch and bound."""

        def worth(totals: np.ndarray) -> float:
            return sign * index(totals)

        best, number, branches = root.table, count(), 0
        queue = [(-worth(root.bound), next(number), root)]
        while queue and -queue[0][0] > worth(best.sum(axis=1)) + INDEX_TOLERANCE:
            if branches == BRANCHES:
                return _Extreme(-sign * queue[0][0], False, best)
            branches += 1
            low, high = heapq.heappop(queue)[2][:2]
            widest = np.arange(self.n) == np.argmax(high - low)
            middle = (low + high) // 2
            for half in ((low, np.where(widest, middle, high)), (np.where(widest, middle + 1, low), high)):
                if (node := self.bracket(sign, *half)) is not None:
                    best = max(best, node.table, key=lambda table: worth(table.sum(axis=1)))
                    heapq.heappush(queue, (-worth(node.bound), next(number), node))
        return _Extreme(index(best.sum(axis=1)), True, best)
