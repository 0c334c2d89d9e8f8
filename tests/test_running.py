"""The runner on a small project of its own: order, parameters, failures, comparison, acceptance, hostile conditions."""

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import frozen
import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner

from compendium import kernels, paths, reference, running, tables
from compendium.__main__ import main

pytestmark = pytest.mark.kept("data/raw", "tests/frozen")
NURSERY = kernels.nursery
CONTENTS = """
[01-first]
section = "1"
zh = "一"
en = "one"
reads = ["pilot_batches"]
writes = ["first"]

[02-second]
section = "2"
zh = "二"
en = "two"
reads = ["first"]
writes = ["second"]
"""
FIRST = """
import pandas as pd
from compendium import tables
total = int(tables.raw("pilot_batches").query("preferred")["projects"].sum()) * factor
tables.save(pd.DataFrame({"total": [total]}), "first")
total
"""
SECOND = """
from compendium import tables
tables.save(tables.processed("first").assign(half=lambda t: t["total"] / 2), "second")
"""

CALL = """
import contextlib, socket
with contextlib.suppress(OSError):
    socket.socket(type=socket.SOCK_DGRAM).connect(("192.0.2.1", 9))  # an address for documentation; nothing is sent
"""

OTHER = FIRST.replace("pilot_batches", "pilot_cumulative").replace('.query("preferred")', "")


def notebook(*sources, tags=("parameters",)):
    cells = [nbformat.v4.new_code_cell(source.strip(), id=f"cell-{i}") for i, source in enumerate(sources)]
    cells[0].metadata["tags"] = list(tags)
    return running.normalise(nbformat.v4.new_notebook(cells=cells))


