"""The runner on a small project of its own: order, failures, comparison, acceptance, hostile conditions."""

import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from importlib import metadata
from pathlib import Path

import nbformat
import pandas as pd
import psutil
import pytest
from click.testing import CliRunner
from processes import gone, waited
from small_project import CONTENTS, FIRST, FORK_SERVER, PRELOADED, SECOND, committed, execute, no_texts, replace, start
from small_project import accepted as accepted
from small_project import project as project
from small_project import shared as shared

from compendium import CompendiumError, engine, files, paths
from compendium.__main__ import main
from compendium.compendium import Compendium
from compendium.data import validity
from compendium.forms import form
from compendium.ledger import claims, gate
from compendium.pages import readme
from compendium.run import (
    RunError,
    comparison,
    execution,
    notebookfile,
    preloading,
    reference,
    schedule,
    verdictlog,
    workers,
)

find = Compendium.find

CALL = """
import contextlib, socket
with contextlib.suppress(OSError):
    socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 9))  # an address for documentation; nothing is sent
"""

SHOW = 'import sys\nsys.audit("compendium.shows", "Q14")\n'
UNREAD = FIRST.partition("total = ")[0] + "c.save(pd.DataFrame({'total': [1]}), 'first')"


def test_the_notebook_that_reads_what_the_others_make_comes_last_and_is_handed_it(project):
    result, lines = execute(project)
    assert result.failures == []
    assert [line.split()[:2] for line in lines] == [["01-first", "ok"], ["02-second", "ok"]]
    total = find().tables("pilot_batches").query("preferred")["projects"].sum()
    assert pd.read_csv(result.root / "data/processed/second.csv")["half"].tolist() == [total / 2]
    executed = nbformat.read(result.root / "notebooks/01-first.ipynb", 4)
    assert [c.execution_count for c in executed.cells] == [1, 2]
    assert "papermill" not in json.dumps(executed)
    assert sorted(p.name for p in find().build.iterdir() if p.name != "cache") == ["run"]


def test_accept_then_a_second_run_differs_in_nothing(project):
    execute(project)
    changed = reference.accept(find(), find().build / "run", no_texts)
    assert any("first.csv: missing" in line for line in changed)
    execute(project)
    assert comparison.compare(find(), find().build / "run") == []
    before = (project / "notebooks/01-first.ipynb").read_bytes()
    reference.accept(find(), find().build / "run", no_texts)
    assert (project / "notebooks/01-first.ipynb").read_bytes() == before
    assert notebookfile.faults(project / "notebooks/01-first.ipynb") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("data/processed/first.csv", "305", "306", "first.csv: 1 row gone: 306"),
        ("data/processed/second.csv", "half", "third", "second.csv: the columns differ: added half; gone third"),
        ("notebooks/01-first.ipynb", '"305"', '"350"', "01-first.ipynb, cell cell-1: the output differs"),
        ("notebooks/01-first.ipynb", '"execution_count": 2', '"execution_count": 3', "cell cell-1: execution count 3"),
        ("notebooks/02-second.ipynb", "/ 2)", "/ 3)", "02-second.ipynb, cell cell-1: the source differs"),
    ],
)
def test_a_changed_character_is_found_and_named(accepted, file, old, new, place):
    target = accepted / file
    text = target.read_text(encoding="utf-8")
    assert old in text
    target.write_text(text.replace(old, new), encoding="utf-8")
    found = comparison.compare(find(), find().build / "run")
    assert any(place in line for line in found), found


