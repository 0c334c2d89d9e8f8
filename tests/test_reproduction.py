"""The whole compendium re-run and compared, and proof that the comparison fails when it should."""

import os
import re
import subprocess
import sys

import copies
import pandas as pd
import pytest
from worlds import HERE

from compendium.ledger import claims
from compendium.run import comparison
from compendium.vocabulary import VERDICTS


@pytest.fixture
def copy(tmp_path):
    """A copy of the committed files in a folder whose name has a space and Chinese characters."""
    return copies.checkout(tmp_path / "新 dir" / "c")


def compendium(folder, *arguments, **variables):
    """Run the command line of the copy, with the C locale, from another working directory."""
    environment = {k: v for k, v in os.environ.items() if k not in ("COMPENDIUM_OUT", "PYTHONUTF8")}
    return subprocess.run(
        [sys.executable, "-m", "compendium", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(folder / "engine/src"), "LANG": "C", "LC_ALL": "C"} | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_a_run_agrees_with_what_is_committed_and_shows_every_claim(rerun):
    assert comparison.compare(HERE, rerun) == []
    assert all(one.notebook and one.cell for one in claims.read_ledger(HERE, rerun).values())


def change(path, pattern, new):
    """Replace the first match of `pattern`; fail if there is none."""
    text = path.read_bytes().decode("utf-8")
    changed, count = re.subn(pattern, new, text, count=1)
    assert count == 1 and changed != text
    path.write_bytes(changed.encode("utf-8"))


@pytest.mark.parametrize(
    ("file", "pattern", "new", "place"),
    [
        ("notebooks/02-pilot-growth.ipynb", r"<td>(\d+)</td>", r"<td>\g<1>7</td>", "02-pilot-growth.ipynb, cell "),
        (
            "data/processed/claims.csv",
            r"(\nQ14,.* projects,\d+),",
            r"\g<1>7,",
            "claims.csv, Q14: value_computed ",
        ),
        ("data/processed/claims.csv", r",same,traced,", ",same,confirmed,", "verdict confirmed -> traced"),
        ("figures/en/02-batches.svg", r"(\d)\.(\d)", r"\g<1>.9\2", "figures/en/02-batches.svg: the figure differs"),
    ],
)
def test_one_changed_digit_is_found_and_named(rerun, copy, file, pattern, new, place):
    change(copy / file, pattern, new)
    found = comparison.compare(HERE, rerun, reference=copy)
    assert any(place in line for line in found), found


def test_one_changed_pixel_is_found(rerun, copy):
    target = copy / "figures/zh/02-batches.png"
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(content)
    assert any(
        "figures/zh/02-batches.png: the figure differs" in line
        for line in comparison.compare(HERE, rerun, reference=copy)
    )


def test_a_changed_raw_value_is_stopped_by_its_hash(copy):
    change(copy / "data/raw/pilot_effects.csv", r"productivity,(\d+),", r"productivity,\g<1>7,")
    outcome = compendium(copy, "run", "02")
    assert outcome.returncode == 1
    assert "data/raw/pilot_effects.csv" in outcome.stderr and "compendium data refresh" in outcome.stderr
    assert "Traceback" not in outcome.stderr and not (copy / "build").exists()


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
