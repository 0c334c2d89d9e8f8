"""Links in Markdown and HTML: from claims and terms to their pages."""

import re

from compendium.base.languages import Languages

CLAIM = re.compile(r"(?<![\w/#-])Q\d{2,3}(?!\w)", re.ASCII)
OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#]+)(?:#[^)]*)?\)")  # a link from a notebook to what is none
# What must not be changed when words of a text become links: settings, code, formulas, headings, links, quotes, tags.
KEPT = re.compile(
    r"(?sm:\A---\n.*?\n---\n|"
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|^#+ .*?$|\[[^\]]*\]\([^)]*\)|"
    r"<(?P<tag>a|summary|code|span)\b.*?</(?P=tag)>|<[^>]+>)"
)


def link_to_notebook_pages(text: str) -> str:
    """Return Markdown in which links to notebooks lead to their pages; what a table holds is escaped and stays."""
    return re.sub(r"(?<!\\)\[([^\]]+)\]\(([\w/-]+)\.ipynb(#[\w-]*)?\)", r'<a href="\2.html\3">\1</a>', text)


def link_to_book_pages(text: str, languages: Languages, link: str) -> str:
    """Return Markdown of a notebook in which links to other pages look like `link`, with {words} and {page}, such as
    docs/learn, and lead to the book; those to code become words."""

    def lead(found: re.Match) -> str:
        page = languages.unmarked(found[2]).removeprefix("data/raw/").removesuffix(".md")
        return found[1] if page.endswith(".py") else link.format(words=found[1], page=page)

    return OUTSIDE.sub(lead, text)


def render_anchor(name: str) -> str:
    """Return a place in a page that links lead to, the same in both editions."""
    return f'<div class="place" id="{name}"></div>'


def slugify_term(term: str) -> str:
    """Return the name of a term in addresses: `R&D intensity` -> `r-d-intensity`."""
    return re.sub(r"\W+", "-", term.split(" / ")[0].lower()).strip("-")


def link_words(text: str, pattern: re.Pattern, start: str, once: bool = False) -> str:
    """Return a text with links from what a pattern finds in it, but not in code, formulas, headings, links and tags.

    `start` is the opening tag, in which {word} stands for what was found; `once` links the first word only. Emphasis
    around the whole word goes into the link, else Markdown would not see it.
    """
    linked = False

    def link(match: re.Match) -> str:
        nonlocal linked
        if match["word"] is None or match["before"] != match["after"] or (once and linked):
            return match[0]
        linked = True
        tag = {"**": "strong", "*": "em"}.get(match["before"])
        word = f"<{tag}>{match['word']}</{tag}>" if tag else match["word"]
        return f"{start.replace('{word}', match['word'])}{word}</a>"

    word = rf"(?P<before>\*\*|\*|)(?P<word>{pattern.pattern})(?P<after>\*\*|\*|)"
    return re.sub(f"{KEPT.pattern}|{word}", link, text, flags=pattern.flags)