def test_a_changed_raw_value_with_a_new_hash_is_found_in_what_it_moves(accepted):
    table = accepted / "data/raw/pilot_batches.csv"
    text = table.read_text(encoding="utf-8")
    assert "2017,final,97,,,,,seen,true" in text
    table.write_text(text.replace("2017,final,97,,,,,seen,true", "2017,final,98,,,,,seen,true"), encoding="utf-8")
    refused = CliRunner().invoke(main, ["data", "refresh"])
    assert (
        refused.exit_code == 1 and "excerpts.csv, row 640, column numbers_in_text: value 'projects'" in refused.stderr
    )
    excerpts = accepted / "data/raw/excerpts.csv"
    told = pd.read_csv(excerpts, dtype=str, keep_default_na=False)
    about = told["row_key"] == "2017 / final / govcn-en-2017-10"
    told.loc[about, "excerpt"] = told.loc[about, "excerpt"].str.replace("97", "98")
    told["sha256"] = [hashlib.sha256(excerpt.encode()).hexdigest() for excerpt in told["excerpt"]]
    told.to_csv(excerpts, index=False, lineterminator="\n")
    assert CliRunner().invoke(main, ["data", "refresh"]).stdout.startswith("hashes renewed: pilot_batches; excerpts")
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1 and "compendium accept" in outcome.stderr
    assert "differs: data/processed/first.csv: 1 row added: 306" in outcome.stdout


@pytest.mark.parametrize(
    ("module", "said"),
    [
        *(
            (comparison, "list_crowded"),
            (notebookfile, "faults"),
            (validity, "list_outdated"),
            (reference, "list_outdated"),
        ),
        *((readme, "list_outdated"), (form, "list_outdated"), (verdictlog, "list_faults")),
    ],
)
def test_check_tells_what_each_of_its_parts_finds(accepted, monkeypatch, module, said):
    for each in (readme, form):
        monkeypatch.setattr(each, "outdated", lambda *_: [])  # the small project has no readme and no form
    first = CliRunner().invoke(main, ["check"])
    assert first.exit_code == 0, first.output
    monkeypatch.setattr(module, said, lambda *_: ["something is wrong"])
    outcome = CliRunner().invoke(main, ["check"])
    assert outcome.exit_code == 1 and "something is wrong" in outcome.output and "fault" in outcome.output


@pytest.mark.parametrize(
    ("file", "spoil", "said"),
    [
        (
            "data/processed/claims.csv",
            lambda text: "<<<<<<< HEAD\n" + text,
            "claims.csv: is no table with a column claim_id",
        ),
        ("data/processed/second.csv", lambda text: text + '"', "second.csv: cannot be read as a table: "),
        (
            "data/SHA256SUMS",
            lambda text: "<<<<<<< HEAD\n" + text,
            "data/SHA256SUMS, line 1: no SHA-256 and path. Remedy: ",
        ),
    ],
)
def test_a_spoilt_output_is_told_in_one_line(accepted, file, spoil, said):
    target = accepted / file
    if not target.exists():
        target.write_text("claim_id,verdict\nQ01,traced\n", encoding="utf-8")
        made = find().build / "run" / file
        made.write_bytes(target.read_bytes())
    target.write_text(spoil(target.read_text(encoding="utf-8")), encoding="utf-8")
    outcome = CliRunner().invoke(main, ["run", "--force"])
    assert outcome.exit_code == 1 and isinstance(outcome.exception, SystemExit)
    assert said in outcome.output


def test_a_committed_output_that_no_notebook_makes_is_found(accepted):
    left = accepted / "figures/zh/09-old.svg"
    left.parent.mkdir(parents=True)
    left.write_text("<svg/>")
    assert any("09-old.svg: no notebook makes it" in line for line in comparison.compare(find(), find().build / "run"))
    reference.accept(find(), find().build / "run", no_texts)
    assert not left.exists()


def test_other_choices_touch_nothing_committed(accepted):
    before = {p: p.read_bytes() for p in accepted.rglob("*") if p.is_file() and "build" not in p.parts}
    outcome = CliRunner().invoke(main, ["run", "-p", "factor=2"])
    assert outcome.exit_code == 0, outcome.output
    assert {p: p.read_bytes() for p in before} == before
    assert pd.read_csv(find().build / "choices/data/processed/first.csv")["total"].tolist() == [610]


