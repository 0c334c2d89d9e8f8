"""The ledger in a notebook: its rows as cards and as the story at the top; other choices are judged, old rows told."""

import re

import pandas as pd
import pytest
from batches import BATCHES
from bs4 import BeautifulSoup
from poison import POISON, shown

from compendium import here, paths
from compendium.data import tables
from compendium.ledger import claims
from compendium.ledger.evidence import Data, LedgerError
from compendium.ledger.judges import Later
from compendium.ledger.judging import missing
from compendium.ledger.recording import record
from compendium.run import judge
from compendium.show.story import Entry, Ledger, Row, Sequel, Story, alike
from compendium.texts import NOTHING, both
from compendium.vocabulary import VERDICTS, found

pytestmark = pytest.mark.usefixtures("frozen_tables")
TRACED = VERDICTS["traced"].zh


def entry(name, printed, found, verdict="traced", strength="firm", reason="Because. More of it."):
    claim = pd.Series({"statement_zh": f"论断{name}。", "statement_en": f"Statement {name}."})
    record = {"claim_id": name, "printed_zh": f"{printed}个", "printed_en": f"{printed} projects"}
    record |= {
        "value_printed": str(printed).removeprefix("<b>"),
        "value_computed": found,
        "verdict": verdict,
        "strength": strength,
    }
    record |= {"agreement": "same", "why_zh": "因为。", "why_en": reason.partition(" More")[0].partition(" See")[0]}
    return Entry(claim, record | {"reason_zh": "因为。还有。", "reason_en": reason})


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
    assert row.ids == "Q14–Q17" and row.record["claim_id"] == "Q15"


def test_of_equal_verdicts_the_weaker_evidence_gives_the_reason():
    row = Row(both("某", "x"), [entry("Q1", 1, "1"), entry("Q2", 1, "1", strength="weak", reason="A copy only.")])
    assert row.record["claim_id"] == "Q2" and row.cells("en")["found"] == "1 projects"


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
    assert alike(texts, ", ") == said


def test_it_is_a_table_in_one_language_or_in_both_and_text_in_it_never_acts():
    story = Story([Row(NOTHING, [entry("Q1", "<b>46", "46", reason="<script>. More.")])])
    for language, heads in (
        ("zh", ["论文说", "核查结果", "结论", "为什么"]),
        ("en", ["The paper says", "We find", "Answer", "Why"]),
    ):
        with paths.using(language=language):
            soup = BeautifulSoup(story._repr_html_(), "html.parser")
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
    """Rows of a ledger, of which the last has another verdict than its judgement gives."""
    data = Data()
    rows = {name: record(BATCHES, data.claim(name), data, {}) | {"difference": ""} for name in ("Q14", "Q15", "Q20")}
    return rows | {"Q15": rows["Q15"] | {"verdict": "mixed"}}


@pytest.fixture
def told(monkeypatch):
    """The claims of which a runner is told that the cell at work shows them."""
    told = []
    monkeypatch.setattr(here, "shows", told.append)
    return told


