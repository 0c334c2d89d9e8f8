"""Kernels forked from one process that holds the libraries in memory, instead of started one by one.

A kernel that starts from nothing imports the libraries of a notebook anew, about 2 seconds of computing each time: a
forced run of all notebooks took 84 and 101 seconds with kernels started one by one, 56 and 51 with forked ones, in turn
on the same two cores. Here a process of its own, without threads, imports them once and forks a kernel whenever one is
asked for. To Jupyter it is a kernel provisioner, so that papermill and nbval use it unchanged; where there is no fork
server, as in JupyterLab, kernels start as usual and give the same results. Each kernel has a line to the process that
asked for it: when that ends, its kernels are killed, and with the last that may ask the fork server ends.

Known limits: Linux only, for it needs pidfd, sockets without files, and libraries that bear a fork. Nothing that is
imported beforehand may start a thread, for a fork takes along the locks that it holds. It is never searched for garbage
and is as it was when the server started. A server that dies is not started again: its kernels end, the process that
asked is told that the kernel died, and the next kernel asked for raises `ServerEnded`.
"""

from compendium.forkserver.client import ASKED_BY, POSSIBLE, Provisioner, ServerEnded, fork_server

__all__ = ["ASKED_BY", "POSSIBLE", "Provisioner", "ServerEnded", "fork_server"]
