"""One run of a sweep: what claims or results of a notebook come to with some choices."""

import csv
import hashlib
import io
import json
import os
import platform
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from compendium import cells, here, paths
from compendium.data.datapackage import LIST
from compendium.ledger.evidence import Data
from compendium.ledger.recording import record
from compendium.run import RunError, caching, contents, declared, judge

ONE_AT_A_TIME = threading.Lock()


def folder() -> Path:
    """Return the folder of the sweep."""
    return paths.project().build / "sweep"


class Group(NamedTuple):
    """Items of one notebook that the same choices reach, by their names: claims it shows, or results it computes."""

    notebook: str
    items: tuple[str, ...]
    choices: tuple[str, ...]
    computed: bool


@dataclass(frozen=True)
class Run:
    """A group with those of the parameters that reach it that differ from their defaults."""

    group: Group
    chosen: tuple[tuple[str, object], ...]

    def key(self) -> str:
        """Return the SHA-256 of what decides the outcome: code, data, items, parameters, the notebook if it is run."""
        told: list[object] = [caching.common(), self.group.items, self.chosen]
        if self.group.computed:
            notebook = contents.catalogue()[self.group.notebook]
            told += [caching.authored(notebook), caching.inputs(notebook)]
            told += [list(map(repr, declared.results(notebook.name)))]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def spelled(run: Run) -> str:
    """Return the parameters of a run that differ from the defaults, as text."""
    return LIST.join(f"{name}={value}" for name, value in run.chosen) or "defaults"


def attempt(run: Run, key: str) -> str:
    """Return items, values and verdicts of one run as CSV.

    Called in a process of the pool or in a Dask worker, which does one at a time as the environment is shared.

    Raises:
        RunError: a judgement or the notebook failed; or notebooks, code or data are not those of `key`, before or
            after the run.
    """
    same(run, key)
    with ONE_AT_A_TIME, kept_environment():
        os.environ[paths.ONLY] = "values"
        rows = computed(run) if run.group.computed else judged(run)
    same(run, key)
    return text(("item", "value", "verdict"), rows)


def judged(run: Run) -> list[tuple[str, str, str]]:
    """Return the claims of a run with value and verdict, as their judgements give them."""
    judges, data, rows = judge.study(), Data(), []
    for claim in run.group.items:
        try:
            facts = record(judges, data.claim(claim), data, dict(run.chosen), ("", ""))
        except Exception as error:
            raise RunError(f"{claim}, {spelled(run)}: {told(error)}") from None
        rows.append((claim, facts["value_computed"], facts["verdict"]))
    return rows


def computed(run: Run) -> list[tuple[str, str, str]]:
    """Return the results of a run with value and status: the code of the notebook runs here, without a kernel."""
    notebook = contents.catalogue()[run.group.notebook]
    folder().mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="made-", dir=folder()) as place,
        chdir(paths.project().notebooks),
        redirect_stdout(io.StringIO()),
    ):
        os.environ |= {paths.OUT: place, here.VARIABLES[0]: notebook.name, "MPLBACKEND": "agg"}
        scope: dict[str, object] = {"__name__": "__main__"}
        for cell in cells.of(notebook.name):
            try:
                exec(compile(cell.source if cell.kind == "code" else "", cell.id, "exec"), scope)
            except Exception as error:
                raise RunError(f"{notebook.name}, cell {cell.id}, {spelled(run)}: {told(error)}") from None
            if "parameters" in cell.tags:
                scope |= dict(run.chosen)
        parameters = contents.parameters(notebook) | dict(run.chosen)
        return [(result.name, *result.read(Path(place), parameters)) for result in declared.results(notebook.name)]


def told(error: Exception) -> str:
    """Return the kind of an error and the first line of what it says."""
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def same(run: Run, key: str) -> None:
    """Refuse to work where notebooks, code or data are not those that `key` was made from."""
    if run.key() != key or judge.code() != loaded():
        raise RunError(
            f"{run.group.notebook}: notebooks, code or data on {platform.node()} are not those the sweep began with. "
            "Remedy: the same checkout on every machine, no edits while a sweep runs; after edits, new workers"
        )


@cache
def loaded() -> str:
    """Return the hash of the code as it was when this process was first asked, and imported it."""
    return judge.code()


@contextmanager
def kept_environment() -> Iterator[None]:
    """Put the environment variables and the folder of temporary files back as they were."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        tempfile.tempdir = None


def text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()
