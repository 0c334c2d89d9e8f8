"""Tests for mutants only, of what `make` does: each claim is judged anew and each notebook played, in one process."""

import json
import tempfile
from pathlib import Path

import pytest
from mutmut.state import state
from verification.noticing import Player, apart
from worlds import HERE

from compendium import paths
from compendium.files import read_keyed
from compendium.run import asking, contents

LEDGER = read_keyed(paths.HOME / "data" / "processed" / "claims.csv", "claim_id")


@pytest.mark.parametrize("claim_id", LEDGER)
def test_a_claim_is_judged_as_committed(claim_id):
    assert dict(asking.judge_claim(HERE, claim_id, {}, "")[1]) == dict(LEDGER[claim_id])


def play(name):
    """Play a notebook; return its outputs and tables, and the functions that it called where mutmut asks for them."""
    with tempfile.TemporaryDirectory() as folder:
        found = Player(Path(folder)).played(contents.catalogue(HERE)[name])
    return json.loads(json.dumps([found["cells"], found["tables"]])), set(state()._stats)


@pytest.mark.parametrize("name", contents.catalogue(HERE))
def test_a_notebook_gives_what_it_gave_unchanged(name):
    """The first time, nothing is changed, and what the notebook gives is kept."""
    given, called = apart(lambda: play(name))
    state()._stats |= called
    kept = paths.HOME / "replayed" / f"{name}.json"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(given), encoding="utf-8")
    assert given == json.loads(kept.read_text(encoding="utf-8"))
