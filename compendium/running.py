"""The notebooks end to end through papermill: order, parameters, normalising, comparing, accepting."""

import ast
import csv
import errno
import json
import math
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from multiprocessing.connection import Connection, wait
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import psutil
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from compendium import Refusal, kernels, paths, tables

KERNEL = "python3"
CELL_SECONDS = 120
INJECTED = "injected-parameters"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
COMMON = {
    *("claims", "claim_evidence", "claim_items", "derived", "records", "searches"),
    *("origins", "provinces", "source_origins", "sources"),
}
RELATIVE = 1e-9
REMEDIES = {
    errno.ENOSPC: "make room (a run needs 50 MB) and repeat the command",
    errno.EACCES: "give yourself the right to it, or work in a copy of your own",
    errno.EROFS: "work in a copy on a disk that can be written",
}
TIMINGS = {"ExecuteTime", "execution", "papermill"}
PASSING_METADATA = {*TIMINGS, "collapsed", "scrolled", "trusted"}
KEPT_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
    "language_info": {"name": "python"},
}


class RunError(Refusal):
    """A run cannot start or a notebook failed; the message names the place and the remedy."""


def refusal(error: OSError) -> str:
    """Return in one line what the file system refused, where, and the remedy if there is one."""
    said = f"{paths.shown(error.filename) if error.filename else 'file system'}: {error.strerror or error}"
    return said + (f". Remedy: {REMEDIES[error.errno]}" if error.errno in REMEDIES else "")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of this compendium; it ends with the process, however that ends.

    Raises:
        RunError: another run or accept holds it.
    """
    place = paths.BUILD / "cache" / "lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place, "a+", encoding="ascii") as file:
        try:
            lock(file.fileno())
        except BlockingIOError:
            file.seek(0)
            raise RunError(
                f"another run or accept is at work here (process {file.read()}). Remedy: wait until it has ended"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def lock(file: int) -> None:
    """Lock an open file for this process alone, or raise BlockingIOError; Windows has no such lock and gets none."""
    with suppress(ImportError):
        import fcntl

        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore requests to stop for the moment that putting files in place or ending processes takes."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def unlocked() -> list[str]:
    """Return one line for each declared dependency that is installed in another version than requirements.lock says."""
    declared = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    text = (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    names = [re.match(r"[a-z0-9-]+", requirement)[0] for requirement in declared]
    return [
        f"{name} {installed} is installed, requirements.lock says {locked.get(name, 'nothing of it')}; results may "
        "differ. Remedy: make clean, then make"
        for name in names
        if (installed := metadata.version(name)) != locked.get(name)
    ]


@dataclass(frozen=True)
class Notebook:
    """One row of notebooks/contents.toml."""

    name: str
    section: str
    zh: str
    en: str
    reads: frozenset[str]
    writes: frozenset[str]

    @property
    def path(self) -> Path:
        """Where the committed notebook is."""
        return paths.NOTEBOOKS / f"{self.name}.ipynb"


@cache
def contents() -> dict[str, Notebook]:
    """Return the declared notebooks by name, in order.

    In `writes` the word `ledger` stands for the notebook's own part; in `reads`, `processed-*` stands for everything
    that the other notebooks write.
    """
    file = paths.NOTEBOOKS / "contents.toml"
    try:
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{paths.shown(file)} is no TOML: {error}. Remedy: correct it") from None
    writes = {
        name: frozenset(f"ledger-{name}" if w == "ledger" else w for w in row["writes"])
        for name, row in declared.items()
    }
    found = {}
    for name, row in declared.items():
        others = set().union(*(made for owner, made in writes.items() if owner != name))
        reads = frozenset(r for entry in row["reads"] for r in (others if entry == "processed-*" else [entry]))
        found[name] = Notebook(name, row["section"], row["zh"], row["en"], reads, writes[name])
    return found


def select(names: Sequence[str]) -> list[Notebook]:
    """Return the notebooks with these names, or all; a number such as 02 is enough.

    Raises:
        RunError: no or several notebooks have such a name, or a file is missing.
    """
    chosen = []
    for wanted in names or contents():
        stem = Path(wanted).stem
        hits = [n for name, n in contents().items() if name == stem or name.startswith(f"{stem}-")]
        if len(hits) != 1:
            raise RunError(f"no notebook is called {wanted!r}; the names are {', '.join(contents())}")
        chosen += [n for n in hits if n not in chosen]
    for notebook in chosen:
        if not notebook.path.is_file():
            raise RunError(f"{paths.shown(notebook.path)} is missing. Remedy: {paths.restore(notebook.path)}")
    return chosen


def parameters(notebook: Notebook) -> dict[str, object]:
    """Return the parameters of a notebook with their defaults, from the cell tagged `parameters`."""
    code = [c for c in read(notebook.path).cells if c.cell_type == "code"]
    cells = [c for c in code if "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise RunError(
            f"{paths.shown(notebook.path)}: {len(cells)} code cells are tagged 'parameters'. Remedy: tag the one that "
            "sets the parameters, and no other"
        )
    try:
        tree = ast.parse(cells[0].source)
        return {n.targets[0].id: ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign)}
    except (SyntaxError, ValueError, AttributeError) as error:
        raise RunError(
            f"{paths.shown(notebook.path)}, cell {cells[0].id}: {str(error).splitlines()[0]}. "
            "Remedy: write each parameter as name = number, text, True or False"
        ) from None


def choices(notebooks: Sequence[Notebook], given: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return, by notebook, the given parameters that differ from its defaults, in the type of the default.

    Raises:
        RunError: no selected notebook has such a parameter, or the value has the wrong type.
    """
    known = {n.name: parameters(n) for n in notebooks}
    for name in given:
        if not any(name in defaults for defaults in known.values()):
            every = sorted({p for defaults in known.values() for p in defaults})
            raise RunError(f"no selected notebook has a parameter {name!r}; there are {', '.join(every)}")
    chosen: dict[str, dict[str, object]] = {n.name: {} for n in notebooks}
    for notebook, defaults in known.items():
        for name, text in given.items():
            if name in defaults and (value := typed(name, text, defaults[name])) != defaults[name]:
                chosen[notebook][name] = value
    return chosen


