"""Another engine for a compendium: its wheel takes the place of the one here, and what moves with it is told."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from compendium import CompendiumError, engine, paths
from compendium.files import scratch_folder, write_atomic
from compendium.languages import page, spoken
from compendium.run import comparison

LOCK, MADE = "requirements.lock", ("install.py", "requirements.lock")
RUN = Path("build/run")


@dataclass(frozen=True)
class Wheel:
    """A wheel of the engine: its version, and the files that it has for a compendium."""

    path: Path
    version: str
    files: dict[str, bytes]


def opened(path: Path) -> Wheel:
    """Return a wheel of the engine.

    Raises:
        CompendiumError: it cannot be read, or is none of the engine.
    """
    remedy = "Remedy: name a file compendium-VERSION-py3-none-any.whl"
    named = re.fullmatch(rf"{engine.NAME}-(\d+(?:\.\d+)*)-py3-none-any\.whl", path.name)
    try:
        with zipfile.ZipFile(path) as wheel:
            if wheel.testzip() or not named:
                raise ValueError
            told = wheel.read(f"{engine.NAME}-{named[1]}.dist-info/METADATA").decode("utf-8")
            if f"\nName: {engine.NAME}\nVersion: {named[1]}\n" not in told:
                raise ValueError
            names = [*MADE, *engine.pages(spoken()).values()]
            template = f"{engine.NAME}/template"
            return Wheel(path, named[1], {name: wheel.read(f"{template}/{Path(name).name}") for name in names})
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise CompendiumError(f"{path} is no whole wheel of the engine. {remedy}") from None


def numbered(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 3.10 comes after 3.9."""
    return tuple(map(int, version.split(".")))


def upgrade(path: Path) -> list[str]:
    """Run the compendium with its engine, put another in its place, run it again, and return what moved.

    Raises:
        CompendiumError: the wheel is none of the engine or older, the compendium does not agree with itself before, or
            the other engine cannot be installed or fails; all is as it was then.
    """
    root, wheel = paths.project().root, opened(path)
    found = sorted(root.glob(f"{engine.NAME}-*.whl"))
    if not found:
        raise CompendiumError(f"{root} holds no wheel of the engine. Remedy: in a checkout git pull, then make")
    [old] = found
    before = opened(old).version
    if numbered(wheel.version) < numbered(before):
        raise CompendiumError(f"{path.name} is older than {old.name}, which is here. Remedy: name a newer one")
    run("compendium", "run")
    with scratch_folder(root / "build" / "upgrade") as place:
        shutil.copytree(root / RUN, place / "run")
        told = {page(engine.CONTRACTS, language): name for language, name in engine.pages(spoken()).items()}
        kept = [name for name in (*MADE, *told, old.name, ".venv") if (root / name).exists()]
        new = wheel.path.read_bytes()
        try:
            for name in kept:
                (place / name).parent.mkdir(exist_ok=True)
                os.replace(root / name, place / name)
            for name, source in told.items():
                write_atomic(root / name, engine.contracts(wheel.files[source].decode("utf-8"), name).encode("utf-8"))
            write_atomic(root / path.name, new)
            write_atomic(root / "install.py", wheel.files["install.py"])
            lock = engine.locked(wheel.files[LOCK].decode("utf-8"), root / path.name)
            write_atomic(root / LOCK, lock.encode("utf-8"))
            run("install.py")
            run("compendium", "run", agree=False)
        except BaseException:
            (root / path.name).unlink(missing_ok=True)
            shutil.rmtree(root / ".venv", ignore_errors=True)
            for name in kept:
                if (place / name).exists():
                    os.replace(place / name, root / name)
            raise
        moved = comparison.compare(root / RUN, reference=place / "run")
    return [f"engine {before} -> {wheel.version}", *(moved or ["no verdict, no number and no output moved"])]


def run(*words: str, agree: bool = True) -> None:
    """Run a command with the Python of the compendium, or the installer with that which it was made from.

    Raises:
        CompendiumError: it fails; where outputs need not `agree` with the committed ones, a difference is no failure.
    """
    root = paths.project().root
    own = words[0].endswith(".py")
    python = sys._base_executable if own else str(root / ".venv" / "bin" / "python")  # type: ignore[attr-defined]
    line = [python, "-I", "-X", "utf8", *words] if own else [python, "-P", "-m", *words]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("COMPENDIUM_", "PYTHONPATH"))
    }
    done = subprocess.run(line, cwd=root, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode and (agree or "does not agree" not in done.stderr):
        raise CompendiumError(f"{' '.join(words)}: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
