"""Checks of the raw data package: bytes, types and keys, lists, provenance; renewal of hashes; codebook.

Problems are told table by table from the outside in: a table that fails one layer is left out of the next, so that one
fault gives one message.
"""

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compendium import crosschecks, escape, paths, tables
from compendium.crosschecks import Row
from compendium.tables import InputError

if TYPE_CHECKING:
    from frictionless import Package, errors
    from frictionless.resources import TableResource

SEPARATOR = " ; "
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
FORM = {
    "type": "table",
    "scheme": "file",
    "format": "csv",
    "mediatype": "text/csv",
    "encoding": "utf-8",
    "dialect": {
        "csv": {
            "delimiter": ",",
            "lineTerminator": "\n",
            "quoteChar": '"',
            "doubleQuote": True,
            "skipInitialSpace": False,
        }
    },
}
TEXTS = ("title", "title_zh", "description", "description_zh")
TOLD = 20
PAST = (
    "published", "accessed", "searched_on", "said_on", "as_of", "survey_date", "accession_date", "date_start",
    "date_end",
)  # fmt: skip
ORDERED = [
    ("published", "accessed"),
    ("year_start", "year_end"),
    ("period_start", "period_end"),
    ("date_start", "date_end"),
    ("valid_from", "valid_to"),
    ("lower", "upper"),
    ("value_low", "value_high"),
    ("value", "value_high"),
    ("score_low", "score_high"),
]
CELL = "correct the cell; if it is right, change the rule in data/raw/datapackage.json"
CREATED = f"`created` in {tables.PACKAGE}"
READ = "correct the date; if it is right, run `compendium data refresh`, which takes no date after today"
UTF8 = "save the file as UTF-8 without byte-order mark and with LF line ends"
QUOTES = "close every quotation mark, double those inside a cell, and keep each row on one line"


def check(folder: Path = paths.RAW) -> list[InputError]:
    """Return every problem of the data package in `folder`, the outermost first; an empty list if all is well.

    A table whose content is sound but differs from the recorded size or SHA-256 comes last.
    """
    try:
        package = tables.package(folder)
    except InputError as error:
        return [error]
    problems = _examine(folder, package)
    told = {problem.file for problem in problems}
    for resource in package["resources"]:
        path = folder / resource["path"]
        if paths.shown(path) not in told and _fingerprint(path) != (resource.get("bytes"), resource.get("hash")):
            problems.append(tables.changed(paths.shown(path)))
    return problems


def raise_if_bad(folder: Path = paths.RAW) -> None:
    """Raise the first problem of the data package in `folder`, which says how many others there are."""
    _raise_first(check(folder))


def refresh(folder: Path = paths.RAW) -> list[str]:
    """Renew size and SHA-256 of every table in datapackage.json and return the names of the tables that changed.

    If any changed, `created`, the day of the data, becomes today. Everything but the hashes is checked first. Raises
    InputError, and writes nothing, if a check fails.
    """
    package, today = tables.package(folder), date.today().isoformat()
    _raise_first(_examine(folder, package, today))
    changed = []
    for resource in package["resources"]:
        size, digest = _fingerprint(folder / resource["path"])
        if (resource.get("bytes"), resource.get("hash")) != (size, digest):
            changed.append(resource["name"])
        resource["bytes"], resource["hash"] = size, digest
    if changed:
        package["created"] = max(package["created"], f"{today}T00:00:00Z")
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    tables.write_atomic(folder / tables.PACKAGE, text.encode("utf-8"))
    return changed


def _raise_first(problems: list[InputError]) -> None:
    if problems:
        problems[0].others = len(problems) - 1
        raise problems[0]


def _fingerprint(path: Path) -> tuple[int, str]:
    data = path.read_bytes()
    return len(data), tables.fingerprint(data)


def _examine(folder: Path, package: dict, today: str = "") -> list[InputError]:
    """Return the problems of all layers but the hashes; no date may lie after the day of the data, or after `today`."""
    problems = _strangers(folder, package)
    try:
        described = _described(folder, package)
    except InputError as error:
        return [*problems, error]
    whole = []
    for resource in described.resources:
        try:
            parse(folder / resource.path, resource.schema.field_names)
            whole.append(resource)
        except InputError as error:
            problems.append(error)
    sound: dict[str, list[Row]] = {}
    for resource in whole:
        rows, found = _typed(resource, paths.shown(folder / resource.path))
        problems += found
        if not found:
            sound[resource.name] = rows
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    for layer in (partial(_row_rules, max(package["created"][:10], today)), _references):
        found, faulty = layer(sound, schemas)
        problems += found
        sound = {name: rows for name, rows in sound.items() if name not in faulty}
    problems += crosschecks.run(sound)
    return problems or _provenance(sound, schemas)


