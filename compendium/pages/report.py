"""report.html: every claim with verdict, evidence and reason, one page, no scripts."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from compendium import html, paths
from compendium.compendium import Compendium
from compendium.data.datapackage import LIST
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.pages.findings import summary
from compendium.pages.listing import ordered
from compendium.pages.quotes import quotes
from compendium.texts import SEMICOLON, Text, catalogue, joined
from compendium.vocabulary import ANSWERS, VERDICTS, answered, by_coding, found

text = catalogue("compendium/show")


def english(text: str) -> bool:
    """Tell whether a text without a language of its own is to be read as English: Latin words, no Chinese character."""
    return bool(re.search("[A-Za-z]{2}", text)) and not re.search("[\u4e00-\u9fff]", text)


def render_report(c: Compendium, ledger: pd.DataFrame, chosen: Sequence[str] = ()) -> str:
    """Return the standalone HTML report for reviewers: what sums up, counts, what to quote, then every claim.

    Args:
        c: the compendium.
        ledger: the ledger, one row a claim, as `claims.stored` returns it.
        chosen: what was not left at its default, such as `stage=final`.
    """
    statements = c.tables("claims")[["claim_id", *c.languages.columns("statement")]]
    rows = ordered(ledger).merge(statements, on="claim_id").to_dict("records")
    for row in rows:
        row["sources"] = [source for source in row["evidence"].split(LIST) if source]
        row["beside"] = [source for source in row["told_beside"].split(LIST) if source]
        row["found"] = dict.fromkeys(found(row, language) for language in c.languages)
        verdicts = Text(partial(by_coding, row))
        row["codings"] = text("report-codings", verdicts=verdicts) if verdicts[c.languages.plain] else None
    used = {source for row in rows for source in row["sources"] + row["beside"]}
    sources = c.tables("sources").sort_values("source_id", kind="stable")
    substance = [row for row in rows if row["weight"] != claims.LISTS]
    groups = [(verdict, [row for row in substance if row["verdict"] == verdict]) for verdict in VERDICTS]
    counts = claims.count(ledger)
    return html.render(
        "report",
        languages=c.languages,
        paper=sources.set_index("source_id").loc["paper"],
        year=c.declaration.paper.year,
        written=text(
            "report-written",
            version=c.declaration.version,
            day=c.tables.day,
            choices=text("report-chosen", choices=joined(chosen, SEMICOLON)) if chosen else text("report-defaults"),
        ),
        summary=summary(c, ledger),
        answers=counts.drop(index="all").groupby(answered).sum().reindex(list(ANSWERS), fill_value=0),
        quotes=quotes(c, ledger),
        statements=statements.set_index("claim_id"),
        counts=counts,
        groups=[(verdict, judged) for verdict, judged in groups if judged],
        lists=[row for row in rows if row["weight"] == claims.LISTS],
        sources=sources[sources["source_id"].isin(used)].to_dict("records"),
        english=english,
    )


def write_report(c: Compendium, root: Path, chosen: Sequence[str] = ()) -> None:
    """Write report.html beside the outputs below `root`, if the joined ledger is among them."""
    if paths.processed("claims", root).is_file():
        run = replace(c, out=root)  # what its sentences quote is of this run
        write_atomic(root / "report.html", render_report(run, claims.stored(run), chosen).encode("utf-8"))
