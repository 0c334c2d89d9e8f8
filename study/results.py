"""What notebooks compute besides verdicts and a sweep follows: functions of the tables and of the analyst's choices."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from compendium import CompendiumError
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change
from study.analysis import statistics
from study.bounds import placements, regional
from study.bounds.constraints import TIERS, CountProblem
from study.choices import raise_if_not_allowed
from study.judgements import maturity, talent

Ends = tuple[float, float]
MEMBERSHIPS = {"named": "cluster_named", "broad": "cluster_broad"}
AVERAGES = ("OED", "HIC")


# Provinces and clusters


def require_project_evidence(
    data: EvidenceTables, evidence_tier: int = placements.TIER, independent: bool = False
) -> placements.ProjectEvidence:
    """Return what is known of the projects by province and year, with the paper's own figures or independent of them.

    Raises:
        CompendiumError: no such tier, or no year of the paper has a list or a size.
    """
    raise_if_not_allowed("evidence_tier", evidence_tier, TIERS)
    found = placements.collect_project_evidence(data, evidence_tier, independent=independent)
    if found is None:
        raise CompendiumError("pilot_batches: it has no batch of the years of the paper. Remedy: add a row")
    return found


def add_leader_assumptions(
    problem: CountProblem, data: EvidenceTables, leaders_largest: bool = False, leaders_descending: bool = False
) -> CountProblem:
    """Return a problem with what is assumed, if anything, of the five provinces that the paper names as leading."""
    if not (leaders_largest or leaders_descending):
        return problem
    five = tuple(placements.list_claim_provinces("Q26", data))
    return replace(problem, leaders=five, leaders_largest=leaders_largest, leaders_descending=leaders_descending)


def bound_top_five_share(
    data: EvidenceTables,
    evidence_tier: int = placements.TIER,
    leaders_largest: bool = False,
    leaders_descending: bool = False,
) -> Ends:
    """Return the bounds of the share of projects, 0 to 1, that the five provinces with most of them have."""
    problem = add_leader_assumptions(
        require_project_evidence(data, evidence_tier).problem, data, leaders_largest, leaders_descending
    )
    low, high = regional.bound_concentration_index(problem, "cr5")
    return low.value, high.value


def tabulate_concentration_bounds(
    data: EvidenceTables,
    evidence_tier: int = placements.TIER,
    leaders_largest: bool = False,
    leaders_descending: bool = False,
) -> pd.DataFrame:
    """Return the bounds of CR5 and Gini for each tier, and with what is assumed of the five at `evidence_tier`."""
    chosen = (evidence_tier, leaders_largest, leaders_descending)
    rows = []
    for tier, *assumed in dict.fromkeys([*((tier, False, False) for tier in TIERS), chosen]):
        problem = add_leader_assumptions(require_project_evidence(data, tier).problem, data, *assumed)
        for name in ("cr5", "gini"):
            low, high = regional.bound_concentration_index(problem, name)
            rows.append((tier, *assumed, name, low.value, high.value, low.sharp, high.sharp))
    names = ["evidence_tier", "leaders_largest", "leaders_descending", "index"]
    return pd.DataFrame(rows, columns=[*names, "lower", "upper", "lower_sharp", "upper_sharp"])


def select_cluster_membership(data: EvidenceTables, cluster_definition: str = "broad") -> pd.Series:
    """Return the cluster of each province by adcode: the usual one (`broad`), or only where it is `named`."""
    raise_if_not_allowed("cluster_definition", cluster_definition, MEMBERSHIPS)
    return placements.select_study_provinces(data)[MEMBERSHIPS[cluster_definition]]


def name_gdp_column(gdp_vintage: str = "census4") -> str:
    """Return the column of province_covariates that holds a vintage of GDP."""
    raise_if_not_allowed("gdp_vintage", gdp_vintage, ("census4", "census5", "prelim"))
    return f"gdp_{gdp_vintage}_100m_yuan"


def bound_cluster_shares(data: EvidenceTables, use_assumptions: bool = True) -> pd.DataFrame:
    """Return low and high, the bounds of the share of projects (%) by evidence outside the paper, and that of industry.

    Args:
        data: the tables.
        use_assumptions: use rows of evidence that are taken for more than they say.

    Returns:
        One row a cluster in its usual extent, and one, `coast`, for those with a member in the east together.
    """
    facts, provinces = require_project_evidence(data, independent=True), placements.select_study_provinces(data)
    problem = facts.problem if use_assumptions else facts.without(facts.assuming)
    east = provinces["region4"].eq("east") & provinces["cluster_named"].ne("")
    members = provinces.groupby("cluster_broad").groups
    groups = {name: members[name] for name in provinces["cluster_named"].unique() if name}
    groups["coast"] = provinces.index[provinces["cluster_broad"].isin(provinces.loc[east, "cluster_named"])]
    industry = select_province_covariates(data, facts.problem.years[-1])["secondary_va_prelim_100m_yuan"]
    totals = {name: regional.bound_group_total(problem, codes) for name, codes in groups.items()}
    shares = 100 * pd.DataFrame(totals).T / facts.whole
    shares = shares.set_axis(["low", "high"], axis=1)
    return shares.assign(industry=[100 * industry[codes].sum() / industry.sum() for codes in groups.values()])


def select_province_covariates(data: EvidenceTables, last_year: int) -> pd.DataFrame:
    """Return the sizes of the provinces of the study by adcode, of the last year that is not after `last_year`."""
    rows = data("province_covariates").set_index("adcode")
    year = rows.loc[rows["year"] <= last_year, "year"].max()
    return rows[rows["year"] == year].loc[placements.select_study_provinces(data).index]


def bound_and_classify_quotient(low: pd.Series | int, high: pd.Series | int, even_spread: pd.Series | float) -> tuple:
    """Return bounds of projects over what an even spread would give, and whether they are above 1, not above, open."""
    low, high = low / even_spread, high / even_spread
    return low, high, np.select([low > 1, high <= 1], ["above", "not_above"], "open")


def bound_location_quotient(
    cluster: str,
    data: EvidenceTables,
    evidence_tier: int = placements.TIER,
    cluster_definition: str = "broad",
    gdp_vintage: str = "census4",
) -> tuple[Ends, str]:
    """Return the bounds of a cluster's share of projects over its share of GDP, and how they are to be read."""
    view, clusters = require_project_evidence(data, evidence_tier), select_cluster_membership(data, cluster_definition)
    codes = clusters.index[clusters == cluster]
    sizes = select_province_covariates(data, view.problem.years[-1])[name_gdp_column(gdp_vintage)]
    low, high, status = bound_and_classify_quotient(
        *regional.bound_group_total(view.problem, codes), view.whole * sizes[codes].sum() / sizes.sum()
    )
    return (low, high), str(status)


