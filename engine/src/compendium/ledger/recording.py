"""A claim is judged, and what was found becomes its record."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain

import pandas as pd

from compendium.base import values
from compendium.base.texts import NOTHING, SENTENCE, TranslatedText, catalogue, first_sentence, join_texts, of
from compendium.ledger.claims import OF_CLAIM
from compendium.ledger.coding import describe_coder_disagreement, list_verdicts_by_coder
from compendium.ledger.evidence import EvidenceTables, LedgerError
from compendium.ledger.flips import Flip, find_smallest_flip
from compendium.ledger.printed import is_boolean, to_float_list
from compendium.ledger.record import Computed, Estimate, LedgerRow, show_values
from compendium.ledger.rules import Judged
from compendium.ledger.verdict import Assessment, Judges

text = catalogue("compendium/ledger")
RECORDS = ("、", "; ")
ASSESSED = (
    "trace",
    "agreement",
    "nearness",
    "direction",
    "origin",
    "verdict",
    "trust",
    "strength",
)  # alike in a record
DIGITS = {"same": ("rounded", "zeros"), "differs": ("cut", "last")}  # what is told of digits, by agreement


def normalise_computed_values(computed: object) -> Computed:
    """Return what a judgement computed as values of a record, each once: a tuple is a range, other lists hold values.

    A list may hold pairs, the periods that several sources print; a missing number is left out.
    """
    if computed is None:
        return ()
    listed = list(computed) if isinstance(computed, Iterable) else [computed]
    if any(isinstance(one, list | Estimate) for one in listed):
        spans = (normalise_computed_values(tuple(one) if isinstance(one, list) else one) for one in listed)
        return tuple(dict.fromkeys(chain.from_iterable(spans)))
    known: Iterable[Decimal | bool]
    if all(map(is_boolean, listed)):
        known = map(bool, listed)
    else:  # at six significant digits, from a million on as whole numbers
        known = (Decimal(f"{number:.6g}" if abs(number) < 1e6 else f"{number:.0f}") for number in to_float_list(listed))
    if isinstance(computed, Estimate):
        return (Estimate(known),)
    ends = tuple(dict.fromkeys(known))
    return ((ends,) if ends else ()) if isinstance(computed, tuple) else tuple((end,) for end in ends)


def describe_rounding(claim: pd.Series, judged: Judged) -> TranslatedText:
    """Return the sentence that tells how a printed number came from the one found: rounded, or cut off, or one off in
    its last digit, where they disagree; of an estimate that disagrees, of its first part that does. Else empty."""
    value, found = values.parse_value_text(claim["value_text"]), normalise_computed_values(judged.computed)
    ends = [end for span in found for end in span]
    estimate = value.form == "estimate" and judged.agreement == "differs" and judged.rule != "within_error"
    if len(ends) != len(value.numbers) or any(map(is_boolean, ends)) or not (estimate or value.form == "number"):
        return NOTHING
    for printed, end in zip(value.numbers, ends, strict=True):
        if (how := values.classify_rounding(printed, float(end))) in DIGITS.get(judged.agreement, ()):
            return text(f"digits-{how}", found=f"{end:f}", printed=printed)
    return text("estimate-differs", found=show_values(found), printed=claim["value_text"]) if estimate else NOTHING


def describe_weak_evidence(assessment: Assessment) -> TranslatedText:
    """Return the sentence that owns up to weak evidence; empty where it is firm."""
    if assessment.strength != "weak":
        return NOTHING
    if assessment.grade != "C":
        return text("weak-site")
    return text("weak-both" if assessment.trust == "unsafe" else "weak-grade")


def describe_missing_records(claim_id: str, is_judged: bool, data: EvidenceTables) -> TranslatedText:
    """Return which records that would help were not obtained; empty for none.

    Of a claim that is `is_judged` those that would decide are told first; else its reason tells them.
    """
    asked = {"unseen-decisive": is_judged, "unseen-helpful": True}
    rows = {key: data.records(claim_id, decides=key == "unseen-decisive") for key, told in asked.items() if told}
    told = (text(key, records=of(found, "record", RECORDS)) for key, found in rows.items() if len(found))
    return join_texts(told, SENTENCE)


def describe_adversarial_reviews(claim_id: str, data: EvidenceTables) -> TranslatedText:
    """Return how readers fared who were told to save the paper from a verdict, or to refute it; empty for none."""
    looks, told = data("second_looks"), []
    for task, mine in looks[looks["claim_id"] == claim_id].groupby("task", sort=False):
        won = int(mine["outcome"].isin(["saved", "refuted", "depends"]).sum())
        unsettled = int(mine["outcome"].eq("not-contradicted").sum())
        weaker = int(mine["outcome"].eq("weaker").sum())
        if won:
            told.append(text("look-saved" if task == "save" else "look-refuted", readers=len(mine), won=won))
        elif task == "save" and unsettled:
            told.append(text("look-unsettled", readers=len(mine), won=unsettled))
        elif task == "refute" and weaker:
            told.append(text("look-weaker", readers=len(mine), weaker=weaker))
        else:
            told.append(text("look-failed" if task == "save" else "look-held", readers=len(mine)))
    return join_texts(told, SENTENCE)


def raise_if_rows_reindexed(claim_id: str, rows: pd.DataFrame, data: EvidenceTables) -> None:
    """Raise a LedgerError where rows that decide do not have the index of their raw table, which changes name."""
    for name, mine in rows.groupby("table") if len(rows) else ():
        known = data(name)
        columns = [column for column in data.tables.schema(name)["primaryKey"] if column in mine]
        held = known.reindex(mine.index)[columns].astype(object)
        same = mine[columns].astype(object).eq(held) | (mine[columns].isna() & held.isna())
        if not (mine.index.isin(known.index).all() and same.all(axis=None)):
            said = f"rows of {name} that decide have another index than data({name!r})"
            raise LedgerError(f"{claim_id}: {said}. Remedy: keep the index, no reset_index or merge")


def record_claim(
    judges: Judges, claim: pd.Series, data: EvidenceTables, choices: Mapping[str, object], flips: bool = True
) -> LedgerRow:
    """Judge a claim by choices that its judgement takes and return its record; with `flips`, what turns the verdict."""
    assessment = judges.assess(claim["claim_id"], data, **choices)
    found, judged = assessment.judged, assessment.agreement != "none"
    raise_if_rows_reindexed(claim["claim_id"], found.rows, data)
    flip = find_smallest_flip(judges, claim["claim_id"], data, **choices) if flips and judged else Flip("", ())
    more = (
        describe_rounding(claim, found),
        describe_missing_records(claim["claim_id"], judged, data),
        describe_coder_disagreement(found.rows, data),
        describe_weak_evidence(assessment),
        describe_adversarial_reviews(claim["claim_id"], data),
    )
    reason = join_texts([found.reason, *more], SENTENCE)
    rows = found.rows.loc[found.rows["table"] == "claim_evidence", "evidence_id"] if "evidence_id" in found.rows else ()
    return LedgerRow(
        claim_id=claim["claim_id"],
        **{name: claim[name] for name in OF_CLAIM},
        value_printed=claim["value_text"],
        printed=of(claim, "printed"),
        value_computed=normalise_computed_values(found.computed) if judged else (),
        difference=None if math.isnan(found.difference) else found.difference,
        **{name: getattr(assessment, name) for name in ASSESSED},
        rule=found.rule,
        readings=found.readings,
        verdict_codings=tuple(list_verdicts_by_coder(judges, claim["claim_id"], data, **choices)),
        evidence=assessment.sources,
        evidence_rows=tuple(dict.fromkeys(rows)),
        told_beside=assessment.beside,
        lowest_grade=assessment.grade,
        flip=flip.verdict,
        flip_said=flip.said,
        flip_distance_pct=flip.distance,
        flip_steps=flip.steps,
        flip_changes=flip.changes,
        why=found.short or first_sentence(reason),
        reason=reason,
    )
