"""Kinds of bad input: each is refused in one line that names file, row, column, value, rule and remedy."""

import csv
import io
import json
import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import frozen
import pytest
from click.testing import CliRunner
from worlds import HERE, declare, tables_in

from compendium.__main__ import main
from compendium.base import paths
from compendium.base.files import InputError
from compendium.data.cells import validate_and_type_rows
from compendium.data.parsing import read_table_rows
from compendium.data.standard import check_descriptor

PACKAGE = "datapackage.json"
OUTSIDE = paths.HOME / "data" / "raw"


class Kind(NamedTuple):
    """A kind of bad input: how the file is changed, and what is told: row, column and value, and the rule."""

    name: str
    file: str
    change: Callable[[Path], object]
    place: tuple[int | None, str | None, str | None]
    rule: str


ODD_ADDRESSES = (  # each seems to lead elsewhere than it does, or would mean something where it is shown
    *("javascript:alert(1)", "data:text/html,x", "ftp://example.org/x", "//example.org/x", "../claims.csv", "", " "),
    *("http://gov.cn@evil.example/", "http://u:p@evil.example/", "http://gov.cn\\@evil.example/", "http:///x"),
    *("http://example/x", "http://evil.example./", "http://ex%61mple.org/", "http://exаmple.org/", "https://例子.cn/"),
    *(f"http://example.org/{sign}x" for sign in "|`<>\"'[]{}\\^$ \n\t\x00\u200b\u202e\u2028"),
)


# How a file is changed


def cells(table, row, column, rule, *texts):
    """The cell in `row`, as an editor counts it, and `column` holds one of the texts."""

    def change(text, path):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        rows[row - 1][rows[0].index(column)] = text
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    name = f"{table} {column} "
    return [Kind(name + t[:20], f"{table}.csv", partial(change, t), (row, column, t), rule) for t in texts]


def swap(name, table, old, new, place, rule):
    """The text `old` of `table` reads `new` in its first place."""
    old, new = (text if isinstance(text, bytes) else text.encode() for text in (old, new))
    return recode(name, table, lambda text: text.encode().replace(old, new, 1), place, rule)


def recode(name, table, change, place, rule):
    """The text of `table` is replaced by what `change` makes of it: text or bytes."""

    def write(path):
        made = change(path.read_text(encoding="utf-8"))
        made = made if isinstance(made, bytes) else made.encode()
        assert made != path.read_bytes()
        path.write_bytes(made)

    return Kind(name, f"{table}.csv", write, place, rule)


def replace(name, file, make, rule):
    """In the place of `file` stands what `make` makes there."""

    def change(path):
        path.unlink(missing_ok=True)
        make(path)

    return Kind(name, file, change, (None, None, None), rule)


def describe(name, keys, content, rule, value=None):
    """The entry of datapackage.json that `keys` lead to, of lists by name or place, is `content`; ... deletes it."""

    def change(path):
        package = target = json.loads(path.read_bytes())
        *steps, last = keys.split()
        for step in steps:
            target = target[find(target, step)]
        place = find(target, last)
        if content is ...:
            del target[place]
        else:
            target[place] = content
        path.write_text(json.dumps(package), encoding="utf-8")

    def find(target, key):
        if isinstance(target, dict) or key.isdecimal():
            return key if isinstance(target, dict) else int(key)
        return [entry["name"] for entry in target].index(key)

    return Kind(name, PACKAGE, change, (None, None, value), rule)


def by_line(change):
    """Change the cells of each line of a text."""
    return lambda text: "".join(f"{','.join(change(line.split(',')))}\n" for line in text.splitlines())


def sparse(path):
    with path.open("wb") as file:
        file.truncate(10**10)


