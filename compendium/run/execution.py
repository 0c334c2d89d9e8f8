"""One notebook through papermill: surroundings, execution, the files it opened against those it declares."""

import os
import tempfile
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from compendium import here, paths
from compendium.run import RunError
from compendium.run.contents import COMMON, Notebook
from compendium.run.notebookfile import KERNEL, normalise, read

CELL_SECONDS = 120
CATALOGUE = "contents"
TRACED = {"data": (".csv",), "figures": (".svg", ".png"), "notebooks": (".toml",)}
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def environment() -> dict[str, str]:
    """Return the variables that all kernels share: this package, no settings of the user, one thread."""
    cache_folder = paths.project().build / "cache"
    for name in ("ipython", "matplotlib"):
        (cache_folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "IPYTHONDIR": str(cache_folder / "ipython"),
        "MPLCONFIGDIR": str(cache_folder / "matplotlib"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": "",
        "PYTHONUTF8": "1",
    }


def outputs_below(root: Path, trace: Path) -> dict[str, str]:
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
    os.environ.update(environment() | outputs_below(root, trace) | {here.VARIABLES[0]: notebook.name})
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
            cwd=str(paths.project().notebooks),
            execution_timeout=CELL_SECONDS,
        )
    except (papermill.exceptions.PapermillExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise RunError(failure(notebook, target, error)) from None
    target.write_text(normalise(executed), encoding="utf-8")
    check_access(notebook, root, trace)


def failure(notebook: Notebook, target: Path, error: Exception) -> str:
    """Keep the unfinished copy under build/failed and return one line that names notebook, cell and cause."""
    failed = paths.project().build / "failed" / target.name
    failed.parent.mkdir(parents=True, exist_ok=True)
    os.replace(target, failed)
    started = [c.id for c in nbformat.read(failed, 4).cells if c.metadata.get("papermill", {}).get("start_time")]
    if isinstance(error, CellTimeoutError):
        said = f"took longer than {CELL_SECONDS} seconds"
    elif isinstance(error, DeadKernelError):
        said = "the kernel died"
    else:
        name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", error)
        said = f"{name}: {value}".splitlines()[0].rstrip(".")
    where = f"cell {started[-1]}" if started else "before its first cell"
    return f"{notebook.name}, {where}: {said}. See {paths.shown(failed)}"


def check_access(notebook: Notebook, root: Path, trace: Path) -> None:
    """Compare the files a notebook opened with those it declares.

    Raises:
        RunError: a read or a write is not declared, or a declared one did not happen, or another host was contacted.
    """
    opened: dict[str, set[Path]] = {"read": set(), "write": set()}
    for line in trace.read_text(encoding="utf-8").splitlines():
        kind, _, name = line.partition("\t")
        if kind == "contacts":
            if name not in LOOPBACK:
                raise RunError(f"{notebook.name} contacts {name}. Remedy: keep the data in data/raw and read it there")
            continue
        path = Path(name)
        inside = [path.relative_to(top) for top in (root, paths.project().root) if path.is_relative_to(top)]
        if any(path.suffix in TRACED.get(part, ()) for place in inside[:1] for part in place.parts[:1]):
            opened[kind].add(inside[0])
    trace.unlink()
    made = {p.stem for p in opened["write"]}
    taken = {p.stem for p in opened["read"]} - made - {notebook.name, CATALOGUE}  # its own texts, and the list
    for verb, really, declared in (
        ("reads", taken - COMMON, notebook.reads - COMMON),
        ("writes", made, notebook.writes),
    ):
        for name in sorted(really ^ declared):
            fault = (
                "which notebooks/contents.toml does not declare"
                if name in really
                else "says contents.toml, but it did not"
            )
            unsaved = name == f"ledger-{notebook.name}" and name not in really
            remedy = (
                "put ledger.save() into its last cells" if unsaved else f"correct the entry {verb} of {notebook.name}"
            )
            raise RunError(f"{notebook.name} {verb} {name}, {fault}. Remedy: {remedy}")
