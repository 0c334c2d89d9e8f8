"""A compendium for another paper: made by one command, it runs, proves itself, and takes a claim and a table."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import own_words
import pandas as pd
import pypdf
import pytest

from compendium import CompendiumError, new

pytestmark = pytest.mark.slow
TEXTS = (".csv", ".ipynb", ".json", ".md", ".py", ".svg", ".toml")
EXCLUDED = {
    "build",
    "compendium",
    "pyproject.toml",
}  # others test the engine; codes of ruff look like ids


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("新 dir") / "another paper"
    new.create(target)
    return target


def command(folder, *arguments):
    """Run a module of Python in another compendium, as its own .venv would."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPENDIUM_")}
    line = [sys.executable, "-m", *arguments]
    environment |= {"PYTHONPATH": str(folder)}
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")


def replace(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def edit(notebook, cell, old, new):
    content = nbformat.read(notebook, 4)
    found = next(c for c in content.cells if c.id == cell)
    assert old in found.source
    found.source = found.source.replace(old, new)
    nbformat.write(content, notebook)


def verdicts(folder):
    ledger = pd.read_csv(folder / "data/processed/claims.csv", keep_default_na=False)
    return ledger.set_index("claim_id")["verdict"].to_dict()


def test_it_runs_and_agrees_with_what_it_holds(folder):
    done = command(folder, "compendium", "run", "--force")
    assert done.returncode == 0 and "0 differences" in done.stdout, done.stderr
    assert verdicts(folder) == {"Q01": "traced", "Q02": "contradicted", "Q03": "not testable"}
    assert command(folder, "compendium", "check").returncode == 0


def test_it_makes_slides_of_its_own_findings(folder):
    assert command(folder, "compendium", "slides").returncode == 0
    for language, said in (("zh", "骑车人数增加了"), ("en", "Cycling grew by")):
        pages = pypdf.PdfReader(folder / f"build/slides/{language}.pdf").pages
        assert len(pages) == 5 and said in pages[2].extract_text()


@pytest.fixture(scope="module")
def venv(folder):
    """A .venv of the new compendium that leads to what is installed here, so that nothing need be."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    [site] = folder.glob(".venv/lib/python*/site-packages")
    (site / "here.pth").write_text(f"{sysconfig.get_path('purelib')}\n{folder}\n", encoding="utf-8")
    python = folder / ".venv/bin/python"
    (folder / ".venv/.ready").write_text(f"{folder}\n{python.resolve()}\n", encoding="utf-8")


@pytest.mark.parametrize("hiding", [(), ("json", "random", "types")], ids=["as made", "names of Python in its folder"])
def test_its_readme_two_commands_run_and_prove_it(folder, venv, hiding):
    readme = (folder / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (make.*?) *#", readme, re.M)
    assert commands == ["make", "make test"]
    for name in hiding:
        (folder / f"{name}.py").write_text("raise RuntimeError(__file__)\n", encoding="utf-8")
    dropped = ("COMPENDIUM_", "MAKE", "MFLAGS", "PYTEST_", "PYTHONPATH")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    run, test = (
        subprocess.run(line, shell=True, cwd=folder, env=clean, capture_output=True, encoding="utf-8")
        for line in commands
    )
    for name in hiding:
        (folder / f"{name}.py").unlink()
    assert run.returncode == 0 and "0 differences" in run.stdout, run.stdout + run.stderr
    cells = len([c for c in nbformat.read(folder / "notebooks/01-example.ipynb", 4).cells if c.cell_type == "code"])
    tests = (folder / "tests/test_compendium.py").read_text(encoding="utf-8").count("\ndef test_")
    assert test.returncode == 0 and f"{cells + tests} passed" in test.stdout, test.stdout + test.stderr


def test_one_without_an_engine_of_its_own_is_run_by_this_one(folder, tmp_path):
    """From a folder inside, with the installed command, which must not run this study, and its notebook by itself."""
    other, bin = tmp_path / "other", Path(sys.executable).parent
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("compendium", "build", ".venv"))
    (other / "json.py").write_text("raise RuntimeError(__file__)\n", encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMPENDIUM_", "PYTHONPATH"))}
    notebook = [bin / "jupyter", "nbconvert", "--to", "notebook", "--execute", "--output-dir", tmp_path]
    for line in (
        [bin / "compendium", "run", "--force"],
        [bin / "compendium", "claims", "Q02"],
        [*notebook, "01-example.ipynb"],
    ):
        done = subprocess.run(line, cwd=other / "notebooks", env=clean, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
        if line[1] == "run":
            assert "01-example" in done.stdout and "0 differences" in done.stdout
    assert (other / "build/lab/data/processed/growth.csv").is_file()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("notebooks/findings.toml", '"traced"', '"trased"', "growth.expects.Q01: 'trased' is no verdict; there are"),
        ("notebooks/findings.toml", "Q02 =", "Q20 =", "share.expects.Q20: 'Q20' is no claim of the paper; ids run"),
        ("notebooks/findings.toml", "zh =", "zhh =", "growth.zh: the key is missing"),
        ("notebooks/01-example.ipynb", r"<!-- zh -->\n", "", "AssertionError: ('01-example', 'title')"),
    ],
)
def test_its_own_tests_find_a_slip(folder, file, old, new, said):
    before = (folder / file).read_bytes()
    replace(folder / file, old, new)
    done = command(folder, "pytest", "-q", "-n", "0", "tests")
    (folder / file).write_bytes(before)
    assert done.returncode == 1 and said in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('@judges("Q02")', '@judges("Q01")', r"line \d+: Q01: two judgements\. Remedy: correct the code"),
        (
            '@judges("Q02")',
            '@judges("Q20")',
            r"line \d+: Q20 is no claim of data/raw/claims\.csv\. Remedy: .*",
        ),
        ("data: Data)", "data: Data", r"line \d+: .*\. Remedy: correct the code"),
    ],
)
def test_a_slip_in_its_judgements_is_told_in_one_line(folder, old, new, said):
    file = folder / "study/judgements/__init__.py"
    before = file.read_bytes()
    replace(file, old, new)
    done = [command(folder, "compendium", step) for step in ("check", "run")]
    file.write_bytes(before)
    for step in done:
        assert step.returncode == 1 and re.fullmatch(f"Error: study/judgements/__init__.py, {said}\n", step.stderr)


def test_its_certificate_and_its_files_speak_of_its_own_paper(folder):
    assert command(folder, "compendium", "certificate").returncode == 0
    facts = json.loads((folder / "build/certificate.json").read_text(encoding="utf-8"))
    [paper] = new.example()["package"]["sources"]
    assert facts["paper"] == {"title": paper["title"], "url": paper["path"]}
    ids = {cell for path in new.TEMPLATE.glob("raw/*.csv") for cell in pd.read_csv(path, dtype=str).stack()}
    files = [p for p in folder.rglob("*") if p.suffix in TEXTS and not EXCLUDED & set(p.relative_to(folder).parts)]
    png = re.compile(r'"image/png": "[^"]*"')  # letters by chance
    said = {path: png.sub("", path.read_text(encoding="utf-8")) for path in [*files, folder / "build/certificate.json"]}
    assert {path: own_words.found(text, ids) for path, text in said.items()} == {name: set() for name in said}
    assert not own_words.words().search((folder / "pyproject.toml").read_text(encoding="utf-8"))


def test_a_folder_that_is_not_empty_is_refused(folder):
    with pytest.raises(CompendiumError, match="is not empty"):
        new.create(folder)


def test_a_claim_is_added_in_two_files(folder):
    """The row of the claim, here one that asks for a search only, and the cell of the notebook that shows it."""
    claims = folder / "data/raw/claims.csv"
    row = "Q04,4,,Cycling is best.,骑车最好。,best,,,rank,最好,best,2022,2022,authors,,O-PAPER,"
    claims.write_text(
        claims.read_text(encoding="utf-8") + row + "quoted-only,false,survey,supporting,,\n", encoding="utf-8"
    )
    edit(folder / "notebooks/01-example.ipynb", "verdicts", '"Q03")', '"Q03", "Q04")')
    assert command(folder, "compendium", "data", "refresh").returncode == 0
    assert "verdict of Q04: none committed, not testable computed" in command(folder, "compendium", "run").stdout
    told = command(folder, "compendium", "claims", "Q04").stderr
    assert told == "Error: Q04 has no accepted verdict yet. Remedy: make, then make accept\n"
    assert command(folder, "compendium", "accept").returncode == 0
    assert verdicts(folder)["Q04"] == "not testable"


def test_a_raw_table_is_added_in_three_files(folder):
    """The table, its description, and the list of what the notebook reads; then a cell that reads it."""
    raw = folder / "data/raw"
    (raw / "rain.csv").write_text("year,days,source_id\n2022,120,city-counts\n", encoding="utf-8", newline="\n")
    package = json.loads((raw / "datapackage.json").read_text(encoding="utf-8"))
    counts = next(resource for resource in package["resources"] if resource["name"] == "counts")
    year, days, source = (dict(counts["schema"]["fields"][place]) for place in (0, 1, 3))
    days |= {"name": "days", "title": "Days", "title_zh": "天数", "unit": "days of rain", "unit_zh": "雨天"}
    schema = counts["schema"] | {"fields": [year, days, source]}
    package["resources"].append(counts | {"name": "rain", "path": "rain.csv", "title": "Rain", "schema": schema})
    (raw / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    replace(folder / "notebooks/contents.toml", '"survey"]', '"survey", "rain"]')
    edit(folder / "notebooks/01-example.ipynb", "survey", "table(", 'rain = read("data/raw/rain.csv")\ntable(')
    done = command(folder, "compendium", "data", "refresh")
    assert done.returncode == 0, done.stderr
    told = command(folder, "compendium", "run").stdout
    assert "differs: data/processed/judged-from.csv: 1 row added: rain\n1 differences" in told, told
