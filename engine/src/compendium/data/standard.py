"""The descriptor: datapackage.json against the Data Package standard, by frictionless, and against its own form."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from compendium.base import escape, paths
from compendium.base.files import InputError, shorten
from compendium.base.languages import Languages
from compendium.data import codebook
from compendium.data.cells import PLAIN, is_valid_date
from compendium.data.datapackage import PACKAGE, list_column_references
from compendium.data.tables import RawTables

if TYPE_CHECKING:
    from frictionless import Package
SHOWN = {"licenses": {"name", "title", "path"}, "sources": {"title", "path"}}  # what pages and forms show of each
DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False}
FORM: dict[str, object] = {"type": "table", "scheme": "file", "format": "csv", "mediatype": "text/csv"}
FORM |= {"encoding": "utf-8", "dialect": {"csv": DIALECT}}


def check_descriptor(tables: RawTables, needed: Iterable[str] = ()) -> "Package":
    """Return the package as frictionless reads it; `needed` are tables that others are checked against.

    Raises:
        InputError: datapackage.json breaks the standard, lacks a needed table, or gives no codebook.
    """
    from frictionless import FrictionlessException, Package

    package, languages = tables.package, tables.languages
    try:
        fault = next(_list_deviations(package, languages), "")
        if not fault:
            described = Package.from_descriptor(package, basepath=str(tables.folder))
            fault = next(_list_misfits(package, languages, needed), "")
        if not fault:
            codebook.render_codebook_files(tables)
    except FrictionlessException as error:
        fault = str(next((reason.message for reason in error.reasons), error.error.message))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError, re.error) as error:
        fault = f"{type(error).__name__}: {error}"
    if fault:
        file = tables.folder / PACKAGE
        remedy = f"correct the file by the Table Schema standard, or {paths.suggest_restore(file)}"
        raise InputError(paths.format_path(file), f"is no valid data package: {shorten(fault, 200)}", remedy)
    return described


def _list_deviations(package: dict, languages: Languages) -> Iterator[str]:
    """Yield what would let frictionless read something else than the plain tables beside datapackage.json."""
    known = {"name", "version", "created", "resources", "licenses", "sources", "singular", *_texts(languages)}
    yield from (f"the package has an unknown entry {extra!r}" for extra in package if extra not in known)
    created = package.get("created", "")
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z", created) or not is_valid_date(created[:10]):
        yield "created must be the day of the data, such as 2026-11-24T00:00:00Z"
    singular = package.get("singular", {})
    if not (isinstance(singular, dict) and all(isinstance(word, str) for word in singular.values())):
        yield "singular must give a word for each unit"
    known = {"name", "path", "schema", "hash", "bytes", "licenses", "sources", *_texts(languages), *FORM}
    for table in package["resources"]:
        yield from (f"table {table['name']} has an unknown entry {extra!r}" for extra in table if extra not in known)
        odd = ((key, value) for key, value in FORM.items() if table.get(key) != value)
        yield from (f"{key} of table {table['name']} must be {json.dumps(value)}" for key, value in odd)


def _texts(languages: Languages) -> list[str]:
    """Return the keys of what package, tables and columns are called, and what they hold, in each language."""
    return [languages.key(stem, code) for stem in ("title", "description") for code in languages]


def _list_misfits(package: dict, languages: Languages, needed: Iterable[str]) -> Iterator[str]:
    """Yield the faults of the descriptor that frictionless lets pass."""
    resources = package["resources"]
    files = {resource["path"] for resource in resources}
    for thing in (package, *resources):
        yield from _shown(thing, files)
    columns = {(resource["name"], field["name"]) for resource in resources for field in resource["schema"]["fields"]}
    for resource in resources:
        for field in resource["schema"]["fields"]:
            yield from _of_field(field, resource["name"], columns, languages)
        yield from _of_table(resource, columns, languages)
        yield from _untold(package, resource, languages)
    for name in sorted(set(needed) - {resource["name"] for resource in resources}):
        yield f"table {name} is missing, which others are checked against"


def _of_field(field: dict, table: str, columns: set[tuple[str, str]], languages: Languages) -> Iterator[str]:
    """Yield what is wrong with one column, given all columns of all tables."""
    named, constraints = f"column {field['name']} of {table}", field.get("constraints", {})
    if field["type"] not in (*PLAIN, "string"):
        yield f"type of {named} must be one of {', '.join(PLAIN)}, string"
    for bound in ("minimum", "maximum"):
        if not isinstance(constraints.get(bound, 0), int | float):
            yield f"{bound} of {named} must be a number"
    if "maximum" in constraints and "minimum" not in constraints:
        yield f"{named} has a maximum and needs a minimum too"
    re.compile(constraints.get("pattern", ""))
    for code, label in field.get("labels", {}).items():
        if set(label) != set(languages):
            yield f"the label {code} of {named} must have {' and '.join(languages)}, and no other language"
    allowed = constraints.get("enum", ())
    for value in allowed:
        if value not in field.get("labels", allowed):
            yield f"value {value} of {named} needs a label"
    yield from _unpaired(field, table, columns, languages)


def _unpaired(field: dict, table: str, columns: set[tuple[str, str]], languages: Languages) -> Iterator[str]:
    """Yield the column in another language that a column lacks, or those that name it."""
    name, stem = field["name"], field.get("namedBy", "")
    if stem and not {(table, column) for column in languages.columns(stem)} <= columns:
        yield f"column {name} of {table} is namedBy {stem!r}: {' and '.join(languages.columns(stem))} must be columns"
    twin, *last = languages.columns(languages.stem(name))
    if last == [name] and (table, twin) not in columns:
        yield f"column {name} of {table} needs {twin} beside it: texts are in each language of compendium.toml"


def _of_table(resource: dict, columns: set[tuple[str, str]], languages: Languages) -> Iterator[str]:
    """Yield what is wrong with the keys, licences and sources of a table."""
    name, schema = resource["name"], resource["schema"]
    if not schema.get("primaryKey"):
        yield f"table {name} needs a primaryKey"
    for key in ("licenses", "sources"):
        entries = resource.get(key)
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
            yield f"table {name} needs {key}, a list of one entry at least; see another table there"
    refers = {column for column, (target, _) in list_column_references(schema, name) if target == "sources"}
    if name != "sources" and (name, "source_id") in columns and "source_id" not in refers:
        yield f"column source_id of {name} needs a foreignKey to sources"
    stem = schema.get("rowName", "")
    if stem and not {(name, column) for column in languages.columns(stem)} & columns:
        yield f"rowName of table {name} is {stem!r}, but there is no column {' or '.join(languages.columns(stem))}"
    for column, target in list_column_references(schema, name):
        if target not in columns or (name, column) not in columns:
            yield f"column {column} of {name} refers to {'.'.join(target)}, which does not exist"


def _shown(thing: dict, files: set[str]) -> Iterator[str]:
    """Yield what is wrong with the licences and sources of the package or a table; `files` are the tables."""
    for key, known in SHOWN.items():
        for part, text in chain(*(entry.items() for entry in thing.get(key, ()))):
            if part not in known:
                yield f"{key} of {thing['name']} have an unknown entry {part!r}"
            elif part == "path" and not (text in files or escape.is_safe_url(text)):
                yield f"path {text!r} in {key} of {thing['name']} {escape.ADDRESSED}"
            elif not escape.is_printable_line(text):
                yield f"{part} {text!r} in {key} of {thing['name']} must be one line of signs that are seen"
            elif part == "name" and not re.fullmatch("[A-Za-z0-9][A-Za-z0-9.+-]*", text):
                yield f"name {text!r} in {key} of {thing['name']} must be a code such as CC-BY-4.0"


def _untold(package: dict, resource: dict, languages: Languages) -> Iterator[str]:
    """Yield which text the package, a table or a column of it lacks in a language."""
    places = [(package, ""), (resource, ""), *((f, f" of {resource['name']}") for f in resource["schema"]["fields"])]
    for thing, place in places:
        for key in _texts(languages):
            if not isinstance(thing.get(key), str):
                yield f"{thing['name']}{place} needs a {key}: texts are in each language of compendium.toml"
