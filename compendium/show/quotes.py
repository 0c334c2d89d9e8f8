"""What to quote instead of a claim that needs correcting or depends on its reading, from which sources; how to cite."""

from dataclasses import dataclass

import pandas as pd

from compendium import escape
from compendium.data import datapackage, tables
from compendium.data.datapackage import LIST
from compendium.declaration import declared
from compendium.ledger import claims
from compendium.ledger.evidence import LedgerError
from compendium.show.declared import sentences
from compendium.show.findings import link
from compendium.show.listing import grid
from compendium.texts import SEMICOLON, Part, Text, catalogue, joined, of
from compendium.vocabulary import QUALIFIED, VERDICTS

FILE = "quotes.toml"
FIRST = 2  # sources of a claim in the short table
text = catalogue("compendium/show", Part)


@dataclass(frozen=True)
class Quote:
    """What to quote instead of a claim.

    Attributes:
        said: a sentence that could stand in a paper; in its place why there is none.
        sources: the sources that carry it: those of the rows it quotes that its verdict names, or else of its verdict.
        cite: how to cite the verdict.
        stands: whether there is a sentence.
    """

    said: Text
    sources: tuple[str, ...]
    cite: Text
    stands: bool


def quotes(ledger: pd.DataFrame, kind: type[Text] = Part) -> dict[str, Quote]:
    """Return by claim what to quote instead, for claims that need correcting or depend on the reading, or have a
    declared sentence.

    Texts are Markdown, or with the kind `Text` as they stand.

    Raises:
        LedgerError: a declared sentence does not rest on the claim that it is named after.
    """
    tell = catalogue("compendium/show", kind)
    declared = sentences(FILE, ledger, kind)
    for name, one in declared.items():
        if name not in one.claims:
            raise LedgerError(f"notebooks/{FILE}, {name}: expects must name {name}. Remedy: add it with its verdict")
    found = {}
    rows = ledger[ledger["verdict"].isin(QUALIFIED) | ledger["claim_id"].isin(list(declared))]
    for row in rows.sort_values("claim_id", key=claims.by_number).to_dict("records"):
        name, verdict, sentence = row["claim_id"], row["verdict"], declared.get(row["claim_id"])
        judged = [source for source in row["evidence"].split(LIST) if source]
        named = {*judged, *row["told_beside"].split(LIST)}
        carried = [source for source in sentence.sources if source in named] if sentence else []
        said = sentence.said if sentence else tell("quote-missing", claim=name, verdict=VERDICTS[verdict])
        stands = sentence is not None and not sentence.faults
        found[name] = Quote(said, tuple(carried or judged), cite(name, verdict, kind), stands)
    return found


def cite(claim: str, verdict: str, kind: type[Text]) -> Text:
    """Return how to cite the verdict on a claim."""
    package = datapackage.descriptor()
    tell = catalogue("compendium/show", kind)
    return tell(
        "cite",
        title=datapackage.said(package, "title"),
        version=declared().version,
        claim=claim,
        verdict=VERDICTS[verdict],
        paper=declared().paper.reference,
    )


def table(ledger: pd.DataFrame, language: str, folder: str = "notebooks/", page: str = "") -> str:
    """Return as a Markdown table what to quote instead, headline claims first, and how to cite; empty if nothing is.

    Args:
        ledger: the claims as judged.
        language: which.
        folder: what leads to the notebooks.
        page: what leads to the page with all of them, if this is a short table: of headline claims and first sources.
    """
    found, stated = quotes(ledger), tables.raw("claims").set_index("claim_id")
    sources = tables.raw("sources").set_index("source_id")
    rows = ledger.set_index("claim_id").loc[list(found)]
    rows = rows.sort_values("weight", key=lambda column: column.map(claims.WEIGHED.index), kind="stable")
    if rows.empty:
        return ""
    lines = []
    for name, row in (rows[rows["weight"] == "headline"] if page else rows).iterrows():
        given = [named(sources.loc[one]) for one in found[name].sources]
        if page and len(given) > FIRST:
            given[FIRST:] = [text("sources-more", rest=len(given) - FIRST)]
        place = "" if page else f'<a id="{name.lower()}"></a>'
        statement = escape.markdown(of(stated.loc[name], "statement")[language])
        shown = place + link(name, row["notebook"], folder)[language]
        lines.append((shown, statement, found[name].said[language], joined(given, SEMICOLON)[language]))
    head = [text(f"quote-{column}")[language] for column in ("claim", "says", "instead", "sources")]
    first = rows.index[0]
    every = text("quote-all", n=len(rows), page=Part(lambda _: page), place=first.lower())[language] if page else ""
    how = text("cite-how", cite=found[first].cite)[language]
    return "\n\n".join(filter(None, (grid(head, lines, "llll"), every, how)))


def named(source: pd.Series) -> Text:
    """Return the name of a source, a link to its page unless its site is not trusted."""
    name, address = of(source, "name"), source["url"]
    form = "{}" if source["host_trust"] == "unsafe" else f"[{{}}](<{address}>)"
    return Part(lambda language: form.format(escape.markdown(name[language])))