def test_a_failing_cell_is_named_and_nothing_is_written(project):
    replace(project, "01-first", "factor = 1", "factor + 1", "1 / 0")
    result, lines = execute(project)
    assert result.failures == [
        "01-first, cell cell-2: ZeroDivisionError: division by zero. See build/failed/01-first.ipynb"
    ]
    assert [line.split()[:2] for line in lines] == [["01-first", "failed"]]
    assert not (find().build / "run").exists()
    failed = nbformat.read(find().build / "failed/01-first.ipynb", 4)
    before, error = (c.outputs[0] for c in failed.cells if c.get("outputs"))
    assert before.data["text/plain"] == "2" and error.ename == "ZeroDivisionError"
    assert not list(find().build.glob(".compendium-run-*"))


def test_a_failed_run_keeps_the_outputs_of_the_last_good_one(accepted):
    replace(accepted, "02-second", 'note = "a"', "raise ValueError('no')")
    execute(accepted)
    assert (find().build / "run/data/processed/second.csv").is_file()


@pytest.mark.parametrize(
    ("name", "sources", "message"),
    [
        ("01-first", ["factor = 1", UNREAD],
         "01-first reads pilot_batches, says contents.toml, but it did not"),
        ("02-second", ['note = "a"', SECOND, 'c.tables("talent_guide")'],
         "02-second reads talent_guide, which notebooks/contents.toml does not declare"),
        ("01-first", ["factor = 1", FIRST, 'c.tables("sources")'], None),
        ("02-second", ['note = "a"', SECOND, CALL], "02-second contacts 192.0.2.1. Remedy: keep the data in data/raw"),
        ("01-first", ["factor = 1", "from compendium import begin", 'begin("03-third")'],
         "01-first, cell cell-2: CompendiumError: no notebook is called '03-third'. Remedy: begin() with the name"),
    ],
)  # fmt: skip
def test_what_is_read_is_compared_with_what_is_declared(project, name, sources, message):
    replace(project, name, *sources)
    result, _ = execute(project)
    assert any(message in failure for failure in result.failures) if message else not result.failures, result.failures


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([FIRST, SHOW], [SECOND], "01-first shows Q14 in the cells cell-1 and cell-2. Remedy: leave one"),
        ([FIRST], [SECOND, SHOW], "01-first and 02-second show Q14. Remedy: let one of them show it"),
        ([FIRST.replace("sys.audit", "max")], [SECOND],
         'Q14: no notebook shows this. Remedy: put notebook.show_claims("Q14") into a code cell'),
    ],
)  # fmt: skip
def test_a_claim_is_shown_by_one_cell_of_one_notebook(project, first, second, message):
    replace(project, "01-first", "factor = 1", *first)
    replace(project, "02-second", 'note = "a"', *second)
    result, _ = execute(project)
    assert result.failures == [message] and not result.root.exists()


DRAW = """
from compendium import files
files.write_atomic(c.figure_path("02-x", "zh", "svg"), b"<svg/>")
"""


def test_what_cells_show_and_make_is_noted_and_told_with_the_ledger(accepted):
    replace(accepted, "01-first", "factor = 1", FIRST + SHOW)  # in one cell twice
    replace(accepted, "02-second", 'note = "a"', SECOND, DRAW)
    result, _ = execute(accepted)
    assert (result.root / "data/processed/shown.csv").read_text(encoding="utf-8").splitlines() == [
        "notebook,cell,kind,name",
        *("01-first,cell-1,claim,Q14", "01-first,cell-1,table,first"),
        *("02-second,cell-1,table,second", "02-second,cell-2,figure,02-x"),
    ]
    shutil.rmtree(result.root)
    execute(accepted, ["02"])  # of the first it is as committed
    told = claims.read_ledger(find(), root=result.root).values()
    assert [(one.claim_id, one.notebook, one.cell) for one in told] == [("Q14", "01-first", "cell-1")]


def test_a_kernel_that_dies_is_reported(project):
    replace(project, "01-first", "factor = 1", "import os", "os._exit(9)")
    result, _ = execute(project, ["01"])
    assert result.failures[0].startswith("01-first, cell cell-2: the kernel died.")


