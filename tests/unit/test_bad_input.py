"""Kinds of bad input: each is refused in one line that names file, row, column, value, rule and remedy."""

import csv
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from worlds import check, refresh

from compendium import paths
from compendium.__main__ import main
from compendium.files import InputError

PACKAGE = "datapackage.json"
OUTSIDE = paths.HOME / "data" / "raw"
COMMAND = ("pipe", "1 MB in a cell", "surrogate")


@dataclass(frozen=True)
class Kind:
    """A kind of bad input: how the file is changed, and what is told."""

    name: str
    file: str
    change: Callable[[Path], object]
    row: int | None
    column: str | None
    value: str | None
    rule: str


# How a file is changed


def cell(name, table, row, column, text, rule):
    """The cell in `row`, as an editor counts it, and `column` of `table` holds `text`."""

    def change(path):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        rows[row - 1][rows[0].index(column)] = text
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return Kind(name, f"{table}.csv", change, row, column, text, rule)


def swap(name, table, old, new, row, column, value, rule):
    """The text `old` of `table` reads `new` in its first place."""

    def change(path):
        data = path.read_bytes()
        old_bytes, new_bytes = (text if isinstance(text, bytes) else text.encode() for text in (old, new))
        assert old_bytes in data
        path.write_bytes(data.replace(old_bytes, new_bytes, 1))

    return Kind(name, f"{table}.csv", change, row, column, value, rule)


def recode(name, table, change, row, column, value, rule):
    """The text of `table` is replaced by what `change` makes of it: text or bytes."""

    def write(path):
        made = change(path.read_text(encoding="utf-8"))
        path.write_bytes(made if isinstance(made, bytes) else made.encode())

    return Kind(name, f"{table}.csv", write, row, column, value, rule)


def replace(name, file, make, rule):
    """In the place of `file` stands what `make` makes there."""

    def change(path):
        path.unlink(missing_ok=True)
        make(path)

    return Kind(name, file, change, None, None, None, rule)


def describe(name, keys, content, rule, value=None):
    """The entry of datapackage.json that `keys` lead to is `content`; without content it is deleted."""

    def change(path):
        package = target = json.loads(path.read_bytes())
        *steps, last = [int(key) if key.isdecimal() else key for key in keys.split()]
        for step in steps:
            target = target[step]
        if content is ...:
            del target[last]
        else:
            target[last] = content
        path.write_text(json.dumps(package), encoding="utf-8")

    return Kind(name, PACKAGE, change, None, None, value, rule)


def every_line(change):
    """Change each line of a text."""
    return lambda text: "".join(f"{change(line)}\n" for line in text.splitlines())


def swapped(line):
    first, second, rest = line.split(",", 2)
    return f"{second},{first},{rest}"


def without_third(line):
    first, second, _, rest = line.split(",", 3)
    return f"{first},{second},{rest}"


def sparse(path):
    with path.open("wb") as file:
        file.truncate(10**10)


WHOLE, NUMBER, DATE = "must be a whole number", "must be a number such as 12 or 3.5", "must be a date YYYY-MM-DD"
BLANKS, ODD, FORMULA = "no blank at its edges", "must not hold U+", "must not start like a formula"
EXCEL = "is an error of a spreadsheet or a word for nothing"
FUTURE = "must not lie after the day of the data, `created` in datapackage.json"
PARTIAL = "must be a date written YYYY, YYYY-MM or YYYY-MM-DD"
BOOLEAN, JSON = "must be true or false", "must be JSON in UTF-8"
UTF8, LF, ONE_END, PLAIN_FILE = "must be UTF-8; byte ", "lines must end with LF", "exactly one line end", "a plain file"
QUOTES, BATCHES, LEVELS = "needless or stray quotation mark", "pilot_batches", "maturity_levels"

