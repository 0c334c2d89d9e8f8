"""The rules of judging: how rows are compared with what the paper prints, and what a judgement returns.

A judgement is a function of one claim and the raw tables; it returns what it found, `Judged`, by one of the rules here.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.base import texts, values, vocabulary
from compendium.base.texts import COMMA, NOTHING, SEMICOLON, SENTENCE, TranslatedText, catalogue
from compendium.ledger.evidence import (
    EvidenceTables,
    LedgerError,
    find_measured,
    join_rows,
    list_row_sources,
    rank_source_quality,
)
from compendium.ledger.printed import (
    compare_computed_value,
    compare_source_value,
    is_boolean,
    lower_bound_implies_claim,
    printed_value,
    to_float_list,
)
from compendium.ledger.record import Estimate

text = catalogue("compendium/ledger")
Lever = tuple[str, tuple[int, ...], str]  # a table, the numbers of rows, a column


@dataclass(frozen=True)
class Judged:
    """What a judgement has found.

    Attributes:
        rule: key of vocabulary.RULES.
        agreement: one of vocabulary.AGREEMENTS.
        rows: the rows that decide, with source_id and table; empty for the paper's own numbers.
        computed: what was computed, for display: a number, a pair of bounds, a list, a truth value; None for nothing.
        difference: the largest difference to the printed value, not a number where there is none.
        any_row: whether one of the rows suffices (each says the same), or all are needed.
        sides: by row, what it says, where one row of each kind is needed; empty where `any_row` tells it all.
        reason: a sentence or two.
        short: the reason in one sentence, if that is not its first.
        note: what the rule itself tells after the reason.
        beside: rows of which the reason tells besides; they decide nothing.
        weaker: rows of weak sources that say otherwise than firm measurements; they decide nothing.
        levers: what `nearest` may change: (table, rows, column), rows changed together; or a column of the deciding
            rows; None for each of their columns that holds measured numbers.
        readings: by code whether the statement holds, fails, is relabelled or open under it; empty for one reading.
    """

    rule: str
    agreement: str
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    computed: object = None
    difference: float = math.nan
    any_row: bool = False
    sides: tuple = ()
    reason: TranslatedText = NOTHING
    short: TranslatedText = NOTHING
    note: TranslatedText = NOTHING
    beside: pd.DataFrame = field(default_factory=pd.DataFrame)
    weaker: pd.DataFrame = field(default_factory=pd.DataFrame)
    levers: Sequence[Lever] | str | None = None
    readings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a rule or an agreement that the vocabulary does not have."""
        for word, known in ((self.rule, vocabulary.RULES), (self.agreement, vocabulary.AGREEMENTS)):
            if word not in known:
                raise LedgerError(f"a judgement gives {word!r}; there are {', '.join(known)}")

    @property
    def said(self) -> TranslatedText:
        """The reason, and what the rule tells after it."""
        return texts.join_texts([self.reason, self.note], SENTENCE)

    def tallied(self, pro: set[str], contra: set[str]) -> "Judged":
        """Return the same, which says in short how many origins of related evidence there are, on which side."""
        return replace(self, short=text("tally-alone", tally=describe_origin_counts(pro, contra)))

    def told(
        self, reason: TranslatedText, beside: pd.DataFrame | Iterable[pd.DataFrame] = (), levers: str | None = None
    ) -> "Judged":
        """Return the same with this reason, which may tell of rows `beside` those that decide, and perhaps levers."""
        told = replace(self, reason=reason, beside=join_rows([self.beside, join_rows(beside)]))
        return told if levers is None else replace(told, levers=levers)


