"""Growth by class of debt, as a function of the rows and of each choice that the paper made."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from compendium import CompendiumError
from compendium.ledger.evidence import EvidenceTables

CLASSES = ("up_to_30", "from_30_to_60", "from_60_to_90", "over_90")
EDGES = (0, 30, 60, 90, np.inf)  # a ratio of exactly 30 belongs to the class below
SAMPLES = {"postwar": (1946, 2009), "long": (1790, 2009)}
COUNTRIES, YEARS = ("all", "in_formula"), ("all", "as_published")
WEIGHTS, STATISTICS = ("countries", "years"), ("mean", "median")


def among(name: str, choice: object, allowed: Iterable[object]) -> None:
    """Raise CompendiumError if a choice is none of those allowed."""
    if choice not in (values := list(allowed)):
        raise CompendiumError(f"{name} is {choice!r}. Remedy: use one of {', '.join(map(str, values))}")


def left_out(rows: pd.DataFrame, data: EvidenceTables, sample: str, reason: str = "") -> pd.Series:
    """Return which rows are of the years that the sheet leaves out in a sample, for a reason or for any."""
    found = pd.Series(False, index=rows.index)
    years = data("left_out_years")
    for row in years[years["sample"].isin([sample, "both"]) & years["reason"].str.contains(reason)].itertuples():
        found |= (rows["country"] == row.country) & rows["year"].between(row.first_year, row.last_year)
    return found


def rows(data: EvidenceTables, sample: str = "postwar", countries: str = "all", years: str = "all") -> pd.DataFrame:
    """Return the country-years that have both debt and growth, with their class of debt.

    Args:
        data: the tables.
        sample: `postwar` or `long`, both without the years for which the sheet gives a reason, war or another series.
        countries: `all`, or those `in_formula`, which the range of the formula reached.
        years: `all` that the sheet holds, or `as_published`, without those left out and not explained.
    """
    among("countries", countries, COUNTRIES)
    among("years", years, YEARS)
    return chosen(flagged(data, sample), countries, years)


def flagged(data: EvidenceTables, sample: str) -> pd.DataFrame:
    """Return the country-years of a sample with their class of debt, and whether formula and years took them in."""
    among("sample", sample, SAMPLES)
    found = data("country_years").dropna(subset=["debt_gdp_pct", "growth_pct"])
    found = found[found["year"].between(*SAMPLES[sample])]
    found = found[found["postwar"]] if sample == "postwar" else found[~left_out(found, data, sample, "war|series")]
    names = data("countries")
    return found.assign(
        debt_class=np.array(CLASSES, object)[np.digitize(found["debt_gdp_pct"], EDGES[1:-1], right=True)],
        in_formula=found["country"].isin(names.loc[names["in_formula"], "country"]),
        kept=~left_out(found, data, sample),
    )


def chosen(found: pd.DataFrame, countries: str, years: str) -> pd.DataFrame:
    """Return those of rows with flags that two choices leave."""
    found = found[found["in_formula"]] if countries == "in_formula" else found
    return found[found["kept"]] if years == "as_published" else found


def by_country(
    data: EvidenceTables, sample: str, countries: str, years: str, statistic: str = "mean", transcribed: bool = False
) -> pd.DataFrame:
    """Return mean or median growth in %, one row a country, one column a class of debt; empty where it has no year."""
    among("statistic", statistic, STATISTICS)
    found = rows(data, sample, countries, years)
    wide = found.groupby(["country", "debt_class"])["growth_pct"].agg(statistic).unstack()
    for row in data("transcription").itertuples() if transcribed else ():
        wide.loc[row.country, row.debt_class] = row.as_entered
    return wide.reindex(columns=CLASSES)


def growth(
    data: EvidenceTables,
    sample: str = "postwar",
    countries: str = "all",
    years: str = "all",
    weights: str = "countries",
    statistic: str = "mean",
    transcribed: bool = False,
) -> pd.Series:
    """Return growth in % by class of debt.

    Args:
        data: the tables.
        sample, countries, years: which rows, as in `rows`.
        weights: each of the `countries` counts once, or each of its `years`.
        statistic: `mean` or `median`; with equal countries, that of the countries' own.
        transcribed: whether one country's mean is taken as it was entered by hand.
    """
    among("weights", weights, WEIGHTS)
    if weights == "countries":
        return by_country(data, sample, countries, years, statistic, transcribed).agg(statistic).rename("growth_pct")
    each = rows(data, sample, countries, years)
    return each.groupby("debt_class")["growth_pct"].agg(statistic).reindex(CLASSES)


def published(data: EvidenceTables, sample: str = "postwar", statistic: str = "mean") -> pd.Series:
    """Return growth in % by class of debt, with each choice and each slip as in the authors' sheet."""
    slip = sample == "postwar" and statistic == "mean"
    return growth(data, sample, "in_formula", "as_published", "countries", statistic, slip)


def steps(values: pd.Series) -> pd.Series:
    """Return by how many points growth is lower than in the class below, for the three upper classes."""
    return -values.diff().dropna()


def gap(data: EvidenceTables, sample: str, countries: str, years: str, statistic: str) -> float:
    """Return by how many points growth over 90 % is lower than in all other years, each country counted once."""
    found = rows(data, sample, countries, years)
    high = found["debt_class"] == "over_90"
    own = found.groupby([found["country"], high])["growth_pct"].agg(statistic).unstack().reindex(columns=[False, True])
    return float(own[False].agg(statistic) - own[True].agg(statistic))


def sweep(data: EvidenceTables, sample: str = "postwar", statistic: str = "mean", debt_class: str = "") -> pd.DataFrame:
    """Return growth by class of debt, or in one, for every combination of countries, years and weights."""
    every, found = flagged(data, sample), []
    every = every[every["debt_class"] == debt_class] if debt_class else every
    for countries in COUNTRIES:
        for years in YEARS:
            rows = chosen(every, countries, years)
            each = rows.groupby(["country", "debt_class"])["growth_pct"].agg(statistic)
            values = {"countries": each.groupby("debt_class").agg(statistic)}
            values["years"] = rows.groupby("debt_class")["growth_pct"].agg(statistic)
            found += [{"countries": countries, "years": years, "weights": w, **values[w]} for w in WEIGHTS]
    return pd.DataFrame(found)


def over_90(
    data: EvidenceTables,
    sample: str = "postwar",
    countries: str = "all",
    years: str = "all",
    weights: str = "countries",
    statistic: str = "mean",
    transcribed: bool = False,
) -> float:
    """Return growth in % in the class over 90 %, by each choice as in `growth`."""
    return float(growth(data, sample, countries, years, weights, statistic, transcribed)["over_90"])


def last_step(
    data: EvidenceTables,
    sample: str = "postwar",
    countries: str = "all",
    years: str = "all",
    weights: str = "countries",
    statistic: str = "mean",
    transcribed: bool = False,
) -> float:
    """Return by how many points growth over 90 % is lower than in the class below, by each choice as in `growth`."""
    return float(steps(growth(data, sample, countries, years, weights, statistic, transcribed)).iloc[-1])