WHOLE, NUMBER, DATE = "must be a whole number", "must be a number such as 12 or 3.5", "must be a date YYYY-MM-DD"
BLANKS, ODD, FORMULA = "no blank at its edges", "must not hold U+", "must not start like a formula"
EXCEL, LONG = "is an error of a spreadsheet or a word for nothing", "must not be longer than 1000 characters"
PARTIAL = "must be a date written YYYY, YYYY-MM or YYYY-MM-DD"
UTF8, LF, ONE_END, PLAIN_FILE = "must be UTF-8; byte ", "lines must end with LF", "exactly one line end", "a plain file"
CSV, QUOTES, JSON = "is not well-formed CSV", "needless or stray quotation mark", "must be JSON in UTF-8"
BATCHES, LEVELS, VALLEY, SOURCES = "pilot_batches", "maturity_levels", "speech_valley_firms", "sources"
STAGE, PROJECTS = "resources pilot_batches schema fields stage", "resources pilot_batches schema fields projects"
PATH = "the path of table sources must be sources.csv"
SIGNS = "\t\a\x1b\x7f\xa0\x85\u2028\u3000\xad\u200b\u200d\u202e\ufeff\ue000\ufffe\ufffd\ufe0f\u3164\u2800\U0001f600"
SIGNS += "\u0430\u03bf\uff21\u2460\u2f00\ufb01\U0001d400\u0338"  # and look-alikes of letters and digits

