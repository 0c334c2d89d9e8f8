"""Innovation, data and finance: changed, added and removed evidence turns the verdicts as it must."""

import frozen
import pytest
from planted import put

from compendium.ledger.evidence import Change, Data, Undocumented
from compendium.ledger.flips import nearest
from study import finance as finance_of_firms
from study.judgements import firms, innovation, judges

C = frozen.compendium()


@pytest.fixture(scope="module")
def data():
    return Data(C)


def verdict(claim_id, data):
    return judges.assess(claim_id, data).verdict


def china(value):
    where = {"iso3": "CHN", "year": 2020, "vintage": "wdi_2026_07"}
    return put("rd_intensity_countries", "pct", value, **where)


def read_as(claim_id, data):
    """Return what is found under each reading of a claim, and its verdict."""
    found = judges.assess(claim_id, data)
    return " ".join(found.judged.readings.values()), found.verdict


@pytest.mark.parametrize(
    ("value", "said", "word"),
    [
        (0.2, "holds holds holds holds holds holds", "traced"),
        (1.6, "holds holds holds holds holds holds", "traced"),
        (2.1, "holds holds holds holds open holds", "depends on the reading"),
        (2.5, "holds holds fails holds open holds", "depends on the reading"),
        (2.95, "fails fails fails fails open holds", "depends on the reading"),
        (3.1, "fails fails fails fails fails fails", "contradicted"),
        (6.5, "fails fails fails fails fails fails", "contradicted"),
    ],
)
def test_whether_china_is_below_developed_countries_depends_on_whom_one_asks(data, value, said, word):
    """In this order: OECD, high-income countries, EU, most of the G7, most advanced economies, the two it names."""
    assert read_as("Q77", data.having(china(value))) == (said, word)


def test_the_distance_to_developed_countries_is_told_by_edition(data):
    rows = data("rd_intensity_countries").query("year == 2020").set_index(["vintage", "iso3"])["pct"].to_dict()
    found = judges.assess("Q77", data)
    for code, name in (("OED", "OECD total"), ("HIC", "high-income countries")):
        gaps = [pct - rows[edition, "CHN"] for (edition, iso3), pct in rows.items() if iso3 == code]
        assert len(gaps) > 1 and f"{min(gaps):.2f} to {max(gaps):.2f} points below the {name}" in found.judged.en
    assert {"ec-msti-2022", "unesco-gerd"} <= set(found.beside) and "EU" not in found.judged.en.split("By edition")[1]


def test_china_is_compared_with_the_members_of_each_group_that_have_data(data):
    groups = data("country_groups")
    pct = data("rd_intensity_countries").query("vintage == 'wdi_2026_07' and year == 2020").set_index("iso3")["pct"]
    told = judges.assess("Q77", data).judged.en
    for code, name in (("g7", "G7"), ("imf_advanced", "advanced economies of the IMF")):
        among = pct.reindex(groups.loc[groups["group"] == code, "iso3"])
        above, unknown = (among > pct["CHN"]).sum(), among.isna().sum()
        assert f"of {len(among)} {name} {above} are above China and {unknown} have no value" in told
    assert "It holds if “developed countries” are most of the G7: of 7 G7 4 are" in told
    assert "It fails if “developed countries” are the European Union" in told and "4 to 5 of the G7 are above" in told
    few = put("country_groups", "group", "imf_advanced", iso3="USA", group="g7")
    fewer = "It fails if “developed countries” are most of the G7: of 6 G7 3 are above China"
    assert fewer in judges.assess("Q77", data.having(few)).judged.en


def test_members_without_a_value_can_leave_open_whether_most_are_above(data):
    def found(tables):
        return judges.assess("Q77", tables).judged.readings["imf_advanced"]

    groups, rows = data("country_groups"), data("rd_intensity_countries")
    rows = rows[(rows["vintage"] == "wdi_2026_07") & (rows["year"] == 2020)]
    unknown = groups[(groups["group"] == "imf_advanced") & ~groups["iso3"].isin(rows["iso3"])]
    known = data.having(Change("drop", "country_groups", tuple(unknown.index)))
    assert found(data) == "open" and found(known) == "fails"


