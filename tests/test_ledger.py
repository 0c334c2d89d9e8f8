"""The committed ledger keeps its promises on the tables of today."""

import pytest
from worlds import HERE

from compendium.base.vocabulary import VERDICTS
from compendium.ledger import claims, flips
from compendium.ledger.evidence import EvidenceTables, UnexplainedEvidenceGapError
from study.judgements import judges

CLAIMS = HERE.tables("claims").set_index("claim_id", drop=False)
LEDGER = claims.read_ledger(HERE)


@pytest.fixture(scope="module")
def data():
    return EvidenceTables(HERE)


def test_every_claim_has_a_verdict_with_a_reason_in_both_languages():
    assert set(LEDGER) == set(CLAIMS.index)
    assert {one.verdict for one in LEDGER.values()} <= set(VERDICTS)
    assert all(one.reason.zh and one.reason.en for one in LEDGER.values())


def test_related_evidence_says_on_which_side_it_is():
    for related, sides in ((True, {"for", "against", "both", ""}), (False, {""})):
        assert {one.direction for one in LEDGER.values() if (one.verdict == "indirect") == related} == sides


@pytest.mark.parametrize("claim_id", [name for name, one in LEDGER.items() if one.agreement != "none"])
def test_every_judge_can_say_no_and_says_when(data, claim_id):
    """Plant the change that the ledger promises to turn the verdict, and see it turn."""
    one = LEDGER[claim_id]
    assert one.flip_changes and one.flip_said.zh and one.flip_said.en and one.flip != one.verdict
    assert judges.assess(claim_id, data).verdict == one.verdict
    try:
        turned = judges.assess(claim_id, data.having(*one.flip_changes)).verdict
    except UnexplainedEvidenceGapError:
        turned = flips.NO_VERDICT
    assert turned == one.flip
