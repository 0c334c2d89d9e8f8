"""What is published about the checks themselves: complete, above its floors; and how faults are planted and counted."""

import datetime
import re
from argparse import Namespace

import pandas as pd
import pytest
from verification import changes, digits, falsified, faults, harness, honest, hostile, mutants, plant, planted
from verification import kills as kills_of
from verification import stale as stale_of

from compendium.base import paths
from compendium.ledger.falsify import KINDS

TABLES = paths.HOME / "data" / "verification"


def table(name):
    return pd.read_csv(TABLES / f"{name}.csv", keep_default_na=False, dtype={"commit": str})


# What is committed


def test_the_rates_of_planted_faults_follow_from_their_numbers_and_the_log_and_are_above_the_floor():
    rates, log = pd.read_csv(TABLES / "faults.csv"), table("faults-log")
    kinds, whole = rates[rates["kind"] != "all"].drop(columns="kind_zh"), rates.iloc[-1]
    assert log["kind"].value_counts().to_dict() == kinds.set_index("kind")["faults"].to_dict()
    assert (kinds["noticed"] + kinds["equivalent"] + kinds["survived"] == kinds["faults"]).all()
    again = harness.rated(kinds.drop(columns=["rate_pct", "low_pct", "high_pct"]))
    assert again.equals(rates.drop(columns="kind_zh")) and whole["rate_pct"] >= faults.FLOOR_PCT
    assert (kinds["place_named"] <= kinds["noticed"]).all() and whole["faults"] >= faults.SAMPLE
    assert not log["message"].str.contains("/tmp").any()


def test_the_pages_on_checks_tell_what_the_log_says_of_a_digit_in_each_kind_of_file():
    log = pd.read_csv(TABLES / "digits.csv", dtype=str, keep_default_na=False)
    assert log["kind"].tolist() == [*digits.KINDS] and log["tree"].nunique() == 1
    assert log["file"].tolist() == [kind.file for kind in digits.KINDS.values()]
    assert all(digits.list_tests(kind.tests.split()) for kind in digits.KINDS.values() if kind.tests)
    assert not log["line"].str.contains("/tmp").any() and {*log["command"]} <= {"", *digits.NOTICED}
    for language, page in digits.PAGES.items():
        told = page.read_text(encoding="utf-8")
        assert told == digits.fill(told, log, language)


def test_the_rates_that_are_shown_follow_from_the_tables_and_say_when_and_on_what_each_was_measured():
    known, told = table("measured").set_index("measurement"), table("rates").set_index("rate")
    known.loc["untouched"] = known.loc["planted"]
    assert told.reset_index().astype(str).equals(harness.rates().astype(str))
    assert list(told.index) == [*harness.NAMES] and {*told.index} == {*plant.RATES, "untouched", "honest-tests"}
    assert {*known.index} <= {*plant.KINDS, "untouched"} and told[known.columns].equals(
        known.loc[told.index].rename_axis("rate")
    )
    assert known["commit"].str.fullmatch(r"[0-9a-f]{7,}\+?").all()
    assert (told["good"] <= told["tried"]).all() and (told["tried"].drop("honest-tests") > 20).all()
    assert told.loc["honest-tests", "tried"] >= len(honest.CONDITIONS)
    assert (told["low_pct"].le(told["rate_pct"]) & told["rate_pct"].le(told["high_pct"])).all()


