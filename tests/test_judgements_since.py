"""What came after the paper: leaders, maturity, talent, R&D, aims; sums that close; series that go on."""

from types import SimpleNamespace

import pytest
from planted import NOW, drop, put

from compendium.ledger.flips import nearest
from study import aims
from study.judgements.since import preliminary, since, times

JUDGED = {"Q26": "indirect", "Q61": "undecided", "Q72": "undecided", "Q76": "traced", "Q103": "indirect"}
JUDGED |= {"Q114": "traced", "Q145": "undecided", "Q148": "indirect"}
EXCELLENCE = {"programme": "gradient_excellence", "measure": "cumulative", "stage": "report"}
GUANGDONG = put("successor_programmes", "province_adcode", 440000, province_adcode=420000, **EXCELLENCE)
ANHUI = put("successor_programmes", "province_adcode", 340000, province_adcode=310000, **EXCELLENCE)
BULLETIN = put("rd_intensity_china", "stage", "bulletin", year=2025)
PLATFORMS = put("industry_scale", "value", 110, measure="internet_platforms")
CHIPS = {"year": 2021, "measure": "produced_in_china_over_market", "kind": "actual"}


def judged(claim_id, *changes):
    return since.assess(claim_id, NOW.having(*changes))


def statement(**cells):
    return [put("talent_statements", column, cell, statement_id="S37") for column, cell in cells.items()]


def aim_met(**cells):
    return [put("target_outcomes", column, cell, outcome_id="O11") for column, cell in cells.items()]


def counted(value, published="2026-05"):
    """Return the changes by which a statement counts the talent of the field."""
    return statement(published=published, field_zh="智能制造", value_10k=value)


def chips(year, value):
    return [put("chips", column, cell, **CHIPS) for column, cell in (("year", year), ("value", value))]


@pytest.mark.parametrize(
    ("claim_id", "changes", "word", "computed"),
    [
        *((claim_id, [], word, None) for claim_id, word in JUDGED.items()),
        # Chips of a year since the paper count.
        ("Q145", chips(2022, 45), "indirect", {True}),
        ("Q145", chips(2024, 51), "indirect", {False}),
        ("Q145", chips(2021, 45), "undecided", None),
        # A province leads if the list has it among the first five: of another programme than the pilot projects.
        ("Q26", [], "indirect", {False, True}),
        ("Q26", [GUANGDONG], "indirect", {False, True}),
        ("Q26", [GUANGDONG, ANHUI], "indirect", {True}),
        # Only a count made after the year decides the forecast.
        ("Q72", counted(450.0), "traced", None),  # in a report of the count, not by who counted
        ("Q72", counted(380.0), "contradicted", None),
        ("Q72", counted(450.0, "2024-05"), "undecided", None),
        ("Q114", [put("rd_intensity_china", "stated_rise_pp", -0.01, year=2023)], "contradicted", None),
        ("Q148", aim_met(definition="same"), "contradicted", None),  # a near definition does not decide
        ("Q148", [drop("policy_documents", doc_id="P13b")], "undecided", None),
    ],
)
def test_each_claim_has_the_word_of_what_came(claim_id, changes, word, computed):
    found = judged(claim_id, *changes)
    assert found.verdict == word and (computed is None or set(found.judged.computed) == computed)


@pytest.mark.parametrize("claim_id", [name for name, word in JUDGED.items() if word != "undecided"])
def test_each_verdict_turns_as_its_flip_promises(claim_id):
    flip = nearest(since, claim_id, NOW)
    assert flip.verdict and flip.verdict != JUDGED[claim_id]
    assert judged(claim_id, *flip.changes).verdict == flip.verdict


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"value": 85.0}, "reached"),
        ({"value": 85.0, "aim_comparator": ">"}, "below"),
        ({"value": 85.0, "comparator": ">", "aim_comparator": ">"}, "reached"),
        ({"value": 86.0, "comparator": "<"}, "open"),
        ({"value": 85.0, "comparator": "<"}, "below"),
        ({"value": 86.0, "comparator": "<", "as_of": "2026-02"}, "late"),
        ({"value": 85.0, "as_of": "2026-02"}, "late"),
        ({"comparator": ">", "as_of": "2026-02"}, "open"),
        ({}, "below"),
        ({"as_of": "2025-12"}, "short"),
        ({"as_of": "2026-02"}, "short"),
        ({"comparator": ">="}, "open"),
        ({"as_of": "2021-10"}, "start"),
        ({"value": 90.0, "definition": "different"}, "not comparable"),
        ({"aim_comparator": "<="}, "reached"),
        ({"value": 85.0, "aim_comparator": "<"}, "below"),
        ({"value": 86.0, "as_of": "2025-12", "aim_comparator": "<="}, "short"),
        ({"value": 86.0, "comparator": "<", "aim_comparator": "<="}, "open"),
        ({"value": float("nan"), "definition": "none_found"}, "none"),
    ],
)
def test_how_an_outcome_stands_to_its_aim(cells, state):
    row = {"value": 84.0, "comparator": "=", "definition": "same", "as_of": "2025-03", "proof": "verbatim"}
    row |= {"aim": 85.0, "aim_comparator": "=", "target_year": 2025, "plan_day": "2021-11"}
    assert aims.state(SimpleNamespace(**row | cells)) == state


