"""Figure 10-coverage: how far three codings find each problem answered."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.patches import Patch

from compendium.show.figures import BLUE, SKY, draw

COLOURS = {"answered": BLUE, "partly": SKY, "unanswered": "black"}


def draw_coverage(items: pd.DataFrame, coders: Sequence[str]) -> None:
    """Draw a row a problem, a column a coding, filled by the grade.

    Args:
        items: problems by code, with item_zh, item_en, the columns of the codings and `majority`.
        coders: names of these columns.
    """
    grades = list(COLOURS)
    ranks = items.assign(rank=items["majority"].map(grades.index)).sort_values("rank", kind="stable")
    counts = [int((items[coder] == "answered").sum()) for coder in coders]
    said: dict[str, Any] = {"items": len(items), "least": min(counts), "most": max(counts)}
    for page in draw("10-coverage", "figure-coverage", ["problems_countermeasures"], size=(5.6, 4.6), **said):
        squares = ranks[list(coders)].map(grades.index).set_axis(ranks[page.column("item")])
        squares.columns = [page.label(f"coder-{coder.replace('_', '-')}") for coder in coders]
        look: dict[str, Any] = {"cmap": list(COLOURS.values()), "vmin": 0, "vmax": 2, "cbar": False}
        sns.heatmap(squares, linewidths=2, linecolor="white", ax=page.axes, **look)
        page.axes.xaxis.tick_top()
        page.axes.tick_params(length=0)
        page.axes.set(xlabel="", ylabel="")
        patches = [Patch(color=COLOURS[grade], label=page.label(f"grade-{grade}")) for grade in grades]
        page.axes.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.4, 0), ncols=3, fontsize=9)
