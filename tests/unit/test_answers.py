"""The three answers come first: in stories, on cards, in the terminal and in counts; the verdict word stands second."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from worlds import HERE, at, declare
from worlds import judged as record_of

from compendium import paths
from compendium.ledger import claims
from compendium.ledger.evidence import Data
from compendium.ledger.judging import attested
from compendium.ledger.recording import END, first_sentence, record_claim
from compendium.pages import terminal
from compendium.show.story import Entry, Row, show_cards, show_story
from compendium.texts import NOTHING, both
from compendium.vocabulary import ANSWERS, SINCE, STRENGTHS, VERDICTS, answered
from study.judgements import judges

LANGUAGES = ["zh", "en"]


def entry(name, verdict="traced", strength="firm", direction=""):
    """A claim as it is shown, with this verdict."""
    told = {"printed": "46个", "why": f"因为{name}。", "reason": f"因为{name}。还有{name}。", "flip": f"若{name}。"}
    other = {"printed": "46", "why": f"As {name}.", "reason": f"As {name}. More of {name}.", "flip": f"If {name}."}
    row = {f"{key}_{tongue}": text for tongue, said in (("zh", told), ("en", other)) for key, text in said.items()}
    row |= {"claim_id": name, "verdict": verdict, "strength": strength, "direction": direction, "trust": "ok"}
    row |= {"value_printed": "46", "value_computed": "46", "agreement": "same", "lowest_grade": "C"}
    claim = pd.Series({"statement_zh": f"论断{name}。", "statement_en": f"Statement {name}."})
    return Entry(claim, record_of(**row))


def spoken(language):
    """Return the compendium, asked to show one language."""
    return at(paths.HOME, language=language)


def soup(shown):
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def story(language, *verdicts):
    rows = [Row(NOTHING, [entry(f"Q{n}", *verdict)]) for n, verdict in enumerate(verdicts, 1)]
    return show_story(spoken(language), rows)


def colour(answer):
    return f"border-left:6px solid {ANSWERS[answer].colour}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_gives_the_answer_in_bold_and_the_word_small_under_it_the_trouble_before_the_rest(language):
    shown = story(language, ("traced",), ("open",), ("mixed", "weak"), ("not obtained", ""), ("contradicted",))
    cells = [row.find_all("td") for row in soup(shown).find_all("tr")[1:-1]]
    assert [cell[0].small.text for cell in cells] == ["Q01", "Q03", "Q05", "Q02", "Q04"], "what is asked first"
    due = (("matches", "traced", "●"), ("correct", "mixed", "○"), ("correct", "contradicted", "●"))
    due += (("unsettled", "open", "●"), ("unsettled", "not obtained", ""))
    for (_, _, cell, why), (answer, verdict, mark) in zip(cells, due, strict=True):
        assert cell.b.text == getattr(ANSWERS[answer], language)
        assert cell.small.text == f"{getattr(VERDICTS[verdict], language)} {mark}".rstrip()
        assert colour(answer) in cell["style"] and "<b>" not in str(why)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_foot_explains_the_words_and_marks_that_appear_and_no_other(language):
    shown = story(language, ("relabelled",), ("traced",))
    foot = soup(shown).find_all("tr")[-1].text
    for name, word in VERDICTS.items():
        assert (getattr(word, f"means_{language}") in foot) == (name in ("relabelled", "traced"))
    assert "●" in foot and "○" not in foot
    foot = soup(story(language, ("open", "weak"), ("open", "weak"))).find_all("tr")[-1].text
    assert foot.count("○") == 1 and "●" not in foot and getattr(STRENGTHS["weak"], f"means_{language}") in foot
    foot = soup(story(language, ("no source found", ""))).find_all("tr")[-1].text
    assert "○" not in foot and "●" not in foot


def test_a_group_has_the_answer_and_the_reason_of_the_claim_most_in_doubt():
    group = [entry("Q1"), entry("Q2", "indirect", direction="for"), entry("Q3", "mixed"), entry("Q4", "mixed", "weak")]
    told = Row(both("四批", "Batches"), group).cells("en")
    assert (told["answer"], told["why"]) == ("needs correcting", "As Q4.")
    assert told["verdict"] == "mixed ○ / mixed ● / indirect ● / traced ●"
    assert Row(NOTHING, group[:2]).cells("en")["answer"] == "not settled", "before what matches"


def test_what_came_later_and_decides_nothing_is_not_settled():
    assert answered("undecided") == "unsettled" and {answered(word) for word in SINCE} == set(ANSWERS)
    with pytest.raises(StopIteration):
        answered("unheard of")
    order = [record_of(verdict=word).gravity[0] for word in SINCE]
    assert [order[list(SINCE).index(word)] for word in ("mixed", "open", "consistent", "traced")] == [0, 1, 1, 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_has_answer_word_and_first_sentence_in_view_and_folds_the_rest(language):
    cards = show_cards(spoken(language), [entry("Q7", "relabelled", "weak")])
    page = soup(cards)
    fold = page.details.extract()
    view, word = page.get_text(" "), VERDICTS["relabelled"]
    answer, first_said = ANSWERS["correct"], {"zh": "因为Q7。", "en": "As Q7."}[language]
    assert f"{getattr(word, language)} ○" in view
    assert view.index(getattr(answer, language)) < view.index(getattr(word, language)) < view.index(first_said)
    assert colour("correct") in page.table["style"] and f"color:{answer.colour}" in page.find_all("b")[1]["style"]
    rest = {"zh": ("还有Q7。", "若Q7。", "C · 弱证据"), "en": ("More of Q7.", "If Q7.", "C · weak")}[language]
    assert [text in fold.text for text in rest] == [True] * 3 and [text in view for text in rest] == [False] * 3
    assert first_said not in fold.text and fold.get("open") is None
    assert repr(cards) == "Q7  |  needs correcting  |  relabelled ○  |  46  |  46  |  As Q7."


def test_related_evidence_tells_its_side_beside_the_mark():
    marked = entry("Q1", "indirect", "weak", "against").record.marked
    assert marked == both(f"{VERDICTS['indirect'].zh}（反对） ○", "indirect (against it) ○")


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "It is 2.40 %; see p. 5 there. Next.", "It is 2.40 %; see p. 5 there."),
        ("en", "It names 1. They are: a, b.", "It names 1."),
        ("en", "One sentence.", "One sentence."),
        ("zh", "第一句。第二句。", "第一句。"),
        ("zh", "没有句号", "没有句号"),
    ],
)
def test_the_first_sentence_of_a_reason_says_why(language, text, said):
    assert END[language].split(text)[0] == first_sentence(both(text, text))[language] == said


def test_the_ledger_says_why_in_one_sentence_and_counts_related_evidence_by_side():
    data = Data(HERE)
    one, other = (record_claim(judges, data.claim(name), data, {}, flips=False) for name in ("Q128", "Q14"))
    judged = attested(data.claim("Q128"), data)
    evidence = data.evidence("Q128")
    sides = [len(set(data.origins(evidence[evidence["comparison"] == side]))) for side in ("holds", "fails")]
    assert re.findall(r"\d+", one.why.en) == list(map(str, sides)) == re.findall(r"\d+", judged.short.zh)
    assert one.why.zh == judged.short.zh and one.why.zh in one.reason.zh
    assert other.reason.en.startswith(other.why.en) and len(other.why.en) > 10


FACTS = (("traced", "headline"), ("mixed", "supporting"), ("contradicted", "headline"))
FACTS += (("mixed", "headline"), ("traced", "structural"))
LEDGER = {f"Q{n}": record_of(claim_id=f"Q{n}", verdict=word, weight=of) for n, (word, of) in enumerate(FACTS, 1)}


def test_counts_stand_by_answer_with_the_words_under_each():
    table = claims.by_answer(LEDGER)
    assert table.index.tolist() == ["correct", "contradicted", "mixed", "matches", "traced", "all"]
    assert table["all"].tolist() == [3, 1, 2, 1, 1, 4] and table["headline"].tolist() == [2, 1, 1, 1, 1, 3]


def test_a_terminal_counts_by_answer():
    lines = [line.split() for line in terminal.count_claims(HERE, LEDGER, LEDGER)]
    assert lines[:5] == [
        ["needs", "correcting", "3"],
        ["contradicted", "1"],
        ["mixed", "2"],
        ["matches", "a", "source", "2"],
        ["traced", "2"],
    ]


def test_a_terminal_lists_claims_with_the_answer_before_the_word(tmp_path):
    c = at(declare(tmp_path))
    c.save(pd.DataFrame([entry("Q7", "relabelled", "weak").record.cells(c.languages)]), "claims")
    head, line, foot = terminal.list_claims(c)
    assert line.index("needs correcting") == head.index("answer") and line.index("relabelled ○") == head.index(
        "verdict"
    )
    assert "● firm" in foot and "○ weak" in foot
