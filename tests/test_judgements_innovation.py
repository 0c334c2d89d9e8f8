"""Innovation, data and finance: changed, added and removed evidence turns the verdicts as it must."""

import pytest
from planted import NOW, add, coded, drop, judged, put, read_as, reason, uncoded, verdict

from compendium.ledger.evidence import Undocumented
from compendium.ledger.flips import nearest
from study import finance
from study.judgements import firms, innovation, judges

DEPENDS = "depends on the reading"
HALF, TWELVE = "2020-01/2020-06", "2019-10/2020-09"
FINANCE, RATES, RULES = "corporate_financing_2020", "lending_rates_and_returns", "tax_rules"
WITHOUT_YEAR = drop(FINANCE, source_id="imsilkroad-2020-07")
NO_LEAP = put("rd_intensity_china", "stated_rise_pp", 0.0, year=2017)
BOTH_RULES = put(RULES, "value", 60.0, rule_id=["X02", "X13"])
PROVINCIAL = drop(RULES, subject=sorted(s for s in set(NOW(RULES)["subject"]) if "provincial" in s))
WORLD = NOW("rd_intensity_countries").query("vintage == 'wdi_2026_07' and year == 2020")


def scoreboard(value, **sector):
    """Return the change of the R&D of Chinese firms over their sales, in all sectors or in one."""
    return put("rd_scoreboard", "value", value, region="CHN", year=2020, measure="rd_over_sales", **sector)


def loans(value, measure="loans_increase", period=HALF):
    return put(FINANCE, "value", value, measure=measure, period=period)


@pytest.mark.parametrize(
    ("claim_id", "changes", "word"),
    [
        # A database that repeats the bulletin does not confirm it; another edition of the year does.
        ("Q76", [], "traced"),
        ("Q76", add("rd_intensity_china", {}, year=2020), "confirmed"),
        ("Q120", [NO_LEAP], "mixed"),
        ("Q120", [NO_LEAP, coded("Q120", "comparison", "fails")], "contradicted"),
        ("Q125", [put("basic_research_china", "growth_pct", -0.1, year=2018)], "contradicted"),
        # Leading firms are judged on the whole; single sectors decide nothing.
        ("Q78", [scoreboard(1.0)], "traced"),
        ("Q78", [scoreboard(20.0, sector_group="all_sectors")], "mixed"),
        ("Q78", [scoreboard(20.0, sector_group="industrial_engineering")], "traced"),
        ("Q78", [scoreboard(20.0)], "contradicted"),
        # The same rate of another population is no trace.
        ("Q79", [], "traced"),
        (
            "Q79",
            [
                drop("digitalisation", measure="equipment_digitisation", as_of="2020-12"),
                put("digitalisation", "value_pct", 50.0, measure="equipment_digitisation", as_of="2019"),
            ],
            "relabelled",
        ),
        # Each legal basis of the area rule counts; notices that name no share decide nothing.
        ("Q84", [put(RULES, "value", 60.0, rule_id="X02")], "mixed"),
        ("Q84", [put(RULES, "value", 60.0, rule_id="X13")], "mixed"),
        ("Q84", [BOTH_RULES], "contradicted"),
        ("Q84", [PROVINCIAL], "traced"),
        ("Q84", [PROVINCIAL, BOTH_RULES], "contradicted"),
    ],
)
def test_the_verdict_turns_with_the_rows(claim_id, changes, word):
    assert verdict(claim_id, *changes) == word


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "word"),
    [
        # China's intensity below: OECD, high-income countries, EU, most of the G7, most advanced ones, the two named.
        *(
            ("Q77", [put("rd_intensity_countries", "pct", pct, iso3="CHN", year=2020, vintage="wdi_2026_07")], *said)
            for pct, *said in [
                (0.2, "holds holds holds holds holds holds", "traced"),
                (1.6, "holds holds holds holds holds holds", "traced"),
                (2.1, "holds holds holds holds open holds", DEPENDS),
                (2.5, "holds holds fails holds open holds", DEPENDS),
                (2.95, "fails fails fails fails open holds", DEPENDS),
                (3.1, "fails fails fails fails fails fails", "contradicted"),
                (6.5, "fails fails fails fails fails fails", "contradicted"),
            ]
        ),
        # Rates against earlier ones, the euro area, profit.
        ("Q86", [], "fails holds fails", DEPENDS),
        ("Q86", [put(RATES, "value", 1.0, measure="enterprise_loans")], "fails fails fails", "contradicted"),
        (
            "Q86",
            [put(RATES, "value", 20.0, measure="enterprise_loans", as_of="2020-12")],
            "holds holds holds",
            "traced",
        ),
        # Loans are the main source if more than half even with the shares of a longer period: of funds from outside,
        # that is; of all funds nothing is known.
        ("Q107", [loans(8.77)], "holds open", DEPENDS),
        ("Q107", [loans(4.06)], "holds open", DEPENDS),
        ("Q107", [loans(4.05)], "open open", "open"),
        ("Q107", [loans(3.33)], "fails open", "open"),
        ("Q107", [loans(5.43, "equity_increase", TWELVE)], "holds open", DEPENDS),
        ("Q107", [loans(5.44, "equity_increase", TWELVE)], "open open", "open"),
        ("Q107", [WITHOUT_YEAR, loans(4.0, period="2020")], "fails open", "open"),
    ],
)
def test_the_verdict_depends_on_what_a_word_is_taken_for(claim_id, changes, said, word):
    assert read_as(claim_id, *changes) == (said, word)


