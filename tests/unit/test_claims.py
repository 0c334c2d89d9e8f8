"""The ledger in a notebook: what the paper prints is read right, judged once, shown, saved and joined."""

import json
import math
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from poison import POISON, shown

from compendium import here, paths
from compendium.data import tables
from compendium.files import InputError
from compendium.ledger import claims, printed, recording, sequel
from compendium.ledger.evidence import Data, LedgerError
from compendium.ledger.judges import Assessment, Judges
from compendium.ledger.judging import Judged, missing
from compendium.ledger.judging import printed as by_print
from compendium.vocabulary import VERDICTS
from study.judgements import judges

pytestmark = pytest.mark.usefixtures("frozen_tables")
TODAY = tables.raw("claims").set_index("claim_id", drop=False)  # each is read right, whatever is added


def frozen_claims():
    return tables.raw("claims").set_index("claim_id", drop=False)


def claim(text, low=math.nan, high=math.nan):
    return pd.Series({"claim_id": "Q0", "value_text": text, "value_low": low, "value_high": high})


TEN = claim("10", 10, 10)
SHARE = claim("3 / 8 = 0.38", 0.38, 0.38)
ABOVE = claim(">100", 100)
LEAST = claim(">=100", 100)
BELOW = claim("<100", high=100)
PERIOD = claim("2001-2005", 2001, 2005)
LIST = claim("90 / 16 / 7")
WORDS = claim("first > second")


# What the paper prints.


@pytest.mark.parametrize("claim_id", TODAY.index)
def test_every_printed_value_is_read_at_its_precision(claim_id):
    value = printed.printed_value(TODAY.loc[claim_id])
    assert value.text == TODAY.at[claim_id, "value_text"]
    unit = 10.0**-value.decimals
    for end, outwards in ((value.low, -unit), (value.high, unit)):
        if math.isfinite(end):
            assert value.contains(end, end) != value.strict
            assert not value.contains(end + 0.6 * outwards, end + 0.6 * outwards)
            assert value.contains(end - 0.4 * outwards, end - 0.4 * outwards)
            assert value.contains(end + 0.4 * outwards, end + 0.4 * outwards) != value.strict


def test_printed_forms_by_hand():
    assert printed.printed_value(claim("1.25 / 16 / 7")).decimals == 2
    assert printed.printed_value(claim("1.375 = 1.4")).decimals == 1
    strict = {text: printed.printed_value(claim(text)).strict for text in (">1", "<1", ">=1", "<=1", "1", "2 > 1")}
    assert strict == {">1": True, "<1": True, ">=1": False, "<=1": False, "1": False, "2 > 1": False}


def test_a_printed_list_is_compared_number_by_number():
    assert printed.agrees(LIST, [90, 16, 7]) == (True, 0)
    assert printed.agrees(LIST, [90, 16.4, 7])[0]
    ok, difference = printed.agrees(LIST, [90, 18, 6])
    assert not ok and difference == 2
    assert printed.agrees(LIST, [90, 13, 8]) == (False, -3)
    with pytest.raises(LedgerError, match=r"^Q0: 2 computed values for 3 printed ones$"):
        printed.agrees(LIST, [90, 16])


@pytest.mark.parametrize(
    ("row", "computed", "ok", "difference"),
    [
        (TEN, 10.4, True, 0.4),
        (TEN, 10.6, False, 0.6),
        (TEN, 9.4, False, -0.6),
        (SHARE, 3 / 8, True, -0.005),
        (SHARE, 0.386, False, 0.006),
        (ABOVE, 101, True, 0),
        (ABOVE, 100, False, 0),
        (LEAST, 100, True, 0),
        (LEAST, 98, False, -2),
        (BELOW, 99, True, 0),
        (BELOW, 100, False, 0),
        (BELOW, 103, False, 3),
        (PERIOD, 2003, True, 0),
        (PERIOD, 2006, False, 1),
        (PERIOD, (2001, 2005), True, 0),
        (PERIOD, (2001, 2006), False, 1),
        (TEN, np.int64(10), True, 0),
        (TEN, pd.Series([10]), True, 0),
    ],
)
def test_agreement_by_hand(row, computed, ok, difference):
    found, by = printed.agrees(row, computed)
    assert found is ok
    assert by == pytest.approx(difference)


