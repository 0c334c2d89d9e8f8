"""Does the judge notice a wrong number? The number that a claim prints is falsified, and the claim judged anew.

The tables stay as they are: only what the paper is said to print is another number. A judgement that gives the same
verdict whatever is printed judges nothing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from compendium.base import values
from compendium.base.vocabulary import find_answer_category
from compendium.ledger.evidence import EvidenceTables, UnexplainedEvidenceGapError
from compendium.ledger.record import TableChange
from compendium.ledger.recording import normalise_computed_values
from compendium.ledger.verdict import Judges

KINDS = ("unit", "tenth", "swapped", "doubled")


class Falsified(NamedTuple):
    """One number of a claim falsified: how, what was printed and is printed then, the verdicts before and after.

    `shown` tells whether the value that was found, and stands beside the printed one, is not the falsified number.
    """

    claim_id: str
    kind: str
    printed: str
    falsified: str
    verdict: str
    verdict_then: str
    shown: bool

    @property
    def noticed(self) -> bool:
        """Whether the claim must be corrected or made precise then, with the right number beside it."""
        return find_answer_category(self.verdict_then) in ("correct", "precise") and self.shown


def falsify_number(number: str) -> dict[str, str]:
    """Return by kind another number than `number`, each printed with as many digits after the point.

    `unit` is one more in the last digit that is not 0, `tenth` a tenth more, at least a unit, `swapped` has the last
    two different digits that stand side by side the other way round, `doubled` is twice the number.
    """
    plain = number.replace(",", "")
    value, places = Decimal(plain), len(plain.partition(".")[2])
    significant = plain.rstrip("0") if places == 0 else plain
    unit = Decimal(1).scaleb(len(plain) - len(significant) if places == 0 and value else -places)
    tenth = max(unit, round(value / 10 / unit) * unit)
    made = {"unit": value + unit, "tenth": value + tenth, "doubled": 2 * value}
    found = {kind: f"{one:.{places}f}" for kind, one in made.items()}
    pairs = [place for place in range(len(plain) - 1, 0, -1) if plain[place] != plain[place - 1]]
    pairs = [place for place in pairs if "." not in plain[place - 1 : place + 1]]
    if pairs:
        place = pairs[0]
        found["swapped"] = plain[: place - 1] + plain[place] + plain[place - 1] + plain[place + 1 :]
    return {kind: found[kind] for kind in KINDS if kind in found and Decimal(found[kind]) != value}


def list_falsified(claim: pd.Series, data: EvidenceTables) -> Iterator[tuple[str, str, str, tuple[TableChange, ...]]]:
    """Yield kind, printed and falsified number, and the changes of the table claims that falsify the last number."""
    text, place = claim["value_text"], data.row(claim["claim_id"])
    ends = {end: float(claim[end]) for end in ("value_low", "value_high") if pd.notna(claim[end])}
    found = [
        one for one in values.ANY.finditer(text) if float(values.normalise_printed_number(one[0])) in ends.values()
    ]
    if not found:
        return
    last = found[-1]
    for kind, other in falsify_number(last[0]).items():
        cells: dict[str, str | float] = {"value_text": text[: last.start()] + other + text[last.end() :]}
        moved = [end for end, value in ends.items() if value == float(values.normalise_printed_number(last[0]))]
        if len(ends) == 2 and len(moved) == 1 and float(other) < min(ends.values()):
            continue  # the end of a period before its beginning is no value
        cells |= dict.fromkeys(moved, float(other))
        yield (
            kind,
            last[0],
            other,
            tuple(TableChange("set", "claims", place, name, (cell,)) for name, cell in cells.items()),
        )


def falsify(judges: Judges, claim_id: str, data: EvidenceTables) -> list[Falsified]:
    """Judge a claim with its number falsified in each way; nothing for a claim that prints no number."""
    claim, before = data.claim(claim_id), judges.assess(claim_id, data)
    made = []
    for kind, printed, other, changes in list_falsified(claim, data):
        try:
            then = judges.assess(claim_id, data.having(*changes))
        except UnexplainedEvidenceGapError:
            made.append(Falsified(claim_id, kind, printed, other, before.verdict, "no source found", True))
            continue
        values_found = [float(end) for span in normalise_computed_values(then.judged.computed) for end in span]
        shown = bool(values_found) and float(other) not in values_found
        made.append(Falsified(claim_id, kind, printed, other, before.verdict, then.verdict, shown))
    return made
