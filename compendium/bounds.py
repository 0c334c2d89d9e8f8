"""What published facts say about the province by year table of pilot projects: sharp bounds, never invented counts.

The unknown is a table of integers x[province, year] >= 0. Batch totals fix the sum of every year, evidence rows bound the
sum of one province over a period, coverage counts fix how many provinces have a project in a year. Every table that obeys
them is possible; the bounds here are attained by such a table, and the functions can show it.

Method: integer programming (HiGHS through scipy) for sums, majorisation for concentration indices, minimal hitting sets
for contradictions. Majorisation: Marshall, Olkin and Arnold, Inequalities: Theory of Majorization and Its Applications;
decreasing minimisation on integer sets: Frank and Murota.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, isotonic_regression, milp
from scipy.sparse import block_array, csr_array, eye_array, vstack

TABLE = "pilot_province_evidence"
TIERS = (1, 2, 3, 4)
BRANCHES = 200
TOLERANCE = 1e-6


class Infeasible(ValueError):
    """No table obeys all constraints; the message names the smallest conflicting group.

    Attributes: `evidence_ids`, the evidence rows of the group, and `others`, the further constraints in it by name
    ("batch 2018", "coverage 2017", "leaders_largest", "leaders_descending").
    """

    def __init__(self, evidence_ids: tuple[str, ...], others: tuple[str, ...]):
        self.evidence_ids, self.others = evidence_ids, others
        rows = f"rows {', '.join(evidence_ids)} of {TABLE}" if evidence_ids else f"no row of {TABLE}"
        beside = f" and {', '.join(others)}" if others else ""
        super().__init__(
            f"{rows}{beside} contradict each other: no table of projects obeys them all; "
            "correct one of them, choose a lower tier or drop an assumption"
        )

    def __reduce__(self):
        return type(self), (self.evidence_ids, self.others)


@dataclass(frozen=True, eq=False)
class Problem:
    """The constraints on the table; build it with `problem`.

    `provinces`: adcodes; `batches`: year -> projects; `evidence`: the rows in use (evidence_id, adcode, period_start,
    period_end, lower, upper; upper missing if there is none); `coverage`: year -> provinces with at least one project;
    `leaders`: adcodes in printed order; `leaders_largest`: each leader's total is at least that of every other province;
    `leaders_descending`: the leaders' totals do not rise along the printed order.
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


