"""The log of reproductions: a row for each real run, once, told in a sentence; spoilt rows are named."""

import json
import re
import subprocess

import pytest
from click.testing import CliRunner
from small_project import accepted as accepted
from small_project import execute, replace
from small_project import project as project
from small_project import shared as shared

from compendium import paths
from compendium.__main__ import main
from compendium.declaration import declared
from compendium.files import InputError, csv_text
from compendium.forms import reproducing
from compendium.run import RunError, caching
from compendium.show import readme, reproductions
from compendium.show.reproductions import FORMS, LOG

ROW = {
    "date": "2026-02-03T04:05:06+00:00",
    "commit": "0a" * 20,
    "platform": "Linux, x86_64",
    "python": "CPython 3.11.9",
    "who": "A. Reader",
    "differences": "3",
    "how": "clone ; clean",
}
MAKER = ROW | {"date": "2026-02-05T04:05:06+00:00", "who": "the compendium MAINTAINERS", "differences": "0"}


def write(*rows, header=FORMS):
    path = paths.project().root / LOG
    path.parent.mkdir(exist_ok=True)
    path.write_text(csv_text(header, [row.values() for row in rows]), encoding="utf-8")
    return path


def git(folder, *words):
    line = ["git", "-C", folder, "-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false", *words]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def ran(accepted, monkeypatch):
    """A project in git with a whole run of it; its one page holds the sentence on the log."""
    (accepted / "README.md").write_text("", encoding="utf-8")
    (accepted / ".gitignore").write_text("build/\n__pycache__/\n", encoding="utf-8")
    monkeypatch.setattr(readme, "pages", lambda: {"README.md": ("README.md", "en")})
    page = accepted / "README.md"
    monkeypatch.setattr(readme, "renewed", lambda _: (page.read_text("utf-8"), reproductions.sentence()["en"]))
    git(accepted, "init", "-q")
    git(accepted, "add", ".")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
    git(accepted, "commit", "-qm", "m")
    return accepted


def told(**changed):
    """Return the facts of a certificate that the log takes."""
    made = caching.previous(paths.project().build / "run")
    run = {"finished": made["finished"], "commit": "0a" * 20, "archive": False, "clean": True} | changed
    machine = {"system": "Linux", "processor": "x86_64", "python": "CPython 3.11.9"}
    return {"run": run, "machine": machine, "agreement_with_own_outputs": {"differences": 0}}


def log(who="A. Reader", **changed):
    return reproducing.log(paths.project().build / "run", told(**changed), who)


def test_the_command_logs_a_run_once_and_the_page_counts_it(ran):
    said = CliRunner().invoke(main, ["certificate", "--log", "--who", " A. Reader "])
    assert said.exit_code == 0, said.output
    assert f"{LOG}: renewed\nREADME.md: renewed\n" in said.output
    [row] = reproductions.rows()
    facts = json.loads((ran / "build/certificate.json").read_text("utf-8"))
    assert row["commit"] == git(ran, "rev-parse", "HEAD") and row["date"] == facts["run"]["finished"]
    assert (row["who"], row["differences"], row["how"].split(" ; ")[:2]) == ("A. Reader", "0", ["clone", "clean"])
    assert row["platform"] == f"{facts['machine']['system']}, {facts['machine']['processor']}"
    assert "anew 1 time, last on" in (ran / "README.md").read_text("utf-8")
    before = (ran / LOG).read_bytes()
    again = CliRunner().invoke(main, ["certificate", "--log", "--who", "Somebody Else"])
    assert (
        again.exit_code == 1
        and "stands in data/reproductions.csv already. Remedy: compendium run --force" in again.output
    )
    assert (ran / LOG).read_bytes() == before


@pytest.mark.parametrize("words", [["--log"], ["--who", "A. Reader"]])
def test_the_log_and_a_name_go_together(ran, words):
    said = CliRunner().invoke(main, ["certificate", *words])
    assert said.exit_code == 2 and "--log and --who NAME go together" in said.output
    assert not (ran / LOG).exists()


def test_further_rows_leave_those_before_as_they_are(ran):
    before = write(ROW).read_bytes()
    (ran / "README.md").write_text(reproductions.sentence()["en"], encoding="utf-8")
    assert log() == [LOG, "README.md"]
    assert (ran / LOG).read_bytes().startswith(before) and len(reproductions.rows()) == 2


def test_a_run_without_a_complete_one_is_refused_in_one_line(project):
    said = CliRunner().invoke(main, ["certificate", "--log", "--who", "A. Reader"])
    assert said.exit_code == 1 and "holds no complete run of what lies here. Remedy: make" in said.output
    assert not (project / LOG).exists()


