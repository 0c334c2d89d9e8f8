"""What a notebook shows: bilingual text with computed numbers, tables, versions; the report and the generated texts."""

import hashlib
import html
import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import SimpleNamespace

import pandas as pd
from IPython.display import Markdown

from compendium import claims, escape, paths, tables
from compendium.ledger.derived import derived
from compendium.vocabulary import STRENGTHS, VERDICTS, WEIGHTS, computed

PACKAGES = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "seaborn", "papermill")
READMES = {"README.md": "en", "README.zh-CN.md": "zh"}
FINDINGS = paths.NOTEBOOKS / "findings.toml"
DOUBTED = ("contradicted", "inconsistent", "mixed", "relabelled")
pd.set_option("display.max_colwidth", None)  # else pandas cuts texts in tables at 50 characters


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
    shown.index, shown.columns.name = pd.Index([""] * len(shown)), None
    return shown


def versions() -> Markdown:
    """Return the versions of the libraries that the results depend on, as the lock fixes them."""
    return Markdown(" · ".join(f"{name} {version(name)}" for name in PACKAGES))


def told(ledger: pd.DataFrame, reasons: bool = True) -> Markdown:
    """Return claims one by one in both languages: statement, printed and computed value, verdict, grade and reason.

    Args:
        ledger: rows of the joined ledger, in the order in which they are to be told.
        reasons: with the reason and the notebook that gives it, or without.
    """
    return say(
        zh=lines(ledger, "zh", reasons) or "没有这样的论断。",
        en=lines(ledger, "en", reasons) or "There is no such claim.",
    )


def lines(ledger: pd.DataFrame, language: str, reasons: bool = True) -> str:
    """Return claims as a Markdown list."""
    statements = tables.raw("claims").set_index("claim_id")[f"statement_{language}"]
    write = line_zh if language == "zh" else line_en
    return "\n".join(write(row, statements[row.claim_id], reasons) for row in ledger.itertuples())


def line_zh(row: tuple, statement: str, reasons: bool) -> str:
    """Return one claim, a row of the joined ledger, as one line of a Markdown list in Chinese."""
    strength = "" if reasons else STRENGTHS[row.strength].zh
    ground = "，".join(t for t in (f"{row.lowest_grade} 级" if row.lowest_grade else "", strength) if t)
    found = computed(row.value_computed, "zh")
    value = escape.markdown(f"论文：{row.printed_zh}" + (f"；我们得到 {found}" if found else ""))
    verdict = f"**{VERDICTS[row.verdict].zh}**" + (f"（{ground}）" if ground else "")
    link = f"见 [{row.notebook}]({row.notebook}.ipynb)。"
    why = escape.markdown(row.reason_zh) + link if reasons else ""
    said = f"{escape.markdown(statement)}{value}。{verdict}。{why}"
    return f"- **{row.claim_id}**（{WEIGHTS[row.weight].zh}）{said}"


def line_en(row: tuple, statement: str, reasons: bool) -> str:
    """Return one claim, a row of the joined ledger, as one line of a Markdown list in English."""
    strength = "" if reasons else row.strength
    ground = ", ".join(t for t in (f"grade {row.lowest_grade}" if row.lowest_grade else "", strength) if t)
    found = f"; we find {row.value_computed}" if row.value_computed else ""
    value = escape.markdown(f"The paper: {row.printed_en}{found}")
    verdict = f"**{row.verdict}**" + (f" ({ground})" if ground else "")
    link = f" See [{row.notebook}]({row.notebook}.ipynb)."
    why = f" {escape.markdown(row.reason_en)}{link}" if reasons else ""
    return f"- **{row.claim_id}** ({row.weight}) {escape.markdown(statement)} {value}. {verdict}.{why}"


