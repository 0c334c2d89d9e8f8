"""The letters: every holder is asked, the authors have a page, and nothing says that one was sent."""

import re
from itertools import cycle

import frozen
import pytest
from worlds import HERE, judged

from compendium.base import escape, paths
from compendium.base.vocabulary import ANSWERS, QUALIFIED, VERDICTS
from compendium.ledger.claims import abbreviate_claim_ids
from compendium.pages import fairness

RECORDS = frozen.texts("records")
C = frozen.compendium()
CLAIMS = frozen.texts("claims").set_index("claim_id")
SENT = r"\b(?:sent|replied|answered|got in touch|wrote to)\b|寄出|寄了|发出|答复了|回复了|有答复|去信"
DRAFTS = {
    "en": "These letters are drafts, filled from the tables. Whoever takes up this audit may send them; that one was "
    "sent, and what was answered, is not claimed anywhere.",
    "zh": "这些信是草稿，由数据表填出，接手核查的人可以寄出；本项目没有说过已经寄出，也没有说过有答复。",
}


@pytest.fixture
def ledger():
    """Return a ledger that has every verdict."""
    told, words = {"evidence": "paper", "why_zh": "甲。", "why_en": "A."}, cycle(VERDICTS)
    return {
        name: judged(claim_id=name, section=row["section"], weight=row["weight"], verdict=next(words), **told)
        for name, row in CLAIMS.iterrows()
    }


@pytest.mark.parametrize("language", HERE.languages)
def test_a_holder_gets_one_letter_with_the_records_that_decide_and_were_not_obtained(language):
    wanted = RECORDS[RECORDS["decides"].eq("true") & RECORDS["obtained"].eq("false")]
    assert 0 < len(wanted) < len(RECORDS)
    _, *written = re.split(r"^### ", fairness.address_holders(C, language), flags=re.M)
    letters_to = {one.splitlines()[0]: one for one in written}
    assert len(written) == len(letters_to) == wanted["holder_en"].nunique()
    for holder, mine in wanted.groupby(f"holder_{language}"):
        letter = letters_to[{"zh": "致", "en": "To "}[language] + escape.markdown(holder)]
        asked = [line for line in letter.splitlines() if line.startswith("* ")]
        assert len(asked) == len(mine)
        for row in mine.itertuples():
            record = escape.markdown(getattr(row, f"record_{language}"))
            assert any(record in line and abbreviate_claim_ids(row.claim_ids.split(" ; ")) in line for line in asked)


@pytest.mark.parametrize("language", HERE.languages)
def test_the_page_for_the_authors_has_each_headline_claim_in_doubt_with_place_source_and_wording(ledger, language):
    due = [one for one in ledger.values() if one.verdict in QUALIFIED and one.weight == "headline"]
    page = fairness.make_queries(C, ledger, language)["queries"]
    assert sorted(re.findall(r"^\*\*(Q\d+)", page, flags=re.M)) == sorted(one.claim_id for one in due)
    for told in re.split(r"\n(?=\*\*Q)", page)[1:]:
        one = ledger[re.match(r"\*\*(Q\d+)", told)[1]]
        assert ANSWERS[one.answer][language] in told and one.why[language] in told
        assert escape.markdown(CLAIMS.at[one.claim_id, f"statement_{language}"]) in told
        assert len(re.findall(r"^  \* ", told, flags=re.M)) == len(HERE.languages), "a wording in each language"


@pytest.mark.parametrize("language", HERE.languages)
def test_nothing_says_that_a_letter_was_sent(ledger, language):
    said = (paths.HOME / HERE.languages.page("docs/letters.md", language)).read_text(encoding="utf-8")
    assert said.count(DRAFTS[language]) == 1
    made = "\n".join(fairness.make_letters(C, ledger, language).values())
    assert re.findall(SENT, said.replace(DRAFTS[language], "") + made) == []
    assert re.search(SENT, DRAFTS[language]), "the pattern finds what it is to find"
