"""A tile map: each province one tile, relative position only, no borders and no territory."""

import pandas as pd
import seaborn
from matplotlib.axes import Axes

from compendium.data import tables
from compendium.show import figures
from compendium.show.figures import Page
from compendium.texts import catalogue, of

text = catalogue("study/tiles")
SHORT = {150000: text("inner-mongolia")}


def ranges(page: Page, axes: Axes, bounds: pd.DataFrame) -> None:
    """Draw a heat map of provinces with the bounds written in each tile: the darker, the more is known.

    Args:
        page: the page that `axes` belongs to; gives the language.
        axes: where to draw.
        bounds: columns lower and upper (projects) by adcode; provinces that are not in it have no data.
    """
    provinces = tables.raw("provinces").set_index("adcode")
    width = (bounds["upper"] - bounds["lower"]).reindex(provinces.index)
    tiles = provinces[["tile_row", "tile_col"]].assign(open=width.fillna(width.max()))
    ends = bounds.apply(lambda row: "–".join(map(str, dict.fromkeys(row[["lower", "upper"]]))), axis=1)
    ends = ends.reindex(provinces.index).fillna(text("no-data")[page.language])
    names = pd.Series({code: SHORT.get(code, of(row, "province"))[page.language] for code, row in provinces.iterrows()})
    tiles["said"] = names + "\n" + ends
    grid, said = (tiles.pivot(index="tile_row", columns="tile_col", values=column) for column in ("open", "said"))
    look = {"cmap": "Blues_r", "vmax": 1.25 * width.max(), "linewidths": 2, "cbar": False}
    note = {"fontsize": figures.SMALL, "linespacing": 1.1}
    seaborn.heatmap(grid, annot=said, fmt="", annot_kws=note, xticklabels=False, yticklabels=False, ax=axes, **look)
    axes.set(xlabel="", ylabel="")
    axes.text(0, len(grid), text("position")[page.language], va="bottom", fontsize=figures.SMALL, color=figures.DIM)
