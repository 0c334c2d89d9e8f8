"""What is published about the checks themselves: complete, above its floors, and nothing left without a reason."""

import datetime
import io
import json
import re
from argparse import Namespace
from pathlib import Path

import pandas as pd
import pytest
from coverage import CoverageData
from verification import digits, faults, honest, hostile, measured, mutants, plant, verdicts
from verification import kills as kills_of

from compendium import paths

TABLES = paths.HOME / "data" / "verification"


def table(name):
    return pd.read_csv(TABLES / f"{name}.csv", keep_default_na=False, dtype={"commit": str})


def test_the_rates_of_the_seeded_faults_are_above_their_floors_and_follow_from_the_log_of_a_whole_sample():
    rates, log = pd.read_csv(TABLES / "faults.csv"), table("faults-log")
    sizes = rates[rates["kind"] != "all"].set_index("kind")["population"].to_dict()
    assert log.groupby("kind").size().to_dict() == measured.quotas(sizes, faults.SAMPLE)
    assert (log.groupby("group")["stamp"].nunique() == 1).all() and not log["message"].str.contains("/tmp").any()
    counted = pd.read_csv(io.StringIO(faults.summary(log, sizes).to_csv(index=False)))
    assert counted.set_index("kind").loc[rates["kind"]].reset_index().equals(rates)
    assert pd.read_csv(TABLES / "faults-layers.csv").equals(faults.layers(rates))
    left = [frame.astype(str).to_numpy().tolist() for frame in (faults.survivors(log), table("survivors"))]
    assert sorted(left[0]) == sorted(left[1]) and faults.shortfalls(rates, table("survivors")) == []
    kinds = rates.set_index("kind")
    assert (kinds[list(faults.LAYERS)].sum(axis=1) == kinds["noticed"]).all() and (kinds["noticed"] > 0).all()
    noticed = log["layer"].ne("")
    assert log.loc[noticed, "message"].ne("").all() and log.loc[~noticed, "reason"].ne("").all()


def test_the_pages_on_checks_tell_what_the_log_says_of_a_digit_in_each_kind_of_file():
    log = pd.read_csv(TABLES / "digits.csv", dtype=str, keep_default_na=False)
    assert log["kind"].tolist() == [*digits.KINDS] and log["tree"].nunique() == 1
    assert log["file"].tolist() == [kind.file for kind in digits.KINDS.values()]
    assert not log["line"].str.contains("/tmp").any() and {*log["command"]} <= {"", *digits.NAMES}
    for language, page in digits.PAGES.items():
        told = page.read_text(encoding="utf-8")
        assert told == digits.fill(told, log, language)


def test_another_digit_is_planted_behind_what_each_kind_names(tmp_path):
    for kind in digits.KINDS.values():
        (tmp_path / kind.file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / kind.file).write_bytes(before := (paths.HOME / kind.file).read_bytes())
        digits.plant(kind, tmp_path)
        after = (tmp_path / kind.file).read_bytes()
        assert len(after) == len(before) and sum(a != b for a, b in zip(after, before, strict=True)) == 1, kind.file


def test_a_kind_counts_by_its_number_not_by_its_sample():
    kinds = pd.DataFrame({"population": [900, 100], "faults": [10, 10], "equivalent": [0, 0], "noticed": [10, 0]})
    share, low, high = measured.estimated(kinds, "noticed")
    assert share == 90 and 0 < low < 90 < high < 100
    assert measured.estimated(kinds.head(1), "noticed") == (100.0, 72.2, 100.0)  # Wilson: 10 / (10 + 1.96^2)
    narrower = measured.estimated(kinds.assign(faults=1000, noticed=[1000, 0]), "noticed")
    assert low < narrower[1] and narrower[2] < high
    assert all(value != value for value in measured.estimated(kinds.assign(equivalent=10, noticed=0), "noticed"))


def test_a_sample_is_shared_out_by_number_and_leaves_out_no_kind():
    quota = measured.quotas({"many": 9000, "some": 900, "few": 2}, 100)
    assert quota == {"many": 91, "some": 9, "few": 2}
    assert measured.quotas({"many": 9000, "some": 90}, 100)["some"] == measured.LEAST


