"""A kernel in which no cell has run yet: a cell that needs those above it says so in a line, not by a traceback."""

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
    """Show the line if the notebook has not begun; else the name is told as usual."""
    if "notebook" in shell.user_ns:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
    else:
        display(Markdown(text("run-first")[os.environ.get(paths.LANGUAGE, "en")]))


def start() -> None:
    """Prepare a kernel before its first cell; there is nothing to prepare in a Python without cells."""
    if shell := get_ipython():
        shell.set_custom_exc((NameError,), reply)
