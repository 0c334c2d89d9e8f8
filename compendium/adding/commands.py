"""The commands that add: `claim add`, `source add`, `evidence add`, `search add`, `table add`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from compendium import CompendiumError

MISSING = "compendium.missing"  # what was not given, in the notes of the command at work
OF_COLUMNS = {"value_text": "value", "value_low": "value", "value_high": "value", "comparison": "value"}
OF_COLUMNS |= {"year_start": "year", "year_end": "year", "origin_id": "origin"}


def text(option: str, meaning: str) -> Callable:
    """Return an option for a text, plain or by language."""
    return click.option(option, multiple=True, metavar="TEXT", help=meaning)


def terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty()


def asked(option: str, given: str | None, meaning: str, choices: Sequence[str] = (), language: str = "") -> str:
    """Return what was given for an option; what was not is asked for at a terminal, with what it means.

    Where nobody can be asked it is empty, and `adding` tells all that is missing.
    """
    if given:
        return given
    means = f"{meaning}: {', '.join(choices)}" if choices else meaning
    if not terminal():
        form = f"--{option} {language}=…" if language else f"--{option}"
        click.get_current_context().meta.setdefault(MISSING, []).append(f"{form} ({means})")
        return ""
    named = f"{option} in {language}" if language else option
    answer: str = click.prompt(f"{named} ({meaning})", type=click.Choice(choices) if choices else str)
    return answer


def in_languages(option: str, given: Sequence[str], meaning: str, otherwise: str = "") -> dict[str, str]:
    """Return a text by language, given plainly or as `en=TEXT`, once for each language; what is missing is asked for.

    Args:
        option: its name.
        given: what was given.
        meaning: what is asked for.
        otherwise: the text in every language of which none is given; empty to ask.
    """
    from compendium.languages import spoken

    found = {}
    for text in given:
        language, sign, rest = text.partition("=")
        if sign and language in spoken():
            found[language] = rest.strip()
        elif len(spoken()) == 1:
            found[spoken()[0]] = text.strip()
        else:
            forms = " ".join(f"--{option} {language}=…" for language in spoken())
            raise CompendiumError(f"--{option} does not say in which language it is. Remedy: {forms}")
    for language in spoken():
        which = language if len(spoken()) > 1 else ""
        found[language] = found.get(language) or otherwise or asked(option, "", meaning, language=which)
    return found


def allowed(table: str, column: str) -> list[str]:
    """Return the codes that a column of a raw table allows; none if it takes any text."""
    from compendium.data import datapackage

    return list(datapackage.field(table, column).get("constraints", {}).get("enum", ()))


def given(**cells: str | None) -> dict[str, str]:
    """Return those of some cells that hold something."""
    return {column: cell for column, cell in cells.items() if cell}


def option(file: str, column: str) -> str:
    """Return the option of the command at work that a cell of a new row came from; empty if there is none."""
    from compendium.languages import spoken

    stem, _, language = column.rpartition("_")
    column = stem if language in spoken() else column
    wanted = {column, OF_COLUMNS.get(column), "origin_kind" if file.endswith("/origins.csv") else ""}
    options = click.get_current_context().command.params
    return next((one.opts[0] for one in options if one.name in wanted and isinstance(one, click.Option)), "")


@contextmanager
def adding() -> Iterator[None]:
    """Add to a copy, and put it in place once it is valid; then tell what is new and worth a look.

    Raises:
        CompendiumError: options are missing, or what they say is not valid; nothing is added then.
    """
    from compendium.adding.draft import draft
    from compendium.adding.notes import unwritten
    from compendium.files import InputError, shortened
    from compendium.ledger import independence

    if missing := click.get_current_context().meta.get(MISSING):
        raise CompendiumError(f"missing: {'; '.join(missing)}. Remedy: add it, or use a terminal, which asks for it")
    before = {*independence.notes(), *unwritten()}
    try:
        with draft():
            yield
    except CompendiumError as error:
        fault = error.__cause__
        if not isinstance(fault, InputError) or not (name := option(fault.file, fault.column or "")):
            raise
        said = f"{name}: {shortened(fault.value or '')!r} — {fault.rule}"
        raise CompendiumError(f"{said}. Nothing was added.") from None
    for line in (*independence.notes(), *unwritten()):
        if line not in before:
            click.echo(f"note: {line}", err=True)


@click.group("claim")
def claim() -> None:
    """Add a claim of the paper."""


@claim.command("add")
@text("--statement", "What the paper says, in your words; with two languages en=TEXT, once for each.")
@click.option("--value", help="The number as printed: 42, 5-10, >=18; or the word that matters.")
@click.option("--unit", help="Of the number, such as %; of words what they are, such as opinion.")
@text("--printed", "The number with its unit as the paper prints it.")
@click.option("--section", help="Of the paper.")
@click.option("--year", default="", help="2020 or 2015-2020: of what the number is.")
@click.option("--weight", help="headline, supporting or structural.")
@click.option("--topic", help="A word by which claims are grouped.")
@click.option("--kind", help="recomputable, cross-checkable or quoted-only.")
@click.option("--origin", default="", help="Id or name of the body whose figure the paper quotes; else its authors.")
@click.option("--attributed-to", help="Whom the paper names for it; else the authors.")
@click.option("--not-testable", is_flag=True, help="It names no measure that could be held against data.")
def claim_add(
    statement: tuple[str, ...],
    value: str | None,
    unit: str | None,
    printed: tuple[str, ...],
    section: str | None,
    year: str,
    origin: str,
    not_testable: bool,
    **cells: str | None,
) -> None:
    """Add a claim of the paper, and have a notebook show it. What is missing is asked for at a terminal."""
    from compendium.adding import notebooks, rows

    said = in_languages("statement", statement, "what the paper says, in your words")
    value = asked("value", value, "the number as printed, such as 42, 5-10, >=18, or the word that matters")
    unit = asked("unit", unit, "its unit, such as %; of a word what it is, such as opinion")
    form = rows.as_printed(value, unit) or "?"  # without a value nothing is added
    as_printed = in_languages("printed", printed, "the number with its unit as the paper prints it", form)
    section = asked("section", section, "of the paper", allowed("claims", "section"))
    untested = {"testable": "false", "kind": "quoted-only", "check_table": ""} if not_testable else {}
    with adding():
        name = rows.claim(said, value, unit, as_printed, section, year, origin, **untested, **given(**cells))
        weight = cells["weight"] or rows.usual("weight")
        place = notebooks.show(name, weight == "headline")
    click.echo(f"{name} added to data/raw/claims.csv; {place}, shows it.")
    step = f"compendium source add, then compendium evidence add {name}; or compendium search add {name}"
    click.echo(f"Next: {f'compendium judge {name}' if not_testable else step}")


@click.group("source")
def source() -> None:
    """Add a source."""


@source.command("add")
@click.option("--id", "source_id", help="A short name of small letters, digits and -, such as who-2020.")
@click.option("--title", help="As printed.")
@click.option("--publisher", help="Who published it.")
@click.option("--url", help="Its address.")
@text("--name", "What readers are told; else the title. With two languages en=TEXT for each.")
@click.option("--published", help="YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--accessed", help="YYYY-MM-DD; else today.")
@click.option("--grade", help="A: official body or publisher, B: named press, journal or institution, C: mirror.")
@click.option("--licence", help="SPDX id.")
@click.option(
    "--origin",
    help="Id or name of the body that first produced its figures; else the publisher. "
    "A reprint of the paper's own numbers takes O-PAPER.",
)
@click.option("--origin-kind", help="Of a new body: government, statistics, research_body, press, firm, academic.")
def source_add(
    source_id: str | None,
    title: str | None,
    publisher: str | None,
    url: str | None,
    name: tuple[str, ...],
    origin: str | None,
    origin_kind: str | None,
    **cells: str | None,
) -> None:
    """Add a source, and the body whose figures it prints. What is missing is asked for at a terminal."""
    from compendium.adding import rows

    source_id = asked("id", source_id, "a short name of small letters, digits and -, such as who-2020")
    title = asked("title", title, "as printed")
    publisher = asked("publisher", publisher, "who published it")
    url = asked("url", url, "its address, beginning with https://")
    origin = origin or (whose(publisher) if terminal() else publisher)
    if origin != rows.OF_PAPER and not rows.known_origin(origin):
        kinds = [kind for kind in allowed("origins", "kind") if kind not in ("paper", "unnamed")]
        origin_kind = asked("origin-kind", origin_kind, f"what kind of body {origin} is", kinds)
    role = "origin" if origin.casefold() == publisher.casefold() else "copy"
    with adding():
        names = in_languages("name", name, "what readers are told", title)
        cells |= {"title": title, "publisher": publisher, "url": url}
        origin = rows.of_paper() if origin == rows.OF_PAPER else origin
        rows.source(source_id, names, origin, origin_kind or "", role, **given(**cells))
    click.echo(f"{source_id} added to data/raw/sources.csv, its origin to source_origins.csv.")
    click.echo(
        f"Next: compendium evidence add CLAIM --source {source_id}, or compendium table add FILE --source {source_id}"
    )


def whose(publisher: str) -> str:
    """Return id or name of the body whose figures a source prints, as somebody says who is asked."""
    from compendium.adding import rows

    answer = asked("origin", "", "whose figures it prints", ("paper's authors", "publisher", "another body"))
    if answer == "another body":
        return asked("origin", "", "the name of that body")
    return publisher if answer == "publisher" else rows.OF_PAPER


@click.group("evidence")
def evidence() -> None:
    """Add what a source says of a claim."""


@evidence.command("add")
@click.argument("claim_id")
@click.option("--source", "source_id", help="Id of the source.")
@click.option(
    "--value", help="What it says, in the unit of the claim: 42 or 40-45; of a statement in words holds or fails."
)
@text("--says", "What it says, in your words; with two languages en=TEXT, once for each.")
@click.option("--relation", help="measurement: it is its own; copy: it repeats another; statement: it only says so.")
@click.option("--differs", "differs_in", help="What it says differs in population, time, base, kind or scope.")
@click.option("--as-of", "as_of", help="YYYY, YYYY-MM or YYYY-MM-DD: when it held.")
def evidence_add(
    claim_id: str,
    source_id: str | None,
    value: str | None,
    says: tuple[str, ...],
    relation: str | None,
    **cells: str | None,
) -> None:
    """Add what a source says of the claim CLAIM_ID. What is missing is asked for at a terminal."""
    from compendium.adding import rows

    claim_id = claim_id.upper()
    source_id = asked("source", source_id, "id of the source")
    value = asked("value", value, "what it says, in the unit of the claim; of a statement in words holds or fails")
    said = in_languages("says", says, "what it says, in your words")
    kinds = "its own measurement, or a copy of another's, or only a statement"
    relation = asked("relation", relation, kinds, allowed(rows.EVIDENCE, "relation"))
    with adding():
        name = rows.evidence(claim_id, source_id, value, said, relation=relation, **given(**cells))
    click.echo(f"{name} added to data/raw/claim_evidence.csv.\nNext: compendium judge {claim_id}")


@click.group("search")
def search() -> None:
    """Add a search that settled nothing."""


@search.command("add")
@click.argument("claim_id")
@click.option("--query", "queries", multiple=True, metavar="TEXT", help="As typed, letter by letter; once for each.")
@click.option("--place", "places", multiple=True, metavar="TEXT", help="What was searched, by its name or address.")
@text("--where", "The kind of place, such as catalogues; else its name. With two languages en=TEXT, once for each.")
@text("--words", "What was looked for, in a few words; else the query.")
@click.option("--on", "searched_on", help="YYYY-MM-DD; else today.")
@click.option("--outcome", help="nothing, leads_only, partly or found; else nothing.")
def search_add(
    claim_id: str,
    queries: tuple[str, ...],
    places: tuple[str, ...],
    where: tuple[str, ...],
    words: tuple[str, ...],
    **cells: str | None,
) -> None:
    """Add a search for CLAIM_ID that settled nothing. What is missing is asked for at a terminal."""
    from compendium.adding import rows

    claim_id = claim_id.upper()
    queries = queries or (asked("query", None, "what was typed, letter by letter"),)
    places = places or (asked("place", None, "what was searched, by its name or address"),)
    kinds = in_languages("where", where, "the kind of place", " / ".join(places))
    said = in_languages("words", words, "what was looked for", " / ".join(queries))
    with adding():
        name = rows.search(claim_id, queries, places, kinds, said, **given(**cells))
    click.echo(f"{name} added to data/raw/searches.csv.\nNext: compendium judge {claim_id}")


@click.group("table")
def table() -> None:
    """Add a table."""


@table.command("add")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", "source_id", default="", help="Id of the source of all its rows.")
@click.option("--key", "keys", multiple=True, metavar="COLUMN", help="Column that tells rows apart; may be repeated.")
@click.option("--name", help="Of the table; else that of the file.")
def table_add(file: Path, source_id: str, keys: tuple[str, ...], name: str | None) -> None:
    """Take the CSV file FILE in as a raw table: types are read off its cells, texts and units are left to you."""
    from compendium.adding import tables

    name = name or file.stem.lower().replace(" ", "_")
    with adding():
        place = tables.add(file.resolve(), name, source_id, keys)
    click.echo(f"{name} added as data/raw/{name}.csv{f'; {place}, reads it' if place else ''}.")
    click.echo("Next: its texts and units in data/raw/datapackage.json, then compendium data refresh")
