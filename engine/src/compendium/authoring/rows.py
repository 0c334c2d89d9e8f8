"""Rows of the ledger's tables from what is said of a claim, a source, a piece of evidence or a search."""

import re
from datetime import date

from compendium import CompendiumError
from compendium.authoring.options import raise_if_options_missing
from compendium.authoring.transaction import make_next_id, read_raw_rows
from compendium.base import values
from compendium.compendium import Compendium
from compendium.data.datapackage import LIST, list_column_references

PAPER = "paper"
USUAL = {  # what a column holds where neither the command nor compendium.toml says anything else
    "claims": {"weight": "supporting", "topic": "general", "attributed_to": "authors", "kind": "cross-checkable"}
    | {"testable": "true", "check_table": "claim_evidence", "origin_id": "O-PAPER", "printed": ""},
    "sources": {"grade": "B", "host_trust": "ok", "taken_from": "page", "no_excerpt": "not_kept", "name": ""},
    "claim_evidence": {"basis": "seen"},
    "searches": {"kept": "query_and_place", "outcome": "nothing", "where": "", "words": ""},
    "records": {"decides": "true", "obtained": "false"},
}
ALIKE = {"claims": ("statement",), "claim_evidence": ("says", "claim_id", "source_id")}  # what no two rows may share
Cells = dict[str, str]  # of a row, by column


def find_default_cells(c: Compendium, table: str) -> Cells:
    """Return what is written in the columns of a table where nothing is given; empty for what follows from others."""
    days = dict.fromkeys(("accessed", "searched_on"), date.today().isoformat())
    return USUAL[table] | days | {name: text for name, text in c.declaration.defaults.items() if name in USUAL[table]}


def complete_row(c: Compendium, table: str, cells: Cells) -> list[tuple[str, Cells]]:
    """Return the rows that a command adds from the cells it was given, by table, that of the command first."""
    row, *others = MADE[table](c, cells)
    schema = c.tables.schema(table)
    [key], fields = schema["primaryKey"], {field["name"] for field in schema["fields"]}
    row = {name: cell for name, cell in find_default_cells(c, table).items() if name in fields} | row
    if lost := [column for column in row if column not in fields]:
        remedy = f"add the columns {', '.join(lost)} to it and to datapackage.json, as a new compendium has them"
        raise CompendiumError(f"data/raw/{table}.csv has no column {lost[0]}. Remedy: {remedy}")
    for column, (target, name) in list_column_references(schema, table):
        raise_if_id_unknown(c, target, name, row.get(column, "").split(LIST))
    for old in read_raw_rows(c, table) if table in ALIKE else ():
        stem, *same = ALIKE[table]
        told = any(old[text] == row[text] for text in c.languages.columns(stem))
        if told and all(old[one] == row[one] for one in same):
            raise CompendiumError(f"{old[key]} says the same. Remedy: say what is new in --{stem}")
    first = row if key in row else {key: make_next_id(c, table, key)} | row
    return [(table, first), *zip(("source_origins", "origins"), others, strict=False)]


def raise_if_id_unknown(c: Compendium, table: str, column: str, names: list[str]) -> None:
    """Refuse ids that no row of a table has."""
    known = c.tables.cells(table)[column].tolist()
    if lost := [name for name in names if name and name not in known]:
        one = table.removesuffix("s")
        remedy = f"compendium {one} add, or the id of another in data/raw/{table}.csv"
        if table == "origins":
            remedy = f"one of {', '.join(known)}, or a row of its own in origins.csv"
        raise CompendiumError(f"there is no {one} {lost[0]!r}. Remedy: {remedy}")


def make_claim_row(c: Compendium, cells: Cells) -> list[Cells]:
    """Return the row of a claim of the paper: the ends of its value and of its years, its origin by id."""
    (low, high), (start, _, end) = parse_interval_ends(cells["value_text"]), cells.get("year_start", "").partition("-")
    made = {"value_low": low, "value_high": high, "year_start": start, "year_end": end or start}
    if origin := cells.get("origin_id"):
        made["origin_id"] = find_origin_id(c, origin) or origin
    else:
        drawn = {
            row["table"]: row["origin_id"] for row in read_raw_rows(c, "source_origins") if row["source_id"] == PAPER
        }
        made |= {"origin_id": drawn[""]} if "" in drawn else {}
    if cells.get("figure", "")[:1].isdigit():  # by its number alone it would be a section
        made["figure"] = f"Fig. {cells['figure']}"
    untested = {"kind": "quoted-only", "check_table": ""} if cells.get("testable") == "false" else {}
    printed = dict.fromkeys(c.languages.columns("printed"), render_value_with_unit(cells["value_text"], cells["unit"]))
    return [untested | printed | cells | made]


