"""Rows of the ledger's tables from what is said of a claim, a source or a piece of evidence."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from compendium import CompendiumError, values
from compendium.adding.draft import append, following, rows
from compendium.data import datapackage
from compendium.data.datapackage import LIST
from compendium.declaration import declared
from compendium.languages import spoken
from compendium.texts import catalogue

DEFAULTS = {"weight": "supporting", "topic": "general", "attributed_to": "authors", "grade": "B", "host_trust": "ok"}
PAPER, OF_PAPER = "paper", "O-PAPER"
EVIDENCE = "claim_evidence"
HOLDING = ("holds", "fails")  # what a source may say of a statement in words
Said = Mapping[str, str]  # a text by language
text = catalogue("compendium/adding")


def usual(column: str) -> str:
    """Return what is written in a column where nothing else is said."""
    return declared().defaults.get(column, DEFAULTS[column])


def in_languages(**texts: Said) -> dict[str, str]:
    """Return texts by column, one for each language of the compendium."""
    return {f"{stem}_{language}": said[language] for stem, said in texts.items() for language in spoken()}


def ends(value: str) -> tuple[str, str]:
    """Return the lower and the upper end of what is printed; empty where it names none.

    `42` has 42 at both ends, `5-10` has 5 and 10, `at least 18` no upper end, `99 / 46 = 2.15` has 2.15; words have
    none, but those with one number have it at both ends.

    Raises:
        CompendiumError: it has signs of a value, but none of its forms.
    """
    try:
        read = values.read(value)
    except values.Malformed as error:
        raise CompendiumError(f"--value: {value!r} — {error}. Remedy: {values.REMEDY}. Nothing was added.") from None
    one = read.numbers * 2 if read.form == "mixed" and len(read.numbers) == 1 else ("", "")
    low, high = ("" if end is None else f"{end:f}" for end in read.ends) if read.ends else one
    return low, high


def as_printed(value: str, unit: str) -> str:
    """Return how a paper that prints a value in a unit may print both: a unit that the value bears stands once."""
    if not any(ends(value)) or re.search(rf"(?<![^\W\d_]){re.escape(unit)}(?![^\W\d_])", value):
        return value
    return f"{value}{'' if unit == '%' else ' '}{unit}"


def claim(
    statement: Said, value: str, unit: str, printed: Said, section: str, years: str, origin: str, **cells: str
) -> str:
    """Add a claim of the paper and return its id.

    Args:
        statement, printed: by language, what the paper says, and the number as it prints it.
        value: the number in the form of `value_text`, or a word.
        unit, section: as in the columns.
        years: `2020`, `2015-2020` or empty.
        origin: id or name of the body whose figure it is; empty for the paper's authors.
        cells: other columns; those not given are as usual.
    """
    for row in rows("claims"):
        if any(row[column] == said for column, said in in_languages(statement=statement).items()):
            raise CompendiumError(f"{row['claim_id']} says the same. Remedy: say what is new in --statement")
    claim_id = following("claims", "claim_id", "Q", 2)
    low, high = ends(value)
    start, _, end = years.partition("-")
    append(
        "claims",
        {"claim_id": claim_id, "section": section, "value_text": value, "value_low": low, "value_high": high}
        | {column: usual(column) for column in ("weight", "topic", "attributed_to")}
        | {"unit": unit, "year_start": start, "year_end": end or start, "check_table": EVIDENCE, "testable": "true"}
        | {"kind": "cross-checkable", "origin_id": quoted_origin(origin) if origin else of_paper()}
        | in_languages(statement=statement, printed=printed)
        | cells,
    )
    return claim_id


def of_paper() -> str:
    """Return the origin of what the paper's authors found themselves, made where there is none."""
    drawn = {row["table"]: row["origin_id"] for row in rows("source_origins") if row["source_id"] == PAPER}
    if "" not in drawn:
        name = {language: text("authors")[language] for language in spoken()}
        if OF_PAPER not in {row["origin_id"] for row in rows("origins")}:
            new_origin(OF_PAPER, name, "paper")
        append("source_origins", {"source_id": PAPER, "origin_id": OF_PAPER, "role": "origin"})
    return drawn.get("", OF_PAPER)


def quoted_origin(given: str) -> str:
    """Return the id of the origin with an id or a name.

    Raises:
        CompendiumError: there is none.
    """
    if found := known_origin(given):
        return found
    known = ", ".join(row["origin_id"] for row in rows("origins"))
    raise CompendiumError(f"there is no origin {given!r}. Remedy: one of {known}, or a row of its own in origins.csv")


def known_origin(given: str) -> str:
    """Return the id of the origin with an id or a name; empty if there is none."""
    for row in rows("origins"):
        names = [row["origin_id"], *(row[f"name_{language}"] for language in spoken())]
        if given.casefold() in map(str.casefold, names):
            return row["origin_id"]
    return ""


def new_origin(origin_id: str, name: Said, kind: str) -> str:
    """Add an origin and return its id."""
    append("origins", {"origin_id": origin_id, "kind": kind, "collective": "false"} | in_languages(name=name))
    return origin_id


