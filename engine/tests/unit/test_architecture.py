"""The house: imports point one way, the engine knows nothing of the paper, no module is too long to read."""

import ast
import graphlib
import re
import statistics

import house
import own_words
import pytest
from house import ROOMS, imported, modules, trees

from compendium.base import cells, paths

OF_ALL = ("CompendiumError", "prepare", "python", "started", "trace")  # what the package itself gives
LONGEST, MEDIAN = 400, 150
# Where a process begins: only there the compendium is found, by the environment; all others are handed it.
EDGES = {"compendium.py", "testing/suite.py", "book/conf.py", "run/preload.py"}
EDGES |= {"notebook/fresh_kernel.py", "notebook/begin.py"}


def test_the_engine_imports_downwards_only():
    for file, tree in trees("compendium").items():
        room = file.with_suffix("").parts[1]
        allowed = ROOMS[: ROOMS.index(room) + 1]
        for name in imported(tree):
            package, module = name.split(".")[:2]
            assert package == "compendium", f"{file}: the engine imports {name}"
            assert module in (*allowed, *OF_ALL), f"{file}: {name} lies above {room}"


def test_a_compendium_is_found_at_the_edges_and_csv_is_read_in_one_place_for_our_files_and_in_one_for_others():
    every = trees("compendium", "study")
    nodes = [(file.relative_to("compendium") if file.parts[0] == "compendium" else file, node)
             for file, tree in every.items() for node in ast.walk(tree) if isinstance(node, ast.Call)]  # fmt: skip
    calls = [(file.as_posix(), ast.unparse(node.func)) for file, node in nodes]
    assert {file for file, name in calls if name in ("Compendium.find", "paths.find_root_and_output")} == EDGES
    assert not [file for file, tree in every.items() if "compendium.base.paths.find_root_and_output" in imported(tree)]
    found = {file for file, name in calls if name in ("csv.reader", "csv.DictReader", "pd.read_csv")}
    assert {file for file in found if "study/" not in file} == {"base/files.py", "data/parsing.py", "data/tables.py"}


def test_modules_do_not_import_each_other_in_a_circle():
    named = {".".join(file.with_suffix("").parts).removesuffix(".__init__"): tree
             for file, tree in trees("compendium", "study").items()}  # fmt: skip
    arrows = {}
    for name, tree in named.items():
        others = {part for whole in imported(tree) for part in (whole, whole.rpartition(".")[0])}
        arrows[name] = {other for other in others & set(named) if "." in other} - {name, name.rpartition(".")[0]}
    graphlib.TopologicalSorter(arrows).prepare()  # else a CycleError names them


def test_no_word_of_the_paper_stands_in_the_engine():
    """No table of its own, no claim id, no place; ids in examples of how a formula is written are allowed."""
    paper, claim = own_words.words(), re.compile(r"\bQ\d{2,3}\b")
    for file, text in modules("compendium").items():
        for number, line in enumerate(text.splitlines(), 1):
            assert not paper.search(line), f"{file}, line {number}: {line.strip()}"
            example = "items(" in line or "sorts before" in line
            assert example or not claim.search(line), f"{file}, line {number}: {line.strip()}"


@pytest.mark.parametrize("package", ["compendium", "study"])
def test_no_module_is_too_long(package):
    lengths = {file: text.count("\n") for file, text in modules(package).items()}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}
    assert statistics.median(length for file, length in lengths.items() if file.name != "__init__.py") <= MEDIAN


def test_every_sort_keeps_the_order_of_what_is_equal():
    """Else it differs with the processor: numpy sorts by other instructions where there is no AVX2."""
    every = [*trees("compendium", "study").items()]
    for file in [*paths.HOME.glob("notebooks/*.ipynb"), *paths.HOME.glob("engine/examples/*/notebooks/*.ipynb")]:
        every += [(f"{file.name}, cell {cell.id}", tree) for cell, tree in cells.parse_code(file)]
    for place, tree in every:
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            named = {word.arg: getattr(word.value, "value", "") for word in call.keywords}
            sorts = getattr(call.func, "attr", "") in ("sort_values", "argsort")
            assert not sorts or named.get("kind") == "stable", f"{place}: {ast.unparse(call)}"


def test_the_picture_of_the_house_is_up_to_date():
    said = house.PAGE.read_text("utf-8")
    assert said == house.renew(said), "Remedy: python engine/tests/house.py"
