"""A choice that a notebook does not take is refused where it is made, in one line that names what is allowed."""

import ast

import pytest
from test_in_view import worked
from worlds import HERE

from compendium import CompendiumError
from compendium.base.cells import read_notebook_cells
from compendium.run import contents
from study.choices import raise_if_not_allowed, raise_if_out_of_range

NOTEBOOKS = contents.list_declared_notebooks(HERE)


@pytest.mark.parametrize(
    ("refusing", "choice", "allowed", "said"),
    [
        (raise_if_not_allowed, "D", ["ABC"], "one of A, B, C"),
        (raise_if_not_allowed, 2.5, [[0, 1, 2, 3]], "one of 0, 1, 2, 3"),
        (raise_if_not_allowed, ["A", "D"], ["ABC"], "one of A, B, C"),
        (raise_if_out_of_range, 95, [0.5, 0.999], "a number from 0.5 to 0.999"),
        (raise_if_out_of_range, 0, [0.01, 100], "a number from 0.01 to 100"),
        (raise_if_out_of_range, "50", [0, 100], "a number from 0 to 100"),
    ],
)
def test_a_choice_out_of_range_is_refused_in_one_line_in_both_languages(refusing, choice, allowed, said):
    with pytest.raises(CompendiumError, match=f"Remedy: use {said}") as refused:
        refusing("chosen", choice, *allowed)
    assert "\n" not in str(refused.value) and "请改成" in str(refused.value)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_choice_is_checked_in_the_cell_that_makes_it_and_the_default_passes(name):
    """Whatever is no number, no truth and no text of the notebook is refused."""
    found = worked(name, "parameters")
    for choice in contents.read_notebook_parameters(NOTEBOOKS[name]):
        lines = ast.parse(
            next(c.source for c in read_notebook_cells(NOTEBOOKS[name].path) if c.id == "parameters")
        ).body
        made = next(x for x in lines if isinstance(x, ast.Assign) and x.targets[0].id == choice)
        made.value = ast.Constant("?" if choice == "verdicts_told" else b"")
        with pytest.raises(CompendiumError, match=choice):
            exec("\n".join(map(ast.unparse, lines)), found)
