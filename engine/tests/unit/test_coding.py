"""The coding of rows in words: the majority, what it turns, the blank form and what is taken from a filled one."""

import csv
import io
import shutil
from html import escape
from itertools import product

import numpy as np
import pandas as pd
import pytest
from worlds import at, check

from compendium.files import InputError
from compendium.ledger import coding, codingform
from compendium.ledger.evidence import Data
from compendium.ledger.record import Change
from compendium.ledger.recording import record_claim
from study import recoding
from study.judgements import judges


@pytest.fixture(scope="module")
def data(frozen_tables):
    return Data(frozen_tables)


@pytest.fixture(scope="module")
def codings(data):
    return coding.list_codings(data)


@pytest.mark.parametrize(
    ("codes", "most"),
    [
        (["holds", "holds", "fails"], "holds"),
        (["fails kind", "fails", "fails"], "fails"),
        (["fails kind", "holds population", "fails"], "fails kind"),
        (["holds", "fails", "holds time"], "holds time"),
        (["holds kind", "holds time", "holds"], "holds kind"),
        (["fails", "holds", "holds"], "holds"),
        (["holds"], "holds"),
    ],
)
def test_the_majority_is_that_of_side_and_extent_and_three_ways_are_related(codes, most):
    pairs = [tuple((code + " ").split(" ")[:2]) for code in codes]
    assert " ".join(coding.majority(pairs)).strip() == most


def test_no_majority_is_firmer_than_what_most_coders_read():
    kinds = list(product(("holds", "fails"), ("", "kind")))
    for codes in product(kinds, repeat=3):
        side, difference = coding.majority(codes)
        exact = [(s, not d) for s, d in codes].count((side, not difference))
        assert difference or exact >= 2
        assert [s for s, _ in codes].count(side) >= 2


def test_each_row_in_words_holds_its_majority(data, codings):
    rows, found = data("claim_evidence"), coding.by_majority(codings)
    assert rows.loc[found.index, coding.CODES].to_numpy().tolist() == found.to_numpy().tolist() and len(found) > 100
    assert set(codings.groupby(level=0)["coder"].size()) == {3}
    scope = rows[(rows["part_en"] != "") & (rows["differs_in"] == "scope")].index
    assert len(scope) and not set(scope) & set(codings.index)


@pytest.mark.parametrize(("table", "column"), [("claim_evidence", "says_zh"), ("claims", "statement_en")])
def test_a_row_whose_words_have_changed_since_is_not_coded(data, codings, table, column):
    row = codings.iloc[0]
    key = "evidence_id" if table == "claim_evidence" else "claim_id"
    changed = tuple(data(table).index[data(table)[key] == row[key]])
    left = coding.list_codings(data.having(Change("set", table, changed, column, ("another",))))
    assert row["evidence_id"] not in set(left["evidence_id"]) and len(left)


def test_verdicts_by_one_coder_are_those_of_its_codes_alone(data, codings):
    told, turned = recoding.moved(codings, "first"), {}
    by = {coder: coding.recode(data, codes[coding.CODES]) for coder, codes in codings.groupby("coder")}
    for name in codings["claim_id"].unique():
        alone = coding.alone(judges, name, data)
        assert alone == [judges.assess(name, by[coder]).verdict for coder in data("coders")["coder"]]
        if alone[0] != (verdict := judges.assess(name, data).verdict):
            turned[name] = verdict
            mine = told.index[told["claim_id"] == name]
            back = codings[(codings["coder"] == "first") & codings.index.isin(mine)][coding.CODES]
            assert judges.assess(name, coding.recode(data, back)).verdict == alone[0], "its rows move it"
    assert {"traced", "open"} <= set(turned.values())


def test_a_row_of_the_ledger_holds_the_verdicts_by_each_coder_alone(data):
    held = {name: record_claim(judges, data.claim(name), data, {}, flips=False) for name in ("Q118", "Q14")}
    assert held["Q118"].verdict_codings == tuple(coding.alone(judges, "Q118", data)) != ()
    assert held["Q14"].verdict_codings == (), "no row of it was coded"


def by_hand(first, second):
    """Return the share of pairs alike and kappa, by their definition."""
    first, second = np.asarray(first), np.asarray(second)
    alike = (first == second).mean()
    chance = sum((first == level).mean() * (second == level).mean() for level in set(first) | set(second))
    return alike, (alike - chance) / (1 - chance)


def test_agreement_is_that_of_the_definition_on_each_side(codings):
    found = recoding.agreements(codings).set_index(["one", "other", "question", "rows"])
    by = dict(list(codings.groupby("coder")))
    side = coding.by_majority(codings)["comparison"]
    for rows in ("all", "holds", "fails"):
        kept = side.index[side.eq(rows) | (rows == "all")]
        extents = [by[coder].loc[kept, "differs_in"].eq("") for coder in ("first", "third")]
        row = found.loc["first", "third", "extent", rows]
        assert row[["alike", "kappa"]].tolist() == pytest.approx(by_hand(*extents))
        assert row["items"] == len(kept)
    sides = [by[coder]["comparison"] for coder in ("first", "second")]
    assert found.loc["first", "second", "side", "all"][["alike", "kappa"]].tolist() == pytest.approx(by_hand(*sides))


@pytest.fixture
def copy(frozen_root, tmp_path):
    """A copy of the compendium with the frozen tables, to be changed."""
    return at(shutil.copytree(frozen_root, tmp_path / "copy"))


