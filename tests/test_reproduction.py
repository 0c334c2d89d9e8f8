"""The whole compendium re-run and compared, and proof that the comparison fails when it should."""

import re

import copies
import pandas as pd
import pytest
from worlds import HERE

from compendium.base.vocabulary import VERDICTS
from compendium.ledger import claims
from compendium.run import comparison


def test_a_run_agrees_with_what_is_committed_and_shows_every_claim(rerun):
    assert comparison.compare_with_reference(HERE, rerun) == []
    assert all(one.notebook and one.cell for one in claims.read_ledger(HERE, rerun).values())


@pytest.mark.parametrize(
    ("file", "pattern", "new", "place"),
    [
        ("notebooks/02-pilot-growth.ipynb", rb"<td>(\d+)</td>", rb"<td>\g<1>7</td>", "02-pilot-growth.ipynb, cell "),
        ("data/processed/claims.csv", rb"(\nQ14,.* projects,\d+),", rb"\g<1>7,", "claims.csv, Q14: value_computed "),
        ("data/processed/claims.csv", b",same,traced,", b",same,confirmed,", "verdict confirmed -> traced"),
        ("figures/en/02-batches.svg", rb"(\d)\.(\d)", rb"\g<1>.9\2", "figures/en/02-batches.svg: the figure differs"),
        ("figures/zh/02-batches.png", b"(?s)(IDAT.{999}).", rb"\1#", "figures/zh/02-batches.png: the figure differs"),
    ],
)
def test_one_changed_digit_or_pixel_is_found_and_named(rerun, tmp_path, file, pattern, new, place):
    path = copies.checkout(tmp_path / "新 dir" / "c") / file
    before = path.read_bytes()
    path.write_bytes(re.sub(pattern, new, before, count=1))
    found = comparison.compare_with_reference(HERE, rerun, reference=tmp_path / "新 dir" / "c")
    assert path.read_bytes() != before and any(place in line for line in found), found


def test_the_ledger_is_the_one_expected(rerun):
    """The accepted verdicts stand in a file of their own, in which a review sees what moved."""
    ledger = pd.read_csv(rerun / "data/processed/claims.csv", keep_default_na=False, encoding="utf-8")
    expected = pd.read_csv(HERE.root / "tests/expected-verdicts.csv", encoding="utf-8")
    assert ledger["claim_id"].tolist() == expected["claim_id"].tolist()
    moved = ledger.merge(expected, on="claim_id", suffixes=("", "_expected")).query("verdict != verdict_expected")
    assert moved[["claim_id", "verdict", "verdict_expected"]].to_dict("records") == []
    assert set(ledger["verdict"]) <= set(VERDICTS)


def test_nothing_that_rests_on_the_paper_alone_counts_as_evidence(rerun):
    ledger = pd.read_csv(rerun / "data/processed/claims.csv", keep_default_na=False, encoding="utf-8")
    strong = ledger[ledger["verdict"].isin(["confirmed", "traced", "relabelled", "mixed", "bounded", "contradicted"])]
    assert len(strong) > 10
    for row in strong.itertuples():
        assert set(row.evidence.split(" ; ")) - {"paper", ""}, row.claim_id
        assert "paper" not in row.evidence.split(" ; "), row.claim_id
        assert row.lowest_grade in ("A", "B", "C") and row.rule != "own"
