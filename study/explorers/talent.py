"""The explorer of notebook 07: people who join and leave each year, and the gap that follows."""

import altair
import pandas as pd

from compendium.notebook import explorers
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, RED
from study.choices import raise_if_not_allowed
from study.sentences.talent import render_people_count

EXITS = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]  # % a year
STEP = 10  # 10,000 people a year
LEAST = 0.5  # 10,000 people: what a sentence would write as none


def compute_supply_after_years(stock: float, years: int, exit_pct: float, inflow: float) -> float:
    """Return supply after some years in which a share leaves and as many join each year; those leave later too."""
    for _ in range(years):
        stock = stock * (1 - exit_pct / 100) + inflow
    return stock


def show_talent_gap_explorer(
    notebook: Notebook, demand: pd.Series, stock: float, target: pd.Series, exit_pct: float, stock_year: int
) -> explorers.ShownExplorer:
    """Return the gap by year (10,000 people) for each inflow, exit and year of the stock, beside the paper's gaps."""
    page = explorers.InteractiveChartBuilder(notebook)
    unit, last = page(1, 0.01), demand.index[-1]
    inflows, stocks = list(range(0, 160 + STEP, STEP)), sorted({int(target.index[0]) - 5, int(target.index[0])})
    raise_if_not_allowed("annual_exit_pct", exit_pct, EXITS)
    raise_if_not_allowed("stock_year", stock_year, stocks)
    page.slider("inflow", page.label("explore-inflow"), [n * unit for n in inflows], 0)
    page.slider("exit", page.label("explore-exit"), EXITS, exit_pct)
    page.options("stock_of", page.label("explore-stock"), {year: str(year) for year in stocks}, stock_year)
    states = pd.DataFrame(
        [
            (n * unit, leave, of, year, need - compute_supply_after_years(stock, year - of, leave, n))
            for n in inflows
            for leave in EXITS
            for of in stocks
            for year, need in demand.items()
        ],
        columns=["inflow", "exit", "stock_of", "year", "gap"],
    )
    ends = states[states["year"] == last]
    told = []
    for row in ends.itertuples():
        grown = 100 * (((demand[last] - row.gap) / stock) ** (1 / (last - row.stock_of)) - 1)
        said = {"year": last, "growth": f"{grown:.1f}".replace("-", "−")}
        key = "explore-short" if row.gap > 0 else "explore-surplus"
        open_ = page.label(key, gap=render_people_count(abs(row.gap)), **said)
        told.append(page.label("explore-closed", **said) if abs(row.gap) < LEAST else open_)
    states["gap"] = (states["gap"] * unit).round(3)
    x = altair.X("year:O", title=None).axis(labelAngle=0)
    y = altair.Y("gap:Q", title=page.label("figure-scenarios-gap"))
    line = page.chart(states).mark_line(point=True, color=BLUE).encode(x=x, y=y)
    dots = page.chart((target * unit).rename("gap").rename_axis("year").reset_index()).encode(x=x, y=y)
    names = dots.mark_text(text=page.paper, color=RED, dy=-14)
    zero = page.chart(pd.DataFrame({"gap": [0]})).mark_rule().encode(y=y)
    marks = dots.mark_point(**explorers.PAPER)
    ends = ends.drop(columns="gap").assign(said=told)
    return page.show(zero, line, marks, names, said=ends, alt=notebook.say("explore"))