KINDS = [
    # encodings
    recode("GBK", LEVELS, lambda text: text.encode("gbk"), (2, None, "0xB6"), UTF8),
    recode("UTF-16", LEVELS, lambda text: text.encode("utf-16"), (1, None, "0xFF"), UTF8),
    recode("byte-order mark", LEVELS, lambda text: text.encode("utf-8-sig"), (1, None, None), "byte-order mark"),
    recode("workbook", LEVELS, lambda text: b"PK\x03\x04\x14\x00\x06\x00" + text.encode(), (1, None, "0x00"), "NUL"),
    swap("cut character", LEVELS, "成熟度二级", "成熟度二级".encode()[:-1], (3, None, "0xE7"), UTF8),
    # line ends
    recode("CRLF", LEVELS, lambda text: text.replace("\n", "\r\n"), (1, None, None), LF),
    recode("no final line end", LEVELS, lambda text: text[:-1], (29, None, None), ONE_END),
    recode("blank last line", LEVELS, lambda text: f"{text}\n", (30, None, None), ONE_END),
    recode("blank first line", LEVELS, lambda text: f"\n{text}", (1, None, None), "the row is blank"),
    swap("line of blanks", BATCHES, "\n2016,final,63", "\n   \n2016,final,63", (5, None, None), "has 1 cells"),
    swap("trailing blank after comma", BATCHES, ",paper,,\n", ",paper,, \n", (6, "note", " "), BLANKS),
    swap("line break in a cell", LEVELS, ",14 + 6 + 5", ',"14 +\n6 + 5"', (6, None, None), "holds a line break"),
    # delimiters
    *(recode(f"cells apart by {sign!r}", VALLEY, lambda text, sign=sign: text.replace(",", sign),
             (1, "as_of", f"as_of{sign}firms{sign}basis{sign}source_id{sign}also_in{sign}note"),
             "column as_of is missing") for sign in ";\t，"),
    # quotation marks
    swap("open quote", LEVELS, ",le1,75", ',le1,"75', (2, None, None), CSV),
    swap("stray quote", BATCHES, "no counts by mode", 'no "counts" by mode', (5, "note", 'no "counts" by mode'),
         QUOTES),
    swap("quoted number", BATCHES, "2016,final,63,45", '2016,final,"63",45', (5, "projects", "63"), QUOTES),
    recode("all quoted", BATCHES, by_line(lambda row: ['"' + cell.strip('"') + '"' for cell in row]),
           (1, "year", "year"), QUOTES),
    # header
    recode("column missing", BATCHES, by_line(lambda row: row[:2] + row[3:]), (1, "projects", None),
           "column projects is missing"),
    recode("columns swapped", BATCHES, by_line(lambda row: [row[1], row[0], *row[2:]]), (1, None, None),
           "columns are in another order"),
    recode("column more", BATCHES, lambda text: text.replace("\n", ",\n").replace("note,", "note,extra", 1),
           (1, "13", "extra"), "is no column of"),
    recode("column twice", BATCHES, lambda text: text.replace("\n", ",\n").replace("note,", "note,note", 1),
           (1, "note", None), "stands there twice"),
    *(swap(f"column renamed {new}", BATCHES, old, new, (1, old, new), f"column {old} is missing")
      for old, new in [("projects", "Projects"), ("year", "yеar"), ("stage", "\ufeffstage")]),
    recode("header repeated", BATCHES, lambda text: text + text.splitlines()[0] + "\n", (14, None, None),
           "the header stands there again"),
    # number of cells
    swap("cell missing", BATCHES, ",final,63,45", ",final,63", (5, None, None), "has 11 cells, but the header has 12"),
    swap("cell more", BATCHES, ",final,63,45", ",final,63,45,", (5, None, None), "has 13 cells, but the header has 12"),
    # dates
    *cells(SOURCES, 2, "accessed", DATE, "2026-02-31", "2018-13-01", "24/11/2026", "11/24/2026", "2026/11/24",
           "2026.11.24", "2026-1-4", "43831", "3-Jan", "26-11-24", "1026-11-24", "2026-11-24 00:00:00",
           "2026-11-24T00:00:00Z", "2026年11月24日", "2026−11−24"),
    *cells(SOURCES, 2, "accessed", f"{ODD}FF12", "２０２６-11-24"),
    *cells("policy_documents", 2, "date_start", DATE, "2015"),
    *cells(LEVELS, 10, "as_of", "must be a date that exists", "2021-02-31"),
    *cells("tax_rules", 3, "valid_to", "must be a date that exists", "2021-02-29"),
    *cells(LEVELS, 10, "as_of", PARTIAL, "2021-13", "2021年", "Dec-21"),
    *cells(SOURCES, 2, "published", PARTIAL, "0222"),
    *cells(BATCHES, 5, "year", "must lie between 1949 and 2099", "1916"),
    # numbers
    *cells(BATCHES, 5, "projects", WHOLE, "sixty-three", "六十三", "63.0", "0x3F", "063", "'63", "“63”"),
    *cells(BATCHES, 5, "projects", f"{ODD}FF16", "６３"),
    *cells(BATCHES, 5, "projects", f"{ODD}0666", "٦٣"),
    *cells(BATCHES, 5, "projects", "must not be empty", ""),
    *cells(BATCHES, 5, "industries", WHOLE, "-"),
    *cells(BATCHES, 5, "provinces", "must lie between 1 and 34", "35"),
    *cells(LEVELS, 10, "firms_lower", WHOLE, "20,000", "20，000", "20 000", "20_000", "20000家", "1.23E+05", "9" * 20),
    *cells(LEVELS, 10, "firms_lower", f"{ODD}2009", "20\u2009000"),
    *cells(LEVELS, 10, "firms_lower", LONG, "9" * 5000),
    *cells(LEVELS, 10, "share_pct", NUMBER, "69,0", "69%", "69％", "+69", "6.9e1", ".69", "69.", "6.9.0", "069",
           "68-69", "9" * 400, "1e400", "inf", "-Infinity", "=SUM(A1)"),
    *cells(LEVELS, 10, "share_pct", "must lie between 0 and 100", "-69", "140"),
    *cells("pilot_effects", 3, "change_pct", NUMBER, "−21", "–21", "(21)"),
    *cells("pilot_effects", 2, "base_projects", "must be at least 1", "0"),
    *cells(BATCHES, 5, "preferred", "must be true or false", "TRUE", "1", "yes", "是"),
    # what a spreadsheet leaves behind, and what it would run
    *cells(LEVELS, 10, "share_pct", EXCEL, "#N/A", "#REF!", "#DIV/0!", "####", "NULL", "N/A", "NaN", "nan"),
    *cells(BATCHES, 5, "note", EXCEL, "#NAME?", "#SPILL!", "##", "None"),
    *cells(BATCHES, 5, "scheme", "must be one of six_categories, five_modes", "=A1"),
    *cells(BATCHES, 5, "note", FORMULA, "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.org")', "@SUM(1+1)", "+1+1", "-2+3",
           "+cmd|' /C calc'!A0", "-1 cmd", "＝1+1"),
    *cells("derived", 2, "formula", FORMULA, "=Q14+Q15"),
    # text
    *cells(BATCHES, 5, "note", LONG, "长" * 350_000, "x" * 1001),
    *cells(LEVELS, 10, "wording_zh", "must keep the constraint maxLength 12", "一" * 13),
    *cells(BATCHES, 5, "note", BLANKS, " no counts", " ", "\t=1+1"),
    *cells(BATCHES, 5, "source_id", BLANKS, "paper\xa0"),
    *(kind for s in SIGNS for kind in cells(BATCHES, 5, "note", f"{ODD}{ord(s):04X}", f"no {s}counts")),
    *cells(BATCHES, 5, "note", "must be in Unicode form NFC", "cafe\u0301"),
    *cells("provinces", 2, "note", "must be in Unicode form NFC", "\uf900"),
    *cells(BATCHES, 5, "stage", "must be one of public_notice, final", "draft", "Final"),
    *cells("claims", 11, "claim_id", "must be Q and two or three digits", "q10"),
    *cells(SOURCES, 2, "url", "must be an address starting with http://", "ftp://x.org", "javascript:alert(1)"),
    *cells(BATCHES, 5, "note", "must not start like a formula", "no;=1+1", "no ; @SUM(A1)", "no;  -1+1", "-0.1;+A1"),
    # keys
    recode("row twice", SOURCES, lambda text: "".join(text.splitlines(keepends=True)[n] for n in (0, 1, 2, 2)),
           (4, "source_id", "shelec-2015"), "the key must be unique and complete; it is the same as in row 3"),
    swap("key left out", "tax_rules", "\nX02,", "\n,", (3, "rule_id", ""), "must be unique and complete"),
    *cells(SOURCES, 4, "url", "must be unique", "http://shelec.cn/news/CompanyNews/130.html"),
    # files
    replace("file missing", "claims.csv", lambda path: None, "the file is missing"),
    replace("file empty", "claims.csv", Path.touch, "the file is empty"),
    replace("file of blanks", "claims.csv", lambda path: path.write_bytes(b"\n \n"), "the file is empty"),
    recode("header only", BATCHES, lambda text: text.splitlines()[0] + "\n", (None, None, None), "header but no rows"),
    replace("folder", "claims.csv", Path.mkdir, PLAIN_FILE),
    replace("pipe", "claims.csv", os.mkfifo, PLAIN_FILE),
    *(replace(f"link to {target}", "claims.csv", lambda path, target=target: path.symlink_to(target), PLAIN_FILE)
      for target in (OUTSIDE / "claims.csv", "/dev/zero", "claims.csv")),
    replace("10 GB", "claims.csv", sparse, "must not be larger than 100 MB"),
    # datapackage.json
    replace("package missing", PACKAGE, lambda path: None, "cannot be read (No such file or directory)"),
    replace("package a link", PACKAGE, lambda path: path.symlink_to(OUTSIDE / path.name), PLAIN_FILE),
    *(replace(f"package {content[:20]}", PACKAGE, lambda path, content=content: path.write_bytes(content), rule)
      for content, rule in [
          (b"", JSON), (b"resources:\n- sources\n", JSON), ('{"中": 1}'.encode("gbk"), JSON), (b"\xef\xbb\xbf{}", JSON),
          (b'{"name": {"x": 1, "x": 2}}', f"{JSON} ('x' stands twice in an object)"), (b"[" * 10**6, JSON),
          (b'{"resources": NaN}', f"{JSON} (Out of range float values are "),
          (b"[]", "must hold a list of resources"), (b'{"resources": {"x": 1}}', "must hold a list of resources")]),
    describe("surrogate", "singular firms", "\ud800", JSON),
    describe("no resources", "resources", [], "must hold a list of resources"),
    describe("no day of the data", "created", ..., "created must be the day of the data"),
    describe("day of the data no day", "created", "2026-02-31T00:00:00Z", "created must be the day of the data"),
    describe("table a number", "resources 0", 7, "every resource needs a name of small letters", "None"),
    describe("name with path", "resources 0 name", "../sources", "every resource needs a name", "../sources"),
    describe("table twice", "resources claims name", "sources", PATH, "claims.csv"),
    *(describe(f"path {path}", "resources sources path", path, PATH, str(path)) for path in
      ("../sources.csv", "/etc/passwd", "https://x.org/sources.csv", "C:\\sources.csv", ["sources.csv", "x.csv"])),
    *(describe(f"{key} elsewhere", keys, value, key) for key, keys, value in [
        ("extrapaths", "resources sources extrapaths", ["../x.csv"]), ("profile", "profile", "https://x.org/p.json"),
        ("dialect", "resources sources dialect csv delimiter", ";"), ("encoding", "resources sources encoding", "gbk"),
        ("format", "resources sources format", "xlsx")]),
    describe("schema elsewhere", "resources sources schema", "../schema.json", "table sources needs a schema"),
    describe("type unknown", f"{PROJECTS} type", "sring", "sring"),
    describe("type not used here", "resources pilot_batches schema fields note type", "duration",
             "type of column note of pilot_batches must be one of"),
    describe("maximum alone", "resources pilot_batches schema fields year constraints minimum", ...,
             "column year of pilot_batches has a maximum and needs a minimum too"),
    describe("pattern broken", "resources sources schema fields 0 constraints pattern", "[a", "unterminated character"),
    describe("no key", "resources pilot_batches schema primaryKey", ..., "primaryKey"),
    describe("list of nothing", "resources pilot_batches schema fields also_in listOf field", "id",
             "sources.id, which does not exist"),
    describe("column without title", f"{PROJECTS} title_zh", ..., "pilot_batches needs a title_zh: texts are in each"),
    describe("code without a label", f"{STAGE} labels final", ...,
             "value final of column stage of pilot_batches needs a label"),
    describe("label in one language", f"{STAGE} labels final zh", ...,
             "the label final of column stage of pilot_batches must have zh and en, and no other language"),
    describe("text in one language", "resources claim_evidence schema fields says_zh", ...,
             "column says_en of claim_evidence needs says_zh beside it: texts are in each language of compendium.toml"),
    describe("name of a code in no column", "resources oecd_members schema fields iso3 namedBy", "country",
             "column iso3 of oecd_members is namedBy 'country': country_zh and country_en must be columns"),
    *(describe(f"name of a row in {name}", "resources provinces schema rowName", name,
               f"rowName of table provinces is '{name}', but there is no column {name}_zh or {name}_en")
      for name in ("item", "province_zh")),
    describe("unit that is no word", "singular firms", 1, "singular must give a word for each unit"),
    *(describe(f"{what} {path[:30]!r}", f"{what} path", path, f"path {path!r} in ") for path in ODD_ADDRESSES
      for what in ("licenses 0", "sources 0", "resources sources licenses 0", "resources claims sources 0")),
    *(describe(f"{key} {text!r}", f"licenses 0 {key}", text, rule) for key, text, rule in [
        ("title", "a\u202eb", "must be one line of signs"), ("name", "<b>", "must be a code such as CC-BY-4.0"),
        ("email", "a@b.org", "licenses of intelligent-manufacturing-evidence have an unknown entry 'email'")]),
    describe("contributors", "contributors", [{"title": "A", "path": "javascript:alert(1)"}], "unknown entry"),
    describe("no licence", "resources sources licenses", ..., "table sources needs licenses, a list of one entry"),
    describe("table referred to gone", "resources provinces", ...,
             "column adcode of pilot_province_evidence refers to provinces.adcode, which does not exist"),
]  # fmt: skip
LAYERS = [  # of what the whole folder is examined for, one after the other
    *(kind for kind in KINDS if kind.name in ("pipe", "no licence")),
    *(replace(f"table {name!r} not described", name, lambda path: path.write_bytes(b"a\n1\n"), "is not described in")
      for name in ("MORE.CSV", "a\nb.csv")),
    describe("day of the data to come", "created", "2030-05-06T00:00:00Z", "`created`, the day of the data, must not",
             "2030-05-06"),
    *cells(SOURCES, 2, "accessed", "must not lie after the day of the data, `created` in", "2099-01-01"),
    *cells(BATCHES, 5, "source_id", "nowhere does not stand in column source_id of sources.csv", "nowhere"),
    *cells("searches", 2, "searched_on", "must not lie before 2026-11-24, the first day on which", "2026-11-23"),
    *cells("claim_evidence", 2, "value", "must be given with comparison value", ""),
    recode("origin without use", "origins", lambda text: f"{text}O-IDLE,无人,Nobody,press,false\n",
           (31, "origin_id", "O-IDLE"), "no table refers to it"),
    *cells("excerpts", 2, "sha256", "must be the SHA-256 of the excerpt", "0" * 64),
    *cells(SOURCES, 6, "no_excerpt", "must be not_kept, as excerpts.csv holds nothing of this source", "paper"),
    *cells("chips", 2, "proof", "must be verbatim: excerpts.csv keeps verbatim of this row", "none"),
    describe("licence of three sources", "resources rd_intensity_countries licenses", [{"name": "x", "title": "x"}],
             "licenses of table rd_intensity_countries must name CC-BY-4.0, the licence of its source wdi-057b728 in"),
]  # fmt: skip


