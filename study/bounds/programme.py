"""The constraints as an integer programme: rows, search, sharp bounds, smallest conflicts."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import block_array, csr_array, eye_array, hstack, vstack

from study.bounds.constraints import CountProblem, InfeasibleProblemError
from study.bounds.solver import MixedIntegerProgramme, RowLimits

SOLVER_TOLERANCE = 1e-6
NODES = 10  # of a search that may be cut: what is known of the projects now takes one


class NodeLimitError(Exception):
    """A search took too many nodes; the argument is a lower bound of what was sought."""


@lru_cache(maxsize=256)
def find_smallest_conflict(problem: CountProblem) -> tuple[str, ...]:
    """Return the smallest conflicting group of constraints by name, empty if a possible table exists.

    Smallest: as few evidence rows as possible, then as few other constraints (batch totals, coverage counts, order
    assumptions) as possible. Method: what a satisfiable group leaves out must be hit by every group in conflict, for
    else that group would be part of a satisfiable one. The lightest group that hits all sets collected so far is
    tried: if it is in conflict, none is lighter; if not, of the tables that obey it the one is found that disobeys the
    fewest constraints, and these are the next set to hit.
    """
    most = sum(problem.batches.values()) + int(problem.evidence["lower"].sum()) + len(problem.years)
    system = ConstraintSystem(problem, most)
    names = [name for name in dict.fromkeys(system.names) if name]
    ids = set(problem.evidence["evidence_id"])
    weights = np.array([len(names) if name in ids else 1 for name in names])
    leave = system.leaving(names)

    def left_out(table: np.ndarray) -> set[str | None]:
        return {name for name, miss in zip(system.names, system.misses(table), strict=True) if miss}

    to_hit: list[list[bool]] = []
    while True:
        chosen = _lightest_hitting_set(weights, to_hit)
        tried = {name for name, taken in zip(names, chosen, strict=True) if taken}
        table = system.search(None, lambda table: len(left_out(table)), system.only(tried), leave)
        if table is None:
            return tuple(name for name in names if name in tried)
        if not (left := left_out(table)):
            return ()
        to_hit.append([name in left for name in names])


def _lightest_hitting_set(weights: np.ndarray, to_hit: list[list[bool]]) -> np.ndarray:
    if not to_hit:
        return np.zeros(len(weights), dtype=bool)
    hits, one = csr_array(np.array(to_hit, dtype=float)), np.ones(len(weights))
    at_least = RowLimits(np.ones(len(to_hit)), np.full(len(to_hit), np.inf))
    found = MixedIntegerProgramme(hits, one, integer=one).whole(weights, at_least)
    if found is None:
        raise RuntimeError("nothing hits all sets, though all together do: a fault of the solver")
    return found.values > 0.5


class ExtraConstraints(NamedTuple):
    """Rows over the variables of a system and new ones, and the new ones' upper limits, integrality and cost."""

    matrix: csr_array
    limits: RowLimits
    most: np.ndarray
    integer: np.ndarray
    cost: np.ndarray


