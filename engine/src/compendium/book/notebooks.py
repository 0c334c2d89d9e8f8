"""The pages of the notebooks: one language, marks at every cell, links from words to where they are explained."""

import base64
import json
import re

import nbformat
from bs4 import BeautifulSoup, Tag
from markdown_it import MarkdownIt
from markupsafe import Markup
from nbformat.v4 import new_code_cell, new_markdown_cell

from compendium.base import html
from compendium.book.edition import LanguageEdition
from compendium.book.links import link_to_book_pages, link_to_notebook_pages, render_anchor
from compendium.notebook import bilingual, exercises, explorers, working_copies
from compendium.notebook.reading_time import estimate_reading_time

INLINE = MarkdownIt("commonmark")
NUMBER = re.compile(r"[-−–+]?[\d.,]*(?:–[\d.,]+)?")


def render_notebook_page(edition: LanguageEdition, name: str) -> str:
    """Return a notebook in this language, with a mark at every cell and links from its words.

    Folded code without output, and all code up to the first text after the first figure, stands under one fold before
    the code after it, so that a page begins with its answer.
    """
    notebook, cells = edition.notebooks[name], []
    first = next((position for position, cell in enumerate(notebook.cells) if list_figure_outputs(cell)), -1)
    while 0 <= first < len(notebook.cells) - 1 and is_code_hidden(notebook.cells[first + 1]):
        first += 1  # the story below the figure is of the first screen too
    below = first + 1  # the text on how to read them
    seen: set[str] = set()
    solutions: list[str] = []
    silent: list[str] = []
    row = new_markdown_cell(str(render_notebook_links(edition, name)))
    for position, (cell, after) in enumerate(zip(notebook.cells, [*notebook.cells[1:], None], strict=True)):
        mark = render_anchor(f"cell-{cell.id}")
        if cell.cell_type == "markdown":
            texts, solutions = render_text_cell(edition, name, cell, mark, seen)
            texts += [str(render_browser_link(edition, name, "lite-open"))] if edition.lite and position == 0 else []
            cells += [*map(new_markdown_cell, texts), *([row] if position == below else [])]
            continue
        cells.append(new_markdown_cell(mark))
        cell.source = bilingual.select_comment_language(cell.source, edition.language, edition.c.languages)
        if is_code_hidden(cell):
            silent.append(cell.source)
            if position > first and (cell.outputs or not is_code_hidden(after)):
                cell.source, silent = "\n\n".join(silent), []
            elif cell.outputs:
                cell.metadata.tags.append("remove-input")
            else:
                continue
        elif silent:
            cells.insert(-1, new_code_cell("\n\n".join(silent), metadata={"tags": ["hide-input"]}))
            silent = []
        held = [o.data[exercises.KIND] for o in cell.outputs if exercises.KIND in o.get("data", {})]
        if held:
            cells += [
                new_markdown_cell(str(render_answer_field(edition, cell, *held))),
                *map(new_markdown_cell, solutions),
            ]
            continue
        whole = edition.bilingual[name][cell.id].outputs
        cell.outputs = [render_cell_output(edition, *pair, seen) for pair in zip(cell.outputs, whole, strict=True)]
        for data in list_figure_outputs(cell):
            cell.metadata["mystnb"] = {"image": {"alt": data["text/plain"]}}
        cells.append(cell)
    notebook.cells = cells if row in cells else [*cells, row]
    return nbformat.writes(notebook)


def render_text_cell(
    edition: LanguageEdition, name: str, cell: nbformat.NotebookNode, mark: str, seen: set[str]
) -> tuple[list[str], list[str]]:
    """Return a text cell in this language with links, its mark below its title, and its solutions.

    An exercise leads to its cell in the browser; its solutions are to stand below the field for an answer. `seen` as in
    `LanguageEdition.linked`.
    """
    own, solutions, site = bilingual.select_language_part(cell.source, edition.language), [], ""
    if exercise := "exercise" in cell.metadata.get("tags", []):
        solutions, own = bilingual.SOLUTION.findall(own), bilingual.SOLUTION.sub("", own)
        site = str(render_browser_link(edition, name, "lite-answer", cell.id))
    own = link_to_notebook_pages(link_to_book_pages(own, edition.c.languages, '<a href="../{page}.html">{words}</a>'))
    text = edition.linked(own, "../", [own if exercise else cell.source], seen)
    text = re.sub(r"\A(# .*\n?)?", lambda title: f"{title[0]}\n{mark}\n\n", text)
    return [text, *filter(None, [site])], solutions


