"""A kernel in a browser: a library may be missing there; what needs it says so and shows what was committed."""

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

from compendium import CompendiumError, paths
from compendium.texts import catalogue

NAME = "compendium_site"  # the folder, beside the packages, that holds the compendium
ABSENT, COPIES = "absent.json", "copies"
text = catalogue("compendium/show")


class Absent(CompendiumError):
    """A library that is missing was used."""


class Stub(ModuleType):
    """What stands for a missing library and all that is in it: it may be imported and named, not called."""

    __path__: Sequence[str] = ()

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
    """What a cell shows that cannot run: that a library is missing, or a name of a cell that lacked one."""

    def __init__(self, shell: InteractiveShell, copies: Path):
        self.copies, self.code, self.lacking = copies, "", ""
        shell.events.register("pre_run_cell", self.note)
        shell.set_custom_exc((Exception,), self.reply)

    def note(self, info: object) -> None:
        """Note which cell runs."""
        self.code = str(getattr(info, "raw_cell", "")).strip()

    def reply(
        self, shell: InteractiveShell, kind: type, error: BaseException, trace: TracebackType, tb_offset: object = None
    ) -> None:
        """Show one line and the committed outputs, or any other error as usual."""
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, Absent):
            cause = cause.__cause__ or cause.__context__
        self.lacking = str(cause) if cause else self.lacking
        if not cause and not (self.lacking and isinstance(error, NameError)):
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return
        language = os.environ.get(paths.LANGUAGE, "en")
        display(Markdown(text("browser-lacks", name=self.lacking).markdown[language]))
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
