"""What the commands add: rows, sources, tables and cells that are valid as a whole, or nothing at all."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import copies
import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner
from worlds import HERE, at

from compendium import CompendiumError
from compendium.__main__ import main
from compendium.authoring import example, new, notebooks, notes, rows, tables, transaction
from compendium.base.files import write_atomic
from compendium.data import validity
from compendium.ledger import gate
from compendium.run import comparison, contents, schedule

DECLARED = """
name = "cycling"
version = "0.1.0"
released = 2026-01-01
languages = ["zh", "en"]
title = { zh = "骑车", en = "Cycling" }
authors = [{ name = "A" }]
[paper]
title = "Cycling *in* a city"
year = 2024
"""
CLAIM = ["claim", "add", "--statement", "zh=多数人喜欢。", "--statement", 'en=Most like it, "very much".']
CLAIM += ["--value", "42", "--unit", "%", "--section", "5", "--year", "2019-2020"]
FEW = [*CLAIM[:3], "zh=少数人喜欢。", "--statement", "en=Few do.", *CLAIM[6:]]
SOURCE = ["source", "add", "--id", "poll-2020", "--title", "Poll", "--publisher", "Pollster"]
SOURCE += ["--url", "https://example.org/poll", "--origin-kind", "firm"]
SAYS = ["--says", "zh=是42%", "--says", "en=it is 42%", "--relation", "measurement"]
EVIDENCE = ["evidence", "add", "q04", "--source", "poll-2020", "--value", "42", *SAYS]
SURVEY = ["--source", "uni-survey"]
SEARCH = ["--query", "good bikes", "--place", "City library"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A compendium of the template, without an engine of its own."""
    root = tmp_path_factory.mktemp("made") / "mine"
    write_atomic(root / "compendium.toml", DECLARED.encode("utf-8"))
    c = at(root)
    package = json.dumps(new.make_datapackage_json(c, with_example=True))
    for name, content in (*example.list_example_files(c.languages), ("data/raw/datapackage.json", package)):
        write_atomic(root / name, content.encode("utf-8"))
    validity.refresh_hashes_and_codebook(c.tables, [])
    return root


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    """A copy of it, in which the commands work."""
    root = shutil.copytree(made, tmp_path / "mine")
    monkeypatch.chdir(root / "notebooks")
    return root


def run(*words, answers=None):
    return CliRunner().invoke(main, [*map(str, words)], input=answers)


def told(*words, answers=None):
    """Run a command that must pass and return what it says."""
    done = run(*words, answers=answers)
    assert done.exit_code == 0, done.output
    return done.output


def described(root, change):
    """Change what datapackage.json says of the tables, as a list."""
    path = root / "data/raw/datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    change(package["resources"])
    path.write_text(json.dumps(package), encoding="utf-8")


def last(root, table):
    """Return the last row of a raw table as texts."""
    return rows.read_raw_rows(at(root), table)[-1]


def state(root):
    return {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and not {"build", "__pycache__"} & {*p.parts}}


def cell(root, name, notebook="01-example"):
    return next(c.source for c in nbformat.read(root / f"notebooks/{notebook}.ipynb", 4).cells if c.id == name)


def test_a_claim_a_source_and_what_it_says_give_a_verdict(folder):
    assert "Q04 added to data/raw/claims.csv; notebooks/01-example.ipynb, cell claims, shows it" in told(*CLAIM)
    assert "is of no body of bodies.csv" in told(*SOURCE) and "V002 added" in told(*EVIDENCE)
    assert (folder / "data/raw/claims.csv").read_text(encoding="utf-8").splitlines()[-1] == (
        'Q04,5,,"Most like it, ""very much"".",多数人喜欢。,42,42,42,%,42%,42%,2019,2020,authors,,O-PAPER,'
        "cross-checkable,true,general,supporting,claim_evidence,"
    )
    assert last(folder, "origins")["origin_id"] == "O-POLLSTER" and last(folder, "source_origins")["role"] == "origin"
    assert gate.validate_data_package(at(folder)) == [] and cell(folder, "claims") == 'notebook.show_claims("Q04")'
    judged = told("judge", "Q04")
    assert all(said in judged for said in ("verdict   traced", "it is 42%", "是42%", "no verdict of it yet"))
    told(*FEW, "--weight", "headline")
    assert cell(folder, "verdicts") == 'notebook.story("Q01", "Q02", "Q03", "Q05")'
    assert "Q05: no evidence, no known record" in run("judge", "Q05").output
    told("search", "add", "Q05", *SEARCH, "--query", "喜欢 OR like")
    assert "verdict   no source found" in told("judge", "Q05")


