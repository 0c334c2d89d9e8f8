"""A run: the ledger, then the notebooks side by side, the one that reads what the others make at last."""

import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from importlib import metadata
from pathlib import Path

from compendium import engine, languages, paths
from compendium.files import csv_text, scratch_folder, swap, write_atomic
from compendium.ledger import claims
from compendium.run import caching, contents, judge, kernels, workers
from compendium.run.contents import Notebook
from compendium.run.execution import Seen, execute
from compendium.run.notebookfile import injected, read, written


@dataclass
class Result:
    """What a run did: seconds and most MB of memory a notebook, what its cells were seen to do, what failed."""

    root: Path
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int | None] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run(
    notebooks: Sequence[Notebook],
    root: Path,
    chosen: dict[str, dict[str, object]],
    jobs: int,
    tell: Callable[[str], None],
    force: bool = False,
    finish: Callable[[Path], None] = lambda made: None,
) -> Result:
    """Judge all claims, then execute notebooks side by side; outputs appear in `root` at the end.

    What a run below `root` made before and what would come out the same is kept.

    Args:
        notebooks: which ones.
        root: folder that is replaced by this run when every notebook succeeded.
        chosen: parameters by notebook.
        jobs: how many at once.
        tell: receives one line a notebook.
        force: execute all notebooks, whatever is there.
        finish: adds to the outputs of a run in which every notebook succeeded, before they are put in place.

    Returns:
        The result; with failures nothing is written to `root`.
    """
    result = Result(root)
    before = caching.previous(root)
    ledger = judge.judged((), judge.taken(chosen.values()), jobs)
    keys = caching.Keys(root, notebooks, chosen, ledger, before)
    kept = [name for name in before["keys"] if keys.current(name) and not (force and keys.selected(name))]
    summary: dict[str, object] = {"parameters": chosen, "language": languages.asked(), "data": caching.data_hash()}
    with scratch_folder(root) as place:
        made = place / "made"
        made.mkdir()
        judge.write(ledger, made)
        for name in kept:
            result.seen[name] = Seen(*before["seen"][name])
            result.seconds[name], result.memory[name] = before["seconds"][name], before["memory"][name]
            for part in before["files"][name]:
                (made / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / part, made / part)
        left = [n for n in notebooks if n.name not in kept]
        for notebook in left:
            keys.key(notebook.name)  # of what is about to run: it may be saved meanwhile
        for notebook in notebooks:
            if notebook not in left:
                tell(f"{notebook.name:<28} unchanged")
        note(made, result.seen)
        if left:
            schedule(left, made, chosen, jobs, tell, result)
        result.failures += [] if result.failures else overtaken(left, made, keys) + unshown(ledger, result.seen)
        if not result.failures:
            finish(made)
            names = [name for name in contents.catalogue() if name in result.seconds]
            again = not left and "finished" in before
            summary |= {
                "finished": before["finished"] if again else now(),
                "executed": before.get("executed") if again else len(left),
                "complete": len(names) == len(contents.catalogue()),
                "seconds": result.seconds,
                "memory": result.memory,
                "seen": result.seen,
                "files": {name: caching.fingerprints(name, made) for name in names},
            }
            after = keys.after(made, before | summary)
            summary["keys"] = {name: after.key(name) for name in names}
            text = json.dumps(summary, indent=1, ensure_ascii=False)
            write_atomic(made / "run.json", text.encode("utf-8"))
            swap(made, root, place)
    return result