KINDS = [
    # encodings
    recode("GBK", LEVELS, lambda text: text.encode("gbk"), 2, None, "0xB6", UTF8),
    recode("Big5", "pilot_cumulative", lambda text: text.encode() + "臺".encode("big5"), 10, None, "0xBB", UTF8),
    recode("UTF-16", LEVELS, lambda text: text.encode("utf-16"), 1, None, "0xFF", UTF8),
    recode("UTF-16 without BOM", LEVELS, lambda text: text.encode("utf-16-le"), 2, None, "0xB6", UTF8),
    recode("byte-order mark", LEVELS, lambda text: text.encode("utf-8-sig"), 1, None, None, "byte-order mark"),
    recode("workbook", LEVELS, lambda text: b"PK\x03\x04\x14\x00\x06\x00" + text.encode(), 1, None, "0x00", "NUL"),
    swap("Latin-1 byte", LEVELS, "12 000多家", b"12 000\xb1\xb1", 7, None, "0xB1", UTF8),
    swap("cut character", LEVELS, "成熟度二级", "成熟度二级".encode()[:-1], 3, None, "0xE7", UTF8),
    swap("surrogate in UTF-8", LEVELS, "12 000多家", b"12 000\xed\xa0\x80", 7, None, "0xED", UTF8),
    swap("NUL", LEVELS, "12 000多家", "12\x00000多家", 7, None, "0x00", "NUL"),
    # line ends
    recode("CRLF", LEVELS, lambda text: text.replace("\n", "\r\n"), 1, None, None, LF),
    recode("CR", LEVELS, lambda text: text.replace("\n", "\r"), 1, None, None, LF),
    swap("one CRLF", LEVELS, "\nnational,2021", "\r\nnational,2021", 10, None, None, LF),
    recode("no final line end", LEVELS, lambda text: text[:-1], 29, None, None, ONE_END),
    recode("blank last line", LEVELS, lambda text: f"{text}\n", 30, None, None, ONE_END),
    recode("blank first line", LEVELS, lambda text: f"\n{text}", 1, None, None, "the row is blank"),
    swap("blank line", BATCHES, "\n2016,final,63", "\n\n2016,final,63", 5, None, None, "the row is blank"),
    swap("line of blanks", BATCHES, "\n2016,final,63", "\n   \n2016,final,63", 5, None, None, "has 1 cells"),
    swap("trailing blank", BATCHES, "no counts by mode\n", "no counts by mode \n", 5, "note", "no counts by mode ",
         BLANKS),
    swap("trailing blank after comma", BATCHES, ",paper,,\n", ",paper,, \n", 6, "note", " ", BLANKS),
    cell("line separator", BATCHES, 5, "note", "no\u2028counts", f"{ODD}2028"),
    cell("next line", BATCHES, 5, "note", "no\x85counts", f"{ODD}0085"),
    swap("line break in a cell", LEVELS, ",14 + 6 + 5", ',"14 +\n6 + 5"', 6, None, None, "holds a line break"),
    # delimiters
    recode("semicolons", BATCHES, lambda text: text.replace(",", ";"), 1, "year",
           "year;stage;projects;industries;provinces;categories;scheme;basis;preferred;source_id;also_in;note",
           "column year is missing"),
    recode("tabs", "speech_valley_firms", lambda text: text.replace(",", "\t"), 1, "as_of",
           "as_of\tfirms\tbasis\tsource_id\talso_in\tnote", "column as_of is missing"),
    recode("full-width commas", "speech_valley_firms", lambda text: text.replace(",", "，"), 1, "as_of",
           "as_of，firms，basis，source_id，also_in，note", "column as_of is missing"),
    swap("semicolons in a row", BATCHES, "2016,final,63,45,25,5", "2016;final;63;45;25;5", 5, None, None,
         "has 7 cells"),
    swap("one full-width comma", BATCHES, "final,63,45", "final，63,45", 5, None, None, "has 11 cells"),
    recode("sep= of Excel", BATCHES, lambda text: f"sep=,\n{text}", 1, "year", "sep=", "column year is missing"),
    # quotation marks
    swap("open quote", LEVELS, ",le1,75", ',le1,"75', 2, None, None, "is not well-formed CSV"),
    swap("open quote in the last row", BATCHES, ",modes named", ',"modes named', 11, None, None,
         "is not well-formed CSV"),
    swap("text after a quote", LEVELS, ",le1,75", ',"le"1,75', 2, None, None, "is not well-formed CSV"),
    swap("stray quote", BATCHES, "no counts by mode", 'no "counts" by mode', 5, "note", 'no "counts" by mode', QUOTES),
    swap("quoted number", BATCHES, "2016,final,63,45", '2016,final,"63",45', 5, "projects", "63", QUOTES),
    recode("all quoted", BATCHES, every_line(lambda line: '"' + line.replace('"', '').replace(",", '","') + '"'),
           1, "year", "year", QUOTES),
    cell("curly quotes", BATCHES, 5, "projects", "“63”", WHOLE),
    # header
    recode("column missing", BATCHES, every_line(without_third), 1, "projects", None, "column projects is missing"),
    recode("columns swapped", BATCHES, every_line(swapped), 1, None, None, "columns are in another order"),
    recode("column more", BATCHES, lambda text: text.replace("\n", ",\n").replace("note,", "note,extra", 1), 1,
           "13", "extra", "is no column of"),
    recode("commas at all line ends", BATCHES, lambda text: text.replace("\n", ",\n"), 1, "13", "", "is no column of"),
    recode("column twice", BATCHES, lambda text: text.replace("\n", ",\n").replace("note,", "note,note", 1), 1,
           "note", None, "stands there twice"),
    swap("column named twice", BATCHES, "industries", "projects", 1, "industries", None,
         "column industries is missing"),
    swap("column renamed", BATCHES, "projects", "project", 1, "projects", "project", "column projects is missing"),
    swap("column in capitals", BATCHES, "projects", "Projects", 1, "projects", "Projects",
         "column projects is missing"),
    swap("full-width header", BATCHES, "year", "ｙｅａｒ", 1, "year", "ｙｅａｒ", "column year is missing"),
    swap("look-alike in the header", BATCHES, "year", "yеar", 1, "year", "yеar", "column year is missing"),
    swap("blank before the header", BATCHES, "year", " year", 1, "year", " year", "column year is missing"),
    swap("second byte-order mark", BATCHES, "stage", "\ufeffstage", 1, "stage", "\ufeffstage",
         "column stage is missing"),
    recode("no header", BATCHES, lambda text: text.split("\n", 1)[1], 1, "year", "2015", "column year is missing"),
    recode("title above the header", BATCHES, lambda text: f"Batches\n{text}", 1, "year", "Batches", "column year is"),
    recode("header repeated", BATCHES, lambda text: text + text.splitlines()[0] + "\n", 14, None, None,
           "the header stands there again"),
    recode("50,000 columns", BATCHES, lambda text: text.replace("\n", "," * 50_000 + "\n", 1), 1, "13", "",
           "is no column of"),
    # number of cells
    swap("cell missing", BATCHES, ",final,63,45", ",final,63", 5, None, None, "has 11 cells, but the header has 12"),
    swap("cell more", BATCHES, ",final,63,45", ",final,63,45,", 5, None, None, "has 13 cells, but the header has 12"),
    swap("unquoted thousands", BATCHES, ",final,63,45", ",final,1,063,45", 5, None, None, "has 13 cells"),
    # dates
    cell("31 February", "sources", 2, "accessed", "2026-02-31", DATE),
    cell("month 13", "sources", 2, "accessed", "2018-13-01", DATE),
    cell("day first", "sources", 2, "accessed", "24/11/2026", DATE),
    cell("month first", "sources", 2, "accessed", "11/24/2026", DATE),
    cell("slashes", "sources", 2, "accessed", "2026/11/24", DATE),
    cell("points", "sources", 2, "accessed", "2026.11.24", DATE),
    cell("no zeros", "sources", 2, "accessed", "2026-1-4", DATE),
    cell("serial day of Excel", "sources", 2, "accessed", "43831", DATE),
    cell("month by name", "sources", 2, "accessed", "3-Jan", DATE),
    cell("two-digit year", "sources", 2, "accessed", "26-11-24", DATE),
    cell("year 1026", "sources", 2, "accessed", "1026-11-24", DATE),
    cell("time of day", "sources", 2, "accessed", "2026-11-24 00:00:00", DATE),
    cell("time with zone", "sources", 2, "accessed", "2026-11-24T00:00:00Z", DATE),
    cell("Chinese date", "sources", 2, "accessed", "2026年11月24日", DATE),
    cell("full-width date", "sources", 2, "accessed", "２０２６-11-24", f"{ODD}FF12"),
    cell("true minus in a date", "sources", 2, "accessed", "2026−11−24", DATE),
    cell("only a year", "policy_documents", 2, "date_start", "2015", DATE),
    cell("31 February as text", LEVELS, 10, "as_of", "2021-02-31", "must be a date that exists"),
    cell("29 February 2021 as text", "tax_rules", 3, "valid_to", "2021-02-29", "must be a date that exists"),
    cell("month 13 as text", LEVELS, 10, "as_of", "2021-13", PARTIAL),
    cell("Chinese year as text", LEVELS, 10, "as_of", "2021年", PARTIAL),
    cell("auto-date as text", LEVELS, 10, "as_of", "Dec-21", PARTIAL),
    cell("read in 2099", "sources", 2, "accessed", "2099-01-01", FUTURE),
    cell("published in 2099", "sources", 3, "published", "2099", FUTURE),
    cell("statement of 2099", "talent_statements", 4, "published", "2099-03", FUTURE),
    cell("count of 2099", "speech_valley_firms", 3, "as_of", "2099-12", FUTURE),
    cell("document of 2099", "policy_documents", 2, "date_end", "2099-05-08", FUTURE),
    cell("batch of 2099", BATCHES, 5, "year", "2099", FUTURE),
    cell("levels of 2099", "maturity_levels", 2, "year", "2099", FUTURE),
    cell("covariate of 2099", "covariate_sources", 2, "year", "2099", FUTURE),
    swap("published after it was read", "sources", "News Agency,C,ok,2026-11-24", "News Agency,C,ok,2015-09-13", 4,
         "published", "2015-09-14", "must not lie after accessed, 2015-09-13"),
    cell("year in a wrong century", BATCHES, 5, "year", "1916", "must lie between 1949 and 2099"),
    # numbers
    cell("word", BATCHES, 5, "projects", "sixty-three", WHOLE),
    cell("Chinese numeral", BATCHES, 5, "projects", "六十三", WHOLE),
    cell("full-width digits", BATCHES, 5, "projects", "６３", f"{ODD}FF16"),
    cell("Arabic digits", BATCHES, 5, "projects", "٦٣", f"{ODD}0666"),
    cell("thousands by comma", LEVELS, 10, "firms_lower", "20,000", WHOLE),
    cell("thousands by full-width comma", LEVELS, 10, "firms_lower", "20，000", WHOLE),
    cell("thousands by blank", LEVELS, 10, "firms_lower", "20 000", WHOLE),
    cell("thousands by thin blank", LEVELS, 10, "firms_lower", "20\u2009000", f"{ODD}2009"),
    cell("thousands by _", LEVELS, 10, "firms_lower", "20_000", WHOLE),
    cell("decimal comma", LEVELS, 10, "share_pct", "69,0", NUMBER),
    cell("percent sign", LEVELS, 10, "share_pct", "69%", NUMBER),
    cell("full-width percent sign", LEVELS, 10, "share_pct", "69％", NUMBER),
    cell("unit", LEVELS, 10, "firms_lower", "20000家", WHOLE),
    cell("plus sign", LEVELS, 10, "share_pct", "+69", NUMBER),
    cell("power of ten", LEVELS, 10, "share_pct", "6.9e1", NUMBER),
    cell("power of ten of Excel", LEVELS, 10, "firms_lower", "1.23E+05", WHOLE),
    cell("no digit before the point", LEVELS, 10, "share_pct", ".69", NUMBER),
    cell("no digit after the point", LEVELS, 10, "share_pct", "69.", NUMBER),
    cell("two points", LEVELS, 10, "share_pct", "6.9.0", NUMBER),
    cell("decimals of a whole number", BATCHES, 5, "projects", "63.0", WHOLE),
    cell("hexadecimal", BATCHES, 5, "projects", "0x3F", WHOLE),
    cell("leading zero", BATCHES, 5, "projects", "063", WHOLE),
    cell("leading zero of a number", LEVELS, 10, "share_pct", "069", NUMBER),
    cell("leading apostrophe", BATCHES, 5, "projects", "'63", WHOLE),
    cell("true minus", "pilot_effects", 3, "change_pct", "−21", NUMBER),
    cell("en dash", "pilot_effects", 3, "change_pct", "–21", NUMBER),
    cell("range", LEVELS, 10, "share_pct", "68-69", NUMBER),
    cell("brackets of accountants", "pilot_effects", 3, "change_pct", "(21)", NUMBER),
    cell("negative", LEVELS, 10, "share_pct", "-69", "must lie between 0 and 100"),
    cell("share above 100", LEVELS, 10, "share_pct", "140", "must lie between 0 and 100"),
    cell("out of range", BATCHES, 5, "provinces", "35", "must lie between 1 and 34"),
    cell("below the minimum", "pilot_effects", 2, "base_projects", "0", "must be at least 1"),
    cell("more than 64 bits", LEVELS, 10, "firms_lower", "9" * 20, WHOLE),
    cell("beyond all numbers", LEVELS, 10, "share_pct", "9" * 400, NUMBER),
    cell("1e400", LEVELS, 10, "share_pct", "1e400", NUMBER),
    cell("number of 5,000 digits", LEVELS, 10, "firms_lower", "9" * 5000, "must not be longer than 1000 characters"),
    cell("NaN", LEVELS, 10, "share_pct", "NaN", EXCEL),
    cell("nan", LEVELS, 10, "share_pct", "nan", EXCEL),
    cell("inf", LEVELS, 10, "share_pct", "inf", NUMBER),
    cell("-Infinity", LEVELS, 10, "share_pct", "-Infinity", NUMBER),
    cell("number left out", BATCHES, 5, "projects", "", "must not be empty"),
    cell("dash for nothing", BATCHES, 5, "industries", "-", WHOLE),
    *(cell(f"boolean {text}", BATCHES, 5, "preferred", text, BOOLEAN) for text in ("TRUE", "1", "yes", "是")),
    # what a spreadsheet leaves behind
    *(cell(text, LEVELS, 10, "share_pct", text, EXCEL) for text in ("#N/A", "#REF!", "#DIV/0!", "####", "NULL", "N/A")),
    *(cell(f"{text} in a text", BATCHES, 5, "note", text, EXCEL) for text in ("#NAME?", "#SPILL!", "##", "None")),
    cell("formula in a number", LEVELS, 10, "share_pct", "=SUM(A1)", NUMBER),
    cell("formula in a code", BATCHES, 5, "scheme", "=A1", "must be one of six_categories, five_modes"),
    # formulas that a spreadsheet would run
    cell("command", BATCHES, 5, "note", "=cmd|' /C calc'!A0", FORMULA),
    cell("link", BATCHES, 5, "note", '=HYPERLINK("http://x.org")', FORMULA),
    cell("function", BATCHES, 5, "note", "@SUM(1+1)", FORMULA),
    cell("sum", BATCHES, 5, "note", "+1+1", FORMULA),
    cell("difference", BATCHES, 5, "note", "-2+3", FORMULA),
    cell("command after a sign", BATCHES, 5, "note", "+cmd|' /C calc'!A0", FORMULA),
    cell("command after a number", BATCHES, 5, "note", "-1 cmd", FORMULA),
    cell("full-width formula", BATCHES, 5, "note", "＝1+1", FORMULA),
    cell("tab and formula", BATCHES, 5, "note", "\t=1+1", BLANKS),
    # text
    cell("1 MB in a cell", BATCHES, 5, "note", "长" * 350_000, "must not be longer than 1000 characters"),
    cell("1001 characters", BATCHES, 5, "note", "x" * 1001, "must not be longer than 1000 characters"),
    cell("too long for the column", LEVELS, 10, "wording_zh", "一" * 13, "must keep the constraint maxLength 12"),
    cell("blank before", BATCHES, 5, "note", " no counts", BLANKS),
    cell("no-break space after", BATCHES, 5, "source_id", "paper\xa0", BLANKS),
    cell("blank for nothing", BATCHES, 5, "note", " ", BLANKS),
    *(
        cell(name, BATCHES, 5, "note", f"no {character}counts", f"{ODD}{ord(character):04X}")
        for name, character in {
            "tab": "\t", "bell": "\a", "escape": "\x1b", "delete": "\x7f", "no-break space": "\xa0",
            "wide blank": "\u3000", "soft hyphen": "\xad", "zero-width space": "\u200b", "zero-width joiner": "\u200d",
            "right to left": "\u202e", "byte-order mark within": "\ufeff", "private use": "\ue000",
            "noncharacter": "\ufffe", "replacement": "\ufffd", "variation selector": "\ufe0f",
            "Hangul filler": "\u3164", "blank Braille": "\u2800", "emoji": "\U0001f600", "Cyrillic letter": "\u0430",
            "Greek letter": "\u03bf", "full-width letter": "Ａ", "circled digit": "①", "Kangxi radical": "\u2f00",
            "ligature": "\ufb01", "bold letter": "\U0001d400", "lone accent": "\u0338",
        }.items()
    ),
    cell("not NFC", BATCHES, 5, "note", "cafe\u0301", "must be in Unicode form NFC"),
    cell("compatibility ideograph", "provinces", 2, "note", "\uf900", "must be in Unicode form NFC"),
    cell("code unknown", BATCHES, 5, "stage", "draft", "must be one of public_notice, final"),
    cell("code in capitals", BATCHES, 5, "stage", "Final", "must be one of public_notice, final"),
    cell("code by look-alike", BATCHES, 5, "stage", "finаl", f"{ODD}0430"),
    cell("id of another form", "claims", 11, "claim_id", "q10", "must be Q and two or three digits"),
    cell("address without web", "sources", 2, "url", "ftp://x.org", "must be an address starting with http://"),
    cell("address with script", "sources", 2, "url", "javascript:alert(1)", "must be an address starting with http://"),
    # keys and references
    swap("row twice", "rd_intensity_china", "\n2012,", "\n2011,", 4, "year", "2011", "must be unique and complete"),
    swap("key left out", "tax_rules", "\nX02,", "\n,", 3, "rule_id", "", "must be unique and complete"),
    cell("address twice", "sources", 4, "url", "http://shelec.cn/news/CompanyNews/130.html", "must be unique"),
    cell("source unknown", BATCHES, 5, "source_id", "nowhere",
         "nowhere does not stand in column source_id of sources.csv"),
    cell("province unknown", "pilot_province_evidence", 2, "adcode", "990000",
         "990000 does not stand in column adcode"),
    cell("document unknown", "tax_rules", 3, "doc_id", "P99", "P99 does not stand in column doc_id"),
    cell("parent unknown", "problems_countermeasures", 6, "parent_code", "P9.9", "P9.9 does not stand in column code"),
    cell("list: comma", BATCHES, 2, "also_in", "scio-2016-04, paper", "scio-2016-04, paper does not stand in"),
    cell("list: no blanks", BATCHES, 2, "also_in", "scio-2016-04;paper", "scio-2016-04;paper does not stand in"),
    cell("list: full-width", BATCHES, 2, "also_in", "scio-2016-04 ； paper", "does not stand in column source_id"),
    cell("list: open end", BATCHES, 2, "also_in", "scio-2016-04 ;", "scio-2016-04 ; does not stand in"),
    cell("list: empty entry", BATCHES, 2, "also_in", "scio-2016-04 ;  ; paper", " does not stand in column source_id"),
    cell("list: entry twice", BATCHES, 5, "also_in", "gta-2016 ; gta-2016", "a list must not repeat an entry"),
    cell("claim unknown", "claim_evidence", 2, "claim_id", "Q999", "Q999 does not stand in column claim_id of claims"),
    cell("claim unknown in a list", "records", 3, "claim_ids", "Q12 ; Q999", "Q999 does not stand in column claim_id"),
    cell("claim withdrawn", "searches", 2, "claim_id", "Q18", "Q18 does not stand in column claim_id of claims.csv"),
    cell("list of no claim", "claim_items", 2, "claim_id", "Q18", "stands neither in claims.csv nor in derived.csv"),
    cell("origin unknown", "source_origins", 2, "origin_id", "O-NOBODY", "O-NOBODY does not stand in column origin_id"),
    cell("copy of its own", "source_origins", 2, "role", "mirror", "must be one of origin, copy"),
    cell("comparison unknown", "claim_evidence", 2, "comparison", "agrees", "must be one of value, holds, fails"),
    cell("value left out", "claim_evidence", 2, "value", "", "must be given with comparison value"),
    cell("interval upside down", "claim_evidence", 2, "value", "2030", "must not lie after value_high, 2025"),
    cell("in one language only", "claim_evidence", 9, "part_en", "", "must be given, as part_zh is"),
    cell("searched in 2099", "searches", 2, "searched_on", "2099-01-01", FUTURE),
    cell("said in 2099", "official_statements", 2, "said_on", "2099-01-01", FUTURE),
    cell("formula of a spreadsheet in derived", "derived", 2, "formula", "=Q14+Q15", FORMULA),
    cell("formula that calls", "derived", 20, "formula", "exit()", "must be a formula over claims that has a value"),
    cell("formula without an argument", "derived", 20, "formula", "items()", "must be a formula over claims"),
    cell("formula without a value", "derived", 20, "formula", "9.0 ** 9999", "must be a formula over claims"),
    cell("end before start", "claims", 11, "year_start", "2016", "must not lie after year_end, 2015"),
    # files
    replace("file missing", "claims.csv", lambda path: None, "the file is missing"),
    replace("file empty", "claims.csv", Path.touch, "the file is empty"),
    replace("file of blanks", "claims.csv", lambda path: path.write_bytes(b"\n \n"), "the file is empty"),
    recode("header only", BATCHES, lambda text: text.splitlines()[0] + "\n", None, None, None, "a header but no rows"),
    replace("folder", "claims.csv", Path.mkdir, PLAIN_FILE),
    replace("pipe", "claims.csv", os.mkfifo, PLAIN_FILE),
    replace("link out of the folder", "claims.csv", lambda path: path.symlink_to(OUTSIDE / path.name), PLAIN_FILE),
    replace("link to a device", "claims.csv", lambda path: path.symlink_to("/dev/zero"), PLAIN_FILE),
    replace("link to nothing", "claims.csv", lambda path: path.symlink_to("nothing.csv"), PLAIN_FILE),
    replace("link to itself", "claims.csv", lambda path: path.symlink_to(path.name), PLAIN_FILE),
    replace("10 GB", "claims.csv", sparse, "must not be larger than 100 MB"),
    replace("table not described", "more.csv", lambda path: path.write_bytes(b"a\n1\n"), "is not described in"),
    replace("table in capitals", "MORE.CSV", lambda path: path.write_bytes(b"a\n1\n"), "is not described in"),
    replace("line break in a name", "a\nb.csv", Path.touch, "is not described in"),
    # datapackage.json
    replace("package missing", PACKAGE, lambda path: None, "cannot be read (No such file"),
    replace("package empty", PACKAGE, Path.touch, JSON),
    replace("package a folder", PACKAGE, Path.mkdir, PLAIN_FILE),
    replace("package a pipe", PACKAGE, os.mkfifo, PLAIN_FILE),
    replace("package a link", PACKAGE, lambda path: path.symlink_to(OUTSIDE / path.name), PLAIN_FILE),
    replace("package no JSON", PACKAGE, lambda path: path.write_text("resources:\n- sources\n"), JSON),
    replace("package in GBK", PACKAGE, lambda path: path.write_bytes('{"中": 1}'.encode("gbk")), JSON),
    replace("package with BOM", PACKAGE, lambda path: path.write_bytes(b"\xef\xbb\xbf{}"), JSON),
    replace("key twice", PACKAGE, lambda path: path.write_text('{"name": 1, "name": 2}'), "'name' stands twice"),
    replace("depth without end", PACKAGE, lambda path: path.write_text("[" * 10**6), JSON),
    replace("NaN in the package", PACKAGE, lambda path: path.write_text('{"resources": NaN}'), JSON),
    replace("surrogate", PACKAGE, lambda path: path.write_text(r'{"title": "\ud800"}'), JSON),
    replace("package a list", PACKAGE, lambda path: path.write_text("[]"), "must hold a list of resources"),
    describe("no resources", "resources", [], "must hold a list of resources"),
    describe("no day of the data", "created", ..., "created must be the day of the data"),
    describe("day of the data no day", "created", "2026-02-31T00:00:00Z", "created must be the day of the data"),
    describe("table a number", "resources 0", 7, "every resource needs a name", "None"),
    describe("path up", "resources 0 path", "../sources.csv", "the path of table sources must be", "../sources.csv"),
    describe("path elsewhere", "resources 0 path", "/etc/passwd", "the path of table sources must be", "/etc/passwd"),
    describe("path an address", "resources 0 path", "https://x.org/sources.csv", "the path of table sources must be",
             "https://x.org/sources.csv"),
    describe("path of Windows", "resources 0 path", "C:\\sources.csv", "the path of table sources must be",
             "C:\\sources.csv"),
    describe("several paths", "resources 0 path", ["sources.csv", "x.csv"], "the path of table sources must be",
             "['sources.csv', 'x.csv']"),
    describe("more paths", "resources 0 extrapaths", ["../x.csv"], "extrapaths"),
    describe("name with path", "resources 0 name", "../sources", "every resource needs a name", "../sources"),
    describe("table twice", "resources 1 name", "sources", "the path of table sources must be", "claims.csv"),
    describe("profile elsewhere", "profile", "https://x.org/profile.json", "profile"),
    describe("dialect elsewhere", "resources 0 dialect", "../dialect.json", "dialect"),
    describe("schema elsewhere", "resources 0 schema", "../schema.json", "table sources needs a schema"),
    describe("semicolon declared", "resources 0 dialect csv delimiter", ";", "dialect"),
    describe("GBK declared", "resources 0 encoding", "gbk", "encoding"),
    describe("remote declared", "resources 0 scheme", "https", "scheme"),
    describe("workbook declared", "resources 0 format", "xlsx", "format"),
    describe("type unknown", "resources 2 schema fields 2 type", "sring", "sring"),
    describe("type not used here", "resources 2 schema fields 2 type", "duration", "duration"),
    describe("type a number", "resources 2 schema fields 2 type", 5, "is no valid data package"),
    describe("bound a text", "resources 2 schema fields 2 constraints maximum", "x", "maximum of column projects"),
    describe("constraint unknown", "resources 0 schema fields 0 constraints maximum", 3, "maximum"),
    describe("pattern broken", "resources 0 schema fields 0 constraints pattern", "[a", "unterminated character set"),
    describe("column null", "resources 2 schema fields 2", None, "is no valid data package"),
    describe("no columns", "resources 2 schema fields", ..., "fields"),
    describe("no key", "resources 2 schema primaryKey", ..., "primaryKey"),
    describe("key of no column", "resources 2 schema primaryKey", ["when"], "when"),
    describe("reference to nothing", "resources 2 schema foreignKeys 0 fields", ["origin"], "origin"),
    describe("list of nothing", "resources 2 schema fields 10 listOf field", "id", "sources.id, which does not exist"),
    describe("column without title", "resources 2 schema fields 2 title_zh", ..., "title_zh"),
]  # fmt: skip


