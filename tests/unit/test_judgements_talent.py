"""The judgements of talent turn when the rows do: another demand or gap, a count after the year, another field."""

import frozen
import pytest

from compendium import CompendiumError
from compendium.ledger.evidence import Change, Data
from study.judgements import judges, talent

C = frozen.compendium()
TABLE = "talent_statements"


@pytest.fixture(scope="module")
def data():
    return Data(C)


def rows(data, *statements):
    frame = data(TABLE)
    return tuple(frame.index[frame["statement_id"].isin(statements)])


def outside(data, statement, value, published):
    """Return the tables with a print of another origin, made up: a copy of a statement with this value and date."""
    new = (len(data(TABLE)),)
    changes = [Change("set", TABLE, new, "value_10k", (value,)), Change("set", TABLE, new, "published", (published,))]
    return data.having(Change("add", TABLE, rows(data, statement)), *changes)


def verdict(claim_id, data):
    return judges.assess(claim_id, data).verdict


def judged(claim_id, data):
    """Return the verdict and whether the claim holds under each of its readings."""
    found = judges.assess(claim_id, data)
    return (found.verdict, *found.judged.readings.values())


def test_an_outside_demand_of_1000_with_a_gap_of_550_turns_the_verdicts(data):
    for claim_id, value, *same in (("Q70", 1000, "S04"), ("Q71", 550, "S05"), ("Q72", 550, "S07", "S10")):
        beside = outside(data, same[0], value, "2021-06")
        alone = beside.having(Change("drop", TABLE, rows(data, *same)))
        assert (verdict(claim_id, beside), verdict(claim_id, alone)) == ("open", "contradicted")
    assert judged("Q70", outside(data, "S04", 1000, "2021-06")) == ("open", "open", "fails"), "the count is another"


def test_a_count_after_the_year_by_another_origin_holds_under_both_readings(data):
    for claim_id, value, same in (("Q70", 750, "S04"), ("Q71", 300, "S05")):
        count = outside(data, same, value, "2021-06")
        assert judged(claim_id, count) == ("traced", "holds", "holds")
        assert verdict(claim_id, count.having(Change("drop", TABLE, rows(data, same)))) == "confirmed"
    assert verdict("Q72", data) == "traced"
    assert verdict("Q72", outside(data, "S07", 450, "2021-06")) == "confirmed"


def test_another_forecast_is_no_count(data):
    assert judged("Q70", outside(data, "S04", 750, "2019-06")) == ("depends on the reading", "holds", "open")


def test_a_later_copy_of_a_forecast_stays_a_forecast(data):
    copy = data.having(
        Change("set", TABLE, rows(data, "S10"), "year", (2020,)),
        Change("set", TABLE, rows(data, "S10"), "value_10k", (300,)),
    )
    found = talent.prints(copy).loc[rows(data, "S10")[0]]
    assert (found["print_year"], found["kind"]) == (2021, "forecast")
    assert judged("Q71", copy) == ("depends on the reading", "holds", "open")


def test_the_field_that_the_press_prints_counts_and_that_of_the_guide_is_told_beside(data):
    guide = talent.text("answer-guide", field="高档数控机床和机器人", kind=talent.KINDS["forecast"]).zh
    gone = data.having(Change("drop", TABLE, rows(data, "S07", "S10")))
    alike = gone.having(Change("set", TABLE, rows(data, "S22"), "field_zh", ("智能制造",)))
    assert verdict("Q72", gone) == "relabelled", "only the Guide, for another field"
    assert verdict("Q72", alike) == "traced", "the Guide itself has it for the field of the paper"
    unnamed = data.having(Change("drop", TABLE, rows(data, "S22", "S24", "S25")))
    assert verdict("Q72", data) == verdict("Q72", unnamed) == "traced"
    assert [guide in judges.assess("Q72", known).judged.zh for known in (data, unnamed)] == [True, False]


def test_prints_after_the_paper_by_its_own_origin_are_no_evidence(data):
    late = data.having(Change("drop", TABLE, rows(data, "S05", "S07", "S10", "S21", "S22", "S23", "S24")))
    assert [verdict(claim_id, late) for claim_id in ("Q71", "Q72")] == ["not obtained"] * 2


@pytest.mark.parametrize("claim_id", list(talent.MEASURES))
def test_an_empty_table_leaves_the_claim_open(data, claim_id):
    assert verdict(claim_id, data.having(Change("drop", TABLE, tuple(data(TABLE).index)))) == "not obtained"


def test_under_each_reading_the_first_sentence_of_the_reason_is_the_answer(data):
    guide = talent.text("answer-guide", field="高档数控机床和机器人", kind=talent.KINDS["forecast"]).zh
    forecast, none = talent.text("answer-forecast").zh, talent.text("figure-no-count", year=2020).zh
    reason = judges.assess("Q71", data).judged.zh
    assert f"，成立：{forecast}" in reason and f"，不能定：{none}" in reason and guide in reason
    assert "“智能制造” 300万，预测" in reason and "新材料（预测缺口）" in reason
    alone = judges.assess("Q71", data.having(Change("drop", TABLE, rows(data, "S05")))).judged.zh
    assert f"，不成立：{forecast}" in alone and guide in alone and "“智能制造” 300万，预测" not in alone
    other = judges.assess("Q71", outside(data, "S05", 550, "2021-06")).judged.zh
    for found, others in (("不能定", "300万、550万"), ("不成立", "550万")):
        assert f"，{found}：{talent.text('answer-number', others=others, own='300万').zh}" in other
    same = talent.text("answer-same", field="智能制造", kind=talent.KINDS["after"]).zh
    counted = judges.assess("Q71", outside(data, "S05", 300, "2021-06")).judged.zh
    assert counted.count(f"，成立：{same}") == 2 and none not in other + counted


def test_the_implied_supply_is_that_of_the_earliest_source_with_all_four_numbers(data):
    found = talent.balance(data)
    assert set(found["source_id"]) == {"ed-2020-mnw"} and list(found["supply"]) == [450, 450]
    with pytest.raises(CompendiumError, match="no outside source"):
        talent.balance(data.having(Change("drop", TABLE, rows(data, "S06"))))