def now() -> str:
    """Return the day and time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def note(made: Path, seen: Mapping[str, Seen]) -> None:
    """Write what the cells of the notebooks were seen to show and make, as the table that the ledger is read with."""
    rows = [(name, *row) for name in contents.catalogue() if name in seen for row in seen[name].shown]
    write_atomic(paths.processed(claims.SHOWN, made), csv_text(("notebook", "cell", "kind", "name"), rows).encode())


def unshown(ledger: Iterable[str], seen: Mapping[str, Seen]) -> list[str]:
    """Return one line if two notebooks show a claim, or if there are notebooks, all were run and none shows it."""
    places: dict[str, list[str]] = {}
    for name, found in seen.items():
        for _, kind, claim in found.shown:
            places.setdefault(claim, []).extend([name] if kind == "claim" else [])
    if twice := [claim for claim in ledger if len(places.get(claim, [])) > 1]:
        return [f"{' and '.join(places[twice[0]])} show {twice[0]}. Remedy: let one of them show it"]
    missing = [claim for claim in ledger if not places.get(claim)]
    if missing and seen and len(seen) == len(contents.catalogue()):
        put = f'notebook.check("{missing[0]}")'
        return [f"{', '.join(missing)}: no notebook shows this. Remedy: put {put} into a code cell"]
    return []


def overtaken(notebooks: Sequence[Notebook], made: Path, keys: caching.Keys) -> list[str]:
    """Return one line for each notebook that was saved anew while it ran, so that its outputs may not be its own."""
    found = []
    for notebook in notebooks:
        ran = [c for c in written(read(made / "notebooks" / notebook.path.name)) if not injected(c)]
        if ran != keys.written[notebook.name]:
            found.append(f"{paths.shown(notebook.path)} was saved while it ran. Remedy: repeat the command")
    return found


def schedule(
    notebooks: Sequence[Notebook],
    place: Path,
    chosen: dict[str, dict[str, object]],
    jobs: int,
    tell: Callable[[str], None],
    result: Result,
) -> None:
    """Start notebooks as soon as what they wait for is done; after a failure no more of them."""
    named, order = {n.name: n for n in notebooks}, TopologicalSorter(contents.dependencies(notebooks))
    order.prepare()
    with workers.processes(min(jobs, len(notebooks)), place / "processes.log") as executor:
        ready: list[str] = []
        waiting: dict[Future, str] = {}
        while order.is_active():
            ready += order.get_ready()
            for name in ready[: jobs - len(waiting)]:
                waiting[executor.submit(work, named[name], place, chosen[name])] = name
                ready.remove(name)
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                collect(future, name := waiting.pop(future), tell, result)
                note(place, result.seen)
                order.done(name)
            if result.failures:
                for future, name in waiting.items():
                    collect(future, name, tell, result)
                return


def work(notebook: Notebook, root: Path, chosen: dict[str, object]) -> tuple[float, int | None, Seen | str]:
    """Execute a notebook in a process of the pool; return seconds, most MB of memory, what was seen or why it failed.

    What the kernel says to the terminal goes to a log beside the outputs.
    """
    begun, kernels.peak = time.monotonic(), 0
    workers.redirect(root / f"{notebook.name}.log")
    outcome: Seen | str
    try:
        outcome = execute(notebook, root, chosen)
    except Exception as error:
        outcome = workers.failure(notebook.name, error)
    return round(time.monotonic() - begun, 1), peak(), outcome


def collect(future: Future, name: str, tell: Callable[[str], None], result: Result) -> None:
    """Take down how one notebook has ended."""
    try:
        seconds, memory, outcome = future.result()
    except Exception as error:
        seconds, memory, outcome = 0.0, None, workers.failure(name, error)
    result.seconds[name], result.memory[name] = seconds, memory
    failed = isinstance(outcome, str)
    tell(f"{name:<28} {'failed' if failed else 'ok':<7} {seconds:5.1f} s")
    if failed:
        result.failures.append(outcome)
    else:
        result.seen[name] = outcome


def peak() -> int | None:
    """Return the most memory that the kernel of this process ever held, in MB; None on Windows."""
    with suppress(ImportError):
        import resource

        most = max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, kernels.peak)
        return round(most / (1e6 if sys.platform == "darwin" else 1e3))  # bytes on macOS, else KB
    return None


def installed() -> dict[str, str]:
    """Return the declared dependencies and the version of each that is installed."""
    names = [re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in engine.requirements()]
    return {re.sub("[._-]+", "-", name).lower(): metadata.version(name) for name in names}


def unlocked() -> list[str]:
    """Return one line for each declared dependency that is installed in another version than requirements.lock says."""
    text = paths.lock().read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    return [
        f"{name} {version} is installed, requirements.lock says {locked.get(name, 'nothing of it')}; results may "
        "differ. Remedy: make clean, then make"
        for name, version in installed().items()
        if version != locked.get(name)
    ]
