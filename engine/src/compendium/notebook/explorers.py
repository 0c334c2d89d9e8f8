"""Explorers: charts in which a reader moves a choice, over states that were computed beforehand.

Each is a Vega-Lite chart, drawn by JupyterLab and the book without a kernel and without a network; for print there is
a figure beside it, and what draws no Vega-Lite shows its description.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair
import pandas as pd

from compendium.base.texts import TranslatedText
from compendium.notebook import figures
from compendium.notebook.wording import NotebookLanguage, NotebookWording

# JupyterLab draws version 5; Altair writes version 6, which for what is used here is the same language.
KIND = "application/vnd.vegalite.v5+json"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH, HEIGHT = 560, 300  # pixels; a narrower page shrinks the width
NARROW = 18  # how many em a sentence may be wide, to fit beside the axis on a phone
PAPER: dict[str, Any] = {"shape": "diamond", "size": 110, "fill": "white", "stroke": figures.RED, "strokeWidth": 1.8}
STYLE: dict[str, Any] = {
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {"gridColor": "#E3E3E3", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
    "axisX": {"labelOverlap": True},
    "axisY": {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "start", "titleY": -8, "titleX": -36},
}


class InteractiveChartBuilder(NotebookLanguage):
    """One explorer, in the language that is shown."""

    def __init__(self, notebook: NotebookWording):
        super().__init__(notebook, notebook.c.shown[0])
        self.choices: list[altair.Parameter] = []

    def slider(self, name: str, title: str, values: Sequence[float], start: float) -> None:
        """Add a choice of one of several numbers, ascending, equally far apart; the nearest to `start` stands first.

        `name` is the column of the states that holds it, `title` what stands before the slider.
        """
        step = values[1] - values[0] if len(values) > 1 else 1
        bind = altair.binding_range(min=values[0], max=values[-1], step=step, name=title)
        nearest = min(values, key=lambda value: abs(value - start))
        self.choices.append(altair.param(name=name, value=nearest, bind=bind))

    def options(self, name: str, title: str, values: Mapping[Any, str], start: object) -> None:
        """Add a choice of one of a few values, each with its label."""
        bind = altair.binding_radio(options=[*values], labels=[*values.values()], name=title)
        self.choices.append(altair.param(name=name, value=start, bind=bind))

    def chart(self, states: pd.DataFrame) -> altair.Chart:
        """Return a chart of those rows that have the chosen values, in each column that is a choice."""
        rows = states.astype(object).where(states.notna(), None).to_dict("records")
        chart = altair.Chart(altair.InlineData(values=rows))
        for name in [choice.name for choice in self.choices if choice.name in states]:
            chart = chart.transform_filter(f"datum.{name} == {name}")
        return chart

    def show(
        self, *charts: altair.Chart, said: pd.DataFrame, alt: TranslatedText, height: int = HEIGHT
    ) -> "ShownExplorer":
        """Return charts for display, the last on top, under a sentence that follows the choices; `height` in pixels.

        `said` has a row for each state: the choices, and in the column `said` the finding in this language; `alt` says
        what the explorer shows, for readers who cannot see it.
        """
        lines = said.assign(said=[figures.break_text_into_lines(text, NARROW) for text in said["said"]])
        heading = self.chart(lines).mark_text(align="left", baseline="top", fontSize=13, fontWeight="bold")
        top = altair.value(-24 - 16 * int(lines["said"].str.len().max()))
        heading = heading.encode(text="said:N", x=altair.value(0), y=top)
        whole = altair.layer(*charts, heading).add_params(*self.choices)
        about: dict[str, Any] = {"width": WIDTH, "height": height, "description": alt[self.language], "config": STYLE}
        about["autosize"] = {"type": "fit", "contains": "padding", "resize": True}
        about["usermeta"] = {"embedOptions": {"actions": False, "renderer": "svg"}}
        return ShownExplorer(whole.properties(**about).to_dict() | {"$schema": SCHEMA}, alt[self.language])


def make_lookup_expression(name: str, numbers: Mapping[Any, float], other: float = 0) -> altair.ExprRef:
    """Return the number that belongs to what is chosen under `name`, such as an end of an axis; else `other`."""
    cases = [f"{name} == {choice!r} ? {number}" for choice, number in numbers.items()]
    return altair.ExprRef(" : ".join([*cases, str(other)]))


class ShownExplorer:
    """An explorer for display, with its description as plain text."""

    def __init__(self, chart: dict[str, Any], alt: str):
        self.chart, self.alt = chart, alt

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {KIND: self.chart, "text/plain": self.alt}
