"""What the samples hold: countries, years, gaps, country-years over 90 per cent, inflation, the rise since 2007."""

import pandas as pd

from compendium.base.texts import catalogue
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.rules import Judged, Part, count_items, missing, parts, recomputed
from study import results
from study.judgements.ladder import holds, ladder, moved_by, used
from study.judgements.registry import judges

text = catalogue("study/sample")
WARS = ((1914, 1918), (1939, 1945))
FIRST_FULL = 1880  # from here on most countries have both series
CENTRE = ("US", "UK", "Ireland", "Spain")


@judges("Q05")
def inflation(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Median inflation by class of debt has no direction, where the sheet has it; for the other countries unknown."""
    found = used(data, "postwar").dropna(subset=["inflation_pct"])
    if found.empty:
        return missing("parts")
    each = found.pivot_table(index="country", columns="debt_class", values="inflation_pct", aggfunc="median")
    classes = each.median().reindex(results.CLASSES)
    way = classes.is_monotonic_increasing or classes.is_monotonic_decreasing
    reason = text(
        "inflation", countries=len(each), all=len(data("countries")), **dict(zip("abcd", classes, strict=True))
    )
    return moved_by(holds([not way, None], found), found, "inflation_pct").told(reason)


@judges("Q08")
def soaring(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Debt rose in most countries of the sheet from 2007 to 2009, and more than elsewhere where the crisis began."""
    first, last = int(claim["year_start"]), int(claim["year_end"])
    found = data("country_years").dropna(subset=["debt_gdp_pct"])
    found = found[found["year"].isin([first, last])]
    wide = found.pivot(index="country", columns="year", values="debt_gdp_pct").reindex(columns=[first, last]).dropna()
    if wide.empty:
        return missing("parts")
    rise = wide[last] - wide[first]
    centre = rise.index.isin(CENTRE)
    said = [bool((rise > 0).mean() > 0.5), bool(rise[centre].mean() > rise[~centre].mean())]
    reason = text(
        "soaring", up=int((rise > 0).sum()), all=len(rise), centre=rise[centre].mean(), rest=rise[~centre].mean()
    )
    return moved_by(holds(said, found), found[found["year"] == last], "debt_gdp_pct").told(reason)


@judges("Q10")
def centuries(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The years that the sheet spans."""
    found = data("country_years")
    if found.empty:
        return missing("recomputed")
    span = int(found["year"].max() - found["year"].min() + 1)
    return moved_by(recomputed(claim, span, found), found[:0]).told(text("span", years=span))


@judges("Q36")
def gaps(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The share of country-years without both numbers is larger in the war years than in any other time."""
    found = used(data, "long")
    found = found[found["year"] >= FIRST_FULL]
    years = pd.Series(range(FIRST_FULL, int(claim["year_end"]) + 1))
    missing_share = 1 - found.groupby("year")["country"].nunique().reindex(years, fill_value=0) / len(data("countries"))
    war = pd.Series([any(a <= y <= b for a, b in WARS) for y in years], index=years)
    inside, outside = missing_share[war.to_numpy()].mean(), missing_share[~war.to_numpy()].mean()
    judged = recomputed(claim, bool(inside > outside), found)
    return moved_by(judged, found[:0]).told(text("gaps", war=100 * inside, peace=100 * outside))


@judges("Q37", "Q38")
def period(claim: pd.Series, data: EvidenceTables) -> Judged:
    """First and last year of a sample."""
    found = data("country_years")
    found = found[found["postwar"]] if claim["claim_id"] == "Q38" else found
    if found.empty:
        return missing("recomputed")
    ends = [int(found["year"].min()), int(found["year"].max())]
    return moved_by(recomputed(claim, ends, found), found[:0]).told(text("period", first=ends[0], last=ends[1]))


@judges("Q39")
def number_of_countries(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The sheet has as many countries as the paper says; the formula reached fewer."""
    names, found = data("countries"), used(data, "postwar")
    reached = int(names["in_formula"].sum())
    said = [found["country"].nunique() == claim["value_low"], reached == claim["value_low"]]
    reason = text("countries", all=found["country"].nunique(), reached=reached)
    return moved_by(parts([Part(said[0], found), Part(said[1], names)]), found[:0]).told(reason)


judges("Q40")(count_items)


@judges("Q41")
def high_debt(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Country-years over 90 per cent: in the sheet, without the years left out, and as averaged."""
    found, names = used(data, "postwar", "over_90"), data("countries")
    kept = found[~results.left_out(found, data, "postwar")]
    whole, own = len(found), len(kept)
    slipped = int(kept["country"].isin(names.loc[names["in_formula"], "country"]).sum())
    reason = text("high", whole=whole, own=own, slipped=slipped)
    return moved_by(ladder(claim, whole, own, slipped, found), found, "debt_gdp_pct").told(reason)
