"""A run against what is committed: verdicts, numbers, files."""

import html
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pandas as pd

from compendium import paths
from compendium.files import keyed, shortened
from compendium.run import contents
from compendium.run.contents import Notebook
from compendium.run.notebookfile import merged, read, written

RELATIVE = 1e-9
DIFFERENCES = "differences.txt"


def compare(root: Path, notebooks: Sequence[Notebook] | None = None, reference: Path | None = None) -> list[str]:
    """Return what differs between the outputs below `root` and the reference, one line a difference.

    Verdicts come first, then the values of claims, then tables, then files. Numbers in tables may differ by one part in
    10^9; texts, figures and notebook outputs must be the same.
    """
    reference = reference or paths.project().root
    chosen = list(notebooks or contents.catalogue().values())
    found = moved_verdicts(root, reference) + moved_values(root, reference)
    for notebook in chosen:
        for name in sorted(notebook.writes):
            if (table := paths.processed(name, root)).is_file():
                found += compare_tables(table, paths.processed(name, reference))
    for notebook in chosen:
        made = root / "notebooks" / f"{notebook.name}.ipynb"
        found += compare_notebooks(made, reference / "notebooks" / made.name)
        for made in sorted(root.glob(f"figures/*/{notebook.name[:2]}-*")):
            found += compare_bytes(made, reference / made.relative_to(root))
    if len(chosen) == len(contents.catalogue()):
        found += [f"{paths.shown(p)}: no notebook makes it any more" for p in stale(root, reference)]
    return found


def crowded(root: Path) -> list[str]:
    """Return, figure by figure below `root`, the texts that a reader would stumble over, as the SVG keeps them."""
    found = []
    for path in sorted(root.glob("figures/*/*.svg")):
        head = path.read_text(encoding="utf-8").partition("</metadata>")[0].partition("<dc:subject>")[2]
        if faults := [html.unescape(fault) for fault in re.findall(r"<rdf:li>(.*?)</rdf:li>", head)]:
            place = f"figure {path.stem} ({path.parent.name})"
            found.append(f"{place}: {'; '.join(faults)}. Remedy: move a label in the notebook that draws it")
    return found


def ledger(root: Path) -> dict[str, dict[str, str]]:
    """Return the rows of the joined ledger below `root` by claim, as texts; empty if it is not there."""
    path = paths.processed("claims", root)
    return keyed(path, "claim_id") if path.is_file() else {}


def moves(root: Path, reference: Path) -> dict[str, tuple[str, str]]:
    """Return by claim the verdicts in the reference and below `root`, where they differ; `none` if there is none."""
    was, now = ({name: row["verdict"] for name, row in ledger(place).items()} for place in (reference, root))
    return {
        name: (was.get(name, "none"), now.get(name, "none"))
        for name in sorted(was | now, key=lambda name: (len(name), name))
        if was and now and was.get(name) != now.get(name)
    }


def moved_verdicts(root: Path, reference: Path) -> list[str]:
    """Return one line for each claim whose verdict below `root` is another than in the reference."""
    return [
        f"verdict of {name}: {was} committed, {now} computed" for name, (was, now) in moves(root, reference).items()
    ]


def moved_values(root: Path, reference: Path) -> list[str]:
    """Return one line for each claim of the reference whose computed value below `root` is another."""
    was, now = (
        {name: row.get("value_computed", "") for name, row in ledger(place).items()} for place in (reference, root)
    )
    return [
        f"value of {name}: {was[name] or 'none'} committed, {now[name] or 'none'} computed"
        for name in was
        if name in now and not same(was[name], now[name])
    ]


def stale(root: Path, reference: Path) -> list[Path]:
    """Return committed outputs that the full run below `root` did not make."""
    kept = [
        *reference.glob("data/processed/*.csv"),
        *reference.glob("figures/*/*.svg"),
        *reference.glob("figures/*/*.png"),
    ]
    return sorted(p for p in kept if not (root / p.relative_to(reference)).exists())


def compare_bytes(made: Path, kept: Path) -> list[str]:
    """Compare two figure files byte for byte."""
    if not kept.is_file():
        return [f"{paths.shown(kept)}: missing, the run makes it"]
    return [] if made.read_bytes() == kept.read_bytes() else [f"{paths.shown(kept)}: the figure differs"]


def compare_tables(made: Path, kept: Path) -> list[str]:
    """Compare two processed tables: header, number of rows, every cell; a row is told with its first cell."""
    if not kept.is_file():
        return [f"{paths.shown(kept)}: missing, the run makes it"]
    try:
        new, old = (pd.read_csv(p, dtype=str, keep_default_na=False, encoding="utf-8") for p in (made, kept))
    except ValueError as error:
        return [f"{paths.shown(kept)}: cannot be read as a table: {error}. Remedy: {paths.restore(kept)}"]
    if list(new.columns) != list(old.columns):
        return [f"{paths.shown(kept)}: the columns differ"]
    if len(new) != len(old):
        return [f"{paths.shown(kept)}: {len(old)} rows committed, {len(new)} computed"]
    found = []
    for column in new:
        for row, (was, now) in enumerate(zip(old[column], new[column], strict=True), 2):
            if not same(was, now):
                named = "" if column == new.columns[0] else f" ({shortened(new.iat[row - 2, 0])})"
                where = f"{paths.shown(kept)}, row {row}{named}, column {column}"
                found.append(f"{where}: committed {was!r}, computed {now!r}")
    return found


def same(was: str, now: str) -> bool:
    """Tell whether two cells agree: equal text, or numbers within the tolerance."""
    if was == now:
        return True
    try:
        return math.isclose(float(was), float(now), rel_tol=RELATIVE, abs_tol=1e-12)
    except ValueError:
        return False


def compare_notebooks(made: Path, kept: Path) -> list[str]:
    """Compare an executed notebook with the committed one, cell by cell."""
    new, old = read(made), read(kept)
    name = paths.shown(kept)
    if [c.id for c in new.cells] != [c.id for c in old.cells]:
        return [f"{name}: the list of cells differs"]
    found = []
    for now, was, wrote, had in zip(new.cells, old.cells, written(new), written(old), strict=True):
        if edited := [what for what in had if had[what] != wrote[what]]:
            found += [f"{name}, cell {was.id}: the {what} differs" for what in edited]
        elif now.cell_type == "code" and was.execution_count != now.execution_count:
            found.append(
                f"{name}, cell {was.id}: execution count {was.execution_count}, a run gives {now.execution_count}"
            )
        elif now.cell_type == "code" and (one := outputs(was)) != (two := outputs(now)):
            found.append(f"{name}, cell {was.id}: the output differs: {first_difference(one, two)}")
    return found


def outputs(cell: nbformat.NotebookNode) -> str:
    """Return the outputs of a cell as text for comparison."""
    return json.dumps(merged(cell.outputs), indent=1, sort_keys=True, ensure_ascii=False)


def first_difference(was: str, now: str) -> str:
    """Return the first differing line of two texts, shortened around the difference."""
    for one, two in zip([*was.splitlines(), ""], [*now.splitlines(), ""], strict=False):
        if one != two:
            at = max(0, next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0) - 20)
            return f"committed …{one[at : at + 60].strip()}…, computed …{two[at : at + 60].strip()}…"
    return "one is longer"
