"""The commands that judge, show and sweep claims, and those on the raw tables read for them."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import click

from compendium.base import escape, paths
from compendium.base.files import fingerprint, running_lock, write_atomic
from compendium.compendium import Compendium
from compendium.run.fingerprint import InputHashes

NEW = 5  # of the claims that the committed ledger does not have yet so many are told in full
Words = tuple[str, ...]  # those given for an argument or an option


def read_choices(_: click.Context, option: click.Parameter, given: Words) -> dict[str, str]:
    """Return the values of choices by name."""
    for text in given:
        name, sign, _value = text.partition("=")
        if not sign or not name.isidentifier():
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="-p")
    return dict(text.split("=", 1) for text in given)


OTHER = "A choice other than the default; may be repeated."
choices_option = click.option("-p", "given", multiple=True, metavar="NAME=VALUE", callback=read_choices, help=OTHER)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="cores", help="Processes at once."
)


def echo_wrapped(line: str) -> None:
    """Show a line that holds texts of the tables, wrapped where it is of words with spaces between them."""
    line = escape.terminal(line)
    width = min(shutil.get_terminal_size().columns, 120)
    wide = max(line, default="") >= "\u2e80"
    click.echo(line if wide else click.wrap_text(line, width, subsequent_indent=" " * 10))


@click.command("judge")
@click.argument("claim_ids", nargs=-1)
@choices_option
@jobs_option
@click.option("--falsified", is_flag=True, help="Tell what becomes of CLAIM_IDS with another number printed.")
@click.pass_obj
def judge_claims(c: Compendium, claim_ids: Words, given: dict[str, str], jobs: int, falsified: bool) -> None:
    """Judge claims from the raw tables as they lie there, without a notebook, and compare with the committed ledger.

    CLAIM_IDS are shown with reason and flip. Without them all claims are judged: the first that the committed ledger
    does not have yet, how many there are by verdict, and which the ledger gives another; without -p too, the ledger is
    written below build/lab, where notebooks in JupyterLab read it until code or tables change. For authors of
    judgements.
    """
    from compendium.ledger import claims, gate
    from compendium.notebook import working_copies
    from compendium.pages import terminal
    from compendium.run import contents, judge_all

    whole = not (claim_ids or given)
    state = InputHashes(c).mark().encode("utf-8") if whole else b""
    gate.raise_if_inputs_invalid(c)
    rows = judge_all.judge_claims(c, [name.upper() for name in claim_ids], given, jobs)
    alone = not contents.list_declared_notebooks(c)  # the smallest use, of which nothing is committed
    if alone and not claim_ids:
        for line in terminal.render_claim_lines(c, rows):
            click.echo(escape.terminal(line))
        return
    committed = rows if alone else terminal.read_ledger(c)
    new = [name for name in rows if name not in committed][:NEW]
    for line in terminal.compare_with_committed(
        c, rows if claim_ids else {name: rows[name] for name in new}, committed
    ):
        echo_wrapped(line)
    for line in terminal.describe_falsified_outcomes(c, list(rows)) if falsified and claim_ids else ():
        echo_wrapped(line)
    for line in () if claim_ids else terminal.render_verdict_counts(c, rows, committed):
        echo_wrapped(line)
    if whole:
        copies = [working_copies.find_copies_folder(c, language) for language in c.languages]
        for place in (c.build / "lab", *filter(Path.is_dir, copies)):  # where notebooks that are run by hand write to
            made = "".join(
                f"{fingerprint(file.read_bytes())}  {file}\n" for file in judge_all.write_ledger(c, rows, place)
            )
            write_atomic(place / claims.STATE, state + made.encode("utf-8"))
            echo_wrapped(f"written to {paths.format_path(paths.processed_path('claims', place))}")


@click.command("claims")
@click.argument("claim_id", required=False)
@click.pass_obj
def show_claims(c: Compendium, claim_id: str | None) -> None:
    """Show reviewers a claim: what the paper prints, what was found, verdict, evidence; without an id, all in short."""
    from compendium.pages import terminal

    if claim_id:
        for line in terminal.render_claim_in_full(c, claim_id.upper()):
            echo_wrapped(line)
    else:
        for line in terminal.render_claim_lines(c, terminal.read_ledger(c)):
            click.echo(escape.terminal(line))


@click.command("withdraw")
@click.pass_obj
def withdraw_sentences(c: Compendium) -> None:
    """Mark the findings, quotes and other declared sentences that the last run does not bear out as withdrawn.

    They are not published; then run again and accept. To publish one, write it anew for what is found now, without
    the mark. For who adds data that moves a verdict.
    """
    from compendium.pages import readme

    click.get_current_context().with_resource(running_lock(c.build))
    marked = readme.withdraw_broken_sentences(replace(c, out=c.build / "run"))
    for line in marked:
        click.echo(f"{line}: withdrawn")
    if not marked:
        click.echo("nothing is withdrawn: the last run bears every declared sentence out")


@click.command("sweep")
@click.argument("names", nargs=-1)
@jobs_option
@click.option("--accept", is_flag=True, help="Take the tables as the committed ones in data/sweep.")
@click.pass_obj
def sweep_choices(c: Compendium, names: Words, jobs: int, accept: bool) -> None:
    """Judge over the declared choices, all combined: which verdicts hold, and which choice flips the others.

    NAMES are choices of notebooks/choices.toml to vary; all without it. Tables go to build/sweep. Nothing committed is
    touched without --accept. For reviewers who ask how robust the verdicts are.
    """
    from compendium.ledger import gate
    from compendium.run import sweep

    if accept and names:
        raise click.UsageError("--accept takes the whole sweep, without names")
    gate.raise_if_inputs_invalid(c)
    click.get_current_context().with_resource(running_lock(c.build))
    done = sweep.run_sweep(c, names, jobs)
    for item in done.reach:
        _, _, verdict, share, _, _, _, flipped_by, _ = done.robust(item)
        if share and float(share) < 1:
            click.echo(f"{item:<14} {verdict:<14} {float(share):6.1%}  flipped by {flipped_by or 'no choice alone'}")
    click.echo(
        f"{done.specifications} specifications, {sum(map(len, done.outcomes.values()))} runs. "
        f"Verdicts not listed hold in all of them. Tables: {paths.format_path(sweep.find_sweep_folder(c))}"
    )
    if accept:
        sweep.accept_sweep(c)


@click.group()
def data() -> None:
    """For authors: renew the hashes of the raw tables and the codebook."""


@data.command("refresh")
@click.pass_obj
def data_refresh(c: Compendium) -> None:
    """Renew hashes and date in datapackage.json, and the codebook, after a deliberate change of valid tables."""
    from compendium.ledger import gate

    changed = gate.refresh_data_package(c)
    click.echo(f"hashes renewed: {', '.join(changed) or 'none, nothing had changed'}")
