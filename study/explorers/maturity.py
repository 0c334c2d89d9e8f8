"""The explorer of notebook 05: weight and share of Jiangsu, and what they leave for the rest of the country."""

import altair
import pandas as pd

from compendium.notebook import explorers
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, ORANGE, SKY
from study.analysis import statistics
from study.sentences.maturity import select_first_and_last_year

WEIGHTS, SHARES = list(range(0, 65, 5)), list(range(0, 105, 5))  # %


def show_jiangsu_weight_explorer(notebook: Notebook, rest: pd.DataFrame, start_share: float) -> explorers.ShownExplorer:
    """Return the share at level 2 and above (%) outside Jiangsu for each weight and share of Jiangsu.

    Args:
        rest: what `maturity.rest_of_country` gives.
        start_share: share of Jiangsu that was seen, at which the slider stands first.
    """
    first, last = select_first_and_last_year(rest)
    page = explorers.InteractiveChartBuilder(notebook)
    page.slider("weight", page.label("explore-weight"), WEIGHTS, 100 * last["weight_high"])
    page.slider("share", page.label("explore-share"), SHARES, start_share)
    whole, jiangsu, outside = (page.label(f"explore-{name}", year=last.name) for name in ("whole", "jiangsu", "rest"))
    before = page.label("explore-rest", year=first.name)
    states, told = [], []
    for weight in WEIGHTS:
        for share in SHARES:
            value = statistics.compute_rest_share(last["ge2_pct"], weight / 100, share)
            key = locate_share_in_bounds(value, first)
            filled = {} if key == "clash" else {"rest": value, "first": first, "year": first.name}
            told.append((weight, share, page.label(f"explore-said-{key}", **filled)))
            states += [(weight, share, jiangsu, float(share))]
            states += [] if key == "clash" else [(weight, share, outside, round(value, 2))]
    rows = pd.DataFrame(states, columns=["weight", "share", "name", "value"])
    y = altair.Y("name:N", title=None, sort=[before, whole, jiangsu, outside]).axis(labelLimit=140)
    x = altair.X("value:Q", title=page.label("figure-rest-share")).scale(domain=[0, 100])
    known = pd.DataFrame({"name": [before], "value": [first["free_low_pct"]], "high": [first["free_high_pct"]]})
    bar = page.chart(known).mark_bar(color=SKY, size=16).encode(x=x, x2="high:Q", y=y)
    fixed = pd.DataFrame({"name": [whole], "value": [last["ge2_pct"]]})
    dot = page.chart(fixed).mark_point(filled=True, size=90, color="black", opacity=1).encode(x=x, y=y)
    colour = altair.Color("name:N", legend=None).scale(domain=[jiangsu, outside], range=[ORANGE, BLUE])
    moved = page.chart(rows).mark_point(filled=True, size=120, opacity=1).encode(x=x, y=y, color=colour)
    said = pd.DataFrame(told, columns=["weight", "share", "said"])
    return page.show(bar, dot, moved, said=said, alt=notebook.say("explore"), height=180)


def locate_share_in_bounds(share: float, first_year_bounds: pd.Series) -> str:
    """Return where a share of the rest lies against the bounds of the first year; clash where there is none."""
    if not 0 <= share <= 100:
        return "clash"
    if share > first_year_bounds["free_high_pct"]:
        return "above"
    return "below" if share < first_year_bounds["free_low_pct"] else "inside"
