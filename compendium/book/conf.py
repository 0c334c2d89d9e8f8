"""Sphinx settings of every edition; compendium/book/building.py writes the sources and names the language."""

import gc
import html
import os
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

from compendium.declaration import declared
from compendium.languages import called, spoken
from compendium.texts import catalogue

gc.set_threshold(100_000)  # trees of nodes are made by the million, and few of them are garbage
HERE = Path(__file__).resolve().parent
EDITION = os.environ["BOOK_LANGUAGE"]
OTHER = next((code for code in spoken() if code != EDITION), "")

text = catalogue("compendium/book")
told = declared()
project = told.title[EDITION]
author = ", ".join(person.name for person in told.authors)
copyright = told.rights.data
language = "zh_CN" if EDITION == "zh" else EDITION
extensions = ["myst_nb"]
templates_path = [str(HERE / "templates")]
html_static_path = [str(HERE / "static")]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_theme = "sphinx_book_theme"
html_title = project
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_show_search_summary = False  # it fetches pages, which a browser refuses to a page opened from disk
html_permalinks_icon = "#"
html_context = {"default_mode": "light", "other": OTHER, "called": OTHER and called(OTHER, OTHER)}
html_theme_options = {
    "article_header_end": ["switch.html"],
    "navbar_persistent": [],
    "collapse_navigation": True,
    "show_navbar_depth": 1,
    "toc_title": text("page-contents")[EDITION],
    "footer_content_items": ["copyright.html"],
}
nb_execution_mode = "off"
nb_code_prompt_show, nb_code_prompt_hide = (text(key)[EDITION] for key in ("code-show", "code-hide"))
nb_render_markdown_format = "myst"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}
suppress_warnings = ["myst.header"]

NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
HAN = r"[\u4e00-\u9fff]"
WORD = rf"{HAN}+|{NUMBER}(?!(?!{HAN})\w)|(?:(?!{HAN})\w)+"
SPLITTER = r"""
var splitQuery = (query) =>
  (query.normalize("NFKC").match(/WORD/gu) || []).flatMap((word) =>
    /^(?:NUMBER)$/.test(word) ? ["#" + word.replaceAll(",", "") + "#"]
      : /^HAN{2}/.test(word) ? Array.from({length: word.length - 1}, (_, i) => word.slice(i, i + 2)) : [word]);
"""
for name, pattern in {"WORD": WORD.replace(r"\w", r"[_\p{L}\p{N}]"), "NUMBER": NUMBER, "HAN": HAN}.items():
    SPLITTER = SPLITTER.replace(name, pattern)


class Words(SearchEnglish):
    """English words by their stem, Chinese by single characters and pairs of neighbours, so that any term is found.

    A number is one word, its decimals included, between two marks: Sphinx skips what consists of digits only, and
    takes a word that it does not know for a part of others.
    """

    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        found = []
        for word in re.findall(WORD, input):
            if "\u4e00" <= word[0] <= "\u9fff":
                found += [*word, *map("".join, pairwise(word))]
            else:
                found.append(f"#{word.replace(',', '')}#" if re.fullmatch(NUMBER, word) else word)
        return found

    @cache  # noqa: B019
    def stem(self, word: str) -> str:
        """Return the stem of an English word."""
        return super().stem(word)

    def word_filter(self, word: str) -> bool:
        """Keep every Chinese word; of the others what English search keeps."""
        return "\u4e00" <= word[0] <= "\u9fff" or super().word_filter(word)


languages[EDITION] = Words


def escape_title(app, pagename, templatename, context, doctree) -> None:
    """Make text of the title that the theme writes as it is into the heading for print."""
    context["pagetitle"] = html.escape(context.get("pagetitle", ""))


def lead_to_numbers(app, doctree) -> None:
    """Have cells of tables read as words of their own, and a claim found first by a number that it prints.

    Sphinx's search leads to an entry of the index by any part of at least half its length. A number, with its sign of
    per cent or without, is one; dots behind it make its own parts too short.
    """
    for cells in doctree.findall(nodes.raw):
        cells.children = [nodes.Text(re.sub(r"(</t[dh]>)(?=<)", r"\1\n", cells.astext()))]
    printed = app.env.metadata[app.env.docname].get("printed", "")
    for found in re.finditer(rf"({NUMBER})(%?)", printed):
        for number in {found[1], found[1].replace(",", "")}:
            entry = (number + found[2]).ljust(2 * len(number), "·")
            doctree.append(addnodes.index(entries=[("single", entry, "", "main", None)]))


def setup(app) -> None:
    """Have numbers found, and titles escaped after the theme has set them."""
    app.connect("doctree-read", lead_to_numbers)
    app.connect("html-page-context", escape_title, priority=900)
