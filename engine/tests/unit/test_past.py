"""What git holds of the past: what speaks more for the paper is told first, and a history only grows."""

import subprocess

import copies
import frozen
import pytest
from click.testing import CliRunner
from copies import git

from compendium import CompendiumError
from compendium.__main__ import main
from compendium.base import paths
from compendium.base.files import fingerprint
from compendium.base.vocabulary import DEPENDS
from compendium.compendium import Compendium
from compendium.pages.moved_answers import render_moved_answers
from compendium.run import accept, past

find = Compendium.find

LOG = past.HISTORY
LEDGER = "claim_id,verdict,direction,strength\nQ14,traced,,weak\nQ16,traced,,firm\n"
LEDGER += "Q61,relabelled,,firm\nQ66,indirect,for,\n"
FOUND = "S999,Q08,2026-11-25,a,b,,c,d,,topic_only,nothing,e,f"
RAW = {  # what is said -> table, what stands in a row, what is put there; empty if the row goes
    "grade C -> A": ("sources", ",shelec.cn,,http", ",C,ok,", ",A,ok,"),
    "host_trust unsafe -> ok": ("sources", ",unsafe,", ",unsafe,", ",ok,"),
    "publisher shelec.cn -> Another": ("sources", "shelec-2015,", ",shelec.cn,,", ",Another,,"),
    "pilot_batches) origin_id O-MIIT-PILOT -> O-PAPER": ("source_origins", "paper,pilot_b", "O-MIIT-PILOT", "O-PAPER"),
    "kind unnamed -> paper": ("origins", "O-UNNAMED,", "unnamed,false", "paper,false"),
    "row 3 (x) new": ("bodies", "sscae,", "sscae,", "x,某,X,,,x.org,O-CAE\nsscae,"),
    "(ccid) part_of miit -> empty": ("bodies", "ccid,", ",miit,", ",,"),
    "row 2 (S999) new": ("searches", "S001,", "S001,", f"{FOUND}\nS001,"),
    "(S002) outcome leads_only -> nothing": ("searches", "S002,", "leads_only", "nothing"),
    "row 2 (R01) obtained false -> true": ("records", "R01,", "true,false", "true,true"),
    "(V010 second) comparison holds -> fails": ("codings", "V010,second,", "holds,", "fails,"),
    "(first) made_by machine -> person": ("coders", "first,", ",machine,", ",person,"),
    "row 2 (x) new": ("coders", "first,", "first,", "x,person,true,a,b\nfirst,"),
    "(V003) gone": ("claim_evidence", "V003,", "", ""),
    "(V002) value_high 2020 -> 2021": ("claim_evidence", "V002,", ",2020,,", ",2021,,"),
    "(Q16) value_low 97 -> 96": ("claims", "Q16,", ",97,97,97,", ",97,96,97,"),
    ", origin_id O-MIIT-PILOT -> O-PAPER": ("claims", "Q16,", "O-MIIT-PILOT", "O-PAPER"),
    "item_en policy standards -> soft standards": ("claim_items", "Q02,1,", "policy", "soft"),
    "(D18) formula": ("derived", "D18,", "Q14 + Q15 +", "Q14 +"),
    "row 2 (EX001) excerpt 20.7 -> 99.7": ("excerpts", "EX001,", ",20.7,", ",99.7,"),
}


