"""The runner on a small project of its own: order, failures, comparison, acceptance, hostile conditions."""

import errno
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import nbformat
import pandas as pd
import psutil
import pytest
import small_project
from processes import gone, waited
from small_project import (
    CONTENTS,
    FIRST,
    SECOND,
    accept_run,
    command,
    committed,
    differences,
    execute,
    replace,
    reseal,
    start,
)

from compendium.base import files, paths
from compendium.compendium import Compendium
from compendium.ledger import claims, gate
from compendium.run import RunError, execution, notebookfile, preload, schedule, workers

find = Compendium.find

CALL = """
import contextlib, socket
with contextlib.suppress(OSError):
    socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 9))  # an address for documentation; nothing is sent
"""

SHOW = 'import sys\nsys.audit("compendium.shows", "Q14")\n'
UNREAD = FIRST.partition("total = ")[0] + "c.save(pd.DataFrame({'total': [1]}), 'first')"


DRAW = """
from compendium.base import files
files.write_atomic(c.figure_path("02-x", "zh", "svg"), b"<svg/>")
"""


def test_the_notebook_that_reads_what_the_others_make_comes_last_and_an_accepted_run_differs_in_nothing(project):
    replace(project, "01-first", "factor = 1", FIRST.removesuffix("total\n") + SHOW + "total\n")  # in one cell twice
    replace(project, "02-second", 'note = "a"', SECOND, DRAW)
    result, lines = execute(project)
    assert result.failures == []
    assert [line.split()[:2] for line in lines] == [["01-first", "ok"], ["02-second", "ok"]]
    total = find().tables("pilot_batches").query("preferred")["projects"].sum()
    assert pd.read_csv(result.root / "data/processed/second.csv")["half"].tolist() == [total / 2]
    executed = nbformat.read(result.root / "notebooks/01-first.ipynb", 4)
    assert [c.execution_count for c in executed.cells] == [1, 2] and "papermill" not in json.dumps(executed)
    assert (result.root / "data/processed/shown.csv").read_text(encoding="utf-8").splitlines() == [
        "notebook,cell,kind,name",
        *("01-first,cell-1,claim,Q14", "01-first,cell-1,table,first"),
        *("02-second,cell-1,table,second", "02-second,cell-2,figure,02-x"),
    ]
    assert sorted(p.name for p in find().build.iterdir() if p.name != "cache") == ["run"]
    assert any("first.csv: missing" in line for line in accept_run())
    execute(project)
    assert differences() == []
    before = committed(project)
    accept_run()
    assert (
        committed(project) == before and notebookfile.list_notebook_faults(project / "notebooks/01-first.ipynb") == []
    )
    shutil.rmtree(result.root)
    execute(project, ["02"])  # of the first it is as committed
    told = claims.read_ledger(find(), root=result.root).values()
    assert [(one.claim_id, one.notebook, one.cell) for one in told] == [("Q14", "01-first", "cell-1")]


def test_a_changed_character_is_found_and_named(accepted):
    for file, old, new, place in (
        ("data/processed/first.csv", "305", "306", "first.csv: 1 row gone: 306"),
        ("data/processed/second.csv", "half", "third", "second.csv: the columns differ: added half; gone third"),
        ("notebooks/01-first.ipynb", '"305"', '"350"', "01-first.ipynb, cell cell-1: the output differs"),
        ("notebooks/01-first.ipynb", '_count": 2', '_count": 3', "cell cell-1: execution count 3, a run gives 2"),
        ("notebooks/02-second.ipynb", "/ 2)", "/ 3)", "02-second.ipynb, cell cell-1: the source differs"),
    ):
        text = (accepted / file).read_text(encoding="utf-8")
        assert old in text
        (accepted / file).write_text(text.replace(old, new), encoding="utf-8")
        assert any(place in line for line in differences()), differences()
        (accepted / file).write_text(text, encoding="utf-8")


