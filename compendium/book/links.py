"""Links in Markdown and HTML: from claims and terms to their pages."""

import re

CLAIM = re.compile(r"(?<![\w/#-])Q\d{2,3}(?!\w)", re.ASCII)
# What must not be changed when words of a text become links: settings, code, formulas, headings, links, quotes, tags.
KEPT = re.compile(
    r"\A---\n.*?\n---\n|"
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|^#+ .*?$|\[[^\]]*\]\([^)]*\)|<(a|summary|code|span)\b.*?</\1>|<[^>]+>",
    re.S | re.M,
)


def to_pages(text: str) -> str:
    """Return Markdown in which links to notebooks lead to their pages; what a table holds is escaped and stays."""
    return re.sub(r"(?<!\\)\[([^\]]+)\]\(([\w/-]+)\.ipynb(#[\w-]*)?\)", r'<a href="\2.html\3">\1</a>', text)


def place(name: str) -> str:
    """Return a place in a page that links lead to, the same in both editions."""
    return f'<div class="place" id="{name}"></div>'


def slug(term: str) -> str:
    """Return the name of a term in addresses: `R&D intensity` -> `r-d-intensity`."""
    return re.sub(r"\W+", "-", term.split(" / ")[0].lower()).strip("-")


def claim_links(text: str, up: str) -> str:
    """Return Markdown or HTML with links from each claim to its page; `up` leads to the root of the edition."""
    return outside(text, CLAIM, f'<a href="{up}claims/{{word}}.html">')


def outside(text: str, pattern: re.Pattern, start: str, once: bool = False) -> str:
    """Return a text with links from what a pattern finds in it, but not in code, formulas, headings, links and tags.

    Emphasis around the whole word goes into the link, else Markdown would not see it.

    Args:
        text: Markdown or HTML.
        pattern: what to link.
        start: the opening tag; {word} in it stands for what was found.
        once: link the first word only.
    """
    whole = re.compile(rf"(\*\*|\*|)({pattern.pattern})(\*\*|\*|)", pattern.flags)
    pieces, at = [], 0
    for kept in KEPT.finditer(text):
        pieces += [text[at : kept.start()], kept[0]]
        at = kept.end()
    pieces.append(text[at:])
    for i in range(0, len(pieces), 2):
        changed = whole.sub(lambda match: anchored(match, start), pieces[i], count=int(once))
        if once and changed != pieces[i]:
            pieces[i] = changed
            break
        pieces[i] = changed
    return "".join(pieces)


def anchored(match: re.Match, start: str) -> str:
    """Return what was found, with the emphasis around it if that is whole, as a link."""
    before, word, after = match.groups()
    if before != after:
        return match[0]
    tag = {"**": "strong", "*": "em"}.get(before)
    return f"{start.replace('{word}', word)}{f'<{tag}>{word}</{tag}>' if tag else word}</a>"