def typed(name: str, text: str, default: object) -> object:
    """Return `text` in the type of `default`."""
    if isinstance(default, str):
        return text
    try:
        value = {"true": True, "false": False}[text.lower()] if isinstance(default, bool) else type(default)(text)
    except (ValueError, KeyError, TypeError):
        raise RunError(
            f"parameter {name}: {text!r} is not of type {type(default).__name__}, as its default {default!r} is"
        ) from None
    return value


def read(path: Path) -> nbformat.NotebookNode:
    """Read a notebook.

    Raises:
        RunError: the file is no notebook, asks for another kernel, or has a cell that is unfit.
    """
    try:
        text = path.read_text(encoding="utf-8")
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reads(text, as_version=4)
        unfit = unfit_cell(json.loads(text)["cells"])
    except OSError as error:
        raise RunError(refusal(error)) from None
    except (ValueError, AttributeError, TypeError, KeyError, nbformat.ValidationError) as error:
        remedy = paths.restore(path) if path.parent == paths.NOTEBOOKS else "compendium run"
        raise RunError(
            f"{paths.shown(path)} cannot be read as a notebook: {str(error).splitlines()[0][:120]}. Remedy: {remedy}"
        ) from None
    if unfit:
        raise RunError(f"{paths.shown(path)}, {unfit}")
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    if kernel != KERNEL:
        raise RunError(f"{paths.shown(path)} asks for kernel {kernel!r}. Remedy: choose the kernel {KERNEL!r} and save")
    return notebook


