"""The worked example of a made-up paper that a new compendium may begin with, in Chinese, in English or in both."""

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

from compendium import paths
from compendium.data.ledgertables import spoken_of
from compendium.declaration import NAME
from compendium.engine import TEMPLATE
from compendium.languages import spoken
from compendium.show.halves import commented, half

FOLDER = TEMPLATE / "example"
KNOWN = ("zh", "en")
PACKAGE = "package.json"


def package() -> dict[str, Any]:
    """Return what datapackage.json has of the example: its own tables and its units in the singular."""
    told: dict[str, Any] = json.loads((FOLDER / PACKAGE).read_text(encoding="utf-8"))
    return told | {"tables": [spoken_of(table) for table in told["tables"]]}


def files() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file of the example in the languages spoken."""
    for path in sorted(FOLDER.rglob("*.*")):
        name = path.relative_to(FOLDER).as_posix()
        if "__pycache__" not in name and name not in (NAME, PACKAGE):
            yield re.sub("^raw/", "data/raw/", name), told(path)


def told(path: Path) -> str:
    """Return a file of the example without what it says in a language that is not spoken."""
    text = path.read_text(encoding="utf-8")
    without = {".csv": columns, ".toml": entries, ".ipynb": cells}.get(path.suffix, lambda text, _: text)
    return reduce(without, set(KNOWN) - set(spoken()), text)


def columns(text: str, language: str) -> str:
    """Return a table without the columns in a language."""
    rows, out = list(csv.reader(io.StringIO(text))), io.StringIO()
    kept = [n for n, name in enumerate(rows[0]) if not name.endswith(f"_{language}")]
    csv.writer(out, lineterminator="\n").writerows([row[n] for n in kept] for row in rows)
    return out.getvalue()


def entries(text: str, language: str) -> str:
    """Return a catalogue without the texts in a language."""
    own = f'{language} = "[^"\\n]*"'
    return re.sub(rf"^{own}\n|(?<=\{{ ){own}, |, {own}(?= \}})", "", text, flags=re.M)


def cells(text: str, language: str) -> str:
    """Return a notebook whose text cells and comments are in the other language."""
    content, [own] = json.loads(text), set(KNOWN) - {language}
    with paths.using(root=FOLDER):  # which speaks both
        for cell in content["cells"]:
            source = "".join(cell["source"])
            cell["source"] = half(source, own) if cell["cell_type"] == "markdown" else commented(source, own)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
