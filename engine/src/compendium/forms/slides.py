"""Slides for a talk: what is checked, the findings one by one with figure and quotes, how to check, as PDF."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from compendium.compendium import Compendium
from compendium.files import InputError, write_atomic
from compendium.forms import typesetting
from compendium.forms.certificate import count_answers
from compendium.forms.manifest import read_description
from compendium.ledger import claims
from compendium.ledger.record import Ledger
from compendium.pages.declared import Sentence
from compendium.pages.findings import FILE, key_findings, list_claims, summary
from compendium.pages.quotes import Quote, quotes
from compendium.show.lab import opening
from compendium.texts import COMMA, catalogue, joined
from compendium.vocabulary import ANSWERS, QUALIFIED

text = catalogue("compendium/forms")
LEAD = re.compile(r"\*\*(.+?)\*\*[。.]?\s*")


def write(c: Compendium) -> list[Path]:
    """Write build/slides, a file such as en.pdf for each language, from what is committed and return their paths."""
    ledger = claims.read_ledger(c, c.root)
    made = {c.build / "slides" / f"{one}.pdf": draw(collect_facts(c, ledger, one)) for one in c.languages}
    for path, data in made.items():
        write_atomic(path, data)
    return list(made)


def draw(facts: dict) -> bytes:
    """Return slides from their facts, dated on the day of the data; raises as `typesetting.pdf`."""
    return typesetting.pdf("slides", json.dumps(facts, ensure_ascii=False), datetime.fromisoformat(facts["created"]))


def collect_facts(c: Compendium, ledger: Ledger, language: str) -> dict:
    """Return all that slides in a language show."""
    found, counted, instead = key_findings(c, ledger), count_answers(ledger), quotes(c, ledger)
    first = next((name for one in found for name in one.claims), next(iter(ledger), ""))
    commands = {
        "all": "make",
        "test": "make test",
        "claim": f".venv/bin/compendium claims {first}",
        "change": ".venv/bin/compendium judge",
        "lab": opening(c, language),
    }
    return {
        "language": language,
        "title": c.tables.said(c.tables.package, "title")[language],
        "paper": c.declaration.paper.named,
        "url": c.declaration.paper.url,
        "created": c.tables.package["created"],
        "version": text("slides-version", version=c.declaration.version, day=c.tables.day)[language],
        "words": {word: text(f"slides-{word}")[language] for word in ("lead", "checked", "instead", "check")},
        "summary": summary(c, ledger)[language],
        "counted": text("slides-counted", n=counted["all"]["all"])[language],
        "answers": [
            {"name": answer[language], "colour": answer.colour, "n": counted[key]["all"]}
            for key, answer in ANSWERS.items()
        ],
        "findings": [tell_finding(c, one, instead, language) for one in found],
        "steps": [(command, text(f"slides-{key}")[language]) for key, command in commands.items()],
    }


def tell_finding(c: Compendium, one: Sentence, instead: Mapping[str, Quote], language: str) -> dict:
    """Return the slide of a finding: its bold sentence, the evidence, figure, what to quote instead, its claims."""
    said = one.said[language]
    lead = LEAD.search(said)
    numbers = joined((name[:2] for name in one.notebooks), COMMA)
    return {
        "lead": (lead[1] if lead else said).rstrip("。."),
        "rest": LEAD.sub("", said) if lead else "",
        "figure": read_figure(c, one, language),
        "quotes": [instead[name].said[language] for name, judged in one.claims.items() if judged.verdict in QUALIFIED],
        "foot": text("slides-foot", judged=list_claims(one, ""), notebooks=numbers)[language],
    }


def read_figure(c: Compendium, one: Sentence, language: str) -> dict | None:
    """Return the figure of a finding, the one declared or the first of its notebook, as SVG and in words, if any."""
    c, shown = replace(c, out=c.root), claims.read_shown(c, c.root)
    made = shown.loc[shown["kind"].eq("figure") & shown["notebook"].isin(one.notebooks), "name"]
    name = next(iter(made), "") if one.figure is None else one.figure
    path = c.figure_path(name, language, "svg")
    if name and not path.is_file():
        raise InputError(f"notebooks/{FILE}", f"there is no figure {name}", f"one of {', '.join(made)}")
    return {"svg": path.read_text(encoding="utf-8"), "alt": read_description(c, name, language)} if name else None
