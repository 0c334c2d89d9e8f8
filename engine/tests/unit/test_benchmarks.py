"""What is told of the benchmark follows from its rounds; what is committed follows from its tables."""

import sys

import bench
import pandas as pd
import pytest

from compendium.base import paths
from compendium.pages import readme

FOLDER = paths.HOME / "engine" / "benchmarks"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with what is told of rounds that took as many seconds as the size of what grows is large."""
    cases, folder = [*bench.compared(), *bench.growing(3)], tmp_path_factory.mktemp("told")
    for number, case in enumerate(cases, 1):
        seconds = float(case.size or 10 * number)
        case.seen = [(seconds * part, 100.0) for part in (0.5, 1, 3)]
    bench.write(cases, "1234567", folder)
    return folder


def test_each_case_is_in_its_table_with_median_ratio_and_exponent_and_the_page_shows_them(written):
    results, growth = (pd.read_csv(written / f"{name}.csv") for name in ("results", "growth"))
    assert list(results["case"]) == [case.name for case in bench.compared()]
    assert list(results["ratio_to_floor"]) == list(results["median_s"] / 10) == [*range(1, len(results) + 1)]
    assert results.iloc[0, 1:].tolist() == [10, 5, 30, 3, 100, 1]
    assert [*growth[["grows", "size", "case"]].itertuples(index=False, name=None)] == [
        (case.grows, case.size, case.name) for case in bench.growing(3)
    ]
    assert set(growth["exponent"].dropna()) == {1} and growth["exponent"].isna().sum() == 7
    page = (written / "README.md").read_text("utf-8")
    assert all(f"| {case.name} |" in page for case in bench.compared())
    assert "| claims: 10, 100, 1,000 | judge | 10.00 → 100.00 → 1000.00 | 1.00 → 1.00 |" in page
    assert (machine := (written / "machine.txt").read_text("utf-8").strip()) in page and "; commit 1234567; " in machine


def test_a_command_that_fails_stops_the_benchmark_unless_its_outputs_were_to_differ(tmp_path):
    says = "import sys; sys.exit('Error: the run does not agree with the committed outputs')"
    line = [sys.executable, "-c", says]
    bench.Case("differs", line, differs=True).measure(tmp_path, tmp_path)
    for case in (bench.Case("fails", line), bench.Case("breaks", [*line[:2], "1 / 0"], differs=True)):
        with pytest.raises(SystemExit, match=rf"{case.name} ended with status 1"):
            case.measure(tmp_path, tmp_path)


# What is committed.


def test_a_compendium_that_was_not_measured_tells_no_cost(c, monkeypatch):
    parts = {}
    monkeypatch.setattr(readme, "MEASURED", "nothing.csv")
    monkeypatch.setattr(readme, "fill_generated_parts", lambda _, name, made: parts.setdefault(name, made))
    readme.regenerate_pages(c)
    assert "notebooks" in parts["README.md"] and "cost" not in parts["README.md"]


def test_the_committed_tables_hold_each_case_in_all_rounds_with_its_ratio_and_the_page_shows_them():
    results, growth = (pd.read_csv(FOLDER / f"{name}.csv") for name in ("results", "growth"))
    assert [*zip(results["case"], results["repeats"], strict=True)] == [(c.name, c.rounds) for c in bench.compared()]
    floor = results.set_index("case").at[bench.FLOOR, "median_s"]
    assert (results["ratio_to_floor"] - results["median_s"] / floor).abs().max() < 1e-3
    assert (results["least_s"] <= results["median_s"]).all() and (results["median_s"] <= results["most_s"]).all()
    grown = zip(growth["grows"], growth["size"], growth["case"], growth["repeats"], strict=True)
    assert [*grown] == [(case.grows, case.size, case.name, case.rounds) for case in bench.growing(3)]
    again = bench.exponents(growth.drop(columns="exponent"))["exponent"]
    assert ((again - growth["exponent"]).abs().fillna(0) <= 0.01).all()
    assert again.isna().equals(growth["exponent"].isna())
    assert bench.tables(FOLDER) in (FOLDER / "README.md").read_text("utf-8")
