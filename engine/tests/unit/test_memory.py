"""What a result depends on is told in one place, and a result is made anew when that has changed."""

import copies
import pytest
from small_project import notebook
from small_project import project as project
from small_project import shared as shared
from worlds import HERE, at

from compendium.compendium import Compendium
from compendium.files import write_atomic
from compendium.run import judge, schedule
from compendium.run.memory import Memory, names_in

find = Compendium.find

CODE = """
import os.path, study.growth as growth
from study.sentences import pilots, since
from . import layout
from ..ledger import rules
if TYPE_CHECKING:
    from study.types import Kind
def late():
    from compendium.show.figures import BLUE
    return importlib.import_module("study.checks"), catalogue("study/pilots"), "a/b", 'say("study/x")'
"""


def test_code_names_modules_wherever_it_imports_them_and_catalogues():
    always = {"os.path", "study.growth", "study.sentences.pilots", "study.sentences.since"}
    always |= {"study.judgements.layout", "study.ledger.rules"}
    late = {"compendium.show.figures.BLUE", "study.checks.*", "study/pilots"}
    assert names_in(CODE, "study.judgements") == always | late == names_in(CODE, "study.judgements", "late")
    assert names_in(CODE, "study.judgements", "other") == always and names_in("a = (") == set()


@pytest.fixture
def c(tmp_path):
    """A study of some modules."""
    files = {
        "judgements/__init__.py": "from study.judgements import firms, pilots",
        "judgements/registry.py": "",
        "judgements/firms.py": "from study.judgements.registry import judges\nfrom study import growth, begin",
        "judgements/pilots.py": 'from study.judgements import registry\ntext = catalogue("study/pilots")',
        "sentences/__init__.py": "",
        "sentences/pilots.py": "",
        "sentences/since.py": "from study.growth import rate",
        "growth.py": "",
        "__init__.py": "def begin():\n    pass\ndef end():\n    from study import sentences",
        "facts.toml": "",
        "texts/pilots.toml": "",
        "texts/firms.toml": "",
    }
    for name, text in files.items():
        write_atomic(tmp_path / "study" / name, text.encode())
    return Compendium(tmp_path, tmp_path)


def used(c, files):
    return {file.relative_to(c.root / "study").as_posix() for file in files if file.is_relative_to(c.root / "study")}


def test_judgements_and_notebooks_use_what_they_import_and_not_what_the_package_above_gathers(c):
    common = {"__init__.py", "facts.toml", "judgements/__init__.py"}
    own = {"judgements/firms.py", "judgements/registry.py", "growth.py"}
    assert used(c, Memory(c).code("study.judgements.firms")) == common | own
    everything = used(c, Memory(c).code("study.judgements.*"))
    assert everything >= {"judgements/pilots.py", "judgements/firms.py", "texts/pilots.toml"}
    assert "texts/firms.toml" not in everything and "sentences/since.py" not in everything
    file = c.root / "notebooks" / "01-a.ipynb"
    write_atomic(file, notebook("from study.sentences import pilots, since").encode())
    assert used(c, Memory(c).notebook_code(file)) >= {"sentences/pilots.py", "sentences/since.py", "growth.py"}


def test_a_file_edited_after_a_memory_was_asked_counts_as_changed_in_the_next(c):
    run, memory = c.build / "run", Memory(c)
    assert memory.recall(run, []) is None
    (c.root / "study/growth.py").write_text("edited = 1", encoding="utf-8")
    memory.remember(run, [], "all agrees")
    assert Memory(c).recall(run, []) is None
    Memory(c).remember(run, [], "all agrees")
    assert Memory(c).recall(run, []) == "all agrees"


def test_the_lock_of_the_checkout_counts_for_a_compendium_in_it_that_has_none(project):
    c, before = find(), Memory(find()).judging()
    (project / "requirements.lock").unlink()
    found, above = [], project.parent / "requirements.lock"
    for version in (1, 2):
        above.write_text(f"a=={version}", encoding="utf-8")
        memory = Memory(c)
        found += [memory.judging(), memory.whole, str(memory.notebook(project / "notebooks/01-first.ipynb", ()))]
    above.unlink()
    assert len(set(found)) == 6 and before not in found


def test_a_verdict_holds_in_a_copy_whose_engine_lies_elsewhere(tmp_path):
    copy = copies.parts(tmp_path / "新 dir", "study", "data/raw", "compendium.toml", "requirements.lock")
    assert Memory(HERE).state() == Memory(at(copy)).state()


def test_force_judges_anew(project, monkeypatch):
    asked = []
    monkeypatch.setattr(judge, "judge_claims", lambda *_, **how: asked.append(how["anew"]) or {})
    for force in (False, True):
        schedule.run(find(), [], find().build / "run", {}, 1, print, force)
    assert asked == [False, True]
