"""The fork server: one process, without threads, that imports modules once and forks itself for each kernel."""

import atexit
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable

MESSAGE = 1 << 20
SEARCHED_AFTER = 100_000  # objects more than there were, between two searches for garbage


def main() -> None:
    """Be the fork server until all that may ask have ended; standard input is the line to them.

    Arguments are a hook, `module:function`, which is called at first and returns what each kernel calls, and modules to
    import beforehand. What is imported stays, and kernels live for seconds: garbage is searched for seldom.
    """
    gc.disable()
    place, _, function = sys.argv[1].partition(":")
    begin = getattr(importlib.import_module(place), function)()
    for name in sys.argv[2:]:
        importlib.import_module(name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever asked sees on its line that a kernel has ended
    gc.collect()
    gc.freeze()
    gc.set_threshold(SEARCHED_AFTER)
    gc.enable()
    calls = socket.socket(fileno=0)
    while message := (received := socket.recv_fds(calls, MESSAGE, 3))[0]:
        if os.fork() == 0:
            become_kernel(json.loads(message), begin, *received[1])
        for descriptor in received[1]:
            os.close(descriptor)


def become_kernel(request: dict, begin: Callable[[], None], line: int, out: int, errors: int) -> None:
    """Turn this process, just forked, into an IPython kernel, as `python -m ipykernel_launcher` would; never return."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (errors, 2)):
        os.dup2(source, target)
    os.closerange(3, line)
    os.closerange(line + 1, 1024)
    os.set_inheritable(line, False)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    threading.Thread(target=follow, args=(socket.socket(fileno=line),), daemon=True).start()
    begin()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher and launcher.origin), *request["arguments"]]
    try:
        IPKernelApp.launch_instance(parent_handle=os.getppid())
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # which nobody asks for


def follow(requester: socket.socket) -> None:
    """Tell whoever asked the number of this kernel, and kill it and what it started once they have ended."""
    with contextlib.suppress(OSError):
        requester.sendall(f"{os.getpid()}\n".encode())
        requester.recv(1)
    os.killpg(0, signal.SIGKILL)
