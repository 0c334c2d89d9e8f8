"""How long a notebook takes: to read, and to run along with its exercises."""

import re
from typing import NamedTuple

from IPython.display import Markdown

from compendium import cells, here
from compendium.show.halves import half
from compendium.show.wording import bilingual, read
from compendium.texts import catalogue

text = catalogue("compendium/show")
# A minute each: so many Chinese characters, so many English words, a figure; lines of code that are shown, run along.
# Method is read slowly: two readers put 20 and 30, 32 and 45, 27 and 40 minutes for 02, 05 and 07 of the study, and 29
# and 30, 35 and 40, 22 and 30 for their exercises.
CHARACTERS, WORDS, LINES = 110, 75, 20
EXERCISE = 8  # minutes
FIGURE = re.compile(r"notebook\.figure\(|\bdraw\(|\bdraw_\w+\(")  # what shows a figure in a cell
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]+")


class Pace(NamedTuple):
    """Minutes that a notebook takes, in whole steps of five."""

    read: int
    along: int


def pace(notebook: str) -> Pace:
    """Return how long a notebook takes, by its texts, figures, code and exercises; the slower language counts."""
    members = cells.of(notebook)
    told = [cell.source for cell in members if cell.kind == "markdown" and "exercise" not in cell.tags]
    pairs = read(notebook).texts.values()
    zh = "".join([*(half(said, "zh") for said in told), *(pair.zh for pair in pairs)])
    en = " ".join([*(half(said, "en") for said in told), *(pair.en for pair in pairs)])
    code = [cell for cell in members if cell.kind == "code"]
    figures = sum(len(FIGURE.findall(cell.source)) for cell in code)
    reading = max(len(CHINESE.findall(zh)) / CHARACTERS, len(ENGLISH.findall(en)) / WORDS) + figures
    along = reading + sum(cell.source.count("\n") + 1 for cell in code if "hide-input" not in cell.tags) / LINES
    along += EXERCISE * sum("exercise" in cell.tags for cell in members)
    return Pace(*(max(5, 5 * round(minutes / 5)) for minutes in (reading, along)))


def reading() -> Markdown:
    """Return how long this notebook takes, for display."""
    return bilingual(text("time", pace=pace(here.notebook())))