def test_a_body_that_is_new_is_named_in_each_language(folder):
    told(*SOURCE, "--origin", "zh=民调局", "--origin", "en=Poll Bureau")
    named = {"origin_id": "O-POLL-2020", "name_zh": "民调局", "name_en": "Poll Bureau"}
    assert named.items() <= last(folder, "origins").items()
    told(*SOURCE, "--id", "poll-2021", "--url", "https://example.org/2021", "--origin", "Poll Bureau")
    assert last(folder, "source_origins")["origin_id"] == "O-POLL-2020"


def test_evidence_on_a_claim_that_another_table_decides_says_so(folder):
    told(*SOURCE)
    told(*CLAIM)
    said = run("evidence", "add", "Q01", *EVIDENCE[3:]).output
    assert "note: Q01 is judged from counts.csv; this row stands beside it" in said
    assert "is judged from" not in run(*EVIDENCE).output


def test_a_claim_is_written_into_the_assertions_that_it_takes_up(tmp_path):
    head = "assertion_id,claim_ids,reason\n"
    write_atomic(tmp_path / "data/raw/assertions.csv", f"{head}A1,,no_measure\nA2,Q01,\nA3,,self\n".encode())
    c = SimpleNamespace(raw=tmp_path / "data/raw", tables=SimpleNamespace(cells=lambda name: pd.read_csv(
        tmp_path / f"data/raw/{name}.csv", dtype=str, keep_default_na=False)))  # fmt: skip
    transaction.add_claim_to_assertions(c, "A1 ; A2", "Q09")
    with pytest.raises(CompendiumError, match=r"there is no assertion 'A4'\. Remedy: the id of one"):
        transaction.add_claim_to_assertions(c, "A1 ; A4", "Q09")
    assert (tmp_path / "data/raw/assertions.csv").read_text("utf-8") == f"{head}A1,Q09,\nA2,Q01 ; Q09,\nA3,,self\n"


def test_a_claim_is_added_to_a_paper_whose_sentences_are_told_with_what_its_readers_found(tmp_path, monkeypatch):
    copies.parts(tmp_path / "mine", "study", "data/raw", "notebooks", "compendium.toml", "requirements.lock")
    monkeypatch.chdir(tmp_path / "mine")
    free = next(row for row in rows.read_raw_rows(at(Path.cwd()), "assertions") if row["reason"] == "no_measure")
    line = [
        *CLAIM[:6],
        "--value",
        "great",
        "--unit",
        "opinion",
        "--section",
        "1",
        "--year",
        "2022",
        "--topic",
        "policy",
    ]
    line += ["--assertion", free["assertion_id"]]
    assert "no reader has compared its statement with its sentence" in run(*line).output
    told(*line, *["--compared", "same"] * 3)
    found, added = rows.read_raw_rows(at(Path.cwd()), "assertions"), last(Path.cwd(), "claims")["claim_id"]
    assert [row["claim_ids"] for row in found if row["assertion_id"] == free["assertion_id"]] == [added]
    compared = [row for row in rows.read_raw_rows(at(Path.cwd()), "fidelity") if row["claim_id"] == added]
    assert [row["compared"] for row in compared] == ["same"] * 3 and len({row["coder"] for row in compared}) == 3


