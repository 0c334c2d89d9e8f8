"""Figure 12-specifications: bounds of one result, specifications with the same bounds in one row."""

from typing import Any

import pandas as pd

from compendium.show.figures import GREEN, ORANGE, SKY, Page
from compendium.show.notebook import Notebook
from compendium.texts import joined

COLOURS = {"above": GREEN, "open": SKY, "not_above": ORANGE}
SOURCES = ["pilot_province_evidence", "pilot_batches", "province_covariates"]


def draw_specifications(notebook: Notebook, curve: pd.DataFrame) -> None:
    """Draw the bounds of the location quotient of the Pearl River delta; `curve` as `report.curve` gives it."""
    rows, settled = list(curve.groupby(["low", "high"])), curve[curve["verdict"] != "open"]
    told = joined((notebook.say(f"outcome-{word}") for word in settled["verdict"].unique()), empty=notebook.say("none"))
    said: dict[str, Any] = {"all": len(curve), "settled": len(settled), "told": told}
    for page in notebook.draw("12-specifications", "figure-specifications", SOURCES, **said):
        ax = page.axes
        for place, ((low, high), group) in enumerate(rows):
            ax.plot([low, high], [place] * 2, "|-", color=COLOURS[group["verdict"].iloc[0]], lw=5, ms=12, mew=2)
            span = f"{low:.3f}" if low == high else f"{low:.2f}–{high:.2f}"
            text = page.label("figure-specifications-row", span=span, number=len(group))
            ax.annotate(text, (high, place), (8, 0), textcoords="offset points", va="center", fontsize=9)
        ax.set_yticks(range(len(rows)), [common(page, group, curve) for _, group in rows], fontsize=9)
        ax.axvline(1, color="black", lw=1)
        ax.set(xlabel=page.label("figure-specifications-shares"), xlim=(0, 1.55 * curve["high"].max()))
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.grid(axis="y", visible=False)


def common(page: Page, group: pd.DataFrame, curve: pd.DataFrame) -> str:
    """Return the choices that these specifications share and others do not."""
    names = group.columns.difference(["verdict", "low", "high"], sort=False)
    fixed = [name for name in names if group[name].nunique() < curve[name].nunique()]
    return " · ".join(page.label(f"specification-{name}-{'-'.join(sorted(set(group[name])))}") for name in fixed)
