"""Figures of notebook 04: location quotients, and counts of firms in China Speech Valley."""

from collections.abc import Sequence

import pandas as pd

from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, PAPER_LINE
from study.sentences import clusters as sentences

COLOURS = (BLUE, "#00714F", "#444444")
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)


def draw_location_quotients(notebook: Notebook, lq: pd.DataFrame, cited: Sequence[str]) -> None:
    """Draw a line from the lower to the upper bound of each quotient: cluster, size, lq_low, lq_high, status."""
    clusters, room = list(lq["cluster"].unique()), 0.6
    floor, top = 0.9 * lq["lq_low"].clip(lower=TICKS[0]).min(), 1.2 * lq["lq_high"].max()
    said = sentences.fill_quotients_heading(notebook, lq)
    for page in notebook.draw("04-location-quotients", "figure-quotients", cited, height=4.6, **said):
        ax = page.axes
        for place, ((size, rows), colour) in enumerate(zip(lq.groupby("size", sort=False), COLOURS, strict=True)):
            heights = 0.25 * (place - 1) + rows["cluster"].map(clusters.index)
            low = rows["lq_low"].clip(lower=floor)
            ax.hlines(heights, low, rows["lq_high"], color=colour, lw=3)
            ax.plot([low, rows["lq_high"]], [heights, heights], "o", color=colour, ms=5)
            name = page.label(f"figure-quotients-{'gdp' if size.startswith('gdp') else size}")
            beside = {"ha": "right", "va": "center", "color": colour}
            ax.text(0.92 * low.iloc[0], heights.iloc[0], name, **beside)
            for y, row in zip(heights, rows.itertuples(), strict=True):
                text = "–".join(dict.fromkeys(f"{end:.2f}" for end in (row.lq_low, row.lq_high)))
                ax.text(1.02, y, text, color=colour, va="center", transform=ax.get_yaxis_transform())
        ax.axvline(1, color="black", lw=1.2, zorder=0)
        ax.set_xscale("log")
        ax.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
        ax.minorticks_off()
        ax.set_yticks(range(len(clusters)), [page.label(f"cluster-{name}") for name in clusters])
        ax.set(ylim=(len(clusters) - 0.5, -0.5), xlim=(room * floor, top), xlabel=page.label("figure-quotients-axis"))
        ax.grid(visible=False, axis="y")


def draw_speech_valley_firms(
    notebook: Notebook, firm_counts: pd.DataFrame, paper_count: float, paper_year: int
) -> None:
    """Draw counts (as_of, firms, source_id) at the end of their month, the paper's figure, and the paper's year."""
    last, days = firm_counts.iloc[-1], [pd.Period(day).end_time for day in firm_counts["as_of"]]
    heading = "figure-valley-above" if last["firms"] >= paper_count else "figure-valley-below"
    said = {"firms": last["firms"], "limit": paper_count}
    start, few, many = pd.Timestamp(paper_year, 1, 1), firm_counts["firms"].min(), firm_counts["firms"].max()
    for page in notebook.draw(
        "04-speech-valley", "figure-valley", firm_counts["source_id"], heading=heading, height=2.9, **said
    ):
        ax = page.axes
        ax.axvspan(start, start + pd.Timedelta(days=130), color="#EDEDED", zorder=0)
        ax.text(
            start + pd.Timedelta(days=65), few - 70, page.label("figure-valley-paper", year=paper_year), ha="center"
        )
        ax.plot(days, firm_counts["firms"], "o--", color="C0", lw=1)
        for day, count in zip(days, firm_counts["firms"], strict=True):
            ax.annotate(page(f"{count}", f"{count:,}"), (day, count), (-7, 5), textcoords="offset points", ha="right")
        ax.axhline(paper_count, **PAPER_LINE)
        text = page.label("figure-valley-limit", limit=paper_count)
        ax.text(start - pd.Timedelta(days=10), paper_count - 15, text, color=PAPER_LINE["color"], ha="right", va="top")
        ax.set_xticks(days, list(firm_counts["as_of"]))
        ax.set(ylim=(few - 110, many + 110), xlim=(days[0] - pd.Timedelta(days=80), start + pd.Timedelta(days=130)))
        ax.yaxis.set_major_formatter(lambda firms, _, page=page: page(f"{firms:.0f}", f"{firms:,.0f}"))
        ax.set_ylabel(page.label("figure-valley-firms"))
