"""Which notebook is running, and what the cells of it show."""

import sys

from compendium import CompendiumError, paths

_running = ""


def begin(notebook: str) -> None:
    """Say which notebook this is, such as `02-growth`, in its first cell: its texts and tables are found by its name.

    Raises:
        CompendiumError: there is no such notebook.
    """
    global _running
    if not (paths.project().notebooks / f"{notebook}.ipynb").is_file():
        raise CompendiumError(f"no notebook is called {notebook!r}. Remedy: begin() with the name of its file")
    _running = notebook


def notebook() -> str:
    """Return the name of the notebook that is running.

    Raises:
        CompendiumError: it has not said so.
    """
    if not _running:
        raise CompendiumError("which notebook is this? Remedy: run its first cell, which begins with its name")
    return _running


def shows(claim_id: str) -> None:
    """Tell a runner that writes down what happens that the cell at work shows a claim."""
    sys.audit("compendium.shows", claim_id)


def variables() -> dict[str, object]:
    """Return the variables of the notebook that is running."""
    from IPython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else {}
