"""The pages made from the ledger, the glossary and the data package; all pages of an edition."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from compendium import escape, html, paths
from compendium.book.edition import SECTIONS, Edition, book
from compendium.book.links import place
from compendium.book.notebooks import Cell, notebook
from compendium.data import datapackage, tables
from compendium.data.datapackage import LIST
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.ledger.claims import LISTS
from compendium.show import listing, readme
from compendium.show.findings import findings as every_finding
from compendium.texts import LANGUAGES
from compendium.vocabulary import GRADES, RULES, VERDICTS, WEIGHTS, by_coding, found

WITHOUT_CONTENTS = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"


def write(edition: Edition, root: Path) -> None:
    """Write every page as a source for Sphinx below `root`."""
    pages = {f"notebooks/{name}.ipynb": notebook(edition, name) for name in edition.notebooks}
    pages["glossary.md"] = glossary(edition)
    pages["findings.md"] = findings(edition)
    pages["codebook.md"] = codebook(edition)
    pages["runs.md"] = runs(edition)
    structural = edition.ledger["weight"] == LISTS
    pages["claims/index.md"] = claim_list(edition, edition.ledger[~structural])
    if structural.any():
        pages["claims/lists.md"] = claim_list(edition, edition.ledger[structural])
    pages |= {f"claims/{claim_id}.md": claim(edition, claim_id) for claim_id in edition.ledger.index}
    pages["index.md"] = start(edition)
    for name, text in pages.items():
        write_atomic(root / name, text.encode("utf-8"))


def start(edition: Edition) -> str:
    """Return the start page: its text from the folder book, the findings in short, the notebooks, the contents."""
    text = (book() / f"start.{edition.language}.md").read_text(encoding="utf-8")
    text = edition.linked(text.replace("{counts}", listing.counts(edition.ledger, edition.language)), "")
    names, notebooks = readme.listed_notebooks(edition.language)
    rows = [
        [
            Cell("th", name, link=f"notebooks/{name}.html"),
            Cell("td", section),
            Cell("td", answers, "s"),
            *(Cell("td", minutes, "n") for minutes in pace),
        ]
        for name, section, answers, *pace in notebooks
    ]
    return text.replace("{notebooks}", stacked(edition, names, rows)) + "\n" + tree(edition)


def tree(edition: Edition) -> str:
    """Return the navigation."""
    parts = {
        edition("笔记本", "Notebooks"): [
            f"{name[:2]} {next(iter(edition.headings[name].values()))} <notebooks/{name}>" for name in edition.notebooks
        ],
        edition("结果", "Results"): [
            "findings",
            "claims/index",
            *(["claims/lists"] if claims.lists(edition.ledger)[0] else []),
        ],
        edition("附录", "Reference"): ["glossary", "codebook", "runs"],
    }
    return "\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n"
        for caption, pages in parts.items()
    )


def findings(edition: Edition) -> str:
    """Return the page of the findings."""
    reasons = f"[{edition('论断一览', 'list of claims')}](claims/index.md)"
    text = every_finding(edition.ledger.reset_index(drop=True), edition.language, reasons)
    return edition.linked(f"# {edition('主要发现', 'Findings')}\n\n{text}\n", "")


def codebook(edition: Edition) -> str:
    """Return the codebook in this language, with a mark at every table."""
    text = (paths.project().raw / edition("codebook.zh-CN.md", "codebook.md")).read_text(encoding="utf-8")
    text = re.sub(r"^.*\]\(codebook[\w.-]*\)\n", "", text, flags=re.M)
    names = "|".join(datapackage.names())
    text = re.sub(rf"^## ({names})$", place(r"table-\1") + r"\n\n## \1", text, flags=re.M)
    return re.sub(r"(?<!\\)\[([^\]]+)\]\(#(\w+)\)", r'<a href="#table-\2">\1</a>', text)


def runs(edition: Edition) -> str:
    """Return the page of run times and memory."""
    header = (edition("笔记本", "notebook"), edition("秒", "seconds"), edition("内存峰值（MB）", "peak memory (MB)"))
    rows = [
        (f"[{name}](notebooks/{name}.ipynb)", f"{seconds:.1f}", "–" if memory is None else memory)
        for name, (seconds, memory) in edition.measures.items()
    ]
    title = edition("运行时间与内存", "Run time and memory")
    said = edition(
        "制作本书的这台机器上，各笔记本运行一次所用的秒数（含启动内核；几本同时运行）和内核进程的内存峰值。别的机器会不同。",
        "Seconds for one run of each notebook on the machine that made this book, start of the kernel included and "
        "several running side by side, and the peak memory of the kernel. Other machines differ.",
    )
    return edition.linked(f"# {title}\n\n{said}\n\n{listing.grid(header, rows, 'lrr')}\n", "")


def glossary(edition: Edition) -> str:
    """Return the glossary: each term in both languages, what it means, where it is used."""
    entries = []
    for term, row in sorted(edition.terms.items(), key=lambda item: item[1]["term_en"].lower()):
        own, other = (escape.markdown(row[f"term_{tongue}"]) for tongue in (edition.language, edition("en", "zh")))
        first, second = own.split(" / "), other.split(" / ")
        also = edition("又作", "also") + " " + edition("、", ", ").join(first[1:])
        entries.append(
            f"{place(f'term-{term}')}\n\n## {first[0]}\n\n"
            f"**{second[0]}**{edition('　', ' · ') + also if first[1:] else ''}\n\n"
            f"{escape.markdown(row[f'definition_{edition.language}'])}\n\n"
            f"{edition('见于', 'Used in')} {edition.places(edition.term_uses[term], '')}\n"
        )
    title = edition("术语表", "Glossary")
    said = edition(
        "各笔记本所用的术语，按英文排序。“见于”列出用到它的格子，点按即到。",
        "The terms that the notebooks use. “Used in” leads to the cells that use them.",
    )
    return f"# {title}\n\n{said}\n\n" + "\n".join(entries)


def claim_list(edition: Edition, ledger: pd.DataFrame) -> str:
    """Return the page that lists these claims: those of substance, or lists and names."""
    names = [
        edition("编号", "id"),
        edition("表述", "statement"),
        edition("论文说", "paper says"),
        edition("核查结果", "we find"),
        edition("判定", "verdict"),
        edition("权重", "weight"),
    ]
    rows = [
        [
            Cell("th", claim_id, link=f"{claim_id}.html"),
            Cell("td", edition.statements.at[claim_id, f"statement_{edition.language}"], "s"),
            Cell("td", row[f"printed_{edition.language}"]),
            Cell("td", found(row, edition.language)),
            Cell("td", edition(VERDICTS[row["verdict"]].zh, row["verdict"]), "v"),
            Cell("td", edition(WEIGHTS[row["weight"]].zh, row["weight"])),
        ]
        for claim_id, row in ledger.iterrows()
    ]
    shown = stacked(edition, names, rows, "filter")
    if (ledger["weight"] == LISTS).all():
        return f"{WITHOUT_CONTENTS}# {edition('清单和名称', 'Lists and names')}\n\n{shown}\n"
    counts = f"{listing.counts(edition.ledger, edition.language)}\n\n{listing.lists(edition.ledger, edition.language)}"
    return f"{WITHOUT_CONTENTS}# {edition('论断', 'Claims')}\n\n{counts}\n\n{shown}\n"


def stacked(edition: Edition, names: Sequence[str], rows: Sequence[Sequence[Cell]], kind: str = "") -> Markup:
    """Return a table whose rows become paragraphs on a phone, where short cells tell the name of their column."""
    head = [Cell("th", name) for name in names]
    return html.render("book_table", name=edition("表", "table"), head=head, rows=rows, kind=f"stacked {kind}".strip())


def claim(edition: Edition, claim_id: str) -> str:
    """Return the page of one claim: values, verdict, rule, reason, evidence, where it is told."""
    row, statement = edition.ledger.loc[claim_id], edition.statements.loc[claim_id]
    pick = LANGUAGES.index(edition.language)
    means = edition(VERDICTS[row["verdict"]].means_zh, VERDICTS[row["verdict"]].means_en)
    verdict = f"{edition.verdict(row)}{edition('：', ': ')}{means}"
    if codings := by_coding(row, edition.language):
        codings += edition("；判定按多数", "; the majority decides")
    section = SECTIONS.get(row["section"], (row["section"],) * 2)[pick]
    facts = (
        (edition("论文所写", "printed"), row[f"printed_{edition.language}"]),
        (edition("核查结果", "we find"), found(row, edition.language)),
        (edition("判定", "verdict"), verdict),
        (edition("单按每次编码", "by each coding alone"), codings),
        (edition("规则", "rule"), edition(RULES[row["rule"]].means_zh, RULES[row["rule"]].means_en)),
        (edition("证据等级", "grade of the evidence"), edition.ground(row)),
        (edition("论文章节", "section of the paper"), section),
        (edition("权重", "weight"), edition(WEIGHTS[row["weight"]].zh, row["weight"])),
    )
    judged = f"{row['notebook']}{edition('，格子', ', cell')} {row['cell']}"
    place = f'<a href="../notebooks/{row["notebook"]}.html#cell-{row["cell"]}">{judged}</a>'
    others = [use for use in edition.claim_uses[claim_id] if use != (row["notebook"], row["cell"])]
    cited = [s for s in row["evidence"].split(LIST) if s]
    decides = row["evidence_rows"].split(LIST)
    listed = "\n".join(f"* {source(edition, s)}{kept(edition, decides, s)}" for s in cited)
    every = tables.raw("claim_evidence").query("claim_id == @claim_id and evidence_id not in @decides")
    besides = [s for s in row["told_beside"].split(LIST) if s and s not in set(every["source_id"])]
    beside = "\n".join(f"* {source(edition, s)}" for s in besides)
    aside = "\n".join(
        f"* {r['evidence_id']} {escape.markdown(r[f'says_{edition.language}'])} ({escape.markdown(r['source_id'])})"
        for r in every.to_dict("records")
    )
    parts = (
        (edition("理由", "Reason"), edition.linked(escape.markdown(row[f"reason_{edition.language}"]), "../")),
        (edition("怎样会改变判定", "What would turn it"), escape.markdown(row[f"flip_{edition.language}"])),
        (edition("证据", "Evidence"), listed or edition("没有论文以外的证据。", "No evidence from outside the paper.")),
        (edition("理由里提到、不影响判定的来源", "Sources told beside, deciding nothing"), beside),
        (edition("也读到、不影响判定的说法", "Read as well, deciding nothing"), aside),
        (edition("在哪里判定", "Where it is judged"), place),
        (edition("还在哪里提到", "Where else it is mentioned"), edition.places(others, "../")),
    )
    told = "\n\n".join(f"## {name}\n\n{said}" for name, said in parts if said)
    title = escape.markdown(statement[f"statement_{edition.language}"].rstrip("。."))
    table = html.render("book_facts", facts=[fact for fact in facts if fact[1]])
    printed = json.dumps(row[f"printed_{edition.language}"], ensure_ascii=False)
    title = f"---\norphan: true\nprinted: {printed}\n---\n# {claim_id} {title}"
    return f"{title}\n\n{table}\n\n{told}\n\n{around(edition, claim_id)}\n"


def around(edition: Edition, claim_id: str) -> Markup:
    """Return the way to the claims before and after; the theme's own would put all claims into every sidebar."""
    ids = list(edition.ledger.index)
    at = ids.index(claim_id)
    before, after = ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""
    return html.render("book_around", name=edition("全部论断", "All claims"), before=before, after=after)


