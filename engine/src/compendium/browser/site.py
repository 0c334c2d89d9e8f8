"""The notebooks as a static site in which they run: JupyterLite, with Python, its libraries and this compendium.

The lock of Pyodide in the site tells what a kernel loads: wheels of Pyodide's distribution, each compared with its
SHA-256, pure packages of this Python, the engine, and all of the compendium that a notebook reads.
"""

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import urlopen

import nbformat
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compendium import CompendiumError, started
from compendium.base import distribution, html, paths
from compendium.base.files import (
    LARGEST,
    get_last_output_line,
    read_user_supplied_file,
    replace_folder,
    scratch_folder,
    write_atomic,
)
from compendium.base.languages import name_language
from compendium.base.texts import SENTENCE, catalogue, join_texts
from compendium.book.links import link_to_book_pages
from compendium.compendium import Compendium
from compendium.notebook import figures, fresh_kernel, working_copies
from compendium.pages import readme
from compendium.run import contents, notebookfile
from compendium.run.fingerprint import list_files

text = catalogue("compendium/commands")
LOCK, PLUGIN = "pyodide-lock.json", "@jupyterlite/pyodide-kernel-extension:kernel"
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
KERNEL = ("comm", "ipykernel", "ipython", "jedi", "micropip", "piplite", "pyodide-kernel")  # what JupyterLite asks for
ENGINE = ("babel", "jinja2", "matplotlib", "numpy", "packaging", "pandas", "pillow", "pydantic", "tqdm")
DISPENSABLE = ("altair", "highspy", "scipy", "seaborn", "statsmodels")  # without them some cells say what they lack
SLOWER = {"markupsafe", "wcwidth"}  # their compiled part may be left out
PLACE = {"sys_platform": "emscripten", "platform_system": "Emscripten", "platform_machine": "wasm32", "extra": ""}
OWN = Path(__file__).parents[1] / "templates"
STYLE, SCRIPT, WORKER = OWN / "lite.css", OWN / "lite.js", OWN / "lite_worker.js"
SITE = "compendium_site"  # the folder, beside the packages, that holds the compendium
TAKEN = ("compendium.toml", "study", "notebooks", "data", "figures")


@dataclass
class PyodideLibraries:
    """The libraries of a site: where those of Pyodide are had, which lie in `folder`, and which are missing."""

    source: str
    folder: Path
    lock: dict = field(default_factory=dict)
    python: str = ""  # its version, such as 3.14
    found: dict[str, dict] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)

    def fetch(self, name: str, sha256: str = "") -> bool:
        """Put a file of Pyodide's distribution into the folder; tell whether it is there to be had.

        CompendiumError if it is another than the lock says, or nothing answers.
        """
        try:
            if re.match("https?://", self.source):
                with urlopen(f"{self.source.rstrip('/')}/{quote(name)}", timeout=60) as answer:
                    content = answer.read(LARGEST)
            else:
                content = read_user_supplied_file(Path(self.source) / name, LARGEST)
        except FileNotFoundError:
            return False
        except URLError as error:
            if isinstance(error, HTTPError) and error.code == 404:
                return False
            remedy = "--wheels with a folder or an address that holds a distribution of Pyodide"
            raise CompendiumError(f"{self.source}: {error.reason}. Remedy: {remedy}") from None
        if sha256 and hashlib.sha256(content).hexdigest() != sha256:
            raise CompendiumError(f"{name} is not the file of {LOCK}. Remedy: take the wheels of that very version")
        write_atomic(self.folder / name, content)
        return True

    def begin(self) -> None:
        """Fetch Python itself and read the lock."""
        if lacking := [name for name in (*RUNTIME, LOCK) if not self.fetch(name)]:
            raise CompendiumError(f"{self.source} has no {lacking[0]}. Remedy: --wheels with a distribution of Pyodide")
        self.lock = json.loads((self.folder / LOCK).read_text(encoding="utf-8"))
        self.python = self.lock["info"]["python"].rpartition(".")[0]

    def gather(self, names: Iterable[str]) -> None:
        """Find libraries and what they need: of Pyodide, else pure ones of this Python; note those that are missing."""
        for name in map(canonicalize_name, names):
            if name in self.found or name in self.absent:
                continue
            entry = self.lock["packages"].get(name)
            if not entry or not self.fetch(entry["file_name"], entry["sha256"]):
                entry = self.pack(name)
            if not entry:
                self.absent.add(name)
                continue
            self.found[name] = entry
            self.gather(entry["depends"])
            if self.absent.intersection(map(canonicalize_name, entry["depends"])):
                self.absent.add(name)

    def pack(self, name: str) -> dict | None:
        """Pack a pure package of this Python as a wheel; None if it is not installed, or compiled."""
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            return None
        files = [file for file in installed.files or () if ".." not in file.parts and file.suffix != ".pyc"]
        if any(file.suffix in (".so", ".pyd") for file in files) and name not in SLOWER:
            return None
        needs, place = [Requirement(line) for line in installed.requires or ()], PLACE | {"python_version": self.python}
        depends = [need.name for need in needs if not need.marker or need.marker.evaluate(place)]
        content = {
            str(file): Path(str(installed.locate_file(file))).read_bytes()
            for file in files
            if is_needed_in_browser(file)
        }
        return self.add(name, installed.version, content, depends)

    def add(self, name: str, version: str, content: Mapping[str, bytes], depends: Iterable[str] = ()) -> dict:
        """Write a wheel with this content and enter it into the lock."""
        wheel = self.folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, data in sorted(content.items()):
                archive.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)
        return self.enter(wheel, depends)

    def enter(self, wheel: Path, depends: Iterable[str] = ()) -> dict:
        """Enter a wheel that lies in the folder into the lock, and return its entry."""
        name, version, *_ = wheel.name.split("-")
        self.found[canonicalize_name(name)] = entry = {
            "name": canonicalize_name(name),
            "version": version,
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "depends": [canonicalize_name(one) for one in depends],
            **{"install_dir": "site", "package_type": "package", "imports": [], "unvendored_tests": False},
        }
        return entry

    def close(self) -> list[str]:
        """Write the lock of what there is, without what is missing, and return the names of the packages."""
        there = {name: entry for name, entry in self.found.items() if name not in self.absent}
        write_atomic(self.folder / LOCK, json.dumps(self.lock | {"packages": there}).encode("utf-8"))
        return [*there]