@pytest.fixture
def ledger(rows, told, tmp_path, monkeypatch, frozen_root):
    """The ledger as a notebook reads it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "raw").symlink_to(frozen_root / "data" / "raw")
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    monkeypatch.setenv(paths.OUT, str(tmp_path))
    judge.write(rows)
    return Ledger(BATCHES)


@pytest.fixture
def card(ledger):
    return ledger.check("Q14")


def test_a_cell_shows_rows_of_the_ledger_and_says_which(ledger, told):
    cards, story = ledger.check("Q14", "Q15"), ledger.story((NOTHING, "Q15"), "Q14")
    assert told == ["Q14", "Q15", "Q15", "Q14"]
    assert (
        repr(cards).splitlines()[0].startswith("Q14  |  matches a source  |  traced ○  |  46 projects  |  46 projects")
    )
    assert (
        repr(cards).splitlines()[1].startswith("Q15  |  needs correcting  |  mixed ○  |  63 projects  |  63 projects")
    )
    assert cards._repr_html_().count("<table") == 2
    assert [row.cells("en")["verdict"] for row in story.rows] == ["mixed ○", "traced ○"]
    assert [line.partition("  |  ")[0] for line in repr(story).splitlines()] == ["Q15", "Q14"]
    assert ledger.records["Q15"]["verdict"] == "mixed" and list(ledger.records) == ["Q14", "Q15"]


def test_with_other_choices_the_judgement_is_asked_and_a_default_reads_the_ledger(ledger, rows):
    assert repr(ledger.check("Q15", value=None)).count("mixed") == 1
    for value, verdict in ((50, "contradicted"), (63, "traced"), (None, "mixed")):
        story = ledger.story("Q15", (NOTHING, "Q20"), value=value)
        assert {row.ids: row.record["verdict"] for row in story.rows} == {"Q15": verdict, "Q20": rows["Q20"]["verdict"]}
    ledger.check("Q15", value=50)
    assert ledger.records["Q15"]["flip_en"] and ledger.records["Q15"]["value_computed"] == "50"


@pytest.mark.parametrize(
    ("claim_id", "choices", "said"),
    [
        ("Q16", {}, "Q16 is not in the ledger. Remedy: compendium judge"),
        ("Q999", {}, "Q999: no such claim in the table claims"),
        ("Q20", {"value": 50}, "value: no judgement of Q20 takes it"),
        ("Q14", {"value": 50, "scope": "all"}, "scope: no judgement of Q14 takes it"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_not_said_to_be_shown(ledger, told, claim_id, choices, said):
    for show in (ledger.check, ledger.story):
        with pytest.raises(LedgerError, match=f"^{re.escape(said)}$"):
            show(claim_id, **choices)
    assert told == [] and ledger.records == {}


def test_a_ledger_older_than_the_tables_says_so_above_story_and_cards(ledger):
    file = paths.processed(claims.FROM)
    recorded = judge.recorded()["pilot_batches"]
    file.write_text(file.read_text(encoding="utf-8").replace(recorded, "another"), encoding="utf-8")
    note, old = "The ledger is older than data/raw/pilot_batches.csv. Remedy: compendium judge", Ledger(BATCHES)
    for shown_now, shown_then in (
        (ledger.check("Q14"), old.check("Q14")),
        (ledger.check("Q14", "Q20"), old.check("Q14", "Q20")),
        (ledger.story("Q14"), old.story("Q14")),
    ):
        assert repr(shown_then) == f"{note}\n{shown_now!r}"
        assert shown_then._repr_html_() == f"<p><strong>{note}</strong></p>\n{shown_now._repr_html_()}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_in_one_language_holds_nothing_of_the_other(card, language):
    claim, record = card.claim, card.record
    own = {
        "zh": {"46个项目", "论文", "核查结果", "与出处相符", TRACED, "证据等级", record["why_zh"]},
        "en": {"46 projects", "the paper", "we find", "matches a source", "traced", "grade", "Reason <1>."},
    }
    for tongue, words in own.items():
        words |= {claim[f"statement_{tongue}"], record[f"flip_{tongue}"]}
    assert (record["lowest_grade"], record["strength"]) == ("C", "weak")
    record["trust"] = "unsafe"
    every = BeautifulSoup(card._repr_html_(), "html.parser").get_text(" ")
    with paths.using(language=language):
        one = BeautifulSoup(card._repr_html_(), "html.parser").get_text(" ")
    assert "C · weak · untrusted site" in every
    assert ("C · 弱证据 · 可疑站点" if language == "zh" else "C · weak · untrusted site") in one
    for tongue, words in own.items():
        assert [word for word in words if word not in every] == []
        assert {word for word in words if word in one} == (words if tongue == language else set())
    one = one.replace("shelec.cn", "")  # the name of a source
    assert re.search(r"[\u4e00-\u9fff]" if language == "en" else r"[a-z]{2}", one) is None


def test_a_truth_value_stands_on_a_card_in_the_words_of_each_language(card):
    card.record["value_computed"] = "no to yes"
    assert "<b>不能定<br>open</b></td>" in card._repr_html_()
    for language, said in (("zh", "不能定"), ("en", "open")):
        with paths.using(language=language):
            assert f"<br><b>{said}</b></td>" in card._repr_html_()


def test_nothing_that_a_table_holds_acts_on_a_card(card):
    card.claim = card.claim.map(lambda _: POISON)
    texts = ("printed_zh", "printed_en", "value_computed", "reason_zh", "reason_en", "flip_zh", "flip_en")
    card.record |= dict.fromkeys(texts, POISON) | dict.fromkeys(("why_zh", "why_en"), f"So {POISON}")
    said, tags, _ = shown(card._repr_html_())
    assert tags <= {"table", "tr", "td", "b", "br", "span", "small", "details", "summary"}
    assert said.count(" ".join(POISON.split())) == said.count("document.title") == 11


def test_a_claim_without_rows_shows_a_dash(ledger):
    html = ledger.check("Q20")._repr_html_()
    assert "核查结果 we find<br><b>–</b></td>" in html and "证据等级 grade –</details>" in html


def test_what_came_later_is_judged_anew_and_kept_apart_from_the_ledger(ledger, told):
    later = Later()
    later("Q15")(lambda claim, data: missing())
    later("Q14")(BATCHES.known["Q14"])
    since = Sequel(later)
    assert repr(since.story("Q15", "Q14")).count("undecided") == 1
    since.save("since")
    made = tables.processed("since")
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
    record = {
        "agreement": agreement,
        "verdict": "traced",
        "value_computed": value,
        "value_printed": printed,
        "printed_zh": unit[0],
        "printed_en": unit[1],
    }
    assert (found(record, "zh"), found(record, "en")) == (zh, en)


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
    record = {"agreement": agreement, "value_computed": value, "value_printed": "low", "printed_en": "low"}
    assert found(record | {"verdict": "mixed"}, "en") == en


def test_what_the_paper_alone_supports_does_not_simply_hold():
    record = {"agreement": "same", "value_computed": "yes", "value_printed": "low", "printed_en": "low"}
    assert found(record | {"verdict": "consistent"}, "en") == "holds within the paper"
    assert found(record | {"verdict": "traced"}, "en") == "holds"
