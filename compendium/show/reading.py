"""The commands about what is read: raw tables, the paper, codings."""

from pathlib import Path

import click

from compendium import CompendiumError, escape, paths


@click.group()
def data() -> None:
    """Validate the raw tables, renew their hashes and the codebook, tell what carries a series on."""


@data.command("check")
def data_check() -> None:
    """Validate every raw table and the arithmetic between them."""
    from compendium.data import datapackage
    from compendium.files import InputError
    from compendium.ledger import gate

    found = gate.check()
    for problem in found:
        click.echo(str(problem))
    if found:
        raise InputError(f"{len(found)} problem{'s' * (len(found) != 1)} in data/raw")
    click.echo(f"{len(datapackage.names())} raw tables are valid")


@data.command("refresh")
def data_refresh() -> None:
    """Renew hashes and date in datapackage.json, and the codebook, after a deliberate change of valid tables."""
    from compendium.ledger import gate

    changed = gate.refresh()
    click.echo(f"hashes renewed: {'; '.join(changed) or 'none, nothing had changed'}")


@data.command("series")
def data_series() -> None:
    """Tell how far each yearly table has come, which notebooks read it and what a row of the next year must hold."""
    from compendium.data import datapackage, series
    from compendium.run import contents

    tables = set(datapackage.names()) - contents.COMMON
    notebooks = [n for n in contents.catalogue().values() if not tables <= n.reads]  # one that reads all only counts
    readers = {table: [n.name.partition("-")[0] for n in notebooks if table in n.reads] for table in tables}
    click.echo(series.page(readers | {table: ["all"] for table in contents.COMMON}))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", is_flag=True, help="Write build/paper.html: each sentence of your copy leads to its verdicts.")
@click.option(
    "--pdf", is_flag=True, help="Write build/paper.pdf: your PDF with each sentence highlighted, verdicts as notes."
)
def paper(file: Path, page: bool, pdf: bool) -> None:
    """Check the tables against the paper: FILE is your copy of it, plain text or PDF.

    Every number and every listed term that the tables say the paper prints must stand in it, and no quantity that we
    derived may. Where there is a table of its sentences, each must be found, with the numbers and terms of its claims.
    """
    from compendium.ledger import copies, sentences
    from compendium.ledger import paper as text

    copy = copies.read(file)
    if not sentences.told():
        if page or pdf:
            raise CompendiumError("--page and --pdf need tables paper_sentences and assertions. Remedy: leave them out")
        found = text.check(copy)
    else:
        read = text.sentence_by_sentence(copy)
        for line in read.unexplained:
            click.echo(escape.terminal(f"no sentence of the tables: {line}"))
        found = read.missing + read.faults
        click.echo(read.summary)
        if page:
            from compendium.show import paperpage

            click.echo(f"Open {paths.shown(paperpage.write(read))} in a browser.")
        if pdf:
            from compendium.show import paperpdf

            click.echo(f"Open {paths.shown(paperpdf.write(read, file))} in a reader of PDF.")
    for line in found:
        click.echo(escape.terminal(line))
    if found:
        raise CompendiumError(f"{len(found)} differences from {file}. Remedy: correct the rows named above")
    click.echo(f"every number and listed term of the tables stands in {file}, and nothing that we derived does")


@click.group()
def coding() -> None:
    """Code the evidence in words anew: a blank blind form, and taking a filled one in."""


@coding.command("form")
def coding_form() -> None:
    """Write the blank form, for whoever would code: build/coding.csv, and build/coding.html to print."""
    from compendium.files import write_atomic
    from compendium.ledger import codingform, gate
    from compendium.ledger.evidence import Data

    gate.raise_if_bad()
    for ending, content in zip(("csv", "html"), codingform.blank(Data()), strict=True):
        target = paths.project().build / f"coding.{ending}"
        write_atomic(target, content)
        click.echo(f"written: {paths.shown(target)}")


@coding.command("take")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--coder", required=True, metavar="NAME", help="How this coder is called in the tables.")
@click.option("--made-by", type=click.Choice(["person", "machine"]), default="person", show_default=True)
def coding_take(file: Path, coder: str, made_by: str) -> None:
    """Take the filled form FILE in as one more coding; the majority then decides what each row reads."""
    from compendium.files import running_lock
    from compendium.ledger import codingform, gate

    gate.raise_if_bad()
    click.get_current_context().with_resource(running_lock())
    for line in codingform.take(file, coder, made_by):
        click.echo(line)
    click.echo("taken in. Next: a line in data/raw/CHANGES.md, compendium data refresh, make")