def commit(root, **files):
    """Write files, the log or the digests, and commit all that is there."""
    for name, text in files.items():
        place = root / {"log": LOG, "digests": accept.DIGESTS}[name]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    git(root, "add", "-f", ".")
    git(root, "commit", "-q", "--allow-empty", "-m", "a step")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    root = tmp_path_factory.mktemp("past") / "一 root"
    frozen.folder(root / "data" / "raw")
    copies.parts(root, past.ADMISSIONS)
    (root / past.LEDGER).parent.mkdir()
    (root / past.LEDGER).write_text(LEDGER, encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    commit(root, digests=accept.render_sha256sums({past.LEDGER: LEDGER.encode()}).decode())
    return root


@pytest.fixture
def root(repository, monkeypatch):
    """A compendium whose last commit was an accept; afterwards it is as before."""
    monkeypatch.setenv(paths.ROOT, str(repository))
    monkeypatch.chdir(repository)
    yield repository
    git(repository, "reset", "-q", "--hard")


def edit(file, start, was, now):
    """Change the first line that holds `start`; it goes where there is nothing to change."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if start in line and was in line)
    lines[place] = lines[place].replace(was, now) if was else ""
    file.write_text("".join(lines), encoding="utf-8")


def test_each_change_that_helps_the_paper_is_told_with_file_and_row(root):
    assert past.list_changes_since_accept(find(), root) == []
    for table, *change in RAW.values():
        edit(root / "data/raw" / f"{table}.csv", *change)
    edit(root / past.ADMISSIONS, "[basis]", "[basis]", "[base]")
    edit(root / past.ADMISSIONS, "Linux", "Linux", "Unix")
    edit(root / "compendium.toml", "year = ", "2022", "2021")
    edit(root / "compendium.toml", "code = ", "MIT", "BSD")
    head, *lines, admitted, declared = past.list_changes_since_accept(find(), root)
    assert head.startswith("LOOK AT THESE FIRST") and past.find_last_accept_commit(find()) in head
    told = {line.removeprefix("  ! data/raw/").partition(".csv, ")[0]: line for line in lines}
    assert told.keys() == {table for table, *_ in RAW.values()} and len(lines) == len(told)
    assert [said for said, (table, *_) in RAW.items() if said not in told[table]] == []
    assert past.WATCHED.keys() - told.keys() == {
        *("claim_readings", "second_looks", "reading_votes", "voters", "fidelity", "walks")
    }
    assert admitted == "  ! notebooks/untried.toml, 2: [basis] gone; [platforms] reworded"
    assert declared == "  ! compendium.toml, 1: [paper] reworded"


def test_the_summary_of_a_change_tells_every_answer_that_moves_and_why(root):
    text = (
        "claim_id,verdict,direction,strength,why_en\nQ14,open,,weak,A | bar.\nQ16,traced,,firm,\nQ66,indirect,for,,\n"
    )
    (root / past.LEDGER).write_text(text, encoding="utf-8")
    told = render_moved_answers(find(), "HEAD")
    assert told.startswith("## Answers that move: 2\n") and "Q16" not in told and "Q66" not in told
    assert "| Q14 | matches a source (weak traced) | not settled (weak open) | A \\| bar. |" in told
    assert "| Q61 | to be made precise (firm relabelled) | – |  |" in told


def test_what_helps_nobody_is_not_told_nor_an_origin_of_a_new_source_but_one_beside_that_of_a_source(root):
    for file, *change in (
        ("data/raw/sources.csv", ",shelec.cn,,http", ",C,ok,", ",C,unsafe,"),
        ("data/raw/sources.csv", "paper,", ",A,ok,", ",B,ok,"),
        ("data/raw/claims.csv", "Q16,", ",pilots,", ",structure,"),
        ("data/raw/claim_evidence.csv", "V001,", "A Xinhua report gives", "Xinhua gives"),
        ("data/raw/excerpts.csv", "EX001,", "88d26d93", "00000000"),
        ("data/raw/source_origins.csv", "shelec-2015,", "shelec", "newcomer,,O-PAPER,origin,\nshelec"),
        (past.ADMISSIONS, "[platforms]", "[platforms]", "# a comment\n[platforms]"),
        ("compendium.toml", "year = ", "year = ", "year  =  "),
    ):
        edit(root / file, *change)
    assert past.list_changes_since_accept(find(), root) == []
    edit(root / "data/raw/source_origins.csv", "newcomer,", "newcomer,", "shelec-2015,chips,O-PAPER,origin,\nnewcomer,")
    assert past.list_changes_since_accept(find(), root)[1].endswith("(shelec-2015 chips) new beside what was known")


def test_tables_changed_after_the_accept_and_committed_with_it_are_told(root, tmp_path, monkeypatch):
    copy, before = tmp_path / "copy", past.find_last_accept_commit(find())
    git(root, "clone", "-q", str(root), str(copy))
    monkeypatch.setenv(paths.ROOT, str(copy))
    sources = copy / "data/raw/sources.csv"
    (copy / past.JUDGED).write_text(f"table,sha256\nsources,{fingerprint(sources.read_bytes())}\n", encoding="utf-8")
    edit(sources, *RAW["grade C -> A"][1:])
    commit(copy, digests="others\n")
    assert past.find_last_accept_commit(find()) == before and past.list_changes_since_accept(find(), copy)[1].endswith(
        "grade C -> A"
    )


def test_a_verdict_is_told_if_it_became_better_for_the_paper(root):
    run, commit = root / "build/run", past.find_last_accept_commit(find())
    (run / past.LEDGER).parent.mkdir(parents=True, exist_ok=True)
    for was, now, said in (
        ("Q16,traced,,firm", "Q16,confirmed,,firm", "row 3 (Q16) firm traced -> firm confirmed"),
        ("Q14,traced,,weak", "Q14,traced,,firm", "row 2 (Q14) weak traced -> firm traced"),
        ("Q61,relabelled,,firm", "Q61,relabelled,,weak", "row 4 (Q61) firm relabelled -> weak relabelled"),
        ("Q61,relabelled,,firm", "Q61,open,,weak", "row 4 (Q61) firm relabelled -> weak open"),
        ("Q61,relabelled,,firm", f"Q61,{DEPENDS},,firm", f"row 4 (Q61) firm relabelled -> firm {DEPENDS}"),
        ("Q16,traced,,firm", f"Q16,{DEPENDS},,firm", ""),
        ("Q66,indirect,for,", "Q66,indirect,against,", ""),
        ("Q16,traced,,firm", "Q16,mixed,,firm", ""),
        ("Q16,traced,,firm\n", "", ""),
    ):
        (run / past.LEDGER).write_text(LEDGER.replace(was, now), encoding="utf-8")
        assert [*past.list_improved_verdicts(find(), past.LEDGER, commit, run)] == ([said] if said else [])
    (run / past.LEDGER).write_text(LEDGER.replace("Q14,traced,,weak", "Q14,traced,,firm"), encoding="utf-8")
    said = f"  ! {past.LEDGER}, 1: row 2 (Q14) weak traced -> firm traced"
    assert past.list_changes_since_accept(find(), run)[1:] == [said]
    order = ["contradicted", "relabelled", "open", "bounded", "traced", "confirmed"]
    place = {
        verdict: past.make_favour_sort_key({"verdict": verdict, "strength": "firm"}) for verdict in (*order, DEPENDS)
    }
    assert sorted(order, key=place.get) == order
    assert place["relabelled"] < place[DEPENDS] < place["open"] < place["traced"]


def test_accept_tells_first_what_to_look_at_and_outside_git_that_nothing_is_known(root, monkeypatch):
    monkeypatch.setattr(accept, "accept_run", lambda *_: ["one thing"])
    accepted = "one thing\n1 change accepted\n"
    assert CliRunner().invoke(main, ["accept"]).stdout == accepted
    edit(root / "data/raw/records.csv", "R01,", "true,false", "true,true")
    assert CliRunner().invoke(main, ["accept"]).stdout.startswith("LOOK AT THESE FIRST: ")
    monkeypatch.setattr(paths, "has_git", lambda _: False)
    done = CliRunner().invoke(main, ["accept"])
    assert (done.stdout, done.stderr) == (accepted, f"note: {past.NOTHING}\n")


def test_whoever_checks_is_told_what_was_accepted_and_committed_since_a_commit(root):
    before = past.find_last_accept_commit(find())
    edit(root / "data/raw/records.csv", "R01,", "true,false", "true,true")
    git(root, "commit", "-q", "-a", "-m", "hidden among others")
    head, line = past.list_changes_since_revision(find(), "HEAD~1")
    assert head.endswith(f"than at commit {before}") and line.startswith("  ! data/raw/records.csv, 1: ")
    [quiet] = past.list_changes_since_revision(find(), "HEAD")
    assert quiet.startswith("Of what is looked at first nothing speaks more for the paper")
    for unknown in ("nowhere", "--all", "HEAD:data"):
        with pytest.raises(CompendiumError, match=r"git knows no commit '.*Remedy"):
            past.list_changes_since_revision(find(), unknown)


# The history

OLD, NEW, OTHER = (f"2026-01-0{day},Q0{day},open,traced\n" for day in (1, 2, 3))


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A compendium with a log of two entries, each of a commit of its own."""
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, log=f"head\n{OLD}")
    commit(tmp_path, log=f"head\n{OLD}{NEW}")
    return tmp_path