# Bytes


def _strangers(folder: Path, package: dict) -> list[InputError]:
    known = {resource["path"] for resource in package["resources"]}
    remedy = f"describe the table in {tables.PACKAGE} or move the file elsewhere"
    return [
        InputError(paths.shown(path), f"is not described in {tables.PACKAGE}", remedy)
        for path in sorted(folder.iterdir())
        if path.suffix.lower() == ".csv" and path.name not in known
    ]


def parse(path: Path, names: list[str]) -> list[list[str]]:
    """Return the cells of the CSV file at `path`, whose header must be `names`, header first.

    Raises InputError if the file is missing, unreadable, empty, not UTF-8 with LF and one final newline, or not well
    formed. A line of the file is a row of the table, and there is one way to write it: no cell may hold a line break,
    and only cells that hold a comma or a quotation mark stand in quotation marks.
    """
    file = paths.shown(path)
    text = _decode(file, _read(path, file))
    if not text.endswith("\n") or text.endswith("\n\n"):
        raise InputError(file, "must end with exactly one line end", UTF8, text.count("\n") + (text[-1] != "\n"))
    lines = text[:-1].split("\n")
    csv.field_size_limit(tables.LARGEST)
    reader = csv.reader(lines, strict=True)
    rows: list[list[str]] = []
    try:
        for number, row in enumerate(reader, 1):
            if reader.line_num != number:
                raise InputError(file, "a cell holds a line break or its quotation mark is not closed", QUOTES, number)
            if not row:
                raise InputError(file, "the row is blank", "delete the row", number)
            if number == 1 and row != names:
                raise _header(file, row, names)
            if number > 1 and row == names:
                raise InputError(file, "the header stands there again", "delete the row", number)
            _check_quotes(file, lines[number - 1], row, names, number)
            rows.append(row)
    except csv.Error as error:
        raise InputError(file, f"is not well-formed CSV ({error})", QUOTES, len(rows) + 1) from None
    if len(rows) == 1:
        raise InputError(file, "has a header but no rows", paths.restore(file))
    return rows


def _header(file: str, labels: list[str], names: list[str]) -> InputError:
    """Return the error that the header reads `labels` instead of `names`."""
    lost = next((name for name in names if name not in labels), None)
    extra = next((label for label in labels if label not in names), None)
    double = next((label for label, times in Counter(labels).items() if times > 1), None)
    column = lost or double
    if lost:
        rule = f"column {lost} is missing"
    elif extra is not None:
        rule, column = f"is no column of {tables.PACKAGE}", str(labels.index(extra) + 1)
    elif double:
        rule = f"column {double} stands there twice"
    else:
        rule = "columns are in another order"
    return InputError(file, rule, f"make the header read {','.join(names)}", 1, column, extra)


def _check_quotes(file: str, line: str, row: list[str], names: list[str], number: int) -> None:
    """Raise InputError at the first cell that is written with needless or stray quotation marks."""
    begun = 0
    for place, cell in enumerate(row):
        written = '"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell
        if not line.startswith(written, begun):
            column = names[place] if place < len(names) else None
            rule = "the cell is written with a needless or stray quotation mark"
            remedy = "quote a cell only if it holds a comma or a quotation mark, and double the mark inside"
            raise InputError(file, rule, remedy, number, column, cell)
        begun += len(written) + 1


def _read(path: Path, file: str) -> bytes:
    try:
        data = tables.read(path)
    except FileNotFoundError:
        raise InputError(file, "the file is missing", paths.restore(file)) from None
    except PermissionError:
        raise InputError(file, "the file may not be read", f"give yourself the right: `chmod u+r {file}`") from None
    except OSError as error:
        raise InputError(file, f"the file cannot be read ({error.strerror})", paths.restore(file)) from None
    if not data.strip():
        raise InputError(file, "the file is empty", paths.restore(file))
    return data


