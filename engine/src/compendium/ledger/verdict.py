"""The judges of a study: three questions about each claim, and one verdict.

Nothing but the judgement decides: the words come from `vocabulary`, whose rows they are from the tables of origins.
"""

import inspect
import math
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd

from compendium import CompendiumError
from compendium.base import paths, texts, vocabulary
from compendium.base.texts import COMMA, NOTHING, SEMICOLON, SENTENCE, TranslatedText, catalogue, make_translated_text
from compendium.ledger.evidence import (
    EvidenceTables,
    LedgerError,
    compute_grade_and_trust,
    drop_paper_based_rows,
    join_rows,
    list_row_sources,
    list_source_table_pairs,
    rank_source_quality,
)
from compendium.ledger.flip_texts import name_sources
from compendium.ledger.independence import classify_data_owner, find_confirming_rows
from compendium.ledger.missing_evidence import explain_missing_evidence
from compendium.ledger.rules import Judged, attested, count_items

text = catalogue("compendium/ledger")
GUARD = "return what a rule gives, missing() where rows are lacking or nothing can be computed"


@dataclass(frozen=True)
class Assessment:
    """A judged claim: the answers to three questions, the verdict, and how far the evidence can be trusted.

    Attributes:
        trace: where the figure is: at its `origin`, in a `copy` of it, at another origin (`elsewhere`), `nowhere`.
        agreement: one of vocabulary.AGREEMENTS.
        origin: whose rows decide: the `same` origin as the paper's, an `other`, the data of its `authors`, public
            `data`, the paper's `own` statements; empty for none.
        verdict: key of vocabulary.VERDICTS.
        sources: identifiers of the sources of the rows that decide, in order of appearance.
        beside: those of rows of which the reason tells besides, and of no row that decides.
        grade: the grade the verdict cannot do without (A, B, C), empty without outside evidence.
        trust: `unsafe` where some needed row stands on an untrusted site only, else `ok`; empty without evidence.
        judged: what the judgement returned, with its reason.
    """

    trace: str
    agreement: str
    origin: str
    verdict: str
    sources: tuple[str, ...]
    grade: str
    trust: str
    judged: Judged
    beside: tuple[str, ...] = ()

    @property
    def nearness(self) -> str:
        """How near related evidence comes, by its nearest row: key of vocabulary.NEARNESS; else empty."""
        if self.agreement != "related":
            return ""
        found = {NEAR.get(word, "neighbour") for word in list_row_differences(self.judged.rows)}
        return next(word for word in vocabulary.NEARNESS if word in found)

    @property
    def direction(self) -> str:
        """On which side related evidence is: key of vocabulary.DIRECTIONS; a mere neighbour has none."""
        if self.nearness in ("", "neighbour"):
            return ""
        rows = self.judged.rows
        near = [NEAR.get(word, "neighbour") != "neighbour" for word in list_row_differences(rows)]
        sides = {word == "holds" for word in rows[near].get("comparison", ()) if word in ("holds", "fails")}
        return "both" if len(sides) > 1 else "for" if True in sides else "against" if sides else ""

    @property
    def strength(self) -> str:
        """`weak` if the verdict cannot do without grade C or an untrusted site, else `firm`; empty without evidence."""
        if not self.grade:
            return ""
        return "weak" if self.grade == "C" or self.trust == "unsafe" else "firm"


NEAR = {"": "part", "scope": "part", "time": "other", "population": "other"}  # by what differs; else a neighbour


def list_row_differences(rows: pd.DataFrame) -> list[str]:
    """Return by row in what it differs from what the paper says; the kind of thing where the table does not say."""
    found: list[str] = rows.get("differs_in", pd.Series("kind", rows.index)).fillna("kind").tolist()
    return found


