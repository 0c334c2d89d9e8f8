"""What a reader takes away: the sentence that sums up, and the findings."""

from collections import Counter
from collections.abc import Sequence

from compendium.base.texts import CLAUSE, SEMICOLON, SENTENCE, TranslatedText, catalogue, join_texts, make_markdown_text
from compendium.base.vocabulary import ANSWERS, QUALIFIED
from compendium.compendium import Compendium
from compendium.ledger.claims import LISTS
from compendium.ledger.record import Ledger
from compendium.pages.rates import read_detection_rates
from compendium.pages.statements import FilledSentence, fill_sentences

FILE, SUMMARY, LIMITS = "findings.toml", "summary.toml", "limits"  # the last: the part on how little it rests
text = catalogue("compendium/show")


def fill_findings(c: Compendium, ledger: Ledger) -> list[FilledSentence]:
    """Return the declared findings in the order in which they stand, those withdrawn at the end."""
    return sorted(fill_sentences(c, FILE, ledger).values(), key=lambda finding: bool(finding.faults))


def render_summary_paragraph(c: Compendium, ledger: Ledger) -> TranslatedText:
    """Return what sums up, in one paragraph."""
    return join_texts(list_summary_sentences(c, ledger), SENTENCE)


def list_summary_sentences(c: Compendium, ledger: Ledger) -> list[TranslatedText]:
    """Return what sums up, piece by piece: how the claims fare; the declared parts that stand, as one sentence; the
    part `limits` by itself; how well the procedure tells false from true; what is withdrawn, with the reasons."""
    declared = fill_sentences(c, SUMMARY, ledger)
    parts = [part for name, part in declared.items() if name != LIMITS]
    standing = [part.said for part in parts if not part.faults]
    judged = [one for one in ledger.values() if one.weight != LISTS]
    every = Counter(one.answer for one in judged)
    open_ones = [one for one in judged if one.answer == "unsettled"]
    sides = Counter(one.direction or one.nearness for one in open_ones)
    leaning = {name: sides[name] for name in ("for", "against", "both", "neighbour")}
    confirmed = sum(one.verdict == "confirmed" for one in ledger.values())
    return [
        text("summary-counts", claims=len(judged), **{answer: every[answer] for answer in ANSWERS}),
        *([text("summary-leaning", rest=len(open_ones) - sum(leaning.values()), **leaning)] if open_ones else []),
        text("summary-confirmed", n=confirmed) if confirmed else text("summary-unconfirmed"),
        *([text("summary", parts=join_texts(standing, SEMICOLON))] if standing else []),
        *([text("summary-limits", said=declared[LIMITS].said)] if LIMITS in declared else []),
        *describe_detection_rates(c),
        *(part.said for part in parts if part.faults),
    ]


def describe_detection_rates(c: Compendium) -> list[TranslatedText]:
    """Return how many false twins of claims were noticed and untouched claims misjudged; nothing where not measured."""
    rate = {one["rate"]: (int(one["tried"]), int(one["good"])) for one in read_detection_rates(c)}
    if "planted" not in rate:
        return []
    (twins, noticed), (others, left) = rate["planted"], rate["untouched"]
    return [text("summary-worth", twins=twins, noticed=noticed, others=others, bad=others - left)]


def render_findings_list(sentences: Sequence[FilledSentence], language: str, folder: str = "", page: str = "") -> str:
    """Return findings as a numbered Markdown list with answers, claims and links.

    `folder` leads to the notebooks, `page` to the page with all quotes, if any: claims of which one is told link there.
    """
    items = []
    for number, one in enumerate(sentences, 1):
        links = join_texts((render_notebook_link(name[:2], name, folder) for name in one.notebooks), CLAUSE)
        items.append(
            text("finding", number=number, said=one.said, judged=render_claims_by_answer(one, page), links=links)
        )
    return "\n".join(item.markdown[language] for item in items)


def render_notebook_link(label: str, notebook: str, folder: str = "notebooks/") -> TranslatedText:
    """Return a link to a notebook."""
    return make_markdown_text(lambda _: f"[{label}]({folder}{notebook}.ipynb)")


def render_claims_by_answer(sentence: FilledSentence, page: str) -> TranslatedText:
    """Return the claims of a finding by answer, the gravest first, each with its mark; `page` as in `list_findings`."""
    by: dict[str, list[str]] = {answer: [] for answer in ANSWERS}
    for name, judged in sentence.claims.items():
        shown = f"[{name}]({page}#{name.lower()})" if page and judged.verdict in QUALIFIED else name
        by[judged.answer].append(f"{shown} {judged.mark}".rstrip())
    groups = [(answer, make_markdown_text(join_texts(names).__getitem__)) for answer, names in by.items() if names]
    return join_texts([text("judged", claims=names, answer=ANSWERS[answer]) for answer, names in groups], SEMICOLON)


def render_findings(c: Compendium, ledger: Ledger, language: str, reasons: str, page: str = "") -> str:
    """Return the findings one by one, and a line that says where the `reasons` are; `page` as in `list_findings`."""
    more = text("reasons", reasons=make_markdown_text(lambda _: reasons))
    return (
        f"{render_findings_list(fill_findings(c, ledger), language, 'notebooks/', page)}\n\n{more.markdown[language]}"
    )
