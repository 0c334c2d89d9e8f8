"""A claim judged, as one row of the ledger."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

import pandas as pd

from compendium.data.datapackage import LIST
from compendium.languages import Languages, own
from compendium.ledger import chance
from compendium.ledger.claims import OF_CLAIM
from compendium.ledger.coding import alone, parting
from compendium.ledger.evidence import Data
from compendium.ledger.flips import Flip, nearest
from compendium.ledger.judges import Assessment, Judges
from compendium.ledger.printed import numbers, truth
from compendium.texts import NOTHING, SENTENCE, Text, catalogue, column, joined

text = catalogue("compendium/ledger")
RECORDS = ("、", "; ")
END = {"zh": re.compile("(?<=。)"), "en": re.compile(r"(?:(?<=[^\s.]{2}[.?!])|(?<=\d[.?!]))\s+(?=[A-Z“0-9(])")}


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
        digits = (f"{v:.6g}" if abs(v) < 1e6 else f"{v:.0f}" for v in numbers(listed))
        values = list(dict.fromkeys(f"{Decimal(number):f}" if "e" in number else number for number in digits))
    return (" to " if isinstance(computed, tuple) else " / ").join(values)


def weakness(assessment: Assessment) -> Text:
    """Return the sentence that owns up to weak evidence; empty where it is firm."""
    if assessment.strength != "weak":
        return NOTHING
    if assessment.grade != "C":
        return text("weak-site")
    return text("weak-both" if assessment.trust == "unsafe" else "weak-grade")


def unseen(claim_id: str, judged: bool, data: Data) -> Text:
    """Return which records that would help were not obtained; empty for none.

    Of a claim that is `judged` those that would decide are told first; else its reason tells them.
    """
    asked = {"unseen-decisive": judged, "unseen-helpful": True}
    rows = {key: data.records(claim_id, decides=key == "unseen-decisive") for key, told in asked.items() if told}
    return joined(
        (text(key, records=column(found, "record", RECORDS)) for key, found in rows.items() if len(found)), SENTENCE
    )


def second_look(claim_id: str, data: Data) -> Text:
    """Return how readers fared who were told to save the paper from a verdict, or to refute it; empty for none."""
    looks, told = data("second_looks"), []
    for task, mine in looks[looks["claim_id"] == claim_id].groupby("task", sort=False):
        won = int(mine["outcome"].isin(["saved", "not-contradicted", "refuted", "depends"]).sum())
        weaker = int(mine["outcome"].eq("weaker").sum())
        if won:
            told.append(text("look-saved" if task == "save" else "look-refuted", readers=len(mine), won=won))
        elif task == "refute" and weaker:
            told.append(text("look-weaker", readers=len(mine), weaker=weaker))
        else:
            told.append(text("look-failed" if task == "save" else "look-held", readers=len(mine)))
    return joined(told, SENTENCE)


def first(reason: Text) -> Text:
    """Return the first sentence of a reason, which says what is found."""
    return Text(lambda language: END[own(language)].split(reason[language])[0])


def record(judges: Judges, claim: pd.Series, data: Data, choices: Mapping[str, object], flips: bool = True) -> dict:
    """Judge a claim and return its row of the ledger.

    Args:
        judges: the judgements of the study.
        claim: row of the table claims.
        data: the tables.
        choices: those that the judgement takes.
        flips: whether what would turn the verdict is searched.
    """
    assessment, languages = judges.assess(claim["claim_id"], data, **choices), data.languages
    judged = assessment.agreement != "none"
    flip = nearest(judges, claim["claim_id"], data, **choices) if flips and judged else Flip("", ())
    rows = assessment.judged.rows
    more = (
        chance.told(claim, assessment.judged, data) if judged else NOTHING,
        unseen(claim["claim_id"], judged, data),
        parting(rows, data),
        weakness(assessment),
        second_look(claim["claim_id"], data),
    )
    reason = joined([assessment.judged.reason, *more], SENTENCE)
    why = assessment.judged.short or first(reason)
    said = rows.loc[rows["table"] == "claim_evidence", "evidence_id"] if "evidence_id" in rows else ()
    return {
        "claim_id": claim["claim_id"],
        **{name: claim[name] for name in OF_CLAIM},
        "value_printed": claim["value_text"],
        **{name: claim[name] for name in languages.columns("printed")},
        "value_computed": shown_value(assessment.judged.computed) if judged else "",
        "difference": assessment.judged.difference,
        "rule": assessment.judged.rule,
        "trace": assessment.trace,
        "agreement": assessment.agreement,
        "direction": assessment.direction,
        "readings": LIST.join(f"{name}: {word}" for name, word in assessment.judged.readings.items()),
        "origin": assessment.origin,
        "verdict": assessment.verdict,
        "verdict_codings": LIST.join(alone(judges, claim["claim_id"], data, **choices)),
        "evidence": LIST.join(assessment.sources),
        "evidence_rows": LIST.join(dict.fromkeys(said)),
        "told_beside": LIST.join(assessment.beside),
        "lowest_grade": assessment.grade,
        "trust": assessment.trust,
        "strength": assessment.strength,
        "flip": flip.verdict,
        **by_column("flip", flip.said, languages),
        "flip_distance_pct": "" if flip.distance is None else f"{flip.distance:.6g}",
        "flip_steps": "" if flip.steps is None else str(flip.steps),
        "flip_changes": json.dumps([vars(change) for change in flip.changes]) if flip.changes else "",
        **by_column("why", why, languages),
        **by_column("reason", reason, languages),
    }


def by_column(stem: str, said: Text, languages: Languages) -> dict[str, str]:
    """Return a text by the columns that hold it in each language."""
    return {f"{stem}_{language}": said[language] for language in languages}