def test_only_members_of_the_year_are_compared(data):
    rows = data("rd_intensity_countries")
    rows = rows[(rows["vintage"] == "wdi_2026_07") & (rows["year"] == 2020)]
    (before,) = innovation.ranks(rows, data).itertuples()
    assert before.higher + before.lower == before.with_data <= before.members
    assert before.worst - before.best == before.members - before.with_data
    later = data.having(put("oecd_members", "accession_year", 2021, iso3="USA"))
    (after,) = innovation.ranks(rows, later).itertuples()
    assert (after.members, after.higher, after.lower) == (before.members - 1, before.higher - 1, before.lower)


def test_a_database_that_repeats_the_bulletin_does_not_confirm_it(data):
    assert verdict("Q76", data) == "traced"
    rows = data("rd_intensity_china")
    added = Change("add", "rd_intensity_china", tuple(rows.index[rows["year"] == 2020]))
    assert verdict("Q76", data.having(added)) == "confirmed"


def test_a_spending_that_stops_rising_contradicts(data):
    still = put("rd_intensity_china", "stated_rise_pp", 0.0, year=2017)
    less = put("basic_research_china", "growth_pct", -0.1, year=2018)
    less_spent = put("claim_evidence", "comparison", "fails", claim_id="Q120")
    assert verdict("Q120", data) == "traced" and verdict("Q120", data.having(still)) == "mixed"
    assert verdict("Q120", data.having(still, less_spent)) == "contradicted"
    assert verdict("Q125", data.having(less)) == "contradicted"


def test_leading_firms_are_judged_on_the_whole_and_single_sectors_decide_nothing(data):
    def china_with(value, **sector):
        where = {"region": "CHN", "year": 2020, "measure": "rd_over_sales"}
        return data.having(put("rd_scoreboard", "value", value, **where, **sector))

    assert verdict("Q78", data) == "traced"
    assert "not in machinery building, electronic and electrical equipment." in judges.assess("Q78", data).judged.en
    low = china_with(1.0)
    assert verdict("Q78", low) == "traced" and "; not in none." in judges.assess("Q78", low).judged.en
    assert verdict("Q78", china_with(20.0, sector_group="all_sectors")) == "mixed"
    assert verdict("Q78", china_with(20.0, sector_group="industrial_engineering")) == "traced"
    assert verdict("Q78", china_with(20.0)) == "contradicted"


def test_a_region_with_few_firms_in_a_sector_is_named_as_left_out(data):
    assert set(firms.left_out(data, 2020)["name_en"]) == {"South Korea"}
    assert "left out, below 10 firms in some sectors: machinery building 2 " in judges.assess("Q78", data).judged.en
    many = put("rd_scoreboard", "value", 30.0, region="KOR", year=2020, measure="firms")
    korea = data("rd_scoreboard")["region"] == "KOR"
    gone = Change("drop", "rd_scoreboard", tuple(korea.index[korea]))
    for other in (many, gone):
        assert "left out" not in judges.assess("Q78", data.having(other)).judged.en


def test_a_share_that_slips_between_its_ends_is_told(data):
    assert "in 2020 from 6.03% to 6.01%" in judges.assess("Q125", data).judged.en
    more = put("basic_research_china", "basic_100m_yuan", 1500.0, year=2020, vintage="bulletin")
    assert "slipped" not in judges.assess("Q125", data.having(more)).judged.en


def test_beside_the_share_of_a_report_stands_that_of_the_bulletin(data):
    other = put("basic_research_china", "share_pct", 6.6, year=2022, vintage="bulletin")
    assert "6% for 2020, 6.5% for 2021, 6.57% for 2022" in judges.assess("Q126", data).judged.en
    assert "6.6% for 2022" in judges.assess("Q126", data.having(other)).judged.en
    none = data.having(Change("drop", "claim_evidence", tuple(data.evidence("Q126").index)))
    with pytest.raises(Undocumented):
        judges.assess("Q126", none)