def printed(
    claim: pd.Series,
    rows: pd.DataFrame,
    values: Iterable,
    data: EvidenceTables,
    alike: Iterable[bool] | None = None,
    exact: Iterable[bool] | None = None,
) -> Judged:
    """Compare what each origin prints with the paper.

    Each origin answers by its best copies, but weak sources not against firm measurements. The claim agrees if all of
    these do, and is open if some do and others do not. Where no row that speaks of the same thing agrees, but a number
    about another (`alike` False) does, it is relabelled; another number about another thing says nothing. Intervals
    that hold the one printed number and others decide only alone. Where rows say in words, for or against it, something
    about another thing only, they are related and do not decide.

    Args:
        claim: row of the table claims.
        rows: the evidence.
        values: what each row prints, or whether the statement holds by it.
        data: the tables.
        alike: by row, whether it measures what the paper says, in population, time, base and kind; default: all do, or
            as the column `differs_in` says.
        exact: by row, False where it says "more than" its value.
    """
    rows = join_rows(rows)
    if rows.empty:
        return Judged("printed", "none", rows)
    values = list(values)
    default = rows["differs_in"].eq("") if "differs_in" in rows else [True] * len(rows)
    alike = np.array(list(default if alike is None else alike), dtype=bool)
    exact = [True] * len(rows) if exact is None else list(exact)
    found = [
        compare_source_value(claim, v) if sure else (lower_bound_implies_claim(claim, v), 0.0)
        for v, sure in zip(values, exact, strict=True)
    ]
    hits, wide = np.array([bool(ok) for ok, _ in found]), alike & [ok is None for ok, _ in found]
    alike &= ~wide
    words = np.array([is_boolean(value) for value in values])
    silent = find_outweighed_rows(claim, rows, hits, alike, data)
    answers = list_agreement_by_origin(rows[alike & ~silent], hits[alike & ~silent], data)
    if answers and all(answers):
        agreement, deciding = "same", alike & hits
    elif any(answers):
        agreement, deciding = "open", alike & ~silent
    elif wide.any() and not alike.any():
        agreement, deciding = "interval", wide
    elif (hits & ~alike & ~words).any():
        agreement, deciding = "relabelled", hits & ~alike
    elif alike.any():
        agreement, deciding = "differs", alike & ~silent
    elif words.any():
        agreement, deciding = "related", words
    else:
        return Judged("printed", "none", rows.head(0))
    shown = [v for v, keep in zip(values, deciding, strict=True) if keep]
    differences = [d for (_, d), keep in zip(found, deciding, strict=True) if keep]
    difference = max(differences, key=lambda d: -1 if math.isnan(d) else abs(d))
    two = agreement in ("open", "related") and len(set(hits[deciding])) > 1
    sides = tuple(hits[deciding]) if two else ()
    return Judged("printed", agreement, rows[deciding], shown, difference, True, sides, weaker=rows[silent])


def list_agreement_by_origin(rows: pd.DataFrame, agreeing: np.ndarray, data: EvidenceTables) -> list[bool]:
    """Return what the best copies of each origin say, agreement or not: both, where they do not say the same."""
    answers: dict[str, list[tuple[tuple, bool]]] = {}
    for origin, named, hit in zip(data.origins(rows), list_row_sources(rows), agreeing, strict=True):
        answers.setdefault(origin, []).append(
            (min(rank_source_quality(data.quality(source)) for source in named), bool(hit))
        )
    best = [{hit for quality, hit in found if quality == min(found)[0]} for found in answers.values()]
    return [hit for hits in best for hit in sorted(hits)]


def find_outweighed_rows(
    claim: pd.Series, rows: pd.DataFrame, agreeing: np.ndarray, comparable: np.ndarray, data: EvidenceTables
) -> np.ndarray:
    """Return which rows are of weak sources and say otherwise than all firm measurements, which there are, of the same.

    What the claim's own origin says is heard from weak copies too.
    """
    weak = np.array(
        [min(rank_source_quality(data.quality(source)) for source in named)[0] for named in list_row_sources(rows)],
        dtype=bool,
    )
    firm = agreeing[comparable & ~weak & find_measured(rows)]
    own = np.array([origin == claim["origin_id"] for origin in data.origins(rows)], dtype=bool)
    silent: np.ndarray = comparable & weak & ~own & (len(firm) > 0) & ~np.isin(agreeing, firm)
    return silent


def recomputed(claim: pd.Series, computed: Any, rows: pd.DataFrame | Iterable[pd.DataFrame]) -> Judged:
    """Compare what was computed from all of `rows` with the paper; no rows or nothing computed: no evidence."""
    rows = join_rows(rows)
    if rows.empty or computed is None:
        return Judged("recomputed", "none", rows)
    ok, difference = compare_computed_value(claim, computed)
    several = isinstance(computed, tuple | list) and len(computed) > 1
    if several and values.parse_value_text(claim["value_text"]).form == "estimate":
        computed = Estimate(computed)  # which is shown with its error
    return Judged("recomputed", "same" if ok else "differs", rows, computed, difference)


