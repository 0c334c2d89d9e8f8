"""What a new compendium begins with; tests/whole makes some and has them prove themselves."""

import json
import re
import zipfile

import own_words
import pytest
from click.testing import CliRunner
from worlds import HERE, at

from compendium import CompendiumError
from compendium.__main__ import main
from compendium.authoring import example, new
from compendium.base import distribution, paths
from compendium.base.files import write_atomic
from compendium.data import datapackage, ledgertables
from compendium.notebook.bilingual import HAN
from compendium.run.contents import COMMON

OF_ONE_PAPER = {"section", "figure", "topic", "check_table", "count_group", "table"}  # their codes belong to a paper
NEW = ("new", "--title", "T", "--author", "A")
TEXTS = (".csv", ".ipynb", ".json", ".md", ".py", ".toml")


@pytest.fixture
def begun(tmp_path):
    """A compendium with nothing but the declaration of a made-up paper; called with the languages."""

    def begin(*languages):
        root = tmp_path / "-".join(languages)
        declared = new.render_compendium_toml("My Paper", 'On "things"', "10.1/x", ["Ada Lovelace"], languages)
        write_atomic(root / "compendium.toml", declared.encode("utf-8"))
        return at(root)

    return begin


def test_the_ledger_of_the_engine_is_that_of_this_study_but_for_codes_and_texts():
    """Where a column is added here, or what it may hold changed, compendium/data/ledger.json has to follow."""
    here, there = HERE.tables.resources, ledgertables.describe_tables(HERE.languages)
    assert there.keys() == COMMON - datapackage.DISPENSABLE
    for name, table in there.items():
        for key in ("primaryKey", "foreignKeys", "missingValues"):
            assert table["schema"].get(key) == here[name]["schema"].get(key), (name, key)
        for one, other in zip(table["schema"]["fields"], here[name]["schema"]["fields"], strict=True):
            left = {"enum"} if one["name"] in OF_ONE_PAPER else set()
            assert all(one.get(key) == other.get(key) for key in ("name", "type", "listOf", "past")), (name, one)
            own, due = one.get("constraints", {}), other.get("constraints", {})
            assert own == {k: v for k, v in due.items() if k not in left}, (name, one["name"])


@pytest.mark.parametrize(
    ("languages", "columns", "keys"),
    [
        (("en",), ["statement_en"], {"title"}),
        (("zh", "en"), ["statement_en", "statement_zh"], {"title", "title_zh"}),
        (("de",), ["statement_de"], {"title"}),
        (("en", "de"), ["statement_en", "statement_de"], {"title", "title_de"}),
    ],
)
def test_the_ledger_speaks_the_languages_asked_for(begun, languages, columns, keys):
    described = ledgertables.describe_tables(begun(*languages).languages)
    table = described["claims"]
    fields = {field["name"]: field for field in table["schema"]["fields"]}
    assert [name for name in fields if name.startswith("statement_")] == columns
    assert {key for key in table if key.startswith("title")} == keys
    assert fields[columns[-1]]["title"] == {"de": "Statement, German"}.get(languages[-1], fields[columns[-1]]["title"])
    assert set(fields["weight"]["labels"]["headline"]) == set(languages)
    assert "zh" in languages or not HAN.search(json.dumps(described, ensure_ascii=False))


@pytest.mark.parametrize("language", example.KNOWN)
def test_the_example_in_one_language_holds_nothing_of_the_other(begun, language):
    c = begun(language)
    said = dict(example.list_example_files(c.languages))
    assert {"data/raw/claims.csv", "notebooks/01-example.ipynb", "study/texts/example.toml"} <= said.keys()
    told = json.dumps([said, example.describe_example_tables(c)], ensure_ascii=False)
    assert bool(HAN.search(told)) == (language == "zh")
    other = {"zh": "en", "en": "zh"}[language]
    assert not re.search(rf'_{other}\b|"{other}":|^{other} =|[{{,] {other} =', told, re.M)


def test_it_says_nothing_of_this_study(begun):
    """The head of this study, its tables, places, subject, and ids of rows that the example does not have."""
    c = begun("zh", "en")
    said = dict(example.list_example_files(c.languages))
    ids = {cell for name, text in said.items() if name.endswith(".csv") for cell in re.split("[,\n]", text)}
    said["descriptor"] = json.dumps(new.make_datapackage_json(c, with_example=True), ensure_ascii=False)
    said |= {p.name: p.read_text("utf-8") for p in distribution.TEMPLATE.rglob("*") if p.suffix in TEXTS}
    assert {name: own_words.found(text, ids) for name, text in said.items()} == {name: set() for name in said}


def test_the_wheel_is_the_engine_alone_with_what_a_compendium_needs_and_alike_each_time(tmp_path):
    made = distribution.build_or_copy_wheel(tmp_path)
    assert made.name == f"compendium-{distribution.read_engine_version()}-py3-none-any.whl"
    with zipfile.ZipFile(made) as wheel:
        names = wheel.namelist()
        assert {name.split("/")[0] for name in names} == {
            "compendium",
            f"compendium-{distribution.read_engine_version()}.dist-info",
        }
        for name in (
            "install.py",
            "requirements.lock",
            "LICENSE",
            *distribution.list_engine_doc_files(["en", "zh"]).values(),
        ):
            assert wheel.read(f"compendium/template/{name.removeprefix('docs/')}") == (paths.HOME / name).read_bytes()
        told = wheel.read(f"compendium-{distribution.read_engine_version()}.dist-info/METADATA").decode("utf-8")
    here = {p.relative_to(paths.CODE).as_posix() for p in distribution.PACKAGE.rglob("*") if p.is_file()}
    assert {name for name in here if "__pycache__" not in name} <= set(names)
    assert not own_words.words().search(told)
    (tmp_path / "again").mkdir()
    assert distribution.build_or_copy_wheel(tmp_path / "again").read_bytes() == made.read_bytes()


def test_what_is_interrupted_or_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(new, "write_new_compendium", stopped)
    with pytest.raises(KeyboardInterrupt):
        new.create_compendium(tmp_path / "new", "T", "", ["A"], ["en"], with_example=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("folder", "more", "said"),
    [
        ("", (), "{} is not empty. Remedy: name a folder that does not exist yet"),
        ("x", ("--languages", "de", "--example"), "the example is in zh and en only. Remedy: leave --example out"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(tmp_path, folder, more, said):
    (tmp_path / ".hidden").write_text("mine", encoding="utf-8")
    outcome = CliRunner().invoke(main, [*NEW, str(tmp_path / folder), *more])
    assert (outcome.exit_code, outcome.output) == (1, f"Error: {said.format(tmp_path)}\n")
    assert [path.name for path in tmp_path.iterdir()] == [".hidden"]


def test_new_runs_in_any_folder_and_says_what_is_not_in_the_languages_asked_for(monkeypatch, tmp_path):
    def refuse():
        raise CompendiumError("no compendium")

    monkeypatch.setattr(paths, "find_cwd_compendium_root", refuse)
    monkeypatch.setattr(new, "create_compendium", lambda *_: None)
    told = "note: your texts are in fr; what the engine says itself will be in English.\n"
    for languages, said in (("fr,en", told), ("zh,en", "")):
        done = CliRunner().invoke(main, [*NEW, str(tmp_path / "x"), "--languages", languages]).output
        assert said in done and ("note" in done) == bool(said)
