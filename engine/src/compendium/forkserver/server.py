"""The fork server: one process, without threads, that imports modules once and forks itself for each kernel."""

import atexit
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable

MESSAGE = 1 << 20
SEARCHED_AFTER = 100_000  # objects more than there were, between two searches for garbage


def main() -> None:
    """Be the fork server; standard input is the line to the process that asks.

    Arguments are a hook, `module:function`, which is called at first and returns what each kernel calls, and modules to
    import beforehand. What is imported stays, and kernels live for seconds: garbage is searched for seldom.
    """
    gc.disable()
    place, _, function = sys.argv[1].partition(":")
    begin = getattr(importlib.import_module(place), function)()
    for name in sys.argv[2:]:
        importlib.import_module(name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(SEARCHED_AFTER)
    gc.enable()
    serve(socket.socket(fileno=0), begin)


def serve(calls: socket.socket, begin: Callable[[], None]) -> None:
    """Fork a kernel for every request, report its end, kill it when the process that asked has ended."""
    poll = select.poll()
    poll.register(calls, select.POLLIN)
    kernels: dict[int, tuple[int, socket.socket]] = {}  # by the descriptor that tells of its end, and of its line
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
                become_kernel(json.loads(message), begin, *descriptors[1:])
            for descriptor in descriptors[1:]:
                os.close(descriptor)
            line, ended = socket.socket(fileno=descriptors[0]), os.pidfd_open(pid)
            kernels[ended] = kernels[line.fileno()] = pid, line
            poll.register(ended, select.POLLIN)
            poll.register(line, select.POLLIN)
            send(line, pid)
            continue
        pid, line = kernels[ready]
        poll.unregister(ready)
        if ready == line.fileno():
            kill(pid)
            continue
        send(line, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        with contextlib.suppress(KeyError):
            poll.unregister(line)
        del kernels[line.fileno()], kernels[ready]
        line.close()
        os.close(ready)


def send(line: socket.socket, number: int) -> None:
    """Send a number to the process that asked for a kernel, if it still lives."""
    with contextlib.suppress(OSError):
        line.sendall(f"{number}\n".encode())


def kill(pid: int) -> None:
    """Kill a kernel and what it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def become_kernel(request: dict, begin: Callable[[], None], out: int, errors: int) -> None:
    """Turn this process, just forked, into an IPython kernel, as `python -m ipykernel_launcher` would; never return."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (errors, 2)):
        os.dup2(source, target)
    os.closerange(3, 1024)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    begin()
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
