"""What the key of a result depends on, and what it does not."""

import shutil
from dataclasses import replace

import pytest
from small_project import CONTENTS, LEDGER, notebook
from small_project import project as project
from small_project import shared as shared
from worlds import HERE, judged

from compendium import paths
from compendium.compendium import Compendium
from compendium.files import write_atomic
from compendium.run import caching, contents

find = Compendium.find

OTHER = '[00-other]\nsection = "0"\nzh = "零"\nen = "none"\nreads = []\n'
DECLARED = OTHER + CONTENTS.replace('["pilot_batches"]', '["pilot_batches", "findings", "note"]')
BOTH, NONE = {"01-first", "02-second"}, set()  # the second reads what the others make: its key moves along
ALL = BOTH | {"00-other"}
SEEN = {"00-other": [[["cell-0", "claim", "Q15"]], []], "01-first": [[["cell-1", "claim", "Q14"]], ["pilots.toml"]]}
TWO = LEDGER | {"Q15": replace(LEDGER["Q14"], claim_id="Q15")}


@pytest.fixture
def house(project, monkeypatch):
    """The project with the engine and one more notebook, as a run has seen it; the first reads what nobody makes."""
    shutil.copytree(paths.CODE / "compendium", project / "compendium", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(paths, "CODE", project)
    (project / "notebooks/contents.toml").write_text(DECLARED, encoding="utf-8")
    for name in ("notebooks/findings.toml", "notebooks/choices.toml", "data/sweep/note.csv", "data/sweep/other.csv"):
        write_atomic(project / name, b"results = {}\nchoices = {}\n")
    write_atomic(project / "notebooks/texts/01-first.toml", b"")
    drawing = "from compendium.show.notebook import begin\nfrom study.figures.other import draw_other\n"
    drawing += "from study.sentences import pilots, since"
    write_atomic(project / "notebooks/00-other.ipynb", notebook(drawing).encode())
    write_atomic(project / "study/figures/other.py", b"from study.sentences import other\n")
    write_atomic(project / "study/sentences/other.py", b"")
    return project


def keys(ledger=TWO, language=""):
    """Return the keys of the project as they are now."""
    c = replace(find(), language=language)
    notebooks, root = contents.select(c), c.build / "run"
    known = caching.Keys(c, root, notebooks, {}, ledger, caching.previous(root) | {"seen": SEEN})
    return {n.name: known.key(n.name) for n in notebooks}


@pytest.mark.parametrize(
    ("file", "moved"),
    [
        ("compendium/book/edition.py", NONE),
        ("compendium/book/new.py", NONE),
        ("compendium/forms/certificate.py", NONE),
        ("compendium/run/schedule.py", ALL),
        ("compendium/show/wording.py", {"00-other", "02-second"}),  # which the first of them uses to show anything
        ("compendium/show/lab.py", NONE),
        ("compendium/new/__init__.py", NONE),
        ("compendium/fonts/OFL.txt", ALL),
        ("study/bounds.py", ALL),  # which judgements use
        ("study/results.py", NONE),
        ("study/new.toml", ALL),
        ("study/judgements/new.py", ALL),
        ("study/figures/other.py", {"00-other", "02-second"}),  # which the first of them names
        ("study/sentences/other.py", {"00-other", "02-second"}),  # which that figure names
        ("study/sentences/since.py", {"00-other", "02-second"}),  # which stands second in an import
        ("study/sentences/new.py", NONE),
        ("study/texts/pilots.toml", BOTH),
        ("study/texts/regions.toml", {"02-second"}),  # which was not seen to run: it may read all
        ("compendium/texts/ledger.toml", ALL),
        ("compendium/texts/new.toml", NONE),
        ("requirements.lock", ALL),
        ("data/raw/datapackage.json", ALL),
        ("data/raw/pilot_batches.csv", NONE),  # its hash stands in datapackage.json, or nothing is run
        ("data/processed/note.csv", NONE),  # what a notebook made has the key of that notebook
        ("notebooks/findings.toml", BOTH),
        ("notebooks/choices.toml", NONE),
        ("notebooks/contents.toml", NONE),  # but for what a notebook reads, see below
        ("notebooks/texts/01-first.toml", BOTH),
        ("data/sweep/note.csv", BOTH),
        ("data/sweep/other.csv", NONE),
        ("compendium.toml", ALL),
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
    assert {name for name in now if now[name] != before[name]} == moved


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ('["pilot_batches", ', '["pilot_batches", "pilot_lists", ', BOTH),
        ('["processed-*"]', '["processed-*", "pilot_lists"]', {"02-second"}),
        ('en = "one"', 'en = "first"', NONE),
    ],
)
def test_a_key_moves_with_the_tables_that_a_notebook_reads(house, old, new, moved):
    """Headings come from them."""
    before = keys()
    assert old in DECLARED
    (house / "notebooks/contents.toml").write_text(DECLARED.replace(old, new), encoding="utf-8")
    now = keys()
    assert {name for name in now if now[name] != before[name]} == moved


@pytest.mark.parametrize(
    ("claim", "column", "moved"),
    [
        ("Q14", "reason_zh", BOTH),
        ("Q15", "flip_en", {"00-other", "02-second"}),
        ("Q15", "verdict", ALL),
        ("Q14", "value_computed", ALL),
    ],
)
def test_a_key_moves_with_the_facts_of_the_ledger_and_the_sentences_on_claims_shown(house, claim, column, moved):
    before, now = keys(), keys(TWO | {claim: judged(**TWO[claim].cells(HERE.languages) | {column: "7"})})
    assert {name for name in now if now[name] != before[name]} == moved


def test_a_result_in_one_language_is_another_result(house):
    before = keys()
    for language in ("zh", "en"):
        now = keys(language=language)
        assert all(now[name] != before[name] for name in before), language
    assert keys() == before
