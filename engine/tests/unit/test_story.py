"""The ledger in a notebook: rows as cards and as the story at the top, the four answers first, the verdict second."""

import re
from dataclasses import replace
from types import SimpleNamespace

import frozen
import pandas as pd
import pytest
from batches import BATCHES
from bs4 import BeautifulSoup
from worlds import HERE, altered, at, declare, judged

from compendium.base.texts import NOTHING, first_sentence, make_bilingual_text
from compendium.base.vocabulary import ANSWERS, SINCE, STRENGTHS, VERDICTS, find_answer_category
from compendium.ledger import claims
from compendium.ledger.evidence import EvidenceTables, LedgerError
from compendium.ledger.record import read_values
from compendium.ledger.recording import record_claim
from compendium.ledger.rules import missing
from compendium.ledger.verdict import PostPublicationJudgements
from compendium.notebook import begin
from compendium.notebook.begin import LaterVerdicts, Notebook
from compendium.notebook.verdict_cards import (
    JudgedClaim,
    StoryRow,
    join_with_common_ending,
    render_claim_cards,
    render_story,
)
from compendium.pages import terminal
from compendium.run import judge_all

LANGUAGES = ["zh", "en"]
TRACED = VERDICTS["traced"].zh


def entry(name, verdict="traced", strength="firm", printed=46, found="46", **cells):
    """Return a claim as it is shown, of which some is found on some evidence."""
    claim = pd.Series({"statement_zh": f"论断{name}。", "statement_en": f"Statement {name}."})
    row = {"claim_id": name, "printed_zh": f"{printed}个", "printed_en": f"{printed} projects", "agreement": "same"}
    row |= {"value_printed": str(printed).removeprefix("<b>"), "value_computed": found, "lowest_grade": "C"}
    row |= {"why_zh": f"因为{name}。", "reason_zh": f"因为{name}。还有{name}。", "flip_zh": f"若{name}。"}
    row |= {"why_en": f"As {name}.", "reason_en": f"As {name}. More of {name}.", "flip_en": f"If {name}."}
    return JudgedClaim(claim, judged(**row | {"trust": "ok", "verdict": verdict, "strength": strength} | cells))


def spoken(language):
    """Return the compendium, asked to show one language."""
    return replace(frozen.compendium(), language=language)


def read(shown):
    return BeautifulSoup(shown._repr_html_(), "html.parser")


def test_claims_that_belong_together_share_a_row_and_the_worst_gives_the_answer_and_the_reason():
    row = StoryRow(NOTHING, [entry("Q1", found="no to yes")])
    told = {"said": "论断Q1。", "found": "不能定", "answer": "与出处相符", "verdict": f"{TRACED} ●", "why": "因为Q1。"}
    assert row.cells("zh") == told and row.cells("en")["said"] == "Statement Q1.", "by itself, by its statement"
    wrong, too = (entry(name, "contradicted", printed=n, found=f"{n + 1}") for name, n in (("Q15", 63), ("Q16", 97)))
    row = StoryRow(
        make_bilingual_text("四批", "Batches"), [entry("Q14"), wrong, too, entry("Q17", printed=99, found="")]
    )
    found = "46 projects; 64 projects; 98 projects; nothing to compare"
    told = {"said": "Batches: 46, 63, 97, 99 projects", "found": found, "answer": "needs correcting"}
    assert row.cells("en") == told | {"verdict": "contradicted ● / traced ●", "why": "As Q15."}
    assert row.cells("zh")["said"] == "四批：46、63、97、99个"
    assert row.ids == "Q14–Q17" and row.record.claim_id == "Q15"
    group = [entry("Q1"), entry("Q2", "indirect", direction="for"), entry("Q3", "mixed"), entry("Q4", "mixed", "weak")]
    told = StoryRow(make_bilingual_text("四批", "Batches"), group).cells("en")
    assert (told["why"], told["found"]) == ("As Q4.", "46 projects"), "of equal ones that on less"
    assert told["verdict"] == "mixed ○ / mixed ● / indirect / traced ●", "a mark only where something is settled"
    assert StoryRow(NOTHING, group[:2]).cells("en")["answer"] == "not settled", "before what matches"
    marked = entry("Q1", "indirect", "weak", direction="against").record.marked
    assert marked == make_bilingual_text(f"{VERDICTS['indirect'].zh}（反对）", "indirect (against it)"), (
        "the side, and no mark"
    )
    for texts, said in (
        (["75%", "14%"], "75, 14%"),
        (["305 projects", "92 industries"], "305 projects, 92 industries"),
        (["none", "two"], "none, two"),
        (["3.0 million people", "4.5 million people"], "3.0, 4.5 million people"),
    ):
        assert join_with_common_ending(texts, ", ") == said, "what they end alike with is said once"


