"""A table that somebody has as a CSV file: its cells in the house form, and what datapackage.json is to say of it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from compendium.data.cells import PLAIN
from compendium.data.parsing import QUOTES, guess
from compendium.data.standard import FORM
from compendium.files import InputError, read_plain
from compendium.languages import key, spoken
from compendium.texts import catalogue

text = catalogue("compendium/adding")

NAME = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
DECIMAL_COMMA = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})*,[0-9]+|-?[0-9]+,[0-9]+|-?[0-9]+(\.[0-9]{3})+,[0-9]+")
CODE = re.compile(r"[\w-]{1,30}")
FEW, REPEATED = 8, 2  # a column of so few words at most, each so often at least on average, holds codes
WIDEST_KEY = 3  # columns that a key which nobody named has at most
TYPES = ("boolean", "integer", "number", "date")
SOURCE = "source_id"
TODO = "TODO"  # marks a text that the command wrote and a person must replace


def cells(path: Path) -> list[list[str]]:
    """Return the cells of a CSV file, header first.

    It may begin with a byte-order mark, lines may end as in Windows, cells may stand in needless quotation marks.

    Raises:
        InputError: the file cannot be read, is not in UTF-8, has no rows, is ragged, or its header cannot be used.
    """
    name, data = path.name, read_plain(path)
    try:
        decoded = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise InputError(name, f"must be UTF-8; byte {error.start + 1} of the file is not", guess(data), row) from None
    table: list[list[str]] = []
    reader = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    try:
        for line in reader:
            table.append(line)
            if reader.line_num != len(table):
                raise InputError(
                    name, "a cell holds a line break or its quotation mark is not closed", QUOTES, len(table)
                )
    except csv.Error as error:
        raise InputError(name, f"is not well-formed CSV ({error})", QUOTES, reader.line_num) from None
    if len(table) < 2:
        raise InputError(name, "has no rows below a header", "name a file with a header and at least one row")
    check_header(name, table[0])
    for number, line in enumerate(table[1:], 2):
        if len(line) != len(table[0]):
            rule = f"has {len(line)} cells, but the header has {len(table[0])}" if line else "the row is blank"
            remedy = "add or delete commas, or put a cell that holds a comma in quotation marks"
            raise InputError(name, rule, remedy if line else "delete the row", number)
    return table


def check_header(name: str, header: Sequence[str]) -> None:
    """Raise InputError at the first column whose name cannot be used."""
    if len(header) == 1 and (sign := next((sign for sign in ";\t|" if sign in header[0]), "")):
        rule = f"cells are separated by {sign!r}, not by commas"
        raise InputError(name, rule, "save it as CSV with commas between cells and points in numbers", 1)
    for column, times in Counter(header).items():
        if not NAME.fullmatch(column):
            plain = "_".join(re.findall("[a-z0-9]+", column.lower())).lstrip("0123456789_")
            remedy = f"write {plain or 'an English word'} there"
            rule = "a column must be named by small letters, digits and _, and begin with a letter"
            raise InputError(name, rule, remedy, 1, str(header.index(column) + 1), column)
        if times > 1:
            raise InputError(name, f"column {column} stands there twice", "rename one of the two", 1)


def kind(name: str, column: str, values: Sequence[str]) -> str:
    """Return the type of a column from its cells.

    Raises:
        InputError: a number is written with a decimal comma.
    """
    given = [value for value in values if value]
    for one in TYPES if given else ():
        if all(re.fullmatch(PLAIN[one][0], value) for value in given) and (
            one != "boolean" or len(given) == len(values)
        ):
            return one
    if given and all(DECIMAL_COMMA.fullmatch(value) or re.fullmatch(PLAIN["number"][0], value) for value in given):
        row, value = next((n, v) for n, v in enumerate(values, 2) if DECIMAL_COMMA.fullmatch(v))
        remedy = "write numbers as 1234.5, without signs between thousands"
        raise InputError(name, "a number must have a decimal point, no comma", remedy, row, column, value)
    return "string"


def field(name: str, column: str, values: Sequence[str]) -> dict:
    """Return what datapackage.json says of a column, by its cells; its texts are marked, its unit is empty."""
    found: dict = {"name": column, "type": kind(name, column, values)}
    constraints: dict = {"required": True} if all(values) else {}
    words = dict.fromkeys(filter(None, values))
    few = 0 < len(words) <= FEW and len(list(filter(None, values))) >= REPEATED * len(words)
    if found["type"] == "string" and column != SOURCE and few and all(map(CODE.fullmatch, words)):
        constraints["enum"] = sorted(words)
    if found["type"] == "boolean":
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    if found["type"] in ("integer", "number"):
        year = column == "year" or column.endswith("_year")
        found |= {key("unit", language): text("year")[language] if year else "" for language in spoken()}
    for language in spoken():
        found[key("title", language)] = column.replace("_", " ").capitalize()
        found[key("description", language)] = f"{TODO}: {column}"
    return found | ({"constraints": constraints} if constraints else {})


def keys(name: str, table: Sequence[Sequence[str]], wanted: Sequence[str]) -> list[str]:
    """Return the columns of the key: those wanted, else the fewest leading ones by which all rows differ.

    Raises:
        InputError: there is no such column, or two rows are alike in them.
    """
    header, lines = list(table[0]), table[1:]
    if lost := next((column for column in wanted if column not in header), ""):
        raise InputError(name, f"there is no column {lost}", f"--key takes one of {', '.join(header)}", 1)
    leading = [column for column in header if column != SOURCE][:WIDEST_KEY]
    choices = [list(wanted)] if wanted else [leading[:n] for n in range(1, len(leading) + 1)]
    for columns in choices:
        seen: dict[tuple[str, ...], int] = {}
        for number, line in enumerate(lines, 2):
            cell = tuple(line[header.index(column)] for column in columns)
            same = seen.setdefault(cell, number)
            if same != number or not all(cell):
                break
        else:
            return columns
    rule = "the key must be unique and complete; it is " + (f"that of row {same} again" if all(cell) else "empty")
    remedy = "name the columns that tell rows apart: --key COLUMN, once for each"
    raise InputError(name, rule, remedy, number, ", ".join(columns), " / ".join(cell))


def resource(table: str, name: str, content: Sequence[Sequence[str]], key_columns: list[str], head: dict) -> dict:
    """Return a table as a resource of the data package.

    Args:
        table: its name.
        name: of the file it comes from, for errors.
        content: its cells, header first.
        key_columns: the columns of its key.
        head: licences and sources of the table.
    """
    columns = zip(*content[1:], strict=True)
    fields = [field(name, column, values) for column, values in zip(content[0], columns, strict=True)]
    link = {"fields": [SOURCE], "reference": {"resource": "sources", "fields": [SOURCE]}}
    texts = {key("title", language): table.replace("_", " ").replace("-", " ").capitalize() for language in spoken()}
    texts |= {key("description", language): f"{TODO}: {table}" for language in spoken()}
    schema = {"fields": fields, "missingValues": [""], "primaryKey": key_columns, "foreignKeys": [link]}
    return {"name": table, "path": f"{table}.csv"} | texts | FORM | head | {"schema": schema}
