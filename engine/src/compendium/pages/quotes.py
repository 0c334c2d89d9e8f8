"""What to quote instead of a claim that needs correcting or depends on its reading, from which sources; how to cite."""

from dataclasses import dataclass

import pandas as pd

from compendium.base.texts import SEMICOLON, TranslatedText, catalogue, join_texts, make_markdown_text, of
from compendium.base.vocabulary import QUALIFIED, VERDICTS
from compendium.compendium import Compendium
from compendium.ledger import claims
from compendium.ledger.evidence import LedgerError
from compendium.ledger.record import Ledger
from compendium.pages.findings import render_notebook_link
from compendium.pages.listing import render_markdown_table
from compendium.pages.statements import fill_sentences

FILE = "quotes.toml"
FIRST = 2  # sources of a claim in the short table
text = catalogue("compendium/show")


@dataclass(frozen=True)
class ProposedQuote:
    """What to quote instead of a claim."""

    said: TranslatedText  # a sentence that could stand in a paper; in its place why there is none
    sources: tuple[str, ...]  # that carry it: of the rows it quotes those that its verdict names, else of its verdict
    cite: TranslatedText  # how to cite the verdict
    stands: bool  # whether there is a sentence


def list_proposed_quotes(c: Compendium, ledger: Ledger) -> dict[str, ProposedQuote]:
    """Return by claim what to quote instead, for those that are QUALIFIED or have a declared sentence."""
    declared = fill_sentences(c, FILE, ledger)
    for name, one in declared.items():
        if name not in one.expects:
            raise LedgerError(f"notebooks/{FILE}, {name}: expects must name {name}. Remedy: add it with its verdict")
    found = {}
    asked = [name for name, one in ledger.items() if one.verdict in QUALIFIED or name in declared]
    for name in sorted(asked, key=claims.parse_claim_number):
        judged, sentence = ledger[name], declared.get(name)
        named = {*judged.evidence, *judged.told_beside}
        carried = [source for source in sentence.sources if source in named] if sentence else []
        missing = text("quote-missing", claim=name, verdict=VERDICTS[judged.verdict])
        found[name] = ProposedQuote(
            said=sentence.said if sentence else missing,
            sources=tuple(carried) or judged.evidence,
            cite=render_citation(c, name, judged.verdict),
            stands=sentence is not None and not sentence.faults,
        )
    return found


def render_citation(c: Compendium, claim_id: str, verdict: str) -> TranslatedText:
    """Return how to cite the verdict on a claim."""
    return text(
        "cite",
        title=c.tables.said(c.tables.package, "title"),
        version=c.declaration.version,
        claim=claim_id,
        verdict=VERDICTS[verdict],
        paper=c.declaration.paper.reference,
    )


def render_quotes_table(
    c: Compendium, ledger: Ledger, language: str, folder: str = "notebooks/", page: str = ""
) -> str:
    """Return as a Markdown table what to quote instead, headline claims first, and how to cite; empty if nothing is.

    `folder` leads to the notebooks, `page` from a short table, of headline claims and first sources, to the whole one.
    """
    found, stated = list_proposed_quotes(c, ledger), c.tables("claims").set_index("claim_id")
    sources = c.tables("sources").set_index("source_id")
    order = sorted(found, key=lambda name: claims.WEIGHED.index(ledger[name].weight))
    if not order:
        return ""
    lines = []
    for name in [name for name in order if not page or ledger[name].weight == "headline"]:
        carry = [render_source_link(sources.loc[one]) for one in found[name].sources]
        if page and len(carry) > FIRST:
            carry[FIRST:] = [text("sources-more", rest=len(carry) - FIRST)]
        place = "" if page else f'<a id="{name.lower()}"></a>'
        statement = of(stated.loc[name], "statement").markdown[language]
        shown, said = (
            place + render_notebook_link(name, ledger[name].notebook, folder)[language],
            found[name].said.markdown[language],
        )
        lines.append((shown, statement, said, join_texts(carry, SEMICOLON).markdown[language]))
    head = [text(f"quote-{column}")[language] for column in ("claim", "says", "instead", "sources")]
    first = order[0]
    leads = text("quote-all", n=len(order), page=make_markdown_text(lambda _: page), place=first.lower())
    every, how = leads.markdown[language] if page else "", text("cite-how", cite=found[first].cite).markdown[language]
    return "\n\n".join((render_markdown_table(head, lines, "llll"), " ".join(filter(None, (every, how)))))


def render_source_link(source: pd.Series) -> TranslatedText:
    """Return the name of a source, a link to its page unless its site is not trusted."""
    name, form = of(source, "name"), "{}" if source["host_trust"] == "unsafe" else f"[{{}}](<{source['url']}>)"
    return make_markdown_text(lambda language: form.format(name.markdown[language]))
