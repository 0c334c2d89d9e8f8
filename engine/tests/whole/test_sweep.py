"""The sweep on one result, two choices of two values."""

import contextlib
import shutil

import copies
import pandas as pd
import pytest
from click.testing import CliRunner
from small_project import once

from compendium.__main__ import main
from compendium.compendium import Compendium
from compendium.ledger import claims, gate
from compendium.ledger.record import show_values
from compendium.run import tasks

find = Compendium.find

CHOICE = 'choices.{0} = {{ zh = "{0}", en = "{0}", parameter = "{0}", values = {1} }}\n'
RESULT = 'results.gap_2025 = { zh = "缺口", en = "gap", function = "study.results:compute_talent_gap_2025" }\n'


def declare(project, growth="[5.0, 0.0]"):
    given = CHOICE.format("annual_supply_growth", growth) + CHOICE.format("stock_year", "[2020, 2015]") + RESULT
    (project / "notebooks").mkdir(exist_ok=True)
    (project / "notebooks" / "choices.toml").write_text(given, encoding="utf-8")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A compendium without notebooks, with four specifications, swept."""
    root = tmp_path_factory.mktemp("sweep") / "新 project"
    project = copies.parts(root, "study", "data/raw", "compendium.toml", "requirements.lock")
    declare(project)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "raise_if_inputs_invalid", once(gate.raise_if_inputs_invalid))
        outcome = command(project, "--jobs", "2")
    assert outcome.exit_code == 0, outcome.output
    return project


@pytest.fixture
def project(original, monkeypatch, tmp_path):
    """The same, not yet swept."""
    monkeypatch.setattr(gate, "raise_if_inputs_invalid", once(gate.raise_if_inputs_invalid))
    copy = tmp_path / "新 project"
    shutil.copytree(original, copy, ignore=shutil.ignore_patterns("build"))
    return copy


def command(project, *arguments):
    """Sweep in this process."""
    with contextlib.chdir(project):
        return CliRunner().invoke(main, ["sweep", *arguments])


def table(project, name):
    return pd.read_csv(project / "build" / "sweep" / f"{name}.csv", dtype=str, keep_default_na=False)


def test_the_defaults_give_the_committed_ledger_and_robustness_names_the_choices_that_move_an_item(original):
    robust, ledger = table(original, "robustness").set_index("item"), claims.read_ledger(find(), find().root).values()
    judged = robust.drop("gap_2025").reindex([one.claim_id for one in ledger])
    assert judged["verdict"].tolist() == [one.verdict for one in ledger]
    assert judged["value"].tolist() == [show_values(one.value_computed) for one in ledger]
    curves = table(original, "curves")
    gaps = curves.set_index(["annual_supply_growth", "stock_year"])["value"].astype(float)
    assert list(gaps.index) == [("5.0", "2020"), ("5.0", "2015"), ("0.0", "2020"), ("0.0", "2015")]
    assert gaps.iloc[1] < gaps.iloc[0] < gaps.iloc[2] == gaps.iloc[3]
    row, steady = robust.loc["gap_2025"], robust.loc["Q70"]
    assert (row["values"], row["flipped_by"]) == ("3", "") and row[
        "moved_by"
    ] == "annual_supply_growth=0.0 ; stock_year=2015"
    assert (steady["share"], steady["judged"], steady["flipped_by"]) == ("1", "4", "")
    assert set(curves["item"]) == {"gap_2025"}


def test_with_names_only_what_they_reach_is_asked_and_each_combination_that_fails_is_told(project):
    outcome = command(project, "stock_year")
    assert outcome.exit_code == 0 and "2 specifications, 2 runs. " in outcome.stdout
    assert table(project, "robustness")["item"].tolist() == ["gap_2025"]
    shutil.rmtree(project / "build/sweep")
    declare(project, growth='[5.0, "fast"]')
    outcome = command(project, "stock_year", "annual_supply_growth")
    assert outcome.exit_code == 1
    both = ["annual_supply_growth=fast", "annual_supply_growth=fast ; stock_year=2015"]
    assert all(f"gap_2025, {choices}: TypeError" in outcome.stderr for choices in both)
    assert not list((project / "build/sweep").glob("*.csv"))


def test_an_edit_while_a_sweep_runs_is_refused(project, monkeypatch):
    states = iter(("before", "after"))
    monkeypatch.setattr(tasks, "hash_sweep_inputs", lambda _: next(states))
    outcome = command(project, "stock_year")
    assert outcome.exit_code == 1 and "code or data were edited while the sweep ran. Remedy: " in outcome.output
    assert not list((project / "build/sweep").glob("*.csv"))