def test_check_tells_what_each_of_its_parts_finds(accepted, monkeypatch):
    parts = ["pages.readme.list_outdated", "forms.form.list_outdated", "run.comparison.list_overlapping_labels"]
    parts += [
        "run.notebookfile.list_notebook_faults",
        "data.validity.list_outdated_codebook_files",
        "run.accept.list_unrecorded_files",
    ]
    parts += ["run.past.list_lost_history_entries", "pages.terminal.list_dangling_references"]
    for part in parts[:2]:
        monkeypatch.setattr(f"compendium.{part}", lambda *_: [])  # the small project has no readme and no form
    assert command("check").exit_code == 0, command("check").output
    with (accepted / "study/bounds/regional.py").open("a", encoding="utf-8") as file:
        file.write("#")
    told = command("check")
    assert told.exit_code == 3 and told.output.endswith("the last run is of other inputs than lie here. Next: make\n")
    for part in parts:
        monkeypatch.setattr(f"compendium.{part}", lambda *_, part=part: [f"{part} is wrong"])
    told = command("check")
    assert told.exit_code == 1 and "9 faults" in told.output, "those of each of the two notebooks are told"
    assert all(f"{part} is wrong\n" in told.output for part in parts)


def test_a_spoilt_output_is_told_in_one_line(accepted):
    for file, before, after, said in (
        ("data/processed/claims.csv", "<<<<<<< HEAD\n", "", "claims.csv: is no table with a column claim_id"),
        ("data/processed/second.csv", "", '"', "second.csv: cannot be read as a table: "),
        ("data/SHA256SUMS", "<<<<<<< HEAD\n", "", "data/SHA256SUMS, line 1: no SHA-256 and path. Remedy: "),
    ):
        text = (accepted / file).read_text(encoding="utf-8")
        (accepted / file).write_text(before + text + after, encoding="utf-8")
        outcome = command("run")
        assert outcome.exit_code == 1 and isinstance(outcome.exception, SystemExit) and said in outcome.output
        (accepted / file).write_text(text, encoding="utf-8")


def test_a_failing_cell_is_named_and_nothing_is_written_over_the_last_good_run(accepted):
    before = (find().build / "run/run.json").read_bytes()
    replace(accepted, "01-first", "factor = 1", "factor + 1", "1 / 0")
    result, lines = execute(accepted)
    said = "01-first, cell cell-2: ZeroDivisionError: division by zero. See build/failed/01-first.ipynb"
    assert result.failures == [said] and [line.split()[:2] for line in lines] == [["01-first", "failed"]]
    assert (find().build / "run/run.json").read_bytes() == before
    failed = nbformat.read(find().build / "failed/01-first.ipynb", 4)
    shown, error = (c.outputs[0] for c in failed.cells if c.get("outputs"))
    assert shown.data["text/plain"] == "2" and error.ename == "ZeroDivisionError"
    assert not list(find().build.glob(".compendium-run-*"))


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([UNREAD], [SECOND], "01-first reads pilot_batches, says contents.toml, but it did not"),
        ([FIRST], [SECOND, 'c.tables("talent_guide")'],
         "02-second reads talent_guide, which notebooks/contents.toml does not declare"),
        ([FIRST], [SECOND, 'import os\nopen(os.path.relpath(c.raw / "talent_guide.csv")).close()'],
         "02-second reads talent_guide, which notebooks/contents.toml does not declare"),
        ([FIRST, 'c.tables("sources")'], [SECOND], ""),
        ([FIRST], [SECOND, CALL], "02-second contacts 192.0.2.1. Remedy: keep the data in data/raw"),
        ([FIRST, 'from compendium import begin\nbegin("03-third")'], [SECOND],
         "01-first, cell cell-2: CompendiumError: no notebook is called '03-third'. Remedy: begin() with the name"),
        (["import os\nos._exit(9)"], [SECOND], "01-first, cell cell-1: the kernel died."),
        ([FIRST, SHOW], [SECOND], "01-first shows Q14 in the cells cell-1 and cell-2. Remedy: leave one"),
        ([FIRST], [SECOND, SHOW], "01-first and 02-second show Q14. Remedy: let one of them show it"),
        ([FIRST.replace("sys.audit", "max")], [SECOND],
         'Q14: no notebook shows this. Remedy: put notebook.show_claims("Q14") into a code cell'),
    ],
)  # fmt: skip
def test_a_notebook_does_what_is_declared_and_shows_what_no_other_shows(project, first, second, message):
    replace(project, "01-first", "factor = 1", *first)
    replace(project, "02-second", 'note = "a"', *second)
    result, _ = execute(project)
    assert result.root.exists() == (not message)
    assert message in result.failures[0] if message else result.failures == [], result.failures


