"""A run against what is committed: verdicts, numbers, files."""

import base64
import html
import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
import pandas as pd

from compendium.base import paths
from compendium.base.files import read_rows_by_key, shorten
from compendium.compendium import Compendium
from compendium.data.tables import read_csv_as_text
from compendium.ledger import claims
from compendium.run import cache, contents, figure_comparison
from compendium.run.cache import DIFFERENCES as DIFFERENCES
from compendium.run.contents import DeclaredNotebook
from compendium.run.notebookfile import list_authored_cells, merge_stream_outputs, read_notebook

RELATIVE = 1e-9
KINDS = {"svg": "image/svg+xml", "png": "image/png"}  # of a figure, by ending
NAMED, LONG = 5, 60  # items named of a list; letters shown of a text


def compare_with_reference(
    c: Compendium, root: Path, notebooks: Sequence[DeclaredNotebook] = (), reference: Path | None = None
) -> list[str]:
    """Return what differs between the outputs below `root` and the reference, told by meaning and not by place.

    Moved verdicts come first, then the values of claims, then tables, a line a row, those with another number before
    the rest, then a line a figure, at last a line a notebook. Numbers in tables may differ by one part in 10^9; texts
    and notebook outputs must be the same, figures too, but where other programs draw them only to the eye.
    """
    reference, every = reference or c.root, list(contents.list_declared_notebooks(c).values())
    chosen, by_eye = list(notebooks or every), bool(figure_comparison.describe_other_programs(reference))
    whole = len(chosen) == len(every)
    rows, figures, cells = list[tuple[bool, str]](), list[str](), list[str]()
    if tables := list_changed_raw_tables(root, reference):
        rows.append((False, f"{paths.format_path(c.raw)}: not as accepted: {', '.join(tables)}"))
    made = (name for notebook in chosen for name in cache.list_made_names(notebook.name, "table", root))
    for name in ("claims", *([claims.SHOWN] if whole else ()), *made):
        rows += compare_tables(paths.processed_path(name, root), paths.processed_path(name, reference))
    for notebook in chosen:
        file = root / "notebooks" / notebook.path.name
        cells += compare_notebooks(file, reference / "notebooks" / file.name, by_eye)
        figures += compare_figures(root, reference, notebook, by_eye)
    found = list_changed_claims(root, reference)
    found += [line for _, line in sorted(rows, key=lambda row: not row[0])] + figures + cells
    return found + [
        f"{paths.format_path(p)}: no notebook makes it any more" for p in list_stale_outputs(root, reference) if whole
    ]


def list_overlapping_labels(root: Path) -> list[str]:
    """Return, figure by figure below `root`, the texts that a reader would stumble over, as the SVG keeps them."""
    found = []
    for path in sorted(root.glob("figures/*/*.svg")):
        head = path.read_text(encoding="utf-8").partition("</metadata>")[0].partition("<dc:subject>")[2]
        if faults := [html.unescape(fault) for fault in re.findall(r"<rdf:li>(.*?)</rdf:li>", head)]:
            place = f"figure {path.stem} ({path.parent.name})"
            found.append(f"{place}: {'; '.join(faults)}. Remedy: move a label in the notebook that draws it")
    return found


def read_ledger_rows(root: Path) -> dict[str, dict[str, str]]:
    """Return the rows of the ledger below `root` by claim, as texts: it may be of an older engine."""
    return read_rows_by_key(paths.processed_path("claims", root), "claim_id", True)


def compare_verdicts(root: Path, reference: Path) -> dict[str, tuple[str, str]]:
    """Return by claim the verdicts in the reference and below `root`, where they differ; `none` if there is none."""
    was, now = ({name: row["verdict"] for name, row in read_ledger_rows(place).items()} for place in (reference, root))
    names = sorted(was | now, key=lambda name: (len(name), name))
    pairs = {name: (was.get(name, "none"), now.get(name, "none")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]} if was and now else {}


def list_changed_raw_tables(root: Path, reference: Path) -> list[str]:
    """Return the raw tables that the ledger below `root` was judged from and that of the reference was not."""
    was, now = (
        read_rows_by_key(paths.processed_path(claims.FROM, place), "table", True) for place in (reference, root)
    )
    return [name for name in now | was if was.get(name) != now.get(name)]


