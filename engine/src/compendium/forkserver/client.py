"""The side that asks: a server for a while, a kernel provisioner of Jupyter, and a forked kernel as it sees one."""

import contextlib
import json
import os
import secrets
import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

ASKED_BY = "JUPYTER_DEFAULT_PROVISIONER_NAME"
POSSIBLE = sys.platform == "linux"
_calls: socket.socket | None = None  # the line to the server, which the children of this process inherit


class ServerEnded(Exception):
    """A kernel was asked for and the process that starts kernels is no more."""


@contextlib.contextmanager
def fork_server(provisioner: str, command: Sequence[str], environment: dict[str, str]) -> Iterator[None]:
    """Have kernels forked in this process and its children, by a server with this environment.

    `provisioner` is that of the entry point by which Jupyter finds `Provisioner`, `command` one of a Python that calls
    `server.main` with its arguments.
    """
    global _calls
    if not POSSIBLE:
        yield
        return
    outer, before = _calls, os.environ.get(ASKED_BY)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    _calls = ours
    with theirs:
        process = subprocess.Popen(command, stdin=theirs.fileno(), env=environment, start_new_session=True)
    os.environ[ASKED_BY] = provisioner
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
    """A forked kernel, with what Jupyter uses of `subprocess.Popen`; how it ended is not told."""

    stdin = stdout = stderr = None

    def __init__(self, calls: socket.socket, arguments: list[str], environment: dict[str, str], folder: str):
        self.line, theirs = socket.socketpair()  # which ends with the kernel
        request = {"arguments": arguments, "environment": environment, "folder": folder}
        with theirs, contextlib.suppress(OSError):  # the server may be dead, then nothing is told below
            socket.send_fds(calls, [json.dumps(request).encode()], [theirs.fileno(), 1, 2])
        if not (told := self.line.recv(20)):
            raise ServerEnded("the process that starts kernels has ended; what it said stands above or in its log")
        self.pid = int(told)

    def poll(self) -> int | None:
        """Return None while the kernel lives."""
        return 1 if select.select([self.line], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait for the end of the kernel."""
        self.line.recv(1)
        return 1

    def send_signal(self, number: int) -> None:
        """Do nothing: only where there is no such process any more Jupyter sends no signal itself."""
