"""Text that would act where it is not escaped, the readers of Markdown that show it, and what they show."""

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbconvert.filters import markdown2html

POISON = (
    "<script>document.title='x'</script> \"><img src=x onerror=alert()> ![x](https://example.invalid/x.png) "
    r"[click](javascript:alert()) [page](x.ipynb) **b** _i_ ~~s~~ $x$ \(y\) `code` {{x}} </style> a|b &amp; "
    "<!-- en --> www.example.invalid"
)
SIGNS = [*POISON.split(), *"\\`*_{}[]()<>#+-.!|~$&;:/=123ab中，", "  "]
READERS = {
    "nbconvert": markdown2html,
    "book": MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(dollarmath_plugin).render,
}
PLACES = {  # Markdown around a text, and the tags that belong to it
    "{}": {"p"},
    "- **a** {} b": {"ul", "li", "p", "strong"},
    "# {}": {"h1"},
    "| a |\n| --- |\n| {} |": {"table", "thead", "tbody", "tr", "th", "td"},
}


def shown(source):
    """Return the text that HTML shows, every run of blanks as one, and the tags and attributes that it holds."""
    soup = BeautifulSoup(source, "html.parser")
    for link in soup.find_all("a", class_="anchor-link"):
        link.decompose()
    return " ".join(soup.get_text().split()), {t.name for t in soup.find_all()}, [t.attrs for t in soup.find_all()]
