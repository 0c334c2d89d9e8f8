"""Figure 10-remedies: the documents in which points of the measures were laid down before the paper."""

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.dates import YearLocator

from compendium.show.figures import BLUE, DIM, PAPER_LINE, RED, SKY, draw
from study.diagnosis import MONTH


def draw_remedies(pieces: pd.DataFrame, ten: pd.DataFrame) -> None:
    """Draw a row a measure, a dot for the document of each point; on the right, for how many points none was found.

    Args:
        pieces: as `diagnosis.pieces` gives them, with the measure in item_zh, item_en and the day in date_end.
        ten: the measures, with the number of points by state.
    """
    dated, total = pieces[pieces["state"] != "none"], ten[["full", "part", "none"]].sum()
    said: dict[str, Any] = {"points": total, "remedies": len(ten)}
    for page in draw("10-remedies", "figure-remedies", ["remedy_policies"], size=(5.6, 4.3), **said):
        ax, item, names = page.axes, page.column("item"), ("full", "part")
        words = {state: page.label(f"figure-remedies-{state}") for state in names}
        dots = dated.assign(state=dated["state"].map(words), day=dated["date_end"])
        look: dict[str, Any] = {"palette": [BLUE, SKY], "dodge": True, "jitter": False, "size": 7}
        order = {"order": list(ten[item]), "hue_order": list(words.values())}
        sns.stripplot(dots, x="day", y=item, hue="state", **order, **look, ax=ax)
        for y, missing in enumerate(ten["none"]):
            if missing:
                text = page.label("figure-remedies-missing", points=missing)
                ax.text(MONTH.start_time + pd.Timedelta(days=120), y, text, va="center", fontsize=9, color=DIM)
        ax.axvline(MONTH.start_time, **PAPER_LINE)
        ax.text(MONTH.start_time, -0.7, page.paper, color=RED, ha="center")
        ax.legend(title="", loc="upper left", bbox_to_anchor=(0, -0.07), ncols=2)
        ax.xaxis.set_major_locator(YearLocator(4))
        ax.set(xlabel="", ylabel="", xlim=(None, pd.Timestamp(MONTH.year + 4, 1, 1)))
        ax.grid(visible=False, axis="y")
