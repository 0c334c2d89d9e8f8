"""Garbage over every file of build: each command ends as it did before, and nothing that is committed changes."""

import os

import pytest
from small_project import accepted as accepted
from small_project import command, committed
from small_project import project as project
from small_project import shared as shared

from compendium.compendium import Compendium

pytestmark = pytest.mark.slow
SPOILT = {
    "empty": lambda p: p.write_bytes(b""),
    "cut off": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "a list": lambda p: p.write_bytes(b"[]"),
    "nothing": lambda p: p.write_bytes(b"{}"),
    "binary": lambda p: p.write_bytes(bytes(range(256))),
    "a folder": lambda p: (p.unlink(), p.mkdir(), (p / "x").write_bytes(b"x")),
    "a pipe": lambda p: (p.unlink(), os.mkfifo(p)),
}
COMMANDS = (["claims", "Q14"], ["run"], ["check"], ["judge"], ["claims", "Q14"])


def ends():
    """Return how each command ends and its last line; a traceback is none of our endings."""
    found = [command(*words) for words in COMMANDS]
    assert all(one.exception is None or isinstance(one.exception, SystemExit) for one in found), found
    return [(one.exit_code, one.output.splitlines()[-1:]) for one in found]


@pytest.mark.parametrize("how", SPOILT)
def test_every_command_ends_as_before_whatever_lies_in_build(accepted, how):
    before, kept = ends(), committed(accepted)
    for file in [p for p in Compendium.find().build.rglob("*") if p.is_file()]:
        SPOILT[how](file)
    assert ends() == before and committed(accepted) == kept