MANY = put("rd_scoreboard", "value", 30.0, region="KOR", year=2020, measure="firms")
SHARE_ROSE = put("basic_research_china", "basic_100m_yuan", 1500.0, year=2020, vintage="bulletin")
BULLETIN = put("basic_research_china", "share_pct", 6.6, year=2022, vintage="bulletin")
FEW = put("country_groups", "group", "imf_advanced", iso3="USA", group="g7")


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "unsaid"),
    [
        ("Q77", [], "It holds if “developed countries” are most of the G7: of 7 G7 4 are", ""),
        ("Q77", [], "It fails if “developed countries” are the European Union", ""),
        ("Q77", [], "4 to 5 of the G7 are above", ""),
        ("Q77", [FEW], "It fails if “developed countries” are most of the G7: of 6 G7 3 are above China", ""),
        ("Q78", [], "not in machinery building, electronic and electrical equipment.", ""),
        ("Q78", [scoreboard(1.0)], "; not in none.", ""),
        ("Q78", [], "left out, below 10 firms in some sectors: machinery building 2 ", ""),
        ("Q78", [MANY], "", "left out"),
        ("Q78", [drop("rd_scoreboard", region="KOR")], "", "left out"),
        ("Q80", [], "", "another"),
        ("Q84", [], "Tax notices from 2019 on", ""),
        ("Q84", [PROVINCIAL], "", "Tax notices from 2019 on"),
        ("Q86", [], "5.12% (2019-12, computed)", ""),
        ("Q86", [], "1.5% (2020-11)", ""),
        ("Q107", [], "at least", ""),
        ("Q107", [WITHOUT_YEAR], "", "at least"),
        ("Q125", [], "in 2020 from 6.03% to 6.01%", ""),  # a share that slips between its ends
        ("Q125", [SHARE_ROSE], "", "slipped"),
        ("Q126", [], "6% for 2020, 6.5% for 2021, 6.57% for 2022", ""),  # of the bulletin beside that of a report
        ("Q126", [BULLETIN], "6.6% for 2022", ""),
    ],
)
def test_the_reason_tells_what_the_rows_say_and_nothing_else(claim_id, changes, said, unsaid):
    told = reason(claim_id, *changes)
    assert said in told and (not unsaid or unsaid not in told)


def test_the_first_sentence_answers_and_the_last_tells_of_others():
    first, *_, last = reason("Q79").split(". ")
    assert "50%" in first and "another population it is 47.1% (2019)." in last
    over = put(RULES, "valid_to", "2021-12-31", rule_id="X13")
    now, later = (reason("Q84", *changes).split(". ")[0] for changes in ([], [over]))
    assert "2022" in now and now.endswith(": national recognition") and later.endswith(": none read")


