"""report.html: every claim with verdict, evidence and reason, one page, no scripts."""

import re
from pathlib import Path

import pandas as pd

from compendium import html, paths
from compendium.data import tables
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.ledger.evidence import LIST
from compendium.show.listing import ordered
from compendium.vocabulary import VERDICTS


def english(text: str) -> bool:
    """Tell whether a text without a language of its own is to be read as English: Latin words, no Chinese character."""
    return bool(re.search("[A-Za-z]{2}", text)) and not re.search("[\u4e00-\u9fff]", text)


def report(ledger: pd.DataFrame) -> str:
    """Return the standalone HTML report: counts, then every claim with verdict, evidence and reason.

    Args:
        ledger: the joined ledger, one row a claim, as `claims.join` returns it.
    """
    statements = tables.raw("claims")[["claim_id", "statement_zh", "statement_en"]]
    rows = ordered(ledger).merge(statements, on="claim_id").to_dict("records")
    for row in rows:
        row["sources"] = [source for source in row["evidence"].split(LIST) if source]
    groups = [(verdict, [r for r in rows if r["verdict"] == verdict]) for verdict in VERDICTS]
    sources = tables.raw("sources").sort_values("source_id")
    used = sources[sources["source_id"].isin({source for row in rows for source in row["sources"]})]
    return html.render(
        "report",
        counts=claims.count(ledger),
        groups=[(verdict, found) for verdict, found in groups if found],
        sources=used.to_dict("records"),
        english=english,
    )


def write(root: Path) -> None:
    """Write report.html beside the outputs below `root`, if the joined ledger is among them."""
    if paths.processed("claims", root).is_file():
        write_atomic(root / "report.html", report(claims.stored("claims", root)).encode("utf-8"))
