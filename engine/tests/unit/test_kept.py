"""What lies in build is taken only whole and of its own shape: else it is made anew, and no command stops."""

import json
import os
from dataclasses import dataclass, field

import pytest
from small_project import command, committed
from worlds import at

from compendium.base.files import (
    LARGEST,
    CompendiumError,
    fingerprint_json,
    read_checksummed_json,
    running_lock,
    write_atomic,
    write_checksummed_json,
)
from compendium.ledger import claims
from compendium.run import accept, cache, fingerprint


@dataclass
class Later:
    """What another version may note."""

    other: dict = field(default_factory=dict)


def sealed(content):
    return json.dumps({"seal": fingerprint_json(content)} | content).encode()


def huge(path):
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


SPOILT = {
    "empty": lambda p: p.write_bytes(b""),
    "cut off": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "a list": lambda p: p.write_bytes(b"[]"),
    "a number": lambda p: p.write_bytes(b"1"),
    "nothing": lambda p: p.write_bytes(b"{}"),
    "binary": lambda p: p.write_bytes(bytes(range(256))),
    "one digit changed": lambda p: p.write_bytes(p.read_bytes().replace(b"7", b"8")),
    "without a seal": lambda p: p.write_text(json.dumps(json.loads(p.read_text("utf-8")) | {"seal": ""}), "utf-8"),
    "of another version": lambda p: write_checksummed_json(p, Later({"a": 1})),
    "of other types": lambda p: p.write_bytes(sealed(dict.fromkeys(json.loads(p.read_text("utf-8")), 7))),
    "deep": lambda p: p.write_bytes(b"[" * 100_000),
    "a folder": lambda p: (p.unlink(), p.mkdir(), (p / "x").write_bytes(b"x")),
    "a pipe": lambda p: (p.unlink(), os.mkfifo(p)),
    "a link": lambda p: (p.unlink(), p.symlink_to("/dev/zero")),
    "huge": huge,
    "gone": lambda p: p.unlink(),
}
NOTES = {
    "run.json": cache.RunSummary(finished="7", seen={"07": [("a", "claim", "Q7")]}),
    "last.json": fingerprint.RememberedOutput("7", "all agrees"),
    "decided.json": accept.PendingReplacement({"a": "7"}, ["b7"]),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_note_is_read_whole_or_not_at_all_and_written_over_whatever_lies_there(tmp_path, how):
    write_atomic(tmp_path / "compendium.toml", b"")
    for name, note in NOTES.items():
        path = tmp_path / "build" / name
        write_checksummed_json(path, note)
        assert read_checksummed_json(path, type(note)) == note
        SPOILT[how](path)
        assert read_checksummed_json(path, type(note)) is None
        write_checksummed_json(path, note)
        assert read_checksummed_json(path, type(note)) == note and not path.is_symlink()


@pytest.mark.parametrize("how", [name for name in SPOILT if name != "gone"])
def test_an_accept_that_is_not_whole_was_never_decided(tmp_path, how):
    c, kept = at(tmp_path), tmp_path / "data" / "a.csv"
    for number, name in enumerate(("decided.json", "part")):
        write_atomic(tmp_path / "compendium.toml", b"")
        write_atomic(kept, b"before")
        part = accept.sha256(b"7" * (1 + number))
        write_atomic(accept.find_journal_folder(c) / part, b"7" * (1 + number))
        write_checksummed_json(
            accept.find_journal_folder(c) / "decided.json",
            accept.PendingReplacement({"data/a.csv": part}, ["compendium.toml"]),
        )
        if name == "part" and how in ("without a seal", "of other types"):  # which are ways to spoil a note
            continue
        SPOILT[how](accept.find_journal_folder(c) / {"part": part}.get(name, name))
        assert (
            accept.finish_interrupted_accept(c) == 0
            and kept.read_bytes() == b"before"
            and (tmp_path / "compendium.toml").exists()
        )
        assert not os.path.lexists(accept.find_journal_folder(c))


def test_an_accept_that_is_whole_is_finished_and_none_reaches_other_places(tmp_path):
    c, part = at(tmp_path / "c"), accept.sha256(b"7")
    for name, number in (("data/a.csv", 1), ("../a.csv", 0), (str(tmp_path / "b"), 0)):
        write_atomic(accept.find_journal_folder(c) / part, b"7")
        write_checksummed_json(accept.find_journal_folder(c) / "decided.json", accept.PendingReplacement({name: part}))
        assert accept.finish_interrupted_accept(c) == number
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.csv"]
    assert (c.root / "data/a.csv").read_bytes() == b"7"


@pytest.mark.parametrize("spoil", [lambda p: p.write_bytes(bytes(range(256))), lambda p: p.mkdir(), lambda p: None])
def test_the_lock_holds_whatever_lies_in_its_place_and_a_mark_that_is_spoilt_holds_nothing(tmp_path, spoil):
    write_atomic(tmp_path / "compendium.toml", b"")
    (tmp_path / "build/cache").mkdir(parents=True)
    spoil(tmp_path / "build/cache/lock")
    with (
        running_lock(tmp_path / "build"),
        pytest.raises(CompendiumError, match=r"^another run or accept is at work here\. Remedy"),
    ):
        running_lock(tmp_path / "build").__enter__()
    for said in (b"", b"\xff\xfe", b"[]", b"no digest\n", b"a  b\n"):
        write_atomic(tmp_path / "mark", said)
        assert not claims.are_ledger_inputs_unchanged(tmp_path / "mark", tmp_path), said


@pytest.mark.slow
@pytest.mark.parametrize("how", ["empty", "cut off", "a list", "binary", "a folder", "a pipe"])
def test_every_command_ends_as_before_whatever_lies_in_build(accepted, how):
    def ends():
        found = [command(*words) for words in (["claims", "Q14"], ["run"], ["check"], ["judge"], ["claims", "Q14"])]
        assert all(one.exception is None or isinstance(one.exception, SystemExit) for one in found), found
        return [(one.exit_code, one.output.splitlines()[-1:]) for one in found]

    before, kept = ends(), committed(accepted)
    for file in [p for p in at(accepted).build.rglob("*") if p.is_file()]:
        SPOILT[how](file)
    assert ends() == before and committed(accepted) == kept


def test_a_run_of_which_a_file_was_changed_put_or_taken_is_not_accepted_and_one_without_its_ledger_is_none(tmp_path):
    names = ("data/processed/claims.csv", "data/processed/first.csv", "figures/en/a.svg")
    for name in names:
        write_atomic(tmp_path / name, b"7")
    whole = cache.RunSummary(finished="now", made=cache.hash_run_files(tmp_path))
    write_checksummed_json(tmp_path / cache.NOTE, whole)
    write_checksummed_json(tmp_path / fingerprint.LAST, fingerprint.RememberedOutput("", ""))
    assert cache.read_run_summary(tmp_path) == cache.read_run_summary(tmp_path, check_all_files=True) == whole
    for name in (*names, "figures/en/.b.svg"):
        write_atomic(tmp_path / name, b"8")
        assert cache.read_run_summary(tmp_path, check_all_files=True) == cache.RunSummary()
        assert cache.read_run_summary(tmp_path) == (cache.RunSummary() if name == names[0] else whole)
        (tmp_path / name).unlink()
        if name in names:
            assert cache.read_run_summary(tmp_path, check_all_files=True) == cache.RunSummary()
            write_atomic(tmp_path / name, b"7")
    assert cache.read_run_summary(tmp_path, check_all_files=True) == whole