def is_needed_in_browser(file: metadata.PackagePath) -> bool:
    """Tell whether a file of a package serves in a browser: no test, nothing compiled, Babel's English and Chinese."""
    dropped = {"tests", "test", "locale-data", "django-stubs"} & {*file.parts[:-1]}
    return file.stem in ("root", "en", "zh") if dropped else file.suffix != ".so"


def build_browser_site(
    runs: Sequence[Compendium], target: Path, source: str, report_line: Callable[[str], None]
) -> None:
    """Write the site into the folder `target` in place of what is there, with the outputs of a run in each language.

    `source` is a folder or an address that holds Pyodide's distribution.

    Raises:
        CompendiumError: there is no such distribution, or something without which nothing runs is missing.
    """
    c = runs[0]
    with scratch_folder(target) as place:
        libraries = PyodideLibraries(source, place / "static" / "pyodide")
        libraries.begin()
        for file in metadata.files("jupyterlite-pyodide-kernel") or ():
            if file.match("pypi/*.whl") and not file.match("widgets*"):
                libraries.enter(Path(shutil.copy(str(file.locate()), libraries.folder)))
        libraries.gather((*KERNEL, *ENGINE, *DISPENSABLE))
        if lost := libraries.absent.intersection((*KERNEL, *ENGINE)):
            raise CompendiumError(f"{min(lost)} is missing. Remedy: --wheels with a whole distribution of Pyodide")
        libraries.enter(distribution.build_or_copy_wheel(libraries.folder))
        absent = sorted(libraries.absent.intersection(DISPENSABLE))
        for run in runs:
            for name in contents.list_declared_notebooks(c):
                write_atomic(
                    place / "files" / run.language / f"{name}.ipynb", render_jupyterlite_notebook(run, name, absent)
                )
        libraries.add(SITE, str(c.declaration.version), list_packed_files(c, place / "files", absent))
        write_jupyterlite_config(c, place, libraries.python, libraries.close())
        run_jupyter_lite_build(place, place / "made")
        write_start_page(runs, place / "made")
        add_stylesheet_and_script(place / "made")
        replace_folder(place / "made", target, place)
    for name in absent:
        report_line(text("lite-absent", name=name)[c.languages[0]])
    report_line(text("lite-size", size=count_folder_megabytes(target), packages=len(libraries.found))[c.languages[0]])


