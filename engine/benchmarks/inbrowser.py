"""How long notebooks take in a browser: seconds to the first cell and to the last, against a kernel of this machine.

    python engine/benchmarks/inbrowser.py [ROUNDS]

Each round opens the site of `compendium lite` in a Chromium that has seen nothing of it, from this machine, so that no
network is measured. Beside it the same notebook is run by `jupyter nbconvert --execute`. Needs npm and a network.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import litesite
import pandas as pd
import told
from playwright.sync_api import Browser, sync_playwright

from compendium.compendium import Compendium
from compendium.pages.listing import grid

NAMES, LANGUAGE = ("02-pilot-growth", "05-maturity", "07-talent-gap"), "en"
PROGRAMS = "chromium-headless-shell", "chromium", "google-chrome"
FILE = told.HERE / "inbrowser.csv"
RUN = """async () => {
    let first
    jupyterapp.shell.currentWidget.sessionContext.session.kernel.iopubMessage.connect((_, message) => {
        const ended = message.parent_header.msg_type == 'execute_request' && message.content.execution_state == 'idle'
        if (ended) first ??= Date.now()
    })
    await jupyterapp.commands.execute('notebook:run-all-cells')
    return [first, Date.now()]
}"""  # when the first cell had run, and the last


def measure(browser: Browser, address: str, name: str) -> tuple[float, float]:
    """Return the seconds from opening a notebook to its first cell and to its last."""
    page = browser.new_page()
    page.set_default_timeout(600_000)
    begun = time.time()
    page.goto(f"{address}/notebooks/index.html?path={LANGUAGE}/{name}.ipynb")
    page.wait_for_function(litesite.IDLE)
    first, last = (ended / 1000 - begun for ended in page.evaluate(RUN))
    page.close()
    return first, last


def measure_here(c: Compendium, name: str, out: Path) -> float:
    """Return the seconds that a notebook takes in a kernel of this machine, start included."""
    line = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--output-dir", str(out)]
    begun = time.time()
    place = os.environ | {"COMPENDIUM_OUT": str(out), "COMPENDIUM_LANGUAGE": LANGUAGE}
    subprocess.run([*line, str(c.notebooks / f"{name}.ipynb")], check=True, capture_output=True, env=place)
    return time.time() - begun


def main(rounds: int) -> None:
    """Measure in turn, write the table and tell it."""
    c, load, seen = Compendium.find(), os.getloadavg()[0], []
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        (pyodide := Path(folder) / "pyodide").mkdir()
        if not litesite.fetch_pyodide(pyodide):
            sys.exit(f"{litesite.PYODIDE} or {litesite.WHEELS} is not to be had here")
        litesite.write(c, pyodide, Path(folder))
        with litesite.serve(Path(folder) / "site") as address:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for name in NAMES * rounds:
                seen.append((name, *measure(browser, address, name), measure_here(c, name, Path(folder))))
                print(*seen[-1], flush=True)
            browser.close()
    names = ["notebook", "first_cell_s", "last_cell_s", "here_s"]
    table = pd.DataFrame(seen, columns=names).groupby("notebook").agg(statistics.median).round(1).reset_index()
    table["ratio"] = (table["last_cell_s"] / table["here_s"]).round(1)
    table = table.assign(rounds=rounds, load_before=round(load, 1), commit=told.commit(), day=date.today())
    table.to_csv(FILE, index=False, lineterminator="\n")
    print(grid([*table], [tuple(map(str, row)) for row in table.itertuples(index=False)], "l" + "r" * 8))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