def move_to(monkeypatch, root):
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(paths, "NOTEBOOKS", root / "notebooks")
    monkeypatch.setattr(paths, "BUILD", root / "build")
    running.contents.cache_clear()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A place for the project of each test in turn, and what replaces `kernels.nursery`: one for all of them."""
    with contextlib.ExitStack() as stack:
        begun = []

        @contextlib.contextmanager
        def nursery(variables):
            if not begun:
                begun.append(stack.enter_context(NURSERY(variables)))
            yield

        yield tmp_path_factory.mktemp("shared") / "新 project", nursery


@pytest.fixture
def project(shared, monkeypatch):
    """Two notebooks, not yet run; the second reads what the first writes."""
    root, nursery = shared
    monkeypatch.setattr(kernels, "nursery", nursery)
    (root / "notebooks").mkdir(parents=True)
    for package in ("compendium", "study"):
        shutil.copytree(paths.ROOT / package, root / package)
    monkeypatch.setattr(paths, "RAW", frozen.folder(root / "data" / "raw"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copyfile(paths.ROOT / name, root / name)
    (root / "notebooks" / "contents.toml").write_text(CONTENTS, encoding="utf-8")
    (root / "notebooks" / "01-first.ipynb").write_text(notebook("factor = 1", FIRST), encoding="utf-8")
    (root / "notebooks" / "02-second.ipynb").write_text(notebook('note = "a"', SECOND), encoding="utf-8")
    move_to(monkeypatch, root)
    yield root
    running.contents.cache_clear()
    shutil.rmtree(root)


@pytest.fixture
def accepted(project, tmp_path_factory, monkeypatch):
    """The same after a run that was accepted; executed once for all tests."""
    kept = tmp_path_factory.getbasetemp() / "accepted"
    if not kept.exists():
        execute(project)
        reference.accept(paths.BUILD / "run")
        shutil.copytree(project, kept)
    shutil.copytree(kept, project, dirs_exist_ok=True)
    return project


def replace(project, name, *sources, **options):
    (project / "notebooks" / f"{name}.ipynb").write_text(notebook(*sources, **options), encoding="utf-8")


def execute(project, names=(), jobs=2, **given):
    notebooks = running.select(names)
    lines = []
    result = running.run(notebooks, paths.BUILD / "run", running.choices(notebooks, given), jobs, lines.append)
    return result, lines


def test_run_follows_reads_and_writes_and_hands_over_files(project):
    result, lines = execute(project)
    assert result.failures == []
    assert [line.split()[:2] for line in lines] == [["01-first", "ok"], ["02-second", "ok"]]
    total = tables.raw("pilot_batches").query("preferred")["projects"].sum()
    assert pd.read_csv(result.root / "data/processed/second.csv")["half"].tolist() == [total / 2]
    executed = nbformat.read(result.root / "notebooks/01-first.ipynb", 4)
    assert [c.execution_count for c in executed.cells] == [1, 2]
    assert "papermill" not in json.dumps(executed)
    assert sorted(p.name for p in paths.BUILD.iterdir() if p.name != "cache") == ["run"]


def test_accept_then_a_second_run_differs_in_nothing(project):
    execute(project)
    changed = reference.accept(paths.BUILD / "run")
    assert any("first.csv: missing" in line for line in changed)
    execute(project)
    assert running.compare(paths.BUILD / "run") == []
    before = (project / "notebooks/01-first.ipynb").read_bytes()
    reference.accept(paths.BUILD / "run")
    assert (project / "notebooks/01-first.ipynb").read_bytes() == before
    assert running.gate(project / "notebooks/01-first.ipynb") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("data/processed/first.csv", "305", "306", "first.csv, row 2, column total: committed '306', computed '305'"),
        ("data/processed/second.csv", "half", "third", "second.csv: the columns differ"),
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
    found = running.compare(paths.BUILD / "run")
    assert any(place in line for line in found), found


def test_a_committed_output_that_no_notebook_makes_is_found(accepted):
    left = accepted / "figures/zh/09-old.svg"
    left.parent.mkdir(parents=True)
    left.write_text("<svg/>")
    assert any("09-old.svg: no notebook makes it" in line for line in running.compare(paths.BUILD / "run"))
    reference.accept(paths.BUILD / "run")
    assert not left.exists()


def test_numbers_in_tables_have_a_tolerance_and_texts_have_none():
    assert running.same("0.1", "0.10000000000001")
    assert not running.same("0.1", "0.1000001")
    assert not running.same("46", "64")
    assert not running.same("a", "b")


def test_other_choices_touch_nothing_committed(accepted):
    before = {p: p.read_bytes() for p in accepted.rglob("*") if p.is_file() and "build" not in p.parts}
    outcome = CliRunner().invoke(main, ["run", "-p", "factor=2"])
    assert outcome.exit_code == 0, outcome.output
    assert {p: p.read_bytes() for p in before} == before
    assert pd.read_csv(paths.BUILD / "choices/data/processed/first.csv")["total"].tolist() == [610]


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
    assert not (paths.BUILD / "choices").exists()


def test_unknown_notebook_wrong_kernel_and_missing_file_are_errors(project):
    with pytest.raises(running.RunError, match="no notebook is called '07'"):
        running.select(["07"])
    path = project / "notebooks/01-first.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"name": "python3"', '"name": "conda-env"'), encoding="utf-8"
    )
    with pytest.raises(running.RunError, match="asks for kernel 'conda-env'"):
        running.read(path)
    path.unlink()
    with pytest.raises(running.RunError, match=r"01-first\.ipynb is missing"):
        running.select([])


def test_a_failing_cell_is_named_and_nothing_is_written(project):
    replace(project, "01-first", "factor = 1", "factor + 1", "1 / 0")
    result, lines = execute(project)
    assert result.failures == [
        "01-first, cell cell-2: ZeroDivisionError: division by zero. See build/failed/01-first.ipynb"
    ]
    assert [line.split()[:2] for line in lines] == [["01-first", "failed"]]
    assert not (paths.BUILD / "run").exists()
    failed = nbformat.read(paths.BUILD / "failed/01-first.ipynb", 4)
    before, error = (c.outputs[0] for c in failed.cells if c.get("outputs"))
    assert before.data["text/plain"] == "2" and error.ename == "ZeroDivisionError"
    assert not list(paths.BUILD.glob(".run-*"))


def test_a_failed_run_keeps_the_outputs_of_the_last_good_one(accepted):
    replace(accepted, "02-second", 'note = "a"', "raise ValueError('no')")
    execute(accepted)
    assert (paths.BUILD / "run/data/processed/second.csv").is_file()


@pytest.mark.parametrize(
    ("name", "sources", "message"),
    [
        ("01-first", ["factor = 1", OTHER],
         "01-first reads pilot_batches, says contents.toml, but it did not"),
        ("02-second", ['note = "a"', SECOND, 'tables.raw("talent_guide")'],
         "02-second reads talent_guide, which notebooks/contents.toml does not declare"),
        ("02-second", ['note = "a"', SECOND, 'tables.save(tables.processed("first"), "third")'],
         "02-second writes third, which notebooks/contents.toml does not declare"),
        ("02-second", ['note = "a"', "from compendium import tables", '_ = tables.processed("first")'],
         "02-second writes second, says contents.toml, but it did not"),
        ("02-second", ['note = "a"', SECOND, CALL], "02-second contacts 192.0.2.1. Remedy: keep the data in data/raw"),
    ],
)  # fmt: skip
def test_reads_and_writes_are_compared_with_what_happened(project, name, sources, message):
    replace(project, name, *sources)
    result, _ = execute(project)
    assert any(message in failure for failure in result.failures), result.failures


def test_a_cell_that_hangs_ends_at_its_time_limit(project, monkeypatch):
    monkeypatch.setattr(running, "CELL_SECONDS", 2)
    hang = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    replace(project, "01-first", "factor = 1", "import time", note_process(project, hang))
    result, _ = execute(project, ["01"])
    assert result.failures == ["01-first, cell cell-2: took longer than 2 seconds. See build/failed/01-first.ipynb"]
    assert waited(lambda: gone(int((project / "pid").read_text())))


def test_a_kernel_that_dies_is_reported(project):
    replace(project, "01-first", "factor = 1", "import os", "os._exit(9)")
    result, _ = execute(project, ["01"])
    assert result.failures[0].startswith("01-first, cell cell-2: the kernel died.")


def test_out_refuses_a_folder_that_holds_something_else(project, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("x")
    outcome = CliRunner().invoke(main, ["run", "--out", str(tmp_path / "mine")])
    assert outcome.exit_code != 0 and "holds no run" in outcome.output
    assert (tmp_path / "mine" / "thesis.docx").exists()


def test_accept_needs_a_complete_run_with_defaults(project):
    with pytest.raises(running.RunError, match="no complete run"):
        reference.accept(paths.BUILD / "run")
    execute(project, ["01"])
    with pytest.raises(running.RunError, match="no complete run"):
        reference.accept(paths.BUILD / "run")


def test_normalise_joins_streams_and_drops_timings():
    cell = nbformat.v4.new_code_cell("x", id="a", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=t) for t in ("one\n", "two\n")]
    cell.metadata = {"papermill": {"duration": 1.5}, "tags": ["keep"]}
    book = nbformat.v4.new_notebook(
        cells=[cell], metadata={"papermill": {"x": 1}, "language_info": {"name": "python", "version": "3.11.7"}}
    )
    text = running.normalise(book)
    assert "duration" not in text and "3.11.7" not in text and "papermill" not in text
    assert json.loads(text)["cells"][0]["outputs"][0]["text"] == ["one\n", "two\n"]
    assert running.normalise(nbformat.reads(text, 4)) == text


COMMAND = (
    "import sys; from pathlib import Path; from compendium import paths, running; from compendium.__main__ import main;"
    "paths.ROOT = Path(sys.argv[1]); paths.NOTEBOOKS = paths.ROOT / 'notebooks'; paths.BUILD = paths.ROOT / 'build';"
    "paths.RAW = paths.ROOT / 'data' / 'raw';"
)


def start(project, python):
    """Start a process that works on the project; a shell would let a job in the background ignore SIGINT."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND + python, str(project)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def note_process(project, then):
    """Return the source of a cell that writes down the process of its kernel and goes on with `then`."""
    return f"import os, pathlib, time\npathlib.Path({str(project / 'pid')!r}).write_text(str(os.getpid()))\n{then}"


