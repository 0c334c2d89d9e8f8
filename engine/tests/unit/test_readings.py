"""The rule by reading: what all readings say, what depends on the reading, and what the ledger tells of each."""

import frozen
import pandas as pd
import pytest
from worlds import HERE
from worlds import judged as record_of

from compendium.base.texts import make_bilingual_text
from compendium.base.vocabulary import DEPENDS
from compendium.ledger.evidence import EvidenceTables, LedgerError
from compendium.ledger.readings import by_reading, join_interpretations
from compendium.ledger.record import show_values
from compendium.ledger.recording import record_claim
from compendium.ledger.rules import Judged, missing, own, printed
from compendium.ledger.verdict import Judges, assess

CLAIM = pd.Series({"claim_id": "Q14", "value_text": "low", "value_low": None, "value_high": None})
READINGS = pd.DataFrame(
    [
        ("Q14", "narrow", "是狭义", "it is narrow"),
        ("Q14", "wide", "是广义", "it is wide"),
        ("Q15", "any", "都算", "any"),
    ],
    columns=["claim_id", "reading", "reading_zh", "reading_en"],
)
DATA = EvidenceTables(HERE, known={"claim_readings": READINGS})
ROWS = pd.DataFrame({"source_id": ["list", "survey"], "table": "lists"})
REASON = make_bilingual_text("理由。", "Reason.")


def said(agreement, computed=None, **more):
    rows = ROWS[:0] if agreement == "none" else ROWS
    return Judged("printed", agreement, rows, computed, reason=REASON, **more)


def judged(narrow, wide, data=DATA):
    return by_reading(CLAIM, {"narrow": narrow, "wide": wide}, data)


@pytest.mark.parametrize(
    ("plainest", "other", "agreement", "readings"),
    [
        ("same", "same", "same", ("holds", "holds")),
        ("same", "differs", "depends", ("holds", "fails")),
        ("differs", "same", "depends", ("fails", "holds")),
        ("same", "relabelled", "same", ("holds", "relabelled")),
        ("same", "none", "same", ("holds", "open")),  # what nothing can decide does not sink the plainest
        ("differs", "none", "differs", ("fails", "open")),  # nor does it save
        ("part", "interval", "part", ("fails", "open")),
        ("none", "same", "relabelled", ("open", "holds")),
        ("relabelled", "same", "relabelled", ("relabelled", "holds")),
        ("relabelled", "none", "relabelled", ("relabelled", "open")),
        ("interval", "differs", "open", ("open", "fails")),
        ("interval", "open", "interval", ("open", "open")),
        ("related", "none", "related", ("open", "open")),
    ],
)
def test_the_plainest_reading_decides_and_another_that_counts_may_make_it_depend(plainest, other, agreement, readings):
    result = judged(said(plainest), said(other))
    assert (result.rule, result.agreement) == ("by_reading", agreement)
    assert tuple(result.readings.values()) == readings and list(result.readings) == ["narrow", "wide"]


def voted(points, marks=("plain", "possible"), **more):
    """Return tables in which two readers gave `points` to `wide` and the rest to `narrow`."""
    rows = [("B01", f"r{n}", "wide", given, mark) for n, (given, mark) in enumerate(zip(points, marks, strict=True))]
    rows += [("B01", voter, "narrow", 100 - given, "plain") for _, voter, _, given, _ in rows]
    votes = pd.DataFrame(rows, columns=["ballot", "voter", "reading", "points", "mark"])
    asked = READINGS.assign(ballot="B01", control=["", "", "absurd"])
    return EvidenceTables(HERE, known={"claim_readings": asked, "reading_votes": votes} | more)


@pytest.mark.parametrize(
    ("points", "marks", "agreement"),
    [
        ((20, 20), ("possible", "possible"), "depends"),
        ((14, 14), ("possible", "possible"), "same"),  # too few points to count
        ((20, 20), ("farfetched", "possible"), "same"),  # half call it far-fetched
        ((60, 60), ("plain", "plain"), "depends"),  # now the plainest, and the other counts too
        ((90, 90), ("plain", "plain"), "differs"),
    ],
)
def test_votes_tell_the_plainest_and_which_count(points, marks, agreement):
    assert judged(said("same"), said("differs"), voted(points, marks)).agreement == agreement


def test_a_number_that_sources_have_under_a_reading_that_does_not_count_has_another_label_or_is_misquoted():
    claim = pd.Series({"claim_id": "Q14", "value_text": "30", "value_low": 30, "value_high": 30})
    found = {"narrow": missing(), "wide": said("same", [30])}
    assert by_reading(claim, found, voted((5, 5))).agreement == "relabelled"
    found["wide"] = said("differs", [31])
    assert by_reading(claim, found, voted((5, 5))).agreement == "differs"
    words = pd.Series({"claim_id": "Q14", "value_text": "low", "value_low": None, "value_high": None})
    found["wide"] = said("same", True)
    assert by_reading(words, found, voted((5, 5))).agreement == "related", "words are told and save nothing"