def bounded(claim: pd.Series, ends: tuple, rows: pd.DataFrame | Iterable[pd.DataFrame]) -> Judged:
    """Compare bounds computed from all of `rows` with the paper.

    Args:
        claim: row of the table claims.
        ends: (lower, upper); for a statement in words (it must hold, it may hold).
        rows: the evidence.
    """
    rows, value = join_rows(rows), printed_value(claim)
    if rows.empty:
        return Judged("bounded", "none", rows)
    if len(ends) != 2 or ends[0] > ends[1]:
        raise LedgerError(f"{claim['claim_id']}: bounds must be (lower, upper)")
    if all(is_boolean(end) for end in ends):
        agreement = ("differs", "open", "same")[int(ends[0]) + int(ends[1])]
        return Judged("bounded", agreement, rows, tuple(ends))
    if not value.numeric:
        raise LedgerError(f"{claim['claim_id']}: the paper prints no number; bound the statement by (False, True)")
    inside, difference = value.against(*to_float_list(ends))
    agreement = {True: "same", None: "interval", False: "differs"}[inside]
    return Judged("bounded", agreement, rows, tuple(ends), difference)


@dataclass(frozen=True)
class Part:
    """One part of a statement: whether it holds (None: the evidence does not say), the rows, its name if it is told."""

    holds: bool | None
    rows: pd.DataFrame
    name: TranslatedText = NOTHING


def parts(found: Sequence[Part]) -> Judged:
    """Judge a statement by its parts: all hold, none does, or some do not; an undecided one leaves an interval."""
    rows, said = join_rows([part.rows for part in found]), [part.holds for part in found]
    if rows.empty or all(holds is None for holds in said):
        return Judged("parts", "none", rows)
    if False in said:
        agreement = "differs" if set(said) == {False} else "part"
    else:
        agreement = "interval" if None in said else "same"
    return Judged("parts", agreement, rows, [holds for holds in said if holds is not None])


def own(claim: pd.Series, computed: object, rows: pd.DataFrame | None = None) -> Judged:
    """Compare what follows from the paper's own other statements with the paper; `rows`: those statements."""
    ok, difference = compare_computed_value(claim, computed)
    rows = pd.DataFrame() if rows is None else rows
    return Judged("own", "same" if ok else "differs", rows, computed, difference)


def missing(rule: str = "searched") -> Judged:
    """Return that there is no row to compare."""
    return Judged(rule, "none")


# Judgements that need no function of their own


