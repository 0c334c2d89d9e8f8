"""A made-up paper sentence by sentence: the checks of its tables, and a reader's copy that differs from it."""

import hashlib
import re

import frozen
import pandas as pd
import pytest
import typst
from chromium import HEIGHT, WIDTHS, barriers, browsing
from chromium import browser as browser
from chromium import window as window
from click.testing import CliRunner
from worlds import HERE, check, declare, holding, judged, tables_in

from compendium import paths
from compendium.data import datapackage, validity
from compendium.data.checks import Row
from compendium.ledger import claims, gate, sentences
from compendium.ownpaper import copies, paper, paperpage
from compendium.ownpaper.commands import paper as command

# section, paragraph, place, kind, text
PAPER = [
    ("1", 0, 1, "heading", "一、养蜂业的现状"),
    ("1", 1, 1, "sentence", "2020年全镇有蜂农46户。"),
    ("1", 1, 2, "sentence", "其中“专业户”占75％，主要养中蜂、意蜂两种，年产蜜12 000公斤！"),
    ("1", 1, 3, "sentence", "蜂农的收入年年增长。"),
    ("1", 2, 1, "caption", "图1　蜂种（2020年）"),
    ("2", 0, 1, "heading", "二、对策"),
    ("2", 1, 1, "sentence", "一是要办四所学校，二是要修路。"),
    ("2", 1, 2, "sentence", "前景广阔。"),
]
ASSERTED = [  # sentence, kind, claims, reason
    ("S002", "checkable", "Q01", ""),
    ("S003", "checkable", "Q02", ""),
    ("S003", "checkable", "Q02 ; Q03", ""),
    ("S004", "checkable", "", "no_measure"),
    ("S005", "checkable", "Q03", ""),
    ("S007", "recommendation", "Q04", ""),
    ("S008", "framing", "", ""),
]
TEXT = """本刊 2022 年第 1 期
一、养蜂业的现状
2020 年全镇有蜂农 46 户。其中“专业户”占 75％，主要养中蜂、
意蜂两种，年产蜜 12 000 公斤！蜂农的收入年年增长。
图 1 蜂种（2020 年）
二、对策
一是要办四所学校，二是要修路。前景广阔。
"""
CLAIMS = pd.DataFrame(
    [
        ("Q01", "1", "headline", "46户", "46 households"),
        ("Q02", "1", "headline", "75%", "75%"),
        ("Q03", "1", "structural", "2种", "2 kinds"),
        ("Q04", "2", "supporting", "4所", "4 schools"),
    ],
    columns=["claim_id", "section", "weight", "printed_zh", "printed_en"],
).assign(statement_zh="转述", statement_en="in our words", value_low=[46.0, 75.0, 2.0, 4.0])
ITEMS = pd.DataFrame(
    [("Q03", "中蜂", "Chinese bee"), ("Q03", "意蜂", "Italian bee")], columns=["claim_id", "item_zh", "item_en"]
)
DERIVED = pd.DataFrame(
    [("D01", 'items("Q03")', 0, "倍", "times")], columns=["derived_id", "formula", "decimals", "unit_zh", "unit_en"]
)
VERDICTS = {"Q01": "contradicted", "Q02": "traced", "Q03": "consistent", "Q04": "open"}


def table(rows):
    """Return the table of the sentences of a paper."""
    texts = [copies.plain(row[-1]) for row in rows]
    frame = pd.DataFrame([row[:-1] for row in rows], columns=["section", "paragraph", "place", "kind"])
    return frame.assign(
        sentence_id=[f"S{number:03}" for number in range(1, len(rows) + 1)],
        length=[len(text) for text in texts],
        sha256=[hashlib.sha256(text.encode()).hexdigest() for text in texts],
    )


