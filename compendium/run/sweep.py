"""The notebooks over the declared choices: which verdicts hold whatever is chosen, and what flips the rest.

In the manner of a multiverse analysis (Steegen et al. 2016) with its specification curve (Simonsohn et al. 2020). A
notebook depends on its own parameters only, so each distinct combination of them runs once; the specifications, all
combinations of all choices, are joined from these runs.
"""

import csv
import hashlib
import io
import itertools
import json
import os
import platform
import random
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from compendium import paths
from compendium.data.datapackage import LIST
from compendium.files import uninterrupted, write_atomic
from compendium.ledger import claims
from compendium.run import RunError, caching, contents, declared, execution, workers
from compendium.run.declared import Choice

SEED = 20220225
COMMITTED = ("robustness", "curves")


def folder() -> Path:
    """Return the folder of the sweep."""
    return paths.project().build / "sweep"


@dataclass(frozen=True)
class Run:
    """One notebook with those of its parameters that differ from their defaults."""

    notebook: str
    chosen: tuple[tuple[str, object], ...]

    def key(self) -> str:
        """Return the SHA-256 of what decides the outcome: notebook, its inputs, followed results, parameters."""
        notebook = contents.catalogue()[self.notebook]
        told = [
            caching.authored(notebook),
            caching.common(),
            caching.inputs(notebook),
            list(map(repr, declared.results(notebook.name))),
            self.chosen,
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def specifications(
    varied: Mapping[str, Choice], one_at_a_time: bool = False, take: int | None = None
) -> dict[int, tuple[object, ...]]:
    """Return the specifications by number: one value for each varied choice; number 1 holds all defaults.

    Args:
        varied: the choices.
        one_at_a_time: only those that differ from the defaults in at most one choice.
        take: only the first so many of an order that is random, but always the same, after the defaults.
    """
    combined: Iterator[tuple[object, ...]] = itertools.product(*(choice.values for choice in varied.values()))
    every = dict(enumerate(combined, 1))
    if one_at_a_time:
        every = {n: s for n, s in every.items() if sum(a != b for a, b in zip(s, every[1], strict=True)) <= 1}
    if take is not None and take < len(every):
        every = {n: every[n] for n in sorted([1, *random.Random(SEED).sample(list(every)[1:], take - 1)])}
    return every


def planned(varied: Mapping[str, Choice], specification: Sequence[object], notebook: str) -> Run:
    """Return the run of a notebook that belongs to a specification."""
    pairs = zip(varied.values(), specification, strict=True)
    return Run(notebook, tuple((c.parameter, v) for c, v in pairs if notebook in c.notebooks and v != c.values[0]))


def concerned(varied: Mapping[str, Choice], everything: bool) -> list[str]:
    """Return the notebooks that judge claims: all of them, or those that a varied choice concerns."""
    judging = [name for name, n in contents.catalogue().items() if f"ledger-{name}" in n.writes]
    return [name for name in judging if everything or any(name in c.notebooks for c in varied.values())]


def attempt(run: Run, key: str) -> str:
    """Execute one run without drawing its figures and return items, values and verdicts as CSV.

    Called in a process of the pool or in a Dask worker, which does one at a time as the environment is shared.

    Raises:
        RunError: the notebook failed; or notebooks, code or data are not those of `key`, before or after the run.
    """
    same(run, key)
    folder().mkdir(parents=True, exist_ok=True)
    with ONE_AT_A_TIME, kept_environment(), tempfile.TemporaryDirectory(prefix="made-", dir=folder()) as place:
        os.environ[paths.ONLY] = "values"
        root = Path(place) / "made"
        root.mkdir()
        notebook = contents.catalogue()[run.notebook]
        execution.execute(notebook, root, dict(run.chosen))
        judged = claims.stored(f"ledger-{run.notebook}", root)
        rows = list(judged[["claim_id", "value_computed", "verdict"]].itertuples(index=False, name=None))
        parameters = contents.parameters(notebook) | dict(run.chosen)
        rows += [(result.name, *result.read(root, parameters)) for result in declared.results(run.notebook)]
        same(run, key)
        return text(("item", "value", "verdict"), rows)


def same(run: Run, key: str) -> None:
    """Refuse to work where notebooks, code or data are not those that `key` was made from."""
    if run.key() != key:
        raise RunError(
            f"{run.notebook}: notebooks, code or data on {platform.node()} are not those the sweep began with. "
            "Remedy: the same checkout on every machine, and no edits while a sweep runs"
        )


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


def kept(key: str) -> Path:
    """Return where the outcome of the run with this key is kept."""
    return folder() / "runs" / f"{key}.csv"


ONE_AT_A_TIME = threading.Lock()


@contextmanager
def tidy() -> Iterator[None]:
    """Remove the unfinished outputs of dead sweeps before and those of this one after."""
    folder().mkdir(parents=True, exist_ok=True)
    try:
        for left in folder().glob("made-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        with uninterrupted():
            for left in folder().glob("made-*"):
                shutil.rmtree(left, ignore_errors=True)


def perform(keys: Mapping[Run, str], jobs: int, scheduler: str | None) -> tuple[int, dict[Run, str]]:
    """Execute those runs whose outcome is not kept yet, with a progress bar; an outcome is kept as soon as it is there.

    Returns:
        How many were executed, and the failures by run.
    """
    todo = [run for run, key in keys.items() if not kept(key).is_file()]
    failures: dict[Run, str] = {}
    if not todo:
        return 0, failures
    here = workers.processes(min(jobs, len(todo)), folder() / "log.txt")
    with tidy(), workers.dask(scheduler) if scheduler else here as executor:
        waiting = {executor.submit(attempt, run, keys[run]): run for run in todo}
        done = len(keys) - len(todo)
        for future in tqdm(as_completed(waiting), "notebook runs", len(keys), initial=done, unit="run"):
            run = waiting[future]
            try:
                write_atomic(kept(keys[run]), future.result().encode("utf-8"))
            except Exception as error:
                failures[run] = workers.failure(run.notebook, error)
    return len(todo), failures


def items(notebook: str) -> list[str]:
    """Return the claims that a notebook judges, then its declared results."""
    judged = sorted(claims.cells(notebook), key=lambda claim: int(claim[1:]))
    return [*judged, *(result.name for result in declared.results(notebook))]


@dataclass
class Sweep:
    """A finished sweep.

    Attributes:
        varied: the choices, by name.
        specifications: their values, by number.
        plan: notebook -> number of the specification -> the run that belongs to it.
        outcomes: run -> item -> value, verdict.
        failures: run -> message.
        executed: how many runs were not kept from before.
    """

    varied: dict[str, Choice]
    specifications: dict[int, tuple[object, ...]]
    plan: dict[str, dict[int, Run]]
    outcomes: dict[Run, dict[str, tuple[str, str]]]
    failures: dict[Run, str]
    executed: int

    def lone(self, notebook: str) -> dict[str, Run]:
        """Return the runs that differ from the defaults in one choice, by that choice."""
        defaults = tuple(choice.values[0] for choice in self.varied.values())
        found = {}
        for place, choice in enumerate(self.varied.values()):
            for value in choice.values[1:]:
                if notebook in choice.notebooks:
                    one = (*defaults[:place], value, *defaults[place + 1 :])
                    found[f"{choice.name}={value}"] = planned(self.varied, one, notebook)
        return found

    def verdicts(self) -> Iterator[tuple[object, ...]]:
        """Yield specification, item, value and verdict; both are empty where the run failed."""
        listed = {notebook: items(notebook) for notebook in self.plan}
        for number in self.specifications:
            for notebook, runs in self.plan.items():
                found = self.outcomes.get(runs[number], {})
                yield from ((number, item, *found.get(item, ("", ""))) for item in listed[notebook])

    def robustness(self) -> Iterator[tuple[object, ...]]:
        """Yield for each item what `ROBUSTNESS` names."""
        for notebook, runs in self.plan.items():
            counted = Counter(runs.values())
            default = Run(notebook, ())
            lone = self.lone(notebook) if default in self.outcomes else {}
            for item in items(notebook):
                seen = {run: self.outcomes[run][item] for run in counted if run in self.outcomes}
                value, verdict = seen.get(default, ("", ""))
                judged = sum(counted[run] for run in seen)
                holding = sum(counted[run] for run, (_, other) in seen.items() if other == verdict)
                moved = [told for told, run in lone.items() if run in seen and seen[run][0] != value]
                flipped = [told for told, run in lone.items() if run in seen and seen[run][1] != verdict]
                kinds = dict.fromkeys(other for _, other in seen.values() if other)
                share = f"{holding / judged:.10g}" if verdict and judged else ""
                values = len({other for other, _ in seen.values()})
                yield (
                    *(item, notebook, value, verdict, share, judged, values),
                    *(LIST.join(part) for part in (kinds, flipped, moved)),
                )

    def curves(self) -> Iterator[tuple[object, ...]]:
        """Yield the items whose value or verdict moves: item, the choices that concern it, value, verdict."""
        for notebook, runs in self.plan.items():
            told: dict[Run, list[object]] = {}
            for number, run in runs.items():
                pairs = zip(self.varied.values(), self.specifications[number], strict=True)
                told.setdefault(run, [value if notebook in choice.notebooks else "" for choice, value in pairs])
            for item in items(notebook):
                seen = {run: self.outcomes[run][item] for run in told if run in self.outcomes}
                if len(set(seen.values())) > 1:
                    yield from ((item, *told[run], *found) for run, found in seen.items())

    def written(self) -> dict[str, str]:
        """Return the result tables by name, as CSV."""
        named = [(number, *specification) for number, specification in self.specifications.items()]
        failed = [(run.notebook, spelled(run), said) for run, said in self.failures.items()]
        return {
            "specifications": text(("specification", *self.varied), named),
            "verdicts": text(("specification", "item", "value", "verdict"), self.verdicts()),
            "robustness": text(ROBUSTNESS, self.robustness()),
            "curves": text(("item", *self.varied, "value", "verdict"), self.curves()),
            "failures": text(("notebook", "choices", "message"), sorted(failed)),
        }


ROBUSTNESS = (
    *("item", "notebook", "value", "verdict", "share", "judged", "values"),
    *("verdicts", "flipped_by", "moved_by"),
)


def spelled(run: Run) -> str:
    """Return the parameters of a run that differ from the defaults, as text."""
    return LIST.join(f"{name}={value}" for name, value in run.chosen) or "defaults"


def sweep(
    names: Sequence[str],
    one_at_a_time: bool = False,
    take: int | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Sweep:
    """Run the notebooks over the choices with these names, or all, and write the result tables to build/sweep.

    Args:
        names: the choices that vary; the others keep their defaults. With names, only the notebooks concerned run.
        one_at_a_time: change one choice at a time instead of combining them.
        take: number of specifications, drawn always alike; default all.
        jobs: processes on this machine.
        scheduler: address of a Dask scheduler whose workers are used instead.
    """
    varied = declared.varied(names)
    chosen = specifications(varied, one_at_a_time, take)
    plan = {
        notebook: {number: planned(varied, values, notebook) for number, values in chosen.items()}
        for notebook in concerned(varied, everything=not names)
    }
    keys = {run: run.key() for run in dict.fromkeys(run for runs in plan.values() for run in runs.values())}
    executed, failures = perform(keys, jobs, scheduler)
    outcomes = {run: outcome(kept(key)) for run, key in keys.items() if run not in failures}
    done = Sweep(varied, chosen, plan, outcomes, failures, executed)
    for name, content in done.written().items():
        write_atomic(folder() / f"{name}.csv", content.encode("utf-8"))
    return done


def outcome(path: Path) -> dict[str, tuple[str, str]]:
    """Return what a finished run gave: item -> value, verdict."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    return {item: (value, verdict) for item, value, verdict in rows[1:]}


def committed(name: str) -> Path:
    """Return where a committed table of the sweep is."""
    return paths.project().root / "data" / "sweep" / f"{name}.csv"


def accept() -> None:
    """Take the tables of the last sweep as the committed ones, which the report reads."""
    for name in COMMITTED:
        write_atomic(committed(name), (folder() / f"{name}.csv").read_bytes())


def stored(name: str) -> pd.DataFrame:
    """Return a committed table of the sweep, every cell as text, but share, judged and values as numbers.

    Raises:
        RunError: the sweep was made with other choices than those declared now.
    """
    frame = pd.read_csv(committed(name), dtype=str, keep_default_na=False, encoding="utf-8")
    left = set(frame) ^ {"item", *declared.varied(), "value", "verdict"} if name == "curves" else set()
    if left:
        raise RunError(
            f"{paths.shown(committed(name))} was swept over other choices than notebooks/choices.toml declares: "
            f"{', '.join(sorted(left))}. Remedy: compendium sweep --accept, which takes minutes, then compendium run"
        )
    numbers = [column for column in ("share", "judged", "values") if column in frame]
    frame[numbers] = frame[numbers].apply(pd.to_numeric)
    return frame