def faults(copy):
    return [str(problem) for problem in check(copy.raw) if "SHA-256" not in str(problem)]


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("claim_evidence", "differs_in", "kind", "must be empty, as most of its 3 codings read it"),
        ("claim_evidence", "comparison", "holds", "must be fails, as most of its 3 codings read it"),
        ("codings", "differs_in", "kind", "must be kind, as most of its 3 codings read it"),  # two of three are forged
    ],
)
def test_a_row_that_is_not_as_most_read_it_is_refused(copy, table, column, value, said):
    rows = copy.tables.cells(table)
    forged = (rows["evidence_id"] == "V058") & (rows["coder"] != "first" if table == "codings" else True)
    rows.loc[forged, column] = value
    rows.to_csv(copy.raw / f"{table}.csv", index=False, lineterminator="\n")
    assert any(said in line and "row 57" in line for line in faults(copy))


def form(data):
    return list(csv.DictReader(io.StringIO(codingform.blank(data)[0].decode("utf-8-sig"))))


def test_the_blank_form_shows_every_row_in_words_and_no_code(data):
    rows, page = form(data), codingform.blank(data)[1].decode()
    evidence = data("claim_evidence")
    words = evidence[evidence["comparison"] != "value"]
    assert {row["evidence_id"] for row in rows} == set(words["evidence_id"]) != {evidence["evidence_id"].iloc[0]}
    assert all(row["comparison"] == row["differs_in"] == "" for row in rows)
    assert [row["evidence_id"] for row in rows] != sorted(row["evidence_id"] for row in rows)
    assert all(escape(row["says_en"]) in page for row in rows)
    assert not any(source in page for source in set(words["source_id"]))


def fill(rows, path, **of):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | of.get(row["evidence_id"], {}) for row in rows)
    return path


def test_a_filled_form_is_taken_and_the_majority_of_four_decides(copy, data):
    held, before = data("claim_evidence").set_index("evidence_id"), len(data("codings"))
    against = {"comparison": "fails", "differs_in": ""}
    filled = fill(form(data), copy.root / "form.csv", V143=against, V058={"comparison": "fails", "differs_in": "kind"})
    said = codingform.take(copy, filled, "reader", "person")
    assert [line[:4] for line in said] == ["V143"], "two of four call it direct, which is no majority"
    tables = (copy.raw / f"{name}.csv" for name in ("claim_evidence", "coders", "codings"))
    rows, coders, codings = (pd.read_csv(table, dtype=str, keep_default_na=False) for table in tables)
    rows = rows.set_index("evidence_id")
    assert rows.at["V143", "differs_in"] == "kind" and held.at["V143", "differs_in"] == ""
    assert rows.at["V058", "differs_in"] == held.at["V058", "differs_in"] == "", "three of four"
    assert coders.iloc[-1][["coder", "made_by", "blind"]].tolist() == ["reader", "person", "true"]
    assert len(codings) == before + 2
    assert faults(copy) == []


@pytest.mark.parametrize(
    ("coder", "change", "said"),
    [
        ("reader", {"comparison": "agrees"}, "row 5, column comparison: value 'agrees' — must be one of holds, fails"),
        ("reader", {"comparison": "holds", "differs_in": "much"}, "value 'much' — must be one of population"),
        ("reader", {"comparison": "holds", "says_en": "It said so."}, "must read as in the tables of today"),
        ("reader", {"comparison": "holds", "evidence_id": "V001"}, "must be a row of claim_evidence in words"),
        ("reader", {}, "holds no code"),
        ("second", {"comparison": "fails"}, "second has coded already"),
    ],
)
def test_a_bad_form_is_refused_in_one_line_and_nothing_is_written(copy, data, coder, change, said):
    before = {path.name: path.read_bytes() for path in copy.raw.glob("*.csv")}
    rows = form(data)
    path = fill(rows, copy.root / "form.csv", **{rows[3]["evidence_id"]: change})
    with pytest.raises(InputError) as refused:
        codingform.take(copy, path, coder, "person")
    assert said in str(refused.value) and "\n" not in str(refused.value)
    assert ("form.csv" in str(refused.value)) == (coder == "reader")
    assert {path.name: path.read_bytes() for path in copy.raw.glob("*.csv")} == before


def test_taking_in_leaves_all_other_cells_as_they_are(copy):
    for name in ("claim_evidence", "codings", "coders"):
        held = (copy.raw / f"{name}.csv").read_bytes()
        assert copy.tables.cells(name).to_csv(index=False, lineterminator="\n").encode() == held


def test_a_verdict_whose_codings_part_says_so_and_who_coded(frozen_tables, data, codings):
    parted, alike = (judges.assess(name, data).judged.rows for name in ("Q131", "Q118"))
    assert "all of them made within this project by machine" in coding.parting(parted, data)["en"]
    assert "3次编码读法不一" in coding.parting(parted, data)["zh"]
    assert coding.parting(alike, data)["en"] == coding.parting(alike, data)["zh"] == ""
    person = data.having(Change("set", "coders", (0,), "made_by", ("person",)))
    said = coding.parting(parted, person)["en"]
    assert "machine" not in said and "majority is taken" in said
    first = codings.loc[codings["coder"] == "first", ["evidence_id", *coding.CODES]]
    same = data("codings").drop(columns=coding.CODES).merge(first, on="evidence_id")
    assert coding.parting(parted, Data(frozen_tables, known=data.known | {"codings": same}))["en"] == ""
