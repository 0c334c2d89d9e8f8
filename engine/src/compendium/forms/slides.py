"""A lesson on one notebook, as slides and as a handout of one page: question, figures, formulas, task, what to quote.

The first figure stands without its heading, which would give the answer away.
"""

import io
import json
import re
from datetime import datetime
from pathlib import Path

from matplotlib.mathtext import math_to_image

from compendium import cells
from compendium.compendium import Compendium
from compendium.files import write_atomic
from compendium.forms import typesetting
from compendium.forms.manifest import read_description
from compendium.ledger import claims
from compendium.ledger.record import Ledger
from compendium.pages.quotes import quotes
from compendium.run import contents
from compendium.show.halves import SOLUTION, half
from compendium.show.lab import find_first, opening
from compendium.texts import catalogue
from compendium.vocabulary import QUALIFIED

text = catalogue("compendium/forms")
FORMULA = re.compile(r"\$\$?([^$]*[\w})]\s*=\s*[^$]+)\$")
HEADING = '\n  <g id="text_'  # the first text of a figure beside its axes
MARKS = re.compile(r"^#+ .*\n+|\*\*|`", re.M)
KINDS = ("slides", "handout")
MOST = 3  # formulas, sentences to quote


def write(c: Compendium) -> list[Path]:
    """Write build/slides, such as en.pdf and en-handout.pdf, from what is committed and return their paths."""
    ledger, made = claims.read_ledger(c, c.root), {}
    for language in c.languages:
        facts = collect_facts(c, ledger, language)
        for kind, name in zip(KINDS, (language, f"{language}-handout"), strict=True):
            made[c.build / "slides" / f"{name}.pdf"] = draw(facts, kind)
    for path, data in made.items():
        write_atomic(path, data)
    return list(made)


def draw(facts: dict, kind: str) -> bytes:
    """Return the slides or the handout of these facts, dated on the day of the data."""
    return typesetting.pdf(kind, json.dumps(facts, ensure_ascii=False), datetime.fromisoformat(facts["created"]))


def collect_facts(c: Compendium, ledger: Ledger, language: str) -> dict:
    """Return all that the slides and the handout of the notebook that students begin with show in a language."""
    name = find_first(c)
    texts = [cell for cell in cells.read(contents.catalogue(c)[name].path) if cell.kind == "markdown"]
    title, _, question = next((half(cell.source, language) for cell in texts), f"# {name}").partition("\n\n")
    task = next((half(SOLUTION.sub("", cell.source), language) for cell in texts if "exercise" in cell.tags), "")
    prose = "\n".join(half(cell.source, language) for cell in texts if "exercise" not in cell.tags)
    instead, shown = quotes(c, ledger), [one for one in ledger.values() if one.notebook == name]
    quoted = [instead[one.claim_id] for one in shown if one.weight == "headline" and one.verdict in QUALIFIED]
    words = ("look", "evidence", "formula", "task", "instead", "own", "name")
    return {
        "language": language,
        "title": title.lstrip("# "),
        "question": question,
        "paper": c.declaration.paper.named,
        "url": c.declaration.paper.url,
        "created": c.tables.package["created"],
        "version": text("slides-version", version=c.declaration.version, day=c.tables.day)[language],
        "words": {word: text(f"slides-{word}")[language] for word in words},
        "figures": read_figures(c, name, language),
        "formulas": [draw_formula(one) for one in list(dict.fromkeys(FORMULA.findall(prose)))[:MOST]],
        "task": MARKS.sub("", task).strip(),
        "quotes": [one.said[language] for one in quoted if one.stands][:MOST],
        "open": text("slides-open", name=name, command=opening(c, language))[language],
    }


def read_figures(c: Compendium, notebook: str, language: str) -> list[dict]:
    """Return the first two figures of a notebook as SVG and in words, the first without its heading."""
    shown = claims.read_shown(c, c.root)
    names = shown.loc[shown["kind"].eq("figure") & shown["notebook"].eq(notebook), "name"].drop_duplicates()[:2]
    drawn = [(c.root / "figures" / language / f"{name}.svg").read_text(encoding="utf-8") for name in names]
    drawn[:1] = [svg.replace(HEADING, '\n  <g opacity="0" id="text_', 1) for svg in drawn[:1]]
    said = [read_description(c, name, language) for name in names]
    return [{"svg": svg, "alt": alt} for svg, alt in zip(drawn, said, strict=True)]


def draw_formula(code: str) -> dict:
    """Return a formula, in the TeX of a notebook, as SVG, with its code in words."""
    plain = " ".join(code.replace(r"\displaystyle", "").split())
    math_to_image(f"${plain}$", drawn := io.BytesIO(), format="svg")
    return {"svg": drawn.getvalue().decode(), "alt": plain}
