"""Which results of an earlier run would come out the same again."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compendium.base import paths
from compendium.base.files import fingerprint, fingerprint_json, read_checksummed_json, read_rows
from compendium.compendium import Compendium
from compendium.ledger import claims
from compendium.ledger.record import Ledger
from compendium.run import contents
from compendium.run.contents import DeclaredNotebook
from compendium.run.fingerprint import LAST, InputHashes
from compendium.run.notebookfile import list_authored_cells, read_notebook

NOTE = "run.json"  # beside the outputs of a run
DIFFERENCES = "differences.txt"
NOTES = (NOTE, LAST, DIFFERENCES)  # what is written once they are made
Seen = list[tuple[str, str, str]]  # (cell, kind, name) of what the cells of a notebook showed and made
LEDGER = [paths.processed_path(name, Path()).as_posix() for name in ("claims", claims.FROM, claims.SHOWN)]


@dataclass
class RunSummary:
    """What is noted of a run: what was asked and when it ended; by notebook what was seen of it, its files and its key;
    the SHA-256 of every file by path."""

    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    state: str = ""  # the hash of what the ledger was judged from
    inputs: dict[str, str] = field(default_factory=dict)  # the SHA-256 of what lay here, by path
    finished: str = ""
    complete: bool = False
    seen: dict[str, Seen] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


def read_run_summary(root: Path, check_all_files: bool = False) -> RunSummary:
    """Return the summary of the run below `root`; an empty one if its ledger or, with `check_all_files`, any file of it
    is not as it was made, or lies there without having been."""
    found, there = read_checksummed_json(root / NOTE, RunSummary) or RunSummary(), hash_run_files(root)
    asked = found.made | there if check_all_files else LEDGER
    return found if all(there.get(name) == found.made.get(name) for name in asked) else RunSummary()


def hash_run_files(root: Path) -> dict[str, str]:
    """Return the SHA-256 of the files that a run made below `root`, by path."""
    files = {p.relative_to(root).as_posix(): p for p in sorted(root.rglob("*")) if p.is_file()}
    return {name: fingerprint(path.read_bytes()) for name, path in files.items() if name not in NOTES}


def list_notebook_figures(notebook: str, root: Path) -> list[Path]:
    """Return the files of the figures that the run below `root` saw a notebook make."""
    return sorted(f for name in list_made_names(notebook, "figure", root) for f in root.glob(f"figures/*/{name}.*"))


def list_made_names(notebook: str, kind: str, root: Path) -> list[str]:
    """Return the names of the tables, or figures, that the run below `root` saw a notebook make."""
    seen = read_rows(paths.processed_path(claims.SHOWN, root), "notebook", True)
    return [row["name"] for row in seen if (row["notebook"], row["kind"]) == (notebook, kind)]


def hash_notebook_outputs(notebook: str, root: Path) -> dict[str, str]:
    """Return the SHA-256 of the files that a notebook has made below `root`, by path, as its cells were seen to."""
    made = [root / "notebooks" / f"{notebook}.ipynb", root / f"{notebook}.log", *list_notebook_figures(notebook, root)]
    made += [paths.processed_path(name, root) for name in list_made_names(notebook, "table", root)]
    return {p.relative_to(root).as_posix(): fingerprint(p.read_bytes()) for p in sorted(made) if p.is_file()}


class NotebookCacheKeys:
    """Keys of the results of notebooks: two results with the same key are the same.

    A key is a hash of what the notebook's author wrote, of its choices, files and language, of the ledger, and for the
    one that reads what the others make of their keys, or of their committed outputs where these are read instead. The
    results of the run below `root`, summed up as `before`, may be kept; `notebooks` are selected to run.
    """

    def __init__(
        self,
        c: Compendium,
        root: Path,
        notebooks: Sequence[DeclaredNotebook],
        chosen: dict[str, dict[str, object]],
        ledger: Ledger,
        before: RunSummary,
    ):
        self.c, self.root, self.names, self.chosen, self.before = c, root, {n.name for n in notebooks}, chosen, before
        self.memory, self.catalogue = InputHashes(c), contents.list_declared_notebooks(c)
        self.ledger = [one.cells(c.languages) for one in ledger.values()]
        self.known: dict[str, str] = {}
        for notebook in notebooks:
            self.key(notebook.name)

    def key(self, name: str) -> str:
        """Return the key of a notebook, from the files as they were when this was first asked."""
        if name not in self.known:
            notebook = self.catalogue[name]
            parts = [sys.version, self.c.language, self.ledger, self.chosen.get(name, {}), sorted(notebook.reads)]
            parts += [
                list_authored_cells(read_notebook(notebook.path)),
                self.memory.notebook(notebook.path, notebook.reads),
            ]
            for other in sorted(set(self.catalogue) - {name}) if notebook.last else ():
                there = other in self.names or self.current(other)
                parts.append(self.key(other) if there else hash_notebook_outputs(other, self.c.root))
            self.known[name] = fingerprint_json(parts)
        return self.known[name]

    def current(self, name: str) -> bool:
        """Tell whether the result of a notebook from before is there, untouched, and would come out the same again."""
        if name not in self.catalogue or self.before.keys.get(name) != self.key(name):
            return False
        return self.before.files.get(name) == hash_notebook_outputs(name, self.root)
