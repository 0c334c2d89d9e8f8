"""Figure 07-scenarios: the gap by year under several growth rates of supply."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import seaborn as sns

from compendium.show.figures import BLUE, draw, spread
from compendium.texts import Text
from study.sentences.talent import people

COLOURS = {"frozen": "black", "chosen": BLUE, "holding": "#8F4B72", "closing": "#00714F"}


def draw_scenarios(
    paths: pd.DataFrame, growth: Mapping[str, float], names: Mapping[str, Text], target: pd.Series, cited: Sequence[str]
) -> None:
    """Draw the paths of the gap (10,000 people) by year, each named at its end, and the paper's gaps."""
    first, last = target.index
    said: dict[str, Any] = {name: growth[name] for name in ("holding", "closing")}
    for page in draw("07-scenarios", "figure-scenarios", cited, size=(5.6, 3.8), first=first, last=last, **said):
        ax, unit = page.axes, page(1, 0.01)
        sns.lineplot(paths * unit, palette=COLOURS, dashes=False, marker="o", legend=False, ax=ax)
        ends = spread(list(paths.loc[last] * unit), 0.085 * (paths.max().max() - paths.min().min()) * unit)
        for name, height in zip(paths, ends, strict=True):
            gap = people(paths.loc[last, name])
            text = page.label("figure-scenarios-path", path=names[name], gap=gap)
            ax.text(last + 0.18, height, text, color=COLOURS[name], va="center", fontsize=9)
        ax.hlines(0, first - 0.2, last, color="black", lw=0.8)
        page.paper_at(target.index, target * unit)
        ax.set(xticks=paths.index, xlim=(first - 0.2, last + 2.2), xlabel="")
        ax.set_ylabel(page.label("figure-scenarios-gap"))
        ax.legend(*(part[-1:] for part in ax.get_legend_handles_labels()), loc="lower left")
