"""Working copies: one language, kept the second time, made anew where one is deleted."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest
import worlds
from click.testing import CliRunner

from compendium.__main__ import main
from compendium.base import paths
from compendium.base.files import write_atomic
from compendium.notebook import explorers, working_copies
from compendium.run import contents, notebookfile

SVG = "<?xml?><svg><title>00-a</title><dc:description>{}</dc:description></svg>"
DECLARED = '[{}]\nsection = "1"\nzh = "一"\nen = "one"\nreads = []\n'
NAMES = ("00-start", "01-next")
SHOWN = (
    {"text/markdown": "<!-- zh -->\n甲\n\n<!-- en -->\nA"},
    {"image/svg+xml": SVG.format("old").removeprefix("<?xml?>"), "image/png": "b2xk", "text/plain": "old"},
    {"text/html": "表 table"},
    {explorers.KIND: {"a": 1}, "text/plain": "图"},
)
TEXT = "<!-- zh -->\n## 练习\n\n写下答案。\n\n<!-- en -->\n## Exercise\n\nWrite the answer.\n\n"
TEXT += "<details><summary>答案 Solution</summary>\n\n```python\nanswer = 5  # 五\n```\n\n"
TEXT += "它是2017年的数。\n\nIt is the number of 2017.\n</details>\n"
HALF = "## {}\n\n{}\n\n<details>\n\n<summary>{}</summary>\n\n```python\nanswer = 5  # 五\n```\n\n{}\n\n</details>"
ZH = HALF.format("练习", "写下答案。", "答案", "它是2017年的数。")
EN = HALF.format("Exercise", "Write the answer.", "Solution", "It is the number of 2017.")
CODE = """# 年份
year = 2015  # the year
answer = "# 不是注释 / no comment"  # 你的答案：整数 / your answer: a whole number"""
CODE_IN = {
    "zh": '# 年份\nyear = 2015\nanswer = "# 不是注释 / no comment"  # 你的答案：整数',
    "en": 'year = 2015  # the year\nanswer = "# 不是注释 / no comment"  # your answer: a whole number',
}


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """Two notebooks with outputs, and a README that begins with the second."""
    readme = (
        "See [00](notebooks/00-start.ipynb)\n\nRead [01](notebooks/01-next.ipynb) → [00](notebooks/00-start.ipynb)\n"
    )
    write_atomic(tmp_path / "README.md", readme.encode())
    for language in ("zh", "en"):
        write_atomic(tmp_path / "figures" / language / "00-a.svg", SVG.format(language).encode())
        write_atomic(tmp_path / "figures" / language / "00-a.png", language.encode())
    write_atomic(tmp_path / "notebooks/contents.toml", "\n".join(map(DECLARED.format, NAMES)).encode())
    for name in NAMES:
        code = nbformat.v4.new_code_cell(CODE, id="code", execution_count=1)
        code.outputs = [nbformat.v4.new_output("display_data", data) for data in SHOWN]
        cells = [nbformat.v4.new_markdown_cell(TEXT, id="text"), code]
        cells.append(nbformat.v4.new_markdown_cell(f"{name}: $x$", id="neither"))
        text = notebookfile.normalise_notebook(nbformat.v4.new_notebook(cells=cells))
        write_atomic(tmp_path / "notebooks" / f"{name}.ipynb", text.encode())
    write_atomic(tmp_path / paths.MARKS[1], b"")
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(paths.LANGUAGE, raising=False)
    return worlds.declare(tmp_path)


@pytest.fixture
def c(root):
    """The compendium of these notebooks; its outputs go elsewhere."""
    return worlds.at(root, root / "out")


FIRST = {language: "\n\n" + working_copies.text("run-first")[language] for language in ("zh", "en")}


