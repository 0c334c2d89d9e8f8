"""The runner before anything is executed: what is compared, kept, and refused in one line."""

import errno
import json

import nbformat
import pytest
from click.testing import CliRunner
from small_project import FIRST, replace
from small_project import project as project
from small_project import shared as shared

from compendium.__main__ import main
from compendium.compendium import Compendium
from compendium.files import os_error_line
from compendium.run import RunError, comparison, contents, notebookfile, schedule

find = Compendium.find


def test_numbers_in_tables_have_a_tolerance_and_texts_have_none():
    assert comparison.same("0.1", "0.10000000000001")
    assert not comparison.same("0.1", "0.1000001")
    assert not comparison.same("46", "64")
    assert not comparison.same("a", "b")


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
        ("0.1,1,x\n0.2,2,y\n", "0.10000000000001,1,x\n0.2,2,y\n", []),
        (
            "a,1,x\n",
            "".join(f"b{n},1,x\n" for n in range(7)) + "a,1,x\n",
            [(False, "t.csv: 7 rows added: b0, b1, b2, b3, b4, …")],
        ),
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
    text = notebookfile.normalise(book)
    assert "duration" not in text and "3.11.7" not in text and "papermill" not in text
    assert json.loads(text)["cells"][0]["outputs"][0]["text"] == ["one\n", "two\n"]
    assert notebookfile.normalise(nbformat.reads(text, 4)) == text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/x/y"), "/x/y: Permission denied. Remedy: give yourself the right"),
        (OSError(errno.EROFS, "Read-only file system", "z"), "z: Read-only file system. Remedy: work in a copy"),
        (OSError(errno.EIO, "Input/output error", "z"), "z: Input/output error"),
        (OSError("odd"), "file system: odd"),
    ],
)
def test_what_the_file_system_refuses_is_told(error, said):
    assert os_error_line(error).startswith(said)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nonsense=1", "no selected notebook has a parameter 'nonsense'; there are factor, note"),
        ("factor=two", "parameter factor: 'two' is not of type int"),
    ],
)
def test_wrong_parameters_are_errors(project, given, message):
    outcome = CliRunner().invoke(main, ["run", "-p", given])
    assert outcome.exit_code == 1
    assert message in outcome.output
    assert not (find().build / "choices").exists()


def test_the_language_is_no_parameter_and_one_of_two(project):
    outcome = CliRunner().invoke(main, ["run", "-p", "language=en"])
    assert outcome.exit_code == 1 and "no selected notebook has a parameter 'language'" in outcome.output
    outcome = CliRunner().invoke(main, ["run", "--language", "fr"])
    assert outcome.exit_code == 1 and "declares no language 'fr'. Remedy: use zh or en" in outcome.output
    assert not (find().build / "choices").exists()


def test_unknown_notebook_wrong_kernel_and_missing_file_are_errors(project):
    with pytest.raises(RunError, match="no notebook is called '07'"):
        contents.select(find(), ["07"])
    path = project / "notebooks/01-first.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"name": "python3"', '"name": "conda-env"'), encoding="utf-8"
    )
    with pytest.raises(RunError, match="asks for kernel 'conda-env'"):
        notebookfile.read(path)
    path.unlink()
    with pytest.raises(RunError, match=r"01-first\.ipynb is missing"):
        contents.select(find(), [])


