"""A kernel in a browser: a library may be missing there; what needs it says so and shows what was committed."""

import ast
import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, TracebackType

from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import Markdown, display

from compendium import paths
from compendium.show import fresh
from compendium.texts import catalogue

NAME = "compendium_site"  # the folder, beside the packages, that holds the compendium
ABSENT, COPIES = "absent.json", "copies"
text = catalogue("compendium/show")


class Absent(BaseException):  # which no code takes for a fault that it knows
    """A library that is missing was used."""


class Stub(ModuleType):
    """What stands for a missing library and all that is in it: it may be imported and named, not called."""

    def __getattr__(self, name: str) -> "Stub":
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> None:
        """Raise that the library is missing."""
        raise Absent(self.__name__.partition(".")[0])


class Finder(MetaPathFinder, Loader):
    """Finds stubs of the libraries that are missing."""

    def __init__(self, absent: Sequence[str]):
        self.absent = frozenset(absent)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return how a module of a missing library is made; None for any other."""
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in self.absent else None

    def create_module(self, spec: ModuleSpec) -> Stub:
        """Return the stub."""
        return Stub(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: a stub is ready."""


class Replies:
    """What a cell shows that lacks a library, or a name that such a cell was to set: one line, what was committed."""

    def __init__(self, shell: InteractiveShell, copies: Path):
        self.copies, self.code = copies, ""
        self.unset: dict[str, str] = {}  # name -> library
        shell.events.register("pre_run_cell", self.note)
        shell.set_custom_exc((Absent, NameError), self.reply)

    def note(self, info: object) -> None:
        """Note which cell runs."""
        self.code = str(getattr(info, "raw_cell", "")).strip()

    def reply(
        self, shell: InteractiveShell, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None
    ) -> None:
        """Show the line and the outputs; a name that no cell was to set is told by `fresh.reply`."""
        name = str(error) if isinstance(error, Absent) else self.unset.get(getattr(error, "name", ""), "")
        if not name:
            fresh.reply(shell, kind, error, trace, tb_offset)
            return
        named = [node.id for node in ast.walk(ast.parse(self.code)) if isinstance(node, ast.Name)]
        self.unset |= {one: name for one in named if one not in shell.user_ns}
        language = os.environ.get(paths.LANGUAGE, "en")
        display(Markdown(text("browser-lacks", name=name).markdown[language]))
        for output in self.committed(language):
            display(output["data"], raw=True)

    def committed(self, language: str) -> list[dict]:
        """Return what the cell that runs showed when it was committed."""
        for file in sorted((self.copies / language).glob("*.ipynb")):
            for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code" and "".join(cell["source"]).strip() == self.code:
                    return [output for output in cell["outputs"] if "data" in output]
        return []


def start() -> None:
    """Prepare a kernel before its first cell."""
    root = Path(os.environ[paths.ROOT])
    sys.meta_path.append(Finder(json.loads((root / ABSENT).read_text(encoding="utf-8"))))
    Replies(get_ipython(), root / COPIES)
