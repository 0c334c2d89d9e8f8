"""Figures of notebook 03: Lorenz curves, and the bounds of each province on a tile map."""

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.patches import Rectangle

from compendium.base.texts import TranslatedText, catalogue, of
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, DIM, GREY, SMALL, FigurePage
from study.bounds import regional
from study.bounds.constraints import CountProblem
from study.bounds.placements import EVIDENCE

text = catalogue("study/tiles")
SHORT = {
    150000: text("inner-mongolia"),
    230000: text("heilongjiang"),
    440000: text("guangdong"),
    810000: text("hong-kong"),
}


def draw_lorenz_region(notebook: Notebook, problem: CountProblem, assumptions: TranslatedText) -> None:
    """Draw the region of the Lorenz curve of the provinces; `assumptions` says what the constraints take for
    granted."""
    region, size = regional.bound_lorenz_curve(problem), len(problem.provinces)
    across, low, high = 100 * region["provinces"] / size, 100 * region["lower"], 100 * region["upper"]
    half = size // 2
    said = {"given": assumptions, "half": half, "low": low[half], "high": high[half], "even": across[half]}
    heading = "figure-lorenz-sure" if high[half] < across[half] else "figure-lorenz-open"
    cited = [EVIDENCE, "pilot_batches"]
    for page in notebook.draw("03-lorenz", "figure-lorenz", cited, heading=heading, height=3.5, **said):
        ax = page.axes
        ax.fill_between(across, low, high, color="#BFDDF2", lw=0)
        ax.plot(across, low, across, high, color=BLUE, lw=1.4)
        ax.plot([0, 100], [0, 100], color=DIM, lw=1)
        ax.vlines(across[half], low[half], high[half], color="black", lw=2)
        ends, middle = f"{low[half]:.0f}–{high[half]:.0f}%", (low[half] + high[half]) / 2
        ax.text(across[half] + 1.5, middle, ends, va="center")
        ax.plot(across[half], across[half], "o", color=DIM, ms=5)
        equal = page.label("figure-lorenz-equal", even=across[half])
        ax.text(across[half] - 2, across[half] + 1, equal, ha="right", color=DIM)
        middle = (across[half + 8], (low[half + 8] + high[half + 8]) / 2)
        arrow = {"arrowstyle": "-", "color": BLUE, "lw": 0.8}
        ax.annotate(page.label("figure-lorenz-curve"), middle, (98, 12), ha="right", color=BLUE, arrowprops=arrow)
        ax.set(xlim=(0, 100), ylim=(0, 100), xlabel=page.label("figure-lorenz-provinces"))
        ax.set_ylabel(page.label("figure-lorenz-projects"))


def draw_province_tile_map(notebook: Notebook, totals: pd.DataFrame, assumptions: TranslatedText) -> None:
    """Draw a tile for each province with the bounds of its projects; `assumptions` says what they take for granted."""
    said: dict[str, Any] = {"given": assumptions, "open": int((totals["lower"] < totals["upper"]).sum())}
    said["provinces"] = len(totals)
    for page in notebook.draw("03-map", "figure-map", [EVIDENCE, "pilot_batches"], height=5.3, **said):
        draw_bounds_heat_map(page, totals)


def draw_bounds_heat_map(page: FigurePage, bounds: pd.DataFrame) -> None:
    """Draw a heat map of provinces with the bounds written in each tile: the darker, the more is known.

    It is a tile map, of relative position only, without borders and territory. `bounds`: lower and upper (projects) by
    adcode; provinces that are not in it have no data.
    """
    axes = page.axes
    provinces = page.notebook.c.tables("provinces").set_index("adcode")
    width = (bounds["upper"] - bounds["lower"]).reindex(provinces.index)
    tiles = provinces[["tile_row", "tile_col"]].assign(open=width.fillna(width.max()))
    ends = bounds.apply(lambda row: "–".join(map(str, dict.fromkeys(row[["lower", "upper"]]))), axis=1)
    ends = ends.reindex(provinces.index).fillna(text("no-data")[page.language])
    names = pd.Series({code: SHORT.get(code, of(row, "province"))[page.language] for code, row in provinces.iterrows()})
    tiles["said"] = names + "\n" + ends
    grid, said = (tiles.pivot(index="tile_row", columns="tile_col", values=column) for column in ("open", "said"))
    look = {"cmap": "Blues_r", "vmax": 1.25 * width.max(), "linewidths": 2, "cbar": False}
    note = {"fontsize": SMALL, "linespacing": 1.1}
    sns.heatmap(grid, annot=said, fmt="", annot_kws=note, xticklabels=False, yticklabels=False, ax=axes, **look)
    axes.set(xlabel="", ylabel="")
    for row, column in provinces.loc[width.isna(), ["tile_row", "tile_col"]].itertuples(index=False):
        place = (column - tiles["tile_col"].min() + 0.04, row - tiles["tile_row"].min() + 0.06)
        axes.add_patch(Rectangle(place, 0.92, 0.88, fc="white", ec=GREY, lw=0.8, ls="--", zorder=2))
    axes.text(0, 0, text("shades")[page.language], va="top", fontsize=SMALL, color=DIM)
    axes.text(0, len(grid), text("position")[page.language], va="bottom", fontsize=SMALL, color=DIM)
