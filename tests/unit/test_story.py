"""The ledger in a notebook: its rows as cards and as the story at the top; other choices are judged, old rows told."""

import re
from dataclasses import replace
from types import SimpleNamespace

import frozen
import pandas as pd
import pytest
from batches import BATCHES
from bs4 import BeautifulSoup
from poison import POISON, shown
from worlds import altered, at, judged

from compendium.ledger import claims
from compendium.ledger.evidence import Data, LedgerError
from compendium.ledger.judges import Later
from compendium.ledger.judging import missing
from compendium.ledger.record import read_values
from compendium.ledger.recording import record_claim
from compendium.run import judge
from compendium.show import notebook
from compendium.show.notebook import Notebook, Sequel
from compendium.show.story import Entry, Row, join_alike, show_story
from compendium.texts import NOTHING, both
from compendium.vocabulary import VERDICTS

TRACED = VERDICTS["traced"].zh


def entry(name, printed, found, verdict="traced", strength="firm", reason="Because. More of it."):
    claim = pd.Series({"statement_zh": f"论断{name}。", "statement_en": f"Statement {name}."})
    row = {"claim_id": name, "printed_zh": f"{printed}个", "printed_en": f"{printed} projects", "agreement": "same"}
    row |= {"value_printed": str(printed).removeprefix("<b>"), "value_computed": found}
    row |= {"verdict": verdict, "strength": strength, "reason_zh": "因为。还有。", "reason_en": reason}
    why = reason.partition(" More")[0].partition(" See")[0]
    return Entry(claim, judged(**row, why_zh="因为。", why_en=why))


def spoken(language):
    """Return the compendium, asked to show one language."""
    return replace(frozen.compendium(), language=language)


def test_a_claim_by_itself_is_told_by_its_statement():
    row = Row(NOTHING, [entry("Q1", 46, "no to yes")])
    told = {"said": "论断Q1。", "found": "不能定", "answer": "与出处相符", "verdict": f"{TRACED} ●", "why": "因为。"}
    assert row.cells("zh") == told
    told = {"said": "Statement Q1.", "found": "open", "answer": "matches a source", "verdict": "traced ●"}
    assert row.cells("en") == told | {"why": "Because."} and row.ids == "Q01"


def test_claims_that_belong_together_share_a_row_and_the_worst_gives_the_reason():
    row = Row(
        both("四批", "Batches"),
        [
            entry("Q14", 46, "46"),
            entry("Q15", 63, "64", "contradicted", reason="It is 64. See the list."),
            entry("Q16", 97, "98", "contradicted", reason="It is 98. See there."),
            entry("Q17", 99, ""),
        ],
    )
    told = {
        "said": "Batches: 46, 63, 97, 99 projects",
        "found": "46 projects; 64 projects; 98 projects; nothing to compare",
        "answer": "needs correcting",
        "verdict": "contradicted ● / traced ●",
    }
    assert row.cells("en") == told | {"why": "It is 64."}
    assert row.cells("zh")["said"] == "四批：46、63、97、99个"
    assert row.ids == "Q14–Q17" and row.record.claim_id == "Q15"


def test_of_equal_verdicts_the_weaker_evidence_gives_the_reason():
    row = Row(both("某", "x"), [entry("Q1", 1, "1"), entry("Q2", 1, "1", strength="weak", reason="A copy only.")])
    assert row.record.claim_id == "Q2" and row.cells("en")["found"] == "1 projects"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["75%", "14%"], "75, 14%"),
        (["305 projects", "92 industries"], "305 projects, 92 industries"),
        (["2.4%"], "2.4%"),
        (["none", "two"], "none, two"),
        (["3.0 million people", "4.5 million people"], "3.0, 4.5 million people"),
    ],
)
def test_what_printed_values_end_alike_with_is_said_once(texts, said):
    assert join_alike(texts, ", ") == said


def test_it_is_a_table_in_one_language_or_in_both_and_text_in_it_never_acts():
    rows = [Row(NOTHING, [entry("Q1", "<b>46", "46", reason="<script>. More.")])]
    story = show_story(frozen.compendium(), rows)
    for language, heads in (
        ("zh", ["论文说", "核查结果", "结论", "为什么"]),
        ("en", ["The paper says", "We find", "Answer", "Why"]),
    ):
        soup = BeautifulSoup(show_story(spoken(language), rows)._repr_html_(), "html.parser")
        assert [cell.text for cell in soup.find_all("th")] == heads
        assert soup.find("script") is None and soup.table["class"] == ["story"]
    cells = [cell.get_text("|") for cell in BeautifulSoup(story._repr_html_(), "html.parser").find_all("td")]
    assert (
        cells[0].startswith("论断Q1。|Statement Q1.") and cells[2] == f"与出处相符|matches a source|{TRACED} ●|traced ●"
    )
    assert cells[4].startswith(f"{TRACED} traced|: ") and len(cells) == 5
    assert repr(story) == "Q01  |  Statement Q1.  |  46 projects  |  matches a source  |  traced ●  |  <script>."


# Rows of the ledger.


