"""The runner before anything is executed: what is compared, kept, and refused in one line."""

import errno
import json

import nbformat
import pytest
from small_project import FIRST, command, notebook, replace
from worlds import declare

from compendium import CompendiumError
from compendium.base import cells
from compendium.base.files import os_error_line
from compendium.compendium import Compendium
from compendium.run import comparison, contents, notebookfile, schedule

find = Compendium.find

MORE = "".join(f"b{number},1,x\n" for number in range(7))


@pytest.mark.parametrize(
    ("committed", "computed", "told"),
    [
        # one row more at the top shifts all others, and is told alone
        ("a,1,x\nb,2,y\nc,3,z\n", "new,9,w\na,1,x\nb,2,y\nc,3,z\n", [(False, "t.csv: 1 row added: new")]),
        ("a,1,x\nb,2,y\n", "b,2,y\n", [(False, "t.csv: 1 row gone: a")]),
        ("a,1,x\nb,2,y\n", "b,2.5,y\na,1,\n", [(False, "t.csv, a: text x -> empty"), (True, "t.csv, b: n 2 -> 2.5")]),
        ("a,1,x\na,2,y\n", "a,1,x\na,2,z\n", [(False, "t.csv, a 2: text y -> z")]),
        ("a,1,x\na,1,x\n", "a,1,x\n", [(False, "t.csv: 1 row gone: a 1 x 1")]),
        ("a,1,x\nb,2,y\n", "b,2,y\na,1,x\n", [(False, "t.csv: the rows stand in another order")]),
        ("a,0.1,x\n", "a,0.10000000000001,x\n", []),
        ("a,0.1,x\n", "a,0.1000001,x\n", [(True, "t.csv, a: n 0.1 -> 0.1000001")]),
        ("0.1,1,x\n0.2,2,y\n", "0.10000000000001,1,x\n0.2,2,y\n", []),
        ("a,1,x\n", f"{MORE}a,1,x\n", [(False, "t.csv: 7 rows added: b0, b1, b2, b3, b4, …")]),
    ],
)
def test_rows_of_a_table_are_told_by_their_key_and_never_by_place(tmp_path, monkeypatch, committed, computed, told):
    monkeypatch.chdir(tmp_path)
    made, kept = tmp_path / "made" / "t.csv", tmp_path / "kept" / "t.csv"
    for path, rows in ((made, computed), (kept, committed)):
        path.parent.mkdir()
        path.write_text("name,n,text\n" + rows, encoding="utf-8")
    found = comparison.compare_tables(made, kept)
    assert [(number, line.removeprefix(str(kept.parent) + "/").removeprefix("kept/")) for number, line in found] == told


def test_normalise_joins_streams_and_drops_timings():
    cell = nbformat.v4.new_code_cell("x", id="a", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=t) for t in ("one\n", "two\n")]
    cell.metadata = {"papermill": {"duration": 1.5}, "tags": ["keep"]}
    book = nbformat.v4.new_notebook(
        cells=[cell], metadata={"papermill": {"x": 1}, "language_info": {"name": "python", "version": "3.11.7"}}
    )
    text = notebookfile.normalise_notebook(book)
    assert "duration" not in text and "3.11.7" not in text and "papermill" not in text
    assert json.loads(text)["cells"][0]["outputs"][0]["text"] == ["one\n", "two\n"]
    assert notebookfile.normalise_notebook(nbformat.reads(text, 4)) == text


def test_what_the_file_system_refuses_is_told():
    for error, said in (
        (PermissionError(13, "Permission denied", "/x/y"), "/x/y: Permission denied. Remedy: give yourself the right"),
        (OSError(errno.EROFS, "Read-only file system", "z"), "z: Read-only file system. Remedy: work in a copy"),
        (OSError(errno.EIO, "Input/output error", "z"), "z: Input/output error"),
        (OSError("odd"), "file system: odd"),
    ):
        assert os_error_line(error).startswith(said)


NAMED = "notebooks/01-first.ipynb"
NO_NOTEBOOK = f"{NAMED} cannot be read as a notebook: … Remedy: take {NAMED} from the archive you unpacked "
NOT_PLAIN = f"{NAMED}, cell cell-0: … Remedy: write each parameter as name = number, text, True or False\n"
ELSEWHERE = notebook("factor = 1", FIRST).replace('"name": "python3"', '"name": "conda-env"')


def spoil(number, **change):
    """Return the text of a notebook with a change in one cell."""
    content = json.loads(notebook("factor = 1", FIRST))
    cell = content["cells"][number] | change
    content["cells"][number] = {name: value for name, value in cell.items() if name != "id" or value}
    return json.dumps(content)