def list_changed_claims(root: Path, reference: Path) -> list[str]:
    """Return one line for each claim whose verdict below `root` is another than in the reference, then for each of the
    reference whose computed value is."""
    moved, was, now = compare_verdicts(root, reference).items(), read_ledger_rows(reference), read_ledger_rows(root)
    found = [f"verdict of {name}: {before} committed, {after} computed" for name, (before, after) in moved]
    pairs = {name: [rows[name].get("value_computed", "") for rows in (was, now)] for name in was if name in now}
    return found + [
        f"value of {name}: {before or 'none'} committed, {after or 'none'} computed"
        for name, (before, after) in pairs.items()
        if not are_cells_equal(before, after)
    ]


def list_stale_outputs(root: Path, reference: Path) -> list[Path]:
    """Return committed outputs that the full run below `root` did not make."""
    patterns = ("data/processed/*.csv", "figures/*/*.svg", "figures/*/*.png")
    kept = sorted(file for pattern in patterns for file in reference.glob(pattern))
    return [file for file in kept if not (root / file.relative_to(reference)).exists()]


def compare_figures(root: Path, reference: Path, notebook: DeclaredNotebook, by_eye: bool) -> list[str]:
    """Compare the figure files of a notebook; return one line a figure, and way to differ, that names those that do."""
    found: dict[tuple[str, str], list[str]] = {}
    for svg in (file for file in cache.list_notebook_figures(notebook.name, root) if file.suffix == ".svg"):
        path = reference / svg.relative_to(root)
        made, kept = read_figure_files(svg), read_figure_files(path)
        missing = {ending: "missing, the run makes it" for ending in made if ending not in kept}
        for ending, how in (missing | figure_comparison.compare_figure_files(made, kept, by_eye)).items():
            found.setdefault((svg.stem, how), []).append(paths.format_path(path.with_suffix(f".{ending}")))
    return [f"{', '.join(names)}: {how}" for (_, how), names in found.items()]


def read_figure_files(svg: Path) -> dict[str, bytes]:
    """Return the files of a figure that are there, by ending."""
    there = {ending: svg.with_suffix(f".{ending}") for ending in KINDS}
    return {ending: path.read_bytes() for ending, path in there.items() if path.is_file()}


def compare_tables(made: Path, kept: Path) -> list[tuple[bool, str]]:
    """Compare two processed tables; return what differs and whether a number does.

    A row is told by its key, the leading columns that tell all rows apart: rows added, rows gone, changed cells.
    """
    name = paths.format_path(kept)
    if not kept.is_file():
        return [(False, f"{name}: missing, the run makes it")]
    try:
        new, old = map(read_csv_as_text, (made, kept))
    except ValueError as error:
        return [(False, f"{name}: cannot be read as a table: {error}. Remedy: {paths.suggest_restore(kept)}")]
    if list(new.columns) != list(old.columns):
        more, less = (", ".join(c for c in a.columns if c not in b.columns) for a, b in ((new, old), (old, new)))
        apart = [f"{how} {which}" for how, which in (("added", more), ("gone", less)) if which]
        return [(False, f"{name}: the columns differ: {'; '.join(apart) or 'they stand in another order'}")]
    if len(new) == len(old) and all(map(are_cells_equal, old.to_numpy().ravel(), new.to_numpy().ravel())):
        return []
    was, now = index_rows_by_key(old, new)
    found = []
    for word, rows, others in (("added", now, was), ("gone", was, now)):
        if which := [describe_row_key(row) for row in rows if row not in others]:
            number = "1 row" if len(which) == 1 else f"{len(which)} rows"
            found.append((False, f"{name}: {number} {word}: {describe_first_items(which, more=', …')}"))
    for row in (row for row in was if row in now):
        pairs = {column: (was[row][column], now[row][column]) for column in new}
        changed = {column: pair for column, pair in pairs.items() if not are_cells_equal(*pair)}
        numbers = [column for column, pair in changed.items() if math.isfinite(sum(map(parse_cell_number, pair)))]
        if changed:
            cells = [describe_cell_change(column, *changed[column]) for column in dict.fromkeys([*numbers, *changed])]
            found.append(
                (
                    bool(numbers),
                    f"{name}, {describe_row_key(row)}: {describe_first_items(cells, '; ', '; and {} more columns')}",
                )
            )
    return found or [(False, f"{name}: the rows stand in another order")]


