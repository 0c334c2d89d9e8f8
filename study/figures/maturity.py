"""Figure 05-rest: the share at level 2 and above in the whole sample, and its bounds outside Jiangsu."""

import pandas as pd

from compendium.notebook.begin import Notebook
from compendium.notebook.figures import SKY
from study.sentences.maturity import do_rest_bounds_overlap, select_first_and_last_year


def draw_rest_of_country(notebook: Notebook, rest: pd.DataFrame) -> None:
    """Draw a row a year, from `maturity.rest_of_country`: a dot for the whole sample, a bar for the rest."""
    first, last = select_first_and_last_year(rest)
    said = {"first": first, "last": last, "years": [first.name, last.name]}
    heading = "figure-rest-overlap" if do_rest_bounds_overlap(rest) else "figure-rest-apart"
    cited = ["maturity_levels", "maturity_samples"]
    for page in notebook.draw("05-rest", "figure-rest", cited, heading=heading, height=3.2, **said):
        ax, names = page.axes, []
        low, high = rest["free_low_pct"], rest["free_high_pct"]
        ax.barh(range(len(rest)), high - low, 0.4, left=low, color=SKY, label=page.label("figure-rest-free"))
        ax.plot(rest["ge2_pct"], range(len(rest)), "o", color="black", label=page.label("figure-rest-national"))
        for y, row in enumerate(rest.itertuples()):
            weight = "weight" if row.weight_low == row.weight_high else "at-most" if row.weight_high < 1 else "unknown"
            told = {} if weight == "unknown" else {"weight": 100 * row.weight_high}
            names.append(page.label(f"figure-rest-{weight}", year=row.Index, **told))
            ax.text(102, y, f"{row.free_low_pct:.0f}–{row.free_high_pct:.0f}", va="center")
        ax.set_yticks(range(len(rest)), names)
        ax.set(ylim=(len(rest) - 0.5, -0.5), xlim=(0, 115), xticks=range(0, 101, 20))
        ax.set_xlabel(page.label("figure-rest-share"))
        ax.grid(visible=False, axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.26, -0.22), ncols=2)