def unfit_cell(cells: Sequence[dict]) -> str:
    """Return what is wrong with the first unfit cell of a notebook file, and the remedy; empty if all are fit."""
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = cell.get("id")
        if not name:
            return (
                f"cell {number}: has no id, as in files of Colab or of nbformat before 4.5. "
                'Remedy: give each cell an "id" of its own, or keep the ids of the file you began with'
            )
        if name in seen:
            return f"cell {number}: its id {name!r} is that of cell {seen[name]}. Remedy: give it an id of its own"
        if cell["cell_type"] not in ("code", "markdown"):
            return (
                f"cell {name}: is of type {cell['cell_type']}. Remedy: press Y (code) or M (text) on it in JupyterLab"
            )
        seen[name] = number
    return ""


def normalise(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as text without what differs between two honest runs: timings, versions, split streams."""
    notebook.metadata = nbformat.from_dict(KEPT_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(lasting(cell))
        if cell.cell_type == "code":
            cell.outputs = merged(cell.outputs)
    return nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False).rstrip("\n") + "\n"


def lasting(cell: nbformat.NotebookNode) -> dict:
    """Return the metadata of a cell without timings, marks of the program that saved it, and an empty list of tags."""
    return {k: v for k, v in cell.metadata.items() if k not in PASSING_METADATA and (k, v) != ("tags", [])}


def written(notebook: nbformat.NotebookNode) -> list[dict]:
    """Return what the author of a notebook wrote, cell by cell: everything but outputs, counts and timings."""
    return [
        {
            "id": cell.id,
            "cell type": cell.cell_type,
            "source": cell.source,
            "tags or other metadata": lasting(cell),
            "attachments": cell.get("attachments", {}),
        }
        for cell in notebook.cells
    ]


def merged(outputs: list) -> list:
    """Join neighbouring outputs of the same stream, which arrive in pieces of changing size."""
    joined: list = []
    for output in outputs:
        if joined and output.output_type == "stream" == joined[-1].output_type and output.name == joined[-1].name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def environment() -> dict[str, str]:
    """Return the variables that all kernels share: this package, no settings of the user, one thread."""
    cache_folder = paths.BUILD / "cache"
    for name in ("ipython", "matplotlib"):
        (cache_folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "IPYTHONDIR": str(cache_folder / "ipython"),
        "MPLCONFIGDIR": str(cache_folder / "matplotlib"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(paths.ROOT),
        "PYTHONUTF8": "1",
    }


def places(root: Path, trace: Path) -> dict[str, str]:
    """Return the variables that send the outputs of a kernel below `root` and the list of opened files to `trace`.

    Temporary files, such as the connection files of kernels, go to a folder beside `root` that ends with the run.
    """
    temporary = root.with_name("temporary")
    temporary.mkdir(exist_ok=True)
    return {
        "COMPENDIUM_OUT": str(root),
        "COMPENDIUM_TRACE": str(trace),
        "JUPYTER_RUNTIME_DIR": str(temporary),
        "TMPDIR": str(temporary),
    }


class SavedOnce(NBClientEngine):
    """The engine of papermill without saving the notebook twice a cell, which takes longer than most cells."""

    NAME = "compendium"

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: object) -> None:
        """Execute the cells; the notebook is saved before and after them, also when one fails."""
        target, nb_man.output_path = nb_man.output_path, None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        finally:
            nb_man.output_path = target


papermill_engines.register(SavedOnce.NAME, SavedOnce)


def execute(notebook: Notebook, root: Path, chosen: dict[str, object]) -> None:
    """Execute one notebook with papermill and write the normalised copy to root/notebooks.

    Raises:
        RunError: a cell failed or took too long, or the files it opened are not those it declares.
    """
    trace = root / f"{notebook.name}.trace"
    os.environ.update(environment() | places(root, trace))
    tempfile.tempdir = os.environ["TMPDIR"]
    target = root / "notebooks" / f"{notebook.name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    read(notebook.path)
    try:
        executed = papermill.execute_notebook(
            str(notebook.path),
            str(target),
            parameters=chosen,
            engine_name=SavedOnce.NAME,
            shutdown_kernel="immediate",
            kernel_name=KERNEL,
            progress_bar=False,
            log_output=False,
            cwd=str(paths.NOTEBOOKS),
            execution_timeout=CELL_SECONDS,
        )
    except (papermill.exceptions.PapermillExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise RunError(failure(notebook, target, error)) from None
    target.write_text(normalise(executed), encoding="utf-8")
    happened(notebook, root, trace)


def failure(notebook: Notebook, target: Path, error: Exception) -> str:
    """Keep the unfinished copy under build/failed and return one line that names notebook, cell and cause."""
    failed = paths.BUILD / "failed" / target.name
    failed.parent.mkdir(parents=True, exist_ok=True)
    os.replace(target, failed)
    started = [c.id for c in nbformat.read(failed, 4).cells if c.metadata.get("papermill", {}).get("start_time")]
    if isinstance(error, CellTimeoutError):
        said = f"took longer than {CELL_SECONDS} seconds"
    elif isinstance(error, DeadKernelError):
        said = "the kernel died"
    else:
        said = f"{error.ename}: {error.evalue}".splitlines()[0].rstrip(".")
    where = f"cell {started[-1]}" if started else "before its first cell"
    return f"{notebook.name}, {where}: {said}. See {paths.shown(failed)}"


def happened(notebook: Notebook, root: Path, trace: Path) -> None:
    """Compare the files a notebook opened with those it declares.

    Raises:
        RunError: a read or a write is not declared, or a declared one did not happen, or another host was contacted.
    """
    opened = {"read": set(), "write": set()}
    for line in trace.read_text(encoding="utf-8").splitlines():
        kind, _, name = line.partition("\t")
        if kind == "contacts":
            if name not in LOOPBACK:
                raise RunError(f"{notebook.name} contacts {name}. Remedy: keep the data in data/raw and read it there")
            continue
        path = Path(name)
        inside = [path.relative_to(top) for top in (root, paths.ROOT) if path.is_relative_to(top)]
        if inside and path.suffix in (".csv", ".svg", ".png") and inside[0].parts[0] in ("data", "figures"):
            opened[kind].add(inside[0])
    trace.unlink()
    made = {p.stem for p in opened["write"]}
    taken = {p.stem for p in opened["read"]} - made
    for verb, really, declared in (
        ("reads", taken - COMMON, notebook.reads),
        ("writes", made, notebook.writes),
    ):
        for name in sorted(really ^ declared):
            fault = (
                "which notebooks/contents.toml does not declare"
                if name in really
                else "says contents.toml, but it did not"
            )
            raise RunError(
                f"{notebook.name} {verb} {name}, {fault}. Remedy: correct the entry {verb} of {notebook.name}"
            )


def waves(notebooks: Sequence[Notebook]) -> dict[str, set[str]]:
    """Return for each notebook the selected ones it must wait for: those that write what it reads."""
    return {n.name: {m.name for m in notebooks if m is not n and m.writes & n.reads} for n in notebooks}


def work(notebook: Notebook, root: Path, chosen: dict[str, object], pipe: Connection) -> None:
    """Run in a process of its own: execute a notebook and send the message of its failure, or nothing.

    What the kernel says to the terminal goes to a log beside the outputs.
    """
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=follow, daemon=True).start()
    try:
        with open(root / f"{notebook.name}.log", "wb") as log:
            os.dup2(log.fileno(), 2)
        execute(notebook, root, chosen)
        pipe.send("")
        pipe.send(peak())
    except RunError as error:
        pipe.send(str(error))
    except OSError as error:
        pipe.send(f"{notebook.name}: {refusal(error)}")
    except Exception as error:
        pipe.send(f"{notebook.name}: {type(error).__name__}: {error}")


def peak() -> int | None:
    """Return the most memory that the kernel of this process ever held, in MB; None on Windows."""
    with suppress(ImportError):
        import resource

        most = max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, kernels.peak)
        return round(most / (1e6 if sys.platform == "darwin" else 1e3))  # bytes on macOS, else KB


def follow() -> None:
    """Wait for the process that drives the run, and do not live longer than it does."""
    multiprocessing.parent_process().join()
    end()


def end(*_: object) -> None:
    """End this process at once, and its kernel with it, which lives in a session of its own."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(1)


@dataclass
class Result:
    """What a run did: seconds and most MB of memory a notebook, where the outputs are, what failed."""

    root: Path
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int | None] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run(
    notebooks: Sequence[Notebook],
    root: Path,
    chosen: dict[str, dict[str, object]],
    jobs: int,
    tell: Callable[[str], None],
    force: bool = False,
) -> Result:
    """Execute notebooks side by side in the order their reads and writes ask for; outputs appear in `root` at the end.

    What a run below `root` made before and what would come out the same is kept.

    Args:
        notebooks: which ones.
        root: folder that is replaced by this run when every notebook succeeded.
        chosen: parameters by notebook.
        jobs: how many at once.
        tell: receives one line a notebook.
        force: execute all notebooks, whatever is there.

    Returns:
        The result; with failures nothing is written to `root`.
    """
    result = Result(root)
    before = previous(root)
    keys = Keys(root, notebooks, chosen, before)
    kept = [name for name in before["keys"] if keys.current(name) and not (force and keys.selected(name))]
    summary = {"parameters": chosen, "data": data_hash()}
    with scratch(root) as place:
        made = place / "made"
        made.mkdir()
        for name in kept:
            result.seconds[name], result.memory[name] = before["seconds"][name], before["memory"][name]
            for part in before["files"][name]:
                (made / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / part, made / part)
        left = [n for n in notebooks if n.name not in kept]
        wanted = {n.name: keys.key(n.name) for n in notebooks}
        for notebook in notebooks:
            if notebook not in left:
                tell(f"{notebook.name:<28} unchanged")
        if left:
            with kernels.nursery(environment()):
                schedule(left, made, chosen, jobs, tell, result)
        result.failures += [] if result.failures else overtaken(left, made, keys)
        if not result.failures:
            report(made)
            names = [name for name in contents() if name in result.seconds]
            summary |= {
                "complete": len(names) == len(contents()),
                "seconds": result.seconds,
                "memory": result.memory,
                "keys": {name: wanted.get(name) or keys.key(name) for name in names},
                "files": {name: fingerprints(contents()[name], made) for name in names},
            }
            text = json.dumps(summary, indent=1, ensure_ascii=False)
            tables.write_atomic(made / "run.json", text.encode("utf-8"))
            swap(made, root, place)
    return result


