"""The explorer of notebook 03: the tier of evidence, and the bounds of each province that follow."""

from collections.abc import Mapping

import altair
import pandas as pd

from compendium.notebook import explorers
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE
from study.bounds.placements import ProjectEvidence
from study.sentences import regions as sentences

LIGHT = "#CFE3F1"


def show_evidence_tier_explorer(
    notebook: Notebook,
    evidence_by_tier: Mapping[int, ProjectEvidence],
    bounds_by_tier: Mapping[int, pd.DataFrame],
    paper_bounds: pd.DataFrame,
    names: pd.DataFrame,
    start_tier: int,
) -> explorers.ShownExplorer:
    """Return the bounds of all provinces (projects) for each tier of evidence, beside what the paper says of some.

    Args:
        evidence_by_tier: what is known up to each tier.
        bounds_by_tier: the bounds by tier: lower, upper by adcode.
        paper_bounds: what the paper says: the fewest and the most projects by adcode.
        names: province_zh, province_en by adcode.
        start_tier: where the choice stands at first.
    """
    page = explorers.InteractiveChartBuilder(notebook)
    page.options("tier", page.label("explore-tier"), {n: page.label(f"tier-{n}") for n in bounds_by_tier}, start_tier)
    states = pd.concat(bounds_by_tier, names=["tier"]).reset_index("tier").join(names)
    states["name"] = states[page.column("province")]
    sure = [len(sentences.list_confirmed_provinces(paper_bounds, view.problem)) for view in evidence_by_tier.values()]
    told = [page.label("explore-said", named=len(paper_bounds), sure=number) for number in sure]
    paper = paper_bounds.join(names).rename(columns={page.column("province"): "name"})[["name", "lower"]]
    paper = paper.sort_values("lower", ascending=False, kind="stable")
    end = int(1.3 * max(states["lower"].max(), paper_bounds["lower"].max()))
    order = [*paper["name"], *states["name"].drop_duplicates().loc[lambda s: ~s.isin(paper["name"])]]
    y = altair.Y("name:N", title=None, sort=order).axis(grid=False)
    scale = altair.Scale(domain=[0, end], nice=False)
    words = {kind: page.label(f"explore-{kind}") for kind in ("certain", "possible")}
    legend = altair.Legend(title=None, orient="bottom")
    colour = altair.Color("part:N", scale=altair.Scale(domain=[*words.values()], range=[BLUE, LIGHT]), legend=legend)
    shape = altair.Shape("part:N", scale=altair.Scale(domain=[page.paper], range=["diamond"]), legend=legend)
    bars = page.chart(states[["tier", "name", "lower", "upper"]]).mark_bar(height=8, clip=True)
    layers = []
    for kind, first, last in (("possible", "lower", "upper"), ("certain", "zero", "lower")):
        x = altair.X(f"{first}:Q", title=page.label("ranges-axis")).scale(scale)
        drawn = bars.transform_calculate(zero="0", part=f"'{words[kind]}'")
        layers.append(drawn.encode(x=x, x2=f"{last}:Q", y=y, color=colour))
    marks = page.chart(paper.assign(part=page.paper)).mark_point(**explorers.PAPER, opacity=1)
    layers.append(marks.encode(x=altair.X("lower:Q").scale(scale), y=y, shape=shape))
    told_by = pd.DataFrame({"tier": [*bounds_by_tier], "said": told})
    return page.show(*layers, said=told_by, alt=notebook.say("explore"), height=18 * len(names))