def test_each_measurement_names_a_commit_of_its_version_on_a_day_that_can_be():
    if harness.git("rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("the past of this copy is not at hand")
    for row in table("measured").to_dict("records"):
        commit = row["commit"].removesuffix("+")
        day, *_ = harness.git("show", "-s", "--format=%cs", commit).splitlines()
        assert day <= row["day"] <= str(datetime.date.today() + datetime.timedelta(days=1)), row
        assert f'version = "{row["version"]}"' in harness.git("show", f"{commit}:compendium.toml"), row
        assert harness.git("merge-base", commit, "HEAD").startswith(commit), row


def test_mutants_are_killed_above_the_floor_and_the_others_are_listed():
    killed = pd.read_csv(TABLES / "mutants.csv").set_index("module")
    parts, whole = killed.drop(index="all"), killed.loc["all"]
    assert (killed["killed"] + killed["timeout"] + killed["survived"] == killed["mutants"]).all()
    assert whole["rate_pct"] >= mutants.FLOOR and whole["mutants"] >= mutants.SAMPLE
    counts = ["population", "mutants", "killed", "timeout", "survived"]
    assert (parts[counts].sum() == whole[counts]).all() and len(table("mutants-survivors")) == whole["survived"]


def test_falsified_numbers_are_noticed_and_no_claim_stays_as_it_was_under_all():
    log = table("falsified")
    assert {*log["kind"]} == {*KINDS} and set(log["noticed"]) == {"yes", "no"}
    mine = falsified.settled(log)
    assert len(mine) > 100 and 100 * mine["noticed"].eq("yes").mean() >= 95
    assert mine.groupby("claim_id")["noticed"].agg(lambda said: "yes" in set(said)).all()


def test_false_twins_are_noticed_and_untouched_claims_left_alone():
    log, readings = table("planted"), planted.read("planted-readings")
    assert planted.judge(log.drop(columns=["answer", "right"]), readings).equals(log) and len(log) >= 40
    twins, right = log["kind"].ne("untouched"), log["right"].eq("yes")
    assert twins.sum() == len(log) / 2 and log.loc[twins, "kind"].value_counts().size >= 10
    assert right[twins].mean() >= 0.85 and right[~twins].mean() >= 0.9
    spoilt = readings.assign(found_1="holds", found_2="holds")
    assert planted.judge(log, spoilt).loc[twins, "right"].eq("no").all()  # who finds all true notices nothing
    claims = pd.read_csv(paths.HOME / "data/raw/claims.csv", dtype=str).set_index("claim_id")
    same = log["statement_zh"].eq(claims["statement_zh"].reindex(log["claim_id"]).to_numpy())
    assert not (same & twins).any()


def test_commands_killed_at_random_moments_leave_all_in_order():
    kills = table("kills")
    assert set(kills["command"]) == set(kills_of.COMMANDS) and len(kills) >= sum(kills_of.TIMES.values())
    assert set(kills["signal"]) == {"SIGINT", "SIGTERM", "SIGKILL"}
    assert (kills["left_processes"] == 0).all() and (kills["half_written"] == 0).all()
    assert (kills["repeated"] == "as committed").all()


def test_hostile_conditions_are_met_as_expected():
    tried = table("hostile").set_index("condition")
    met = tried[tried["as_expected"] != "skipped"]
    assert {*tried.index} >= {*hostile.CONDITIONS} and len(met) > 20
    assert (met["as_expected"] == "yes").all() and (met["files_changed"].astype(int) == 0).all()
    for name, wanted in hostile.CONDITIONS.items():
        row = tried.loc[name]
        if name in met.index:
            assert int(row["exit_status"]) == wanted.status and re.search(wanted.said, row["said"]), name
    assert not tried["said"].str.contains("/tmp|/home|/work").any()


def test_no_result_is_called_unchanged_or_accepted_that_is_older_than_a_file_it_was_made_from():
    tried = table("stale")
    pairs = {*zip(tried["edit"], tried["moment"], strict=True)}
    assert pairs == {(edit, moment) for edit in stale_of.EDITS for moment in stale_of.MOMENTS} and len(tried) >= 30
    missed = tried[tried["noticed"] != "yes"]
    assert {*missed["moment"]} <= {"check"} and {*missed["edit"]} <= {"summary", "list of notebooks"}
    assert not tried["said"].str.contains("/tmp|/home|/work").any()


def test_where_nothing_was_wrong_no_test_failed():
    log = table("honest-tests")
    assert log["exit_status"].eq(0).all() and log["changed_files"].eq(0).all()
    assert log["said"].str.fullmatch(r"\d{4,} passed(?!.*failed).*").all()
    assert {*log["condition"]} >= {*honest.CONDITIONS}


# How faults are planted and counted


def test_a_kind_counts_by_its_number_not_by_its_sample():
    kinds = pd.DataFrame({"population": [900, 100], "faults": [10, 10], "equivalent": [0, 0], "noticed": [10, 0]})
    share, low, high = harness.estimated(kinds, "noticed")
    assert share == 90 and 0 < low < 90 < high < 100
    assert harness.estimated(kinds.head(1), "noticed") == (100.0, 72.2, 100.0)  # Wilson: 10 / (10 + 1.96^2)
    narrower = harness.estimated(kinds.assign(faults=1000, noticed=[1000, 0]), "noticed")
    assert low < narrower[1] and narrower[2] < high
    assert all(value != value for value in harness.estimated(kinds.assign(equivalent=10, noticed=0), "noticed"))


def test_a_sample_is_shared_out_by_number_and_leaves_out_no_kind():
    quota = harness.quotas({"many": 9000, "some": 900, "few": 2}, 100)
    assert quota == {"many": 91, "some": 9, "few": 2}
    assert harness.quotas({"many": 9000, "some": 90}, 100)["some"] == harness.LEAST


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """A folder of tables with one measurement, in a checkout that is not as committed."""
    monkeypatch.setattr(harness, "TABLES", tmp_path)
    monkeypatch.setattr(harness, "rates", lambda: pd.DataFrame({"rate": [1]}))
    monkeypatch.setattr(harness, "git", lambda *words: "0123abcd" if "HEAD" in words else " M study/analysis/aims.py")
    (tmp_path / "measured.csv").write_text("measurement,day,version,commit\nfaults,2020-01-01,0.1.0,9\n")
    return tmp_path


def test_what_was_tried_on_this_tree_is_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(harness, "TRIED", tmp_path)
    monkeypatch.setattr(harness, "template", lambda: None)
    asked, made = [], {"a": "A", "c": "C"}

    def try_again(*items, tree="this", name="some", **how):
        monkeypatch.setattr(harness, "stamp", lambda: tree)
        before = len(asked)
        found = harness.tried(name, items, lambda item: asked.append(item) or made[item], **how)
        assert found == {item: made[item] for item in items}
        return asked[before:]

    with pytest.raises(KeyError):
        try_again("a", "bad", "c")
    (tmp_path / "some.jsonl").open("a").write('["c", "C')  # a line cut short
    assert try_again("a", "c") == ["c"] and try_again("a", kept=False) == ["a"]
    assert try_again("a", "c", name="other", jobs=2) == [], "other processes are asked"
    assert try_again("a", tree="another") == ["a"]


@pytest.mark.parametrize(("names", "wrong"), [([], []), ([], ["bad"]), (["some"], [])])
def test_a_measurement_writes_its_tables_unless_only_some_was_tried_and_fails_if_something_is_wrong(
    names, wrong, tables, monkeypatch
):
    found = harness.Found({"kills": pd.DataFrame({"kill": [1]})}, "shown", wrong)
    monkeypatch.setattr(kills_of, "measure", lambda options: found)
    assert plant.measure(["kills"], Namespace(names=names, take=0)) == bool(wrong)
    due = ["measured"] if names else ["kills", "measured", "rates"]
    assert sorted(path.stem for path in tables.iterdir()) == due
    noted = {name: row["commit"] for name, row in harness.recorded().items()}
    assert noted == {"faults": "9"} | ({} if names else {"kills": "0123abcd+"})


def test_nothing_is_written_of_any_part_if_a_later_one_cannot_be_measured(tables, monkeypatch):
    def broken(options):
        raise RuntimeError("Remedy: make")

    monkeypatch.setattr(kills_of, "measure", lambda options: harness.Found({"kills": pd.DataFrame()}, ""))
    monkeypatch.setattr(hostile, "measure", broken)
    with pytest.raises(SystemExit, match="hostile: Remedy: make"):
        plant.measure(["kills", "hostile"], Namespace(names=[], take=0))
    assert [path.stem for path in tables.iterdir()] == ["measured"]


def test_what_a_command_tells_is_its_first_line_that_names_something():
    for command, status, lines, told in (
        ("run", 1, ["01 ok", "note: a", "differs: b", "Error: c"], "note: a"),
        ("run", 0, ["01 ok", "0 differences"], ""),
        ("refresh", 1, ["a", "Error: b"], "Error: b"),
        ("check", 0, ["note: a", "all in order"], "note: a"),
        ("check", 1, ["a: spoilt", "1 fault"], "a: spoilt"),
        ("accept", 0, ["LOOK AT", "  ! grade raised", "3 changes"], "! grade raised"),
        ("test", 1, ["..F", "FAILED tests/a.py::b - c"], "FAILED tests/a.py::b - c"),
    ):
        assert harness.telling(command, status, lines) == told


def test_faults_of_a_table_are_all_its_cells_and_rows_and_each_changes_what_it_says(tmp_path, monkeypatch):
    head, one, two = "source_id,grade,accessed,also,firm", "a,A,2024-02-29,1.50,true", "b,X,,2,false"
    types = dict(zip(head.split(","), ("string", "string", "date", "number", "boolean"), strict=True))
    fields = [{"name": name, "type": kind} for name, kind in types.items()]
    cells = [dict(zip(types, line.split(","), strict=True)) for line in (one, two)]
    monkeypatch.setattr(faults, "read", lambda table: cells)
    monkeypatch.setattr(type(faults.HERE.tables), "schema", lambda tables, name: {"fields": fields})
    file, seen = tmp_path / "data/raw/t.csv", {}
    file.parent.mkdir(parents=True)
    for fault in faults.table_faults("t"):
        file.write_text(f"{head}\n{one}\n{two}\n")
        fault.plant(tmp_path)
        assert fault.kind == ("cell changed" if fault.column else "row dropped")
        seen[fault.row, fault.column] = file.read_text().removeprefix(f"{head}\n").splitlines()
    changed = {"grade": ("A", "C"), "accessed": ("02-29", "03-01"), "also": ("1.50", "1.51"), "firm": ("true", "false")}
    due = {("2", column): [one.replace(*pair), two] for column, pair in changed.items()} | {("2", ""): [two]}
    assert seen == due | {("3", "also"): [one, "b,X,,3,false"], ("3", "firm"): [one, "b,X,,2,true"], ("3", ""): [one]}


def test_a_message_names_a_place_by_file_and_row_or_column():
    fault = faults.Fault("cell changed", "t.csv", "12", "price", "1 -> 2", changes.nothing)
    for line, named in [("t.csv, row 12", True), ("t.csv, column price", True), ("t.csv, row 112", False)]:
        assert faults.named(fault, [line]) == named
    assert not faults.named(fault, ["u.csv, row 12", "t.csv"])
    assert faults.named(fault._replace(row="", column=""), ["t.csv: not the one recorded"])


def test_faults_are_counted_by_kind_and_outcome():
    told = [("cell changed", "refresh", "yes"), ("cell changed", "", "no"), ("row dropped", "", "no")]
    log = pd.DataFrame([(*one, faults.outcome(*one[:2])) for one in told])
    log.columns = ["kind", "command", "place_named", "outcome"]
    counted = faults.summary(log, {"cell changed": 30, "row dropped": 10}).set_index("kind")
    ends = ["population", "faults", "refresh", "place_named", "noticed", "equivalent", "survived", "rate_pct"]
    assert counted.loc["cell changed", ends].tolist() == [30, 2, 1, 1, 1, 1, 0, 100]
    assert counted.loc["row dropped", ends].tolist() == [10, 1, 0, 0, 0, 0, 1, 0]
    assert counted.loc["all", ends].tolist() == [40, 3, 1, 1, 1, 1, 1, 60]


def test_a_mutant_is_one_operator_word_or_number_and_gets_the_tests_that_run_its_line(tmp_path, monkeypatch):
    assert {"study", "study/judgements", "compendium/ledger", "compendium/data"} <= {*mutants.population()}
    assert "tests/test_bounds.py" in mutants.testing() and "tests/test_project.py" not in mutants.testing()
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "m.py").write_text("def f(*a, *k):\n    return a not in k and 2 * k[0] <= 7  # and\n")
    found = ["".join(mutant.altered()).splitlines()[1][11:-7] for mutant in mutants.mutants("m.py")]
    whole = "a not in k and 2 * k[0] <= 7"
    swaps = [("not", ""), ("and", "or"), ("2", "3"), ("*", "/"), ("0", "1"), ("<=", "<"), ("7", "8")]
    assert found == [whole.replace(old, new, 1) for old, new in swaps]
    lines = {1: [""], 2: ["m.test_a", ""], 5: [""]}
    assert mutants.running(lines, 3) == {"m.test_a"} == mutants.running(lines, 5) and mutants.running({}, 3) == set()
    costs = {"t.m.test_long": [90, 1], "t.m.test_few": [9, 2], "t.m.test_many": [1, 9], "t.m.test_late": [7, 3]}
    tests = {name: [*cost, "t/m.py"] for name, cost in costs.items()}
    few, late, long, many = (f"t/m.py::test_{name}" for name in ("few", "late", "long", "many"))
    assert mutants.chosen(tests, [*tests]) == ([few, many], [long, late])
