"""What the notebooks compute in view, in plain pandas, is what the judgements compute for themselves."""

import nbformat
import pandas as pd
import pytest
from worlds import HERE, holding

from compendium.ledger.evidence import Data
from compendium.run import contents
from compendium.show.notebook import Notebook
from study import results
from study.judgements import judges, maturity, pilots, talent


def worked(name, *wanted, c=HERE):
    """Return the variables that some cells of a notebook leave; what they show is not looked at."""
    cells = {c.id: c.source for c in nbformat.read(contents.catalogue(HERE)[name].path, as_version=4).cells}
    imports = [line for line in cells["setup"].splitlines() if "import" in line]
    found = {"notebook": Notebook(c, name, judges)}
    for code in ("\n".join(imports), "def display(_): pass", *(cells[cell] for cell in wanted)):
        exec(code, found)
    return found


def test_the_sizes_of_the_batches_in_view_are_those_that_are_judged():
    found = worked("02-pilot-growth", "data-batches", "data-totals", "sizes")
    assert found["routes"]["final"].to_dict() == pilots.sizes(Data(HERE)).to_dict()


def test_the_bounds_outside_jiangsu_in_view_are_those_that_are_judged():
    rest = worked("05-maturity", "data-levels", "data-samples", "shares", "rest")["rest"]
    columns = ["ge2_pct", "weight_low", "weight_high", "free_low_pct", "free_high_pct"]
    judged = maturity.rest_of_country(Data(HERE))[columns]
    pd.testing.assert_frame_equal(rest[columns], judged, check_dtype=False)


def test_the_intervals_in_view_are_those_that_a_sweep_follows():
    found = worked("05-maturity", "parameters", "data-levels", "shares", "intervals")
    assert tuple(found["intervals"].loc["le1", ["lower_pct", "upper_pct"]]) == results.level_one(Data(HERE))


def test_demand_gap_and_the_paths_of_the_gap_in_view_are_those_that_are_judged_and_swept():
    found = worked("07-talent-gap", "parameters", "data-statements", "data-guide", "match", "balance", "paths")
    columns = ["demand", "gap", "supply"]
    judged = talent.balance(Data(HERE))[columns]
    assert found["balance"][columns].to_dict() == judged.to_dict()
    swept = results.gaps(Data(HERE), found["annual_supply_growth"], found["stock_year"])
    assert found["paths"]["chosen"].to_list() == pytest.approx(swept.to_list())


def test_the_numbers_of_the_key_figure_and_the_kinds_of_prints_in_view_are_those_that_are_judged():
    found = worked("07-talent-gap", "data-statements", "data-guide", "match", "figure-fields", "chain")
    assert found["lead"][[2020, 2025]].squeeze().to_list() == talent.balance(Data(HERE))["gap"].to_list()
    judged = talent.prints(Data(HERE))
    assert found["stated"]["kind"].to_dict() == judged["kind"].to_dict()


WORSE = {  # notebook, table of its key figure: the row that is printed otherwise, the cells, what the figure draws
    ("02-pilot-growth", "pilot_batches"): (
        {"year": 2016, "stage": "final", "basis": "seen"},
        {"projects": 71, "preferred": False},
        ("data-batches", "data-totals", "sizes"),
        "routes",
    ),
    ("02-pilot-growth", "pilot_cumulative"): (
        {"through_year": 2017, "basis": "seen"},
        {"projects": 306},
        ("data-batches", "data-totals", "sizes"),
        "routes",
    ),
    ("05-maturity", "maturity_levels"): (
        {"scope": "national", "year": 2020, "level_class": "ge4", "basis": "seen"},
        {"share_pct": 17.0},
        ("data-levels", "shares"),
        "source",
    ),
    ("06-core-technology", "key_materials"): (
        {"survey": "key_materials_2018", "category": "self_supplied"},
        {"share_pct": 17.0},
        ("data-materials", "sums"),
        "shares",
    ),
    ("07-talent-gap", "talent_statements"): (
        {"measure": "gap", "year": 2020, "basis": "seen"},
        {"value_10k": 917.0},
        ("parameters", "data-statements", "data-guide", "match", "balance"),
        "balance",
    ),
}


def beside(table, where, cells):
    """Return the tables of today with a row that a new source of grade C prints otherwise, and its source."""
    frames = {name: HERE.tables(name) for name in HERE.tables.resources}
    rows = frames[table]
    known = rows[(rows[list(where)] == pd.Series(where)).all(axis=1) & (rows["source_id"] != "paper")].head(1)
    assert len(known) == 1, (table, where)
    new = {"source_id": "worse-2026", **cells}
    sources, origins = frames["sources"], frames["source_origins"]
    frames[table] = pd.concat([rows, known.assign(**new)], ignore_index=True)
    source = sources[sources["grade"] == "C"].head(1).assign(source_id="worse-2026", published="2026-12-09")
    frames["sources"] = pd.concat([sources, source], ignore_index=True)
    origin = origins[origins["source_id"] == known["source_id"].iloc[0]].head(1).assign(source_id="worse-2026")
    frames["source_origins"] = pd.concat([origins, origin], ignore_index=True)
    return holding(frames)


@pytest.mark.parametrize(("name", "table"), WORSE)
def test_a_key_figure_draws_the_row_that_is_judged_and_no_worse_one_beside_it(name, table):
    where, cells, wanted, drawn = WORSE[name, table]
    c = beside(table, where, cells)
    before, after = (worked(name, *wanted, c=one)[drawn] for one in (HERE, c))
    pd.testing.assert_frame_equal(before, after)
    if drawn == "routes":
        assert after["final"].to_dict() == pilots.sizes(Data(c)).to_dict()
