"""Files: plain ones in, whole ones out, one writer at a time, faults told in one line."""

import csv
import errno
import hashlib
import io
import json
import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from compendium import CompendiumError
from compendium.base import escape, paths

Note = TypeVar("Note")
LARGEST = 100_000_000
SEAL = "seal"
SCRATCH = ".compendium-run-"  # and the number of the process: the folder of a run in progress
SECONDS = 1  # how long to wait for the lock: the last run may still be ending its processes
REMEDIES = {
    errno.ENOSPC: "make room (a run needs 50 MB) and repeat the command",
    errno.EACCES: "give yourself the right to it, or work in a copy of your own",
    errno.EROFS: "work in a copy on a disk that can be written",
}


@dataclass(eq=False, repr=False)
class InputError(CompendiumError):
    """A fault in the input, told to people in one line.

    Fields: `file`, `rule` (what must hold), `remedy` (what to do) and, where they apply, `row`, `column` and `value`.
    Rows are counted as in an editor or spreadsheet: the header is row 1. `others` counts further faults not shown.
    """

    file: str
    rule: str = ""
    remedy: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None
    others: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.args = self.file, self.rule, self.remedy, self.row, self.column, self.value  # which pickle takes

    def __str__(self):
        row = f"row {self.row}" if self.row else ""
        column = f"column {self.column}" if self.column else ""
        text = ", ".join(part for part in (self.file, row, column) if part)
        if self.rule:
            text += ": " + ("" if self.value is None else f"value {shorten(self.value)!r} — ") + self.rule
        if self.remedy:
            text += f". Remedy: {self.remedy}."
        text += f" ({self.others} more: see `compendium check`)" if self.others else ""
        return escape.terminal(text)


def read_regular_file(path: Path, max_bytes: int = 0, remedy: str = "") -> bytes:
    """Return the bytes of `path`, a file people may have touched.

    Raises OSError if there is none or it may not be read, and InputError if it is a link, a folder, a pipe or a device,
    or larger than `max_bytes` bytes, else any table: reading it could wait for ever or lead elsewhere.
    """
    found, max_bytes, rule = path.lstat(), max_bytes or LARGEST, ""
    if not stat.S_ISREG(found.st_mode):
        rule = "must be a plain file, not a link, folder, pipe or device"
    elif found.st_size > max_bytes:
        rule = f"must not be larger than {max_bytes // 10**6} MB"
    if rule:
        remedy = remedy or f"put the file itself in its place, or {paths.suggest_restore(path)}"
        raise InputError(paths.format_path(path), rule, remedy)
    return path.read_bytes()


