"""A tile map: each province one tile, relative position only, no borders and no territory."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from compendium.data import tables
from compendium.show import figures
from compendium.show.figures import Page
from compendium.texts import catalogue

SHORT = {"Inner Mongolia": "Inner Mong."}
CERTAIN, OPEN, NONE = figures.BLUE, "#BFDDF2", "#EFEFEF"
HALF, LENGTH = 0.48, 0.84  # of a tile: half its side, the length of its bar
SAYS = 8.5  # points
text = catalogue("study/tiles")
ZONES = text("certain"), text("possible"), text("ruled-out")


def ranges(page: Page, axes: Axes, bounds: pd.DataFrame, printed: Mapping[int, tuple[int, str]]) -> None:
    """Draw a tile map with a bar in each tile, all of one scale: dark what is certain, light what is possible.

    Args:
        page: the page that `axes` belongs to; gives the language.
        axes: where to draw.
        bounds: columns lower and upper (projects) by adcode; a number that is known is written out, provinces that are
            not in it have no bar.
        printed: adcode -> the number that the paper prints and how to write it.
    """
    top = int(bounds["upper"].max())
    for province in tables.raw("provinces").itertuples():
        x, y, code = province.tile_col, province.tile_row, province.adcode
        left, middle, ink = x - LENGTH / 2, y + 0.2, "black" if code in bounds.index else figures.DIM
        axes.add_patch(Rectangle((x - HALF, y - HALF), 2 * HALF, 2 * HALF, fc="white", ec="#BBBBBB", lw=0.6))
        name = province.province_zh if page.language == "zh" else SHORT.get(province.province_en, province.province_en)
        axes.text(left - 0.02, y - 0.2, name, va="center", fontsize=SAYS, color=ink)
        if code not in bounds.index:
            axes.text(left - 0.02, middle, text("no-data")[page.language], va="center", fontsize=SAYS, color=ink)
            continue
        low, high = bounds.loc[code, ["lower", "upper"]]
        bar(axes, (left, middle), (low, high), LENGTH / top, top)
        exact, right = low == high, left + LENGTH
        if exact:
            ink = CERTAIN if low < 0.8 * top else "white"
            axes.text(right, middle, f"{low}", ha="right", va="center", fontsize=10.5, color=ink)
        if code in printed:
            number, said = printed[code]
            mark(axes, left + LENGTH * number / top, middle)
            place = right - 0.28 if exact else min(left + LENGTH * number / top + 0.08, right - 0.25)
            ink = "black" if not exact or low < 0.6 * top else "white"
            axes.text(place, middle, said, ha="right" if exact else "left", va="center", fontsize=SAYS, color=ink)
    key(page, axes, top, bounds.loc[bounds["lower"] == bounds["upper"], "lower"])
    axes.set(xlim=(0.5, 7.5), ylim=(9.5, 0.5))
    axes.axis("off")


def key(page: Page, axes: Axes, top: int, known: pd.Series) -> None:
    """Explain the bars and marks where the map is empty, and draw the scale of all bars; `known` are exact numbers."""
    left, middle, one = 0.62, 1.35, 4.2 / top
    ends = 0, 0.25 * top, 0.75 * top, top
    bar(axes, (left, middle), (ends[1], ends[2]), one, top)
    for start, end, words in zip(ends, ends[1:], ZONES, strict=False):
        place = left + one * (start + end) / 2
        axes.text(place, middle - 0.42, words[page.language], ha="center", va="center", fontsize=SAYS)
    for number in MaxNLocator(4, steps=[1, 2, 5, 10], integer=True).tick_values(0, top):
        if 0 <= number <= top:
            place = left + one * number
            axes.plot([place, place], [middle + 0.18, middle + 0.28], color=figures.DIM, lw=0.8)
            axes.text(place, middle + 0.52, f"{number:.0f}", ha="center", va="center", fontsize=SAYS, color=figures.DIM)
    place = left + 4.2 + 0.08
    axes.text(place, middle + 0.52, text("projects")[page.language], va="center", fontsize=SAYS, color=figures.DIM)
    mark(axes, left + 0.05, 2.75)
    axes.text(left + 0.2, 2.75, text("printed")[page.language], va="center", fontsize=SAYS)
    for number in known.sort_values().tail(1):
        axes.text(left + 2.35, 2.75, f"{number}", ha="right", va="center", fontsize=10.5, color=CERTAIN)
        axes.text(left + 2.45, 2.75, text("known")[page.language], va="center", fontsize=SAYS)
    axes.text(left - 0.1, 8.95, text("position")[page.language], va="center", fontsize=SAYS, color=figures.DIM)


def bar(axes: Axes, place: tuple[float, float], ends: tuple[float, float], one: float, top: float) -> None:
    """Draw a bar that begins at `place`, `one` the length of a project: dark to the lower end, light to the upper."""
    x, y = place
    for start, end, colour in ((0, ends[0], CERTAIN), (ends[0], ends[1], OPEN), (ends[1], top, NONE)):
        axes.add_patch(Rectangle((x + one * start, y - 0.18), one * (end - start), 0.36, fc=colour, lw=0))


def mark(axes: Axes, x: float, y: float) -> None:
    """Mark the paper's own number."""
    axes.plot(x, y, **figures.PAPER | {"ms": 5, "mew": 1.4})
