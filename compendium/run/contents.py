"""The notebooks as declared in notebooks/contents.toml, and their parameters."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from compendium import cells, paths, toml
from compendium.data import datapackage
from compendium.run import RunError
from compendium.run.notebookfile import read
from compendium.texts import Spoken, Text, given

COMMON = {  # the tables of the ledger, which every notebook may read
    *datapackage.OPTIONAL,
    *datapackage.DISPENSABLE,
    *("origins", "source_origins", "sources"),
}
OTHERS = "processed-*"


class NotebookEntry(Spoken):
    """One table of notebooks/contents.toml."""

    section: str
    reads: list[str]


ENTRIES = TypeAdapter(dict[str, NotebookEntry])


@dataclass(frozen=True)
class Notebook:
    """A declared notebook: its name, the section of the paper, what it answers, the tables it reads.

    `last` tells that it also reads what the other notebooks make.
    """

    name: str
    section: str
    answers: Text
    reads: frozenset[str]
    last: bool

    @property
    def path(self) -> Path:
        """Where the committed notebook is."""
        return paths.project().notebooks / f"{self.name}.ipynb"


def catalogue() -> dict[str, Notebook]:
    """Return the declared notebooks by name, in order.

    In `reads`, `processed-*` stands for everything that the other notebooks make, and `raw-*` for every raw table but
    those of the ledger, which all may read.

    Raises:
        RunError: the file is no TOML, has a key that it must not have, or two notebooks read what the others make.
    """
    return _catalogue(paths.project().notebooks / "contents.toml")


@cache
def _catalogue(file: Path) -> dict[str, Notebook]:
    found = {}
    for name, row in toml.whole(file, ENTRIES).items():
        reads = set(row.reads) - {OTHERS}
        if "raw-*" in reads:
            reads = reads.union(datapackage.names()) - COMMON - {"raw-*"}
        found[name] = Notebook(name, row.section, given(row.words), frozenset(reads), OTHERS in row.reads)
    if len(last := [name for name, notebook in found.items() if notebook.last]) > 1:
        raise RunError(
            f"{paths.shown(file)}: {' and '.join(last)} wait for each other. Remedy: let one notebook read {OTHERS!r}"
        )
    return found


def select(names: Sequence[str]) -> list[Notebook]:
    """Return the notebooks with these names, or all; a number such as 02 is enough.

    Raises:
        RunError: no or several notebooks have such a name, or a file is missing.
    """
    chosen = []
    for wanted in names or catalogue():
        stem = Path(wanted).stem
        hits = [n for name, n in catalogue().items() if name == stem or name.startswith(f"{stem}-")]
        if len(hits) != 1:
            raise RunError(f"no notebook is called {wanted!r}; the names are {', '.join(catalogue())}")
        chosen += [n for n in hits if n not in chosen]
    for notebook in chosen:
        if not notebook.path.is_file():
            raise RunError(f"{paths.shown(notebook.path)} is missing. Remedy: {paths.restore(notebook.path)}")
    return chosen


def dependencies(notebooks: Sequence[Notebook]) -> dict[str, set[str]]:
    """Return for each notebook the selected ones it must wait for: all others, if it reads what they make."""
    return {n.name: {m.name for m in notebooks if m is not n} if n.last else set() for n in notebooks}


def parameters(notebook: Notebook) -> dict[str, object]:
    """Return the parameters of a notebook with their defaults, from the cell tagged `parameters`."""
    code = [c for c in read(notebook.path).cells if c.cell_type == "code"]
    tagged = [c for c in code if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise RunError(
            f"{paths.shown(notebook.path)}: {len(tagged)} code cells are tagged 'parameters'. Remedy: tag the one that "
            "sets the parameters, and no other"
        )
    try:
        return dict(map(assigned, ast.parse(tagged[0].source).body))
    except (SyntaxError, ValueError) as error:
        raise RunError(
            f"{paths.shown(notebook.path)}, cell {tagged[0].id}: {str(error).splitlines()[0]}. "
            "Remedy: write each parameter as name = number, text, True or False"
        ) from None


def assigned(line: ast.stmt) -> tuple[str, object]:
    """Return the one name that an assignment sets, and its value.

    Raises:
        ValueError: it sets several, or something that is no name, or the line is no plain assignment.
    """
    if not isinstance(line, ast.Assign):
        raise ValueError(f"{ast.unparse(line)} does not set a parameter")
    if len(line.targets) != 1 or not isinstance(line.targets[0], ast.Name):
        raise ValueError(f"{', '.join(map(ast.unparse, line.targets))} is no single name")
    return line.targets[0].id, ast.literal_eval(line.value)


def chosen(notebooks: Sequence[Notebook], given: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return, by notebook, the given parameters that differ from its defaults, in the type of the default.

    Raises:
        RunError: no selected notebook has such a parameter, or the value has the wrong type, or a self-check of a
            notebook has no solution.
    """
    known = {n.name: parameters(n) for n in notebooks}
    if fault := next((line for n in notebooks for line in cells.unsolved(n.path)), ""):
        raise RunError(fault)
    for name in given:
        if not any(name in defaults for defaults in known.values()):
            every = sorted({p for defaults in known.values() for p in defaults})
            raise RunError(f"no selected notebook has a parameter {name!r}; there are {', '.join(every)}")
    chosen: dict[str, dict[str, object]] = {n.name: {} for n in notebooks}
    for notebook, defaults in known.items():
        for name, text in given.items():
            if name in defaults and (value := typed(name, text, defaults[name])) != defaults[name]:
                chosen[notebook][name] = value
    return chosen


def typed(name: str, text: str, default: object) -> object:
    """Return `text` in the type of `default`."""
    if isinstance(default, str):
        return text
    try:
        kind: Callable[[str], object] = type(default)  # a number
        return {"true": True, "false": False}[text.lower()] if isinstance(default, bool) else kind(text)
    except (ValueError, KeyError, TypeError):
        raise RunError(
            f"parameter {name}: {text!r} is not of type {type(default).__name__}, as its default {default!r} is"
        ) from None
