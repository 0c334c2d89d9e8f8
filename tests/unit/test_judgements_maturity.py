"""The judgements of maturity turn when the rows do: other shares, another sample, values of Figure 2."""

import frozen
import pytest

from compendium.ledger.evidence import Change, Data
from compendium.ledger.flips import nearest
from study.judgements import industry_order, judges, maturity

C = frozen.compendium()
LEVELS, INDUSTRIES = "maturity_levels", "maturity_industries"
FALLING = (88.0, 80.0, 75.0, 70.0, 66.0, 60.0, 52.0, 45.0, 40.0, 31.0)  # made up


@pytest.fixture(scope="module")
def data():
    return Data(C)


def cells(data, table, **wanted):
    """Return the indices of the rows with these cells that do not come from the paper."""
    frame = data(table)
    frame = frame[frame["source_id"] != "paper"]
    return tuple(frame.index[(frame[list(wanted)] == list(wanted.values())).all(axis=1)])


def survey(data, name, share):
    """Return the tables with an outside survey of 2020 that gives this share for a class."""
    row = cells(data, LEVELS, scope="national", year=2020, level_class=name)
    new = (len(data(LEVELS)),)
    return data.having(Change("add", LEVELS, row), Change("set", LEVELS, new, "share_pct", (share,)))


def values(data, numbers):
    """Return the tables with made-up values of the bars of Figure 2."""
    return data.having(Change("set", INDUSTRIES, tuple(industry_order.order(data).index), "value", numbers))


def verdict(claim_id, data):
    return judges.assess(claim_id, data).verdict


def readings(claim_id, data):
    return list(judges.assess(claim_id, data).judged.readings.values())


@pytest.mark.parametrize(("claim_id", "name"), [("Q42", "le1"), *list(maturity.CLASSES.items())[1:]])
def test_an_outside_survey_with_other_shares_turns_the_verdict(data, claim_id, name):
    """Of all manufacturers nothing is known; at level 1 there can be no more firms than at level 1 and below."""
    beside, lowest = survey(data, name, 33.0), name == "le1"
    assert verdict(claim_id, data) == "depends on the reading" != verdict(claim_id, beside)
    assert verdict(claim_id, beside) == ("bounded" if lowest else "open"), "two origins disagree"
    row = cells(data, LEVELS, scope="national", year=2020, level_class=name)
    alone = data.having(Change("set", LEVELS, row, "share_pct", (33.0,)))
    assert verdict(claim_id, alone) == "open"
    assert readings(claim_id, alone) == ["fails", "fails", "open"][not lowest :]


def test_the_lowest_class_is_level_one_only_if_a_row_says_so(data):
    row = cells(data, LEVELS, scope="national", year=2020, level_class="le1")
    assert verdict("Q42", data) == "depends on the reading"
    named = data.having(Change("set", LEVELS, row, "level_class", ("1",)))
    more = data.having(Change("set", LEVELS, row, "share_pct", (85.0,)))
    assert readings("Q42", data) == ["holds", "open", "open"] and readings("Q42", named) == ["holds", "holds", "open"]
    assert verdict("Q42", more) == "open" and readings("Q42", more) == ["fails", "open", "open"]
    assert verdict("Q42", data.having(Change("drop", LEVELS, row))) == "not obtained"


def test_a_smaller_sample_speaks_against_the_number_of_firms_that_were_assessed(data):
    row = cells(data, "maturity_samples", scope="national", year=2020, measure="firms_assessed")
    fewer = data.having(Change("set", "maturity_samples", row, "value", (9000,)))
    assert verdict("Q41", data) == "depends on the reading" and readings("Q41", data) == ["holds", "open"]
    assert verdict("Q41", fewer) == "open" and readings("Q41", fewer) == ["fails", "open"]


def test_five_years_hang_on_the_start_that_the_paper_names(data):
    start = tuple(data("claims").index[data("claims")["claim_id"] == "Q10"])
    assert verdict("Q40", data.having(Change("set", "claims", start, "value_low", (2012.0,)))) == "inconsistent"


def test_rising_and_initial_are_judged_apart(data):
    low, last = (
        cells(data, LEVELS, scope="national", year=year, level_class=name)
        for year, name in [(2020, "le1"), (2024, "ge2")]
    )
    few = Change("set", LEVELS, low, "share_pct", (40.0,))
    said = cells(data, "claim_evidence", claim_id="Q103")
    fell = data.having(Change("set", "claim_evidence", said, "comparison", ("fails",)))
    assert verdict("Q103", data) == "traced" and verdict("Q103", fell) == "mixed"
    assert verdict("Q103", fell.having(few)) == "contradicted"
    unsaid = data.having(Change("drop", "claim_evidence", said))
    fallen = unsaid.having(Change("set", LEVELS, last, "share_pct", (20.0,)))
    assert verdict("Q103", unsaid) == "bounded" and verdict("Q103", fallen) == "mixed"
    assert verdict("Q103", fallen.having(few)) == "contradicted"


