"""The texts of the notebooks against their code: every key is there and used, every placeholder is given its value."""

import ast
import html
import json
import re
import tomllib

import keyed
import pytest
from worlds import at

from compendium import paths
from compendium.cells import SOLUTION, read, wrong
from compendium.engine import TEMPLATE
from compendium.run.memory import Memory
from compendium.show import figures, wording
from compendium.texts import Entry

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
    places = [p for p in Memory(c).notebook_code(file) if p.parent.name in OWN and p.is_relative_to(c.root / "study")]
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
    found = {cell.id: SOLUTION.search(cell.source) for cell in read(file) if cell.kind == "markdown"}
    keys = {exercise: wrong(exercise, solution[1]) for exercise, solution in found.items() if solution}
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
        if f"<th>{wording.show_words(pair, ('zh', 'en'))}</th>" not in shown
        and not all(f"| {text} |" in shown for text in (pair["zh"], pair["en"]))
        and (data or not re.search(rf"\b{re.sub('_(zh|en)$', '', name)}\b", code))
    ]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_code_and_texts_of_a_notebook_fit(file):
    texts = wording.read(of(file), file.stem)
    code, lines = sources(file) | modules(file), wide(sources(file))
    assert [*lines, *faults(code | drawn(code) | replies(file), texts)] == []
    assert unseen(file, texts.headings) == []


def test_every_file_of_texts_belongs_to_a_notebook():
    for folder in FOLDERS:
        assert sorted(f.stem for f in folder.glob("texts/*")) == sorted(f.stem for f in folder.glob("*.ipynb"))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_each_language_is_written_in_its_own_signs(file):
    texts = wording.read(of(file), file.stem)
    for name, pair in (*texts.texts.items(), *texts.headings.items()):
        assert len(re.findall(r"[\u4e00-\u9fff]", pair["en"])) <= 0.25 * len(pair["en"]), name


CODE = """
notebook.say("one", n=1)
page.label(f"two-{kind}")
key = "three"
notebook.label(key, **values)
notebook.part("four" if n else "five")
"""
KEYS = {"one": "{n.size:.0f}", "two-a": "", "two-b": "", "three": "{x}", "four": "", "five": ""}


def made(keys):
    return wording.Texts(texts={key: Entry(zh=text, en=text) for key, text in keys.items()})


@pytest.mark.parametrize(
    ("code", "keys", "fault"),
    [
        ((), {}, ""),
        (("n=1", "m=1"), {}, "cell: no text one takes ['m'], there is {'one': {'n'}}"),
        ((), {"one": "none"}, "cell: no text one takes ['n'], there is {'one': set()}"),
        (('"one"', '"once"'), {}, "cell: no text once takes ['n'], there is {}"),
        (('"five"', '"six"'), {}, "cell: no text six takes [], there is {}"),
        (("two-{", "too-{"), {}, "cell: no text too\\-[A-Za-z0-9_-]+ takes [], there is {}"),
        ((), {"two-b": "{x}"}, "text two-b is used nowhere"),
        (("page", 'kind = "a" if n else "c"\npage'), {}, "cell: no text two\\-c takes [], there is {}"),
        (("page", 'kind = "a" if n else "b"\npage'), {}, ""),
        ((), {"seven": ""}, "text seven is used nowhere"),
        (('key = "three"', 'key = "thr" + "ee"'), {}, "text three is used nowhere"),
        (("notebook.say(", f"n = {'1' * 97}\nnotebook.say("), {}, "cell: a line of 101 signs"),
    ],
)
def test_what_does_not_fit_is_told(code, keys, fault):
    changed = CODE.replace(*code) if code else CODE
    assert (changed != CODE) == bool(code)
    found = [*wide({"cell": changed}), *faults({"cell": changed}, made(KEYS | keys))]
    assert bool(found) == bool(fault) and (not fault or fault in found)


def test_titles_of_figures_in_chinese_break_at_phrases():
    """A phrase longer than half a line is broken anywhere; \\u200b in the text says where it may be."""
    half = 0.97 * figures.WIDTH * 72 / figures.HEADING / 2
    for file in sorted(paths.HOME.glob("notebooks/texts/*.toml")):
        for key, said in tomllib.loads(file.read_text(encoding="utf-8")).get("texts", {}).items():
            if key.endswith("-heading"):
                whole = re.sub(r"\{[^{}]*\}", "00", said["zh"])
                long = [phrase for phrase in figures.PHRASE.findall(whole) if figures.measure(phrase) > half]
                assert long == [], f"{file.name}, {key}"