bohai_rim = partial(bound_location_quotient, "bohai_rim")
yangtze_delta = partial(bound_location_quotient, "yangtze_delta")
pearl_delta = partial(bound_location_quotient, "pearl_delta")
central_west = partial(bound_location_quotient, "central_west")


# Maturity


def compute_level_intervals(
    data: EvidenceTables, confidence_level: float = 0.95, interval_method: str = "goodman"
) -> pd.DataFrame:
    """Return year, level_class and what `share_intervals` gives, for each national survey that has all classes."""
    rows = maturity.list_national_shares(data)
    rows = rows[rows["level_class"].isin(maturity.PARTITION) & rows["firms_lower"].notna()]
    whole = rows.groupby(["year", "source_id"])["level_class"].transform("nunique") == len(maturity.PARTITION)
    found = {}
    for year, surveyed in rows[whole].drop_duplicates(["year", "level_class"]).groupby("year"):
        shares, firms = surveyed.set_index("level_class")["share_pct"], int(surveyed["firms_lower"].min())
        found[year] = statistics.compute_share_intervals(shares, firms, confidence_level, interval_method)
    return pd.concat(found, names=["year", "level_class"]).reset_index()


def compute_level_one_interval(
    data: EvidenceTables, confidence_level: float = 0.95, interval_method: str = "goodman"
) -> Ends:
    """Return the interval, in %, of the share at level one and below in the year of the paper's shares."""
    found = compute_level_intervals(data, confidence_level, interval_method).set_index(["year", "level_class"])
    low, high = found.loc[(data.claim("Q42")["year_start"], "le1"), ["lower_pct", "upper_pct"]]
    return low, high


# Talent