def attested(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Judge a claim by its rows of claim_evidence: part by part, each origin by its best copies.

    Rows on the whole, which name no part, decide it where those on its parts are of something else only, and are left
    aside where they are so themselves. One part alone never makes the whole hold. The reason is what they say.
    """
    named, whole = {}, ""
    rows, parts_named = data.evidence(claim["claim_id"]), data.languages.columns("part")
    readings = data("claim_readings")[data.languages.columns("reading")[0]]
    rows = rows[~rows[parts_named[0]].isin(readings)]  # what is said of one reading alone is for by_reading
    for (part, *_), group in rows.groupby(parts_named, sort=False):
        values = [read_stated(row) for _, row in group.iterrows()]
        found = printed(claim, group, values, data)
        named[texts.of(group.iloc[0], "part")] = found
        whole = whole if part else found.agreement
    if not named:
        return missing()
    found_of = Counter(found.agreement for found in named.values() if found.agreement != "none")
    found_of["related"] -= whole == "related" and len(found_of) > 1  # not needed beside what the parts have
    agreements = set(+found_of)
    if not agreements:
        return missing("printed")
    if len(agreements) > 1:
        weakest = "related" if "related" in agreements else "relabelled"
        alone = {weakest} if agreements <= {"same", "relabelled", "related"} else {"part"}
        if whole in ("same", "differs") and agreements == {whole, "related"}:
            alone = {whole}
        if agreements == {"differs", "relabelled"}:
            alone = {"differs"}  # no part stands as it is told
        if agreements <= {"same", "related", "interval", "open"} and agreements & {"interval", "open"}:
            alone = {"interval"} if agreements & {"same", "interval"} else {"open"}  # what can be judged holds
    else:
        alone = agreements
    if alone == {"same"} and whole in ("", "related") and len(named) - bool(whole) == 1:
        alone = {"related"}  # one part that holds leaves the others open
    deciding = join_rows([found.rows for found in named.values()])
    settled = [found for found in named.values() if alone != {"interval"} or found.agreement in ("same", "interval")]
    computed = [value for found in settled for value in (found.computed if isinstance(found.computed, list) else [])]
    sides = [(n, side) for n, f in enumerate(named.values()) for side in f.sides or (True,) * len(f.rows)]
    values = [v for v in computed if not is_boolean(v)]
    differences = [found.difference for found in named.values() if not math.isnan(found.difference)]
    both_ways = alone == {"related"} and len(set(filter(is_boolean, computed))) > 1
    parts = ((part, found.rows) for part, found in named.items() if found.agreement != "none")
    told = texts.join_texts((prefix_part_name(part, join_evidence_sentences(rows)) for part, rows in parts), SENTENCE)
    judged = Judged(
        "parts" if len(named) > 1 else "printed",
        alone.pop(),
        deciding,
        values or list(dict.fromkeys(computed)),
        max(differences, key=abs) if differences else math.nan,
        any_row=len(named) == 1,
        weaker=join_rows([found.weaker for found in named.values()]),
        sides=tuple(sides) if len(named) > 1 else next(iter(named.values())).sides,
        reason=describe_evidence_by_side(deciding, data) if both_ways else told,
    )
    return judged.tallied(*split_origins_by_side(deciding, data)) if both_ways else judged


def read_stated(row: pd.Series) -> float | list[float] | bool:
    """Return what a row of claim_evidence says: a number, both ends of an interval, or whether the statement holds."""
    if row["comparison"] != "value":
        return bool(row["comparison"] == "holds")
    ends = [float(row["value"]), float(row["value_high"])]
    return ends if ends[1] == ends[1] else ends[0]


def join_evidence_sentences(rows: pd.DataFrame) -> TranslatedText:
    """Return what rows of claim_evidence say, each sentence once."""
    columns = texts.LanguageFallbackDict(texts.find_language_columns(rows.columns, "says"))
    return TranslatedText(lambda language: texts.join_texts(rows[columns[language]].unique(), SENTENCE)[language])


def prefix_part_name(part: TranslatedText, sentence: TranslatedText, is_exact: bool = False) -> TranslatedText:
    """Return what is said of a part, after its name; `is_exact` if it is said of the very part."""
    name = TranslatedText(lambda language: f"{part[language][:1].upper()}{part[language][1:]}")
    return text("part-exact" if is_exact else "part", part=name, said=sentence) if part else sentence


def describe_pros_and_cons(sentences: Iterable[tuple[bool, TranslatedText]]) -> TranslatedText:
    """Return what speaks for a statement, then what speaks against it; `sentences`: (whether for it, the text)."""
    sides: dict[str, list[TranslatedText]] = {"side-for": [], "side-against": []}
    for holds, said in sentences:
        sides["side-for" if holds else "side-against"].append(said)
    found = (text(side, said=texts.join_texts(said, SENTENCE)) for side, said in sides.items() if said)
    return texts.join_texts(found, SENTENCE)


def split_origins_by_side(rows: pd.DataFrame, data: EvidenceTables) -> tuple[set[str], set[str]]:
    """Return the origins by which the statement holds, and those by which it fails."""
    holds, fails = (set(data.origins(rows[rows["comparison"] == word])) for word in ("holds", "fails"))
    return holds, fails


def describe_origin_counts(supporting: set[str], contradicting: set[str]) -> TranslatedText:
    """Return how many origins of related evidence there are, on which side."""
    key = "tally-both" if supporting & contradicting else "tally"
    return text(key, pro=len(supporting), contra=len(contradicting))


def describe_evidence_by_side(rows: pd.DataFrame, data: EvidenceTables) -> TranslatedText:
    """Return how many origins related rows of claim_evidence have, and what they say by side, each part by its name."""
    names = data.languages.columns("part")
    rows = rows.sort_values(names[0], key=lambda part: part.ne(""), kind="stable")
    told = []
    for (*_, comparison), part in rows.groupby([*names, "comparison"], sort=False):
        exact = bool(part["differs_in"].eq("").all())
        told.append(
            (
                comparison == "holds",
                prefix_part_name(texts.of(part.iloc[0], "part"), join_evidence_sentences(part), exact),
            )
        )
    return text(
        "by-side", said=describe_pros_and_cons(told), tally=describe_origin_counts(*split_origins_by_side(rows, data))
    )


def count_items(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Judge a count by the items that the paper lists."""
    items = data("claim_items")
    items = items[items["claim_id"] == claim["claim_id"]]
    if items.empty:
        return missing()
    named = texts.each(items, "item")
    between = (SEMICOLON if any("、" in item["zh"] for item in named) else COMMA)[0], COMMA[1]
    said = texts.join_texts(named, between)
    found = replace(own(claim, len(items), items), levers=[("claims", data.row(claim["claim_id"]), "value_low")])
    return found.told(text("items", number=len(items), items=said))
