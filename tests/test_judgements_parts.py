"""What judgements are made of: aims and their outcomes, shares of the rest, finance, ranks, prints."""

from types import SimpleNamespace

import frozen
import made_up
import pandas as pd
import pytest
from planted import NOW, YEARS, add, coded, drop, listed, put, uncoded, verdict
from worlds import HERE

from compendium import CompendiumError
from compendium.data.datapackage import split_list
from study.analysis import aims, finance
from study.bounds import constraints
from study.judgements import clusters, innovation, judges, maturity, policy, talent

SAME, OTHER = (coded("V122", "differs_in", kind) for kind in ("", "kind"))  # 267 standards at 2020-09-11
BARE = coded("V122", "value", float("nan"))
DUE = coded("V122", "as_of", "2020-12-31")
MEMBERS = (310000, 320000, 330000, 340000)


@pytest.mark.parametrize(
    ("target_id", "changes", "outcome", "state", "exact"),
    [
        ("T11", [OTHER], 267.0, "open", True),
        ("T11", [coded("V122", "value", 190.0), SAME], 190.0, "below", True),
        ("T11", [coded("V122", "value", 190.0), DUE, SAME], 190.0, "short", True),
        ("T11", [coded("V122", "comparison", "fails"), BARE, DUE, SAME], None, "reached", None),
        ("T11", [coded("V122", "comparison", "holds"), BARE, DUE, SAME], None, "short", None),
        ("T11", uncoded("V122"), None, "none", None),
        ("T12", [coded("V121", "as_of", "2020-12")], None, "reached", None),
        ("T12", add("claim_evidence", {"as_of": "2020-12"}, evidence_id="V121"), None, "reached", None),
        ("T12", [coded("V121", "as_of", "")], None, "late", None),
        ("T12", [coded("V121", "value", 39.0)], None, "short", None),
        ("T20", [SAME], 267.0, "short", True),
    ],
)
def test_an_aim_gets_the_number_that_is_reported_of_it(target_id, changes, outcome, state, exact):
    found = policy.tabulate_target_outcomes(NOW.having(*changes)).set_index("target_id").loc[target_id]
    assert found["state"] == state
    assert outcome is None or state == "below" or (found["outcome"], found["exact"]) == (outcome, exact)
    assert state not in ("none", "below") or pd.isna(found["outcome"])


def test_the_aims_are_those_of_the_documents_named_where_the_policies_are_set_out():
    assert set(policy.list_due_policy_targets(NOW)["doc_id"]) == {"P03", "P05", "P06b"}
    for column, value in (("paper_section", "1"), ("named_in_paper", "implied")):
        changed = NOW.having(put("policy_documents", column, value, doc_id="P05"))
        assert "P05" not in set(policy.list_due_policy_targets(changed)["doc_id"])
    later = put("policy_targets", "target_year", 2025, target_id="T11")
    assert "T11" not in set(policy.list_due_policy_targets(NOW.having(later))["target_id"])


def test_an_aim_for_other_firms_has_no_outcome_and_an_unknown_population_is_refused():
    found = policy.tabulate_target_outcomes(NOW, outcome_scope="firms_all").set_index("target_id").loc[["T13", "T14"]]
    assert found["outcome"].isna().all() and found["state"].isin(["none", "below"]).all()
    assert verdict("Q148", OTHER, outcome_scope="firms_all") == "indirect"
    with pytest.raises(ValueError, match=r"outcome_scope 'all' is not one of .*firms_all"):
        policy.tabulate_target_outcomes(NOW, "all")


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
        ({"as_of": "2021-10"}, "start"),
        ({"value": 90.0, "definition": "different"}, "not comparable"),
        ({"value": 90.0, "proof": "figures"}, "number"),
        ({"aim_comparator": "<="}, "reached"),
        ({"value": 85.0, "aim_comparator": "<"}, "below"),
        ({"value": 86.0, "comparator": "<", "aim_comparator": "<="}, "open"),
        ({"value": float("nan"), "definition": "none_found"}, "none"),
    ],
)
def test_how_an_outcome_stands_to_its_aim(cells, state):
    row = {"value": 84.0, "comparator": "=", "definition": "same", "as_of": "2025-03", "proof": "verbatim"}
    row |= {"aim": 85.0, "aim_comparator": "=", "target_year": 2025, "plan_day": "2021-11"}
    assert aims.classify_aim_outcome(SimpleNamespace(**row | cells)) == state


def test_the_computed_states_are_those_coded_by_whoever_read_the_pages():
    """Read by hand: the column `result`; targets of 2026 and 2027 stay open there whatever was printed."""
    told = {
        "reached": {"reached", "reached_by_successor"},
        "late": {"reached_date_unknown"},
        "below": {"not_reached_at_last_print", "open", "unknown"},
        "short": {"not_reached_at_last_print"},
        "number": {"unknown", "not_reached_at_last_print"},
    }
    found = aims.list_aim_outcomes(NOW).query("state != 'unsought'")
    other = {"unknown", "open", "not_comparable"}
    assert [r.outcome_id for r in found.itertuples() if r.result not in told.get(r.state, other)] == []
    assert len(found) > 20


def test_the_rest_of_the_country_is_known_better_once_jiangsu_is():
    split = put("maturity_levels", "year", 2024, scope="jiangsu", year=2022, level_class="ge2")
    before, after = (maturity.bound_rest_of_country(NOW.having(*changes)).loc[2024] for changes in ([], [split]))
    assert before["free_high_pct"] - before["free_low_pct"] > 50
    weight = 50785 / 113792
    rest = (42.0 - weight * 44.6) / (1 - weight)
    assert after[["free_low_pct", "free_high_pct"]].tolist() == pytest.approx([rest, rest])