def test_a_run_clears_the_debris_of_a_killed_one_and_its_own_and_no_other(project):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    kept = {find().build / f".compendium-run-{name}" for name in ("old", os.getppid())}
    for folder in (*kept, find().build / f".compendium-run-{dead.pid}" / "data"):
        folder.mkdir(parents=True)
    place = """
import tempfile, pathlib, ipykernel.connect
temporary = pathlib.Path(tempfile.gettempdir())
assert temporary.parent.name.startswith('.compendium-run-')
assert pathlib.Path(ipykernel.connect.get_connection_file()).parent == temporary
"""
    replace(project, "01-first", "factor = 1", FIRST, place)
    result, _ = execute(project, ["01"])
    assert result.failures == [] and not (result.root / "temporary").exists()
    assert set(find().build.glob(".compendium-run-*")) == kept


# Processes that hang, die or are killed


def note_process(project, then):
    """Return the source of a cell that notes the process of its kernel and goes on with `then`."""
    folder = project / "kernels"
    folder.mkdir(exist_ok=True)
    return f"import os, pathlib, time\npathlib.Path({str(folder)!r}, str(os.getpid())).touch()\n{then}"


def noted(project, number=1):
    """Wait until so many kernels have noted their processes and return these."""
    assert waited(lambda: len(list((project / "kernels").iterdir())) == number)
    return [int(note.name) for note in (project / "kernels").iterdir()]


def independent(project):
    """Let the second notebook read nothing of the first, so that both run at once."""
    (project / "notebooks/contents.toml").write_text(CONTENTS.replace('["processed-*"]', "[]"), encoding="utf-8")


def test_a_cell_that_hangs_ends_at_its_time_limit(project, monkeypatch):
    monkeypatch.setattr(execution, "CELL_SECONDS", 1)
    hang = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    replace(project, "01-first", "factor = 1", "import time", note_process(project, hang))
    result, _ = execute(project, ["01"])
    assert result.failures == ["01-first, cell cell-2: took longer than 1 seconds. See build/failed/01-first.ipynb"]
    assert waited(lambda: gone(*noted(project)))


UNCHECKED = "from compendium.ledger import gate\ngate.raise_if_inputs_invalid = lambda _: None\n"
STOPS = {
    "Ctrl-C": (signal.SIGINT, os.killpg, 130),  # a terminal sends it to every process of the command
    "SIGTERM": (signal.SIGTERM, os.kill, 143),
    "SIGKILL": (signal.SIGKILL, os.kill, -9),
}
STOPPED = "Stopped. Nothing is half-written; repeat the command when you like.\n"