def index_rows_by_key(*frames: pd.DataFrame) -> Iterator[dict[tuple, dict]]:
    """Yield the rows of tables by as few of the leading columns as tell those of each apart; where all do not, with a
    number from the second on of rows that are alike."""
    columns = list(frames[0].columns)
    widths = (columns[:width] for width in range(1, len(columns)))
    key = next((some for some in widths if not any(frame.duplicated(some).any() for frame in frames)), columns)
    for frame in frames:
        again, rows = frame.groupby(key, sort=False).cumcount(), frame[key].itertuples(index=False, name=None)
        keys = ((*row, n) if n else row for row, n in zip(rows, again, strict=True))
        yield dict(zip(keys, frame.to_dict("records"), strict=True))


def describe_cell_change(column: str, was: str, now: str) -> str:
    """Return in words how a cell changed; of a long text the part in which it did."""
    if max(len(was), len(now)) > LONG:
        return f"{column} {describe_first_difference(was, now)}"
    return f"{column} {was or 'empty'} -> {now or 'empty'}"


def describe_row_key(row: tuple) -> str:
    """Return a key in words."""
    return shorten(" ".join(str(part) for part in row if part != ""), LONG)


def describe_first_items(names: Sequence[str], comma: str = ", ", more: str = " and {} more") -> str:
    """Return the first of `names` and how many more there are."""
    return comma.join(names[:NAMED]) + (more.format(len(names) - NAMED) if len(names) > NAMED else "")


def parse_cell_number(cell: str) -> float:
    """Return the number that a cell holds; what is none is not finite."""
    try:
        return float(cell)
    except ValueError:
        return math.nan


def are_cells_equal(was: str, now: str) -> bool:
    """Tell whether two cells agree: equal text, or numbers within the tolerance."""
    return was == now or math.isclose(parse_cell_number(was), parse_cell_number(now), rel_tol=RELATIVE, abs_tol=1e-12)


def compare_notebooks(made: Path, kept: Path, by_eye: bool = False) -> list[str]:
    """Compare an executed notebook with the committed one; return one line that names the cells that differ."""
    new, old = read_notebook(made), read_notebook(kept)
    name = paths.format_path(kept)
    if [c.id for c in new.cells] != [c.id for c in old.cells]:
        return [f"{name}: the list of cells differs"]
    found = {}
    for now, was, wrote, had in zip(
        new.cells, old.cells, list_authored_cells(new), list_authored_cells(old), strict=True
    ):
        if edited := [what for what in had if had[what] != wrote[what]]:
            found[was.id] = f"the {' and the '.join(edited)} differs"
        elif now.cell_type == "code" and was.execution_count != now.execution_count:
            found[was.id] = f"execution count {was.execution_count}, a run gives {now.execution_count}"
        elif now.cell_type == "code" and (one := render_outputs_as_text(was)) != (
            two := render_outputs_as_text(keep_equal_drawings(now, was, by_eye))
        ):
            found[was.id] = f"the output differs: {describe_first_difference(one, two)}"
    if not found:
        return []
    first, *others = found
    more = f"; {len(found)} cells differ, also {', '.join(others)}" if others else ""
    return [f"{name}, cell {first}: {found[first]}{more}"]


def keep_equal_drawings(
    cell: nbformat.NotebookNode, other: nbformat.NotebookNode, by_eye: bool
) -> nbformat.NotebookNode:
    """Return a cell with the drawings of another where its own differ from them in nothing that counts."""
    for pair in zip(cell.outputs, other.outputs, strict=False):
        now, was = (output.get("data", {}) for output in pair)
        if all(set(KINDS.values()) <= set(data) for data in (now, was)):
            made, kept = (
                {"svg": data[KINDS["svg"]].encode("utf-8"), "png": base64.b64decode(data[KINDS["png"]])}
                for data in (now, was)
            )
            if not figure_comparison.compare_figure_files(made, kept, by_eye):
                now |= {kind: was[kind] for kind in KINDS.values()}
    return cell


def render_outputs_as_text(cell: nbformat.NotebookNode) -> str:
    """Return the outputs of a cell as text for comparison."""
    return json.dumps(merge_stream_outputs(cell.outputs), indent=1, sort_keys=True, ensure_ascii=False)


def describe_first_difference(was: str, now: str) -> str:
    """Return the first differing line of two texts, shortened around the difference."""
    for one, two in zip([*was.splitlines(), ""], [*now.splitlines(), ""], strict=False):
        if one != two:
            at = max(0, next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0) - 20)
            return f"committed …{one[at : at + 60].strip()}…, computed …{two[at : at + 60].strip()}…"
    return "one is longer"
