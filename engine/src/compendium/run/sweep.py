"""The declared choices, all combined: which verdicts hold whatever is chosen, and what flips the rest.

In the manner of a multiverse analysis (Steegen et al. 2016) with its specification curve (Simonsohn et al. 2020).
Claims are asked of their judgements, results of their functions, in this process or others and without a notebook.
Either depends on the choices that it takes only, so each distinct combination of these is asked once; what holds in how
many specifications, all combinations of all choices, is counted from the answers.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import replace
from itertools import chain, product
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from compendium.base import paths
from compendium.base.files import csv_text, write_atomic
from compendium.compendium import Compendium
from compendium.data.datapackage import LIST
from compendium.data.tables import read_csv_as_text
from compendium.ledger import claims, gate
from compendium.run import RunError, sweep_choices, tasks
from compendium.run.sweep_choices import SweepChoice
from compendium.run.tasks import Chosen, SweepTask

COMMITTED = ("robustness", "curves")
ROBUSTNESS = ("item", "value", "verdict", "share", "judged", "values", "verdicts", "flipped_by", "moved_by")
Outcome = tuple[str, str]  # value, verdict


def find_sweep_folder(c: Compendium) -> Path:
    """Return the folder of the sweep."""
    return c.build / "sweep"


def list_choice_combinations(choices: Iterable[SweepChoice]) -> list[Chosen]:
    """Return all combinations of choices, each by what differs from the defaults; the first is nothing."""
    options = [[(), *(((choice.parameter, value),) for value in choice.values[1:])] for choice in choices]
    return [tuple(chain.from_iterable(one)) for one in product(*options)]


class SweepResult(NamedTuple):
    """A finished sweep: choices by name, by item the names of those that reach it, and value and verdict by what is
    chosen otherwise than by default, in the order of all combinations."""

    varied: dict[str, SweepChoice]
    reach: dict[str, tuple[str, ...]]
    outcomes: dict[str, dict[Chosen, Outcome]]

    @property
    def specifications(self) -> int:
        """How many combinations of all choices there are."""
        return prod(len(choice.values) for choice in self.varied.values())

    def robust(self, item: str) -> tuple[Any, ...]:
        """Return what `ROBUSTNESS` names for one item; each of its combinations stands for as many specifications."""
        seen, choices = self.outcomes[item], {name: self.varied[name] for name in self.reach[item]}
        value, verdict = seen[()]
        alone = {f"{name}={v}": seen[(c.parameter, v),] for name, c in choices.items() for v in c.values[1:]}
        moved = [named for named, (other, _) in alone.items() if other != value]
        flipped = [named for named, (_, other) in alone.items() if other != verdict]
        values, verdicts = zip(*seen.values(), strict=True)
        share = f"{verdicts.count(verdict) / len(seen):.10g}" if verdict else ""
        lists = (LIST.join(part) for part in (dict.fromkeys(filter(None, verdicts)), flipped, moved))
        return item, value, verdict, share, self.specifications, len({*values}), *lists

    def curves(self) -> Iterator[tuple[Any, ...]]:
        """Yield item, the values of the choices that reach it, value and verdict, of the items that move."""
        for item in (item for item, seen in self.outcomes.items() if len({*seen.values()}) > 1):
            for chosen, outcome in self.outcomes[item].items():
                values = {name: dict(chosen).get(c.parameter, c.values[0]) for name, c in self.varied.items()}
                yield item, *(values[name] if name in self.reach[item] else "" for name in values), *outcome


def run_sweep(c: Compendium, names: Sequence[str], jobs: int = 1) -> SweepResult:
    """Judge and compute over the choices with these names, or all, and write the result tables to build/sweep.

    Other choices keep their defaults, and with names only what they reach is asked: in some processes. A RunError names
    each combination that failed, or says that code or data were edited meanwhile.
    """
    from compendium.run import workers  # which a kernel in a browser cannot import

    varied, state = sweep_choices.select_sweep_choices(c, names), tasks.hash_sweep_inputs(c)
    known = c.tables("claims")["claim_id"].sort_values(key=claims.parse_claim_numbers, kind="stable")
    items = [*known, *sweep_choices.read_choices_file(c).results]
    reach = {item: by for item, by in sweep_choices.list_choices_by_item(c, varied, items).items() if by or not names}
    runs = [
        SweepTask(item, one)
        for item, by in reach.items()
        for one in list_choice_combinations(varied[name] for name in by)
    ]
    found, failures = dict[SweepTask, Outcome](), set[str]()
    gate.load_judgements(c)  # before processes are forked
    with workers.open_process_pool(max(1, min(jobs, len(runs))), find_sweep_folder(c) / "log.txt") as executor:
        last_first = reversed(runs)  # results take longest
        waiting = {executor.submit(tasks.evaluate_task, replace(c), run, state): run for run in last_first}
        for future in tqdm(as_completed(waiting), "runs", len(runs), delay=2, unit="run"):
            try:
                found[waiting[future]] = future.result()
            except Exception as error:
                failures.add(workers.describe_notebook_failure(waiting[future].item, error))
    if tasks.hash_sweep_inputs(c) != state:
        raise RunError("code or data were edited while the sweep ran. Remedy: compendium sweep again")
    if failures:
        raise RunError("\n       ".join(sorted(failures)))
    done = SweepResult(
        varied, reach, {item: {run.chosen: found[run] for run in runs if run.item == item} for item in reach}
    )
    tables = {
        "robustness": csv_text(ROBUSTNESS, map(done.robust, reach)),
        "curves": csv_text(("item", *varied, "value", "verdict"), done.curves()),
    }
    for name, content in tables.items():
        write_atomic(find_sweep_folder(c) / f"{name}.csv", content.encode("utf-8"))
    return done


def find_committed_table(c: Compendium, name: str) -> Path:
    """Return where a committed table of the sweep is."""
    return c.root / "data" / "sweep" / f"{name}.csv"


def accept_sweep(c: Compendium) -> None:
    """Take the tables of the last sweep as the committed ones, which the report reads."""
    for name in COMMITTED:
        write_atomic(find_committed_table(c, name), (find_sweep_folder(c) / f"{name}.csv").read_bytes())


def read_sweep_table(c: Compendium, name: str) -> pd.DataFrame:
    """Return a committed table of the sweep, every cell as text, but share, judged and values as numbers; a RunError
    says that it was made with other choices than those declared now."""
    file = find_committed_table(c, name)
    frame = read_csv_as_text(file)
    left = (
        set(frame) ^ {"item", *sweep_choices.select_sweep_choices(c), "value", "verdict"} if name == "curves" else set()
    )
    if left:
        raise RunError(
            f"{paths.format_path(file)} was swept over other choices than notebooks/choices.toml declares: "
            f"{', '.join(sorted(left))}. Remedy: compendium sweep --accept, which takes minutes, then compendium run"
        )
    numbers = [column for column in ("share", "judged", "values") if column in frame]
    frame[numbers] = frame[numbers].apply(pd.to_numeric)
    return frame
