"""Figures of notebook 10: codings of the problems, and documents that laid down points of the measures."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.dates import YearLocator
from matplotlib.patches import Patch

from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, DIM, PAPER_LINE, RED, SKY
from study.analysis.diagnosis import MONTH

COLOURS = {"answered": BLUE, "partly": SKY, "unanswered": "black"}


def draw_coder_grades(notebook: Notebook, items: pd.DataFrame, coders: Sequence[str]) -> None:
    """Draw a row a problem, a column a coding, filled by the grade.

    Args:
        items: problems by code, with item_zh, item_en, the columns of the codings and `majority`.
        coders: names of these columns.
    """
    grades = list(COLOURS)
    ranks = items.assign(rank=items["majority"].map(grades.index)).sort_values("rank", kind="stable")
    counts = [int((items[coder] == "answered").sum()) for coder in coders]
    said: dict[str, Any] = {"items": len(items), "least": min(counts), "most": max(counts)}
    for page in notebook.draw("10-coverage", "figure-coverage", ["claims"], height=4.6, **said):
        squares = ranks[list(coders)].map(grades.index).set_axis(ranks[page.column("item")])
        squares.columns = [page.label(f"coder-{coder.replace('_', '-')}") for coder in coders]
        look: dict[str, Any] = {"cmap": list(COLOURS.values()), "vmin": 0, "vmax": 2, "cbar": False}
        sns.heatmap(squares, linewidths=2, linecolor="white", ax=page.axes, **look)
        page.axes.xaxis.tick_top()
        page.axes.tick_params(length=0)
        page.axes.set(xlabel="", ylabel="")
        patches = [Patch(color=COLOURS[grade], label=page.label(f"grade-{grade}")) for grade in grades]
        page.axes.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.17, 0), ncols=3, columnspacing=1)


def draw_remedy_documents(notebook: Notebook, pieces: pd.DataFrame, remedies: pd.DataFrame) -> None:
    """Draw a row a measure, a dot for the document of each point; on the right, for how many points none was found.

    Args:
        pieces: as `diagnosis.pieces` gives them, with the measure in item_zh, item_en and the day in date_end.
        remedies: the measures, with the number of points by state.
    """
    dated, total = pieces[pieces["state"] != "none"], remedies[["full", "part", "none"]].sum()
    said: dict[str, Any] = {"points": total, "remedies": len(remedies), "total": total.sum()}
    for page in notebook.draw("10-remedies", "figure-remedies", ["remedy_policies"], height=4.3, **said):
        ax, item, names = page.axes, page.column("item"), ("full", "part")
        words = {state: page.label(f"figure-remedies-{state}") for state in names}
        dots = dated.assign(state=dated["state"].map(words), day=dated["date_end"])
        look: dict[str, Any] = {"palette": [BLUE, SKY], "dodge": True, "jitter": False, "size": 7}
        order = {"order": list(remedies[item]), "hue_order": list(words.values())}
        sns.stripplot(dots, x="day", y=item, hue="state", **order, **look, ax=ax)
        for y, missing in enumerate(remedies["none"]):
            if missing:
                text = page.label("figure-remedies-missing", points=missing)
                ax.text(MONTH.start_time + pd.Timedelta(days=200), y, text, va="center", color=DIM)
        ax.axvline(MONTH.start_time, **PAPER_LINE)
        ax.text(MONTH.start_time, -0.7, page.paper, color=RED, ha="center")
        ax.legend(title="", loc="upper center", bbox_to_anchor=(0.2, -0.07), ncols=2)
        ax.xaxis.set_major_locator(YearLocator(4))
        ax.set(xlabel="", ylabel="", xlim=(None, pd.Timestamp(MONTH.year + 4, 1, 1)))
        ax.grid(visible=False, axis="y")
