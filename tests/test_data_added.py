"""Data added to a copy as the README says: bounds narrow, verdicts turn, and nothing else has to be edited."""

import contextlib
import shutil

import copies
import frozen
import made_up
import pandas as pd
import pytest
from click.testing import CliRunner
from copies import edit, git
from worlds import HERE

from compendium.__main__ import main
from compendium.base import paths
from compendium.ledger import recording
from compendium.ledger.flips import Flip
from compendium.run import comparison

pytestmark = pytest.mark.slow


@pytest.fixture
def frozen_copy(tmp_path, kernels_of_one, monkeypatch):
    """A copy with the frozen raw tables, for rows that later data could contradict; no flips are looked for there."""
    monkeypatch.setattr(
        recording, "find_smallest_flip", lambda *_, **__: Flip("", ())
    )  # it takes longer than all the rest
    copy = copies.checkout(tmp_path / "新 dir" / "c")
    shutil.rmtree(copy / "data/raw")
    frozen.folder(copy / "data/raw")
    ledger = pd.read_csv(paths.processed_path("claims", copy), dtype=str, keep_default_na=False)
    ledger.loc[ledger["claim_id"] == "Q25", "verdict"] = "open"  # as these tables give it
    ledger.to_csv(paths.processed_path("claims", copy), index=False, lineterminator="\n")
    return copy


def command(folder, *arguments):
    """Run the command line on the copy in this process."""
    with contextlib.chdir(folder):
        return CliRunner(env={"PYTHONPATH": str(paths.CODE)}).invoke(main, arguments)


def made(folder, name):
    """Return a processed table of the last run in a copy."""
    return pd.read_csv(folder / f"build/run/data/processed/{name}.csv", keep_default_na=False, encoding="utf-8")


YEAR = {"year": 2026, "first_published_pct": 2.7, "decimals": 1, "stage": "bulletin", "stated_rise_pp": -0.1}
JUDGEMENT = """

@judges("Q999")
def added(claim: pd.Series, data: EvidenceTables) -> Judged:
    return own(claim, 39)
"""


def add_a_claim(folder):
    """Add a claim with a judgement of its own to what a sentence asserts, and show it where such claims are shown."""
    new = HERE.tables("claims").set_index("claim_id").loc["Q32"].to_dict() | {"testable": "true", "value_low": "40"}
    made_up.add(folder, "claims", claim_id="Q999", **new | {"year_start": "1978", "year_end": "2022"})
    edit(folder / "data/raw/assertions.csv", ",checkable,Q32,", ",checkable,Q32 ; Q999,")
    edit(folder / "notebooks/10-problems-and-paths.ipynb", r"\"Q211\"),", r"\"Q211\", \"Q999\"),")
    with (folder / "study/judgements/structure.py").open("a", encoding="utf-8") as file:
        file.write(JUDGEMENT)


def test_five_everyday_additions_are_run_accepted_and_undone(frozen_copy, monkeypatch):
    """Rows that agree and disagree, a year of a series, complete lists, a claim with a judgement, on a later day.

    As the pages say: edit, refresh, run, withdraw what no longer holds, run, accept; git then undoes it all.
    """
    frozen.clock(monkeypatch, "2026-12-04")
    git(frozen_copy, "init", "-q")
    with (frozen_copy / "notebooks/findings.toml").open("a", encoding="utf-8") as file:
        file.write('\n[on-bounds]\nexpects = { Q25 = "open" }\nzh = "界。"\nen = "Bounds."\n')
    git(frozen_copy, "add", "-A")
    git(frozen_copy, "commit", "-qm", "as it was")
    made_up.lists(frozen_copy)
    rate = {"as_of": "2020-12", "scope": "base_not_stated", "basis": "seen", "source_id": made_up.SOURCE}
    rate |= {"label_zh": "比例", "label_en": "Share"}
    made_up.add(frozen_copy, "digitalisation", **rate, measure="equipment_digitisation", value_pct=50.0)
    made_up.add(frozen_copy, "digitalisation", **rate, measure="networked_and_collecting", value_pct=31.0)
    made_up.add(frozen_copy, "digitalisation", **rate | {"as_of": "2026-06"}, measure="rd_design_tools", value_pct=88.0)
    made_up.add(frozen_copy, "rd_intensity_china", **YEAR, source_id=made_up.SOURCE)
    add_a_claim(frozen_copy)
    refreshed = command(frozen_copy, "data", "refresh")
    assert refreshed.stderr == "", refreshed.stderr
    ran = command(frozen_copy, "run")
    broken = "notebooks/findings.toml, on-bounds: cannot be published: Q25 is now "
    assert ran.exit_code == 1 and broken in ran.stderr, ran.output
    assert not comparison.list_overlapping_labels(frozen_copy / "build/run")
    ledger = made(frozen_copy, "claims").set_index("claim_id")
    assert set(ledger.loc[["Q20", "Q24", "Q25", "Q27", "Q28", "Q29"], "verdict"]) <= {"traced", "contradicted"}
    assert ledger.loc["Q26", "verdict"] == "depends on the reading"  # not the most, but each has many
    assert ledger.loc[[f"Q{n}" for n in range(14, 18)], "verdict"].tolist() == ["traced"] * 4
    words = ledger.loc[["Q79", "Q80", "Q999"], ["verdict", "lowest_grade"]].to_numpy().tolist()
    assert words == [["traced", "A"], ["open", "C"], ["inconsistent", ""]]
    assert float(made(frozen_copy, "rd-revisions").set_index("year").loc[2025, "revised_pct"]) == 2.8
    assert made(frozen_copy, "since-verdicts").set_index("claim_id").loc["Q114", "verdict"] == "traced"
    refused, page = command(frozen_copy, "accept"), frozen_copy / "README.md"
    before = page.read_bytes()
    assert refused.exit_code == 1 and broken in refused.stderr and page.read_bytes() == before
    gone = command(frozen_copy, "withdraw").stdout.splitlines()
    assert "notebooks/findings.toml, on-bounds: withdrawn" in gone and len(gone) > 1
    command(frozen_copy, "run")
    accepted = command(frozen_copy, "accept")
    assert accepted.exit_code == 0, accepted.stderr
    assert accepted.stdout.startswith("verdict of Q")  # what matters most comes first
    expected = pd.read_csv(frozen_copy / "tests/expected-verdicts.csv")
    assert expected["verdict"].tolist() == ledger["verdict"].tolist()
    assert "Bounds. (" not in page.read_text(encoding="utf-8")
    checked = command(frozen_copy, "check")
    assert checked.exit_code == 0, checked.stdout
    assert "\n0 differences" in command(frozen_copy, "run").stdout
    git(frozen_copy, "checkout", "-q", ".")
    git(frozen_copy, "clean", "-fdq")
    assert git(frozen_copy, "status", "--porcelain") == ""