@pytest.mark.parametrize(("language", "text", "said"), [("zh", ZH, "甲"), ("en", EN, "A")])
def test_copies_show_what_the_committed_notebooks_do_in_one_language(c, root, language, text, said):
    before = {path.name: path.read_bytes() for path in (root / "notebooks").iterdir()}
    place = working_copies.make_working_copies(c, language)
    assert place == root / "build" / "lab" / language / "notebooks"
    assert sorted(path.name for path in place.iterdir()) == [f"{name}.ipynb" for name in NAMES]
    figure = {"text/plain": language, "image/svg+xml": SVG.format(language).removeprefix("<?xml?>")}
    figure["image/png"] = base64.b64encode(language.encode()).decode()
    shown = [{"text/markdown": said}, figure, {"text/html": "表 table"}]
    shown += [{explorers.KIND: {"a": 1}, "text/plain": "图"}] if language == "zh" else []
    sources = [text + FIRST[language], CODE_IN[language]]
    for name in NAMES:
        cells = notebookfile.read_notebook(place / f"{name}.ipynb").cells
        assert [cell.id for cell in cells] == ["text", "code", "neither"]
        assert [cell.source for cell in cells] == [*sources, f"{name}: $x$"]
        assert [output.data for output in cells[1].outputs] == shown and cells[1].execution_count == 1
    assert {path.name: path.read_bytes() for path in (root / "notebooks").iterdir()} == before
    shutil.rmtree(place)
    bare = notebookfile.read_notebook(
        working_copies.make_working_copies(c, language, solutions=False) / "00-start.ipynb"
    ).cells
    assert bare[0].source == text.partition("<details>")[0].strip() + FIRST[language]


def test_what_the_copies_link_to_is_copied_and_what_that_links_to(c, root, tmp_path_factory):
    """Pages, code and tables, but nothing from outside; a link to what is not there stays. None of ours is dead."""
    pages = {
        "docs/a.md": "[b](b.md#part) [c](../study/code.py) [gone](gone.md) [web](https://a.org/b.md) [up](../../up.md)",
        "docs/b.md": "[a](a.md) [t](../data/raw/t.csv)",
        "study/code.py": "[x](unlinked.md)",
        "data/raw/t.csv": "a\n",
        "study/unlinked.md": "",
    }
    for name, said in pages.items():
        write_atomic(root / name, said.encode())
    write_atomic(root.parent / "up.md", b"")
    first = working_copies.make_working_copies(c, "en") / "00-start.ipynb"
    first.write_text("[a](../docs/a.md)", encoding="utf-8")
    place = working_copies.make_working_copies(c, "en").parent
    made = {path.relative_to(place).as_posix() for path in place.rglob("*.*") if path.suffix != ".ipynb"}
    assert made == {"docs/a.md", "docs/b.md", "study/code.py", "data/raw/t.csv"}
    assert not (place.parent / "up.md").exists()
    place, dead = tmp_path_factory.mktemp("ours"), []
    for one in contents.list_declared_notebooks(worlds.HERE).values():
        made = working_copies.render_working_copy(worlds.HERE, notebookfile.read_notebook(one.path), "en")
        write_atomic(place / "notebooks" / one.path.name, made.encode())
    working_copies.copy_linked_files(worlds.HERE, place)
    for path in [*place.rglob("*.ipynb"), *place.rglob("*.md")]:
        links = re.findall(r"\]\(([^)#:]+\.(?:md|py|csv|ipynb))[)#]", path.read_text(encoding="utf-8"))
        dead += [(path.name, link) for link in links if not (path.parent / link).exists()]
    assert dead == []


@pytest.mark.parametrize(
    ("language", "first", "lacks"),
    [("zh", "先运行全部单元格", "这里没有"), ("en", "First run all cells", "is missing here")],
)
def test_a_kernel_says_in_a_line_that_it_is_fresh_or_lacks_a_library(c, language, first, lacks, monkeypatch):
    monkeypatch.setenv("PYTHONSTARTUP", working_copies.make_jupyterlab_command(c, language)[1]["PYTHONSTARTUP"])
    monkeypatch.setenv(paths.LANGUAGE, language)
    monkeypatch.setenv(paths.ROOT, str(c.root))
    stub = "import sys\nfrom compendium.notebook.fresh_kernel import MissingLibraryStub as Stub\n"
    stub += "sys.modules['lacking'] = Stub('lacking')\n"
    begin = "from types import SimpleNamespace\nnotebook = SimpleNamespace(name='00-start')"
    code = ['notebook.check("exercise-1", 1)', begin, "other", "import nowhere.deep"]
    code += [f"{stub}import lacking\nkind = lacking.solve.Kind", "found = lacking.solve(3)", "then = found + 1", "then"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in code])
    kept = nbformat.v4.new_output("display_data", {"text/plain": "4"})
    whole = {"cells": [{"cell_type": "code", "source": code[6], "outputs": [kept]}]}
    write_atomic(c.root / "shown" / language / "00-start.ipynb", json.dumps(whole).encode())
    nbclient.NotebookClient(book, allow_errors=True).execute()
    fresh, begun, other, unknown, named, called, needing, last = (cell.outputs for cell in book.cells)
    assert first in fresh[0].data["text/markdown"] and len(fresh) == 1 and begun == named == []
    assert other[0].ename == "NameError"
    assert [lacks in shown[0].data["text/markdown"] for shown in (unknown, called, needing, last)] == [True] * 4
    assert "deep" not in str(unknown) and len(unknown) == len(called) == len(last) == 1
    assert all("lacking" in shown[0].data["text/markdown"] for shown in (called, needing, last))
    assert needing[1].data == {"text/plain": "4"}


