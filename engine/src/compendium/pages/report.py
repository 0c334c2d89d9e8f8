"""report.html: every claim with verdict, evidence and reason, one page, no scripts."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from compendium.base import html, paths
from compendium.base.files import write_atomic
from compendium.base.texts import SEMICOLON, catalogue, join_texts
from compendium.base.vocabulary import ANSWERS, VERDICTS
from compendium.compendium import Compendium
from compendium.ledger import claims
from compendium.ledger.record import Ledger
from compendium.pages.findings import render_summary_paragraph
from compendium.pages.listing import sort_claims_by_verdict
from compendium.pages.quotes import list_proposed_quotes

text = catalogue("compendium/show")


def looks_english(text: str) -> bool:
    """Tell whether a text without a language of its own is to be read as English: Latin words, no Chinese character."""
    return bool(re.search("[A-Za-z]{2}", text)) and not re.search("[\u4e00-\u9fff]", text)


def render_report(c: Compendium, ledger: Ledger, chosen: Sequence[str] = ()) -> str:
    """Return the report for reviewers; `chosen`: what was not left at its default, such as `stage=final`."""
    statements = c.tables("claims")[["claim_id", *c.languages.columns("statement")]]
    rows = [ledger[name] for name in sort_claims_by_verdict(claims.ledger_to_frame(ledger))["claim_id"]]
    used = {source for one in rows for source in one.evidence + one.told_beside}
    sources = c.tables("sources").sort_values("source_id", kind="stable")
    substance = [one for one in rows if one.weight != claims.LISTS]
    groups = [(verdict, [one for one in substance if one.verdict == verdict]) for verdict in VERDICTS]
    counts = claims.count_verdicts(ledger)
    return html.render(
        "report",
        languages=c.languages,
        paper=sources.set_index("source_id").loc["paper"],
        year=c.declaration.paper.year,
        written=text(
            "report-written",
            version=c.declaration.version,
            day=c.tables.day,
            choices=text("report-chosen", choices=join_texts(chosen, SEMICOLON)) if chosen else text("report-defaults"),
        ),
        summary=render_summary_paragraph(c, ledger),
        answers=claims.count_verdicts_by_answer(ledger).reindex(list(ANSWERS), fill_value=0),
        quotes=list_proposed_quotes(c, ledger),
        statements=statements.set_index("claim_id"),
        counts=counts,
        groups=[(verdict, judged) for verdict, judged in groups if judged],
        lists=[one for one in rows if one.weight == claims.LISTS],
        sources=sources[sources["source_id"].isin(used)].to_dict("records"),
        english=looks_english,
        in_all=lambda said: dict.fromkeys(said[language] for language in c.languages),
        parted=lambda one: text("report-codings", verdicts=one.codings) if one.codings else None,
    )


def write_report(c: Compendium, root: Path, chosen: Sequence[str] = ()) -> None:
    """Write report.html beside the outputs below `root`, if the joined ledger is among them."""
    if paths.processed_path("claims", root).is_file():
        run = replace(c, out=root)  # what its sentences quote is of this run
        write_atomic(root / "report.html", render_report(run, claims.read_ledger(run), chosen).encode("utf-8"))