def interpolate_talent_demand(data: EvidenceTables) -> pd.Series:
    """Return the demand for talent by year (10,000 people), at constant growth between the years that are printed."""
    printed = talent.tabulate_talent_balance(data)["demand"]
    years = pd.RangeIndex(printed.index[0], printed.index[-1] + 1, name="year")
    return pd.Series(np.geomspace(printed.iloc[0], printed.iloc[-1], len(years)), years)


def compute_talent_gaps(data: EvidenceTables, annual_supply_growth: float = 5.0, stock_year: int = 2020) -> pd.Series:
    """Return the gap by year (10,000 people) if supply is the implied stock in a year and grows by so many % a year."""
    needed, stock = interpolate_talent_demand(data), talent.tabulate_talent_balance(data)["supply"].iloc[0]
    growth = 1 + annual_supply_growth / 100
    supply = stock * growth ** (needed.index[0] - stock_year) * growth ** np.arange(len(needed))
    return (needed - supply).round(6) + 0.0


def compute_talent_gap_2025(data: EvidenceTables, annual_supply_growth: float = 5.0, stock_year: int = 2020) -> float:
    """Return the gap of the last year (10,000 people)."""
    return float(compute_talent_gaps(data, annual_supply_growth, stock_year).iloc[-1])


# Research


@cache_until_tables_change
def compute_revised_rd_intensity(data: EvidenceTables) -> pd.Series:
    """Return R&D over GDP (%) by year as the next bulletin implies: its first print less the rise that it states."""
    bulletins = data("rd_intensity_china").set_index("year")
    later = bulletins[bulletins["stage"] == "bulletin"]
    return (later["first_published_pct"] - later["stated_rise_pp"]).round(6).set_axis(later.index - 1)


@cache_until_tables_change
def compute_distances_to_average(data: EvidenceTables) -> pd.DataFrame:
    """Return china_pct, average_pct, distance_pp and average, one of AVERAGES, by edition and year that have both."""
    pairs = {}
    for name, rows in data("rd_intensity_countries").groupby("vintage", sort=False):
        wide = rows.pivot(index="year", columns="iso3", values="pct")
        average = next((code for code in AVERAGES if code in wide), None)
        if average and "CHN" in wide:
            pair = wide[["CHN", average]].dropna().set_axis(["china_pct", "average_pct"], axis=1)
            pairs[name] = pair.assign(distance_pp=pair["average_pct"] - pair["china_pct"], average=average)
    return pd.concat(pairs, names=["vintage", "year"])


def compute_max_edition_deviations(data: EvidenceTables) -> pd.Series:
    """Return how far China lies from the bulletins at most, in points, in each of the editions with most distances."""
    distance = compute_distances_to_average(data)
    years = distance.groupby("vintage").size()
    apart = distance["china_pct"].sub(compute_revised_rd_intensity(data), level="year").abs().groupby("vintage").max()
    return apart[years.index[years == years.max()]]


def find_average_to_reach(data: EvidenceTables, vintage: str = "oecd_msti_2023_09") -> pd.Series:
    """Return the last row of an edition in `compute_distances_to_average`: the average that China is to reach, named by
    its year.

    Raises:
        CompendiumError: in that edition China and an average never stand together.
    """
    distance = compute_distances_to_average(data)
    usable = list(distance.index.unique("vintage"))
    if vintage not in usable:
        raise CompendiumError(f"vintage is {vintage!r}, without China and an average. Remedy: {', '.join(usable)}")
    return distance.loc[vintage].iloc[-1]


def select_china_rd_intensity(data: EvidenceTables) -> pd.Series:
    """Return R&D over GDP of China (%) by year without gaps, in the edition closest to the bulletins."""
    return statistics.keep_until_first_gap(
        compute_distances_to_average(data).loc[compute_max_edition_deviations(data).idxmin(), "china_pct"]
    )


def bound_rd_crossing_year(
    data: EvidenceTables, vintage: str = "oecd_msti_2023_09", first_year: int = 2010, confidence_level: float = 0.95
) -> Ends:
    """Return the earliest and the latest year in which the trend may reach the last average of an edition."""
    trend = statistics.fit_linear_trend(select_china_rd_intensity(data).loc[first_year:], confidence_level)
    _, earliest, latest = trend.crossing(find_average_to_reach(data, vintage)["average_pct"])
    return earliest, latest
