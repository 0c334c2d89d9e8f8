"""The pages made from the ledger, the glossary and the data package; all pages of an edition."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from markupsafe import Markup

from compendium.base import distribution, escape, html, paths
from compendium.base.files import write_atomic
from compendium.base.texts import CLAUSE, SEMICOLON, join_texts
from compendium.base.vocabulary import ANSWERS, DIFFERENCES, GRADES, RULES, WEIGHTS
from compendium.book import participation
from compendium.book.edition import LanguageEdition
from compendium.book.links import link_to_notebook_pages, render_anchor
from compendium.book.notebooks import render_notebook_page
from compendium.compendium import Compendium
from compendium.ledger import coding
from compendium.ledger.claims import LISTS, WEIGHED
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.flip_texts import list_change_sources
from compendium.ledger.readings import answer_by_strictness, list_claim_interpretations, rank_claim_interpretations
from compendium.ledger.record import Ledger, LedgerRow
from compendium.notebook import bilingual, figures
from compendium.notebook.bilingual import HAN
from compendium.pages import findings as finding
from compendium.pages import listing, quotes, readme

HERE = {"README.md": "../index.md", "data/raw/codebook.md": "../codebook.md"}  # what pages of docs lead to, in the book
CLAIMED = re.compile(r"\[(Q\d+)\]\([^)]*\)")  # a link from a claim to a notebook; in the book it has a page of its own
FIRST = 3  # findings on the start page
SHOWN = 4  # sources of a claim that its page shows at once, the best first
WITHOUT_CONTENTS = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"


def write_sphinx_sources(edition: LanguageEdition, texts: Mapping[str, Mapping[str, str]], root: Path) -> None:
    """Write every page as a source for Sphinx below `root`.

    `texts` are the pages by language, since a term is one where all editions use it in the same place.
    """
    pages = {f"notebooks/{name}.ipynb": render_notebook_page(edition, name) for name in edition.notebooks}
    for name, text in texts[edition.language].items():
        wholes = split_into_search_units({language: said[name] for language, said in texts.items()})
        pages[name] = edition.linked(text, "../" * name.count("/"), wholes, set())
    pages["glossary.md"] = render_glossary_page(edition)
    for name in re.findall(r"\(/figures/([\w-]+)\.svg\)", pages["index.md"]):
        pages[f"figures/{name}.svg"] = read_committed_figure(edition, name).data
    for name, text in pages.items():
        write_atomic(root / name, text.encode("utf-8"))


def split_into_search_units(texts: Mapping[str, str]) -> list[str]:
    """Return the paragraphs and rows of tables of a page, given by language, each in all languages."""
    pieces = (re.split(r"\n\n|</tr>", text) for text in texts.values())
    return [
        bilingual.join_languages_in_cell(dict(zip(texts, pair, strict=True))) for pair in zip(*pieces, strict=False)
    ]


def render_all_pages(edition: LanguageEdition) -> dict[str, str]:
    """Return the pages made from texts and tables, without links to claims and terms."""
    listed = {name: one for name, one in edition.ledger.items() if one.weight == LISTS}
    rest = {name: one for name, one in edition.ledger.items() if name not in listed}
    pages = {"findings.md": render_findings_page(edition), "codebook.md": render_codebook_page(edition)}
    pages |= {"claims/index.md": render_claim_list_page(edition, rest)}
    pages |= {"claims/lists.md": render_claim_list_page(edition, listed)} if listed else {}
    pages |= {
        f"claims/{claim_id}.md": render_claim_page(edition, claim_id) for claim_id in edition.ledger
    } | render_docs_pages(edition)
    pages |= participation.render_participation_pages(edition)
    return pages | {"index.md": f"{render_start_page(edition)}\n{render_toctree(edition, pages)}"}


def render_start_page(edition: LanguageEdition) -> str:
    """Return the start page: its text from the folder book, else of the titles; findings in short; the notebooks."""
    c, language = edition.c, edition.language
    file = c.root / "docs" / "book" / f"start.{language}.md"
    told = {"title": c.declaration.title[language], "paper": c.declaration.paper.title}
    own = {key: escape.markdown(said) for key, said in told.items()}
    text = file.read_text(encoding="utf-8") if file.is_file() else edition("start", **own)
    names, notebooks = readme.make_notebooks_table(c, language)
    first = finding.render_findings_list(finding.fill_findings(c, edition.ledger)[:FIRST], language, "notebooks/")

    def show(match: re.Match) -> str:
        return f"![{escape.markdown(read_committed_figure(edition, match[1]))}](/figures/{match[1]}.svg)"

    text = re.sub(r"\{figure ([\w-]+)\}", show, text).replace("{findings}", first)
    text = link_to_notebook_pages(
        text.replace("{summary}", finding.render_summary_paragraph(c, edition.ledger).markdown[language])
    )
    columns = dict(zip(names, ("h", "", "s", "n", "n"), strict=True))
    return text.replace("{notebooks}", render_responsive_table(edition, columns, notebooks, "notebooks/"))


def read_committed_figure(edition: LanguageEdition, name: str) -> figures.SavedFigure:
    """Return a committed figure in this language."""
    return figures.SavedFigure(paths.figure_path(name, edition.language, "svg", edition.c.root))


def render_toctree(edition: LanguageEdition, pages: Iterable[str]) -> str:
    """Return the navigation to the notebooks and to these pages."""
    names = [page.removesuffix(".md") for page in pages]
    parts: dict[str, list[str]] = {
        "notebooks": [f"{name[:2]} {title} <notebooks/{name}>" for name, title in edition.titles.items()],
        "results": [name for name in ("findings", "claims/index", "claims/lists") if name in names],
        "part": [name for name in names if name.startswith("part/")],
        "docs": sorted(name for name in names if name.startswith("docs/")),
        "reference": ["glossary", "codebook"],
    }
    tree = "```{{toctree}}\n:hidden:\n:caption: {}\n\n{}\n```\n"
    return "\n".join(tree.format(part, "\n".join(names)) for part, names in edition.label(parts))


def render_findings_page(edition: LanguageEdition) -> str:
    """Return the page of the findings."""
    ledger, language = edition.ledger, edition.language
    every = finding.render_findings(edition.c, ledger, language, edition("findings-reasons"))
    every = re.sub(r"^(\d+)\. ", r'\g<0><span id="finding-\1"></span>', every, flags=re.M)
    pieces = (
        finding.render_summary_paragraph(edition.c, ledger).markdown[language],
        every,
        quotes.render_quotes_table(edition.c, ledger, language),
    )
    return link_to_notebook_pages(CLAIMED.sub(r"\1", edition("findings", findings="\n\n".join(filter(None, pieces)))))


def render_codebook_page(edition: LanguageEdition) -> str:
    """Return the codebook in this language, with a mark at every table."""
    text = (edition.c.raw / edition.c.languages.page("codebook.md", edition.language)).read_text(encoding="utf-8")
    text = re.sub(r"^.*\]\(codebook[\w.-]*\)\n", "", text, flags=re.M)
    names = "|".join(edition.c.tables.resources)
    text = re.sub(rf"^## ({names})$", render_anchor(r"table-\1") + r"\n\n## \1", text, flags=re.M)
    return re.sub(r"(?<!\\)\[([^\]]+)\]\(#(\w+)\)", r'<a href="#table-\2">\1</a>', text)


def render_docs_pages(edition: LanguageEdition) -> dict[str, str]:
    """Return the pages of the folder docs in this language, by their place in the book; a compendium may have none.

    That on the engine, which every compendium holds for its author, is for readers only where another leads to it.
    """
    c, pages = edition.c, {}
    for file in (c.root / "docs").glob("*.md"):
        name = c.languages.unmarked(file.name)
        if c.languages.page(name, edition.language) == file.name:
            text = re.sub(r"^(?:\[.*\]\(.*README.*\)|<!--.*-->)\n", "", file.read_text(encoding="utf-8"), flags=re.M)
            pages[f"docs/{name}"] = re.sub(
                r"\[([^\]]+)\]\(([^)]+)\)", partial(rewrite_docs_link, c), CLAIMED.sub(r"\1", text)
            )
    about = pages.pop(distribution.CONTRACTS, "")
    led = any(f"]({Path(distribution.CONTRACTS).name}" in text for text in pages.values())
    return pages | ({distribution.CONTRACTS: about} if about and led else {})


def rewrite_docs_link(c: Compendium, link: re.Match) -> str:
    """Return a link of a page of docs as one to a page of the book; its words alone where the book has no such page."""
    words, target = link[1], c.languages.unmarked(link[2])
    file = target.partition("#")[0]
    name = file.removeprefix("../")
    if name.endswith(".ipynb"):
        return f'<a href="{file.removesuffix("ipynb")}html">{words}</a>'
    if "/" not in file:
        return f"[{words}]({target})"
    return f"[{words}]({HERE[name]})" if name in HERE else words


def render_glossary_page(edition: LanguageEdition) -> str:
    """Return the glossary: each term in each language, and what it means."""
    c, language, entries = edition.c, edition.language, []
    order = sorted(c.languages, key=lambda one: one != language)
    for term, row in sorted(edition.terms.items(), key=lambda item: item[1][f"term_{c.languages.plain}"].lower()):
        own, *others = (escape.markdown(row[f"term_{one}"]).split(" / ") for one in order)
        said = {"place": render_anchor(f"term-{term}"), "term": own[0]}
        said["other"] = edition("glossary-other", term=others[0][0]) if others else ""
        said["also"] = edition("glossary-also", terms=join_texts(own[1:])) if own[1:] else ""
        said["definition"] = escape.markdown(row[f"definition_{language}"])
        entries.append(edition("glossary-entry", **said))
    return edition("glossary", entries="\n".join(entries))


def render_claim_list_page(edition: LanguageEdition, ledger: Ledger) -> str:
    """Return the page that lists these claims: those of substance, or lists and names."""
    language, rows, data = edition.language, list[Sequence[str]](), EvidenceTables(edition.c)
    for name, one in sorted(ledger.items(), key=lambda item: make_urgency_sort_key(item[1])):
        answer = Markup("{} <small>{}</small>{}").format(
            edition.answer(one), edition.mark(one), render_answers_by_strictness(edition, one, data)
        )
        told = html.render("book_reason", said=edition.statements[name], why=one.why[language])
        said = (text[language] for text in (one.printed, one.found, WEIGHTS[one.weight]))
        rows.append((answer, name, told, *said, edition.section(one)))
    columns = dict(zip(edition("claims-columns").split(" | "), ("v", "h", "s", "", "", "f", "f"), strict=True))
    table = render_responsive_table(edition, columns, rows, kind="stacked filter")
    if all(one.weight == LISTS for one in ledger.values()):
        return WITHOUT_CONTENTS + edition("claims-lists", table=table)
    counted = Counter(one.answer for one in ledger.values())
    numbers = {"all": len(ledger), **{answer: counted[answer] for answer in ANSWERS}}
    lists = listing.describe_structural_claims(edition.ledger, language)
    return WITHOUT_CONTENTS + edition("claims", lists=lists, table=table, **numbers)


def render_answers_by_strictness(edition: LanguageEdition, one: LedgerRow, data: EvidenceTables) -> Markup:
    """Return what the switch of the list shows of a claim, by the rule and by reading; empty where all are the same."""
    answers = {"rule": one.answer, **answer_by_strictness(one, data)}
    if len({*answers.values()}) == 1:
        return Markup()
    told = {kind: (ANSWERS[key][edition.language], ANSWERS[key].colour) for kind, key in answers.items()}
    return Markup('<data class="readings" value="{}"></data>').format(json.dumps(told, ensure_ascii=False))


def make_urgency_sort_key(one: LedgerRow) -> tuple[int, int]:
    """Return what sorts claims: those that need correcting first, headline claims first in each answer."""
    return list(ANSWERS).index(one.answer), WEIGHED.index(one.weight)


def render_responsive_table(
    edition: LanguageEdition,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[str]],
    folder: str = "",
    kind: str = "stacked",
) -> Markup:
    """Return a table whose rows become paragraphs on a phone, where short cells tell the name of their column.

    `columns`: by name what the cells are, s for sentences, n for numbers, v for verdicts, f for
    what else the list is filtered by, h for the page in `folder`.
    """
    cells = [list(zip(columns.values(), row, strict=True)) for row in rows]
    return html.render("book_table", name=edition("table"), head=list(columns), rows=cells, folder=folder, kind=kind)


def render_claim_page(edition: LanguageEdition, claim_id: str) -> str:
    """Return the page of one claim: values, answer, what to quote instead, evidence, reason, how it is judged."""
    one, language = edition.ledger[claim_id], edition.language
    codings, decides, data = one.codings[language], one.evidence_rows, EvidenceTables(edition.c)
    persons = coding.compare_persons_with_machines(claim_id, data)
    unseen = data.records(claim_id, decides=True)[f"record_{language}"]
    facts = {
        "section": edition.place(one),
        "printed": one.printed[language],
        "found": render_finding_of_claim(edition, one),
        "answer": edition.answer(one),
        "firmness": edition.firmness(one),
        "missing": join_texts(unseen, SEMICOLON)[language] if one.strength != "firm" else "",
        "instead": render_what_to_quote(edition, claim_id),
        "cite": html.render(
            "book_quote", said=quotes.render_citation(edition.c, claim_id, one.verdict)[language], note=""
        ),
    }
    ways = {
        "codings": edition("codings-majority", verdicts=codings) if codings else "",
        "persons": edition("persons-counted", **persons) if persons["persons"] else "",
        "rule": RULES[one.rule].means[language],
        "grade": edition.ground(one),
        "weight": WEIGHTS[one.weight][language],
    }
    way = html.render("book_facts", facts=edition.label(ways))
    rows = edition.c.tables("claim_evidence").query("claim_id == @claim_id and evidence_id not in @decides")
    says = (
        edition(
            "aside-row",
            says=escape.markdown(row[f"says_{language}"]),
            name=escape.markdown(row["source_id"]),
            differs=DIFFERENCES[row["differs_in"]] if row["differs_in"] else edition("aside-same"),
        )
        for row in rows.to_dict("records")
    )
    turning = {name for change in one.flip_changes for name in list_change_sources(change, data)}
    best = sorted(one.evidence, key=lambda name: (name not in turning, edition.sources.loc[name, "grade"]))
    sources = [f"{render_source_line(edition, name)}{render_source_rows(edition, decides, name)}" for name in best]
    parts = {
        "evidence": sources[:SHOWN] or edition("evidence-none"),
        "flip": escape.markdown(one.flip_said[language]),
    }
    folded = {
        "more": sources[SHOWN:],
        "reason": escape.markdown(one.reason[language]),
        "votes": render_reading_votes(edition, claim_id),
        "beside": [render_source_line(edition, name) for name in one.told_beside if name not in {*rows["source_id"]}],
        "aside": list(says),
        "judged": f"{edition('judged-cell', notebook=one.notebook, cell=one.cell)}\n\n{way}",
    }
    ids = ["", *edition.ledger, ""]
    at = ids.index(claim_id)
    told = {"id": claim_id, "title": escape.markdown(edition.statements[claim_id].rstrip("。."))}
    told |= {"every": edition("claims-all"), "before": ids[at - 1], "after": ids[at + 1]}
    return html.render(
        "book_claim", facts=edition.label(facts), parts=edition.label(parts), folded=edition.label(folded), **told
    )


def render_reading_votes(edition: LanguageEdition, claim_id: str) -> list[Markup]:
    """Return the readings of a claim with a bar of the points that readers gave each; empty where nobody was asked."""
    data, language = EvidenceTables(edition.c), edition.language
    votes, known = rank_claim_interpretations(claim_id, data), list_claim_interpretations(claim_id, data)
    bars = []
    for name, mine in votes.items():
        reading, far = known.loc[name, f"reading_{language}"], round(mine.farfetched * mine.voters)
        kind = "plainest" if name == next(iter(votes)) else "counted" if mine.counts else "uncounted"
        who = edition("voters-persons" if mine.persons else "voters-machines", voters=mine.voters)
        said = edition(f"vote-{kind}", reading=reading, points=round(mine.points))
        said += edition("vote-far", far=far, voters=who) if far else ""
        bars.append(Markup('<meter max="100" value="{}"></meter> {}').format(round(mine.points), said))
    return bars


def render_finding_of_claim(edition: LanguageEdition, one: LedgerRow) -> Markup:
    """Return what is found of a claim and in a sentence why: under which reading, or what differs, is told there."""
    said, why = one.found[edition.language], one.why[edition.language]
    if one.agreement == "relabelled":
        rows = edition.c.tables("claim_evidence").set_index("evidence_id").loc[[*one.evidence_rows]]
        kinds = join_texts(word for kind, word in DIFFERENCES.items() if kind in {*rows["differs_in"]})
        why += edition("differs", kinds=kinds) if rows["differs_in"].any() else ""
    return html.render("book_reason", said=said, why=why)


def render_what_to_quote(edition: LanguageEdition, claim_id: str) -> Markup | str:
    """Return what to quote instead of a claim and which sources carry it; empty where nothing needs correcting."""
    quote, language = edition.quotes.get(claim_id), edition.language
    if not quote or not quote.stands:
        return quote.said[language] if quote else ""
    rows = edition.sources.loc[list(quote.sources)].sort_values("grade", kind="stable")
    trusted = rows[rows["host_trust"] != "unsafe"]
    names = (trusted if len(trusted) else rows)[f"name_{language}"]
    note = edition("instead-sources", sources=join_texts(names, SEMICOLON))
    return html.render("book_quote", said=quote.said[language], note=note)


def render_source_line(edition: LanguageEdition, name: str) -> str:
    """Return a source in one line: title, publisher, date, grade, address; that of an untrusted site is no link."""
    row, language = edition.sources.loc[name], edition.language
    title, unsafe = row["title"], row["host_trust"] == "unsafe"
    foreign = title.startswith("[") or bool(HAN.search(title)) != (language == "zh")
    own, other = row[f"name_{language}"] if foreign else title, row["archived"] not in ("", row["url"])
    said = {"name": name, "title": escape.markdown(own), "grade": row["grade"], "means": GRADES[row["grade"]]}
    told = own != title and not title.startswith("[")
    said["given"] = edition("source-title", title=escape.markdown(title)) if told else ""
    said["facts"] = join_texts((escape.markdown(row[key]) for key in ("publisher", "published") if row[key]), CLAUSE)
    said |= {"trust": edition("source-unsafe") if unsafe else "", "address": render_url(row["url"], unsafe)}
    said["copy"] = edition("source-copy", address=render_url(row["archived"], unsafe)) if other else ""
    return edition("source", **said)


def render_source_rows(edition: LanguageEdition, decides: Sequence[str], name: str) -> str:
    """Return what the rows of claim_evidence that decide retell of a source, with its words where they were kept."""
    rows, excerpts = edition.c.tables("claim_evidence"), edition.excerpts[edition.excerpts["source_id"].eq(name)]
    marks, told = {"verbatim": "“{}”", "method": "“{}”", "figures": "{}"}, list[str]()
    for row in rows[rows["evidence_id"].isin(decides)].to_dict("records"):
        if row["source_id"] == name:  # what else stands there is a copy of it
            told.append(escape.markdown(row[f"says_{edition.language}"]))
        kept = excerpts[excerpts["row_key"].eq(row["evidence_id"])]
        told += [marks[one.kind].format(escape.markdown(one.excerpt)) for one in kept.itertuples()]
    return edition("source-read", says=" ".join(told)) if told else ""


def render_url(address: str, unsafe: bool) -> str:
    """Return an address for a page: a link, unless it is of an untrusted site."""
    tag, link = ("span", "") if unsafe else ("a", f' href="{escape.escape_url(address)}"')
    return f'<{tag} class="address"{link}>{escape.html(address)}</{tag}>'