def ordered(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the claims by verdict in the order of the vocabulary, then by weight, then by number."""
    rank = {"verdict": list(VERDICTS).index, "weight": claims.WEIGHED.index, "claim_id": lambda name: int(name[1:])}
    return ledger.sort_values(list(rank), key=lambda column: column.map(rank[column.name]))


def fingerprints(reader: str) -> pd.DataFrame:
    """Return the SHA-256 of every table and figure that the notebooks other than `reader` write.

    Files of the present run count, or else the committed ones.

    Returns:
        notebook, name, file (below the root, with forward slashes), sha256 (its first 12 characters).

    Raises:
        FileNotFoundError: a file is in neither place.
    """
    from compendium import running

    found = []
    for notebook in running.contents().values():
        for name in sorted(notebook.writes) if notebook.name != reader else ():
            figure = [paths.figure(name, language, ending) for language in ("zh", "en") for ending in ("svg", "png")]
            for path in figure if re.match(r"\d\d-", name) else [paths.processed(name)]:
                digest = hashlib.sha256(paths.current(path).read_bytes()).hexdigest()[:12]
                found.append((notebook.name, name, path.relative_to(paths.output_root()).as_posix(), digest))
    return pd.DataFrame(found, columns=["notebook", "name", "file", "sha256"])


def grid(header: Sequence[str], rows: Sequence[Sequence[object]], align: str) -> str:
    """Return a Markdown table; `align` has one letter a column, l or r."""
    rule = ["---:" if letter == "r" else "---" for letter in align]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (header, rule, *rows))


def counts(ledger: pd.DataFrame, language: str) -> str:
    """Return the number of claims by verdict and weight as a Markdown table."""
    table = claims.count(ledger)
    zh = language == "zh"
    names = {v: VERDICTS[v].zh if zh else v for v in table.index[:-1]} | {"all": WEIGHTS["all"].zh if zh else "all"}
    header = ["判定" if zh else "verdict", *(WEIGHTS[c].zh if zh else c for c in table.columns)]
    return grid(header, [(names[verdict], *row) for verdict, row in table.iterrows()], "l" + "r" * len(table.columns))


@dataclass(frozen=True)
class Finding:
    """One of the findings a reader takes away.

    Attributes:
        zh, en: the sentence, with its numbers filled in.
        claims: the claims it rests on.
        weight: the highest weight among them.
        grade: the lowest grade any of them needs; empty without outside evidence.
        strength: `weak` if any of them is weak, `firm` if outside evidence carries them, else empty.
        notebooks: the notebooks that judge them.
        faults: why the sentence is withdrawn, in Chinese and in English; none as long as it stands.
    """

    zh: str
    en: str
    claims: tuple[str, ...]
    weight: str
    grade: str
    strength: str
    notebooks: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]


class Unfit(Exception):
    """A cell no longer fits the sentence of a finding; the arguments say so in Chinese and in English."""


def key_findings(ledger: pd.DataFrame) -> list[Finding]:
    """Return the declared findings, filled from the joined ledger and the tables, by weight, strength and place.

    A finding whose claims or cells are no longer what its sentence was written for is withdrawn: it stands at the end,
    and all its `faults` are told in place of the sentence until it is rewritten.
    """
    declared = tomllib.loads(FINDINGS.read_text(encoding="utf-8"))
    found = [finding(name, entry, ledger) for name, entry in declared.items()]
    return sorted(
        found, key=lambda f: (bool(f.faults), claims.WEIGHED.index(f.weight), list(STRENGTHS).index(f.strength))
    )


def finding(name: str, entry: dict, ledger: pd.DataFrame) -> Finding:
    """Return the finding `name`, declared as `entry`, with its numbers or its faults.

    Raises:
        LedgerError: it names a claim that does not exist.
    """
    rows = ledger.set_index("claim_id").reindex(list(entry["expects"]))
    if rows["verdict"].isna().any():
        raise claims.LedgerError(f"finding {name}: no claim {rows.index[rows['verdict'].isna()][0]} in the ledger")
    faults, values = [], {row.derived_id: row.value for row in derived().itertuples()}
    for claim_id, verdict in entry["expects"].items():
        if (now := rows.at[claim_id, "verdict"]) != verdict:
            zh = f"{claim_id} 现为“{VERDICTS[now].zh}”，不是“{VERDICTS[verdict].zh}”"
            faults.append((zh, f"{claim_id} is now {now}, not {verdict}"))
    for key, where in entry.get("cells", {}).items():
        try:
            values[key] = cell(where)
        except Unfit as unfit:
            faults.append(unfit.args)
    if not faults:
        try:
            zh, en = (
                Sentence().vformat(entry[language], (), values | told_values(rows, language))
                for language in ("zh", "en")
            )
        except (KeyError, AttributeError, ValueError) as error:
            faults.append((f"填不出 {error}", f"cannot fill in {error}"))
    if faults:
        zh, en = ("；".join(map(escape.markdown, said)) for said in zip(*faults, strict=True))
        zh, en = f"已撤下，待改写 `{name}`：{zh}。", f"Withdrawn until `{name}` is rewritten: {en.replace('；', '; ')}."
    grade = max(rows["lowest_grade"])
    strength = max(rows["strength"], key=("", "firm", "weak").index)
    weight = min(rows["weight"], key=claims.WEIGHED.index)
    notebooks = tuple(sorted(set(rows["notebook"])))
    return Finding(zh, en, tuple(rows.index), weight, grade, strength, notebooks, tuple(faults))


class Sentence(string.Formatter):
    """Fills in a sentence written in Markdown; what is filled in is text."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value in the form that the sentence asks for, for Markdown."""
        return escape.markdown(super().format_field(value, format_spec))


def told_values(rows: pd.DataFrame, language: str) -> dict[str, SimpleNamespace]:
    """Return claim id -> its printed value, with and without its words, and its computed value, as text."""
    return {
        row.Index: SimpleNamespace(
            printed=row.value_printed,
            said=getattr(row, f"printed_{language}"),
            computed=computed(row.value_computed, language),
        )
        for row in rows.itertuples()
    }


def cell(where: dict) -> object:
    """Return the cell that a finding names: a column of the one row of a table that fits.

    Raises:
        Unfit: no row or several fit, the cell is empty, or it is not what it must be.
    """
    name = where.get("raw") or where["table"]
    frame = tables.raw(name) if "raw" in where else tables.processed(name)
    for column, wanted in where["where"].items():
        frame = frame[frame[column] == wanted]
    column, place = where["column"], f"{name} ({', '.join(map(str, where['where'].values()))})"
    if len(frame) != 1:
        raise Unfit(f"{place} 有 {len(frame)} 行，应为一行", f"{place} has {len(frame)} rows, not one")
    if column not in frame:
        raise Unfit(f"{name} 没有列 {column}", f"{name} has no column {column}")
    if pd.isna(value := frame[column].iloc[0]) or value == "":
        raise Unfit(f"{place} 的 {column} 为空", f"{column} of {place} is empty")
    if value != (due := where.get("must", value)):
        raise Unfit(f"{place} 的 {column} 现为 {value}，不是 {due}", f"{column} of {place} is now {value}, not {due}")
    return value


def listed(found: Sequence[Finding], language: str, folder: str = "") -> str:
    """Return findings as a numbered Markdown list with claims, evidence and links; `folder` leads to the notebooks."""
    zh = language == "zh"
    comma, stop = ("，", "；") if zh else (", ", "; ")
    items = []
    for number, f in enumerate(found, 1):
        ground = "无外部证据" if zh else "no outside evidence"
        if f.grade:
            ground = f"{f.grade} 级，{STRENGTHS[f.strength].zh}" if zh else f"grade {f.grade}, {f.strength}"
        links = comma.join(f"[{name[:2]}]({folder}{name}.ipynb)" for name in f.notebooks)
        note = stop.join((comma.join(f.claims), ground, ("笔记本 " if zh else "notebook ") + links))
        text = f.zh if zh else f.en
        items.append(f"{number}. {text}（{note}）" if zh else f"{number}. {text} ({note})")
    return "\n".join(items)


def findings(ledger: pd.DataFrame, language: str) -> str:
    """Return the findings for the README: verdicts by weight, the findings one by one, what is not as printed."""
    found = key_findings(ledger)
    zh = language == "zh"
    doubted = ordered(ledger[ledger["verdict"].isin(DOUBTED) & (ledger["weight"] == "headline")])
    ids = [f"[{row.claim_id}](notebooks/{row.notebook}.ipynb)" for row in doubted.itertuples()]
    link = "[10-reproduction-report](notebooks/10-reproduction-report.ipynb)"
    if zh:
        title = "主要发现，先按权重，再按证据强度："
        tail = f"逐条理由与证据见 {link}。"
        tail = (
            f"引用论文前须知的核心论断（不符、自相矛盾、部分成立、口径不符）：{'，'.join(ids)}。{tail}" if ids else tail
        )
    else:
        title = "Main findings, by weight, then by strength of evidence:"
        tail = f"Every reason and its evidence: {link}."
        names = "contradicted, inconsistent, mixed, relabelled"
        tail = (
            f"Headline claims to be known before the paper is quoted ({names}): {', '.join(ids)}. {tail}"
            if ids
            else tail
        )
    return "\n\n".join(
        (in_short(ledger, language), counts(ledger, language), title, listed(found, language, "notebooks/"), tail)
    )


def in_short(ledger: pd.DataFrame, language: str) -> str:
    """Return in a sentence or two how the headline claims fare, each verdict by itself; no two are added up."""
    headline = ledger[ledger["weight"] == "headline"]
    number = headline["verdict"].value_counts()
    given = [v for v in VERDICTS if v in number]
    weak = ((headline["strength"] == "weak") & ~headline["verdict"].isin(DOUBTED)).sum()
    if language == "zh":
        told = "，".join(f"{VERDICTS[v].zh} {number[v]}" for v in given)
        return (
            f"论文共 {len(ledger)} 条论断，其中 {len(headline)} 条是核心论断。核心论断的判定：{told}。"
            f"其中可引用的 {weak} 条只有弱证据。“溯源一致”只说明论文引得对，不是第二次测量。"
        )
    told = ", ".join(f"{v} {number[v]}" for v in given)
    return (
        f"The paper makes {len(ledger)} claims, {len(headline)} of them headline. Headline claims by verdict: {told}. "
        f"Of those not in doubt {weak} rest on weak evidence. “Traced” says that the paper quotes its source rightly, "
        "not that anyone measured a second time."
    )


def meanings(language: str) -> str:
    """Return the verdicts and when each is given, as a Markdown table, for the README."""
    if language == "zh":
        return grid(("判定", "何时"), [(f"{w.zh} {w.en}", w.means_zh) for w in VERDICTS.values()], "ll")
    return grid(("verdict", "when"), [(w.en, w.means_en) for w in VERDICTS.values()], "ll")


def notebooks(language: str) -> str:
    """Return the declared notebooks as a Markdown table with links, for the README."""
    from compendium import running

    zh, rows = language == "zh", []
    for notebook in running.contents().values():
        section = notebook.section.replace("all", "全文").replace(", Fig. ", "，图") if zh else notebook.section
        link = f"[{notebook.name}](notebooks/{notebook.name}.ipynb)"
        rows.append((link, section, notebook.zh if zh else notebook.en))
    header = ("笔记本", "论文章节", "回答的问题") if zh else ("notebook", "section", "what it answers")
    return grid(header, rows, "lll")


def renewed(name: str) -> tuple[str, str]:
    """Return the README `name` as it is and as it should be: its generated parts made anew from the ledger.

    Raises:
        InputError: the README or the marks of a generated part are missing.
    """
    language = READMES[name]
    path = paths.ROOT / name
    if not path.is_file():
        raise tables.InputError(name, "is missing", paths.restore(path))
    old = new = path.read_text(encoding="utf-8")
    parts = {
        "findings": findings(claims.stored("claims"), language),
        "verdicts": meanings(language),
        "notebooks": notebooks(language),
    }
    for part, text in parts.items():
        first, last = f"<!-- generated:{part} -->", f"<!-- /generated:{part} -->"
        if not old.count(first) == old.count(last) == 1 or old.index(first) > old.index(last):
            raise tables.InputError(name, f"must hold {first} and {last} once each, in this order", "put them back")
        new = new[: new.index(first)] + f"{first}\n{text}\n" + new[new.index(last) :]
    return old, new


def outdated() -> list[str]:
    """Return one line for each README whose generated parts are not those of the committed ledger and contents."""
    with paths.outputs_below(paths.ROOT):
        stale = [name for name in READMES if len(set(renewed(name))) > 1]
    return [f"{name}: the generated part is not up to date. Remedy: compendium accept" for name in stale]


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
