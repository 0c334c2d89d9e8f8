"""The commands that add: `claim add`, `source add`, `evidence add`, `search add`, `record add`, `table add`, `notebook
add`, for an author of another audit, who need not write rows, hashes and cells by hand; `codings add`, `walk add`, for
who takes in what readers saved on the pages of the book."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from compendium import CompendiumError
from compendium.authoring.options import RowOption, convert_options_to_cells, list_row_options
from compendium.base import escape
from compendium.compendium import Compendium
from compendium.data.datapackage import split_list

JUDGE = "compendium judge {claim_id}"


class AddRowCommand(click.Command):
    """The command `add` of a table of the ledger; its options are read off the schema when they are needed."""

    def __init__(self, table: str, what: str, also: str, after: str, special: Mapping[str, RowOption]):
        text = f"Add {what}. What lacks is told with its meaning; in two languages write --option en=TEXT."
        super().__init__("add", callback=click.pass_obj(self.add), help=text)
        self.table, self.also, self.after, self.special = table, also, after, special

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return argument and options."""
        if not self.params:
            self.options = list_row_options(self.table, self.special)
            argument = [click.Argument(["claim_id"])] if self.after == JUDGE else []
            self.params = [*argument, *(option.for_click(name) for name, option in self.options.items())]
        return super().get_params(ctx)

    def add(self, c: Compendium, claim_id: str = "", **given: Sequence[str]) -> None:
        """Add a row as options say, all of it or nothing."""
        from compendium.authoring import notebooks, rows
        from compendium.authoring.transaction import add_claim_to_assertions, add_statement_comparisons, append_raw_row

        argument = {"claim_id": claim_id.upper()} if claim_id else {}
        cells = convert_options_to_cells(c, self.table, self.options, given, rows.find_default_cells(c, self.table))
        assertions, compared = cells.pop("assertion", ""), cells.pop("compared", "")
        made = rows.complete_row(c, self.table, argument | cells)
        row = made[0][1]
        with edit_in_draft_copy(c, self.options) as copy:
            for name, cells in made:
                append_raw_row(copy, name, cells)
            if self.table == "claims":
                add_claim_to_assertions(copy, assertions, row["claim_id"])
                add_statement_comparisons(copy, row, split_list(compared))
            place = notebooks.add_claim_to_notebook(copy, row) if self.table == "claims" else ""
        key = row[c.tables.schema(self.table)["primaryKey"][0]]
        after = JUDGE if row.get("testable") == "false" else self.after
        if self.table == "claim_evidence" and (other := rows.find_deciding_table(c, row["claim_id"])):
            click.echo(f"note: {row['claim_id']} is judged from {other}.csv; this row stands beside it", err=True)
        click.echo(f"{key} added to data/raw/{self.table}.csv{self.also.format(place=place)}.")
        click.echo(f"Next: {after.format(**argument | row)}")


@contextmanager
def edit_in_draft_copy(c: Compendium, options: Mapping[str, RowOption]) -> Iterator[Compendium]:
    """Give a copy to add to, and put it in place once it is valid; then tell what is new and worth a look."""
    from compendium.authoring.notes import list_undescribed_tables
    from compendium.authoring.transaction import edit_copy_then_commit
    from compendium.base.files import InputError, shorten
    from compendium.ledger import independence
    from compendium.ledger.evidence import EvidenceTables

    before = {*independence.list_unverified_origin_sources(EvidenceTables(c)), *list_undescribed_tables(c)}
    try:
        with edit_copy_then_commit(c) as copy:
            yield copy
    except CompendiumError as error:
        if not isinstance(fault := error.__cause__, InputError):
            raise
        column = "origin_kind" if fault.file.endswith("/origins.csv") else c.languages.stem(fault.column or "")
        if not (name := next((name for name, option in options.items() if column in option.columns), "")):
            raise
        remedy = f" Remedy: {fault.remedy}." if fault.column == "value_text" else ""
        said = f"--{name}: {shorten(fault.value or '')!r} — {fault.rule}.{remedy} Nothing was added."
        raise CompendiumError(said) from None
    after = replace(c)
    for line in (*independence.list_unverified_origin_sources(EvidenceTables(after)), *list_undescribed_tables(after)):
        if line not in before:
            click.echo(f"note: {line}", err=True)


@click.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", "source_id", default="", help="Id of the source of all its rows.")
@click.option("--key", "keys", multiple=True, metavar="COLUMN", help="Column that tells rows apart; may be repeated.")
@click.option("--name", help="Of the table; else that of the file.")
@click.pass_obj
def add_table(c: Compendium, file: Path, source_id: str, keys: tuple[str, ...], name: str | None) -> None:
    """Take the CSV file FILE in as a raw table: types are read off its cells, texts and units are left to you."""
    from compendium.authoring import tables

    name = name or file.stem.lower().replace(" ", "_")
    with edit_in_draft_copy(c, {}) as copy:
        tables.add_table(copy, file.resolve(), name, source_id, keys)
    click.echo(f'{name} added as data/raw/{name}.csv; in a notebook, notebook.read("data/raw/{name}.csv") reads it.')
    click.echo("Next: its texts and units in data/raw/datapackage.json, then compendium data refresh")


