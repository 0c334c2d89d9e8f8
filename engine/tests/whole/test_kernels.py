"""Forked kernels give what kernels started as usual give, cell by cell, errors too, and none is left behind."""

import os
import re
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from processes import gone, waited
from small_project import PRELOADED

from compendium.forkserver import ASKED_BY, POSSIBLE, ServerEnded, client
from compendium.run import preload

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="kernels are not forked on this system")
ASK = "print(open('/proc/self/cmdline').read())"
CELLS = [
    "import os, sys; print('out'); print('err', file=sys.stderr); 6 * 7",
    "[p for p in sys.path if 'python' not in p], sys.argv[0][-18:], __name__, os.getcwd(), sys.stdin.isatty()",
    "import pandas as pd, numpy as np\npd.DataFrame(np.arange(60).reshape(3, 20))",
    "import matplotlib, matplotlib.pyplot as plt\nplt.plot([1, 3, 2]); matplotlib.get_backend()",
    "from IPython.display import HTML, Latex, display\ndisplay(HTML('<b>x</b>'), Latex('$x$'), display_id='a'); None",
    "get_ipython().run_cell_magic('capture', 'taken', 'print(1)'); taken.stdout",
    "1 / 0",
    "def broken(:\n    pass",
    "raise SystemExit",
    "input()",
    "import subprocess; subprocess.run(['sh', '-c', 'echo $MPLBACKEND; exit 3']).returncode",
    "import warnings; warnings.warn('careful')",
    "import multiprocessing, signal\nmultiprocessing.get_start_method(True), signal.getsignal(signal.SIGTERM)",
    "_, In[1][:9], sorted(k for k in globals() if not k.startswith('_'))[:4]",
]


@pytest.fixture(scope="module")
def forked(one_fork_server):
    """Kernels are forked while this lasts."""
    with one_fork_server({}):
        yield


def client_of(*cells, **options):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c, id=f"c{i}") for i, c in enumerate(cells)])
    return NotebookClient(notebook, kernel_name="python3", **options)


def executed(*cells, **options):
    return client_of(*cells, **options).execute().cells


def plain(cells):
    """Return outputs without what differs between two kernels started as usual: the number of the process."""
    return [[re.sub(r"ipykernel_\d+", "", str(output)) for output in cell.outputs] for cell in cells]


def test_outputs_are_those_of_a_kernel_started_as_usual(forked):
    asked, *ours = executed(ASK, *CELLS, allow_errors=True)
    assert "forkserver" in asked.outputs[0].text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_calls", None)
        patch.delenv("PYTHONPATH", raising=False)  # which forked kernels do not inherit
        asked, *usual = executed(ASK, *CELLS, allow_errors=True)
    assert "ipykernel_launcher" in asked.outputs[0].text
    assert plain(ours) == plain(usual) and all(plain(ours)), "each cell shows something"


def test_a_cell_over_its_time_is_interrupted_and_the_kernel_goes_on(forked):
    with pytest.raises(CellTimeoutError):
        executed("while True: pass", timeout=1)
    cells = executed("import time; time.sleep(60)", "1 + 1", timeout=1, interrupt_on_timeout=True, allow_errors=True)
    assert cells[0].outputs[0].ename == "KeyboardInterrupt" and cells[1].outputs[0].data["text/plain"] == "2"


@pytest.mark.parametrize("death", ["_exit(3)", "kill(os.getpid(), 9)"])
def test_a_dead_kernel_is_noticed(forked, death):
    with pytest.raises(DeadKernelError):
        executed(f"import os; os.{death}")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_driver_leaves_no_kernel(number):
    driver = f"""
        from compendium.run import preload  # first, for it spares nbformat an import that takes a second
        import nbformat
        from nbclient import NotebookClient
        begun = "import subprocess; subprocess.Popen(['sleep', '600']); print('here', flush=True)"
        cells = [nbformat.v4.new_code_cell(begun), nbformat.v4.new_code_cell("while True: pass")]
        if __name__ == "__main__":
            preload.PRELOADED = {PRELOADED}
            with preload.fork_kernels({{}}):
                client = NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3")
                client.on_cell_executed = lambda **_: print("ready", flush=True)
                client.execute()
    """
    line = [sys.executable, "-c", textwrap.dedent(driver)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert any("ready" in line for line in process.stdout), "the driver has ended"
        started = psutil.Process(process.pid).children(recursive=True)
        assert sorted("forkserver" in " ".join(p.cmdline()) for p in started) == [False, True, True], started
        process.send_signal(number)
    assert waited(lambda: all(gone(child.pid) for child in started))


def test_where_nothing_is_forked_kernels_start_as_usual(monkeypatch):
    monkeypatch.setattr(client, "POSSIBLE", False)
    monkeypatch.setattr(client, "_calls", None)
    monkeypatch.delenv(ASKED_BY, raising=False)
    with preload.fork_kernels({}):
        (cell,) = executed(ASK)
    assert "ipykernel_launcher" in cell.outputs[0].text and ASKED_BY not in os.environ


def test_a_fork_server_that_cannot_start_is_told(monkeypatch):
    monkeypatch.setattr(preload, "PRELOADED", ("no_such_module",))
    refused = pytest.raises(ServerEnded, match="the process that starts kernels has ended")
    # In a thread nbclient sets no signal handlers, which it leaves behind when no kernel starts.
    with preload.fork_kernels({}), ThreadPoolExecutor(1) as thread, refused:
        thread.submit(executed, "1").result()
