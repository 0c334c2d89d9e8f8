"""The declared choices, all combined: which verdicts hold whatever is chosen, and what flips the rest.

In the manner of a multiverse analysis (Steegen et al. 2016) with its specification curve (Simonsohn et al. 2020).
Claims are asked of their judgements; results that only a notebook computes, of the notebook. Either depends on the
choices that reach it only, so each distinct combination of these is asked once; the specifications, all combinations
of all choices, are joined from the answers.
"""

import csv
import io
import itertools
import math
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from compendium import paths
from compendium.data.datapackage import LIST
from compendium.files import uninterrupted, write_atomic
from compendium.ledger import claims
from compendium.run import RunError, contents, declared, judge, workers
from compendium.run.asking import Group, Run, attempt, folder, spelled, text
from compendium.run.declared import Choice

SEED = 20220225
COMMITTED = ("robustness", "curves")


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


def planned(varied: Mapping[str, Choice], specification: Sequence[object], group: Group) -> Run:
    """Return the run of a group that belongs to a specification."""
    pairs = zip(varied.values(), specification, strict=True)
    return Run(group, tuple((c.parameter, v) for c, v in pairs if c.name in group.choices and v != c.values[0]))


def groups(varied: Mapping[str, Choice], everything: bool) -> list[Group]:
    """Return claims and results, each with the varied choices that reach it: all, or those that any reaches.

    A choice reaches the results of the notebooks it names, and those claims shown there whose judgement takes it.
    """
    judges, found = judge.study(), dict[tuple[str, tuple[str, ...], bool], list[str]]()
    for notebook in contents.catalogue():
        near = [choice for choice in varied.values() if notebook in choice.notebooks]
        for claim in sorted(claims.cells(notebook), key=lambda claim: int(claim[1:])):
            taken = judges.takes(claim)
            reach = tuple(choice.name for choice in near if choice.parameter in taken)
            found.setdefault((notebook, reach, False), []).append(claim)
        if results := declared.results(notebook):
            found[notebook, tuple(choice.name for choice in near), True] = [result.name for result in results]
    every = [Group(notebook, tuple(items), reach, made) for (notebook, reach, made), items in found.items()]
    return [group for group in every if everything or group.choices]


def kept(key: str) -> Path:
    """Return where the outcome of the run with this key is kept."""
    return folder() / "runs" / f"{key}.csv"


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
    """Do those runs whose outcome is not kept yet, with a progress bar; an outcome is kept as soon as it is there.

    Returns:
        How many were done, and the failures by run.
    """
    todo = [run for run, key in keys.items() if not kept(key).is_file()]
    failures: dict[Run, str] = {}
    if not todo:
        return 0, failures
    pool = workers.pool(min(jobs, len(todo)), folder() / "log.txt")
    with tidy(), workers.dask(scheduler) if scheduler else pool as executor:
        waiting = {executor.submit(attempt, run, keys[run]): run for run in todo}
        done = len(keys) - len(todo)
        for future in tqdm(as_completed(waiting), "runs", len(keys), initial=done, delay=2, unit="run"):
            run = waiting[future]
            try:
                write_atomic(kept(keys[run]), future.result().encode("utf-8"))
            except Exception as error:
                failures[run] = workers.failure(run.group.notebook, error)
    return len(todo), failures


@dataclass
class Sweep:
    """A finished sweep.

    Attributes:
        varied: the choices, by name.
        specifications: their values, by number.
        plan: group -> number of the specification -> the run that belongs to it.
        outcomes: run -> item -> value, verdict.
        failures: run -> message.
        executed: how many runs were not kept from before.
    """

    varied: dict[str, Choice]
    specifications: dict[int, tuple[object, ...]]
    plan: dict[Group, dict[int, Run]]
    outcomes: dict[Run, dict[str, tuple[str, str]]]
    failures: dict[Run, str]
    executed: int

    def lone(self, group: Group) -> dict[str, Run]:
        """Return the runs that differ from the defaults in one choice, by that choice."""
        defaults = tuple(choice.values[0] for choice in self.varied.values())
        found = {}
        for place, choice in enumerate(self.varied.values()):
            for value in choice.values[1:]:
                if choice.name in group.choices:
                    one = (*defaults[:place], value, *defaults[place + 1 :])
                    found[f"{choice.name}={value}"] = planned(self.varied, one, group)
        return found

    def verdicts(self) -> Iterator[tuple[object, ...]]:
        """Yield specification, item, value and verdict; both are empty where the run failed."""
        for number in self.specifications:
            for group, runs in self.plan.items():
                found = self.outcomes.get(runs[number], {})
                yield from ((number, item, *found.get(item, ("", ""))) for item in group.items)

    def robustness(self) -> list[tuple[Any, ...]]:
        """Return for each item what `ROBUSTNESS` names: the claims by their numbers, then the results."""
        found = list[tuple[Any, ...]]()
        for group, runs in self.plan.items():
            counted = Counter(runs.values())
            default = Run(group, ())
            lone = self.lone(group) if default in self.outcomes else {}
            for item in group.items:
                seen = {run: self.outcomes[run][item] for run in counted if run in self.outcomes}
                value, verdict = seen.get(default, ("", ""))
                judged = sum(counted[run] for run in seen)
                holding = sum(counted[run] for run, (_, other) in seen.items() if other == verdict)
                moved = [told for told, run in lone.items() if run in seen and seen[run][0] != value]
                flipped = [told for told, run in lone.items() if run in seen and seen[run][1] != verdict]
                kinds = dict.fromkeys(other for _, other in seen.values() if other)
                share = f"{holding / judged:.10g}" if verdict and judged else ""
                values = len({other for other, _ in seen.values()})
                row = (item, group.notebook, value, verdict, share, judged, values)
                found.append((*row, *(LIST.join(part) for part in (kinds, flipped, moved))))
        return sorted(found, key=lambda row: int(row[0][1:]) if claims.CLAIM.fullmatch(row[0]) else math.inf)

    def curves(self) -> Iterator[tuple[object, ...]]:
        """Yield the items whose value or verdict moves: item, the choices that reach it, value, verdict."""
        for group, runs in self.plan.items():
            told: dict[Run, list[object]] = {}
            for number, run in runs.items():
                pairs = zip(self.varied, self.specifications[number], strict=True)
                told.setdefault(run, [value if name in group.choices else "" for name, value in pairs])
            for item in group.items:
                seen = {run: self.outcomes[run][item] for run in told if run in self.outcomes}
                if len(set(seen.values())) > 1:
                    yield from ((item, *told[run], *found) for run, found in seen.items())

    def written(self) -> dict[str, str]:
        """Return the result tables by name, as CSV."""
        named = [(number, *specification) for number, specification in self.specifications.items()]
        failed = [(run.group.notebook, spelled(run), said) for run, said in self.failures.items()]
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


def sweep(
    names: Sequence[str],
    one_at_a_time: bool = False,
    take: int | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Sweep:
    """Judge and compute over the choices with these names, or all, and write the result tables to build/sweep.

    Args:
        names: the choices that vary; the others keep their defaults. With names, only what they reach is asked.
        one_at_a_time: change one choice at a time instead of combining them.
        take: number of specifications, drawn always alike; default all.
        jobs: processes on this machine.
        scheduler: address of a Dask scheduler whose workers are used instead.
    """
    varied = declared.varied(names)
    chosen = specifications(varied, one_at_a_time, take)
    plan = {
        group: {number: planned(varied, values, group) for number, values in chosen.items()}
        for group in groups(varied, everything=not names)
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
