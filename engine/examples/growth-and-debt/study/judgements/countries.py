"""Single countries with debt over 90 per cent: their means, the years behind them, and what the paper says of some."""

import pandas as pd

from compendium.base.texts import catalogue
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.rules import Judged, Part, parts, recomputed
from study import results
from study.judgements.ladder import ladder, moved_by, used
from study.judgements.registry import judges
from study.judgements.threshold import WEAK

text = catalogue("study/countries")
MEANS = dict(
    zip(
        (f"Q{n}" for n in range(44, 51)),
        ("Greece", "Ireland", "Italy", "Japan", "New Zealand", "UK", "US"),
        strict=True,
    )
)
NUMBERS = {"Q51": "New Zealand", "Q52": "UK", "Q53": "US"}
NAMED = ("Australia", "New Zealand")
AFTER_WAR = (1946, 1950)


def of(rows: pd.DataFrame, country: str) -> pd.DataFrame:
    """Return the rows of a country."""
    return rows[rows["country"] == country]


def mean(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Mean growth of a country over 90 per cent."""
    country = MEANS[claim["claim_id"]]

    found = of(used(data, "postwar", "over_90"), country)
    kept = found[~results.left_out(found, data, "postwar")]
    slips = data("transcription")
    entered = slips.loc[slips["country"].eq(country) & slips["debt_class"].eq("over_90"), "as_entered"]
    whole, own = found["growth_pct"].mean(), kept["growth_pct"].mean()
    slipped = own if entered.empty else entered.iloc[0]
    reason = text("mean", whole=whole, own=own, slipped=slipped)
    return moved_by(ladder(claim, whole, own, slipped, found), found).told(reason)


for name in MEANS:
    judges(name)(mean)


@judges(*NUMBERS)
def number(claim: pd.Series, data: EvidenceTables) -> Judged:
    """How many years a country had debt over 90 per cent."""
    country = NUMBERS[claim["claim_id"]]

    found = of(used(data, "postwar", "over_90"), country)
    whole, own = len(found), int((~results.left_out(found, data, "postwar")).sum())
    judged = ladder(claim, whole, own, own, found)
    return moved_by(judged, found, "debt_gdp_pct").told(text("number", whole=whole, own=own))


@judges("Q54")
def one_year(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Growth of New Zealand in one year."""
    found = of(used(data, "postwar"), "New Zealand")
    found = found[found["year"] == claim["year_start"]]
    value = None if found.empty else float(found["growth_pct"].iloc[0])
    return moved_by(recomputed(claim, value, found), found)


@judges("Q35")
def negative(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Which countries have negative mean growth over 90 per cent in the long sample."""
    found = used(data, "long", "over_90")
    means = found.groupby("country")["growth_pct"].mean()
    below = sorted(means[means < 0].index)
    reason = text("negative", countries=", ".join(below), mean=means.min(), n=len(means))
    of_us = of(found, "US")
    return moved_by(recomputed(claim, below == ["US"], found), of_us).told(reason)


@judges("Q42")
def no_loss(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Mean growth of the two countries named, over 90 per cent and in their other years, in the long sample."""
    rows, found, losses, lever = used(data, "long"), [], [], []
    for country in NAMED:
        own = of(rows, country)
        high = own["debt_class"] == "over_90"
        losses.append(own.loc[~high, "growth_pct"].mean() - own.loc[high, "growth_pct"].mean())
        found.append(Part(bool(losses[-1] < WEAK), own))
        lever.append(own[high])
    return moved_by(parts(found), lever[0]).told(text("no-loss", australia=losses[0], zealand=losses[1]))


@judges("Q43")
def clustered(claim: pd.Series, data: EvidenceTables) -> Judged:
    """How many of the years of high debt and high growth of the two countries lie after the Second World War."""
    rows, kept = used(data, "long"), []
    for country in NAMED:
        own = of(rows, country)
        high = own["debt_class"] == "over_90"
        kept.append(own[high & (own["growth_pct"] > own.loc[~high, "growth_pct"].mean())])
    found = pd.concat(kept)
    after = int(found["year"].between(*AFTER_WAR).sum())
    reason = text("clustered", after=after, all=len(found))
    return moved_by(recomputed(claim, bool(2 * after > len(found)), found), found).told(reason)