def _decode(file: str, data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise InputError(file, "starts with a byte-order mark (BOM)", UTF8, 1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        rule = f"must be UTF-8; byte {error.start + 1} of the file is not"
        raise InputError(file, rule, _guess(data), row, value=f"0x{data[error.start]:02X}") from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(file, "holds a NUL byte, as UTF-16 and workbooks do", UTF8, row, value="0x00")
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        raise InputError(file, "lines must end with LF, not CR LF (Windows) or CR", UTF8, row)
    return text


def _guess(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return UTF8
    return f"the file seems to be GBK; {UTF8}, for example `iconv -f GB18030 -t UTF-8`"


# Types, constraints and primary key: by frictionless


def _described(folder: Path, package: dict) -> "Package":
    """Return the package as frictionless reads it; raise InputError if datapackage.json breaks the standard."""
    from frictionless import FrictionlessException, Package

    described = None
    try:
        fault = _deviation(package)
        if not fault:
            described = Package.from_descriptor(package, basepath=str(folder))
            fault = _misfit(package)
    except FrictionlessException as error:
        fault = next((reason.message for reason in error.reasons), error.error.message)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError, re.error) as error:
        fault = f"{type(error).__name__}: {error}"
    if fault:
        file = paths.shown(folder / tables.PACKAGE)
        rule = f"is no valid data package: {tables.shortened(fault, 200)}"
        raise InputError(file, rule, f"correct the file by the Table Schema standard, or {paths.restore(file)}")
    return described


def _deviation(package: dict) -> str:
    """Return what would let frictionless read something else than the plain tables beside datapackage.json."""
    known = {"name", "version", "created", "resources", "licenses", "sources", *TEXTS}
    if extra := next((key for key in package if key not in known), None):
        return f"the package has an unknown entry {extra!r}"
    created = package.get("created", "")
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z", created) or not _exists(created[:10]):
        return "created must be the day of the data, such as 2026-11-24T00:00:00Z"
    known = {"name", "path", "schema", "hash", "bytes", "licenses", "sources", *TEXTS, *FORM}
    for resource in package["resources"]:
        if extra := next((key for key in resource if key not in known), None):
            return f"table {resource['name']} has an unknown entry {extra!r}"
        for key, value in FORM.items():
            if resource.get(key) != value:
                return f"{key} of table {resource['name']} must be {json.dumps(value)}"
    return ""


def _misfit(package: dict) -> str:
    """Return a fault of the descriptor that frictionless lets pass, or raise what the codebook stumbles over."""
    resources = package["resources"]
    columns = {(resource["name"], field["name"]) for resource in resources for field in resource["schema"]["fields"]}
    for resource in resources:
        name, schema = resource["name"], resource["schema"]
        for field in schema["fields"]:
            if field["type"] not in (*PLAIN, "string"):
                return f"type of column {field['name']} of {name} must be one of {', '.join(PLAIN)}, string"
            for bound in ("minimum", "maximum"):
                if not isinstance(field.get("constraints", {}).get(bound, 0), int | float):
                    return f"{bound} of column {field['name']} of {name} must be a number"
            re.compile(field.get("constraints", {}).get("pattern", ""))
        if not schema.get("primaryKey"):
            return f"table {name} needs a primaryKey"
        for column, target in _links(schema, name):
            if target not in columns or (name, column) not in columns:
                return f"column {column} of {name} refers to {'.'.join(target)}, which does not exist"
        for thing in (package, resource, *schema["fields"]):
            if lost := next((key for key in TEXTS if not isinstance(thing.get(key), str)), None):
                return f"{thing['name']} needs a {lost}"
    needed = {table for wanted, _ in crosschecks.CHECKS for table in wanted}
    lost = sorted(needed - {resource["name"] for resource in resources})
    if lost:
        return f"table {lost[0]} is missing, which others are checked against"
    _books(package)
    return ""


def _typed(resource: "TableResource", file: str) -> tuple[list[Row], list[InputError]]:
    """Return the typed rows of a table and what is wrong with its cells and primary key, up to some 20 faults."""
    from frictionless import FrictionlessException

    rows: list[Row] = []
    problems: list[InputError] = []
    resource.schema.foreign_keys = []  # _references does these, and the lists, without reading tables again
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
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) and not _exists(cell):
        return "must be a date that exists", CELL
    return None


def _exists(day: str) -> bool:
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


# Rows, references and lists


Found = tuple[list[InputError], set[str]]  # problems, and the tables they are about


def _row_rules(last: str, sound: dict[str, list[Row]], schemas: dict[str, dict]) -> Found:
    """Find rows that break a rule for the rows of all tables.

    No date lies after `last`, ends are in order, a text is given in both languages or in none, and a row of basis
    paper_text names the paper.
    """
    problems, faulty = [], set()
    for row in (row for rows in sound.values() for row in rows):
        dates = (*PAST, "year") if row.table == "covariate_sources" else PAST
        future = [column for column in dates if _later(row.texts.get(column, ""), last)]
        found = [row.fault(column, f"must not lie after the day of the data, {CREATED}", READ) for column in future]
        for low, high in ORDERED:
            start, end = row.values.get(low), row.values.get(high)
            if low not in future and start is not None and end is not None and _later(start, end):
                found.append(row.fault(low, f"must not lie after {high}, {row.texts[high]}", CELL))
        for column in row.values:
            other = f"{column.removesuffix('_en')}_zh"
            if column.endswith("_en") and other in row.values and bool(row[column]) != bool(row[other]):
                found.append(row.fault(column, f"must be {'given' if row[other] else 'empty'}, as {other} is", CELL))
        if row.values.get("basis") == "paper_text" and row.values.get("source_id", "paper") != "paper":
            found.append(row.fault("source_id", "must be paper where basis is paper_text", CELL))
        if found:
            problems += found
            faulty.add(row.table)
    return problems, faulty


def _later(start: Any, end: Any) -> bool:
    """Whether `start` lies after `end`; of two dates as text, as far as both are given."""
    if isinstance(start, str):
        end = str(end)
        shorter = min(len(start), len(end))
        return start[:shorter] > end[:shorter]
    return start > end


def _links(schema: dict, name: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each column that refers to another, by foreign key or as a list, with the table and column it refers to."""
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        yield key["fields"][0], (reference["resource"] or name, reference["fields"][0])
    for field in schema["fields"]:
        if "listOf" in field:
            yield field["name"], (field["listOf"]["resource"], field["listOf"]["field"])


def _entries(row: Row, column: str, schema: dict) -> list:
    """Return what a referring cell holds: its value, or the parts of a list."""
    lists = {field["name"] for field in schema["fields"] if "listOf" in field}
    if row[column] is None:
        return []
    return row[column].split(SEPARATOR) if column in lists else [row[column]]


def _references(sound: dict[str, list[Row]], schemas: dict[str, dict]) -> Found:
    """Find references that lead nowhere, each missing entry told once, and lists that repeat an entry.

    References to tables that are not sound are left out.
    """
    problems, faulty = [], set()
    dangling: dict[tuple, list[tuple[Row, str]]] = {}
    for name, rows in sound.items():
        for column, (target, key) in _links(schemas[name], name):
            known = {row[key] for row in sound.get(target, [])}
            for row in rows:
                entries = _entries(row, column, schemas[name])
                for entry in dict.fromkeys(entries):
                    if known and entry not in known:
                        dangling.setdefault((target, key, entry), []).append((row, column))
                        faulty |= {name, target}
                if len(set(entries)) < len(entries):
                    problems.append(row.fault(column, "a list must not repeat an entry", "delete the repeated entry"))
                    faulty.add(name)
    for (target, key, entry), places in dangling.items():
        row, column = places[0]
        others = f", nor do {len(places) - 1} other cells find it there" if len(places) > 1 else ""
        rule = f"{entry} does not stand in column {key} of {target}.csv{others}"
        problems.append(row.fault(column, rule, f"correct the cell, or add the row to {target}.csv"))
    return problems, faulty


def _provenance(sound: dict[str, list[Row]], schemas: dict[str, dict]) -> list[InputError]:
    """Find sources and origins that nothing names, and sources without the origin of what a table takes from them."""
    if not {"sources", "origins", "source_origins"} <= set(sound):
        return []
    cited: set[tuple[str, str]] = set()
    for name in set(sound) - {"source_origins"}:
        columns = [column for column, target in _links(schemas[name], name) if target == ("sources", "source_id")]
        for row in sound[name]:
            cited.update((entry, name) for column in columns for entry in _entries(row, column, schemas[name]))
    used = {source for source, _ in cited}
    problems = _idle(sound["sources"], "source_id", used, "cite the source in the row it supports, or delete it")
    known = {(row["source_id"], row["table"] or "") for row in sound["source_origins"]}
    for row in sound["sources"]:
        source = row["source_id"]
        lost = sorted(
            table for entry, table in cited if entry == source and not {(source, table), (source, "")} & known
        )
        if lost:
            rule = f"source_origins.csv gives no origin of what {lost[0]}.csv takes from this source"
            remedy = "add a row to source_origins.csv with the body that first produced its figures"
            problems.append(row.fault("source_id", rule, remedy))
    for row in sound["source_origins"]:
        if row["table"] and (row["source_id"], row["table"]) not in cited:
            rule = f"{row['table']}.csv does not cite {row['source_id']}"
            problems.append(row.fault("table", rule, "cite the source there, or delete the row"))
    named = {row["origin_id"] for name in ("source_origins", "claims") for row in sound.get(name, [])}
    return problems + _idle(
        sound["origins"], "origin_id", named, "name the origin in the row it belongs to, or delete it"
    )


def _idle(rows: list[Row], column: str, used: set[str], remedy: str) -> list[InputError]:
    """Return the error that no table refers to some of the rows, if there are any."""
    idle = [row for row in rows if row[column] not in used]
    if not idle:
        return []
    others = f", nor to {', '.join(row[column] for row in idle[1:])}" if len(idle) > 1 else ""
    return [idle[0].fault(column, f"no table refers to it{others}", remedy)]


# Codebook

WORDS = {
    "en": {
        "file": "codebook.md",
        "suffix": "",
        "title": "Codebook",
        "made": "Made from datapackage.json by `compendium data codebook`; do not edit by hand.",
        "other": "中文：[codebook.zh-CN.md](codebook.zh-CN.md)",
        "rules": [
            "Files are UTF-8 with LF, comma and one header row; one fact is one row.",
            "An empty cell means unknown or not applicable.",
            "Lists inside a cell are separated by ` ; `.",
            "Dates follow ISO 8601; a date written as text may be shortened to YYYY or YYYY-MM.",
            "Addresses of unsafe hosts are defanged (`hxxp://example[.]com/`) and are never links.",
        ],
        "tables": "Tables",
        "shared": "Codes of several tables",
        "key": "Key",
        "licence": "Licence",
        "head": ["column", "meaning", "type", "unit", "values", "refers to"],
        "codes": "Codes of",
        "required": "required",
        "unique": "unique",
        "list": "list of ",
        "length": "at most {} characters",
        "types": {t: t for t in ("integer", "number", "boolean", "date", "string")},
        "at_least": "at least {}",
        "colon": ": ",
        "comma": ", ",
        "semicolon": "; ",
        "stop": ".",
    },
    "zh": {
        "file": "codebook.zh-CN.md",
        "suffix": "_zh",
        "title": "数据说明",
        "made": "由 `compendium data codebook` 根据 datapackage.json 生成，请勿手工修改。",
        "other": "English: [codebook.md](codebook.md)",
        "rules": [
            "文件为 UTF-8 编码、LF 换行、逗号分隔，首行为列名；一行记一条事实。",
            "空单元格表示未知或不适用。",
            "单元格内的列表以 ` ; ` 分隔。",
            "日期遵循 ISO 8601；以文本记录的日期可缩写为 YYYY 或 YYYY-MM。",
            "不可信站点的网址作去链接处理（`hxxp://example[.]com/`），不得设为链接。",
        ],
        "tables": "数据表",
        "shared": "多表共用的代码",
        "key": "主键",
        "licence": "许可",
        "head": ["列", "含义", "类型", "单位", "取值", "引用"],
        "codes": "代码",
        "required": "必填",
        "unique": "不重复",
        "list": "列表：",
        "length": "不超过{}字",
        "types": {"integer": "整数", "number": "数值", "boolean": "布尔", "date": "日期", "string": "文本"},
        "at_least": "不小于{}",
        "colon": "：",
        "comma": "、",
        "semicolon": "；",
        "stop": "。",
    },
}


def codebook(folder: Path = paths.RAW) -> dict[str, str]:
    """Return the codebook of the data package in `folder`: the text of each file by name, English and Chinese."""
    package = tables.package(folder)
    _described(folder, package)
    return _books(package)


def _books(package: dict) -> dict[str, str]:
    return {WORDS[language]["file"]: _book(package, language) for language in WORDS}


def write_codebook(folder: Path = paths.RAW) -> list[Path]:
    """Write the codebook into `folder` and return the files that changed."""
    changed = []
    for name, text in codebook(folder).items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != text.encode("utf-8"):
            tables.write_atomic(path, text.encode("utf-8"))
            changed.append(path)
    return changed


def _book(package: dict, language: str) -> str:
    words, suffix = WORDS[language], WORDS[language]["suffix"]
    colon, shared = words["colon"], _shared(package)
    title, description = (escape.markdown(package[text + suffix]) for text in ("title", "description"))
    lines = [f"# {words['title']}{colon}{title}", "", words["made"], words["other"], ""]
    lines += [description, "", *(f"* {rule}" for rule in words["rules"]), ""]
    lines += [f"## {words['tables']}", ""]
    lines += [
        f"* [{table['name']}](#{table['name']}){colon}{escape.markdown(table['title' + suffix])}"
        for table in package["resources"]
    ]
    lines += ["", f"## {words['shared']}", ""]
    for field in shared.values():
        lines += _codes(field, language)
    for table in package["resources"]:
        lines += _chapter(table, language, shared)
    return "\n".join(lines).rstrip("\n") + "\n"


def _shared(package: dict) -> dict[str, dict]:
    """Return the fields whose codes mean the same in three tables or more, one for each name."""
    fields = [field for table in package["resources"] for field in table["schema"]["fields"] if "labels" in field]
    return {
        field["name"]: field
        for field in fields
        if sum(other["name"] == field["name"] and other["labels"] == field["labels"] for other in fields) > 2
    }


def _codes(field: dict, language: str) -> list[str]:
    words = WORDS[language]
    lines = [f"{words['codes']} {_code(field['name'])}", ""]
    lines += [
        f"* {_code(code)}{words['colon']}{escape.markdown(label[language])}" for code, label in field["labels"].items()
    ]
    return [*lines, ""]


def _chapter(table: dict, language: str, shared: dict[str, dict]) -> list[str]:
    words, suffix = WORDS[language], WORDS[language]["suffix"]
    colon, stop, fields = words["colon"], words["stop"], table["schema"]["fields"]
    key = words["comma"].join(_code(column) for column in table["schema"]["primaryKey"])
    licences = words["comma"].join(escape.markdown(licence["name"]) for licence in table["licenses"])
    title, description = (escape.markdown(table[text + suffix]) for text in ("title", "description"))
    lines = [f"## {table['name']}", "", f"**{title}**{colon}{description}", ""]
    lines += [f"{words['key']}{colon}{key}{stop} {words['licence']}{colon}{licences}{stop}".replace("。 ", "。"), ""]
    lines += [_line(words["head"]), _line(["---"] * len(words["head"]))]
    targets = {column: ".".join(target) for column, target in _links(table["schema"], table["name"])}
    for field in fields:
        meaning = escape.markdown(f"{field['title' + suffix]}{colon}{field['description' + suffix]}")
        values = words["semicolon"].join(_values(field, language))
        refers = _code(targets[field["name"]]) if field["name"] in targets else ""
        if "listOf" in field:
            refers = words["list"] + refers
        kind, unit = words["types"][field["type"]], escape.markdown(field.get("unit" + suffix, ""))
        lines.append(_line([_code(field["name"]), meaning, kind, unit, values, refers]))
    lines.append("")
    for field in fields:
        if "labels" in field and field["labels"] != shared.get(field["name"], {}).get("labels"):
            lines += _codes(field, language)
    return lines


def _values(field: dict, language: str) -> Iterator[str]:
    """Yield what is allowed in a column, in the words of `language`."""
    words, constraints = WORDS[language], field.get("constraints", {})
    if constraints.get("required"):
        yield words["required"]
    if constraints.get("unique"):
        yield words["unique"]
    if "enum" in constraints:
        yield " ".join(_code(str(value)) for value in constraints["enum"])
    if "maximum" in constraints:
        yield f"{constraints['minimum']}–{constraints['maximum']}"
    elif "minimum" in constraints:
        yield words["at_least"].format(constraints["minimum"])
    if "form" in field:
        yield escape.markdown(field["form" + words["suffix"]])
    if "maxLength" in constraints:
        yield words["length"].format(constraints["maxLength"])


def _code(text: str) -> str:
    return escape.markdown(text) if "`" in text else f"`{text}`"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\|", cell) for cell in cells) + " |"
