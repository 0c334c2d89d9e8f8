"""A made-up paper: the checks of the tables of its sentences, and readers' copies that differ from it."""

import hashlib
import io
import re

import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from worlds import HERE, declare, holding

from compendium.__main__ import main
from compendium.base import paths
from compendium.data import datapackage
from compendium.data.checks import TypedRow
from compendium.ledger import gate, sentences
from compendium.ledger.coding import digest
from compendium.pages import paper

# section, paragraph, place, kind, text
PAPER = [
    ("1", 0, 1, "heading", "一、养蜂业的现状"),
    ("1", 1, 1, "sentence", "2020年全镇有蜂农46户。"),
    ("1", 1, 2, "sentence", "其中“专业户”占75％，主要养中蜂、意蜂两种，年产蜜12 000公斤！"),
    ("1", 1, 3, "sentence", "蜂农的收入年年增长。"),
    ("1", 2, 1, "caption", "图1　蜂种（2020年）"),
    ("2", 0, 1, "heading", "二、对策"),
    ("2", 1, 1, "sentence", "一是要办四所学校，二是要投450万元修路。"),
    ("2", 1, 2, "sentence", "前景广阔。"),
]
ASSERTED = [  # sentence, kind, claims, reason
    ("S002", "checkable", "Q01", ""),
    ("S003", "checkable", "Q02", ""),
    ("S003", "checkable", "Q02 ; Q03 ; Q05", ""),
    ("S004", "checkable", "", "no_measure"),
    ("S005", "checkable", "Q03", ""),
    ("S007", "recommendation", "Q04 ; Q06", ""),
    ("S008", "framing", "", ""),
]
TEXT = """本刊 2022 年第 1 期
一、养蜂业的现状
2020 年全镇有蜂农 46 户。其中“专业户”占 75％，主要养中蜂、
意蜂两种，年产蜜 12 000 公斤！蜂农的收入年年增长。
图 1 蜂种（2020 年）
二、对策
一是要办四所学校，二是要投 450 万元修路。前景广阔。
"""
EN = "There were 46 households in 2020; 75% keep Chinese bees and\nItalian bees. More than 12,000 kg; four schools; "
EN += "4.5 million yuan."
CLAIMS = pd.DataFrame(
    [
        ("Q01", "1", "headline", "46户", "46 households"),
        ("Q02", "1", "headline", "75%", "75%"),
        ("Q03", "1", "structural", "2种", "2 kinds"),
        ("Q04", "2", "supporting", "4所", "4 schools"),
        ("Q05", "1", "supporting", "12000公斤", "more than 12,000 kg"),
        ("Q06", "2", "supporting", "450万元", "4.5 million yuan"),
    ],
    columns=["claim_id", "section", "weight", "printed_zh", "printed_en"],
).assign(statement_zh="转述", statement_en="in our words", value_low=[46.0, 75.0, 2.0, 4.0, 12000.0, 4.5])
ITEMS = pd.DataFrame(
    [("Q03", "中蜂", "Chinese bee"), ("Q03", "意蜂", "Italian bee")], columns=["claim_id", "item_zh", "item_en"]
)
DERIVED = pd.DataFrame(
    [("D01", "Q02 / Q01", 2, "倍", "times"), ("D02", 'items("Q03") + 44', 0, "户", "households")],  # the paper has 46
    columns=["derived_id", "formula", "decimals", "unit_zh", "unit_en"],
)


def table(rows):
    """Return the table of the sentences of a paper."""
    texts = [paper.normalise_text(row[-1]) for row in rows]
    frame = pd.DataFrame([row[:-1] for row in rows], columns=["section", "paragraph", "place", "kind"])
    return frame.assign(
        sentence_id=[f"S{number:03}" for number in range(1, len(rows) + 1)],
        length=[len(text) for text in texts],
        sha256=[hashlib.sha256(text.encode()).hexdigest() for text in texts],
    )


def asserted(rows):
    """Return the table of what the sentences assert."""
    frame = pd.DataFrame(rows, columns=["sentence_id", "kind", "claim_ids", "reason"])
    return frame.assign(assertion_id=[f"A{number:03}" for number in range(1, len(rows) + 1)])


