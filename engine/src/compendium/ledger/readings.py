"""The rule by reading: a statement whose words leave a choice is judged as it is most plainly read.

Which reading is the plainest, and which others count, is asked of readers: the tables claim_readings, reading_votes.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

import pandas as pd

from compendium.base import texts
from compendium.base.languages import choose_engine_language
from compendium.base.texts import NOTHING, SEMICOLON, SENTENCE, TranslatedText, catalogue, first_sentence
from compendium.base.vocabulary import ANSWERS
from compendium.ledger.coding import select_deciding
from compendium.ledger.evidence import EvidenceTables, LedgerError, join_rows
from compendium.ledger.printed import is_boolean, printed_value
from compendium.ledger.record import Estimate, LedgerRow
from compendium.ledger.rules import Judged, join_evidence_sentences, missing, printed, read_stated

text = catalogue("compendium/ledger")
UNDER = {"same": "holds", "differs": "fails", "part": "fails", "relabelled": "relabelled"}  # by agreement, else open
ORDER = ("holds", "fails", "relabelled", "open")
GAPS = ("interval", "open", "related")  # the mildest first
ANSWER_IF = {"holds": "matches", "relabelled": "precise", "fails": "correct", "open": "unsettled"}  # of one reading
STRICTNESS = ("charitable", "plainest", "strictest")
LEAST, FAR = 15, 1 / 3  # points that a reading needs to count, and the part of readers who may call it far-fetched


@dataclass(frozen=True)
class InterpretationSupport:
    """How readers took to a reading: mean points of 100, the part that call it far-fetched, whether it counts."""

    points: float
    farfetched: float
    counts: bool
    voters: int
    persons: bool  # whether those whose votes decide are persons


def list_claim_interpretations(claim_id: str, data: EvidenceTables) -> pd.DataFrame:
    """Return the readings of a claim by their codes, without controls."""
    known = data("claim_readings")
    if "control" in known:
        known = known[known["control"].eq("")]
    return known[known["claim_id"] == claim_id].set_index("reading")


def count_votes(ballot: str, data: EvidenceTables) -> dict[str, InterpretationSupport]:
    """Return by reading how readers took to it, something_else included; empty where nobody was asked.

    Where three persons voted, theirs decide, as of codings.
    """
    votes = data("reading_votes")
    votes = votes[votes["ballot"] == ballot] if ballot else votes.head(0)
    made_by = votes["voter"].map(data("voters").set_index("voter")["made_by"]) if len(votes) else ()
    found = {}
    for name, mine in votes.groupby("reading", sort=False):
        by = made_by[mine.index]
        mine = mine.loc[select_deciding(mine.index.tolist(), by.tolist())]
        points, far = float(mine["points"].mean()), float(mine["mark"].eq("farfetched").mean())
        counts, persons = points >= LEAST and far <= FAR, by[mine.index].eq("person").all()
        found[str(name)] = InterpretationSupport(points, far, counts, len(mine), persons)
    return found


def rank_claim_interpretations(claim_id: str, data: EvidenceTables) -> dict[str, InterpretationSupport]:
    """Return by reading of a claim how readers took to it, the plainest first; empty where nobody was asked."""
    known = list_claim_interpretations(claim_id, data)
    ballots = known["ballot"].unique() if "ballot" in known else []
    votes = count_votes(ballots[0], data) if len(ballots) == 1 else {}
    mine = {name: votes[name] for name in known.index if name in votes}
    return dict(sorted(mine.items(), key=lambda one: -one[1].points)) if len(mine) == len(known) else {}


def answer_by_strictness(one: LedgerRow, data: EvidenceTables) -> dict[str, str]:
    """Return the answer on a claim under each of STRICTNESS, a key of ANSWERS: by the readings that count, each alone.

    A claim whose words leave no choice has its answer under each.
    """
    votes = rank_claim_interpretations(one.claim_id, data) if one.readings else {}
    if not votes:
        return dict.fromkeys(STRICTNESS, one.answer)
    given = [ANSWER_IF[one.readings[name]] for name, mine in votes.items() if mine.counts or name == next(iter(votes))]
    ranked = sorted(given, key=list(ANSWERS).index, reverse=True)
    return dict(zip(STRICTNESS, (ranked[0], given[0], ranked[-1]), strict=True))


def by_reading(claim: pd.Series, found: Mapping[str, Judged], data: EvidenceTables) -> Judged:
    """Judge a statement under the readings that the table claim_readings gives it, as the votes weigh them.

    The plainest reading decides. Another that counts makes the claim depend on the reading where the plainest holds and
    it fails, or the other way round; where the plainest is not settled and another that counts holds, the figure stands
    under another label. Of a number whose plainest reading is not settled, sources that have it under one that does
    not count have it under another label too, and if the only ones found print another number, it is misquoted; else
    such a reading is told and neither saves nor sinks. Without votes all readings count, and the first row of the
    table is the plainest.

    Args:
        claim: row of the table claims.
        found: what was found under each reading, by its code.
        data: the tables.

    Raises:
        LedgerError: the readings are not those of the table.
    """
    known = list_claim_interpretations(claim["claim_id"], data)
    if data("claim_readings").empty:
        return missing("by_reading")
    if set(known.index) != set(found):
        named = (", ".join(sorted(names)) or "none" for names in (found, known.index))
        fault = "{}: its judgement gives the readings {}; claim_readings.csv has {}".format(claim["claim_id"], *named)
        raise LedgerError(f"{fault}. Remedy: give the claim there one row for each of the former, and no other")
    votes = rank_claim_interpretations(claim["claim_id"], data)
    order = list(votes or known.index)
    said = {name: UNDER.get(found[name].agreement, "open") for name in order}
    if all(judged.agreement == "none" for judged in found.values()):
        return missing("by_reading")
    plainest, counting = order[0], [name for name in order[1:] if not votes or votes[name].counts]
    elsewhere = [name for name in order if said[name] in ("holds", "relabelled") and name not in (plainest, *counting)]
    used = [plainest, *counting]
    agreement = combine_interpretation_results(
        said[plainest], {said[name] for name in counting}, [found[n].agreement for n in used]
    )
    if agreement in ("none", *GAPS) and elsewhere and printed_value(claim).numeric:
        agreement, used = "relabelled", [*used, *elsewhere]
    elif agreement in ("none", *GAPS, "open") and (
        printing := [n for n in order if prints_different_number(said[n], found[n])]
    ):
        agreement, used = "differs", list(dict.fromkeys([*used, *printing]))  # the only sources found print another
    elif agreement == "none":  # what is known is of readings that do not count
        agreement, used = "related", order
    beside = [found[name] for name in order if name not in used]
    deciding = [found[name] for name in used]
    values = [v for judged in deciding for v in list_computed(judged.computed) if not is_boolean(v)]
    truths = list(dict.fromkeys(said[name] == "holds" for name in used if said[name] in ("holds", "fails")))
    differences = [judged.difference for judged in deciding if not math.isnan(judged.difference)]
    each = [
        text(
            f"reading-{said[name]}",
            reading=describe_interpretation_votes(known.loc[name], votes.get(name), name == plainest),
            said=one.said,
        )
        for name, one in ((name, found[name]) for name in order)
    ]
    told = {name: said[name] for name in used}
    if agreement == "relabelled":  # what is not known under the plainest reading need not be said beside what is
        holding = dict.fromkeys((name for name in used if said[name] == "holds"), "only")
        told = holding or {plainest: "relabelled"}
    short = summarise_by_interpretation(told, known) if agreement in ("depends", "relabelled") else NOTHING
    if said[plainest] in ("holds", "fails") and not short:
        short = first_sentence(found[plainest].said)  # what decides, before the points and the other readings
    levers = [one for judged in found.values() if not isinstance(judged.levers, str) for one in judged.levers or ()]
    return Judged(
        "by_reading",
        agreement,
        join_rows([judged.rows for judged in deciding]),
        values or truths or next((j.computed for j in deciding if isinstance(j.computed, tuple)), (False, True)),
        max(differences, key=abs) if differences else math.nan,
        sides=tuple((name, side) for name in used for side in label_interchangeable_rows(found[name])),
        reason=texts.join_texts(each, SENTENCE),
        short=short,
        beside=join_rows([frame for one in beside for frame in (one.rows, one.beside)] + [j.beside for j in deciding]),
        weaker=join_rows([judged.weaker for judged in found.values()]),
        levers=levers or None,
        readings=said,
    )


def read_under(claim: pd.Series, reading: str, data: EvidenceTables, unknown: TranslatedText) -> Judged:
    """Judge a claim under one reading by the rows of claim_evidence that have that reading as their part.

    Args:
        claim: row of the table claims.
        reading: its code in claim_readings.
        data: the tables.
        unknown: what is said where there is no such row; that one would decide is added.
    """
    rows, part = data.evidence(claim["claim_id"]), data.languages.columns("part")[0]
    known = list_claim_interpretations(claim["claim_id"], data)
    wanted = known[data.languages.columns("reading")[0]].get(reading, "")
    rows = rows[rows[part].eq(wanted) & rows[part].ne("")]
    if rows.empty:
        return missing().told(texts.join_texts([unknown, text("reading-row")], SENTENCE))
    return printed(claim, rows, [read_stated(row) for _, row in rows.iterrows()], data).told(
        join_evidence_sentences(rows)
    )


def combine_interpretation_results(plainest: str, others: set[str], agreements: list[str]) -> str:
    """Return the agreement of a statement.

    Args:
        plainest: whether it holds, fails, is relabelled or open under its plainest reading.
        others: the same under the others that count.
        agreements: what was found under all of these, the plainest first.
    """
    both = {plainest, *others}
    if {"holds", "fails"} <= both:
        return "depends"
    if plainest == "holds":
        return "same"
    if plainest in ("open", "relabelled") and "holds" in others:
        return "relabelled"
    if plainest != "open":
        return agreements[0]
    return "open" if "fails" in others else next((word for word in (*GAPS, *agreements) if word in agreements), "none")


def prints_different_number(outcome: str, judged: Judged) -> bool:
    """Tell whether rows print a number that is not the paper's, as sources print it under one reading."""
    return outcome == "fails" and any(not is_boolean(value) for value in list_computed(judged.computed))


