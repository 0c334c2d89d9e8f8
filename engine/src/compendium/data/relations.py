"""Between the cells of a row and between tables: order of ends, languages, references, dates, provenance, excerpts."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

from compendium.base.files import InputError, fingerprint
from compendium.base.languages import Languages
from compendium.data.cells import CELL, EACH
from compendium.data.checks import Table, TypedRow
from compendium.data.datapackage import (
    LIST,
    PACKAGE,
    find_list_valued_columns,
    find_source_columns,
    list_column_references,
)
from compendium.data.quoting import list_columns_in_excerpt

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
BESIDE = ("also_in", "known_from")  # columns of sources on which a row does not rest alone
CREATED = f"`created` in {PACKAGE}"
READ = "correct the date; if it is right, run `compendium data refresh`, which takes no date after today"
OF_SOURCE = "correct the date, or the date of the source in sources.csv"
KEY = " / "  # between the cells of a key
Found = tuple[list[InputError], set[str]]  # problems, and the tables they are about
Tables = dict[str, Table]
Schemas = dict[str, dict]
Pairs = Iterable[tuple[str, str]]


def find_row_rule_violations(latest_date: str, languages: Languages, valid_tables: Tables, schemas: Schemas) -> Found:
    """Find rows that break a rule for the rows of all tables.

    No date of a column marked `past` lies after `latest_date`, ends are in order, a text is given in each language or
    in none, and a row of basis paper_text names the paper.
    """
    problems: list[InputError] = []
    for name, rows in valid_tables.items():
        fields = schemas[name]["fields"]
        columns, past = [field["name"] for field in fields], [field["name"] for field in fields if field.get("past")]
        ordered = [pair for pair in ORDERED if {*pair} <= {*columns}]
        twins = [(*languages.columns(languages.stem(column)), column) for column in columns]
        spoken = [(column, first) for first, *second, column in twins if second == [column]]
        for row in rows:
            problems += _list_broken(row, latest_date, past, ordered, spoken)
    return problems, _about(problems, valid_tables)


def _list_broken(row: TypedRow, last: str, past: list[str], ordered: Pairs, spoken: Pairs) -> Iterator[InputError]:
    """Yield where a row breaks a rule for the rows of all tables; an order by a date that lies too late is left out."""
    late = [column for column in past if is_after(row.texts[column], last)]
    for column in late:
        yield row.fault(column, f"must not lie after the day of the data, {CREATED}", READ)
    for low, high in ordered:
        start, end = row[low], row[high]
        if low not in late and start is not None and end is not None and is_after(start, end):
            yield row.fault(low, f"must not lie after {high}, {row.texts[high]}", CELL)
    for column, other in spoken:
        if bool(row[column]) != bool(row[other]):
            yield row.fault(column, f"must be {'given' if row[other] else 'empty'}, as {other} is", EACH)
    if row.texts.get("basis") == "paper_text" and row.texts.get("source_id", "paper") != "paper":
        yield row.fault("source_id", "must be paper where basis is paper_text", CELL)


def _about(problems: list[InputError], sound: Tables) -> set[str]:
    """Return the tables in whose rows problems stand."""
    files = {problem.file for problem in problems}
    return {name for name, rows in sound.items() if rows and rows[0].file in files}


def is_after(start: Any, end: Any) -> bool:
    """Tell whether `start` lies after `end`; of two dates as text, as far as both are given."""
    return bool(start[: len(str(end))] > str(end)[: len(start)] if isinstance(start, str) else start > end)


def _entries(cell: Any, is_list: bool) -> list:
    """Return what a referring cell holds: its value, or the parts of a list."""
    if cell is None:
        return []
    return cell.split(LIST) if is_list else [cell]


def find_broken_references(valid_tables: Tables, schemas: Schemas) -> Found:
    """Find references that lead nowhere, each missing entry told once, and lists that repeat an entry.

    References to tables that are not sound are left out.
    """
    problems, faulty = [], set()
    dangling: dict[tuple, list[tuple[TypedRow, str]]] = {}
    for name, rows in valid_tables.items():
        lists = find_list_valued_columns(schemas[name])
        for column, (target, key) in list_column_references(schemas[name], name):
            known = {row[key] for row in valid_tables.get(target, ())}
            for row in rows:
                entries = _entries(row[column], column in lists)
                for entry in dict.fromkeys(entries) if target in valid_tables else ():
                    if entry not in known:
                        dangling.setdefault((target, key, entry), []).append((row, column))
                        faulty |= {name, target}
                if len(set(entries)) < len(entries):
                    rule = "a list must not repeat an entry"
                    problems.append(row.fault(column, rule, "delete the repeated entry"))
    for (target, key, entry), places in dangling.items():
        row, column = places[0]
        rule = f"{entry} does not stand in column {key} of {target}.csv"
        rule += f"; other cells that name it: {len(places) - 1}" if len(places) > 1 else ""
        problems.append(row.fault(column, rule, f"correct the cell, or add the row to {target}.csv"))
    return problems, faulty | _about(problems, valid_tables)


def list_sources_of_row(row: TypedRow, source_columns: dict[str, bool]) -> list[str]:
    """Return the sources that a row names in columns as `citing` gives them."""
    return [source for column, is_list in source_columns.items() for source in _entries(row[column], is_list)]


def list_sources_of_rows(rows: Table, source_columns: dict[str, bool]) -> set[str]:
    """Return the sources that the rows of a table name in columns as `citing` gives them."""
    return {source for row in rows for source in list_sources_of_row(row, source_columns)}


def find_dates_after_sources(valid_tables: Tables, schemas: Schemas) -> Found:
    """Find dates of columns marked `past` or `printed` that no source of the row can have told, and early searches.

    No such date lies after the day on which a source of the row was read and, where the column is marked `printed`,
    none after its print, as far as both are given. Nothing was searched before any source was read.
    """
    sources = {row["source_id"]: row.texts for row in valid_tables.get("sources", [])}
    first = min((texts["accessed"] for texts in sources.values() if texts.get("accessed")), default="")
    problems = []
    for name, rows in valid_tables.items():
        columns, dated = find_source_columns(schemas[name], name), []
        for field in schemas[name]["fields"]:
            if field.get("past"):
                limits = {"accessed": "read"} | ({"published": "printed"} if field.get("printed") else {})
                dated.append((field["name"], limits))
        for row, (column, limits) in product(rows, dated):
            for source, (limit, happened) in product(list_sources_of_row(row, columns), limits.items()):
                told = sources.get(source, {}).get(limit)
                if told and is_after(row.texts[column], told):
                    rule = f"must not lie after {told}, when {source} was {happened}"
                    problems.append(row.fault(column, rule, OF_SOURCE))
                    break
    for row in valid_tables.get("searches", []):
        if row.texts["searched_on"] < first:
            rule = f"must not lie before {first}, the first day on which a source was read"
            problems.append(row.fault("searched_on", rule, OF_SOURCE))
    return problems, _about(problems, valid_tables)


def find_future_created_date(file: str, created: str, sources: Iterable[TypedRow], today: date) -> Iterator[InputError]:
    """Yield the error that the day of the data lies after tomorrow; it is tomorrow already east of here.

    A clock by which most sources have not been read yet is wrong, and says nothing.
    """
    read = sorted(row.texts["accessed"] for row in sources)
    limit = (today + timedelta(days=1)).isoformat()
    if created > limit and read and read[len(read) // 2] <= limit:
        rule = f"`created`, the day of the data, must not lie after today, {today.isoformat()}"
        remedy = "write the day of the last change there, or set the clock of this machine"
        yield InputError(file, rule, remedy, value=created)


def find_source_origin_errors(valid_tables: Tables, schemas: Schemas) -> Iterator[InputError]:
    """Find origins that nothing names, and sources without the origin of what a table takes from them.

    The paper needs its row. A source that nothing names yet is no fault: the commands that add tell of it.
    """
    if not {"sources", "origins", "source_origins"} <= set(valid_tables):
        return
    places: dict[str, set[str]] = {}
    for name in set(valid_tables) - {"source_origins", "excerpts"}:
        for source in list_sources_of_rows(valid_tables[name], find_source_columns(schemas[name], name)):
            places.setdefault(source, set()).add(name)
    if not any(row["source_id"] == "paper" for row in valid_tables["sources"]):
        yield valid_tables["sources"][0].fault("source_id", "no row has the id paper", "add a row for the paper itself")
        return
    known = {(row["source_id"], row["table"] or "") for row in valid_tables["source_origins"]}
    for row in valid_tables["sources"]:
        source = row["source_id"]
        lost = sorted(table for table in places.get(source, ()) if not known & {(source, ""), (source, table)})
        if lost:
            rule = f"source_origins.csv gives no origin of what {lost[0]}.csv takes from this source"
            remedy = "add a row to source_origins.csv with the body that first produced its figures"
            yield row.fault("source_id", rule, remedy)
    for row in valid_tables["source_origins"]:
        if row["table"] and row["table"] not in places.get(row["source_id"], ()):
            rule = f"{row['table']}.csv does not cite {row['source_id']}"
            yield row.fault("table", rule, "cite the source there, or delete the row")
    used = {row["origin_id"] for name in ("source_origins", "claims") for row in valid_tables.get(name, [])}
    for row in (row for row in valid_tables["origins"] if row["origin_id"] not in used):
        yield row.fault("origin_id", "no table refers to it", "name the origin in the row it belongs to, or delete it")


def find_excerpt_errors(valid_tables: Tables, schemas: Schemas) -> Iterator[InputError]:
    """Find excerpts that lead to no row, or to one that does not cite their source, that are not the hashed text, or of
    which not the numbers stand in the row that are said to."""
    quoted = {row["table"] for row in valid_tables.get("excerpts", [])} & valid_tables.keys()
    keyed = {name: {_key(row, schemas): row for row in valid_tables[name]} for name in quoted}
    for row in valid_tables.get("excerpts", []):
        table, key = row["table"], row["row_key"]
        if table not in keyed:
            yield row.fault("table", "must be the name of a table", f"use a table of {PACKAGE}")
        elif key not in keyed[table]:
            columns = KEY.join(schemas[table]["primaryKey"])
            rule = f"no row of {table}.csv has this key, {columns}"
            yield row.fault("row_key", rule, "write the key of the row that rests on the excerpt")
        else:
            yield from islice(_misquoted(row, keyed[table][key], schemas[table]), 1)


def _key(row: TypedRow, schemas: Schemas) -> str:
    """Return the cells of the key of a row as one text."""
    return KEY.join(row.texts[column] for column in schemas[row.table]["primaryKey"])


def _misquoted(excerpt: TypedRow, row: TypedRow, schema: dict) -> Iterator[InputError]:
    """Yield what is wrong with an excerpt of a row."""
    digest = fingerprint(excerpt["excerpt"].encode()).removeprefix("sha256:")
    due = list_columns_in_excerpt(excerpt["excerpt"], row, schema)
    place = f"row {row.number} of {row.table}.csv, {excerpt['row_key']}"
    derived, remedy = row.texts.get("basis") == "derived", "whichever is not as the source has it"
    if excerpt["source_id"] not in list_sources_of_row(row, find_source_columns(schema, row.table)):
        rule = f"{place}, does not cite this source"
        yield excerpt.fault("source_id", rule, "cite the source there, or delete the excerpt")
    if excerpt["sha256"] != digest:
        rule = f"must be the SHA-256 of the excerpt, {digest}"
        yield excerpt.fault("sha256", rule, "restore the excerpt; if it is right, write its SHA-256")
    if (excerpt["numbers_in_text"] or "") != due:
        rule = f"must be {due or 'empty'}, the numbers of {place}, that stand in the excerpt"
        remedy = f"correct the number or the excerpt, {remedy}; if both are, write that"
        yield excerpt.fault("numbers_in_text", rule, remedy)
    if due and derived:
        rule = f"prints {due} of {place}, which is said to be derived"
        yield excerpt.fault("numbers_in_text", rule, "correct basis there, or delete the excerpt")
    # This very text stands in a cell of the row other than its note, or need not, as it has no digit.
    cells = [text for column, text in row.texts.items() if column != "note"]
    told = derived or not re.search(r"\d", excerpt["excerpt"]) or any(excerpt["excerpt"] in cell for cell in cells)
    if excerpt["kind"] == "figures" and not due and not told:
        yield excerpt.fault("excerpt", f"nothing of it stands in {place}", f"correct the row or the excerpt, {remedy}")


def find_proof_column_errors(valid_tables: Tables, schemas: Schemas) -> Iterator[InputError]:
    """Find rows of which the column `proof` is not the best kind of excerpt that is kept of them, or none."""
    kinds: dict[tuple[str, str], set[str]] = {}
    for row in valid_tables.get("excerpts", []):
        kinds.setdefault((row["table"], row["row_key"]), set()).add(row["kind"])
    for name, rows in valid_tables.items() if "excerpts" in valid_tables else ():
        for row in (row for row in rows if "proof" in row.texts):
            kept = kinds.get((name, _key(row, schemas)), ())
            due = next((kind for kind in ("verbatim", "figures") if kind in kept), "none")
            if row["proof"] != due:
                rule = f"must be {due}: excerpts.csv keeps {'nothing' if due == 'none' else due} of this row"
                yield row.fault("proof", rule, "write that, or add the excerpt")


def find_sources_without_excerpt(valid_tables: Tables, schemas: Schemas) -> Iterator[InputError]:
    """Find sources that have neither an excerpt nor the reason why not, both, or a reason that is not so.

    `not_kept` may be said of any source without an excerpt but one that is a data file or the paper.
    """
    if "sources" not in valid_tables or "no_excerpt" not in valid_tables["sources"][0].texts:
        return
    kept = {row["source_id"] for row in valid_tables.get("excerpts", ())}
    alone: set[str] = set()
    for name in set(valid_tables) - {"sources", "source_origins", "excerpts"}:
        columns = {
            column: lists for column, lists in find_source_columns(schemas[name], name).items() if column not in BESIDE
        }
        alone |= list_sources_of_rows(valid_tables[name], columns)
    for row in valid_tables["sources"]:
        source = row["source_id"]
        cases = [
            (source in kept, ("",), "excerpts.csv holds an excerpt of this source"),
            (source == "paper", ("paper",), "no sentence of the paper is kept"),
            (row["taken_from"] == "file", ("data_file",), "taken_from is file"),
            (source in alone, ("not_kept",), "excerpts.csv holds nothing of this source, on which rows rest"),
            (True, ("named_beside", "not_kept"), "excerpts.csv holds nothing of it, and no row rests on it alone"),
        ]
        allowed, why = next((codes, why) for holds, codes, why in cases if holds)
        if (row["no_excerpt"] or "") not in allowed:
            rule = f"must be {' or '.join(allowed) or 'empty'}, as {why}"
            yield row.fault("no_excerpt", rule, "write that, or correct excerpts.csv")
