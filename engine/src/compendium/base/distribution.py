"""The engine as it is installed: its version, what it needs, the wheel it comes in and what lies in that."""

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
PACKAGE = Path(__file__).resolve().parents[1]
TEMPLATE = PACKAGE / "template"
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "src")  # of its folder in a checkout
SHARED = ("install.py", "requirements.lock", "docs")  # of the compendium that the folder lies in
EPOCH = "315532800"  # the first day that a zip can tell: the same sources give the same wheel
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def read_engine_version() -> str:
    """Return the version of the engine, which is not that of a compendium."""
    return metadata.version(NAME)


def find_bundled_file(name: str) -> Path:
    """Return the file `name` that a compendium gets as the engine has it: install.py, requirements.lock, Makefile."""
    return next(path for path in (TEMPLATE / Path(name).name, PACKAGE.parents[2] / name) if path.is_file())


def list_engine_doc_files(languages: Iterable[str]) -> dict[str, str]:
    """Return by language the file of the engine, as for `shared`, that tells its contracts to a reader of it."""
    return {language: "docs/engine.zh-CN.md" if language == "zh" else CONTRACTS for language in languages}


def remove_dead_doc_links(markdown: str, file_name: str) -> str:
    """Return a page on the contracts as a compendium gets it under `file_name`: pages that it lacks are no links."""
    markdown = markdown.replace(".zh-CN.md", ".md") if file_name == CONTRACTS else markdown
    markdown = re.sub(r"\[\w+\]\(engine\.[^)]+\) · ", "", markdown, count=1)
    return re.sub(r"\[([^\]]+)\]\((?!\.\./)[^)]+\)", r"\1", markdown)


def build_or_copy_wheel(folder: Path) -> Path:
    """Put the wheel of this engine into a folder and return its path: of a checkout a new one, else the installed one;
    a CompendiumError says that this is no longer there."""
    if not (PACKAGE.parents[1] / "setup.py").is_file():
        url = json.loads(metadata.distribution(NAME).read_text("direct_url.json") or "{}").get("url", "")
        source = Path(unquote(urlsplit(url).path))
        if not source.is_file():
            raise CompendiumError(f"{url or NAME}, which this engine came in, is gone. Remedy: install a wheel of it")
        return Path(shutil.copy(source, folder))
    with tempfile.TemporaryDirectory() as place:
        for source in (*(PACKAGE.parents[1] / n for n in SOURCES), *(PACKAGE.parents[2] / n for n in SHARED)):
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, Path(place) / source.name, ignore=ignored, copy_function=_copy)
            else:
                _copy(source, Path(place) / source.name)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
        line = [sys.executable, "-c", BUILD, str(folder)]
        subprocess.run(line, cwd=place, env=environment, check=True, capture_output=True)
    return next(folder.glob(f"{NAME}-*.whl"))


def _copy(source: str | Path, target: str | Path) -> None:
    """Copy a file with one mode for all files, whatever they have here."""
    shutil.copyfile(source, target)
    os.chmod(target, 0o644)
