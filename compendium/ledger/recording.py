"""The ledger in a notebook: judge claims, show them as cards, write the part of one notebook."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from compendium import escape, here, html, paths
from compendium.data import tables
from compendium.data.datapackage import LIST
from compendium.ledger.claims import COLUMNS, by_number, cell, cells, spans, stored
from compendium.ledger.coding import parting
from compendium.ledger.evidence import Data, LedgerError
from compendium.ledger.flips import Flip, held, nearest
from compendium.ledger.judges import Assessment, Judges
from compendium.ledger.printed import numbers, truth
from compendium.texts import NOTHING, Text
from compendium.vocabulary import NUMBER, SINCE, STRENGTHS, TRUSTS, VERDICTS, Word, found, named


def shown_value(computed: object) -> str:
    """Return a computed value as text with at most six significant digits: `2.15217`, `7 to 25`, `yes`.

    A list may hold pairs, the periods that several sources print.
    """
    if computed is None:
        return ""
    listed = list(computed) if isinstance(computed, Iterable) else [computed]
    if any(isinstance(v, list) for v in listed):
        return " / ".join(dict.fromkeys(shown_value(tuple(v) if isinstance(v, list) else v) for v in listed))
    if all(truth(v) for v in listed):
        values = list(dict.fromkeys("yes" if v else "no" for v in listed))
    else:
        values = list(dict.fromkeys(f"{v:.6g}" if abs(v) < 1e6 else f"{v:.0f}" for v in numbers(listed)))
    return (" to " if isinstance(computed, tuple) else " / ").join(values)


def weakness(assessment: Assessment) -> tuple[str, str]:
    """Return the sentence, in Chinese and English, that owns up to weak evidence; empty where it is firm."""
    if assessment.strength != "weak":
        return "", ""
    grade_zh = "离不开 C 级来源" if assessment.grade == "C" else "离不开可疑站点上的副本"
    grade_en = "needs a source of grade C" if assessment.grade == "C" else "needs a copy on an untrusted site"
    both = assessment.grade == "C" and assessment.trust == "unsafe"
    return f"（弱：{grade_zh}{'和可疑站点' if both else ''}。）", (
        f" (Weak: {grade_en}{' and an untrusted site' if both else ''}.)"
    )


def unseen(claim_id: str, judged: bool, data: Data) -> tuple[str, str]:
    """Return which records that would help were not obtained, in Chinese and English; empty for none.

    Of a claim that is `judged` those that would decide are told first; else its reason tells them.
    """
    zh, en = "", ""
    for decides, word_zh, word_en in ((True, "可以定案的", "decisive"), (False, "有助于查考的", "helpful")):
        rows = data.records(claim_id, decides=decides)
        if (judged or not decides) and not rows.empty:
            zh += f"没有得到、但{word_zh}：{'、'.join(rows['record_zh'])}。"
            en += f" Not obtained, though {word_en}: {'; '.join(rows['record_en'])}."
    return zh, en


class Entry:
    """One judged claim, shown in a notebook as a card and in a terminal as text."""

    def __init__(self, claim: pd.Series, record: dict):
        self.claim, self.record = claim, record

    def __repr__(self) -> str:
        r = self.record
        return escape.terminal(
            "  |  ".join((r["claim_id"], r["printed_en"], found(r, "en"), named(r, "en"), r["reason_en"]))
        )

    def _repr_html_(self) -> str:
        r, languages = self.record, paths.languages()
        ground = [STRENGTHS[r["strength"]], *([TRUSTS[r["trust"]]] if r["trust"] else [])]
        words = (word.zh if languages == ("zh",) else word.en for word in ground)
        return html.render(
            "card",
            record=r,
            colour=VERDICTS[r["verdict"]].colour,
            words=[named(r, tongue) for tongue in languages],
            languages=languages,
            statement=" ".join(self.claim[f"statement_{tongue}"] for tongue in languages),
            printed=[r[f"printed_{tongue}"] for tongue in languages],
            found=list(dict.fromkeys(found(r, tongue) if r["value_computed"] else "–" for tongue in languages)),
            grade=" · ".join(filter(None, (r["lowest_grade"], *words))),
            reasons=[r[f"{part}_{tongue}"] for part in ("reason", "flip") for tongue in languages],
        )


class Entries:
    """Several judged claims, shown one card under the other."""

    def __init__(self, entries: list[Entry]):
        self.entries = entries

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.entries))

    def _repr_html_(self) -> str:
        return "\n".join(entry._repr_html_() for entry in self.entries)


SENTENCE = {"zh": re.compile(r"(?<=。)"), "en": re.compile(r"(?:(?<=[^\s.]{2}[.?!])|(?<=\d[.?!]))\s+(?=[A-Z“0-9(])")}


TALLY = {"zh": re.compile(r"旁证的出处共[^。]*。"), "en": re.compile(r"Origins of related evidence: [^.]*\.")}


def why(record: Mapping, language: str) -> str:
    """Return in a sentence why a claim, a row of the ledger, has its verdict, in a language.

    It is the first of its reason, which says what is found; of related evidence that which counts it by side.
    """
    reason = record[f"reason_{language}"]
    counted = TALLY[language].search(reason)
    return counted[0] if counted else SENTENCE[language].split(reason)[0]


class Row(NamedTuple):
    """One row of a story: what it is about in both languages, empty for a single claim, and the claims."""

    about: Text
    entries: list[Entry]

    def cells(self, language: str) -> dict[str, str]:
        """Return what the row says in a language: statement, what is found, the verdicts, why."""
        records = [entry.record for entry in self.entries]
        worst = self.record["verdict"]
        doubted = [record for record in records if record["verdict"] == worst]
        colon, comma, semicolon = ("：", "、", "；") if language == "zh" else (": ", ", ", "; ")
        words = dict.fromkeys(getattr(SINCE[record["verdict"]], language) for record in records)
        values = list(dict.fromkeys(found(record, language) for record in records))
        weak = ("（弱）", " (weak)")[language == "en"] if any(r["strength"] == "weak" for r in records) else ""
        said = self.entries[0].claim[f"statement_{language}"]
        if self.about:
            printed = alike([record[f"printed_{language}"] for record in records], comma)
            said = f"{self.about[language]}{colon}{printed}"
        return {
            "said": said,
            "found": alike(values, comma if all(map(NUMBER.search, values)) else semicolon),
            "verdict": " / ".join(words) + weak,
            "why": ("" if language == "zh" else " ").join(dict.fromkeys(why(record, language) for record in doubted)),
        }

    @property
    def record(self) -> dict:
        """The record most in doubt, of equal ones that with the weaker evidence."""
        order = list(SINCE)
        records = [entry.record for entry in self.entries]
        return min(records, key=lambda record: (order.index(record["verdict"]), record["strength"] != "weak"))

    @property
    def ids(self) -> str:
        """The ids of the claims in short."""
        return spans(entry.record["claim_id"] for entry in self.entries)


VERDICT = Word("判定", "Verdict")


def alike(texts: list[str], comma: str) -> str:
    """Return texts as a list that says what they end alike with once: `46, 63 projects`."""
    parts = [part for part in (re.fullmatch(r"(.*\d)(\D*)", text) for text in texts) if part]
    if len(parts) < len(texts) or len({part[2] for part in parts}) > 1:
        return comma.join(texts)
    return comma.join(part[1] for part in parts) + parts[0][2]


class Story:
    """The headline of a section: what the paper says, what is found, the verdict and why, one row a claim or group.

    Args:
        rows: the rows.
        verdict: the heading of the verdicts in both languages.
    """

    def __init__(self, rows: list[Row], verdict: Word = VERDICT):
        self.rows, self.verdict = rows, verdict

    def __repr__(self) -> str:
        return escape.terminal("\n".join("  |  ".join((row.ids, *row.cells("en").values())) for row in self.rows))

    def _repr_html_(self) -> str:
        languages = paths.languages()
        rows = [(row, {tongue: row.cells(tongue) for tongue in languages}) for row in self.rows]
        records = [entry.record for row in self.rows for entry in row.entries]
        words = [word for name, word in SINCE.items() if name in {record["verdict"] for record in records}]
        words += [STRENGTHS["weak"]] if any(record["strength"] == "weak" for record in records) else []
        return html.render("story", rows=rows, languages=languages, words=words, verdict=self.verdict)


def record(judges: Judges, claim: pd.Series, data: Data, choices: dict, place: tuple[str, str]) -> dict:
    """Judge a claim and return its row of the ledger; `place`: the notebook and the cell that show it."""
    assessment = judges.assess(claim["claim_id"], data, **choices)
    judged = assessment.agreement != "none"
    far = judged and paths.only() != "values"
    flip = flipped(judges, assessment, (claim["claim_id"], *place), data, choices) if far else Flip("", (), "", "")
    (unseen_zh, unseen_en), (weak_zh, weak_en) = unseen(claim["claim_id"], judged, data), weakness(assessment)
    rows = assessment.judged.rows
    part_zh, part_en = parting(rows, data)
    said = rows.loc[rows["table"] == "claim_evidence", "evidence_id"] if "evidence_id" in rows else ()
    return {
        "claim_id": claim["claim_id"],
        "value_printed": claim["value_text"],
        "printed_zh": claim["printed_zh"],
        "printed_en": claim["printed_en"],
        "value_computed": shown_value(assessment.judged.computed) if judged else "",
        "difference": assessment.judged.difference,
        "rule": assessment.judged.rule,
        "trace": assessment.trace,
        "agreement": assessment.agreement,
        "direction": assessment.direction,
        "origin": assessment.origin,
        "verdict": assessment.verdict,
        "evidence": LIST.join(assessment.sources),
        "evidence_rows": LIST.join(dict.fromkeys(said)),
        "told_beside": LIST.join(assessment.beside),
        "lowest_grade": assessment.grade,
        "trust": assessment.trust,
        "strength": assessment.strength,
        "flip": flip.verdict,
        "flip_zh": flip.zh,
        "flip_en": flip.en,
        "flip_distance_pct": "" if flip.distance is None else f"{flip.distance:.6g}",
        "flip_steps": "" if flip.steps is None else str(flip.steps),
        "flip_changes": json.dumps([vars(change) for change in flip.changes]) if flip.changes else "",
        "notebook": place[0],
        "cell": place[1],
        "reason_zh": assessment.judged.zh + unseen_zh + part_zh + weak_zh,
        "reason_en": assessment.judged.en + unseen_en + part_en + weak_en,
    }


def flipped(judges: Judges, base: Assessment, place: tuple[str, str, str], data: Data, choices: dict) -> Flip:
    """Return the flip of a verdict; `place`: the claim, its notebook and cell.

    Where what notebooks show is made, the flip that the committed ledger holds is not searched again, if it holds.
    """
    row = committed(paths.project().root).get(place) if paths.only() == "shown" else None
    known = held(judges, base, place[0], row, data, **choices) if row else None
    return known or nearest(judges, place[0], data, **choices)


@lru_cache(maxsize=1)
def committed(root: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    """Return the rows of the committed ledger by claim, notebook and cell; none where there is no ledger yet."""
    rows = stored("claims", root).to_dict("records") if paths.processed("claims", root).is_file() else []
    return {(row["claim_id"], row["notebook"], row["cell"]): row for row in rows}


class Ledger:
    """The part of the ledger that one notebook writes.

    Args:
        judges: the judgements of the study.
    """

    def __init__(self, judges: Judges):
        self.notebook, self.judges, self.data = here.notebook(), judges, Data()
        self.claims = tables.raw("claims").set_index("claim_id", drop=False)
        self.records: dict[str, dict] = {}

    def check(self, *claim_ids: str, **choices: object) -> Entry | Entries:
        """Judge claims, record them and return them for display; when the cell is run again, record them anew.

        Args:
            claim_ids: identifiers in the table claims, written out so that the judging cell can be found.
            choices: the analyst's choices that their judgement takes.

        Raises:
            LedgerError: unknown claim, no cell or several that show it, evidence that does not fit the rule, or a
                choice that no judgement takes.
        """
        taken = self._taken(claim_ids, choices)
        entries = [self._checked(claim_id, taken[claim_id]) for claim_id in claim_ids]
        return entries[0] if len(entries) == 1 else Entries(entries)

    def story(self, *rows: str | tuple, **choices: object) -> Story:
        """Judge the headline claims of a section, record them and return the story that stands at its top.

        Args:
            rows: a claim, or a tuple of what several claims are about, in both languages, and these claims. The reason
                shown is the first sentence on each claim that is as much in doubt as the worst.
            choices: the analyst's choices, given to the judgements that take them.

        Raises:
            LedgerError: as for `check`.
        """
        groups = [(NOTHING, row) if isinstance(row, str) else row for row in rows]
        taken = self._taken([name for _, *names in groups for name in names], choices)
        return Story([Row(about, [self._checked(name, taken[name]) for name in names]) for about, *names in groups])

    def _taken(self, claim_ids: Iterable[str], choices: dict) -> dict[str, dict]:
        takes = {name: self.judges.takes(name) for name in claim_ids}
        if idle := sorted(set(choices).difference(*takes.values())):
            raise LedgerError(f"{', '.join(idle)}: no judgement of {', '.join(takes)} takes it")
        return {name: {c: value for c, value in choices.items() if c in known} for name, known in takes.items()}

    def _checked(self, claim_id: str, choices: dict) -> Entry:
        claim, place = self.data.claim(claim_id), (self.notebook, cell(claim_id, self.notebook))
        self.records[claim_id] = record(self.judges, claim, self.data, choices, place)
        return Entry(claim, self.records[claim_id])

    def save(self) -> None:
        """Write this part under data/processed.

        Raises:
            LedgerError: a claim that a cell of the notebook judges was not judged, as its cell was not run.
        """
        missing = sorted(set(cells(self.notebook)) - set(self.records))
        if missing:
            raise LedgerError(f"{self.notebook}: run the cells that judge {', '.join(missing)} first")
        part = pd.DataFrame(self.records.values(), columns=COLUMNS).sort_values("claim_id", key=by_number)
        tables.save(part, f"ledger-{self.notebook}")
