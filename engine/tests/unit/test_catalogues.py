"""The catalogues of texts against the code: each is valid, every key is there and used, every value has its place."""

import ast
import itertools
import re
from functools import cache

import keyed
import pytest

from compendium.base import paths, texts, toml
from compendium.base.distribution import TEMPLATE

HAN, ANY = re.compile(r"[\u3400-\u9fff]"), "[A-Za-z0-9_-]+"
FOLDERS = (paths.HOME / "study", paths.CODE / "compendium", TEMPLATE / "example" / "study")
EVERY = [file for folder in FOLDERS for file in sorted(folder.glob("texts/*.toml"))]
CATALOGUES = [file for file in EVERY if file.stem != "vocabulary"]  # which has groups of words


def shown(file):
    return file.relative_to(paths.HOME).as_posix()


@cache
def read_code(folder):
    """Return the source of each module of a package; those of the template are of another."""
    files = sorted(folder.glob("**/*.py"))
    mine = [file for file in files if folder.is_relative_to(TEMPLATE) or not file.is_relative_to(TEMPLATE)]
    return {shown(file): file.read_text(encoding="utf-8") for file in mine}


@cache
def functions(source):
    """Return by name the functions of a module that give the texts of a catalogue, each with what it names."""
    return {
        ast.unparse(target): node.value.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith(("catalogue(", "texts.catalogue("))
        if isinstance(node.value.args[0], ast.Constant)  # else it is another catalogue, that of the notebooks
        for target in node.targets
    }


def faults(code, name, keys):
    """Return what does not fit between the modules of a package, by place, and a catalogue."""
    found, used = [], set()
    for place, source in code.items():
        asked = [function for function, named in functions(source).items() if named == name]
        if asked:
            misfits, mine = keyed.fit({place: source}, keys, asked)
            found, used = found + misfits, used | mine
    return [*found, *(f"text {key} is used nowhere" for key in keys if key not in used)]


@pytest.mark.parametrize("file", CATALOGUES, ids=shown)
def test_code_and_texts_of_a_catalogue_fit(file):
    folder, entries = file.parent.parent, toml.read_file(file, texts.CATALOGUE, texts.OF_ENGINE)
    worded = {key: entry["zh"] for key, entry in entries.items() if not key.isdigit()}  # all numbers are read
    keys = {key: keyed.wanted(said) for key, said in worded.items()}
    there = named(folder)  # a key may stand in code, though in no call of its catalogue
    loose = re.compile("|".join(pattern for pattern in there if ANY in pattern))
    used = {f"text {key} is used nowhere" for key in keys if re.escape(key) in there or loose.fullmatch(key)}
    assert [fault for fault in faults(read_code(folder), f"{folder.name}/{file.stem}", keys) if fault not in used] == []
    assert [key for key, entry in entries.items() if HAN.search(entry["en"].replace("中文", ""))] == []


@cache
def named(folder):
    """Return regular expressions for the texts that stand in a package, whole or as what an f-string may give."""
    nodes = itertools.chain.from_iterable(ast.walk(ast.parse(source)) for source in read_code(folder).values())
    said = (keyed.patterns(node, {}) for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr))
    return set(itertools.chain.from_iterable(said)) - {ANY}


@pytest.mark.parametrize("folder", FOLDERS, ids=shown)
def test_no_chinese_stands_in_code(folder):
    lines = [
        f"{place}, line {number}: {line.strip()}"
        for place, source in read_code(folder).items()
        for number, line in enumerate(source.splitlines(), 1)
        if HAN.search(line)
    ]
    assert lines == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ('text("one", n=1); text(f"two-{kind}"); text("three" if kind else "four")', []),
        ('text("one"); text(f"two-{kind}"); text("three" if kind else "four")', ["m: no text one takes [], there is"]),
        ('text("one", n=1); text("four"); other("three")', ["text two-a is used nowhere", "text three is used"]),
    ],
)
def test_what_does_not_fit_is_told(code, fault):
    keys = {"one": {"n"}, "two-a": set(), "three": set(), "four": set()}
    code = f'text = catalogue("study/a")\nother = catalogue("study/b")\n{code}'
    found = [said for said in faults({"m": code}, "study/a", keys) if "text one is used" not in said]
    assert len(found) == len(fault) and all(map(str.startswith, found, fault))
