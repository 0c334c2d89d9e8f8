"""Data added to a copy as the README says: bounds narrow, verdicts turn, and nothing else has to be edited."""

import contextlib
import os
import shutil

import copies
import frozen
import made_up
import pandas as pd
import pytest
from click.testing import CliRunner
from worlds import at

from compendium import paths
from compendium.__main__ import main
from compendium.ledger import flips, gate, recording
from compendium.ledger.flips import Flip
from compendium.run import comparison, judge

pytestmark = pytest.mark.slow
FILLED = [f"Q{number}" for number in (*range(10, 18), 20, 22, *range(24, 32), 97)]  # claims on batches and provinces


def no_flips(patch):
    """Have no flips looked for, which takes longer than all the rest."""
    patch.setattr(recording, "nearest", lambda *_, **__: Flip("", ()))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A copy with the frozen raw tables, for rows that later data could contradict.

    All claims are judged there once, without flips, beside the made-up source that every test adds: what then reads no
    table that a test changes is not judged again.
    """
    copy = copies.checkout(tmp_path_factory.mktemp("base") / "c")
    shutil.rmtree(copy / "data/raw")
    frozen.folder(copy / "data/raw")
    ledger = pd.read_csv(paths.processed_path("claims", copy), dtype=str, keep_default_na=False)
    ledger.loc[ledger["claim_id"] == "Q25", "verdict"] = "open"  # as these tables give it
    ledger.to_csv(paths.processed_path("claims", copy), index=False, lineterminator="\n")
    before = {path: path.read_bytes() for path in (copy / "data/raw").iterdir()}
    with pytest.MonkeyPatch.context() as patch:
        no_flips(patch)
        patch.setattr(gate, "raise_if_bad", lambda _: None)  # no row names the source yet
        made_up.source(copy)
        frozen.rehash(copy / "data/raw")
        judge.judge_claims(at(copy), jobs=os.cpu_count())
    for path, content in before.items():
        path.write_bytes(content)
    return copy


@pytest.fixture
def frozen_copy(base, tmp_path, kernels_of_one, monkeypatch):
    """The same for one test, which looks for no flips."""
    no_flips(monkeypatch)
    return shutil.copytree(base, tmp_path / "新 dir" / "c")


def command(folder, *arguments):
    """Run the command line on the copy in this process."""
    with contextlib.chdir(folder):
        return CliRunner(env={"PYTHONPATH": str(paths.CODE)}).invoke(main, arguments)


def made(folder, name):
    """Return a processed table of the last run in a copy."""
    return pd.read_csv(folder / f"build/run/data/processed/{name}.csv", keep_default_na=False, encoding="utf-8")


def test_the_four_lists_decide_what_was_open_and_sentences_that_no_longer_hold_are_withdrawn(frozen_copy, monkeypatch):
    """As the README says to whoever has the lists: fill two tables, refresh, run, withdraw, run, accept.

    Flips are looked for here, for the claims that what is filled may move.
    """
    none = recording.nearest

    def nearest(judges, claim_id, data, **choices):
        return (flips.nearest if claim_id in FILLED else none)(judges, claim_id, data, **choices)

    monkeypatch.setattr(recording, "nearest", nearest)
    with (frozen_copy / "notebooks/findings.toml").open("a", encoding="utf-8") as file:
        file.write('\n[on-bounds]\nexpects = { Q25 = "open" }\nzh = "界。"\nen = "Bounds."\n')
    made_up.lists(frozen_copy)
    assert command(frozen_copy, "data", "refresh").stderr == ""
    ran = command(frozen_copy, "run")
    broken = "notebooks/findings.toml, on-bounds: cannot be published: Q25 is now "
    assert ran.exit_code == 1 and broken in ran.stderr
    ledger = made(frozen_copy, "claims").set_index("claim_id")
    assert set(ledger.loc[["Q20", *(f"Q{n}" for n in range(24, 30))], "verdict"]) <= {"traced", "contradicted"}
    assert ledger.loc[[f"Q{n}" for n in range(14, 18)], "verdict"].tolist() == ["traced"] * 4
    indices = made(frozen_copy, "pilot-concentration").query(
        "evidence_tier == 3 and not leaders_largest and not leaders_descending"
    )
    assert (indices["lower"] - indices["upper"]).abs().max() < 1e-12 and set(indices["index"]) == {"cr5", "gini"}
    refused, page = command(frozen_copy, "accept"), frozen_copy / "README.md"
    before = page.read_bytes()
    assert refused.exit_code == 1 and broken in refused.stderr and page.read_bytes() == before
    gone = command(frozen_copy, "withdraw").stdout.splitlines()
    assert "notebooks/findings.toml, on-bounds: withdrawn" in gone and len(gone) > 1
    command(frozen_copy, "run")
    accepted = command(frozen_copy, "accept")
    assert accepted.exit_code == 0, accepted.stderr
    lines = accepted.stdout.splitlines()
    moved = [n for n, line in enumerate(lines) if line.startswith("verdict of Q")]
    assert moved and moved == list(range(len(moved)))  # what matters most comes first
    expected = pd.read_csv(frozen_copy / "tests/expected-verdicts.csv")
    assert expected["verdict"].tolist() == ledger["verdict"].tolist()
    pages = [frozen_copy / name for name in ("README.md", "notebooks/12-reproduction-report.ipynb", "docs/teaching.md")]
    assert not any("Bounds. (" in page.read_text(encoding="utf-8") for page in pages)
    checked = command(frozen_copy, "check")
    assert checked.exit_code == 0, checked.stdout
    assert "\n0 differences" in command(frozen_copy, "run").stdout


def test_a_count_for_every_province_leaves_no_bounds(frozen_copy):
    made_up.fill(frozen_copy)
    assert command(frozen_copy, "data", "refresh").stderr == ""
    command(frozen_copy, "run", "03")
    ledger = made(frozen_copy, "claims").set_index("claim_id")
    assert set(ledger.loc[[f"Q{n}" for n in range(24, 30)], "verdict"]) <= {"traced", "contradicted"}
    totals = made(frozen_copy, "pilot-province-totals").query("evidence_tier >= 2")
    assert len(totals) and totals["lower_projects"].eq(totals["upper_projects"]).all()


def test_new_evidence_moves_the_bounds(frozen_copy):
    cells = {"evidence_id": "E900", "adcode": 110000, "province_zh": "北京", "period_start": 2015, "period_end": 2018}
    cells |= {"lower": 20, "upper": 20, "counts": "project", "basis": "seen", "tier": 2, "source_id": made_up.SOURCE}
    made_up.source(frozen_copy)
    made_up.add(frozen_copy, "pilot_province_evidence", **cells)
    assert command(frozen_copy, "data", "refresh").exit_code == 0
    outcome = command(frozen_copy, "run", "03")
    assert outcome.exit_code == 1, outcome.output
    differs = (frozen_copy / "build/run" / comparison.DIFFERENCES).read_text(encoding="utf-8")
    assert "pilot-province-totals.csv" in differs
    beijing = made(frozen_copy, "pilot-province-totals").query("adcode == 110000").set_index("evidence_tier")
    bounds = beijing[["lower_projects", "upper_projects"]]
    assert (bounds.loc[2:] == 20).all(axis=None) and not (bounds.loc[1] == 20).any()


def test_a_later_batch_without_a_running_total_moves_the_verdict_on_the_total(frozen_copy):
    cells = {"stage": "final", "projects": 80, "basis": "seen", "preferred": "true", "source_id": made_up.SOURCE}
    made_up.source(frozen_copy)
    made_up.add(frozen_copy, "pilot_batches", year=2019, **cells)
    assert command(frozen_copy, "data", "refresh").stderr == ""
    command(frozen_copy, "run", "02")
    total = made(frozen_copy, "claims").set_index("claim_id").loc["Q12"]
    assert total[["value_computed", "rule", "verdict"]].tolist() == ["385", "recomputed", "contradicted"]
    assert made_up.SOURCE in total["evidence"].split(" ; ") and "2019" in total["reason_en"]


def test_a_series_is_carried_on_by_a_year(frozen_copy):
    """One row, its source, data refresh, run; what came since is judged by it too."""
    cells = {"year": 2026, "first_published_pct": 2.7, "decimals": 1, "stage": "bulletin", "stated_rise_pp": -0.1}
    cells |= {"source_id": made_up.SOURCE}
    made_up.source(frozen_copy)
    made_up.add(frozen_copy, "rd_intensity_china", **cells)
    assert command(frozen_copy, "data", "refresh").stderr == ""
    command(frozen_copy, "run", "08", "11")
    revisions = made(frozen_copy, "rd-revisions").set_index("year")
    assert float(revisions.loc[2026, "first_published_pct"]) == 2.7 and float(revisions.loc[2025, "revised_pct"]) == 2.8
    assert made(frozen_copy, "since-verdicts").set_index("claim_id").loc["Q114", "verdict"] == "traced"


def test_series_drawn_with_labels_are_carried_on(frozen_copy):
    """A value of the next year crowds no figure and stops no run."""
    made_up.source(frozen_copy)
    rate = {"as_of": "2026-06", "measure": "equipment_digitisation", "value_pct": 68.0, "scope": "industrial_firms"}
    rate |= {"label_zh": "设备数字化率", "label_en": "Digital share of equipment", "basis": "seen"}
    made_up.add(frozen_copy, "digitalisation", **rate, source_id=made_up.SOURCE)
    assert command(frozen_copy, "data", "refresh").stderr == ""
    outcome = command(frozen_copy, "run", "09")
    assert "FigureError" not in outcome.output and not comparison.list_crowded(frozen_copy / "build/run")
    made, kept = (folder / "figures/en/09-populations.svg" for folder in (frozen_copy / "build/run", frozen_copy))
    assert made.read_bytes() != kept.read_bytes()