def test_a_search_keeps_each_query_as_typed_and_the_place_in_a_table_that_is_begun_with_it(folder):
    described(folder, lambda tables: tables.remove(next(one for one in tables if one["name"] == "searches")))
    (folder / "data/raw/searches.csv").unlink()
    told("search", "add", "Q03", *SEARCH, "--query", 'title:"bike  lanes"', "--words", "zh=车道", "--words", "en=lanes")
    kept = {"search_id": "S001", "query": 'good bikes ; title:"bike  lanes"', "place": "City library"}
    kept |= {"words_zh": "车道", "words_en": "lanes", "where_zh": "City library", "where_en": "City library"}
    assert kept | {"kept": "query_and_place"} | last(folder, "searches") == last(folder, "searches")
    assert len(at(folder).tables("searches")) == 1 and gate.validate_data_package(at(folder)) == []

    def drop(tables):
        [fields] = [one["schema"]["fields"] for one in tables if one["name"] == "searches"]
        fields[:] = [field for field in fields if field["name"] not in ("place", "query", "kept")]
        table = pd.read_csv(folder / "data/raw/searches.csv")[[field["name"] for field in fields]]
        table.to_csv(folder / "data/raw/searches.csv", index=False)

    described(folder, drop)
    gate.refresh_data_package(at(folder))
    said = run("search", "add", "Q03", *SEARCH).output
    assert said.startswith("Error: data/raw/searches.csv has no column place. Remedy: add the columns place, query to")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (CLAIM[:2], "missing: --section (Section of the paper that states it); --statement zh=… (What the paper says, "
         "in your words); --statement en=… (What … --value (The number as printed, … --unit (Its unit, such as %"),
        (["claim", "add", "--statement", "It is."], "--statement does not say in which language it is. Remedy: --st"),
        ([*CLAIM, "--year", "next"], "Error: --year: 'next' — must be a whole number such as 12, of at most"),
        ([*CLAIM, "--printed", "zh=43", "--printed", "en=43"], "Error: --printed: '43' — must print 42, as value_low,"),
        ([*CLAIM, "--weight", "heavy"], "Error: --weight: 'heavy' — must be one of headline, … Nothing was added.\n"),
        ([*CLAIM[:3], "zh=这座城市对骑车人友好。", *CLAIM[4:]], "Q03 says the same. Remedy: say what is new in --stat"),
        ([*CLAIM, "--origin", "Nobody"], "there is no origin 'Nobody'. Remedy: one of O-PAPER, O-CITY, O-UNI, or a"),
        ([*SOURCE, "--id", "paper"], "Error: --id: 'paper' — the key must be unique and complete; it is the same as"),
        ([*SOURCE, "--url", "example.org"], "Error: --url: 'example.org' — must be an address starting with http"),
        (SOURCE[:-2], "missing: --origin-kind (what kind of body Pollster is: government, statistics, research_"),
        ([*SOURCE, "--origin", "O-NOBODY"], "there is no origin 'O-NOBODY'. Remedy: one of origins.csv, or the name"),
        ([*SOURCE, "--origin", "民调局"], "missing: --origin zh=… --origin en=… (what the body is called)"),
        ([*SOURCE, "--origin", "zh=民调局"], "missing: --origin en=… (what the body is called). Remedy: add it"),
        ([*CLAIM, "--assertion", "A001"], "value 'assertions' — there is no such table. Remedy: use one of claims, "),
        ([*CLAIM, "--value", "12 of about 40"], "'12 of about 40' — must be … Remedy: write 12, … Nothing was"),
        (EVIDENCE, "there is no claim 'Q04'. Remedy: compendium claim add, or the id of another in data/raw/"),
        ([*EVIDENCE[:2], "Q02", *EVIDENCE[3:]], "there is no source 'poll-2020'. Remedy: compendium source add"),
        (["evidence", "add", "Q03", *SURVEY, "--value", "holds", *SAYS], "must be a claim that is tes"),
        (["evidence", "add", "Q02", *SURVEY, "--value", "many", *SAYS], "Error: --value: 'many' — must be a num"),
        (["search", "add", "Q03", "--where", "zh=网页", "--where", "en=web"],
         "missing: --place (What was searched, by its name or address; once for each); --query ("),
    ],
)  # fmt: skip
def test_what_cannot_be_added_changes_nothing_and_is_told_in_one_line(folder, line, said):
    before = state(folder)
    done = run(*line)
    assert done.exit_code == 1 and done.output.startswith("Error: ") and done.output.count("\n") == 1
    assert all(part in done.output for part in said.split(" … ")), done.output
    assert state(folder) == before


