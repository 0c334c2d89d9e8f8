"""The declared choices, all combined: which verdicts hold whatever is chosen, and what flips the rest.

In the manner of a multiverse analysis (Steegen et al. 2016) with its specification curve (Simonsohn et al. 2020).
Claims are asked of their judgements, results of their functions, in this process or others and without a notebook.
Either depends on the choices that it takes only, so each distinct combination of these is asked once; what holds in how
many specifications, all combinations of all choices, is counted from the answers.
"""

import csv
import io
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from compendium import paths
from compendium.data import tables
from compendium.data.datapackage import LIST
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.run import RunError, declared, judge, workers
from compendium.run.asking import Chosen, Run, attempt
from compendium.run.declared import Choice, Value

SEED = 20220225
COMMITTED = ("robustness", "curves")
ROBUSTNESS = ("item", "value", "verdict", "share", "judged", "values", "verdicts", "flipped_by", "moved_by")
Specification = tuple[Value, ...]
Outcome = tuple[str, str]


def folder() -> Path:
    """Return the folder of the sweep."""
    return paths.project().build / "sweep"


def specifications(
    varied: Mapping[str, Choice], one_at_a_time: bool = False, take: int | None = None
) -> list[Specification]:
    """Return the specifications, one value for each varied choice; the first holds all defaults.

    Args:
        varied: the choices.
        one_at_a_time: only those that differ from the defaults in at most one choice.
        take: only the first so many of an order that is random, but always the same, after the defaults.
    """
    every = list(itertools.product(*(choice.values for choice in varied.values())))
    if one_at_a_time:
        every = [s for s in every if sum(a != b for a, b in zip(s, every[0], strict=True)) <= 1]
    if take is not None and take < len(every):
        places = random.Random(SEED).sample(range(1, len(every)), take - 1)
        every = [every[place] for place in (0, *sorted(places))]
    return every


def planned(varied: Mapping[str, Choice], reach: Sequence[str], specification: Specification) -> Chosen:
    """Return what a specification chooses, but for the defaults, among the choices that reach something."""
    pairs = zip(varied.items(), specification, strict=True)
    return tuple((c.parameter, v) for (name, c), v in pairs if name in reach and v != c.values[0])


def kept(key: str) -> Path:
    """Return where the outcome of the run with this key is kept."""
    return folder() / "runs" / f"{key}.json"


def perform(keys: Mapping[Run, str], state: str, jobs: int, scheduler: str | None) -> tuple[int, dict[Run, str]]:
    """Do those runs whose outcome is not kept yet, with a progress bar; an outcome is kept as soon as it is there.

    Returns:
        How many were done, and the failures by run.
    """
    todo = [run for run, key in keys.items() if not kept(key).is_file()]
    failures: dict[Run, str] = {}
    if not todo:
        return 0, failures
    judge.study()  # imported before processes are forked
    with workers.executor(min(jobs, len(todo)), folder() / "log.txt", scheduler) as executor:
        waiting = {executor.submit(attempt, run, state): run for run in reversed(todo)}  # results, which take longest
        done = len(keys) - len(todo)
        for future in tqdm(as_completed(waiting), "runs", len(keys), initial=done, delay=2, unit="run"):
            run = waiting[future]
            try:
                write_atomic(kept(keys[run]), json.dumps(future.result()).encode("utf-8"))
            except Exception as error:
                failures[run] = workers.failure(run.item, error)
    return len(todo), failures