def tiers(evidence: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """Return the tier from which each evidence row is used, on the index of `evidence`.

    1: the paper; 2: sources of grade A; 3: grades B and C; 4: rows that are only partly seen, and counts of enterprises,
    whatever the source.
    """
    grade = evidence["source_id"].map(sources.set_index("source_id")["grade"])
    for row in evidence[grade.isna()].head(1).itertuples():
        raise ValueError(f"{TABLE}: row {row.evidence_id}, source_id {row.source_id!r} has no grade in sources; add it there")
    weak = (evidence["basis"] == "seen_partial") | (evidence["counts"] == "enterprise")
    tier = np.select([weak, evidence["source_id"] == "paper", grade == "A"], [4, 1, 2], default=3)
    return pd.Series(tier, index=evidence.index, name="tier")


def problem(
    evidence: pd.DataFrame,
    sources: pd.DataFrame,
    batches: Mapping[int, int] | pd.Series,
    coverage: Mapping[int, int] | pd.Series,
    provinces: Iterable[int],
    tier: int,
    leaders: Sequence[int] = (),
    leaders_largest: bool = False,
    leaders_descending: bool = False,
) -> Problem:
    """Collect the constraints of a tier.

    `evidence` and `sources` are the raw tables, `batches` maps each year to its number of projects, `coverage` maps years
    to the number of provinces with at least one project (used from tier 3), `provinces` lists the adcodes of the table.
    A count of enterprises bounds projects only from below, so its upper bound is ignored. Raises ValueError for an unknown
    tier, source, province, year or leader.
    """
    if tier not in TIERS:
        raise ValueError(f"evidence tier {tier!r} is not one of {TIERS}")
    provinces = tuple(provinces)
    batches = {int(year): int(total) for year, total in sorted(batches.items())}
    coverage = {int(year): int(count) for year, count in sorted(coverage.items())} if tier >= 3 else {}
    leaders = tuple(leaders)
    if (leaders_largest or leaders_descending) and not leaders:
        raise ValueError("an assumption on the leaders needs their adcodes in printed order; leaders is empty")
    if strangers := [code for code in leaders if code not in provinces]:
        raise ValueError(f"leaders: adcode {strangers[0]} is not among the provinces")
    if strangers := [year for year in coverage if year not in batches]:
        raise ValueError(f"coverage: year {strangers[0]} has no batch; add its total to pilot_batches")

    rows = evidence.loc[tiers(evidence, sources) <= tier]
    for row in rows.itertuples():
        if row.adcode not in provinces:
            raise ValueError(f"{TABLE}: row {row.evidence_id}, adcode {row.adcode} is not among the provinces")
        if not (row.period_start in batches and row.period_end in batches and row.period_start <= row.period_end):
            raise ValueError(
                f"{TABLE}: row {row.evidence_id}, period {row.period_start}-{row.period_end} does not start and end in "
                f"the years of the batches ({', '.join(map(str, batches))}); correct it or add the batch"
            )
    used = rows[["evidence_id", "adcode", "period_start", "period_end"]].assign(
        lower=pd.to_numeric(rows["lower"]).fillna(0).astype("Int64"),
        upper=pd.to_numeric(rows["upper"]).where(rows["counts"] != "enterprise").astype("Int64"),
    )
    used = used[(used["lower"] > 0) | used["upper"].notna()].reset_index(drop=True)
    return Problem(provinces, batches, used, coverage, leaders, leaders_largest, leaders_descending)


class _Extra(NamedTuple):
    """Further variables with their cost, and rows over old and new variables."""

    matrix: csr_array
    lower: np.ndarray
    upper: np.ndarray
    limit: np.ndarray
    integer: np.ndarray
    cost: np.ndarray


class _System:
    """The constraints as one sparse matrix, built once.

    Variables: x, province by province and year by year, then one binary z for each province and covered year, with
    z <= x <= limit * z. Each row has a name (the evidence row or other constraint; None for what defines the variables)
    and an owner (the province if it concerns that one alone, else -1). The last rows are the totals of the provinces,
    free unless a box is given.
    """

    def __init__(self, problem: Problem, limit: int | None = None):
        self.problem = problem
        self.place = {code: i for i, code in enumerate(problem.provinces)}
        self.n, self.m = len(problem.provinces), len(problem.years)
        self.names: list[str | None] = []
        self.owners: list[int] = []
        self._entries: list[tuple[int, int, int]] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        x = np.arange(self.n * self.m).reshape(self.n, self.m)
        z = x.size + np.arange(self.n * len(problem.coverage)).reshape(len(problem.coverage), self.n)

        for j, (year, total) in enumerate(problem.batches.items()):
            self._row(f"batch {year}", -1, {k: 1 for k in x[:, j]}, total, total)
        self.limit = np.tile(np.array(list(problem.batches.values()), dtype=float), (self.n, 1))
        self.classes: dict[tuple, list[int]] = {}
        kinds: list[set] = [set() for _ in problem.provinces]
        for row in problem.evidence.itertuples():
            i = self.place[row.adcode]
            years = [j for j, year in enumerate(problem.years) if row.period_start <= year <= row.period_end]
            upper = np.inf if pd.isna(row.upper) else int(row.upper)
            self._row(row.evidence_id, i, {x[i, j]: 1 for j in years}, int(row.lower), upper)
            self.limit[i, years] = np.minimum(self.limit[i, years], upper)
            kinds[i].add((tuple(years), int(row.lower), upper))
        if limit is not None:
            self.limit[:] = limit
        leaders = [self.place[code] for code in problem.leaders]
        if problem.leaders_largest:
            for high in leaders:
                for low in set(range(self.n)) - set(leaders):
                    self._compare("leaders_largest", x[high], x[low])
        if problem.leaders_descending:
            for high, low in zip(leaders, leaders[1:], strict=False):
                self._compare("leaders_descending", x[high], x[low])
        for i, kind in enumerate(kinds):
            rank = leaders.index(i) if problem.leaders_descending and i in leaders else problem.leaders_largest and i in leaders
            self.classes.setdefault((frozenset(kind), rank), []).append(i)

        for c, (year, count) in enumerate(problem.coverage.items()):
            j = problem.years.index(year)
            self._row(f"coverage {year}", -1, {k: 1 for k in z[c]}, count, count)
            for i in range(self.n):
                self._row(None, i, {x[i, j]: 1, z[c, i]: -1}, 0, np.inf)
                self._row(None, i, {x[i, j]: 1, z[c, i]: -self.limit[i, j]}, -np.inf, 0)
        for i in range(self.n):
            self._row(None, i, {k: 1 for k in x[i]}, 0, np.inf)

        rows, columns, values = zip(*self._entries, strict=True)
        self.size = x.size + z.size
        self.matrix = csr_array((values, (rows, columns)), shape=(len(self.names), self.size), dtype=float)
        self.lower, self.upper = np.array(self._lower, dtype=float), np.array(self._upper, dtype=float)
        self.limits = np.concatenate([self.limit.ravel(), np.ones(z.size)])
        self.plain = self.matrix[:, x.size:].count_nonzero(axis=1) == 0
        self.known: list[np.ndarray] = []

    def _row(self, name: str | None, owner: int, entries: dict[int, int], lower: float, upper: float) -> None:
        self._entries += [(len(self.names), column, value) for column, value in entries.items()]
        self.names.append(name)
        self.owners.append(owner)
        self._lower.append(lower)
        self._upper.append(upper)

    def _compare(self, name: str, high: np.ndarray, low: np.ndarray) -> None:
        self._row(name, -1, {k: 1 for k in high} | {k: -1 for k in low}, 0, np.inf)
