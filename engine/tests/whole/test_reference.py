"""Nothing an author writes is lost by a run or an accept, and nothing a reader does spoils the reference unseen."""

import json
import multiprocessing
import os
import shutil
import signal
import subprocess

import nbformat
import pytest
from nbclient import NotebookClient
from small_project import FIRST, SECOND, accept_run, command, committed, differences, execute, executed, replace, reseal
from worlds import judged as record_of

from compendium.base import paths
from compendium.compendium import Compendium
from compendium.forkserver import client
from compendium.run import RunError, accept, judge_all, notebookfile

find = Compendium.find


def path(project, name="02-second"):
    return project / "notebooks" / f"{name}.ipynb"


def rewrite(file, change):
    """Change the content of a notebook as an editor would."""
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


EDITS = {  # cell, what is written into it; or the cell itself
    "a tag": (1, {"metadata": {"tags": ["hide-input"]}}),
    "an attachment": (3, {"attachments": {"a.png": {"image/png": "AA=="}}}),
    "an id": (1, {"id": "better-name"}),
    "the look of a cell": (1, {"metadata": {"jupyter": {"source_hidden": True}}}),
    "a code cell made a text": (2, {"cell_type": "markdown", "id": "cell-2", "metadata": {}, "source": "# note"}),
}


def test_every_edit_is_run_and_outlives_accept(accepted):
    """The second notebook has a further code cell and a text."""
    replace(accepted, "02-second", 'note = "a"', SECOND, "# note")
    text = {"cell_type": "markdown", "id": "said", "metadata": {}, "source": "A sentence of the author."}
    rewrite(path(accepted), lambda c: c["cells"].append(text))
    execute(accepted)
    accept_run()
    for what, (number, change) in EDITS.items():

        def edit(content, number=number, change=change):
            content["cells"][number] = change if "source" in change else content["cells"][number] | change

        before = notebookfile.list_authored_cells(notebookfile.read_notebook(path(accepted)))
        rewrite(path(accepted), edit)
        assert notebookfile.list_authored_cells(notebookfile.read_notebook(path(accepted))) != before, what
        with pytest.raises(RunError, match=r"edited after the run: notebooks/02-second\.ipynb"):
            accept_run()
    edited = notebookfile.list_authored_cells(notebookfile.read_notebook(path(accepted)))
    assert executed(execute(accepted)[1]) == ["02"]
    accept_run()
    assert notebookfile.list_authored_cells(notebookfile.read_notebook(path(accepted))) == edited
    assert executed(execute(accepted)[1]) == differences() == []


def jupyterlab(content):
    """What JupyterLab writes when nothing but Save was pressed."""
    content["metadata"] = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"file_extension": ".py", "name": "python", "version": "3.12.1"},
    }
    for cell in content["cells"]:
        cell["metadata"].setdefault("tags", [])


def test_a_mere_save_asks_for_nothing(accepted):
    rewrite(path(accepted), jupyterlab)
    assert accept.describe_unrecorded_changes(find()) == "" and accept.list_unrecorded_files(find()) == []
    assert notebookfile.list_notebook_faults(path(accepted)) == []
    outcome = command("run")
    assert outcome.exit_code == 0 and "0 differences from the committed outputs" in outcome.output


def test_a_changed_default_run_in_place_is_told_with_the_way_back(accepted):
    (accepted / ".git").mkdir()  # the way back is by git
    kept = committed(accepted)
    replace(accepted, "01-first", "factor = 2", FIRST)
    execute(accepted)
    run = find().build / "run"
    for made in (*run.glob("notebooks/*"), *run.glob("data/processed/*")):
        shutil.copyfile(made, accepted / made.relative_to(run))
    outcome = command("run")
    said = "3 committed files are not as in data/SHA256SUMS: data/processed/first.csv, "
    assert outcome.exit_code == 0 and outcome.output.startswith(f"note: {said}")
    assert f"0 differences from the outputs that lie here. Note: {said}" in outcome.output
    assert "To discard that: git checkout -- data/processed/first.csv" in outcome.output
    assert said in command("run").output  # also where nothing has changed since
    outcome = command("accept")
    assert outcome.exit_code == 0 and outcome.output.startswith(f"note: {said}")
    assert "0 differences from the committed outputs" in command("run").output
    for file, data in kept.items():
        file.write_bytes(data)
    assert "0 differences from the committed outputs" in command("run").output