def test_accept_needs_a_complete_run_with_defaults(project):
    with pytest.raises(RunError, match="no complete run"):
        reference.accept(find(), find().build / "run", no_texts)
    execute(project, ["01"])
    with pytest.raises(RunError, match="no complete run"):
        reference.accept(find(), find().build / "run", no_texts)


def test_debris_of_a_killed_run_is_cleared_by_the_next(project):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (find().build / f".compendium-run-{dead.pid}" / "data").mkdir(parents=True)
    execute(project, ["01"])
    assert not list(find().build.glob(".compendium-run-*"))


def test_folders_of_others_and_of_runs_in_progress_are_left_alone(project):
    kept = [find().build / f".compendium-run-{name}" for name in ("old", os.getppid())]
    for folder in kept:
        folder.mkdir(parents=True)
    execute(project, ["01"])
    assert all(folder.is_dir() for folder in kept)


def test_temporary_files_and_connection_files_go_with_the_run(project):
    replace(
        project,
        "01-first",
        "factor = 1",
        FIRST,
        "import tempfile, pathlib, ipykernel.connect\n"
        "temporary = pathlib.Path(tempfile.gettempdir())\n"
        "assert temporary.parent.name.startswith('.compendium-run-')\n"
        "assert pathlib.Path(ipykernel.connect.get_connection_file()).parent == temporary",
    )
    result, _ = execute(project, ["01"])
    assert result.failures == []
    assert not list(find().build.glob(".compendium-run-*")) and not (result.root / "temporary").exists()


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
    edit(project, CONTENTS.replace('["processed-*"]', "[]"))


def edit(project, declared):
    (project / "notebooks/contents.toml").write_text(declared, encoding="utf-8")


def test_a_cell_that_hangs_ends_at_its_time_limit(project, monkeypatch):
    monkeypatch.setattr(execution, "CELL_SECONDS", 1)
    hang = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    replace(project, "01-first", "factor = 1", "import time", note_process(project, hang))
    result, _ = execute(project, ["01"])
    assert result.failures == ["01-first, cell cell-2: took longer than 1 seconds. See build/failed/01-first.ipynb"]
    assert waited(lambda: gone(*noted(project)))


CHOICES = """
[results.total]
zh = "和"
en = "total"
function = "study.total:total"

[choices.factor]
zh = "倍"
en = "factor"
parameter = "factor"
values = [1, 2]
"""
STOPS = {
    "Ctrl-C": (signal.SIGINT, os.killpg, 130),  # a terminal sends it to every process of the command
    "SIGINT": (signal.SIGINT, os.kill, 130),
    "SIGTERM": (signal.SIGTERM, os.kill, 143),
    "SIGTERM to all": (signal.SIGTERM, os.killpg, 143),
    "SIGKILL": (signal.SIGKILL, os.kill, -9),
}
FEW = ("Ctrl-C", "SIGTERM", "SIGKILL")


@pytest.mark.parametrize("how", [*FEW, *(pytest.param(how, marks=pytest.mark.slow) for how in STOPS if how not in FEW)])
def test_a_stopped_run_leaves_no_process_and_no_debris(project, how):
    independent(project)
    replace(project, "01-first", "factor = 1", note_process(project, "time.sleep(600)"))
    replace(project, "02-second", 'note = "a"', note_process(project, "time.sleep(600)"))
    said = stopped(project, "main(['run', '--jobs', '2'])", how, 5)  # of the pool two, two kernels and what forks them
    assert not (find().build / "run").exists()
    if how == "SIGKILL":
        replace(project, "01-first", "factor = 1", FIRST)
        assert CliRunner().invoke(main, ["run", "-p", "factor=2", "01"]).exit_code == 0
    else:
        assert said == "Stopped. Nothing is half-written; repeat the command when you like.\n"
    assert not list(find().build.glob(".compendium-run-*"))


