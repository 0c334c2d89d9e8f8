"""A kernel before its first cell: what lacks the cells above, or a library, says so in a line, by no traceback."""

import os
from types import TracebackType

from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import Markdown, display

from compendium import paths
from compendium.texts import catalogue

text = catalogue("compendium/show")


def reply(
    shell: InteractiveShell, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> None:
    """Show the line if a library is missing or the notebook has not begun; else the name is told as usual."""
    if isinstance(error, ImportError) or "notebook" not in shell.user_ns:
        said = text("lacks", name=error.name) if isinstance(error, ImportError) else text("run-first")
        display(Markdown(said.markdown[os.environ.get(paths.LANGUAGE, "en")]))
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def start() -> None:
    """Prepare a kernel; there is nothing to prepare in a Python without cells."""
    if shell := get_ipython():
        shell.set_custom_exc((NameError, ModuleNotFoundError), reply)
