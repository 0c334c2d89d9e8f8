"""Edits that could leave a result stale: is one ever called unchanged, accepted or in order that is not?

The rule: what a result was made from is hashed before it is read, and the result is called unchanged, accepted or in
order only if all of that still holds. In a copy with its last run one file of each kind is edited, each time alone:

    run      the next run neither says that nothing has changed nor keeps what a forced run makes otherwise
    during   a run at work ends with an error that names the file
    accept   the run is refused and the file named
    check    ends with an exit status that is not 0
"""

import time
from argparse import Namespace
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from verification import harness
from verification.changes import Change, both, edited, first_cell, holding, nothing, text
from verification.harness import Found

COLUMNS = ("edit", "file", "moment", "exit_status", "said", "noticed")
MOMENTS = ("run", "during", "accept", "check")
SHORT = "09-factory-data"
AT_WORK = f"notebooks/{SHORT}.ipynb"


class Edit(NamedTuple):
    """A file that is edited, and what is made of the copy first, which is run then."""

    file: str
    make: Change
    first: Change = nothing


def longer(file: str, more: str = "#\n") -> Edit:
    return Edit(file, edited(file, lambda before: before + more))


def imported(line: str) -> Edit:
    """Return the edit of a module that a judgement takes in by `line`."""
    name = "study/judgements/talent.py"
    first = both(holding("study/hidden.py", "FEW = 1\n"), edited(name, lambda before: f"{before}\n\n{line}\n"))
    return Edit("study/hidden.py", holding("study/hidden.py", "FEW = 2\n"), first)


EDITS = {
    "judgement": Edit("study/judgements/technology.py", text("study/judgements/technology.py", "= 1.5", "= 0.5")),
    "module imported relatively": imported("from ..hidden import FEW  # noqa"),
    "module imported by its name": imported('import importlib\n\nimportlib.import_module("study.hidden")'),
    "helper of judgements": longer("study/analysis/aims.py"),
    "sentence": longer("study/sentences/factory.py"),
    "drawing": longer("study/figures/factory.py"),
    "check of tables": longer("study/checks/maturity.py"),
    "words of judgements": longer("study/texts/talent.toml"),
    "words of a notebook": longer(f"notebooks/texts/{SHORT}.toml"),
    "finding": longer("notebooks/findings.toml"),
    "summary": longer("notebooks/summary.toml"),
    "choices": longer("notebooks/choices.toml"),
    "list of notebooks": longer("notebooks/contents.toml"),
    "declaration": longer("compendium.toml"),
    "lock": longer("requirements.lock"),
    "engine": longer("engine/src/compendium/notebook/figures.py"),
    "words of the engine": longer("engine/src/compendium/texts/ledger.toml"),
    "description of tables": longer("data/raw/datapackage.json", "\n"),
    "table of the sweep": longer("data/sweep/robustness.csv", "\n"),
    "code of a notebook": Edit(AT_WORK, first_cell(AT_WORK, "1")),
}


def made(copy: Path) -> dict[str, str]:
    """Return the hashes of what a run made, but for its notes."""
    return harness.hashes(copy / "build/run/data") | harness.hashes(copy / "build/run/notebooks")


def ended(copy: Path, *line: str) -> tuple[int, list[str]]:
    return harness.ended(harness.started(copy, line), copy)


def look(copy: Path, edit: Edit, moment: str) -> tuple[int, str, bool]:
    """Edit a file before or during a command; return its exit status, what it said, and whether it was noticed."""
    if moment == "during":
        process = harness.started(copy, ["run", "--force", SHORT])
        while process.poll() is None and not any((copy / "build").glob(".compendium-run-*")):
            time.sleep(0.1)
        edit.make(copy)
        status, lines = harness.ended(process, copy)
        said = next((line for line in lines if edit.file.removeprefix("engine/src/") in line), lines[-1])
        return status, said, bool(status) and "was edited while" in said
    edit.make(copy)
    status, lines = ended(copy, moment)
    if moment != "run":
        named = moment == "check" or edit.file.removeprefix("engine/src/") in lines[-1]
        return status, lines[-1], bool(status) and named
    before = made(copy)
    ended(copy, "run", "--force")
    return status, lines[0], not lines[0].startswith("Nothing has changed") and made(copy) == before


def trial(item: str) -> list:
    """Try an edit at a moment; the item names both."""
    name, moment = item.split(" | ")
    edit = EDITS[name]
    with harness.copy() as copy:
        edit.first(copy)
        if edit.first is not nothing:
            ended(copy, "run")
        status, said, noticed = look(copy, edit, moment)
    return [name, edit.file, moment, status, said[:160], "yes" if noticed else "no"]


def measure(options: Namespace) -> Found:
    """Try all edits at all moments, or those that are named."""
    names = [name for name in EDITS if name in (options.names or EDITS)][: options.take or None]
    items = [f"{name} | {moment}" for name in names for moment in MOMENTS]
    found = harness.tried("stale", items, trial, options.jobs, not (options.take or options.names))
    table = pd.DataFrame(found.values(), columns=COLUMNS)
    bad = table[table["noticed"] != "yes"]
    return Found({"stale": table}, table, [f"{row.edit}, {row.moment}: {row.said}" for row in bad.itertuples()])