def test_out_refuses_a_folder_that_holds_something_else(project, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("x")
    outcome = CliRunner().invoke(main, ["run", "--out", str(tmp_path / "mine")])
    assert outcome.exit_code != 0 and "holds no run" in outcome.output
    assert (tmp_path / "mine" / "thesis.docx").exists()


def test_a_build_folder_that_cannot_be_used_ends_in_one_line(project):
    (project / "build").write_text("a file")
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: build") and outcome.output.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"{}", b'{"cells": [', b"\x80\x81", b'{"nbformat": 9}'])
def test_a_file_that_is_no_notebook_is_named(project, content):
    (project / "notebooks/01-first.ipynb").write_bytes(content)
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: notebooks/01-first.ipynb cannot be read as a notebook: ")
    assert "Remedy: take notebooks/01-first.ipynb from a copy of your own; " in outcome.output


@pytest.mark.parametrize(
    "source", ["factor = = 1", "factor = len('a')", "a, factor = 1, 2", "a = factor = 1", "factor: int = 1"]
)
def test_parameters_that_are_not_plain_are_named(project, source):
    replace(project, "01-first", source, FIRST)
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: notebooks/01-first.ipynb, cell cell-0: ")
    assert outcome.output.endswith("Remedy: write each parameter as name = number, text, True or False\n")


def test_a_broken_list_of_notebooks_is_named(project):
    (project / "notebooks/contents.toml").write_text("[01-first\n")
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: notebooks/contents.toml is no TOML: ")


def test_raw_star_stands_for_every_raw_table_but_those_of_the_ledger():
    reads = contents.catalogue(find())["00-sources-and-claims"].reads
    assert reads == set(find().tables.resources) - contents.COMMON and len(reads) > 40
    assert set(find().tables.resources) > contents.COMMON


def test_the_installed_versions_are_those_of_the_lock():
    assert schedule.list_unlocked(find()) == []


SOLVED = "<details>\n<summary>答案 Solution</summary>\n\n```python\n{}\n```\n\n</details>"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "no text cell has the id 'exercise-1'"),
        ("What is six times seven?", "the text cell exercise-1 holds no solution"),
        (SOLVED.format("right = 42"), "the solution in the text cell exercise-1 never sets `answer`"),
        (SOLVED.format("print(answer)"), "the solution in the text cell exercise-1 never sets `answer`"),
        (SOLVED.format("a = 1\nanswer = ("), "the solution in the text cell exercise-1, line 2: '(' was never closed"),
        (SOLVED.format("answer = 42"), ""),
        (SOLVED.format('answer = 42\nwrong = {"sum": 6 + 7}'), ""),
        (
            SOLVED.format('answer = 42\nwrong = {"sum": 13, "power": 6**7}'),
            "the wrong answer 'power' of exercise-1 has no sentence",
        ),
        *(
            (
                SOLVED.format(f"answer = 42\n{line}"),
                "the solution in the text cell exercise-1 does not spell out the keys",
            )
            for line in ("wrong = dict(sum=13)", 'wrong = {"su" + "m": 13}', "wrong = {**answer}")
        ),
    ],
)
def test_a_self_check_without_a_solution_is_told_before_the_run_and_by_check(project, text, fault):
    path = project / "notebooks/01-first.ipynb"
    (path.parent / "texts").mkdir()
    texts = '[texts.exercise-1-sum]\nzh = "这是和。"\nen = "This is the sum."\n'
    (path.parent / "texts/01-first.toml").write_text(texts, encoding="utf-8")
    replace(project, "01-first", "factor = 1", 'notebook.check("exercise-1", None)')
    content = nbformat.read(path, 4)
    content.cells += [] if text is None else [nbformat.v4.new_markdown_cell(text, id="exercise-1")]
    nbformat.write(content, path)
    told = [line for line in notebookfile.faults(path) if "execution count" not in line]
    assert [line.partition(". Remedy: ")[0].removesuffix(" of `wrong`") for line in told] == (
        [f"notebooks/01-first.ipynb, cell cell-1: {fault}"] if fault else []
    )
    assert all(line.count(". Remedy: ") == 1 for line in told)
    outcome = CliRunner().invoke(main, ["run", "-p", "factor=a"])  # what is told of a notebook without such a fault
    assert outcome.exit_code == 1
    assert outcome.output == (
        f"Error: {told[0]}\n" if fault else "Error: parameter factor: 'a' is not of type int, as its default 1 is\n"
    )
