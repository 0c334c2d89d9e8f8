"""Figure 04-location-quotients: bounds of the quotients of the clusters, by three measures of size."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.transforms import blended_transform_factory

from compendium.show.figures import BLUE, draw

COLOURS = (BLUE, "#00714F", "#444444")
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)


def draw_location_quotients(lq: pd.DataFrame, cited: Sequence[str]) -> None:
    """Draw a line from the lower to the upper bound of each quotient: cluster, size, lq_low, lq_high, status."""
    states = lq["status"].value_counts().reindex(["above", "open", "not_above"], fill_value=0)
    clusters = list(lq["cluster"].unique())
    floor, top = 0.9 * lq["lq_low"].clip(lower=TICKS[0]).min(), 1.2 * lq["lq_high"].max()
    said = {"cases": len(lq), "state": states}
    for page in draw("04-location-quotients", "figure-quotients", cited, size=(5.6, 4.4), **said):
        ax = page.axes
        for place, ((size, rows), colour) in enumerate(zip(lq.groupby("size", sort=False), COLOURS, strict=True)):
            heights = 0.25 * (place - 1) + rows["cluster"].map(clusters.index)
            low = rows["lq_low"].clip(lower=floor)
            ax.hlines(heights, low, rows["lq_high"], color=colour, lw=3, label=page.label(f"size-{size}"))
            ax.plot([low, rows["lq_high"]], [heights, heights], "o", color=colour, ms=5)
            for y, row in zip(heights, rows.itertuples(), strict=True):
                text = "–".join(dict.fromkeys(f"{end:.2f}" for end in (row.lq_low, row.lq_high)))
                ax.text(1.02, y, text, color=colour, va="center", fontsize=9, transform=ax.get_yaxis_transform())
        ax.axvline(1, color="black", lw=1.2, zorder=0)
        ax.set_xscale("log")
        ax.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
        ax.minorticks_off()
        ax.set_yticks(range(len(clusters)), [page.label(f"cluster-{name}") for name in clusters])
        ax.set(ylim=(len(clusters) - 0.5, -0.5), xlim=(floor, top), xlabel=page.label("figure-quotients-axis"))
        left = blended_transform_factory(page.figure.transFigure, ax.transAxes)
        above: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "bbox_transform": left, "ncols": 3}
        ax.legend(**above, fontsize=9, columnspacing=1.2, handlelength=1.3)
