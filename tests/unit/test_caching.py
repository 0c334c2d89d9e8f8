"""What the key of a result depends on, and what it does not."""

import shutil

import pytest
from small_project import CONTENTS
from small_project import project as project
from small_project import shared as shared

from compendium import paths
from compendium.files import write_atomic
from compendium.run import caching, contents

DECLARED = CONTENTS.replace('["pilot_batches"]', '["pilot_batches", "findings", "note"]')
BOTH, NONE = {"01-first", "02-second"}, set()


@pytest.fixture
def house(project, monkeypatch):
    """The project with the engine in it, whose first notebook reads a TOML file and a table that nobody makes."""
    shutil.copytree(paths.HOME / "compendium", project / "compendium", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(paths, "HOME", project)
    (project / "notebooks/contents.toml").write_text(DECLARED, encoding="utf-8")
    contents._catalogue.cache_clear()
    for name in ("notebooks/findings.toml", "notebooks/choices.toml", "data/sweep/note.csv", "data/sweep/other.csv"):
        write_atomic(project / name, b"results = {}\nchoices = {}\n")
    write_atomic(project / "notebooks/texts/01-first.toml", b"")
    return project


def keys():
    """Return the keys of the project as they are now."""
    notebooks = contents.select(())
    known = caching.Keys(paths.project().build / "run", notebooks, {}, caching.previous(paths.project().build / "run"))
    return {n.name: known.key(n.name) for n in notebooks}


@pytest.mark.parametrize(
    ("file", "moved"),
    [
        ("compendium/book/edition.py", NONE),
        ("compendium/book/new.py", NONE),
        ("compendium/forms/certificate.py", NONE),
        ("compendium/run/schedule.py", BOTH),
        ("compendium/show/wording.py", BOTH),
        ("compendium/new/__init__.py", BOTH),
        ("compendium/fonts/OFL.txt", BOTH),
        ("study/bounds.py", BOTH),
        ("study/judgements/new.py", BOTH),
        ("requirements.lock", BOTH),
        ("data/raw/datapackage.json", BOTH),
        ("data/raw/pilot_batches.csv", NONE),  # its hash stands in datapackage.json, or nothing is run
        ("data/processed/note.csv", NONE),  # what a notebook made has the key of that notebook
        ("notebooks/findings.toml", BOTH),
        ("notebooks/choices.toml", NONE),
        ("notebooks/contents.toml", NONE),  # but for what a notebook reads, see below
        ("notebooks/texts/01-first.toml", BOTH),
        ("data/sweep/note.csv", BOTH),
        ("data/sweep/other.csv", NONE),
        ("pyproject.toml", NONE),
        ("README.md", NONE),
    ],
)
def test_a_key_moves_with_what_the_result_depends_on_and_with_nothing_else(house, file, moved):
    before = keys()
    assert keys() == before
    (house / file).parent.mkdir(parents=True, exist_ok=True)
    with (house / file).open("ab") as content:
        content.write(b"\n")
    now = keys()
    # the second notebook reads what the first makes: its key moves along
    assert {name for name in now if now[name] != before[name]} == moved


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ('["pilot_batches", ', '["pilot_batches", "pilot_lists", ', BOTH),
        ('reads = ["first"]', 'reads = ["first", "pilot_lists"]', {"02-second"}),
        ('en = "one"', 'en = "first"', NONE),
        ('writes = ["second"]', 'writes = ["second", "third"]', NONE),
    ],
)
def test_a_key_moves_with_the_tables_that_a_notebook_reads(house, old, new, moved):
    """Headings come from them."""
    before = keys()
    assert old in DECLARED
    (house / "notebooks/contents.toml").write_text(DECLARED.replace(old, new), encoding="utf-8")
    contents._catalogue.cache_clear()
    now = keys()
    assert {name for name in now if now[name] != before[name]} == moved


def test_a_result_in_one_language_or_of_a_part_is_another_result(house):
    before = keys()
    for asked in ({"language": "zh"}, {"language": "en"}, {"only": "values"}, {"only": "shown"}):
        with paths.using(**asked):
            assert all(keys()[name] != before[name] for name in before), asked
    assert keys() == before
