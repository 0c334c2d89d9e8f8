"""A made-up paper sentence by sentence: the checks of its table, and a reader's copy that differs from it."""

import hashlib
import re

import pandas as pd
import pytest
import typst
from chromium import HEIGHT, WIDTHS, barriers, browsing
from chromium import browser as browser
from chromium import window as window
from click.testing import CliRunner
from pypdf import PdfReader

from compendium import paths
from compendium.__main__ import main
from compendium.data import checks, datapackage, tables
from compendium.data.checks import Row
from compendium.ledger import claims, copies, gate, paper, sentences
from compendium.show import paperpage

# section, paragraph, place, kind, claims, coverage, text
PAPER = [
    ("1", 0, 1, "heading", "", "", "一、养蜂业的现状"),
    ("1", 1, 1, "statement", "Q01", "full", "2020年全镇有蜂农46户。"),
    ("1", 1, 2, "statement", "Q02 ; Q03", "full", "其中“专业户”占75％，主要养中蜂、意蜂两种，年产蜜12 000公斤！"),
    ("1", 1, 3, "statement", "", "none", "蜂农的收入年年增长。"),
    ("1", 2, 1, "caption", "Q03", "", "图1　蜂种（2020年）"),
    ("2", 0, 1, "heading", "", "", "二、对策"),
    ("2", 1, 1, "recommendation", "Q04", "", "一是要办四所学校，二是要修路。"),
    ("2", 1, 2, "framing", "", "", "前景广阔。"),
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
).assign(statement_zh="转述", statement_en="in our words")
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
    frame = pd.DataFrame(
        [row[:-1] for row in rows], columns=["section", "paragraph", "place", "kind", "claim_ids", "coverage"]
    )
    left = frame["coverage"].isin(["part", "none"])
    return frame.assign(
        sentence_id=[f"S{number:03}" for number in range(1, len(rows) + 1)],
        length=[len(text) for text in texts],
        sha256=[hashlib.sha256(text.encode()).hexdigest() for text in texts],
        left_zh=left.map({True: "收入是否增长", False: ""}),
        left_en=left.map({True: "that incomes grow", False: ""}),
    )


@pytest.fixture
def known(monkeypatch, tmp_path):
    """The raw tables of the made-up paper, to be changed; what is written goes to a folder of the test."""
    found = {"claims": CLAIMS, "claim_items": ITEMS, "derived": DERIVED, sentences.NAME: table(PAPER)}
    found["sources"] = pd.DataFrame([("paper", "养蜂业研究")], columns=["source_id", "title"])
    monkeypatch.setattr(tables, "raw", lambda name: found[name].copy())
    monkeypatch.setattr(datapackage, "names", lambda: list(found))
    ledger = CLAIMS.assign(verdict=CLAIMS["claim_id"].map(VERDICTS), reason_zh="理由<b>", reason_en="why<b>")
    ledger = ledger.assign(value_computed="47", value_printed="46", agreement="differs")
    monkeypatch.setattr(claims, "stored", lambda name: ledger)
    monkeypatch.setattr(paths.Project, "build", tmp_path / "build")
    return found


def look(text):
    """Return what is found in a copy with this text."""
    return paper.sentence_by_sentence(copies.Copy(text))


def test_every_sentence_is_found_wherever_lines_break_and_the_rest_is_named(known):
    read = look(TEXT)
    assert (read.missing, read.faults) == ([], []) and len(read.search.found) == len(PAPER)
    assert read.unexplained == ["line 1: 本刊 2022 年第 1 期"]
    run_together = look(re.sub(r"\s", "", TEXT))
    assert (run_together.missing, run_together.faults) == ([], [])


def test_a_sentence_that_a_page_break_interrupts_is_found_in_two_parts(known):
    moved = TEXT.replace("图 1 蜂种（2020 年）\n", "").replace(
        "中蜂、\n", "中蜂、\n图 1 蜂种（2020 年）\n· 17 ·\n养蜂业研究\n"
    )
    read = look(moved)
    assert (read.missing, read.faults) == ([], []) and len(read.search.found["S003"]) == 2
    assert [line.partition(": ")[0] for line in read.unexplained] == ["line 1", "line 5", "line 6"]
    assert paper.written(read.search, "S003").count("意蜂") == 1 and "17" not in paper.written(read.search, "S003")


def test_a_sentence_that_a_caption_interrupts_within_a_line_is_found(known):
    caption = "图 1 蜂种（2020 年）"
    read = look(TEXT.replace(f"{caption}\n", "").replace("中蜂、\n", f"中蜂、{caption}"))
    assert read.missing == [] and len(read.search.found["S003"]) == 2 and len(read.unexplained) == 1


