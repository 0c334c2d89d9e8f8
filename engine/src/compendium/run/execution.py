"""One notebook through papermill: surroundings, execution, the files it opened against those it declares."""

import os
import tempfile
from collections.abc import Sequence, Set
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from compendium.base import paths
from compendium.compendium import Compendium
from compendium.ledger import claims
from compendium.run import RunError
from compendium.run.cache import Seen
from compendium.run.contents import COMMON, DeclaredNotebook
from compendium.run.notebookfile import KERNEL, normalise_notebook, read_notebook

CELL_SECONDS = 120
CATALOGUE = "contents"
TRACED = {"data": (".csv",), "figures": (".svg", ".png"), "notebooks": (".toml",)}
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def make_kernel_environment(c: Compendium) -> dict[str, str]:
    """Return the variables that all kernels share: compendium and language, no settings of the user, one thread."""
    cache_folder = c.build / "cache"
    for name in ("ipython", "matplotlib"):
        (cache_folder / name).mkdir(parents=True, exist_ok=True)
    return {
        paths.ROOT: str(c.root),
        paths.LANGUAGE: c.language,
        "IPYTHONDIR": str(cache_folder / "ipython"),
        "MPLCONFIGDIR": str(cache_folder / "matplotlib"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": "",
        "PYTHONUTF8": "1",
    }


class CellLoggingEngine(NBClientEngine):
    """The engine of papermill, which notes each cell that begins and does not save twice a cell: that takes longer."""

    NAME = "compendium"

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: object) -> None:
        """Execute the cells; the notebook is saved before and after them, also when one fails."""
        target, nb_man.output_path = nb_man.output_path, None
        begin = nb_man.cell_start

        def noted(cell: nbformat.NotebookNode, *arguments: object, **more: object) -> None:
            with open(os.environ["COMPENDIUM_TRACE"], "a", encoding="utf-8") as notes:
                notes.write(f"cell\t{cell.id}\n")
            begin(cell, *arguments, **more)

        nb_man.cell_start = noted
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        finally:
            nb_man.output_path = target


papermill_engines.register(CellLoggingEngine.NAME, CellLoggingEngine)


def execute_notebook(c: Compendium, notebook: DeclaredNotebook, root: Path, parameters: dict[str, object]) -> Seen:
    """Execute one notebook with papermill, write the normalised copy to root/notebooks and return what it did; a
    RunError says that a cell failed or took too long, or that the files it opened are not those it declares."""
    trace, target = root / f"{notebook.name}.trace", root / "notebooks" / notebook.path.name
    temporary = str(root.with_name("temporary"))  # also of the connection files of kernels; it ends with the run
    os.makedirs(temporary, exist_ok=True)
    os.environ |= make_kernel_environment(c) | {paths.OUT: str(root), "COMPENDIUM_TRACE": str(trace)}
    os.environ |= {"JUPYTER_RUNTIME_DIR": temporary, "TMPDIR": temporary}
    tempfile.tempdir = temporary
    target.parent.mkdir(parents=True, exist_ok=True)
    read_notebook(notebook.path)
    try:
        executed = papermill.execute_notebook(
            str(notebook.path),
            str(target),
            parameters=parameters,
            engine_name=CellLoggingEngine.NAME,
            shutdown_kernel="immediate",
            kernel_name=KERNEL,
            progress_bar=False,
            log_output=False,
            cwd=str(c.notebooks),
            execution_timeout=CELL_SECONDS,
        )
    except (papermill.exceptions.PapermillExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise RunError(keep_failed_notebook(c, notebook, target, error)) from None
    target.write_text(normalise_notebook(executed), encoding="utf-8")
    return list_traced_outputs(c, notebook, root, trace)


def keep_failed_notebook(c: Compendium, notebook: DeclaredNotebook, target: Path, error: Exception) -> str:
    """Keep the unfinished copy under build/failed and return one line that names notebook, cell and cause."""
    failed = c.build / "failed" / target.name
    failed.parent.mkdir(parents=True, exist_ok=True)
    os.replace(target, failed)
    started = [c.id for c in nbformat.read(failed, 4).cells if c.metadata.get("papermill", {}).get("start_time")]
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", error)
    said = f"{name}: {value}".splitlines()[0].rstrip(".")
    if isinstance(error, CellTimeoutError | DeadKernelError):
        late = isinstance(error, CellTimeoutError)
        said = f"took longer than {CELL_SECONDS} seconds" if late else "the kernel died"
    where = f"cell {started[-1]}" if started else "before its first cell"
    return f"{notebook.name}, {where}: {said}. See {paths.format_path(failed)}"


def list_traced_outputs(c: Compendium, notebook: DeclaredNotebook, root: Path, trace: Path) -> Seen:
    """Return what the cells of a notebook showed and made, from the notes on its run; a RunError says that it read what
    contents.toml does not declare, contacted another host, or shows a claim twice."""
    cell, claims_shown, made, read = "", dict[str, str](), dict[tuple[str, str], str](), list[Path]()
    for kind, _, name in (line.partition("\t") for line in trace.read_text(encoding="utf-8").splitlines()):
        path = Path(name)
        place = next((path.relative_to(top) for top in (root, c.root) if path.is_relative_to(top)), None)
        place = place if place and path.suffix in TRACED.get(place.parts[0], ()) else None  # else no answer for it
        if kind == "cell":
            cell = name
        elif kind == "contacts" and name not in LOOPBACK:
            raise RunError(f"{notebook.name} contacts {name}. Remedy: keep the data in data/raw and read it there")
        elif kind == "shows" and (first := claims_shown.setdefault(name, cell)) != cell:
            raise RunError(f"{notebook.name} shows {name} in the cells {first} and {cell}. Remedy: leave one")
        elif place and kind == "write":
            made.setdefault(("figure" if place.parts[0] == "figures" else "table", place.stem), cell)
        elif place:
            read.append(place)
    trace.unlink()
    shown = [(cell, "claim", name) for name, cell in claims_shown.items()]
    shown += [(cell, kind, name) for (kind, name), cell in made.items()]
    raise_if_reads_undeclared(notebook, read, {name for _, _, name in shown})
    return shown


def raise_if_reads_undeclared(notebook: DeclaredNotebook, read: Sequence[Path], made: Set[str]) -> None:
    """Refuse a notebook that reads what notebooks/contents.toml does not declare, or does not read what it does."""
    inputs = [place for place in read if place.parts[0] != "figures"]
    taken = {p.stem for p in inputs if not (notebook.last and p.parts[1] == "processed")}
    taken -= made | COMMON | {claims.SHOWN, claims.FROM, notebook.name, CATALOGUE}  # its own texts, and the list
    declared = notebook.reads - COMMON
    for names, fault in (
        (taken - declared, "which notebooks/contents.toml does not declare"),
        (declared - taken, "says contents.toml, but it did not"),
    ):
        if names:
            remedy = f"Remedy: correct the entry reads of {notebook.name}"
            raise RunError(f"{notebook.name} reads {', '.join(sorted(names))}, {fault}. {remedy}")
