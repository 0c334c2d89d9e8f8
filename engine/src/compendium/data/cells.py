"""From cells to typed rows: form, type, constraints and primary key, by frictionless."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from compendium.base.files import InputError
from compendium.base.languages import Languages
from compendium.data.checks import TypedRow

PLAIN = {
    "integer": ("0|-?[1-9][0-9]{0,17}", "must be a whole number such as 12, of at most 18 digits"),
    "number": (r"-?(0|[1-9][0-9]{0,17})(\.[0-9]+)?", "must be a number such as 12 or 3.5, of at most 18 whole digits"),
    "date": ("(1[5-9]|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", "must be a date YYYY-MM-DD"),
    "boolean": ("true|false", "must be true or false"),
}
LONGEST = 1000
NOTHING = r"#+|#[A-Z0/]+[!?]?|nan|NaN|NaT|NULL|null|None|NA|N/A|n/a|<NA>"
# After a sign no formula: -0.1, -0.5 to 0.2, -0.3 (0.1). In many countries a cell ends at a semicolon.
SIGNED = r"(?:[0-9][0-9,]*)?(?:\.[0-9]+)?(?:[eE][-+−]?[0-9]{1,2})?%?"
SIGNED += r"(?:(?: to | ?± ?| [(\[])(?:[-−0-9.,%–) to\]]|(?<=[0-9])[eE][-+−]?[0-9])+)?(?: *;|$)"
FORMULA = rf"(?:.*; *)?(?:[=@＝＠＋－]|[+-](?![0-9.]+ points\b|{SIGNED}))"
LETTERS = "LATIN |CJK UNIFIED |IDEOGRAPHIC "
TOLD = 20
REQUIRED = "must not be empty"
EACH = "write the text in each language of compendium.toml; one alone is not enough"
CELL = "correct the cell; if it is right, change the rule in data/raw/datapackage.json"


class CheckedCell(NamedTuple):
    """What a cell holds by the type of its column, None for nothing; what is wrong with its form; rules it breaks."""

    value: Any
    unclean: tuple[str, str] | None
    broken: tuple[str, ...]


def validate_and_type_rows(
    resource: Any, cells: Iterable[list[str]], file: str, languages: Languages
) -> tuple[list[TypedRow], list[InputError]]:
    """Return the typed rows of a table, a resource of frictionless, and the faults of cells and key, some 20.

    `cells` are what `parse` returns of its file, which faults name.
    """
    schema, names = resource.schema, resource.schema.field_names
    looks = {field.name: cache(partial(_look, field, field.create_cell_reader())) for field in schema.fields}
    keys = [tuple(schema.primary_key), *((f.name,) for f in schema.fields if f.constraints.get("unique"))]
    known: dict[tuple[str, ...], dict[tuple, int]] = {key: {} for key in keys}  # the last row of each of its values
    rows: list[TypedRow] = []
    problems: list[InputError] = []
    for number, given in enumerate(cells, 2):
        texts = dict(zip(names, [*given, *[""] * len(names)], strict=False))
        looked = {name: looks[name](text) for name, text in texts.items()}
        row = TypedRow(resource.name, file, number, texts, {name: one.value for name, one in looked.items()})
        repeated = {}
        for key, before in known.items():
            value = tuple(map(row.values.__getitem__, key))
            if not any(one is not None for one in value):
                repeated[key] = "empty"
            elif value in before:
                repeated[key] = f"the same as in row {before[value]}"
            before[value] = number
        rows.append(row)
        problems += _faults(row, len(given), looked, repeated, schema, languages)
        if len(problems) >= TOLD:
            break
    return rows, problems


def _look(field: Any, read: Callable[[str], tuple[Any, dict | None]], text: str) -> CheckedCell:
    """Return what a text is in a column, by its reader of frictionless."""
    value, notes = read(text)
    return CheckedCell(value, (_unclean_text(text) or _unusual_form(field, text)) if text else None, tuple(notes or ()))


def _faults(
    row: TypedRow,
    width: int,
    looked: dict[str, CheckedCell],
    repeated: dict[tuple, str],
    schema: Any,
    languages: Languages,
) -> list[InputError]:
    """Return what is wrong with a row: its length, else the form of its cells, else its key, else constraints."""
    key = tuple(schema.primary_key)
    if width != len(looked):
        rule = f"has {width} cells, but the header has {len(looked)}"
        remedy = "add or delete commas, or put a cell that holds a comma in quotation marks"
        return [InputError(row.file, rule, remedy, row.number)]
    if unclean := [row.fault(name, *one.unclean) for name, one in looked.items() if one.unclean]:
        return unclean
    if key in repeated:
        value = " / ".join(row.texts[column] for column in key)
        rule = f"the key must be unique and complete; it is {repeated[key]}"
        remedy = "delete the repeated row or correct its key"
        return [InputError(row.file, rule, remedy, row.number, ", ".join(key), value)]
    rules = [(column, _rule(schema.get_field(column), name)) for column, one in looked.items() for name in one.broken]
    rules += [(column, f"must be unique; it is {same}") for (column,), same in repeated.items() if row.texts[column]]
    ends = tuple(languages.columns(""))  # that a text is there in each language, no rule of a column can waive
    remedies = (EACH if rule == REQUIRED and column.endswith(ends) else CELL for column, rule in rules)
    return [row.fault(*rule, remedy) for rule, remedy in zip(rules, remedies, strict=True)]


def _unclean_text(cell: str) -> tuple[str, str] | None:
    """Return the rule that a cell of any column breaks, and the remedy."""
    if len(cell) > LONGEST:
        return f"must not be longer than {LONGEST} characters; it has {len(cell)}", "shorten the text"
    if cell != cell.strip():
        return "must have no blank at its edges", "delete the blank"
    if not unicodedata.is_normalized("NFC", cell):
        return "must be in Unicode form NFC", "write the accent and its letter as one character"
    odd = next(filter(_odd, cell), None)
    if odd:
        rule = f"must not hold U+{ord(odd):04X} ({unicodedata.name(odd, 'no visible sign')})"
        return rule, "delete the character, or write the plain letter, digit or blank that it looks like"
    if re.fullmatch(NOTHING, cell):
        rule = "is an error of a spreadsheet or a word for nothing"
        return rule, "restore the value, or leave the cell empty if it is unknown"
    return None


@lru_cache(2**16)
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
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) and not is_valid_date(cell):
        return "must be a date that exists", CELL
    return None


def is_valid_date(day: str) -> bool:
    """Tell whether a date YYYY-MM-DD exists."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _rule(field: Any, name: str) -> str:
    """Return in plain words the constraint of a column that a cell breaks; `type` stands for its type."""
    constraints, form = field.constraints, field.custom.get("form")
    if name == "type":
        return PLAIN[field.type][1]
    if name == "required":
        return REQUIRED
    if name == "enum":
        return f"must be one of {', '.join(map(str, constraints['enum']))}"
    if name in ("minimum", "maximum"):
        low, high = constraints.get("minimum"), constraints.get("maximum")
        return f"must be at least {low}" if high is None else f"must lie between {low} and {high}"
    if name == "pattern":
        return f"must be {form or 'of the form ' + constraints['pattern']}"
    return f"must keep the constraint {name} {constraints.get(name, '')}".rstrip()
