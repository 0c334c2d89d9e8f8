"""Which notebook is running: so that none has to name itself."""

import linecache
import os
from functools import cache
from pathlib import Path

from compendium import CompendiumError, cells, paths

VARIABLES = ("COMPENDIUM_NOTEBOOK", "JPY_SESSION_NAME")  # set by the runner, and by JupyterLab


def notebook() -> str:
    """Return the name of the notebook that is running, such as `02-growth`.

    The runner and JupyterLab say it; elsewhere (nbval, nbconvert, plain papermill) it is the notebook of which most
    cells were run so far.

    Raises:
        CompendiumError: nothing says it, and no or several notebooks hold the cells that were run.
    """
    for variable in VARIABLES:
        name = Path(os.environ.get(variable, "")).stem
        if name and (paths.project().notebooks / f"{name}.ipynb").is_file():
            return name
    return _by_cells(paths.project().notebooks)


def variables() -> dict[str, object]:
    """Return the variables of the notebook that is running."""
    from IPython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else {}


@cache
def _by_cells(folder: Path) -> str:
    run = _cells_run()
    hits = {file.stem: len(run & _code(file)) for file in sorted(folder.glob("*.ipynb"))}
    most = max(hits.values(), default=0)
    found = [name for name, number in hits.items() if number == most]
    if not most or len(found) > 1:
        raise CompendiumError(f"which notebook is this? Remedy: set the variable {VARIABLES[0]} to its name")
    return found[0]


def _cells_run() -> set[str]:
    """Return the sources of the cells that this kernel has compiled, which it keeps for tracebacks."""
    kept = [entry[2] for name, entry in linecache.cache.items() if "ipykernel" in name and len(entry) > 2]
    return {"".join(lines).strip() for lines in kept}


def _code(file: Path) -> set[str]:
    return {cell.source.strip() for cell in cells.read(file) if cell.kind == "code"}