def test_the_same_rate_of_another_population_is_no_trace(data):
    table = data("digitalisation")
    mine = (table["measure"] == "equipment_digitisation") & (table["as_of"] == "2020-12")
    gone = Change("drop", "digitalisation", tuple(table.index[mine]))
    other = put("digitalisation", "value_pct", 50.0, measure="equipment_digitisation", as_of="2019")
    assert verdict("Q79", data) == "traced"
    assert verdict("Q79", data.having(gone, other)) == "relabelled"


@pytest.mark.parametrize("rule", ["X02", "X13"])
def test_each_legal_basis_of_the_area_rule_counts(data, rule):
    assert verdict("Q84", data) == "traced"
    assert verdict("Q84", data.having(put("tax_rules", "value", 60.0, rule_id=rule))) == "mixed"
    both = [put("tax_rules", "value", 60.0, rule_id=r) for r in ("X02", "X13")]
    assert verdict("Q84", data.having(*both)) == "contradicted"


def test_the_reason_on_the_area_rule_begins_with_what_was_in_force_when_the_paper_appeared(data):
    told = judges.assess("Q84", data).judged.en
    first = told.split(". ")[0]
    assert "2022" in first and first.endswith(": national recognition")
    over = put("tax_rules", "valid_to", "2021-12-31", rule_id="X13")
    assert judges.assess("Q84", data.having(over)).judged.en.split(". ")[0].endswith(": none read")


def test_notices_that_name_no_share_are_told_and_decide_nothing(data):
    rules = data("tax_rules")
    provincial = Change("drop", "tax_rules", tuple(rules.index[rules["subject"].str.contains("provincial")]))
    notices, told = {"incubator-120-hxacc", "incubator-tax-slq"}, "Tax notices from 2019 on"
    with_them, without = (judges.assess("Q84", tables) for tables in (data, data.having(provincial)))
    assert with_them.verdict == without.verdict == "traced"
    assert notices <= set(with_them.judged.beside["source_id"]) and told in with_them.judged.en
    assert without.judged.beside.empty and told not in without.judged.en
    both = [put("tax_rules", "value", 60.0, rule_id=r) for r in ("X02", "X13")]
    assert verdict("Q84", data.having(provincial, *both)) == "contradicted"


def test_rates_are_high_or_low_by_what_they_are_compared_with(data):
    cheap = put("lending_rates_and_returns", "value", 1.0, measure="enterprise_loans")
    dear = put("lending_rates_and_returns", "value", 20.0, measure="enterprise_loans", as_of="2020-12")
    assert read_as("Q86", data) == ("fails holds fails", "depends on the reading"), "earlier, euro area, profit"
    assert read_as("Q86", data.having(cheap)) == ("fails fails fails", "contradicted")
    assert read_as("Q86", data.having(dear)) == ("holds holds holds", "traced")


def test_a_comparison_is_as_good_as_the_weaker_of_the_two_rates(data):
    """The measure of the profit rests on grade C, so what depends on it does."""
    found = judges.assess("Q86", data)
    assert (found.grade, found.strength) == ("C", "weak")


def test_a_rate_that_another_is_computed_from_is_not_moved_alone(data):
    table = data("lending_rates_and_returns")
    (change,) = nearest(judges, "Q86", data).changes
    assert set(table.loc[list(change.rows), "measure"]) == {"composite_cost"}
    reason = judges.assess("Q86", data).judged.en
    assert "5.12% (2019-12, computed)" in reason and "1.5% (2020-11)" in reason


def test_what_another_population_has_is_told_apart(data):
    reason = judges.assess("Q79", data).judged.en
    assert "50%" in reason.split(". ")[0] and "another population it is 47.1% (2019)." in reason.split(". ")[-1]
    assert "another" not in judges.assess("Q80", data).judged.en


