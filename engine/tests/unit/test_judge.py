"""Claims are judged from the raw tables, and a ledger is known by what it was judged from."""

import json
import subprocess

import copies
import pytest
from click.testing import CliRunner
from worlds import altered

from compendium import python
from compendium.__main__ import main
from compendium.base.files import fingerprint, read_rows_by_key
from compendium.compendium import Compendium
from compendium.ledger import claims, gate
from compendium.ledger.claims import FROM
from compendium.ledger.record import list_ledger_columns
from compendium.run import judge_all

find = Compendium.find

BOTH = COUNTED, LISTED = ["Q16", "Q02"]  # claims on the batches of pilots, and on what the paper lists


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of tables and judgements, known to be valid."""
    copies.parts(tmp_path, "study", "data/raw", "notebooks/contents.toml", "compendium.toml", "requirements.lock")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPENDIUM_OUT", str(tmp_path))
    monkeypatch.setattr(gate, "raise_if_inputs_invalid", lambda _: None)
    return tmp_path


def edit(project, table, old, new):
    """Change a table and record its hash, as `compendium data refresh` does."""
    file, package = project / f"data/raw/{table}.csv", project / "data/raw/datapackage.json"
    before, text = fingerprint(file.read_bytes()), file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    told = package.read_text(encoding="utf-8").replace(before, fingerprint(file.read_bytes()))
    package.write_text(told, encoding="utf-8")


def test_claims_are_judged_by_the_choices_that_each_takes(project):
    default = judge_all.judge_claims(find(), ["Q24"])
    other = judge_all.judge_claims(find(), ["Q24", LISTED], {"evidence_tier": "2"})
    assert other["Q24"].value_computed != default["Q24"].value_computed
    assert judge_all.judge_claims(find(), ["Q24"], {"evidence_tier": "3"}) == default
    assert judge_all.judge_claims(find(), [LISTED], jobs=2) == {LISTED: other[LISTED]}
    assert judge_all.judge_claims(find(), ["Q24", LISTED], jobs=2) == default | {LISTED: other[LISTED]}


def test_what_a_ledger_depends_on_is_each_table_the_study_the_versions_and_the_choices(project):
    states = [judge_all.hash_ledger_inputs(find(), {}), judge_all.hash_ledger_inputs(find(), {"evidence_tier": 2})]
    edit(project, "oecd_members", "\n", "\r\n")
    states.append(judge_all.hash_ledger_inputs(find(), {}))
    for file in ("study/judgements/pilots.py", "study/texts/pilots.toml", "study/new.toml", "requirements.lock"):
        with (project / file).open("a", encoding="utf-8") as code:
            code.write("\n")
        states.append(judge_all.hash_ledger_inputs(find(), {}))
    package = project / "data/raw/datapackage.json"
    told = json.loads(package.read_text(encoding="utf-8"))
    told["resources"][0]["title"] += "!"
    package.write_text(json.dumps(told), encoding="utf-8")
    states.append(judge_all.hash_ledger_inputs(find(), {}))
    assert len({*states}) == len(states) == 8
    told["created"] = "2027-01-01T00:00:00Z"  # the day is no part of any judgement
    package.write_text(json.dumps(told), encoding="utf-8")
    with (project / "study/sentences/pilots.py").open("a", encoding="utf-8") as code:
        code.write("\n")
    assert judge_all.hash_ledger_inputs(find(), {}) == states[-1]


def test_imports_of_judgements_read_no_table():
    code = "from compendium.base import paths; from compendium.data.tables import RawTables; "
    code += "paths.import_study_package(paths.HOME); "
    code += "RawTables.__call__ = RawTables.cells = None; import study.judgements"
    subprocess.run(python(code), check=True)


def test_the_command_tells_of_claims_and_of_what_the_ledger_says_otherwise(project):
    said = CliRunner().invoke(main, ["judge", COUNTED.lower(), LISTED])
    assert said.exit_code == 0, said.output
    assert said.output.count("committed the ledger has no verdict of it yet") == 2
    statement = read_rows_by_key(project / "data/raw/claims.csv", "claim_id")[COUNTED]
    ledger = judge_all.judge_claims(find(), [COUNTED])
    one = ledger[COUNTED]
    for told in (statement["statement_zh"], one.printed.en, one.reason.zh, one.flip_said.zh):
        assert told and told in said.output
    judge_all.write_ledger(find(), altered(ledger, COUNTED, verdict="open"), project)
    assert "committed otherwise: open" in CliRunner().invoke(main, ["judge", COUNTED]).output


def test_what_the_command_wrote_for_notebooks_counts_only_in_the_state_that_was_judged(project, monkeypatch):
    def written():
        return {path.relative_to(project).as_posix() for path in project.glob("build/**/processed/*.csv")}

    def read():
        return claims.read_ledger(find())[COUNTED].verdict, judge_all.describe_outdated_ledger(find())

    monkeypatch.delenv("COMPENDIUM_OUT")
    rows = judge_all.judge_claims(find(), BOTH)
    judge_all.write_ledger(find(), altered(rows, COUNTED, verdict="open"), project)
    monkeypatch.setattr(judge_all, "judge_claims", lambda *others: rows)
    (project / "build/lab/zh").mkdir(parents=True)
    for words in ([COUNTED], ["-p", "evidence_tier=2"]):
        assert CliRunner().invoke(main, ["judge", *words]).exit_code == 0
        assert written() == set(), "one claim, or other choices, make no ledger"
    told = CliRunner().invoke(main, ["judge", "--jobs", "1"])
    places = [f"build/lab/{part}data/processed" for part in ("", "zh/")]
    assert told.exit_code == 0 and all(f"written to {place}/claims.csv\n" in told.output for place in places)
    assert written() == {f"{place}/{name}.csv" for place in places for name in ("claims", FROM)}
    judged = rows[COUNTED].verdict, ""
    for name, found in (("sentences/pilots.py", judged), ("texts/pilots.toml", ("open", ""))):
        assert read() == judged
        code = (project / "study" / name).read_bytes()
        (project / "study" / name).write_bytes(code + b"\n")
        assert read() == found, name
        (project / "study" / name).write_bytes(code)
    edit(project, "pilot_batches", "2017,final,97,", "2017,final,98,")
    assert read() == ("open", "The ledger is older than data/raw/pilot_batches.csv. Remedy: compendium judge")
    (project / "data/processed/claims.csv").unlink()
    assert read()[0] == judged[0], "where nothing is accepted yet, what was judged is all there is"


def test_a_ledger_is_written_with_the_tables_it_was_judged_from_and_known_to_be_older(project):
    ledger = judge_all.judge_claims(find(), BOTH)
    judge_all.write_ledger(find(), ledger)
    assert claims.read_ledger(find()) == ledger and judge_all.describe_outdated_ledger(find()) == ""
    made = find().processed_path("claims").read_bytes()
    assert made.partition(b"\n")[0].decode().split(",") == list_ledger_columns(find().languages) and b"\r" not in made
    kept = read_rows_by_key(find().processed_path(FROM), "table")
    assert {name: row["sha256"] for name, row in kept.items()} == judge_all.list_raw_table_hashes(find()) and len(
        kept
    ) > 30
    edit(project, "pilot_batches", "2017,final,97,", "2017,final,98,")
    edit(project, "claims", "headline", "supporting")
    told = "The ledger is older than data/raw/claims.csv and 1 more. Remedy: compendium judge"
    assert judge_all.describe_outdated_ledger(find()) == told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Q999"], "no claim 'Q999'; ids run from Q01 to "),
        ([LISTED, "-p", "evidence_tier=2"], "evidence_tier: no judgement of these claims takes it; there are no cho"),
        (["Q24", "-p", "tier=2"], "tier: no judgement of these claims takes it; there are evidence_tier"),
        (["Q24", "-p", "evidence_tier=two"], "parameter evidence_tier: 'two' is not of type int"),
        (["Q24", "-p", "evidence_tier"], "'evidence_tier' is not NAME=VALUE"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(project, words, message):
    said = CliRunner().invoke(main, ["judge", *words])
    assert said.exit_code != 0 and message in said.stderr.replace("\n", " ")


def test_a_table_that_differs_from_its_recorded_hash_is_refused_and_nothing_written(project, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(project)
    file = project / "data/raw/claims.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("headline", "supporting", 1), encoding="utf-8")
    said = CliRunner().invoke(main, ["judge", LISTED])
    assert said.exit_code == 1 and "differs from the SHA-256" in said.stderr and not (project / "build").exists()
