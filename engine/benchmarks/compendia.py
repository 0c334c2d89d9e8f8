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

from compendium.run.notebookfile import normalise

ROOT = Path(__file__).resolve().parents[2]
OURS = [sys.executable, "-m", "compendium"]
DIFFERS = "does not agree with the committed"
SHARED = 10  # claims that one source speaks of
SETUP = """
from compendium import begin

notebook = begin({name})
"""


def empty(folder: Path) -> Path:
    """Make a compendium without claims that has one raw table of ten rows."""
    ours([("new", str(folder), "--title", "Made up", "--author", "Nobody")], folder.parent)
    table = folder.with_suffix(".csv")
    table.write_text("place,number\n" + "".join(f"P{n},{n}\n" for n in range(10)), encoding="utf-8")
    ours([("table", "add", str(table), "--name", "places", "--source", "paper")], folder)
    return folder


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


def with_rows(base: Path, folder: Path, rows: int) -> Path:
    """Copy a compendium, with so many rows in its raw table."""
    shutil.copytree(base, folder)
    append(folder, "places", ({"place": f"P{n}", "number": n, "source_id": "paper"} for n in range(10, rows)))
    return folder


def with_claims(base: Path, folder: Path, claims: int, notebooks: int = 1) -> Path:
    """Copy a compendium, with so many claims, shown by so many notebooks; accept a run of it."""
    shutil.copytree(base, folder)
    package = folder / "data" / "raw" / "datapackage.json"
    text = package.read_text(encoding="utf-8").replace("Q[0-9]{2,3}", "Q[0-9]{2,4}").replace("V[0-9]{3}", "V[0-9]{3,4}")
    package.write_text(text, encoding="utf-8", newline="\n")
    for table, line in LINES.items():
        every = range(1, claims + 1) if table.startswith("claim") else range(0, claims + 1, SHARED)
        append(folder, table, map(line, every))
    for n in range(notebooks):
        write(folder / "notebooks", f"{n + 1:02}-made-up", [f"Q{k:02}" for k in range(n + 1, claims + 1, notebooks)])
    ours((("data", "refresh"), ("run",), ("accept",)), folder)
    return folder


def claim(n: int) -> Mapping[str, object]:
    """Return a claim that prints its number."""
    row = {"claim_id": f"Q{n:02}", "section": "1", "statement_en": f"There are {n} firms.", "unit": "firms"}
    row |= dict.fromkeys(("value_text", "value_low", "value_high", "printed_en"), n)
    row |= {"year_start": 2020, "year_end": 2020, "attributed_to": "authors", "origin_id": "O-PAPER"}
    row |= {"kind": "cross-checkable", "testable": "true", "topic": "general", "weight": "supporting"}
    return row | {"check_table": "claim_evidence"}


def evidence(n: int) -> Mapping[str, object]:
    """Return what a source says of a claim: the same number, of each third claim another one."""
    row = {"evidence_id": f"V{n:03}", "claim_id": f"Q{n:02}", "comparison": "value", "value": n + (n % 3 == 0)}
    row |= {"as_of": "2020", "says_en": "So many were counted.", "relation": "measurement", "basis": "seen"}
    return row | {"source_id": f"source-{n // SHARED * SHARED}"}


def source(n: int) -> Mapping[str, object]:
    """Return a source."""
    row = {"source_id": f"source-{n}", "name_en": f"Source {n}", "title": f"Counts {n}", "publisher": f"Body {n}"}
    row |= {"url": f"https://example.org/{n}", "grade": "B", "host_trust": "ok", "accessed": "2026-01-01"}
    return row | {"published": "2021", "taken_from": "page", "no_excerpt": "not_kept"}


def origin(n: int) -> Mapping[str, object]:
    """Return the body that counted what a source prints."""
    return {"origin_id": f"O-BODY-{n}", "name_en": f"body {n}", "kind": "statistics", "collective": "false"}


def printing(n: int) -> Mapping[str, object]:
    """Return whose figures a source prints."""
    return {"source_id": f"source-{n}", "origin_id": f"O-BODY-{n}", "role": "origin"}


LINES = {"claims": claim, "claim_evidence": evidence, "sources": source, "origins": origin, "source_origins": printing}


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
    (folder / f"{name}.ipynb").write_text(normalise(new_notebook(cells=cells)), encoding="utf-8", newline="\n")
    with (folder / "contents.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[{name}]\nsection = "all"\nen = "What is counted?"\nreads = []\n')
