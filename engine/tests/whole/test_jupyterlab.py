"""JupyterLab as a reader uses it, in a real Chromium where there is one: run all cells, change a choice."""

import os
import re
import secrets
import socket
import subprocess
import time

import copies
import pandas as pd
import pytest
from chromium import LOOKED, browsing
from chromium import browser as browser
from chromium import window as window
from worlds import HERE

from compendium import started
from compendium.base import paths
from compendium.base.files import write_atomic
from compendium.run import comparison, notebookfile

CELLS = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a copy of what is committed: its address with the token, and the copy."""
    folder = tmp_path_factory.mktemp("lab")
    copy, settings = folder / "copy", folder / "settings" / "@jupyterlab"
    copies.checkout(copy)
    for name, text in {
        "notebook-extension/tracker": '{"windowingMode": "none"}',
        "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    }.items():
        write_atomic(settings / f"{name}.jupyterlab-settings", text.encode())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    command = [*started("jupyterlab.labapp"), "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += [f"--ServerApp.root_dir={copy}", f"--LabApp.user_settings_dir={folder / 'settings'}"]
    command += [f"--LabApp.workspaces_dir={folder / 'workspaces'}", "--ServerApp.port_retries=0"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COMPENDIUM_", "JUPYTER_"))}
    environment |= {f"JUPYTER_{n}_DIR": str(folder / n) for n in ("CONFIG", "DATA", "RUNTIME")}
    environment |= {"PYTHONPATH": str(copy / "engine/src"), "JUPYTER_TOKEN": token}
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None and "is running at" not in (folder / "log").read_text():
        time.sleep(0.2)
    assert server.poll() is None, (folder / "log").read_text()
    yield f"http://127.0.0.1:{port}/lab/tree/notebooks/{{}}.ipynb?reset&token={token}", copy
    server.terminate()
    server.wait(20)


def run_all(window, copy, name):
    """Run all cells of the open notebook, save it, and return the saved file."""
    menu(window, "Edit", "Clear Outputs of All Cells")
    menu(window, "Run", "Run All Cells")
    window.wait_for_function(
        "cells => [...document.querySelectorAll(cells)].at(-1).querySelector('.jp-OutputArea-output')",
        arg=CELLS,
        timeout=180_000,
    )
    window.get_by_text("| Idle").wait_for()
    window.keyboard.press("Control+s")
    window.wait_for_function("!document.querySelector('.jp-mod-dirty')")
    return copy / "notebooks" / f"{name}.ipynb"


def menu(window, *names):
    window.locator(".lm-MenuBar-itemLabel", has_text=names[0]).first.click()
    window.locator(".lm-Menu-itemLabel").get_by_text(names[1], exact=True).click()


def opened(window, address, name):
    window.goto(address.format(name))
    window.get_by_text("| Idle").wait_for()


@browsing
def test_run_all_in_jupyterlab_gives_the_committed_outputs(lab, window):
    address, copy = lab
    opened(window, address, "04-industrial-clusters")  # without an explorer, to which JupyterLab adds a picture
    saved = run_all(window, copy, "04-industrial-clusters")
    window.screenshot(path=LOOKED / "jupyterlab-04.png")
    assert comparison.compare_notebooks(saved, HERE.notebooks / saved.name) == []


@browsing
def test_a_choice_changed_in_jupyterlab_is_the_one_the_run_used(lab, window):
    address, copy = lab
    name = "07-talent-gap"
    opened(window, address, name)
    cells = notebookfile.read_notebook(copy / "notebooks" / f"{name}.ipynb").cells
    code = sum(cell.cell_type == "code" for cell in cells)
    window.wait_for_function("([cells, all]) => document.querySelectorAll(cells).length == all", arg=[CELLS, code])
    window.locator(".jp-CodeCell .cm-line", has_text="annual_supply_growth = 5.0").first.click()
    window.keyboard.press("End")
    window.keyboard.press("Home")
    window.keyboard.type("annual_supply_growth = 8.0  # ")
    saved = run_all(window, copy, name)
    window.screenshot(path=LOOKED / "jupyterlab-07.png")
    explorer = window.locator(".vega-embed")
    explorer.locator("text", has_text="年缺").wait_for()
    explorer.locator("input[type=range]").first.fill("160")  # people who join each year
    explorer.locator("text", has_text="年富余").wait_for()
    explorer.screenshot(path=LOOKED / "jupyterlab-explorer.png")
    gaps = {}
    for growth, path, root in (
        (8, saved, copy / "build" / "lab"),
        (5, HERE.notebooks / saved.name, paths.HOME),
    ):
        made = pd.read_csv(paths.processed_path("talent-scenarios", root)).query("scenario == 'chosen'")
        assert set(made["supply_growth_pct"]) == {growth}
        gaps[growth] = made.set_index("year")["gap_10k"].loc[made["year"].max()]
        assert told(path) == f"{growth:.1f}"
    assert gaps[8] < gaps[5]


def told(path):
    """Return the growth of supply, in %, that notebook 07 says was chosen."""
    cell = next(c for c in notebookfile.read_notebook(path).cells if c.id == "paths")
    return re.search(r"选定([\d.]+)%", cell.outputs[0].data["text/html"])[1]
