"""A choice that a notebook does not take is refused where it is made, in one line that names what is allowed."""

import ast

import pytest
from test_in_view import worked
from worlds import HERE

from compendium import CompendiumError
from compendium.cells import read
from compendium.run import contents

NOTEBOOKS = contents.catalogue(HERE)
BAD = {
    ("00-sources-and-claims", "lowest_grade", "D"): "one of A, B, C",
    ("01-policy-layout", "outcome_scope", "firms"): "one of .*firms_all",
    ("02-pilot-growth", "stage", "list"): "one of final, public_notice",
    ("02-pilot-growth", "first_year", 2018): "one of 2015, 2016, 2017",
    ("03-regional-distribution", "evidence_tier", 6): "one of 1, 2, 3, 4, 5",
    ("04-industrial-clusters", "gdp_vintage", "census6"): "one of census4, census5, prelim",
    ("05-maturity", "confidence_level", 95): "a number from 0.5 to 0.999",
    ("06-core-technology", "relative_use", 0): "a number from 0.01 to 100",
    ("07-talent-gap", "annual_exit_pct", 10): "one of 0, 1, 2, 3, 4, 5",
    ("07-talent-gap", "annual_exit_pct", 2.5): "one of 0, 1, 2, 3, 4, 5",
    ("07-talent-gap", "stock_year", 2017): "one of 2015, 2020",
    ("08-research-spending", "vintage", "wdi_old"): "one of .*wdi_2026_07",
    ("09-factory-data", "networked_part_pct", "50"): "a number from 0 to 100",
    ("10-problems-and-paths", "weighted_kappa", "yes"): "one of True, False",
    ("11-since-then", "lead", 11): "a number from 1 to 10",
    ("12-reproduction-report", "verdicts_told", "mixed, wrong"): "one of .*all",
}


def chosen(name, wanted):
    """Return the cell of the choices of a notebook with some made otherwise."""
    lines = ast.parse(next(c.source for c in read(NOTEBOOKS[name].path) if c.id == "parameters")).body
    for line in lines:
        if isinstance(line, ast.Assign) and line.targets[0].id in wanted:
            line.value = ast.Constant(wanted[line.targets[0].id])
    return "\n".join(map(ast.unparse, lines))


@pytest.mark.parametrize(("name", "choice", "value"), BAD)
def test_a_choice_out_of_range_is_refused_in_the_cell_that_makes_it(name, choice, value):
    found = worked(name)
    with pytest.raises(CompendiumError) as refused:
        exec(chosen(name, {choice: value}), found)
    assert "\n" not in str(refused.value) and choice in str(refused.value)
    refused.match(f"Remedy: use {BAD[name, choice, value]}")
    assert "请改成" in str(refused.value)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_choice_is_checked_and_the_default_passes(name):
    """Whatever is no number, no truth and no text of the notebook is refused."""
    found = worked(name, "parameters")
    for choice in contents.parameters(NOTEBOOKS[name]):
        with pytest.raises(CompendiumError, match=choice):
            exec(chosen(name, {choice: b""} if choice != "verdicts_told" else {choice: "?"}), found)
