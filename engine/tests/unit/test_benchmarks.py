"""What is told of the benchmark follows from its rounds; what is committed follows from its tables."""

import csv
import math
import re

import bench
import compendia
import pandas as pd
import pytest
import told

from compendium import paths
from compendium.pages import cost, readme

FOLDER = paths.HOME / "engine" / "benchmarks"


def cases():
    """Return all cases, as if each round of those that grow had taken as many seconds as the size is large."""
    every = [*bench.compared(), *bench.growing(3)]
    for number, case in enumerate(every):
        seconds = float(case.size or 10 * (number + 1))
        case.seen = [(seconds * part, 100.0) for part in (0.5, 1, 3)]
    return every


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with what is told of such rounds."""
    folder = tmp_path_factory.mktemp("told")
    told.write(cases(), "1234567", folder)
    return folder


def test_each_case_is_in_its_table_with_median_ratio_and_exponent(written):
    results, growth = (pd.read_csv(written / f"{name}.csv") for name in ("results", "growth"))
    assert list(results["case"]) == [case.name for case in bench.compared()]
    assert list(results["median_s"]) == [10.0 * (number + 1) for number in range(len(results))]
    assert list(results["ratio_to_floor"]) == [number + 1 for number in range(len(results))]
    assert results[["least_s", "most_s", "repeats"]].iloc[0].tolist() == [5, 30, 3]
    assert len(growth) == len(bench.growing(3)) and set(growth["grows"]) == {*bench.SIZES}
    for (grows, _), part in growth.groupby(["grows", "case"]):
        assert tuple(part["size"]) == bench.SIZES[grows]
        assert math.isnan(part["exponent"].iloc[0]) and (part["exponent"].iloc[1:] == 1).all()


def test_the_page_and_the_figure_show_the_tables(written):
    page = (written / "README.md").read_text("utf-8")
    assert all(f"| {case.name} |" in page for case in bench.compared())
    assert "| claims: 10, 100, 1,000 | judge | 10.00 → 100.00 → 1000.00 | 1.00 → 1.00 |" in page
    assert (machine := (written / "machine.txt").read_text("utf-8").strip()) in page and "; commit 1234567; " in machine
    drawn = (written / "growth.svg").read_text("utf-8")
    assert drawn.count("<!-- judge -->") == 1 and all(f"<!-- {grows} -->" in drawn for grows in bench.SIZES)


def test_cells_are_listed_longest_first_and_add_up(tmp_path):
    said = "".join(f"nb,cell-{n},{n},0.5\n" for n in range(30)) + "Shown: 23%, a, b, c\n"
    told.profile(said, tmp_path)
    rows = list(csv.DictReader((tmp_path / "profile.csv").read_text("utf-8").splitlines()))
    assert [row["cell"] for row in rows[:2] + rows[-2:]] == ["cell-29", "cell-28", "5 cells", "30 cells"]
    assert sum(float(row["seconds"]) for row in rows[:-1]) == float(rows[-1]["seconds"]) == 29 * 30 / 2


def test_what_was_measured_is_kept_and_gone_on_with(tmp_path, monkeypatch):
    line, log = ["sh", "-c", "echo >> turns"], tmp_path / "log.csv"
    monkeypatch.setattr(bench.Folders, "__missing__", lambda folders, name: tmp_path)
    for rounds in (1, 3):
        case = bench.Case("count", line, str(tmp_path), rounds=2)
        bench.measured([case], rounds, log)
        turns = len((tmp_path / "turns").read_text()), len(log.read_text("utf-8").splitlines())
        assert {len(case.seen), *turns} == {min(rounds, case.rounds)}


def test_the_memory_of_who_measures_is_not_that_of_a_small_command(tmp_path):
    case = bench.Case("small", ["true"])
    case.measure(tmp_path, tmp_path)
    assert 0 < case.seen[0][1] < 30  # megabytes; this process holds more


@pytest.mark.slow
def test_a_made_up_compendium_obeys_the_rules_of_today(tmp_path):
    made = compendia.with_claims(compendia.empty(tmp_path / "empty"), tmp_path / "made", 10)
    verdicts = pd.read_csv(paths.processed_path("claims", made))["verdict"]
    assert len(verdicts) == 10 and verdicts.nunique() > 1


def test_a_command_that_fails_stops_the_benchmark_unless_its_outputs_were_to_differ(tmp_path):
    says = "import sys; sys.exit('Error: the run does not agree with the committed outputs')"
    line = [bench.sys.executable, "-c", says]
    bench.Case("differs", line, differs=True).measure(tmp_path, tmp_path)
    for case in (bench.Case("fails", line), bench.Case("breaks", [*line[:2], "1 / 0"], differs=True)):
        with pytest.raises(SystemExit, match=rf"{case.name} ended with status 1"):
            case.measure(tmp_path, tmp_path)


@pytest.mark.parametrize("name", bench.EDITS)
def test_what_is_edited_is_there_and_changes_each_time(name, tmp_path):
    file, old = bench.EDITS[name]
    target = tmp_path / name / file
    target.parent.mkdir(parents=True)
    target.write_text(text := (paths.HOME / file).read_text("utf-8"), encoding="utf-8")
    for turn in (1, 2):
        bench.edit(tmp_path / name)
        assert old in text and len(target.read_text("utf-8")) == len(text) + turn


# What is committed.


def test_a_readme_tells_what_a_run_costs_as_measured(c):
    pages = readme.renew_pages(c)
    results = pd.read_csv(FOLDER / "results.csv").set_index("case")["median_s"]
    for name, language in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        told = cost.summarise(c, language)
        assert re.findall(r"\d+", told)[-2:] == [f"{results[case]:.0f}" for case in (cost.RUN, cost.LOOP)]
        assert f"<!-- generated:cost -->{told}<!-- /generated:cost -->" in pages[name][1]


def test_a_compendium_that_was_not_measured_tells_no_cost(c, monkeypatch):
    parts = {}
    monkeypatch.setattr(cost, "FILE", "nothing.csv")
    monkeypatch.setattr(readme, "fill_page", lambda _, name, made: parts.setdefault(name, made))
    readme.renew_pages(c)
    assert "notebooks" in parts["README.md"] and "cost" not in parts["README.md"]


def test_the_committed_tables_hold_each_case_in_all_rounds_with_its_ratio_and_the_page_shows_them():
    results, growth = (pd.read_csv(FOLDER / f"{name}.csv") for name in ("results", "growth"))
    assert [*zip(results["case"], results["repeats"], strict=True)] == [(c.name, c.rounds) for c in bench.compared()]
    floor = results.set_index("case").at[told.FLOOR, "median_s"]
    assert (results["ratio_to_floor"] - results["median_s"] / floor).abs().max() < 1e-3
    assert (results["least_s"] <= results["median_s"]).all() and (results["median_s"] <= results["most_s"]).all()
    grown = zip(growth["grows"], growth["size"], growth["case"], growth["repeats"], strict=True)
    assert [*grown] == [(case.grows, case.size, case.name, case.rounds) for case in bench.growing(3)]
    again = told.exponents(growth.drop(columns="exponent"))["exponent"]
    assert ((again - growth["exponent"]).abs().fillna(0) <= 0.01).all()
    assert again.isna().equals(growth["exponent"].isna())
    assert told.tables(FOLDER) in (FOLDER / "README.md").read_text("utf-8")
    drawn, panels = (FOLDER / "growth.svg").read_text("utf-8"), growth.groupby("case")["grows"].nunique()
    panels = panels.rename(lambda case: case.replace("--", "- -"))
    assert {case: drawn.count(f"<!-- {case} -->") for case in panels.index} == panels.to_dict()
