"""Verdicts in a notebook: stories and cards of claims, read from the ledger that `compendium judge` writes.

With other choices than the defaults the judgement is asked itself.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from compendium import escape, here, html
from compendium.data import tables
from compendium.languages import plain, shown
from compendium.ledger import claims
from compendium.ledger.claims import by_number, spans
from compendium.ledger.evidence import Data, LedgerError
from compendium.ledger.judges import Judges, Later
from compendium.ledger.recording import record
from compendium.run import judge
from compendium.texts import COMMA, NOTHING, SEMICOLON, SLASH, Text, catalogue, mark
from compendium.vocabulary import ANSWERS, NUMBER, SINCE, STRENGTHS, TRUSTS, Word, answered, found, gravity, marked

text = catalogue("compendium/show")


class Entry:
    """One judged claim, shown in a notebook as a card and in a terminal as text."""

    def __init__(self, claim: pd.Series, record: dict):
        self.claim, self.record = claim, record

    def __repr__(self) -> str:
        r, one = self.record, plain()
        answer = ANSWERS[answered(r["verdict"])][one]
        said = r["claim_id"], answer, marked(r, one), r[f"printed_{one}"], found(r, one), r[f"why_{one}"]
        return escape.terminal("  |  ".join(said))

    def _repr_html_(self) -> str:
        r, languages = self.record, shown()
        ground = [STRENGTHS[r["strength"]], *([TRUSTS[r["trust"]]] if r["trust"] else [])]
        words = (word[plain() if plain() in languages else languages[0]] for word in ground)
        return html.render(
            "card",
            record=r,
            answer=ANSWERS[answered(r["verdict"])],
            words=[marked(r, tongue) for tongue in languages],
            languages=languages,
            statement=" ".join(self.claim[f"statement_{tongue}"] for tongue in languages),
            printed=[r[f"printed_{tongue}"] for tongue in languages],
            found=list(dict.fromkeys(found(r, tongue) if r["value_computed"] else "–" for tongue in languages)),
            grade=" · ".join(filter(None, (r["lowest_grade"], *words))),
            why=[r[f"why_{tongue}"] for tongue in languages],
            more=[
                r[f"{part}_{tongue}"].removeprefix(r[f"why_{tongue}"]).strip()
                for part in ("reason", "flip")
                for tongue in languages
            ],
        )


class Entries:
    """Several judged claims, shown one card under the other."""

    def __init__(self, entries: list[Entry], note: str = ""):
        self.entries, self.note = entries, note

    def __repr__(self) -> str:
        return "\n".join([*filter(None, [self.note]), *map(repr, self.entries)])

    def _repr_html_(self) -> str:
        return "\n".join([*noted(self.note), *(entry._repr_html_() for entry in self.entries)])


def noted(note: str) -> list[str]:
    """Return a note as a paragraph above what it is about, if there is one."""
    return [f"<p><strong>{escape.html(note)}</strong></p>"] if note else []


class Row(NamedTuple):
    """One row of a story: what it is about, empty for a single claim, and the claims."""

    about: Text
    entries: list[Entry]

    def cells(self, language: str) -> dict[str, str]:
        """Return what the row says in a language: statement, what is found, the answer, the verdicts behind it, why."""
        records = [entry.record for entry in self.entries]
        comma, semicolon, slash = (mark(pair, language) for pair in (COMMA, SEMICOLON, SLASH))
        values = list(dict.fromkeys(found(record, language) for record in records))
        said = self.entries[0].claim[f"statement_{language}"]
        if self.about:
            printed = alike([record[f"printed_{language}"] for record in records], comma)
            said = text("story-group", about=self.about, printed=printed)[language]
        behind = [marked(record | {"direction": ""}, language) for record in sorted(records, key=gravity)]
        return {
            "said": said,
            "found": alike(values, comma if all(map(NUMBER.search, values)) else semicolon),
            "answer": self.answer[language],
            "verdict": slash.join(dict.fromkeys(behind)),
            "why": self.record[f"why_{language}"],
        }

    @property
    def record(self) -> dict:
        """The record most in doubt, of equal ones that with the weaker evidence."""
        return min((entry.record for entry in self.entries), key=gravity)

    @property
    def answer(self) -> Word:
        """The answer of that record."""
        return ANSWERS[answered(self.record["verdict"])]

    @property
    def ids(self) -> str:
        """The ids of the claims in short."""
        return spans(entry.record["claim_id"] for entry in self.entries)


def alike(texts: list[str], comma: str) -> str:
    """Return texts as a list that says what they end alike with once: `46, 63 projects`."""
    parts = [part for part in (re.fullmatch(r"(.*\d)(\D*)", text) for text in texts) if part]
    if len(parts) < len(texts) or len({part[2] for part in parts}) > 1:
        return comma.join(texts)
    return comma.join(part[1] for part in parts) + parts[0][2]


class Story:
    """The headline of a section: what the paper says, what is found, the answer and why, one row a claim or group.

    What the section asks about stands first; of the rest what needs correcting first, what matches a source last.

    Args:
        rows: the rows.
        answer: key of the heading of the answers.
        note: what must be known before the answers are read.
    """

    def __init__(self, rows: list[Row], answer: str = "story-answer", note: str = ""):
        self.rows = [*rows[:1], *sorted(rows[1:], key=lambda row: gravity(row.record)[0])]
        self.answer, self.note = answer, note

    def __repr__(self) -> str:
        lines = ["  |  ".join((row.ids, *row.cells(plain()).values())) for row in self.rows]
        return "\n".join(map(escape.terminal, [*filter(None, [self.note]), *lines]))

    def _repr_html_(self) -> str:
        languages = shown()
        rows = [(row, {tongue: row.cells(tongue) for tongue in languages}) for row in self.rows]
        records = [entry.record for row in self.rows for entry in row.entries]
        words, marks = (
            [word for name, word in table.items() if name and name in {record[column] for record in records}]
            for column, table in (("verdict", SINCE), ("strength", STRENGTHS))
        )
        story = html.render("story", rows=rows, languages=languages, words=words, marks=marks, answer=text(self.answer))
        return "\n".join([*noted(self.note), story])


class Ledger:
    """The verdicts of a notebook: those of the ledger, or with other choices those that the judgements give.

    Args:
        judges: the judgements of the study.

    Attributes:
        data: the raw tables.
        claims: the table claims, by claim.
        records: rows of the ledger that were shown so far, by claim.
    """

    def __init__(self, judges: Judges):
        self.judges, self.data = judges, Data()
        self.claims = tables.raw("claims").set_index("claim_id", drop=False)
        self.rows = {row["claim_id"]: row for row in claims.stored().to_dict("records")}
        self.records: dict[str, dict] = {}
        self.note = judge.older()

    def check(self, *claim_ids: str, **choices: object) -> Entry | Entries:
        """Return claims for display, each as a card.

        Args:
            claim_ids: identifiers in the table claims.
            choices: the analyst's choices that their judgement takes.

        Raises:
            LedgerError: unknown claim, a claim without a row in the ledger, or a choice that no judgement takes.
        """
        taken = self._taken(claim_ids, choices)
        entries = [self._entry(claim_id, taken[claim_id]) for claim_id in claim_ids]
        return entries[0] if len(entries) == 1 and not self.note else Entries(entries, self.note)

    def story(self, *rows: str | tuple, again: bool = False, **choices: object) -> Story:
        """Return the story that stands at the top of a section: its headline claims, one row a claim or group.

        Args:
            again: whether these claims have been shown before.
            rows: a claim, or a tuple of what several claims are about and these claims, of which
                the one most in doubt gives answer and reason.
            choices: the analyst's choices, given to the judgements that take them.

        Raises:
            LedgerError: as for `check`.
        """
        groups = [(NOTHING, row) if isinstance(row, str) else row for row in rows]
        taken = self._taken([name for _, *names in groups for name in names], choices)
        shown = [Row(about, [self._entry(name, taken[name], again) for name in names]) for about, *names in groups]
        return Story(shown, note=self.note)

    def taking(self, claim_ids: Iterable[str], choices: Mapping[str, object]) -> dict[str, object]:
        """Return those of some choices that a judgement of these claims takes."""
        known = {name for claim_id in claim_ids for name in self.judges.defaults(claim_id)}
        return {name: value for name, value in choices.items() if name in known}

    def _taken(self, claim_ids: Iterable[str], choices: Mapping[str, object]) -> dict[str, dict[str, object]]:
        """Return by claim the choices that its judgement takes and that are not its defaults."""
        defaults = {name: self.judges.defaults(name) for name in claim_ids}
        if idle := sorted(set(choices).difference(*defaults.values())):
            raise LedgerError(f"{', '.join(idle)}: no judgement of {', '.join(defaults)} takes it")
        return {
            name: {c: value for c, value in choices.items() if c in known and value != known[c]}
            for name, known in defaults.items()
        }

    def _entry(self, claim_id: str, choices: Mapping[str, object], again: bool = False) -> Entry:
        claim = self.data.claim(claim_id)
        if choices:
            row = record(self.judges, claim, self.data, choices)
        elif claim_id in self.rows:
            row = self.rows[claim_id]
        else:
            raise LedgerError(f"{claim_id} is not in the ledger. Remedy: compendium judge")
        if not again:
            here.shows(claim_id)
        self.records[claim_id] = row
        return Entry(claim, row)


class Sequel:
    """Claims of the paper judged once more, by what was printed after it; no part of the ledger and of no count.

    Args:
        judges: judgements that read what came after the paper.
    """

    def __init__(self, judges: Later):
        self.judges, self.data = judges, Data()
        self.records: dict[str, dict] = {}

    def story(self, *claim_ids: str) -> Story:
        """Judge these claims and return what the paper says, what has come since, the answer and why.

        Raises:
            LedgerError: unknown claim.
        """
        rows = []
        for name in claim_ids:
            claim = self.data.claim(name)
            self.records[name] = record(self.judges, claim, self.data, {})
            rows.append(Row(NOTHING, [Entry(claim, self.records[name])]))
        return Story(rows, "story-answer-since")

    def save(self, name: str) -> None:
        """Write the judged claims to the processed table `name`."""
        part = pd.DataFrame(self.records.values()).drop(columns=[*claims.OF_CLAIM, "verdict_codings"])
        tables.save(part.sort_values("claim_id", key=by_number), name)