def overtaken(notebooks: Sequence[Notebook], made: Path, keys: "Keys") -> list[str]:
    """Return one line for each notebook that was saved anew while it ran, so that its outputs may not be its own."""
    found = []
    for notebook in notebooks:
        ran = [c for c in written(read(made / "notebooks" / notebook.path.name)) if not injected(c)]
        if ran != keys.written[notebook.name]:
            found.append(f"{paths.shown(notebook.path)} was saved while it ran. Remedy: repeat the command")
    return found


def injected(cell: dict) -> bool:
    """Tell whether papermill put a cell, as `written` gives it, into the notebook."""
    return INJECTED in cell["tags or other metadata"].get("tags", [])


def report(root: Path) -> None:
    """Write report.html beside the outputs below `root`, if the joined ledger is among them."""
    from compendium import claims, reporting

    if paths.processed("claims", root).is_file():
        text = reporting.report(claims.stored("claims", root))
        tables.write_atomic(root / "report.html", text.encode("utf-8"))


def swap(made: Path, target: Path, place: Path) -> None:
    """Put a finished folder in the place of `target`; what stood there goes with the scratch folder `place`."""
    with undisturbed():
        if target.exists():
            os.replace(target, place / "before")
        os.replace(made, target)


def previous(root: Path) -> dict:
    """Return the summary of the run below `root`, or an empty one."""
    try:
        found = json.loads((root / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    return {"keys": {}, "files": {}, "seconds": {}, "memory": {}} | found


def fingerprints(notebook: Notebook, root: Path) -> dict[str, str]:
    """Return the SHA-256 of the files that a notebook has made below `root`, by path."""
    made = [root / "notebooks" / notebook.path.name, root / f"{notebook.name}.log"]
    for name in notebook.writes:
        made += [paths.processed(name, root), *root.glob(f"figures/*/{name}.*")]
    return {p.relative_to(root).as_posix(): tables.fingerprint(p.read_bytes()) for p in sorted(made) if p.is_file()}


class Keys:
    """Keys of the results of notebooks: two results with the same key are the same.

    A key is a hash of what the notebook's author wrote and of its choices, of this package, the raw data, the tables of
    the sweep and of the verification that it reads, the lock and the Python version, and of the keys of the notebooks
    it reads from, or of their committed outputs where these are read instead.

    Args:
        root: folder of the run whose results may be kept.
        notebooks: those selected to run.
        chosen: parameters by notebook.
        before: summary of that run, from `previous`.
    """

    def __init__(self, root: Path, notebooks: Sequence[Notebook], chosen: dict[str, dict[str, object]], before: dict):
        self.root, self.names, self.chosen, self.before = root, {n.name for n in notebooks}, chosen, before
        self.upstream = waves(list(contents().values()))
        files = [*paths.code(), *paths.NOTEBOOKS.glob("*.toml"), paths.ROOT / "requirements.lock"]
        content = [p.read_bytes() for p in sorted(files)]
        self.common = [sys.version, data_hash(), *map(tables.fingerprint, content)]
        self.known: dict[str, str] = {}
        self.written: dict[str, list[dict]] = {}

    def key(self, name: str) -> str:
        """Return the key of a notebook."""
        if name not in self.known:
            self.written[name] = written(read(contents()[name].path))
            parts = [self.common, self.written[name], self.chosen.get(name, {}), kept(contents()[name])]
            for other in sorted(self.upstream[name]):
                there = self.selected(other) or self.current(other)
                parts.append(self.key(other) if there else fingerprints(contents()[other], paths.ROOT))
            self.known[name] = tables.fingerprint(json.dumps(parts, ensure_ascii=False).encode("utf-8"))
        return self.known[name]

    def selected(self, name: str) -> bool:
        """Tell whether a notebook is to run."""
        return name in self.names

    def current(self, name: str) -> bool:
        """Tell whether the result of a notebook from before is there, untouched, and would come out the same again."""
        if name not in contents() or self.before["keys"].get(name) != self.key(name):
            return False
        return self.before["files"].get(name) == fingerprints(contents()[name], self.root)


def kept(notebook: Notebook) -> list[str]:
    """Return the SHA-256 of the tables a notebook reads that no notebook makes and that are not raw: data/sweep, …."""
    found = sorted(p for p in paths.ROOT.glob("data/*/*.csv") if p.stem in notebook.reads)
    return [tables.fingerprint(p.read_bytes()) for p in found if p.parent.name not in ("raw", "processed")]


def data_hash() -> str:
    """Return the SHA-256 of datapackage.json, which holds those of all raw tables."""
    return tables.fingerprint((paths.RAW / tables.PACKAGE).read_bytes())


@contextmanager
def scratch(root: Path) -> Iterator[Path]:
    """Give a folder beside `root` for a run in progress, and remove it and those of dead runs afterwards."""
    root.parent.mkdir(parents=True, exist_ok=True)
    for old in root.parent.glob(".run-*"):
        if not alive(int(old.name.removeprefix(".run-"))):
            shutil.rmtree(old, ignore_errors=True)
    place = root.parent / f".run-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        yield place
    finally:
        with undisturbed():
            shutil.rmtree(place, ignore_errors=True)


def alive(process: int) -> bool:
    """Tell whether a process with this number runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def schedule(
    notebooks: Sequence[Notebook],
    place: Path,
    chosen: dict[str, dict[str, object]],
    jobs: int,
    tell: Callable[[str], None],
    result: Result,
) -> None:
    """Start notebooks as soon as what they wait for is done; stop all of them when this process is stopped."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else None)
    blocking, waiting, running = waves(notebooks), list(notebooks), {}
    try:
        while waiting or running:
            busy = {n.name for n in waiting} | {n.name for n, _ in running.values()}
            ready = [n for n in waiting if not blocking[n.name] & busy]
            for notebook in ready[: max(0, jobs - len(running))]:
                here, there = context.Pipe(duplex=False)
                arguments = (notebook, place, chosen[notebook.name], there)
                process = context.Process(target=work, args=arguments, daemon=True)
                process.start()
                running[here] = notebook, process
                there.close()
                waiting.remove(notebook)
                result.seconds[notebook.name] = time.monotonic()
            for pipe in wait(list(running)):
                notebook, process = running.pop(pipe)
                finish(pipe, notebook, tell, result)
                process.join()
            if result.failures:
                waiting.clear()
    finally:
        with undisturbed():
            for _, process in running.values():
                stop(process)


def finish(pipe: Connection, notebook: Notebook, tell: Callable[[str], None], result: Result) -> None:
    """Collect one notebook that has ended."""
    try:
        failure = pipe.recv()
        if not failure:
            result.memory[notebook.name] = pipe.recv()
    except EOFError:
        failure = f"{notebook.name}: its process was killed from outside, perhaps for want of memory. Remedy: --jobs 1"
    seconds = result.seconds[notebook.name] = round(time.monotonic() - result.seconds[notebook.name], 1)
    tell(f"{notebook.name:<28} {'failed' if failure else 'ok':<7} {seconds:5.1f} s")
    if failure:
        result.failures.append(failure)


def stop(process: multiprocessing.Process) -> None:
    """End a process politely, then by force."""
    process.terminate()
    process.join(5)
    if process.is_alive():
        process.kill()
        process.join()


def compare(root: Path, notebooks: Sequence[Notebook] | None = None, reference: Path | None = None) -> list[str]:
    """Return what differs between the outputs below `root` and the reference, one line a difference.

    Verdicts come first, then numbers, then files. Numbers in tables may differ by one part in 10^9; texts, figures and
    notebook outputs must be the same.
    """
    reference = reference or paths.ROOT
    chosen = list(notebooks or contents().values())
    found = moved_verdicts(root, reference)
    for notebook in chosen:
        for name in sorted(notebook.writes):
            if (table := paths.processed(name, root)).is_file():
                found += compare_tables(table, paths.processed(name, reference))
    for notebook in chosen:
        made = root / "notebooks" / f"{notebook.name}.ipynb"
        found += compare_notebooks(made, reference / "notebooks" / made.name)
        for made in sorted(root.glob(f"figures/*/{notebook.name[:2]}-*")):
            found += compare_bytes(made, reference / made.relative_to(root))
    if len(chosen) == len(contents()):
        found += [f"{paths.shown(p)}: no notebook makes it any more" for p in stale(root, reference)]
    return found


def moved_verdicts(root: Path, reference: Path) -> list[str]:
    """Return one line for each claim whose verdict below `root` is another than in the reference."""
    ledgers = []
    for place in (reference, root):
        path = paths.processed("claims", place)
        rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()
        ledgers.append({row["claim_id"]: row["verdict"] for row in rows})
    was, now = ledgers
    if not was or not now:
        return []
    return [
        f"verdict of {name}: {was.get(name, 'none')} committed, {now.get(name, 'none')} computed"
        for name in sorted(was | now, key=lambda name: (len(name), name))
        if was.get(name) != now.get(name)
    ]


def stale(root: Path, reference: Path) -> list[Path]:
    """Return committed outputs that the full run below `root` did not make."""
    kept = [
        *reference.glob("data/processed/*.csv"),
        *reference.glob("figures/*/*.svg"),
        *reference.glob("figures/*/*.png"),
    ]
    return sorted(p for p in kept if not (root / p.relative_to(reference)).exists())


def compare_bytes(made: Path, kept: Path) -> list[str]:
    """Compare two figure files byte for byte."""
    if not kept.is_file():
        return [f"{paths.shown(kept)}: missing, the run makes it"]
    return [] if made.read_bytes() == kept.read_bytes() else [f"{paths.shown(kept)}: the figure differs"]


def compare_tables(made: Path, kept: Path) -> list[str]:
    """Compare two processed tables: header, number of rows, every cell."""
    if not kept.is_file():
        return [f"{paths.shown(kept)}: missing, the run makes it"]
    new, old = (pd.read_csv(p, dtype=str, keep_default_na=False, encoding="utf-8") for p in (made, kept))
    if list(new.columns) != list(old.columns):
        return [f"{paths.shown(kept)}: the columns differ"]
    if len(new) != len(old):
        return [f"{paths.shown(kept)}: {len(old)} rows committed, {len(new)} computed"]
    found = []
    for column in new:
        for row, (was, now) in enumerate(zip(old[column], new[column], strict=True), 2):
            if not same(was, now):
                found.append(f"{paths.shown(kept)}, row {row}, column {column}: committed {was!r}, computed {now!r}")
    return found


def same(was: str, now: str) -> bool:
    """Tell whether two cells agree: equal text, or numbers within the tolerance."""
    if was == now:
        return True
    try:
        return math.isclose(float(was), float(now), rel_tol=RELATIVE, abs_tol=1e-12)
    except ValueError:
        return False


def compare_notebooks(made: Path, kept: Path) -> list[str]:
    """Compare an executed notebook with the committed one, cell by cell."""
    new, old = read(made), read(kept)
    name = paths.shown(kept)
    if [c.id for c in new.cells] != [c.id for c in old.cells]:
        return [f"{name}: the list of cells differs"]
    found = []
    for now, was, wrote, had in zip(new.cells, old.cells, written(new), written(old), strict=True):
        if edited := [what for what in had if had[what] != wrote[what]]:
            found += [f"{name}, cell {was.id}: the {what} differs" for what in edited]
        elif now.cell_type == "code" and was.execution_count != now.execution_count:
            found.append(
                f"{name}, cell {was.id}: execution count {was.execution_count}, a run gives {now.execution_count}"
            )
        elif now.cell_type == "code" and (one := outputs(was)) != (two := outputs(now)):
            found.append(f"{name}, cell {was.id}: the output differs: {first_difference(one, two)}")
    return found


def outputs(cell: nbformat.NotebookNode) -> str:
    """Return the outputs of a cell as text for comparison."""
    return json.dumps(merged(cell.outputs), indent=1, sort_keys=True, ensure_ascii=False)


def first_difference(was: str, now: str) -> str:
    """Return the first differing line of two texts, shortened around the difference."""
    for one, two in zip([*was.splitlines(), ""], [*now.splitlines(), ""], strict=False):
        if one != two:
            at = max(0, next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0) - 20)
            return f"committed …{one[at : at + 60].strip()}…, computed …{two[at : at + 60].strip()}…"
    return "one is longer"


def gate(path: Path) -> list[str]:
    """Return what is wrong with a committed notebook: cells not executed in order, errors, warnings, timings."""
    notebook, name, found, expected = read(path), paths.shown(path), [], 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        expected += 1
        if cell.execution_count != expected:
            found.append(f"{name}, cell {cell.id}: execution count {cell.execution_count}, expected {expected}")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{name}, cell {cell.id}: holds the error {output.ename}")
            if output.output_type == "stream":
                found.append(f"{name}, cell {cell.id}: prints to {output.name}: {output.text.strip()[:60]!r}")
    if any(TIMINGS & set(part.metadata) for part in (notebook, *notebook.cells)):
        found.append(f"{name}: holds the times of a run. Remedy: make, then make accept")
    return found
