"""The explorer of notebook 08: China's line and another's in one edition, fitted from a first year on."""

import math

import altair
import pandas as pd

from compendium.base.texts import of
from compendium.notebook import explorers
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, ORANGE
from study.analysis import statistics

OTHERS = ["OED", "HIC", "EUU", "DEU", "JPN", "KOR", "USA"]
AHEAD = 10  # years


def show_rd_trend_explorer(
    notebook: Notebook, countries: pd.DataFrame, vintage: str, first_year: int, confidence: float
) -> explorers.ShownExplorer:
    """Return the lines of China and of each other, by first year of the fit, from rows of rd_intensity_countries."""
    rows = countries[countries["vintage"] == vintage]
    wide = rows.pivot(index="year", columns="iso3", values="pct").dropna(subset="CHN")
    wide = wide[["CHN", *(code for code in OTHERS if code in wide and wide[code].notna().all())]]
    names = {row["iso3"]: of(row, "country") for _, row in rows.drop_duplicates("iso3").iterrows()}
    page = explorers.InteractiveChartBuilder(notebook)
    starts, end = wide.index[:-3].tolist(), int(wide.index[-1]) + AHEAD
    page.slider("first_year", page.label("explore-first"), starts, first_year)
    others = {code: names[code][page.language] for code in wide.columns[1:]}
    page.options("other", page.label("explore-other"), others, wide.columns[1])
    china, beside = names["CHN"][page.language], page.label("explore-beside")
    bands, lines, told = [], [], []
    for start in starts:
        ahead = list(range(start, end + 1))
        fits = {code: statistics.fit_linear_trend(wide.loc[start:, code], confidence) for code in wide}
        bands.append(fits["CHN"].predict(ahead).round(3).reset_index().assign(first_year=start, who=china))
        for code in others:
            line = fits[code].predict(ahead)["fitted"].round(3).reset_index()
            lines.append(line.assign(first_year=start, other=code, who=beside))
            key, filled = choose_catch_up_text(wide, fits, code, end)
            told.append((start, code, page.label(key, **filled, name=names[code], first=start)))
    dots = wide.rename_axis(columns="other").stack().rename("fitted").reset_index()
    x = altair.X("year:Q", title=None).axis(format="d")
    y = altair.Y("fitted:Q", title=page.label("intensity-axis")).scale(zero=False)
    colour = altair.Color("who:N", title=None).scale(domain=[china, beside], range=[BLUE, ORANGE])
    colour = colour.legend(orient="bottom", symbolOpacity=1, labelFontSize=12)
    layers = [
        page.chart(pd.concat(bands)).mark_area(opacity=0.2).encode(x=x, y="lower:Q", y2="upper:Q", color=colour),
        page.chart(pd.concat(bands)).mark_line().encode(x=x, y=y, color=colour),
        page.chart(pd.concat(lines)).mark_line().encode(x=x, y=y, color=colour),
    ]
    own = dots[dots["other"] == "CHN"].drop(columns="other").assign(who=china)
    for seen in (own, dots[dots["other"] != "CHN"].assign(who=beside)):
        used = altair.when("datum.year >= first_year").then(altair.value(1)).otherwise(altair.value(0.25))
        layers.append(page.chart(seen).mark_circle(size=45).encode(x=x, y=y, color=colour, opacity=used))
    said = pd.DataFrame(told, columns=["first_year", "other", "said"])
    return page.show(*layers, said=said, alt=notebook.say("explore"))


def choose_catch_up_text(
    wide: pd.DataFrame, fits: dict[str, statistics.LinearTrend], other_code: str, last_year: int
) -> tuple[str, dict[str, object]]:
    """Return the key of what is told of China beside another, with what fills it: ahead, meets or apart by
    `last_year`."""
    last, gap = wide.index[-1], wide["CHN"].iloc[-1] - wide[other_code].iloc[-1]
    filled: dict[str, object] = {"last": last, "gap": abs(gap)}
    if gap >= 0:
        return "explore-ahead", filled
    meets = statistics.fit_linear_trend((wide["CHN"] - wide[other_code]).loc[fits[other_code].values.index]).crossing(
        0
    )[0]
    if fits["CHN"].slope > fits[other_code].slope and meets <= last_year:
        return "explore-meets", {"year": math.ceil(meets), **filled}
    return "explore-apart", {"end": last_year, **filled}