def test_the_rates_that_are_shown_follow_from_the_tables_and_say_when_and_on_what_each_was_measured():
    known, told = table("measured").set_index("measurement"), table("rates").set_index("rate")
    assert told.reset_index().astype(str).equals(measured.rates().astype(str))
    assert list(told.index) == [*measured.NAMES] and {*told.index} == {*plant.PARTS, "honest-tests"}
    assert told.loc[plant.PARTS, known.columns].equals(known.loc[plant.PARTS].rename_axis("rate"))
    last = table("honest-tests").iloc[-1]
    assert told.loc["honest-tests", known.columns].tolist() == last[known.columns].tolist()
    assert known["commit"].str.fullmatch(r"([0-9a-f]{7,}\+?)?").all()  # none where measured before commits were noted
    assert (told["good"] <= told["tried"]).all() and (told.loc[plant.PARTS, "tried"] > 30).all()
    assert (told["low_pct"].le(told["rate_pct"]) & told["rate_pct"].le(told["high_pct"])).all()


def test_each_measurement_names_a_commit_of_its_version_on_a_day_that_can_be():
    if measured.git("rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("the past of this copy is not at hand")
    for row in [*table("measured").to_dict("records"), *table("honest-tests").to_dict("records")]:
        commit = row["commit"].removesuffix("+")
        day, *_ = measured.git("show", "-s", "--format=%cs", commit).splitlines()
        assert day <= row["day"] <= str(datetime.date.today() + datetime.timedelta(days=1)), row
        assert f'version = "{row["version"]}"' in measured.git("show", f"{commit}:compendium.toml"), row
        assert measured.git("merge-base", commit, "HEAD").startswith(commit), row


def test_a_measurement_notes_the_commit_and_keeps_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "TABLE", tmp_path / "measured.csv")
    monkeypatch.setattr(measured, "git", lambda *arguments: "0123abcd" if "HEAD" in arguments else " M study/aims.py")
    (tmp_path / "measured.csv").write_text("measurement,day,version\nb,2020-01-01,0.1.0\n", encoding="utf-8")
    measured.record("a")
    head, made, earlier = (tmp_path / "measured.csv").read_text().splitlines()
    assert head == "measurement,day,version,commit" and earlier == "b,2020-01-01,0.1.0,"
    assert made.startswith("a,") and made.endswith(",0123abcd+")


def test_what_was_tried_on_this_tree_is_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "TRIED", tmp_path)
    monkeypatch.setattr(measured, "stamp", lambda: "this")
    asked = []

    def trial(item):
        asked.append(item)
        if item == "bad":
            raise RuntimeError
        return item.upper()

    with pytest.raises(RuntimeError):
        measured.tried("some", ["a", "bad", "c"], trial)
    (tmp_path / "some.jsonl").open("a").write('["c", "C')  # a line cut short
    assert measured.tried("some", ["a", "c"], trial) == {"a": "A", "c": "C"} and asked == ["a", "bad", "c"]
    assert measured.tried("some", ["a"], trial, kept=False) == {"a": "A"} and asked.pop() == "a"
    assert measured.tried("other", ["a", "c"], trial, jobs=2) == {"a": "A", "c": "C"} and len(asked) == 3
    monkeypatch.setattr(measured, "stamp", lambda: "another")
    assert measured.tried("some", ["a"], trial) == {"a": "A"} and asked[3:] == ["a"]


@pytest.mark.parametrize("status", [0, 1])
def test_tables_are_put_in_place_once_all_parts_have_ended_well(status, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "measured.csv").write_text("measurement,day,version,commit\n")
    (kept / "seen.csv").write_text("before")
    for name, value in (("TABLES", kept), ("TABLE", kept / "measured.csv"), ("TRIED", tmp_path / "tried")):
        monkeypatch.setattr(measured, name, value)

    def start(part, variables):
        Path(variables["RATES_TABLES"], "seen.csv").write_text("after")
        return status

    monkeypatch.setattr(plant, "start", start)
    monkeypatch.setattr(measured, "rates", lambda: pd.DataFrame({"rate_zh": ["a"], "tried": [1]}))
    assert plant.measure_parts(["kills"]) == status
    assert (kept / "seen.csv").read_text() == ("before" if status else "after") and not (kept / plant.NOTE).exists()