def test_it_is_a_table_in_one_language_or_in_both_and_text_in_it_never_acts():
    rows = [StoryRow(NOTHING, [entry("Q1", printed="<b>46", why_en="<script>.")])]
    story = render_story(frozen.compendium(), rows)
    for language, heads in (("zh", "论文说|核查结果|结论|为什么"), ("en", "The paper says|We find|Answer|Why")):
        soup = read(render_story(spoken(language), rows))
        assert "|".join(cell.text for cell in soup.find_all("th")) == heads
        assert soup.find("script") is None and soup.table["class"] == ["story"]
    said, _, answer, _, foot = (cell.get_text("|") for cell in read(story).find_all("td"))
    assert said.startswith("论断Q1。|Statement Q1.") and foot.startswith(f"{TRACED} traced|: ")
    assert answer == f"与出处相符|matches a source|{TRACED} ●|traced ●"
    assert repr(story) == "Q01  |  Statement Q1.  |  46 projects  |  matches a source  |  traced ●  |  <script>."


def story(language, *verdicts):
    return render_story(
        spoken(language), [StoryRow(NOTHING, [entry(f"Q{n}", *told)]) for n, told in enumerate(verdicts, 1)]
    )


def colour(answer):
    return f"border-left:6px solid {ANSWERS[answer].colour}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_gives_the_trouble_first_the_answer_in_bold_the_word_small_under_it_and_explains_what_appears(language):
    shown = story(language, ("traced",), ("open",), ("mixed", "weak"), ("not obtained", ""), ("contradicted",))
    cells = [row.find_all("td") for row in read(shown).find_all("tr")[1:-1]]
    assert [cell[0].small.text for cell in cells] == ["Q01", "Q03", "Q05", "Q02", "Q04"], "what is asked first"
    due = (("matches", "traced", "●"), ("correct", "mixed", "○"), ("correct", "contradicted", "●"))
    due += (("unsettled", "open", ""), ("unsettled", "not obtained", ""))
    for (_, _, cell, why), (answer, verdict, mark) in zip(cells, due, strict=True):
        assert cell.b.text == ANSWERS[answer][language]
        assert cell.small.text == f"{VERDICTS[verdict][language]} {mark}".rstrip()
        assert colour(answer) in cell["style"] and "<b>" not in str(why)
    for told, marks in (
        ([("relabelled",), ("traced",)], "●"),
        ([("mixed", "weak"), ("open", "weak")], "○"),
        ([("no source found", "")], ""),
    ):
        foot = read(story(language, *told)).find_all("tr")[-1].text
        assert {name for name, word in VERDICTS.items() if word.means[language] in foot} == {name for name, *_ in told}
        assert (foot.count("●"), foot.count("○")) == (marks.count("●"), marks.count("○"))
        assert (STRENGTHS["weak"].means[language] in foot) == (marks == "○")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_has_answer_word_and_first_sentence_in_view_and_folds_the_rest(language):
    cards = render_claim_cards(spoken(language), [entry("Q7", "relabelled", "weak")])
    page = read(cards)
    fold = page.details.extract()
    view, answer, word = page.get_text(" "), ANSWERS["precise"], VERDICTS["relabelled"][language]
    first = {"zh": "因为Q7。", "en": "As Q7."}[language]
    assert f"{word} ○" in view and view.index(answer[language]) < view.index(word) < view.index(first)
    assert colour("precise") in page.table["style"]
    rest = {"zh": ("还有Q7。", "若Q7。", "C · 弱证据"), "en": ("More of Q7.", "If Q7.", "C · weak")}[language]
    assert [(text in fold.text, text in view) for text in rest] == [(True, False)] * 3
    assert first not in fold.text and fold.get("open") is None
    assert repr(cards) == "Q7  |  to be made precise  |  relabelled ○  |  46 projects  |  46 projects  |  As Q7."


