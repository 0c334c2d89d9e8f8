"""The commands that write what editors and archives ask for."""

import click

from compendium import CompendiumError, paths


@click.command("certificate")
def write_certificate() -> None:
    """Write build/certificate.pdf and .json on the last run: what it found, what is missing, what was run and when.

    It needs a complete run of what lies here. Equal facts give equal bytes; commit, machine and day are facts.
    """
    from compendium.files import running_lock
    from compendium.forms import certificate
    from compendium.ledger import gate

    gate.raise_if_bad()
    click.get_current_context().with_resource(running_lock())
    for path in certificate.write(paths.project().build / "run"):
        click.echo(paths.shown(path))


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
