"""Figure 06-materials: every type of material as a square, class by class."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from compendium.notebook.begin import Notebook
from compendium.notebook.figures import GREY, RED, SKY

HIGH, BETWEEN = 7, 1
COLOURS = {"absent": GREY, "made_but_unstable": SKY, "self_supplied": "#CFCFCF"}


def draw_material_classes(notebook: Notebook, split: pd.Series, paper: pd.Series, cited: Sequence[str]) -> None:
    """Draw as many squares as there are types in each class, and between the last two what the paper says.

    Args:
        notebook: that draws it.
        split: number of types by category, those that China can supply last.
        paper: the paper's shares by category, in %.
        cited: the sources.
    """
    short, types = split.drop("self_supplied").sum(), split.sum()
    told: dict[str, Any] = {"short": short, "types": types, "share": 100 * short / types}
    for page in notebook.draw("06-materials", "figure-materials", cited, height=2.9, **told):
        left, middle = 0, -0.5
        for code, number in split.items():
            k = np.arange(number)
            page.axes.scatter(left + k // HIGH, HIGH - 1 - k % HIGH, marker="s", s=130, color=COLOURS[str(code)])
            text = page.label("figure-materials-class", category=page.label(f"figure-{code}"), types=number)
            page.axes.text(left - 0.42, HIGH - 0.2, text, va="bottom", linespacing=1.1)
            middle = left - 0.5 - BETWEEN / 2
            left += -(-number // HIGH) + BETWEEN
        page.paper_line(middle)
        page.paper_at(middle, -1.4)
        for code, side, x in (("import_dependent", "right", -0.8), ("self_supplied", "left", 0.8)):
            said = page.label(f"figure-paper-{code}", share=paper[code])
            page.axes.text(middle + x, -1.4, said, color=RED, ha=side, va="center")
        page.axes.set(xlim=(-0.6, left - BETWEEN - 0.3), ylim=(-2.1, HIGH + 1.8), aspect="equal")
        page.axes.axis("off")
