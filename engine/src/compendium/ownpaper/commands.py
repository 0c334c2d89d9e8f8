"""The command about the reader's own copy of the paper."""

from pathlib import Path

import click

from compendium import CompendiumError, escape, paths
from compendium.compendium import Compendium


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", is_flag=True, help="Write build/paper.html: each sentence of your copy leads to its verdicts.")
@click.pass_obj
def paper(c: Compendium, file: Path, page: bool) -> None:
    """Check the tables against the paper: FILE is your copy of it, plain text or PDF.

    Every number and every listed term that the tables say the paper prints must stand in it, and no quantity that we
    derived may. Where there is a table of its sentences, each must be found, with the numbers and terms of its claims.
    For reviewers and authors who have the paper; no text of it is kept.
    """
    from compendium.ledger import sentences
    from compendium.ownpaper.copies import read_copy
    from compendium.ownpaper.paper import check, read_sentences

    copy = read_copy(file, c.languages)
    if sentences.has_sentences(c.tables):
        read = read_sentences(c, copy)
        for line in read.unexplained:
            click.echo(escape.terminal(f"no sentence of the tables: {line}"))
        found = read.missing + read.faults
        counts = f"{len(read.search.found)} of {len(read.rows)} sentences found, {len(read.missing)} missing"
        click.echo(f"{counts}; lines that are no sentence of the tables: {len(read.unexplained)}")
        if page:
            from compendium.files import write_atomic
            from compendium.ownpaper.paperpage import render_page

            write_atomic(c.build / "paper.html", render_page(c, read).encode("utf-8"))
            click.echo(f"Open {paths.shown(c.build / 'paper.html')} in a browser.")
    elif page:
        raise CompendiumError("--page needs tables paper_sentences and assertions. Remedy: leave it out")
    else:
        found = check(c, copy)
    for line in found:
        click.echo(escape.terminal(line))
    if found:
        raise CompendiumError(
            f"{len(found)} difference{'s' * (len(found) != 1)} from {file}. Remedy: correct the rows named above"
        )
    click.echo(f"every number and listed term of the tables stands in {file}, and nothing that we derived does")
