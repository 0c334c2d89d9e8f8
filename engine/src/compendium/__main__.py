"""The command line: `compendium COMMAND`, one function a command."""

from compendium import prepare

prepare()

import os
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from compendium import CompendiumError
from compendium.authoring import commands as adding
from compendium.base import escape, paths
from compendium.base.files import os_error_line, running_lock, write_atomic
from compendium.base.languages import choose_engine_language, format_count
from compendium.base.texts import catalogue
from compendium.base.vocabulary import ANSWERS, VERDICTS
from compendium.compendium import Compendium
from compendium.forms import commands
from compendium.pages import commands as telling
from compendium.pages.commands import Words, choices_option, jobs_option
from compendium.run.fingerprint import InputHashes

SHOWN, HELP, FOLDER = 20, "compendium.help", click.Path(path_type=Path, file_okay=False, resolve_path=True)


class Commands(click.Group):
    """A group whose errors are one line for people with exit status 1; a signal ends it with 128 and its number."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn known failures into one line."""
        try:
            ctx.meta[HELP] = bool({*ctx.help_option_names} & {*ctx.args})
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (KeyboardInterrupt, SystemExit) as stopped:
            click.echo("Stopped. Nothing is half-written; repeat the command when you like.", err=True)
            raise SystemExit(stopped.code if isinstance(stopped, SystemExit) else 130) from None
        except ModuleNotFoundError as error:
            raise click.ClickException(f"{error.name} is not installed. Remedy: make clean, then make") from None
        except CompendiumError as error:
            said = str(error)
            if paths.is_minimal_project(Path.cwd()):
                from compendium.authoring import small

                said = small.reword_error_for_small_project(said)
            raise click.ClickException(said) from None
        except OSError as error:
            raise click.ClickException(os_error_line(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Re-run a paper statement by statement: trace, compare, judge and explain each of its claims."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ.pop("PYTHONOPTIMIZE", None)  # kernels need the docstrings of altair
    if ctx.meta[HELP] or ctx.invoked_subcommand == "new":  # help is given anywhere
        return
    paths.raise_if_wrong_checkout()
    if paths.is_minimal_project(Path.cwd()):
        from compendium.authoring import small

        if ctx.invoked_subcommand != "judge":
            raise CompendiumError("this folder has claims.csv and judgements.py only, which compendium judge reads")
        root = small.expand_small_project(Path.cwd()).root
    else:
        root = paths.find_cwd_compendium_root()
    ctx.obj = c = Compendium(root, root)  # what is said here is said of the committed outputs
    if os.path.lexists(c.build / "accepting"):
        from compendium.run import accept

        with running_lock(c.build):
            done = accept.finish_interrupted_accept(c)
        told = f"it is finished now: {done} files" if done else "what it left is not whole and went. Next: repeat it"
        click.echo(f"An accept was interrupted; {told}.", err=True)


def guarded(_: click.Context, option: click.Parameter, out: Path | None) -> Path | None:
    """Return the folder `out`, unless replacing it would destroy something that is not a run."""
    if out and out.exists() and any(out.iterdir()) and not (out / "run.json").is_file():
        raise click.BadParameter(f"{out} is not empty and holds no run; name another folder", param_hint="--out")
    return out


@main.command()
@click.argument("names", nargs=-1)
@choices_option
@jobs_option
@click.option("--out", type=FOLDER, callback=guarded, help="Folder for the outputs; replaced by the run.")
@click.option("--force", is_flag=True, help="Judge and run also what has not changed since the last run.")
@click.pass_obj
def run(c: Compendium, names: Words, given: dict[str, str], jobs: int, out: Path | None, force: bool) -> None:
    """Validate the raw tables, run the notebooks, compare with the committed outputs, print the verdicts.

    NAMES are notebooks, such as 02; all without it. Nothing committed is touched: outputs go to build/run, with other
    choices than the defaults to build/choices. `compendium accept` takes build/run as the new
    reference. A notebook runs again only if it, this package, the data, the choices, the versions or a notebook it
    reads from have changed.
    """
    root = out or c.build / ("choices" if given else "run")
    other = [f"{name}={value}" for name, value in given.items()]
    request, memory = [*names, *other], InputHashes(c)
    said = memory.recall(root, request)  # asked in any case: what lies here now is what the run works on
    if said and not force:
        click.echo(f"Nothing has changed since the last run, which said:\n{said}", nl=False)
        return
    from compendium.ledger import gate
    from compendium.pages import readme, report
    from compendium.run import RunError, accept, comparison, contents, figure_comparison, past, schedule

    gate.raise_if_inputs_invalid(c)
    notebooks = contents.select_notebooks(c, names)
    chosen = contents.choose_parameters(notebooks, given)
    default = not any(chosen.values())
    click.get_current_context().with_resource(running_lock(c.build))
    edited, finish = (
        accept.describe_unrecorded_changes(c),
        partial(report.write_report, c, chosen=[] if default else other),
    )
    for line in [*schedule.list_versions_off_lock(c), *filter(None, [edited])]:
        click.echo(f"note: {line}", err=True)
    result = schedule.run_notebooks(c, notebooks, root, chosen, jobs, click.echo, force, finish)
    if failures := result.failures or memory.list_edited():
        raise RunError("\n       ".join(failures))
    said = "".join(f"note: {line}\n" for line in comparison.list_overlapping_labels(root)) + verdicts(c, root)
    if not default:
        said += f"Other choices than the defaults: not compared. Outputs: {paths.format_path(root)}\n"
        click.echo(said, nl=False)
        memory.remember(root, request, said)
        return
    said += "".join(f"note: {line}\n" for line in filter(None, [figure_comparison.describe_other_programs(c.root)]))
    click.echo(said, nl=False)
    differences = comparison.compare_with_reference(c, root, notebooks)
    write_atomic(root / comparison.DIFFERENCES, "".join(f"{line}\n" for line in differences).encode("utf-8"))
    if tables := comparison.list_changed_raw_tables(root, c.root):
        click.echo("The tables of data/raw changed, so the outputs did: look, then make accept.")
    first = past.list_changes_since_accept(c, root) if differences else []
    for line in [*first, *(f"differs: {each}" for each in differences[:SHOWN])]:
        click.echo(line)
    if len(differences) > SHOWN:
        click.echo(f"differs: {len(differences) - SHOWN} more, see {paths.format_path(root / comparison.DIFFERENCES)}")
    pages = [root / "report.html", *(root / "notebooks" / f"{notebook.name}.ipynb" for notebook in notebooks)]
    look = paths.format_path(next((page for page in pages if page.is_file()), root))
    beside = f"outputs that lie here. Note: {edited}\n" if edited else "committed outputs. "
    last = f"{format_count(len(differences), 'difference')} from the {beside}Where to look next: {look}\n"
    click.echo(last, nl=False)
    readme.raise_if_sentences_broken(replace(c, out=root))
    if differences:
        undo = "" if tables else "to keep the outputs, undo your change (git status names it); "
        raise RunError(
            "the run does not agree with the committed outputs. Remedy: look at the lines above; "
            f"{undo}to take the run as reference, compendium accept"
        )
    if not edited:  # a commit would make the note untrue and change no file
        memory.remember(root, request, said + last)


def verdicts(c: Compendium, root: Path) -> str:
    """Return the number of claims by answer, verdict and weight, if the run made the ledger."""
    from compendium.ledger import claims
    from compendium.pages import listing

    if not paths.processed_path("claims", root).is_file():
        return ""
    ledger, language = claims.read_ledger(c, root), c.languages.plain
    names = {key: answer[language] for key, answer in ANSWERS.items()} | {word: f"  {word}" for word in VERDICTS}
    table = claims.count_verdicts_by_answer(ledger).rename(index=names).rename_axis(columns="answer")
    return "".join(
        f"{told}\n" for told in (table.to_string(), listing.describe_structural_claims(ledger, language)) if told
    )


@main.command()
@click.option("--since", metavar="REV", help="Tell first what speaks more for the paper than it did there.")
@click.option("--markdown", is_flag=True, help="Of --since, write only which answers moved, as Markdown.")
@click.pass_obj
def check(c: Compendium, since: str | None, markdown: bool) -> None:
    """Check what is committed without running it: raw tables, notebooks executed in order, ledger, generated texts.

    What is worth a look, such as made-up text that a new compendium began with, is told in notes, which do not fail.
    Exit status 3 tells that all is in order but the last run, in build/run, is of other inputs than lie here. With
    --since a reviewer sees what `compendium accept` told whoever accepted since a commit or tag of git.
    """
    from compendium.authoring.notes import list_author_notes
    from compendium.data import validity
    from compendium.forms import form
    from compendium.ledger import gate
    from compendium.pages import readme, terminal
    from compendium.pages.moved_answers import render_moved_answers
    from compendium.run import RunError, accept, comparison, contents, notebookfile, past, schedule

    if markdown and since:  # of a change that need not be in order
        click.echo(render_moved_answers(c, since))
        return
    problems = gate.validate_data_package(c)
    for problem in problems[1:]:
        click.echo(str(problem))
    if problems:
        raise problems[0]
    gate.raise_if_judgements_invalid(c.tables, gate.load_judgements(c))
    for line in past.list_changes_since_revision(c, since) if since else ():
        click.echo(line)
    for line in list_author_notes(c):
        click.echo(f"note: {line}")
    found = comparison.list_overlapping_labels(c.root)
    found += [line for n in contents.select_notebooks(c) for line in notebookfile.list_notebook_faults(n.path)]
    if c.processed_path("claims").is_file():
        found += terminal.list_dangling_references(c, terminal.read_ledger(c).values())
    found += validity.list_outdated_codebook_files(c.tables) + accept.list_unrecorded_files(c) + readme.list_outdated(c)
    found += form.list_outdated(replace(c, out=c.root)) + past.list_lost_history_entries(c)
    for line in found:
        click.echo(line)
    if found:
        raise RunError(format_count(len(found), "fault"))
    made = c.build / "run"
    if made.exists() and not schedule.is_run_current(c, made):
        click.echo("each file is in order, but the last run is of other inputs than lie here. Next: make")
        click.get_current_context().exit(3)
    click.echo("raw tables, notebooks and generated texts are in order")


@main.command()
@click.pass_obj
def accept(c: Compendium) -> None:
    """Take the last complete run as the new reference: moved verdicts, changed numbers and files are listed.

    What became better for the paper since the last accept that was committed, and sources raised, origins, searches,
    records, codings and admissions that changed or went, come first.

    All of it is taken or nothing. The generated parts of the READMEs and of the forms, and the expected verdicts, are
    renewed with it.
    """
    from compendium.forms import form
    from compendium.pages import readme
    from compendium.run import accept, past

    click.get_current_context().with_resource(running_lock(c.build))
    if edited := accept.describe_unrecorded_changes(c):
        click.echo(f"note: {edited}", err=True)
    run = replace(c, out=c.build / "run")
    changed = accept.accept_run(c, run.out, lambda root: readme.render_accepted_pages(c, root) | form.render_forms(run))
    if not past.find_last_accept_commit(c):
        click.echo(f"note: {past.NOTHING}", err=True)
    for line in [*past.list_changes_since_accept(c, c.root), *past.list_lost_history_entries(c), *changed]:
        click.echo(line)
    click.echo(f"{format_count(len(changed), 'change')} accepted")


@main.command()
@jobs_option
@click.pass_obj
def book(c: Compendium, jobs: int) -> None:
    """Write the book in each language to build/book, to be opened from disk.

    Each edition shows a run in its language in build/editions.
    """
    from compendium.book import building
    from compendium.ledger import gate

    gate.raise_if_inputs_invalid(c)
    click.get_current_context().with_resource(running_lock(c.build))
    building.build_book(c, c.build / "book", click.echo, jobs)
    click.echo(f"Open {paths.format_path(c.build / 'book' / 'index.html')} in a browser.")


@main.command()
@click.option("--language", metavar="CODE", help="Of texts and figures, such as en. [default: the first declared]")
@click.option("--no-solutions", is_flag=True, help="Leave the solutions of the exercises out of new copies.")
@click.pass_obj
def lab(c: Compendium, language: str | None, no_solutions: bool) -> None:
    """Open working copies of the notebooks in JupyterLab, in one language, such as build/lab/en.

    What they write stays there. Copies that are there already keep your work; one that you delete is made anew.
    """
    from compendium.notebook import working_copies as copies

    text, language = catalogue("compendium/commands"), c.languages.checked(language or c.languages[0])
    place = paths.format_path(copies.make_working_copies(c, language, not no_solutions))
    click.echo(text("lab-copies", place=place)[language])
    if no_solutions and copies.holds_solutions(c, language):
        click.echo(text("lab-solved", place=place, command=copies.describe_lab_command(c, language))[language])
    line, environment = copies.make_jupyterlab_command(c, language)
    os.execve(line[0], line, environment)


@main.command()
@jobs_option
@click.option("--wheels", default="", metavar="PLACE", help="Folder or address of Pyodide. [default: its own]")
@click.pass_obj
def lite(c: Compendium, jobs: int, wheels: str) -> None:
    """Write the notebooks, in each language, as a static site in which they run: build/lite.

    The site ships Python and its libraries for browsers, compared with the SHA-256 of their lock, and asks for nothing
    from elsewhere when it runs. A library that is not to be had is told. Outputs are those of build/editions.
    """
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

    from compendium.book.building import run_editions
    from compendium.browser import site

    click.get_current_context().with_resource(running_lock(c.build))
    site.build_browser_site(run_editions(c, click.echo, jobs), c.build / "lite", wheels or PYODIDE_CDN_URL, click.echo)


@main.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", required=True, help="Of the paper, as printed.")
@click.option("--doi", default="", help="Of the paper, such as 10.1257/aer.100.2.573.")
@click.option("--author", "authors", multiple=True, required=True, help="Who makes the compendium; may be repeated.")
@click.option("--languages", default="en", show_default=True, help="One or two codes: en, or zh,en; the first leads.")
@click.option("--example", is_flag=True, help="Begin with a small worked example of a made-up paper.")
def new_compendium(folder: Path, title: str, doi: str, authors: Words, languages: str, example: bool) -> None:
    """Make a compendium for another paper in FOLDER: it runs and proves itself, and holds the engine as one wheel."""
    from compendium.authoring import new

    spoken = tuple(languages.split(","))
    new.create_compendium(folder.resolve(), title, doi.removeprefix("https://doi.org/"), authors, spoken, example)
    for code in spoken:
        if choose_engine_language(code) != code:
            click.echo(f"note: your texts are in {code}; what the engine says itself will be in English.", err=True)
    click.echo(f"{folder} is ready. Where to look next: {folder / 'README.md'}; then make, and make test.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def paper(c: Compendium, file: Path) -> None:
    """Check the tables against the paper: FILE is your copy of it, plain text or PDF.

    Every number and every listed term that the tables say the paper prints must stand in it, and no quantity that we
    derived may. Where there is a table of its sentences, each must be found, with the numbers and terms of its claims.
    For reviewers and authors who have the paper; no text of it is kept.
    """
    from compendium.pages.paper import compare_with_paper, read_paper_text

    told, found = compare_with_paper(c, read_paper_text(file, c.languages))
    for line in (*told, *found):
        click.echo(escape.terminal(line))
    if found:
        raise CompendiumError(
            f"{format_count(len(found), 'difference')} from {file}. Remedy: correct the rows named above"
        )
    click.echo(f"every number and listed term of the tables stands in {file}, and nothing that we derived does")


for command in (
    *adding.GROUPS,
    telling.data,
    *(telling.judge_claims, telling.sweep_choices, telling.show_claims, telling.withdraw_sentences),
    commands.write_certificate,
):
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="compendium")