@pytest.fixture
def made(tmp_path):
    """A compendium with the tables of the made-up paper, in `made.tables.frames` to be changed."""
    found = {"claims": CLAIMS, "claim_items": ITEMS, "derived": DERIVED}
    return holding(found | {sentences.NAME: table(PAPER), sentences.ASSERTIONS: asserted(ASSERTED)}, declare(tmp_path))


def look(made, text):
    """Return what a copy with this text is told to hold, the counts, and what is at fault."""
    (*told, counts), faults = paper.compare_with_paper(made, paper.PaperText(text, made.languages))
    return [line.removeprefix("no sentence of the tables: ") for line in told], counts, faults


def searched(made, text):
    """Return the search for the sentences of the made-up paper in a copy with this text."""
    return paper.SentenceSearch(paper.PaperText(text, made.languages), list(made.tables(sentences.NAME).itertuples()))


CAPTION = "图 1 蜂种（2020 年）\n"
LINES, UNCAPTIONED = TEXT.splitlines(), TEXT.replace(CAPTION, "")
PAGE_BREAK = UNCAPTIONED.replace("中蜂、\n", f"中蜂、\n{CAPTION}· 17 ·\n养蜂业研究\n")
CHANGED = "line 3: 2020 年全镇有蜂农 64 户。"
COPIES = {  # text of the copy; the sentences that are missing; what no sentence explains besides the notice
    "as it is": (TEXT, [], []),
    "without a blank": (re.sub(r"\s", "", TEXT), [], []),
    "other signs": (TEXT.translate(str.maketrans("“”，！", '"",!')), [], []),
    "other order": ("\n".join([LINES[0], *LINES[5:], *LINES[1:5]]), [], []),
    "page break": (PAGE_BREAK, [], ["line 5: · 17 ·", "line 6: 养蜂业研究"]),
    "caption in a line": (UNCAPTIONED.replace("中蜂、\n", f"中蜂、{CAPTION[:-1]}"), [], []),
    "changed": (TEXT.replace("46 户", "64 户"), ["S002"], [CHANGED]),
    "changed, caption elsewhere": (UNCAPTIONED.replace("对策", "办法") + CAPTION, ["S006"], ["line 5: 二、办法"]),
    "left out": (TEXT.replace("前景广阔。", ""), ["S008"], []),
    "added": (TEXT.replace("前景广阔。", "前景广阔。另有一句。\n* * *"), [], ["line 7: 另有一句。"]),
    "another paper": ("全文都是别的话。" * 200, [f"S00{n}" for n in range(1, 9)], []),
}


@pytest.mark.parametrize("name", COPIES)
def test_every_sentence_is_found_or_missing_and_the_rest_is_named(made, name):
    text, missing, unexplained = COPIES[name]
    told, counts, faults = look(made, text)
    assert re.findall(r"(S\d+): not found", "\n".join(faults)) == missing
    assert counts.startswith(f"{8 - len(missing)} of 8 sentences found, {len(missing)} missing; lines that are no sen")
    if name != "another paper":
        assert told[0].startswith("line 1: 本刊") and told[1:] == unexplained
        gone = ["claims.csv, row 2, Q01: 46 does not stand in the paper"] if name == "changed" else []
        assert faults[len(missing) :] == gone
    if name in ("page break", "caption in a line"):
        found = searched(made, text)
        assert len(found.found["S003"]) == 2
        assert found.written("S003").count("意蜂") == 1 and "17" not in found.written("S003")


