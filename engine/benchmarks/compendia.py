"""Made-up compendia of a wanted size: what `compendium new` makes, with rows and notebooks written beside it."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from compendium.run.notebookfile import normalise_notebook

ROOT = Path(__file__).resolve().parents[2]
OURS = [sys.executable, "-m", "compendium"]
DIFFERS = "does not agree with the committed"
SHARED = 10  # claims that one source speaks of
SETUP = """
from compendium import begin

notebook = begin({name})
"""


def empty(folder: Path) -> None:
    """Make a compendium without claims that has one raw table of ten rows."""
    ours([("new", str(folder), "--title", "Made up", "--author", "Nobody")], folder.parent)
    table = folder.with_suffix(".csv")
    table.write_text("place,number\n" + "".join(f"P{n},{n}\n" for n in range(10)), encoding="utf-8")
    ours([("table", "add", str(table), "--name", "places", "--source", "paper")], folder)


def ours(commands: Iterable[Sequence[str]], folder: Path) -> None:
    """Let commands work in a folder; a run may differ from what is committed."""
    for words in commands:
        line = [*OURS, *words]
        done = subprocess.run(line, cwd=folder, env=environment(folder), capture_output=True, encoding="utf-8")
        if done.returncode and DIFFERS not in done.stderr:
            sys.exit(f"benchmark: compendium {' '.join(words)} in {folder}: {done.stderr[-2000:]}")


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of commands in a folder: its own engine if it has one, else the one here."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COMPENDIUM_", "JUPYTER_"))}
    engine = next(place for place in (folder, ROOT) if (place / "engine/src").is_dir()) / "engine/src"
    return kept | {"PYTHONPATH": str(engine), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


MADE_UP = {  # raw table -> the cells of its row on claim n, or on the claims from n on that one source speaks of
    "claims": {
        "claim_id": "Q{n:02}", "section": "1", "statement_en": "There are {n} firms.", "unit": "firms",
        "value_text": "{n}", "value_low": "{n}", "value_high": "{n}", "printed_en": "{n}", "year_start": "2020",
        "year_end": "2020", "attributed_to": "authors", "origin_id": "O-PAPER", "kind": "cross-checkable",
        "testable": "true", "topic": "general", "weight": "supporting", "check_table": "claim_evidence",
    },
    "claim_evidence": {
        "evidence_id": "V{n:03}", "claim_id": "Q{n:02}", "comparison": "value", "value": "{counted}", "as_of": "2020",
        "says_en": "So many were counted.", "relation": "measurement", "basis": "seen", "source_id": "source-{first}",
    },
    "sources": {
        "source_id": "source-{n}", "name_en": "Source {n}", "title": "Counts {n}", "publisher": "Body {n}",
        "url": "https://example.org/{n}", "grade": "B", "host_trust": "ok", "accessed": "2026-01-01",
        "published": "2021", "taken_from": "page", "no_excerpt": "not_kept",
    },
    "origins": {"origin_id": "O-BODY-{n}", "name_en": "body {n}", "kind": "statistics", "collective": "false"},
    "source_origins": {"source_id": "source-{n}", "origin_id": "O-BODY-{n}", "role": "origin"},
}  # fmt: skip


def with_rows(base: Path, folder: Path, rows: int) -> None:
    """Copy a compendium, with so many rows in its raw table."""
    shutil.copytree(base, folder)
    append(folder, "places", ({"place": f"P{n}", "number": n, "source_id": "paper"} for n in range(10, rows)))


def with_claims(base: Path, folder: Path, claims: int, notebooks: int = 1) -> None:
    """Copy a compendium, with so many claims, each third refuted, shown by so many notebooks; accept a run of it."""
    shutil.copytree(base, folder)
    package = folder / "data" / "raw" / "datapackage.json"
    text = package.read_text(encoding="utf-8").replace("Q[0-9]{2,3}", "Q[0-9]{2,4}").replace("V[0-9]{3}", "V[0-9]{3,4}")
    package.write_text(text, encoding="utf-8", newline="\n")
    for table, cells in MADE_UP.items():
        every = range(1, claims + 1) if table.startswith("claim") else range(0, claims + 1, SHARED)
        said = ({"n": n, "counted": n + (n % 3 == 0), "first": n // SHARED * SHARED} for n in every)
        append(folder, table, ({name: cell.format(**one) for name, cell in cells.items()} for one in said))
    for n in range(notebooks):
        write(folder / "notebooks", f"{n + 1:02}-made-up", [f"Q{k:02}" for k in range(n + 1, claims + 1, notebooks)])
    ours((("data", "refresh"), ("run",), ("accept",)), folder)


def append(folder: Path, name: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Append rows to a raw table; cells that they do not name stay empty."""
    table = folder / "data" / "raw" / f"{name}.csv"
    header = table.read_text(encoding="utf-8").partition("\n")[0].split(",")
    with table.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)


def write(folder: Path, name: str, claims: list[str]) -> None:
    """Write a notebook that shows claims, and declare it."""
    sources = {"parameters": "", "setup": SETUP.format(name=json.dumps(name)).strip()}
    sources |= {"claims": f"notebook.show_claims(*{json.dumps(claims)})", "versions": "notebook.versions()"}
    cells = [new_code_cell(source, id=key) for key, source in sources.items()]
    cells[0].metadata["tags"] = ["parameters"]
    (folder / "texts").mkdir(exist_ok=True)
    (folder / "texts" / f"{name}.toml").write_text("", encoding="utf-8")
    (folder / f"{name}.ipynb").write_text(normalise_notebook(new_notebook(cells=cells)), encoding="utf-8", newline="\n")
    with (folder / "contents.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[{name}]\nsection = "all"\nen = "What is counted?"\nreads = []\n')