HALF, TWELVE = "2020-01/2020-06", "2019-10/2020-09"


def finance(data, value, **where):
    return data.having(put("corporate_financing_2020", "value", value, **where))


@pytest.mark.parametrize(
    ("loans", "said", "word"),
    [
        (8.77, "holds open", "depends on the reading"),
        (4.06, "holds open", "depends on the reading"),
        (4.05, "open open", "open"),
        (3.33, "fails open", "open"),
    ],
)
def test_loans_are_the_main_source_if_they_are_more_than_half_even_with_the_shares_of_a_longer_period(
    data, loans, said, word
):
    """That is so of funds from outside; of all funds nothing is known."""
    assert read_as("Q107", finance(data, loans, measure="loans_increase", period=HALF)) == (said, word)


def test_shares_of_twelve_months_may_leave_it_open(data):
    many = {"measure": "equity_increase", "period": TWELVE}
    assert read_as("Q107", finance(data, 5.43, **many)) == ("holds open", "depends on the reading")
    assert read_as("Q107", finance(data, 5.44, **many)) == ("open open", "open")


def test_finance_of_firms_is_judged_by_the_better_sources_and_by_copies_without_them(data):
    found, rows = judges.assess("Q107", data), data("corporate_financing_2020")
    assert found.grade == "B" and found.strength == "firm"
    gone = Change("drop", "corporate_financing_2020", tuple(rows.index[rows["source_id"] == "imsilkroad-2020-07"]))
    year = judges.assess("Q107", data.having(gone))
    assert (year.verdict, year.grade, year.judged.rule) == ("depends on the reading", "C", "by_reading")
    assert "at least" in found.judged.en and "at least" not in year.judged.en
    few = finance(data.having(gone), 4.0, measure="loans_increase", period="2020")
    assert read_as("Q107", few) == ("fails open", "open")


def test_only_a_period_that_holds_the_loans_lends_its_shares(data):
    rows = data("corporate_financing_2020")
    later = put("corporate_financing_2020", "period", "2020-02/2020-12", period=TWELVE)
    half = finance_of_firms.raised(data.having(later)("corporate_financing_2020"), HALF, data)
    assert set(half["period"]) == {HALF} and set(half["measure"]) == set(finance_of_firms.RAISED)
    assert set(finance_of_firms.raised(rows, HALF, data)["period"]) == {HALF, TWELVE}


@pytest.mark.parametrize(
    ("claim_id", "table"),
    [
        ("Q76", "rd_intensity_china"),
        ("Q77", "rd_intensity_countries"),
        ("Q77", "oecd_members"),
        ("Q77", "country_groups"),
        ("Q78", "rd_scoreboard"),
        ("Q79", "digitalisation"),
        ("Q84", "tax_rules"),
        ("Q86", "lending_rates_and_returns"),
        ("Q107", "corporate_financing_2020"),
        ("Q120", "rd_intensity_china"),
        ("Q125", "basic_research_china"),
    ],
)
def test_without_rows_there_is_another_verdict_or_a_plain_refusal(data, claim_id, table):
    empty = data.having(Change("drop", table, tuple(data(table).index)))
    try:
        assert verdict(claim_id, empty) != verdict(claim_id, data)
    except Undocumented as refused:
        assert claim_id in str(refused)


def test_loans_are_compared_with_what_is_known_up_to_the_year_of_the_return(data):
    loans, now, euro, profit = finance_of_firms.lending(data)
    assert loans["as_of"].is_monotonic_increasing and now["as_of"].tolist() == ["2020-12"]
    late = data.having(put("lending_rates_and_returns", "as_of", "2022-01", measure="enterprise_loans"))
    assert len(finance_of_firms.lending(late)[1]) == 1
    later = data.having(put("lending_rates_and_returns", "as_of", "2021-01", measure="composite_cost"))
    assert finance_of_firms.lending(later)[2].empty and not euro.empty and not profit.empty