@pytest.mark.parametrize("how", STOPS)
def test_a_stopped_run_leaves_no_process_and_no_debris(project, how):
    number, send, status = STOPS[how]
    independent(project)
    replace(project, "01-first", "factor = 1", note_process(project, "time.sleep(600)"))
    replace(project, "02-second", 'note = "a"', note_process(project, "time.sleep(600)"))
    gate.raise_if_inputs_invalid(find())  # looks here at the tables, in the command no more
    process = start(project, f"{UNCHECKED}main(['run', '--jobs', '2'])")
    assert waited(lambda: process.poll() is not None or len(list((project / "kernels").iterdir())) == 2)
    assert process.poll() is None, process.communicate()[0]
    processes = psutil.Process(process.pid).children(recursive=True)
    assert len(processes) == 5  # of the pool two, two kernels and what forks them
    send(process.pid, number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == status, said
    assert waited(lambda: all(gone(child.pid) for child in processes))
    assert not (find().build / "run").exists()
    if how == "SIGKILL":
        replace(project, "01-first", "factor = 1", FIRST)
        assert command("run", "-p", "factor=2", "01").exit_code == 0
    else:
        assert said == STOPPED
    assert not list(find().build.glob(".compendium-run-*"))


KILL_ANOTHER = """
import psutil
pool = psutil.Process(os.getppid()).parent().children()
pool = [p for p in pool if p.status() != "zombie" and "forkserver" not in " ".join(p.cmdline())]
pool[0].kill()
time.sleep(600)
"""  # a process of the pool, none of which forks the kernels
KILLED = "a process was killed from outside, perhaps for want of memory. Remedy: --jobs 1"


def test_of_two_notebooks_at_once_one_is_killed_and_both_are_ended_and_told(project):
    independent(project)
    both = f"while len(os.listdir({str(project / 'kernels')!r})) < 2: time.sleep(0.02)\n"
    replace(project, "01-first", "factor = 1", note_process(project, both + KILL_ANOTHER))
    replace(project, "02-second", 'note = "a"', note_process(project, "time.sleep(600)"))
    result, lines = execute(project)
    assert sorted(result.failures) == [f"01-first: {KILLED}", f"02-second: {KILLED}"]
    assert sorted(line.split()[:2] for line in lines) == [["01-first", "failed"], ["02-second", "failed"]]
    assert all(waited(lambda kernel=kernel: gone(kernel)) for kernel in noted(project, 2))
    assert not list(find().build.glob(".compendium-run-*")) and not (find().build / "run").exists()


def test_a_process_killed_while_it_has_nothing_to_do_is_told(project, tmp_path):
    def lose_the_idle_process():
        with workers.open_process_pool(1, tmp_path / "log") as executor:
            os.kill(executor.submit(os.getpid).result(), signal.SIGKILL)
            waited(lambda: executor.submit(os.getpid) is None)  # ends when the executor refuses

    with pytest.raises(RunError, match=f"^{KILLED}$"):
        lose_the_idle_process()
    assert waited(lambda: not multiprocessing.active_children())


def test_no_signal_reaches_a_process_before_it_began_which_would_go_on_as_its_parent(tmp_path, monkeypatch):
    def blocked():
        return signal.pthread_sigmask(signal.SIG_BLOCK, [])

    forks, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: forks.append(blocked()) or fork())
    with workers.open_process_pool(1, tmp_path / "log") as executor:
        assert executor.submit(signal.pthread_sigmask, signal.SIG_BLOCK, []).result() == set() == blocked()
    assert forks == [{signal.SIGINT, signal.SIGTERM}]


def test_a_killed_fork_server_is_reported_and_takes_its_kernels_along(project, monkeypatch):
    monkeypatch.setattr(preload, "fork_kernels", small_project.FORK_SERVER)
    monkeypatch.setattr(preload, "PRELOADED", small_project.PRELOADED)
    replace(project, "01-first", "factor = 1", note_process(project, "os.kill(os.getppid(), 9); time.sleep(600)"))
    result, _ = execute(project, ["01"])
    assert result.failures == ["01-first, cell cell-1: the kernel died. See build/failed/01-first.ipynb"]
    assert waited(lambda: gone(*noted(project)))


HELD = """
from compendium.compendium import Compendium
from compendium.base.files import running_lock
with running_lock(Compendium.find().build):
    print('held', flush=True)
    """


