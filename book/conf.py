"""Sphinx settings of both editions; compendium/book/building.py writes the sources and names the language."""

import gc
import html
import os
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from sphinx.search import languages
from sphinx.search.en import SearchEnglish

gc.set_threshold(100_000)  # trees of nodes are made by the million, and few of them are garbage
HERE = Path(__file__).resolve().parent
CHINESE = os.environ["BOOK_LANGUAGE"] == "zh"

PAPER = "我国智能制造发展实践及突破路径研究" if CHINESE else "China's Intelligent Manufacturing (2022)"
project = f"《{PAPER}》逐数重算" if CHINESE else f"{PAPER}, re-run number by number"
author = "智能制造论文复算" if CHINESE else "The compendium"
copyright = "CC BY 4.0"
language = "zh_CN" if CHINESE else "en"
extensions = ["myst_nb"]
templates_path = [str(HERE / "templates")]
html_static_path = [str(HERE / "static")]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_theme = "sphinx_book_theme"
html_title = project
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it fetches pages, which a browser refuses to a page opened from disk
html_permalinks_icon = "#"
html_context = {"default_mode": "light", "edition": "zh" if CHINESE else "en"}
html_theme_options = {
    "article_header_end": ["switch.html"],
    "navbar_persistent": [],
    "collapse_navigation": True,
    "show_navbar_depth": 1,
    "toc_title": "本页内容" if CHINESE else "On this page",
    "footer_content_items": ["copyright.html"],
}
nb_execution_mode = "off"
nb_code_prompt_show, nb_code_prompt_hide = ("显示代码", "收起代码") if CHINESE else ("Show the code", "Hide the code")
nb_render_markdown_format = "myst"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}
suppress_warnings = ["myst.header"]

PAIRS = """
var splitQuery = (query) =>
  query.split(/[^\\p{Letter}\\p{Number}_]+/u).flatMap((word) =>
    word.split(/(\\p{Script=Han}+)/u).flatMap((part) =>
      /\\p{Script=Han}/u.test(part) && part.length > 1
        ? Array.from({length: part.length - 1}, (_, i) => part.slice(i, i + 2)) : part ? [part] : []));
"""


class Words(SearchEnglish):
    """English words by their stem, Chinese by single characters and pairs of neighbours, so that any term is found."""

    js_splitter_code = PAIRS

    def split(self, input: str) -> list[str]:
        """Return the words of a text."""
        found = []
        for word in re.findall(r"[\u4e00-\u9fff]+|(?:(?![\u4e00-\u9fff])\w)+", input):
            han = "\u4e00" <= word[0] <= "\u9fff"
            found += [*word, *map("".join, pairwise(word))] if han else [word]
        return found

    @cache  # noqa: B019
    def stem(self, word: str) -> str:
        """Return the stem of an English word."""
        return super().stem(word)

    def word_filter(self, word: str) -> bool:
        """Keep every Chinese word; of the others what English search keeps."""
        return "\u4e00" <= word[0] <= "\u9fff" or super().word_filter(word)


languages["en"] = languages["zh"] = Words


def escape_title(app, pagename, templatename, context, doctree) -> None:
    """Make text of the title that the theme writes as it is into the heading for print."""
    context["pagetitle"] = html.escape(context.get("pagetitle", ""))


def setup(app) -> None:
    """Have titles escaped after the theme has set them."""
    app.connect("html-page-context", escape_title, priority=900)