def test_the_computed_states_are_those_coded_by_whoever_read_the_pages():
    """Read by hand: the column `result`; targets of 2026 and 2027 stay open there whatever was printed."""
    told = {
        "reached": {"reached", "reached_by_successor"},
        "late": {"reached_date_unknown"},
        "below": {"not_reached_at_last_print", "open", "unknown"},
        "open": {"unknown", "open"},
        "short": {"not_reached_at_last_print"},
        "not comparable": {"not_comparable", "unknown", "open"},
        "none": {"unknown"},
        "start": {"unknown"},
        "number": {"unknown", "not_reached_at_last_print"},
    }
    found = aims.aims(NOW)
    sought = found[found["state"] != "unsought"]
    assert [r.outcome_id for r in sought.itertuples() if r.result not in told[r.state]] == []
    assert len(sought) > 20 and found["target_id"].nunique() > sought["target_id"].nunique()


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "unsaid"),
    [
        ("Q26", [], "Jiangsu 6, Shandong 5, Hubei 4", ""),
        ("Q114", [], "2.8% (preliminary)", ""),  # until a bulletin prints the ratio
        ("Q114", [BULLETIN], "", "preliminary"),
        ("Q148", [], "(all measured slightly differently), 5 have no comparable outcome; what is known speaks", ""),
        ("Q148", [], "none could be missed", ""),
        ("Q148", [], "(only if the successor programme counts)", ""),
        ("Q148", [], "(more than 150 already in 2022-02, the plan is of 2021-12)", ""),
        ("Q148", [PLATFORMS], "", "already in"),
        ("Q148", aim_met(as_of="2026-01", value=90.0, comparator="="), "1 missed when the year was over", ""),
    ],
)
def test_the_reason_tells_what_the_rows_say_and_nothing_else(claim_id, changes, said, unsaid):
    told = judged(claim_id, *changes).judged.reason.en
    assert said in told and (not unsaid or unsaid not in told)


def test_what_the_reasons_are_made_of():
    assert preliminary(NOW) == {2025} and judged("Q148", drop("policy_documents", doc_id="P13b")).judged.reason.en == ""
    counts = times(NOW).to_dict()  # over all later lists
    assert (counts[320000], counts[370000], counts[420000], counts[440000]) == (6, 5, 4, 2) and 710000 not in counts


def test_sums_within_one_programme_close():
    listed = NOW.c.tables("successor_programmes").query("city == '' and measure == 'new'")
    national, batch = listed[listed["province_adcode"].isna()], listed.dropna(subset="province_adcode")
    new = {name: rows["count"].tolist() for name, rows in national.groupby("programme")}
    assert sum(new["im_demo_factory"]) == 421 and new["factory_5g"] == [300, 400, 560]
    batch = batch.query("programme == 'lighthouse' and year == 2026")["count"]
    assert (len(batch), batch.sum()) == (8, 16)
    assert national.query("programme == 'lighthouse' and year == 2026")["count"].tolist() == [16]


def test_an_aim_stands_with_its_last_comparable_outcome_else_with_its_last():
    due, every = aims.latest(NOW, 2025).set_index("target_id"), aims.aims(NOW).query("target_year == 2025")
    assert set(due.index) == set(every["target_id"]) and due.index.is_unique
    alike = every[every["state"].isin(aims.ALIKE)]
    assert due.loc[alike["target_id"], "compared"].all() and due["compared"].sum() == alike["target_id"].nunique()
    assert due.loc["T76", ["as_of", "value", "state"]].tolist() == ["2021", 16.7, "below"]  # 2023 keeps no wording
    assert due.loc["T38", ["value", "aim", "share", "plan"]].tolist() == [504, 500, 100.8, 2021]
