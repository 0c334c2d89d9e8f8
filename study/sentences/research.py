"""Sentences of notebook 08."""

import math
from collections.abc import Callable

import pandas as pd

from compendium.base.texts import TranslatedText, join_texts
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook.begin import Notebook
from study import statistics

TOLD = ["OED", "EUU"]  # averages that the answer names; the figure shows the others too


def answer(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whom China is below and whom above, in the year of the paper's statement."""
    return notebook.say("answer", **compared(notebook, int(notebook.data.claim("Q77")["year_start"])))


def compared(notebook: Notebook, year: int) -> dict[str, object]:
    """Return what fills the answer and the title of the figure: China's ratio, whom it is below and whom above."""
    edition, among = groups(notebook.data, year)
    rows = edition.set_index("iso3")
    china, averages = rows.loc["CHN", "pct"], rows.reindex(TOLD)["pct"].dropna()
    sides: dict[bool, list[TranslatedText]] = {True: [], False: []}
    for code, pct in averages.sort_values(ascending=False, kind="stable").items():
        sides[pct > china].append(notebook.say("answer-average", name=named(notebook, str(code)), pct=pct))
    higher = among.loc[among["group"] == "g7", "pct"] > china
    sides[True].append(notebook.say("answer-g7", count=higher.sum(), size=len(higher)))
    sides[False].append(notebook.say("answer-rest", count=(~higher).sum()))
    return {"year": year, "pct": china, "lower": both(notebook, sides[True]), "higher": both(notebook, sides[False])}


def both(notebook: Notebook, parts: list[TranslatedText]) -> TranslatedText:
    """Return averages and the count of countries, the last of the parts, as one."""
    return notebook.say("answer-both", averages=join_texts(parts[:-1]), count=parts[-1]) if len(parts) > 1 else parts[0]


def groups(data: EvidenceTables, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the edition that holds most countries in a year, and these countries by group."""
    rows = data("rd_intensity_countries").query("year == @year")
    edition = rows[rows["vintage"] == rows["vintage"].mode()[0]]
    members = data("oecd_members")
    oecd = members.loc[members["accession_year"] <= year, ["iso3"]].assign(group="oecd")
    return edition, pd.concat([data("country_groups")[["group", "iso3"]], oecd]).merge(edition, on="iso3")


def revised(revision: pd.Series) -> dict[str, object]:
    """Return what fills the heading of the figure of revisions: their mean size, the largest, and its years."""
    known = revision.dropna().round(6)
    largest = known[known.abs().idxmax()]
    years = join_texts(known.index[known == largest])
    return {"mean": known.abs().mean(), "largest": f"{largest:+.2f}".replace("-", "−"), "year": years}


def crossing(notebook: Notebook, trend: statistics.Trend, level: pd.Series) -> dict[str, object]:
    """Return from when on the line is fitted, the level it is to reach (a row of `distances`), when, and its ends."""
    arrives, earliest, latest = trend.crossing(level["average_pct"])
    years = {"year": whole(notebook, arrives), "lower": whole(notebook, earliest)}
    years["upper"] = whole(notebook, latest, math.floor)
    return {"first": trend.values.index[0], "level": level["average_pct"], **years}


def named(notebook: Notebook, code: str) -> TranslatedText:
    """Return the name of an average."""
    return notebook.say(f"average-{code.lower()}")


def crossed(notebook: Notebook, trend: statistics.Trend, level: pd.Series) -> TranslatedText:
    """Say when the line reaches a level."""
    told = {"last": trend.values.index[-1], "slope": trend.slope, "coverage": 100 * trend.confidence}
    told |= {"name": named(notebook, level["average"]), "level_year": level.name}
    return notebook.say("crossing-say", **told, **crossing(notebook, trend, level))


def whole(notebook: Notebook, year: float, to: Callable[[float], int] = math.ceil) -> int | TranslatedText:
    """Return a year as a whole number; in words that there is none."""
    return to(year) if math.isfinite(year) else notebook.say("crossing-no-limit")


def short(
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