def waited(condition):
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def gone(process):
    return not running.alive(process) or zombie(process)


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_stopped_run_leaves_no_process_and_no_debris(project, how, status):
    replace(project, "01-first", "factor = 1", note_process(project, "time.sleep(600)"))
    process = start(project, "main(['run', '01'])")
    assert waited(lambda: (project / "pid").exists() and (project / "pid").read_text())
    kernel = int((project / "pid").read_text())
    process.send_signal(how)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == status
    assert waited(lambda: gone(kernel))
    assert not (paths.BUILD / "run").exists()
    if how != signal.SIGKILL:
        assert said == "Stopped. Nothing is half-written; repeat the command when you like.\n"
    else:
        replace(project, "01-first", "factor = 1", FIRST)
        assert CliRunner().invoke(main, ["run", "-p", "factor=2", "01"]).exit_code == 0
    assert not list(paths.BUILD.glob(".run-*"))


def test_a_killed_notebook_process_is_reported_and_takes_its_kernel_along(project):
    others = """
import psutil
for other in psutil.Process(os.getppid()).parent().children():
    other.status() == "zombie" or "kernels.main()" in " ".join(other.cmdline()) or other.kill()
time.sleep(600)
"""
    replace(project, "01-first", "factor = 1", note_process(project, others))
    result, _ = execute(project, ["01"])
    assert result.failures == [
        "01-first: its process was killed from outside, perhaps for want of memory. Remedy: --jobs 1"
    ]
    assert waited(lambda: gone(int((project / "pid").read_text())))


