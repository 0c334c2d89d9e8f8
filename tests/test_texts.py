"""The texts of the notebooks against their code: every key is there and used, every placeholder is given its value."""

import ast
import html
import json
import re

import keyed
import pytest
from worlds import at

from compendium.base import paths
from compendium.base.cells import SOLUTION, list_wrong_answer_keys, read_notebook_cells
from compendium.base.distribution import TEMPLATE
from compendium.notebook import wording
from compendium.run.fingerprint import InputHashes

WIDTH = 100
OWN = ("figures", "sentences", "explorers")  # packages of the study whose modules use the texts of a notebook
ASKED = ("say", *(f"{owner}.{name}" for owner in ("notebook", "page") for name in ("say", "part", "label")))
FOLDERS = (paths.HOME / "notebooks", TEMPLATE / "example" / "notebooks")
NOTEBOOKS = [file for folder in FOLDERS for file in sorted(folder.glob("*.ipynb"))]


def of(file):
    """Return the compendium of a notebook."""
    return at(file.parents[1])


def sources(file):
    """Return the source of every code cell of a notebook by its id."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def modules(file):
    """Return the code of the modules of the study that draw and word a notebook."""
    c = of(file)
    places = [
        p for p in InputHashes(c).notebook_code(file) if p.parent.name in OWN and p.is_relative_to(c.root / "study")
    ]
    return {str(place): place.read_text(encoding="utf-8") for place in places}


def drawn(code):
    """Return as code what the calls of `draw` ask for: what a figure shows, and its heading, which `**` may name."""
    found = {}
    for place, source in code.items():
        for number, call in enumerate(keyed.calls(ast.parse(source), ("notebook.draw",))):
            key, given = ast.unparse(call.args[1]), {word.arg: ast.unparse(word.value) for word in call.keywords}
            heading = given.get("heading", repr(f"{ast.literal_eval(key)}-heading"))
            found[f"{place} draw {number}"] = f"say({key}, **values)\nsay({heading}, **values)"
            if None in given and "heading" not in given:
                found[f"{place} draw {number}"] += f"\nsay({given[None]}['heading'], **values)"
    return found


def replies(file):
    """Return by exercise, as code, the sentences that its self-check says of typical wrong answers."""
    found = {cell.id: SOLUTION.search(cell.source) for cell in read_notebook_cells(file) if cell.kind == "markdown"}
    keys = {exercise: list_wrong_answer_keys(exercise, solution[1]) for exercise, solution in found.items() if solution}
    return {exercise: "\n".join(f'say("{exercise}-{key}")' for key in keys[exercise]) for exercise in keys}


def wide(code):
    """Return the lines of code cells that are too long."""
    lines = ((cell, len(line)) for cell, source in code.items() for line in source.splitlines())
    return [f"{cell}: a line of {length} signs" for cell, length in lines if length > WIDTH]


def faults(code, texts):
    """Return what does not fit between the code of a notebook, by cell and module, and its texts."""
    keys = {key: keyed.wanted(pair["zh"]) for key, pair in texts.texts.items()}
    misfits, used = keyed.fit(code, keys, ASKED)
    return [*misfits, *(f"text {key} is used nowhere" for key in keys if key not in used)]


def unseen(file, headings):
    """Return the headings that no table in the outputs of a notebook has; of one that was not run, its code."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    shown = html.unescape("".join("".join(d.get(kind, "")) for d in data for kind in ("text/html", "text/markdown")))
    code = "\n".join(sources(file).values())
    return [
        name
        for name, pair in headings.items()
        if f"<th>{wording.render_bilingual_words(pair, ('zh', 'en'))}</th>" not in shown
        and not all(f"| {text} |" in shown for text in (pair["zh"], pair["en"]))
        and (data or not re.search(rf"\b{re.sub('_(zh|en)$', '', name)}\b", code))
    ]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_code_and_texts_of_a_notebook_fit(file):
    texts = wording.read_notebook_texts(of(file), file.stem)
    code, lines = sources(file) | modules(file), wide(sources(file))
    assert [*lines, *faults(code | drawn(code) | replies(file), texts)] == []
    assert unseen(file, texts.headings) == []


def test_every_file_of_texts_belongs_to_a_notebook():
    for folder in FOLDERS:
        assert sorted(f.stem for f in folder.glob("texts/*")) == sorted(f.stem for f in folder.glob("*.ipynb"))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_each_language_is_written_in_its_own_signs(file):
    texts = wording.read_notebook_texts(of(file), file.stem)
    for name, pair in (*texts.texts.items(), *texts.headings.items()):
        assert len(re.findall(r"[\u4e00-\u9fff]", pair["en"])) <= 0.25 * len(pair["en"]), name
