"""The judge agrees with the notebooks: every fact of every claim."""

import os

import copies
import pandas as pd
import pytest

from compendium import paths
from compendium.ledger import claims
from compendium.run import judge


@pytest.mark.slow
def test_all_facts_are_those_that_the_notebooks_find(rerun, tmp_path):
    with paths.using(root=copies.parts(tmp_path, "study", "data/raw", "requirements.lock")):
        judge.judged(jobs=os.cpu_count())
        found = pd.read_csv(judge.folder() / "claims.csv", dtype=str, keep_default_na=False)
    ledger = pd.read_csv(paths.processed("claims", rerun), dtype=str, keep_default_na=False)
    assert set(claims.COLUMNS) - set(found) == {"notebook", "cell"}
    pd.testing.assert_frame_equal(found, ledger[list(found)])
