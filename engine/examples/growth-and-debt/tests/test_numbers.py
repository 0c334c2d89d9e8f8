"""The numbers by a second route: the standard library alone, against the critique's tables and the study."""

import csv
import statistics
from collections import defaultdict
from pathlib import Path

import pytest

from compendium.compendium import Compendium
from compendium.ledger import gate
from compendium.ledger.evidence import EvidenceTables

ROOT = Path(__file__).parent.parent
RAW, HERE = ROOT / "data" / "raw", Compendium(ROOT, ROOT)
[results] = gate.import_study_modules(HERE, "results")
LOOSE = {
    ("long", "up_to_30"),
    ("long", "from_30_to_60"),
}  # with all rows: the critique used another file


def table(name):
    with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def left_out(country, year, sample, reasons):
    return any(
        country == span["country"] and int(span["first_year"]) <= year <= int(span["last_year"])
        for span in table("left_out_years")
        if span["sample"] in (sample, "both") and span["reason"] in reasons
    )


def growth(sample, statistic, weights, countries, years, transcribed):
    """Growth by class of debt, without pandas and without the study."""
    reached = {row["country"] for row in table("countries") if row["in_formula"] == "true"}
    stated = ("war", "series") if sample == "long" else ()
    reasons = (*stated, "not_stated") if years == "as_published" else stated
    found = defaultdict(lambda: defaultdict(list))
    for row in table("country_years"):
        year, first = int(row["year"]), 1946 if sample == "postwar" else 1790
        if not row["growth_pct"] or not row["debt_gdp_pct"] or not first <= year <= 2009:
            continue
        if (sample == "postwar" and row["postwar"] != "true") or left_out(row["country"], year, sample, reasons):
            continue
        if countries == "all" or row["country"] in reached:
            place = sum(float(row["debt_gdp_pct"]) > edge for edge in (30, 60, 90))
            found[results.CLASSES[place]][row["country"]].append(float(row["growth_pct"]))
    take = {"mean": statistics.fmean, "median": statistics.median}[statistic]
    each = {name: {country: take(own) for country, own in rows.items()} for name, rows in found.items()}
    for slip in table("transcription") if transcribed else ():
        each[slip["debt_class"]][slip["country"]] = float(slip["as_entered"])
    if weights == "countries":
        return {name: take(own.values()) for name, own in each.items()}
    return {name: take([value for own in rows.values() for value in own]) for name, rows in found.items()}


WAYS = sorted(
    {
        tuple(row[name] for name in ("sample", "statistic", "weights", "countries", "years", "transcribed"))
        for row in table("critique")
    }
)


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_the_critique_prints_what_two_routes_compute(way):
    sample, statistic, weights, countries, years, transcribed = way
    choices = (sample, countries, years, weights, statistic, transcribed == "true")
    own, second = results.growth(EvidenceTables(HERE), *choices), growth(*way[:-1], transcribed == "true")
    assert own.to_dict() == pytest.approx(second)
    names = ("sample", "statistic", "weights", "countries", "years", "transcribed")
    for row in table("critique"):
        if tuple(row[name] for name in names) != way:
            continue
        near = abs(second[row["debt_class"]] - float(row["growth_pct"])) <= 0.0501
        loose = (sample, row["debt_class"]) in LOOSE and (weights, countries, years) == ("years", "all", "all")
        assert near != loose, row


def test_a_number_that_is_an_outlier_would_be_seen():
    """One more point of growth in a single row of the highest class moves its mean by more than the rounding."""
    whole = results.growth(EvidenceTables(HERE))["over_90"]
    country = results.by_country(EvidenceTables(HERE), "postwar", "all", "all")["over_90"].dropna()
    assert abs(whole - country.mean()) < 1e-9 and len(country) == 10
