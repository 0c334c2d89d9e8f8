"""The judgements of talent turn when the rows do: another demand or gap, a count after the year, another field."""

import pytest
from planted import NOW, add, drop, judged, put, read_as, rows, verdict

from compendium import CompendiumError
from study.judgements import talent

DEPENDS = "depends on the reading"
TABLE = "talent_statements"
COPY = [put(TABLE, "year", 2020, statement_id="S10"), put(TABLE, "value_10k", 300, statement_id="S10")]


def outside(statement, value, published="2021-06"):
    """Return the changes that add a print of another origin: a copy of a statement with this value and date."""
    return add(TABLE, {"value_10k": value, "published": published}, statement_id=statement)


def without(*statements):
    return drop(TABLE, statement_id=list(statements))


@pytest.mark.parametrize(
    ("claim_id", "changes", "word"),
    [
        # An outside demand of 1000 with a gap of 550 turns the verdicts.
        ("Q70", outside("S04", 1000), "open"),
        ("Q70", [*outside("S04", 1000), without("S04")], "contradicted"),
        ("Q71", outside("S05", 550), "open"),
        ("Q71", [*outside("S05", 550), without("S05")], "contradicted"),
        ("Q72", outside("S07", 550), "open"),
        ("Q72", [*outside("S07", 550), without("S07", "S10")], "contradicted"),
        # A count after the year by another origin, made up.
        ("Q70", [*outside("S04", 750), without("S04")], "confirmed"),
        ("Q71", [*outside("S05", 300), without("S05")], "confirmed"),
        ("Q72", [], "traced"),
        ("Q72", outside("S07", 450), "confirmed"),
        # The field that the press prints counts: only the Guide, for another field; the Guide for that of the paper.
        ("Q72", [without("S07", "S10")], "relabelled"),
        ("Q72", [without("S07", "S10"), put(TABLE, "field_zh", "智能制造", statement_id="S22")], "traced"),
        ("Q72", [without("S22", "S24", "S25")], "traced"),
        # Prints after the paper by its own origin are no evidence.
        *(
            (name, [without("S05", "S07", "S10", "S21", "S22", "S23", "S24")], "not obtained")
            for name in ("Q71", "Q72")
        ),
        *((name, [drop(TABLE)], "not obtained") for name in talent.MEASURES),
    ],
)
def test_the_verdict_turns_with_the_rows(claim_id, changes, word):
    assert verdict(claim_id, *changes) == word


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "word"),
    [
        ("Q70", outside("S04", 1000), "open fails", "open"),  # the count is another
        ("Q70", outside("S04", 750), "holds holds", "traced"),
        ("Q71", outside("S05", 300), "holds holds", "traced"),
        ("Q70", outside("S04", 750, "2019-06"), "holds open", DEPENDS),  # another forecast is no count
        ("Q71", COPY, "holds open", DEPENDS),  # a later copy of a forecast stays one
    ],
)
def test_the_verdict_depends_on_what_a_word_is_taken_for(claim_id, changes, said, word):
    assert read_as(claim_id, *changes) == (said, word)


def test_a_later_copy_of_a_forecast_stays_a_forecast():
    found = talent.prints(NOW.having(*COPY)).loc[rows(TABLE, statement_id="S10")[0]]
    assert (found["print_year"], found["kind"]) == (2021, "forecast")


GUIDE = talent.text("answer-guide", field="高档数控机床和机器人", kind=talent.KINDS["forecast"]).zh
FORECAST, NONE = talent.text("answer-forecast").zh, talent.text("figure-no-count", year=2020).zh
SAME = talent.text("answer-same", field="智能制造", kind=talent.KINDS["after"]).zh
PRINTED = "“智能制造” 300万，预测"


def number(others):
    return talent.text("answer-number", others=others, own="300万").zh


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "unsaid"),
    [
        ("Q71", [], [f"，成立：{FORECAST}", f"，不能定：{NONE}", GUIDE, PRINTED, "新材料（预测缺口）"], []),
        ("Q71", [without("S05")], [f"，不成立：{FORECAST}", GUIDE], [PRINTED]),
        ("Q71", outside("S05", 550), [f"，不能定：{number('300万、550万')}", f"，不成立：{number('550万')}"], [NONE]),
        ("Q71", outside("S05", 300), [f"，成立：{SAME}"], [NONE]),
        ("Q72", [], [GUIDE], []),
        ("Q72", [without("S22", "S24", "S25")], [], [GUIDE]),
    ],
)
def test_under_each_reading_the_first_sentence_of_the_reason_is_the_answer(claim_id, changes, said, unsaid):
    told = judged(claim_id, *changes).judged.reason.zh
    assert [one in told for one in said + unsaid] == [True] * len(said) + [False] * len(unsaid)
    assert told.count(f"，成立：{SAME}") in (0, 2), "under both or none"


def test_the_implied_supply_is_that_of_the_earliest_source_with_all_four_numbers():
    found = talent.balance(NOW)
    assert set(found["source_id"]) == {"ed-2020-mnw"} and list(found["supply"]) == [450, 450]
    with pytest.raises(CompendiumError, match="no outside source"):
        talent.balance(NOW.having(without("S06")))
