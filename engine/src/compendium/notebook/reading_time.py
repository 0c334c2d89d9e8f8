"""How long a notebook takes: to read, and to run along with its exercises."""

import re
from typing import NamedTuple

from compendium.base import cells
from compendium.compendium import Compendium
from compendium.notebook.bilingual import select_language_part
from compendium.notebook.wording import read_notebook_texts

# A minute each: so many Chinese characters, so many words, a figure; lines of code that are shown, run along. Method is
# read slowly: two readers put 20 and 30, 32 and 45, 27 and 40 minutes for three notebooks, 29 to 40 for exercises.
CHARACTERS, WORDS, LINES = 110, 75, 20
EXERCISE = 8  # minutes
FIGURE = re.compile(r"notebook\.figure\(|\bdraw\(|\bdraw_\w+\(")  # what shows a figure in a cell
CHINESE, WORD = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[^\W\d_\u3400-\u9fff]+")


class ReadingTime(NamedTuple):
    """Minutes that a notebook takes, in whole steps of five."""

    read: int
    along: int


def estimate_reading_time(c: Compendium, notebook: str) -> ReadingTime:
    """Return how long a notebook takes, by its texts, figures, code and exercises; the slower language counts."""
    members = cells.read_notebook_cells(c.notebooks / f"{notebook}.ipynb")
    prose = [cell.source for cell in members if cell.kind == "markdown" and "exercise" not in cell.tags]
    code = [cell for cell in members if cell.kind == "code"]
    entries = read_notebook_texts(c, notebook).texts.values()
    minutes = 0.0
    for language in c.languages:
        text = " ".join(
            [*(select_language_part(source, language) for source in prose), *(entry[language] for entry in entries)]
        )
        chinese = language == "zh"
        minutes = max(minutes, len(CHINESE.findall(text)) / CHARACTERS if chinese else len(WORD.findall(text)) / WORDS)
    minutes += sum(len(FIGURE.findall(cell.source)) for cell in code)
    along = minutes + sum(cell.source.count("\n") + 1 for cell in code if "hide-input" not in cell.tags) / LINES
    along += EXERCISE * sum("exercise" in cell.tags for cell in members)
    return ReadingTime(*(max(5, 5 * round(taken / 5)) for taken in (minutes, along)))
