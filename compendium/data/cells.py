"""From cells to typed rows: form, type, constraints and primary key, by frictionless."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from compendium import paths
from compendium.data.checks import Row
from compendium.files import InputError

if TYPE_CHECKING:
    from frictionless import errors

PLAIN = {
    "integer": ("0|-?[1-9][0-9]{0,17}", "must be a whole number such as 12, of at most 18 digits"),
    "number": (r"-?(0|[1-9][0-9]{0,17})(\.[0-9]+)?", "must be a number such as 12 or 3.5, of at most 18 whole digits"),
    "date": ("(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", "must be a date YYYY-MM-DD"),
    "boolean": ("true|false", "must be true or false"),
}
LONGEST = 1000
NOTHING = r"#+|#[A-Z0/]+[!?]?|nan|NaN|NaT|NULL|null|None|NA|N/A|n/a|<NA>"
FORMULA = r"[=@＝＠＋－]|[+-](?![0-9.]+ points\b)"
LETTERS = "LATIN |CJK UNIFIED |IDEOGRAPHIC "
TOLD = 20
CELL = "correct the cell; if it is right, change the rule in data/raw/datapackage.json"


def typed(resource: Any, file: str) -> tuple[list[Row], list[InputError]]:
    """Return the typed rows of a table, a resource of frictionless, and the faults of cells and key, some 20."""
    from frictionless import FrictionlessException

    rows: list[Row] = []
    problems: list[InputError] = []
    resource.schema.foreign_keys = []  # references does these, and the lists, without reading tables again
    try:
        with resource:
            for row in resource.row_stream:
                found = list(_faults(file, row, resource.schema))
                problems += found
                if len(problems) >= TOLD:
                    break
                if not found:
                    texts = dict(zip(resource.schema.field_names, row.cells, strict=True))
                    rows.append(Row(resource.name, file, row.row_number, texts, dict(row.items())))
    except FrictionlessException as error:
        problems.append(InputError(file, f"cannot be read as a table ({error.error.note})", paths.restore(file)))
    return rows, problems


def _faults(file: str, row: Any, schema: Any) -> list[InputError]:
    """Return what is wrong with a row: its length, else the form of its cells, else its key, else constraints."""
    if len(row.cells) != len(schema.fields):
        rule = f"has {len(row.cells)} cells, but the header has {len(schema.fields)}"
        remedy = "add or delete commas, or put a cell that holds a comma in quotation marks"
        return [InputError(file, rule, remedy, row.row_number)]
    unclean = list(_unclean(file, row, schema.fields))
    if unclean:
        return unclean
    repeated = next((error for error in row.errors if error.type == "primary-key"), None)
    if repeated:
        key = schema.primary_key
        value = " / ".join(row.cells[schema.field_names.index(column)] for column in key)
        rule = f"the key must be unique and complete; it is {_same(repeated.note)}"
        remedy = "delete the repeated row or correct its key"
        return [InputError(file, rule, remedy, row.row_number, ", ".join(key), value)]
    return [
        InputError(file, _rule(error, schema), CELL, row.row_number, error.field_name, error.cell)
        for error in row.errors
    ]


def _unclean(file: str, row: Any, fields: list) -> Iterator[InputError]:
    """Yield the cells whose text is unclean or whose number, date or truth value has an unusual form."""
    for field, cell in zip(fields, row.cells, strict=True):
        fault = _unclean_text(cell) or _unusual_form(field, cell)
        if cell and fault:
            yield InputError(file, *fault, row.row_number, field.name, cell)


@lru_cache(2**16)
def _unclean_text(cell: str) -> tuple[str, str] | None:
    """Return the rule that a cell of any column breaks, and the remedy."""
    if len(cell) > LONGEST:
        return f"must not be longer than {LONGEST} characters; it has {len(cell)}", "shorten the text"
    if cell != cell.strip():
        return "must have no blank at its edges", "delete the blank"
    if not unicodedata.is_normalized("NFC", cell):
        return "must be in Unicode form NFC", "write the accent and its letter as one character"
    odd = next((sign for sign in cell if _odd(sign)), None)
    if odd:
        rule = f"must not hold U+{ord(odd):04X} ({unicodedata.name(odd, 'no visible sign')})"
        return rule, "delete the character, or write the plain letter, digit or blank that it looks like"
    if re.fullmatch(NOTHING, cell):
        rule = "is an error of a spreadsheet or a word for nothing"
        return rule, "restore the value, or leave the cell empty if it is unknown"
    return None


def _odd(sign: str) -> bool:
    """Whether a character is invisible, a wide or narrow blank, or not a plain Latin or Chinese letter or digit."""
    if not sign.isprintable() or sign < "\u0100":
        return not sign.isprintable()
    kind, name = unicodedata.category(sign), unicodedata.name(sign)
    plain = re.match(LETTERS, name) and unicodedata.normalize("NFKC", sign) == sign
    return (kind[0] in "LMN" or kind == "So") and not plain


def _unusual_form(field: Any, cell: str) -> tuple[str, str] | None:
    """Return the rule for the type of the column that a cell breaks, and the remedy."""
    if field.type in PLAIN:
        pattern, rule = PLAIN[field.type]
        return None if re.fullmatch(pattern, cell) else (rule, CELL)
    if "enum" not in field.constraints and re.match(FORMULA, cell):
        return "must not start like a formula of a spreadsheet", "put a word before the sign"
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) and not exists(cell):
        return "must be a date that exists", CELL
    return None


def exists(day: str) -> bool:
    """Tell whether a date YYYY-MM-DD exists."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _rule(error: "errors.CellError", schema: Any) -> str:
    """Return the rule a cell breaks, in plain words."""
    field = schema.get_field(error.field_name)
    if error.type == "type-error":
        return PLAIN[field.type][1]
    if error.type == "unique-error":
        return f"must be unique; it is {_same(error.note)}"
    constraints, form = field.constraints, field.custom.get("form")
    broken = re.search('constraint "([A-Za-z]+)"', error.note)
    name = broken[1] if broken else error.note
    if name == "required":
        return "must not be empty"
    if name == "enum":
        return f"must be one of {', '.join(map(str, constraints['enum']))}"
    if name in ("minimum", "maximum"):
        low, high = constraints.get("minimum"), constraints.get("maximum")
        return f"must be at least {low}" if high is None else f"must lie between {low} and {high}"
    if name == "pattern":
        return f"must be {form or 'of the form ' + constraints['pattern']}"
    return f"must keep the constraint {name} {constraints.get(name, '')}".rstrip()


def _same(note: str) -> str:
    return note.replace("the row at position", "row")