def test_the_first_sentence_of_a_reason_says_why():
    one = make_bilingual_text("第一句。第二句。", "It is 2.40 %; see p. 5 there. Next.")
    assert first_sentence(one) == make_bilingual_text("第一句。", "It is 2.40 %; see p. 5 there.")
    assert first_sentence(make_bilingual_text("没有句号", "It names 1. They are: a.")) == make_bilingual_text(
        "没有句号", "It names 1."
    )


def test_claims_are_counted_and_listed_by_answer_with_the_words_under_each(tmp_path):
    facts = (("traced", "headline"), ("mixed", "supporting"), ("contradicted", "headline"))
    facts += (("mixed", "headline"), ("traced", "structural"))
    counted = {f"Q{n}": judged(claim_id=f"Q{n}", verdict=word, weight=of) for n, (word, of) in enumerate(facts, 1)}
    table = claims.count_verdicts_by_answer(counted)
    more = counted | {"Q9": judged(claim_id="Q9", verdict="consistent", weight="structural")}
    assert claims.count_verdicts_by_answer(more).equals(table), "counts of lists are none of substance"
    assert table.index.tolist() == ["correct", "contradicted", "mixed", "matches", "traced", "all"]
    assert table["all"].tolist() == [3, 1, 2, 1, 1, 4] and table["headline"].tolist() == [2, 1, 1, 1, 1, 3]
    lines = [" ".join(line.split()) for line in terminal.render_verdict_counts(HERE, counted, counted)]
    assert lines[:5] == ["needs correcting 3", "contradicted 1", "mixed 2", "matches a source 2", "traced 2"]
    c = at(declare(tmp_path))
    c.save(pd.DataFrame([entry("Q7", "mixed", "weak").record.cells(c.languages)]), "claims")
    head, line, foot = terminal.render_claim_lines(c, terminal.read_ledger(c))
    assert line.index("needs correcting") == head.index("answer")
    assert line.index("mixed ○") == head.index("verdict") and "● firm" in foot and "○ weak" in foot


# Rows of the ledger.


@pytest.fixture(scope="module")
def rows(frozen_tables):
    """A ledger, of which the second record has another verdict than its judgement gives."""
    data = EvidenceTables(frozen_tables)
    rows = {name: record_claim(BATCHES, data.claim(name), data, {}) for name in ("Q14", "Q15", "Q20")}
    return altered(rows, "Q15", verdict="mixed")


@pytest.fixture
def told(monkeypatch):
    """The claims of which a runner is told that the cell at work shows them."""
    told = []
    heard = lambda event, *given: told.extend(given) if event == "compendium.shows" else None  # noqa: E731
    monkeypatch.setattr(begin, "sys", SimpleNamespace(audit=heard))
    return told


@pytest.fixture
def stories(monkeypatch):
    """The stories that were shown."""
    stories = []
    monkeypatch.setattr(begin, "display", lambda shown, **_: stories.append(shown))
    return stories


@pytest.fixture
def ledger(rows, told, stories, tmp_path, frozen_tables):
    """A notebook that reads the ledger; what it shows at the top is the last of `stories`."""
    c = at(frozen_tables.root, tmp_path)
    judge_all.write_ledger(c, rows)
    return Notebook(c, "01-a", BATCHES)


@pytest.fixture
def card(ledger):
    ledger.show_claims("Q14")
    return JudgedClaim(ledger.claims.loc["Q14"], ledger.records["Q14"])


