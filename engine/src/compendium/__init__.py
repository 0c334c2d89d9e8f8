"""The engine of a compendium: tables, ledger, runs, what notebooks show, the book. It knows nothing of any paper."""

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compendium.notebook.begin import Notebook

_HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def prepare() -> None:
    """Prepare a process that a command or a notebook begins.

    Files beside this package, and where `python -m` was called, do not hide modules of others then: `json.py`, say. And
    jsonschema, which nbformat imports, does not compile the grammar of internationalised addresses: a second of
    computing for a format that no schema of a notebook asks for. Where the module is None, it does without.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    by_module = getattr(sys.modules["__main__"], "__spec__", None) is not None and not sys.flags.safe_path
    places = {_HOME, *(sys.path[:1] if by_module else ())}
    if behind := [folder for folder in sys.path if os.path.realpath(folder) in places]:
        sys.path[:] = [*(folder for folder in sys.path if folder not in behind), *behind]


def python(code: str) -> list[str]:
    """Return the command of another Python that runs `code` with this very package and without the folder at work."""
    first = f"import sys; sys.path[0] = {_HOME!r}; import compendium; compendium.prepare(); sys.path.remove({_HOME!r})"
    return [sys.executable, "-c", f"{first}; {code}"]


def started(module: str) -> list[str]:
    """Return how `python -m module` starts a program of others that gives its `main`, with the above in force."""
    return python(f"from {module} import main; sys.exit(main())")


class CompendiumError(Exception):
    """Something that a person has to put right, told in one line with the remedy, in a notebook too."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def begin(name: str, language: str = "") -> "Notebook":
    """Begin the notebook of this name, such as `02-growth`: what is returned carries all that a notebook uses.

    It shows one `language` only, if one is given.

    Raises:
        CompendiumError: there is no such notebook.
    """
    prepare()
    trace()
    if language:
        os.environ["COMPENDIUM_LANGUAGE"] = language
    from compendium.notebook.begin import begin_notebook  # only a notebook needs it

    return begin_notebook(name)


def trace() -> None:
    """Write down which files this process opens and puts in place, which hosts it contacts and which claims it shows.

    It does so if the runner asks, which sees from it what each cell shows and makes, and compares what was read with
    what notebooks/contents.toml declares.
    """
    place = os.environ.pop("COMPENDIUM_TRACE", "")  # once
    if not place:
        return
    notes = open(place, "a", encoding="utf-8")  # noqa: SIM115

    def note(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str) and "w" not in (arguments[1] or "w"):
            notes.write(f"read\t{os.path.abspath(arguments[0])}\n")
        elif event == "os.rename":
            notes.write(f"write\t{os.path.abspath(arguments[1])}\n")
        elif event == "compendium.shows":
            notes.write(f"shows\t{arguments[0]}\n")
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            notes.write(f"contacts\t{arguments[1][0]}\n")
        else:
            return
        notes.flush()

    sys.addaudithook(note)
