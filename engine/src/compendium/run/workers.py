"""Processes that execute notebooks, judge and compute: of this machine."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from compendium.base.files import defer_stop_signals, os_error_line
from compendium.forkserver import ServerEnded
from compendium.run import RunError

SECONDS = 5
SIGNALS = {signal.SIGINT, signal.SIGTERM}
KILLED = "a process was killed from outside, perhaps for want of memory. Remedy: --jobs 1"


@contextmanager
def open_process_pool(jobs: int, log: Path) -> Iterator[Executor]:
    """Give processes of this machine, whose words to the terminal go to a log; end them and theirs when it is left. A
    RunError says that one was killed, so that no more work can be given to the others."""
    log.parent.mkdir(parents=True, exist_ok=True)
    fork = multiprocessing.get_context("fork")
    executor = ProcessPoolExecutor(jobs, mp_context=fork, initializer=prepare_worker, initargs=(str(log),))
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            executor.submit(os.getpid)  # forks them all: before `prepare_worker` they have the handlers of their parent
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield executor
    except BrokenProcessPool:
        raise RunError(KILLED) from None
    finally:
        with defer_stop_signals():
            executor.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                terminate_process(process)


def prepare_worker(log: str) -> None:
    """Prepare a process of the pool: it ends with the one that drives it, and what it says goes to a log."""
    signal.signal(signal.SIGTERM, exit_with_children)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    redirect_output_to_log(Path(log))


def redirect_output_to_log(log: Path) -> None:
    """Send what this process and its kernels say to the terminal to a log from here on."""
    with open(log, "ab") as file:
        os.dup2(file.fileno(), 2)


def exit_with_parent() -> None:
    """Wait for the process that drives the run, and do not live longer than it does."""
    if parent := multiprocessing.parent_process():
        parent.join()
    exit_with_children()


def exit_with_children(*_: object) -> None:
    """End this process at once, and its kernel with it, which lives in a session of its own."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(1)


def terminate_process(process: multiprocessing.process.BaseProcess) -> None:
    """End a process politely, then by force."""
    process.terminate()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def describe_notebook_failure(notebook: str, error: BaseException) -> str:
    """Return in one line why a notebook could not be executed."""
    if isinstance(error, RunError | ServerEnded):
        return str(error)
    if isinstance(error, BrokenProcessPool):
        return f"{notebook}: {KILLED}"
    if isinstance(error, OSError):
        return f"{notebook}: {os_error_line(error)}"
    return f"{notebook}: {type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