def test_a_cell_shows_rows_of_the_ledger_and_says_which_more_than_a_few_folded(ledger, told, stories, monkeypatch):
    cards = ledger.show_claims("Q14", "Q15")
    ledger.story((NOTHING, "Q15"), "Q14")
    [story] = stories
    assert told == ["Q14", "Q15", "Q15", "Q14"]
    first, second = repr(cards).splitlines()
    assert first.startswith("Q14  |  matches a source  |  traced ○  |  46 projects  |  46 projects")
    assert second.startswith("Q15  |  needs correcting  |  mixed ○  |  63 projects  |  63 projects")
    assert cards._repr_html_().count("<table") == 2 and not cards._repr_html_().startswith("<details>")
    told = [line.split("  |  ") for line in repr(story).splitlines()]
    assert [(line[0], line[4]) for line in told] == [("Q15", "mixed ○"), ("Q14", "traced ○")]
    assert ledger.records["Q15"].verdict == "mixed" and list(ledger.records) == ["Q14", "Q15"]
    monkeypatch.setattr("compendium.notebook.verdict_cards.FEW", 2)
    folded = ledger.show_claims("Q14", "Q15", "Q20")._repr_html_()
    heading = "<details><summary>3条论断的判定（Q14–Q15, Q20） Verdicts of 3 claims (Q14–Q15, Q20)</summary>"
    assert folded.startswith(heading) and folded.endswith("</details>") and folded.count("<table") == 3
    assert "核查结果 we find<br><b>–</b></td>" in folded and "证据等级 grade –</details>" in folded, "without rows"


def test_with_other_choices_the_judgement_is_asked_and_a_default_reads_the_ledger(ledger, rows, stories, told):
    ledger.story("Q15", (NOTHING, "Q20"))
    assert told == ["Q15", "Q20"]
    for value, verdict in ((50, "misquoted"), (63, "traced"), (None, "mixed")):
        ledger.choose(value=value)
        found = [line.split("  |  ") for line in repr(stories[-1]).splitlines()]
        verdicts = {line[0]: line[4].rstrip(" ●○") for line in found}
        assert verdicts == {"Q15": verdict, "Q20": rows["Q20"].verdict}
        assert repr(ledger.show_claims("Q15")).count(verdict) == 1
    assert len(stories) == 4 and told == ["Q15", "Q20", *["Q15"] * 3], "a story that is told anew is not shown twice"
    ledger.choose(value=50)
    ledger.show_claims("Q15")
    assert ledger.records["Q15"].flip_said.en and ledger.records["Q15"].value_computed == ((50,),)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda one: one.show_claims("Q16"), "Q16 is not in the ledger. Remedy: compendium judge"),
        (lambda one: one.story("Q16"), "Q16 is not in the ledger. Remedy: compendium judge"),
        (lambda one: one.show_claims("Q999"), "Q999: no such claim in the table claims"),
        (lambda one: one.choose(value=50, scope="all"), "scope: no judgement takes it"),
    ],
)
def test_what_cannot_be_shown_or_chosen_is_refused_and_not_said_to_be_shown(ledger, told, ask, said):
    with pytest.raises(LedgerError, match=f"^{re.escape(said)}$"):
        ask(ledger)
    assert told == [] and ledger.records == {} and ledger.choices == {}


