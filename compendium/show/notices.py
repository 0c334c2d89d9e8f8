"""What each command notices: the faults that were planted one at a time, for the page on checks and the certificate."""

from compendium import paths, toml
from compendium.show.listing import grid
from compendium.texts import Entry, catalogue

FILE = "notices.toml"
text = catalogue("compendium/show")
HEAD = {column: text(f"notices-{column}") for column in ("fault", "check", "make", "test", "diff")}


class Notice(toml.Strict):
    """One table of notebooks/notices.toml: a fault, and what three commands and a reader of the diff notice of it."""

    fault: Entry
    check: Entry
    make: Entry
    test: Entry
    diff: Entry


def notices() -> list[Notice]:
    """Return what was noticed of each fault; nothing in a compendium where none was planted."""
    return list(toml.tables(paths.project().notebooks / FILE, Notice).values())


def listed(language: str) -> str:
    """Return what was noticed as a Markdown table."""
    rows = [[getattr(notice, column)[language] for column in HEAD] for notice in notices()]
    return grid([head[language] for head in HEAD.values()], rows, "l" * len(HEAD))