@pytest.mark.parametrize("text", [f"head\n{NEW}", f"head\n{OLD.replace('traced', 'mixed')}{NEW}{OTHER}", ""])
def test_an_entry_gone_or_altered_is_told_until_it_is_put_back(history, text):
    assert past.list_lost_history_entries(find()) == []
    for step in (lambda: None, lambda: commit(history), lambda: commit(history, digests="another file")):
        (history / LOG).write_text(text, encoding="utf-8")
        step()
        (said,) = past.list_lost_history_entries(find())
        assert said.startswith(f"{LOG}: ") and "are gone or altered, such as '2026-01-01,Q01" in said
        assert f" -- {LOG}, add new entries again" in said and said.count("\n") == 0
    (history / LOG).write_text(f"head\n{OLD}{NEW}", encoding="utf-8")
    assert past.list_lost_history_entries(find()) == []
    commit(history)
    assert past.list_lost_history_entries(find()) == []
    for log in (f"another head\n{OTHER}{OLD}\n{NEW}", f"head\n{NEW}{OTHER}", f"head\n{NEW}{OTHER}{OTHER}"):
        commit(history, log=log)
        assert bool(past.list_lost_history_entries(find())) == (OLD not in log), "also after another entry was added"
    commit(history, log=f"head\n{NEW}{OTHER}{OTHER.replace('3', '4')}")
    assert past.list_lost_history_entries(find()) == [], "it is long ago"


def test_a_merge_must_keep_what_all_its_sides_had(history):
    git(history, "checkout", "-q", "-b", "side")
    commit(history, log=f"head\n{OLD}{NEW}{OTHER}")
    git(history, "checkout", "-q", "main")
    commit(history, log=f"head\n{OLD}{NEW}{OTHER.replace('3', '4')}")
    subprocess.run(["git", "-C", str(history), "merge", "side"], capture_output=True)
    commit(history, log=f"head\n{OLD}{NEW}{OTHER.replace('3', '4')}{OTHER.replace('3', '5')}")
    assert past.list_lost_history_entries(find()) == [], "an entry of one side may be said anew where both had one"
    (history / LOG).write_text(f"head\n{NEW}", encoding="utf-8")
    git(history, "commit", "-q", "-a", "--amend", "-m", "spoilt")
    assert len(past.list_lost_history_entries(find())) == 1
    (history / ".git").rename(history / "git")
    assert past.list_lost_history_entries(find()) == [], "outside git nothing is known"