def read_user_supplied_file(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file that somebody hands to a command, at most `max_bytes`, as `read_plain`; follow a
    link."""
    return read_regular_file(
        Path(os.path.realpath(path)), max_bytes, f"name a plain file of at most {max_bytes // 10**6} MB"
    )


class CsvRow(dict[str, str]):
    """The cells of a row by column; a column that is not there is an InputError."""

    def __init__(self, cells: Mapping[str, str], file: Path):
        super().__init__(cells)
        self.file = file

    def __missing__(self, column: str) -> str:
        """Raise that the table has no such column."""
        raise InputError(
            paths.format_path(self.file), f"is no table with a column {column}", paths.suggest_restore(self.file)
        )


def parse_rows(text: str) -> "csv.DictReader[str]":
    """Return the rows of a CSV table that we wrote, as texts by column; what others may have: `data/parsing.py`."""
    return csv.DictReader(io.StringIO(text, newline=""))


def read_rows(path: Path, column: str, missing_ok: bool = False) -> list[dict[str, str]]:
    """Return the rows of a CSV table that we wrote; none if there is no such file and this is `missing_ok`.

    Raises InputError if it is no table or has no such column; reading any other that is not there raises it too.
    """
    if missing_ok and not path.is_file():
        return []
    try:
        table = parse_rows(path.read_bytes().decode("utf-8"))
        found: list[dict[str, str]] = [CsvRow(cells, path) for cells in table]
    except (UnicodeDecodeError, csv.Error):
        raise InputError(paths.format_path(path), "is no table in UTF-8", paths.suggest_restore(path)) from None
    CsvRow(dict.fromkeys(table.fieldnames or (), ""), path)[column]
    return found


def read_rows_by_key(path: Path, key_column: str, missing_ok: bool = False) -> dict[str, dict[str, str]]:
    """Return the rows of a CSV table by a column, as `read_rows`."""
    return {row[key_column]: row for row in read_rows(path, key_column, missing_ok)}


def read_checksummed_json(path: Path, dataclass_type: type[Note]) -> Note | None:
    """Return what `write_note` wrote, a dataclass; None where it is not there, not whole, or of another shape.

    It is the one reader of what lies in build for later: whoever gets None computes anew.
    """
    from pydantic import TypeAdapter

    try:
        found = json.loads(read_regular_file(path))
        own = found.pop(SEAL) == fingerprint_json(found) and found.keys() == dataclass_type.__annotations__.keys()
        return TypeAdapter(dataclass_type).validate_python(found) if own else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, CompendiumError):
        return None


def write_checksummed_json(path: Path, record: Any) -> None:
    """Write a dataclass as JSON, with a seal over its content, where `read_note` finds it."""
    content = asdict(record)
    write_atomic(
        path, json.dumps({SEAL: fingerprint_json(content)} | content, indent=1, ensure_ascii=False).encode("utf-8")
    )


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` under a temporary name first, so that a failure leaves the old file untouched; in build,
    where all is made anew, a folder that lies there instead is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and paths.format_path(path).startswith("build/"):
        remove(path)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        scratch.write_bytes(data)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of `data` as a data package writes it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def fingerprint_json(content: object) -> str:
    """Return the SHA-256 of what JSON can hold."""
    return fingerprint(json.dumps(content, ensure_ascii=False).encode("utf-8"))


def shorten(text: str, length: int = 60) -> str:
    """Return `text` with at most `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


def os_error_line(error: OSError) -> str:
    """Return in one line what the file system refused, where, and the remedy if there is one."""
    said = f"{paths.format_path(error.filename) if error.filename else 'file system'}: {error.strerror or error}"
    return said + (f". Remedy: {REMEDIES[error.errno]}" if error.errno in REMEDIES else "")


@contextmanager
def defer_stop_signals() -> Iterator[None]:
    """Let a request to stop wait for the moment that forking, putting files in place or ending processes takes."""
    asked: list[int] = []
    numbers = signal.SIGINT, signal.SIGTERM
    before = {number: signal.signal(number, lambda number, _: asked.append(number)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


def get_last_output_line(process: subprocess.CompletedProcess[str]) -> str:
    """Return the last line that a program has said, or the exit status of one that said nothing."""
    return (process.stderr or process.stdout).strip().rpartition("\n")[2] or f"exit status {process.returncode}"


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """Give a folder beside `root` for a run in progress; those of dead runs go before, it goes afterwards."""
    import psutil

    root.parent.mkdir(parents=True, exist_ok=True)
    for old in root.parent.glob(f"{SCRATCH}*"):
        if (number := old.name.removeprefix(SCRATCH)).isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(old, ignore_errors=True)
    place = root.parent / f"{SCRATCH}{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        yield place
    finally:
        with defer_stop_signals():
            shutil.rmtree(place, ignore_errors=True)


def replace_folder(new_folder: Path, target: Path, scratch: Path) -> None:
    """Put a finished folder in the place of `target`; what stood there goes with the scratch folder `scratch`."""
    with defer_stop_signals():
        if target.exists():
            os.replace(target, scratch / "before")
        os.replace(new_folder, target)


@contextmanager
def running_lock(build: Path) -> Iterator[None]:
    """Hold the lock in the folder `build` of a compendium, so that one run or accept works there at a time; it ends
    with the process. A CompendiumError says that another process holds it."""
    from filelock import FileLock, Timeout  # a kernel in a browser does without

    place = build / "cache" / "lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.is_file():
        remove(place)
    try:
        with FileLock(place, timeout=SECONDS):
            yield
    except Timeout:
        raise CompendiumError("another run or accept is at work here. Remedy: wait until it has ended") from None


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV with LF."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([header, *rows])
    return file.getvalue()
