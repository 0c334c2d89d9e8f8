"""What each command notices: the faults that were planted one at a time, for the READMEs and the certificate."""

from compendium import paths, toml
from compendium.show.listing import grid

FILE = "notices.toml"
HEAD = {  # of each column the Chinese and the English words
    "fault": ("种下的错（各一次）", "a fault, planted once each"),
    "check": ("`make check`", "`make check`"),
    "make": ("`make`", "`make`"),
    "test": ("`make test`", "`make test`"),
    "diff": ("审阅改动的人", "a reader of the diff"),
}


class Said(toml.Strict):
    """One thing said in both languages."""

    zh: str
    en: str


class Notice(toml.Strict):
    """One table of notebooks/notices.toml: a fault, and what three commands and a reader of the diff notice of it."""

    fault: Said
    check: Said
    make: Said
    test: Said
    diff: Said


def notices() -> list[Notice]:
    """Return what was noticed of each fault; nothing in a compendium where none was planted."""
    file = paths.project().notebooks / FILE
    return list(toml.tables(file, Notice).values()) if file.is_file() else []


def listed(language: str) -> str:
    """Return what was noticed as a Markdown table, for the README."""
    rows = [[getattr(getattr(notice, column), language) for column in HEAD] for notice in notices()]
    return grid([head[language == "en"] for head in HEAD.values()], rows, "l" * len(HEAD))