def render_answer_field(edition: LanguageEdition, cell: nbformat.NotebookNode, held: dict) -> Markup:
    """Return the field for the answer to an exercise, or where it cannot be typed, where it is checked instead."""
    asked = re.search("# (.+)", cell.source)
    named = {key: edition(f"exercise-{key}") for key in ("button", "list", "notebook")}
    if held:
        said = {key: INLINE.renderInline(text) for key, text in held["said"].items()}
        wrong = [[sealed, INLINE.renderInline(text)] for sealed, text in held["wrong"]]
        held = held | {"said": said, "wrong": wrong}
    label = asked[1] if asked else edition("exercise-label")
    listed, veiled = held and held["right"]["kind"] == "list", base64.b64encode(json.dumps(held).encode()).decode()
    return html.render("book_exercise", held=held and veiled, listed=listed, name=cell.id, label=label, **named)


def render_notebook_links(edition: LanguageEdition, name: str) -> Markup:
    """Return the row below the first screen of a notebook: how long it takes, how to open, to get and to cite it."""
    c, language = edition.c, edition.language
    cited = {"title": c.tables.said(c.tables.package, "title")[language], "version": c.declaration.version}
    cited |= {"page": edition.titles[name], "paper": c.declaration.paper.reference}
    run = Markup(edition("take-run", command=working_copies.describe_lab_command(c, language), name=name))
    said = edition("take-cite", name=name, **cited)
    told = {
        "time": edition("take-time", pace=estimate_reading_time(c, name)),
        "file": edition("take-file"),
        "cite": edition("cite"),
    }
    return html.render("book_take", run=run, name=name, said=said, **told)


def render_browser_link(edition: LanguageEdition, name: str, key: str, cell: str = "") -> Markup:
    """Return a link, of the text `key`, to where a notebook runs in a browser, at a cell; empty if that is nowhere."""
    root = edition.lite if "://" in edition.lite else f"../../{edition.lite}"
    address = f"{root.rstrip('/')}/notebooks/index.html?path={edition.language}/{name}.ipynb"
    address += f"#cell-id={cell}" if cell else ""
    return Markup('<a class="run" href="{}">{}</a>').format(address, edition(key)) if edition.lite else Markup()


def is_code_hidden(cell: nbformat.NotebookNode | None) -> bool:
    """Return whether a cell is code that is hidden until it is asked for."""
    return cell is not None and cell.cell_type == "code" and "hide-input" in cell.metadata.get("tags", [])


def list_figure_outputs(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return what the figures that a cell shows consist of, by kind."""
    return [o.data for o in cell.get("outputs", []) if "image/svg+xml" in o.get("data", {})]


def render_cell_output(
    edition: LanguageEdition, output: nbformat.NotebookNode, bilingual: nbformat.NotebookNode, seen: set[str]
) -> nbformat.NotebookNode:
    """Return one output of a cell with links; tables in a box, explorers as the page draws them.

    `bilingual` is the same in all languages, to tell which terms it uses; `seen` as in `LanguageEdition.linked`.
    """
    data = output.get("data", {})
    if explorers.KIND in data:
        drawn = html.render("book_explorer", chart=data.pop(explorers.KIND), alt=data["text/plain"])
        data["text/html"] = str(drawn)
        return output
    for kind, change in {
        "text/markdown": link_to_notebook_pages,
        "text/html": lambda text: render_html_output(edition, text),
    }.items():
        if kind in data:
            data[kind] = edition.linked(change(data[kind]), "../", [bilingual.data[kind]], seen)
            break
    return output


def render_html_output(edition: LanguageEdition, text: str) -> str:
    """Return HTML that a notebook shows as the book shows it: a table of pandas as its own, a story or cards in a box.

    The box scrolls on a narrow page.
    """
    return (
        str(render_dataframe_html(edition, text)) if 'class="dataframe"' in text else f'<div class="wide">{text}</div>'
    )


def render_dataframe_html(edition: LanguageEdition, text: str) -> Markup:
    """Return a table of pandas in a box of its own that scrolls, without the empty column of a nameless index."""
    found = [row.find_all(["th", "td"]) for row in BeautifulSoup(text, "html.parser").find_all("tr")]
    kept = [i for i in range(len(found[0])) if any(row[i].get_text() for row in found)]
    head, *rows = ([row[i] for i in kept] for row in found)

    def show(cell: Tag) -> tuple[str, str]:
        said = cell.get_text()
        return "h" * (cell.name == "th") + "n" * bool(NUMBER.fullmatch(said)), said

    heads = [cell.get_text() for cell in head]
    return html.render("book_table", name=edition("table"), head=heads, rows=[map(show, row) for row in rows])
