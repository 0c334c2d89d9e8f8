"""Explorers: what they hold, and that every state of those committed that compute follows from the tables."""

import json
import math
import re

import altair
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from languages import notebook
from worlds import HERE

from compendium.base import html
from compendium.base.texts import make_bilingual_text
from compendium.notebook import explorers
from compendium.run import notebookfile

STATES = pd.DataFrame({"rate": [1.0, 1.0, 2.0], "year": [2020, 2021, 2020], "gap": [0.5, math.nan, 4.0]})
SAID = pd.DataFrame({"rate": [1.0, 2.0], "said": ["small", "large"]})
ALT = make_bilingual_text("图", "chart")


def made(language="en", said=SAID, alt=ALT):
    page = explorers.InteractiveChartBuilder(notebook(language))
    page.slider("rate", page("增速", "Growth"), [1.0, 2.0], 1.8)
    page.options("kind", "Kind", {"a": "one", "b": "two"}, "b")
    return page.show(page.chart(STATES).mark_line().encode(x="year:O", y="gap:Q"), said=said, alt=alt)


def bundle(shown):
    return shown._repr_mimebundle_(include=None, exclude=None)


def rows(chart, *columns):
    """Return the rows of that data set of a chart that has these columns."""
    return pd.DataFrame(next(data for data in chart["datasets"].values() if set(columns) <= set(data[0])))


def test_an_explorer_holds_its_choices_states_and_sentences():
    chart = bundle(made())[explorers.KIND]
    rate, kind = chart["params"]
    assert rate["value"] == 2.0
    assert rate["bind"] == {"input": "range", "min": 1.0, "max": 2.0, "step": 1.0, "name": "Growth"}
    assert kind["value"] == "b" and kind["bind"]["options"] == ["a", "b"] and kind["bind"]["labels"] == ["one", "two"]
    assert chart["$schema"].endswith("/vega-lite/v5.json")
    assert [layer["transform"] for layer in chart["layer"]] == [[{"filter": "datum.rate == rate"}]] * 2
    assert rows(chart, "gap")["gap"].tolist()[::2] == [0.5, 4.0] and '"gap": null' in json.dumps(chart, allow_nan=False)
    assert rows(chart, "said")["said"].tolist() == [["small"], ["large"]]
    assert chart["usermeta"]["embedOptions"]["actions"] is False


@pytest.mark.parametrize(
    ("language", "said", "alt"), [("en", "Growth", "chart"), ("zh", "增速", "图"), ("", "增速", "图")]
)
def test_an_explorer_is_in_the_language_that_is_shown(language, said, alt):
    shown = bundle(made(language))
    assert shown["text/plain"] == shown[explorers.KIND]["description"] == alt
    assert shown[explorers.KIND]["params"][0]["bind"]["name"] == said


def test_a_long_sentence_is_broken_to_fit_a_phone():
    chart = bundle(made(said=SAID.assign(said="word " * 20)))[explorers.KIND]
    lines = rows(chart, "said")["said"][0]
    assert len(lines) > 2 and max(map(len, lines)) < 60
    heading = chart["layer"][-1]["encoding"]
    assert heading["y"]["value"] < -16 * len(lines) and heading["x"]["value"] == 0


def test_a_name_that_no_choice_has_filters_nothing_and_a_number_follows_a_choice():
    page = explorers.InteractiveChartBuilder(notebook())
    page.slider("other", "Other", [1], 1)
    assert page.chart(STATES).mark_line().to_dict().get("transform") is None
    of = explorers.make_lookup_expression("year", {2020: 1.5, 2021: -2})
    assert of.to_dict() == {"expr": "year == 2020 ? 1.5 : year == 2021 ? -2 : 0"}
    assert explorers.make_lookup_expression("kind", {"a": 1}, other=3).to_dict() == {"expr": "kind == 'a' ? 1 : 3"}


def test_text_in_an_explorer_cannot_leave_its_place_on_the_page():
    evil = "</script><img src=x>"
    shown = bundle(made(said=SAID.assign(said=evil), alt=make_bilingual_text(evil, evil)))
    page = html.render("book_explorer", chart=shown[explorers.KIND], alt=shown["text/plain"])
    soup = BeautifulSoup(str(page), "html.parser")
    assert soup.find("img") is None and soup.p.get_text() == evil
    assert json.loads(soup.script.string) == json.loads(json.dumps(shown[explorers.KIND]))