def test_a_killed_nursery_is_reported_and_takes_its_kernels_along(project, monkeypatch):
    monkeypatch.setattr(kernels, "nursery", NURSERY)
    replace(project, "01-first", "factor = 1", note_process(project, "os.kill(os.getppid(), 9); time.sleep(600)"))
    result, _ = execute(project, ["01"])
    assert result.failures == ["01-first, cell cell-1: the kernel died. See build/failed/01-first.ipynb"]
    assert waited(lambda: gone(int((project / "pid").read_text())))


def zombie(process):
    try:
        return os.waitpid(process, os.WNOHANG) is not None
    except ChildProcessError:
        status = f"/proc/{process}/stat"
        return os.path.exists(status) and open(status).read().rsplit(")", 1)[1].split()[0] == "Z"


def test_debris_of_a_killed_run_is_cleared_by_the_next(project):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (paths.BUILD / f".run-{dead.pid}" / "data").mkdir(parents=True)
    execute(project, ["01"])
    assert not list(paths.BUILD.glob(".run-*"))


def test_temporary_files_and_connection_files_go_with_the_run(project):
    replace(
        project,
        "01-first",
        "factor = 1",
        FIRST,
        "import tempfile, pathlib, ipykernel.connect\n"
        "temporary = pathlib.Path(tempfile.gettempdir())\n"
        "assert temporary.parent.name.startswith('.run-')\n"
        "assert pathlib.Path(ipykernel.connect.get_connection_file()).parent == temporary",
    )
    result, _ = execute(project, ["01"])
    assert result.failures == []
    assert not list(paths.BUILD.glob(".run-*")) and not (result.root / "temporary").exists()


def test_only_one_run_or_accept_at_a_time_and_the_lock_dies_with_its_process(accepted):
    holder = start(accepted, "lock = running.alone(); lock.__enter__(); print('held', flush=True); sys.stdin.read()")
    assert holder.stdout.readline() == "held\n"
    for command in (["run"], ["accept"]):
        outcome = CliRunner().invoke(main, command)
        assert outcome.exit_code == 1
        assert f"another run or accept is at work here (process {holder.pid}). Remedy: wait" in outcome.output
    holder.kill()
    holder.communicate()
    outcome = CliRunner().invoke(main, ["run", "01", "-p", "factor=2"])
    assert outcome.exit_code == 0, outcome.output


FULL = OSError(errno.ENOSPC, "No space left on device")
ROOM = "No space left on device. Remedy: make room (a run needs 50 MB) and repeat the command"


def test_a_full_disk_ends_a_run_in_one_line(accepted, monkeypatch):
    def execute_on_full_disk(*_):
        raise FULL

    before = (paths.BUILD / "run/run.json").read_bytes()
    monkeypatch.setattr(running, "execute", execute_on_full_disk)
    outcome = CliRunner().invoke(main, ["run", "--force", "01"])
    assert outcome.exit_code == 1
    assert outcome.output.splitlines()[-1] == f"Error: 01-first: file system: {ROOM}"
    assert (paths.BUILD / "run/run.json").read_bytes() == before
    assert not list(paths.BUILD.glob(".run-*"))


