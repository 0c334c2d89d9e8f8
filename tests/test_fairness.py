"""The page on fairness and the letters: every look is told with what was judged before and now, every holder asked."""

import re
from itertools import cycle

import frozen
import pandas as pd
import pytest
from worlds import HERE, altered, holding, judged

from compendium import escape, paths
from compendium.ledger.claims import spans
from compendium.pages import fairness
from compendium.vocabulary import DEPENDS, QUALIFIED, VERDICTS

RECORDS, LOOKS = frozen.texts("records"), frozen.texts("second_looks")
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
    """Return a ledger that has every verdict, with two readings of one claim."""
    told, words = {"evidence": "paper", "why_zh": "甲。", "why_en": "A."}, cycle(VERDICTS)
    found = {
        name: judged(claim_id=name, section=row["section"], weight=row["weight"], verdict=next(words), **told)
        for name, row in CLAIMS.iterrows()
    }
    return altered(found, "Q11", verdict=DEPENDS, readings={"whole_action": "holds", "every_year": "fails"})


def cells(table):
    """Return the rows of a Markdown table, its head apart, by their first cell."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]
    assert len({row[0].strip() for row in rows}) == len(rows), "listed once"
    return {row[0].strip(): row[1:] for row in rows}


@pytest.mark.parametrize("language", HERE.languages)
@pytest.mark.parametrize("task", ["save", "refute"])
def test_each_claim_of_a_task_is_listed_once_with_what_it_was_and_is(ledger, task, language):
    shown = cells(fairness.list_looks(C, ledger, task, language))
    mine = LOOKS[LOOKS["task"] == task]
    assert list(shown) == sorted(set(mine["claim_id"]), key=lambda name: int(name[1:])) != []
    for name, looks in mine.groupby("claim_id"):
        then, said, _, is_now = shown[name]
        assert (then, is_now) == (VERDICTS[looks["before"].iloc[0]][language], VERDICTS[ledger[name].verdict][language])
        assert said.count("<br>") == len(looks) - 1
        assert all(escape.markdown(told) in said for told in looks[f"argument_{language}"])


def test_a_claim_is_told_with_each_of_its_readings_and_whether_it_holds_there(ledger):
    whole, yearly = "it speaks of the action as a whole and not of each year", "it speaks of every year from 2015 on"
    assert fairness.list_readings(C, ledger["Q11"], "en") == [f"holds if {whole}", f"fails if {yearly}"]
    assert fairness.list_readings(C, ledger["Q12"], "en") == []


def in_english(table, column):
    """Return the English words of the codes of a column."""
    return {code: word["en"] for code, word in HERE.tables.labels(table, column).items()}


def test_assertions_are_counted_by_kind_and_those_in_no_claim_by_reason():
    rows = [("checkable", "Q01", ""), ("checkable", "", "no_measure"), ("checkable", "", "no_measure")]
    rows += [("recommendation", "Q02 ; Q03", "")]
    c = holding({"assertions": pd.DataFrame(rows, columns=["kind", "claim_ids", "reason"])})
    kinds, reasons = (in_english("assertions", column) for column in ("kind", "reason"))
    table, _, why = fairness.count_assertions(c, "en").partition("\n\n")
    assert cells(table) == {kinds["checkable"]: ["3", "1"], kinds["recommendation"]: ["1", "1"]}
    assert f"{reasons['no_measure']} 2" in why and f"{reasons['not_examined']} 0" in why


def test_a_statement_says_the_same_where_most_readers_say_so():
    codes = [("Q01", "same"), ("Q01", "same"), ("Q01", "weaker"), *[("Q02", "same")] * 3, ("Q03", "same")]
    codes += [("Q03", "stronger"), ("Q03", "weaker"), *[("Q04", "stronger")] * 3]
    read, rounds = pd.DataFrame(codes, columns=["claim_id", "compared"]), in_english("fidelity", "round")
    c = holding({"fidelity": pd.concat([read.assign(round=name) for name in rounds])})
    assert cells(fairness.count_fidelity(c, "en")) == {word: ["4", "2", "2", "50%"] for word in rounds.values()}


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
            assert any(record in line and spans(row.claim_ids.split(" ; ")) in line for line in asked)


@pytest.mark.parametrize("language", HERE.languages)
def test_the_authors_are_told_each_headline_claim_in_doubt_or_open_to_readings_with_the_reason(ledger, language):
    due = [one for one in ledger.values() if one.verdict in QUALIFIED and one.weight == "headline"]
    told = fairness.address_authors(C, ledger, language).splitlines()
    assert [re.match(r"\* (Q\d+)", line)[1] for line in told] == [one.claim_id for one in due]
    for line, one in zip(told, due, strict=True):
        assert VERDICTS[one.verdict][language] in line and one.why[language] in line
        assert escape.markdown(CLAIMS.at[one.claim_id, f"statement_{language}"]) in line


@pytest.mark.parametrize("language", HERE.languages)
def test_nothing_says_that_a_letter_was_sent(ledger, language):
    said = (paths.HOME / HERE.languages.page("docs/letters.md", language)).read_text(encoding="utf-8")
    assert said.count(DRAFTS[language]) == 1
    made = "\n".join(fairness.make_letters(C, ledger, language).values())
    assert re.findall(SENT, said.replace(DRAFTS[language], "") + made) == []
    assert re.search(SENT, DRAFTS[language]), "the pattern finds what it is to find"