# What is committed


def committed(name):
    """Return the explorer of a committed notebook, which obeys the schema, and the first values of its choices."""
    cells = notebookfile.read_notebook(HERE.notebooks / f"{name}.ipynb").cells
    found = [o.data[explorers.KIND] for c in cells for o in c.get("outputs", []) if explorers.KIND in o.get("data", {})]
    [chart] = found
    altair.LayerChart.from_dict({key: value for key, value in chart.items() if key != "$schema"})
    return chart, {choice["name"]: choice["value"] for choice in chart["params"]}


def processed(name):
    return pd.read_csv(HERE.processed_path(name))


def test_jiangsu_and_the_rest_make_up_the_whole_in_every_state():
    chart, start = committed("05-maturity")
    levels = HERE.tables("maturity_levels").query("scope == 'national' and level_class == 'ge2'")
    whole = levels.sort_values("year")["share_pct"].iloc[-1]
    states = rows(chart, "share", "value").groupby(["weight", "share"])["value"].agg(list)
    said = rows(chart, "said").set_index(["weight", "share"])["said"].str.join("")
    assert start == {"weight": 45, "share": 45} and len(said) == 13 * 21 == len(states)
    for (weight, share), (jiangsu, *rest) in states.items():
        assert jiangsu == share and bool(rest) != said[weight, share].startswith("不可能")
        if rest:
            assert weight * share + (100 - weight) * rest[0] == pytest.approx(100 * whole, abs=1)


def test_every_path_of_the_gap_follows_the_formula_and_without_people_joining_or_leaving_is_the_table():
    chart, start = committed("07-talent-gap")
    shown, table = rows(chart, "stock_of").query("gap.notna()"), processed("talent-scenarios")
    frozen = table[table["scenario"] == "frozen"].set_index("year")["gap_10k"]
    assert start == {"inflow": 0, "exit": 3.0, "stock_of": 2020}
    path = shown.query("inflow == 0 and exit == 0 and stock_of == 2020").set_index("year")["gap"]
    assert path.to_numpy() == pytest.approx(frozen.to_numpy(), abs=1e-3)
    balance = processed("talent-balance").set_index("year")
    demand, stock = frozen + balance["supply_10k"].iloc[0], balance["supply_10k"].iloc[0]
    for row in shown.itertuples():
        stay, years = 1 - row.exit / 100, row.year - row.stock_of
        supply = stock * stay**years + row.inflow * sum(stay**k for k in range(years))
        assert row.gap == pytest.approx(demand[row.year] - supply, abs=2e-3)
    assert set(shown["exit"]) == set(range(6)) and set(shown["stock_of"]) == {2015, 2020}


def test_every_line_of_a_country_is_the_least_squares_of_its_years_and_meets_when_told():
    chart, start = committed("08-research-spending")
    raw = HERE.tables("rd_intensity_countries").query("vintage == 'wdi_2026_07'")
    wide = raw.pivot(index="year", columns="iso3", values="pct")
    china = rows(chart, "lower").set_index(["first_year", "year"])["fitted"]
    lines, told = rows(chart, "other", "fitted", "first_year"), rows(chart, "said")
    told = told.set_index(["first_year", "other"])["said"].str.join("")
    assert start == {"first_year": 2010, "other": "OED"} and len(told) == 10 * 7
    for (first, code), line in lines.groupby(["first_year", "other"]):
        values = wide.loc[first:, code]
        line = line.set_index("year")["fitted"]
        assert line.to_numpy() == pytest.approx(np.polyval(np.polyfit(values.index, values, 1), line.index), abs=1e-3)
        behind = line > china[first]
        if meets := re.search(r"线(\d{4})年相交", told[first, code]):
            assert behind[int(meets[1]) - 1] and not behind[int(meets[1])]
        else:
            assert "已比" in told[first, code] or ("不相交" in told[first, code] and behind.iloc[-1])