@pytest.mark.parametrize("value", [True, np.True_])
def test_statements_in_words_take_truth_values_only(value):
    assert printed.agrees(WORDS, value)[0] is True
    assert printed.agrees(WORDS, not value)[0] is False
    with pytest.raises(LedgerError, match=r"^Q0: the paper prints no single number; compute True, False or a list$"):
        printed.agrees(WORDS, 3.5)


@pytest.mark.parametrize("nothing", [None, math.nan, [], pd.Series([pd.NA], dtype="Int64")])
def test_nothing_computed_is_refused(nothing):
    with pytest.raises(LedgerError, match=r"^Q0: nothing was computed$"):
        printed.agrees(TEN, nothing)


def assessed(grade, trust):
    return Assessment("copy", "same", "same", "traced", ("x",), grade, trust, Judged("printed", "same"))


@pytest.mark.parametrize(
    ("grade", "trust", "said"),
    [
        ("C", "ok", ("（弱：离不开 C 级来源。）", " (Weak: needs a source of grade C.)")),
        (
            "C",
            "unsafe",
            ("（弱：离不开 C 级来源和可疑站点。）", " (Weak: needs a source of grade C and an untrusted site.)"),
        ),
        ("B", "unsafe", ("（弱：离不开可疑站点上的副本。）", " (Weak: needs a copy on an untrusted site.)")),
    ],
)
def test_weak_evidence_is_owned_up_to(grade, trust, said):
    assert recording.weakness(assessed(grade, trust)) == said


def test_a_reason_tells_what_was_not_obtained_once():
    data = Data()
    records = data("records").set_index("record_id")["record_en"]
    decisive, helpful = (
        f" Not obtained, though decisive: {records['R14']}.",
        f" Not obtained, though helpful: {records['R13']}.",
    )
    assert recording.unseen("Q15", True, data)[1] == f" Not obtained, though decisive: {records['R02']}."
    assert recording.unseen("Q15", False, data) == ("", ""), "no record that would only help"
    assert recording.unseen("Q79", True, data)[1] == decisive + helpful
    assert recording.unseen("Q79", False, data)[1] == helpful, "the reason of a claim without rows tells the others"


def test_firm_evidence_needs_no_excuse():
    assert recording.weakness(assessed("B", "ok")) == recording.weakness(assessed("", "")) == ("", "")


@pytest.mark.parametrize(
    ("computed", "text"),
    [
        (None, ""),
        (True, "yes"),
        (np.False_, "no"),
        (99 / 46, "2.15217"),
        (1234567.8, "1234568"),
        (-1234567.8, "-1234568"),
        (999999, "999999"),
        (1000000, "1000000"),
        ((7, 25), "7 to 25"),
        ((False, True), "no to yes"),
        ([90, 16], "90 / 16"),
        (pd.Series([12, 12, 10]), "12 / 10"),
        ((3, 3), "3"),
        ([[2016, 2020], [2016.0, 2020.0]], "2016 to 2020"),
        ([[2016, 2020], 2018], "2016 to 2020 / 2018"),
    ],
)
def test_computed_values_as_text(computed, text):
    assert recording.shown_value(computed) == text


# The ledger as a whole.

BATCHES = Judges()


@BATCHES("Q14", "Q15", "Q16", "Q42")
def given(claim, data, value=None):
    """Judge a claim by one row of pilot_batches, which is taken to print `value`, or what the paper prints."""
    row = data("pilot_batches").query("basis == 'seen'").head(1)
    moved = row["projects"].iloc[0] - data.known["pilot_batches"].loc[row.index[0], "projects"]
    printed_there = float(claim["value_low"] if value is None else value) + float(moved)
    return by_print(claim, row, [printed_there], data).because("理由。", "Reason <1>.")