def assess(claim: pd.Series, judged: Judged, data: EvidenceTables, later: bool = False) -> Assessment:
    """Answer the three questions about a claim from what its judgement found, and give the verdict.

    Rows of what came about `later` than the paper cannot be what it drew on.
    """
    aside = join_rows([judged.beside, judged.weaker])
    beside = dict.fromkeys(chain.from_iterable(list_row_sources(drop_paper_based_rows(aside)))) if len(aside) else {}
    if judged.agreement == "none":
        word, reason = explain_missing_evidence(claim, data)
        judged = judged if judged.reason is not NOTHING else replace(judged, reason=reason)
        return Assessment("nowhere", "none", "", word, (), "", "", judged, tuple(beside))
    if judged.rule == "own" or judged.rows.empty:  # nothing outside the paper was compared
        word = vocabulary.decide_verdict(judged.agreement, "own")
        return Assessment("nowhere", judged.agreement, "own", word, (), "", "", judged, tuple(beside))
    rows = judged.rows
    if len(drop_paper_based_rows(rows)) != len(rows):
        raise LedgerError(f"{claim['claim_id']}: rows of the paper are what is tested and cannot be evidence")
    named, origins = list_row_sources(rows), [data.origin(*place) for place in list_source_table_pairs(rows)]
    same = np.array([origin == claim["origin_id"] for origin, _ in origins])
    at_first = any(role == "origin" for (_, role), own_origin in zip(origins, same, strict=True) if own_origin)
    trace = "elsewhere" if not same.any() else "origin" if at_first else "copy"
    ranged = judged.agreement in ("interval", "open") and judged.rule in ("bounded", "printed", "within_error")
    if (ranged and not judged.sides) or judged.agreement == "related":
        trace = "nowhere"  # the rows tell of something related, or leave more than one answer: none has the figure
    agrees = judged.agreement == "same"
    second, any_second = find_confirming_rows(claim, rows, judged.any_row, data, later) if agrees else ([], False)
    firm = [row for row in second if not min(rank_source_quality(data.quality(source)) for source in named[row])[0]]
    confirmed = bool(firm) and (any_second or len(firm) == len(second))
    origin = "other" if (confirmed if agrees else (~same).any()) else "same"
    data_of = classify_data_owner(claim, judged, data) if agrees and not confirmed else ""
    if data_of == "authors" or (data_of and claim.get("kind") == "recomputable" and not later):
        origin = data_of
    related = judged.agreement == "related"  # what is told is as good as all rows that tell it
    if confirmed:
        grade, trust = compute_grade_and_trust(rows.iloc[firm], any_second, data)
    else:
        grade, trust = compute_grade_and_trust(
            rows, judged.any_row and not related, data, () if related else judged.sides
        )
    differs = set(rows.get("differs_in", ())) if related else ()
    kinds = texts.join_texts(word for kind, word in vocabulary.DIFFERENCES.items() if kind in differs)
    said = [judged.said, text("differing", kinds=kinds) if kinds else NOTHING]
    if second:
        said.append(describe_second_measurer(rows.iloc[firm if confirmed else second], confirmed, data))
    if len(judged.weaker):
        said.append(text("weaker", sources=name_sources(judged.weaker["source_id"].unique(), data)))
    every = tuple(dict.fromkeys(chain.from_iterable(named)))
    numeric = judged.rule in ("printed", "by_reading") and not math.isnan(judged.difference)
    word = vocabulary.decide_verdict(judged.agreement, origin, numeric)
    told = tuple(name for name in beside if name not in every)
    reasoned = replace(judged, reason=texts.join_texts(said, SENTENCE))
    return Assessment(trace, judged.agreement, origin, word, every, grade, trust, reasoned, told)


def describe_second_measurer(rows: pd.DataFrame, is_firm: bool, data: EvidenceTables) -> TranslatedText:
    """Return the sentence that tells whose the second measurement is and what it is."""
    told = {}
    for origin, table in dict.fromkeys(zip(data.origins(rows), rows["table"], strict=True)):
        labels = data.tables.field(table, "relation").get("labels", {}) if "relation" in data(table) else {}
        how = make_translated_text(labels["measurement"]) if labels else data.tables.titles(table)[""]
        told[text("more-of", what=data.name_origin(origin.split()[0]), more=how)] = True
    key = "second-measurement" if is_firm else "second-measurement-weak"
    return text(key, measurements=texts.join_texts(told, (COMMA[0], SEMICOLON[1])))


Judgement = Callable[..., Judged]


def list_choices(function: Callable) -> dict[str, object]:
    """Return the choices that a judgement, or a function of a result, takes, with their defaults."""
    taken = inspect.signature(function).parameters.values()
    return {choice.name: choice.default for choice in taken if choice.default is not choice.empty}


class Judges:
    """The judgements of a study by claim; a claim without one is judged by claim_evidence or by the items it lists."""

    later = False

    def __init__(self) -> None:
        self.known: dict[str, Judgement] = {}

    def __call__(self, *claim_ids: str) -> Callable[[Judgement], Judgement]:
        """Register a function (claim, data, **choices) as the judgement of these claims."""

        def register(judgement: Judgement) -> Judgement:
            for claim_id in claim_ids:
                if claim_id in self.known:
                    raise LedgerError(f"{claim_id}: two judgements")
                self.known[claim_id] = judgement
            return judgement

        return register

    def defaults(self, claim_id: str) -> dict[str, object]:
        """Return the choices that the judgement of a claim takes, with their defaults."""
        return list_choices(self.known[claim_id]) if claim_id in self.known else {}

    def assess(self, claim_id: str, data: EvidenceTables, **choices: object) -> Assessment:
        """Judge a claim from the tables.

        Raises:
            LedgerError: its judgement fails, or gives no `Judged`; file and line are told.
        """
        claim, judgement = data.claim(claim_id), self.known.get(claim_id)
        if judgement:
            with wrap_judgement_errors(claim_id, judgement):
                judged = judgement(claim, data, **choices)
            if not isinstance(judged, Judged):
                place = f"{paths.format_path(judgement.__code__.co_filename)}, line {judgement.__code__.co_firstlineno}"
                raise LedgerError(f"{claim_id}: its judgement, {place}, returns no Judged. Remedy: {GUARD}")
        elif claim["weight"] == "structural" and (data("claim_items")["claim_id"] == claim_id).any():
            judged = count_items(claim, data)
        else:
            judged = attested(claim, data)
        if self.later and judged.agreement == "none":
            return Assessment("nowhere", "none", "", "undecided", (), "", "", judged)
        return assess(claim, judged, data, self.later)


class PostPublicationJudgements(Judges):
    """Judgements by what was printed after the paper; where nothing comparable was, a claim is undecided."""

    later = True


@contextmanager
def wrap_judgement_errors(claim_id: str, judgement: Judgement) -> Iterator[None]:
    """Tell of a judgement that fails file and line, and the remedy."""
    file, line = judgement.__code__.co_filename, judgement.__code__.co_firstlineno
    try:
        yield
    except CompendiumError:
        raise
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        remedy = "correct the code" if isinstance(error, NameError | ImportError) else GUARD
        raise LedgerError(
            f"{claim_id}: its judgement fails at {paths.format_path(file)}, line {lines[-1] if lines else line} "
            f"({type(error).__name__}: {error}). Remedy: {remedy}"
        ) from error
