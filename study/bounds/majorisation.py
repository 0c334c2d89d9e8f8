"""Sharp bounds of concentration indices: majorisation, then branch and bound."""

import heapq
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import count
from typing import NamedTuple

import numpy as np
from scipy.sparse import block_array, csr_array, eye_array, kron, vstack

from study.bounds.inequality import compute_gini
from study.bounds.programme import NODES, ConstraintSystem, ExtraConstraints, NodeLimitError, RowLimits

BRANCHES = 200
INDEX_TOLERANCE = 1e-12


def _levelled(low: np.ndarray, high: np.ndarray, total: int) -> np.ndarray:
    """Return the least majorised integers between `low` and `high` with this sum: at one level, as far as allowed."""
    sums = np.clip(np.arange(high.max() + 1)[:, None], low, high).sum(axis=1)
    level = int(np.searchsorted(sums, total, side="right")) - 1
    values = np.clip(level, low, high)
    values[np.flatnonzero((values == level) & (high > level))[: total - values.sum()]] += 1
    return values


class MajorisationBracket(NamedTuple):
    """A box of totals, a possible table in it, and a vector below (or above) all possible totals of the box.

    Where a search for the vector was `cut`, it lies further out than it need.
    """

    low: np.ndarray
    high: np.ndarray
    table: np.ndarray
    bound: np.ndarray
    cut: bool = False


class IndexBound(NamedTuple):
    """The end of an index: its value, whether it is attained, and the best table."""

    value: float
    sharp: bool
    table: np.ndarray


class MajorisationSolver(ConstraintSystem):
    """The constraints, and what majorisation says of the totals of the provinces under them."""

    @cached_property
    def roots(self) -> dict[int, MajorisationBracket]:
        """What majorisation says of all possible totals: from below (-1) and from above (1), largest first."""
        found = {sign: bracket for sign in (-1, 1) if (bracket := self.bracket(sign, *self.total_bounds))}
        return found | {-1: found[-1]._replace(bound=np.sort(found[-1].bound)[::-1])}

    def bracket(self, sign: int, low: np.ndarray, high: np.ndarray) -> MajorisationBracket | None:
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
                return MajorisationBracket(low, high, exact, level)
        bound, cut = self._profile(sign, table, limits)
        if cut and sign < 0:  # bounds of the least sums need not rise in ever smaller steps
            bound = level
        exact = None if cut else self._arranged(bound, table, limits)
        return MajorisationBracket(low, high, table if exact is None else exact, bound, cut)

    def _profile(self, sign: int, table: np.ndarray, limits: RowLimits) -> tuple[np.ndarray, bool]:
        """Return the steps between the least (sign -1) or largest (1) possible sums of the 1, 2, ... largest totals.

        Least sums rise in ever smaller steps; largest ones need not, but then the k largest steps only exceed them.
        Where a search takes too long, a bound of the sum is taken, and True is returned beside the steps.
        """
        sums, cut = [0], False
        for k, extra in enumerate(self._selections(limits) if sign > 0 else self._excesses(), start=1):

            def value(t: np.ndarray, k=k) -> int:
                return -sign * np.sort(t.sum(axis=1))[-k:].sum()

            try:
                found = value(self.possible(self.search(None, value, limits, extra, [table], NODES)))
            except NodeLimitError as short:
                found, cut = int(short.args[0]), True
            sums.append(-sign * found)
        return np.diff([*sums, table.sum()]), cut

    def _arranged(self, values: np.ndarray, table: np.ndarray, limits: RowLimits) -> np.ndarray | None:
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
        extra = ExtraConstraints(
            block_array(blocks, format="csr"), RowLimits(right, right), most, integer=most, cost=0 * most
        )
        try:
            return self.search(None, distance, limits, extra, nodes=NODES)
        except NodeLimitError:
            return None

    def _climb(self, limits: RowLimits) -> np.ndarray | None:
        """Return a possible table with a large Gini: weigh provinces by rank and re-rank them while it rises."""
        table, order = None, np.lexsort((limits.lower[-self.n :], limits.upper[-self.n :]))[::-1]
        while True:
            weights = np.zeros((self.n, self.m), dtype=int)
            weights[order] = -np.arange(self.n, 0, -1)[:, None]

            def value(t: np.ndarray, weights=weights) -> int:
                return (weights * t).sum()

            better = self.search(weights, value, limits)
            if better is None or (
                table is not None and compute_gini(better.sum(axis=1)) <= compute_gini(table.sum(axis=1))
            ):
                return table
            table = better
            order = order[np.argsort(-table.sum(axis=1)[order], kind="stable")]

    def _excesses(self) -> Iterator[ExtraConstraints]:
        """Yield, for k = 1, 2, ..., the rows that make cost the sum of the k largest totals.

        It is the least k * t + (excess of each total over t), with the level t as the first new variable.
        """
        excess = block_array([[self.matrix[-self.n :], -np.ones((self.n, 1)), -eye_array(self.n)]], format="csr")
        limits = RowLimits(np.full(self.n, -np.inf), np.zeros(self.n))
        most, integer = np.full(1 + self.n, np.inf), np.zeros(1 + self.n)
        for k in range(1, self.n):
            yield ExtraConstraints(excess, limits, most, integer, cost=np.r_[k, np.ones(self.n)])

    def _selections(self, limits: RowLimits) -> Iterator[ExtraConstraints]:
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
            yield ExtraConstraints(
                matrix, RowLimits(np.r_[np.full(top.size, -np.inf), k], np.r_[top, k]), most, integer, cost
            )

    def extreme(self, index: Callable[[np.ndarray], float], sign: int, root: MajorisationBracket) -> IndexBound:
        """Return the least (sign -1) or largest (sign 1) value of an index by branch and bound."""

        def worth(totals: np.ndarray) -> float:
            return sign * index(totals)

        best, number, branches = root.table, count(), 0
        queue = [(-worth(root.bound), next(number), root)]
        while queue and -queue[0][0] > worth(best.sum(axis=1)) + INDEX_TOLERANCE:
            if branches == BRANCHES or queue[0][2].cut:
                return IndexBound(-sign * queue[0][0], False, best)
            branches += 1
            low, high = heapq.heappop(queue)[2][:2]
            widest = np.arange(self.n) == np.argmax(high - low)
            middle = (low + high) // 2
            for half in ((low, np.where(widest, middle, high)), (np.where(widest, middle + 1, low), high)):
                if (node := self.bracket(sign, *half)) is not None:
                    best = max(best, node.table, key=lambda table: worth(table.sum(axis=1)))
                    heapq.heappush(queue, (-worth(node.bound), next(number), node))
        return IndexBound(index(best.sum(axis=1)), True, best)
