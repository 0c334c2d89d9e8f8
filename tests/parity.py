"""Are both languages of the text cells alike?  python tests/parity.py  records both halves after an edit of the texts.

What a machine can compare is compared (`faults`). What it cannot, the meaning, is left to the author: parity.csv holds
a hash of each half, so that a half that changes alone is noticed (`changes`).
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat

from compendium.base import paths
from compendium.base.cells import SOLUTION
from compendium.base.files import write_atomic
from compendium.compendium import Compendium
from compendium.run import contents

TABLE = Path(__file__).with_name("parity.csv")
COMMAND = "python tests/parity.py"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE, FORMULA, LINK = re.compile(r"`[^`]+`"), re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.S), re.compile(r"\]\(([^)]*)\)")


def halves(source: str) -> tuple[str, str]:
    """Return the Chinese and the English part of a text cell; words around the code of a solution go to their language.

    Raises:
        AssertionError: the cell is not written in two parts.
    """
    parts = re.fullmatch(r"\s*<!-- zh -->(.*)<!-- en -->(.*)", source, re.S)
    assert parts, f"not '<!-- zh --> … <!-- en --> …': {source[:60]!r}"
    zh, en = [parts[1].strip()], [SOLUTION.sub("", parts[2]).strip()]
    for block in SOLUTION.finditer(parts[2]):
        words = re.sub(r"<summary>.*?</summary>|```python\n.*?```|</?details>", "", block[0], flags=re.S)
        for paragraph in filter(None, map(str.strip, re.split(r"\n\s*\n", words))):
            (zh if CHINESE.search(paragraph) else en).append(paragraph)
    return "\n\n".join(zh), "\n\n".join(en)


def features(text: str) -> dict[str, object]:
    """Return what must be the same in both halves of a text cell."""
    prose = FORMULA.sub(" ", CODE.sub(" ", text))
    return {
        "headings": re.findall(r"^#+ ", text, re.M),
        "paragraphs": len(re.findall(r"\n[> ]*\n", text)),
        "list items": len(re.findall(r"^[> ]*(?:[-*]|\d+\.) ", text, re.M)),
        "table rows": len(re.findall(r"^[> ]*\|", text, re.M)),
        "bold terms": len(re.findall(r"\*\*[^*]+\*\*", text)),
        "code": Counter(CODE.findall(text)),
        "formulas": {formula.strip("$ .,;") for formula in FORMULA.findall(CODE.sub(" ", text))},
        "links": Counter(link.replace(".zh-CN", "").partition("#")[0] for link in LINK.findall(prose)),
        "numbers": Counter(re.findall(r"\d+", LINK.sub("]", prose))),
    }


def faults(source: str) -> list[str]:
    """Return what differs between the halves of a text cell, one line a difference."""
    zh, en = halves(source)
    found = [] if CHINESE.search(zh) and re.search(r"[A-Za-z]{3}", en) else ["a language is missing"]
    if len(CHINESE.findall(en)) > 0.25 * len(en):
        found.append("Chinese in the English part")
    one, two = features(zh), features(en)
    return found + [f"{what} differ: {one[what]} and {two[what]}" for what in one if one[what] != two[what]]


def hashes(c: Compendium) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (notebook, cell) -> a short hash of the Chinese and of the English half, for every text cell."""
    return {
        (name, cell.id): tuple(hashlib.sha256(half.encode()).hexdigest()[:12] for half in halves(cell.source))
        for name, notebook in contents.list_declared_notebooks(c).items()
        for cell in nbformat.read(notebook.path, as_version=4).cells
        if cell.cell_type == "markdown"
    }


def recorded() -> dict[tuple[str, str], tuple[str, str]]:
    """Return the hashes as parity.csv holds them."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["notebook"], row["cell"]): (row["zh_sha"], row["en_sha"]) for row in csv.DictReader(file)}


def changes(was: dict, now: dict) -> Iterator[tuple[str, str, str]]:
    """Yield notebook, cell and what happened to it since it was recorded."""
    for place in was | now:
        old, new = was.get(place, ("", "")), now.get(place, ("", ""))
        zh, en = (one != two for one, two in zip(old, new, strict=True))
        if zh and en:
            yield *place, "new" if not old[0] else "gone" if not new[0] else "both languages changed"
        elif zh or en:
            yield *place, f"only the {'Chinese' if zh else 'English'} changed"


def main() -> None:
    """Record the halves as they are now and name the cells of which only one changed."""
    was, now = recorded() if TABLE.is_file() else {}, hashes(Compendium.find())
    for notebook, cell, what in changes(was, now):
        if what.startswith("only"):
            print(f"{notebook}, cell {cell}: {what}; does the other still say the same?")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("notebook", "cell", "zh_sha", "en_sha"))
    rows.writerows((*place, *pair) for place, pair in now.items())
    write_atomic(TABLE, text.getvalue().encode())
    print(f"{len(now)} text cells recorded in {paths.format_path(TABLE)}")


if __name__ == "__main__":
    main()
