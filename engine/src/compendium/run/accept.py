"""The reference, which runs are compared with: accepting a run, and what is not as in the last commit."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import nbformat

from compendium.base import paths
from compendium.base.files import (
    defer_stop_signals,
    fingerprint,
    read_checksummed_json,
    remove,
    write_atomic,
    write_checksummed_json,
)
from compendium.compendium import Compendium
from compendium.run import RunError, cache, comparison, contents, figure_comparison
from compendium.run.comparison import NAMED, describe_first_items
from compendium.run.fingerprint import InputHashes
from compendium.run.notebookfile import list_authored_cells, normalise_notebook, read_notebook

FOLDERS = ("data/processed", "figures", "notebooks")
MADE = ("data/processed/*.csv", "figures/*/*", "notebooks/*.ipynb")
DIGESTS = "data/SHA256SUMS"
DECIDED = "decided.json"


def accept_run(c: Compendium, root: Path, render_texts: Callable[[Path], dict[str, bytes]]) -> list[str]:
    """Take the complete run below `root` as the new reference, with all that is made from it: all of it or nothing.

    What `render_texts` makes, by path, from the ledger of the run goes with it. Returned is what changed: verdicts,
    then numbers, then files. A RunError says that there is no complete run with the default parameters, or names
    what was edited after it.
    """
    known = cache.read_run_summary(root, check_all_files=True)
    if not known.complete or any(known.parameters.values()):
        raise RunError(
            f"{paths.format_path(root)} holds no complete run with the default choices. Remedy: compendium run"
        )
    pairs = [(n.path, root / "notebooks" / n.path.name) for n in contents.list_declared_notebooks(c).values()]
    now = InputHashes(c).list_inputs()
    edited = [name for name in sorted({*now, *known.inputs}) if now.get(name) != known.inputs.get(name)]
    edited += [
        paths.format_path(kept)
        for kept, made in pairs
        if list_authored_cells(read_notebook(kept)) != list_authored_cells(read_notebook(made))
    ]
    if edited:
        raise RunError(f"edited after the run: {describe_first_items(edited)}. Remedy: compendium run, then accept")
    changed = comparison.compare_with_reference(c, root)
    made = {p.relative_to(root).as_posix(): p.read_bytes() for pattern in MADE for p in sorted(root.glob(pattern))}
    gone = [p.relative_to(c.root).as_posix() for p in comparison.list_stale_outputs(root, c.root)]
    derived = render_texts(root) | {DIGESTS: render_sha256sums(made)}
    if any(name.startswith("figures/") for name in made):
        derived[figure_comparison.RECORD] = f"{', '.join(figure_comparison.list_drawing_programs())}\n".encode()
    before = {name for name, data in derived.items() if read_reference_file(c, name) != data}
    replace_files_atomically(c, made | derived, gone)
    write_atomic(root / comparison.DIFFERENCES, b"")
    return changed + [f"{name}: renewed" for name in derived if name in before]


def render_sha256sums(files: Mapping[str, bytes]) -> bytes:
    """Return SHA-256 and path of each file, as `sha256sum -c` reads them."""
    return "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(files.items())).encode("utf-8")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` as `sha256sum` writes it."""
    return fingerprint(data).removeprefix("sha256:")


def read_reference_file(c: Compendium, name: str) -> bytes | None:
    """Return the bytes of the file `name` of the reference, or None if it is missing."""
    path = c.root / name
    return path.read_bytes() if path.is_file() else None


# Putting files in place


def find_journal_folder(c: Compendium) -> Path:
    """Return the folder that holds what an accept has decided to put in place and has not put there yet."""
    return c.build / "accepting"


@dataclass
class PendingReplacement:
    """What is put in place, each file with the name of its content in the journal, and what is removed."""

    put: dict[str, str] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)