class ConstraintSystem:
    """The constraints as one sparse matrix.

    Variables: x, province by province and year by year, then one binary z for each covered year and province, with
    z <= x <= most * z. Each row has a name (evidence row or other constraint; None for what defines the variables) and
    an owner (the province if it concerns that one alone, else -1). The last rows are the totals of the provinces, left
    free. Provinces with the same constraints form a class and share their bounds.
    """

    def __init__(self, problem: CountProblem, most: int | None = None):
        self.problem = problem
        self.n, self.m = len(problem.provinces), len(problem.years)
        self.covered = [problem.years.index(year) for year in problem.coverage]
        x = np.arange(self.n * self.m).reshape(self.n, self.m)
        z = x.size + np.arange(len(self.covered) * self.n).reshape(-1, self.n)
        rows: list[tuple[str | None, int, dict[int, float], float, float]] = []  # name, owner, entries, limits

        for j, (year, total) in enumerate(problem.batches.items()):
            rows.append((f"batch {year}", -1, dict.fromkeys(x[:, j], 1), total, total))
        limits = np.tile(np.array(list(problem.batches.values()), dtype=float), (self.n, 1))
        kinds: list[set[tuple]] = [set() for _ in problem.provinces]
        for row in problem.evidence.itertuples():
            i = problem.provinces.index(row.adcode)
            js = [j for j, year in enumerate(problem.years) if row.period_start <= year <= row.period_end]
            upper = np.inf if pd.isna(row.upper) else row.upper
            rows.append((row.evidence_id, i, dict.fromkeys(x[i, js], 1), row.lower, upper))
            limits[i, js] = np.minimum(limits[i, js], upper)
            kinds[i].add((tuple(js), row.lower, upper))
        if most is not None:
            limits[:] = most

        leaders = [problem.provinces.index(code) for code in problem.leaders]
        others = [i for i in range(self.n) if i not in leaders]
        pairs = [("leaders_largest", pair) for pair in product(leaders, others) if problem.leaders_largest]
        pairs += [("leaders_descending", pair) for pair in pairwise(leaders) if problem.leaders_descending]
        for name, (a, b) in pairs:
            rows.append((name, -1, dict.fromkeys(x[a], 1) | dict.fromkeys(x[b], -1), 0, np.inf))
        for c, j in enumerate(self.covered):
            count = problem.coverage[problem.years[j]]
            rows.append((f"coverage {problem.years[j]}", -1, dict.fromkeys(z[c], 1), count, count))
            for i in range(self.n):
                rows.append((None, i, {x[i, j]: 1, z[c, i]: -1}, 0, np.inf))
                rows.append((None, i, {x[i, j]: 1, z[c, i]: -limits[i, j]}, -np.inf, 0))
        rows += [(None, i, dict.fromkeys(x[i], 1), 0, np.inf) for i in range(self.n)]

        names, owners, entries, lower, upper = zip(*rows, strict=True)
        self.names, self.owners = list(names), np.array(owners)
        cells = [(value, row, column) for row, held in enumerate(entries) for column, value in held.items()]
        values, lines, columns = zip(*cells, strict=True)
        self.matrix = csr_array((values, (lines, columns)), shape=(len(rows), x.size + z.size), dtype=float)
        self.limits = RowLimits(np.array(lower, dtype=float), np.array(upper, dtype=float))
        self.most = np.concatenate([limits.ravel(), np.ones(z.size)])
        self.variable_owners = np.concatenate([np.repeat(range(self.n), self.m), np.tile(range(self.n), len(z))])
        self.known: list[np.ndarray] = []
        self.classes: dict[tuple, list[int]] = {}
        for i, kind in enumerate(kinds):
            place = -1 if i in others else leaders.index(i) if problem.leaders_descending else 0
            self.classes.setdefault((frozenset(kind), place), []).append(i)

    def within(self, low: np.ndarray, high: np.ndarray) -> RowLimits:
        """Return the limits of the rows with the totals of the provinces kept between `low` and `high`."""
        return RowLimits(np.r_[self.limits.lower[: -self.n], low], np.r_[self.limits.upper[: -self.n], high])

    def only(self, names: set[str]) -> RowLimits:
        """Return the limits of the rows with every named constraint off that is not among `names`."""
        off = [name is not None and name not in names for name in self.names]
        return RowLimits(np.where(off, -np.inf, self.limits.lower), np.where(off, np.inf, self.limits.upper))

    def misses(self, table: np.ndarray, limits: RowLimits | None = None) -> np.ndarray:
        """Return by how much a table misses the limits of each row."""
        lower, upper = limits or self.limits
        values = self.matrix @ np.r_[table.ravel(), (table[:, self.covered] > 0).T.ravel()]
        return np.maximum(lower - values, 0) + np.maximum(values - upper, 0)

    def leaving(self, names: Sequence[str]) -> ExtraConstraints:
        """Return the rows that make cost the number of named constraints left out; a binary leaves each out."""
        named = [row for row, name in enumerate(self.names) if name]
        matrix, (lower, upper) = self.matrix[named], (ends[named] for ends in self.limits)
        least, largest = matrix.minimum(0) @ self.most, matrix.maximum(0) @ self.most
        places = np.arange(len(named)), [names.index(self.names[row]) for row in named]
        blocks = []
        for reach in (np.maximum(lower - least, 0), -np.maximum(largest - upper, 0)):
            leave = csr_array((np.where(np.isfinite(reach), reach, 0), places), shape=(len(named), len(names)))
            blocks.append([matrix, leave])
        free, one = np.full(len(named), np.inf), np.ones(len(names))
        limits = RowLimits(np.r_[lower, -free], np.r_[free, upper])
        return ExtraConstraints(block_array(blocks, format="csr"), limits, most=one, integer=one, cost=one)

    def search(
        self,
        cost: np.ndarray | None = None,
        value: Callable[[np.ndarray], float] = lambda table: 0,
        limits: RowLimits | None = None,
        extra: ExtraConstraints | None = None,
        known: Sequence[np.ndarray] | None = None,
        nodes: int | None = None,
    ) -> np.ndarray | None:
        """Return a possible table of the least integer `value`, None if no table is possible.

        `cost`, with the cost of `extra`, is the linear form of `value`. A lower bound of the value comes from the
        limits of the cells, then from the linear relaxation, then from the integer programme; a table, known or just
        found, that attains it ends the search. Every table returned has been checked in integers against all rows.
        Which of several is returned depends on nothing else, unless tables are `known`: then it is the one found first.
        Raises CutShort, with the lower bound, where more than `nodes` nodes are needed.
        """
        limits = limits or self.limits
        tables = known or ()
        cost = np.zeros(self.n * self.m) if cost is None else cost.ravel()

        def first_attaining(bound: float, tables: Iterable[np.ndarray]) -> np.ndarray | None:
            fitting = (table for table in tables if value(table) <= bound and not self.misses(table, limits).any())
            return next(fitting, None)

        if extra is None and (table := first_attaining(cost.clip(max=0) @ self.most[: cost.size], tables)) is not None:
            return table
        programme, costs, ends = self._extended(cost, limits, extra)
        for integer in (False, True):
            found = (
                programme.whole(costs, ends, nodes) if integer else programme.relaxed(costs, ends, afresh=known is None)
            )
            if found is None:
                return None
            own = np.rint(found.values[: self.n * self.m]).astype(int).reshape(self.n, self.m)
            bound = np.ceil(found.cost - SOLVER_TOLERANCE)
            if (table := first_attaining(bound, [own, *tables])) is not None:
                return table
            if found.cut:
                raise NodeLimitError(bound)
        raise RuntimeError("the solver's table does not attain its own bound")

    @cached_property
    def programme(self) -> MixedIntegerProgramme:
        """The rows, without any extra ones, as HiGHS takes them."""
        return MixedIntegerProgramme(self.matrix, self.most, np.ones(self.most.size))

    def _extended(
        self, cost: np.ndarray, limits: RowLimits, extra: ExtraConstraints | None
    ) -> tuple[MixedIntegerProgramme, np.ndarray, RowLimits]:
        cost = np.r_[cost, np.zeros(self.most.size - cost.size)]
        if extra is None:
            return self.programme, cost, limits
        matrix = vstack([hstack([self.matrix, csr_array((self.matrix.shape[0], extra.cost.size))]), extra.matrix])
        limits = RowLimits(*(np.r_[own, more] for own, more in zip(limits, extra.limits, strict=True)))
        integer = np.r_[np.ones(self.most.size), extra.integer]
        return MixedIntegerProgramme(matrix, np.r_[self.most, extra.most], integer), np.r_[cost, extra.cost], limits

    def attain(self, weights: np.ndarray) -> np.ndarray:
        """Return a possible table of the least weighted sum of cells. Raises Infeasible.

        No known table is taken: which one is shown must not depend on what was asked before.
        """
        return self.possible(self.search(weights, lambda table: (weights * table).sum()))

    def least(self, weights: np.ndarray) -> int:
        """Return the least weighted sum of cells. Raises Infeasible."""

        def value(table: np.ndarray) -> int:
            return int((weights * table).sum())

        return value(self._attaining(weights, value))

    def _attaining(self, weights: np.ndarray, value: Callable[[np.ndarray], float]) -> np.ndarray:
        """Return a possible table of the least `value`, one known if there is one, and know it from then on."""
        table = self.possible(self.search(weights, value, known=self.known))
        if not any(table is one for one in self.known):
            self.known.append(table)
        return table

    def possible(self, table: np.ndarray | None) -> np.ndarray:
        """Return a table that was found; raise Infeasible, with the smallest conflict, if there is none."""
        if table is None:
            names, ids = find_smallest_conflict(self.problem), set(self.problem.evidence["evidence_id"])
            if not names:
                raise RuntimeError("the solver finds no table, though no constraints conflict: a fault of the solver")
            raise InfeasibleProblemError(tuple(n for n in names if n in ids), tuple(n for n in names if n not in ids))
        return table

    @cached_property
    def total_bounds(self) -> np.ndarray:
        """The sharp bounds of the totals of the provinces: lower, then upper."""
        ends = np.empty((2, self.n), dtype=int)
        for members in self.classes.values():
            for end, sign in enumerate((1, -1)):
                weights = np.zeros((self.n, self.m), dtype=int)
                weights[members[0]] = sign

                def value(table: np.ndarray, members=members, sign=sign) -> int:
                    return (sign * table[members].sum(axis=1)).min()

                ends[end, members] = sign * value(self._attaining(weights, value))
        return ends

    def cover(self, sign: int) -> int:
        """Return the least (sign 1) or largest (-1) number of provinces with a project; a binary marks each."""
        size = self.most.size
        choose = csr_array((np.ones(size), (np.arange(size), self.variable_owners)), shape=(size, self.n))
        blocks = [[eye_array(size), -choose.multiply(self.most[:, None])], [-self.matrix[-self.n :], eye_array(self.n)]]
        matrix = block_array(blocks, format="csr")
        limits = RowLimits(np.full(size + self.n, -np.inf), np.zeros(size + self.n))
        extra = ExtraConstraints(matrix, limits, np.ones(self.n), np.ones(self.n), cost=np.full(self.n, sign))

        def value(table: np.ndarray) -> int:
            return sign * (table.sum(axis=1) > 0).sum()

        return sign * value(self.possible(self.search(None, value, extra=extra)))