def test_accepted_outputs_are_recorded_as_sha256sum_reads_them(accepted):
    said = subprocess.run(["sha256sum", "-c", accept.DIGESTS], cwd=accepted, capture_output=True, text=True)
    assert said.returncode == 0 and said.stdout.count(": OK") == 7
    paths.processed_path("first", accepted).write_text("total\n1\n")
    paths.processed_path("more", accepted).write_text("total\n1\n")
    line, more = accept.list_unrecorded_files(find())
    assert more.startswith("data/processed/more.csv: not the one recorded")
    assert line.startswith("data/processed/first.csv: not the one recorded in data/SHA256SUMS. Remedy: ")


def test_what_is_run_in_jupyterlab_is_written_to_build(accepted, monkeypatch):
    before = committed(accepted)
    replace(accepted, "01-first", "factor = 2", FIRST)
    monkeypatch.setattr(client, "_calls", None)  # the kernel starts as usual
    monkeypatch.delenv(paths.OUT)
    monkeypatch.setenv("PYTHONPATH", str(paths.CODE))
    run = nbformat.read(path(accepted, "01-first"), 4)
    NotebookClient(run, resources={"metadata": {"path": accepted / "notebooks"}}).execute()
    nbformat.write(run, path(accepted, "01-first"))
    after = committed(accepted)
    assert [file.name for file in before if before[file] != after[file]] == ["01-first.ipynb"]
    assert set(after) == set(before)
    assert (accepted / "build/lab/data/processed/first.csv").read_text() == "total\n610\n"


def accept_until(project, left):
    """Accept in this process, which is killed as soon as so many files have been put in place."""
    real, done = os.replace, []

    def replace(source, target):
        real(source, target)
        done.append(target)
        if len(done) == left:
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = replace
    accept_run()


def test_an_accept_killed_at_any_moment_is_finished_or_undone_by_the_next_command(accepted):
    replace(accepted, "01-first", "factor = 2", FIRST)
    old = accepted / "figures/zh/09-old.svg"
    old.parent.mkdir(parents=True)
    old.write_text("<svg/>")
    execute(accepted)
    assert any("09-old.svg: no notebook makes it" in line for line in differences())
    undecided = accept.find_journal_folder(find()).with_name(".accepting-1")
    undecided.mkdir()
    before, states = committed(accepted), []
    assert command("run", "01", "-p", "factor=3").exit_code == 0
    assert committed(accepted) == before, "of an accept that never decided nothing is taken"
    for left in range(2, 13):  # the first is that of the note, before it is decided
        for file in committed(accepted):
            file.unlink()
        for file, data in before.items():
            file.write_bytes(data)
        process = multiprocessing.get_context("fork").Process(target=accept_until, args=(accepted, left))
        process.start()
        process.join(60)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        outcome = command("run", "01", "-p", "factor=3")
        assert outcome.exit_code == 0, outcome.output
        states.append(committed(accepted))
        assert not list(accepted.rglob("*.new")) and not accept.find_journal_folder(find()).exists()
        assert states[-1] != before and not old.exists()
    assert len(states) > 5 and all(state == states[0] for state in [*states, committed(accepted)])


def judged(place, verdict, value=""):
    """Write a ledger below `place` in which one claim has this verdict, another this value."""
    one = record_of(claim_id="Q2", verdict=verdict)
    judge_all.write_ledger(
        find(), {"Q2": one, "Q10": record_of(claim_id="Q10", verdict="traced", value_computed=value)}, place
    )
    if place == find().build / "run":
        reseal(place)


def test_moved_verdicts_come_first(accepted):
    judged(accepted, "traced", "7 to 25")
    judged(find().build / "run", "contradicted", "11 to 25")
    found = differences()
    assert found[0] == "verdict of Q2: traced committed, contradicted computed"
    assert found[1] == "value of Q10: 7 to 25 committed, 11 to 25 computed"
    assert any(line.startswith("data/processed/claims.csv, Q2: ") for line in found[2:])
    assert accept_run()[:2] == found[:2] and accept_run() == []
