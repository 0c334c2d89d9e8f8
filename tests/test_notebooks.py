"""Contracts of the committed notebooks: run in order, two languages, small cells, no typed results, nothing unsafe."""

import ast
import re
import statistics
from itertools import pairwise

import nbformat
import pytest

from compendium import paths, running, tables

NAMES = list(running.contents())
SOLUTION = re.compile(r"<details>\s*<summary>.*?</summary>.*?```python\n(.*?)```.*?</details>", re.S)
# A digit in a text cell must belong to a year, a section, a figure, a notebook, a claim, a formula or a name in code.
ALLOWED = re.compile(
    "|".join(
        (
            r"\$[^$]*\$",
            r"```.*?```",
            r"`[^`]*`",
            r"\]\([^)]*\)",
            r"\bQ\d+(?:[–-]Q?\d+)?",
            r"(?:19|20)\d\d(?:[–-](?:19|20)?\d\d)?",
            r"(?<![\d.])\d\.\d(?:\.\d)?(?![\d.])",
            r"(?:第|图|Figure |Fig\. |[Ss]ection |[Nn]otebooks? |笔记本 ?)\d+(?:\.\d)?",
            r"\b\d\d-[a-z][a-z-]+",
            r"\b[A-Z]{1,4}/?[A-Z]?-? ?\d[\d.]*(?:-\d+)?[a-d]?",
            r"5G|工业4\.0|Industry 4\.0",
        )
    ),
    re.S,
)


def load(name):
    return nbformat.read(running.contents()[name].path, as_version=4)


def cells(name, kind):
    return [c for c in load(name).cells if c.cell_type == kind]


def halves(source):
    """Return the Chinese and the English part of a text cell."""
    parts = re.fullmatch(r"\s*<!-- zh -->(.*)<!-- en -->(.*)", source, re.S)
    assert parts, f"not '<!-- zh --> … <!-- en --> …': {source[:60]!r}"
    return parts[1].strip(), parts[2].strip()


def test_every_notebook_file_is_declared():
    assert sorted(p.stem for p in paths.NOTEBOOKS.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_gate(name):
    assert running.gate(running.contents()[name].path) == []


@pytest.mark.parametrize("name", NAMES)
def test_text_cells_hold_both_languages_alike(name):
    for cell in cells(name, "markdown"):
        zh, en = halves(cell.source)
        assert re.search(r"[\u4e00-\u9fff]", zh) and re.search(r"[A-Za-z]{3}", en), cell.id
        plain = SOLUTION.sub("", en)
        assert len(re.findall(r"[\u4e00-\u9fff]", plain)) < 0.25 * len(plain), f"{cell.id}: Chinese in the English part"
        assert re.findall(r"^#+ ", zh, re.M) == re.findall(r"^#+ ", en, re.M), f"{cell.id}: headings differ"
        assert sorted(re.findall(r"\]\(([^)]*)\)", zh)) == sorted(re.findall(r"\]\(([^)]*)\)", en)), (
            f"{cell.id}: links differ"
        )
        assert sorted(set(re.findall(r"\d+", zh))) == sorted(set(re.findall(r"\d+", plain))), (
            f"{cell.id}: numbers differ"
        )


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_typed_in_text(name):
    for cell in cells(name, "markdown"):
        left = re.findall(r".{0,15}\d.{0,10}", ALLOWED.sub("", SOLUTION.sub("", cell.source)))
        assert not left, f"{cell.id}: typed number near {left}"


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_small_and_explained(name):
    sizes = [len([line for line in c.source.splitlines() if line.strip()]) for c in cells(name, "code")]
    assert statistics.median(sizes) <= 6
    assert max(sizes) <= 25
    both = [(a.cell_type, b.cell_type, b.id) for a, b in pairwise(load(name).cells)]
    assert [cell for first, second, cell in both if first == second == "code"] == [], "code without a text before it"
    for cell in cells(name, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno <= 6, f"{cell.id}: long function {node.name}"


@pytest.mark.parametrize("name", NAMES)
def test_frame_of_a_notebook(name):
    notebook = load(name)
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].id == "box"
    assert "language" in running.parameters(running.contents()[name])
    assert notebook.cells[-1].source.strip() == "reporting.versions()"
    code = cells(name, "code")
    assert not any(c.source == d.source for c, d in pairwise(code)), "the same cell twice"


@pytest.mark.parametrize("name", NAMES)
def test_headings_descend_in_order(name):
    levels = [len(m) for c in cells(name, "markdown") for m in re.findall(r"^(#+) ", halves(c.source)[1], re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_safe_and_free_of_the_machine(name):
    unsafe = tables.raw("sources").query("host_trust == 'unsafe'")["url"]
    hosts = [re.sub(r"^hxxps?://", "", u).split("/")[0].replace("[.]", ".") for u in unsafe]
    for cell in cells(name, "code"):
        text = running.outputs(cell)
        assert not re.search(r"<script|javascript:|<iframe|\bon(?:load|error|click)=", text, re.I), cell.id
        assert not re.search(r"0x[0-9a-f]{8,}|/home/|/root/|/tmp/|C:\\\\Users", text), (
            f"{cell.id}: an address or a path"
        )
        assert not any(re.search(rf"https?://[^\s\"]*{re.escape(h)}", text) for h in hosts), f"{cell.id}: unsafe link"


@pytest.mark.parametrize("name", NAMES)
def test_exercises_are_solved(name):
    exercises = [c for c in cells(name, "markdown") if "exercise" in c.metadata.get("tags", [])]
    assert len(exercises) >= 2
    solutions = [match[1] for c in exercises for match in SOLUTION.finditer(c.source)]
    assert len(solutions) >= len(exercises), "an exercise without a solution"
    namespace: dict = {}
    for cell in cells(name, "code"):
        exec(compile(cell.source, f"{name}:{cell.id}", "exec"), namespace)
    for solution in dict.fromkeys(solutions):
        assert "assert " in solution
        exec(compile(solution, f"{name}:solution", "exec"), namespace)
