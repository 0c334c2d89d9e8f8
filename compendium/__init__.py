"""The engine of a compendium: tables, ledger, runs, what notebooks show, the book. It knows nothing of any paper."""

import os
import sys

# jsonschema, which nbformat imports, would compile the grammar of internationalised addresses: a second of computing
# for a format that no schema of a notebook asks for. Where the module is None, jsonschema does without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def started(module: str) -> list[str]:
    """Return how `python -m module` starts a program of others that gives its `main`, with the above in force."""
    return [sys.executable, "-c", f"import sys; import compendium; from {module} import main; sys.exit(main())"]


class CompendiumError(Exception):
    """Something that a person has to put right, told in one line with the remedy."""


def trace() -> None:
    """Write down which files this process opens and puts in place and which hosts it contacts, if the runner asks.

    The runner compares that with the reads and writes declared in notebooks/contents.toml.
    """
    if not os.environ.get("COMPENDIUM_TRACE"):
        return
    notes = open(os.environ["COMPENDIUM_TRACE"], "a", encoding="utf-8")  # noqa: SIM115

    def note(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str) and "w" not in (arguments[1] or "w"):
            notes.write(f"read\t{arguments[0]}\n")
        elif event == "os.rename":
            notes.write(f"write\t{os.fspath(arguments[1])}\n")
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            notes.write(f"contacts\t{arguments[1][0]}\n")
        else:
            return
        notes.flush()

    sys.addaudithook(note)


trace()