@pytest.mark.parametrize(("counts", "even"), [((9, 9, 9, 9), True), ((9, 9, 9, 12), False)])
def test_lists_in_full_tell_whether_the_delta_is_even(counts, even):
    """By projects, that is, which is not what the paper speaks of."""
    numbers = dict(zip((*MEMBERS, 440000), (*counts, 10), strict=True))
    spread = pd.Series({(code, year): number for year in YEARS for code, number in numbers.items()})
    found = judges.assess("Q99", listed(made_up.projects(NOW.c.tables, spread)))
    assert (found.verdict, found.judged.computed) == ("indirect", (even, even))


@pytest.mark.parametrize(("least", "levels"), [(0, (0, 4)), (4, (3, 4)), (5, (4, 4)), (6, None)])
def test_evenness_agrees_with_counts_by_hand(least, levels):
    row = {"evidence_id": "E1", "adcode": 1, "period_start": 2015, "period_end": 2015, "counts": "project"}
    evidence = pd.DataFrame([row | {"lower": least, "upper": None, "tier": 1}])
    assert clusters.bound_member_evenness(
        constraints.build_project_count_problem(evidence, {2015: 9}, {}, (1, 2, 3), 1), [1, 2]
    ) == (9, levels)


def test_only_members_of_the_year_are_compared():
    world = NOW("rd_intensity_countries").query("vintage == 'wdi_2026_07' and year == 2020")
    (before,) = innovation.rank_china_in_oecd(world, NOW).itertuples()
    assert before.higher + before.lower == before.with_data <= before.members
    assert before.worst - before.best == before.members - before.with_data
    later = NOW.having(put("oecd_members", "accession_year", 2021, iso3="USA"))
    (after,) = innovation.rank_china_in_oecd(world, later).itertuples()
    assert (after.members, after.higher, after.lower) == (before.members - 1, before.higher - 1, before.lower)


def test_only_a_period_that_holds_the_loans_lends_its_shares():
    table, half, twelve = "corporate_financing_2020", "2020-01/2020-06", "2019-10/2020-09"
    for other in ("2020-02/2020-12", "2019-10/2020-05"):
        data = NOW.having(put(table, "period", other, period=twelve))
        found = finance.select_financing_by_period(data(table), half, data)
        assert set(found["period"]) == {half} and set(found["measure"]) == set(finance.RAISED)
    assert set(finance.select_financing_by_period(NOW(table), half, NOW)["period"]) == {half, twelve}


def test_loans_are_compared_with_what_is_known_up_to_the_year_of_the_return():
    loans, now, euro, profit = finance.select_lending_rate_rows(NOW)
    assert loans["as_of"].is_monotonic_increasing and now["as_of"].tolist() == ["2020-12"]
    assert not euro.empty and not profit.empty
    late = [put("lending_rates_and_returns", "as_of", "2022-01", measure="enterprise_loans")]
    late += [put("lending_rates_and_returns", "as_of", "2021-01", measure="composite_cost")]
    assert [len(rows) for rows in finance.select_lending_rate_rows(NOW.having(*late))[1:3]] == [1, 0]


def test_the_implied_supply_is_that_of_the_earliest_source_with_all_four_numbers():
    found = talent.tabulate_talent_balance(NOW)
    assert set(found["source_id"]) == {"ed-2020-mnw"} and list(found["supply"]) == [450, 450]
    with pytest.raises(CompendiumError, match="no outside source"):
        talent.tabulate_talent_balance(NOW.having(drop("talent_statements", statement_id="S06")))


SLOTS = frozen.texts("records").query("yardstick_en != ''")


@pytest.mark.parametrize(("side", "outcome"), [("holds", "traced"), ("fails", "contradicted")])
@pytest.mark.parametrize("claim_id", split_list(" ; ".join(SLOTS["claim_ids"])))
def test_the_data_that_a_slot_asks_for_decide_its_claim_either_way(claim_id, side, outcome):
    cells = {"comparison": side, "differs_in": "", "part_zh": "", "part_en": "", "value": float("nan"), "also_in": ""}
    row = {"evidence_id": "V999", "claim_id": claim_id, **cells}
    assert verdict(claim_id, *add("claim_evidence", row, evidence_id="V121")) == outcome


@pytest.mark.parametrize(
    "table", [frozen.texts("records"), pd.read_csv(HERE.raw / "records.csv", keep_default_na=False)]
)
def test_a_slot_names_columns_yardstick_and_the_day_it_was_set_or_none_of_them(table):
    filled = table[["columns_zh", "columns_en", "yardstick_zh", "yardstick_en", "set_on"]].ne("")
    assert filled.any(axis=None) and filled.eq(filled["set_on"], axis=0).all(axis=None)


SLOTS = NOW("records").dropna(subset=["set_on"])  # what could be obtained, each with the yardstick that was set first


@pytest.mark.parametrize(("record", "claim_id"), SLOTS[["record_id", "claim_ids"]].to_numpy().tolist())
def test_a_record_that_could_be_obtained_decides_its_claim_either_way(record, claim_id):
    """A made-up row of the very thing, as `evidence add` enters it, turns what is not settled; its side says how."""
    cells = {"evidence_id": "V999", "claim_id": claim_id, "part_zh": "", "part_en": "", "differs_in": ""}
    sides = [add("claim_evidence", cells | {"comparison": side}, evidence_id="V122") for side in ("holds", "fails")]
    assert [verdict(claim_id, *changes) for changes in ([], *sides)] == ["indirect", "traced", "contradicted"], record