@dataclass
class Sweep:
    """A finished sweep.

    Attributes:
        varied: the choices, by name.
        specifications: how many combinations of them.
        reach: item -> the names of those that reach it.
        plan: item -> what is chosen among these -> in how many specifications.
        outcomes: run -> value, verdict.
        failures: run -> message.
        executed: how many runs were not kept from before.
    """

    varied: dict[str, Choice]
    specifications: int
    reach: dict[str, tuple[str, ...]]
    plan: dict[str, Counter[Chosen]]
    outcomes: dict[Run, Outcome]
    failures: dict[Run, str]
    executed: int

    def seen(self, item: str) -> dict[Chosen, Outcome]:
        """Return the outcomes of an item by what is chosen; the runs that failed are left out."""
        runs = {chosen: Run(item, chosen) for chosen in self.plan[item]}
        return {chosen: self.outcomes[run] for chosen, run in runs.items() if run in self.outcomes}

    @cached_property
    def robustness(self) -> list[tuple[Any, ...]]:
        """For each item what `ROBUSTNESS` names: the claims by their numbers, then the results."""
        return [self.robust(item) for item in self.plan]

    def robust(self, item: str) -> tuple[Any, ...]:
        """Return what `ROBUSTNESS` names for one item."""
        counted, seen = self.plan[item], self.seen(item)
        value, verdict = seen.get((), ("", ""))
        judged = sum(counted[chosen] for chosen in seen)
        holding = sum(counted[chosen] for chosen, (_, other) in seen.items() if other == verdict)
        lone = {
            f"{name}={v}": seen[one]
            for name in self.reach[item]
            for v in self.varied[name].values[1:]
            if () in seen and (one := ((self.varied[name].parameter, v),)) in seen
        }
        moved = [told for told, (other, _) in lone.items() if other != value]
        flipped = [told for told, (_, other) in lone.items() if other != verdict]
        kinds = dict.fromkeys(other for _, other in seen.values() if other)
        share = f"{holding / judged:.10g}" if verdict and judged else ""
        values = len({other for other, _ in seen.values()})
        return item, value, verdict, share, judged, values, *(LIST.join(part) for part in (kinds, flipped, moved))

    def verdicts(self, moving: bool = False) -> Iterator[tuple[Any, ...]]:
        """Yield item, the values of the choices that reach it, value and verdict, which are empty where the run failed.

        Args:
            moving: only the items whose value or verdict moves.
        """
        for item, counted in self.plan.items():
            seen, reach = self.seen(item), self.reach[item]
            if not moving or len(set(seen.values())) > 1:
                for chosen in seen if moving else counted:
                    given = dict(chosen)
                    told = [given.get(c.parameter, c.values[0]) if n in reach else "" for n, c in self.varied.items()]
                    yield item, *told, *seen.get(chosen, ("", ""))

    def written(self) -> dict[str, str]:
        """Return the result tables by name, as CSV."""
        columns = ("item", *self.varied, "value", "verdict")
        failed = sorted((run.item, str(run), said) for run, said in self.failures.items())
        return {
            "verdicts": text(columns, self.verdicts()),
            "robustness": text(ROBUSTNESS, self.robustness),
            "curves": text(columns, self.verdicts(moving=True)),
            "failures": text(("item", "choices", "message"), failed),
        }


def text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


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
    varied, state = declared.varied(names), judge.hashed(judge.inputs())
    items = [*tables.raw("claims")["claim_id"].sort_values(key=claims.by_number), *declared.declarations().results]
    reach = {item: by for item, by in declared.reach(varied, items).items() if by or not names}
    chosen = specifications(varied, one_at_a_time, take)
    counted = {by: Counter(planned(varied, by, one) for one in chosen) for by in set(reach.values())}
    plan = {item: counted[by] for item, by in reach.items()}
    keys = {run: run.key(state) for item, of in plan.items() for run in (Run(item, one) for one in of)}
    executed, failures = perform(keys, state, jobs, scheduler)
    outcomes = {run: outcome(kept(key)) for run, key in keys.items() if run not in failures}
    done = Sweep(varied, len(chosen), reach, plan, outcomes, failures, executed)
    for name, content in done.written().items():
        write_atomic(folder() / f"{name}.csv", content.encode("utf-8"))
    return done


def outcome(path: Path) -> Outcome:
    """Return what a finished run gave: value, verdict."""
    value, verdict = json.loads(path.read_text(encoding="utf-8"))
    return value, verdict


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
