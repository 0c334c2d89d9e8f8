"""What a reader takes away: the sentence that sums up, and the findings."""

from collections.abc import Sequence

import pandas as pd

from compendium.ledger.claims import LISTS
from compendium.show.declared import Sentence, sentences
from compendium.texts import CLAUSE, SEMICOLON, SENTENCE, Part, Text, catalogue, joined
from compendium.vocabulary import ANSWERS, DEPENDS, QUALIFIED, STRENGTHS, answered

FILE, SUMMARY, LIMITS = "findings.toml", "summary.toml", "limits"  # the last: the part on how little it rests
text = catalogue("compendium/show", Part)


def key_findings(ledger: pd.DataFrame, kind: type[Text] = Part) -> list[Sentence]:
    """Return the declared findings in the order in which they stand, those withdrawn at the end."""
    return sorted(sentences(FILE, ledger, kind).values(), key=lambda finding: bool(finding.faults))


def summary(ledger: pd.DataFrame, kind: type[Text] = Part) -> Text:
    """Return what sums up: the declared parts that stand, as one sentence; how the headline claims fare; the declared
    part `limits` by itself; what is withdrawn, with the reasons.

    It is Markdown, or with the kind `Text` as it stands.
    """
    tell = catalogue("compendium/show", kind)
    declared = sentences(SUMMARY, ledger, kind)
    parts = [part for name, part in declared.items() if name != LIMITS]
    standing = [part.said for part in parts if not part.faults]
    given = ledger.loc[ledger["weight"] == "headline", "verdict"].map(answered).value_counts()
    counted: dict[str, object] = {answer: given.get(answer, 0) for answer in ANSWERS}
    wrong = counted.pop("correct")
    counted["corrected"] = tell("summary-correct", n=wrong) if wrong else tell("summary-correct-none")
    counted["depends"] = int((ledger["weight"].eq("headline") & ledger["verdict"].eq(DEPENDS)).sum())
    confirmed, substance = (ledger["verdict"] == "confirmed").sum(), (ledger["weight"] != LISTS).sum()
    pieces = [
        *([tell("summary", parts=joined(standing, SEMICOLON))] if standing else []),
        tell("summary-counts", claims=substance, headline=given.sum(), **counted),
        tell("summary-confirmed", n=confirmed) if confirmed else tell("summary-unconfirmed", claims=substance),
        *([tell("summary-limits", said=declared[LIMITS].said)] if LIMITS in declared else []),
        *(part.said for part in parts if part.faults),
    ]
    return joined(pieces, SENTENCE)


def listed(found: Sequence[Sentence], language: str, folder: str = "", page: str = "") -> str:
    """Return findings as a numbered Markdown list with answers, claims and links.

    Args:
        found: the findings.
        language: which.
        folder: what leads to the notebooks.
        page: what leads to the page with all quotes, if there is one: claims of which one is told link to theirs.
    """
    items = []
    for number, one in enumerate(found, 1):
        links = joined((link(name[:2], name, folder) for name in one.notebooks), CLAUSE)
        told = text("finding", number=number, said=one.said, judged=judged(one, page), links=links)
        items.append(told[language])
    return "\n".join(items)


def link(shown: str, notebook: str, folder: str = "notebooks/") -> Part:
    """Return a link to a notebook."""
    return Part(lambda language: f"[{shown}]({folder}{notebook}.ipynb)")


def judged(one: Sentence, page: str) -> Text:
    """Return the claims of a finding by answer, the gravest first, each with the mark of firm or weak evidence.

    Those beside which stands what to quote instead link to it on `page`, if any.
    """
    by: dict[str, list[str]] = {answer: [] for answer in ANSWERS}
    for name, verdict in one.claims.items():
        shown = f"[{name}]({page}#{name.lower()})" if page and verdict in QUALIFIED else name
        by[answered(verdict)].append(f"{shown} {STRENGTHS[one.strengths[name]].mark}".rstrip())
    told = (
        text("judged", claims=Part(joined(names).__getitem__), answer=ANSWERS[answer])
        for answer, names in by.items()
        if names
    )
    return joined(told, SEMICOLON)


def findings(ledger: pd.DataFrame, language: str, reasons: str, page: str = "") -> str:
    """Return the findings one by one, and where the reasons stand: `reasons` links to them; `page` as in `listed`."""
    more = text("reasons", reasons=Part(lambda _: reasons))
    return f"{listed(key_findings(ledger), language, 'notebooks/', page)}\n\n{more[language]}"
