"""Figure 03-map: the bounds of each province on a tile map, if the paper's own text is believed."""

from typing import Any

import pandas as pd

from compendium.show.figures import draw
from compendium.texts import Text
from study import tiles
from study.layout import EVIDENCE


def draw_map(totals: pd.DataFrame, given: Text) -> None:
    """Draw a tile for each province with the bounds of its projects; `given` says what they take for granted."""
    said: dict[str, Any] = {"given": given, "open": int((totals["lower"] < totals["upper"]).sum())}
    said["provinces"] = len(totals)
    for page in draw("03-map", "figure-map", [EVIDENCE, "pilot_batches"], size=(5.6, 3.9), **said):
        tiles.ranges(page, page.axes, totals)
