"""What is kept between runs is what judging anew gives: every fact of every claim."""

import os

import copies
import pytest

from compendium import paths
from compendium.files import keyed
from compendium.ledger import claims
from compendium.run import judge


@pytest.mark.slow
def test_the_ledger_of_a_run_is_what_judging_anew_gives_and_all_of_it_is_shown(rerun, tmp_path):
    with paths.using(root=copies.parts(tmp_path, "study", "data/raw", "compendium.toml", "requirements.lock")):
        found = judge.judged(jobs=os.cpu_count())
    assert found == keyed(paths.processed("claims", rerun), "claim_id")
    assert (claims.stored(root=rerun)[["notebook", "cell"]] != "").all(axis=None)
