"""The ledger: what the paper prints is read right, a claim judged is one record, records are read back and counted."""

import math
import re

import frozen
import numpy as np
import pandas as pd
import pytest
from batches import BATCHES
from worlds import HERE, at, holding, judged

from compendium.base import paths
from compendium.base.files import InputError, csv_text
from compendium.base.texts import NOTHING
from compendium.ledger import claims, evidence, printed, recording, rules
from compendium.ledger.evidence import EvidenceTables, LedgerError
from compendium.ledger.record import Estimate, list_ledger_columns, parse_ledger_row, read_values, show_values
from compendium.ledger.recording import normalise_computed_values
from compendium.ledger.rules import Judged
from compendium.ledger.verdict import Assessment, Judges
from study.judgements import judges

C = frozen.compendium()


def claim(text, low=math.nan, high=math.nan):
    return pd.Series({"claim_id": "Q0", "value_text": text, "value_low": low, "value_high": high})


PERIOD = claim("2001-2005", 2001, 2005)
LIST = claim("90 / 16 / 7")
WORDS = claim("first > second")


# What the paper prints.


def test_agreement_by_hand():
    """At the edges, test_values.py says what agrees; here, by how much, and in which types."""
    for row, computed, ok, difference in (
        (claim("3 / 8 = 0.38", 0.38, 0.38), 3 / 8, True, -0.005),
        (claim("<100", high=100), 103, False, 3),
        (PERIOD, 2003, True, 0),
        (PERIOD, (2001, 2006), False, 1),
        (claim("10", 10, 10), np.int64(10), True, 0),
        (claim("10", 10, 10), pd.Series([10]), True, 0),
        (LIST, [90, 16.4, 7], True, 0.4),
        (LIST, [90, 13, 8], False, -3),
        *((WORDS, kind(ok), ok, math.nan) for kind in (bool, np.bool_) for ok in (True, False)),
    ):
        found, by = printed.compare_computed_value(row, computed)
        assert found is ok and by == pytest.approx(difference, nan_ok=True)


@pytest.mark.parametrize(
    ("row", "computed", "message"),
    [
        (LIST, [90, 16], "2 computed values for 3 printed ones"),
        (WORDS, 3.5, "the paper prints no single number; compute True, False or a list"),
        *((PERIOD, nothing, "nothing was computed") for nothing in (None, [], pd.Series([pd.NA], dtype="Int64"))),
    ],
)
def test_what_cannot_be_compared_is_refused(row, computed, message):
    with pytest.raises(LedgerError, match=f"^Q0: {message}$"):
        printed.compare_computed_value(row, computed)


@pytest.mark.parametrize(
    ("grade", "trust", "zh", "en"),
    [
        ("C", "ok", "（弱：离不开 C 级来源。）", "(Weak: needs a source of grade C.)"),
        ("C", "unsafe", "（弱：离不开 C 级来源和可疑站点。）", "source of grade C and an untrusted site.)"),
        ("B", "unsafe", "（弱：离不开可疑站点上的副本。）", "(Weak: needs a copy on an untrusted site.)"),
        ("B", "ok", "", ""),  # firm evidence needs no excuse
        ("", "", "", ""),
    ],
)
def test_weak_evidence_is_owned_up_to(grade, trust, zh, en):
    found = Assessment("copy", "same", "same", "traced", ("x",), grade, trust, Judged("printed", "same"))
    told = recording.describe_weak_evidence(found)
    assert told.zh == zh and told.en.endswith(en) and bool(told.en) == bool(en)


def test_a_reason_tells_what_was_not_obtained_once():
    data = EvidenceTables(C)
    records = data("records").set_index("record_id")["record_en"]
    decisive, helpful = (f"Not obtained, though {word}." for word in ("decisive: {}", "helpful: {}"))
    both_of = f"{decisive.format(records['R14'])} {helpful.format(records['R13'])}"
    assert recording.describe_missing_records("Q15", True, data).en == decisive.format(records["R02"])
    assert recording.describe_missing_records("Q15", False, data) == NOTHING, "no record that would only help"
    assert recording.describe_missing_records("Q79", True, data).en == both_of
    assert recording.describe_missing_records("Q79", False, data).en == helpful.format(records["R13"]), (
        "a reason tells the others"
    )


