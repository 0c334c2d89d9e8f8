"""Another engine for a compendium: its wheel takes the place of the one here, and what moves with it is told."""

import os
import re
import shutil
import sys
import zipfile
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from compendium import CompendiumError, engine
from compendium.compendium import Compendium
from compendium.files import read_handed, scratch_folder, write_atomic
from compendium.run import comparison

LARGEST = 50_000_000  # bytes of a wheel: some five times that of the engine of today
MADE, RUN = ("install.py", "requirements.lock"), Path("build/run")


def open_wheel(path: Path, languages: Sequence[str]) -> tuple[str, dict[str, bytes]]:
    """Return the version of a wheel of the engine, and the files that it has for a compendium in these languages.

    Raises:
        CompendiumError: it cannot be read, or is none of the engine.
    """
    named = re.fullmatch(rf"{engine.NAME}-(\d+(?:\.\d+)*)-py3-none-any\.whl", path.name)
    try:
        with zipfile.ZipFile(BytesIO(read_handed(path, LARGEST))) as wheel:
            if wheel.testzip() or not named:
                raise ValueError
            head = wheel.read(f"{engine.NAME}-{named[1]}.dist-info/METADATA").decode("utf-8")
            if f"\nName: {engine.NAME}\nVersion: {named[1]}\n" not in head:
                raise ValueError
            names = [*MADE, *engine.pages(languages).values()]
            return named[1], {name: wheel.read(f"{engine.NAME}/template/{Path(name).name}") for name in names}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        remedy = "Remedy: name a file compendium-VERSION-py3-none-any.whl"
        raise CompendiumError(f"{path} is no whole wheel of the engine. {remedy}") from None


def number_version(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 3.10 comes after 3.9."""
    return tuple(map(int, version.split(".")))


def upgrade(c: Compendium, path: Path) -> list[str]:
    """Run the compendium with its engine, put another in its place, run it again, and return what moved.

    Raises:
        CompendiumError: the wheel is none of the engine or older, the compendium does not agree with itself before, or
            the other engine cannot be installed or fails; all is as it was then.
    """
    root, (version, files) = c.root, open_wheel(path, c.languages)
    found = sorted(root.glob(f"{engine.NAME}-*.whl"))
    if not found:
        raise CompendiumError(f"{root} holds no wheel of the engine. Remedy: in a checkout git pull, then make")
    [old] = found
    before, _ = open_wheel(old, c.languages)
    if number_version(version) < number_version(before):
        raise CompendiumError(f"{path.name} is older than {old.name}, which is here. Remedy: name a newer one")
    run = partial(engine.run, root, dropped=("COMPENDIUM_", "PYTHONPATH"))
    run_here = [str(root / ".venv" / "bin" / "python"), "-P", "-m", "compendium", "run"]
    install = [sys._base_executable, "-I", "-X", "utf8", "install.py"]  # type: ignore[attr-defined]
    run(run_here, "compendium run")
    with scratch_folder(root / "build" / "upgrade") as place:
        shutil.copytree(root / RUN, place / "run")
        pages = {
            c.languages.page(engine.CONTRACTS, language): name for language, name in engine.pages(c.languages).items()
        }
        made = {name: engine.contracts(files[source].decode("utf-8"), name) for name, source in pages.items()}
        kept = [name for name in (*MADE, *made, old.name, ".venv") if (root / name).exists()]
        new = path.read_bytes()
        try:
            for name in kept:
                (place / name).parent.mkdir(exist_ok=True)
                os.replace(root / name, place / name)
            write_atomic(root / path.name, new)
            made["install.py"] = files["install.py"].decode("utf-8")
            made["requirements.lock"] = engine.lock_wheel(files["requirements.lock"].decode("utf-8"), root / path.name)
            for name, content in made.items():
                write_atomic(root / name, content.encode("utf-8"))
            run(install, "install.py")
            run(run_here, "compendium run", agree=False)
        except BaseException:
            (root / path.name).unlink(missing_ok=True)
            shutil.rmtree(root / ".venv", ignore_errors=True)
            for name in kept:
                if (place / name).exists():
                    os.replace(place / name, root / name)
            raise
        moved = comparison.compare(c, root / RUN, reference=place / "run")
    return [f"engine {before} -> {version}", *(moved or ["no verdict, no number and no output moved"])]
