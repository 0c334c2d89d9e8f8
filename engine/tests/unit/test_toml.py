"""TOML files: whatever is wrong is told in one line with file, key, rule and remedy."""

import pytest
from pydantic import Field, TypeAdapter
from worlds import at, declare

from compendium import CompendiumError
from compendium.base import paths, toml
from compendium.notebook import wording
from compendium.pages import findings, quotes
from compendium.run import contents, sweep_choices


class Leaf(toml.StrictTomlTable):
    """A table of the file under test."""

    name: str
    size: int = 0
    marks: dict[str, bool] = Field(default_factory=dict)


TABLES = TypeAdapter(dict[str, Leaf])


@pytest.fixture
def made(tmp_path):
    """A compendium without notebooks."""
    return at(declare(tmp_path))


@pytest.fixture
def file(made):
    return made.notebooks / "x.toml"


def put(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def told(work, *given):
    with pytest.raises(CompendiumError) as caught:
        work(*given)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_right_is_read_as_it_stands(file):
    assert toml.read_tables(file, Leaf) == {}
    put(file, '[a]\nname = "x"\n\n[b]\nname = "y"\nsize = 3\nmarks = { c = true }\n')
    read = toml.read_tables(file, Leaf)
    assert read == {"a": Leaf(name="x"), "b": Leaf(name="y", size=3, marks={"c": True})}
    with pytest.raises(ValueError, match="frozen"):
        read["a"].size = 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('name = "x"\nsise = 1', "a.sise: no such key is known here"),
        ('name = "x"\n[a.marks]\nb = 1', "a.marks.b: input should be a valid boolean"),
        ("size = 1", "a.name: the key is missing"),
        ("name = 5", "a.name: input should be a valid string"),
        ('name = "x"\nsize = "1"', "a.size: input should be a valid integer"),
    ],
)
def test_a_fault_is_told_with_file_key_and_remedy(file, content, fault):
    put(file, f"[a]\n{content}\n")
    for work in (lambda: toml.read_tables(file, Leaf), lambda: toml.read_file(file, TABLES)):
        assert told(work) == f"notebooks/x.toml, {fault}. Remedy: correct the entry"


@pytest.mark.parametrize("content", ["[a", "[a]\nname = x\n", "[a]\n[a]\n", b"\xff"])
def test_what_is_no_toml_is_told(file, content):
    put(file, content)
    said = told(toml.read_tables, file, Leaf)
    assert said.startswith("notebooks/x.toml is no TOML: ")
    assert said.endswith(f". Remedy: correct it, or {paths.suggest_restore(file)}")


# The files of a compendium

ONE = '[01-a]\nsection = "1"\nzh = "一"\nen = "one"\nreads = []\n'
CHOICE = '[choices.c]\nzh = "一"\nen = "one"\nparameter = "p"\nvalues = [[]]\n[results]\n'
READERS = {
    "contents": contents.list_declared_notebooks,
    "choices": sweep_choices.read_choices_file,
    "findings": lambda c: findings.fill_findings(c, None),
    "summary": lambda c: findings.render_summary_paragraph(c, None),
    "quotes": lambda c: quotes.list_proposed_quotes(c, None),
    "texts/01-a": lambda c: wording.read_notebook_texts(c, "01-a"),
}

MAY_LACK = ("choices", "findings", "summary", "quotes")  # a compendium may be without such sentences
FINDING = '[f]\nexpects = {}\nzh = ""\nen = ""\n'


@pytest.mark.parametrize("name", READERS)
def test_each_file_is_read_that_way(made, name):
    file = made.notebooks / f"{name}.toml"
    if name not in MAY_LACK:
        remedy = f"Remedy: write it, or {paths.suggest_restore(file)}"
        assert told(READERS[name], made) == f"notebooks/{name}.toml is missing. {remedy}"
    for content, fault in (("[a", " is no TOML: "), ("[a]\nodd = 1\n[choices]\n[results]\n", ", a")):
        put(file, content)
        assert told(READERS[name], made).startswith(f"notebooks/{name}.toml{fault}")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("contents", ONE.replace("[]", "[1]"), "01-a.reads.0: input should be a valid string"),
        ("contents", f"{ONE}writes = []\n", "01-a.writes: no such key is known here"),
        ("choices", CHOICE, "choices.c.values.0.bool: input should be a valid boolean"),
        ("findings", FINDING.replace("{}", '{ Q01 = "trased" }'), "f.expects.Q01: 'trased' is no verdict; there are"),
        ("findings", FINDING.replace('en = ""', ""), "f.en: the key is missing"),
        ("findings", f'{FINDING}cells.c = {{ tabel = "t", where = {{}}, column = "" }}', "f.cells.c.tabel: no such"),
        ("texts/01-a", '[text.a]\nzh = "a"\nen = "a"\n', "text: no such key is known here"),
        (
            "texts/01-a",
            '[headings]\na = "a"\n',
            "headings.a: input should be a valid dictionary or instance of CatalogueEntry",
        ),
    ],
)
def test_a_misspelt_key_and_a_wrong_type_are_told(made, name, content, fault):
    put(made.notebooks / f"{name}.toml", content)
    assert told(READERS[name], made).startswith(f"notebooks/{name}.toml, {fault}")