def describe_interpretation_votes(
    interpretation: pd.Series, votes: InterpretationSupport | None, is_plainest: bool
) -> TranslatedText:
    """Return a reading with the points that readers gave it; by itself where nobody was asked."""
    told_reading = texts.of(interpretation, "reading")
    if votes is None:
        return told_reading
    key = "plainest" if is_plainest else "counted" if votes.counts else "uncounted"
    told: dict[str, object] = {"reading": told_reading, "points": round(votes.points)}
    if is_plainest and votes.persons:
        return text("reading-plainest-persons", **told, voters=votes.voters)
    return text(f"reading-{key}", **told)


def label_interchangeable_rows(judged: Judged) -> tuple:
    """Return by row what it says, where one row of each kind is needed: all rows, unless any tells it all."""
    return judged.sides or ((True,) * len(judged.rows) if judged.any_row else tuple(range(len(judged.rows))))


def summarise_by_interpretation(outcomes: Mapping[str, str], interpretations: pd.DataFrame) -> TranslatedText:
    """Return under which readings a statement holds, and under which it fails or is not settled."""
    told = []
    for word in ("only", *ORDER):
        mine = [texts.of(interpretations.loc[name], "reading") for name, one in outcomes.items() if one == word]
        told += [text(f"under-{word}", readings=TranslatedText(partial(join_interpretations, mine)))] if mine else []
    return texts.join_texts(told, SENTENCE)


def join_interpretations(interpretations: list[TranslatedText], language: str) -> str:
    """Return readings as a list in a language; the words that all begin with stand once."""
    first, *rest = (reading[language] for reading in interpretations)
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(first, *rest, strict=False))
    shared = "".join(signs[0] for signs in alike) if rest else ""
    shared = shared if choose_engine_language(language) == "zh" else shared[: shared.rfind(" ") + 1]
    *before, last = [first, *(one.removeprefix(shared) for one in rest)]
    either = text("reading-or" if shared else "reading-or-if")[language] if before else ""
    return f"{texts.choose_punctuation(SEMICOLON, language).join(before)}{either}{last}"


def list_computed(computed: object) -> list:
    """Return what a judgement computed as a list, without the ends of an interval."""
    if isinstance(computed, tuple):
        return [computed] if isinstance(computed, Estimate) else []
    return list(computed) if isinstance(computed, Iterable) else [] if computed is None else [computed]
