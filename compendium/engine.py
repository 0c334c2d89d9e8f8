"""The engine as it is installed: its version, what it needs, the wheel it comes in and what lies in that."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from compendium import CompendiumError

NAME, CONTRACTS = "compendium", "docs/engine.md"
PACKAGE = Path(__file__).resolve().parent
TEMPLATE = PACKAGE / "template"
SOURCES = ("pyproject.toml", "setup.py", "install.py", "requirements.lock", "LICENSE", "docs", NAME)
EPOCH = "315532800"  # the first day that a zip can tell: the same sources give the same wheel
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def version() -> str:
    """Return the version of the engine, which is not that of a compendium."""
    return metadata.version(NAME)


def python() -> str:
    """Return the versions of Python that it runs on, such as >=3.11."""
    return str(metadata.metadata(NAME)["Requires-Python"])


def requirements() -> list[str]:
    """Return what it needs to run, without what one of its extras asks for besides."""
    return sorted(line for line in metadata.requires(NAME) or [] if "extra ==" not in line)


def shared(name: str) -> Path:
    """Return the file `name` that a compendium gets as the engine has it: install.py, requirements.lock, Makefile."""
    return next(path for path in (TEMPLATE / Path(name).name, PACKAGE.parent / name) if path.is_file())


def pages(languages: Iterable[str]) -> dict[str, str]:
    """Return by language the file of the engine, as for `shared`, that tells its contracts to a reader of it."""
    return {language: "docs/engine.zh-CN.md" if language == "zh" else CONTRACTS for language in languages}


def contracts(text: str, name: str) -> str:
    """Return a page on the contracts as a compendium gets it under `name`: pages that it lacks are no links."""
    text = text.replace(".zh-CN.md", ".md") if name == CONTRACTS else text
    text = re.sub(r"\[\w+\]\(engine\.[^)]+\) · ", "", text, count=1)
    return re.sub(r"\[([^\]]+)\]\((?!\.\./)[^)]+\)", r"\1", text)


def wheel(folder: Path) -> Path:
    """Put the wheel of this engine into a folder and return its path: of a checkout a new one, else the installed one.

    Raises:
        CompendiumError: the wheel that was installed is no longer there.
    """
    if not (PACKAGE.parent / "setup.py").is_file():
        url = json.loads(metadata.distribution(NAME).read_text("direct_url.json") or "{}").get("url", "")
        source = Path(unquote(urlsplit(url).path))
        if not source.is_file():
            raise CompendiumError(f"{url or NAME}, which this engine came in, is gone. Remedy: install a wheel of it")
        return Path(shutil.copy(source, folder))
    with tempfile.TemporaryDirectory() as place:
        for name in SOURCES:
            _copy(PACKAGE.parent / name, Path(place) / name)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
        line = [sys.executable, "-c", BUILD, str(folder)]
        subprocess.run(line, cwd=place, env=environment, check=True, capture_output=True)
    return next(folder.glob(f"{NAME}-*.whl"))


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a folder with one mode for all files, whatever they have here."""
    if source.is_dir():
        for path in source.iterdir():
            if path.name != "__pycache__":
                _copy(path, target / path.name)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def locked(lock: str, wheel: Path) -> str:
    """Return a lock with the wheel of the engine, which lies beside it, as one more package with its hash."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{lock}./{wheel.name} \\\n    --hash=sha256:{digest}\n"
