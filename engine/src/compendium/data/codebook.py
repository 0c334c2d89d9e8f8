"""The codebook: datapackage.json for readers, in each language."""

import re
from collections.abc import Iterator

from compendium.base import escape
from compendium.base.languages import name_language
from compendium.base.texts import COLON, COMMA, SEMICOLON, catalogue, choose_punctuation
from compendium.data.datapackage import list_column_references
from compendium.data.tables import RawTables

NAME = "codebook.md"
text = catalogue("compendium/data")


def render_codebook_files(tables: RawTables) -> dict[str, str]:
    """Return the codebook of some tables: text by file."""
    return {tables.languages.page(NAME, language): _write(tables, language) for language in tables.languages}


def _write(tables: RawTables, language: str) -> str:
    package, shared = tables.package, _shared(tables.package)
    files = {other: tables.languages.page(NAME, other) for other in tables.languages if other != language}
    others = (f"\n{name_language(o, o)}{choose_punctuation(COLON, o)}[{file}]({file})" for o, file in files.items())
    listed = ((table["name"], tables.said(table, "title").markdown) for table in package["resources"])
    book = text(
        "codebook",
        **_name(tables, package, language),
        others="".join(others),
        tables="\n".join(text("codebook-table", name=name, title=title[language])[language] for name, title in listed),
        codes="".join(_codes(field, language) for field in shared.values()),
        chapters="".join(_chapter(tables, table, shared, language) for table in package["resources"]),
    )
    return book[language].rstrip("\n") + "\n"


def _shared(package: dict) -> dict[str, dict]:
    """Return the fields whose codes mean the same in three tables or more, one for each name."""
    fields = [field for table in package["resources"] for field in table["schema"]["fields"] if "labels" in field]
    return {
        field["name"]: field
        for field in fields
        if sum(other["name"] == field["name"] and other["labels"] == field["labels"] for other in fields) > 2
    }


def _name(tables: RawTables, thing: dict, language: str) -> dict[str, str]:
    return {key: tables.said(thing, key).markdown[language] for key in ("title", "description")}


def _codes(field: dict, language: str) -> str:
    labels = ((_code(code), escape.markdown(label[language])) for code, label in field["labels"].items())
    codes = "\n".join(text("codebook-code", code=code, label=label)[language] for code, label in labels)
    return text("codebook-codes", column=_code(field["name"]), codes=codes)[language]


def _chapter(tables: RawTables, table: dict, shared: dict, language: str) -> str:
    schema = table["schema"]
    targets = {column: _code(".".join(target)) for column, target in list_column_references(schema, table["name"])}
    own = [f for f in schema["fields"] if "labels" in f and f["labels"] != shared.get(f["name"], {}).get("labels")]
    chapter = text(
        "codebook-chapter",
        **_name(tables, table, language),
        name=table["name"],
        key=choose_punctuation(COMMA, language).join(map(_code, schema["primaryKey"])),
        licences=choose_punctuation(COMMA, language).join(
            escape.markdown(licence["name"]) for licence in table["licenses"]
        ),
        columns="\n".join(_column(tables, f, targets.get(f["name"], ""), language) for f in schema["fields"]),
        codes="".join(_codes(field, language) for field in own),
    )
    return chapter[language]


def _column(tables: RawTables, field: dict, refers: str, language: str) -> str:
    cells = [
        _code(field["name"]),
        text("codebook-meaning", **_name(tables, field, language))[language],
        text(f"codebook-{field['type']}")[language],
        tables.said(field, "unit").markdown[language] if "unit" in field else "",
        choose_punctuation(SEMICOLON, language).join(_values(tables, field, language)),
        text("codebook-list", refers=refers)[language] if "listOf" in field else refers,
    ]
    escaped = (re.sub(r"(?<!\\)\|", r"\|", cell) for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _values(tables: RawTables, field: dict, language: str) -> Iterator[str]:
    """Yield what is allowed in a column."""
    constraints = field.get("constraints", {})
    for rule in ("required", "unique"):
        if constraints.get(rule):
            yield text(f"codebook-{rule}")[language]
    if "enum" in constraints:
        yield " ".join(_code(str(value)) for value in constraints["enum"])
    if "maximum" in constraints:
        yield f"{constraints['minimum']}–{constraints['maximum']}"
    elif "minimum" in constraints:
        yield text("codebook-at-least", minimum=constraints["minimum"])[language]
    if "form" in field:
        yield tables.said(field, "form").markdown[language]
    if "maxLength" in constraints:
        yield text("codebook-length", length=constraints["maxLength"])[language]


def _code(word: str) -> str:
    return escape.markdown(word) if "`" in word else f"`{word}`"
