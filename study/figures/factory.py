"""Figure 09-rates: what loans to firms cost, and what to compare it with."""

from typing import Any

import pandas as pd

from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE
from study.analysis import finance


def draw_lending_rates(notebook: Notebook) -> None:
    """Draw a dot for each rate (% a year) and its distance from the rate of loans at the time of the paper."""
    loans, now, euro, profit = finance.select_lending_rate_rows(notebook.data)
    marks, cost = pd.concat([loans, euro, profit]), now["value"].iloc[0]
    names = [*["loans"] * len(loans), "euro", "profit"]
    said: dict[str, Any] = {"row": now.iloc[0], "past": loans.iloc[0]}
    said |= {"euro": euro["value"].iloc[0], "profit": profit["value"].iloc[0]}
    for page in notebook.draw("09-rates", "figure-rates", marks["source_id"], height=2.6, **said):
        ax = page.axes
        ax.axvline(cost, color=BLUE, lw=1, zorder=1)
        for y, row in enumerate(marks.itertuples()):
            ax.hlines(y, *sorted((cost, row.value)), color="#BDBDBD", lw=2, zorder=1)
            ax.plot(row.value, y, "o", color=BLUE if y < len(loans) else "black", ms=8)
            left = row.value < cost
            place = {"xytext": (-8 if left else 8, 0), "ha": "right" if left else "left", "va": "center"}
            ax.annotate(f"{row.value:.2f}", (row.value, y), textcoords="offset points", **place)
        dates = zip(names, marks["as_of"].astype(str), strict=True)
        ax.set_yticks(range(len(marks)), [page.label(f"figure-rates-{name}", date=date) for name, date in dates])
        ax.set(ylim=(len(marks) - 0.5, -0.5), xlim=(0, 1.15 * marks["value"].max()))
        ax.set_xlabel(page.label("figure-rates-axis"))
        ax.grid(axis="y", visible=False)
