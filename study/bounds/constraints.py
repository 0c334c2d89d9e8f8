"""The constraints on the table of projects by province and year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

TABLE = "pilot_province_evidence"
TIERS = (1, 2, 3, 4, 5)


class InfeasibleProblemError(ValueError):
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
class CountProblem:
    """The constraints on the table, equal to others that say the same; build it with `build_project_count_problem`.

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

    def __post_init__(self) -> None:
        """Refuse assumptions on leaders that are none, or that are not among the provinces."""
        if (self.leaders_largest or self.leaders_descending) and not self.leaders:
            raise ValueError("leaders is empty: an assumption on the leaders needs their adcodes in printed order")
        for code in set(self.leaders) - set(self.provinces):
            raise ValueError(f"leaders: adcode {code} is not among the provinces")

    @cached_property
    def _content(self) -> tuple:
        rows = self.evidence.astype(object).where(self.evidence.notna(), None)
        tables = (self.batches.items(), self.coverage.items(), rows.itertuples(index=False, name=None))
        assumed = self.leaders, self.leaders_largest, self.leaders_descending
        return self.provinces, *map(tuple, tables), *assumed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CountProblem) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the table, ascending."""
        return tuple(self.batches)


def build_project_count_problem(
    evidence: pd.DataFrame,
    batches: Mapping[int, int] | pd.Series,
    coverage: Mapping[int, int] | pd.Series,
    provinces: Iterable[int],
    tier: int,
    leaders: Iterable[int] = (),
    leaders_largest: bool = False,
    leaders_descending: bool = False,
) -> CountProblem:
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
    for year in set(coverage) - set(batches):
        raise ValueError(f"coverage: year {year} has no batch; add its total or leave the year out")

    rows = evidence[evidence["tier"] <= tier]
    for row in rows.itertuples():
        if row.adcode not in provinces:
            told = f"{TABLE}: row {row.evidence_id}, adcode {row.adcode}"
            raise ValueError(f"{told}: not among the provinces; correct it")
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
    return CountProblem(provinces, batches, rows, coverage, leaders, leaders_largest, leaders_descending)
