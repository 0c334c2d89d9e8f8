"""The pages of the notebooks: one language, marks at every cell, links from words to where they are explained."""

import re
from typing import NamedTuple

import nbformat
from bs4 import BeautifulSoup
from markupsafe import Markup

from compendium import html
from compendium.book.edition import Edition
from compendium.book.links import place, to_pages
from compendium.data import datapackage
from compendium.declaration import declared
from compendium.languages import unmarked
from compendium.show import explorers
from compendium.show.halves import half
from compendium.show.lab import opening
from compendium.vocabulary import ANSWERS, SINCE, VERDICTS, answered, by_coding, found

OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#]+)(?:#[^)]*)?\)")  # a link from a notebook to what is none


def led(link: re.Match) -> str:
    """Return a link from a notebook as one to a page of the book; its words alone where the book has no such page."""
    words, target = link.groups()
    name = unmarked(target).removeprefix("data/raw/").removesuffix(".md")
    return words if name.endswith(".py") else f'<a href="../{name}.html">{words}</a>'


def notebook(edition: Edition, name: str) -> str:
    """Return a notebook in this language, with a mark at every cell and links from its words.

    Folded code without output, and all code up to the first text after the first figure, stands under one fold before
    the code after it, so that a page begins with its answer.
    """
    notebook, cells = edition.notebooks[name], []
    first = next((position for position, cell in enumerate(notebook.cells) if figures(cell)), -1)
    while 0 <= first < len(notebook.cells) - 1 and folded(notebook.cells[first + 1]):
        first += 1  # the story below the figure is of the first screen too
    seen: set[str] = set()
    silent: list[str] = []
    row = nbformat.v4.new_markdown_cell(str(take(edition, name)))
    for position, (cell, after) in enumerate(zip(notebook.cells, [*notebook.cells[1:], None], strict=True)):
        bilingual = edition.bilingual[name][cell.id]
        mark = place(f"cell-{cell.id}")
        if cell.cell_type == "markdown":
            source = to_pages(OUTSIDE.sub(led, half(cell.source, edition.language)))
            text = edition.linked(source, "../", [cell.source], seen)
            title = text.partition("\n")[0] + "\n" if text.startswith("# ") else ""
            body = text.removeprefix(title)
            cells.append(nbformat.v4.new_markdown_cell(f"{title}\n{mark}\n\n{body}" if title else f"{mark}\n\n{text}"))
            continue
        cells.append(nbformat.v4.new_markdown_cell(mark))
        if folded(cell):
            silent.append(cell.source)
            if position > first and (cell.outputs or not folded(after)):
                cell.source, silent = "\n\n".join(silent), []
            elif cell.outputs:
                cell.metadata.tags.append("remove-input")
            else:
                continue
        elif silent:
            cells.insert(-1, nbformat.v4.new_code_cell("\n\n".join(silent), metadata={"tags": ["hide-input"]}))
            silent = []
        cell.outputs = [output(edition, *pair, seen) for pair in zip(cell.outputs, bilingual.outputs, strict=True)]
        for data in figures(cell):
            cell.metadata["mystnb"] = {"image": {"alt": data["text/plain"]}}
        cells += [cell, row] if position == first else [cell]
    notebook.cells = cells if row in cells else [*cells, row]
    return nbformat.writes(notebook)


def take(edition: Edition, name: str) -> Markup:
    """Return the row below the first figure of a notebook: how to open it, the file, how to cite the page."""
    package = datapackage.descriptor()
    title = datapackage.said(package, "title")[edition.language]
    said = edition(
        "take-cite",
        title=title,
        version=declared().version,
        name=name,
        page=next(iter(edition.headings[name].values())),
        paper=declared().paper.reference,
    )
    run = Markup(edition("take-run", command=opening(edition.language), name=name))
    file = edition("take-file")
    return html.render("book_take", run=run, name=name, file=file, cite=edition("cite"), said=said)


def folded(cell: nbformat.NotebookNode | None) -> bool:
    """Return whether a cell is code that is hidden until it is asked for."""
    return cell is not None and cell.cell_type == "code" and "hide-input" in cell.metadata.get("tags", [])


