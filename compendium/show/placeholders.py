"""What a new compendium was begun with and its authors have not replaced yet."""

from collections.abc import Iterator

from compendium import paths
from compendium.languages import page, spoken

MARKS = ("TODO", "example.org", "made-up example", "made up for the template")
FILES = ("compendium.toml", "CITATION.cff", "data/raw/*.csv", "notebooks/*.toml")


def left() -> Iterator[str]:
    """Yield one line for each line of a file for readers that still holds a mark of the skeleton or the example."""
    root = paths.project().root
    named = [page("README.md", language) for language in spoken()]
    for path in (path for pattern in (*FILES, *named) for path in sorted(root.glob(pattern))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if mark := next((mark for mark in MARKS if mark in line), ""):
                place = "row" if path.suffix == ".csv" else "line"
                yield f"{paths.shown(path)}, {place} {number}: {mark!r} is still made up. Remedy: say your own"
