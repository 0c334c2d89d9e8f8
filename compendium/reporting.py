"""What a notebook shows: bilingual text with computed numbers, tables, versions; and the report of verdicts."""

import html
from collections.abc import Mapping
from importlib.metadata import version

import pandas as pd
from IPython.display import Markdown

from compendium import claims, tables

PACKAGES = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "seaborn", "papermill")


def say(zh: str, en: str) -> Markdown:
    """Return one text in both languages for display; numbers in it come from computed values."""
    return Markdown(f"<!-- zh -->\n{zh.strip()}\n\n<!-- en -->\n{en.strip()}")


def table(
    frame: pd.DataFrame, labels: Mapping[str, tuple[str, str]] | None = None, digits: int | Mapping[str, int] = 2
) -> pd.DataFrame:
    """Return `frame` ready for display: bilingual headings, floats as text with fixed digits, empty cells as a dash.

    Args:
        frame: the table; its index is shown only if it has a name.
        labels: column -> heading in Chinese and English; columns without one keep their name. Where given, only the
            labelled columns are shown, in that order.
        digits: digits after the point, for all columns or by column.
    """
    shown = frame.reset_index() if frame.index.name or frame.index.nlevels > 1 else frame.copy()
    if labels:
        shown = shown[[c for c in labels if c in shown]]
    for column in shown:
        if pd.api.types.is_float_dtype(shown[column]):
            places = digits if isinstance(digits, int) else digits.get(column, 2)
            shown[column] = shown[column].map(lambda v, n=places: f"{v:.{n}f}", na_action="ignore")
    shown = shown.astype(object).where(shown.notna(), "–").astype(str).replace({"": "–", "<NA>": "–", "nan": "–"})
    headings = {c: " ".join(labels[c]) for c in shown if labels and c in labels}
    shown = shown.rename(columns=headings)
    shown.index = pd.Index([""] * len(shown))
    return shown


def versions() -> Markdown:
    """Return the versions of the libraries that the results depend on, as the lock fixes them."""
    return Markdown(" · ".join(f"{name} {version(name)}" for name in PACKAGES))


def trust_label(source: pd.Series) -> str:
    """Return grade and trust of a source as `A`, or `C, unsafe host`."""
    return source["grade"] + (", unsafe host" if source["host_trust"] == "unsafe" else "")


def address(source: pd.Series) -> str:
    """Return the address of a source as HTML: a link, or plain defanged text for an unsafe host."""
    url = html.escape(source["url"])
    return url if source["host_trust"] == "unsafe" else f'<a href="{url}">{url}</a>'


def report(ledger: pd.DataFrame) -> str:
    """Return the standalone HTML report: counts, then every claim with verdict, evidence and reason. No scripts.

    Args:
        ledger: the joined ledger, one row a claim, as `claims.join` returns it.
    """
    statements = tables.raw("claims").set_index("claim_id")
    used = sorted({s for cell in ledger["evidence"] for s in cell.split(" ; ") if s})
    sources = tables.raw("sources").set_index("source_id").loc[used]
    counts = claims.count(ledger).to_html(border=0, index_names=False)
    rows = "".join(report_row(row, statements.loc[row.claim_id]) for row in ledger.itertuples())
    listed = "".join(
        f'<li id="{sid}"><b>{sid}</b> {html.escape(s["title"])} — {html.escape(s["publisher"])} '
        f"({trust_label(s)}). {address(s)}</li>"
        for sid, s in sources.iterrows()
    )
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>判定 Verdicts</title><style>{CSS}</style></head>'
        f"<body><h1>论文逐项判定 Every claim and its verdict</h1>{counts}"
        f"<table><thead><tr><th>编号 id</th><th>表述 statement</th><th>论文 printed</th><th>重算 computed</th>"
        f"<th>判定 verdict</th><th>等级 grade</th><th>理由 reason</th><th>笔记本 notebook</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><h2>来源 Sources</h2><ul>{listed}</ul></body></html>\n"
    )


def report_row(row: tuple, statement: pd.Series) -> str:
    """Return one claim as a row of the HTML report."""
    links = " ".join(f'<a href="#{s}">{s}</a>' for s in row.evidence.split(" ; ") if s)
    cells = (
        row.claim_id,
        f"{html.escape(statement['statement_zh'])}<br>{html.escape(statement['statement_en'])}",
        f"{html.escape(row.value_printed)} {html.escape(statement['unit'])}",
        html.escape(row.value_computed) or "–",
        f'<b style="color:{claims.COLOURS[row.verdict]}">{claims.VERDICTS[row.verdict]} {row.verdict}</b>',
        f"{row.lowest_grade or '–'} {row.strength}",
        f"{html.escape(row.reason_zh)}<br>{html.escape(row.reason_en)}<br><small>{links}</small>",
        f"{row.notebook}<br><small>{row.cell}</small>",
    )
    return f'<tr id="{row.claim_id}">' + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


CSS = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1200px;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ddd;padding:4px 8px;text-align:left;"
    "vertical-align:top}small{color:#666}li{margin:4px 0;overflow-wrap:anywhere}"
)