def named_origin(given: str, kind: str, otherwise: str) -> str:
    """Return the id of an origin by id or name, added with this kind where there is none; `otherwise` makes its id."""
    if found := known_origin(given):
        return found
    words = re.findall("[A-Z0-9]+", given.upper()) or re.findall("[A-Z0-9]+", otherwise.upper())
    return new_origin("-".join(["O", *words]), dict.fromkeys(spoken(), given), kind)


def source(source_id: str, name: Said, origin: str, kind: str, role: str, **cells: str) -> None:
    """Add a source, and whose figures it prints.

    Args:
        source_id: its id.
        name: by language.
        origin: id or name of the body that first produced its figures; a new one is added, with `kind`.
        role: `origin` if the source is that body's own, else `copy`.
        cells: other columns; those not given are as usual.
    """
    for row in rows("sources"):
        if source_id == row["source_id"] or cells["url"] == row["url"]:
            raise CompendiumError(f"source {row['source_id']} has this id or address. Remedy: name that one instead")
    usually = {column: usual(column) for column in ("grade", "host_trust")}
    usually |= {"source_id": source_id, "accessed": date.today().isoformat()}
    usually |= {"taken_from": "page", "no_excerpt": "not_kept"}
    append("sources", usually | in_languages(name=name) | cells)
    origin_id = named_origin(origin, kind, source_id)
    append("source_origins", {"source_id": source_id, "origin_id": origin_id, "role": role})


def sentence(said: str, language: str) -> str:
    """Return a text as a sentence: with a capital, and a stop where it has none."""
    begun = said if said[1:2].isupper() else said[:1].upper() + said[1:]
    ended = begun.rstrip("\"'”’)）」》").endswith(tuple(".!?…。！？"))
    return begun if ended else begun + ("。" if language == "zh" else ".")


def evidence(claim_id: str, source_id: str, value: str, says: Said, **cells: str) -> str:
    """Add what a source says of a claim and return the id of the row.

    Args:
        claim_id, source_id: of both; there must be both.
        value: a number or an interval, in the unit of the claim; or `holds` or `fails`.
        says: by language, what the source says.
        cells: other columns.
    """
    there("claims", "claim_id", claim_id)
    there("sources", "source_id", source_id)
    says = {language: sentence(said, language) for language, said in says.items()}
    for row in rows(EVIDENCE):
        if (row["claim_id"], row["source_id"]) == (claim_id, source_id) and in_languages(
            says=says
        ).items() <= row.items():
            raise CompendiumError(f"{row['evidence_id']} says the same. Remedy: say what is new in --says")
    evidence_id = following(EVIDENCE, "evidence_id", "V", 3)
    append(
        EVIDENCE,
        {"evidence_id": evidence_id, "claim_id": claim_id, "source_id": source_id, "basis": "seen"}
        | compared(value)
        | in_languages(says=says)
        | cells,
    )
    return evidence_id


def compared(value: str) -> dict[str, str]:
    """Return the cells that hold what a source says: `holds`, `fails`, a number, or the ends of an interval."""
    if value in HOLDING:
        return {"comparison": value}
    interval = re.fullmatch(r"(-?[\d.]+)-(-?[\d.]+)", value)
    low, high = (interval[1], interval[2]) if interval else (value, "")
    return {"comparison": "value", "value": low, "value_high": high}


def search(claim_id: str, queries: Sequence[str], places: Sequence[str], where: Said, words: Said, **cells: str) -> str:
    """Add a search that did not settle a claim, made today, and return the id of the row.

    Args:
        claim_id: of the claim; there must be one.
        queries: as typed.
        places: what was searched, by its name or address.
        where, words: by language, in what kind of place and for what was searched.
        cells: other columns.

    Raises:
        CompendiumError: there is no such claim, or the table has no place for a query.
    """
    there("claims", "claim_id", claim_id)
    columns = [field["name"] for field in datapackage.resource("searches")["schema"]["fields"]]
    if "query" not in columns:
        remedy = "add the columns place, query and kept to it and to datapackage.json, as a new compendium has them"
        raise CompendiumError(f"data/raw/searches.csv has no column query. Remedy: {remedy}")
    search_id = following("searches", "search_id", "S", 3)
    named = {
        "search_id": search_id,
        "claim_id": claim_id,
        "searched_on": date.today().isoformat(),
        "query": LIST.join(queries),
        "place": LIST.join(places),
        "kept": "query_and_place",
        "outcome": "nothing",
    }
    append("searches", named | in_languages(where=where, words=words) | cells)
    return search_id


def there(table: str, column: str, name: str) -> None:
    """Refuse an id that no row of claims or sources has.

    Raises:
        CompendiumError: there is none.
    """
    if name not in {row[column] for row in rows(table)}:
        one = table.removesuffix("s")
        remedy = f"compendium {one} add, or the id of another in data/raw/{table}.csv"
        raise CompendiumError(f"there is no {one} {name!r}. Remedy: {remedy}")
