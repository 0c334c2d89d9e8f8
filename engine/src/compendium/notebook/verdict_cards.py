"""Verdicts in a notebook: the story at its top and the cards of claims, from rows of the ledger."""

import re
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

import pandas as pd

from compendium.base import escape, html
from compendium.base.texts import COMMA, NOTHING, SEMICOLON, SLASH, TranslatedText, catalogue, choose_punctuation
from compendium.base.vocabulary import ANSWERS, SINCE, STRENGTHS, TRUSTS, VocabularyWord
from compendium.compendium import Compendium
from compendium.ledger.claims import abbreviate_claim_ids
from compendium.ledger.record import NUMBER, LedgerRow

text = catalogue("compendium/show")
GRAVITY = attrgetter("gravity")
FEW = 4  # cards that stand open


class ClaimsView:
    """Judged claims for display: as text in a terminal, as HTML in a notebook; above them what must be known before."""

    def __init__(self, lines: list[str], blocks: list[str], note: str):
        self.lines = [*filter(None, [note]), *lines]
        self.blocks = [f"<p><strong>{escape.html(note)}</strong></p>", *blocks] if note else blocks

    def __repr__(self) -> str:
        return "\n".join(map(escape.terminal, self.lines))

    def _repr_html_(self) -> str:
        return "\n".join(self.blocks)


class JudgedClaim(NamedTuple):
    """A judged claim: its row of the table claims, and its record of the ledger."""

    claim: pd.Series
    record: LedgerRow

    def line(self, language: str) -> str:
        """Return answer, verdict, what is printed, what is found, and why, as text."""
        one = self.record
        said = (one.marked, one.printed, one.found, one.why)
        return "  |  ".join((one.claim_id, ANSWERS[one.answer][language], *(text[language] for text in said)))

    def card(self, c: Compendium) -> str:
        """Return the claim as a card."""
        one, languages = self.record, c.shown
        plain = c.languages.plain if c.languages.plain in languages else languages[0]
        ground = [STRENGTHS[one.strength][plain], one.trust and TRUSTS[one.trust][plain]]
        whole = [(said[tongue], one.why[tongue]) for said in (one.reason, one.flip_said) for tongue in languages]
        texts = {"words": one.marked, "printed": one.printed, "why": one.why}
        return html.render(
            "card",
            record=one,
            answer=ANSWERS[one.answer],
            languages=languages,
            statement=" ".join(self.claim[f"statement_{tongue}"] for tongue in languages),
            found=list(dict.fromkeys(one.found[tongue] if one.value_computed else "–" for tongue in languages)),
            grade=" · ".join(filter(None, (one.lowest_grade, *ground))),
            more=[said.removeprefix(why).strip() for said, why in whole],
            **{name: [said[tongue] for tongue in languages] for name, said in texts.items()},
        )


def render_claim_cards(c: Compendium, entries: list[JudgedClaim], note: str = "") -> ClaimsView:
    """Return judged claims for display, one card under the other; more than `FEW` of them are folded."""
    cards = [entry.card(c) for entry in entries]
    if len(cards) > FEW:
        said = text("cards", n=len(cards), ids=abbreviate_claim_ids(entry.record.claim_id for entry in entries))
        heading = escape.html(" ".join(said[language] for language in c.shown))
        cards = [f"<details><summary>{heading}</summary>", *cards, "</details>"]
    return ClaimsView([entry.line(c.languages.plain) for entry in entries], cards, note)


class StoryRow(NamedTuple):
    """One row of a story: what it is about, NOTHING for a single claim, and the claims."""

    about: TranslatedText
    entries: list[JudgedClaim]

    def cells(self, language: str) -> dict[str, str]:
        """Return what the row says in a language: statement, what is found, the answer, the verdicts behind it, why."""
        records, why = [entry.record for entry in self.entries], self.record.why
        comma, semicolon, slash = (choose_punctuation(pair, language) for pair in (COMMA, SEMICOLON, SLASH))
        values = list(dict.fromkeys(one.found[language] for one in records))
        said = self.entries[0].claim[f"statement_{language}"]
        if self.about is not NOTHING:
            printed = join_with_common_ending([one.printed[language] for one in records], comma)
            said = text("story-group", about=self.about, printed=printed)[language]
        if len(records) > 1 and self.record.answer == "matches":
            why = text("story-all", n=len(records), why=why)
        behind = [replace(one, direction="").marked[language] for one in sorted(records, key=GRAVITY)]
        found = join_with_common_ending(values, comma if all(map(NUMBER.search, values)) else semicolon)
        verdict = slash.join(dict.fromkeys(behind))
        return {"said": said, "found": found, "answer": self.answer[language], "verdict": verdict, "why": why[language]}

    @property
    def record(self) -> LedgerRow:
        """The record most in doubt, of equal ones that with the weaker evidence."""
        return min((entry.record for entry in self.entries), key=GRAVITY)

    @property
    def answer(self) -> VocabularyWord:
        """Its answer."""
        return ANSWERS[self.record.answer]

    @property
    def ids(self) -> str:
        """The ids of the claims in short."""
        return abbreviate_claim_ids(entry.record.claim_id for entry in self.entries)


def join_with_common_ending(texts: list[str], comma: str) -> str:
    """Return texts as a list that says what they end alike with once: `46, 63 projects`."""
    parts = [part for part in (re.fullmatch(r"(.*\d)(\D*)", text) for text in texts) if part]
    if len(parts) < len(texts) or len({part[2] for part in parts}) > 1:
        return comma.join(texts)
    return comma.join(part[1] for part in parts) + parts[0][2]


def render_story(c: Compendium, rows: list[StoryRow], note: str = "", answer: str = "story-answer") -> ClaimsView:
    """Return the headline of a section: what the paper says, what is found, the answer and why, a row a claim or group.

    What the section asks about stands first; of the rest what needs correcting first, what matches a source last.
    """
    rows = [*rows[:1], *sorted(rows[1:], key=lambda row: row.record.gravity[0])]
    told = [(row, {tongue: row.cells(tongue) for tongue in c.shown}) for row in rows]
    records = [entry.record for row in rows for entry in row.entries]
    words = [word for name, word in SINCE.items() if name in {one.verdict for one in records}]
    marks = [word for word in STRENGTHS.values() if word.mark and word.mark in {one.mark for one in records}]
    page = html.render("story", rows=told, languages=c.shown, words=words, marks=marks, answer=text(answer))
    return ClaimsView(["  |  ".join((row.ids, *row.cells(c.languages.plain).values())) for row in rows], [page], note)