def test_nothing_is_added_to_tables_that_were_edited_by_hand(folder):
    claims = folder / "data/raw/claims.csv"
    claims.write_text(claims.read_text(encoding="utf-8").replace("by half", "by a half"), encoding="utf-8")
    before = state(folder)
    said = run(*SOURCE).output
    assert "data/raw/claims.csv: differs from the SHA-256 recorded" in said and state(folder) == before


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        (rows.parse_interval_ends, {
            "42": ("42", "42"), "5-10": ("5", "10"), ">=18": ("18", ""), "<3.5": ("", "3.5"), "first": ("1", "1"),
            "99 / 46 = 2.15": ("2.15", "2.15"), "good": ("", ""), "3 of 4": ("", ""), "at least 28%": ("28", ""),
            "less than 0.5": ("", "0.5"), "−0.5 to 1,200": ("-0.5", "1200"), "18% more": ("18", "18"),
            "about 300": ("300", "300"), "p < 0.05": ("", "0.05"), "0.31 (0.12)": ("0.31", "0.31"), "46 / 63": ("", ""),
        }),
        (lambda value: [*rows.make_evidence_row(None, {"value": value})[0].values()],
         {"-3--1": ["-3", "value", "-1"], "-2": ["-2", "value", ""], "40-45.5": ["40", "value", "45.5"],
          "fails": ["", "fails"]}),
        (lambda value: rows.render_value_with_unit(*value.split(";")), {
            "47;%": "47%", "47%;%": "47%", "18% more;%": "18% more", "3;years": "3 years", "3 years;years": "3 years",
            "3 more;m": "3 more m", "good;opinion": "good", "at least 28%;%": "at least 28%",
            "7-13 million;million people": "7-13 million people", "-0.1;points": "−0.1 points",
            "300万;万人": "300 万人",
        }),
        (lambda column: tables.infer_column_type("f.csv", "c", column.split(";")), {
            "1;2;": "integer", "1.50;2": "number", "007;008": "string", ";": "string", "true;": "string",
            "2020-01-01;": "date", "1,5;a": "string", "-3;0": "integer",
        }),
    ],
    ids=["ends of a value", "an interval below zero", "a unit once", "the type of a column"],
)  # fmt: skip
def test_what_follows_from_what_is_given(rule, made):
    assert {given: rule(given) for given in made} == made


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ('notebook.story("Q01")', 'notebook.story("Q01", "Q09")'),
        ('notebook.story(("组", "Q01"), "Q02")  # 好', 'notebook.story(("组", "Q01"), "Q02", "Q09")  # 好'),
        ('a = 1\nnotebook.show_claims(\n    "Q01",\n)', 'a = 1\nnotebook.show_claims(\n    "Q01", "Q09",\n)'),
        (f'notebook.show_claims("{"Q" * 80}")', f'notebook.show_claims("{"Q" * 80}",\n    "Q09")'),
        ("", 'notebook.show_claims("Q09")'),
    ],
)
def test_a_cell_shows_one_more_claim(source, made):
    assert notebooks.add_claim_to_call(source, "story" if "story" in source else "show_claims", "Q09") == made


def test_the_first_notebook_is_written_and_a_further_one_takes_the_next_claim(folder):
    for path in folder.glob("notebooks/*.ipynb"):
        path.unlink()
    (folder / "notebooks/contents.toml").write_text("# The notebooks.\n", encoding="utf-8")
    assert "notebooks/01-cycling.ipynb, cell verdicts, shows it" in told(*CLAIM)
    [notebook] = contents.select_notebooks(at(folder), ())
    assert contents.read_notebook_parameters(notebook) == {} and notebook.reads == {"counts", "survey"}
    assert cell(folder, "verdicts", "01-cycling") == 'notebook.story("Q04")'
    assert cell(folder, "table-counts", "01-cycling") == 'counts = notebook.read("data/raw/counts.csv")\ncounts.head()'
    title = cell(folder, "title", "01-cycling")
    assert title.startswith("<!-- zh -->\n# ") and "“Cycling \\*in\\* a city”" in title
    assert (folder / "notebooks/texts/01-cycling.toml").is_file()
    assert "notebooks/02-costs.ipynb written. Next: " in told("notebook", "add", "02-costs")
    assert cell(folder, "verdicts", "02-costs") == "" and gate.validate_data_package(at(folder)) == []
    assert "notebooks/02-costs.ipynb, cell verdicts, shows it" in told(*FEW)
    before = state(folder)
    for name in ("02-costs", "costs"):
        assert "is no name for a new notebook. Remedy: one such as" in run("notebook", "add", name).output
    assert state(folder) == before


