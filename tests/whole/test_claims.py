"""The committed ledger keeps its promises on the tables of today."""

import pytest

from compendium import paths
from compendium.data import tables
from compendium.ledger import claims, flips
from compendium.ledger.evidence import Data, Undocumented
from compendium.vocabulary import VERDICTS
from study import recoding
from study.judgements import judges

CLAIMS = tables.raw("claims").set_index("claim_id", drop=False)
LEDGER = claims.stored("claims", paths.HOME).set_index("claim_id")


@pytest.fixture(scope="module")
def data():
    return Data()


def test_every_claim_has_a_verdict_with_a_reason_in_both_languages():
    assert set(LEDGER.index) == set(CLAIMS.index)
    assert set(LEDGER["verdict"]) <= set(VERDICTS)
    assert (LEDGER[["reason_zh", "reason_en"]] != "").all(axis=None)


def test_the_ledger_holds_the_verdict_by_the_majority_of_coders_of_each_claim_that_has_one(data):
    majority = recoding.verdicts(data).query("rows > 0").set_index("claim_id")["majority"]
    held = LEDGER.loc[LEDGER["verdict_majority"] != "", "verdict_majority"]
    assert held.to_dict() == majority.to_dict() and (held != LEDGER.loc[held.index, "verdict"]).any()


@pytest.mark.parametrize("claim_id", LEDGER.index[LEDGER["agreement"] != "none"])
def test_every_judge_can_say_no_and_says_when(data, claim_id):
    """Plant the change that the ledger promises to turn the verdict, and see it turn."""
    row = LEDGER.loc[claim_id]
    changes = claims.flip_changes(row["flip_changes"])
    assert changes and row["flip_zh"] and row["flip_en"] and row["flip"] != row["verdict"]
    assert judges.assess(claim_id, data).verdict == row["verdict"]
    try:
        turned = judges.assess(claim_id, data.having(*changes)).verdict
    except Undocumented:
        turned = flips.NO_VERDICT
    assert turned == row["flip"]
