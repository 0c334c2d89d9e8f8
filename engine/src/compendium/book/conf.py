"""Sphinx settings of every edition; building.py writes the sources and names compendium and language."""

import gc
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

from compendium.compendium import Compendium
from compendium.languages import name_language
from compendium.texts import catalogue

gc.set_threshold(100_000)  # trees of nodes are made by the million, and few of them are garbage
HERE = Path(__file__).resolve().parent
c = Compendium.find()
OTHER = next((code for code in c.languages if code != c.language), "")

text = catalogue("compendium/book")
project = html_title = c.declaration.title[c.language]
author = ", ".join(person.name for person in c.declaration.authors)
copyright = c.declaration.rights.data
language = "zh_CN" if c.language == "zh" else c.language
extensions = ["myst_nb"]
templates_path = [str(HERE / "templates")]
html_static_path = [str(HERE / "static")]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_theme = "sphinx_book_theme"
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_show_search_summary = False  # it fetches pages, which a browser refuses to a page opened from disk
html_permalinks_icon = "#"
html_context = {"default_mode": "light", "other": OTHER, "called": OTHER and name_language(OTHER, OTHER)}
html_theme_options = {
    "article_header_end": ["switch.html"],
    "navbar_persistent": [],
    "collapse_navigation": True,
    "show_navbar_depth": 1,
    "toc_title": text("page-contents")[c.language],
    "footer_content_items": ["copyright.html"],
}
nb_execution_mode = "off"
nb_code_prompt_show, nb_code_prompt_hide = (text(key)[c.language] for key in ("code-show", "code-hide"))
nb_render_markdown_format = "myst"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}
suppress_warnings = ["myst.header"]

NUMBER = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
HAN = r"[\u4e00-\u9fff]"
WORD = rf"{HAN}+|{NUMBER}(?!(?!{HAN})\w)|(?:(?!{HAN})\w)+"
# The same in the browser, for what a reader types.
SPLITTER = (HERE / "templates" / "split.js").read_text(encoding="utf-8")
for name, pattern in {"WORD": WORD.replace(r"\w", r"[_\p{L}\p{N}]"), "NUMBER": NUMBER, "HAN": HAN}.items():
    SPLITTER = SPLITTER.replace(name, pattern)


class Words(SearchEnglish):
    """English words by their stem, Chinese by single characters and pairs of neighbours, so that any term is found.

    A number is one word, its decimals included, between two marks: Sphinx skips what consists of digits only, and
    takes a word that it does not know for a part of others.
    """

    js_splitter_code = SPLITTER
    stem = cache(SearchEnglish.stem)  # a word stands on many pages

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        found = []
        for word in re.findall(WORD, input):
            if "\u4e00" <= word[0] <= "\u9fff":
                found += [*word, *map("".join, pairwise(word))]
            else:
                found.append(f"#{word.replace(',', '')}#" if re.fullmatch(NUMBER, word) else word)
        return found


languages[c.language] = Words


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
    """Have numbers found."""
    app.connect("doctree-read", lead_to_numbers)