def test_a_run_that_kept_a_notebook_is_no_reproduction(ran):
    replace(ran, "02-second", 'note = "a"', "print(1)")
    execute(ran)
    assert caching.previous(ran / "build/run")["executed"] == 1
    execute(ran)
    assert caching.previous(ran / "build/run")["executed"] == 1
    with pytest.raises(RunError, match=r"kept what an earlier one had made\. Remedy: compendium run --force"):
        log()
    assert not (ran / LOG).exists()


def test_a_commit_after_the_run_is_not_what_was_run(ran, monkeypatch):
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2099-01-01T00:00:00Z")
    git(ran, "commit", "-qm", "later", "--allow-empty")
    with pytest.raises(RunError, match="the last commit is younger than the run"):
        log()


def test_what_was_run_must_be_known(ran):
    with pytest.raises(RunError, match="neither git nor the list of an archive"):
        log(commit=None)
    (ran / paths.MANIFEST).write_text("", encoding="utf-8")
    log(commit=None, archive=True, clean=False)
    [row] = reproductions.rows()
    assert row["how"].startswith("archive ; changed") and re.fullmatch("sha256:[0-9a-f]{64}", row["commit"])


@pytest.mark.parametrize("who", ["", "=1+1", "a\nb", "x" * 81, "1", "a\u202eb"])
def test_who_must_be_a_name(ran, who):
    with pytest.raises(RunError, match=r"--who: .* must be a name of at most 80 signs"):
        log(who)
    assert not (ran / LOG).exists()


def test_a_page_that_was_not_up_to_date_before_is_not_renewed_on_the_way(ran):
    (ran / "README.md").write_text("typed", encoding="utf-8")
    with pytest.raises(RunError, match=r"README\.md: the generated part is not up to date"):
        log()
    assert not (ran / LOG).exists()


def test_makers_are_told_apart_from_others(project):
    assert declared().authors[0].name == "The compendium maintainers"
    write(ROW, ROW | {"date": "2026-02-04T04:05:06+00:00", "who": "a. reader", "how": "archive ; changed"}, MAKER)
    assert reproductions.sentence("log")["en"] == (
        "All was computed anew 3 times (1 with files that were not all as committed), last on 2026-02-05, on 1 system, "
        "with 6 differences from the committed outputs; 1 time by the makers, 2 times by 1 other (log)."
    )
    assert "其中制作者自己1次，其他1人2次" in reproductions.sentence("log")["zh"]
    rows = reproductions.section("en").splitlines()[-3:]
    assert [" (maker) |" in row for row in rows] == [True, False, False] and "`0a0a0a0a0a`" in rows[0]
    assert "| unpacked archive, files changed, `" in rows[1]


def test_makers_alone_are_no_others(project):
    write(MAKER)
    said = reproductions.sentence()["en"]
    assert "with 0 differences from the committed outputs; so far by the makers alone (" in said


def test_an_empty_log_says_so_and_none_says_nothing(project):
    assert (reproductions.rows(), bool(reproductions.sentence()), reproductions.section("zh")) == (None, False, "")
    write()
    assert reproductions.rows() == [] and reproductions.sentence()["en"].endswith("yet.")
    assert reproductions.section("zh").startswith("## 复现记录")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([ROW | {"differences": "none"}], "row 2, column differences: value 'none' — must be a number"),
        ([ROW, ROW | {"who": "B"}], "row 3, column date: .* is a run that stands above"),
        ([ROW | {"date": "2026-02-03"}], "row 2, column date"),
        ([ROW | {"date": "2099-02-03T04:05:06+00:00"}], "row 2, column date: .* must not lie in the future"),
        ([MAKER, ROW], "row 3, column date: .* must not lie before the date of the row above"),
        ([ROW | {"how": "clone ; tested"}], "row 2, column how"),
        ([{"date": ROW["date"]}], "row 2: has 1 cells, but the header has 7"),
    ],
)
def test_a_spoilt_row_is_named(project, rows, said):
    write(*rows)
    with pytest.raises(InputError, match=rf"data/reproductions\.csv, {said}.*Remedy"):
        reproductions.rows()


def test_a_spoilt_header_is_named(project):
    write(header=["day"])
    with pytest.raises(InputError, match="row 1: must read date,commit,platform,python,who,differences,how"):
        reproductions.rows()


def test_a_run_of_a_commit_that_is_not_here_is_told(ran, monkeypatch):
    held = git(ran, "rev-parse", "HEAD")
    rows = [ROW | {"commit": name} for name in (held, "0a" * 20, "sha256:" + "0a" * 32)]
    monkeypatch.setattr(reproductions, "rows", lambda: rows)
    [said] = reproductions.unknown()
    assert said.startswith("data/reproductions.csv, row 3: commit 0a0a0a0a0a is not known here")
    monkeypatch.setattr(paths, "versioned", lambda: False)
    assert reproductions.unknown() == []
