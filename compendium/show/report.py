"""report.html: every claim with verdict, evidence and reason, one page, no scripts."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from compendium import html, languages, paths
from compendium.data import datapackage, tables
from compendium.data.datapackage import LIST
from compendium.declaration import declared
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.show.findings import summary
from compendium.show.listing import ordered
from compendium.show.quotes import quotes
from compendium.texts import SEMICOLON, Text, catalogue, joined
from compendium.vocabulary import ANSWERS, VERDICTS, answered, by_coding, found

text = catalogue("compendium/show")


def english(text: str) -> bool:
    """Tell whether a text without a language of its own is to be read as English: Latin words, no Chinese character."""
    return bool(re.search("[A-Za-z]{2}", text)) and not re.search("[\u4e00-\u9fff]", text)


def report(ledger: pd.DataFrame, chosen: Sequence[str] = ()) -> str:
    """Return the standalone HTML report: the sentence that sums up, counts, what to quote, then every claim.

    Args:
        ledger: the ledger, one row a claim, as `claims.stored` returns it.
        chosen: what was not left at its default, such as `stage=final`.
    """
    statements = tables.raw("claims")[["claim_id", *languages.columns("statement")]]
    rows = ordered(ledger).merge(statements, on="claim_id").to_dict("records")
    for row in rows:
        row["sources"] = [source for source in row["evidence"].split(LIST) if source]
        row["beside"] = [source for source in row["told_beside"].split(LIST) if source]
        row["found"] = dict.fromkeys(found(row, language) for language in languages.spoken())
        given = Text(partial(by_coding, row))
        row["codings"] = text("report-codings", verdicts=given) if given else None
    substance = [row for row in rows if row["weight"] != claims.LISTS]
    answers = claims.count(ledger).drop(index="all").groupby(answered).sum().reindex(list(ANSWERS), fill_value=0)
    groups = {verdict: [row for row in substance if row["verdict"] == verdict] for verdict in VERDICTS}
    sources = tables.raw("sources").sort_values("source_id")
    used = sources[sources["source_id"].isin({source for row in rows for source in row["sources"] + row["beside"]})]
    return html.render(
        "report",
        paper=sources.set_index("source_id").loc["paper"],
        year=declared().paper.year,
        written=text(
            "report-written",
            version=declared().version,
            day=datapackage.day(),
            choices=text("report-chosen", choices=joined(chosen, SEMICOLON)) if chosen else text("report-defaults"),
        ),
        summary=summary(ledger, Text),
        answers=answers,
        quotes=quotes(ledger, Text),
        statements=statements.set_index("claim_id"),
        counts=claims.count(ledger),
        groups=[(verdict, judged) for verdict, judged in groups.items() if judged],
        lists=[row for row in rows if row["weight"] == claims.LISTS],
        sources=used.to_dict("records"),
        english=english,
    )


def write(root: Path, chosen: Sequence[str] = ()) -> None:
    """Write report.html beside the outputs below `root`, if the joined ledger is among them."""
    if not paths.processed("claims", root).is_file():
        return
    with paths.using(out=root):  # what its sentences quote is of this run
        made = report(claims.stored("claims", root), chosen)
    write_atomic(root / "report.html", made.encode("utf-8"))
