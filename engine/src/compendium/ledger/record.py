"""A claim judged: one record with typed values, written to the ledger and read from it here and nowhere else.

Read without pandas, which takes longer to start than a terminal takes to show a claim.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

from compendium.base import paths, values, vocabulary
from compendium.base.files import InputError, read_rows_by_key
from compendium.base.languages import Languages
from compendium.base.texts import NOTHING, TomlTranslations, TranslatedText, join_texts, of
from compendium.base.vocabulary import (
    ANOTHER,
    ANSWERS,
    DIRECTIONS,
    NEARNESS,
    OVER,
    RANGE,
    SINCE,
    STATED,
    TRUTHS,
    WITHIN,
    find_answer_category,
)
from compendium.data.datapackage import LIST, split_list

Computed = tuple[tuple[Decimal | bool, ...], ...]  # each one value, an Estimate, or both ends of a range
EACH = " / "
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MINUS = re.compile(r"(?<!\w)[-−](?=[\d.])")


class Estimate(tuple):
    """An estimate with its standard error, `x ± y`, or with the ends of its interval, `x [low, high]`."""


@dataclass(frozen=True)
class TableChange:
    """A change of raw tables: `set` a column of rows to values, `drop` rows, or `add` a copy from another origin."""

    kind: str
    table: str
    rows: tuple[int, ...]
    column: str = ""
    values: tuple[float | str, ...] = ()


def read_values(cell: str) -> Computed:
    """Return computed values from a cell of the ledger."""
    words = {"yes": True, "no": False}
    return tuple(
        Estimate(map(Decimal, re.findall(r"-?[\d.]+", part)))
        if "±" in part or "[" in part
        else tuple(words[end] if end in words else Decimal(end) for end in part.split(" to "))
        for part in cell.split(EACH)
        if part
    )


def show_values(
    computed: Iterable[Iterable[Decimal | bool]], language: str = "en", tell: Callable[[Decimal], str] = "{:f}".format
) -> str:
    """Return computed values as a reader of a language writes them: `2.15217`, `7 to 25`, `2 ± 0.5`, `46 / 49`, `yes`.

    So they stand in the ledger too, in English. `tell` writes a number.
    """
    shown = []
    for span in computed:
        first, *others = (TRUTHS[end][language] if isinstance(end, bool) else tell(end) for end in span)
        if isinstance(span, Estimate) and others:
            shown.append(f"{first} ± {others[0]}" if len(others) == 1 else f"{first} [{', '.join(others)}]")
        else:
            shown.append(RANGE[language].join([first, *others]))
    return EACH.join(shown)


def round_to(value: Decimal, places: int) -> str:
    """Return a number with at most so many digits after the point, and none that it does not have."""
    return f"{value:.{max(0, min(places, -int(value.as_tuple().exponent)))}f}"


def same_digits(number: str, value: str) -> bool:
    """Return whether two numbers other than 0 have the same digits, as 1.2 (million) and 1,200,000 have."""
    one, other = (Decimal(text.replace(",", "")).normalize().as_tuple().digits for text in (number, value))
    return one == other != (0,)


def find_text_after_estimate(text: str, estimate_numbers: Sequence[str]) -> str:
    """Return what a text prints behind the last of the numbers of an estimate, without the bracket that it closes."""
    places = [
        one
        for one in values.ANY.finditer(text)
        if estimate_numbers and values.normalise_printed_number(one[0]) == estimate_numbers[-1]
    ]
    return re.sub(r"^([^([（]*)[)\]）]", r"\1", text[places[-1].end() :]) if places else ""


@dataclass(frozen=True)
class LedgerRow:
    """A claim judged. Its fields stand in the order of the columns of the ledger; a text has one in each language.

    Attributes:
        claim_id, section, topic, weight, kind: as the table claims has them.
        value_printed: what the paper prints, as value_text of the table claims.
        printed: the same in words.
        value_computed: what was computed, at six significant digits; empty where nothing was.
        difference: the largest difference to the printed value, in its unit; None where there is none.
        rule, trace, agreement, nearness, direction, origin, verdict: as `judges.Assessment` has them.
        readings: by reading, whether the statement holds, fails, has another label (relabelled) or is open under it.
        verdict_codings: the verdicts by the codes of each coder alone.
        evidence: the sources of the rows that decide; `evidence_rows`: those of claim_evidence among these.
        told_beside: the sources of which the reason tells besides.
        lowest_grade, trust, strength: how good the evidence is that the verdict cannot do without.
        flip: the verdict that the smallest change found gives, `flip_said` in a sentence, with its size in per cent of
            the largest number that moves, its steps of the last digit, and the changes.
        why: the reason in a sentence; `reason` the whole.
        notebook, cell: where the claim is shown; they stand in another table.
    """

    claim_id: str
    section: str
    topic: str
    weight: str
    kind: str
    value_printed: str
    printed: TranslatedText
    value_computed: Computed
    difference: float | None
    rule: str
    trace: str
    agreement: str
    nearness: str
    direction: str
    readings: Mapping[str, str]
    origin: str
    verdict: str
    verdict_codings: tuple[str, ...]
    evidence: tuple[str, ...]
    evidence_rows: tuple[str, ...]
    told_beside: tuple[str, ...]
    lowest_grade: str
    trust: str
    strength: str
    flip: str
    flip_said: TranslatedText
    flip_distance_pct: float | None
    flip_steps: int | None
    flip_changes: tuple[TableChange, ...]
    why: TranslatedText
    reason: TranslatedText
    notebook: str = field(default="", metadata={"column": False})
    cell: str = field(default="", metadata={"column": False})

    @property
    def answer(self) -> str:
        """Which of the four answers the verdict belongs to, a key of ANSWERS."""
        return find_answer_category(self.verdict)

    @property
    def mark(self) -> str:
        """The mark of firm or weak evidence; none on what is not settled, which no evidence supports or refutes."""
        return "" if self.answer == "unsettled" else vocabulary.STRENGTHS[self.strength].mark

    @property
    def marked(self) -> TranslatedText:
        """The verdict, with the mark of its evidence."""
        return TranslatedText(lambda language: f"{self.named[language]} {self.mark}".rstrip())

    @property
    def named(self) -> TranslatedText:
        """The verdict, with the side of evidence that is related, or that it is a neighbour only."""
        side = DIRECTIONS.get(self.direction) or NEARNESS.get(self.nearness)
        word = SINCE[self.verdict]
        return TranslatedText(
            lambda language: word[language] + (WITHIN[language].format(side[language]) if side else "")
        )

    @property
    def codings(self) -> TranslatedText:
        """The verdicts by each coding of its rows alone; empty where none was coded, or all give the same."""
        apart = len(set(self.verdict_codings)) > 1
        return join_texts(SINCE[word] for word in self.verdict_codings) if apart else NOTHING

    @property
    def found(self) -> TranslatedText:
        """What is found: in words, or as a number in the words and units of the printed one, with a digit more.

        A minus is written as the paper prints it.
        """
        agreement = "own" if self.verdict == "consistent" else self.agreement
        value = show_values(sorted(self.value_computed))
        neighbour = "neighbour" if self.nearness == "neighbour" else f"{agreement}: {value}"
        said = STATED.get(neighbour) or STATED.get(value)
        also = ANOTHER.get(self.agreement) if self.value_computed and not (said and agreement == "depends") else None

        def write(language: str) -> str:
            told = (said or self.measured)[language]
            return MINUS.sub("−" if "−" in self.printed[language] else "-", told) + (also[language] if also else "")

        return TranslatedText(write)

    @property
    def computed(self) -> TranslatedText:
        """The computed value as it is read in a language."""
        unknown = STATED["no to yes"] if self.value_computed == ((False, True),) else None
        return TranslatedText(
            lambda language: unknown[language] if unknown else show_values(self.value_computed, language)
        )

    @property
    def measured(self) -> TranslatedText:
        """The computed value in the words and units of the printed one, where that is one number or an estimate."""
        return TranslatedText(self._measured)

    def _measured(self, language: str) -> str:
        printed, unit = self.printed[language], values.extract_single_number(self.value_printed)
        if any(isinstance(one, Estimate) for one in self.value_computed):
            numbers = values.list_numbers(self.value_printed)
            more = 1 + max((-values.find_last_digit_exponent(n) for n in numbers), default=0)
            told = show_values(self.value_computed, language, lambda value: round_to(value, more))
            return told + find_text_after_estimate(values.convert_powers_of_ten(printed), numbers)
        places = NUMBER.finditer(printed) if unit else ()
        place = next((place for place in places if same_digits(place[0], unit)), None)
        if not place:
            return self.computed[language]
        number = place[0].replace(",", "")
        scale, digits = float(number) / float(unit), len(number.partition(".")[2])

        def tell(value: Decimal) -> str:
            scaled = float(value) * scale
            plain = f"{scaled:,.{digits}f}" if round(scaled, digits) == scaled else f"{scaled:,.{digits + 1}f}"
            if scaled and not float(plain.replace(",", "")):  # smaller than that, such as a p-value
                plain = f"{Decimal(f'{scaled:.1g}'):f}"
            return plain if "," in place[0] else plain.replace(",", "")

        return show_values(self.value_computed, language, tell) + printed[place.end() :].removeprefix(OVER[language])

    @property
    def gravity(self) -> tuple[int, int, bool]:
        """What sorts by trouble: by answer, needs correcting first, by verdict, weak first."""
        return list(ANSWERS).index(self.answer), list(SINCE).index(self.verdict), self.strength != "weak"

    def cells(self, languages: Languages) -> dict[str, str]:
        """Return the row of the ledger."""
        row: dict[str, str] = {}
        for name in NAMES:
            value = getattr(self, name)
            if name in TEXTS:
                row |= text_to_language_columns(TEXTS[name], value, languages)
            else:
                row[name] = FORMS[name][0](value) if name in FORMS else value
        return row


def show_number(form: str, number: float | None) -> str:
    """Return a number as the ledger holds it; an empty cell for none."""
    return "" if number is None else f"{number:{form}}"


def read_number(kind: Callable[[str], float], cell: str) -> float | None:
    """Return the number of a cell of the ledger; None for an empty one."""
    return kind(cell) if cell else None


def read_changes(cell: str) -> tuple[TableChange, ...]:
    """Return the changes that a cell of the ledger holds as JSON."""
    made = (one | {key: tuple(one[key]) for key in ("rows", "values")} for one in json.loads(cell or "[]"))
    return tuple(TableChange(**one) for one in made)


FORMS: dict[str, tuple[Callable[[Any], str], Callable[[str], Any]]] = {  # by field how it is written, and read
    "value_computed": (show_values, read_values),
    "difference": (partial(show_number, ".10g"), partial(read_number, float)),
    "readings": (
        lambda found: LIST.join(f"{name}: {word}" for name, word in found.items()),
        lambda cell: dict(one.split(": ") for one in split_list(cell)),
    ),
    **dict.fromkeys(("verdict_codings", "evidence", "evidence_rows", "told_beside"), (LIST.join, split_list)),
    "flip_distance_pct": (partial(show_number, ".6g"), partial(read_number, float)),
    "flip_steps": (partial(show_number, "d"), partial(read_number, int)),
    "flip_changes": (lambda made: json.dumps([vars(one) for one in made]) if made else "", read_changes),
}
Ledger = dict[str, LedgerRow]  # by claim
NAMES = [one.name for one in fields(LedgerRow) if one.metadata.get("column", True)]
TEXTS = {"printed": "printed", "flip_said": "flip", "why": "why", "reason": "reason"}  # by field, the stem of columns


def list_ledger_columns(languages: Languages) -> list[str]:
    """Return the columns of the ledger in their order; those in words stand once for each language."""
    return [column for name in NAMES for column in (languages.columns(TEXTS[name]) if name in TEXTS else [name])]


def read_ledger_file(path: Path, cell_outputs: Iterable[Mapping[str, str]] = ()) -> Ledger:
    """Return the records of a ledger by claim, with the notebook and the cell that show it by the rows of
    `cell_outputs`.

    Raises:
        InputError: the file is no ledger; it is missing, a column lacks, or a cell holds what cannot stand there.
    """
    if not path.is_file():
        raise InputError(paths.format_path(path), "is missing", paths.suggest_restore(path))
    places = {row["name"]: (row["notebook"], row["cell"]) for row in cell_outputs if row["kind"] == "claim"}
    found: Ledger = {}
    for name, row in read_rows_by_key(path, "claim_id").items():
        notebook, cell = places.get(name, ("", ""))
        try:
            found[name] = replace(parse_ledger_row(row), notebook=notebook, cell=cell)
        except (ValueError, TypeError, AttributeError, KeyError, InvalidOperation):
            raise InputError(
                paths.format_path(path), f"{name} is no judged claim", paths.suggest_restore(path)
            ) from None
        if found[name].verdict not in SINCE:
            rule = f"{name}: {found[name].verdict!r} is no verdict"
            raise InputError(paths.format_path(path), rule, "make, then make accept")
    return found


def parse_ledger_row(row: Mapping[str, str]) -> LedgerRow:
    """Return the record of a row of the ledger."""
    made: dict[str, Any] = {}
    for name in NAMES:
        if name in TEXTS:
            made[name] = of(row, TEXTS[name])
        else:
            made[name] = FORMS[name][1](row[name]) if name in FORMS else row[name]
    return LedgerRow(**made)


def text_to_language_columns(
    column_stem: str, content: TranslatedText | TomlTranslations, languages: Languages
) -> dict[str, str]:
    """Return a text by the columns that hold it in each language."""
    return {f"{column_stem}_{language}": content[language] for language in languages}
