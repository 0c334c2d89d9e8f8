"""The explorer of notebook 11: series that went on after the paper, to 2026."""

from collections.abc import Iterable

import altair
import pandas as pd

from compendium.base.texts import TranslatedText
from compendium.notebook import explorers
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY
from study.analysis.aims import select_latest_outcomes
from study.judgements.maturity import list_national_shares

RATES = {"key_process_nc": "T49", "rd_design_tools": "T48"}  # with the aim of each
FACTORIES = ["im_demo_factory", "gradient_excellence", "factory_5g"]
SERIES = ["rd", "maturity", *RATES, "factories"]
PAPER = {"rd": "Q76", "maturity": "Q42"}


def date_to_decimal_year(date: str) -> float:
    """Return a day, month or year as a number of years; of a year its middle."""
    period = pd.Period(date)
    middle = period.start_time + (period.end_time - period.start_time) / 2
    return round(middle.year + (middle.day_of_year - 1) / 365, 2)


def make_series_frame(series: str, lines: Iterable[TranslatedText], date: pd.Series, value: pd.Series) -> pd.DataFrame:
    """Return the numbers of a series: series, line (to which of its lines each belongs), when and value."""
    return pd.DataFrame({"series": series, "line": list(lines), "when": date.astype(str), "value": value})


def collect_series_points(notebook: Notebook) -> pd.DataFrame:
    """Return the numbers that are drawn, as `make_series_frame` does."""
    rd, digital = notebook.data("rd_intensity_china"), notebook.data("digitalisation")
    shares = list_national_shares(notebook.data)
    rd = rd[rd["year"] >= 2010]
    first = rd[rd["stage"] != "quoted"]  # a quoted number is that of the next bulletin
    shares = shares[shares["level_class"] == "le1"]
    digital = digital[digital["measure"].isin(RATES) & (digital["source_id"] != "paper")]
    factories = notebook.data("successor_programmes")
    factories = factories[factories["programme"].isin(FACTORIES) & factories["comparator"].eq("=")]
    factories = factories[factories["province_adcode"].isna() & factories["measure"].eq("cumulative")]
    scopes = notebook.labels("digitalisation", "scope")
    names = factories["programme"].map(notebook.labels("successor_programmes", "programme"))
    parts = [
        make_series_frame("rd", [notebook.say("line-first")] * len(first), first["year"], first["first_published_pct"]),
        make_series_frame("rd", [notebook.say("line-revised")] * len(rd), rd["year"], rd["implied_revision_pct"]),
        make_series_frame("maturity", [notebook.say("line-firms")] * len(shares), shares["year"], shares["share_pct"]),
        make_series_frame("factories", names, factories["as_of"], factories["count"]),
    ]
    for rate in RATES:
        rows = digital[digital["measure"] == rate]
        parts.append(make_series_frame(rate, rows["scope"].map(scopes), rows["as_of"], rows["value_pct"]))
    return pd.concat(parts).dropna(subset="value")


def show_later_series_explorer(notebook: Notebook, aim_year: int) -> explorers.ShownExplorer:
    """Return the numbers of a chosen series by date, with the paper's value and the aim for a year."""
    page = explorers.InteractiveChartBuilder(notebook)
    names = {name: page.label(f"series-{name}") for name in SERIES}
    page.options("series", page.label("explore-series"), names, SERIES[0])
    shown = collect_series_points(notebook).sort_values("when", kind="stable")
    shown = shown.assign(
        t=shown["when"].map(date_to_decimal_year), line=[line[page.language] for line in shown["line"]]
    )
    aims = select_latest_outcomes(notebook.data, aim_year).set_index("target_id")["aim"]
    aim = pd.DataFrame({"series": list(RATES), "value": [aims[code] for code in RATES.values()]})
    aim["name"] = page.label("explore-aim", year=aim_year)
    claims = [
        (name, date_to_decimal_year(f"{notebook.data.claim(code)['year_end']:.0f}"), notebook.data.value(code))
        for name, code in PAPER.items()
    ]
    paper = pd.DataFrame(claims, columns=["series", "t", "value"])
    last = shown.drop_duplicates("series", keep="last")
    told = [
        page.label("explore-said", value=row.value, unit=page.label(f"unit-{row.series}"), when=row.when, line=row.line)
        for row in last.itertuples()
    ]
    scale = altair.Scale(zero=False, nice=False, padding=20)
    x = altair.X("t:Q", title=None, scale=scale).axis(format="d", grid=False, tickMinStep=1)
    ends = pd.concat([shown, aim, paper]).groupby("series")["value"].agg(["min", "max"])
    room = 0.1 * (ends["max"] - ends["min"])
    low, high = (explorers.make_lookup_expression("series", end) for end in (ends["min"] - room, ends["max"] + room))
    y = altair.Y("value:Q", title=None, scale=altair.Scale(domain=[low, high], nice=False))
    hues = altair.Scale(range=[BLUE, ORANGE, GREEN, PURPLE, SKY, GREY])
    legend = altair.Legend(title=None, orient="bottom", columns=1, labelLimit=0)
    colour, tooltip = altair.Color("line:N", scale=hues, legend=legend), ["when:N", "value:Q"]
    dots = page.chart(shown).mark_circle(size=80, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip)
    rule = page.chart(aim).mark_rule(strokeDash=[4, 3]).encode(y=y)
    named = page.chart(aim).mark_text(align="left", dy=-8).encode(x=altair.value(4), y=y, text="name:N")
    own = page.chart(paper).encode(x=x, y=y)
    mark, name = own.mark_point(**explorers.PAPER), own.mark_text(text=page.paper, dy=-14)
    return page.show(rule, named, dots, mark, name, said=last.assign(said=told), alt=notebook.say("explore"))
