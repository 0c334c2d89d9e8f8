"""Figure 02-cumulative: running totals against the target of the paper and the plan that was found."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, DIM, PAPER_LINE, spread_label_positions

GREEN = "#00714F"


def draw_cumulative_projects(
    notebook: Notebook, batch_sizes: pd.Series, outside: pd.DataFrame, goals: pd.DataFrame, cited: Sequence[str]
) -> None:
    """Draw the sums of the batches with and without the first, the totals of sources, and the targets.

    Args:
        batch_sizes: size of each batch, by year.
        outside: through_year, projects, basis and source_id of the totals of other sources than the paper.
        goals: target_year, target, times_with and times_without, the target of the paper first.
        cited: sources of the plan.
    """
    own, plans = goals.iloc[0], goals.iloc[1:]
    end, last, lines = own["target_year"], batch_sizes.index[-1], (batch_sizes, batch_sizes.iloc[1:])
    said: dict[str, Any] = {"least": own["times_without"], "most": own["times_with"]}
    heading = "figure-cumulative-heading" if len(plans) else "figure-cumulative-heading-none"
    if len(plans):
        said |= {"plan_least": plans["times_without"].min(), "plan_most": plans["times_with"].max()}
    derived = outside["basis"] == "derived"
    sources = [*outside["source_id"], *" ; ".join(cited).split(" ; ")]
    for page in notebook.draw("02-cumulative", "figure-cumulative", sources, heading=heading, height=3.6, **said):
        ax = page.axes
        heights = spread_label_positions([batches.sum() for batches in lines], batch_sizes.sum() / 6)
        for batches, colour, height in zip(lines, (BLUE, GREEN), heights, strict=True):
            ax.plot(batches.index, batches.cumsum(), color=colour)
            ax.plot([last, end], [batches.sum()] * 2, ":", color=colour)
            text = page.label("figure-cumulative-from", number=batches.sum(), first=batches.index[0])
            ax.text(end + 0.1, height, text, color=colour, va="center")
        for name, rows, fill in (("stated", outside[~derived], BLUE), ("derived", outside[derived], "white")):
            label = page.label(f"figure-cumulative-{name}")
            ax.plot(rows["through_year"], rows["projects"], "o", color=BLUE, markerfacecolor=fill, label=label)
        ax.hlines(own["target"], batch_sizes.index[0], end, **PAPER_LINE)
        ax.hlines(plans["target"], batch_sizes.index[0], plans["target_year"], color=DIM, lw=2.5)
        told = page("：", ": ").join([page.label("goals-paper"), f"{own['target']:.0f}"])
        ax.text(end, own["target"] - 6, told, color=PAPER_LINE["color"], ha="right", va="top")
        for _, plan in plans.iterrows():
            told = page("：", ": ").join([page.label("goals-plan"), f"{plan['target']:.0f}"])
            ax.text(plan["target_year"] + 0.1, plan["target"], page.fold(told, 9), color=DIM, va="center")
        ax.set(xticks=range(batch_sizes.index[0], end + 1), ylim=(0, 1.35 * batch_sizes.sum()), xlim=(None, end + 0.1))
        ax.set_ylabel(page.label("figure-cumulative-number"))
        ax.legend(loc="upper left")
