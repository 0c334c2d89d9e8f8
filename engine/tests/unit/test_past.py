"""What git holds of the past: what speaks more for the paper is told first, and histories only grow."""

import shutil
import subprocess

import copies
import frozen
import pytest
from click.testing import CliRunner

from compendium import CompendiumError, paths
from compendium.__main__ import main
from compendium.compendium import Compendium
from compendium.files import fingerprint
from compendium.run import past, reference
from compendium.vocabulary import DEPENDS

find = Compendium.find

LOG = "data/verdict-log.csv"
LEDGER = (
    "claim_id,verdict,direction,strength\nQ14,traced,,weak\nQ16,traced,,firm\nQ61,relabelled,,firm\nQ66,indirect,for,\n"
)
FOUND = "S999,Q08,2026-11-25,a,b,,c,d,,topic_only,nothing,e,f"
RAW = {  # table -> what stands in a row, what is put there; empty if the row goes
    "sources, a grade raised": ("sources", ",shelec.cn,,http", ",C,ok,", ",A,ok,", "grade C -> A"),
    "sources, a trust raised": ("sources", ",unsafe,", ",unsafe,", ",ok,", "host_trust unsafe -> ok"),
    "sources, a publisher": ("sources", "shelec-2015,", ",shelec.cn,,", ",Another,,", "publisher shelec.cn -> Another"),
    "an origin of a claim": ("claims", "Q16,", "O-MIIT-PILOT", "O-PAPER", "(Q16) origin_id O-MIIT-PILOT -> O-PAPER"),
    "an origin of a source": ("source_origins", "paper,pilot_b", "O-MIIT-PILOT", "O-PAPER", "(paper pilot_batches) "),
    "a copy made an origin": ("source_origins", "paper,pilot_b", ",copy,", ",origin,", "role copy -> origin"),
    "a body that went": ("bodies", "ccid,", "", "", "(ccid) gone"),
    "a new body": ("bodies", "sscae,", "sscae,", "x,某,X,,,x.org,O-CAE\nsscae,", "row 3 (x) new"),
    "a body made free of another": ("bodies", "ccid,", ",miit,", ",,", "(ccid) part_of miit -> "),
    "an origin made one body": ("origins", "O-UNNAMED,", "unnamed,false", "paper,false", "kind unnamed -> paper"),
    "a search that went": ("searches", "S001,", "", "", "row 2 (S001) gone"),
    "a new search": ("searches", "S001,", "S001,", f"{FOUND}\nS001,", "row 2 (S999) new"),
    "a search reworded": ("searches", "S002,", "leads_only", "nothing", "(S002) outcome leads_only -> nothing"),
    "a record set as obtained": ("records", "R01,", "true,false", "true,true", "row 2 (R01) obtained false -> true"),
    "a coding": ("codings", "V010,second,", "holds,", "fails,", "(V010 second) comparison holds -> fails"),
    "a coder made a person": ("coders", "first,", ",machine,", ",person,", "row 2 (first) made_by machine -> person"),
    "a row of evidence that went": ("claim_evidence", "V002,", "", "", "row 3 (V002) gone"),
    "a number of a source": ("claim_evidence", "V002,", ",2020,,", ",2021,,", "(V002) value_high 2020 -> 2021"),
    "a number of the paper": ("claims", "Q16,", ",97,97,97,", ",97,96,97,", "(Q16) value_low 97 -> 96"),
    "an item of a claim": ("claim_items", "Q02,1,", "policy", "soft", "(Q02 1) item_en policy standards -> soft sta"),
    "a formula": ("derived", "D18,", "Q14 + Q15 +", "Q14 +", "(D18) formula "),
    "an excerpt": ("excerpts", "EX001,", ",20.7,", ",99.7,", "row 2 (EX001) excerpt 20.7 -> 99.7"),
    "the weight of a claim": ("claims", "Q16,", ",headline,", ",supporting,", "(Q16) weight headline -> supporting"),
}


def git(root, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True)


def commit(root, **files):
    """Write files, the log or the digests, and commit all that is there."""
    for name, text in files.items():
        place = root / {"log": LOG, "digests": reference.DIGESTS}[name]
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
    commit(root, digests=reference.digests({past.LEDGER: LEDGER.encode()}).decode())
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


@pytest.mark.parametrize("what", RAW)
def test_a_change_that_helps_the_paper_is_told_with_file_and_row(root, what):
    table, *change, said = RAW[what]
    assert past.tell_first(find(), root) == []
    edit(root / "data/raw" / f"{table}.csv", *change)
    head, *lines = past.tell_first(find(), root)
    assert head.startswith("LOOK AT THESE FIRST") and past.find_accepted(find()) in head
    assert len(lines) == 1 and f", 1: data/raw/{table}.csv, row " in lines[0] and said in lines[0], lines