def test_copies_keep_the_work_of_the_reader_and_one_that_is_deleted_is_made_anew(c):
    other = working_copies.make_working_copies(c, "zh") / "00-start.ipynb"
    other.write_text("my work", encoding="utf-8")
    missing = other.with_name("01-next.ipynb")
    whole = missing.read_bytes()
    missing.unlink()
    assert working_copies.make_working_copies(c, "zh") == other.parent and missing.read_bytes() == whole
    assert (
        working_copies.make_working_copies(c, "en") != other.parent and other.read_text(encoding="utf-8") == "my work"
    )


def test_copies_with_solutions_are_kept_and_where_they_are_and_how_to_start_anew_is_said(c, monkeypatch):
    started = []
    monkeypatch.setattr("os.execve", lambda *command: started.append(command))

    def said(*options):
        first, *rest = CliRunner().invoke(main, ["lab", *options]).output.splitlines()
        language = "en" if "en" in options else "zh"
        assert first.startswith(f"{'Your copies are' if language == 'en' else '你的副本'}"), first
        program, line, environment = started.pop()
        assert program == line[0] == sys.executable and environment[paths.LANGUAGE] == language
        assert f"build/lab/{language}/notebooks" in first
        return rest

    assert said() == [] and working_copies.holds_solutions(c, "zh") and not working_copies.holds_solutions(c, "en")
    told = said("--no-solutions")
    assert len(told) == 1 and "build/lab/zh/notebooks" in told[0] and "make lab SOLUTIONS=0" in told[0]
    assert working_copies.holds_solutions(c, "zh")
    assert said("--no-solutions", "--language", "en") == [] and not working_copies.holds_solutions(c, "en")
    monkeypatch.setattr(working_copies, "holds_solutions", lambda *_: False)
    assert said("--no-solutions") == [] and said() == []


def test_make_leaves_solutions_out_only_where_they_are_refused():
    for given, option in (([], False), (["SOLUTIONS=1"], False), (["SOLUTIONS=0"], True)):
        line = ["make", "-n", "-s", "-o", ".venv/.ready", "lab", *given]
        done = subprocess.run(line, cwd=paths.HOME, capture_output=True, text=True, check=True)
        assert "compendium lab" in done.stdout and ("--no-solutions" in done.stdout) == option, given


def test_jupyterlab_opens_where_students_begin_and_writes_beside_the_copies(c, root, monkeypatch):
    place = working_copies.make_working_copies(c, "en")
    for user in (0, 1000):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user, raising=False)
        line, environment = working_copies.make_jupyterlab_command(c, "en")
        assert line[:2] == [sys.executable, "-c"] and "from jupyterlab.labapp import main" in line[2]
        assert line[3] == f"--ServerApp.root_dir={place.parent}"
        assert line[-1].endswith("=/lab/tree/notebooks/01-next.ipynb")
        assert ("--allow-root" in line) == (user == 0)
    assert (environment[paths.LANGUAGE], environment[paths.OUT]) == ("en", str(place.parent))
    assert environment[paths.ROOT] == str(root), "the tables stay those of the compendium"
    settings = next(word for word in line if "app_settings_dir" in word).partition("=")[2]
    said = json.loads((Path(settings) / "overrides.json").read_text(encoding="utf-8"))
    no_news = {"fetchNews": "false", "checkForUpdates": False}
    assert said["@jupyterlab/apputils-extension:notification"] == no_news
    (root / "README.md").write_text("no path for students", encoding="utf-8")
    assert working_copies.make_jupyterlab_command(c, "en")[0][-1].endswith("=/lab/tree/notebooks/00-start.ipynb")
    readmes = [(paths.HOME / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
    assert [working_copies.STUDENTS.findall(text) for text in readmes] == [["07-talent-gap"]] * 2, (
        "ours say the same, and once"
    )
