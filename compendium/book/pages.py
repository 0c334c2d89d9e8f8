"""The pages made from the ledger, the glossary and the data package; all pages of an edition."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from compendium import escape, html, paths
from compendium.book.edition import Edition, book
from compendium.book.links import place, to_pages
from compendium.book.notebooks import Cell, notebook
from compendium.data import datapackage, tables
from compendium.data.datapackage import LIST
from compendium.declaration import declared
from compendium.files import write_atomic
from compendium.languages import page, plain, spoken, unmarked
from compendium.ledger import claims
from compendium.ledger.claims import LISTS
from compendium.show import listing, quotes, readme, reproductions
from compendium.show.findings import findings as every_finding
from compendium.show.findings import key_findings, listed, summary
from compendium.show.halves import whole
from compendium.show.quotes import cite
from compendium.texts import CLAUSE, SEMICOLON, Text, joined
from compendium.vocabulary import ANSWERS, GRADES, RULES, WEIGHTS, answered, by_coding, found

HERE = {"README.md": "../index.md", "data/raw/codebook.md": "../codebook.md"}  # what pages of docs lead to, in the book
FIGURE = re.compile(r"\{figure ([\w-]+)\}")
CLAIMED = re.compile(r"\[(Q\d+)\]\([^)]*\)")  # a link from a claim to a notebook; in the book it has a page of its own
FIRST = 3  # findings on the start page
WITHOUT_CONTENTS = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"


def write(edition: Edition, texts: Mapping[str, Mapping[str, str]], root: Path) -> None:
    """Write every page as a source for Sphinx below `root`.

    Args:
        edition: the notebooks and the language.
        texts: what `texts` returns, by language: a term is one where all editions use it in the same place.
        root: folder that is written to.
    """
    pages = {f"notebooks/{name}.ipynb": notebook(edition, name) for name in edition.notebooks}
    for name, text in texts[edition.language].items():
        wholes = paired({language: texts[language][name] for language in spoken()})
        pages[name] = edition.linked(text, "../" * name.count("/"), wholes, set())
    for claim_id in edition.ledger.index:  # no word in it becomes a link
        pages[f"claims/{claim_id}.md"] += f"\n{edition.machine_readable(claim_id)}\n"
    pages["glossary.md"] = glossary(edition)
    for name in FIGURE.findall(start_text(edition)):
        pages[f"figures/{name}.svg"] = figure(edition, name)
    for name, text in pages.items():
        write_atomic(root / name, text.encode("utf-8"))


def paired(said: Mapping[str, str]) -> list[str]:
    """Return the paragraphs and rows of tables of a page, given by language, each in all languages."""
    pieces = (re.split(r"\n\n|</tr>", text) for text in said.values())
    return [whole(dict(zip(said, pair, strict=True))) for pair in zip(*pieces, strict=False)]


def texts(edition: Edition) -> dict[str, str]:
    """Return the pages made from texts and tables, without links to claims and terms."""
    structural = edition.ledger["weight"] == LISTS
    pages = {"findings.md": findings(edition), "codebook.md": codebook(edition), "runs.md": runs(edition)}
    pages["claims/index.md"] = claim_list(edition, edition.ledger[~structural])
    if structural.any():
        pages["claims/lists.md"] = claim_list(edition, edition.ledger[structural])
    pages |= {f"claims/{claim_id}.md": claim(edition, claim_id) for claim_id in edition.ledger.index}
    return pages | docs(edition) | {"index.md": start(edition)}


def start(edition: Edition) -> str:
    """Return the start page: its text from the folder book, the findings in short, the notebooks, the contents."""
    ledger = edition.ledger.reset_index(drop=True)
    first = listed(key_findings(ledger)[:FIRST], edition.language, "notebooks/")
    text = FIGURE.sub(lambda match: pictured(edition, match[1]), start_text(edition))
    text = to_pages(text.replace("{summary}", summary(ledger)[edition.language]).replace("{findings}", first))
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


def start_text(edition: Edition) -> str:
    """Return the start page before what is computed is filled in: that of the folder book, else one of the titles."""
    file, told = book() / f"start.{edition.language}.md", declared()
    if file.is_file():
        return file.read_text(encoding="utf-8")
    title = escape.markdown(told.title[edition.language])
    return edition("start", title=title, paper=escape.markdown(told.paper.title))


def figure(edition: Edition, name: str) -> str:
    """Return a committed figure in this language as SVG."""
    return paths.figure(name, edition.language, "svg", paths.project().root).read_text(encoding="utf-8")


def pictured(edition: Edition, name: str) -> str:
    """Return a figure for a page, with what it shows in words."""
    [shown] = re.findall(r"<dc:description>(.*?)</dc:description>", figure(edition, name), re.S)
    return f"![{escape.markdown(unescape(shown))}](/figures/{name}.svg)"


def tree(edition: Edition) -> str:
    """Return the navigation."""
    parts = {
        edition("notebooks"): [
            f"{name[:2]} {next(iter(edition.headings[name].values()))} <notebooks/{name}>" for name in edition.notebooks
        ],
        edition("results"): [
            "findings",
            "claims/index",
            *(["claims/lists"] if claims.lists(edition.ledger)[0] else []),
        ],
        edition("docs"): sorted(docs(edition)),
        edition("reference"): ["glossary", "codebook", "runs"],
    }
    return "\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n"
        for caption, pages in parts.items()
        if pages
    )


def findings(edition: Edition) -> str:
    """Return the page of the findings."""
    ledger, language = edition.ledger.reset_index(drop=True), edition.language
    told = every_finding(ledger, language, edition("findings-reasons"))
    pieces = summary(ledger)[language], told, quotes.table(ledger, language)
    text = edition("findings", findings="\n\n".join(filter(None, pieces)))
    return to_pages(CLAIMED.sub(r"\1", text))


def codebook(edition: Edition) -> str:
    """Return the codebook in this language, with a mark at every table."""
    text = (paths.project().raw / page("codebook.md", edition.language)).read_text(encoding="utf-8")
    text = re.sub(r"^.*\]\(codebook[\w.-]*\)\n", "", text, flags=re.M)
    names = "|".join(datapackage.names())
    text = re.sub(rf"^## ({names})$", place(r"table-\1") + r"\n\n## \1", text, flags=re.M)
    return re.sub(r"(?<!\\)\[([^\]]+)\]\(#(\w+)\)", r'<a href="#table-\2">\1</a>', text)


def docs(edition: Edition) -> dict[str, str]:
    """Return the pages of the folder docs in this language, by their place in the book; a compendium may have none."""
    found = {}
    for file in (paths.project().root / "docs").glob("*.md"):
        name = unmarked(file.name)
        if page(name, edition.language) == file.name:
            text = re.sub(r"^(?:\[.*\]\(.*README.*\)|<!--.*-->)\n", "", file.read_text(encoding="utf-8"), flags=re.M)
            found[f"docs/{name}"] = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", led, CLAIMED.sub(r"\1", text))
    return found


def led(link: re.Match) -> str:
    """Return a link of a page of docs as one to a page of the book; its words alone where the book has no such page."""
    words, target = link.groups()
    file, mark, heading = unmarked(target).partition("#")
    name = file.removeprefix("../")
    if name.endswith(".ipynb"):
        return f'<a href="{file.removesuffix("ipynb")}html">{words}</a>'
    if name == file:
        return f"[{words}]({file}{mark}{heading})"
    return f"[{words}]({HERE[name]})" if name in HERE else words


def runs(edition: Edition) -> str:
    """Return the page of run times and memory, and of who ran it anew."""
    rows = [
        (f"[{name}](notebooks/{name}.ipynb)", f"{seconds:.1f}", "–" if memory is None else memory)
        for name, (seconds, memory) in edition.measures.items()
    ]
    table, log = listing.grid(columns(edition, "runs"), rows, "lrr"), reproductions.section(edition.language)
    return to_pages(edition("runs", table=table, log=log))


def columns(edition: Edition, name: str) -> list[str]:
    """Return the headings of the columns of a table."""
    return edition(f"{name}-columns").split(" | ")


def glossary(edition: Edition) -> str:
    """Return the glossary: each term in each language, what it means, where it is used."""
    entries = []
    for term, row in sorted(edition.terms.items(), key=lambda item: item[1][f"term_{plain()}"].lower()):
        order = sorted(spoken(), key=lambda tongue: tongue != edition.language)
        own, *others = (escape.markdown(row[f"term_{tongue}"]).split(" / ") for tongue in order)
        entry = edition(
            "glossary-entry",
            place=place(f"term-{term}"),
            term=own[0],
            other=edition("glossary-other", term=others[0][0]) if others else "",
            also=edition("glossary-also", terms=joined(own[1:])) if own[1:] else "",
            definition=escape.markdown(row[f"definition_{edition.language}"]),
            uses=edition("glossary-uses", places=used) if (used := edition.places(edition.uses[term], "")) else "",
        )
        entries.append(entry)
    return edition("glossary", entries="\n".join(entries))


def claim_list(edition: Edition, ledger: pd.DataFrame) -> str:
    """Return the page that lists these claims: those of substance, or lists and names."""
    rows = [
        [
            Cell("td", edition.answer(row), "v"),
            Cell("th", claim_id, link=f"{claim_id}.html"),
            Cell("td", edition.statements.at[claim_id, f"statement_{edition.language}"], "s"),
            Cell("td", row[f"printed_{edition.language}"]),
            Cell("td", found(row, edition.language)),
            Cell("td", edition.word(WEIGHTS[row["weight"]])),
        ]
        for claim_id, row in ledger.iterrows()
    ]
    shown = stacked(edition, columns(edition, "claims"), rows, "filter")
    if (ledger["weight"] == LISTS).all():
        return WITHOUT_CONTENTS + edition("claims-lists", table=shown)
    counted = Counter(ledger["verdict"].map(answered))
    numbers = {"all": len(ledger), **{answer: counted[answer] for answer in ANSWERS}}
    lists = listing.lists(edition.ledger, edition.language)
    return WITHOUT_CONTENTS + edition("claims", lists=lists, table=shown, **numbers)


def stacked(edition: Edition, names: Sequence[str], rows: Sequence[Sequence[Cell]], kind: str = "") -> Markup:
    """Return a table whose rows become paragraphs on a phone, where short cells tell the name of their column."""
    head = [Cell("th", name) for name in names]
    return html.render("book_table", name=edition("table"), head=head, rows=rows, kind=f"stacked {kind}".strip())


def claim(edition: Edition, claim_id: str) -> str:
    """Return the page of one claim: values, answer, what to quote instead, evidence, reason, how it is judged."""
    row, statement = edition.ledger.loc[claim_id], edition.statements.loc[claim_id]
    codings = by_coding(row, edition.language)
    facts = {
        "printed": row[f"printed_{edition.language}"],
        "found": found(row, edition.language),
        "answer": edition.answer(row),
        "instead": instead(edition, claim_id),
        "cite": html.render("book_quote", said=cite(claim_id, row["verdict"], Text)[edition.language], note=""),
    }
    ways = {
        "codings": edition("codings-majority", verdicts=codings) if codings else "",
        "rule": edition.meaning(RULES[row["rule"]]),
        "grade": edition.ground(row),
        "section": edition("section-abstract") if row["section"] == "abstract" else row["section"],
        "weight": edition.word(WEIGHTS[row["weight"]]),
    }
    others = [use for use in edition.uses[claim_id] if use != (row["notebook"], row["cell"])]
    decides = row["evidence_rows"].split(LIST)
    cited = [f"{source(edition, s)}{kept(edition, decides, s)}" for s in row["evidence"].split(LIST) if s]
    aside = tables.raw("claim_evidence").query("claim_id == @claim_id and evidence_id not in @decides")
    told = set(aside["source_id"])
    parts = {
        "evidence": bullets(cited) or edition("evidence-none"),
        "reason": escape.markdown(row[f"reason_{edition.language}"]),
        "flip": escape.markdown(row[f"flip_{edition.language}"]),
        "beside": bullets(source(edition, s) for s in row["told_beside"].split(LIST) if s and s not in told),
        "aside": bullets(
            f"{r['evidence_id']} {escape.markdown(r[f'says_{edition.language}'])} ({escape.markdown(r['source_id'])})"
            for r in aside.to_dict("records")
        ),
        "judged": f"{edition('judged-cell', notebook=row['notebook'], cell=row['cell'])}\n\n{table(edition, ways)}",
        "mentioned": edition.places(others, "../"),
    }
    body = "\n\n".join(f"## {name}\n\n{said}" for name, said in edition.told(parts))
    title = escape.markdown(statement[f"statement_{edition.language}"].rstrip("。."))
    printed = json.dumps(row[f"printed_{edition.language}"], ensure_ascii=False)
    title = f"---\norphan: true\nprinted: {printed}\n---\n# {claim_id} {title}"
    return f"{title}\n\n{table(edition, facts)}\n\n{body}\n\n{around(edition, claim_id)}\n"


def table(edition: Edition, facts: Mapping[str, str]) -> Markup:
    """Return facts, given by the key of their heading, as a table."""
    return html.render("book_facts", facts=edition.told(facts))


def instead(edition: Edition, claim_id: str) -> Markup | str:
    """Return what to quote instead of a claim and which sources carry it; empty where nothing needs correcting."""
    if claim_id not in edition.quotes:
        return ""
    quote, tongue = edition.quotes[claim_id], edition.language
    if not quote.stands:
        return quote.said[tongue]
    names = [edition.sources.at[name, f"name_{tongue}"] for name in quote.sources]
    note = edition("instead-sources", sources=joined(names, SEMICOLON))
    return html.render("book_quote", said=quote.said[tongue], note=note)


def bullets(items: Iterable[str]) -> str:
    """Return a list in Markdown."""
    return "\n".join(f"* {item}" for item in items)


def around(edition: Edition, claim_id: str) -> Markup:
    """Return the way to the claims before and after; the theme's own would put all claims into every sidebar."""
    ids = list(edition.ledger.index)
    at = ids.index(claim_id)
    before, after = ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""
    return html.render("book_around", name=edition("claims-all"), before=before, after=after)


