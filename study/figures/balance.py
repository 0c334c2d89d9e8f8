"""Figure 07-balance: demand, gap and implied supply."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from compendium.show.figures import GREY, RED, draw
from study.sentences.talent import people

LIGHT, MIDDLE = "#DCE9F2", {"ha": "center", "va": "center"}


def draw_balance(press: pd.DataFrame, stock: pd.DataFrame, target: pd.Series, cited: Iterable[str]) -> None:
    """Draw a column a year, supply below and gap above; beside them the paper's gaps, before them the stock.

    Args:
        press: demand, gap and supply by year.
        stock: rows of the Guide with the stock of the fields that match.
        target: the paper's gaps by year.
        cited: the sources of `press`.
    """
    supplies = pd.concat([stock.set_index("year")["value_10k"], press["supply"]])
    early, late = map(people, press["gap"])
    said: dict[str, Any] = {"early": early, "late": late}
    heading = "figure-balance-moves" if press["supply"].nunique() > 1 else "figure-balance-stands"
    said |= {"supply": people(press["supply"].iloc[0])} if heading.endswith("stands") else {}
    named = [*cited, *stock["source_id"]]
    for page in draw("07-balance", "figure-balance", named, heading=heading, size=(5.6, 3.3), **said):
        ax, unit, x = page.axes, page(1, 0.01), supplies.index.astype(str)
        known = supplies.index.isin(press.index)
        colours = {
            "color": [LIGHT if k else "white" for k in known],
            "edgecolor": [LIGHT if k else GREY for k in known],
        }
        ax.bar(x, supplies * unit, 0.66, **colours, ls="--")
        ax.bar(press.index.astype(str), press["gap"] * unit, 0.66, bottom=press["supply"] * unit)
        for place, year, supply in zip(range(len(x)), supplies.index, supplies, strict=True):
            kind = "supply" if year in press.index else "stock"
            ax.text(place, supply * unit / 2, page.label(f"figure-balance-{kind}", number=people(supply)), **MIDDLE)
        for place, row in enumerate(press.itertuples(), len(stock)):
            gap, demand = (page.label(f"figure-balance-{n}", number=people(getattr(row, n))) for n in ("gap", "demand"))
            ax.text(place, (row.supply + row.gap / 2) * unit, gap, color="white", **MIDDLE)
            ax.text(place, (row.demand + 15) * unit, demand, ha="center", va="bottom")
            middle, half = (row.supply + target[row.Index] / 2) * unit, target[row.Index] / 2 * unit
            ax.errorbar(place + 0.42, middle, half, fmt="none", ecolor=RED, capsize=3, label=page.paper)
        ax.set(ylim=(0, 1.1 * press["demand"].max() * unit), ylabel=page.label("figure-balance-people"))
        ax.legend(*(part[:1] for part in ax.get_legend_handles_labels()), loc="upper left")
