"""How long a notebook takes: to read, and to run along with its exercises."""

import re
from typing import NamedTuple

from IPython.display import Markdown

from compendium import cells, here
from compendium.languages import spoken
from compendium.show.halves import half
from compendium.show.wording import multilingual, read
from compendium.texts import catalogue

text = catalogue("compendium/show")
# A minute each: so many Chinese characters, so many words, a figure; lines of code that are shown, run along.
# Method is read slowly: two readers put 20 and 30, 32 and 45, 27 and 40 minutes for 02, 05 and 07 of the study, and 29
# and 30, 35 and 40, 22 and 30 for their exercises.
CHARACTERS, WORDS, LINES = 110, 75, 20
EXERCISE = 8  # minutes
FIGURE = re.compile(r"notebook\.figure\(|\bdraw\(|\bdraw_\w+\(")  # what shows a figure in a cell
CHINESE, WORD = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[^\W\d_\u3400-\u9fff]+")


class Pace(NamedTuple):
    """Minutes that a notebook takes, in whole steps of five."""

    read: int
    along: int


def pace(notebook: str) -> Pace:
    """Return how long a notebook takes, by its texts, figures, code and exercises; the slower language counts."""
    members = cells.of(notebook)
    told = [cell.source for cell in members if cell.kind == "markdown" and "exercise" not in cell.tags]
    entries = read(notebook).texts.values()
    slowest = max(
        taken(" ".join([*(half(said, one) for said in told), *(entry[one] for entry in entries)]), one)
        for one in spoken()
    )
    code = [cell for cell in members if cell.kind == "code"]
    figures = sum(len(FIGURE.findall(cell.source)) for cell in code)
    reading = slowest + figures
    along = reading + sum(cell.source.count("\n") + 1 for cell in code if "hide-input" not in cell.tags) / LINES
    along += EXERCISE * sum("exercise" in cell.tags for cell in members)
    return Pace(*(max(5, 5 * round(minutes / 5)) for minutes in (reading, along)))


def taken(text: str, language: str) -> float:
    """Return how long a text takes to read: by its characters in Chinese, else by its words."""
    return len(CHINESE.findall(text)) / CHARACTERS if language == "zh" else len(WORD.findall(text)) / WORDS


def reading() -> Markdown:
    """Return how long this notebook takes, for display."""
    return multilingual(text("time", pace=pace(here.notebook())))
