"""A CSV file taken in as a raw table: its cells, and its description read off them."""

import re
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import pandas as pd

from compendium import CompendiumError
from compendium.authoring.rows import raise_if_id_unknown
from compendium.base.files import InputError, csv_text
from compendium.base.texts import catalogue
from compendium.compendium import Compendium
from compendium.data import datapackage
from compendium.data.cells import PLAIN
from compendium.data.parsing import read_lenient_csv, read_table_rows
from compendium.data.standard import FORM
from compendium.data.tables import read_csv_as_text

text = catalogue("compendium/adding")
NAME = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
DECIMAL_COMMA = r"-?[0-9]{1,3}(,[0-9]{3})*,[0-9]+|-?[0-9]+,[0-9]+|-?[0-9]+(\.[0-9]{3})+,[0-9]+"
MOST = 100  # columns of a table: a person writes title and description of each, in each language
WIDEST_KEY = 3  # columns that a key which nobody named has at most
TYPES = ("boolean", "integer", "number", "date")
SOURCE = "source_id"
OF_TABLES = {"claims": "check_table", "source_origins": "table"}  # columns that may allow names of tables only
TODO = "TODO"  # marks a text that the command wrote and a person must replace


def add_table(c: Compendium, file: Path, name: str, source: str, wanted: Sequence[str]) -> None:
    """Take a CSV file in as the raw table `name`.

    `source` is the id of that of all rows, empty where there is a column source_id; `wanted` are the columns of the
    key, none for the fewest leading ones by which all rows differ.
    """
    if not datapackage.TABLE_NAME.fullmatch(name) or not name[0].isalpha():
        raise CompendiumError(f"{name!r} is no name of a table. Remedy: --name with small letters, digits and _")
    if name in c.tables.resources:
        raise CompendiumError(f"there is a table {name} already. Remedy: --name with another name")
    place = c.raw / f"{name}.csv"
    frame = read_csv_as_texts(file, place)
    if SOURCE in frame and source:
        raise InputError(file.name, f"has a column {SOURCE} already", "leave --source out, or the column", 1)
    if SOURCE not in frame:
        if not source:
            raise CompendiumError(f"{file.name} has no column {SOURCE}. Remedy: --source ID, the source of all rows")
        frame[SOURCE] = source
    raise_if_id_unknown(c, "sources", SOURCE, cited := frame[SOURCE].unique().tolist())
    place.write_text(csv_text(frame, frame.to_numpy()), encoding="utf-8", newline="\n")
    package, sources = deepcopy(c.tables.package), c.tables.cells("sources").set_index(SOURCE).loc[cited]
    named = sources["title"] + ", " + sources["publisher"]
    head: dict = (
        {"name": name, "path": place.name} | make_placeholder_texts(c, name) | FORM | {"licenses": package["licenses"]}
    )
    head |= {"sources": [{"title": title, "path": url} for title, url in zip(named, sources["url"], strict=True)]}
    link = {"fields": [SOURCE], "reference": {"resource": "sources", "fields": [SOURCE]}}
    fields = [describe_column(c, file.name, column, frame[column].tolist()) for column in frame]
    schema = {
        "fields": fields,
        "missingValues": [""],
        "primaryKey": choose_primary_key(frame, wanted),
        "foreignKeys": [link],
    }
    for table in package["resources"]:
        for field in table["schema"]["fields"]:
            if OF_TABLES.get(table["name"]) == field["name"] and (codes := field.get("constraints", {}).get("enum")):
                codes[:] = sorted([*codes, name])
    datapackage.write(c.raw, package | {"resources": [*package["resources"], head | {"schema": schema}]})


