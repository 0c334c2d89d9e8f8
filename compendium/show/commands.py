"""The commands that tell of verdicts: judging claims, showing what the ledger holds, sweeping the choices."""

import os
import shutil

import click

from compendium import escape, paths

jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="cores", help="Processes at once."
)

NEW = 5  # of the claims that the committed ledger does not have yet so many are told in full


def pair(text: str) -> tuple[str, str]:
    """Split NAME=VALUE."""
    name, sign, value = text.partition("=")
    if not sign or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="-p")
    return name, value


def tell(line: str) -> None:
    """Show a line that holds texts of the tables, wrapped where it is of words with spaces between them."""
    line = escape.terminal(line)
    width = min(shutil.get_terminal_size().columns, 120)
    wide = max(line, default="") >= "\u2e80"
    click.echo(line if wide else click.wrap_text(line, width, subsequent_indent=" " * 10))


@click.command("judge")
@click.argument("claim_ids", nargs=-1)
@click.option("-p", "given", multiple=True, metavar="NAME=VALUE", help="A choice of judgements; may be repeated.")
@jobs_option
def judge_claims(claim_ids: tuple[str, ...], given: tuple[str, ...], jobs: int) -> None:
    """Judge claims from the raw tables as they lie there, without a notebook, and compare with the committed ledger.

    CLAIM_IDS are shown with reason and flip. Without them all claims are judged: the first that the committed ledger
    does not have yet, how many there are by verdict, and which the ledger gives another; without -p too, the ledger is
    written below build/lab, where notebooks in JupyterLab read it until code or tables change. What a judgement found
    before is kept until its code, its choices or a table that it read have changed.
    """
    from compendium.files import write_atomic
    from compendium.run import judge
    from compendium.show import lab, terminal

    whole = not (claim_ids or given)
    if whole:
        from compendium.ledger import claims

        state = claims.state().encode("utf-8")
    rows = judge.judged([name.upper() for name in claim_ids], dict(map(pair, given)), jobs)
    new = [name for name in rows if name not in terminal.ledger()][:NEW]
    for line in terminal.rejudged(rows if claim_ids else {name: rows[name] for name in new}):
        tell(line)
    for line in () if claim_ids else terminal.counted(rows):
        tell(line)
    if whole:
        for place in lab.places():
            judge.write(rows, place)
            write_atomic(place / claims.STATE, state)
            tell(f"written to {paths.shown(paths.processed('claims', place))}")


@click.command("claims")
@click.argument("claim_id", required=False)
def show_claims(claim_id: str | None) -> None:
    """Show one claim: what the paper prints, what was found, verdict, evidence; without an id, all in short."""
    from compendium.show import terminal

    if claim_id:
        for line in terminal.claim(claim_id.upper()):
            tell(line)
    else:
        for line in terminal.every():
            click.echo(escape.terminal(line))


@click.command("sweep")
@click.argument("names", nargs=-1)
@click.option("--one-at-a-time", is_flag=True, help="Change one choice at a time instead of combining all.")
@click.option("--take", type=click.IntRange(1), metavar="N", help="Only N specifications, drawn always alike.")
@jobs_option
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to run on, such as tcp://host:8786.")
@click.option("--accept", is_flag=True, help="Take the tables as the committed ones in data/sweep.")
def sweep_choices(
    names: tuple[str, ...], one_at_a_time: bool, take: int | None, jobs: int, scheduler: str | None, accept: bool
) -> None:
    """Judge over the declared choices, all combined: which verdicts hold, and which choice flips the others.

    NAMES are choices of notebooks/choices.toml to vary; all without it. Tables go to build/sweep. What is done
    is kept there, so that a sweep that was stopped goes on where it was. Nothing committed is touched without --accept.
    """
    from compendium.files import running_lock
    from compendium.ledger import gate
    from compendium.run import RunError, sweep

    if accept and (names or one_at_a_time or take):
        raise click.UsageError("--accept takes the whole sweep, without names, --one-at-a-time and --take")
    gate.raise_if_bad()
    click.get_current_context().with_resource(running_lock())
    done = sweep.sweep(names, one_at_a_time, take, jobs, scheduler)
    for item, _, verdict, share, _, _, _, flipped_by, _ in done.robustness:
        part = float(str(share) or "nan")
        if part < 1:
            click.echo(f"{item:<14} {verdict:<14} {part:6.1%}  flipped by {flipped_by or 'no choice alone'}")
    click.echo(
        f"{done.specifications} specifications, {len(done.outcomes)} runs kept, {done.executed} done now. "
        f"Verdicts not listed hold in all of them. Tables: {paths.shown(sweep.folder())}"
    )
    if done.failures:
        raise RunError("\n       ".join(dict.fromkeys(done.failures.values())))
    if accept:
        sweep.accept()
