"""The projects by province and year: what is known of the table, what follows for single provinces.

The table is not known; `collect_project_evidence` collects what constrains it. A list of the ministry that is complete
gives the counts of its year and replaces whatever else is said of that year.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change, drop_paper_based_rows, join_rows
from study.bounds import programme, regional
from study.bounds.constraints import CountProblem, build_project_count_problem

TIER = 3
PERIOD = "Q24"  # the claim whose years are those of the table
EVIDENCE = "pilot_province_evidence"


@dataclass(frozen=True)
class ProjectEvidence:
    """What is known of the table of projects.

    Attributes:
        problem: the constraints, free of contradictions.
        lists, evidence, batches, coverage: the raw rows behind them, each with the name of its constraint.
        aside: names of the constraints left out since they contradict others.
        missing: years whose list is not complete.
    """

    problem: CountProblem
    lists: pd.DataFrame
    evidence: pd.DataFrame
    batches: pd.DataFrame
    coverage: pd.DataFrame
    aside: tuple[str, ...]
    missing: tuple[int, ...]

    @property
    def rows(self) -> pd.DataFrame:
        """All raw rows."""
        return join_rows([self.lists, self.evidence, self.batches, self.coverage])

    @property
    def whole(self) -> int:
        """The projects of all years."""
        return sum(self.problem.batches.values())

    def without(self, rows: pd.DataFrame) -> CountProblem:
        """Return the constraints without those of some rows of evidence."""
        evidence = self.problem.evidence
        kept = evidence[~evidence["evidence_id"].isin(rows["evidence_id"])]
        return replace(self.problem, evidence=kept.reset_index(drop=True))

    @property
    def assuming(self) -> pd.DataFrame:
        """The rows of evidence that take an undated count, or an order of provinces, for more than it says."""
        return self.evidence[self.evidence["assumes"].ne("")]


@cache_until_tables_change
def select_study_provinces(data: EvidenceTables) -> pd.DataFrame:
    """Return the provinces of the study by adcode."""
    rows = data("provinces")
    return rows[rows["in_study"]].set_index("adcode")


def list_claim_provinces(claim_id: str, data: EvidenceTables) -> list[int]:
    """Return the adcodes of the provinces that the paper names for a claim, as ordered."""
    items, codes = data("claim_items"), select_study_provinces(data).reset_index().set_index("province_zh")["adcode"]
    items = items[items["claim_id"] == claim_id].sort_values("position", kind="stable")
    return codes.reindex(items["item_zh"]).dropna().astype(int).tolist()


@cache_until_tables_change
def list_projects_on_full_lists(data: EvidenceTables) -> pd.DataFrame:
    """Return the projects on final lists that are complete, with the year of the list."""
    lists = data("pilot_lists")
    lists = lists[lists["complete"] & (lists["stage"] == "final")].set_index("list_id")
    rows = drop_paper_based_rows(data("pilot_projects"))
    rows = rows[rows["list_id"].isin(lists.index)]
    return rows.assign(year=rows["list_id"].map(lists["year"]).astype(int))


@cache_until_tables_change
def select_batch_sizes(data: EvidenceTables) -> pd.DataFrame:
    """Return the preferred row of each batch, outside the paper."""
    rows = drop_paper_based_rows(data("pilot_batches"))
    return rows[rows["preferred"]].drop_duplicates("year").sort_values("year", kind="stable")


@cache_until_tables_change
def select_batch_province_counts(data: EvidenceTables) -> pd.DataFrame:
    """Return for each batch the row that prints its number of provinces, the preferred one if there are several."""
    rows = (
        drop_paper_based_rows(data("pilot_batches")).dropna(subset="provinces").sort_values("preferred", kind="stable")
    )
    return rows.drop_duplicates("year", keep="last").sort_values("year", kind="stable")


def crosstab_projects(data: EvidenceTables, project_rows: pd.DataFrame) -> pd.DataFrame:
    """Return the projects on complete lists, as `list_projects_on_full_lists` gives them, by province (rows) and year
    (columns)."""
    provinces = select_study_provinces(data).index
    found = pd.crosstab(project_rows["adcode"], project_rows["year"]) if len(project_rows) else pd.DataFrame()
    return found.reindex(provinces, fill_value=0)


def collect_project_evidence(
    data: EvidenceTables, tier: int = TIER, years: Iterable[int] | None = None, independent: bool = True
) -> ProjectEvidence | None:
    """Collect what is known of the projects by province and year; None if a year has neither a list nor a size.

    Args:
        data: the tables.
        tier: the tier up to which evidence is used.
        years: years of the table; default: those of the paper that have a batch.
        independent: leave out the paper, what leans on it, and rows computed from other rows, which say nothing new.
    """
    lists = list_projects_on_full_lists(data)
    given = crosstab_projects(data, lists)
    batch, cover = (
        rows[~rows["year"].isin(given.columns)]
        for rows in (select_batch_sizes(data), select_batch_province_counts(data))
    )
    totals = pd.concat([batch.set_index("year")["projects"], given.sum()]).astype(int).sort_index()
    first, last = data.claim(PERIOD)[["year_start", "year_end"]]
    years = list(totals.loc[first:last].index if years is None else years)
    if not years or not set(years) <= set(totals.index):
        return None
    batch, cover, lists = (rows[rows["year"].isin(years)] for rows in (batch, cover, lists))
    given, totals = given[[year for year in given if year in years]], totals[years]
    evidence = data("pilot_province_evidence")
    told = drop_paper_based_rows(evidence)
    firm = told[told["leans_on"].ne("other_row")]
    soft = set(evidence["evidence_id"]) - set(firm["evidence_id"])
    evidence = firm if independent else evidence
    spans = [set(range(r.period_start, r.period_end + 1)) for r in evidence.itertuples()]
    fits = np.array([bool(span <= set(years) and span - set(given)) for span in spans], dtype=bool)
    evidence = evidence[fits & (evidence["tier"] <= tier)]
    exact = [
        (f"list {year} {code}", code, year, year, number, number, "project", 1)
        for year, column in given.items()
        for code, number in column.items()
    ]
    columns = ["evidence_id", "adcode", "period_start", "period_end", "lower", "upper", "counts", "tier"]
    every = pd.concat([evidence[columns], pd.DataFrame(exact, columns=columns)]) if exact else evidence
    cover = cover if tier >= 3 else cover.head(0)
    covered = cover.set_index("year")["provinces"].astype(int)
    problem, aside = drop_conflicting_constraints(
        build_project_count_problem(every, totals, covered, given.index, tier), soft
    )
    frames = (
        lists.assign(constraint=[f"list {r.year} {r.adcode}" for r in lists.itertuples()]),
        evidence.assign(constraint=evidence["evidence_id"]),
        batch.assign(constraint=[f"batch {year}" for year in batch["year"]]),
        cover.assign(constraint=[f"coverage {year}" for year in cover["year"]]),
    )
    lists, evidence, batch, cover = (frame[~frame["constraint"].isin(aside)] for frame in frames)
    return ProjectEvidence(
        problem, lists, evidence, batch, cover, aside, tuple(year for year in years if year not in given)
    )


def drop_conflicting_constraints(problem: CountProblem, drop_first: set[str]) -> tuple[CountProblem, tuple[str, ...]]:
    """Return a problem without the constraints that contradict others, and their names.

    Of a contradicting group, `drop_first` rows yield first, those of the paper and those computed from others; then all
    other rows of evidence but the lists; then the numbers of provinces.
    """
    aside: list[str] = []
    while not regional.is_feasible(problem):
        group = programme.find_smallest_conflict(problem)
        rows = [name for name in group if name in set(problem.evidence["evidence_id"]) and not name.startswith("list ")]
        first = [name for name in rows if name in drop_first]
        yielding = (first, rows, [n for n in group if n.startswith("coverage ")])
        aside += next(names for names in yielding if names)
        problem = replace(
            problem,
            evidence=problem.evidence[~problem.evidence["evidence_id"].isin(aside)].reset_index(drop=True),
            coverage={year: n for year, n in problem.coverage.items() if f"coverage {year}" not in aside},
        )
    return problem, tuple(aside)


def add_total_bounds(
    problem: CountProblem, adcodes: Iterable[int], lower: int = 0, upper: int | None = None
) -> CountProblem:
    """Return a problem in which each of some provinces has a total from `lower` to `upper` as well."""
    rows = pd.DataFrame({"adcode": list(adcodes)}).assign(
        evidence_id=lambda t: [f"said of {code}" for code in t["adcode"]],
        period_start=problem.years[0],
        period_end=problem.years[-1],
        lower=pd.array([lower], dtype="Int64")[0],
        upper=pd.array([upper], dtype="Int64")[0],
    )
    rows = rows.astype({"lower": "Int64", "upper": "Int64"})
    return replace(problem, evidence=pd.concat([problem.evidence, rows[problem.evidence.columns]], ignore_index=True))


def add_leaders_largest(problem: CountProblem, leaders: Iterable[int]) -> CountProblem:
    """Return a problem in which each of the leaders has at least as many projects as every other province."""
    return replace(problem, leaders=tuple(leaders), leaders_largest=True)


def maximise_common_minimum(problem: CountProblem, adcodes: list[int]) -> int:
    """Return the largest number that all of some provinces can reach at once."""
    low, high = 0, sum(problem.batches.values()) // len(adcodes)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if regional.is_feasible(problem, dict.fromkeys(adcodes, middle)) else (low, middle - 1)
        )
    return low


def is_difference_at_least(problem: CountProblem, first_adcode: int, second_adcode: int, minimum: int) -> bool:
    """Tell whether in no possible table the total of `first_adcode` less that of `second_adcode` is under `minimum`."""
    return regional.minimise_weighted_total(problem, {first_adcode: 1, second_adcode: -1}) >= minimum


def compute_lower_bounds(problem: CountProblem, adcodes: Iterable[int]) -> pd.Series:
    """Return the lower bounds of some provinces."""
    return pd.Series({code: regional.minimise_weighted_total(problem, {code: 1}) for code in adcodes})


def find_strongest_rival(problem: CountProblem, leaders: list[int]) -> tuple[int, list[int]]:
    """Return the province outside the leaders that is sure of most in the last year, and the leaders it equals then."""
    last, rows = problem.years[-1], problem.evidence.fillna({"upper": max(problem.batches.values())})
    rows = rows[rows["period_start"] == last].groupby("adcode").agg({"lower": "max", "upper": "min"})
    rows = rows.reindex(problem.provinces).fillna({"lower": 0, "upper": problem.batches[last]}).astype(int)
    rival = rows.drop(leaders)["lower"].idxmax()
    return rival, [code for code in leaders if rows.at[code, "upper"] <= rows.at[rival, "lower"]]