@pytest.mark.parametrize(
    ("computed", "text"),
    [
        (None, ""),
        (True, "yes"),
        (np.False_, "no"),
        (99 / 46, "2.15217"),
        (1234567.8, "1234568"),
        (1000000, "1000000"),
        ((False, True), "no to yes"),
        (pd.Series([12, 12, 10]), "12 / 10"),
        (1.234e-7, "0.0000001234"),
        ((-2e-6, 5.0), "-0.000002 to 5"),
        ([[2016, 2020], 2018], "2016 to 2020 / 2018"),
        (Estimate((3, 3)), "3 ± 3"),
        (Estimate((-0.31, -0.55, -1e-7)), "-0.31 [-0.55, -0.0000001]"),
        ([Estimate((2, 0.5)), 46], "2 ± 0.5 / 46"),
    ],
)
def test_computed_values_as_text(computed, text):
    assert show_values(normalise_computed_values(computed)) == text
    assert show_values(read_values(text)) == text


# A claim judged, as one record of the ledger.


def record(claim_id, data=None, flips=True, **choices):
    data = data or EvidenceTables(C)
    return recording.record_claim(BATCHES, data.claim(claim_id), data, choices, flips)


def test_a_record_holds_what_the_reader_needs():
    found = record("Q14")
    assert found.value_printed == EvidenceTables(C).claim("Q14")["value_text"] and found.printed.en == "46 projects"
    assert (found.verdict, found.trace, found.agreement, found.origin) == ("traced", "copy", "same", "same")
    assert (found.value_computed, found.difference) == (((46,),), 0)
    assert (found.topic, found.weight) == ("pilots", "headline")
    assert re.fullmatch(
        "理由。没有得到、但可以定案的：.*（弱：离不开 C 级来源。）（2位机器读者.*没有驳倒。）",
        found.reason.zh,
    )
    assert re.fullmatch(
        r"Reason <1>\. Not obtained, though decisive: .* "
        r"\(Weak: needs a source of grade C\.\) \(2 machine readers .* did not\.\)",
        found.reason.en,
    )
    assert found.flip == "misquoted" and "were 47 instead of 46" in found.flip_said.en
    cells = found.cells(C.languages)
    assert parse_ledger_row(cells).cells(C.languages) == cells and list(cells) == list_ledger_columns(C.languages)
    changes = parse_ledger_row(cells).flip_changes
    assert BATCHES.assess("Q14", EvidenceTables(C).having(*changes)).verdict == "misquoted"


@pytest.mark.parametrize("first", [0, 1000])
def test_rows_that_no_longer_have_the_index_of_their_table_are_refused(first):
    def renumbered(claim, data):
        rows = evidence.drop_paper_based_rows(data("pilot_batches")).tail(2).reset_index(drop=True)
        return rules.printed(claim, rows.set_axis(rows.index + first), rows["projects"], data)

    judges, data = Judges(), EvidenceTables(C)
    judges("Q14")(renumbered)
    with pytest.raises(LedgerError, match=r"Q14: .* pilot_batches .* Remedy: keep the index"):
        recording.record_claim(judges, data.claim("Q14"), data, {})


def test_a_choice_is_judged_and_the_flip_is_searched_where_it_is_asked_for_and_there_are_rows():
    other = record("Q14", flips=False, value=50)
    assert (other.verdict, other.value_computed, other.difference) == ("misquoted", ((50,),), 4)
    for found in (other.cells(C.languages), record("Q20").cells(C.languages)):
        assert {found[name] for name in found if name.startswith("flip")} == {""}
    assert found["value_computed"] == found["evidence"] == "", "a claim without rows"


# The ledger as a whole, with where each claim is shown.


def keep(root, name, *lines):
    path = paths.processed_path(name, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_text(*lines[:1], lines[1:]), encoding="utf-8")


def write(root, *records):
    rows = [one.cells(HERE.languages) for one in records]
    keep(root, "claims", rows[0], *(row.values() for row in rows))


