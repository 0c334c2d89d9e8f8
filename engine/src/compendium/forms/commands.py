"""The command that writes what editors ask for."""

from dataclasses import replace

import click

from compendium.base import paths
from compendium.compendium import Compendium


@click.command("certificate")
@click.pass_obj
def write_certificate(c: Compendium) -> None:
    """Write build/certificate.html and .json on the last run: what it found, what is missing, what was run and when.

    For editors and reviewers. It needs a complete run of what lies here. Equal facts give equal bytes; commit, machine
    and day are facts. Whether the tests were run it cannot know.
    """
    from compendium.base.files import running_lock
    from compendium.forms import certificate
    from compendium.ledger import gate

    gate.raise_if_inputs_invalid(c)
    click.get_current_context().with_resource(running_lock(c.build))
    for path in certificate.write_certificate(replace(c, out=c.build / "run")):
        click.echo(paths.format_path(path))