def test_admissions_and_what_is_said_of_the_paper_that_went_or_were_reworded_are_told(root):
    edit(root / past.ADMISSIONS, "[basis]", "[basis]", "[base]")
    edit(root / past.ADMISSIONS, "Linux", "Linux", "Unix")
    edit(root / "compendium.toml", "year = ", "2022", "2021")
    edit(root / "compendium.toml", "code = ", "MIT", "BSD")
    assert past.tell_first(find(), root)[1:] == [
        "  ! admissions gone or reworded, 2: notebooks/untried.toml, [basis] gone; [platforms] reworded",
        "  ! paper declared otherwise, 1: compendium.toml, [paper] reworded",
    ]


@pytest.mark.parametrize(
    ("file", "start", "was", "now"),
    [
        ("data/raw/sources.csv", ",shelec.cn,,http", ",C,ok,", ",C,unsafe,"),
        ("data/raw/sources.csv", "paper,", ",A,ok,", ",B,ok,"),
        ("data/raw/claims.csv", "Q16,", ",pilots,", ",structure,"),
        ("data/raw/claim_evidence.csv", "V001,", "A Xinhua report gives", "Xinhua gives"),
        (past.ADMISSIONS, "[platforms]", "[platforms]", "# a comment\n[platforms]"),
        ("compendium.toml", "year = ", "year = ", "year  =  "),
    ],
)
def test_what_helps_nobody_is_not_told(root, file, start, was, now):
    edit(root / file, start, was, now)
    assert past.tell_first(find(), root) == []


def test_an_origin_put_beside_that_of_a_source_is_told_and_one_of_a_new_source_is_not(root):
    for row, told in (("newcomer,", ""), ("shelec-2015,chips", "(shelec-2015 chips) new beside what was known")):
        with (root / "data/raw/source_origins.csv").open("a", encoding="utf-8") as file:
            file.write(f"{row},O-PAPER,origin,\n")
        assert "".join(past.tell_first(find(), root)[1:]).endswith(told)
        assert bool(past.tell_first(find(), root)) == bool(told)


def test_tables_changed_after_the_accept_and_committed_with_it_are_told(root, tmp_path, monkeypatch):
    copy, before = tmp_path / "copy", past.find_accepted(find())
    git(root, "clone", "-q", str(root), str(copy))
    monkeypatch.setenv(paths.ROOT, str(copy))
    sources = copy / "data/raw/sources.csv"
    (copy / past.JUDGED).write_text(f"table,sha256\nsources,{fingerprint(sources.read_bytes())}\n", encoding="utf-8")
    edit(sources, *RAW["sources, a grade raised"][1:4])
    commit(copy, digests="others\n")
    assert past.find_accepted(find()) == before and past.tell_first(find(), copy)[1].endswith("grade C -> A")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("Q16,traced,,firm", "Q16,confirmed,,firm", "row 3 (Q16) firm traced -> firm confirmed"),
        ("Q14,traced,,weak", "Q14,traced,,firm", "row 2 (Q14) weak traced -> firm traced"),
        ("Q61,relabelled,,firm", "Q61,relabelled,,weak", "row 4 (Q61) firm relabelled -> weak relabelled"),
        ("Q61,relabelled,,firm", "Q61,open,,weak", "row 4 (Q61) firm relabelled -> weak open"),
        ("Q61,relabelled,,firm", f"Q61,{DEPENDS},,firm", f"row 4 (Q61) firm relabelled -> firm {DEPENDS}"),
        ("Q16,traced,,firm", f"Q16,{DEPENDS},,firm", ""),
        ("Q66,indirect,for,", "Q66,indirect,against,", ""),
        ("Q16,traced,,firm", "Q16,mixed,,firm", ""),
        ("Q16,traced,,firm\n", "", ""),
    ],
)
def test_a_verdict_is_told_if_it_became_better_for_the_paper(root, was, now, said):
    run = root / "build/run" / past.LEDGER
    run.parent.mkdir(parents=True, exist_ok=True)
    run.write_text(LEDGER.replace(was, now), encoding="utf-8")
    found = past.tell_first(find(), root / "build/run")[1:]
    assert found == ([f"  ! verdicts better for the paper, 1: {past.LEDGER}, {said}"] if said else [])


def test_verdicts_in_the_order_in_which_they_speak_for_the_paper():
    order = ["contradicted", "relabelled", "open", "bounded", "traced", "confirmed"]
    place = {verdict: past.favour({"verdict": verdict, "strength": "firm"}) for verdict in (*order, DEPENDS)}
    assert sorted(order, key=place.get) == order
    assert place["relabelled"] < place[DEPENDS] == place["open"] < place["traced"]