def test_the_distance_to_developed_countries_is_told_by_edition():
    rows = NOW("rd_intensity_countries").query("year == 2020").set_index(["vintage", "iso3"])["pct"].to_dict()
    found = judged("Q77")
    for code, name in (("OED", "OECD total"), ("HIC", "high-income countries")):
        gaps = [pct - rows[edition, "CHN"] for (edition, iso3), pct in rows.items() if iso3 == code]
        said = f"{min(gaps):.2f} to {max(gaps):.2f} points below the {name}"
        assert len(gaps) > 1 and said in found.judged.reason.en
    assert {"ec-msti-2022", "unesco-gerd"} <= set(found.beside) and "EU" not in found.judged.reason.en.split(
        "By edition"
    )[1]


@pytest.mark.parametrize(("code", "name"), [("g7", "G7"), ("imf_advanced", "advanced economies of the IMF")])
def test_china_is_compared_with_the_members_of_each_group_that_have_data(code, name):
    pct = WORLD.set_index("iso3")["pct"]
    among = pct.reindex(NOW("country_groups").query("group == @code")["iso3"])
    above, unknown = (among > pct["CHN"]).sum(), among.isna().sum()
    assert f"of {len(among)} {name} {above} are above China and {unknown} have no value" in reason("Q77")


def test_members_without_a_value_can_leave_open_whether_most_are_above():
    unknown = set(NOW("country_groups").query("group == 'imf_advanced'")["iso3"]) - set(WORLD["iso3"])
    known = drop("country_groups", group="imf_advanced", iso3=sorted(unknown))
    assert [judged("Q77", *more).judged.readings["imf_advanced"] for more in ([], [known])] == ["open", "fails"]


def test_only_members_of_the_year_are_compared():
    (before,) = innovation.ranks(WORLD, NOW).itertuples()
    assert before.higher + before.lower == before.with_data <= before.members
    assert before.worst - before.best == before.members - before.with_data
    later = NOW.having(put("oecd_members", "accession_year", 2021, iso3="USA"))
    (after,) = innovation.ranks(WORLD, later).itertuples()
    assert (after.members, after.higher, after.lower) == (before.members - 1, before.higher - 1, before.lower)


def test_regions_with_few_firms_are_left_out_and_notices_stand_beside():
    assert set(firms.left_out(NOW, 2020)["name_en"]) == {"South Korea"}
    assert {"incubator-120-hxacc", "incubator-tax-slq"} <= set(judged("Q84").judged.beside["source_id"])
    assert judged("Q84", PROVINCIAL).judged.beside.empty


def test_a_claim_on_a_report_without_its_rows_is_refused():
    with pytest.raises(Undocumented, match=r"^Q126: "):
        judged("Q126", *uncoded("Q126"))


@pytest.mark.parametrize(
    ("claim_id", "changes", "grade", "strength"),
    [
        ("Q86", [], "C", "weak"),  # as the weaker of the two rates: the profit rests on grade C
        ("Q107", [], "B", "firm"),  # by the better sources, and by copies without them
        ("Q107", [WITHOUT_YEAR], "C", "weak"),
    ],
)
def test_a_comparison_is_as_good_as_what_it_needs(claim_id, changes, grade, strength):
    found = judged(claim_id, *changes)
    assert (found.verdict, found.judged.rule, found.grade, found.strength) == (DEPENDS, "by_reading", grade, strength)


def test_a_rate_that_another_is_computed_from_is_not_moved_alone():
    (change,) = nearest(judges, "Q86", NOW).changes
    assert set(NOW(RATES).loc[list(change.rows), "measure"]) == {"composite_cost"}


def test_only_a_period_that_holds_the_loans_lends_its_shares():
    later = NOW.having(put(FINANCE, "period", "2020-02/2020-12", period=TWELVE))
    half = finance.raised(later(FINANCE), HALF, later)
    assert set(half["period"]) == {HALF} and set(half["measure"]) == set(finance.RAISED)
    assert set(finance.raised(NOW(FINANCE), HALF, NOW)["period"]) == {HALF, TWELVE}


def test_loans_are_compared_with_what_is_known_up_to_the_year_of_the_return():
    loans, now, euro, profit = finance.lending(NOW)
    assert loans["as_of"].is_monotonic_increasing and now["as_of"].tolist() == ["2020-12"]
    assert not euro.empty and not profit.empty
    late = NOW.having(put(RATES, "as_of", "2022-01", measure="enterprise_loans"))
    assert len(finance.lending(late)[1]) == 1
    assert finance.lending(NOW.having(put(RATES, "as_of", "2021-01", measure="composite_cost")))[2].empty