def test_a_claim_of_the_wrong_sentence_is_told_though_the_number_stands_elsewhere(made):
    rows = [("S002", "checkable", "Q03", ""), ("S003", "checkable", "Q01 ; Q02", ""), *ASSERTED[5:]]
    made.tables.frames[sentences.ASSERTIONS] = asserted(rows)
    assert look(made, TEXT)[-1] == [
        "claims.csv, row 2, Q01: 46 stands in no sentence that prints Q01",
        "claim_items.csv, row 2, Q03: '中蜂' stands in no sentence that prints Q03",
        "claim_items.csv, row 3, Q03: '意蜂' stands in no sentence that prints Q03",
    ]
    made.tables.frames[sentences.ASSERTIONS] = asserted([*ASSERTED[:6], ("S008", "opinion", "Q01", "")])
    [line] = look(made, TEXT.replace("46 户", "46 户呢"))[-1]
    assert "S002: not found" in line, "where a sentence of a claim lacks its number may stand anywhere"
    made.tables.frames[sentences.NAME] = table([("1", 1, place, "sentence", "前景广阔。") for place in (1, 2)])
    assert [len(searched(made, "前景广阔。" * n).found) for n in (1, 2)] == [1, 2], "each has a place of its own"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("46 户", "64 户", "claims.csv, row 2, Q01: 46 does not stand in the paper"),
        ("占 75", "占 75.5", "claims.csv, row 3, Q02: 75 does not stand in the paper"),
        ("12 000", "1 200", "claims.csv, row 6, Q05: 12000 does not stand in the paper"),
        ("450 万", "4500 万", "claims.csv, row 7, Q06: 450 does not stand in the paper"),
        ("意蜂", "黄蜂", "claim_items.csv, row 3, Q03: '意蜂' does not stand in the paper"),
        ("占 75％", "占 75％，是 1.63 倍", "derived.csv, row 2, D01: 1.63倍 stands in the paper"),
    ],
)
def test_what_does_not_is_named_with_its_row(made, old, new, said):
    assert old in TEXT and paper.list_values_not_in_paper(
        made, paper.PaperText(TEXT.replace(old, new), made.languages)
    ) == [said]


def test_an_english_copy_passes_and_the_number_of_listed_items_need_not_be_printed(made):
    assert paper.list_values_not_in_paper(made, paper.PaperText(EN, made.languages)) == []
    copy, three = paper.PaperText(TEXT, made.languages), CLAIMS.replace("2种", "3种")
    made.tables.frames["claims"] = three
    assert paper.list_values_not_in_paper(made, copy) == [], "of a structural claim none is looked for"
    made.tables.frames["claims"] = three.assign(weight="headline")
    assert paper.list_values_not_in_paper(made, copy) == ["claims.csv, row 4, Q03: 3 does not stand in the paper"]
    made.tables.frames |= {"claim_items": pd.concat([ITEMS, ITEMS[:1]]), "derived": DERIVED[:1]}
    assert paper.list_values_not_in_paper(made, copy) == []


SAYS = [
    ("14", "一级，14％的企业"),
    ("63", "46，63，97"),
    ("90", "0 10 20 90"),
    ("4", "四大产业区"),
    ("1000", "近千家企业"),
]
SAYS_NOT = [("14", "一级，140％的企业"), ("200", "12,200家"), ("12", "12,200家"), ("75", "75.5%"), ("63", "1.63")]


def test_a_number_is_said_in_digits_between_commas_or_in_a_word_but_by_no_part_of_one():
    assert [one for one in SAYS if not paper.contains_number_in_any_form(*one, "zh")] == []
    assert [
        one for one in [*SAYS_NOT, ("90", "0102030405060708090")] if paper.contains_number_in_any_form(*one, "zh")
    ] == []
    english = {"Four clusters": "4", "there is no plan": "0", "stones alone": "1", "nobody": "0"}
    assert [paper.contains_number_in_any_form(n, text, "en") for text, n in english.items()] == [
        True,
        True,
        False,
        False,
    ]


def pdf(*pages):
    """Return a PDF of pages, each with texts by their height."""
    made = io.BytesIO()
    with PdfPages(made) as file:
        for page in pages:
            figure = Figure(figsize=(4, 4))
            for height, said in page.items():
                figure.text(0.1, height, said, va="top", font=paths.FONTS / "NotoSansSC-GB2312.otf", size=8)
            file.savefig(figure)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory). Remedy: name the file of the paper"),
        ("智能".encode("gb18030"), "is no text in UTF-8. Remedy: save it as UTF-8 or name the PDF"),
        (b" \n", "holds no text, perhaps only pictures of pages. Remedy: name a file with text"),
        (pdf({}), "holds no text"),
        (b"word " * 60_001, "holds more than 300,000 characters. Remedy: name a file with the paper alone"),
        (b"%PDF-1.7\nnothing", "cannot be read as a PDF"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, said):
    path = tmp_path / "copy"
    if content:
        path.write_bytes(content)
    outcome = CliRunner().invoke(main, ["paper", str(path)])
    assert outcome.exit_code == 1 and said in outcome.output and outcome.output.count("\n") == 1, outcome.output