@pytest.fixture(scope="module")
def rows(frozen_tables):
    """A ledger, of which the second record has another verdict than its judgement gives."""
    data = Data(frozen_tables)
    rows = {name: record_claim(BATCHES, data.claim(name), data, {}) for name in ("Q14", "Q15", "Q20")}
    return altered(rows, "Q15", verdict="mixed")


@pytest.fixture
def told(monkeypatch):
    """The claims of which a runner is told that the cell at work shows them."""
    told = []
    heard = lambda event, *given: told.extend(given) if event == "compendium.shows" else None  # noqa: E731
    monkeypatch.setattr(notebook, "sys", SimpleNamespace(audit=heard))
    return told


@pytest.fixture
def stories():
    """The stories that were shown."""
    return []


@pytest.fixture
def ledger(rows, told, stories, tmp_path, monkeypatch, frozen_tables):
    """A notebook that reads the ledger; what it shows at the top is the last of `stories`."""
    c = at(frozen_tables.root, tmp_path)
    judge.write(c, rows)
    monkeypatch.setattr(notebook, "display", lambda shown, **_: stories.append(shown))
    return Notebook(c, "01-a", BATCHES)


@pytest.fixture
def card(ledger):
    ledger.show_claims("Q14")
    return Entry(ledger.claims.loc["Q14"], ledger.records["Q14"])


def test_a_cell_shows_rows_of_the_ledger_and_says_which(ledger, told, stories):
    cards = ledger.show_claims("Q14", "Q15")
    ledger.story((NOTHING, "Q15"), "Q14")
    [story] = stories
    assert told == ["Q14", "Q15", "Q15", "Q14"]
    assert (
        repr(cards).splitlines()[0].startswith("Q14  |  matches a source  |  traced ○  |  46 projects  |  46 projects")
    )
    assert (
        repr(cards).splitlines()[1].startswith("Q15  |  needs correcting  |  mixed ○  |  63 projects  |  63 projects")
    )
    assert cards._repr_html_().count("<table") == 2
    told = [line.split("  |  ") for line in repr(story).splitlines()]
    assert [(line[0], line[4]) for line in told] == [("Q15", "mixed ○"), ("Q14", "traced ○")]
    assert ledger.records["Q15"].verdict == "mixed" and list(ledger.records) == ["Q14", "Q15"]


