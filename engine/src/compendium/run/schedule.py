"""A run: the ledger, then the notebooks side by side, the one that reads what the others make at last."""

import re
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from compendium.base import distribution, paths
from compendium.base.files import csv_text, replace_folder, scratch_folder, write_atomic, write_checksummed_json
from compendium.compendium import Compendium
from compendium.ledger import claims, record
from compendium.run import cache, contents, judge_all, preload, workers
from compendium.run.cache import RunSummary, Seen
from compendium.run.contents import DeclaredNotebook
from compendium.run.execution import execute_notebook, make_kernel_environment


@dataclass
class RunOutcome:
    """What a run did: what the cells of each notebook were seen to do, what failed."""

    root: Path
    seen: dict[str, Seen] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run_notebooks(
    c: Compendium,
    notebooks: Sequence[DeclaredNotebook],
    root: Path,
    parameters: dict[str, dict[str, object]],
    jobs: int,
    report_line: Callable[[str], None],
    force: bool = False,
    finish: Callable[[Path], None] = lambda made: None,
) -> RunOutcome:
    """Judge all claims, then execute notebooks, by their parameters `parameters`, some `jobs` side by side.

    What a run below `root` made before and would come out the same is kept, unless with `force`. `report_line` receives
    one line a notebook. When every notebook succeeded, `finish` adds to the outputs, and they take the place of `root`;
    with failures nothing is written there.
    """
    result, before = RunOutcome(root), cache.read_run_summary(root)
    picked = judge_all.select_judgement_choices(c, parameters.values())
    state = judge_all.hash_ledger_inputs(c, picked)  # before what it tells of is read
    same = before.state == state and not force
    ledger = (
        record.read_ledger_file(paths.processed_path("claims", root))
        if same
        else judge_all.judge_claims(c, (), picked, jobs)
    )
    keys = cache.NotebookCacheKeys(c, root, notebooks, parameters, ledger, before)
    kept = [name for name in before.keys if keys.current(name) and not (force and name in keys.names)]
    with scratch_folder(root) as place:
        made = place / "made"
        made.mkdir()
        judge_all.write_ledger(c, ledger, made)
        for name in kept:
            result.seen[name] = before.seen[name]
            for part in before.files[name]:
                (made / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / part, made / part)
        left = [n for n in notebooks if n.name not in kept]
        for notebook in notebooks:
            if notebook not in left:
                report_line(f"{notebook.name:<28} unchanged")
        write_shown_table(made, result.seen, keys.catalogue)
        if left:
            execute_in_processes(c, left, made, parameters, jobs, report_line, result)
        if not result.failures:
            result.failures += list_misplaced_claims(ledger, result.seen, keys.catalogue)
        if not result.failures:
            finish(made)
            names = [name for name in keys.catalogue if name in result.seen]
            again, now = bool(before.finished and not left), datetime.now(UTC).isoformat(timespec="seconds")
            summary = RunSummary(
                parameters=parameters,
                state=state,
                inputs=keys.memory.list_inputs(),
                finished=before.finished if again else now,
                complete=len(names) == len(keys.catalogue),
                seen=result.seen,
                files={name: cache.hash_notebook_outputs(name, made) for name in names},
                made=cache.hash_run_files(made),
                keys={name: keys.key(name) for name in names},
            )
            write_checksummed_json(made / cache.NOTE, summary)
            replace_folder(made, root, place)
    return result


def is_run_current(c: Compendium, root: Path) -> bool:
    """Tell whether the run below `root` is complete, untouched, and would come out the same from what lies here."""
    before = cache.read_run_summary(root)
    if before.state != judge_all.hash_ledger_inputs(c, {}):
        return False
    notebooks, ledger = contents.select_notebooks(c), record.read_ledger_file(paths.processed_path("claims", root))
    keys = cache.NotebookCacheKeys(c, root, notebooks, {}, ledger, before)
    return all(keys.current(notebook.name) for notebook in notebooks)


def write_shown_table(made: Path, seen: Mapping[str, Seen], notebooks: Iterable[str]) -> None:
    """Write what the cells of the notebooks were seen to show and make, as the table that the ledger is read with."""
    rows = [(name, *row) for name in notebooks if name in seen for row in seen[name]]
    write_atomic(
        paths.processed_path(claims.SHOWN, made), csv_text(("notebook", "cell", "kind", "name"), rows).encode()
    )