@pytest.mark.parametrize("gap", [0, 0.1])
def test_a_pdf_is_read_sentence_by_sentence_over_its_pages(made, tmp_path, gap):
    """Its second page begins within the third sentence."""
    first, second = TEXT.replace("占 75", "占\f75").replace("\n", "\n\n").split("\f")
    pages = ({0.98: "蜂业学报", 0.9: first}, {0.98: "蜂业学报", 0.9 - gap: second})
    (tmp_path / "copy.pdf").write_bytes(pdf(*pages))
    copy = paper.read_paper_text(tmp_path / "copy.pdf", made.languages)
    told, counts, faults = look(made, copy.text)
    found = searched(made, copy.text).found
    assert counts.startswith("8 of 8") and faults == [] and len(found["S003"]) == 2
    assert copy.place(found["S008"][0][0]).startswith("page 2, line")
    assert {line.partition(": ")[2] for line in told} == {"蜂业学报", "本刊 2022 年第 1 期"}


@pytest.mark.parametrize("lacking", ["", sentences.NAME, sentences.ASSERTIONS])
def test_the_command_looks_for_numbers_anywhere_where_a_table_of_sentences_or_assertions_lacks(made, lacking):
    made.tables.frames.pop(lacking, None)
    said = []
    for text in (TEXT, TEXT.replace("46 户", "64 户")):
        (made.root / "copy").write_text(text, encoding="utf-8")
        done = CliRunner().invoke(main.commands["paper"], [str(made.root / "copy")], obj=made)
        said.append((done.exit_code, f"{done.output}{done.exception or ''}"))
    (passed, first), (failed, second) = said
    assert (passed, failed) == (0, 1) and "every number and listed term" in first
    assert ("no sentence of the tables: line 1: 本刊 2022 年第 1 期\n8 of 8" in first) == (not lacking)
    assert "claims.csv, row 2, Q01: 46 does not stand" in second and second.endswith("correct the rows named above")
    assert bool(sentences.describe_assertion_counts(made.tables)["en"]) == (not lacking)


def test_what_became_of_the_assertions_is_counted_in_both_languages(made):
    """Advice and framing are counted by themselves, whether a claim takes them up or not."""
    more = [
        ("checkable", "", "not_examined"),
        ("checkable", "", "self"),
        ("definition", "", ""),
        ("opinion", "Q04", ""),
    ]
    made.tables.frames[sentences.ASSERTIONS] = asserted([*ASSERTED, *(("S008", *one) for one in more)])
    told = sentences.describe_assertion_counts(made.tables)
    assert told["en"] == (
        "The paper's 8 sentences hold 11 assertions, of which 7 can be checked: 4 are in claims, 1 give no measure, "
        "1 were not examined, 1 are trivial; 1 are advice, 3 framing, definition or opinion."
    )
    assert " ".join(re.findall(r"\d+", told["zh"])) == "8 11 7 4 1 1 1 1 3"


def sheet(name, frame):
    """Return a table as the checks see it."""
    rows = frame.to_dict("records")
    texts = [{column: str(value) for column, value in row.items()} for row in rows]
    values = [{column: value if value != "" else None for column, value in row.items()} for row in rows]
    return [TypedRow(name, f"{name}.csv", n + 2, texts[n], values[n]) for n in range(len(rows))]


def compare(compared=("same", "same", "stronger"), round_="after"):
    """Return the table of what readers say who compared each claim of substance with its sentence."""
    named = {one["claim_id"]: digest(one, "statement") for one in CLAIMS.to_dict("records")}
    rows = [(name, round_, word, named[name]) for name in named if name != "Q03" for word in compared]
    return pd.DataFrame(rows, columns=["claim_id", "round", "compared", "words"])