def source(edition: Edition, name: str) -> str:
    """Return a source in one line: title, publisher, date, grade, address; that of an untrusted site is no link."""
    row = edition.sources.loc[name]
    grade = f"{row['grade']}{edition('：', ': ')}{GRADES[row['grade']][edition.language == 'en']}"
    unsafe = row["host_trust"] == "unsafe"
    trust = edition("；可疑站点，网址已去链接", "; untrusted site, address defanged") if unsafe else ""
    address = located(row["url"], unsafe)
    if row["archived"] not in ("", row["url"]):
        address += f"{edition('；存档：', '; archived: ')}{located(row['archived'], unsafe)}"
    facts = [escape.markdown(t) for t in (row["title"], row["publisher"], row["published"]) if t]
    end = edition(f"（{grade}{trust}）。", f" ({grade}{trust}). ")
    return f"**{name}**{edition('　', ' · ')}{edition('，', ', ').join(facts)}{end}{address}"


def kept(edition: Edition, decides: list[str], name: str) -> str:
    """Return what was read in a source for rows of claim_evidence, words in quotation marks; empty if nothing was."""
    rows = edition.excerpts[edition.excerpts["row_key"].isin(decides) & edition.excerpts["source_id"].eq(name)]
    marks = {"verbatim": "“{}”", "figures": "{}"}
    read = [f"{row.row_key} {marks[row.kind].format(escape.markdown(row.excerpt))}" for row in rows.itertuples()]
    return edition("。读到：", ". Read: ") + edition("；", "; ").join(read) if read else ""


def located(address: str, unsafe: bool) -> str:
    """Return an address for a page: a link, unless it is of an untrusted site."""
    text = escape.html(address)
    if unsafe:
        return f'<span class="address">{text}</span>'
    return f'<a class="address" href="{escape.address(address)}">{text}</a>'