def test_where_no_reading_finds_rows_or_has_a_name_nothing_is_compared_but_with_the_paper():
    unnamed = EvidenceTables(HERE, known={"claim_readings": READINGS[:0]})
    for result in (judged(said("none"), said("none")), judged(said("same"), said("differs"), unnamed)):
        assert (result.rule, result.agreement, result.readings) == ("by_reading", "none", {})
    claim = pd.Series({"claim_id": "Q14", "value_text": "30", "value_low": 30, "value_high": 30})
    for narrow, wide, verdict in (
        (30, 30, "consistent"), (30, 31, DEPENDS), (30, None, "consistent"), (31, 32, "inconsistent")
    ):  # fmt: skip
        one, other = (missing() if value is None else own(claim, value) for value in (narrow, wide))
        assert assess(claim, judged(one, other), DATA).verdict == verdict


@pytest.mark.parametrize(
    ("narrow", "wide", "computed", "difference"),
    [
        (said("same", [46], difference=0.0), said("differs", 49, difference=3.0), [46, 49], 3),
        (said("differs", 40, difference=-6.0), said("differs", 49, difference=3.0), [40, 49], -6),
        (said("same", True), said("differs", [False]), [True, False], None),
        (said("differs", False), said("related", [True]), [False], None),  # what is related holds under no reading
        (said("interval", (32, 86)), said("none"), (32, 86), None),
        (said("related", [True]), said("none"), (False, True), None),
    ],
)
def test_the_numbers_of_all_readings_are_handed_on_else_whether_it_holds(narrow, wide, computed, difference):
    result = judged(narrow, wide)
    assert result.computed == computed
    assert result.difference == difference or (difference is None and result.difference != result.difference)


def test_the_rows_of_each_reading_are_needed_one_where_one_tells_it_all():
    result = judged(said("same", any_row=True), said("differs"))
    assert result.rows["source_id"].tolist() == ["list", "survey"] * 2
    assert result.sides == (("narrow", True), ("narrow", True), ("wide", 0), ("wide", 1))


def test_the_reason_tells_reading_by_reading_the_plainest_first_with_its_points():
    result = judged(said("differs"), said("same"))
    assert result.reason.en == "It fails if it is narrow: Reason. It holds if it is wide: Reason."
    assert result.reason.zh == "若是狭义，不成立：理由。若是广义，成立：理由。"
    assert result.short.en == "It holds if it is wide. It fails if it is narrow."
    assert result.short.zh == "成立：若是广义。不成立：若是狭义。"
    told = judged(said("differs"), said("none"), voted((1, 1)))
    first = "It fails if read most plainly (99 of 100 points), it is narrow: Reason."
    assert told.reason.en == f"{first} It is not settled if it is wide (1 point, too few to count): Reason."
    assert told.short.en == "Reason."  # what decides, without its points


@pytest.mark.parametrize(
    ("given", "claim_id", "named"),
    [
        (["narrow", "other"], "Q14", "narrow, other; claim_readings.csv has narrow, wide"),
        (["narrow"], "Q16", "narrow; claim_readings.csv has none"),
    ],
)
def test_readings_that_are_not_those_of_the_table_are_refused(given, claim_id, named):
    claim = pd.Series({"claim_id": claim_id})
    with pytest.raises(LedgerError, match=rf"^{claim_id}: its judgement gives the readings {named}. Remedy: "):
        by_reading(claim, dict.fromkeys(given, said("same")), DATA)


def given(claim, data):
    """Judge Q14, which prints 46, by a source that prints two numbers, one by reading."""
    row = data("pilot_batches").query("basis == 'seen'").head(1)
    numbers = {"narrow": 46.0, "wide": 49.0}.items()
    return by_reading(claim, {name: printed(claim, row, [n], data).told(REASON) for name, n in numbers}, data)


def test_the_ledger_holds_the_readings_and_in_short_under_which_it_holds():
    judges, data = (
        Judges(),
        EvidenceTables(frozen.compendium(), known={"claim_readings": READINGS.assign(table="claim_readings")}),
    )
    judges("Q14")(given)
    one = record_claim(judges, data.claim("Q14"), data, {}, flips=False)
    assert (one.verdict, one.rule, one.agreement) == (DEPENDS, "by_reading", "depends")
    assert one.readings == {"narrow": "holds", "wide": "fails"}
    assert (show_values(one.value_computed), one.difference, one.strength) == ("46 / 49", 3, "weak")
    assert one.why == make_bilingual_text(
        "成立：若是狭义。不成立：若是广义。", "It holds if it is narrow. It fails if it is wide."
    )
    assert one.reason.en.startswith("It holds if it is narrow: Reason. It fails if it is wide: Reason.")
    assert one.found.en == "46 / 49 projects (under one reading)"


def test_readings_of_which_one_goes_on_where_another_ends_are_listed_whole():
    readings = [make_bilingual_text("", "if it is narrow"), make_bilingual_text("", "if it is narrow in number")]
    assert join_interpretations(readings, "en") == "if it is narrow, or narrow in number"


@pytest.mark.parametrize(
    ("agreement", "value", "en"),
    [
        ("depends", "yes / no", "holds under one reading, fails under another"),
        ("depends", "yes", "holds under one reading"),
        ("open", "no", "fails under one reading"),
    ],
)
def test_a_statement_in_words_that_fails_under_one_reading_is_not_said_not_to_hold(agreement, value, en):
    assert record_of(value_computed=value, verdict=DEPENDS, agreement=agreement).found.en == en
