"""The tables against the text of the paper: a short made-up text, and a paper that says otherwise."""

import pandas as pd
import pytest
import worlds
from click.testing import CliRunner

from compendium.__main__ import main
from compendium.ledger.derived import evaluate
from compendium.ledger.evidence import LedgerError
from compendium.ownpaper import commands, copies, paper

ZH = "2015年有46个\n项目，2018年有99个项目；缺口达450万人。重点是传感器、高端数控 系统。企业超过12 000家，占75％。"
EN = "There were 46 projects in 2015 and 99 in 2018; the gap is 4.5 million people. Sensors and\nhigh-end CNC systems. "
EN += "More than 12,000 firms; 75%."
CLAIMS = pd.DataFrame(
    [
        ("Q14", "headline", 46.0, "46个项目", "46 projects"),
        ("Q17", "headline", 99.0, "99个项目", "99 projects"),
        ("Q41", "headline", 12000.0, "超过12000家", "more than 12,000 firms"),
        ("Q42", "headline", 75.0, "75%", "75%"),
        ("Q65", "structural", 2.0, "2类", "2 families"),
        ("Q72", "headline", 4.5, "450万人", "4.5 million people"),
    ],
    columns=["claim_id", "weight", "value_low", "printed_zh", "printed_en"],
)
ITEMS = pd.DataFrame(
    [("Q65", "传感器", "sensors"), ("Q65", "高端数控系统", "high-end CNC systems")],
    columns=["claim_id", "item_zh", "item_en"],
)
DERIVED = pd.DataFrame(
    [("D19", "Q17 / Q14", 2, "倍", "times"), ("D65", 'items("Q65") + 44', 0, "个项目", "projects")],
    columns=["derived_id", "formula", "decimals", "unit_zh", "unit_en"],
)
TABLES = {"claims": CLAIMS, "claim_items": ITEMS, "derived": DERIVED}


@pytest.fixture
def look(tmp_path):
    """Return a function that checks the small tables against a text; changes of the tables may be given."""

    def check(text, **other):
        c = worlds.holding({**TABLES, **other})
        path = tmp_path / "paper.txt"
        path.write_text(text, encoding="utf-8")
        return paper.check(c, copies.read_copy(path, c.languages))

    return check


@pytest.mark.parametrize("text", [ZH, EN])
def test_what_stands_in_the_paper_passes_in_both_languages(look, text):
    assert look(text) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("46个", "64个", "claims.csv, row 2, Q14: 46 does not stand in the paper"),
        ("450万", "4500万", "claims.csv, row 7, Q72: 450 does not stand in the paper"),
        ("12 000", "1 200", "claims.csv, row 4, Q41: 12000 does not stand in the paper"),
        ("传感器", "仪表", "claim_items.csv, row 2, Q65: '传感器' does not stand in the paper"),
        ("占75", "占75.5", "claims.csv, row 5, Q42: 75 does not stand in the paper"),
        ("占75％", "占75％，是2.15倍", "derived.csv, row 2, D19: 2.15倍 stands in the paper"),
    ],
)
def test_what_does_not_is_named_with_its_row(look, old, new, said):
    assert old in ZH
    assert look(ZH.replace(old, new)) == [said]


@pytest.mark.parametrize(
    ("number", "text", "language"),
    [
        ("14", "一级，14％的企业", "zh"),
        ("63", "46，63，97", "zh"),
        ("90", "0 10 20 90", "zh"),
        ("4", "四大产业区", "zh"),
        ("1000", "近千家企业", "zh"),
        ("4", "Four clusters", "en"),
        ("0", "there is no plan", "en"),
    ],
)
def test_a_number_is_said_in_digits_between_commas_or_in_a_word(number, text, language):
    assert paper.says_number(number, text, language)


@pytest.mark.parametrize(
    ("number", "text", "language"),
    [
        ("14", "一级，140％的企业", "zh"),
        ("200", "12,200家", "zh"),
        ("12", "12,200家", "zh"),
        ("75", "75.5%", "zh"),
        ("1", "stones alone", "en"),
        ("0", "nobody", "en"),
        ("90", "0102030405060708090", "zh"),
    ],
)
def test_a_part_of_a_number_or_of_a_word_says_none(number, text, language):
    assert not paper.says_number(number, text, language)


def test_the_number_of_listed_items_need_not_be_printed(look):
    counted = CLAIMS.assign(weight="headline")
    assert look(ZH, claims=counted) == []
    assert look(ZH, claims=counted, claim_items=ITEMS[:1]) == ["claims.csv, row 6, Q65: 2 does not stand in the paper"]


def test_a_derived_number_that_the_paper_prints_in_another_sense_is_no_fault(look):
    assert look(ZH) == []  # D65 is 46, which the paper prints as a batch


def test_the_command_says_it_in_lines_and_fails(tmp_path):
    path, c = tmp_path / "paper.txt", worlds.holding(TABLES)
    path.write_text(ZH, encoding="utf-8")
    assert CliRunner().invoke(commands.paper, [str(path)], obj=c).exit_code == 0
    path.write_text(ZH.replace("46个", "64个"), encoding="utf-8")
    outcome = CliRunner().invoke(commands.paper, [str(path)], obj=c)
    assert outcome.exit_code == 1 and outcome.output.startswith("claims.csv, row 2, Q14: 46 does not stand")
    assert str(outcome.exception).endswith("Remedy: correct the rows named above")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("none.txt", None, "cannot be read (No such file or directory). Remedy: name the file of the paper"),
        ("gbk.txt", "智能".encode("gb18030"), "is no text in UTF-8. Remedy: save it as UTF-8 or name the PDF"),
        ("empty.txt", b" \n", "holds no text, perhaps only pictures of pages. Remedy: name a file with text"),
        ("long.txt", b"word " * 60_001, "holds more than 300,000 characters. Remedy: name a file with the paper alone"),
        ("broken.pdf", b"%PDF-1.7\nnothing", "cannot be read as a PDF"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, data, said):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    outcome = CliRunner().invoke(main, ["paper", str(path)])
    assert outcome.exit_code == 1 and said in outcome.output and outcome.output.count("\n") == 1, outcome.output


def test_a_pdf_is_read(tmp_path):
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "blank.pdf")
    with pytest.raises(Exception, match="holds no text"):
        copies.read_copy(tmp_path / "blank.pdf", ("en",))


@pytest.mark.parametrize("formula", ["Q14 +", "Q999", "exec('1')", "Q14 / 0", "items(Q65)", "__import__('os')"])
def test_a_formula_is_arithmetic_over_claims_and_nothing_else(formula):
    with pytest.raises(LedgerError):
        evaluate(formula, CLAIMS.set_index("claim_id")["value_low"], {"Q65": 2})