def read_csv_as_texts(file: Path, output_file: Path) -> pd.DataFrame:
    """Return the cells of a CSV file, also one from Windows, as texts; write it to `output_file` in the house form."""
    header, *rows = read_lenient_csv(file)
    if not rows:
        raise InputError(file.name, "has no rows below a header", "name a file with a header and at least one row")
    raise_if_header_unusable(file.name, header)
    output_file.write_bytes(csv_text(header, rows).encode("utf-8"))
    for number, row in enumerate(read_table_rows(output_file, header), 2):
        if len(row) != len(header):
            remedy = "add or delete commas, or put a cell that holds a comma in quotation marks"
            raise InputError(file.name, f"has {len(row)} cells, but the header has {len(header)}", remedy, number)
    return read_csv_as_text(output_file)


def raise_if_header_unusable(name: str, header: Sequence[str]) -> None:
    """Raise InputError at the first column whose name cannot be used."""
    if len(header) > MOST:
        raise InputError(name, f"has {len(header)} columns, more than {MOST}", "leave out those that nothing reads", 1)
    if len(header) == 1 and (sign := re.search("[;\t|]", header[0])):
        rule = f"cells are separated by {sign[0]!r}, not by commas"
        raise InputError(name, rule, "save it as CSV with commas between cells and points in numbers", 1)
    for place, column in enumerate(header):
        if not NAME.fullmatch(column):
            plain = "_".join(re.findall("[a-z0-9]+", column.lower())).lstrip("0123456789_")
            rule = "a column must be named by small letters, digits and _, and begin with a letter"
            raise InputError(name, rule, f"write {plain or 'an English word'} there", 1, str(place + 1), column)
        if column in header[:place]:
            raise InputError(name, f"column {column} stands there twice", "rename one of the two", 1)


def choose_primary_key(frame: pd.DataFrame, wanted: Sequence[str]) -> list[str]:
    """Return the columns of the key: those wanted, else the fewest leading ones by which all rows differ, if any."""
    if lost := [column for column in wanted if column not in frame]:
        raise CompendiumError(f"there is no column {lost[0]}. Remedy: --key with one of {', '.join(frame)}")
    leading = [column for column in frame if column != SOURCE][:WIDEST_KEY]
    choices = [list(wanted)] if wanted else [leading[: n + 1] for n in range(len(leading))]
    fit = (one for one in choices if frame[one].ne("").all(axis=None) and not frame.duplicated(one).any())
    return next(fit, choices[-1])


def make_placeholder_texts(c: Compendium, name: str) -> dict[str, str]:
    """Return the texts of a table or a column, which a person must replace."""
    titles = {c.languages.key("title", language): re.sub("[_-]", " ", name).capitalize() for language in c.languages}
    return titles | {c.languages.key("description", language): f"{TODO}: {name}" for language in c.languages}


def describe_column(c: Compendium, name: str, column: str, cells: Sequence[str]) -> dict:
    """Return what datapackage.json says of a column, by its cells; its texts are marked, its unit is empty."""
    kind = infer_column_type(name, column, cells)
    found: dict = {"name": column, "type": kind} | ({"constraints": {"required": True}} if all(cells) else {})
    if kind == "boolean":
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    if kind in ("integer", "number"):
        year = re.search("(^|_)year$", column)
        found |= {c.languages.key("unit", language): text("year")[language] if year else "" for language in c.languages}
    return found | make_placeholder_texts(c, column)


def infer_column_type(name: str, column: str, cells: Sequence[str]) -> str:
    """Return the type of a column from its cells; a number with a decimal comma is refused."""
    given = [cell for cell in cells if cell]
    for one in TYPES if given else ():
        complete = one != "boolean" or len(given) == len(cells)
        if complete and all(re.fullmatch(PLAIN[one][0], cell) for cell in given):
            return one
    if given and all(re.fullmatch(f"{DECIMAL_COMMA}|{PLAIN['number'][0]}", cell) for cell in given):
        row, cell = next((n, cell) for n, cell in enumerate(cells, 2) if re.fullmatch(DECIMAL_COMMA, cell))
        remedy = "write numbers as 1234.5, without signs between thousands"
        raise InputError(name, "a number must have a decimal point, no comma", remedy, row, column, cell)
    return "string"