@pytest.mark.slow
@pytest.mark.parametrize("how", FEW)
def test_a_stopped_sweep_leaves_no_process_and_no_debris(project, how):
    (project / "notebooks/choices.toml").write_text(CHOICES, encoding="utf-8")
    work, function = note_process(project, "time.sleep(600)").replace("\n", "; "), project / "study/total.py"
    function.write_text(f"def total(data, factor=1):\n    {work}\n", encoding="utf-8")
    said = stopped(project, "main(['sweep', 'factor', '--jobs', '2'])", how, 2)  # of the pool
    if how == "SIGKILL":
        function.write_text("def total(data, factor=1):\n    1 / 0\n", encoding="utf-8")
        again = start(project, UNCHECKED + "main(['sweep', 'factor'])").communicate(timeout=60)[0]
        assert "total, factor=2: ZeroDivisionError" in again
    else:
        assert said.endswith("Stopped. Nothing is half-written; repeat the command when you like.\n")
        assert "Traceback" not in said
    assert not list((find().build / "sweep").glob("*.csv")) or how == "SIGKILL"


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked")
def test_a_process_that_is_forked_as_ctrl_c_reaches_another_thread_is_known(monkeypatch):
    forked = workers.Forked._Popen

    def taken():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    def interrupted(process):
        known = forked(process)
        other = threading.Thread(target=taken)
        other.start()
        other.join()
        return known

    monkeypatch.setattr(workers.Forked, "_Popen", staticmethod(interrupted))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background of a shell ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            workers.Forked(target=time.sleep, args=(30,)).start()
    finally:
        signal.signal(signal.SIGINT, before)
    [process] = [one for one in multiprocessing.active_children() if isinstance(one, workers.Forked)]
    process.kill()
    process.join()


def test_ctrl_c_while_a_class_is_made_stops_as_anywhere_else(project, monkeypatch):
    def interrupted(*_):
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()  # as Python 3.11 does

    monkeypatch.setattr("compendium.ledger.gate.raise_if_bad", interrupted)
    stopped = CliRunner().invoke(main, ["run"])
    assert (stopped.exit_code, stopped.output) == (
        130,
        "Stopped. Nothing is half-written; repeat the command when you like.\n",
    )


UNCHECKED = """
from compendium.ledger import gate
gate.raise_if_bad = lambda _: None
"""


