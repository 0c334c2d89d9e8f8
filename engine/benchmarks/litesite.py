"""The site of `compendium lite` with committed outputs, served from this machine: for its tests and its benchmark.

Pyodide's wheels come from a package that carries most of them, each compared with the lock of Pyodide's own package.
"""

import functools
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from compendium.base.files import write_atomic
from compendium.browser import site
from compendium.compendium import Compendium
from compendium.notebook import working_copies
from compendium.run import contents, notebookfile

PYODIDE, WHEELS = "pyodide@314.0.3", "open-webui==0.12.4"
IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status == 'idle'"
RUN = "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)"
CELLS = "jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map(cell => cell.toJSON())"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def fetch_pyodide(place: Path) -> bool:
    """Put a distribution of Pyodide without some wheels into a folder; tell whether it was to be had."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(place), WHEELS]
    if any(subprocess.run(line, cwd=place, capture_output=True).returncode for line in (["npm", "pack", PYODIDE], pip)):
        return False
    with zipfile.ZipFile(next(place.glob("*.whl"))) as archive:
        for name in archive.namelist():
            if "/pyodide/" in name and name.endswith(".whl"):
                (place / Path(name).name).write_bytes(archive.read(name))
    with tarfile.open(next(place.glob("*.tgz"))) as archive:
        for name in (*site.RUNTIME, site.LOCK):
            (place / name).write_bytes(archive.extractfile(f"package/{name}").read())
    return True


def write(c: Compendium, pyodide: Path, place: Path) -> list[str]:
    """Write the site to place/site, with the committed outputs in each language; return what was said of it."""
    said: list[str] = []
    runs = [replace(c, language=language, out=place / language) for language in c.languages]
    for run in runs:
        for name, notebook in contents.list_declared_notebooks(c).items():
            content = working_copies.render_working_copy(c, notebookfile.read_notebook(notebook.path), run.language)
            write_atomic(run.out / "notebooks" / f"{name}.ipynb", content.encode("utf-8"))
    site.build_browser_site(runs, place / "site", str(pyodide), said.append)
    return said


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder while the block runs; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
