"""Kernels forked from one process that holds the libraries in memory, instead of started one by one.

A kernel that starts from nothing imports the libraries of a notebook anew, about 2 seconds of computing each time: a
forced run of all notebooks took 84 and 101 seconds with kernels started one by one, 56 and 51 with forked ones, in turn
on the same two cores. Here a fork server, a process of its own without threads, imports them once and forks a kernel
whenever one is asked for. To Jupyter it is a kernel provisioner, so that papermill and nbval use it unchanged; in
JupyterLab, and where there is no fork server, kernels start as usual and give the same results.

Who watches whom: each kernel has a line to the process that asked for it. When that process ends, its kernels are
killed; when the last process that may ask has ended, so is the fork server.

Known limits:

* Linux only: it needs pidfd, named sockets without files, and libraries that bear a fork. On macOS and Windows kernels
  start as usual.
* Threads: nothing that is imported beforehand may start one, for a fork takes along the locks that it holds and not the
  thread. Libraries that start theirs when they first compute are no trouble.
* Memory: kernels share what was imported until they write to it. As a search for garbage writes to all of it, what was
  imported is left out of it for good, and modules imported beforehand are never freed.
* What was imported is as it was when the server started: a module edited since is the old one in each kernel.
* The server dies: its kernels notice by themselves and end, the process that asked is told that the kernel died, and
  the next kernel asked for raises `ServerEnded`. It is not started again.
"""

from compendium.forkserver.client import ASKED_BY, POSSIBLE, Provisioner, ServerEnded, fork_server

__all__ = ["ASKED_BY", "POSSIBLE", "Provisioner", "ServerEnded", "fork_server"]