@pytest.fixture
def notebook(tmp_path, monkeypatch, frozen_tables):
    """Return a function that writes a notebook whose cells judge the given claims, runs it, and returns its ledger."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "raw").symlink_to(frozen_tables / "data" / "raw")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    monkeypatch.setenv(paths.OUT, str(tmp_path))

    def write(name, *ids):
        cells = [{"cell_type": "markdown", "id": "text", "source": 'ledger.check("Q16")'}]
        cells += [
            {"cell_type": "code", "id": f"check-{i.lower()}", "source": [f'ledger.check("{i}", value=v)']} for i in ids
        ]
        cells.append({"cell_type": "code", "id": "self-check", "source": 'check("Q16", answer)'})
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
        monkeypatch.setenv(here.VARIABLES[0], name)
        return recording.Ledger(BATCHES)

    return write


def test_check_records_what_the_reader_needs(notebook):
    ledger = notebook("02-part", "Q14")
    entry = ledger.check("Q14")
    record = ledger.records["Q14"]
    assert list(record) == claims.COLUMNS
    assert record["value_printed"] == frozen_claims().at["Q14", "value_text"] and record["printed_en"] == "46 projects"
    assert (record["verdict"], record["cell"], record["notebook"]) == ("traced", "check-q14", "02-part")
    assert (record["trace"], record["agreement"], record["origin"]) == ("copy", "same", "same")
    assert record["reason_zh"].startswith("理由。没有得到、但可以定案的：") and record["reason_en"].endswith(
        "needs a source of grade C.)"
    )
    assert record["flip"] == "contradicted" and "were 47 instead of 46" in record["flip_en"]
    assert "Reason &lt;1&gt;." in entry._repr_html_() and f"{VERDICTS['traced'].zh} traced" in entry._repr_html_()
    assert repr(entry).startswith("Q14  |  46 projects  |  46 projects  |  traced")


def test_several_claims_may_be_judged_in_one_cell(notebook):
    ledger = notebook("02-part")
    path = paths.project().notebooks / "02-part.ipynb"
    cell = {"cell_type": "code", "id": "all", "source": 'ledger.check("Q14", "Q15")'}
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    claims._cells.cache_clear()
    shown = ledger.check("Q14", "Q15")
    assert [r["cell"] for r in ledger.records.values()] == ["all", "all"]
    assert shown._repr_html_().count("<table") == 2 and repr(shown).count("\n") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_in_one_language_holds_nothing_of_the_other(notebook, language):
    ledger = notebook("02-part", "Q14", "Q15")
    entry = ledger.check("Q14")
    claim, record = entry.claim, entry.record
    own = {
        "zh": {"46个项目", "论文", "核查结果", "判定", VERDICTS["traced"].zh, "证据等级", record["reason_zh"]},
        "en": {"46 projects", "the paper", "we find", "verdict", "traced", "grade", "Reason <1>."},
    }
    for tongue, words in own.items():
        words |= {claim[f"statement_{tongue}"], record[f"flip_{tongue}"]}
    assert (record["lowest_grade"], record["strength"]) == ("C", "weak")
    record["trust"] = "unsafe"
    both = BeautifulSoup(entry._repr_html_(), "html.parser").get_text(" ")
    with paths.using(language=language):
        one = BeautifulSoup(entry._repr_html_(), "html.parser").get_text(" ")
    assert "C · weak · untrusted site" in both
    assert ("C · 弱证据 · 可疑站点" if language == "zh" else "C · weak · untrusted site") in one
    for tongue, words in own.items():
        assert [word for word in words if word not in both] == []
        assert {word for word in words if word in one} == (words if tongue == language else set())
    one = one.replace("shelec.cn", "")  # the name of a source
    assert re.search(r"[\u4e00-\u9fff]" if language == "en" else r"[a-z]{2}", one) is None


def test_a_truth_value_stands_on_a_card_in_the_words_of_each_language(notebook):
    entry = notebook("02-part", "Q14").check("Q14")
    entry.record["value_computed"] = "no to yes"
    assert "<b>不能定</b><br>open</td>" in entry._repr_html_()
    for language, said in (("zh", "不能定"), ("en", "open")):
        with paths.using(language=language):
            assert f"<br><b>{said}</b></td>" in entry._repr_html_()


def test_nothing_that_a_table_holds_acts_on_a_card(notebook):
    entry = notebook("02-part", "Q14").check("Q14")
    entry.claim = entry.claim.map(lambda _: POISON)
    texts = ("printed_zh", "printed_en", "value_computed", "reason_zh", "reason_en", "flip_zh", "flip_en")
    entry.record |= dict.fromkeys(texts, POISON)
    said, tags, _ = shown(entry._repr_html_())
    assert tags <= {"table", "tr", "td", "b", "br", "span"}
    assert said.count(" ".join(POISON.split())) == said.count("document.title") == 9


def test_a_claim_without_rows_has_no_flip_and_shows_a_dash(notebook):
    ledger = notebook("02-part", "Q20")
    shown = ledger.check("Q20")._repr_html_()
    assert ledger.records["Q20"]["flip"] == "" and ledger.records["Q20"]["value_computed"] == ""
    assert "核查结果 we find<br><b>–</b></td>" in shown and "证据等级 grade<br>–</td>" in shown


def test_the_changes_of_a_flip_come_back_from_its_text(notebook):
    ledger = notebook("02-part", "Q14")
    ledger.check("Q14")
    changes = claims.flip_changes(ledger.records["Q14"]["flip_changes"])
    assert BATCHES.assess("Q14", Data().having(*changes)).verdict == "contradicted"
    assert claims.flip_changes("") == ()


NOTHING = {"kind": "set", "table": "pilot_batches", "rows": [0], "column": "projects", "values": [46]}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"verdict": "mixed"},
        {"cell": "elsewhere"},
        {"flip": "mixed"},
        {"flip_changes": ""},
        {"flip_changes": json.dumps([NOTHING])},
    ],
)
def test_what_is_shown_takes_the_committed_flip_where_it_still_holds(notebook, tmp_path, monkeypatch, changed):
    ledger = notebook("02-part", "Q14")
    ledger.check("Q14")
    record, searched = ledger.records["Q14"], []
    path = paths.processed("claims", tmp_path)
    path.parent.mkdir(parents=True)
    pd.DataFrame([record | changed]).to_csv(path, index=False)
    monkeypatch.setenv(paths.ONLY, "shown")
    nearest = recording.nearest
    monkeypatch.setattr(recording, "nearest", lambda *args, **choices: searched.append(1) or nearest(*args, **choices))
    again = notebook("02-part", "Q14")
    again.check("Q14")
    assert again.records["Q14"] == record and bool(searched) == bool(changed)


def test_no_claim_is_judged_in_hiding(notebook):
    ledger, calls = notebook("02-part", "Q14", "Q999"), 'ledger.check("Q16") or ledger.story("Q16")'
    ledger.check("Q14")
    for claim_id, message in (
        ("Q16", f"no cell of 02-part names it. Remedy: write {calls} with the id spelt out"),
        ("Q999", "no such claim in the table claims"),
    ):
        with pytest.raises(LedgerError, match=f"^{re.escape(f'{claim_id}: {message}')}$"):
            ledger.check(claim_id)
    assert list(ledger.records) == ["Q14"], "a refused judgement leaves no record"


def test_a_cell_that_is_run_again_judges_anew(notebook):
    ledger = notebook("02-part", "Q14", "Q15")
    first = ledger.check("Q15").record
    for value, verdict in ((50, "contradicted"), (46, "traced")):
        ledger.check("Q14", value=value)
        assert ledger.records["Q14"]["verdict"] == verdict
    assert ledger.check("Q15").record == first
    ledger.save()
    assert claims.stored("ledger-02-part")["claim_id"].tolist() == ["Q14", "Q15"]


@pytest.mark.parametrize("second", ["check-q14", "another"])
def test_no_claim_is_judged_twice(notebook, tmp_path, second):
    ledger = notebook("02-part", "Q14", "Q15")
    path = tmp_path / "notebooks" / "02-part.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    call = 'ledger.story((label("a"), "Q15"), "Q14")'
    content["cells"].append({"cell_type": "code", "id": second, "source": [call]})
    path.write_text(json.dumps(content), encoding="utf-8")
    claims._cells.cache_clear()
    with pytest.raises(
        LedgerError, match=rf"^Q15: 02-part judges it twice, in the cells check-q15 and {second}. Remedy: leave one of"
    ):
        ledger.check("Q14")


def test_what_came_later_is_judged_where_a_cell_says_so(tmp_path, monkeypatch, notebook):
    notebook("11-later")
    cells = {"story": "Q14", "story-more": "Q15"}
    cells = [{"cell_type": "code", "id": i, "source": f'since.story("{q}")'} for i, q in cells.items()]
    (tmp_path / "notebooks" / "11-later.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    claims._cells.cache_clear()
    later = sequel.Later()
    later("Q14", "Q15", "Q16")(lambda claim, data: missing())
    since = sequel.Sequel(later)
    since.story("Q14")
    since.story("Q15")
    assert [since.records[q]["cell"] for q in ("Q14", "Q15")] == ["story", "story-more"]
    with pytest.raises(LedgerError, match=r'^Q16: no cell of 11-later names it. Remedy: write since.story\("Q16"\)'):
        since.story("Q16")


def test_a_part_is_saved_only_when_all_its_cells_have_run(notebook):
    ledger = notebook("02-part", "Q15", "Q14")
    ledger.check("Q15")
    with pytest.raises(LedgerError, match=r"^02-part: run the cells that judge Q14 first$"):
        ledger.save()
    ledger.check("Q14", value=50)
    ledger.save()
    back = claims.stored("ledger-02-part").set_index("claim_id")
    assert back["verdict"].to_dict() == {"Q14": "contradicted", "Q15": "traced"}
    assert back.index.tolist() == ["Q14", "Q15"] and back.columns.tolist() == claims.COLUMNS[1:]
    assert back["value_computed"].to_dict() == {"Q14": "50", "Q15": "63"} and back["difference"].tolist() == [4, 0]


def test_a_stored_ledger_comes_from_the_folder_asked_for(notebook, tmp_path):
    elsewhere = tmp_path / "elsewhere/data/processed/ledger-02-part.csv"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text("claim_id,value_computed,difference\nQ14,NA,0.5\nQ15,46,\n", encoding="utf-8")
    found = claims.stored("ledger-02-part", tmp_path / "elsewhere")
    assert found["value_computed"].tolist() == ["NA", "46"] and found["difference"].tolist()[0] == 0.5
    with pytest.raises(InputError, match="is missing"):
        claims.stored("ledger-02-part")


def parts(notebook, **judged_by):
    """Return saved parts: notebook name -> claims it judges, all found at their printed value."""
    found = {}
    for name, ids in judged_by.items():
        ledger = notebook(name, *ids)
        for claim_id in ids:
            ledger.check(claim_id)
        ledger.save()
        found[name] = claims.stored(f"ledger-{name}")
    return found


def test_joining_keeps_every_claim_and_counts_it(notebook, monkeypatch):
    keep_claims(monkeypatch, ["Q14", "Q15", "Q42"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = parts(notebook, first=["Q15", "Q14"], second=["Q42"])
        earlier = found["first"].assign(value_printed="as of some earlier table")
        joined = claims.join(found | {"first": earlier}, codings={"Q15": "mixed ; traced"})
    assert joined["claim_id"].tolist() == ["Q14", "Q15", "Q42"]
    assert not joined.drop(columns="difference").isna().any().any()
    row = joined.set_index("claim_id").loc["Q42"]
    assert row[["notebook", "topic", "weight", "value_computed"]].tolist() == ["second", "maturity", "headline", "75"]
    assert joined["verdict_codings"].tolist() == ["", "mixed ; traced", ""]
    assert set(joined.columns.drop(["section", "topic", "weight", "kind", "verdict_codings"])) == set(claims.COLUMNS)
    assert joined["value_printed"].tolist() == frozen_claims().loc[["Q14", "Q15", "Q42"], "value_text"].tolist()
    assert joined.index.tolist() == [0, 1, 2]
    counts = claims.count(joined)
    assert counts.loc["traced", "headline"] == 3
    assert counts.loc["all"].to_dict() == {"headline": 3, "supporting": 0, "all": 3}


def test_count_by_hand():
    verdicts = ["relabelled", "bounded", "relabelled", "relabelled", "consistent"]
    weights = ["headline", "supporting", "supporting", "headline", "structural"]
    ledger = pd.DataFrame({"verdict": verdicts, "weight": weights, "agreement": ["same"] * 5})
    counts = claims.count(ledger)
    assert counts.columns.tolist() == ["headline", "supporting", "all"]
    assert counts.index.tolist() == ["relabelled", "bounded", "all"]
    assert counts.to_numpy().tolist() == [[2, 1, 3], [0, 1, 1], [2, 2, 4]]
    assert claims.lists(ledger) == (1, 1) and claims.lists(ledger.assign(agreement="differs")) == (1, 0)
    assert (counts.dtypes == "int64").all()


def keep_claims(monkeypatch, ids):
    """Let the table claims hold only `ids`."""
    raw = tables.raw
    monkeypatch.setattr(tables, "raw", lambda n: raw(n)[raw(n)["claim_id"].isin(ids)] if n == "claims" else raw(n))


def test_joining_refuses_a_claim_left_without_a_verdict(notebook, monkeypatch):
    keep_claims(monkeypatch, ["Q14", "Q15", "Q42"])
    with pytest.raises(LedgerError, match=r"^Q15, Q42: no notebook judges this\. Remedy: put ledger"):
        claims.join(parts(notebook, first=["Q14"]))


def test_joining_refuses_a_claim_judged_twice(notebook):
    with pytest.raises(LedgerError, match=r"^Q14: judged in first and again in second$"):
        claims.join(parts(notebook, first=["Q14"], second=["Q15", "Q14"]))


def test_joining_refuses_what_no_cell_shows(notebook):
    found = parts(notebook, first=["Q14", "Q15"])
    moved = {"first": found["first"].assign(cell="elsewhere")}
    with pytest.raises(LedgerError, match="Q14: no cell 'elsewhere' of first judges it"):
        claims.join(moved)
    notebook("second", "Q14")
    with pytest.raises(LedgerError, match="Q14: no cell 'check-q14' of second judges it"):
        claims.join({"second": found["first"]})
    notebook("first", "Q15")
    claims._cells.cache_clear()
    with pytest.raises(LedgerError, match="Q14: no cell 'check-q14' of first judges it"):
        claims.join(found)


def test_joining_refuses_unknown_claims(notebook):
    found = parts(notebook, first=["Q14"])
    found["first"]["claim_id"] = "Q999"
    notebook("first", "Q999")
    claims._cells.cache_clear()
    found["first"]["cell"] = "check-q999"
    with pytest.raises(LedgerError, match=r"^Q999: judged in first, but the table claims has no such row$"):
        claims.join(found)


# The judgements of this study.


def test_rewording_every_note_moves_no_verdict_and_no_number(monkeypatch):
    raw = tables.raw

    def reworded(name):
        frame = raw(name)
        for column in [c for c in frame if c == "note" or c.endswith("_note")]:
            frame[column] = frame[column].map(lambda text: "" if text == "" else f"words {len(text)}")
        return frame

    def judged(data):
        return {
            i: (a.verdict, recording.shown_value(a.judged.computed))
            for i in tables.raw("claims")["claim_id"]
            if (a := judges.assess(i, data))
        }

    before = judged(Data())
    monkeypatch.setattr(tables, "raw", reworded)
    assert judged(Data()) == before
