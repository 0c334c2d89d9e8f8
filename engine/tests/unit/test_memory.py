"""What a result depends on is told in one place, and a result is made anew when that has changed."""

import shutil
from dataclasses import replace

import copies
import pytest
from small_project import CONTENTS, LEDGER, notebook
from worlds import HERE, at, judged

from compendium.base import paths
from compendium.base.files import write_atomic
from compendium.compendium import Compendium
from compendium.run import cache, contents, judge_all, schedule
from compendium.run.fingerprint import InputHashes, find_study_imports

find = Compendium.find

CODE = """
import os.path, study.growth as growth
from study.sentences import pilots, since
import studying
def late():
    from compendium.notebook.figures import BLUE
    from study.checks import FIRST
    return catalogue("study/pilots"), "a/b", 'say("study/x")', importlib.import_module("study.late")
"""


def test_code_names_modules_wherever_it_imports_them_and_catalogues():
    named = {"study.growth", "study.sentences.pilots", "study.sentences.since", "study.checks.FIRST", "study/pilots"}
    assert find_study_imports(CODE) == named | {"study.late"} and find_study_imports("a = (") == set()
    near = find_study_imports("from . import one\nfrom .two import three\nfrom ..four import five", "study.sentences")
    assert near == {"study.sentences.one", "study.sentences.two.three", "study.four.five"}


def test_the_lock_of_the_checkout_counts_for_a_compendium_in_it_that_has_none(project):
    c, before = find(), InputHashes(find()).state()
    (project / "requirements.lock").unlink()
    found, above = [], project.parent / "requirements.lock"
    for version in (1, 2):
        above.write_text(f"a=={version}", encoding="utf-8")
        memory = InputHashes(c)
        found += [memory.state(), memory.whole, str(memory.notebook(project / "notebooks/01-first.ipynb", ()))]
    above.unlink()
    assert len(set(found)) == 6 and before not in found


def test_a_verdict_holds_in_a_copy_whose_engine_lies_elsewhere_and_force_judges_anew(project, monkeypatch):
    kept = copies.parts(project / "新 dir", "study", "data/raw", "compendium.toml", "requirements.lock")
    assert InputHashes(HERE).state() == InputHashes(at(kept)).state()
    asked = []
    monkeypatch.setattr(judge_all, "judge_claims", lambda *_: asked.append(1) or LEDGER)
    for force, times in ((False, 1), (False, 1), (True, 2)):
        schedule.run_notebooks(find(), [], find().build / "run", {}, 1, print, force)
        assert len(asked) == times


# The keys of notebooks

OTHER = '00-other = { section = "0", zh = "零", en = "none", reads = [] }'
DECLARED = OTHER + CONTENTS.replace('["pilot_batches"]', '["pilot_batches", "findings", "note"]')
BOTH, NONE = {"01-first", "02-second"}, set()  # the second reads what the others make: its key moves along
ALL, OTHERS = BOTH | {"00-other"}, {"00-other", "02-second"}
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
    drawing = "from compendium import begin\nfrom study.figures.other import draw_other\n"
    drawing += "from study.sentences import pilots, since"
    write_atomic(project / "notebooks/00-other.ipynb", notebook(drawing).encode())
    write_atomic(project / "study/figures/other.py", b"from ..sentences import other\n")
    write_atomic(project / "study/sentences/other.py", b"")
    return project


def keys(ledger=TWO, language=""):
    """Return the keys of the project as they are now."""
    c = replace(find(), language=language)
    notebooks, root = contents.select_notebooks(c), c.build / "run"
    known = cache.NotebookCacheKeys(c, root, notebooks, {}, ledger, cache.read_run_summary(root))
    return {n.name: known.key(n.name) for n in notebooks}


def list_moved(before, *given):
    """Return the notebooks whose keys are no more as before."""
    now = keys(*given)
    return {name for name in now if now[name] != before[name]}


FILES = {  # what moves the keys of which notebooks
    "none": (NONE, "study/results.py", "study/sentences/new.py", "notebooks/choices.toml",
             "data/sweep/other.csv", "README.md",
             "data/raw/pilot_batches.csv",  # its hash stands in datapackage.json, or nothing is run
             "data/processed/note.csv",  # what a notebook made has the key of that notebook
             "notebooks/contents.toml"),  # but for what a notebook reads, see below
    "all": (ALL, "compendium/run/schedule.py", "compendium/fonts/OFL.txt", "compendium/book/new.py",
            "study/new.toml", "study/judgements/new.py",
            "compendium/texts/ledger.toml", "requirements.lock", "data/raw/datapackage.json", "compendium.toml",
            "study/bounds/regional.py", "study/texts/pilots.toml"),  # which judgements use
    "what 00-other uses": (OTHERS, "study/figures/other.py",  # by name
                           "study/sentences/other.py",  # which that figure names
                           "study/sentences/since.py"),  # which stands second in an import
    "what 01-first uses": (BOTH, "notebooks/findings.toml", "notebooks/texts/01-first.toml",
                           "data/sweep/note.csv"),
}  # fmt: skip


def test_a_key_moves_with_what_the_result_depends_on_and_with_nothing_else(house):
    before = keys()
    assert keys() == before
    for file, moved in [(house / file, moved) for moved, *some in FILES.values() for file in some]:
        kept = file.read_bytes() if file.is_file() else None
        write_atomic(file, (kept or b"") + b"\n")
        assert list_moved(before) == moved, file
        file.unlink() if kept is None else file.write_bytes(kept)
    for old, new, moved in (  # of what a notebook reads, headings come from them
        ('["pilot_batches", ', '["pilot_batches", "pilot_lists", ', BOTH),
        ('["processed-*"]', '["processed-*", "pilot_lists"]', {"02-second"}),
        ('en = "one"', 'en = "first"', NONE),
    ):
        assert old in DECLARED
        (house / "notebooks/contents.toml").write_text(DECLARED.replace(old, new), encoding="utf-8")
        assert list_moved(before) == moved, new


def test_a_key_moves_with_the_ledger_and_the_language(house):
    before = keys()
    for claim, column in (("Q14", "reason_zh"), ("Q15", "flip_en"), ("Q15", "verdict"), ("Q14", "value_computed")):
        told = judged(**TWO[claim].cells(HERE.languages) | {column: "7"})
        assert list_moved(before, TWO | {claim: told}) == ALL, column
    zh, en = (keys(language=language) for language in ("zh", "en"))
    assert all(len({before[name], zh[name], en[name]}) == 3 for name in before) and keys() == before


def test_a_verdict_depends_on_the_whole_engine(house):
    before = InputHashes(find()).state()
    write_atomic(house / "compendium/authoring/new.py", b"")
    assert InputHashes(find()).state() != before
