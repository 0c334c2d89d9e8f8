"""Run a command once; write its seconds, exit status and the kilobytes of its largest process to a file.

    python -I benchmarks/once.py FILE COMMAND ...

A small process of its own: Linux counts the memory of the process that starts a command as that of the command.
"""

import os
import subprocess
import sys
import time

begun = time.perf_counter()
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - begun
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(f"{seconds} {os.waitstatus_to_exitcode(status)} {used.ru_maxrss}")