@pytest.fixture
def bad(request, folder):
    """The kind, and the folder with only its file changed."""
    request.param.change(folder / request.param.file)
    return request.param, folder


def state(folder):
    """Return the names in `folder` and the bytes of datapackage.json, unless that is no plain file."""
    package = folder / PACKAGE
    plain = package.is_file() and not package.is_symlink()
    return {path.name for path in folder.iterdir()}, package.read_bytes() if plain else None


def test_the_kinds_are_many_and_differ():
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 60


@pytest.mark.parametrize("bad", KINDS, indirect=True, ids=lambda kind: ascii(kind.name)[1:-1])
def test_bad_input_is_refused_in_one_line_and_never_recorded(bad):
    kind, folder = bad
    before = state(folder)
    problems = check(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    problem, told = problems[0], str(problems[0])
    place = (problem.file, problem.row, problem.column, problem.value)
    assert place == (f"data/raw/{kind.file}", kind.row, kind.column, kind.value)
    assert kind.rule in problem.rule and problem.remedy
    assert told.isprintable() and len(told) < 700
    parts = (f", row {kind.row}" * bool(kind.row), f", column {kind.column}" * bool(kind.column), ": ", ". Remedy: ")
    assert all(part in told for part in parts) and (kind.value is None or ": value " in told)
    if kind in {k.rule: k for k in reversed(KINDS)}.values():  # the first that breaks its rule
        with pytest.raises(InputError) as refused:
            refresh(folder)
        assert str(refused.value) == told
    assert state(folder) == before


@pytest.mark.parametrize("bad", [k for k in KINDS if k.name in COMMAND], indirect=True, ids=lambda kind: kind.name)
@pytest.mark.parametrize("command", ["check", "refresh"])
def test_the_command_line_tells_the_same(bad, monkeypatch, command):
    kind, folder = bad
    monkeypatch.setenv(paths.ROOT, str(folder.parent.parent))
    before = state(folder)
    outcome = CliRunner().invoke(main, ["data", command])
    lines = outcome.output.splitlines()
    assert outcome.exit_code == 1 and lines[1:] in ([], ["Error: 1 problem in data/raw"])
    assert f"data/raw/{kind.file}" in lines[0] and kind.rule in lines[0] and ". Remedy: " in lines[0]
    assert state(folder) == before
