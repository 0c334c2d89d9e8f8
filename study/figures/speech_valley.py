"""Figure 04-speech-valley: counts of firms in China Speech Valley against the figure of the paper."""

import pandas as pd

from compendium.show.figures import PAPER_LINE, draw


def draw_speech_valley(valley: pd.DataFrame, limit: float, issued: int) -> None:
    """Draw counts (as_of, firms, source_id) at the end of their month, the paper's figure, and the paper's year."""
    last, days = valley.iloc[-1], [pd.Period(day).end_time for day in valley["as_of"]]
    heading = "figure-valley-above" if last["firms"] >= limit else "figure-valley-below"
    said = {"as_of": last["as_of"], "firms": last["firms"], "limit": limit}
    start, few, many = pd.Timestamp(issued, 1, 1), valley["firms"].min(), valley["firms"].max()
    for page in draw(
        "04-speech-valley", "figure-valley", valley["source_id"], heading=heading, size=(5.6, 2.9), **said
    ):
        ax = page.axes
        ax.axvspan(start, start + pd.Timedelta(days=130), color="#EDEDED", zorder=0)
        ax.text(start + pd.Timedelta(days=65), few - 70, page.label("figure-valley-paper", year=issued), ha="center")
        ax.plot(days, valley["firms"], "o--", color="C0", lw=1)
        for day, count in zip(days, valley["firms"], strict=True):
            ax.annotate(page(f"{count}", f"{count:,}"), (day, count), (-7, 5), textcoords="offset points", ha="right")
        ax.axhline(limit, **PAPER_LINE)
        text = page.label("figure-valley-limit", limit=limit)
        ax.text(start - pd.Timedelta(days=10), limit - 15, text, color=PAPER_LINE["color"], ha="right", va="top")
        ax.set_xticks(days, list(valley["as_of"]))
        ax.set(ylim=(few - 110, many + 110), xlim=(days[0] - pd.Timedelta(days=80), start + pd.Timedelta(days=130)))
        ax.set_ylabel(page.label("figure-valley-firms"))