def test_a_record_that_was_not_obtained_answers_a_claim_and_a_licence_is_named_by_the_table_that_cites_it(folder):
    told(*CLAIM)
    record = ["record", "add", "q04", "--record", "zh=名册", "--record", "en=the register", "--holder", "zh=市政府"]
    record += ["--holder", "en=the city", "--known-from", "uni-survey"]
    said = told(*record)
    assert "R02 added to data/raw/records.csv" in said and "Next: compendium judge Q04" in said
    due = {"claim_ids": "Q04", "decides": "true", "obtained": "false"}
    assert due.items() <= last(folder, "records").items()
    judged = told("judge", "Q04")
    assert "not obtained" in judged and "the register (the city)" in judged
    told(*record, "--decides", "false"), told(*SOURCE, "--licence", "OGL-UK-3.0"), told(*EVIDENCE)
    assert last(folder, "records")["decides"] == "false"
    tables = at(folder).tables.resources
    named = {name: [licence["name"] for licence in one["licenses"]] for name, one in tables.items()}
    assert "OGL-UK-3.0" in named["claim_evidence"] and "OGL-UK-3.0" not in named["counts"]
    assert gate.validate_data_package(at(folder)) == []


@pytest.mark.parametrize(
    ("more", "cells"),
    [
        (["--testable", "false", "--figure", "3"],
         {"kind": "quoted-only", "testable": "false", "check_table": "", "figure": "Fig. 3"}),
        (["--value", "-0.4", "--year", "2019"],
         {"value_low": "-0.4", "value_high": "-0.4", "printed_en": "−0.4%", "year_start": "2019", "year_end": "2019"}),
        (["--value", "-0.4", "--printed", "zh=-0.4%", "--printed", "en=-0.4%", "--figure", "Fig. 3a"],
         {"value_low": "-0.4", "figure": "Fig. 3a"}),
    ],
)  # fmt: skip
def test_what_a_claim_may_be_given(folder, more, cells):
    told(*CLAIM, *more)
    assert last(folder, "claims") | cells == last(folder, "claims") and gate.validate_data_package(at(folder)) == []
    assert "false" not in more or "not testable" in told("judge", "Q04")


def test_a_claim_goes_to_the_last_notebook_that_shows_any(folder):
    later = folder / "notebooks/02-later.ipynb"
    shutil.copyfile(folder / "notebooks/01-example.ipynb", later)
    content = nbformat.read(later, 4)
    content.cells = [one for one in content.cells if one.id not in ("verdicts", "setup")]
    nbformat.write(content, later)
    listed = folder / "notebooks/contents.toml"
    entry = listed.read_text(encoding="utf-8").partition("[01-example]")[2]
    with listed.open("a", encoding="utf-8") as file:
        file.write(f"\n[02-later]{entry}")
    assert "notebooks/01-example.ipynb, cell claims" in told(*CLAIM)
    (folder / "notebooks/01-example.ipynb").write_bytes(later.read_bytes())
    assert "Error: no notebook has a cell that shows claims" in run(*FEW).output


RAIN = """place,year,days,wet,seen_on
north,2019,1.5,true,2020-01-01
north,2020,2,false,
south,2019,,true,
south,2020,3,true,
"""


def rain(folder, text=RAIN, encoding="utf-8"):
    file = folder.parent / "Rain days.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_a_table_is_taken_in_with_its_types_and_key(folder):
    said = told("table", "add", rain(folder, "\ufeff" + RAIN.replace("\n", "\r\n")), *SURVEY)
    assert 'rain_days.csv; in a notebook, notebook.read("data/raw/rain_days.csv") reads it.\nNext: its texts' in said
    assert "note: data/raw/datapackage.json, table rain_days: 14 descriptions begin with TODO; no unit of days" in said
    written = (folder / "data/raw/rain_days.csv").read_bytes().decode("utf-8")
    header = f"{RAIN.partition(chr(10))[0]},source_id"
    assert written.splitlines()[:2] == [header, "north,2019,1.5,true,2020-01-01,uni-survey"]
    assert "\r" not in written and gate.validate_data_package(at(folder)) == []
    fields = {field["name"]: field for field in at(folder).tables.schema("rain_days")["fields"]}
    kinds = {"place": "string", "year": "integer", "days": "number", "wet": "boolean", "seen_on": "date"}
    assert {name: field["type"] for name, field in fields.items()} == kinds | {"source_id": "string"}
    assert fields["place"]["constraints"] == {"required": True}
    assert (fields["year"]["unit_zh"], fields["days"]["unit"]) == ("年", "") and "constraints" not in fields["days"]
    assert at(folder).tables.schema("rain_days")["primaryKey"] == ["place", "year"]
    again = run("table", "add", rain(folder), *SURVEY).output
    assert again == "Error: there is a table rain_days already. Remedy: --name with another name\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n1\n", "row 3: has 1 cells, but the header has 2. Remedy: add or delete commas, or put a cell that"),
        ("a,b\n1,2\n\n3,4\n", "row 3: the row is blank. Remedy: delete the row"),
        ("a,a\n1,2\n", "row 1: column a stands there twice. Remedy: rename one of the two"),
        ("", "has no rows below a header"),
        ("GDP growth,b\n1,2\n", "row 1, column 1: value 'GDP growth' — a column must be … Remedy: write gdp_growth th"),
        ('a,b\n1,"2,5"\n2,3\n', "row 2, column b: value '2,5' — a number must have a decimal point, no comma. Remedy"),
        ("a;b\n1;2,5\n", "row 1: cells are separated by ';', not by commas"),
        ('a,b\n1,"2\n', "is not well-formed CSV (unexpected end of data)"),
        ("a,source_id\n1,uni-survey\n", "row 1: has a column source_id already. Remedy: leave --source out"),
        ("a,b\n1, x\n", "rain_days.csv, row 2, column b: value ' x' — must have no blank at its … Nothing was"),
        ("a,b\n1,2\n1,2\n", "row 3, column a, b: value '1 / 2' — the key must be unique and complete; it is the same"),
    ],
)
def test_a_file_that_cannot_be_used_leaves_no_table_and_is_told_with_row_and_remedy(folder, text, said):
    before = state(folder)
    done = run("table", "add", rain(folder, text, "gbk"), *SURVEY)
    assert done.exit_code == 1 and done.output.startswith(("Error: Rain days.csv", "Error: data/raw/rain_days.csv"))
    assert all(part in done.output for part in [". Remedy: ", *said.split(" … ")])
    assert done.output.count("\n") == 1 and state(folder) == before


