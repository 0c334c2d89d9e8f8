"""A compendium of two notebooks and one claim, for tests of the runner: fixtures to import, functions that use it."""

import dataclasses
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import copies
import frozen
import nbformat
import pytest
import worlds
from click.testing import CliRunner, Result

from compendium.__main__ import main
from compendium.base import paths
from compendium.base.files import read_checksummed_json, write_checksummed_json
from compendium.compendium import Compendium
from compendium.ledger import gate
from compendium.pages import readme
from compendium.run import accept, cache, comparison, contents, judge_all, notebookfile, preload, schedule

find = Compendium.find

FORK_SERVER = preload.fork_kernels
CONTENTS = """
01-first = { section = "1", zh = "一", en = "one", reads = ["pilot_batches"] }
02-second = { section = "2", zh = "二", en = "two", reads = ["processed-*"] }
"""
FIRST = """
import sys

import pandas as pd
from compendium.compendium import Compendium
c = Compendium.find()
sys.audit("compendium.shows", "Q14")
total = int(c.tables("pilot_batches").query("preferred")["projects"].sum()) * factor
c.save(pd.DataFrame({"total": [total]}), "first")
total
"""
SECOND = """
from compendium.compendium import Compendium
c = Compendium.find()
c.save(c.processed("first").assign(half=lambda t: t["total"] / 2), "second")
"""
TOLD = {"claim_id": "Q14", "weight": "headline", "value_computed": "46", "rule": "printed", "agreement": "same"}
TOLD |= {"verdict": "traced", "why_zh": "因为。", "why_en": "Because.", "reason_zh": "因为。", "reason_en": "Because."}
LEDGER = {"Q14": worlds.judged(**TOLD)}  # what all claims of the study are would take a minute
SEEN: dict[tuple, object] = {}
PRELOADED = ("ipykernel.kernelapp",)  # all that a kernel of the two notebooks needs
COMMAND = f"""
import sys
from compendium.base import paths
from compendium.__main__ import main
from compendium.ledger import record
from compendium.run import judge_all, preload
CELLS = {LEDGER["Q14"].cells(worlds.HERE.languages)}
judge_all.judge_claims = lambda *_, **__: {{"Q14": record.parse_ledger_row(CELLS)}}
preload.PRELOADED = {PRELOADED}
"""


def notebook(*sources: str, tags: tuple[str, ...] = ("parameters",)) -> str:
    """Return the text of a notebook with these code cells."""
    cells = [nbformat.v4.new_code_cell(source.strip(), id=f"cell-{i}") for i, source in enumerate(sources)]
    cells[0].metadata["tags"] = list(tags)
    return notebookfile.normalise_notebook(nbformat.v4.new_notebook(cells=cells))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A place for the project of each test in turn."""
    return tmp_path_factory.mktemp("shared") / "新 project"


def once(look: Callable[[Compendium], object]) -> Callable[[Compendium], object]:
    """Return what takes the place of `look`, a function of the gate: tables looked at once need not be again."""

    def looked(c: Compendium) -> object:
        lying = look, *((path.name, path.read_bytes()) for path in sorted(c.raw.iterdir()))
        if lying not in SEEN:
            SEEN[lying] = look(c)
        return SEEN[lying]

    return looked


@pytest.fixture
def project(shared, kernels_of_one, monkeypatch):
    """Two notebooks, not yet run; the first shows the claim, the second reads what the first makes."""
    root = copies.parts(shared, "study", "compendium.toml", "requirements.lock")
    frozen.folder(root / "data" / "raw")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "contents.toml").write_text(CONTENTS, encoding="utf-8")
    (root / "notebooks" / "01-first.ipynb").write_text(notebook("factor = 1", FIRST), encoding="utf-8")
    (root / "notebooks" / "02-second.ipynb").write_text(notebook('note = "a"', SECOND), encoding="utf-8")
    monkeypatch.setenv(paths.ROOT, str(root))
    monkeypatch.chdir(root)
    monkeypatch.setattr(judge_all, "judge_claims", lambda *_, **__: LEDGER)
    monkeypatch.setattr(readme, "render_accepted_pages", lambda *_: {})  # there is no README
    monkeypatch.setattr(gate, "raise_if_inputs_invalid", once(gate.raise_if_inputs_invalid))
    yield root
    shutil.rmtree(root)


def reseal(run: Path) -> None:
    """Let the note of a run tell the files that lie there now, as if the run had made them."""
    note = read_checksummed_json(run / cache.NOTE, cache.RunSummary)
    assert note
    write_checksummed_json(run / cache.NOTE, dataclasses.replace(note, made=cache.hash_run_files(run)))


def accept_run() -> list[str]:
    """Accept the run, without texts that are made from its ledger, as there is no README; return what changed."""
    return accept.accept_run(find(), find().build / "run", lambda _: {})


def differences() -> list[str]:
    """Return what differs between the run and the committed outputs."""
    return comparison.compare_with_reference(find(), find().build / "run")


def command(*words: str) -> Result:
    """Run a command of the project in this process."""
    return CliRunner().invoke(main, words)


@pytest.fixture
def accepted(project, tmp_path_factory):
    """The same after a run that was accepted; executed once for all tests."""
    kept = tmp_path_factory.getbasetemp() / "accepted"
    if not kept.exists():
        result, _ = execute(project)
        assert result.failures == []
        accept_run()
        shutil.copytree(project, kept)
    shutil.copytree(kept, project, dirs_exist_ok=True)
    return project


def replace(project: Path, name: str, *sources: str, **options: object) -> None:
    """Put another notebook in the place of one of the project."""
    (project / "notebooks" / f"{name}.ipynb").write_text(notebook(*sources, **options), encoding="utf-8")


def execute(project: Path, names=(), jobs: int = 2, **given: str) -> tuple[schedule.RunOutcome, list[str]]:
    """Run notebooks of the project; return the result and the lines that were told."""
    notebooks = contents.select_notebooks(find(), names)
    lines: list[str] = []
    chosen = contents.choose_parameters(notebooks, given)
    return schedule.run_notebooks(find(), notebooks, find().build / "run", chosen, jobs, lines.append), lines


def committed(project: Path) -> dict[Path, bytes]:
    """Return the content of every file of the project outside build."""
    files = (p for p in project.rglob("*") if p.is_file() and "build" not in p.parts)
    return {p: p.read_bytes() for p in files if "__pycache__" not in p.parts}


def start(project: Path, python: str) -> subprocess.Popen:
    """Start a process that works on the project; a shell would let a job in the background ignore SIGINT."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND + python],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=project,
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def executed(lines: list[str]) -> list[str]:
    """Return the numbers of the notebooks that were executed, by the lines that were told."""
    return [line.split()[0][:2] for line in lines if line.split()[1] == "ok"]
