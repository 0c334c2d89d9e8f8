"""What the notebooks compute in view, in plain pandas, is what the judgements compute for themselves."""

import nbformat
import pandas as pd
import pytest
from worlds import HERE

from compendium.ledger.evidence import Data
from compendium.run import contents
from compendium.show.notebook import Notebook
from study import results
from study.judgements import judges, maturity, pilots, talent


def worked(name, *wanted):
    """Return the variables that some cells of a notebook leave; what they show is not looked at."""
    cells = {c.id: c.source for c in nbformat.read(contents.catalogue(HERE)[name].path, as_version=4).cells}
    imports = [line for line in cells["setup"].splitlines() if "import" in line]
    found = {"notebook": Notebook(HERE, name, judges)}
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
