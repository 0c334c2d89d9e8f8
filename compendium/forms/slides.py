"""Slides for a talk: what is checked, the findings one by one with figure and quotes, how to check, as PDF."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape
from pathlib import Path

import pandas as pd

from compendium import paths
from compendium.data import datapackage
from compendium.declaration import declared
from compendium.files import InputError, write_atomic
from compendium.forms import typesetting
from compendium.forms.certificate import answers
from compendium.languages import spoken
from compendium.ledger import claims
from compendium.show.declared import Sentence
from compendium.show.findings import FILE, judged, key_findings, summary
from compendium.show.lab import opening
from compendium.show.quotes import Quote, quotes
from compendium.texts import COMMA, Text, catalogue, joined
from compendium.vocabulary import ANSWERS, QUALIFIED

text = catalogue("compendium/forms")
LEAD = re.compile(r"\*\*(.+?)\*\*[。.]?\s*")


def write() -> list[Path]:
    """Write build/slides, a file such as en.pdf for each language, from what is committed and return their paths.

    Raises:
        RunError: the font lacks a sign, or a slide cannot hold its text.
        InputError: a figure that goes with a finding is missing.
    """
    ledger = claims.stored("claims", paths.project().root)
    made = {language: pdf(facts(ledger, language)) for language in spoken()}
    for language, data in made.items():
        write_atomic(place(language), data)
    return list(map(place, made))


def place(language: str) -> Path:
    """Return where the slides in a language go."""
    return paths.project().build / "slides" / f"{language}.pdf"


def pdf(told: dict) -> bytes:
    """Return slides from their facts, dated on the day of the data.

    Raises:
        RunError: the font lacks a sign, or a slide cannot hold its text.
    """
    return typesetting.pdf("slides", json.dumps(told, ensure_ascii=False), datetime.fromisoformat(told["created"]))


def facts(ledger: pd.DataFrame, language: str) -> dict:
    """Return all that slides in a language show."""
    package = datapackage.descriptor()
    paper = declared().paper
    found, counted, instead = key_findings(ledger, Text), answers(ledger), quotes(ledger, Text)
    day = package["created"][:10]
    words = ("lead", "checked", "instead", "check")
    return {
        "language": language,
        "title": datapackage.said(package, "title")[language],
        "paper": paper.named,
        "url": paper.url,
        "created": package["created"],
        "version": text("slides-version", version=declared().version, day=day)[language],
        "words": {word: text(f"slides-{word}")[language] for word in words},
        "summary": summary(ledger, Text)[language],
        "counted": text("slides-counted", n=counted["all"]["all"])[language],
        "answers": [
            {"name": answer[language], "colour": answer.colour, "n": counted[key]["all"]}
            for key, answer in ANSWERS.items()
        ],
        "findings": [finding(one, instead, language) for one in found],
        "steps": list(steps(ledger, found, language)),
    }


def finding(one: Sentence, instead: Mapping[str, Quote], language: str) -> dict:
    """Return the slide of a finding: its bold sentence, the evidence, figure, what to quote instead, its claims."""
    said = one.said[language]
    lead = LEAD.search(said)
    numbers = joined((name[:2] for name in one.notebooks), COMMA)
    return {
        "lead": (lead[1] if lead else said).rstrip("。."),
        "rest": LEAD.sub("", said) if lead else "",
        "figure": figure(one, language),
        "quotes": [instead[name].said[language] for name, verdict in one.claims.items() if verdict in QUALIFIED],
        "foot": text("slides-foot", judged=judged(one, ""), notebooks=numbers)[language],
    }


def figure(one: Sentence, language: str) -> dict | None:
    """Return the figure of a finding, the one declared or the first of its notebook, as SVG and in words, if any.

    Raises:
        InputError: there is no such figure.
    """
    shown = claims.shown(paths.project().root)
    made = shown.loc[shown["kind"].eq("figure") & shown["notebook"].isin(one.notebooks), "name"]
    name = next(iter(made), "") if one.figure is None else one.figure
    path = paths.figure(name, language, "svg", paths.project().root)
    if name and not path.is_file():
        raise InputError(f"notebooks/{FILE}", f"there is no figure {name}", f"one of {', '.join(made)}")
    if not name:
        return None
    svg = path.read_text(encoding="utf-8")
    [alt] = re.findall(r"<dc:description>(.*?)</dc:description>", svg, re.S)
    return {"svg": svg, "alt": unescape(alt)}


def steps(ledger: pd.DataFrame, found: list[Sentence], language: str) -> Iterator[tuple[str, str]]:
    """Yield the commands by which a reader checks, each with what it does."""
    first = next((name for one in found for name in one.claims), next(iter(ledger["claim_id"]), ""))
    commands = {
        "all": "make",
        "test": "make test",
        "claim": f".venv/bin/compendium claims {first}",
        "change": ".venv/bin/compendium judge",
        "lab": opening(language),
    }
    for key, command in commands.items():
        yield command, text(f"slides-{key}")[language]
