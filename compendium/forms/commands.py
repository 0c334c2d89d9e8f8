"""The commands that write what editors and archives ask for."""

import json
from pathlib import Path

import click

from compendium import CompendiumError, paths
from compendium.show.reading import data


@click.command("certificate")
@click.option("--log", is_flag=True, help="Append the run to data/reproductions.csv too, and renew the READMEs.")
@click.option("--who", metavar="NAME", help="Who ran it, for --log; makers write their name in compendium.toml.")
def write_certificate(log: bool, who: str | None) -> None:
    """Write build/certificate.pdf and .json on the last run: what it found, what is missing, what was run and when.

    It needs a complete run of what lies here. Equal facts give equal bytes; commit, machine and day are facts. The log
    takes a run once, and only one that executed every notebook; it is published with the name that --who gives, which
    is never guessed. Whether the tests were run it cannot know.
    """
    from compendium.files import running_lock
    from compendium.forms import certificate, reproducing
    from compendium.ledger import gate

    if log == (who is None):
        raise click.UsageError("--log and --who NAME go together")
    gate.raise_if_bad()
    click.get_current_context().with_resource(running_lock())
    root = paths.project().build / "run"
    for path in certificate.write(root):
        click.echo(paths.shown(path))
    if log and who is not None:
        told = json.loads((paths.project().build / "certificate.json").read_text(encoding="utf-8"))
        for name in reproducing.log(root, told, who.strip()):
            click.echo(f"{name}: renewed")
        click.echo("Next: git commit, or send the last row of the log to the makers")


@data.command("addresses")
@click.argument("answer", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def addresses(answer: Path | None) -> None:
    """Write build/addresses.txt, the addresses of sources to be archived; or take in ANSWER, what an archive answered.

    ANSWER has a row for each source: its address, a comma or a tab, the archived address, the day. All of it is written
    into sources.csv, or nothing. No network is used.
    """
    from compendium.forms import addresses
    from compendium.ledger import gate

    if answer:
        click.echo(f"{addresses.take(answer)} archived addresses are new in data/raw/sources.csv.")
        click.echo("Next: a line in data/raw/CHANGES.md, make, look, make accept")
        return
    gate.raise_if_bad()
    path, number, left_out = addresses.write()
    click.echo(f"{paths.shown(path)}: {number} addresses to be archived")
    for reason, sources in left_out.most_common():
        click.echo(f"left out: {sources} {reason}")


@click.command("crate")
def write_crate() -> None:
    """Write build/crate: what is committed, described for archives and other programs, with a page for people.

    The files make an RO-Crate once they lie at the root of a copy of this folder.
    """
    from compendium.forms import crate
    from compendium.ledger import gate
    from compendium.show import terminal

    gate.raise_if_bad()
    if lost := next(terminal.astray(terminal.judged().values()), ""):
        raise CompendiumError(lost)
    click.echo(f"{paths.shown(crate.write())}: its files are to be put at the root of a copy of this folder.")


@click.command("slides")
def write_slides() -> None:
    """Write build/slides/zh.pdf and en.pdf: what was checked, a slide a finding with its figure, how to check it.

    They are made from what is committed: the ledger, the findings, what to quote instead, the figures.
    """
    from compendium.forms import slides
    from compendium.ledger import gate

    gate.raise_if_bad()
    for path in slides.write():
        click.echo(paths.shown(path))


@click.command("archive")
def write_archive() -> None:
    """Write build/NAME-VERSION.zip: all that is committed, the same bytes from the same commit everywhere."""
    from compendium.files import fingerprint
    from compendium.forms import archive

    made = archive.write()
    click.echo(f"{paths.shown(made)}, {fingerprint(made.read_bytes())}")