def count_folder_megabytes(folder: Path) -> int:
    """Return the size of the files of a folder in MB."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6)


def render_jupyterlite_notebook(run: Compendium, name: str, missing_libraries: Sequence[str]) -> bytes:
    """Return a notebook of a run in its language for JupyterLite; first it says what to do and what is missing."""
    node = notebookfile.read_notebook(run.out / "notebooks" / f"{name}.ipynb")
    node.metadata["kernelspec"] = {"display_name": "Python", "language": "python", "name": "python"}
    for cell in node.cells:
        cell.source = re.sub(rf"begin\(([\"']){re.escape(name)}\1\)", f'begin("{name}", "{run.language}")', cell.source)
    said = [text("lite-here", name=name, language=run.language)]
    said += [text("lite-lacks", names=", ".join(missing_libraries))] if missing_libraries else []
    node.cells.insert(0, nbformat.v4.new_markdown_cell(join_texts(said, SENTENCE)[run.language], id="here"))
    whole = nbformat.reads(working_copies.render_working_copy(run, node, run.language), 4)
    for cell in (cell for cell in whole.cells if cell.cell_type == "markdown"):
        cell.source = link_to_book_pages(cell.source, run.languages, f"[{{words}}](#book/{run.language}/{{page}}.html)")
    return json.dumps(whole, ensure_ascii=False).encode("utf-8")  # texts, which JupyterLite wants, not lines


def list_packed_files(c: Compendium, copies: Path, missing_libraries: Sequence[str]) -> dict[str, bytes]:
    """Return by path what a kernel keeps in its memory: what notebooks read, what is run first or shown again."""
    start = f"from compendium.notebook.fresh_kernel import prepare_kernel\n\nprepare_kernel(*{missing_libraries})\n"
    content = {f"{SITE}/ipython/profile_default/startup/00.py": start.encode()}
    for file in list_files(*(c.root / name for name in TAKEN)):
        data = file.read_bytes()
        if file.suffix == ".ipynb":
            node = json.loads(data)
            data = json.dumps(node | {"cells": [cell | {"outputs": []} for cell in node["cells"]]}).encode("utf-8")
        if file.suffix != ".png":
            content[f"{SITE}/{file.relative_to(c.root).as_posix()}"] = data
    for file in list_files(copies) if missing_libraries else ():
        content[f"{SITE}/{fresh_kernel.SHOWN}/{file.relative_to(copies).as_posix()}"] = file.read_bytes()
    about = f"Metadata-Version: 2.1\nName: {SITE}\nVersion: {c.declaration.version}\n"
    return content | {f"{SITE}-{c.declaration.version}.dist-info/METADATA": about.encode("utf-8")}


def write_jupyterlite_config(c: Compendium, place: Path, python: str, packages: list[str]) -> None:
    """Write what JupyterLite is told: a kernel loads these packages at its start, and nothing from elsewhere."""
    root = f"/lib/python{python}/site-packages/{SITE}"
    places = {paths.ROOT: root, paths.OUT: "/tmp/compendium", "IPYTHONDIR": f"{root}/ipython"}
    kernel = {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": packages, "env": places}}
    told: dict[str, Any] = {"appName": c.declaration.name, "litePluginSettings": {PLUGIN: kernel}}
    told |= {"enableServiceWorkerCache": "true", "exposeAppInBrowser": True}  # for our script
    whole = json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": told})
    write_atomic(place / "jupyter-lite.json", whole.encode("utf-8"))


def run_jupyter_lite_build(place: Path, target: Path) -> None:
    """Let JupyterLite write the site; CompendiumError if it fails."""
    line = [*started("jupyterlite_core.app"), "build", f"--lite-dir={place}", f"--contents={place / 'files'}"]
    line += [f"--output-dir={target}", "--apps=lab", "--apps=notebooks", "--no-sourcemaps"]
    done = subprocess.run(line, cwd=place, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise CompendiumError(f"jupyter lite: {get_last_output_line(done)}")


def write_start_page(runs: Sequence[Compendium], made: Path) -> None:
    """Write the start page of a site: its notebooks in each language, the one to begin with first."""
    c, first, size = (
        runs[0],
        working_copies.find_first_notebook(runs[0]),
        count_folder_megabytes(made / "static" / "pyodide"),
    )
    notebooks = {run.language: readme.make_notebooks_table(run, run.language)[1] for run in runs}
    said = {"start": text("lite-start", size=size), "begin": text("lite-begin", name=first), "disk": text("lite-disk")}
    page = html.render("lite", c=c, notebooks=notebooks, said=said, first=first, called=name_language)
    write_atomic(made / "index.html", page.encode("utf-8"))


def add_stylesheet_and_script(made: Path) -> None:
    """Give the pages of a site our style sheet and script, and the font of the figures; have its worker keep files."""
    for file in (STYLE, SCRIPT):
        shutil.copy(file, made / "static")
    shutil.copy(figures.FONT, made / "static" / "chinese.otf")
    for page in made.glob("*/index.html"):
        whole = page.read_text(encoding="utf-8")
        link = f'<link rel="stylesheet" href="../static/{STYLE.name}"><script src="../static/{SCRIPT.name}"></script>'
        write_atomic(page, whole.replace("</head>", f"{link}</head>", 1).encode("utf-8"))
    worker = made / "service-worker.js"
    write_atomic(worker, worker.read_bytes() + WORKER.read_bytes())
