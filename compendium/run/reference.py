"""The reference, which runs are compared with: accepting a run, and what is not as in the last commit."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import nbformat

from compendium import paths
from compendium.files import fingerprint, uninterrupted, write_atomic
from compendium.run import RunError, caching, comparison, contents, drawings, verdictlog
from compendium.run.notebookfile import normalise, read, written

FOLDERS = ("data/processed", "figures", "notebooks")
MADE = ("data/processed/*.csv", "figures/*/*", "notebooks/*.ipynb")
DIGESTS = "data/SHA256SUMS"
NAMED = 5


def accept(root: Path, texts: Callable[[Path], dict[str, bytes]]) -> list[str]:
    """Take the complete run below `root` as the new reference, with all that is made from it: all of it or nothing.

    Args:
        root: folder of the run.
        texts: returns, by path, what is to be made from the ledger of the run below a folder.

    Returns:
        What changed: verdicts with the reason that the log keeps, then numbers, then files.

    Raises:
        RunError: there is no complete run with the default parameters, data or notebooks were edited after it, or the
            log of verdicts is spoilt.
    """
    known = caching.previous(root)
    if not known.get("complete") or any(known.get("parameters", {}).values()) or known.get("language"):
        raise RunError(f"{paths.shown(root)} holds no complete run with the default choices. Remedy: compendium run")
    pairs = [(n.path, root / "notebooks" / n.path.name) for n in contents.catalogue().values()]
    edited = [paths.shown(kept) for kept, made in pairs if written(read(kept)) != written(read(made))]
    edited += [paths.shown(paths.project().raw)] if known.get("data") != caching.data_hash() else []
    if edited:
        raise RunError(f"edited after the run: {', '.join(edited)}. Remedy: compendium run, then accept")
    if spoilt := verdictlog.faults():
        raise RunError(spoilt[0])
    changed, moved = comparison.compare(root), verdictlog.moved(root)
    changed[: len(moved)] = [f"{line}: {row[-1]}" for line, row in zip(changed, moved, strict=False)]
    made = {p.relative_to(root).as_posix(): p.read_bytes() for pattern in MADE for p in sorted(root.glob(pattern))}
    gone = [p.relative_to(paths.project().root).as_posix() for p in comparison.stale(root, paths.project().root)]
    derived = texts(root) | {DIGESTS: digests(made)} | drawings.recorded(made) | verdictlog.appended(moved)
    before = {name for name, data in derived.items() if content(name) != data}
    place(made | derived, gone)
    write_atomic(root / comparison.DIFFERENCES, b"")
    return changed + [f"{name}: renewed" for name in derived if name in before]


def digests(files: Mapping[str, bytes]) -> bytes:
    """Return SHA-256 and path of each file, as `sha256sum -c` reads them."""
    lines = [f"{fingerprint(data).removeprefix('sha256:')}  {name}\n" for name, data in sorted(files.items())]
    return "".join(lines).encode("utf-8")


def content(name: str) -> bytes | None:
    """Return the bytes of the file `name` of the reference, or None if it is missing."""
    path = paths.project().root / name
    return path.read_bytes() if path.is_file() else None


# Putting files in place


def journal() -> Path:
    """Return the folder that holds what an accept has decided to put in place and has not put there yet."""
    return paths.project().build / "accepting"


def place(files: Mapping[str, bytes], gone: Iterable[str]) -> None:
    """Put files in place and remove others: all of it, also if this process is killed meanwhile, or nothing.

    Everything is written to a folder first. Once that folder has its name, the change is decided: `finish` carries it
    out, here or in the next command.
    """
    draft = journal().with_name(f".accepting-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        changed = {name: data for name, data in files.items() if content(name) != data}
        for number, (name, data) in enumerate(changed.items()):
            (paths.project().root / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / str(number)).write_bytes(data)
        decided = {"put": {str(number): name for number, name in enumerate(changed)}, "remove": list(gone)}
        (draft / "decided.json").write_bytes(json.dumps(decided, ensure_ascii=False).encode("utf-8"))
        with uninterrupted():
            os.replace(draft, journal())
            finish()
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def finish() -> int:
    """Carry out what an accept has decided, and return how many files it named; nothing where nothing is left."""
    if not journal().exists():
        return 0
    decided = json.loads((journal() / "decided.json").read_text(encoding="utf-8"))
    for number, name in decided["put"].items():
        if (journal() / number).exists():
            os.replace(journal() / number, paths.project().root / name)
    for name in decided["remove"]:
        (paths.project().root / name).unlink(missing_ok=True)
    done = journal().with_name(f".accepting-{os.getpid()}")
    os.replace(journal(), done)
    shutil.rmtree(done)
    return len(decided["put"]) + len(decided["remove"])


# What lies here against what was committed


def differing() -> tuple[str, list[str]]:
    """Return against what the reference was compared, and its files that are not what was committed or recorded.

    A notebook that was merely saved, with other marks of the program that saved it, counts as unchanged.
    """
    if paths.versioned():
        return "the last commit", [n for n in changed_in_git() if not merely_saved(n, committed(n))]
    return DIGESTS, [name for name, digest in recorded().items() if digest != digest_of(name)]


def recorded() -> dict[str, str]:
    """Return path -> SHA-256 of the files of the reference, as they were recorded.

    Raises:
        RunError: a line is none of `sha256sum`.
    """
    lines = (content(DIGESTS) or b"").decode("utf-8", "replace").splitlines()
    found = [re.fullmatch("([0-9a-f]{64})  (.+)", line) for line in lines]
    if None in found:
        raise RunError(
            f"{DIGESTS}, line {found.index(None) + 1}: no SHA-256 and path. Remedy: "
            f"{paths.restore(paths.project().root / DIGESTS)}"
        )
    return {match[2]: match[1] for match in found if match}


def changed_in_git() -> list[str]:
    """Return the files of the reference that differ from the last commit; none where git cannot tell."""
    said = git("diff", "--name-only", "-z", "--no-renames", "HEAD", "--", *MADE) or b""
    return [name for name in said.decode("utf-8").split("\0") if name]


def committed(name: str, commit: str = "HEAD") -> bytes | None:
    """Return a file as a commit has it, by default the last one; None if it has none."""
    return git("show", f"{commit}:{name}")


def git(*arguments: str) -> bytes | None:
    """Return what git says about this compendium, or None if it cannot say."""
    line = ["git", "-c", "safe.directory=*", "-C", str(paths.project().root), *arguments]
    outcome = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True)
    return outcome.stdout if outcome.returncode == 0 else None


def merely_saved(name: str, before: bytes | None) -> bool:
    """Tell whether a notebook differs from what it was in nothing but marks of the program that saved it."""
    if not name.endswith(".ipynb") or before is None or not (now := plain_notebook(content(name))):
        return False
    return now == plain_notebook(before)


@lru_cache(maxsize=64)
def plain_notebook(data: bytes | None) -> str:
    """Return a notebook without the marks of the program that saved it; empty if it cannot be read."""
    try:
        return normalise(nbformat.reads((data or b"").decode("utf-8"), 4))
    except (ValueError, AttributeError, KeyError, nbformat.ValidationError):
        return ""


def digest_of(name: str) -> str:
    """Return the SHA-256 of a file of the reference, of a notebook without the marks of the program that saved it."""
    data = content(name)
    if name.endswith(".ipynb"):
        data = plain_notebook(data).encode("utf-8")
    return fingerprint(data or b"").removeprefix("sha256:")


def note() -> str:
    """Return in one line which files of the reference are not what was committed, and what to do; empty if none."""
    against, every = differing()
    known = recorded()
    names = [name for name in every if known.get(name) != digest_of(name)]
    if not names:
        return f"{len(every)} accepted files are not committed yet: {some(every)}. Next: git commit" if every else ""
    folders = dict.fromkeys(f for f in FOLDERS for n in names if n.startswith(f"{f}/"))
    back = paths.restore(*(paths.project().root / n for n in (names if len(names) <= NAMED else folders)))
    return f"{len(names)} committed files are not as in {against}: {some(names)}. To discard that: {back}"


def some(names: list[str], comma: str = ", ") -> str:
    """Return the first of `names` and how many more there are."""
    return comma.join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def outdated() -> list[str]:
    """Return one line for each file of the reference that is not the one recorded, or not recorded."""
    known = recorded()
    there = [
        p.relative_to(paths.project().root).as_posix() for pattern in MADE for p in paths.project().root.glob(pattern)
    ]
    return [
        f"{name}: not the one recorded in {DIGESTS}. Remedy: {paths.restore(paths.project().root / name)}, or "
        "compendium run and accept"
        for name in sorted({*known, *there})
        if known.get(name) != digest_of(name)
    ]