@cache
def frozen_package():
    return check_descriptor(frozen.compendium().tables)


def list_faults(path):
    """Return what is wrong with a file by itself."""
    try:
        if path.name == PACKAGE:
            check_descriptor(tables_in(path.parent))
            return []
        resource = frozen_package().get_resource(path.stem)
        return validate_and_type_rows(
            resource, read_table_rows(path, resource.schema.field_names), paths.format_path(path), HERE.languages
        )[1]
    except InputError as error:
        return [error]


@pytest.fixture
def raw(tmp_path):
    """A folder of raw tables in which nothing lies but their description; its path has a blank and other letters."""
    folder = declare(tmp_path / "原始 数据") / "data" / "raw"
    folder.mkdir(parents=True)
    (folder / PACKAGE).write_bytes(frozen.files()[PACKAGE])
    return folder


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: ascii(kind.name)[1:-1])
def test_bad_input_is_refused_in_one_line(kind, raw):
    path = raw / kind.file
    path.write_bytes(frozen.files()[kind.file])
    kind.change(path)
    problems = list_faults(path)
    assert len(problems) == 1, [str(problem) for problem in problems]
    problem, told = problems[0], str(problems[0])
    assert (problem.file, problem.row, problem.column, problem.value) == (f"data/raw/{kind.file}", *kind.place)
    assert kind.rule in problem.rule and problem.remedy
    assert kind.file != PACKAGE or paths.suggest_restore(path) in problem.remedy
    row, column, value = kind.place
    parts = (f", row {row}" * bool(row), f", column {column}" * bool(column), ": value " * (value is not None))
    assert all(part in told for part in (*parts, ". Remedy: ")) and told.isprintable() and len(told) < 700


