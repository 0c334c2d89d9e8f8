"""From cells to typed rows: form, type, constraints and primary key, by frictionless."""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from compendium.data.checks import Row
from compendium.data.columns import Column, Rows
from compendium.files import InputError
from compendium.languages import Languages

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
PLAINEST = re.compile(rf"(?!(?:{NOTHING})$)(?!{FORMULA})(?![0-9]{{4}}-)[!-~](?:[ -~]{{0,{LONGEST - 2}}}[!-~])?")
LETTERS = "LATIN |CJK UNIFIED |IDEOGRAPHIC "
TOLD = 20
REQUIRED = "must not be empty"
EACH = "write the text in each language of compendium.toml; one alone is not enough"
CELL = "correct the cell; if it is right, change the rule in data/raw/datapackage.json"


def type_rows(
    resource: Any, columns: dict[str, Column], odd: dict[int, int], file: str, languages: Languages
) -> tuple[Rows, list[InputError]]:
    """Return the typed rows of a table, a resource of frictionless, and the faults of cells and key, some 20.

    `columns` and `odd` are what `parse` returns of its file, which faults name.
    """
    schema = resource.schema
    rows = Rows(resource.name, file, columns, (field.type for field in schema.fields))
    broken = {field.name: _broken(field, columns[field.name].texts) for field in schema.fields}
    keys = [tuple(schema.primary_key), *((f.name,) for f in schema.fields if f.constraints.get("unique"))]
    alike = {names: rows.alike(names) for names in dict.fromkeys(keys)}
    suspects = [np.array([number - 2 for number in odd], dtype=np.int64)]
    suspects += [np.flatnonzero(np.isin(columns[name].codes, list(found))) for name, found in broken.items() if found]
    suspects += [_again(rows, names, key) for names, key in alike.items()]
    problems: list[InputError] = []
    for place in map(int, np.unique(np.concatenate(suspects))):
        row, repeated = rows[place], {names: _repeated(rows, place, names, key) for names, key in alike.items()}
        notes = [(name, note) for name in columns for note in broken[name].get(columns[name].rows[place], ())]
        same = {names: told for names, told in repeated.items() if told}
        problems += _faults(row, odd.get(row.number, len(columns)), notes, same, schema, languages)
        if len(problems) >= TOLD:
            break
    return rows, problems


def _broken(field: Any, texts: list[str]) -> dict[int, tuple[str, ...]]:
    """Return which of the distinct texts of a column break a rule, by place, and which constraints; none if unclean."""
    reader, found = field.create_cell_reader(), {}
    free = field.type == "string" and not field.constraints.keys() - {"required", "unique"}
    for place, text in enumerate(texts):
        if free and PLAINEST.fullmatch(text):
            continue
        notes = tuple(reader(text)[1] or ())
        if notes or _unclean(field, text):
            found[place] = notes
    return found


def _again(rows: Rows, names: tuple[str, ...], key: np.ndarray) -> np.ndarray:
    """Return the places of rows whose cells in these columns an earlier row has, or are empty."""
    _, first, same = np.unique(key, return_index=True, return_inverse=True)
    empty = np.all([np.array([text == "" for text in rows.columns[n].texts])[rows.columns[n].codes] for n in names], 0)
    return np.flatnonzero((first[same] != np.arange(len(rows))) | empty)


def _repeated(rows: Rows, place: int, names: tuple[str, ...], key: np.ndarray) -> str:
    """Return what the cells of a row that must differ from row to row are, if they do not: empty, or those of a row."""
    if all(rows[place][name] is None for name in names):
        return "empty"
    before = np.flatnonzero(key[:place] == key[place])
    return f"the same as in row {before[-1] + 2}" if len(before) else ""


def _faults(
    row: Row, width: int, broken: list[tuple[str, str]], repeated: dict[tuple, str], schema: Any, languages: Languages
) -> list[InputError]:
    """Return what is wrong with a row: its length, else the form of its cells, else its key, else constraints."""
    fields, key = schema.fields, tuple(schema.primary_key)
    if width != len(fields):
        rule = f"has {width} cells, but the header has {len(fields)}"
        remedy = "add or delete commas, or put a cell that holds a comma in quotation marks"
        return [InputError(row.file, rule, remedy, row.number)]
    unclean = [row.fault(field.name, *fault) for field in fields if (fault := _unclean(field, row.texts[field.name]))]
    if unclean:
        return unclean
    if key in repeated:
        value = " / ".join(row.texts[column] for column in key)
        rule = f"the key must be unique and complete; it is {repeated[key]}"
        remedy = "delete the repeated row or correct its key"
        return [InputError(row.file, rule, remedy, row.number, ", ".join(key), value)]
    rules = [(column, _rule(schema.get_field(column), name)) for column, name in broken]
    rules += [(column, f"must be unique; it is {same}") for (column,), same in repeated.items() if row.texts[column]]
    ends = tuple(languages.columns(""))  # that a text is there in each language, no rule of a column can waive
    remedies = (EACH if rule == REQUIRED and column.endswith(ends) else CELL for column, rule in rules)
    return [row.fault(*rule, remedy) for rule, remedy in zip(rules, remedies, strict=True)]


def _unclean(field: Any, cell: str) -> tuple[str, str] | None:
    """Return the rule that a cell breaks by its text or the form of its number, date or truth value, and the remedy."""
    return (_unclean_text(cell) or _unusual_form(field, cell)) if cell else None


@lru_cache(2**16)
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