SOUND = {sentences.NAME: table(PAPER), sentences.ASSERTIONS: asserted(ASSERTED)}
SOUND |= {sentences.FIDELITY: compare(), "claims": CLAIMS}
DIGEST = digest(CLAIMS.iloc[0], "statement")
MOST = "most readers must say that it says the same as its sentence, and they say"
CASES = {  # by the name of the check: table, row and what is changed in it, then the column and the rule that are told
    "sentences_in_order": [
        ("paper_sentences", 2, {"sentence_id": "S009"}, "sentence_id", "must be S003"),
        ("paper_sentences", 3, {"place": 2}, "place", "must be 3: sentences are numbered within"),
        ("paper_sentences", 4, {"paragraph": 3}, "paragraph", "must be that of the sentence before"),
        ("paper_sentences", 7, {"section": "1", "paragraph": 0, "place": 1}, "section", "must not come again"),
    ],
    "assertions_in_order": [
        ("assertions", 2, {"assertion_id": "A009"}, "assertion_id", "must be A003"),
        ("assertions", 3, {"sentence_id": "S002"}, "sentence_id", "must not come before that of"),
        ("assertions", 3, {"reason": ""}, "reason", "must be given with kind checkable and no claim"),
        ("assertions", 0, {"claim_ids": ""}, "reason", "must be given with kind checkable and no"),
        ("assertions", 0, {"reason": "self"}, "reason", "must be empty with kind checkable and claims Q01"),
        ("assertions", 6, {"reason": "self"}, "reason", "must be empty with kind framing and no claim"),
    ],
    "claims_stand_in_sentences": [
        ("assertions", 5, {"claim_ids": ""}, "claim_id", "no assertion of assertions.csv is taken up by it"),
        ("claims", 1, {"section": "2"}, "section", "must be a section of the sentences that print Q02: 1"),
    ],
    "statements_are_faithful": [
        ("fidelity", 0, {"compared": "time"}, "claim_id", f"{MOST} time, same, stronger"),
        ("fidelity", 1, {"words": "0" * 12}, "words", f"must be {DIGEST}: the statement of Q01 in claims.csv was rewo"),
        ("claims", 0, {"statement_en": "reworded"}, "words", "must be "),
        ("claims", 2, {"weight": "supporting"}, "claim_id", "no reader has compared"),
    ],
}


def faults(name, changed=None):
    """Return what a check tells of the sound tables of which some are changed."""
    [one] = [one for one in gate.all_checks(HERE) if one.find.__name__ == name]
    frames, [wanted] = SOUND | (changed or {}), one.tables
    return list(one(*(sheet(table, frames[table]) for table in wanted)))


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_the_tables_of_sentences_are_checked(name, case):
    table, row, cells, column, rule = case
    frame = SOUND[table].copy()
    frame.loc[row, list(cells)] = list(cells.values())
    fault = faults(name, {table: frame})[0]
    assert fault.column == column and fault.rule.startswith(rule) and fault.remedy


def of_others(round_):
    """Return what readers say of other statements, which decides nothing."""
    return compare(["stronger"] * 3, round_).assign(words="0" * 12)


@pytest.mark.parametrize(
    ("fidelity", "rule"),
    [
        *((pd.concat([compare(), of_others(round_)]), None) for round_ in ("before", "control")),
        *((of_others(round_), "no reader has compared its statement with") for round_ in ("before", "control")),
        (compare(["same", "scope"]), f"{MOST} same, scope"),
    ],
)
def test_most_readers_must_find_the_statement_of_today_faithful(fidelity, rule):
    told = faults("statements_are_faithful", {sentences.FIDELITY: fidelity})
    assert [fault.row for fault in told] == ([2, 3, 5, 6, 7] if rule else [])
    assert all(fault.rule.startswith(rule) for fault in told)


def test_sound_tables_pass_and_every_check_of_them_has_a_case():
    every = ((one.find.__name__, {table for wanted in one.tables for table in wanted}) for one in gate.all_checks(HERE))
    mine = {name for name, tables in every if datapackage.DISPENSABLE & tables}
    assert {name: faults(name) for name in CASES} == {name: [] for name in mine}
    moved = asserted([*ASSERTED[:6], ("S008", "opinion", "Q02", "")])
    for section in ("1", "2"):  # a claim of two sections may name either
        frames = {"claims": CLAIMS.assign(section=["1", section, *"1212"]), sentences.ASSERTIONS: moved}
        assert faults("claims_stand_in_sentences", frames) == []


def test_no_text_of_the_paper_is_stored(c):
    """The table of sentences has no column of text but ids, hashes and codes; nothing that is told is a sentence."""
    for field in c.tables.resource(sentences.NAME)["schema"]["fields"]:
        if field["type"] == "string":
            assert {"enum", "pattern"} & field["constraints"].keys(), field["name"]
    known = set(c.tables(sentences.NAME)["sha256"])
    told = {*c.tables(sentences.ASSERTIONS)["assertion_zh"], *c.tables("claims")["statement_zh"]}
    plain = {paper.normalise_text(said) for said in told} | {paper.normalise_text(said.rstrip("。")) for said in told}
    assert not known & {hashlib.sha256(said.encode()).hexdigest() for said in plain}
