"""Working copies: one language, no outputs, kept the second time, set aside where the reader starts anew."""

import sys

import nbformat
import pytest
from click.testing import CliRunner

from compendium import paths
from compendium.__main__ import main
from compendium.run import notebookfile
from compendium.show import lab
from compendium.show.halves import half

DECLARED = '[{}]\nsection = "1"\nzh = "一"\nen = "one"\nreads = []\nwrites = []\n'
NAMES = ("00-start", "01-next")
TEXT = """<!-- zh -->
## 练习

写下答案。

<!-- en -->
## Exercise

Write the answer.

<details><summary>答案 Solution</summary>

```python
answer = 5  # 五
```

它是2017年的数。

It is the number of 2017.
</details>
"""
ZH = """## 练习

写下答案。

<details>

<summary>答案</summary>

```python
answer = 5  # 五
```

它是2017年的数。

</details>"""
EN = """## Exercise

Write the answer.

<details>

<summary>Solution</summary>

```python
answer = 5  # 五
```

It is the number of 2017.

</details>"""


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """Two notebooks with outputs."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "contents.toml").write_text("\n".join(map(DECLARED.format, NAMES)), encoding="utf-8")
    for name in NAMES:
        code = nbformat.v4.new_code_cell("1 + 1", id="code", execution_count=1)
        code.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)]
        cells = [nbformat.v4.new_markdown_cell(TEXT, id="text"), code]
        cells.append(nbformat.v4.new_markdown_cell(f"{name}: $x$", id="neither"))
        text = notebookfile.normalise(nbformat.v4.new_notebook(cells=cells))
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    monkeypatch.delenv(paths.LANGUAGE, raising=False)
    return tmp_path


def committed(root):
    return {path.name: path.read_bytes() for path in (root / "notebooks").iterdir()}


@pytest.mark.parametrize(("language", "text"), [("zh", ZH), ("en", EN)])
def test_copies_are_in_one_language_and_without_outputs(root, language, text):
    before = committed(root)
    place = lab.prepare(language)
    assert place == root / "build" / "lab" / language / "notebooks"
    assert sorted(path.name for path in place.iterdir()) == [f"{name}.ipynb" for name in NAMES]
    for name in NAMES:
        copy = notebookfile.read(place / f"{name}.ipynb")
        assert [cell.id for cell in copy.cells] == ["text", "code", "neither"]
        assert [cell.source for cell in copy.cells] == [text, "1 + 1", f"{name}: $x$"]
        assert copy.cells[1].outputs == [] and copy.cells[1].execution_count is None
    assert committed(root) == before


def test_copies_keep_the_work_of_the_reader_and_missing_ones_are_made():
    place = lab.prepare("zh")
    first, second = (place / f"{name}.ipynb" for name in NAMES)
    whole = second.read_bytes()
    first.write_text("my work", encoding="utf-8")
    second.unlink()
    assert lab.prepare("zh") == place
    assert first.read_text(encoding="utf-8") == "my work" and second.read_bytes() == whole


def test_starting_anew_sets_the_copies_and_their_outputs_aside(root):
    place = lab.prepare("en")
    written = place.parent / "data" / "processed" / "a.csv"
    written.parent.mkdir(parents=True)
    pristine = (place / "00-start.ipynb").read_bytes()
    aside = root / "build" / "lab" / "en-before"
    for work in ("first", "second"):
        (place / "00-start.ipynb").write_text(work, encoding="utf-8")
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(work, encoding="utf-8")
        assert lab.prepare("en", fresh=True) == place
        assert (place / "00-start.ipynb").read_bytes() == pristine and not written.exists()
        kept = (aside / "notebooks/00-start.ipynb", aside / "data/processed/a.csv")
        assert [path.read_text(encoding="utf-8") for path in kept] == [work, work]


def test_the_languages_do_not_touch_each_other():
    english = lab.prepare("en") / "00-start.ipynb"
    english.write_text("my work", encoding="utf-8")
    lab.prepare("zh", fresh=True)
    assert english.read_text(encoding="utf-8") == "my work"


def test_starting_anew_where_nothing_is_yet_is_starting(root):
    assert lab.prepare("zh", fresh=True).is_dir()
    assert [path.name for path in (root / "build" / "lab").iterdir()] == ["zh"]


def test_jupyterlab_opens_the_first_copy_and_writes_beside_the_copies(root):
    place = lab.prepare("en")
    line, environment = lab.command("en")
    assert line[:2] == [sys.executable, "-c"] and "from jupyterlab.labapp import main" in line[2]
    assert line[3:] == [f"--ServerApp.root_dir={place.parent}", str(place / "00-start.ipynb")]
    assert (environment[paths.LANGUAGE], environment[paths.OUT]) == ("en", str(place.parent))
    assert environment[paths.ROOT] == str(root), "the tables stay those of the compendium"


@pytest.mark.parametrize(
    ("options", "language", "fresh"),
    [([], "zh", False), (["--language", "en"], "en", False), (["--fresh"], "zh", True)],
)
def test_the_command_says_where_the_copies_are(monkeypatch, options, language, fresh):
    started, asked = [], []
    prepare = lab.prepare
    monkeypatch.setattr(lab, "prepare", lambda *how: asked.append(how) or prepare(*how))
    monkeypatch.setattr("os.execve", lambda *command: started.append(command))
    outcome = CliRunner().invoke(main, ["lab", *options])
    assert outcome.exit_code == 0 and asked == [(language, fresh)]
    assert outcome.output.startswith(f"Your copies are in build/lab/{language}/notebooks; ")
    [(program, line, environment)] = started
    assert program == line[0] == sys.executable and environment[paths.LANGUAGE] == language


# The half of a text cell


def test_a_text_without_a_mark_belongs_to_both_languages():
    assert half("a\n\nb", "zh") == half("a\n\nb", "en") == "a\n\nb"


def test_a_solution_in_each_half_stays_where_it_is():
    block = "<details><summary>答案 Solution</summary>\n\n{}\n</details>"
    text = f"<!-- zh -->\n甲\n\n{block.format('乙')}\n<!-- en -->\nA\n\n{block.format('B')}"
    assert half(text, "zh") == f"甲\n\n{block.format('乙')}" and half(text, "en") == f"A\n\n{block.format('B')}"


def test_code_in_a_solution_is_in_both_languages_with_its_chinese_words():
    text = TEXT.replace("answer = 5  # 五", 'answer = "甲乙"\n\nprint("没有英文的一行")')
    assert all('print("没有英文的一行")' in half(text, language) for language in ("zh", "en"))
