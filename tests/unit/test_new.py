"""What a new compendium begins with; tests/whole makes one and has it prove itself."""

import csv
import json
import re

import own_words
import pytest
from click.testing import CliRunner

from compendium import new, paths
from compendium.__main__ import main
from compendium.data import datapackage
from compendium.run.contents import COMMON

TEXTS = (".csv", ".ipynb", ".json", ".md", ".py", ".toml")


def test_its_data_package_has_the_tables_of_the_ledger_and_those_of_the_example():
    made, here = new.descriptor(), datapackage.descriptor()
    own = {table["name"] for table in new.example()["tables"]}
    own |= COMMON - datapackage.DISPENSABLE
    assert {resource["name"] for resource in made["resources"]} == own
    assert sorted(f"{name}.csv" for name in own) == sorted(p.name for p in new.TEMPLATE.glob("raw/*.csv"))
    assert made["title"] != here["title"] and set(made) == set(here)
    common = [set(resource) for resource in here["resources"] if resource["name"] in COMMON]
    assert all(set(resource) | {"hash", "bytes"} >= common[0] for resource in made["resources"])


def test_its_head_is_that_of_its_own_paper():
    made, here = new.descriptor(), datapackage.descriptor()
    with (new.TEMPLATE / "raw/sources.csv").open(encoding="utf-8", newline="") as file:
        addresses = {row["source_id"]: row["url"] for row in csv.DictReader(file)}
    [paper] = made["sources"]
    assert paper["path"] == addresses["paper"]
    assert not set(paper.values()) & set(here["sources"][0].values())
    assert not [key for key in here if key not in ("created", "licenses", "resources") and made[key] == here[key]]


def test_texts_of_its_own_replace_texts_of_this_study():
    here = {resource["name"]: resource for resource in datapackage.descriptor()["resources"]}
    for name, texts in new.example()["texts"].items():
        table, _, column = name.partition(".")
        fields = {field["name"]: field for field in here[table]["schema"]["fields"]}
        thing = fields[column] if column else here[table]
        assert all(thing[key] != text for key, text in texts.items()), name


def test_it_says_nothing_of_this_study():
    """The head of this study, its tables, places, subject, and ids of rows that the example does not have."""
    ids = set()
    for path in new.TEMPLATE.glob("raw/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            ids |= {cell for row in csv.reader(file) for cell in row}
    said = {path.name: path.read_text(encoding="utf-8") for path in new.TEMPLATE.rglob("*") if path.suffix in TEXTS}
    said["datapackage.json"] = json.dumps(new.descriptor(), ensure_ascii=False)
    assert {name: own_words.found(text, ids) for name, text in said.items()} == {name: set() for name in said}


def test_what_is_interrupted_or_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def stopped(target):
        target.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(new, "fill", stopped)
    with pytest.raises(KeyboardInterrupt):
        new.create(tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_its_make_offers_what_it_has(tmp_path):
    new.copy(tmp_path / "new")
    here, there = (
        re.findall(r"^([a-z-]+): \$", (root / "Makefile").read_text(encoding="utf-8"), re.M)
        for root in (paths.HOME, tmp_path / "new")
    )
    assert there == [target for target in here if target not in new.UNFIT] and set(new.UNFIT) < set(here)


def test_codes_of_one_paper_are_left_out_and_the_others_kept():
    fields = {
        (resource["name"], field["name"]): field
        for resource in new.descriptor()["resources"]
        for field in resource["schema"]["fields"]
    }
    for table, columns in new.OF_ONE_PAPER.items():
        for column in columns:
            field = fields[table, column]
            assert "labels" not in field and "enum" not in field["constraints"], (table, column)
    assert fields["claims", "weight"]["constraints"]["enum"] and fields["claims", "weight"]["labels"]


def test_asking_for_one_changes_nothing_here():
    before = datapackage.descriptor()
    new.descriptor()
    assert datapackage.descriptor() == before


@pytest.mark.parametrize("name", ["a file", ".hidden"])
def test_a_folder_that_holds_something_is_refused_in_one_line(tmp_path, name):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    outcome = CliRunner().invoke(main, ["new", str(tmp_path)])
    assert outcome.exit_code == 1
    assert outcome.output == f"Error: {tmp_path} is not empty. Remedy: name a folder that does not exist yet\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]