def test_with_other_choices_the_judgement_is_asked_and_a_default_reads_the_ledger(ledger, rows, stories, told):
    ledger.story("Q15", (NOTHING, "Q20"))
    assert told == ["Q15", "Q20"]
    for value, verdict in ((50, "contradicted"), (63, "traced"), (None, "mixed")):
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
    ("claim_id", "said"),
    [
        ("Q16", "Q16 is not in the ledger. Remedy: compendium judge"),
        ("Q999", "Q999: no such claim in the table claims"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_not_said_to_be_shown(ledger, told, claim_id, said):
    for show in (ledger.show_claims, ledger.story):
        with pytest.raises(LedgerError, match=f"^{re.escape(said)}$"):
            show(claim_id)
    assert told == [] and ledger.records == {}


def test_a_choice_that_no_judgement_takes_is_refused(ledger):
    with pytest.raises(LedgerError, match=r"^scope: no judgement takes it$"):
        ledger.choose(value=50, scope="all")
    assert ledger.choices == {}


def test_a_ledger_older_than_the_tables_says_so_above_story_and_cards(ledger, stories):
    file = ledger.c.processed_path(claims.FROM)
    recorded = judge.list_hashes(ledger.c)["pilot_batches"]
    file.write_text(file.read_text(encoding="utf-8").replace(recorded, "another"), encoding="utf-8")
    note, old = (
        "The ledger is older than data/raw/pilot_batches.csv. Remedy: compendium judge",
        Notebook(ledger.c, "01-a", BATCHES),
    )
    for one in (ledger, old):
        one.story("Q14")
    for shown_now, shown_then in (
        (ledger.show_claims("Q14"), old.show_claims("Q14")),
        (ledger.show_claims("Q14", "Q20"), old.show_claims("Q14", "Q20")),
        stories,
    ):
        assert repr(shown_then) == f"{note}\n{shown_now!r}"
        assert shown_then._repr_html_() == f"<p><strong>{note}</strong></p>\n{shown_now._repr_html_()}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_in_one_language_holds_nothing_of_the_other(card, language):
    claim, record = card
    own = {
        "zh": {"46个项目", "论文", "核查结果", "与出处相符", TRACED, "证据等级", record.why.zh},
        "en": {"46 projects", "the paper", "we find", "matches a source", "traced", "grade", "Reason <1>."},
    }
    for tongue, words in own.items():
        words |= {claim[f"statement_{tongue}"], record.flip_said[tongue]}
    assert (record.lowest_grade, record.strength) == ("C", "weak")
    card = Entry(claim, replace(record, trust="unsafe"))
    every = BeautifulSoup(card.card(spoken("")), "html.parser").get_text(" ")
    one = BeautifulSoup(card.card(spoken(language)), "html.parser").get_text(" ")
    assert "C · weak · untrusted site" in every
    assert ("C · 弱证据 · 可疑站点" if language == "zh" else "C · weak · untrusted site") in one
    for tongue, words in own.items():
        assert [word for word in words if word not in every] == []
        assert {word for word in words if word in one} == (words if tongue == language else set())
    one = one.replace("shelec.cn", "")  # the name of a source
    assert re.search(r"[\u4e00-\u9fff]" if language == "en" else r"[a-z]{2}", one) is None


def test_a_truth_value_stands_on_a_card_in_the_words_of_each_language(card):
    card = Entry(card.claim, replace(card.record, value_computed=read_values("no to yes")))
    assert "<b>不能定<br>open</b></td>" in card.card(spoken(""))
    for language, said in (("zh", "不能定"), ("en", "open")):
        assert f"<br><b>{said}</b></td>" in card.card(spoken(language))


def test_nothing_that_a_table_holds_acts_on_a_card(card):
    claim, record = card
    said = {"printed": f"46 {POISON}", "reason": POISON, "flip_said": POISON, "why": f"So {POISON}"}
    record = replace(record, **{name: both(text, text) for name, text in said.items()})
    card = Entry(claim.map(lambda _: POISON), record)
    said, tags, _ = shown(card.card(spoken("")))
    assert tags <= {"table", "tr", "td", "b", "br", "span", "small", "details", "summary"}
    assert said.count(" ".join(POISON.split())) == said.count("document.title") == 11


def test_a_claim_without_rows_shows_a_dash(ledger):
    html = ledger.show_claims("Q20")._repr_html_()
    assert "核查结果 we find<br><b>–</b></td>" in html and "证据等级 grade –</details>" in html


def test_what_came_later_is_judged_anew_and_kept_apart_from_the_ledger(ledger, told):
    later = Later()
    later("Q15")(lambda claim, data: missing())
    later("Q14")(BATCHES.known["Q14"])
    since = Sequel(ledger, later)
    assert repr(since.story("Q15", "Q14")).count("undecided") == 1
    since.save("since")
    made = ledger.c.processed("since")
    assert made["claim_id"].tolist() == ["Q14", "Q15"] and made["verdict"].tolist() == ["traced", "undecided"]
    assert not {"weight", "verdict_codings"} & set(made) and told == [] and ledger.records == {}


# What is found, in words.


@pytest.mark.parametrize(
    ("value", "printed", "unit", "zh", "en"),
    [
        ("3", "3.0", ("300万人", "3.0 million people"), "300万人", "3.0 million people"),
        ("28 to 31", "31", ("31个省份", "31 provinces"), "28至31个省份", "28 to 31 provinces"),
        ("860 / 1423", "<1000", ("接近1000家", "nearly 1,000 firms"), "860 / 1423家", "860 / 1,423 firms"),
        ("2.4 / 2.40666", "2.4", ("2.4%", "2.4%"), "2.4 / 2.41%", "2.4 / 2.41%"),
        ("2015", "2015", ("2015年", "2015"), "2015年", "2015"),
        ("97", "99", ("2018年99个项目", "in 2018, 99 projects"), "97个项目", "97 projects"),
        ("0", "0", ("0家", "0 firms"), "0", "0"),
        ("4", "3 + 1 = 4", ("3个和1个", "3 and 1"), "4", "4"),
        ("yes / no", "below", ("低于", "below"), "部分成立", "holds in part"),
        ("no / yes", "5", ("5种", "5 modes"), "部分成立", "holds in part"),
        ("yes", ">=75", ("75%以上", "at least 75%"), "成立", "holds"),
        ("no", "none", ("没有", "none"), "不成立", "does not hold"),
        ("", "10", ("10个", "10"), "无可比数据", "nothing to compare"),
    ],
)
@pytest.mark.parametrize("agreement", ["same", "differs"])
def test_what_is_found_is_told_in_the_words_and_units_of_what_is_printed(value, printed, unit, zh, en, agreement):
    row = {"value_computed": value, "value_printed": printed, "printed_zh": unit[0], "printed_en": unit[1]}
    assert judged(agreement=agreement, verdict="traced", **row).found == both(zh, en)


@pytest.mark.parametrize(
    ("agreement", "value", "en"),
    [
        ("related", "yes", "related evidence for it"),
        ("related", "no", "related evidence against it"),
        ("related", "yes / no", "related evidence both ways"),
        ("part", "no", "does not hold where known"),
        ("interval", "yes", "holds where known"),
        ("part", "yes / no", "holds in part"),
    ],
)
def test_related_evidence_and_parts_are_told_as_such(agreement, value, en):
    row = {"agreement": agreement, "value_computed": value, "value_printed": "low", "printed_en": "low"}
    assert judged(verdict="mixed", **row).found.en == en


def test_what_the_paper_alone_supports_does_not_simply_hold():
    row = {"agreement": "same", "value_computed": "yes", "value_printed": "low", "printed_en": "low"}
    assert judged(verdict="consistent", **row).found.en == "holds within the paper"
    assert judged(verdict="traced", **row).found.en == "holds"
