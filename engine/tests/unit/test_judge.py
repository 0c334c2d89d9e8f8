"""What is judged is kept by what it depends on, and never shown when that has changed."""

import json
import subprocess

import copies
import pytest
from click.testing import CliRunner
from worlds import altered

from compendium import python
from compendium.__main__ import main
from compendium.compendium import Compendium
from compendium.files import InputError, fingerprint, read_keyed
from compendium.ledger import claims, gate
from compendium.ledger.claims import FROM
from compendium.ledger.record import columns
from compendium.run import asking, judge

find = Compendium.find

BOTH = COUNTED, LISTED = ["Q16", "Q02"]  # claims on the batches of pilots, and on what the paper lists


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of tables and judgements, known to be valid."""
    copies.parts(tmp_path, "study", "data/raw", "notebooks/contents.toml", "compendium.toml", "requirements.lock")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPENDIUM_OUT", str(tmp_path))
    monkeypatch.setattr(gate, "raise_if_bad", lambda _: None)
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """The claims that are judged anew, in order."""
    asked, ask = [], asking.judge_claim
    monkeypatch.setattr(asking, "judge_claim", lambda c, claim, *others: asked.append(claim) or ask(c, claim, *others))
    return asked


def edit(project, table, old, new):
    """Change a table and record its hash, as `compendium data refresh` does."""
    file, package = project / f"data/raw/{table}.csv", project / "data/raw/datapackage.json"
    before, text = fingerprint(file.read_bytes()), file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    told = package.read_text(encoding="utf-8").replace(before, fingerprint(file.read_bytes()))
    package.write_text(told, encoding="utf-8")


def test_what_has_not_changed_is_not_judged_again_unless_asked_for(project, asked):
    first = judge.judge_claims(find(), BOTH)
    assert asked == BOTH
    assert first[COUNTED].verdict and first[COUNTED].flip_said.en and first[COUNTED].reason.zh
    assert judge.judge_claims(find(), [LISTED, COUNTED]) == first and asked == BOTH
    assert judge.judge_claims(find(), BOTH, anew=True) == first and asked == BOTH * 2


def test_a_changed_table_asks_those_again_that_read_it_and_one_that_none_read_is_checked(project, asked, monkeypatch):
    first, checked = judge.judge_claims(find(), BOTH), []
    monkeypatch.setattr(gate, "raise_if_bad", lambda _: checked.append(1))
    assert judge.judge_claims(find(), BOTH) == first and checked == []
    (project / "data/raw/oecd_members.csv").write_text("spoilt", encoding="utf-8")
    assert judge.judge_claims(find(), BOTH) == first and checked == [1] and asked == BOTH
    edit(project, "pilot_batches", "2017,final,97,", "2017,final,98,")
    second = judge.judge_claims(find(), BOTH)
    assert asked == [*BOTH, COUNTED]
    assert second[COUNTED].verdict != first[COUNTED].verdict and second[LISTED] == first[LISTED]
    edit(project, "pilot_batches", "2017,final,98,", "2017,final,97,")
    assert judge.judge_claims(find(), [COUNTED]) == {COUNTED: first[COUNTED]}


def test_changed_code_asks_those_again_that_use_it_and_a_changed_description_of_a_table_all(project, asked):
    judge.judge_claims(find(), BOTH)
    for file, again in (
        ("study/judgements/pilots.py", [COUNTED]),
        ("study/texts/pilots.toml", [COUNTED]),  # a catalogue that the module of its judgement names
        ("study/new.toml", [COUNTED]),  # no judgement of the study is of the other
        ("study/judgements/new.py", []),
        ("study/sentences/pilots.py", []),
        ("requirements.lock", BOTH),
    ):
        asked.clear()
        with (project / file).open("a", encoding="utf-8") as code:
            code.write("\n")
        judge.judge_claims(find(), BOTH)
        assert asked == again, file
    package = project / "data/raw/datapackage.json"
    told = json.loads(package.read_text(encoding="utf-8")) | {"created": "2027-01-01T00:00:00Z"}
    for again in ([], BOTH):  # the day is no part of any judgement
        asked.clear()
        package.write_text(json.dumps(told), encoding="utf-8")
        judge.judge_claims(find(), BOTH)
        assert asked == again
        told["resources"][0]["title"] += "!"


def test_choices_are_kept_apart(project, asked):
    default = judge.judge_claims(find(), ["Q24"])
    other = judge.judge_claims(find(), ["Q24", LISTED], {"evidence_tier": "2"})
    assert other["Q24"].value_computed != default["Q24"].value_computed
    assert judge.judge_claims(find(), ["Q24"], {"evidence_tier": "3"}) == judge.judge_claims(find(), ["Q24"]) == default
    assert judge.judge_claims(find(), ["Q24"], {"evidence_tier": "2"}) == {"Q24": other["Q24"]}
    assert asked == ["Q24", "Q24", LISTED]


def test_a_claim_rests_on_no_table_that_it_is_not_said_to_have_read(project):
    """Without the other tables its facts are the same, in a process that has read none, nor do imports read any."""
    code = "from compendium import paths; from compendium.data.tables import Tables; paths.use_study(paths.HOME); "
    code += "Tables.__call__ = Tables.cells = None; import study.judgements"
    subprocess.run(python(code), check=True)
    facts = judge.judge_claims(find(), [COUNTED, LISTED, "Q24"])
    kept = json.loads((judge.folder(find()) / "kept.json").read_text(encoding="utf-8"))["kept"]
    tables = {path.stem: path for path in (project / "data/raw").glob("*.csv")}
    for claim, one in facts.items():
        others = [path for name, path in tables.items() if name not in kept[claim]["reads"]]
        for path in others:
            path.rename(path.with_suffix(".away"))
        asking.open_tables.cache_clear()
        cells = one.cells(find().languages)
        assert asking.judge_claim(find(), claim, {}, "others away")[1:] == (cells, kept[claim]["reads"])
        for path in others:
            path.with_suffix(".away").rename(path)


def test_the_command_tells_of_claims_and_of_what_the_ledger_says_otherwise(project):
    said = CliRunner().invoke(main, ["judge", COUNTED.lower(), LISTED])
    assert said.exit_code == 0, said.output
    assert said.output.count("committed the ledger has no verdict of it yet") == 2
    statement = read_keyed(project / "data/raw/claims.csv", "claim_id")[COUNTED]
    ledger = judge.judge_claims(find(), [COUNTED])
    one = ledger[COUNTED]
    for told in (statement["statement_zh"], one.printed.en, one.reason.zh, one.flip_said.zh):
        assert told and told in said.output
    judge.write(find(), altered(ledger, COUNTED, verdict="open"), project)
    assert "committed otherwise: open" in CliRunner().invoke(main, ["judge", COUNTED]).output


def test_what_the_command_wrote_for_notebooks_counts_only_in_the_state_that_was_judged(project, monkeypatch):
    def written():
        return {path.relative_to(project).as_posix() for path in project.glob("build/**/processed/*.csv")}

    def read():
        return claims.read_ledger(find())[COUNTED].verdict, judge.tell_older(find())

    monkeypatch.delenv("COMPENDIUM_OUT")
    rows = judge.judge_claims(find(), BOTH)
    judge.write(find(), altered(rows, COUNTED, verdict="open"), project)
    monkeypatch.setattr(judge, "judge_claims", lambda *others: rows)
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
    ledger = judge.judge_claims(find(), BOTH)
    judge.write(find(), ledger)
    assert claims.read_ledger(find()) == ledger and judge.tell_older(find()) == ""
    made = find().processed_path("claims").read_bytes()
    assert made.partition(b"\n")[0].decode().split(",") == columns(find().languages) and b"\r" not in made
    kept = read_keyed(find().processed_path(FROM), "table")
    assert {name: row["sha256"] for name, row in kept.items()} == judge.list_hashes(find()) and len(kept) > 30
    edit(project, "pilot_batches", "2017,final,97,", "2017,final,98,")
    edit(project, "claims", "headline", "supporting")
    told = "The ledger is older than data/raw/claims.csv and 1 more. Remedy: compendium judge"
    assert judge.tell_older(find()) == told


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


def test_a_table_that_differs_from_its_recorded_hash_is_refused_and_nothing_kept(project, monkeypatch):
    with (project / "data/raw/claims.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(InputError, match="differs from the SHA-256"):
        judge.judge_claims(find(), [LISTED])
    assert not judge.folder(find()).exists()
