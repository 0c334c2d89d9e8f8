"""Kernels forked from one process that holds the libraries in memory, instead of started one by one.

A kernel that starts from nothing imports the libraries of a notebook anew, about 2 seconds of computing each time: a
forced run of all notebooks took 84 and 101 seconds with kernels started one by one, 56 and 51 with forked ones, in turn
on the same two cores.
Here a fork server, a process of its own without threads, imports them once and forks a kernel whenever one is asked
for. To Jupyter it is a kernel provisioner, so that papermill and nbval use it unchanged; in JupyterLab, and where
processes cannot be forked safely (macOS, Windows), kernels start as usual and give the same results.

Who watches whom: each kernel has a line to the process that asked for it. When that process ends, its kernels are
killed; when the last process that may ask has ended, so is the fork server; when that dies, kernels notice by
themselves.
"""

import atexit
import builtins
import contextlib
import gc
import importlib.util
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from compendium import paths, python
from compendium.run import RunError

NAME = "compendium"
ASKED_BY = "JUPYTER_DEFAULT_PROVISIONER_NAME"
MESSAGE = 1 << 20
SEARCHED_AFTER = 100_000  # objects more than there were, between two searches for garbage
POSSIBLE = sys.platform == "linux"
PRELOADED = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "debugpy.server.api",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "psutil",
    "seaborn",
    "sqlite3",
    "statsmodels.regression.linear_model",
    "statsmodels.stats.inter_rater",
    "statsmodels.stats.proportion",
    "compendium.show.explorers",
    "compendium.show.notebook",
    "study.judgements",
)
INHERITED = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
_calls: socket.socket | None = None
_served: Path | None = None  # the root of the compendium whose modules the fork server imports
peak = 0  # the most memory that an ended kernel of this process ever held, in KB


@contextlib.contextmanager
def fork_server(variables: dict[str, str]) -> Iterator[None]:
    """Have kernels forked in this process and its children; `variables` are added to the environment of the server."""
    global _calls
    if not POSSIBLE:
        yield
        return
    outer, before = _calls, os.environ.get(ASKED_BY)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    _calls = ours
    environment = os.environ | INHERITED | variables
    command = [*python("from compendium.run import kernels; kernels.main()"), *PRELOADED]
    with theirs:
        process = subprocess.Popen(command, stdin=theirs.fileno(), env=environment, start_new_session=True)
    os.environ[ASKED_BY] = NAME
    try:
        yield
    finally:
        ours.close()
        _calls = outer
        process.wait()
        if before is None:
            del os.environ[ASKED_BY]
        else:
            os.environ[ASKED_BY] = before


class Provisioner(LocalProvisioner):
    """Asks the fork server for a kernel, or starts one as usual where there is none."""

    async def pre_launch(self, **kwargs: object) -> dict:
        """Let a forked kernel listen on named sockets of Linux: another process may take a port just found free."""
        if _calls is not None and self.parent is not None:
            self.parent.transport, self.parent.ip = "ipc", f"@{secrets.token_hex(16)}"
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Have a kernel forked for the command of an IPython kernel of this Python; start any other as usual."""
        if _calls is None or cmd[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        kernel = Kernel(_calls, cmd[3:], kwargs["env"], kwargs.get("cwd") or os.getcwd())
        self.process = kernel  # type: ignore[assignment]  # it has what Jupyter uses of Popen
        self.pid = self.pgid = kernel.pid
        return self.connection_info


class Kernel:
    """A forked kernel, with what Jupyter uses of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, calls: socket.socket, arguments: list[str], environment: dict[str, str], folder: str):
        self.line, theirs = socket.socketpair()
        request = {"arguments": arguments, "environment": environment, "folder": folder}
        with theirs, contextlib.suppress(OSError):  # the server may be dead, then nothing is told below
            socket.send_fds(calls, [json.dumps(request).encode()], [theirs.fileno(), 1, 2])
        self.answers = self.line.makefile()
        if not (told := self.answers.readline()):
            raise RunError("the process that starts kernels has ended; what it said stands above or in its log")
        self.pid = int(told)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while the kernel lives."""
        if self.returncode is None and select.select([self.line], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        """Wait for the end of the kernel and return its exit status."""
        global peak
        if self.returncode is None:
            told = self.answers.readline() or f"{-signal.SIGKILL} 0"  # nothing is told when the server is dead
            self.returncode, most = map(int, told.split())
            peak = max(peak, most)
            self.answers.close()
            self.line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


def serve(calls: socket.socket) -> None:
    """Fork a kernel for every request, report its end, kill it when the process that asked has ended."""
    poll = select.poll()
    poll.register(calls, select.POLLIN)
    kernels: dict[
        int, tuple[int, socket.socket]
    ] = {}  # by the descriptor that tells of its end, and by that of its line
    while True:
        ready = poll.poll()[0][0]
        if ready == calls.fileno():
            message, descriptors, *_ = socket.recv_fds(calls, MESSAGE, 3)
            if not message:
                for pid, _ in kernels.values():
                    kill(pid)
                return
            pid = os.fork()
            if pid == 0:
                become_kernel(json.loads(message), *descriptors[1:])
            for descriptor in descriptors[1:]:
                os.close(descriptor)
            line, ended = socket.socket(fileno=descriptors[0]), os.pidfd_open(pid)
            kernels[ended] = kernels[line.fileno()] = pid, line
            poll.register(ended, select.POLLIN)
            poll.register(line, select.POLLIN)
            tell(line, pid)
            continue
        pid, line = kernels[ready]
        poll.unregister(ready)
        if ready == line.fileno():
            kill(pid)
            continue
        _, status, used = os.wait4(pid, 0)
        tell(line, os.waitstatus_to_exitcode(status), used.ru_maxrss)
        with contextlib.suppress(KeyError):
            poll.unregister(line)
        del kernels[line.fileno()], kernels[ready]
        line.close()
        os.close(ready)


def tell(line: socket.socket, *numbers: int) -> None:
    """Send numbers to the process that asked for a kernel, if it still lives."""
    with contextlib.suppress(OSError):
        line.sendall(f"{' '.join(map(str, numbers))}\n".encode())


def kill(pid: int) -> None:
    """Kill a kernel and what it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def become_kernel(request: dict, out: int, errors: int) -> None:
    """Turn this process, just forked, into an IPython kernel, as `python -m ipykernel_launcher` would; never return."""
    from ipykernel.kernelapp import IPKernelApp

    import compendium

    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (errors, 2)):
        os.dup2(source, target)
    os.closerange(3, 1024)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    if paths.project().root != _served:  # what was imported beforehand is of another study
        for name in [name for name in sys.modules if name.partition(".")[0] == "study"]:
            del sys.modules[name]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    compendium.trace()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher and launcher.origin), *request["arguments"]]
    status = 1
    try:
        IPKernelApp.launch_instance(parent_handle=os.getppid())
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Be the fork server: import the modules named by its arguments; kernels are asked for on its standard input.

    What is imported stays, and kernels live for seconds: garbage is searched for seldom.
    """
    global _served
    _served = paths.project().root
    gc.disable()
    vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=None)  # pandas asks for it: is this a notebook?
    importlib.import_module("pandas")
    del vars(builtins)["get_ipython"]
    for name in sys.argv[1:]:
        importlib.import_module(name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(SEARCHED_AFTER)
    gc.enable()
    serve(socket.socket(fileno=0))