def replace_files_atomically(c: Compendium, files: Mapping[str, bytes], removed: Iterable[str]) -> None:
    """Put files in place and remove others: all of it, also if this process is killed meanwhile, or nothing.

    All is written to a folder. Once that has its name, it is decided: `finish_interrupted_accept`
    carries it out, here or the next time.
    """
    draft = find_journal_folder(c).with_name(f".accepting-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        changed = {name: data for name, data in files.items() if read_reference_file(c, name) != data}
        for data in changed.values():
            (draft / sha256(data)).write_bytes(data)
        write_checksummed_json(
            draft / DECIDED, PendingReplacement({name: sha256(data) for name, data in changed.items()}, list(removed))
        )
        with defer_stop_signals():
            os.replace(draft, find_journal_folder(c))
            finish_interrupted_accept(c)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def finish_interrupted_accept(c: Compendium) -> int:
    """Carry out what an accept has decided, and return how many files it named.

    What is not whole, or names a file elsewhere, no accept has decided: it goes, and no file is touched.
    """
    decided = read_checksummed_json(find_journal_folder(c) / DECIDED, PendingReplacement) or PendingReplacement()
    parts = {part: read_reference_file(c, (find_journal_folder(c) / part).as_posix()) for part in decided.put.values()}
    inside = all((c.root / name).resolve().is_relative_to(c.root.resolve()) for name in (*decided.put, *decided.remove))
    if not inside or any(data is None or sha256(data) != part for part, data in parts.items()):
        decided = PendingReplacement()
    for name, part in decided.put.items():
        write_atomic(c.root / name, (find_journal_folder(c) / part).read_bytes())
    for name in decided.remove:
        (c.root / name).unlink(missing_ok=True)
    done = find_journal_folder(c).with_name(f".accepting-{os.getpid()}")
    os.replace(find_journal_folder(c), done)
    remove(done)
    return len(decided.put) + len(decided.remove)


# What lies here against what was committed


def read_recorded_hashes(c: Compendium) -> dict[str, str]:
    """Return path -> SHA-256 of the files of the reference, as recorded; a RunError names a line that is none."""
    lines = (read_reference_file(c, DIGESTS) or b"").decode("utf-8", "replace").splitlines()
    found = [re.fullmatch("([0-9a-f]{64})  (.+)", line) for line in lines]
    if None in found:
        place = f"{DIGESTS}, line {found.index(None) + 1}"
        raise RunError(f"{place}: no SHA-256 and path. Remedy: {paths.suggest_restore(c.root / DIGESTS)}")
    return {match[2]: match[1] for match in found if match}


def read_file_at_commit(c: Compendium, name: str, commit: str = "HEAD") -> bytes | None:
    """Return a file as a commit has it, by default the last one; None if it has none."""
    return run_git(c, "show", f"{commit}:{name}")


def run_git(c: Compendium, *arguments: str) -> bytes | None:
    """Return what git says about this compendium, or None if it cannot say."""
    line = ["git", "-c", "safe.directory=*", "-C", str(c.root), *arguments]
    outcome = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True)
    return outcome.stdout if outcome.returncode == 0 else None


@lru_cache(maxsize=64)
def hash_normalised_file(name: str, data: bytes | None) -> str:
    """Return the SHA-256 of a file, of a notebook that can be read without the marks of the program that saved it."""
    data = data or b""
    if name.endswith(".ipynb"):
        with suppress(ValueError, AttributeError, KeyError, nbformat.ValidationError):
            data = normalise_notebook(nbformat.reads(data.decode("utf-8"), 4)).encode("utf-8")
    return sha256(data)


def describe_unrecorded_changes(c: Compendium) -> str:
    """Return in one line which files of the reference are not those recorded, and what to do; empty if all are."""
    names = [
        name
        for name, digest in read_recorded_hashes(c).items()
        if digest != hash_normalised_file(name, read_reference_file(c, name))
    ]
    if not names:
        return ""
    folders = dict.fromkeys(f for f in FOLDERS for n in names if n.startswith(f"{f}/"))
    back = paths.suggest_restore(*(c.root / n for n in (names if len(names) <= NAMED else folders)))
    return (
        f"{len(names)} committed files are not as in {DIGESTS}: {describe_first_items(names)}. To discard that: {back}"
    )


def list_unrecorded_files(c: Compendium) -> list[str]:
    """Return one line for each file of the reference that is not the one recorded, or not recorded."""
    known = read_recorded_hashes(c)
    there = [p.relative_to(c.root).as_posix() for pattern in MADE for p in c.root.glob(pattern)]
    return [
        f"{name}: not the one recorded in {DIGESTS}. Remedy: {paths.suggest_restore(c.root / name)}, or "
        "compendium run and accept"
        for name in sorted({*known, *there})
        if known.get(name) != hash_normalised_file(name, read_reference_file(c, name))
    ]
