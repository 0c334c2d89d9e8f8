"""A kernel before its first cell: what lacks the cells above, or a library, says so in a line, by no traceback.

In a browser such a cell shows again what it showed, and a cell that needs its names lacks the library too.
"""

import json
import sys
from types import ModuleType, TracebackType

from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from compendium.base.texts import catalogue
from compendium.compendium import Compendium
from compendium.notebook.wording import render_bilingual_markdown

text = catalogue("compendium/show")
SHOWN = "shown"  # the folder of a compendium in a browser with what its notebooks showed, by language
LOST = dict[str, str]()  # libraries that are missing, and names that cells did not come to define for want of which


class MissingLibraryStub(ModuleType):
    """What stands for a library that a browser lacks, and for all that is in it: it may be named, not called."""

    def __getattr__(self, name: str) -> "MissingLibraryStub":
        if name.startswith("__"):
            raise AttributeError(name)
        return MissingLibraryStub(f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> None:
        """Raise that the library is missing."""
        raise ModuleNotFoundError(name=self.__name__)


def show_missing_library_error(
    shell: InteractiveShell, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> None:
    """Show the line if a library is missing or the notebook has not begun; else the name is told as usual."""
    c, name, notebook = Compendium.find(), str(getattr(error, "name", "")), shell.user_ns.get("notebook")
    library = name.partition(".")[0] if isinstance(error, ImportError) else LOST.get(name)
    if not library and notebook:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return
    source, outputs = shell.user_ns["In"][-1].strip(), list[dict]()
    shown = c.root / SHOWN / c.language / f"{getattr(notebook, 'name', '')}.ipynb"
    if library and shown.is_file():
        LOST.update(dict.fromkeys(compile(source, "", "exec").co_names, library))
        whole = json.loads(shown.read_text(encoding="utf-8"))["cells"]
        outputs = next((cell["outputs"] for cell in whole if cell["source"] == source), [])
    said = text("lacks-shown" if outputs else "lacks", name=library) if library else text("run-first")
    display(render_bilingual_markdown(said, c.shown))
    for output in outputs:
        display(output["data"], raw=True)


def prepare_kernel(*absent: str) -> None:
    """Prepare a kernel that lacks these libraries; there is nothing to prepare in a Python without cells."""
    if shell := get_ipython():
        LOST.update(zip(absent, absent, strict=True))
        sys.modules.update({name: MissingLibraryStub(name) for name in absent})
        shell.set_custom_exc((NameError, ModuleNotFoundError), show_missing_library_error)