def asserted(rows):
    """Return the table of what the sentences assert."""
    frame = pd.DataFrame(rows, columns=["sentence_id", "kind", "claim_ids", "reason"])
    left = frame["reason"].ne("")
    return frame.assign(
        assertion_id=[f"A{number:03}" for number in range(1, len(rows) + 1)],
        assertion_zh=left.map({True: "收入是否增长", False: "另一项断言"}),
        assertion_en=left.map({True: "that incomes grow", False: "another assertion"}),
    )


@pytest.fixture
def made(monkeypatch, tmp_path):
    """A compendium with the tables of the made-up paper, in `made.tables.frames` to be changed."""
    found = {"claims": CLAIMS, "claim_items": ITEMS, "derived": DERIVED}
    found |= {sentences.NAME: table(PAPER), sentences.ASSERTIONS: asserted(ASSERTED)}
    found["sources"] = pd.DataFrame([("paper", "养蜂业研究")], columns=["source_id", "title"])
    same = {"reason_zh": "理由<b>", "reason_en": "why<b>", "value_computed": "47", "value_printed": "46"}
    same |= {"agreement": "differs"}
    named = CLAIMS.set_index("claim_id")[["printed_zh", "printed_en"]]
    ledger = {name: judged(claim_id=name, verdict=VERDICTS[name], **row, **same) for name, row in named.iterrows()}
    monkeypatch.setattr(claims, "read_ledger", lambda *_: ledger)
    return holding(found, declare(tmp_path))


def look(made, text):
    """Return what is found in a copy with this text."""
    return paper.read_sentences(made, copies.Copy(text, made.languages))


def told(made, *arguments):
    """Return how the command ends on a copy, and what it says."""
    done = CliRunner().invoke(command, [*map(str, arguments)], obj=made)
    return done.exit_code, f"{done.output}{done.exception or ''}"


def test_every_sentence_is_found_wherever_lines_break_and_the_rest_is_named(made):
    read = look(made, TEXT)
    assert (read.missing, read.faults) == ([], []) and len(read.search.found) == len(PAPER)
    assert read.unexplained == ["line 1: 本刊 2022 年第 1 期"]
    run_together = look(made, re.sub(r"\s", "", TEXT))
    assert (run_together.missing, run_together.faults) == ([], [])


def test_a_sentence_that_a_page_break_interrupts_is_found_in_two_parts(made):
    moved = TEXT.replace("图 1 蜂种（2020 年）\n", "").replace(
        "中蜂、\n", "中蜂、\n图 1 蜂种（2020 年）\n· 17 ·\n养蜂业研究\n"
    )
    read = look(made, moved)
    assert (read.missing, read.faults) == ([], []) and len(read.search.found["S003"]) == 2
    assert [line.partition(": ")[0] for line in read.unexplained] == ["line 1", "line 5", "line 6"]
    assert read.search.written("S003").count("意蜂") == 1 and "17" not in read.search.written("S003")


def test_a_sentence_that_a_caption_interrupts_within_a_line_is_found(made):
    caption = "图 1 蜂种（2020 年）"
    read = look(made, TEXT.replace(f"{caption}\n", "").replace("中蜂、\n", f"中蜂、{caption}"))
    assert read.missing == [] and len(read.search.found["S003"]) == 2 and len(read.unexplained) == 1


def test_a_changed_sentence_is_missing_with_what_stands_in_its_place(made):
    read = look(made, TEXT.replace("46 户。", "64 户。"))
    assert read.missing == [
        "paper_sentences.csv, row 3, S002: not found (section 1, paragraph 1, sentence 1); there line 3: "
        "2020 年全镇有蜂农 64 户。"
    ]
    assert read.faults == ["claims.csv, row 2, Q01: 46 does not stand in the paper"]


def test_what_stands_in_place_of_a_sentence_is_told_though_the_caption_before_it_is_on_another_page(made):
    caption = "图 1 蜂种（2020 年）\n"
    read = look(made, TEXT.replace(caption, "").replace("二、对策", "二、办法") + caption)
    assert [line.partition("; ")[2] for line in read.missing] == ["there line 5: 二、办法"]