def test_a_changed_sentence_is_missing_with_what_stands_in_its_place(known):
    read = look(TEXT.replace("46 户。", "64 户。"))
    assert read.missing == [
        "paper_sentences.csv, row 3, S002: not found (section 1, paragraph 1, sentence 1); there line 3: "
        "2020 年全镇有蜂农 64 户。"
    ]
    assert read.faults == ["claims.csv, row 2, Q01: 46 does not stand in the paper"]


def test_what_stands_in_place_of_a_sentence_is_told_though_the_caption_before_it_is_on_another_page(known):
    caption = "图 1 蜂种（2020 年）\n"
    read = look(TEXT.replace(caption, "").replace("二、对策", "二、办法") + caption)
    assert [line.partition("; ")[2] for line in read.missing] == ["there line 5: 二、办法"]


def test_quotation_marks_dashes_and_widths_of_another_kind_are_the_same(known):
    other = TEXT.translate(str.maketrans("“”，！", '"",!'))
    assert other != TEXT and look(other).missing == []


def test_a_sentence_that_is_left_out_is_missing_and_one_that_is_added_is_named(known):
    read = look(TEXT.replace("前景广阔。", ""))
    assert len(read.missing) == 1 and read.missing[0].endswith("; nothing stands there that no other sentence explains")
    read = look(TEXT.replace("前景广阔。", "前景广阔。另有一句。"))
    assert read.missing == [] and read.unexplained[1:] == ["line 7: 另有一句。"]


def test_a_claim_of_the_wrong_sentence_is_told_though_the_number_stands_elsewhere(known):
    rows = [list(row) for row in PAPER]
    rows[1][4], rows[2][4] = "Q03", "Q01 ; Q02"
    rows[4][4] = ""
    known[sentences.NAME] = table(rows)
    assert look(TEXT).faults == [
        "claims.csv, row 2, Q01: 46 stands in no sentence that prints Q01",
        "claim_items.csv, row 2, Q03: '中蜂' stands in no sentence that prints Q03",
        "claim_items.csv, row 3, Q03: '意蜂' stands in no sentence that prints Q03",
    ]


def test_sentences_in_another_order_are_found(known):
    lines = TEXT.splitlines()
    read = look("\n".join([lines[0], *lines[5:], *lines[1:5]]))
    assert (read.missing, read.faults) == ([], [])


