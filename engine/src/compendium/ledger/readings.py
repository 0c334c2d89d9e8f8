"""The rule by reading: a statement whose words leave a choice is judged under each fair reading of it."""

import math
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import takewhile

import pandas as pd

from compendium import texts
from compendium.languages import own
from compendium.ledger.evidence import Data, LedgerError, join_rows
from compendium.ledger.judging import Judged, missing
from compendium.ledger.printed import truth
from compendium.ledger.record import Estimate
from compendium.texts import NOTHING, SEMICOLON, SENTENCE, Text, catalogue

text = catalogue("compendium/ledger")
UNDER = {"same": "holds", "differs": "fails", "part": "fails", "relabelled": "fails"}  # by agreement, else open
ORDER = ("holds", "fails", "open")
FAULTS, GAPS = ("relabelled", "part", "differs"), ("interval", "open", "related")  # the mildest first


def by_reading(claim: pd.Series, found: Mapping[str, Judged], data: Data) -> Judged:
    """Judge a statement under each fair reading that the table claim_readings gives it.

    It agrees only if every reading does, and is to be corrected only if every reading fails, as the mildest says. What
    holds under one reading and not under another depends on the reading; what fails under one and is not settled under
    any other is open.

    Args:
        claim: row of the table claims.
        found: what was found under each reading, by its code.
        data: the tables.

    Raises:
        LedgerError: the readings are not those of the table.
    """
    known = data("claim_readings")
    known = known[known["claim_id"] == claim["claim_id"]].set_index("reading")
    if data("claim_readings").empty:
        return missing("by_reading")
    if set(known.index) != set(found):
        named = (", ".join(sorted(names)) or "none" for names in (found, known.index))
        fault = "{}: its judgement gives the readings {}; claim_readings.csv has {}".format(claim["claim_id"], *named)
        raise LedgerError(f"{fault}. Remedy: give the claim there one row for each of the former, and no other")
    said = {name: UNDER.get(judged.agreement, "open") for name, judged in found.items()}
    given, agreements = set(said.values()), {judged.agreement for judged in found.values()}
    if agreements == {"none"}:
        return missing("by_reading")
    if "holds" in given:
        agreement = "same" if given == {"holds"} else "depends"
    elif given == {"fails"}:
        agreement = next(word for word in FAULTS if word in agreements)
    else:
        agreement = "open" if "fails" in given else next((word for word in GAPS if word in agreements), "open")
    values = [v for judged in found.values() for v in list_computed(judged.computed) if not truth(v)]
    truths = list(dict.fromkeys(word == "holds" for word in said.values() if word != "open"))
    differences = [judged.difference for judged in found.values() if not math.isnan(judged.difference)]
    told = sorted(found, key=lambda name: ORDER.index(said[name]))
    each = [
        text(f"reading-{said[name]}", reading=texts.of(known.loc[name], "reading"), said=found[name].said)
        for name in told
    ]
    levers = [one for judged in found.values() if not isinstance(judged.levers, str) for one in judged.levers or ()]
    return Judged(
        "by_reading",
        agreement,
        join_rows([judged.rows for judged in found.values()]),
        values or truths or next((j.computed for j in found.values() if isinstance(j.computed, tuple)), (False, True)),
        max(differences, key=abs) if differences else math.nan,
        sides=tuple((name, side) for name, judged in found.items() for side in list_needed(judged)),
        reason=texts.joined(each, SENTENCE),
        short=in_short(said, known) if agreement == "depends" else NOTHING,
        beside=join_rows([judged.beside for judged in found.values()]),
        weaker=join_rows([judged.weaker for judged in found.values()]),
        levers=levers or None,
        readings=said,
    )


def list_needed(judged: Judged) -> tuple:
    """Return by row what it says, where one row of each kind is needed: all rows, unless any tells it all."""
    return judged.sides or ((True,) * len(judged.rows) if judged.any_row else tuple(range(len(judged.rows))))


def in_short(said: Mapping[str, str], known: pd.DataFrame) -> Text:
    """Return under which readings a statement holds, and under which it fails or is not settled."""
    told = []
    for word in ORDER:
        mine = [texts.of(known.loc[name], "reading") for name, one in said.items() if one == word]
        told += [text(f"under-{word}", readings=Text(partial(list_readings, mine)))] if mine else []
    return texts.joined(told, SENTENCE)


def list_readings(readings: list[Text], language: str) -> str:
    """Return readings as a list in a language; the words that all begin with stand once."""
    first, *rest = (reading[language] for reading in readings)
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(first, *rest, strict=False))
    shared = "".join(signs[0] for signs in alike) if rest else ""
    shared = shared if own(language) == "zh" else shared[: shared.rfind(" ") + 1]
    *before, last = [first, *(one.removeprefix(shared) for one in rest)]
    either = text("reading-or" if shared else "reading-or-if")[language] if before else ""
    return f"{texts.mark(SEMICOLON, language).join(before)}{either}{last}"


def list_computed(computed: object) -> list:
    """Return what a judgement computed as a list, without the ends of an interval."""
    if isinstance(computed, tuple):
        return [computed] if isinstance(computed, Estimate) else []
    return list(computed) if isinstance(computed, Iterable) else [] if computed is None else [computed]