def test_a_ledger_older_than_the_tables_says_so_above_story_and_cards(ledger, stories):
    file = ledger.c.processed_path(claims.FROM)
    recorded = judge_all.list_raw_table_hashes(ledger.c)["pilot_batches"]
    file.write_text(file.read_text(encoding="utf-8").replace(recorded, "another"), encoding="utf-8")
    note = "The ledger is older than data/raw/pilot_batches.csv. Remedy: compendium judge"
    old = Notebook(ledger.c, "01-a", BATCHES)
    for one in (ledger, old):
        one.story("Q14")
    for shown_now, shown_then in ((ledger.show_claims("Q14", "Q20"), old.show_claims("Q14", "Q20")), stories):
        assert repr(shown_then) == f"{note}\n{shown_now!r}"
        assert shown_then._repr_html_() == f"<p><strong>{note}</strong></p>\n{shown_now._repr_html_()}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_in_one_language_holds_nothing_of_the_other(card, language):
    claim, record = card
    own = {
        "zh": {"46个项目", "论文", "核查结果", "与出处相符", TRACED, "证据等级", record.why.zh},
        "en": {"46 projects", "the paper", "we find", "matches a source", "traced", "grade", "untrusted site", "<1>."},
    }
    card = JudgedClaim(claim, replace(record, trust="unsafe"))
    every, one = (BeautifulSoup(card.card(spoken(of)), "html.parser").get_text(" ") for of in ("", language))
    for tongue, words in own.items():
        words |= {claim[f"statement_{tongue}"], record.flip_said[tongue]}
        assert [word for word in words if word not in every] == []
        assert {word for word in words if word in one} == (words if tongue == language else set())
    one = one.replace("shelec.cn", "")  # the name of a source
    truth = JudgedClaim(claim, replace(record, value_computed=read_values("no to yes"))).card(spoken(language))
    assert f"<br><b>{dict(zh='不能定', en='open')[language]}</b></td>" in truth
    assert re.search(r"[\u4e00-\u9fff]" if language == "en" else r"[a-z]{2}", one) is None


def test_what_came_later_is_judged_anew_and_kept_apart_from_the_ledger(ledger, told):
    later = PostPublicationJudgements()
    later("Q15")(lambda claim, data: missing())
    later("Q14")(BATCHES.known["Q14"])
    since = LaterVerdicts(ledger, later)
    assert repr(since.story("Q15", "Q14")).count("undecided") == 1
    since.save("since")
    made = ledger.c.processed("since")
    assert made["claim_id"].tolist() == ["Q14", "Q15"] and made["verdict"].tolist() == ["traced", "undecided"]
    assert not {"weight", "verdict_codings"} & set(made) and told == [] and ledger.records == {}
    assert find_answer_category("undecided") == "unsettled" and {find_answer_category(word) for word in SINCE} == set(
        ANSWERS
    )


def test_what_is_found_is_told_in_the_words_and_units_of_what_is_printed():
    for value, printed, unit, zh, en in (
        ("3", "3.0", ("300万人", "3.0 million people"), "300万人", "3.0 million people"),
        ("28 to 31", "31", ("31个省份", "31 provinces"), "28至31个省份", "28 to 31 provinces"),
        ("860 / 1423", "<1000", ("接近1000家", "nearly 1,000 firms"), "860 / 1423家", "860 / 1,423 firms"),
        ("2.4 / 2.40666", "2.4", ("2.4%", "2.4%"), "2.4 / 2.41%", "2.4 / 2.41%"),
        ("97", "99", ("2018年99个项目", "in 2018, 99 projects"), "97个项目", "97 projects"),
        ("0", "0", ("0家", "0 firms"), "0", "0"),
        ("4", "3 + 1 = 4", ("3个和1个", "3 and 1"), "4", "4"),
        ("yes", ">=75", ("75%以上", "at least 75%"), "成立", "holds"),
        ("no", "none", ("没有", "none"), "不成立", "does not hold"),
        ("", "10", ("10个", "10"), "无可比数据", "nothing to compare"),
    ):
        row = {"value_computed": value, "value_printed": printed, "printed_zh": unit[0], "printed_en": unit[1]}
        for agreement in ("same", "differs"):
            assert judged(agreement=agreement, verdict="traced", **row).found == make_bilingual_text(zh, en)


def test_what_holds_in_part_or_within_the_paper_alone_is_told_as_such():
    for verdict, agreement, value, said in (
        ("mixed", "related", "yes", "related evidence for it"),
        ("mixed", "related", "no", "related evidence against it"),
        ("mixed", "related", "yes / no", "related evidence both ways"),
        ("mixed", "part", "no", "does not hold where known"),
        ("mixed", "interval", "yes", "holds where known"),
        ("mixed", "part", "yes / no", "holds in part"),
        ("consistent", "same", "yes", "holds within the paper"),
    ):
        row = {"agreement": agreement, "value_computed": value, "value_printed": "low", "printed_en": "low"}
        assert judged(verdict=verdict, **row).found.en == said