@pytest.mark.parametrize(
    ("words", "file", "text", "said"),
    [
        ("-p nonsense=1", "", "", "no selected notebook has a parameter 'nonsense'; there are factor, note"),
        ("-p factor=two", "", "", "parameter factor: 'two' is not of type int"),
        ("-p language=en", "", "", "no selected notebook has a parameter 'language'"),
        ("07", "", "", "no notebook is called '07'"),
        ("", "build", "a file", "build"),
        ("", "notebooks/contents.toml", "[01-first\n", "notebooks/contents.toml is no TOML: "),
        ("", NAMED, ELSEWHERE, f"{NAMED} asks for kernel 'conda-env'"),
        ("", NAMED, None, f"{NAMED} is missing"),
        ("", NAMED, notebook("factor = 1", "def (:"), f"{NAMED}, cell cell-1, line 1: invalid syntax."),
        ("", NAMED, spoil(1, id="cell-0"), f"{NAMED}, cell 2: its id 'cell-0' is that of cell 1. Remedy: give it an"),
        ("", NAMED, spoil(0, id=None), f"{NAMED}, cell 1: has no id, as in files of Colab or of nbformat"),
        ("", NAMED, spoil(1, cell_type="raw"), f"{NAMED}, cell cell-1: is of type raw. Remedy: press Y (code) or M (t"),
        ("", NAMED, spoil(0, cell_type="markdown"), f"{NAMED}: 0 code cells are tagged 'parameters'. Remedy: tag the"),
        *(("", NAMED, text, NO_NOTEBOOK) for text in (
            "", "{", "[]", "5", "{}", '{"cells": [', "\udcff", '{"nbformat": 9}'
        )),
        *(("", NAMED, notebook(source, FIRST), NOT_PLAIN) for source in (
            "factor = = 1", "factor = len('a')", "a, factor = 1, 2", "a = factor = 1", "factor: int = 1"
        )),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
@pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning")
def test_what_cannot_be_run_is_refused_in_one_line(project, words, file, text, said):
    if text is None:
        (project / file).unlink()
    elif file:
        (project / file).write_text(text, encoding="utf-8", errors="surrogateescape")
    outcome, (begin, *rest) = command("run", *words.split()), said.split(" … ")
    assert outcome.exit_code == 1 and outcome.output.startswith(f"Error: {begin}")
    assert all(part in outcome.output for part in rest) and outcome.output.count("\n") == 1
    assert not (find().build / "choices").exists()


def test_out_refuses_a_folder_that_holds_something_else(project):
    outcome = command("run", "--out", "notebooks")
    assert outcome.exit_code != 0 and "holds no run" in outcome.output and (project / NAMED).exists()


def test_raw_star_stands_for_every_raw_table_but_those_of_the_ledger():
    reads = contents.list_declared_notebooks(find())["00-sources-and-claims"].reads
    assert reads == set(find().tables.resources) - contents.COMMON and len(reads) > 40
    assert set(find().tables.resources) > contents.COMMON


def test_the_installed_versions_are_those_of_the_lock():
    assert schedule.list_versions_off_lock(find()) == []


SOLVED = "<details>\n<summary>答案 Solution</summary>\n\n```python\n{}\n```\n\n</details>"


IN_TEXT = "the solution in the text cell exercise-1"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "no text cell has the id 'exercise-1'"),
        ("What is six times seven?", "the text cell exercise-1 holds no solution"),
        (SOLVED.format("right = 42"), f"{IN_TEXT} never sets `answer`"),
        (SOLVED.format("a = 1\nanswer = ("), f"{IN_TEXT}, line 2: '(' was never closed"),
        (SOLVED.format("answer = 42"), ""),
        (SOLVED.format('answer = 42\nwrong = {"sum": 6 + 7}'), ""),
        (SOLVED.format('answer = 42\nwrong = {"sum": 13, "power": 6**7}'),
         "the wrong answer 'power' of exercise-1 has no sentence"),
        *((SOLVED.format(f"answer = 42\n{line}"), f"{IN_TEXT} does not spell out the keys of `wrong`")
          for line in ("wrong = dict(sum=13)", 'wrong = {"su" + "m": 13}', "wrong = {**answer}")),
    ],
)  # fmt: skip
def test_a_self_check_without_a_solution_is_told_before_the_run_and_by_check(project, text, fault):
    path = project / "notebooks/01-first.ipynb"
    (path.parent / "texts").mkdir()
    texts = '[texts.exercise-1-sum]\nzh = "这是和。"\nen = "This is the sum."\n'
    (path.parent / "texts/01-first.toml").write_text(texts, encoding="utf-8")
    replace(project, "01-first", "factor = 1", 'notebook.check("exercise-1", None)')
    content = nbformat.read(path, 4)
    content.cells += [] if text is None else [nbformat.v4.new_markdown_cell(text, id="exercise-1")]
    nbformat.write(content, path)
    told = [line for line in notebookfile.list_notebook_faults(path) if "execution count" not in line]
    head = f"notebooks/01-first.ipynb, cell cell-1: {fault}"
    assert [line.partition(". Remedy: ")[0] for line in told] == ([head] if fault else [])
    assert all(line.count(". Remedy: ") == 1 for line in told)
    outcome = command("run", "-p", "factor=a")  # what is told of a notebook without such a fault
    other = "parameter factor: 'a' is not of type int, as its default 1 is"
    assert (outcome.exit_code, outcome.output) == (1, f"Error: {told[0] if fault else other}\n")


def test_cells_have_id_kind_source_and_tags_whatever_form_the_source_is_in(tmp_path):
    tagged = {"cell_type": "code", "id": "b", "source": ["x = 1\n", "y = 2"], "metadata": {"tags": ["hide-input"]}}
    file = declare(tmp_path) / "01-a.ipynb"
    file.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "text"}, tagged]}), encoding="utf-8")
    assert cells.read_notebook_cells(file) == [
        ("", "markdown", "text", []),
        ("b", "code", "x = 1\ny = 2", ["hide-input"]),
    ]
    for content in ("", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": ""}]}'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(CompendiumError, match=r"^01-a\.ipynb cannot be read as a notebook\. Remedy: "):
            cells.read_notebook_cells(file)
