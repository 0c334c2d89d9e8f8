"""What is published about the checks themselves: complete, above its floors, and nothing left without a reason."""

import pandas as pd
import pytest

from compendium import paths

TABLES = paths.ROOT / "tests" / "verification"


def table(name):
    return pd.read_csv(TABLES / f"{name}.csv", keep_default_na=False)


@pytest.mark.parametrize("module", ["bounds", "claims", "statistics", "tables"])
def test_nine_of_ten_mutants_are_killed(module):
    row = table("mutants").set_index("module").loc[module]
    assert row["killed"] + row["timeout"] + row["survived"] == row["mutants"] > 100
    assert row["rate_pct"] >= 90
    listed = table("mutants-survivors")
    mine = listed[listed["mutant"].str.startswith(f"compendium.{module}.")]
    assert len(mine) == row["survived"] and mine["reason"].ne("").all()


def test_fifty_kills_left_nothing_behind():
    kills = table("kills")
    assert (kills["next_run"] == "0 differences").all()
    kills = kills[kills["signal"] != ""]  # the last line is the whole run at the end
    assert len(kills) == 50 and set(kills["signal"]) == {"SIGINT", "SIGTERM", "SIGKILL"}
    assert (kills["left_processes"].astype(int) == 0).all() and (kills["changed_files"].astype(int) == 0).all()


def test_honest_runs_raised_no_alarm():
    runs = table("honest-runs")
    assert len(runs) >= 20 and (runs["exit_status"] == 0).all() and (runs["changed_files"] == 0).all()
    assert runs["bytes_made"].nunique() == 1 and runs["python"].nunique() == 2
