"""The judgements of maturity turn when the rows do: other shares, another sample, values of Figure 2."""

import pytest
from planted import NOW, add, coded, drop, judged, put, read_as, reason, uncoded, verdict

from compendium.ledger.evidence import Change
from compendium.ledger.flips import nearest
from study.judgements import industry_order, judges, maturity

DEPENDS = "depends on the reading"
LEVELS, INDUSTRIES, SAMPLES = "maturity_levels", "maturity_industries", "maturity_samples"
FALLING = (88.0, 80.0, 75.0, 70.0, 66.0, 60.0, 52.0, 45.0, 40.0, 31.0)  # made up
BARS = tuple(industry_order.order(NOW).index)
FIGURE_2 = ("Q49", "Q50", "Q51", "Q52")
OUTSIDE = sorted(set(NOW(LEVELS)["source_id"]) - {"paper"})


def level(column, value, **where):
    """Return the change of a row of the levels that does not come from the paper."""
    return put(LEVELS, column, value, **where, source_id=OUTSIDE)


def national(name, year=2020):
    return {"scope": "national", "year": year, "level_class": name}


def bars(*numbers):
    """Return the change that gives the bars of Figure 2 these values."""
    return Change("set", INDUSTRIES, BARS, "value", numbers)


@pytest.mark.parametrize(("claim_id", "name"), [("Q42", "le1"), ("Q43", "2"), ("Q44", "3"), ("Q45", "ge4")])
def test_an_outside_survey_with_other_shares_turns_the_verdict(claim_id, name):
    """Of all manufacturers nothing is known; at level 1 there can be no more firms than at level 1 and below."""
    beside = add(LEVELS, {"share_pct": 33.0}, **national(name), source_id=OUTSIDE)
    lowest, alone = name == "le1", level("share_pct", 33.0, **national(name))
    assert verdict(claim_id) == DEPENDS and verdict(claim_id, *beside) == ("bounded" if lowest else "open")
    assert read_as(claim_id, alone) == ("fails fails open" if lowest else "fails open", "open")
    assert claim_id in maturity.CLASSES


FELL = coded("Q103", "comparison", "fails")
UNSAID = uncoded("Q103")
FALLEN = level("share_pct", 20.0, **national("ge2", 2024))
INITIAL = level("share_pct", 40.0, **national("le1"))
SPLIT = level("year", 2024, scope="jiangsu", year=2022, level_class="ge2")
KNOWN_BEFORE = put(SAMPLES, "value", 200, scope="jiangsu", year=2021, measure="firms_assessed")


@pytest.mark.parametrize(
    ("claim_id", "changes", "word"),
    [
        # Five years hang on the start that the paper names.
        ("Q40", [put("claims", "value_low", 2012.0, claim_id="Q10")], "inconsistent"),
        ("Q42", [drop(LEVELS, **national("le1"), source_id=OUTSIDE)], "not obtained"),
        # Rising and initial are judged apart.
        ("Q103", [], "traced"),
        ("Q103", [FELL], "mixed"),
        ("Q103", [FELL, INITIAL], "contradicted"),
        ("Q103", UNSAID, "bounded"),
        ("Q103", [*UNSAID, FALLEN], "mixed"),
        ("Q103", [*UNSAID, FALLEN, INITIAL], "contradicted"),
        # A rise outside Jiangsu counts from the first year with a known weight: before, from 0 to 100 % nothing rises.
        ("Q103", [*UNSAID, SPLIT], "bounded"),
        ("Q103", [*UNSAID, SPLIT, KNOWN_BEFORE], "traced"),
        # Values of Figure 2 must fit its axis, and a figure filled in part decides nothing.
        ("Q53", [], "not obtained"),
        ("Q53", [bars(*FALLING)], "consistent"),
        ("Q53", [bars(97.0, *FALLING[1:])], "inconsistent"),
        *((name, [bars(*FALLING[:9], float("nan"))], "not obtained") for name in ("Q51", "Q52", "Q53")),
    ],
)
def test_the_verdict_turns_with_the_rows(claim_id, changes, word):
    assert verdict(claim_id, *changes) == word