def list_files(folder):
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: ascii(kind.name)[1:-1])
def test_the_commands_refuse_it_and_record_nothing(kind, folder, monkeypatch):
    monkeypatch.chdir(folder)
    kind.change(folder / kind.file)
    before = list_files(folder)
    for command in (["check"], ["data", "refresh"]):
        outcome = CliRunner().invoke(main, command)
        assert outcome.exit_code == 1, outcome.output
        [first] = outcome.output.splitlines()
        assert ascii(kind.file)[1:-1] in first and kind.rule in first and ". Remedy: " in first
        assert list_files(folder) == before


def test_a_table_of_many_faults_is_read_no_further_than_some_twenty(raw):
    path = raw / "pilot_projects.csv"
    path.write_bytes(frozen.files()[path.name].replace(b"seen", b"SEEN"))
    assert [(problem.row, problem.column) for problem in list_faults(path)] == [(n, "basis") for n in range(2, 22)]


@pytest.mark.parametrize("note", ["-0.4 points on 2015", "up; -0.4 points on 2015", "55.3; +30.7", "a;b=1"])
def test_a_signed_difference_is_no_formula(raw, note):
    [kind] = cells(BATCHES, 5, "note", "", note)
    (raw / kind.file).write_bytes(frozen.files()[kind.file])
    kind.change(raw / kind.file)
    assert list_faults(raw / kind.file) == []


def test_a_file_that_nobody_may_read(raw, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    (raw / "claims.csv").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    [problem] = list_faults(raw / "claims.csv")
    assert problem.rule == "the file may not be read" and "chmod u+r data/raw/claims.csv" in problem.remedy
