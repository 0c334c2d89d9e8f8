"""report.html: every claim with verdict, evidence and reason, one page, no scripts."""

import html
from pathlib import Path

import pandas as pd

from compendium import escape, paths
from compendium.data import tables
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.show.listing import ordered
from compendium.vocabulary import VERDICTS, WEIGHTS


def trust_label(source: pd.Series) -> str:
    """Return grade and trust of a source as `A`, or `C, unsafe host`."""
    return source["grade"] + (", unsafe host" if source["host_trust"] == "unsafe" else "")


def address(source: pd.Series) -> str:
    """Return the address of a source as HTML: a link, or plain defanged text for an unsafe host."""
    url = escape.html(source["url"])
    return url if source["host_trust"] == "unsafe" else f'<a href="{html.escape(source["url"])}">{url}</a>'


def report(ledger: pd.DataFrame) -> str:
    """Return the standalone HTML report: counts, then every claim with verdict, evidence and reason. No scripts.

    Args:
        ledger: the joined ledger, one row a claim, as `claims.join` returns it.
    """
    statements = tables.raw("claims").set_index("claim_id")
    groups = [(v, rows) for v in VERDICTS if not (rows := ordered(ledger[ledger["verdict"] == v])).empty]
    body = "".join(report_group(verdict, rows, statements) for verdict, rows in groups)
    used = sorted({s for cell in ledger["evidence"] for s in cell.split(" ; ") if s})
    sources = tables.raw("sources").set_index("source_id").loc[used]
    listed = "".join(
        f'<li id="s-{sid}"><b>{sid}</b> {escape.html(s["title"])} — {escape.html(s["publisher"])} '
        f"({trust_label(s)}). {address(s)}</li>"
        for sid, s in sources.iterrows()
    )
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>逐项判定 Every claim and its verdict</title><style>{CSS}</style></head><body>"
        "<h1>逐项判定 <small>Every claim and its verdict</small></h1>"
        f"{report_counts(ledger)}{body}<h2>来源 Sources ({len(used)})</h2><ul>{listed}</ul></body></html>\n"
    )


def report_counts(ledger: pd.DataFrame) -> str:
    """Return the number of claims by verdict and weight as an HTML table that leads to each group."""
    table = claims.count(ledger)
    head = "".join(f"<th>{WEIGHTS[c].zh}<br>{c}</th>" for c in table.columns)
    rows = ""
    for verdict in table.index:
        name = "合计 all"
        if verdict in VERDICTS:
            meaning = f"{VERDICTS[verdict].means_zh}<br>{VERDICTS[verdict].means_en}"
            name = f'<a href="#{slug(verdict)}">{badge(verdict)}</a><br><small>{meaning}</small>'
        rows += f"<tr><td>{name}</td>" + "".join(f'<td class="n">{n}</td>' for n in table.loc[verdict]) + "</tr>"
    return (
        f'<div class="wide"><table class="counts"><thead><tr><th>判定 verdict</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def report_group(verdict: str, rows: pd.DataFrame, statements: pd.DataFrame) -> str:
    """Return the claims of one verdict as a section of the HTML report."""
    told_rows = "".join(report_row(row, statements.loc[row.claim_id]) for row in rows.itertuples())
    return (
        f'<h2 id="{slug(verdict)}">{badge(verdict)} ({len(rows)})</h2><div class="wide"><table>'
        "<thead><tr>"
        '<th>编号<br>id</th><th class="s">表述 statement</th><th>论文<br>printed</th>'
        "<th>重算<br>computed</th>"
        "<th>证据<br>grade</th><th>理由 reason</th><th>笔记本<br>notebook</th></tr></thead>"
        f"<tbody>{told_rows}</tbody></table></div>"
    )


def report_row(row: tuple, statement: pd.Series) -> str:
    """Return one claim as a row of the HTML report."""
    links = " · ".join(f'<a href="#s-{s}">{s}</a>' for s in row.evidence.split(" ; ") if s)
    unsafe = "unsafe" if row.trust == "unsafe" else ""
    cells = (
        f'<a href="#{row.claim_id}">{row.claim_id}</a><br>'
        f"<small>{escape.html(row.section)}<br>{WEIGHTS[row.weight].zh}</small>",
        f"{escape.html(statement['statement_zh'])}<br>{escape.html(statement['statement_en'])}",
        f"{escape.html(row.printed_zh)}<br>{escape.html(row.printed_en)}",
        escape.html(row.value_computed) or "–",
        "<br>".join(t for t in (row.lowest_grade or "–", row.strength, unsafe) if t),
        f"{escape.html(row.reason_zh)}<br>{escape.html(row.reason_en)}<br><small>{links}</small>",
        f"{row.notebook or '–'}<br><small>{row.cell}</small>",
    )
    return f'<tr id="{row.claim_id}">' + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def badge(verdict: str) -> str:
    """Return a verdict as HTML, with its colour."""
    return f'<i style="background:{VERDICTS[verdict].colour}"></i>{VERDICTS[verdict].zh} {verdict}'


def slug(verdict: str) -> str:
    """Return the anchor of a verdict: `not-checkable`."""
    return verdict.replace(" ", "-")


CSS = (
    "body{font:15px/1.55 system-ui,'Noto Sans SC',sans-serif;margin:1.5rem auto;max-width:1240px;padding:0 1rem;"
    "color:#222}h1{font-size:1.6rem}h1 small{font-weight:normal}h2{font-size:1.2rem;margin:2rem 0 .3rem}"
    ".wide{overflow-x:auto}table{border-collapse:separate;border-spacing:0;min-width:900px;width:100%}"
    "table.counts{min-width:0;width:auto}"
    "td,th{border-bottom:1px solid #ddd;padding:5px 8px;text-align:left;vertical-align:top;background:#fff}"
    "th{background:#f6f6f6}th.s{width:22%}td.n{text-align:right}td:first-child{position:sticky;left:0}"
    "tr:target td{background:#fff6d6}small{color:#5a5a5a}a{color:#0b5394;text-decoration:none}"
    "i{display:inline-block;width:.75em;height:.75em;border-radius:50%;margin-right:.4em}"
    "li{margin:4px 0;overflow-wrap:anywhere}@media(max-width:600px){.counts td,.counts th{padding:4px;font-size:12px}}"
)


def write(root: Path) -> None:
    """Write report.html beside the outputs below `root`, if the joined ledger is among them."""
    if paths.processed("claims", root).is_file():
        write_atomic(root / "report.html", report(claims.stored("claims", root)).encode("utf-8"))
