"""The notebooks as declared in notebooks/contents.toml, and their parameters."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from compendium.base import cells, paths, toml
from compendium.base.texts import TomlTranslations, TranslatedText, make_translated_text
from compendium.compendium import Compendium
from compendium.data import datapackage
from compendium.run import RunError

COMMON = {  # the tables of the ledger, which every notebook may read
    *datapackage.OPTIONAL,
    *datapackage.DISPENSABLE,
    *("origins", "source_origins", "sources"),
}
OTHERS = "processed-*"


class NotebookEntry(TomlTranslations):
    """One table of notebooks/contents.toml."""

    section: str
    reads: list[str]


ENTRIES = TypeAdapter(dict[str, NotebookEntry])


@dataclass(frozen=True)
class DeclaredNotebook:
    """A declared notebook: its name, the section of the paper, what it answers, the tables it reads.

    `last` tells that it also reads what the other notebooks make, `path` where the committed notebook is.
    """

    name: str
    section: str
    answers: TranslatedText
    reads: frozenset[str]
    last: bool
    path: Path


def list_declared_notebooks(c: Compendium) -> dict[str, DeclaredNotebook]:
    """Return the declared notebooks by name, in order; a RunError says that two of them read what the others make.

    In `reads`, `processed-*` stands for everything that the other notebooks make, and `raw-*` for every raw table but
    those of the ledger, which all may read.
    """
    file, found = c.notebooks / "contents.toml", {}
    for name, row in toml.read_file(file, ENTRIES, c.languages).items():
        reads = set(row.reads) - {OTHERS}
        if "raw-*" in reads:
            reads = reads.union(c.tables.resources) - COMMON - {"raw-*"}
        path, all_read = c.notebooks / f"{name}.ipynb", OTHERS in row.reads
        found[name] = DeclaredNotebook(
            name, row.section, make_translated_text(row.words), frozenset(reads), all_read, path
        )
    if len(last := [name for name, notebook in found.items() if notebook.last]) > 1:
        raise RunError(
            f"{paths.format_path(file)}: {' and '.join(last)} wait for each other. Remedy: let one read {OTHERS!r}"
        )
    return found


def render_answers(c: Compendium, notebook: DeclaredNotebook, language: str) -> str:
    """Return what a notebook answers; the id of a claim in braces becomes the number that the paper prints for it."""
    return notebook.answers[language].format_map(c.tables("claims").set_index("claim_id")["value_text"])


def select_notebooks(c: Compendium, names: Sequence[str] = ()) -> list[DeclaredNotebook]:
    """Return the notebooks with these names, or all; a number such as 02 is enough. What is not there is a RunError."""
    chosen: list[DeclaredNotebook] = []
    known = list_declared_notebooks(c)
    for wanted in names or known:
        stem = Path(wanted).stem
        hits = [n for name, n in known.items() if name == stem or name.startswith(f"{stem}-")]
        if len(hits) != 1:
            raise RunError(f"no notebook is called {wanted!r}; the names are {', '.join(known)}")
        chosen += [n for n in hits if n not in chosen]
    for notebook in chosen:
        if not notebook.path.is_file():
            raise RunError(
                f"{paths.format_path(notebook.path)} is missing. Remedy: {paths.suggest_restore(notebook.path)}"
            )
    return chosen


def read_notebook_parameters(notebook: DeclaredNotebook) -> dict[str, object]:
    """Return the parameters of a notebook with their defaults, from the cell tagged `parameters`."""
    from compendium.run.notebookfile import read_notebook  # it takes nbformat, which a kernel in a browser lacks

    code, place = (
        [c for c in read_notebook(notebook.path).cells if c.cell_type == "code"],
        paths.format_path(notebook.path),
    )
    tagged = [c for c in code if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        remedy = "Remedy: tag the one that sets the parameters, and no other"
        raise RunError(f"{place}: {len(tagged)} code cells are tagged 'parameters'. {remedy}")
    try:
        lines = ast.parse(tagged[0].source).body
        checks = [one for one in lines if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]  # of choices
        return dict(parse_assignment(line) for line in lines if line not in checks)
    except (SyntaxError, ValueError) as error:
        remedy = "Remedy: write each parameter as name = number, text, True or False"
        raise RunError(f"{place}, cell {tagged[0].id}: {str(error).splitlines()[0]}. {remedy}") from None


def parse_assignment(line: ast.stmt) -> tuple[str, object]:
    """Return the one name that an assignment sets, and its value; a ValueError says that it does not."""
    if not isinstance(line, ast.Assign):
        raise ValueError(f"{ast.unparse(line)} does not set a parameter")
    if len(line.targets) != 1 or not isinstance(line.targets[0], ast.Name):
        raise ValueError(f"{', '.join(map(ast.unparse, line.targets))} is no single name")
    return line.targets[0].id, ast.literal_eval(line.value)


def choose_parameters(notebooks: Sequence[DeclaredNotebook], given: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return, by notebook, the given parameters that differ from its defaults, in the type of the default; a RunError
    says that no selected notebook has such a parameter, it has another type, or a self-check has no solution."""
    known = {n.name: read_notebook_parameters(n) for n in notebooks}
    if fault := next((line for n in notebooks for line in cells.list_self_check_faults(n.path)), ""):
        raise RunError(fault)
    every = sorted(set().union(*known.values()))
    if unknown := [name for name in given if name not in every]:
        raise RunError(f"no selected notebook has a parameter {unknown[0]!r}; there are {', '.join(every)}")
    return convert_choices_to_types(known, given)


def convert_choices_to_types(
    known: Mapping[str, Mapping[str, object]], given: Mapping[str, object]
) -> dict[str, dict[str, object]]:
    """Return by notebook or claim the given choices that it takes, if they differ from the defaults, in their type."""
    found = {}
    for item, defaults in known.items():
        values = {
            name: convert_text_to_type(name, str(text), defaults[name])
            for name, text in given.items()
            if name in defaults
        }
        found[item] = {name: value for name, value in values.items() if value != defaults[name]}
    return found


def convert_text_to_type(name: str, text: str, default: object) -> object:
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
