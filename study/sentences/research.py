"""Sentences of notebook 08."""

import math
from collections.abc import Callable

import pandas as pd

from compendium.base.texts import TranslatedText, join_texts
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook.begin import Notebook
from study.analysis import statistics

TOLD = ["OED", "EUU"]  # averages that the answer names; the figure shows the others too


def describe_china_comparison(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whom China is below and whom above, in the year of the paper's statement."""
    return notebook.say("answer", **fill_china_comparison(notebook, int(notebook.data.claim("Q77")["year_start"])))


def fill_china_comparison(notebook: Notebook, year: int) -> dict[str, object]:
    """Return what fills the answer and the title of the figure: China's ratio, whom it is below and whom above."""
    edition, among = select_edition_and_groups(notebook.data, year)
    rows = edition.set_index("iso3")
    china, averages = rows.loc["CHN", "pct"], rows.reindex(TOLD)["pct"].dropna()
    sides: dict[bool, list[TranslatedText]] = {True: [], False: []}
    for code, pct in averages.sort_values(ascending=False, kind="stable").items():
        sides[pct > china].append(
            notebook.say("answer-average", name=render_average_name(notebook, str(code)), pct=pct)
        )
    higher = among.loc[among["group"] == "g7", "pct"] > china
    sides[True].append(notebook.say("answer-g7", count=higher.sum(), size=len(higher)))
    sides[False].append(notebook.say("answer-rest", count=(~higher).sum()))
    lower, higher = (join_averages_and_count(notebook, sides[side]) for side in (True, False))
    return {"year": year, "pct": china, "lower": lower, "higher": higher}


def join_averages_and_count(notebook: Notebook, parts: list[TranslatedText]) -> TranslatedText:
    """Return averages and the count of countries, the last of the parts, as one."""
    return notebook.say("answer-both", averages=join_texts(parts[:-1]), count=parts[-1]) if len(parts) > 1 else parts[0]


def select_edition_and_groups(data: EvidenceTables, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the edition that holds most countries in a year, and these countries by group."""
    rows = data("rd_intensity_countries").query("year == @year")
    edition = rows[rows["vintage"] == rows["vintage"].mode()[0]]
    members = data("oecd_members")
    oecd = members.loc[members["accession_year"] <= year, ["iso3"]].assign(group="oecd")
    return edition, pd.concat([data("country_groups")[["group", "iso3"]], oecd]).merge(edition, on="iso3")


def fill_revisions_heading(revision: pd.Series) -> dict[str, object]:
    """Return what fills the heading of the figure of revisions: their mean size, the largest, and its years."""
    known = revision.dropna().round(6)
    largest = known[known.abs().idxmax()]
    years = join_texts(known.index[known == largest])
    return {"mean": known.abs().mean(), "largest": f"{largest:+.2f}".replace("-", "−"), "year": years}


def fill_crossing_years(notebook: Notebook, trend: statistics.LinearTrend, average_row: pd.Series) -> dict[str, object]:
    """Return from when on the line is fitted, the level it is to reach (a row of `distances`), when, and its ends."""
    arrives, earliest, latest = trend.crossing(average_row["average_pct"])
    years = {"year": render_whole_year(notebook, arrives), "lower": render_whole_year(notebook, earliest)}
    years["upper"] = render_whole_year(notebook, latest, math.floor)
    return {"first": trend.values.index[0], "level": average_row["average_pct"], **years}


def render_average_name(notebook: Notebook, code: str) -> TranslatedText:
    """Return the name of an average."""
    return notebook.say(f"average-{code.lower()}")


def describe_crossing_year(notebook: Notebook, trend: statistics.LinearTrend, average_row: pd.Series) -> TranslatedText:
    """Say when the line reaches a level."""
    told = {"last": trend.values.index[-1], "slope": trend.slope, "coverage": 100 * trend.confidence}
    told |= {"name": render_average_name(notebook, average_row["average"]), "level_year": average_row.name}
    return notebook.say("crossing-say", **told, **fill_crossing_years(notebook, trend, average_row))


def render_whole_year(
    notebook: Notebook, year: float, rounding: Callable[[float], int] = math.ceil
) -> int | TranslatedText:
    """Return a year as a whole number; in words that there is none."""
    return rounding(year) if math.isfinite(year) else notebook.say("crossing-no-limit")


def summarise_research_findings(
    notebook: Notebook, revisions: pd.DataFrame, year: int, edition: pd.DataFrame, by_start: pd.DataFrame
) -> TranslatedText:
    """Say in short what was found."""
    china = edition.set_index("iso3").loc["CHN", "pct"]
    row = revisions.loc[year]
    said: dict[str, object] = {"year": year, "first": row["first_published_pct"]}
    said |= {"revised": row["revised_pct"], "china": china}
    said |= {"earliest": math.ceil(by_start["crossing"].min())}
    said |= {"latest": math.ceil(by_start["crossing"].max())}
    return notebook.say("findings", **said)
