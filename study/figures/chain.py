"""Figure 07-chain: who gave the paper's two gaps when, for which field."""

import pandas as pd

from compendium.show.figures import BLUE, PAPER, draw
from compendium.show.wording import say
from compendium.texts import both
from study.sentences.talent import people, target_of

GREEN, BOX = "#00714F", {"facecolor": "white", "edgecolor": "none", "pad": 1}
SPEAKERS = {
    "the Guide": "chain-guide",
    "machine-tool trade press": "chain-machine-tools",
    "Economic Daily": "chain-economic-daily",
    "China robot summit site": "chain-robot-summit",
    "China Business Times": "chain-business-times",
    "the paper": "chain-paper",
    "IM trade site": "chain-trade-site",
    "market research firm": "chain-research-firm",
    "robot site": "chain-robot-site",
}


def draw_chain(chain: pd.DataFrame, paper: pd.DataFrame) -> None:
    """Draw a row a source: a dot at its date, a line to the end of each year meant; `chain` has published, kind."""
    chain, own = chain[chain["measure"] == "gap"], set(paper["field_zh"])
    lanes = list(chain.groupby(["published", "speaker", "field_zh"], sort=False))
    early, late = map(people, target_of(paper))
    year = chain.loc[chain["field_zh"].isin(own), "published"].min()[:4]
    cited = chain["source_id"].drop_duplicates()
    for page in draw("07-chain", "figure-chain", cited, size=(5.6, 5), early=early, late=late, year=year):
        for y, ((published, speaker, field), rows) in enumerate(lanes):
            day, colour = pd.Period(published).start_time, GREEN if field in own else BLUE
            for end, value in zip(pd.to_datetime(rows["year"] + 1, format="%Y"), rows["value_10k"], strict=True):
                page.axes.plot([day, end], [y, y], "-" if day < end else ":", color=colour, lw=1.4)
                number = {"s": page.label("figure-chain-number", number=people(value)), "ha": "center", "va": "center"}
                page.axes.text(end, y, **number, color=colour, bbox=BOX)
            page.axes.plot(day, y, **{"color": colour} | (PAPER if speaker == "the paper" else {"marker": "o"}))
            who = say(SPEAKERS[speaker]) if speaker in SPEAKERS else both(speaker, speaker)
            meant = say("chain-field-own" if field in own else "chain-field-guide")
            row = page.label("figure-chain-row", published=published, who=who, field=meant)
            page.axes.text(pd.Timestamp("2016-02"), y - 0.25, row, va="bottom", color=colour, bbox=BOX)
        page.axes.set(ylim=(len(lanes) - 0.5, -1), yticks=[], xlabel=page.label("figure-chain-time"))
        page.axes.grid(visible=False)
        page.axes.spines["left"].set_visible(False)
