"""Changes to plant in a copy of the compendium, for the kinds of faults of plant.py."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

Change = Callable[[Path], object]
Cells = dict[str, str]


def edited(name: str, edit: Callable[[str], str]) -> Change:

    def change(copy: Path) -> None:
        before = (copy / name).read_text(encoding="utf-8")
        after = edit(before)
        assert after != before, f"{name}: nothing to change"
        (copy / name).write_text(after, encoding="utf-8", newline="")

    return change


def text(name: str, old: str, new: str) -> Change:
    """Return what puts a text in the place of another, once, found as a pattern."""
    return edited(name, lambda before: re.sub(old, new, before, count=1, flags=re.M))


def first_cell(name: str, source: str) -> Change:
    """Return what lets the first code cell of a notebook run this."""

    def edit(before: str) -> str:
        book = json.loads(before)
        next(cell for cell in book["cells"] if cell["cell_type"] == "code")["source"] = [source]
        return json.dumps(book, ensure_ascii=False, indent=1) + "\n"

    return edited(name, edit)


def rows(table: str, edit: Callable[[list[Cells]], list[Cells]], folder: str = "data/raw") -> Change:

    def change(copy: Path) -> None:
        path = copy / folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            before = list(csv.DictReader(file))
        after = edit([dict(row) for row in before])
        assert after != before, f"{table}: nothing to change"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, before[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(after)

    return change


def both(*changes: Change) -> Change:
    return lambda copy: [change(copy) for change in changes]


def holding(name: str, content: bytes | str = "planted\n") -> Change:
    """Return what gives a file, which may be new, this content."""

    def change(copy: Path) -> None:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return change


def removed(name: str) -> Change:
    return lambda copy: shutil.rmtree(copy / name) if (copy / name).is_dir() else (copy / name).unlink()


def nothing(copy: Path) -> None:
    pass
