"""The statements of the claims say no more than the paper: hedges stand in them, and readers found them faithful."""

import re

import pytest
from worlds import HERE

from compendium.data.datapackage import LIST
from compendium.ledger import sentences

HEDGES = {  # as the paper prints it -> one of these in English
    "一定": "some|certain",
    "较多": "relatively",
    "一些": "some",
    "部分": "some|part",
    "许多": "many",
    "大量": "large",
    "多为": "mostly",
    "普遍": "generally",
    "通常": "usually",
    **dict.fromkeys(("整体来看", "整体", "总体"), "overall|whole"),
    "重点围绕": "mainly around",
    "主要": "main|mainly|chief|chiefly",
    "初步": "initial|initially|first",
    "基本": "basic|basically",
    "相对": r"relatively|compar\w+",
    **dict.fromkeys(("较为", "较"), "fairly|rather|relatively"),
    "略": "slightly",
    "不易": "not easily|hard",
    "难以": "hard|difficult",
    "可能": "may",
    "逐渐": "gradually",
    "余": "more than",
    "以上": "at least",
    "不低于": "at least|no fewer than",
    "预计": "expected",
    "之一": "one of|among",
    "等": "such as|among others|and others|including|like|in fields|in areas|as examples",
}
SAYS_AS_MUCH = {"等": "等|为例"}  # Q58 gives its two frameworks as examples


def hedged():
    """Return each hedge of an assertion that claims take up: assertion, hedge, claims."""
    return [
        (row.assertion_id, hedge, row.claim_ids.split(LIST))
        for row in HERE.tables(sentences.ASSERTIONS).itertuples()
        for hedge in row.hedge.split(LIST)
        if row.claim_ids and hedge in HEDGES
    ]


@pytest.fixture(scope="module")
def told():
    """What each claim tells in each language: the statement, the print, and the items that it lists."""
    found = {}
    for claim in HERE.tables("claims").to_dict("records"):
        items = HERE.tables("claim_items").query("claim_id == @claim['claim_id']")
        for language in ("zh", "en"):
            said = [claim[f"statement_{language}"], claim[f"printed_{language}"], *items[f"item_{language}"]]
            found[claim["claim_id"], language] = "\n".join(said)
    return found


@pytest.mark.parametrize(("assertion", "hedge", "claims"), hedged())
def test_a_claim_carries_the_hedge_of_its_assertion(told, assertion, hedge, claims):
    """One claim at least does: a hedge may limit what the others do not take up."""
    zh, en = SAYS_AS_MUCH.get(hedge, hedge), rf"\b(?:{HEDGES[hedge]})\b"
    assert any(re.search(zh, told[claim, "zh"]) and re.search(en, told[claim, "en"], re.I) for claim in claims)


def majority(round_):
    """Return by claim whether most readers of a round say that its statement says the same as its sentence."""
    rows = HERE.tables(sentences.FIDELITY)
    return rows[rows["round"] == round_].groupby("claim_id")["compared"].agg(lambda said: said.eq("same").mean() > 0.5)


@pytest.mark.release
def test_most_readers_find_each_claim_of_substance_faithful():
    claims, same = HERE.tables("claims"), majority("after")
    assert set(same.index) == set(claims.loc[claims["weight"] != "structural", "claim_id"]) and same.all()


def test_readers_caught_the_unfaithful_statements_mixed_in():
    rows, same = HERE.tables(sentences.FIDELITY), majority("control")
    assert len(same) >= 30 and not same.any()
    words = {name: set(rows.loc[rows["round"] == name, "words"]) for name in ("control", "after")}
    assert not words["control"] & words["after"], "they are other statements than those of today"
