"""What a new compendium was begun with and its authors have not replaced yet."""

from collections.abc import Iterator

from compendium import paths
from compendium.compendium import Compendium

MARKS = ("TODO", "example.org", "made-up example", "made up for the template")
FILES = ("compendium.toml", "CITATION.cff", "data/raw/*.csv", "notebooks/*.toml")


def find_placeholders(c: Compendium) -> Iterator[str]:
    """Yield one line for each line of a file for readers that still holds a mark of the skeleton or the example."""
    readmes = [c.languages.page("README.md", language) for language in c.languages]
    for path in (path for pattern in (*FILES, *readmes) for path in sorted(c.root.glob(pattern))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if mark := next((mark for mark in MARKS if mark in line), ""):
                place = "row" if path.suffix == ".csv" else "line"
                yield f"{paths.shown(path)}, {place} {number}: {mark!r} is still made up. Remedy: say your own"
