"""Figure 12-specifications: how narrow a result is with outside evidence, and by the paper's own words alone."""

from typing import Any

import pandas as pd

from compendium.base.texts import join_texts
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, DIM, GREY

LOOK = {"lw": 9, "ms": 16, "mew": 3}
OWN = "1"  # the tier of evidence that is the paper's own words
SOURCES = ["pilot_province_evidence", "pilot_batches", "province_covariates"]


def draw_pearl_delta_quotients(notebook: Notebook, curve: pd.DataFrame) -> None:
    """Draw the bounds of the location quotient of the Pearl River delta; `curve` as `report.curve` gives it."""
    own = curve["evidence_tier"] == OWN
    rows = {"alone": curve[own], "outside": curve[~own]}
    told: dict[str, Any] = {
        name: notebook.label(f"figure-specifications-{find_common_verdict(group)}") for name, group in rows.items()
    }
    for page in notebook.draw("12-specifications", "figure-specifications", SOURCES, height=3.3, **told):
        ax = page.axes
        for place, group in enumerate(rows.values()):
            low, high = group["low"].min(), group["high"].max()
            settled = find_common_verdict(group) in ("above", "not_above")
            ax.plot([low, high], [place] * 2, "|-", color=BLUE if settled else GREY, solid_capstyle="butt", **LOOK)
            found = join_texts(notebook.label(f"outcome-{word}") for word in group["verdict"].unique())
            said: dict[str, Any] = {"span": f"{low:.2f}–{high:.2f}", "found": found, "number": len(group)}
            text = page.label("figure-specifications-span", **said)
            ax.text(1.06, place + 0.22, text, va="bottom")
        ax.set_yticks(range(len(rows)), [page.label(f"figure-specifications-{name}") for name in rows])
        ax.axvline(1, color="black", lw=1)
        ax.text(1.06, len(rows) + 0.1, page.label("figure-specifications-one"), va="top", color=DIM)
        ax.set(xlabel=page.label("figure-specifications-shares"), xlim=(0, 1.05 * curve["high"].max()))
        ax.set_ylim(-0.5, len(rows) + 0.1)
        ax.grid(axis="y", visible=False)


def find_common_verdict(specifications: pd.DataFrame) -> str:
    """Return what all specifications of a group find, or that they find several things."""
    found = set(specifications["verdict"])
    return found.pop() if len(found) == 1 else "several"