def test_quotation_marks_dashes_and_widths_of_another_kind_are_the_same(made):
    other = TEXT.translate(str.maketrans("“”，！", '"",!'))
    assert other != TEXT and look(made, other).missing == []


def test_a_sentence_that_is_left_out_is_missing_and_one_that_is_added_is_named(made):
    read = look(made, TEXT.replace("前景广阔。", ""))
    assert len(read.missing) == 1 and read.missing[0].endswith("; nothing stands there that no other sentence explains")
    read = look(made, TEXT.replace("前景广阔。", "前景广阔。另有一句。"))
    assert read.missing == [] and read.unexplained[1:] == ["line 7: 另有一句。"]


def test_a_claim_of_the_wrong_sentence_is_told_though_the_number_stands_elsewhere(made):
    rows = [("S002", "checkable", "Q03", ""), ("S003", "checkable", "Q01 ; Q02", ""), *ASSERTED[5:]]
    made.tables.frames[sentences.ASSERTIONS] = asserted(rows)
    assert look(made, TEXT).faults == [
        "claims.csv, row 2, Q01: 46 stands in no sentence that prints Q01",
        "claim_items.csv, row 2, Q03: '中蜂' stands in no sentence that prints Q03",
        "claim_items.csv, row 3, Q03: '意蜂' stands in no sentence that prints Q03",
    ]


def test_sentences_in_another_order_are_found(made):
    lines = TEXT.splitlines()
    read = look(made, "\n".join([lines[0], *lines[5:], *lines[1:5]]))
    assert (read.missing, read.faults) == ([], [])