def test_accept_tells_first_what_to_look_at_and_outside_git_that_nothing_is_known(root, monkeypatch):
    monkeypatch.setattr(reference, "accept", lambda *_: ["one thing"])
    accepted = "one thing\n1 change accepted\n"
    assert CliRunner().invoke(main, ["accept"]).stdout == accepted
    edit(root / "data/raw/records.csv", "R01,", "true,false", "true,true")
    assert CliRunner().invoke(main, ["accept"]).stdout.startswith("LOOK AT THESE FIRST: ")
    monkeypatch.setattr(paths, "has_git", lambda _: False)
    done = CliRunner().invoke(main, ["accept"])
    assert (done.stdout, done.stderr) == (accepted, f"note: {past.NOTHING}\n")


def test_whoever_checks_is_told_what_was_accepted_and_committed_since_a_commit(root):
    before = past.find_accepted(find())
    edit(root / "data/raw/records.csv", "R01,", "true,false", "true,true")
    git(root, "commit", "-q", "-a", "-m", "hidden among others")
    head, line = past.tell_since(find(), "HEAD~1")
    assert head.endswith(f"than at commit {before}") and "records obtained, gone or changed, 1: " in line
    [quiet] = past.tell_since(find(), "HEAD")
    assert quiet.startswith("Of what is looked at first nothing speaks more for the paper")
    for unknown in ("nowhere", "--all", "HEAD:data"):
        with pytest.raises(CompendiumError, match=r"git knows no commit '.*Remedy"):
            past.tell_since(find(), unknown)


# Histories

OLD, NEW, OTHER = (f"2026-01-0{day},Q0{day},open,traced\n" for day in (1, 2, 3))


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A compendium with a log of two entries, each of a commit of its own."""
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, log=f"head\n{OLD}")
    commit(tmp_path, log=f"head\n{OLD}{NEW}")
    return tmp_path


def test_what_is_appended_or_said_between_entries_is_no_loss(history):
    assert past.list_shrunk(find()) == []
    (history / LOG).write_text(f"another head\n{OTHER}{OLD}\n{NEW}", encoding="utf-8")
    assert past.list_shrunk(find()) == []
    commit(history)
    assert past.list_shrunk(find()) == []


@pytest.mark.parametrize("text", [f"head\n{NEW}", f"head\n{OLD.replace('traced', 'mixed')}{NEW}{OTHER}", ""])
def test_an_entry_gone_or_altered_is_told_until_it_is_put_back(history, text):
    for step in (lambda: None, lambda: commit(history), lambda: commit(history, digests="another file")):
        (history / LOG).write_text(text, encoding="utf-8")
        step()
        (said,) = past.list_shrunk(find())
        assert said.startswith(f"{LOG}: ") and "are gone or altered, such as '2026-01-01,Q01" in said
        assert f" -- {LOG}, add new entries again" in said and said.count("\n") == 0
    (history / LOG).write_text(f"head\n{OLD}{NEW}", encoding="utf-8")
    assert past.list_shrunk(find()) == []
    commit(history)
    assert past.list_shrunk(find()) == []
    commit(history, log=f"head\n{OLD}{NEW}{OTHER}")
    assert past.list_shrunk(find()) == []


def test_an_entry_gone_is_told_after_another_was_added_and_not_once_it_is_long_ago(history):
    commit(history, log=f"head\n{NEW}")
    commit(history, log=f"head\n{NEW}{OTHER}")
    assert "such as '2026-01-01,Q01" in past.list_shrunk(find())[0]
    commit(history, log=f"head\n{NEW}{OTHER}{OTHER.replace('3', '4')}")
    assert past.list_shrunk(find()) == []


def test_a_merge_must_keep_what_all_its_sides_had(history):
    git(history, "checkout", "-q", "-b", "side")
    commit(history, log=f"head\n{OLD}{NEW}{OTHER}")
    git(history, "checkout", "-q", "main")
    commit(history, log=f"head\n{OLD}{NEW}{OTHER.replace('3', '4')}")
    subprocess.run(["git", "-C", str(history), "merge", "side"], capture_output=True)
    commit(history, log=f"head\n{OLD}{NEW}{OTHER.replace('3', '4')}{OTHER.replace('3', '5')}")
    assert past.list_shrunk(find()) == [], "an entry of one side may be said anew where both had one"
    (history / LOG).write_text(f"head\n{NEW}", encoding="utf-8")
    git(history, "commit", "-q", "-a", "--amend", "-m", "spoilt")
    assert len(past.list_shrunk(find())) == 1


def test_a_shallow_clone_and_a_copy_outside_git_tell_nothing(history, tmp_path_factory, monkeypatch):
    commit(history, log=f"head\n{NEW}")
    assert len(past.list_shrunk(find())) == 1
    shallow = tmp_path_factory.mktemp("clone") / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", history.as_uri(), str(shallow)], check=True)
    monkeypatch.setenv(paths.ROOT, str(shallow))
    assert past.list_shrunk(find()) == []
    shutil.rmtree(shallow / ".git")
    (shallow / LOG).write_text("", encoding="utf-8")
    assert past.list_shrunk(find()) == []
