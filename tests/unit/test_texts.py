"""The texts of the notebooks against their code: every key is there and used, every placeholder is given its value."""

import ast
import html
import itertools
import json
import re
from collections import Counter

import pytest

from compendium import paths
from compendium.new import TEMPLATE
from compendium.show import wording
from compendium.texts import Entry, placeholders

WIDTH = 100
ASKED = ("say", "part", "label")
FOLDERS = (paths.HOME / "notebooks", TEMPLATE / "notebooks")
NOTEBOOKS = [file for folder in FOLDERS for file in sorted(folder.glob("*.ipynb"))]


def sources(file):
    """Return the source of every code cell of a notebook by its id."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def calls(tree):
    """Yield every call that asks for a text: `say(…)`, `part(…)`, `label(…)`, `page.label(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (*ASKED, "page.label"):
            yield node


def chosen(tree):
    """Return the names that a notebook sets to one text or another, on a condition, and never otherwise, with these."""
    found, bound = {}, Counter(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp):
            texts = [part.value for part in (node.value.body, node.value.orelse) if isinstance(part, ast.Constant)]
            for target in node.targets if len(texts) == 2 else ():
                found.setdefault(ast.unparse(target), []).append(texts)
    whole = {name: texts for name, texts in found.items() if len(texts) == bound[name]}
    return {name: [text for pair in texts for text in pair] for name, texts in whole.items()}


def patterns(node, names):
    """Yield a regular expression for each key that the first argument of a call may be.

    A name may be any text, but for `names`, each of whose texts has a key.
    """
    if isinstance(node, ast.Constant):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        options = [
            [re.escape(part.value)]
            if isinstance(part, ast.Constant)
            else [re.escape(str(text)) for text in names.get(ast.unparse(part.value), ())] or ["[a-z0-9_-]+"]
            for part in node.values
        ]
        yield from map("".join, itertools.product(*options))
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body, names)
        yield from patterns(node.orelse, names)


def wanted(pair):
    """Return the names of the values that a text takes."""
    return {re.split(r"[.\[]", name)[0] for name in placeholders(pair.zh)}


def faults(code, texts):
    """Return what does not fit between the code cells of a notebook, by id, and its texts."""
    found, used, names = [], set(), chosen(ast.parse("\n".join(code.values())))
    for cell, source in code.items():
        found += [f"{cell}: a line of {len(line)} signs" for line in source.splitlines() if len(line) > WIDTH]
        tree = ast.parse(source)
        for call in calls(tree):
            given = {keyword.arg for keyword in call.keywords}
            for pattern in patterns(call.args[0], names):
                named = {key: wanted(pair) for key, pair in texts.texts.items() if re.fullmatch(pattern, key)}
                # what **values holds is known when it runs only
                fitting = [key for key, names in named.items() if None in given or names == given]
                found += [] if fitting else [f"{cell}: no text {pattern} takes {sorted(given)}, there is {named}"]
                used |= set(fitting)
        # a key may stand in a name first
        used |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value in texts.texts}
    found += [f"text {key} is used nowhere" for key in texts.texts if key not in used]
    return found


def unseen(file, headings):
    """Return the headings that no table in the outputs of a notebook has; of one that was not run, its code."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    shown = html.unescape("".join("".join(d.get(kind, "")) for d in data for kind in ("text/html", "text/markdown")))
    code = "\n".join(sources(file).values())
    return [
        name
        for name, pair in headings.items()
        if f"<th>{wording.worded(pair)}</th>" not in shown
        and not all(f"| {text} |" in shown for text in (pair.zh, pair.en))
        and (data or not re.search(rf"\b{re.sub('_(zh|en)$', '', name)}\b", code))
    ]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_code_and_texts_of_a_notebook_fit(file):
    with paths.using(root=file.parent.parent):
        texts = wording.read(file.stem)
        assert faults(sources(file), texts) == []
        assert unseen(file, texts.headings) == []


def test_every_file_of_texts_belongs_to_a_notebook():
    for folder in FOLDERS:
        assert sorted(f.stem for f in folder.glob("texts/*")) == sorted(f.stem for f in folder.glob("*.ipynb"))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_each_language_is_written_in_its_own_signs(file):
    with paths.using(root=file.parent.parent):
        texts = wording.read(file.stem)
    for name, pair in (*texts.texts.items(), *texts.headings.items()):
        assert len(re.findall(r"[\u4e00-\u9fff]", pair.en)) <= 0.25 * len(pair.en), name


CODE = """
say("one", n=1)
page.label(f"two-{kind}")
key = "three"
label(key, **values)
part("four" if n else "five")
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
        (("two-{", "too-{"), {}, "cell: no text too\\-[a-z0-9_-]+ takes [], there is {}"),
        ((), {"two-b": "{x}"}, "text two-b is used nowhere"),
        (("page", 'kind = "a" if n else "c"\npage'), {}, "cell: no text two\\-c takes [], there is {}"),
        (("page", 'kind = "a" if n else "b"\npage'), {}, ""),
        ((), {"seven": ""}, "text seven is used nowhere"),
        (('key = "three"', 'key = "thr" + "ee"'), {}, "text three is used nowhere"),
        (("say(", f"n = {'1' * 97}\nsay("), {}, "cell: a line of 101 signs"),
    ],
)
def test_what_does_not_fit_is_told(code, keys, fault):
    changed = CODE.replace(*code) if code else CODE
    assert (changed != CODE) == bool(code)
    found = faults({"cell": changed}, made(KEYS | keys))
    assert bool(found) == bool(fault) and (not fault or fault in found)
