"""Text from tables, written so that it is shown as it stands: in Markdown, in HTML, in a terminal.

Whoever fills a cell writes text, never markup: what would start a tag, a link, an image, emphasis, code or a formula is
taken its meaning. Signs without such a meaning stay as they are.
"""

import html as standard
import re

# Neither a dollar sign nor a backslash can be escaped in a way that all readers of Markdown and MathJax agree on; alone
# in an element of its own neither delimits a formula.
ALONE = {"$": "<span>&#36;</span>", "\\": "<span>&#92;</span>"}
ACTIVE = re.compile(
    r"(?P<alone>[$\\])"
    r"|(?P<entity>&(?=#|\w+;))|(?P<tag><)"
    r"|[*`\[\]|~]|(?<![^\W_])_"  # an underscore within or after a word begins nothing
    r"|^[#>]|^[+=:-](?=[ +=:-]|$)"  # at the start of a paragraph: heading, quotation, list, rule
    r"|(?<=(?u:\s))#(?=#*(?u:\s)*$)"  # at the end of a heading: its closing sequence
    r"|(?P<number>^\d+(?=[.)]( |$)))"  # a numbered list
    r"|:(?=//[a-z\d])|(?<=www)\.",  # an address that would become a link
    re.I | re.A,
)

# An address that is shown: of a host by its name or number, without a user, a sign that means something in Markdown,
# HTML or TeX, or a blank; a coded sign stays coded wherever it is shown.
ADDRESS = re.compile(
    r"(?i:https?://[a-z\d_-]+(\.[a-z\d_-]+)+(:\d{1,5})?)(?!.*&#?\w+;)([/?#][^\s\[\]{}<>\"'`|\\^$]*)?", re.A
)
ADDRESSED = (
    "must be an http(s) address: a host without a user, then no blank and none of [ ] { } < > \" ' ` | \\ ^ $ &x;"
)
CODED = "write the address as a browser copies it, with such signs coded as %7C"


def is_safe_url(text: str) -> bool:
    """Tell whether a text is an address that may be shown, defanged or not."""
    plain = text.replace("hxxp", "http", 1).replace("[.]", ".") if "hxxp" in text else text
    return plain.isprintable() and bool(ADDRESS.fullmatch(plain))


def is_printable_line(text: object) -> bool:
    """Tell whether something is a text of one line, without signs that nobody sees or that steer others."""
    return isinstance(text, str) and text.isprintable() and text == text.strip()


def markdown(text: object) -> str:
    """Return a text for Markdown, within a paragraph, a heading, a list or a cell of a table."""
    return ACTIVE.sub(_literal, str(text))


def _literal(sign: re.Match) -> str:
    if sign["alone"]:
        return ALONE[sign[0]]
    if sign["number"]:
        return f"{sign[0]}\\"
    return "&amp;" if sign["entity"] else "&lt;" if sign["tag"] else f"\\{sign[0]}"


def html(text: object) -> str:
    """Return a text for HTML, between tags or in an attribute that holds no dollar sign and no backslash."""
    return re.sub(r"[$\\]", lambda sign: ALONE[sign[0]], standard.escape(str(text)))


def escape_url(url: str) -> str:
    """Return an address for an attribute of HTML."""
    return standard.escape(url)


def terminal(text: str) -> str:
    """Return a text for a terminal: signs that steer it, or that nobody sees, by their number."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
