"""Waiting for processes, and for their end."""

import time

import psutil


def waited(condition):
    """Look again and again whether a condition is met, for at most a minute, and return what it was last."""
    deadline = time.monotonic() + 60
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return met


def gone(process):
    """Tell whether a process has ended, though nobody may have taken note of it yet."""
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
