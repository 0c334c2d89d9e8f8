"""Run a command once; write its seconds, exit status and the kilobytes of its largest process to a file.

    python -I benchmarks/once.py FILE COMMAND ...

A small process of its own: Linux counts the memory of the process that starts a command as that of the command.
"""

import os
import subprocess
import sys
import time


def main(told: str, *line: str) -> None:
    """Run a command, which says what it says; tell what it took."""
    begun = time.perf_counter()
    process = subprocess.Popen(line)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    with open(told, "w", encoding="utf-8") as file:
        file.write(f"{seconds} {os.waitstatus_to_exitcode(status)} {used.ru_maxrss}")


if __name__ == "__main__":
    main(*sys.argv[1:])