@pytest.mark.parametrize(("names", "wrong"), [([], []), ([], ["bad"]), (["some"], [])])
def test_a_measurement_writes_its_tables_unless_only_some_was_tried_and_fails_if_something_is_wrong(
    names, wrong, tmp_path, monkeypatch
):
    (tmp_path / "measured.csv").write_text("measurement,day,version,commit\n")
    monkeypatch.setattr(measured, "TABLES", tmp_path)
    monkeypatch.setattr(measured, "TABLE", tmp_path / "measured.csv")
    monkeypatch.setattr(measured, "rates", lambda: pd.DataFrame({"rate": [1]}))
    found = measured.Found({"kills": pd.DataFrame({"kill": [1]})}, "shown", wrong)
    monkeypatch.setattr(kills_of, "measure", lambda options: found)
    assert plant.measure("kills", Namespace(names=names, take=0)) == bool(wrong)
    written = ["measured"] if names else ["kills", "measured", "rates"]
    assert sorted(path.stem for path in tmp_path.iterdir()) == written
    assert list(measured.recorded()) == ([] if names else ["kills"])


def test_mutants_of_all_modules_are_killed_above_the_floor():
    killed, left = table("mutants").set_index("module"), table("mutants-survivors")
    parts = killed.drop(index="all")
    assert set(parts.index) == set(mutants.GROUPS) and (parts["mutants"] >= measured.LEAST).all()
    assert (killed["killed"] + killed["timeout"] + killed["survived"] == killed["mutants"]).all()
    assert killed.at["all", "rate_pct"] >= mutants.FLOOR and killed.at["all", "mutants"] >= mutants.SAMPLE
    counts = ["population", "mutants", "killed", "timeout", "survived", "explained"]
    assert (parts[counts].sum() == killed.loc["all", counts]).all()
    assert len(left) == killed.at["all", "survived"]
    assert left["reason"].ne("").sum() == killed.at["all", "explained"]
    survived = parts["survived"][parts["survived"] > 0].to_dict()
    assert left["mutant"].map(mutants.group).value_counts().to_dict() == survived


def test_every_module_that_is_mutated_belongs_to_one_group_and_some_are_the_rules():
    names = [file.removesuffix(".py").replace("/", ".") for file in mutants.files()]
    groups = {name: mutants.group(f"{name}.") for name in names}
    assert groups["compendium.ledger.judging"] == groups["compendium.vocabulary"] == "rules"
    assert groups["study.statistics"] == "statistics" and groups["study.aims"] == "other study"
    assert set(groups.values()) == set(mutants.GROUPS)


MUTATED = """
def x_f__mutmut_{}(a):
    if a:
        return (
            {}
        )
    return {}
"""


@pytest.mark.parametrize(
    ("sample", "kept"),
    [
        (["study.m.x_f__mutmut_1"], ["late", "quick"]),  # `other` would take too long, `never` fails unaltered
        (["study.m.x_f__mutmut_2"], ["slow"]),
        (["study.m.x_f__mutmut_1", "study.m.x_f__mutmut_2"], ["late", "quick"]),
    ],
)
def test_mutants_get_the_tests_that_run_their_line_and_little_else(sample, kept, tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "FOLDER", tmp_path)
    monkeypatch.setattr(mutants, "STATS", tmp_path / "mutants" / "stats.json")
    monkeypatch.setattr(mutants, "files", lambda: ["study/m.py"])
    file = tmp_path / "mutants" / "study" / "m.py"
    file.parent.mkdir(parents=True)
    file.write_text("".join(MUTATED.format(*of) for of in (("orig", 1, 2), (1, 2, 2), (2, 1, 3))))
    seconds = {"slow": 90.0, "quick": 0.1, "other": 14.0, "late": 5.0, "never": 0.0}
    ran = {"study.m.x_f": [*seconds], "study.m.x_g": ["quick"]}
    mutants.STATS.write_text(json.dumps({"duration_by_test": seconds, "tests_by_mangled_function_name": ran}))
    (tmp_path / "mutants" / "failing.txt").write_text("never\n")
    lines = CoverageData(str(tmp_path / "mutants" / "lines"))
    for test, run in [("late", (3, 4)), ("quick", (3, 4)), ("other", (3, 4)), ("never", (3, 4)), ("slow", (3, 7))]:
        lines.set_context(test)
        lines.add_lines({str(file): run})
    lines.write()
    mutants.tests_chosen(sample)
    chosen = json.loads(mutants.STATS.read_text())["tests_by_mangled_function_name"]
    assert chosen == {"study.m.x_f": kept, "study.m.x_g": ["quick"]}


