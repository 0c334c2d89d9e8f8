"""A kernel before its first cell: what lacks the cells above, or a library, says so in a line, by no traceback."""

import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType

from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import Markdown, display

from compendium import paths
from compendium.texts import catalogue

text = catalogue("compendium/show")


class Stub(ModuleType):
    """What stands for a library that a browser lacks, and for all that is in it: it may be named, not called."""

    def __getattr__(self, name: str) -> "Stub":
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> None:
        """Raise that the library is missing."""
        raise ModuleNotFoundError(name=self.__name__.partition(".")[0])


class Finder(MetaPathFinder, Loader):
    """Finds stubs of the libraries that are missing."""

    def __init__(self, *absent: str):
        self.absent = absent

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return how a module of a missing library is made; None for any other."""
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in self.absent else None

    def create_module(self, spec: ModuleSpec) -> Stub:
        """Return the stub, which is ready."""
        return Stub(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing."""


def reply(
    shell: InteractiveShell, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> None:
    """Show the line if a library is missing or the notebook has not begun; else the name is told as usual."""
    if isinstance(error, ImportError) or "notebook" not in shell.user_ns:
        said = text("lacks", name=error.name) if isinstance(error, ImportError) else text("run-first")
        display(Markdown(said.markdown[os.environ.get(paths.LANGUAGE, "en")]))
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def start(*absent: str) -> None:
    """Prepare a kernel that lacks these libraries; there is nothing to prepare in a Python without cells."""
    if shell := get_ipython():
        sys.meta_path.append(Finder(*absent))
        shell.set_custom_exc((NameError, ModuleNotFoundError), reply)
