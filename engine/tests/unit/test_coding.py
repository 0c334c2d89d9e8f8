"""The coding of rows in words: the majority, what it turns, how far coders agree."""

from itertools import product

import numpy as np
import pytest

from compendium.base.texts import NOTHING
from compendium.ledger import coding
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.record import TableChange
from study.analysis import coding_agreement
from study.judgements import judges


@pytest.fixture(scope="module")
def data(frozen_tables):
    return EvidenceTables(frozen_tables)


@pytest.fixture(scope="module")
def codings(data):
    return coding.list_codings(data)


def test_the_majority_is_that_of_side_and_extent_and_no_firmer_than_what_most_coders_read():
    for codes, most in (
        (["fails kind", "fails", "fails"], "fails"),
        (["fails kind", "holds population", "fails"], "fails kind"),
        (["holds", "fails", "holds time"], "holds time"),
        (["holds kind", "holds time", "holds"], "holds kind"),
        (["fails", "holds", "holds"], "holds"),
        (["holds"], "holds"),
    ):
        pairs = [tuple((code + " ").split(" ")[:2]) for code in codes]
        assert " ".join(coding.majority(pairs)).strip() == most
    for codes in product(product(("holds", "fails"), ("", "kind")), repeat=3):
        side, difference = coding.majority(codes)
        assert difference or codes.count((side, "")) >= 2
        assert [s for s, _ in codes].count(side) >= 2


def test_each_row_in_words_holds_its_majority(data, codings):
    rows, found = data("claim_evidence"), coding.list_majority_codes(codings)
    assert rows.loc[found.index, coding.CODES].to_numpy().tolist() == found.to_numpy().tolist() and len(found) > 100
    assert set(codings.groupby(level=0)["coder"].size()) == {3}
    scope = rows[(rows["part_en"] != "") & (rows["differs_in"] == "scope")].index
    assert len(scope) and not set(scope) & set(codings.index)


@pytest.mark.parametrize(("table", "column"), [("claim_evidence", "says_zh"), ("claims", "statement_en")])
def test_a_row_whose_words_have_changed_since_is_not_coded(data, codings, table, column):
    row = codings.iloc[0]
    key = "evidence_id" if table == "claim_evidence" else "claim_id"
    changed = tuple(data(table).index[data(table)[key] == row[key]])
    left = coding.list_codings(data.having(TableChange("set", table, changed, column, ("another",))))
    assert row["evidence_id"] not in set(left["evidence_id"]) and len(left)


def test_verdicts_by_one_coder_are_those_of_its_codes_alone(data, codings):
    told, turned = coding_agreement.list_changed_by_majority(codings, "first"), {}
    by = {coder: coding.recode(data, codes[coding.CODES]) for coder, codes in codings.groupby("coder")}
    for name in codings["claim_id"].unique():
        alone = coding.list_verdicts_by_coder(judges, name, data)
        assert alone == [judges.assess(name, by[coder]).verdict for coder in data("coders")["coder"]]
        if alone[0] != (verdict := judges.assess(name, data).verdict):
            turned[name] = verdict
            mine = told.index[told["claim_id"] == name]
            back = codings[(codings["coder"] == "first") & codings.index.isin(mine)][coding.CODES]
            assert judges.assess(name, coding.recode(data, back)).verdict == alone[0], "its rows move it"
    assert {"traced", "open"} <= set(turned.values())


def by_hand(first, second):
    """Return the share of pairs alike and kappa, by their definition."""
    first, second = np.asarray(first), np.asarray(second)
    alike = (first == second).mean()
    chance = sum((first == level).mean() * (second == level).mean() for level in set(first) | set(second))
    return alike, (alike - chance) / (1 - chance)


def test_what_one_claim_reads_by_a_coder_alone_is_not_said_to_be_read_by_the_next(data):
    read = {}
    for claim_id in ("Q37", "Q141"):
        asked = data.having()
        asked.read = set()
        coding.list_verdicts_by_coder(judges, claim_id, asked)
        read[claim_id] = asked.read
    again = data.having()
    again.read = set()
    coding.list_verdicts_by_coder(judges, "Q141", again)
    assert again.read == read["Q141"]
    assert "speech_valley_firms" in read["Q37"] - read["Q141"]


def test_agreement_is_that_of_the_definition_on_each_side(codings):
    found = coding_agreement.tabulate_coder_agreement(codings).set_index(["one", "other", "question", "rows"])
    by, side = dict(list(codings.groupby("coder"))), coding.list_majority_codes(codings)["comparison"]
    for rows in ("all", "holds", "fails"):
        kept = side.index[side.eq(rows) | (rows == "all")]
        extents = [by[coder].loc[kept, "differs_in"].eq("") for coder in ("first", "third")]
        row = found.loc["first", "third", "extent", rows]
        assert row[["alike", "kappa"]].tolist() == pytest.approx(by_hand(*extents)) and row["items"] == len(kept)


def test_a_verdict_whose_codings_part_says_so_and_who_coded(frozen_tables, data, codings):
    parted, alike = (judges.assess(name, data).judged.rows for name in ("Q131", "Q118"))
    told = coding.describe_coder_disagreement(parted, data)
    assert "all of them made within this project by machine" in told["en"] and "3次编码读法不一" in told["zh"]
    assert coding.describe_coder_disagreement(alike, data) == NOTHING
    persons = data.having(TableChange("set", "coders", (0, 1, 2), "made_by", ("person",) * 3))
    said = coding.describe_coder_disagreement(parted, persons)["en"]
    assert "by 3 persons, who differ" in said
    assert "by 3 persons, whose majority" in coding.describe_coder_disagreement(alike, persons)["en"]
    one = data.having(TableChange("set", "coders", (0,), "made_by", ("person",)))
    assert "2 codings" in coding.describe_coder_disagreement(parted, one)["en"], "of machines, which decide"
    first = codings.loc[codings["coder"] == "first", ["evidence_id", *coding.CODES]]
    same = data("codings").drop(columns=coding.CODES).merge(first, on="evidence_id")
    assert (
        coding.describe_coder_disagreement(parted, EvidenceTables(frozen_tables, known=data.known | {"codings": same}))
        == NOTHING
    )