def make_source_rows(c: Compendium, cells: Cells) -> list[Cells]:
    """Return the row of a source, of whose figures it prints, and of that body if it is not known yet."""
    publisher, given, kind = cells["publisher"], cells.pop("origin", ""), cells.pop("origin_kind", "")
    called = [part.partition("=") for part in given.split(LIST)]
    names = {f"name_{code}": name.strip() for code, _, name in called if code in c.languages}
    body, made = next(iter(names.values()), given or publisher), list[Cells]()
    if not (origin := find_origin_id(c, body)):
        if re.fullmatch("O-[A-Z0-9-]+", body):
            raise CompendiumError(f"there is no origin {body!r}. Remedy: one of origins.csv, or the name of the body")
        lacking = [f"--origin {code}=…" for code in c.languages if f"name_{code}" not in names]
        raise_if_options_missing(
            [f"{' '.join(lacking)} (what the body is called)"] if lacking and not body.isascii() else []
        )
        codes = c.tables.field("origins", "kind")["constraints"]["enum"]
        kinds = ", ".join(code for code in codes if code not in ("paper", "unnamed"))
        raise_if_options_missing([] if kind else [f"--origin-kind (what kind of body {body} is: {kinds})"])
        words = re.findall("[A-Z0-9]+", body.upper()) or re.findall("[A-Z0-9]+", cells["source_id"].upper())
        origin = "-".join(["O", *words])
        new = {"origin_id": origin, "kind": kind, "collective": "false"}
        made = [new | (names or dict.fromkeys(c.languages.columns("name"), body))]
    role = "origin" if body.casefold() == publisher.casefold() else "copy"
    row = dict.fromkeys(c.languages.columns("name"), cells["title"]) | cells
    return [row, {"source_id": cells["source_id"], "origin_id": origin, "role": role}, *made]


def find_origin_id(c: Compendium, id_or_name: str) -> str:
    """Return the id of the origin with an id or a name; empty if there is none."""
    names = ("origin_id", *c.languages.columns("name"))
    found = (
        row for row in read_raw_rows(c, "origins") if id_or_name.casefold() in [row[name].casefold() for name in names]
    )
    return next((row["origin_id"] for row in found), "")


def find_deciding_table(c: Compendium, claim_id: str) -> str:
    """Return the table that a claim is judged from if it is another than that of single statements; else nothing."""
    claim = next((row for row in read_raw_rows(c, "claims") if row["claim_id"] == claim_id), {})
    table = claim.get("check_table", "")
    return "" if table == "claim_evidence" else table


def make_evidence_row(_: Compendium, cells: Cells) -> list[Cells]:
    """Return the row of what a source says of a claim: a number, the ends of an interval, or that it holds or fails."""
    value = cells["value"]
    if value in ("holds", "fails"):
        return [cells | {"comparison": value, "value": ""}]
    interval = re.fullmatch(r"(-?[\d.]+)-(-?[\d.]+)", value)
    low, high = interval.groups() if interval else (value, "")
    return [cells | {"comparison": "value", "value": low, "value_high": high}]


def make_search_row(c: Compendium, cells: Cells) -> list[Cells]:
    """Return the row of a search that settled nothing."""
    where = dict.fromkeys(c.languages.columns("where"), cells["place"].replace(LIST, " / "))
    words = dict.fromkeys(c.languages.columns("words"), cells["query"].replace(LIST, " / "))
    return [where | words | cells]


def make_record_row(_: Compendium, cells: Cells) -> list[Cells]:
    """Return the row of a record that was not obtained and would decide a claim, or help."""
    return [{"claim_ids" if name == "claim_id" else name: cell for name, cell in cells.items()}]


MADE = {
    "claims": make_claim_row,
    "sources": make_source_rows,
    "claim_evidence": make_evidence_row,
    "searches": make_search_row,
}
MADE |= {"records": make_record_row}


def parse_interval_ends(value: str) -> tuple[str, str]:
    """Return the lower and the upper end of what is printed; empty where it names none, as words do.

    `5-10` has 5 and 10, `at least 18` no upper end, `42`, `99 / 46 = 2.15` and `3 more` have one number at both.
    """
    try:
        read = values.parse_value_text(value)
    except values.Malformed:  # which the gate tells
        return "", ""
    one = read.numbers * 2 if read.form == "mixed" and len(read.numbers) == 1 else ("", "")
    low, high = ("" if end is None else f"{end:f}" for end in read.ends) if read.ends else one
    return low, high


def render_value_with_unit(value: str, unit: str) -> str:
    """Return how a paper that prints a value in a unit may print both; what both bear stands once."""
    value = re.sub("^-", "−", value)  # which is no formula of a spreadsheet
    if values.SCALED.match(f"1{unit}", 1):
        value = values.SCALED.sub("", value)
    if not any(parse_interval_ends(value)) or re.search(rf"(?<![^\W\d_]){re.escape(unit)}(?![^\W\d_])", value):
        return value
    return f"{value}{'' if unit == '%' else ' '}{unit}"
