"""The codebook: datapackage.json for readers, in each language."""

import re
from collections.abc import Iterator
from functools import partial

from compendium import escape
from compendium.data.datapackage import links
from compendium.data.tables import Tables
from compendium.languages import Languages, name_language
from compendium.texts import COLON, NOTHING, SEMICOLON, Text, catalogue, chosen, given, joined, mark

NAME = "codebook.md"
LINES = ("\n", "\n")
text = catalogue("compendium/data")


def texts(tables: Tables) -> dict[str, str]:
    """Return the codebook of some tables: text by file."""
    package, languages = tables.package, tables.languages
    shared, described = _shared(package), package["resources"]
    book = text(
        "codebook",
        title=_said(tables, package, "title"),
        description=_said(tables, package, "description"),
        others=Text(partial(_others, languages)),
        tables=joined(
            (text("codebook-table", name=one["name"], title=_said(tables, one, "title")) for one in described), LINES
        ),
        codes=joined(map(_codes, shared.values()), ("", "")),
        chapters=joined((_chapter(tables, table, shared) for table in described), ("", "")),
    )
    return {languages.page(NAME, code): book[code].rstrip("\n") + "\n" for code in languages}


def _others(languages: Languages, language: str) -> str:
    """Return a line for each codebook in another language, which leads to it."""
    files = {other: languages.page(NAME, other) for other in languages if other != language}
    return "".join(
        f"\n{name_language(other, other)}{mark(COLON, other)}[{file}]({file})" for other, file in files.items()
    )


def _shared(package: dict) -> dict[str, dict]:
    """Return the fields whose codes mean the same in three tables or more, one for each name."""
    fields = [field for table in package["resources"] for field in table["schema"]["fields"] if "labels" in field]
    return {
        field["name"]: field
        for field in fields
        if sum(other["name"] == field["name"] and other["labels"] == field["labels"] for other in fields) > 2
    }


def _said(tables: Tables, thing: dict, key: str) -> Text:
    return tables.said(thing, key).markdown


def _codes(field: dict) -> Text:
    labels = field["labels"].items()
    codes = (text("codebook-code", code=_code(code), label=given(label).markdown) for code, label in labels)
    return text("codebook-codes", column=_code(field["name"]), codes=joined(codes, LINES))


def _chapter(tables: Tables, table: dict, shared: dict[str, dict]) -> Text:
    schema = table["schema"]
    targets = {column: _code(".".join(target)) for column, target in links(schema, table["name"])}
    own = [f for f in schema["fields"] if "labels" in f and f["labels"] != shared.get(f["name"], {}).get("labels")]
    return text(
        "codebook-chapter",
        name=table["name"],
        title=_said(tables, table, "title"),
        description=_said(tables, table, "description"),
        key=joined(map(_code, schema["primaryKey"])),
        licences=joined(escape.markdown(licence["name"]) for licence in table["licenses"]),
        columns=joined((_column(tables, field, targets.get(field["name"], "")) for field in schema["fields"]), LINES),
        codes=joined(map(_codes, own), ("", "")),
    )


def _column(tables: Tables, field: dict, refers: str) -> Text:
    title, description = _said(tables, field, "title"), _said(tables, field, "description")
    cells = [
        _code(field["name"]),
        text("codebook-meaning", title=title, description=description),
        text(f"codebook-{field['type']}"),
        _said(tables, field, "unit") if "unit" in field else NOTHING,
        joined(_values(tables, field), SEMICOLON),
        text("codebook-list", refers=refers) if "listOf" in field else refers,
    ]

    def write(language: str) -> str:
        found = (re.sub(r"(?<!\\)\|", r"\|", str(chosen(cell, language))) for cell in cells)
        return f"| {' | '.join(found)} |"

    return Text(write)


def _values(tables: Tables, field: dict) -> Iterator[object]:
    """Yield what is allowed in a column."""
    constraints = field.get("constraints", {})
    if constraints.get("required"):
        yield text("codebook-required")
    if constraints.get("unique"):
        yield text("codebook-unique")
    if "enum" in constraints:
        yield " ".join(_code(str(value)) for value in constraints["enum"])
    if "maximum" in constraints:
        yield f"{constraints['minimum']}–{constraints['maximum']}"
    elif "minimum" in constraints:
        yield text("codebook-at-least", minimum=constraints["minimum"])
    if "form" in field:
        yield _said(tables, field, "form")
    if "maxLength" in constraints:
        yield text("codebook-length", length=constraints["maxLength"])


def _code(word: str) -> str:
    return escape.markdown(word) if "`" in word else f"`{word}`"
