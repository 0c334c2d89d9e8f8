"""Matches by chance: how many numbers as round as the printed one stand in the same column."""

import math

import pandas as pd
import pytest
from worlds import HERE, at

from compendium.base import paths
from compendium.base.texts import NOTHING
from compendium.data.tables import Tables
from compendium.ledger import coincidence
from compendium.ledger.coincidence import Chance, neighbours
from compendium.ledger.evidence import Data
from compendium.ledger.rules import Judged


class Lists(Tables):
    """What the one table is described by."""

    def resource(self, name):
        fields = [{"name": "year", "type": "integer", "unit": "year"}, {"name": "projects", "type": "number"}]
        return {"schema": {"primaryKey": ["year"], "fields": [*fields, {"name": "source_id", "type": "string"}]}}


def claim(text, low=math.nan, high=math.nan):
    return pd.Series({"claim_id": "Q15", "value_text": text, "value_low": low, "value_high": high})


def one(number):
    return claim(f"{number:g}", number, number)


def world(column, **columns):
    """A table of which the first row decides, and what the other rows of its column hold."""
    frame = pd.DataFrame({"projects": column, "year": 2016, "source_id": "list", "table": "lists"}).assign(**columns)
    c = at(paths.HOME)
    vars(c)["tables"] = Lists(HERE.raw, HERE.languages)
    return frame, Data(c, known={"lists": frame})


def judged(frame, computed, agreement="same", rule="printed"):
    return Judged(rule, agreement, frame.head(1), computed)


@pytest.mark.parametrize(("number", "step"), [(75, 5), (300, 100), (46, 2), (2.4, 0.2), (7, 1), (-250, 50), (1e6, 1e6)])
def test_a_number_is_as_round_as_the_largest_step_of_which_it_is_a_multiple(number, step):
    assert coincidence.roundness(number) == step


@pytest.mark.parametrize(
    ("number", "column", "found"),
    [
        (75, [75, 76, 130, 200], Chance(0, 20, 5)),  # 76 is no neighbour as round, 130 lies too far off
        (75, [75, 80, 30, 76], Chance(2, 20, 5)),
        (75, [75, 125, 25], Chance(2, 20, 5)),  # the farthest
        (75, [75, 80.4, 84.4, 90.6], Chance(1, 20, 5)),  # at the printed precision
        (3, [3, 2, -4, 13], Chance(2, 12, 1)),  # a count has no neighbours below 1
        (7.5, [750, 800, 8.2], Chance(1, 20, 0.5)),  # in the unit of the column
    ],
)
def test_neighbours_stand_in_the_column_or_not(number, column, found):
    """In whatever type the number was computed; what leans on the paper is none."""
    frame, data = world([*column, number + found.step], source_id=["list"] * len(column) + ["paper"])
    for computed in (pd.Series([number]), number, float(number), [number]):
        assert neighbours(one(number), judged(frame, computed), data) == found


@pytest.mark.parametrize(
    ("said", "computed", "agreement", "rule"),
    [
        (claim("first > second"), [True], "same", "printed"),  # words
        (claim(">75", 75), [75], "same", "printed"),  # bounds
        (claim("0", 0, 0), [0], "same", "printed"),
        (one(75), [80], "differs", "printed"),
        (one(75), [75], "part", "parts"),
        (one(75), 75, "same", "own"),
        (one(150), 150, "same", "recomputed"),  # a sum, which no column holds
        (one(75), (70, 80), "open", "bounded"),
    ],
)
def test_no_chance_is_told_of_what_was_not_found_as_one_number(said, computed, agreement, rule):
    frame, data = world([75, 80, 0])
    assert coincidence.tell_chance(said, judged(frame, computed, agreement, rule), data) is NOTHING
