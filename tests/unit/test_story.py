"""The story at the top of a notebook: what the paper says, what is found, the verdict, and why."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from compendium import paths
from compendium.ledger.evidence import LedgerError
from compendium.ledger.judges import Judges
from compendium.ledger.recording import SENTENCE, Entry, Ledger, Row, Story, alike, found
from compendium.texts import NOTHING, both
from compendium.vocabulary import VERDICTS

TRACED = VERDICTS["traced"].zh


def entry(name, printed, found, verdict="traced", strength="firm", reason="Because. More of it."):
    claim = pd.Series({"statement_zh": f"论断{name}。", "statement_en": f"Statement {name}."})
    record = {"claim_id": name, "printed_zh": f"{printed}个", "printed_en": f"{printed} projects"}
    record |= {"value_printed": str(printed), "value_computed": found, "verdict": verdict, "strength": strength}
    record["agreement"] = "same"
    return Entry(claim, record | {"reason_zh": "因为。还有。", "reason_en": reason})


def test_a_claim_by_itself_is_told_by_its_statement():
    row = Row(NOTHING, [entry("Q1", 46, "no to yes")])
    assert row.cells("zh") == {"said": "论断Q1。", "found": "不能定", "verdict": TRACED, "why": "因为。"}
    told = {"said": "Statement Q1.", "found": "open", "verdict": "traced", "why": "Because."}
    assert row.cells("en") == told and row.ids == "Q01"


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
        "verdict": "traced / contradicted",
    }
    assert row.cells("en") == told | {"why": "It is 64. It is 98."}
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


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("en", "It is 2.40 %; see p. 5 there. Next.", "It is 2.40 %; see p. 5 there."),
        ("en", "One sentence.", "One sentence."),
        ("en", "It names 1. They are: a, b.", "It names 1."),
        ("zh", "第一句。第二句。", "第一句。"),
        ("zh", "没有句号", "没有句号"),
    ],
)
def test_the_first_sentence_is_told(language, text, first):
    assert SENTENCE[language].split(text)[0] == first


def test_it_is_a_table_in_one_language_or_in_both_and_text_in_it_never_acts():
    story = Story([Row(NOTHING, [entry("Q1", "<b>46", "46", reason="<script>. More.")])])
    for language, heads in (
        ("zh", ["论文说", "核查结果", "判定", "为什么"]),
        ("en", ["The paper says", "We find", "Verdict", "Why"]),
    ):
        with paths.using(language=language):
            soup = BeautifulSoup(story._repr_html_(), "html.parser")
        assert [cell.text for cell in soup.find_all("th")] == heads
        assert soup.find("script") is None and soup.table["class"] == ["story"]
    cells = [cell.get_text("|") for cell in BeautifulSoup(story._repr_html_(), "html.parser").find_all("td")]
    assert cells[0].startswith("论断Q1。|Statement Q1.") and cells[2] == f"{TRACED}|traced"
    assert cells[4].startswith(f"{TRACED} traced|: ") and len(cells) == 5
    assert repr(story) == "Q01  |  Statement Q1.  |  46  |  traced  |  <script>."


def test_choices_reach_the_judgements_that_take_them_and_an_idle_one_is_told(monkeypatch):
    judges, given = Judges(), []
    for name, judgement in (("Q1", lambda claim, data, tier=3: None), ("Q2", lambda claim, data: None)):
        judges(name)(judgement)
    ledger = Ledger.__new__(Ledger)
    ledger.judges = judges
    monkeypatch.setattr(ledger, "_checked", lambda name, choices: given.append((name, choices)), raising=False)
    ledger.story((NOTHING, "Q1", "Q2"), "Q3", tier=1)
    assert given == [("Q1", {"tier": 1}), ("Q2", {}), ("Q3", {})]
    with pytest.raises(LedgerError, match="scope: no judgement of Q1 takes it"):
        ledger.story("Q1", tier=1, scope="all")


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
