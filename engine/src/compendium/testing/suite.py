"""What must hold in every compendium, as tests of pytest, which takes them with `--compendium`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from compendium.base import cells, paths
from compendium.base.files import read_rows_by_key
from compendium.compendium import Compendium
from compendium.ledger import gate
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook import exercises
from compendium.notebook.wording import NotebookWording
from compendium.pages.readme import EXPECTED
from compendium.run import contents, notebookfile


def run_compendium_command(*words: str) -> str:
    """Return what a command of the compendium says; it must succeed."""
    line = [sys.executable, "-m", "compendium", *words]
    done = subprocess.run(line, cwd=Compendium.find().root, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_run_of_everything_gives_what_is_committed(tmp_path: Path) -> None:
    """Judging and running all anew gives the ledger, tables, figures and outputs that are accepted."""
    said = run_compendium_command("run", "--force", "--out", str(tmp_path / "run"))
    assert re.search("^0 differences from ", said, re.M), said


def test_each_claim_has_the_expected_verdict() -> None:
    """The verdicts are those of tests/expected-verdicts.csv, which only accepting a run changes."""
    c = Compendium.find()
    judges, data = gate.load_judgements(c), EvidenceTables(c)
    expected = {name: row["verdict"] for name, row in read_rows_by_key(c.root / EXPECTED, "claim_id").items()}
    assert {name: judges.assess(name, data).verdict for name in c.tables("claims")["claim_id"]} == expected


def test_check_command_passes() -> None:
    """Tables are as described, judgements are of claims, notebooks were executed in order, texts are renewed."""
    run_compendium_command("check")


def test_version_paper_match() -> None:
    """Version and paper are those of compendium.toml wherever they stand."""
    c = Compendium.find()
    own, package = c.declaration, c.tables.package
    assert package["version"] == own.version
    [paper] = package["sources"]
    assert own.paper.title in paper["title"] and paper.get("path", "") == own.paper.url
    cited = yaml.safe_load((c.root / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(cited["version"]) == own.version and cited["title"] in own.title.values()
    assert cited["date-released"] == own.released and cited["license"] == own.rights.code
    article = next(reference for reference in cited["references"] if reference["type"] == "article")
    assert (article["title"], str(article.get("doi", ""))) == (own.paper.title, own.paper.doi)


def test_exercises_tell_right_answers_from_typical_wrong_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each solution gives an answer, and each typical wrong one is another, with a sentence of its own."""
    monkeypatch.setenv(paths.OUT, str(tmp_path))  # where the notebooks that are played write
    c = Compendium.find()
    for notebook in contents.list_declared_notebooks(c).values():
        assert list(cells.list_self_check_faults(notebook.path)) == []
        run_notebook_with_solutions(c, notebook.path)


def run_notebook_with_solutions(c: Compendium, file: Path) -> None:
    """Run the cells of a notebook, and at each self-check its solution."""
    namespace: dict[str, object] = {}
    every = {cell.id: cell for cell in notebookfile.read_notebook(file).cells}
    for name, cell in every.items():
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{file.stem}:{name}", "exec"), namespace)
        exercise = name.removesuffix("-check")
        if exercise == name or exercise not in every:
            continue
        right, typical = exercises.run_solution(exercises.read_solution_code(c, file.stem, exercise), namespace)
        answers = [right]
        for key, answer in typical.items():
            assert not any(exercises.are_answers_equal(answer, other) for other in answers), (file.stem, exercise, key)
            said = NotebookWording(c, file.stem).part(f"{exercise}-{key}")
            assert all(said[language] for language in c.languages), (file.stem, exercise, key)
            answers.append(answer)
