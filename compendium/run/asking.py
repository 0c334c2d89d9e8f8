"""One run of a sweep: what a claim or a result comes to with some choices."""

import platform
import threading
from functools import cache
from pathlib import Path
from typing import NamedTuple

from compendium import paths
from compendium.data.datapackage import LIST
from compendium.ledger.evidence import Data
from compendium.ledger.recording import shown_value
from compendium.run import RunError, declared, judge
from compendium.run.declared import Value

ONE_AT_A_TIME = threading.Lock()
Chosen = tuple[tuple[str, Value], ...]


class Run(NamedTuple):
    """A claim or a result, with those of the parameters that reach it that differ from their defaults."""

    item: str
    chosen: Chosen

    def key(self, state: str) -> str:
        """Return the SHA-256 of what decides the outcome: code and data, as `state` tells, item and parameters."""
        asked = declared.declarations().results.get(self.item)
        return judge.hashed([state, self.item, asked and asked.function, self.chosen])

    def __str__(self) -> str:
        return LIST.join(f"{name}={value}" for name, value in self.chosen) or "defaults"


@cache
def loaded(root: Path) -> str:
    """Return the hash of code and data in `root` as they were when this process was first asked, and took them in."""
    return judge.hashed(judge.inputs())


def attempt(run: Run, state: str) -> tuple[str, str]:
    """Return value and verdict of a run, or value and status.

    Called in a process of the pool or in a Dask worker, which does one at a time as the tables are shared.

    Raises:
        RunError: the judgement or the function failed, or code or data are not those of `state`.
    """
    if loaded(paths.project().root) != state:
        raise RunError(
            f"{run.item}: code or data on {platform.node()} are not those the sweep began with. Remedy: the same "
            "checkout and Python on every machine, no edits while a sweep runs; after edits, new workers"
        )
    try:
        with ONE_AT_A_TIME:
            return asked(run, judge.opened(state))
    except Exception as error:
        said = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        raise RunError(f"{run.item}, {run}: {said}") from None


def asked(run: Run, data: Data) -> tuple[str, str]:
    """Return value and verdict of a claim, value and status of a result."""
    if run.item in declared.declarations().results:
        found = declared.function(run.item)(data, **dict(run.chosen))
        value, status = found if isinstance(found, tuple) and isinstance(found[-1], str) else (found, "")
        return shown_value(value), status
    assessment = judge.study().assess(run.item, data, **dict(run.chosen))
    return shown_value(assessment.judged.computed) if assessment.agreement != "none" else "", assessment.verdict