@click.command("add")
@click.argument("name")
@click.pass_obj
def add_notebook(c: Compendium, name: str) -> None:
    """Begin a further notebook, NAME such as 02-costs; the next claim that is added goes to it."""
    from compendium.authoring import notebooks

    with edit_in_draft_copy(c, {}) as copy:
        notebooks.create_notebook(copy, name)
    written = f"notebooks/{name}.ipynb written"
    click.echo(f"{written}. Next: its title and notebooks/contents.toml, then compendium claim add")


@click.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_obj
def add_codings(c: Compendium, files: tuple[Path, ...]) -> None:
    """Take in FILES that readers saved on the page “Code it yourself” of the book, as codings and votes of persons."""
    from compendium.authoring import returned

    for line in returned.add_codings(c, files):
        click.echo(escape.terminal(line))
    click.echo("Next: compendium run, then compendium accept")


@click.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def add_walk(c: Compendium, file: Path) -> None:
    """Take in the FILE that a reviewer saved on the page “Walk as a reviewer” of the book."""
    from compendium.authoring import returned

    click.echo(escape.terminal(returned.add_walk(c, file)))
    click.echo("Next: compendium run, then compendium accept")


PRINTED = "The number as printed, such as 42, 5-10, >=18, or the word that matters"
IN_PRINT = "What the paper prints, with its unit, as its reader writes it; of a list the number of its items"
OF_CLAIM = {
    "statement": RowOption(["statement"], "What the paper says, in your words"),
    "value": RowOption(["value_text", "value_low", "value_high"], PRINTED),
    "printed": RowOption(["printed"], IN_PRINT),
    "unit": RowOption(["unit"], "Its unit, such as %; of a word what it is, such as opinion"),
    "year": RowOption(["year_start", "year_end"], "2020 or 2015-2020: of what the number is"),
    "origin": RowOption(["origin_id"], "Id or name of the body whose figure the paper quotes; else its authors"),
    "assertion": RowOption(["assertion"], "Id in assertions.csv of what it takes up; once for each", many=True),
    "compared": RowOption(
        ["compared"], "What a fresh reader finds it beside its sentence, such as same; once for each", many=True
    ),
}
KINDS = "Of a body that is new: government, statistics, research_body, press, firm, academic"
OF_SOURCE = {
    "id": RowOption(["source_id"], "A short name of small letters, digits and -, such as who-2020"),
    "origin": RowOption(
        ["origin"], "Id or name of the body that first made its figures; else the publisher", many=True
    ),
    "origin-kind": RowOption(["origin_kind"], KINDS),
}
SAID = "What it says, in the unit of the claim, such as 42 or 40-45; of a statement in words holds or fails"
OF_EVIDENCE = {
    "source": RowOption(["source_id"], "Id of the source"),
    "value": RowOption(["value", "value_high", "comparison"], SAID),
    "differs": RowOption(["differs_in"], "What it says differs in population, time, base, kind or scope"),
}
OF_SEARCH = {
    "query": RowOption(["query"], "What was typed, letter by letter; once for each", many=True),
    "place": RowOption(["place"], "What was searched, by its name or address; once for each", many=True),
    "on": RowOption(["searched_on"], "YYYY-MM-DD; else today"),
}
THEN = "compendium source add, then compendium evidence add {claim_id}; or compendium search add {claim_id}"
NEXT = "compendium evidence add CLAIM --source {source_id}, or compendium table add FILE --source {source_id}"
COMMANDS = {
    "claim": AddRowCommand(
        "claims", "a claim of the paper that a notebook shows", "; {place}, shows it", THEN, OF_CLAIM
    ),
    "source": AddRowCommand(
        "sources", "a source and its origin", ", its origin to source_origins.csv", NEXT, OF_SOURCE
    ),
    "evidence": AddRowCommand("claim_evidence", "what a source says of a claim", "", JUDGE, OF_EVIDENCE),
    "search": AddRowCommand("searches", "a search that settled nothing of a claim", "", JUDGE, OF_SEARCH),
    "record": AddRowCommand("records", "a record not obtained that would decide a claim", "", JUDGE, {}),
    "table": add_table,
    "notebook": add_notebook,
    "codings": add_codings,
    "walk": add_walk,
}
GROUPS = [click.Group(name, [command], help=command.help) for name, command in COMMANDS.items()]