def test_a_disk_full_at_the_last_moment_keeps_the_last_run(accepted, monkeypatch):
    def full(*_):
        raise FULL

    monkeypatch.setattr(tables, "write_atomic", full)
    before = (paths.BUILD / "run/run.json").read_bytes()
    last = paths.BUILD / "run"
    monkeypatch.setattr(running, "schedule", lambda _, made, *__: shutil.copytree(last, made, dirs_exist_ok=True))
    outcome = CliRunner().invoke(main, ["run", "--force"])
    assert (outcome.exit_code, outcome.output) == (1, f"Error: file system: {ROOM}\n")
    assert (paths.BUILD / "run/run.json").read_bytes() == before
    assert not list(paths.BUILD.glob(".run-*"))


def committed(project):
    files = (p for p in project.rglob("*") if p.is_file() and "build" not in p.parts)
    return {p: p.read_bytes() for p in files if "__pycache__" not in p.parts}


def test_accept_on_a_full_disk_changes_nothing(accepted, monkeypatch):
    for name in ("first", "second"):
        made = paths.processed(name, paths.BUILD / "run")
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
    with pytest.raises(running.RunError, match=r"edited after the run: notebooks/02-second\.ipynb\. Remedy"):
        reference.accept(paths.BUILD / "run")
    assert committed(accepted) == before
    replace(accepted, "02-second", 'note = "a"', SECOND)
    package = paths.RAW / "datapackage.json"
    package.write_bytes(package.read_bytes() + b"\n")
    with pytest.raises(running.RunError, match=r"edited after the run: data/raw\. Remedy: compendium run"):
        reference.accept(paths.BUILD / "run")


def test_a_build_folder_that_cannot_be_used_ends_in_one_line(project):
    (project / "build").write_text("a file")
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: build") and outcome.output.count("\n") == 1


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
    assert running.refusal(error).startswith(said)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"{}", b'{"cells": [', b"\x80\x81", b'{"nbformat": 9}'])
def test_a_file_that_is_no_notebook_is_named(project, content):
    (project / "notebooks/01-first.ipynb").write_bytes(content)
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: notebooks/01-first.ipynb cannot be read as a notebook: ")
    assert outcome.output.endswith("Remedy: take notebooks/01-first.ipynb from the archive you unpacked\n")


@pytest.mark.parametrize("source", ["factor = = 1", "factor = len('a')", "a, factor = 1, 2"])
def test_parameters_that_are_not_plain_are_named(project, source):
    replace(project, "01-first", source, FIRST)
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: notebooks/01-first.ipynb, cell cell-0: ")
    assert outcome.output.endswith("Remedy: write each parameter as name = number, text, True or False\n")


def test_a_syntax_error_in_a_cell_is_named(project):
    replace(project, "01-first", "factor = 1", "def (:")
    result, _ = execute(project, ["01"])
    assert result.failures[0].startswith("01-first, cell cell-1: SyntaxError: ")


def test_a_broken_list_of_notebooks_is_named(project):
    (project / "notebooks/contents.toml").write_text("[01-first\n")
    running.contents.cache_clear()
    outcome = CliRunner().invoke(main, ["run"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: notebooks/contents.toml is no TOML: ")


def test_the_installed_versions_are_those_of_the_lock():
    assert running.unlocked() == []


def test_a_package_in_another_version_than_the_lock_is_told_and_a_missing_one_is_an_error(project, monkeypatch):
    lock = project / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    locked = f"numpy=={metadata.version('numpy')}"
    assert locked in text
    lock.write_text(text.replace(locked, "numpy==1.0"), encoding="utf-8")
    outcome = CliRunner().invoke(main, ["run", "01", "-p", "factor=2"])
    assert outcome.exit_code == 0
    assert f"note: numpy {metadata.version('numpy')} is installed, requirements.lock says 1.0; " in outcome.output
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["missing-package>=1"]', encoding="utf-8")
    outcome = CliRunner().invoke(main, ["run", "01"])
    assert (outcome.exit_code, outcome.output) == (
        1,
        "Error: missing-package is not installed. Remedy: make clean, then make\n",
    )