def stopped(project, python, how, due):
    """Start a command, stop it as soon as two cells are at work in so many processes; see that none is left.

    Returns what it said.
    """
    number, send, status = STOPS[how]
    gate.raise_if_bad(find())  # looks here at the tables, in the command no more
    process = start(project, UNCHECKED + python)
    assert waited(lambda: process.poll() is not None or len(list((project / "kernels").iterdir())) == 2)
    assert process.poll() is None, process.communicate()[0]
    processes = psutil.Process(process.pid).children(recursive=True)
    assert len(processes) == due
    send(process.pid, number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == status, said
    assert waited(lambda: all(gone(child.pid) for child in processes))
    return said


def drivers(victims):
    """Return the source of a cell that kills processes of the pool: those that are not what forks the kernels."""
    return f"""
import psutil
pool = psutil.Process(os.getppid()).parent().children()
pool = [p for p in pool if p.status() != "zombie" and "forkserver" not in " ".join(p.cmdline())]
for process in {victims}:
    process.kill()
time.sleep(600)
"""


KILLED = "a process was killed from outside, perhaps for want of memory. Remedy: --jobs 1"


def test_a_killed_notebook_process_is_reported_and_takes_its_kernel_along(project):
    replace(project, "01-first", "factor = 1", note_process(project, drivers("pool")))
    result, _ = execute(project, ["01"])
    assert result.failures == [f"01-first: {KILLED}"]
    assert waited(lambda: gone(*noted(project)))


def test_of_two_notebooks_at_once_one_is_killed_and_both_are_ended_and_told(project):
    independent(project)
    both = f"while len(os.listdir({str(project / 'kernels')!r})) < 2: time.sleep(0.02)\n"
    replace(project, "01-first", "factor = 1", note_process(project, both + drivers("pool[:1]")))
    replace(project, "02-second", 'note = "a"', note_process(project, "time.sleep(600)"))
    result, lines = execute(project)
    assert sorted(result.failures) == [f"01-first: {KILLED}", f"02-second: {KILLED}"]
    assert sorted(line.split()[:2] for line in lines) == [["01-first", "failed"], ["02-second", "failed"]]
    assert all(waited(lambda kernel=kernel: gone(kernel)) for kernel in noted(project, 2))
    assert not list(find().build.glob(".compendium-run-*")) and not (find().build / "run").exists()


def test_a_process_killed_while_it_has_nothing_to_do_is_told(project, tmp_path):
    def lose_the_idle_process():
        with workers.pool(1, tmp_path / "log") as executor:
            os.kill(executor.submit(os.getpid).result(), signal.SIGKILL)
            waited(lambda: executor.submit(os.getpid) is None)  # ends when the executor refuses

    with pytest.raises(RunError, match=f"^{KILLED}$"):
        lose_the_idle_process()
    assert waited(lambda: not any(isinstance(p, workers.Forked) for p in multiprocessing.active_children()))


ENDED_AT_BIRTH = """
import os, signal, sys
from pathlib import Path
from compendium.run import RunError, workers

main, fork = os.getpid(), os.fork

def fork_and_end():
    if not (pid := fork()):
        os.kill(os.getpid(), signal.SIGTERM)
    return pid

os.fork = fork_and_end
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
try:
    with workers.pool(1, Path(sys.argv[1])) as executor:
        executor.submit(int).result()
except RunError as error:
    print(error)
finally:
    print("parent" if os.getpid() == main else "copy", flush=True)
"""


def test_a_process_ended_before_it_began_does_not_go_on_as_its_parent(tmp_path):
    command = [sys.executable, "-c", ENDED_AT_BIRTH, str(tmp_path / "log")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert told.stdout.splitlines() == [workers.KILLED, "parent"] and told.returncode == 0


def test_a_killed_fork_server_is_reported_and_takes_its_kernels_along(project, monkeypatch):
    monkeypatch.setattr(preloading, "fork_kernels", FORK_SERVER)
    monkeypatch.setattr(preloading, "PRELOADED", PRELOADED)
    replace(project, "01-first", "factor = 1", note_process(project, "os.kill(os.getppid(), 9); time.sleep(600)"))
    result, _ = execute(project, ["01"])
    assert result.failures == ["01-first, cell cell-1: the kernel died. See build/failed/01-first.ipynb"]
    assert waited(lambda: gone(*noted(project)))


HELD = """
from compendium.compendium import Compendium
from compendium.files import running_lock
with running_lock(Compendium.find().build):
    print('held', flush=True)
    """


def test_only_one_run_or_accept_at_a_time_and_the_lock_dies_with_its_process(accepted, monkeypatch):
    holder = start(accepted, f"exec({HELD + 'sys.stdin.read()'!r})")
    assert holder.stdout.readline() == "held\n"
    with monkeypatch.context() as patch:
        patch.setattr(files, "SECONDS", 0)
        for command in (["run"], ["accept"]):
            outcome = CliRunner().invoke(main, command)
            assert outcome.exit_code == 1
            assert f"another run or accept is at work here (process {holder.pid}). Remedy: wait" in outcome.output
    holder.kill()
    holder.communicate()
    outcome = CliRunner().invoke(main, ["run", "01", "-p", "factor=2"])
    assert outcome.exit_code == 0, outcome.output


def test_the_lock_dies_with_its_process_even_where_a_child_lives_on(project, monkeypatch):
    monkeypatch.setattr(files, "SECONDS", 0)
    child = "import os, time\n    if os.fork(): os.kill(os.getpid(), 9)\n    os.close(1); os.close(2); time.sleep(600)"
    holder = start(project, f"exec({HELD + child!r})")
    assert holder.stdout.readline() == "held\n"
    holder.communicate(timeout=60)
    with files.running_lock(find().build):
        pass
    os.killpg(holder.pid, signal.SIGKILL)


# A disk that is full

FULL = OSError(errno.ENOSPC, "No space left on device")
ROOM = "No space left on device. Remedy: make room (a run needs 50 MB) and repeat the command"


def test_a_full_disk_ends_a_run_in_one_line(accepted, monkeypatch):
    def execute_on_full_disk(*_):
        raise FULL

    before = (find().build / "run/run.json").read_bytes()
    monkeypatch.setattr(schedule, "execute", execute_on_full_disk)
    outcome = CliRunner().invoke(main, ["run", "--force", "01"])
    assert outcome.exit_code == 1
    assert outcome.output.splitlines()[-1] == f"Error: 01-first: file system: {ROOM}"
    assert (find().build / "run/run.json").read_bytes() == before
    assert not list(find().build.glob(".compendium-run-*"))


def test_a_disk_full_at_the_last_moment_keeps_the_last_run(accepted, monkeypatch):
    def full(*_):
        raise FULL

    monkeypatch.setattr(schedule, "write_atomic", full)
    before = (find().build / "run/run.json").read_bytes()
    last = find().build / "run"
    monkeypatch.setattr(schedule, "schedule", lambda _, made, *__: shutil.copytree(last, made, dirs_exist_ok=True))
    outcome = CliRunner().invoke(main, ["run", "--force"])
    assert (outcome.exit_code, outcome.output) == (1, f"Error: file system: {ROOM}\n")
    assert (find().build / "run/run.json").read_bytes() == before
    assert not list(find().build.glob(".compendium-run-*"))


def test_accept_on_a_full_disk_changes_nothing(accepted, monkeypatch):
    for name in ("first", "second"):
        made = paths.processed_path(name, find().build / "run")
        made.write_text(made.read_text().replace("5", "6"))
    (accepted / "figures/zh").mkdir(parents=True)
    (accepted / "figures/zh/09-old.svg").write_text("<svg/>")
    before, real, written = committed(accepted), Path.write_bytes, []

    def write_bytes(path, data):
        written.append(path)
        if len(written) == 2:
            raise FULL
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    outcome = CliRunner().invoke(main, ["accept"])
    assert (outcome.exit_code, outcome.output) == (1, f"Error: file system: {ROOM}\n")
    assert len(written) == 2 and committed(accepted) == before


def test_accept_refuses_a_run_older_than_the_notebooks_or_the_data(accepted, monkeypatch):
    replace(accepted, "02-second", 'note = "a"', SECOND + "# my evening's work")
    before = committed(accepted)
    with pytest.raises(RunError, match=r"edited after the run: notebooks/02-second\.ipynb\. Remedy"):
        reference.accept(find(), find().build / "run", no_texts)
    assert committed(accepted) == before
    replace(accepted, "02-second", 'note = "a"', SECOND)
    package = find().raw / "datapackage.json"
    package.write_bytes(package.read_bytes() + b"\n")
    with pytest.raises(RunError, match=r"edited after the run: data/raw\. Remedy: compendium run"):
        reference.accept(find(), find().build / "run", no_texts)


def test_a_syntax_error_in_a_cell_is_named(project):
    replace(project, "01-first", "factor = 1", "def (:")
    with pytest.raises(CompendiumError, match=r"notebooks/01-first\.ipynb, cell cell-1, line 1: invalid syntax\."):
        execute(project, ["01"])


def test_a_package_in_another_version_than_the_lock_is_told_and_a_missing_one_is_an_error(project, monkeypatch):
    lock = project / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    locked = f"numpy=={metadata.version('numpy')}"
    assert locked in text
    lock.write_text(text.replace(locked, "numpy==1.0"), encoding="utf-8")
    outcome = CliRunner().invoke(main, ["run", "01", "-p", "factor=2"])
    assert outcome.exit_code == 0
    assert f"note: numpy {metadata.version('numpy')} is installed, requirements.lock says 1.0; " in outcome.output
    monkeypatch.setattr(engine, "requirements", lambda: ["PyYAML>=6", "Missing_Package>=1"])
    outcome = CliRunner().invoke(main, ["run", "01"])
    assert (outcome.exit_code, outcome.output) == (
        1,
        "Error: Missing_Package is not installed. Remedy: make clean, then make\n",
    )