def test_another_paper_is_no_copy_of_it(known, tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("全文都是别的话。" * 200, encoding="utf-8")
    outcome = CliRunner().invoke(main, ["paper", str(path)])
    assert outcome.exit_code == 1 and f"0 of {len(PAPER)} sentences found, {len(PAPER)} missing" in outcome.output


def pdf(path, gap=0):
    """Write the copy as a PDF whose second page begins within the third sentence, and return its path."""
    first, second = TEXT.replace("占 75", "占\f75").split("\f")
    source = '#set page(width: 9cm, height: 9cm, header: [蜂业学报])\n#set text(font: "Noto Sans SC")\n'
    source += "\n\n".join(first.splitlines()) + f"#pagebreak()\n#v({gap}pt)\n" + "\n\n".join(second.splitlines())
    path.write_bytes(typst.compile(source.encode(), font_paths=[str(paths.FONTS)]))
    return path


@pytest.mark.parametrize("gap", [0, 30])
def test_a_pdf_is_read_sentence_by_sentence_over_its_pages(known, tmp_path, gap):
    copy = copies.read(pdf(tmp_path / "copy.pdf", gap))
    read = paper.sentence_by_sentence(copy)
    assert read.missing == [] and read.faults == []
    assert len(read.search.found["S003"]) == 2 and copy.place(read.search.found["S008"][0][0]).startswith(
        "page 2, line"
    )
    assert {line.partition(": ")[2] for line in read.unexplained} == {"蜂业学报", "本刊 2022 年第 1 期"}


def test_a_pdf_gets_highlights_over_its_sentences_with_the_verdicts(known, tmp_path):
    source = pdf(tmp_path / "copy.pdf")
    outcome = CliRunner().invoke(main, ["paper", str(source), "--pdf"])
    assert outcome.exit_code == 0 and "Open " in outcome.output, outcome.output
    first, second = PdfReader(tmp_path / "build/paper.pdf").pages
    notes = [[note.get_object() for note in page["/Annots"]] for page in (first, second)]
    said = [[note["/Contents"].split("\n\n")[0] for note in page] for page in notes]
    assert said == [["引用前须更正", "与出处相符"], ["与出处相符", "尚不能定"]]
    assert "Q01 [不符] 转述 理由<b>" in notes[0][0]["/Contents"]
    assert notes[0][0]["/C"] != notes[0][1]["/C"] != notes[1][1]["/C"]
    tall, places = float(first.mediabox.top), []
    first.extract_text(visitor_text=lambda text, cm, tm, *_: places.append((text, tm[5] * cm[3] + cm[5])))
    line = next(height for text, height in places if "2020 年全镇" in text)
    left, bottom, right, top = map(float, notes[0][0]["/Rect"])
    assert 0 < left < right <= float(first.mediabox.right) and 0 < bottom < line < top < tall


def test_only_a_pdf_gets_highlights(known, tmp_path):
    path = tmp_path / "copy.txt"
    path.write_text(TEXT, encoding="utf-8")
    outcome = CliRunner().invoke(main, ["paper", str(path), "--pdf"])
    assert outcome.exit_code == 1 and "copy.txt is no PDF. Remedy: leave out --pdf" in outcome.output
    assert not (tmp_path / "build/paper.pdf").exists()


def test_the_page_leads_from_each_sentence_to_its_claims_the_gravest_first(known):
    made = paperpage.page(look(TEXT.replace("中蜂、\n", "中蜂、\n<script>\n")))
    assert re.findall(r'<a class="s (\w+)" id="at-(S\d+)" href="#\2">', made) == [
        ("correct", "S002"),
        ("matches", "S003"),
        ("none", "S004"),
        ("lists", "S005"),
        ("unsettled", "S007"),
    ]
    assert re.findall(r'<aside id="(S\d+)"', made) == ["S002", "S003", "S004", "S005", "S007"]
    assert '<html lang="zh-CN">' in made and "收入是否增长" in made and "本刊 2022 年第 1 期" in made
    assert "<script>" not in made and "&lt;script&gt;" in made and "理由&lt;b&gt;" in made
    assert re.search(r"中蜂、意蜂两种，年产蜜 12 000 公斤！", made)
    assert "<h2>一、养蜂业的现状</h2>" in made and '<p class="caption">' in made


def test_an_english_copy_gets_an_english_page(known):
    rows = [("1", 1, 1, "statement", "Q01", "full", "In 2020 there were 46 households.")]
    rows.append(("1", 1, 2, "statement", "", "none", "Incomes grow."))
    known[sentences.NAME] = table(rows)
    made = paperpage.page(look("In 2020 there were\n46 households. Incomes grow."))
    assert '<html lang="en">' in made and "needs correcting" in made and "In 2020 there were 46 households." in made
    assert not re.search("[\u4e00-\u9fff]", made.partition("</style>")[2].replace("养蜂业研究", ""))


@browsing
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_read_by_keyboard_and_on_a_phone(known, window, width, tmp_path):
    page = paperpage.write(look(TEXT))
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


def test_the_command_counts_and_writes_the_page_outside_of_what_git_keeps(known, tmp_path):
    path = tmp_path / "copy.txt"
    path.write_text(TEXT, encoding="utf-8")
    outcome = CliRunner().invoke(main, ["paper", str(path), "--page"])
    assert outcome.exit_code == 0, outcome.output
    assert f"{len(PAPER)} of {len(PAPER)} sentences found, 0 missing" in outcome.output
    assert "no sentence of the tables: line 1: 本刊 2022 年第 1 期" in outcome.output
    assert "前景广阔。" in (tmp_path / "build/paper.html").read_text(encoding="utf-8")
    assert "build/" in (paths.HOME / ".gitignore").read_text(encoding="utf-8").split()


def test_without_a_table_of_sentences_numbers_are_looked_for_anywhere(known, tmp_path):
    del known[sentences.NAME]
    path = tmp_path / "copy.txt"
    path.write_text(TEXT, encoding="utf-8")
    outcome = CliRunner().invoke(main, ["paper", str(path)])
    assert outcome.exit_code == 0 and outcome.output.startswith("every number and listed term")
    outcome = CliRunner().invoke(main, ["paper", str(path), "--page"])
    assert outcome.exit_code == 1 and "--page and --pdf need a table paper_sentences" in outcome.output
    assert sentences.accounted("en") == sentences.accounted("zh") == ""


def test_how_many_statements_claims_cover_is_counted_in_both_languages(known):
    assert sentences.accounted("en") == (
        "Of the 3 sentences of the paper that data could test, claims cover 2 wholly, 0 in part, 1 not yet."
    )
    assert re.findall(r"\d+", sentences.accounted("zh")) == ["3", "2", "0", "1"]
    known[sentences.NAME] = known[sentences.NAME].query("coverage != 'none'")
    for said in (sentences.accounted(language) for language in ("zh", "en")):
        assert re.findall(r"\d+", said) == ["2"]


def sheet(name, frame):
    """Return a table as the checks see it."""
    rows = frame.to_dict("records")
    texts = [{column: str(value) for column, value in row.items()} for row in rows]
    values = [{column: value if value != "" else None for column, value in row.items()} for row in rows]
    return [Row(name, f"{name}.csv", n + 2, texts[n], values[n]) for n in range(len(rows))]


CASES = [
    ("sentences_in_order", 2, {"sentence_id": "S009"}, "sentence_id", "must be S003"),
    ("sentences_in_order", 3, {"place": 2}, "place", "must be 3: sentences are numbered within their paragraph"),
    ("sentences_in_order", 4, {"paragraph": 3}, "paragraph", "must be that of the sentence before or the next"),
    ("sentences_in_order", 7, {"section": "1", "paragraph": 0, "place": 1}, "section", "must not come again"),
    ("statements_are_covered", 1, {"coverage": ""}, "coverage", "must be given with kind statement"),
    ("statements_are_covered", 6, {"coverage": "full"}, "coverage", "must be empty with kind recommendation"),
    ("statements_are_covered", 3, {"claim_ids": "Q01"}, "claim_ids", "must be empty with coverage none"),
    ("statements_are_covered", 1, {"claim_ids": ""}, "claim_ids", "must be given with coverage full"),
    ("statements_are_covered", 3, {"left_en": ""}, "left_en", "must be given with coverage none"),
    ("statements_are_covered", 1, {"left_zh": "别的"}, "left_zh", "must be empty with coverage full"),
    ("claims_stand_in_sentences", 6, {"claim_ids": ""}, "claim_id", "no sentence of paper_sentences.csv prints it"),
    ("claims_stand_in_sentences", 1, {"claim_ids": "Q04"}, "claim_id", "no sentence of paper_sentences.csv prints it"),
]


@pytest.mark.parametrize(("name", "row", "changes", "column", "rule"), CASES)
def test_the_table_of_sentences_is_checked(name, row, changes, column, rule):
    frame = table(PAPER)
    for cell, value in changes.items():
        frame.loc[row, cell] = value
    [(wanted, check)] = [(wanted, check) for wanted, check in checks.CHECKS if check.__name__ == name]
    given = {sentences.NAME: sheet(sentences.NAME, frame), "claims": sheet("claims", CLAIMS)}
    fault = next(check(*(given[table] for table in wanted)))
    assert fault.column == column and fault.rule.startswith(rule)


def test_a_claim_has_a_section_of_its_sentences():
    moved = CLAIMS.assign(section=["1", "2", "1", "2"])
    given = sheet(sentences.NAME, table(PAPER)), sheet("claims", moved)
    [fault] = sentences.claims_stand_in_sentences(*given)
    assert (fault.row, fault.column, fault.rule) == (
        3,
        "section",
        "must be a section of the sentences that print Q02: 1",
    )


def test_a_sound_table_passes_and_every_check_of_it_has_a_case():
    given = {sentences.NAME: sheet(sentences.NAME, table(PAPER)), "claims": sheet("claims", CLAIMS)}
    mine = [(wanted, check) for wanted, check in checks.CHECKS if datapackage.DISPENSABLE.intersection(wanted)]
    assert [list(check(*(given[name] for name in wanted))) for wanted, check in mine] == [[]] * 3
    assert {check.__name__ for _, check in mine} == {case[0] for case in CASES}


def test_a_data_package_may_do_without_the_table(frozen_root):
    with paths.using(root=frozen_root):
        assert sentences.NAME not in datapackage.names() and gate.check() == []


def test_no_text_of_the_paper_is_stored():
    """The table has no column of text but what we say in our own words, and ids, hashes and codes."""
    own = {"left_zh", "left_en"}
    fields = datapackage.resource(sentences.NAME)["schema"]["fields"]
    free = {field["name"] for field in fields if field["type"] == "string"} - own
    for field in fields:
        if field["name"] in free:
            assert field.get("listOf") or {"enum", "pattern"} & field["constraints"].keys(), field["name"]
