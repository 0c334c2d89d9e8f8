"""TOML files: whatever is wrong is told in one line with file, key, rule and remedy."""

import pytest
from pydantic import Field, TypeAdapter
from worlds import at, declare

from compendium import CompendiumError, paths, toml
from compendium.pages import findings, quotes
from compendium.run import contents, declared
from compendium.show import wording


class Leaf(toml.Strict):
    """A table of the file under test."""

    name: str
    size: int = 0
    marks: dict[str, bool] = Field(default_factory=dict)


FAULTS = [
    ('[a]\nname = "x"\nsise = 1\n', "a.sise: no such key is known here"),
    ('[a]\nname = "x"\n[a.marks]\nb = 1\n', "a.marks.b: input should be a valid boolean"),
    ("[a]\nsize = 1\n", "a.name: the key is missing"),
    ("[a]\nname = 5\n", "a.name: input should be a valid string"),
    ('[a]\nname = "x"\nsize = "1"\n', "a.size: input should be a valid integer"),
    ('[a]\nname = "x"\nsize = 1.0\n', "a.size: input should be a valid integer"),
    ('a = "x"\n', "a: input should be a valid dictionary or instance of Leaf"),
]
BROKEN = ["[a", "[a]\nname = x\n", "[a]\n[a]\n", "[a]\nname = 1\nname = 2\n", b"\xff"]


@pytest.fixture
def made(tmp_path):
    """A compendium without notebooks."""
    return at(declare(tmp_path))


@pytest.fixture
def file(made):
    return made.notebooks / "x.toml"


def put(file, content):
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def told(work, *given):
    with pytest.raises(CompendiumError) as caught:
        work(*given)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_right_is_read_as_it_stands(file):
    put(file, '[a]\nname = "x"\n\n[b]\nname = "y"\nsize = 3\nmarks = { c = true }\n')
    read = toml.read_tables(file, Leaf)
    assert read == {"a": Leaf(name="x"), "b": Leaf(name="y", size=3, marks={"c": True})}
    with pytest.raises(ValueError, match="frozen"):
        read["a"].size = 1


@pytest.mark.parametrize(("content", "fault"), FAULTS)
def test_a_fault_is_told_with_file_key_and_remedy(file, content, fault):
    put(file, content)
    for work in (lambda: toml.read_tables(file, Leaf), lambda: toml.read_file(file, TypeAdapter(dict[str, Leaf]))):
        assert told(work) == f"notebooks/x.toml, {fault}. Remedy: correct the entry"


@pytest.mark.parametrize("content", BROKEN)
def test_what_is_no_toml_is_told(file, content):
    put(file, content)
    said = told(lambda: toml.read_tables(file, Leaf))
    assert said.startswith("notebooks/x.toml is no TOML: ")
    assert said.endswith(f". Remedy: correct it, or {paths.restore(file)}")


def test_a_missing_file_is_told_where_it_is_needed_and_has_no_tables_elsewhere(file):
    said = f"notebooks/x.toml is missing. Remedy: write it, or {paths.restore(file)}"
    assert told(lambda: toml.read_file(file, TypeAdapter(dict[str, Leaf]))) == said
    assert toml.read_tables(file, Leaf) == {}


# The files of a compendium

ONE = '[01-a]\nsection = "1"\nzh = "一"\nen = "one"\nreads = []\n'
CHOICE = '[choices.c]\nzh = "一"\nen = "one"\nparameter = "p"\nvalues = [[]]\n[results]\n'
READERS = {
    "contents": contents.catalogue,
    "choices": declared.read_declarations,
    "findings": lambda c: findings.key_findings(c, None),
    "summary": lambda c: findings.summary(c, None),
    "quotes": lambda c: quotes.quotes(c, None),
    "texts/01-a": lambda c: wording.read(c, "01-a"),
}

MAY_LACK = ("choices", "findings", "summary", "quotes")  # a compendium may be without such sentences


@pytest.mark.parametrize("name", READERS)
def test_each_file_is_read_that_way(made, name):
    file = made.notebooks / f"{name}.toml"
    if name not in MAY_LACK:
        assert (
            told(READERS[name], made) == f"notebooks/{name}.toml is missing. Remedy: write it, or {paths.restore(file)}"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file, "[a")
    assert told(READERS[name], made).startswith(f"notebooks/{name}.toml is no TOML: ")
    put(file, "[a]\nodd = 1\n[choices]\n[results]\n")
    assert told(READERS[name], made).startswith(f"notebooks/{name}.toml, a")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("contents", ONE.replace("reads", "read"), "01-a.reads: the key is missing"),
        ("contents", f"{ONE}writes = []\n", "01-a.writes: no such key is known here"),
        ("contents", ONE.replace("[]", '"a"'), "01-a.reads: input should be a valid list"),
        ("contents", ONE.replace("[]", "[1]"), "01-a.reads.0: input should be a valid string"),
        (
            "findings",
            '[a]\nexpects = { Q01 = "trased" }\nzh = "一"\nen = "one"\n',
            "a.expects.Q01: 'trased' is no verdict; there are contradicted, inconsistent, mixed, relabelled, depends "
            "on the reading, bounded, open, confirmed, traced, recomputed, consistent, indirect, not obtained, "
            "no source found, not testable",
        ),
        ("choices", "[choices]\n", "results: the key is missing"),
        ("choices", CHOICE, "choices.c.values.0.bool: input should be a valid boolean"),
        ("findings", '[f]\nexpects = {}\nzh = "a"\n', "f.en: the key is missing"),
        (
            "findings",
            '[f]\nexpects = {}\nzh = ""\nen = ""\ncells.c = { tabel = "t", where = {}, column = "" }\n',
            "f.cells.c.tabel: no such key is known here",
        ),
        ("texts/01-a", '[text.a]\nzh = "a"\nen = "a"\n', "text: no such key is known here"),
        ("texts/01-a", '[texts.a]\nzh = "a"\nen = "a"\nfr = "a"\n', "texts.a.fr: no such key is known here"),
        ("texts/01-a", '[headings]\na = "a"\n', "headings.a: input should be a valid dictionary or instance of Entry"),
    ],
)
def test_a_misspelt_key_and_a_wrong_type_are_told(made, name, content, fault):
    target = made.notebooks / f"{name}.toml"
    target.parent.mkdir(parents=True)
    put(target, content)
    assert told(READERS[name], made) == f"notebooks/{name}.toml, {fault}. Remedy: correct the entry"


def test_two_notebooks_that_read_what_the_others_make_are_named(made, file):
    one = ONE.replace("[]", '["processed-*"]')
    put(file.with_name("contents.toml"), one + one.replace("01-a", "02-b"))
    wait = "01-a and 02-b wait for each other. Remedy: let one notebook read 'processed-*'"
    assert told(contents.catalogue, made) == f"notebooks/contents.toml: {wait}"