def source(edition: Edition, name: str) -> str:
    """Return a source in one line: title, publisher, date, grade, address; that of an untrusted site is no link."""
    row = edition.sources.loc[name]
    unsafe, other = row["host_trust"] == "unsafe", row["archived"] not in ("", row["url"])
    return edition(
        "source",
        name=name,
        facts=joined((escape.markdown(row[key]) for key in ("title", "publisher", "published")), CLAUSE),
        grade=row["grade"],
        means=GRADES[row["grade"]],
        trust=edition("source-unsafe") if unsafe else "",
        address=located(row["url"], unsafe),
        copy=edition("source-copy", address=located(row["archived"], unsafe)) if other else "",
    )


def kept(edition: Edition, decides: list[str], name: str) -> str:
    """Return what was read in a source for rows of claim_evidence, words in quotation marks; empty if nothing was."""
    rows = edition.excerpts[edition.excerpts["row_key"].isin(decides) & edition.excerpts["source_id"].eq(name)]
    marks = {"verbatim": "“{}”", "figures": "{}"}
    read = [f"{row.row_key} {marks[row.kind].format(escape.markdown(row.excerpt))}" for row in rows.itertuples()]
    return edition("source-read", excerpts=joined(read, SEMICOLON)) if read else ""


def located(address: str, unsafe: bool) -> str:
    """Return an address for a page: a link, unless it is of an untrusted site."""
    text = escape.html(address)
    if unsafe:
        return f'<span class="address">{text}</span>'
    return f'<a class="address" href="{escape.address(address)}">{text}</a>'
