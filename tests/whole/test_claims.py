"""The committed ledger keeps its promises on the tables of today."""

import json

import pytest
from worlds import HERE

from compendium.ledger import claims, coding, flips
from compendium.ledger.evidence import Change, Data, Undocumented
from compendium.vocabulary import VERDICTS
from study.judgements import judges

CLAIMS = HERE.tables("claims").set_index("claim_id", drop=False)
LEDGER = claims.stored(HERE).set_index("claim_id")


@pytest.fixture(scope="module")
def data():
    return Data(HERE)


def test_every_claim_has_a_verdict_with_a_reason_in_both_languages():
    assert set(LEDGER.index) == set(CLAIMS.index)
    assert set(LEDGER["verdict"]) <= set(VERDICTS)
    assert (LEDGER[["reason_zh", "reason_en"]] != "").all(axis=None)


def test_the_ledger_holds_the_verdicts_by_each_coding_alone(data):
    held = LEDGER["verdict_codings"].map(lambda cell: cell.split(" ; ") if cell else [])
    assert held.to_dict() == {name: coding.alone(judges, name, data) for name in LEDGER.index}
    assert held.map(set).map(len).max() > 1


def test_related_evidence_says_on_which_side_it_is():
    indirect = LEDGER["verdict"] == "indirect"
    assert set(LEDGER.loc[indirect, "direction"]) == {"for", "against", "both"}
    assert (LEDGER.loc[~indirect, "direction"] == "").all()


@pytest.mark.parametrize("claim_id", LEDGER.index[LEDGER["agreement"] != "none"])
def test_every_judge_can_say_no_and_says_when(data, claim_id):
    """Plant the change that the ledger promises to turn the verdict, and see it turn."""
    row = LEDGER.loc[claim_id]
    changes = [Change(**one) for one in json.loads(row["flip_changes"])]
    assert changes and row["flip_zh"] and row["flip_en"] and row["flip"] != row["verdict"]
    assert judges.assess(claim_id, data).verdict == row["verdict"]
    try:
        turned = judges.assess(claim_id, data.having(*changes)).verdict
    except Undocumented:
        turned = flips.NO_VERDICT
    assert turned == row["flip"]
