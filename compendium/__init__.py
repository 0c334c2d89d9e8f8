"""Helper package of the compendium; the notebooks hold the analysis, this package holds what they share."""

import os
import sys

if os.environ.get("COMPENDIUM_TRACE"):
    # The runner asks each kernel to write down which files it opens and which it puts in place, so that the reads and
    # writes declared in notebooks/contents.toml can be compared with what really happened, and which hosts it contacts.
    _trace = open(os.environ["COMPENDIUM_TRACE"], "a", encoding="utf-8")  # noqa: SIM115

    def _note(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str) and "w" not in (arguments[1] or "w"):
            _trace.write(f"read\t{arguments[0]}\n")
        elif event == "os.rename":
            _trace.write(f"write\t{os.fspath(arguments[1])}\n")
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            _trace.write(f"contacts\t{arguments[1][0]}\n")
        else:
            return
        _trace.flush()

    sys.addaudithook(_note)
