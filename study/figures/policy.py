"""Figure 01-architectures: versions of three architectures in time, those that the paper names filled."""

from typing import Any

import pandas as pd

from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, DIM, GREY, PAPER_LINE, RED

FAMILIES = ("aii", "rami", "iira")
TEXT: dict[str, Any] = {"textcoords": "offset points", "ha": "center"}


def draw_architecture_dates(notebook: Notebook, editions: pd.DataFrame, year: int, **said: Any) -> None:
    """Draw a row an architecture: a bar over the days on which a version may have appeared, a dot in its middle.

    Args:
        editions: rows of `policy_documents` with a family.
        year: in which the paper appeared.
        **said: what fills the heading.
    """
    cited, new_year = editions["source_id"].str.split(" ; ").explode(), pd.Timestamp(year, 1, 1)
    first, last = editions["date_start"], editions["date_end"]
    months = first.dt.strftime("%Y-%m") + last.dt.strftime("–%Y-%m").where(first.dt.month != last.dt.month, "")
    rows = editions.assign(middle=first + (last - first) / 2, months=months)
    for page in notebook.draw("01-architectures", "figure-architectures", cited, height=4, **said):
        for row in rows.itertuples():
            named, y = row.named_in_paper == "named", FAMILIES.index(row.family)
            colour = BLUE if named else GREY
            page.axes.plot([row.date_start, row.date_end], [y, y], color=colour, lw=5, solid_capstyle="butt")
            page.axes.plot(row.middle, y, "o", color=colour, mfc=colour if named else "white", mew=2, ms=8)
            above, below = {"xytext": (0, 7), "va": "bottom"}, {"xytext": (0, -7), "va": "top"}
            place, other = (above, below) if named else (below, above)
            page.axes.annotate(f"{row.version}\n{row.months}", (row.middle, y), **place, **TEXT)
            if y == 0:  # what the dots mean is told in the first row
                said_so = page.label(f"figure-architectures-{'named' if named else 'other'}")
                page.axes.annotate(said_so, (row.middle, y), **other, **TEXT, color=BLUE if named else DIM)
        page.axes.axvline(new_year, **PAPER_LINE)
        page.axes.text(new_year, -0.8, f"{page.paper} ", color=RED, ha="right", va="top")
        names = [page.label(f"figure-architectures-{family}") for family in FAMILIES]
        page.axes.set_yticks(range(len(FAMILIES)), names)
        start = pd.Timestamp(first.min().year - 1, 6, 1)
        page.axes.set(xlim=(start, new_year + pd.Timedelta(days=60)), ylim=(len(FAMILIES) - 0.3, -0.8), xlabel="")
        page.axes.grid(visible=False, axis="y")
