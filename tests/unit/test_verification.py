"""What is published about the checks themselves: complete, above its floors, and nothing left without a reason."""

import pandas as pd
import pytest
from verification import faults, measured, mutants

from compendium import paths

TABLES = paths.project().root / "data" / "verification"


def table(name):
    return pd.read_csv(TABLES / f"{name}.csv", keep_default_na=False)


def test_the_rates_of_the_seeded_faults_are_above_their_floors():
    rates = table("faults").set_index("kind")
    assert rates.at["cell", "survived"] == 0 and rates.at["all", "rate_pct"] >= 95
    parts = rates.drop(index="all")
    assert (parts["noticed"] + parts["equivalent"] + parts["survived"] == parts["faults"]).all()
    layers = ["validation", "stop", "verdict", "comparison", "gate", "texts", "units"]
    assert (rates[layers].sum(axis=1) == rates["noticed"]).all() and (parts["noticed"] > 0).all()
    counts = parts.columns.drop(["kind_zh", "rate_pct", "low_pct", "high_pct"])
    assert (parts[counts].sum() == rates.loc["all", counts]).all()


def test_the_sample_of_faults_is_as_large_as_stated_and_its_rates_follow_from_its_counts():
    rates = pd.read_csv(TABLES / "faults.csv")
    parts = rates[rates["kind"] != "all"]
    sizes = parts.set_index("kind")["population"].to_dict()
    assert parts.set_index("kind")["faults"].to_dict() in (faults.quotas(sizes, faults.SAMPLE), sizes)
    ends = ["rate_pct", "low_pct", "high_pct"]
    for kind, row in rates.set_index("kind").iterrows():
        found = faults.estimated(parts if kind == "all" else parts[parts["kind"] == kind], "noticed")
        assert tuple(row[ends]) == found and found[1] <= found[0] <= found[2]
    assert pd.read_csv(TABLES / "faults-layers.csv").equals(faults.layers(rates))


def test_a_kind_counts_by_its_number_not_by_its_sample():
    kinds = pd.DataFrame({"population": [900, 100], "faults": [10, 10], "equivalent": [0, 0], "noticed": [10, 0]})
    share, low, high = faults.estimated(kinds, "noticed")
    assert share == 90 and 0 < low < 90 < high < 100
    assert faults.estimated(kinds.head(1), "noticed") == (100.0, 72.2, 100.0)  # Wilson: 10 / (10 + 1.96^2)
    narrower = faults.estimated(kinds.assign(faults=1000, noticed=[1000, 0]), "noticed")
    assert low < narrower[1] and narrower[2] < high
    assert all(value != value for value in faults.estimated(kinds.assign(equivalent=10, noticed=0), "noticed"))


def test_a_sample_is_shared_out_by_number_and_leaves_out_no_kind():
    quota = faults.quotas({"many": 9000, "some": 900, "few": 2}, 100)
    assert quota == {"many": 91, "some": 9, "few": 2}
    assert faults.quotas({"many": 9000, "some": 90}, 100)["some"] == faults.LEAST


def test_each_rate_says_when_and_on_which_version_it_was_measured(tmp_path, monkeypatch):
    known = table("measured").set_index("measurement")
    assert {"faults", "verdict-faults", *(f"mutants {module}" for module in mutants.MODULES)} == set(known.index)
    assert (
        known["day"].str.fullmatch(r"20\d\d-\d\d-\d\d").all() and known["version"].str.fullmatch(r"\d+\.\d+\.\d+").all()
    )
    assert known["commit"].str.fullmatch(r"([0-9a-f]{7,}\+?)?").all()  # none where measured before commits were noted
    monkeypatch.setattr(measured, "TABLE", tmp_path / "measured.csv")
    monkeypatch.setattr(measured, "git", lambda *arguments: "0123abcd" if "HEAD" in arguments else " M study/aims.py")
    (tmp_path / "measured.csv").write_text("measurement,day,version\nb,2020-01-01,0.1.0\n", encoding="utf-8")
    measured.record("a")
    head, made, earlier = (tmp_path / "measured.csv").read_text().splitlines()
    assert head == "measurement,day,version,commit" and earlier == "b,2020-01-01,0.1.0,"
    assert made.startswith("a,") and made.endswith(",0123abcd+")


def test_every_survivor_has_a_reason():
    left, rates = table("survivors"), table("faults").set_index("kind")
    assert left["reason"].ne("").all()
    assert left["faults"].sum() == rates.at["all", "equivalent"] + rates.at["all", "survived"]


def test_the_log_tells_of_every_fault_what_noticed_it_or_why_nothing_did():
    log, rates = table("faults-log"), table("faults").set_index("kind").drop(index="all")
    assert (log.groupby("group")["stamp"].nunique() == 1).all()
    assert log.groupby("kind").size().to_dict() == rates["faults"].to_dict()
    noticed = log["layer"].ne("")
    assert log[noticed].groupby("kind").size().to_dict() == rates["noticed"].to_dict()
    assert log.loc[noticed, "message"].ne("").all() and log.loc[~noticed, "reason"].ne("").all()
    assert log["place_named"].eq("yes").groupby(log["kind"]).sum().to_dict() == rates["place_named"].to_dict()
    assert not log["message"].str.contains("/tmp").any()


@pytest.mark.parametrize("module", sorted(mutants.MODULES))
def test_nine_of_ten_mutants_are_killed(module):
    row = table("mutants").set_index("module").loc[module]
    assert row["killed"] + row["timeout"] + row["survived"] == row["mutants"] > 100
    assert row["rate_pct"] >= 90
    listed = table("mutants-survivors")
    mine = listed[listed["mutant"].map(mutants.group) == module]
    assert len(mine) == row["survived"] and mine["reason"].ne("").all()


def test_fifty_kills_left_nothing_behind():
    kills = table("kills")
    assert (kills["next_run"] == "0 differences").all()
    kills = kills[kills["signal"] != ""]  # the last line is the whole run at the end
    assert len(kills) == 50 and set(kills["signal"]) == {"SIGINT", "SIGTERM", "SIGKILL"}
    assert (kills["left_processes"].astype(int) == 0).all() and (kills["changed_files"].astype(int) == 0).all()


@pytest.mark.parametrize("what", ["runs", "tests"])
def test_where_nothing_was_wrong_no_alarm_was_raised(what):
    seen = table(f"honest-{what}")
    assert len(seen) >= 20 and seen["run"].tolist() == list(range(1, len(seen) + 1))
    assert seen["condition"].nunique() == 12
    assert (seen["exit_status"] == 0).all() and (seen["changed_files"] == 0).all()


def test_honest_runs_made_the_same_bytes_on_two_pythons():
    runs = table("honest-runs")
    assert runs["bytes_made"].nunique() == 1 and runs["python"].nunique() == 2