@pytest.fixture
def c(tmp_path):
    """A committed ledger of two claims that two notebooks show, and the folder where outputs go."""
    kept, run = tmp_path / "kept", tmp_path / "run"
    write(kept, judged(claim_id="Q14", difference="0.5", printed_en="NA", **KNOWN), judged(claim_id="Q15", **KNOWN))
    keep(kept, "shown", *SEEN)
    return at(kept, run)


KNOWN = {"verdict": "traced", "value_computed": "46"}
SEEN = [
    ("notebook", "cell", "kind", "name"),
    ("02-a", "story", "claim", "Q14"),
    ("02-a", "draw", "figure", "02-batches"),
    ("03-b", "check", "claim", "Q15"),
]


def places(ledger):
    return {name: (one.notebook, one.cell) for name, one in ledger.items()}


def test_a_ledger_is_read_from_the_folder_asked_for_with_the_cell_that_shows_each_claim(c):
    found = claims.read_ledger(c)
    told = [(one.value_computed, one.difference, one.printed.en) for one in found.values()]
    assert told == [(((46,),), 0.5, "NA"), (((46,),), None, "")]
    assert places(found) == {"Q14": ("02-a", "story"), "Q15": ("03-b", "check")}
    assert claims.ledger_to_frame(found)[["claim_id", "cell"]].to_numpy().tolist() == [
        ["Q14", "story"],
        ["Q15", "check"],
    ]
    keep(c.out, "shown", SEEN[0], ("03-b", "later", "claim", "Q99"))  # what a run saw of a notebook comes first
    assert claims.read_cell_outputs_frame(c, c.out).to_numpy().tolist() == [
        ["03-b", "later", "claim", "Q99"],
        *map(list, SEEN[1:3]),
    ]
    assert places(claims.read_ledger(c)) == {"Q14": ("02-a", "story"), "Q15": ("", "")}, "no cell shows Q15 now"
    write(c.out, judged(claim_id="Q16", **KNOWN))
    assert list(claims.read_ledger(c)) == ["Q16"] and list(claims.read_ledger(c, c.root)) == ["Q14", "Q15"]
    with pytest.raises(InputError, match="is missing"):
        claims.read_ledger(at(c.root.parent))
    keep(c.out, "claims", ())
    with pytest.raises(InputError, match=r"is no table with a column claim_id\. Remedy: "):
        claims.read_ledger(c)


SPOILT = {"value_computed": "4x", "difference": "some", "readings": "narrow", "flip_steps": "1.5"}
SPOILT |= {"flip_distance_pct": "far", "flip_changes": '[{"set": 1}]'}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        *(({column: text}, "Q14 is no judged claim. Remedy: ") for column, text in SPOILT.items()),
        ({"verdict": "trusted"}, "Q14: 'trusted' is no verdict. Remedy: make, then make accept"),
        ({}, "is no table with a column verdict. Remedy: "),
    ],
)
def test_a_ledger_that_lacks_a_column_or_holds_what_cannot_stand_there_is_none(c, cells, said):
    row = judged(claim_id="Q14", **KNOWN).cells(HERE.languages) | cells
    row = row if cells else {name: cell for name, cell in row.items() if name != "verdict"}
    keep(c.out, "claims", row, row.values())
    with pytest.raises(InputError, match=f"claims.csv: {re.escape(said)}"):
        claims.read_ledger(c)


# The judgements of this study.


def test_rewording_every_note_moves_no_verdict_and_no_number():
    def reworded(name):
        frame = C.tables(name)
        notes = [column for column in frame if column == "note" or column.endswith("_note")]
        return frame.assign(**{column: frame[column].where(frame[column] == "", "other words") for column in notes})

    def verdicts(c):
        found = {
            name: judges.assess(name, data) for data in [EvidenceTables(c)] for name in C.tables("claims")["claim_id"]
        }
        return {name: (one.verdict, normalise_computed_values(one.judged.computed)) for name, one in found.items()}

    assert verdicts(holding({name: reworded(name) for name in C.tables.resources})) == verdicts(C)