def test_another_paper_is_no_copy_of_it(made, tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("全文都是别的话。" * 200, encoding="utf-8")
    code, output = told(made, path)
    assert code == 1 and f"0 of {len(PAPER)} sentences found, {len(PAPER)} missing" in output


def pdf(path, gap=0):
    """Write the copy as a PDF whose second page begins within the third sentence, and return its path."""
    first, second = TEXT.replace("占 75", "占\f75").split("\f")
    source = '#set page(width: 9cm, height: 9cm, header: [蜂业学报])\n#set text(font: "Noto Sans SC")\n'
    source += "\n\n".join(first.splitlines()) + f"#pagebreak()\n#v({gap}pt)\n" + "\n\n".join(second.splitlines())
    path.write_bytes(typst.compile(source.encode(), font_paths=[str(paths.FONTS)]))
    return path


@pytest.mark.parametrize("gap", [0, 30])
def test_a_pdf_is_read_sentence_by_sentence_over_its_pages(made, tmp_path, gap):
    copy = copies.read_copy(pdf(tmp_path / "copy.pdf", gap), made.languages)
    read = paper.read_sentences(made, copy)
    assert read.missing == [] and read.faults == []
    assert len(read.search.found["S003"]) == 2 and copy.place(read.search.found["S008"][0][0]).startswith(
        "page 2, line"
    )
    assert {line.partition(": ")[2] for line in read.unexplained} == {"蜂业学报", "本刊 2022 年第 1 期"}


def test_the_page_leads_from_each_sentence_to_its_claims_the_gravest_first(made):
    made = paperpage.render_page(made, look(made, TEXT.replace("中蜂、\n", "中蜂、\n<script>\n")))
    assert re.findall(r'<a class="s (\w+)" id="at-(S\d+)" href="#\2">', made) == [
        ("correct", "S002"),
        ("matches", "S003"),
        ("none", "S004"),
        ("lists", "S005"),
        ("unsettled", "S007"),
    ]
    assert re.findall(r'<aside id="(S\d+)"', made) == ["S002", "S003", "S004", "S005", "S007"]
    assert made.count("收入是否增长") == 1 and "收入是否增长" in made.partition('<aside id="S004"')[2]
    assert '<html lang="zh-CN">' in made and "另一项断言" not in made and "本刊 2022 年第 1 期" in made
    assert "<script>" not in made and "&lt;script&gt;" in made and "理由&lt;b&gt;" in made
    assert re.search(r"中蜂、意蜂两种，年产蜜 12 000 公斤！", made)
    assert "<h2>一、养蜂业的现状</h2>" in made and '<p class="caption">' in made


def test_an_english_copy_gets_an_english_page(made):
    rows = [("1", 1, 1, "sentence", "In 2020 there were 46 households."), ("1", 1, 2, "sentence", "Incomes grow.")]
    made.tables.frames[sentences.NAME] = table(rows)
    made.tables.frames[sentences.ASSERTIONS] = asserted([ASSERTED[0], ("S002", "checkable", "", "no_measure")])
    made = paperpage.render_page(made, look(made, "In 2020 there were\n46 households. Incomes grow."))
    assert '<html lang="en">' in made and "needs correcting" in made and "In 2020 there were 46 households." in made
    assert "that incomes grow" in made
    assert not re.search("[\u4e00-\u9fff]", made.partition("</style>")[2].replace("养蜂业研究", ""))


@browsing
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_read_by_keyboard_and_on_a_phone(made, window, width, tmp_path):
    page = paperpage.write_page(made, look(made, TEXT))
    window.set_viewport_size({"width": width, "height": HEIGHT})
    window.goto(page.as_uri())
    card = window.locator("#S002")
    assert window.evaluate("document.documentElement.scrollWidth") <= width and not card.is_visible()
    window.locator("#at-S002").focus()
    window.keyboard.press("Enter")
    card.wait_for(state="visible")
    assert "Q01" in card.inner_text() and window.evaluate("document.activeElement.id") == "S002"
    assert barriers(window) == []
    window.goto(page.as_uri() + "#S002")
    window.locator("#S002 .close").focus()
    window.keyboard.press("Enter")
    card.wait_for(state="hidden")
    assert window.evaluate("document.activeElement.id") == "at-S002" and window.faults == []


def test_the_command_counts_and_writes_the_page_outside_of_what_git_keeps(made, tmp_path):
    path = tmp_path / "copy.txt"
    path.write_text(TEXT, encoding="utf-8")
    code, output = told(made, path, "--page")
    assert code == 0, output
    assert f"{len(PAPER)} of {len(PAPER)} sentences found, 0 missing" in output
    assert "no sentence of the tables: line 1: 本刊 2022 年第 1 期" in output
    assert "前景广阔。" in (tmp_path / "build/paper.html").read_text(encoding="utf-8")
    assert "build/" in (paths.HOME / ".gitignore").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("lacking", [sentences.NAME, sentences.ASSERTIONS])
def test_without_a_table_of_sentences_or_assertions_numbers_are_looked_for_anywhere(made, tmp_path, lacking):
    del made.tables.frames[lacking]
    path = tmp_path / "copy.txt"
    path.write_text(TEXT, encoding="utf-8")
    code, output = told(made, path)
    assert code == 0 and output.startswith("every number and listed term")
    code, output = told(made, path, "--page")
    assert code == 1 and "--page needs tables paper_sentences and assertions" in output
    assert [sentences.tell_assertions(made.tables)[language] for language in made.languages] == ["", ""]


def test_what_became_of_the_assertions_is_counted_in_both_languages(made):
    """Advice and framing are counted by themselves, whether a claim takes them up or not."""
    rows = [*ASSERTED, ("S008", "checkable", "", "not_examined"), ("S008", "checkable", "", "self")]
    made.tables.frames[sentences.ASSERTIONS] = asserted(
        [*rows, ("S008", "definition", "", ""), ("S008", "opinion", "Q04", "")]
    )
    assert sentences.tell_assertions(made.tables)["en"] == (
        "The paper's 8 sentences hold 11 assertions, of which 7 can be checked: 4 are in claims, 1 give no measure, "
        "1 were not examined, 1 are trivial; 1 are advice, 3 framing, definition or opinion."
    )
    assert re.findall(r"\d+", sentences.tell_assertions(made.tables)["zh"]) == [
        "8",
        "11",
        "7",
        "4",
        "1",
        "1",
        "1",
        "1",
        "3",
    ]


def test_a_sentence_prints_each_claim_of_its_assertions_once(made):
    found = sentences.list_claims(made.tables)
    assert {name: claims for name, claims in found.items() if claims} == {
        "S002": ["Q01"],
        "S003": ["Q02", "Q03"],
        "S005": ["Q03"],
        "S007": ["Q04"],
    }


def sheet(name, frame):
    """Return a table as the checks see it."""
    rows = frame.to_dict("records")
    texts = [{column: str(value) for column, value in row.items()} for row in rows]
    values = [{column: value if value != "" else None for column, value in row.items()} for row in rows]
    return [Row(name, f"{name}.csv", n + 2, texts[n], values[n]) for n in range(len(rows))]


def read(compared=("same", "same", "stronger"), round_="after"):
    """Return the table of what readers say who compared each claim of substance with its sentence."""
    named = [claim for claim in CLAIMS.to_dict("records") if claim["weight"] != "structural"]
    rows = [
        (claim["claim_id"], round_, word, sentences.digest_statement(claim)) for claim in named for word in compared
    ]
    return pd.DataFrame(rows, columns=["claim_id", "round", "compared", "words"])


SOUND = {
    sentences.NAME: table(PAPER),
    sentences.ASSERTIONS: asserted(ASSERTED),
    sentences.FIDELITY: read(),
    "claims": CLAIMS,
}
# name of the check, table, row and what is changed in it, then the column and the rule that are told
CASES = [
    ("sentences_in_order", "paper_sentences", 2, {"sentence_id": "S009"}, "sentence_id", "must be S003"),
    ("sentences_in_order", "paper_sentences", 3, {"place": 2}, "place", "must be 3: sentences are numbered within"),
    ("sentences_in_order", "paper_sentences", 4, {"paragraph": 3}, "paragraph", "must be that of the sentence before"),
    ("sentences_in_order", "paper_sentences", 7, {"section": "1", "paragraph": 0, "place": 1}, "section",
     "must not come again"),
    ("assertions_in_order", "assertions", 2, {"assertion_id": "A009"}, "assertion_id", "must be A003"),
    ("assertions_in_order", "assertions", 3, {"sentence_id": "S002"}, "sentence_id", "must not come before that of"),
    ("assertions_in_order", "assertions", 3, {"reason": ""}, "reason",
     "must be given with kind checkable and no claim"),
    ("assertions_in_order", "assertions", 0, {"claim_ids": ""}, "reason", "must be given with kind checkable and no"),
    ("assertions_in_order", "assertions", 0, {"reason": "self"}, "reason",
     "must be empty with kind checkable and claims Q01"),
    ("assertions_in_order", "assertions", 6, {"reason": "self"}, "reason",
     "must be empty with kind framing and no claim"),
    ("claims_stand_in_sentences", "assertions", 5, {"claim_ids": ""}, "claim_id",
     "no assertion of assertions.csv is taken up by it"),
    ("claims_stand_in_sentences", "claims", 1, {"section": "2"}, "section",
     "must be a section of the sentences that print Q02: 1"),
    ("statements_are_faithful", "fidelity", 0, {"compared": "time"}, "claim_id",
     "most readers must say that it says the same as its sentence, and they say time, same, stronger"),
    ("statements_are_faithful", "fidelity", 1, {"words": "0" * 12}, "words",
     f"must be {sentences.digest_statement(CLAIMS.iloc[0])}: the statement of Q01 in claims.csv was reworded"),
    ("statements_are_faithful", "claims", 0, {"statement_en": "reworded"}, "words", "must be "),
    ("statements_are_faithful", "claims", 2, {"weight": "supporting"}, "claim_id", "no reader has compared"),
]  # fmt: skip


def faults(name, changed=None):
    """Return what a check tells of the sound tables of which some are changed."""
    [one] = [one for one in gate.all_checks(HERE) if one.find.__name__ == name]
    frames, [wanted] = SOUND | (changed or {}), one.tables
    return list(one(*(sheet(table, frames[table]) for table in wanted)))


@pytest.mark.parametrize(("name", "changed", "row", "changes", "column", "rule"), CASES)
def test_the_tables_of_sentences_are_checked(name, changed, row, changes, column, rule):
    frame = SOUND[changed].copy()
    for cell, value in changes.items():
        frame.loc[row, cell] = value
    fault = faults(name, {changed: frame})[0]
    assert fault.column == column and fault.rule.startswith(rule) and fault.remedy


def test_a_claim_of_two_sections_may_name_either():
    moved = [*ASSERTED[:6], ("S008", "opinion", "Q02", "")]
    for section in ("1", "2"):
        frames = {"claims": CLAIMS.assign(section=["1", section, "1", "2"]), sentences.ASSERTIONS: asserted(moved)}
        assert faults("claims_stand_in_sentences", frames) == []


@pytest.mark.parametrize("round_", ["before", "control"])
def test_what_was_said_of_other_statements_decides_nothing(round_):
    other = read(["stronger"] * 3, round_).assign(words="0" * 12)
    assert faults("statements_are_faithful", {sentences.FIDELITY: pd.concat([read(), other])}) == []
    told = faults("statements_are_faithful", {sentences.FIDELITY: other})
    assert [fault.rule for fault in told] == ["no reader has compared its statement with its sentence"] * 3


def test_readers_who_are_of_two_minds_are_not_most():
    told = faults("statements_are_faithful", {sentences.FIDELITY: read(["same", "scope"])})
    assert [fault.row for fault in told] == [2, 3, 5] and all("same, scope" in fault.rule for fault in told)


def test_a_statement_is_reworded_if_either_language_is():
    words = {sentences.digest_statement({"statement_zh": zh, "statement_en": en}) for zh in "甲乙" for en in "ab"}
    assert len(words) == 4 and all(re.fullmatch("[0-9a-f]{12}", word) for word in words)


def test_sound_tables_pass_and_every_check_of_them_has_a_case():
    mine = {
        one.find.__name__
        for one in gate.all_checks(HERE)
        if any(datapackage.DISPENSABLE.intersection(wanted) for wanted in one.tables)
    }
    assert {name: faults(name) for name in mine} == {name: [] for name in mine}
    assert mine == {case[0] for case in CASES}


def test_a_data_package_may_do_without_the_tables(tmp_path):
    assert {sentences.NAME, sentences.ASSERTIONS, sentences.FIDELITY} == datapackage.DISPENSABLE
    folder = frozen.folder(tmp_path / "data" / "raw")
    package = datapackage.read(folder)
    package["resources"] = [r for r in package["resources"] if r["name"] not in datapackage.DISPENSABLE]
    frozen.write(folder, package)
    for name in datapackage.DISPENSABLE:
        (folder / f"{name}.csv").unlink()
    validity.write_codebook(tables_in(folder))
    assert check(folder) == []


def test_no_text_of_the_paper_is_stored(c):
    """The table of sentences has no column of text but ids, hashes and codes; nothing that is told is a sentence."""
    for field in c.tables.resource(sentences.NAME)["schema"]["fields"]:
        if field["type"] == "string":
            assert {"enum", "pattern"} & field["constraints"].keys(), field["name"]
    known = set(c.tables(sentences.NAME)["sha256"])
    told = {*c.tables(sentences.ASSERTIONS)["assertion_zh"], *c.tables("claims")["statement_zh"]}
    plain = {copies.plain(said) for said in told} | {copies.plain(said.rstrip("。")) for said in told}
    assert not known & {hashlib.sha256(said.encode()).hexdigest() for said in plain}