def test_the_rest_of_the_country_is_known_better_once_jiangsu_is(data):
    split = cells(data, LEVELS, scope="jiangsu", year=2022, level_class="ge2")
    there = data.having(Change("set", LEVELS, split, "year", (2024,)))
    before, after = (maturity.rest_of_country(d).loc[2024] for d in (data, there))
    assert before["free_high_pct"] - before["free_low_pct"] > 50
    assert after["free_low_pct"] == pytest.approx(after["free_high_pct"])
    weight = 50785 / 113792
    assert after["free_low_pct"] == pytest.approx((42.0 - weight * 44.6) / (1 - weight))


def test_a_rise_outside_jiangsu_counts_from_the_first_year_with_a_known_weight(data):
    """The year before leaves 0 to 100 %, from which nothing could rise."""
    said = cells(data, "claim_evidence", claim_id="Q103")
    split = cells(data, LEVELS, scope="jiangsu", year=2022, level_class="ge2")
    few = cells(data, "maturity_samples", scope="jiangsu", year=2021, measure="firms_assessed")
    known = data.having(Change("drop", "claim_evidence", said), Change("set", LEVELS, split, "year", (2024,)))
    assert verdict("Q103", known) == "bounded"
    assert verdict("Q103", known.having(Change("set", "maturity_samples", few, "value", (200,)))) == "traced"


def test_inputs_that_clash_leave_the_rest_unknown_and_break_nothing(data):
    clash = data.having(Change("set", LEVELS, cells(data, LEVELS, year=2022, level_class="ge2"), "year", (2024, 2024)))
    clash = clash.having(
        Change("set", LEVELS, cells(data, LEVELS, scope="jiangsu", level_class="ge2"), "share_pct", (99,))
    )
    assert (
        maturity.rest_of_country(clash).loc[2024, "free_low_pct"]
        != maturity.rest_of_country(data).loc[2024, "free_low_pct"]
    )
    assert "2021 to 2024, the numbers used clash and leave no bounds" in judges.assess("Q103", clash).judged.en


@pytest.mark.parametrize(
    ("claim_id", "verdicts"),
    [
        ("Q49", ("consistent", "inconsistent")),
        ("Q50", ("consistent", "inconsistent")),
        ("Q51", ("consistent", "inconsistent")),
        ("Q52", ("consistent", "inconsistent")),
    ],
)
def test_values_of_figure_2_decide(data, claim_id, verdicts):
    falling, rising = values(data, FALLING), values(data, FALLING[::-1])
    assert (verdict(claim_id, falling), verdict(claim_id, rising)) == verdicts
    assert nearest(judges, claim_id, falling).verdict != verdicts[0]


def test_the_order_of_another_year_is_told_beside_the_statement_on_discrete_industries(data):
    rows = data(INDUSTRIES).query("scope == 'national' and measure == 'named_order' and year == 2022")
    pairs = [
        (d, p)
        for d in rows.query("process_type == 'discrete'")["position"]
        for p in rows.query("process_type == 'process'")["position"]
    ]
    share = sum(d < p for d, p in pairs) / len(pairs)
    found = judges.assess("Q49", data)
    assert f"named in 2022 the discrete one comes first in {100 * share:.0f}% of the pairs." in found.judged.en
    assert set(rows["source_id"]) <= set(found.beside) and not found.sources


def test_values_of_figure_2_must_fit_its_axis(data):
    assert verdict("Q53", data) == "not obtained"
    assert verdict("Q53", values(data, FALLING)) == "consistent"
    assert verdict("Q53", values(data, (97.0, *FALLING[1:]))) == "inconsistent"
    assert nearest(judges, "Q53", values(data, FALLING)).verdict == "inconsistent"


def test_a_figure_filled_in_part_decides_nothing(data):
    part = values(data, (*FALLING[:9], float("nan")))
    assert [verdict(claim_id, part) for claim_id in ("Q51", "Q52", "Q53")] == ["not obtained"] * 3


@pytest.mark.parametrize(
    ("numbers", "verdicts"),
    [
        (FALLING, ["confirmed", "confirmed", "confirmed", "confirmed"]),
        (FALLING[::-1], ["contradicted", "contradicted", "contradicted", "contradicted"]),
    ],
)
def test_values_from_outside_the_paper_come_first(data, numbers, verdicts):
    rows = tuple(industry_order.order(data).index)
    new = tuple(range(len(data(INDUSTRIES)), len(data(INDUSTRIES)) + len(rows)))
    other = data.having(
        Change("add", INDUSTRIES, rows),
        Change("set", INDUSTRIES, new, "value", numbers),
        Change("set", INDUSTRIES, new, "measure", ("share_ge3",) * len(new)),
        Change("set", INDUSTRIES, new, "basis", ("seen",) * len(new)),
    )
    assert [verdict(claim_id, other) for claim_id in ("Q49", "Q50", "Q51", "Q52")] == verdicts


@pytest.mark.parametrize("claim_id", [*maturity.CLASSES, "Q41", "Q49", "Q50", "Q51", "Q52", "Q53", "Q103"])
def test_empty_tables_leave_the_claim_open(data, claim_id):
    names = (LEVELS, INDUSTRIES, "maturity_samples")
    bare = data.having(*(Change("drop", name, tuple(data(name).index)) for name in names))
    bare = bare.having(
        Change("add", "searches", (0,)), Change("set", "searches", (len(data("searches")),), "claim_id", (claim_id,))
    )
    assert verdict(claim_id, bare) in ("not obtained", "no source found")
