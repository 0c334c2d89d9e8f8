"""A tile map: each province one square, relative position only, no borders and no territory."""

from collections.abc import Mapping, Sequence

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from compendium.data import tables
from compendium.show.figures import Page
from compendium.show.wording import Both

NO_DATA = Both("无数据", "no data")
SHORT = {
    "Inner Mongolia": "I. Mong.",
    "Heilongjiang": "Heilongj.",
    "Guangdong": "Guangd.",
    "Chongqing": "Chongq.",
    "Hong Kong": "H. Kong",
}


def draw(
    page: Page,
    axes: Axes,
    values: Mapping[int, float],
    labels: Mapping[int, str],
    *,
    limits: tuple[float, float],
    palette: str = "Blues",
) -> None:
    """Draw a tile map: each province one square, relative position only, no borders and no territory.

    Args:
        page: the page that `axes` belongs to; gives the language.
        axes: where to draw.
        values: adcode -> value that colours the tile; provinces without a value are hatched as "no data".
        labels: adcode -> text under the name.
        limits: values of the palest and the darkest colour.
        palette: name of a sequential matplotlib colour map.
    """
    colours, scale = matplotlib.colormaps[palette], matplotlib.colors.Normalize(*limits)
    for province in tables.raw("provinces").itertuples():
        x, y = province.tile_col, province.tile_row
        value = values.get(province.adcode)
        known = value is not None and pd.notna(value)
        face = colours(0.08 + 0.82 * float(scale(value))) if value is not None and known else (1.0, 1.0, 1.0, 1.0)
        ink = "white" if luminance(face) < 0.45 else "black"
        hatch = None if known else "////"
        axes.add_patch(
            Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, facecolor=face, edgecolor="#BBBBBB", hatch=hatch, lw=0.6)
        )
        name = province.province_zh if page.language == "zh" else SHORT.get(province.province_en, province.province_en)
        size = 8 if page.language == "zh" else 6.2
        axes.text(x, y - 0.14, name, ha="center", va="center", fontsize=size, color=ink)
        text = labels.get(province.adcode, page(*NO_DATA) if not known else "")
        axes.text(x, y + 0.22, text, ha="center", va="center", fontsize=size, color=ink)
    axes.set(xlim=(0.3, 7.7), ylim=(9.6, 0.4), aspect="equal")
    axes.axis("off")


def luminance(colour: Sequence[float]) -> float:
    """Return the perceived lightness of an RGB colour from 0 to 1 (weights of ITU-R BT.601)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
