"""Figure 06-materials: every type of material as a square, class by class."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.show.notebook import Notebook

HIGH, BETWEEN = 7, 1
COLOURS = {"absent": "C6", "made_but_unstable": "C1", "import_dependent": "C5", "self_supplied": "C4"}


def draw_materials(notebook: Notebook, split: pd.Series, cited: Sequence[str]) -> None:
    """Draw as many squares as there are types in each class; `split` has the number of types by category."""
    told = {"short": split.drop("self_supplied").sum(), "types": split.sum()}
    for page in notebook.draw("06-materials", "figure-materials", cited, size=(5.6, 3.2), **told):
        left = 0
        for code, number in split.items():
            k = np.arange(number)
            page.axes.scatter(left + k // HIGH, HIGH - 1 - k % HIGH, marker="s", s=190, color=COLOURS[str(code)])
            text = page.label("figure-materials-class", category=page.label(f"figure-{code}"), types=number)
            page.axes.text(left - 0.42, HIGH - 0.2, text, va="bottom", linespacing=1.1)
            left += -(-number // HIGH) + BETWEEN
        page.axes.set(xlim=(-0.6, left - BETWEEN - 0.3), ylim=(-0.7, HIGH + 1.8), aspect="equal")
        page.axes.axis("off")
