"""The declared choices, all combined: which verdicts hold whatever is chosen, and what flips the rest.

In the manner of a multiverse analysis (Steegen et al. 2016) with its specification curve (Simonsohn et al. 2020).
Claims are asked of their judgements, results of their functions, in this process or others and without a notebook.
Either depends on the choices that it takes only, so each distinct combination of these is asked once; what holds in how
many specifications, all combinations of all choices, is counted from the answers.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, product
from math import prod
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from compendium import paths
from compendium.compendium import Compendium
from compendium.data.datapackage import LIST
from compendium.data.tables import read_frame
from compendium.files import csv_text, write_atomic
from compendium.ledger import claims, gate
from compendium.run import RunError, asking, declared
from compendium.run.asking import Chosen, Run
from compendium.run.declared import Choice

COMMITTED = ("robustness", "curves")
ROBUSTNESS = ("item", "value", "verdict", "share", "judged", "values", "verdicts", "flipped_by", "moved_by")
Outcome = tuple[str, str]  # value, verdict


def folder(c: Compendium) -> Path:
    """Return the folder of the sweep."""
    return c.build / "sweep"


def combine(choices: Iterable[Choice]) -> list[Chosen]:
    """Return all combinations of choices, each by what differs from the defaults; the first is nothing."""
    options = [[(), *(((choice.parameter, value),) for value in choice.values[1:])] for choice in choices]
    return [tuple(chain.from_iterable(one)) for one in product(*options)]


@dataclass
class Sweep:
    """A finished sweep: choices by name, by item the names of those that reach it and the combinations of these, by run
    value and verdict, or the message of what failed."""

    varied: dict[str, Choice]
    reach: dict[str, tuple[str, ...]]
    plan: dict[str, list[Chosen]]
    outcomes: dict[Run, Outcome]
    failures: dict[Run, str]

    @property
    def specifications(self) -> int:
        """How many combinations of all choices there are."""
        return prod(len(choice.values) for choice in self.varied.values())

    def seen(self, item: str) -> dict[Chosen, Outcome]:
        """Return the outcomes of an item by what is chosen; the runs that failed are left out."""
        runs = {chosen: Run(item, chosen) for chosen in self.plan[item]}
        return {chosen: self.outcomes[run] for chosen, run in runs.items() if run in self.outcomes}

    @cached_property
    def robustness(self) -> list[tuple[Any, ...]]:
        """For each item what `ROBUSTNESS` names: the claims by their numbers, then the results."""
        return [self.robust(item) for item in self.plan]

    def robust(self, item: str) -> tuple[Any, ...]:
        """Return what `ROBUSTNESS` names for one item; each of its combinations stands for as many specifications."""
        seen = self.seen(item)
        value, verdict = seen.get((), ("", ""))
        holding = sum(other == verdict for _, other in seen.values())
        choices = {name: self.varied[name] for name in self.reach[item]} if () in seen else {}
        alone = {f"{name}={v}": ((choice.parameter, v),) for name, choice in choices.items() for v in choice.values[1:]}
        moved = [named for named, one in alone.items() if one in seen and seen[one][0] != value]
        flipped = [named for named, one in alone.items() if one in seen and seen[one][1] != verdict]
        kinds = dict.fromkeys(other for _, other in seen.values() if other)
        share = f"{holding / len(seen):.10g}" if verdict else ""
        judged = len(seen) * self.specifications // len(self.plan[item])
        values = len({other for other, _ in seen.values()})
        return item, value, verdict, share, judged, values, *(LIST.join(part) for part in (kinds, flipped, moved))

    def verdicts(self, moving: bool = False) -> Iterator[tuple[Any, ...]]:
        """Yield item, the values of the choices that reach it, value and verdict, which are empty where the run failed;
        with `moving` only of the items whose value or verdict moves."""
        for item, planned in self.plan.items():
            seen, reach = self.seen(item), self.reach[item]
            if not moving or len(set(seen.values())) > 1:
                for chosen in seen if moving else planned:
                    given = dict(chosen)
                    told = [given.get(c.parameter, c.values[0]) if n in reach else "" for n, c in self.varied.items()]
                    yield item, *told, *seen.get(chosen, ("", ""))

    def tables(self) -> dict[str, str]:
        """Return the result tables by name, as CSV."""
        columns = ("item", *self.varied, "value", "verdict")
        failed = sorted((run.item, str(run), said) for run, said in self.failures.items())
        return {
            "verdicts": csv_text(columns, self.verdicts()),
            "robustness": csv_text(ROBUSTNESS, self.robustness),
            "curves": csv_text(columns, self.verdicts(moving=True)),
            "failures": csv_text(("item", "choices", "message"), failed),
        }


def sweep(c: Compendium, names: Sequence[str], jobs: int = 1) -> Sweep:
    """Judge and compute over the choices with these names, or all, and write the result tables to build/sweep.

    Other choices keep their defaults, and with names only what they reach is asked: in some processes. A RunError says
    that code or data were edited meanwhile.
    """
    from compendium.run import workers  # which a kernel in a browser cannot import

    varied, state = declared.select_choices(c, names), asking.state_of(c)
    known = c.tables("claims")["claim_id"].sort_values(key=claims.by_number, kind="stable")
    items = [*known, *declared.read_declarations(c).results]
    reach = {item: by for item, by in declared.list_reach(c, varied, items).items() if by or not names}
    plan = {item: combine(varied[name] for name in by) for item, by in reach.items()}
    runs = [Run(item, one) for item, of in plan.items() for one in of]
    done = Sweep(varied, reach, plan, {}, {})
    gate.judges(c)  # before processes are forked
    with workers.pool(max(1, min(jobs, len(runs))), folder(c) / "log.txt") as executor:
        last_first = reversed(runs)  # results take longest
        waiting = {executor.submit(asking.attempt, replace(c), run, state): run for run in last_first}
        for future in tqdm(as_completed(waiting), "runs", len(runs), delay=2, unit="run"):
            run = waiting[future]
            try:
                done.outcomes[run] = future.result()
            except Exception as error:
                done.failures[run] = workers.failure(run.item, error)
    if asking.state_of(c) != state:
        raise RunError("code or data were edited while the sweep ran. Remedy: compendium sweep again")
    for name, content in done.tables().items():
        write_atomic(folder(c) / f"{name}.csv", content.encode("utf-8"))
    return done


def committed_path(c: Compendium, name: str) -> Path:
    """Return where a committed table of the sweep is."""
    return c.root / "data" / "sweep" / f"{name}.csv"


def accept(c: Compendium) -> None:
    """Take the tables of the last sweep as the committed ones, which the report reads."""
    for name in COMMITTED:
        write_atomic(committed_path(c, name), (folder(c) / f"{name}.csv").read_bytes())


def read_table(c: Compendium, name: str) -> pd.DataFrame:
    """Return a committed table of the sweep, every cell as text, but share, judged and values as numbers; a RunError
    says that it was made with other choices than those declared now."""
    file = committed_path(c, name)
    frame = read_frame(file)
    left = set(frame) ^ {"item", *declared.select_choices(c), "value", "verdict"} if name == "curves" else set()
    if left:
        raise RunError(
            f"{paths.shown(file)} was swept over other choices than notebooks/choices.toml declares: "
            f"{', '.join(sorted(left))}. Remedy: compendium sweep --accept, which takes minutes, then compendium run"
        )
    numbers = [column for column in ("share", "judged", "values") if column in frame]
    frame[numbers] = frame[numbers].apply(pd.to_numeric)
    return frame
