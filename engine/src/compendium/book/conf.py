"""Sphinx settings of every edition; building.py writes the sources and names compendium and language."""

import base64
import gc
import re
from pathlib import Path

from compendium.base.languages import name_language
from compendium.base.texts import catalogue
from compendium.book import search
from compendium.compendium import Compendium

gc.set_threshold(100_000)  # trees of nodes are made by the million, and few of them are garbage
HERE = Path(__file__).resolve().parent
c = Compendium.find()
SOLUTION = re.compile(r"(?s)<details>(\n<summary>[^<]*</summary>)(.*?)</details>")
OTHER = next((code for code in c.languages if code != c.language), "")

text = catalogue("compendium/book")
project = html_title = c.declaration.title[c.language]
author = ", ".join(person.name for person in c.declaration.authors)
copyright = f"{c.declaration.released.year}, {author}, {c.declaration.rights.data}"
language = "zh_CN" if c.language == "zh" else c.language
extensions = ["myst_nb"]
templates_path = [str(HERE / "templates")]
html_static_path = [str(HERE / "static")]
html_css_files = ["book.css"]
html_js_files = ["book.js", "exercise.js", "participation.js"]
html_theme = "sphinx_book_theme"
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_additional_pages = {"search": "search.html"}
html_permalinks_icon = "#"
html_context: dict[str, object] = {
    "default_mode": "light",
    "other": OTHER,
    "called": OTHER and name_language(OTHER, OTHER),
}
html_context |= {"index": search.NAME, "kinds": {kind: text(f"search-{kind}")[c.language] for kind in search.KINDS}}
html_context |= {key: text(f"search-{key}")[c.language] for key in ("more", "none")}
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


def setup(app) -> None:
    """Have Sphinx make no index: its search skips numbers and cuts Chinese badly; search.py writes another."""
    app.connect("builder-inited", lambda app: setattr(app.builder, "search", False))
    app.connect("html-page-context", hide_solutions)


def hide_solutions(app, page, template, context, doctree) -> None:
    """Keep the solutions of a notebook out of the clear source of its page; exercise.js shows one that is opened."""

    def fold(solution: re.Match) -> str:
        held, told = base64.b64encode(solution[2].encode()).decode(), text("exercise-veiled")[c.language]
        return f'<details class="solution" data-held="{held}">{solution[1]}<noscript>{told}</noscript></details>'

    if page.startswith("notebooks/"):
        context["body"] = SOLUTION.sub(fold, context["body"])