ASSESSED = {"scope": "national", "year": 2020, "measure": "firms_assessed"}


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "word"),
    [
        # The lowest class is level 1 only if a row says so.
        ("Q42", [], "holds open open", DEPENDS),
        ("Q42", [level("level_class", "1", **national("le1"))], "holds holds open", DEPENDS),
        ("Q42", [level("share_pct", 85.0, **national("le1"))], "fails open open", "open"),
        # A smaller sample speaks against the number of firms that were assessed.
        ("Q41", [], "holds open", DEPENDS),
        ("Q41", [put(SAMPLES, "value", 9000, **ASSESSED, source_id=OUTSIDE)], "fails open", "open"),
    ],
)
def test_the_verdict_depends_on_what_a_word_is_taken_for(claim_id, changes, said, word):
    assert read_as(claim_id, *changes) == (said, word)


def test_the_rest_of_the_country_is_known_better_once_jiangsu_is():
    before, after = (maturity.rest_of_country(NOW.having(*changes)).loc[2024] for changes in ([], [SPLIT]))
    assert before["free_high_pct"] - before["free_low_pct"] > 50
    weight = 50785 / 113792
    rest = (42.0 - weight * 44.6) / (1 - weight)
    assert after[["free_low_pct", "free_high_pct"]].tolist() == pytest.approx([rest, rest])


def test_inputs_that_clash_leave_the_rest_unknown_and_break_nothing():
    two = level("year", 2024, year=2022, level_class="ge2")
    clash = two, level("share_pct", 99, scope="jiangsu", level_class="ge2")
    known, unknown = (
        maturity.rest_of_country(NOW.having(*changes)).loc[2024, "free_low_pct"] for changes in ([], clash)
    )
    assert known != unknown
    assert "2021 to 2024, the numbers used clash and leave no bounds" in reason("Q103", *clash)


@pytest.mark.parametrize("claim_id", FIGURE_2)
@pytest.mark.parametrize("falling", [True, False])
def test_values_of_figure_2_decide_and_those_from_outside_the_paper_come_first(claim_id, falling):
    numbers = FALLING if falling else FALLING[::-1]
    seen = {"value": numbers, "measure": ("share_ge3",) * len(BARS), "basis": ("seen",) * len(BARS)}
    new = tuple(range(len(NOW(INDUSTRIES)), len(NOW(INDUSTRIES)) + len(BARS)))
    outside = [Change("set", INDUSTRIES, new, column, cells) for column, cells in seen.items()]
    assert verdict(claim_id, bars(*numbers)) == ("consistent" if falling else "inconsistent")
    assert verdict(claim_id, Change("add", INDUSTRIES, BARS), *outside) == ("confirmed" if falling else "contradicted")


@pytest.mark.parametrize("claim_id", [*FIGURE_2, "Q53"])
def test_other_values_of_figure_2_turn_the_verdict(claim_id):
    assert nearest(judges, claim_id, NOW.having(bars(*FALLING))).verdict != "consistent"


def test_the_order_of_another_year_is_told_beside_the_statement_on_discrete_industries():
    rows = NOW(INDUSTRIES).query("scope == 'national' and measure == 'named_order' and year == 2022")
    discrete, process = (rows.loc[rows["process_type"] == kind, "position"] for kind in ("discrete", "process"))
    share = sum((d < process).sum() for d in discrete) / (len(discrete) * len(process))
    found = judged("Q49")
    assert f"named in 2022 the discrete one comes first in {100 * share:.0f}% of the pairs." in found.judged.reason.en
    assert set(rows["source_id"]) <= set(found.beside) and not found.sources


@pytest.mark.parametrize("claim_id", [*maturity.CLASSES, "Q41", *FIGURE_2, "Q53", "Q103"])
def test_empty_tables_leave_the_claim_open(claim_id):
    bare = [Change("drop", name, tuple(NOW(name).index)) for name in (LEVELS, INDUSTRIES, SAMPLES)]
    searched = add("searches", {"claim_id": claim_id}, search_id=NOW("searches")["search_id"].iloc[0])
    assert verdict(claim_id, *bare, *searched) in ("not obtained", "no source found")
