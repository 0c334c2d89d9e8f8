"""Figures of notebook 07: demand, gap and supply; who gave the gaps when; the gap by growth of supply."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import seaborn as sns

from compendium.base.texts import TranslatedText, make_bilingual_text
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, GREY, PAPER, RED, spread_label_positions
from study.sentences.talent import render_people_count, select_paper_gaps

LIGHT, MIDDLE, GREEN = "#DCE9F2", {"ha": "center", "va": "center"}, "#00714F"
SPEAKERS = {
    "the Guide": "chain-guide",
    "machine-tool trade press": "chain-machine-tools",
    "Economic Daily": "chain-economic-daily",
    "China robot summit site": "chain-robot-summit",
    "China Business Times": "chain-business-times",
    "the paper": "chain-paper",
}
COLOURS = {"frozen": "black", "chosen": BLUE, "holding": "#8F4B72", "closing": "#00714F"}


def draw_supply_and_gap(
    notebook: Notebook, press: pd.DataFrame, stock: pd.DataFrame, target: pd.Series, cited: Iterable[str]
) -> None:
    """Draw a column a year, supply below and gap above; beside them the paper's gaps, before them the stock.

    Args:
        press: demand, gap and supply by year.
        stock: rows of the Guide with the stock of the fields that match.
        target: the paper's gaps by year.
        cited: the sources of `press`.
    """
    supplies = pd.concat([stock.set_index("year")["value_10k"], press["supply"]])
    early, late = map(render_people_count, press["gap"])
    said: dict[str, Any] = {"early": early, "late": late}
    heading = "figure-balance-moves" if press["supply"].nunique() > 1 else "figure-balance-stands"
    said |= {"supply": render_people_count(press["supply"].iloc[0])} if heading.endswith("stands") else {}
    named = [*cited, *stock["source_id"]]
    for page in notebook.draw("07-balance", "figure-balance", named, heading=heading, height=3.3, **said):
        ax, unit, x = page.axes, page(1, 0.01), supplies.index.astype(str)
        known = supplies.index.isin(press.index)
        fills, edges = ([LIGHT if k else other for k in known] for other in ("white", GREY))
        ax.bar(x, supplies * unit, 0.66, color=fills, edgecolor=edges, ls="--")
        ax.bar(press.index.astype(str), press["gap"] * unit, 0.66, bottom=press["supply"] * unit)
        for place, year, supply in zip(range(len(x)), supplies.index, supplies, strict=True):
            kind = "supply" if year in press.index else "stock"
            label = page.label(f"figure-balance-{kind}", number=render_people_count(supply))
            ax.text(place, supply * unit / 2, label, **MIDDLE)
        for place, row in enumerate(press.itertuples(), len(stock)):
            gap, demand = (
                page.label(f"figure-balance-{n}", number=render_people_count(getattr(row, n)))
                for n in ("gap", "demand")
            )
            ax.text(place, (row.supply + row.gap / 2) * unit, gap, color="white", **MIDDLE)
            ax.text(place, (row.demand + 15) * unit, demand, ha="center", va="bottom")
            middle, half = (row.supply + target[row.Index] / 2) * unit, target[row.Index] / 2 * unit
            ax.errorbar(place + 0.42, middle, half, fmt="none", ecolor=RED, capsize=3, label=page.paper)
        ax.set(ylim=(0, 1.1 * press["demand"].max() * unit), ylabel=page.label("figure-balance-people"))
        ax.legend(*(part[:1] for part in ax.get_legend_handles_labels()), loc="upper left")


def draw_forecast_timeline(notebook: Notebook, chain: pd.DataFrame, paper: pd.DataFrame) -> None:
    """Draw a row a source not later than the paper: a dot at its date, a line to the end of each year meant."""
    known = chain["published"].str[:4] <= paper["published"].str[:4].iloc[0]
    chain, own = chain[known & (chain["measure"] == "gap")], set(paper["field_zh"])
    lanes = list(chain.groupby(["published", "speaker", "field_zh"], sort=False))
    early, late = map(render_people_count, select_paper_gaps(paper))
    year = chain.loc[chain["field_zh"].isin(own), "published"].min()[:4]
    cited, counted = chain["source_id"].drop_duplicates(), chain.loc[chain["speaker"] != "the paper", "kind"]
    heading = "figure-chain-heading-after" if counted.eq("after").any() else "figure-chain-heading"
    said: dict[str, Any] = {"heading": heading, "early": early, "late": late, "year": year}
    for page in notebook.draw("07-chain", "figure-chain", cited, height=4.6, **said):
        for y, ((published, speaker, field), rows) in enumerate(lanes):
            day, colour = pd.Period(published).start_time, GREEN if field in own else BLUE
            for row in rows.itertuples():
                end = pd.Timestamp(row.year + 1, 1, 1)
                page.axes.plot([day, end], [y, y], "-" if day < end else ":", color=colour, lw=1.4)
                number = page.label("figure-chain-number", number=render_people_count(row.value_10k), year=row.year)
                page.axes.plot(end, y, "|", color=colour, ms=9)
                page.axes.text(end, y + 0.12, number, color=colour, ha="center", va="top")
            page.axes.plot(day, y, **{"color": colour} | (PAPER if speaker == "the paper" else {"marker": "o"}))
            who = notebook.say(SPEAKERS[speaker]) if speaker in SPEAKERS else make_bilingual_text(speaker, speaker)
            meant = notebook.say("chain-field-own" if field in own else "chain-field-guide")
            row = page.label("figure-chain-row", published=published, who=who, field=meant)
            page.axes.text(pd.Timestamp("2016-02"), y - 0.14, row, va="bottom", color=colour)
        years = range(int(chain["published"].min()[:4]) + 1, chain["year"].max() + 1)
        page.axes.set_xticks([pd.Timestamp(one, 7, 1) for one in years], years)  # each within its year
        page.axes.tick_params(axis="x", length=0)
        page.axes.set(ylim=(len(lanes) - 0.5, -1), yticks=[], xlabel=page.label("figure-chain-time"))
        page.axes.grid(visible=False)
        page.axes.spines["left"].set_visible(False)


def draw_gap_scenarios(
    notebook: Notebook,
    paths: pd.DataFrame,
    growth: Mapping[str, float],
    names: Mapping[str, TranslatedText],
    target: pd.Series,
    cited: Sequence[str],
) -> None:
    """Draw the paths of the gap (10,000 people) by year, each named at its end, and the paper's gaps."""
    first, last = target.index
    said: dict[str, Any] = {name: growth[name] for name in ("holding", "closing")}
    for page in notebook.draw("07-scenarios", "figure-scenarios", cited, height=3.8, first=first, last=last, **said):
        ax, unit = page.axes, page(1, 0.01)
        sns.lineplot(paths * unit, palette=COLOURS, dashes=False, marker="o", legend=False, ax=ax)
        ends = spread_label_positions(
            list(paths.loc[last] * unit), 0.085 * (paths.max().max() - paths.min().min()) * unit
        )
        for name, height in zip(paths, ends, strict=True):
            gap = render_people_count(paths.loc[last, name])
            text = page.label("figure-scenarios-path", path=names[name], gap=gap)
            ax.text(last + 0.28, height, text, color=COLOURS[name], va="center")
        ax.hlines(0, first - 0.2, last, color="black", lw=0.8)
        page.paper_at(target.index, target * unit)
        ax.set(xticks=paths.index, xlim=(first - 0.2, last + 2.4), xlabel="")
        ax.set_ylabel(page.label("figure-scenarios-gap"))
        ax.legend(*(part[-1:] for part in ax.get_legend_handles_labels()), loc="upper left")