def test_why_a_fault_in_evidence_does_not_turn_the_verdict_is_found_out():
    log, counted = table("verdict-faults-log"), table("verdict-faults")
    assert counted.astype(str).equals(verdicts.classes(log).fillna("").astype(str))
    assert set(log["outcome"]) <= set(verdicts.OUTCOMES)
    assert ((log["verdict"] != log["verdict_then"]) == (log["outcome"] == "verdict")).all()
    seen, why = counted[verdicts.SEEN].sum(axis=1), counted[["verdict", "others", "margin"]].sum(axis=1)
    assert (100 * why >= verdicts.FLOOR * seen).all() and seen.iloc[-1] > 500


def test_commands_killed_at_random_moments_leave_all_in_order():
    kills = table("kills")
    assert set(kills["command"]) == set(kills_of.COMMANDS) and len(kills) >= sum(kills_of.TIMES.values())
    assert set(kills["signal"]) == {"SIGINT", "SIGTERM", "SIGKILL"}
    assert (kills["left_processes"] == 0).all() and (kills["half_written"] == 0).all()
    assert (kills["repeated"] == "as committed").all()


def test_hostile_conditions_are_met_as_expected():
    tried = table("hostile").set_index("condition")
    assert list(tried.index) == list(hostile.CONDITIONS)
    met = tried[tried["as_expected"] != "skipped"]
    assert (met["as_expected"] == "yes").all() and (met["files_changed"].astype(int) == 0).all() and len(met) > 25
    for name, row in met.iterrows():
        wanted = hostile.CONDITIONS[name]
        assert int(row["exit_status"]) == wanted.status and re.search(wanted.said, row["said"]), name
    assert not tried["said"].str.contains("/tmp|/home|/work").any()


def test_where_nothing_was_wrong_no_test_failed():
    log = table("honest-tests")
    told = log.to_dict("records")
    kept = honest.honest(told)
    assert kept and kept[-1] == told[-1], "a run with an alarm is the last: its cause is to be found"
    assert log["run"].drop_duplicates().tolist() == list(range(1, log["run"].max() + 1))
    assert (log.groupby("run").size() == log.groupby("run")["at_once"].first()).all()
    assert set(log["condition"]) <= set(honest.CONDITIONS) and log["version"].nunique() == 1
    assert log["commit"].str.fullmatch("[0-9a-f]{7,}").all() and log["day"].str.fullmatch(r"20\d\d-\d\d-\d\d").all()
    assert all(re.fullmatch(r"\d{4,} passed.*", line["said"]) and "failed" not in line["said"] for line in kept)
    if "honest-tests" in set(table("measured")["measurement"]):  # noted when all runs asked for were made
        assert honest.made(kept, 1) >= honest.ALONE and honest.made(kept, 2) >= honest.PAIRS
        assert log["python"].nunique() >= 2 and log["condition"].nunique() == len(honest.CONDITIONS)


def test_an_alarm_makes_counting_begin_anew_and_two_at_once_are_one_run():
    log = [{"run": n, "at_once": 1 + n % 2, "exit_status": 0, "changed_files": 0} for n in (1, 1, 2, 3, 3, 4)]
    assert honest.honest(log) == log and (honest.made(log, 1), honest.made(log, 2)) == (2, 2)
    log[2]["changed_files"] = 1
    assert honest.honest(log) == log[3:] and honest.honest([*log, log[0] | {"exit_status": 1}]) == []