def list_misplaced_claims(ledger: Iterable[str], seen: Mapping[str, Seen], notebooks: Sized) -> list[str]:
    """Return one line if two notebooks show a claim, or if there are notebooks, all were run and none shows it."""
    places: dict[str, list[str]] = {claim: [] for claim in ledger}
    for name, found in seen.items():
        for _, kind, claim in found:
            if kind == "claim":
                places.setdefault(claim, []).append(name)
    if twice := [claim for claim in ledger if len(places[claim]) > 1]:
        return [f"{' and '.join(places[twice[0]])} show {twice[0]}. Remedy: let one of them show it"]
    missing = [claim for claim in ledger if not places[claim]]
    if missing and seen and len(seen) == len(notebooks):
        put = f'notebook.show_claims("{missing[0]}")'
        return [f"{', '.join(missing)}: no notebook shows this. Remedy: put {put} into a code cell"]
    return []


def execute_in_processes(
    c: Compendium,
    notebooks: Sequence[DeclaredNotebook],
    place: Path,
    parameters: dict[str, dict[str, object]],
    jobs: int,
    report_line: Callable[[str], None],
    result: RunOutcome,
) -> None:
    """Execute notebooks, those that read what the others make after these; after a failure no more of them."""
    pool = workers.open_process_pool(min(jobs, len(notebooks)), place / "processes.log")
    with preload.fork_kernels(make_kernel_environment(c)), pool as executor:
        for last in (False, True):
            left = [notebook for notebook in notebooks if notebook.last == last]
            waiting: dict[Future, str] = {}
            while waiting or (left and not result.failures):
                while left and len(waiting) < jobs and not result.failures:
                    notebook = left.pop(0)
                    waiting[
                        executor.submit(execute_in_worker, replace(c), notebook, place, parameters[notebook.name])
                    ] = notebook.name
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    collect_worker_result(future, waiting.pop(future), report_line, result)
                    write_shown_table(place, result.seen, contents.list_declared_notebooks(c))


def execute_in_worker(
    c: Compendium, notebook: DeclaredNotebook, root: Path, parameters: dict[str, object]
) -> tuple[float, Seen | str]:
    """Execute a notebook in a process of the pool; return seconds, what was seen or why it failed."""
    begun = time.monotonic()
    workers.redirect_output_to_log(root / f"{notebook.name}.log")
    outcome: Seen | str
    try:
        outcome = execute_notebook(c, notebook, root, parameters)
    except Exception as error:
        outcome = workers.describe_notebook_failure(notebook.name, error)
    return round(time.monotonic() - begun, 1), outcome


def collect_worker_result(future: Future, name: str, report_line: Callable[[str], None], result: RunOutcome) -> None:
    """Take down how one notebook has ended."""
    try:
        seconds, outcome = future.result()
    except Exception as error:
        seconds, outcome = 0.0, workers.describe_notebook_failure(name, error)
    failed = isinstance(outcome, str)
    report_line(f"{name:<28} {'failed' if failed else 'ok':<7} {seconds:5.1f} s")
    if failed:
        result.failures.append(outcome)
    else:
        result.seen[name] = outcome


def list_installed_versions() -> dict[str, str]:
    """Return the declared dependencies and the version of each that is installed."""
    needed = sorted(line for line in metadata.requires(distribution.NAME) or [] if "extra ==" not in line)
    names = [re.split(r"[^A-Za-z0-9._-]", line)[0] for line in needed]
    return {re.sub("[._-]+", "-", name).lower(): metadata.version(name) for name in names}


def list_versions_off_lock(c: Compendium) -> list[str]:
    """Return one line for each declared dependency that is installed in another version than requirements.lock says."""
    text = paths.find_requirements_lock(c.root).read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    return [
        f"{name} {version} is installed, requirements.lock says {locked.get(name, 'nothing of it')}; results may "
        "differ. Remedy: make clean, then make"
        for name, version in list_installed_versions().items()
        if version != locked.get(name)
    ]