def test_notes_tell_of_what_no_body_or_nothing_names(folder, monkeypatch):
    made_up = {note.partition(" is ")[2] for note in notes.list_author_notes(at(folder))}
    assert made_up == {"still made up. Remedy: say your own"}
    monkeypatch.setattr(notes, "find_placeholders", lambda _: [])
    assert notes.list_author_notes(at(folder)) == notes.list_author_notes(HERE) == []
    assert "note: data/raw/sources.csv, poll-2020: is of no body of bodies.csv with this publisher" in told(*SOURCE)
    [idle] = notes.list_author_notes(at(folder))
    assert "poll-2020: no row names it yet" in idle
    told("evidence", "add", "Q02", *EVIDENCE[3:])
    assert notes.list_author_notes(at(folder)) == []


def test_every_file_of_judgements_is_read_and_a_judgement_may_be_written_before_its_claim(folder):
    head = "from compendium.ledger.rules import own\nfrom study.judgements import judges\n\n\n"
    for name, claim, judgement in (("mine", "Q03", "own(claim, True)"), ("next", "Q04", "recomputed()")):
        code = f'{head}@judges("{claim}")\ndef {name}(claim, data):\n    return {judgement}\n'
        (folder / f"study/judgements/{name}.py").write_text(code, encoding="utf-8")
    assert "next.py, line 5: Q04 is no claim of data/raw/claims.csv" in run("check").output
    told(*CLAIM)
    assert "verdict   consistent" in told("judge", "Q03")
    said = "next.py, line 7 (NameError: name 'recomputed' is not defined). Remedy: correct the code\n"
    assert said in run("judge", "Q04").output


@pytest.mark.parametrize("changed", [True, False])
def test_that_changed_tables_change_outputs_is_told_first(folder, monkeypatch, changed):
    accepted, made = folder / "data/processed/judged-from.csv", folder / "build/run/data/processed/judged-from.csv"
    write_atomic(accepted, b"table,sha256\nclaims,sha256:1\nsources,sha256:2\n")
    write_atomic(made, b"table,sha256\nclaims,sha256:1\nsources,sha256:3\n" if changed else accepted.read_bytes())
    monkeypatch.setattr(schedule, "run_notebooks", lambda *_, **__: SimpleNamespace(failures=[]))
    monkeypatch.setattr(schedule, "list_versions_off_lock", lambda _: [])
    monkeypatch.setattr(comparison, "list_overlapping_labels", lambda root: [])
    monkeypatch.setattr(comparison, "compare_with_reference", lambda *_: ["one"])
    done = run("run")
    first = "The tables of data/raw changed, so the outputs did: look, then make accept.\n"
    assert done.exit_code == 1 and f"{first if changed else ''}differs: one\n" in done.output
    assert (first in done.output, "undo your change" in done.output) == (changed, not changed)