def figures(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return what the figures that a cell shows consist of, by kind."""
    return [o.data for o in cell.get("outputs", []) if "image/svg+xml" in o.get("data", {})]


def output(
    edition: Edition, output: nbformat.NotebookNode, bilingual: nbformat.NotebookNode, seen: set[str]
) -> nbformat.NotebookNode:
    """Return one output of a cell with links; tables in a box, claims on cards, explorers as the page draws them.

    Args:
        edition: whose language the output is in.
        output: the output.
        bilingual: the same in all languages, to tell which terms it uses.
        seen: the terms already linked on this page; receives those linked now.
    """
    data = output.get("data", {})
    if explorers.KIND in data:
        drawn = html.render("book_explorer", chart=data.pop(explorers.KIND), alt=data["text/plain"])
        data["text/html"] = str(drawn)
    elif "text/markdown" in data:
        text = to_pages(data["text/markdown"])
        data["text/markdown"] = edition.linked(text, "../", [bilingual.data["text/markdown"]], seen)
    elif "text/html" in data:
        text = data["text/html"]
        cards = re.findall(r"<b>(Q\d+)</b>", text)
        if text.startswith('<table class="story">'):
            shown = Markup('<div class="wide">{}</div>').format(Markup(story(edition, text)))
        else:
            shown = Markup("").join(card(edition, claim) for claim in cards) if cards else table(edition, text)
        data["text/html"] = edition.linked(str(shown), "../", [bilingual.data["text/html"]], seen)
    return output


def story(edition: Edition, text: str) -> str:
    """Return a story whose verdicts, which stand in the cells with an edge, carry their meanings."""
    words = {edition.word(word): word for word in SINCE.values()}
    pattern = re.compile("|".join(rf"\b{word}\b" if word.isascii() else word for word in words))

    def explained(said: str) -> str:
        return pattern.sub(lambda found: str(edition.explained(words[found[0]], found[0])), said)

    return re.sub(r"(<td [^>]*border-left[^>]*>)(.*?)(?=</td>)", lambda cell: cell[1] + explained(cell[2]), text)


NUMBER = re.compile(r"[-−–+]?[\d.,]*(?:–[\d.,]+)?")


class Cell(NamedTuple):
    """A cell of a table: its tag, text, class and the address it leads to."""

    tag: str
    text: str
    kind: str = ""
    link: str = ""


def table(edition: Edition, text: str) -> Markup:
    """Return a table of pandas in a box of its own that scrolls, without the empty column of a nameless index."""
    soup = BeautifulSoup(text, "html.parser")
    rows = [[Cell(c.name, c.get_text()) for c in row.find_all(["th", "td"])] for row in soup.find_all("tr")]
    kept = [i for i in range(len(rows[0])) if any(row[i].text for row in rows)]
    head, *body = [[row[i] for i in kept] for row in rows]
    body = [[cell._replace(kind="n" if NUMBER.fullmatch(cell.text) else "") for cell in row] for row in body]
    words = {edition.word(word): word for word in VERDICTS.values()}
    for i in [i for i, cell in enumerate(head) if edition("verdict") in cell.text.lower()]:
        for row in body:
            if word := words.get(row[i].text):
                row[i] = row[i]._replace(text=edition.explained(word, row[i].text))
    return html.render("book_table", name=edition("table"), head=head, rows=body)


def card(edition: Edition, claim_id: str) -> Markup:
    """Return the verdict on a claim as a card, as its notebook shows it, in this language."""
    row, statement = edition.ledger.loc[claim_id], edition.statements.loc[claim_id]
    facts = {
        "answer": edition.answer(row),
        "card-claim": claim_id,
        "printed": row[f"printed_{edition.language}"],
        "found": found(row, edition.language),
        "card-grade": edition.ground(row),
        "codings": by_coding(row, edition.language),
    }
    reasons = [row[f"{part}_{edition.language}"] for part in ("reason", "flip")]
    return html.render(
        "book_card",
        colour=ANSWERS[answered(row["verdict"])].colour,
        statement=statement[f"statement_{edition.language}"],
        facts=edition.told(facts),
        reasons=[reason for reason in reasons if reason],
    )
