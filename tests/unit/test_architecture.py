"""The house: imports point one way, the engine knows nothing of the paper, no module is too long to read."""

import ast
import json
import re
import statistics

import own_words
import pytest

from compendium import paths

# From bottom to top: each may import what stands before it.
LAYERS = (
    "forkserver",
    "engine",
    "values",
    "escape",
    "paths",
    "files",
    "toml",
    "declaration",
    "languages",
    "vocabulary",
    "texts",
    "cells",
    "html",
    "data",
    "compendium",
    "ledger",
    "run",
    "show",
    "pages",
    "ownpaper",
    "adding",
    "forms",
    "book",
)
TOP = ("example", "new", "upgrade", "proof", "__init__", "__main__")
LONGEST, MEDIAN = 400, 150
# Where a process begins: only there the compendium is found, by the environment; all others are handed it.
EDGES = {"compendium.py", "proof.py", "book/conf.py", "run/asking.py", "run/preloading.py", "show/notebook.py"}


def modules(package):
    folder = (paths.CODE if package == "compendium" else paths.HOME) / package
    return [file for file in sorted(folder.glob("**/*.py")) if file.relative_to(folder).parts[0] != "template"]


def imported(file):
    """Return the modules of this project that a file imports, as dotted names."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.startswith(("compendium.", "study."))]


@pytest.mark.parametrize("file", modules("compendium"), ids=lambda file: file.relative_to(paths.HOME).as_posix())
def test_the_engine_imports_downwards_only(file):
    layer = file.relative_to(paths.CODE / "compendium").with_suffix("").parts[0]
    allowed = (*LAYERS, *TOP) if layer in TOP else LAYERS[: LAYERS.index(layer) + 1] if layer in LAYERS else ()
    for name in imported(file):
        parts = name.split(".")
        assert parts[0] == "compendium", f"{file}: the engine imports {name}"
        assert parts[1] in allowed or parts[1] in ("CompendiumError", "prepare", "python", "started", "trace"), (
            f"{file}: {name} lies above {layer}"
        )


def test_a_compendium_is_found_at_the_edges_and_handed_on():
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for p in ("compendium", "study") for file in modules(p)}
    calls = {
        file: [ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)] for file, tree in trees.items()
    }
    finding = [file for file, called in calls.items() if {"Compendium.find", "paths.find"} & {*called}]
    assert {file.relative_to(paths.CODE / "compendium").as_posix() for file in finding} == EDGES
    assert not [file for file in trees if "compendium.paths.find" in imported(file)]


def test_modules_do_not_import_each_other_in_a_circle():
    known = {
        ".".join(f.relative_to(paths.HOME).with_suffix("").parts): f
        for p in ("compendium", "study")
        for f in modules(p)
    }
    names = {name.removesuffix(".__init__"): file for name, file in known.items()}
    arrows = {
        name: {t for i in imported(file) for t in (i, i.rpartition(".")[0]) if t in names and t != name and "." in t}
        for name, file in names.items()
    }
    done, path = set(), []

    def visit(name):
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            path.append(name)
            for other in arrows[name] - {name.rpartition(".")[0]}:
                visit(other)
            done.add(path.pop())

    for name in names:
        visit(name)


def test_no_word_of_the_paper_stands_in_the_engine():
    """No table of its own, no claim id, no place; ids in examples of how a formula is written are allowed."""
    paper, claim = own_words.words(), re.compile(r"\bQ\d{2,3}\b")
    for file in modules("compendium"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            place = f"{file.relative_to(paths.HOME)}, line {number}: {line.strip()}"
            assert not paper.search(line), place
            assert not claim.search(line) or "items(" in line or "sorts before" in line, place


@pytest.mark.parametrize("package", ["compendium", "study"])
def test_no_module_is_too_long(package):
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in modules(package)}
    assert not [f"{file}: {length}" for file, length in lengths.items() if length > LONGEST]
    assert statistics.median(length for file, length in lengths.items() if file.name != "__init__.py") <= MEDIAN


def sources():
    """Return by place each module and code cell that may sort what reaches a file."""
    found = {
        file.relative_to(paths.HOME): file.read_text(encoding="utf-8")
        for p in ("compendium", "study")
        for file in modules(p)
    }
    for file in [*paths.HOME.glob("notebooks/*.ipynb"), *paths.HOME.glob("engine/examples/*/notebooks/*.ipynb")]:
        code = [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        found |= {f"{file.name}, cell {cell['id']}": "".join(cell["source"]) for cell in code}
    return found


def test_every_sort_keeps_the_order_of_what_is_equal():
    """Else it differs with the processor: numpy sorts by other instructions where there is no AVX2."""
    unstable = []
    for place, text in sources().items():
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        for call in calls:
            named = {word.arg: getattr(word.value, "value", "") for word in call.keywords}
            if getattr(call.func, "attr", "") in ("sort_values", "argsort") and named.get("kind") != "stable":
                unstable.append(f"{place}: {ast.unparse(call)}")
    assert unstable == []