def test_only_one_run_or_accept_at_a_time_and_the_lock_dies_with_its_process(accepted, monkeypatch):
    """Even where a child of that process lives on."""
    die = "import os, sys, time\n    sys.stdin.readline()\n    if os.fork(): os.kill(os.getpid(), 9)\n"
    die += "    os.close(1); os.close(2); time.sleep(600)"
    holder = start(accepted, f"exec({HELD + die!r})")
    assert holder.stdout.readline() == "held\n"
    monkeypatch.setattr(files, "SECONDS", 0)
    for word in ("run", "accept"):
        outcome = command(word)
        assert outcome.exit_code == 1
        assert "another run or accept is at work here. Remedy: wait" in outcome.output
    holder.communicate("die\n", timeout=60)
    assert command("run", "01", "-p", "factor=2").exit_code == 0
    os.killpg(holder.pid, signal.SIGKILL)


# A disk that is full

FULL = OSError(errno.ENOSPC, "No space left on device")
ROOM = "No space left on device. Remedy: make room (a run needs 50 MB) and repeat the command"


@pytest.mark.parametrize(
    ("step", "said"), [("execute_notebook", "01-first: file system"), ("write_atomic", "file system")]
)
def test_a_full_disk_ends_a_run_in_one_line_and_keeps_the_last(accepted, monkeypatch, step, said):
    def fill_disk(*_):
        raise FULL

    before = (find().build / "run/run.json").read_bytes()
    monkeypatch.setattr(schedule, step, fill_disk)
    outcome = command("run", "--force", "01")
    assert outcome.exit_code == 1 and outcome.output.splitlines()[-1] == f"Error: {said}: {ROOM}"
    assert (find().build / "run/run.json").read_bytes() == before
    assert not list(find().build.glob(".compendium-run-*"))


def test_accept_on_a_full_disk_changes_nothing(accepted, monkeypatch):
    for name in ("first", "second"):
        made = paths.processed_path(name, find().build / "run")
        made.write_text(made.read_text().replace("5", "6"))
    reseal(find().build / "run")
    (accepted / "figures/zh").mkdir(parents=True)
    (accepted / "figures/zh/09-old.svg").write_text("<svg/>")
    before, real, written = committed(accepted), Path.write_bytes, []

    def write_bytes(path, data):
        written.append(path)
        if len(written) == 2:
            raise FULL
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    outcome = command("accept")
    assert (outcome.exit_code, outcome.output) == (1, f"Error: file system: {ROOM}\n")
    assert len(written) == 2 and committed(accepted) == before


def test_accept_refuses_a_run_that_is_not_complete_or_older_than_anything_it_was_made_from(accepted):
    for name, was, now in (
        ("notebooks/02-second.ipynb", 'note = \\"a', 'note = \\"b'),
        ("data/raw/datapackage.json", "{", "{ "),
        ("study/bounds/regional.py", "", "#"),
        ("study/texts/policy.toml", "", "# \n"),
        ("requirements.lock", "", "# \n"),
    ):
        before = (accepted / name).read_text(encoding="utf-8")
        (accepted / name).write_text(before.replace(was, now, 1), encoding="utf-8")
        edited = committed(accepted)
        with pytest.raises(RunError, match=rf"edited after the run: {re.escape(name)}\. Remedy: compendium run"):
            accept_run()
        assert committed(accepted) == edited
        (accepted / name).write_text(before, encoding="utf-8")
    accept_run()
    shutil.rmtree(find().build / "run")
    for names in ([], ["01"]):
        if names:
            execute(accepted, names)
        with pytest.raises(RunError, match="no complete run"):
            accept_run()


def test_a_package_in_another_version_than_the_lock_is_told_and_a_missing_one_is_an_error(project, monkeypatch):
    lock = project / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    locked = f"numpy=={metadata.version('numpy')}"
    assert locked in text
    lock.write_text(text.replace(locked, "numpy==1.0"), encoding="utf-8")
    told = command("run", "01", "-p", "factor=2")
    assert told.exit_code == 0
    assert f"note: numpy {metadata.version('numpy')} is installed, requirements.lock says 1.0; " in told.output
    monkeypatch.setattr(metadata, "requires", lambda _: ["PyYAML>=6", "Missing_Package>=1"])
    told = command("run", "01")
    assert told.exit_code == 1
    assert told.output == "Error: Missing_Package is not installed. Remedy: make clean, then make\n"
