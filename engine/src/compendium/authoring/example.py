"""The worked example of a made-up paper that a new compendium may begin with, in Chinese, in English or in both."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

from compendium.base.declaration import NAME
from compendium.base.distribution import TEMPLATE
from compendium.base.files import csv_text, parse_rows
from compendium.compendium import Compendium
from compendium.data import ledgertables
from compendium.notebook.bilingual import select_comment_language, select_language_part

FOLDER = TEMPLATE / "example"
KNOWN = ("zh", "en")
PACKAGE = "package.json"


def describe_example_tables(c: Compendium) -> dict[str, Any]:
    """Return what datapackage.json has of the example: its own tables and its units in the singular."""
    found: dict[str, Any] = json.loads((FOLDER / PACKAGE).read_text(encoding="utf-8"))
    return found | {"tables": [ledgertables.localise_table_descriptor(table, c.languages) for table in found["tables"]]}


def list_example_files(languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file of the example, without what it says in other languages."""
    others = set(KNOWN) - set(languages)
    drop = {".csv": drop_language_columns, ".toml": drop_language_texts, ".ipynb": drop_language_cells}
    for path in sorted(FOLDER.rglob("*.*")):
        name = path.relative_to(FOLDER).as_posix()
        if "__pycache__" not in name and name not in (NAME, PACKAGE):
            without = drop.get(path.suffix, lambda text, _: text)
            yield re.sub("^raw/", "data/raw/", name), reduce(without, others, path.read_text(encoding="utf-8"))


def drop_language_columns(text: str, language: str) -> str:
    """Return a table without the columns in a language."""
    table = parse_rows(text)
    kept = [name for name in table.fieldnames or () if not name.endswith(f"_{language}")]
    return csv_text(kept, ([row[name] for name in kept] for row in table))


def drop_language_texts(text: str, language: str) -> str:
    """Return a catalogue without the texts in a language."""
    own = f'{language} = "[^"\\n]*"'
    return re.sub(rf"^{own}\n|(?<=\{{ ){own}, |, {own}(?= \}})", "", text, flags=re.M)


def drop_language_cells(text: str, language: str) -> str:
    """Return a notebook whose text cells and comments are in the other language."""
    content, [own] = json.loads(text), set(KNOWN) - {language}
    for cell in content["cells"]:
        source = "".join(cell["source"])
        cell["source"] = (
            select_language_part(source, own)
            if cell["cell_type"] == "markdown"
            else select_comment_language(source, own, KNOWN)
        )
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
