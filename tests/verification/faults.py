"""Seeded faults: change one thing in a copy of the compendium and see which check notices, and where it points.

    python tests/verification/faults.py           a fixed sample, each kind in proportion to its number, with a progress
                                                  bar; writes faults.csv, faults-layers.csv and survivors.csv of
                                                  data/verification and each outcome into faults-log.csv there; until
                                                  then that stands in build, and from it a stopped run goes on
    python tests/verification/faults.py --all     all faults instead of the sample, which takes many hours
    python tests/verification/faults.py --take 2  so many faults of each kind; writes nothing

A fault in a raw table is planted as an author would plant it who does not know: the hashes are renewed, so that the
deeper layers have to notice. Layers, from the outside in:

    validation   types, keys, lists and the arithmetic between the tables (compendium.ledger.gate)
    stop         a notebook refuses to go on
    verdict      a verdict is not the accepted one, which tests/expected-verdicts.csv holds
    comparison   an output differs from the committed one: table, text, figure
    gate         what is committed is not what a run leaves behind (compendium check)
    texts        the tests of the notebooks' texts: both languages alike, no typed numbers, frame and headings
    units        the unit tests of the rules

First the claims are judged anew whose judgements read the table with the fault. If every row of the ledger stays,
notebooks are executed on it cell by cell in one process, forked for every fault; a figure counts by what is drawn
(lines, areas, texts), not by its pixels. The run of a fault ends with the first cell whose output differs.
"""

import argparse
import contextlib
import csv
import gc
import hashlib
import inspect
import io
import itertools
import json
import marshal
import math
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from unittest import mock

import matplotlib
import numpy as np
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.collections import Collection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

import recalling  # noqa: E402
import worlds  # noqa: E402
from verification.measured import TABLES, estimated, quotas, record  # noqa: E402

from compendium import cells as notebooks  # noqa: E402
from compendium import paths, vocabulary  # noqa: E402
from compendium.compendium import Compendium  # noqa: E402
from compendium.data import datapackage, sourcing, validity  # noqa: E402
from compendium.data.columns import Rows  # noqa: E402
from compendium.data.tables import Tables  # noqa: E402
from compendium.files import fingerprint, write_atomic  # noqa: E402
from compendium.languages import Languages  # noqa: E402
from compendium.ledger import claims, evidence, gate, independence, judges, judging, printed, recording  # noqa: E402
from compendium.run import asking, comparison, contents, judge, notebookfile  # noqa: E402
from compendium.run.memory import list_files  # noqa: E402
from compendium.show import figures, versions  # noqa: E402
from study import solver  # noqa: E402

KINDS = {
    "cell": "数值加一个末位",
    "date": "日期晚一天",
    "truth": "真假颠倒",
    "row dropped": "删去一行",
    "row doubled": "重复一行",
    "rows swapped": "相邻两行的数互换",
    "columns swapped": "相邻两列互换",
    "unit slipped": "单位错十倍",
    "source regraded": "来源的等级或可信度改动",
    "rule altered": "判定规则改动",
    "version changed": "程序库版本改动",
    "font changed": "字体改动",
    "output edited": "输出改一个数字",
    "output cleared": "输出清空",
    "notebook unexecuted": "整本未执行",
    "code cell deleted": "删去代码格",
    "text cell deleted": "删去文字格",
    "number in text changed": "文字里改一个数字",
    "sentence deleted": "删去一条句子",
    "value left out": "句子的一种语言漏掉一个值",
    "parameter renamed": "参数改名",
    "figure flipped": "图上下颠倒",
    "figure replaced": "图换成别的图",
    "table edited": "处理后的表改动",
    "table removed": "处理后的表删去",
    "all": "合计",
}
SOURCES = {"code cell deleted", "text cell deleted", "number in text changed", "parameter renamed", "sentence deleted"}
SOURCES |= {"value left out"}
OUTPUTS = {
    "output edited", "output cleared", "notebook unexecuted", "figure flipped", "figure replaced", "table edited",
    "table removed",
}  # fmt: skip
LAYERS = ("validation", "stop", "verdict", "comparison", "gate", "texts", "units")
SEED = 20261127
SAMPLE = 300  # faults in all, shared out by the number that each kind has
KEYS = re.compile(r"year|adcode|level$|field_no|tile_|ref_no|period|through")
FLOOR_PCT = 95
MISSED = "missed: "
DEAD = "no output depends on these cells: moving them far moves nothing"
BLOCK = 12
UNITS = "unit/test_claims.py"
LOG = paths.HOME / "build" / "faults-log.csv"  # while they are planted: notebook 12 reads the one in TABLES
HEADS = ("stamp", "group", "kind", "file", "row", "column", "change", "layer", "place_named", "message", "reason")
WORK: list = []  # for the processes of the pool, which inherit it: functions cannot be sent to them
RAW = str(paths.HOME / "data" / "raw")
SCRATCH = Path()  # folder of this run; holds the raw tables to copy from


@dataclass
class Fault:
    """One thing to change.

    Attributes:
        kind: what is done, such as `cell`.
        place: file, row and column as the messages name them.
        change: value before and after, in short.
        apply: makes the change in the folder of raw tables, or of the whole copy for faults in outputs.
        table: the raw table, empty for others.
    """

    kind: str
    place: tuple[str, str, str]
    change: str
    apply: Callable[[Path], None] = field(repr=False)
    table: str = ""


Group = tuple[str, list[Fault]]


@dataclass
class Outcome:
    """What noticed a fault: layer, message, and whether the message names the place."""

    layer: str = ""
    message: str = ""
    named: bool = False


# Raw tables


def cells(name: str) -> list[list[str]]:
    """Return the cells of a raw table as text, header first."""
    with (paths.HOME / "data" / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def written(rows: list[list[str]]) -> bytes:
    """Return the rows as the raw tables are written."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode("utf-8")


def rewrite(name: str, edit: Callable[[list[list[str]]], None]) -> Callable[[Path], None]:
    """Return a function that edits the rows of a raw table in a folder and renews all hashes, as a refresh does."""

    def apply(folder: Path) -> None:
        rows = cells(name)
        edit(rows)
        data = written(rows)
        (folder / f"{name}.csv").unlink()
        (folder / f"{name}.csv").write_bytes(data)
        package = json.loads((folder / datapackage.PACKAGE).read_text(encoding="utf-8"))
        entry = next(r for r in package["resources"] if r["name"] == name)
        entry["bytes"], entry["hash"] = len(data), fingerprint(data)
        due = sourcing.digests(folder, package)
        for entry in package["resources"]:
            entry.pop(sourcing.DIGEST, None)
            entry |= {sourcing.DIGEST: due[entry["name"]]} if entry["name"] in due else {}
        (folder / datapackage.PACKAGE).unlink()
        (folder / datapackage.PACKAGE).write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")

    return apply


def setting(name: str, places: list[tuple[int, int]], value: Callable[[str], str]) -> Callable[[Path], None]:
    """Return a function that replaces cells (row, column, counted from the header as 0) of a raw table."""

    def edit(rows: list[list[str]]) -> None:
        for row, column in places:
            rows[row][column] = value(rows[row][column])

    return rewrite(name, edit)


def nudged(text: str, power: int = 0, times: int = 1) -> str:
    """Return a number with its last printed digit one higher, or by so many times 10^power of that."""
    number = Decimal(text)
    return f"{number + times * Decimal((0, (1,), number.as_tuple().exponent + power)):f}"


def slipped(text: str) -> str:
    """Return a number ten times as large."""
    return f"{Decimal(text).scaleb(1):f}"


def later(text: str, days: int = 1) -> str:
    """Return a date so many days later."""
    return str((pd.Timestamp(text) + pd.Timedelta(days=days)).date())


def columns(name: str, *types: str) -> list[tuple[int, str]]:
    """Return number and name of the columns of a raw table with these types."""
    return [(i, f["name"]) for i, f in enumerate(worlds.HERE.tables.schema(name)["fields"]) if f["type"] in types]


def cell_faults(name: str) -> Iterator[Fault]:
    """Every numeric cell one step higher; every date one day later; every truth value turned round."""
    rows = cells(name)
    kinds = (
        ("cell", ("integer", "number"), nudged),
        ("date", ("date",), later),
        ("truth", ("boolean",), lambda text: {"true": "false", "false": "true"}[text]),
    )
    for kind, types, step in kinds:
        for column, label in columns(name, *types):
            for row in range(1, len(rows)):
                if text := rows[row][column]:
                    place = (f"{name}.csv", str(row + 1), label)
                    yield Fault(kind, place, f"{text} -> {step(text)}", setting(name, [(row, column)], step), name)


def row_faults(name: str) -> Iterator[Fault]:
    """Every row dropped; every row doubled; the numbers of neighbouring rows (provinces, years) exchanged."""
    rows = cells(name)
    measures = [i for i, label in columns(name, "integer", "number") if not KEYS.search(label)]
    for row in range(1, len(rows)):
        place, key = (f"{name}.csv", str(row + 1), ""), rows[row][0]
        yield Fault("row dropped", place, key, rewrite(name, lambda r, row=row: r.pop(row)), name)
        yield Fault("row doubled", place, key, rewrite(name, lambda r, row=row: r.insert(row, list(r[row]))), name)
    for row in range(1, len(rows) - 1):
        if measures and any(rows[row][i] != rows[row + 1][i] for i in measures):

            def exchange(r: list[list[str]], row: int = row) -> None:
                for i in measures:
                    r[row][i], r[row + 1][i] = r[row + 1][i], r[row][i]

            place = (f"{name}.csv", str(row + 1), "")
            yield Fault("rows swapped", place, f"rows {row + 1} and {row + 2}", rewrite(name, exchange), name)


def column_faults(name: str) -> Iterator[Fault]:
    """Neighbouring numeric columns exchanged; a column, and its first, middle and last cell, ten times as large."""
    rows = cells(name)
    numeric = columns(name, "integer", "number")
    for (one, first), (two, second) in itertools.pairwise(numeric):
        if any(r[one] != r[two] for r in rows[1:]):

            def exchange(r: list[list[str]], one: int = one, two: int = two) -> None:
                for line in r[1:]:
                    line[one], line[two] = line[two], line[one]

            yield Fault(
                "columns swapped", (f"{name}.csv", "", first), f"{first}, {second}", rewrite(name, exchange), name
            )
    for column, label in numeric:
        filled = [r for r in range(1, len(rows)) if rows[r][column] not in ("", "0")]
        if KEYS.search(label) or not filled:
            continue
        some = sorted({filled[0], filled[len(filled) // 2], filled[-1]})
        for group in (filled, *([r] for r in some)):
            place = (f"{name}.csv", str(group[0] + 1) if len(group) == 1 else "", label)
            apply = setting(name, [(r, column) for r in group], slipped)
            yield Fault("unit slipped", place, f"{len(group)} cells x 10", apply, name)


def source_faults() -> Iterator[Fault]:
    """Every source given another grade, and the other trust."""
    rows = cells("sources")
    header = rows[0]
    grade, trust = header.index("grade"), header.index("host_trust")
    for row in range(1, len(rows)):
        for column, other in ((grade, {"A": "C", "B": "C", "C": "A"}), (trust, {"ok": "unsafe", "unsafe": "ok"})):
            place, was = ("sources.csv", str(row + 1), header[column]), rows[row][column]
            apply = setting("sources", [(row, column)], other.__getitem__)
            yield Fault("source regraded", place, f"{was} -> {other[was]}", apply, "sources")


# Committed outputs and texts


def numerals(text: str) -> list[re.Match]:
    """Return the places of the digits in a text."""
    return list(re.finditer(r"\d", text))


def other_digit(text: str, place: int) -> str:
    """Return a text with the digit at one of its numerals replaced by the next one."""
    at = numerals(text)[place].start()
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def notebook_edit(name: str, edit: Callable[[dict], None]) -> Callable[[Path], None]:
    """Return a function that edits the cells of a notebook, by id, in a copy of the compendium."""

    def apply(folder: Path) -> None:
        path = folder / "notebooks" / f"{name}.ipynb"
        notebook = notebookfile.read(path)
        edit({cell.id: cell for cell in notebook.cells} | {"": notebook})
        path.write_text(notebookfile.normalise(notebook), encoding="utf-8")

    return apply


def in_output(found: dict, cell: str, chance: random.Random) -> None:
    """Change a digit in an output of a cell."""
    shown = [(o["data"], kind) for o in found[cell].outputs for kind in o.get("data", {})]
    data, kind = chance.choice([(d, k) for d, k in shown if numerals(str(d[k]))])
    data[kind] = other_digit(data[kind], chance.randrange(len(numerals(data[kind]))))


def in_source(found: dict, cell: str, chance: random.Random) -> None:
    """Change a digit in the source of a cell."""
    found[cell].source = other_digit(found[cell].source, chance.randrange(len(numerals(found[cell].source))))


def unexecuted(found: dict) -> None:
    """Clear the outputs of all cells."""
    for cell in found[""].cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def deleted(found: dict, cell: str) -> None:
    """Delete a cell."""
    found[""].cells = [c for c in found[""].cells if c.id != cell]


def renamed(found: dict, cell: str, parameter: str) -> None:
    """Rename a parameter in the cell of the parameters."""
    found[cell].source = re.sub(rf"^{parameter}\b", f"{parameter}_", found[cell].source, flags=re.M)


def notebook_faults(name: str, chance: random.Random) -> Iterator[Fault]:
    """Outputs edited, cleared, all cleared; cells deleted; numbers in texts changed; parameters renamed."""
    notebook = notebookfile.read(paths.HOME / "notebooks" / f"{name}.ipynb")
    code = [c for c in notebook.cells if c.cell_type == "code"]
    texts = [c for c in notebook.cells if c.cell_type == "markdown"]

    def fault(kind: str, cell: str, change: str, edit: Callable[[dict], None]) -> Fault:
        return Fault(kind, (f"{name}.ipynb", "", ""), f"{cell} {change}".strip(), notebook_edit(name, edit))

    shown = [c.id for c in code if any(re.search(r"\d", str(o.get("data", {}))) for o in c.outputs)]
    for cell in chance.sample(shown, min(6, len(shown))):
        yield fault("output edited", cell, "one digit", partial(in_output, cell=cell, chance=chance))
        yield fault("output cleared", cell, "", lambda found, cell=cell: found[cell].update(outputs=[]))
    yield fault("notebook unexecuted", "", "", unexecuted)
    for kind, members in (("code cell deleted", code), ("text cell deleted", texts)):
        for cell in chance.sample([c.id for c in members], 6):
            yield fault(kind, cell, "", partial(deleted, cell=cell))
    for cell in [c.id for c in texts if numerals(c.source)]:
        yield fault("number in text changed", cell, "one digit", partial(in_source, cell=cell, chance=chance))
    parameters = next(c.id for c in code if "parameters" in c.metadata.get("tags", []))
    for parameter in contents.parameters(contents.catalogue(worlds.HERE)[name]):
        yield fault("parameter renamed", parameters, parameter, partial(renamed, cell=parameters, parameter=parameter))


def sentence_faults(name: str, chance: random.Random) -> Iterator[Fault]:
    """Sentences and labels of a notebook deleted; a value left out of one language of them."""
    place = f"notebooks/texts/{name}.toml"
    entries = (paths.HOME / place).read_text(encoding="utf-8").split("\n\n")
    filled = [e for e in entries if e.startswith("[texts.") and re.search(r"^en = .*\{", e, re.M)]
    for kind, change in (
        ("sentence deleted", lambda entry: ""),
        ("value left out", lambda entry: re.sub(r"(?m)(^en = .*?)\{[^{}]*\}", r"\1", entry, count=1)),
    ):
        for entry in chance.sample(filled, min(6, len(filled))):

            def apply(folder: Path, entry: str = entry, change: Callable[[str], str] = change) -> None:
                text = "\n\n".join(change(e) if e == entry else e for e in entries)
                (folder / place).write_text(text, encoding="utf-8", newline="")

            yield Fault(kind, (f"{name}.toml", "", ""), entry.partition("]")[0].removeprefix("[texts."), apply)


def file_faults(chance: random.Random) -> Iterator[Fault]:
    """Figures flipped and replaced; processed tables edited, shortened and removed."""

    def flip(folder: Path, figure: Path) -> None:
        text = (folder / figure).read_text(encoding="utf-8")
        turned = text.replace('<g id="figure_1">', '<g id="figure_1" transform="scale(1 -1)">')
        (folder / figure).write_text(turned, encoding="utf-8")

    def turn(folder: Path, figure: Path) -> None:
        from PIL import Image, ImageOps

        ImageOps.flip(Image.open(folder / figure)).save(folder / figure)

    def edit(folder: Path, table: Path) -> None:
        lines = (folder / table).read_text(encoding="utf-8").splitlines(keepends=True)
        row = chance.choice([i for i, line in enumerate(lines) if i and numerals(line)])
        parts = lines[row].split(",")
        column = chance.choice([i for i, part in enumerate(parts) if numerals(part)])
        parts[column] = other_digit(parts[column], 0)
        lines[row] = ",".join(parts)
        (folder / table).write_text("".join(lines), encoding="utf-8", newline="")

    def shorten(folder: Path, table: Path) -> None:
        lines = (folder / table).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / table).write_text("".join(lines[:-1]), encoding="utf-8", newline="")

    figures_ = sorted(p.relative_to(paths.HOME) for p in (paths.HOME / "figures").glob("*/*.svg"))
    for figure, other in zip(figures_, figures_[1:] + figures_[:1], strict=True):
        pixels = figure.with_suffix(".png")
        swap = partial(lambda folder, one, two: shutil.copy(paths.HOME / two, folder / one), one=figure, two=other)
        yield Fault("figure flipped", (figure.name, "", ""), "SVG", partial(flip, figure=figure))
        yield Fault("figure flipped", (pixels.name, "", ""), "PNG", partial(turn, figure=pixels))
        yield Fault("figure replaced", (figure.name, "", ""), f"by {other.name}", swap)
    for table in sorted(p.relative_to(paths.HOME) for p in (paths.HOME / "data" / "processed").glob("*.csv")):
        yield Fault("table edited", (table.name, "", ""), "one digit", partial(edit, table=table))
        yield Fault("table edited", (table.name, "", ""), "last row dropped", partial(shorten, table=table))
        yield Fault("table removed", (table.name, "", ""), "", lambda folder, table=table: (folder / table).unlink())


def output_faults() -> list[Fault]:
    """Return the faults in what is committed beside the raw tables."""
    chance = random.Random(SEED)
    names = list(contents.catalogue(worlds.HERE))
    found = [f for name in names for f in notebook_faults(name, chance)]
    found += [f for name in names for f in sentence_faults(name, chance)]
    return found + list(file_faults(chance))


# Playing the notebooks


def drawn(figure: matplotlib.figure.Figure) -> str:
    """Return a fingerprint of what a figure shows: the data of lines and areas, colours, texts, limits."""
    digest = hashlib.sha256()
    for artist in figure.findobj():
        if isinstance(artist, Line2D):
            parts = [artist.get_xydata(), artist.get_color()]
        elif isinstance(artist, Patch):
            parts = [artist.get_path().vertices, artist.get_patch_transform().get_matrix(), artist.get_facecolor()]
        elif isinstance(artist, Collection):
            parts = [artist.get_offsets(), artist.get_array(), artist.get_facecolor()]
            parts += [path.vertices for path in artist.get_paths()]
        elif isinstance(artist, Text):
            parts = [artist.get_text(), artist.get_position(), artist.get_color()]
        elif isinstance(artist, matplotlib.axes.Axes):
            parts = [artist.get_xlim(), artist.get_ylim()]
        else:
            continue
        for part in parts:
            digest.update(np.ascontiguousarray(part).tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.hexdigest()


class Player:
    """Executes notebooks cell by cell in this process, without drawing the figures to files."""

    def __init__(self) -> None:
        self.save = figures.save
        self.shell = InteractiveShell.instance(cache_size=0)  # else each reset searches for garbage
        self.shell.history_manager.enabled = False
        self.shell.displayhook.compute_format_data = lambda result: ({}, {})  # `play` does it
        self.drawings: list[str] = []
        self.opened: set[str] = set()
        sys.addaudithook(self.note)
        figures.save = lambda page, alt: self.drawings.append(drawn(page.figure))
        figures.display = lambda *_, **__: None
        figures.Drawing = lambda path: None
        os.environ.setdefault(recalling.FOLDER, str(SCRATCH / "recalled"))
        for name, search in recalling.searches().items():
            setattr(solver.Programme, name, search)

    def note(self, event: str, given: tuple) -> None:
        """Note the raw table that is opened."""
        if event == "open" and str(given[0]).startswith(RAW):
            self.opened.add(Path(given[0]).stem)

    def play(self, notebook: contents.Notebook) -> Iterator[tuple[str, str]]:
        """Yield the id of each code cell and its outputs as text.

        Raises:
            RuntimeError: a cell failed.
        """
        self.shell.reset(new_session=True)
        for cell in notebooks.read(notebook.path):
            if cell.kind == "code":
                self.drawings.clear()
                with capture_output() as captured:
                    result = self.shell.run_cell(cell.source, store_history=False)
                if not result.success:
                    error = result.error_in_exec or result.error_before_exec
                    raise RuntimeError(
                        f"{notebook.name}, cell {cell.id}: {type(error).__name__}: {error}".split("\n")[0]
                    )
                shown = [o.data for o in captured.outputs]
                if result.result is not None:
                    shown.append(self.shell.display_formatter.format(result.result)[0])
                yield cell.id, json.dumps(shown + self.drawings, default=str)

    def saved(self, notebook: contents.Notebook) -> dict[str, str]:
        """Return the processed tables that the notebook has written, as text."""
        c = Compendium.find()
        made = {name: c.processed_path(name) for name in makes(notebook)}
        return {name: path.read_text(encoding="utf-8") for name, path in made.items() if path.is_file()}


def makes(notebook: contents.Notebook) -> list[str]:
    """Return the names of the tables and figures that a notebook makes, as the accepted run saw it."""
    seen = claims.read_shown(worlds.HERE, paths.HOME)
    return seen.loc[seen["notebook"].eq(notebook.name) & seen["kind"].ne("claim"), "name"].tolist()


RULES = [
    ("printed", "tolerance ten times as wide", "return self.half + 1e-9", "return 10 * self.half + 1e-9"),
    ("printed", "tolerance of nothing", "return self.half + 1e-9", "return 0.0"),
    ("printed", "an excluded end admitted", "if self.strict and (-math.inf", "if False and (-math.inf"),
    (
        "printed",
        "a range need not be met whole",
        "self.low - self.slack and high <=",
        "self.low - self.slack or high <=",
    ),
    ("judges", "grade C counts as firm", 'self.grade == "C" or self.trust', "self.trust"),
    ("judges", "an untrusted site counts as firm", ' or self.trust == "unsafe" else "firm"', ' else "firm"'),
    (
        "evidence",
        "rows of the paper are evidence",
        'mask = rows["source_id"] != "paper"',
        'mask = rows["source_id"] != ""',
    ),
    ("evidence", "copies do not count", 'NAMING = ("source_id", "also_in", ', 'NAMING = ("source_id", '),
    ("evidence", "the best link of a chain", "return max(grade for", "return min(grade for"),
    ("evidence", "the worst of alternatives", "best = [min(qualities", "best = [max(qualities"),
    ("evidence", "worst source of a row", "best = [min(map(data.quality", "best = [max(map(data.quality"),
    ("judging", "one origin is enough", "if answers and all(answers):", "if answers and any(answers):"),
    ("judging", "the worst copy answers", "if quality == min(found)[0]", "if quality == max(found)[0]"),
    ("judging", "possible is certain", '("differs", "open", "same")', '("differs", "same", "same")'),
    ("printed", "meeting the bounds is enough", "if self.contains(low, high):", "if self.meets(low, high):"),
    ("judging", "another meaning is the same", "default if alike is None else alike", "[True] * len(rows)"),
    ("judging", "a failing part is forgotten", "if False in said:", "if said is None:"),
    ("judging", "related words decide", '"related", words', '"differs", words'),
    ("independence", "a copy is a second measurement", "if new and not own[n] and not marks[n] & of_own", "if new"),
    ("vocabulary", "own numbers confirm", 'return "consistent" if agreement', 'return "confirmed" if agreement'),
    (
        "vocabulary",
        "every trace is a proof",
        'return "confirmed" if origin == "other" else "traced"',
        'return "confirmed"',
    ),
    ("vocabulary", "a known record is none", 'return "not obtained"', 'return "no source found"'),
    ("recording", "weakness is not said", 'if assessment.strength != "weak":', "if True:"),
]
JUDGING = {
    m.__name__.rpartition(".")[2]: m for m in (printed, evidence, independence, judging, judges, recording, vocabulary)
}


def rule_faults() -> Iterator[Fault]:
    """The rules that give a verdict, altered one by one, wherever they are used."""
    for name, change, old, new in RULES:
        module = JUDGING[name]
        source = Path(module.__file__).read_text(encoding="utf-8")
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {name}.py"

        def apply(folder: Path, module=module, source: str = source.replace(old, new)) -> None:
            before = dict(vars(module))
            exec(compile(source, module.__file__, "exec"), vars(module))
            users = [m for n, m in sys.modules.items() if n.startswith(("compendium.", "study."))]
            for user, thing in itertools.product(users, before):
                if thing in vars(user) and vars(user)[thing] is before[thing] and not thing.startswith("__"):
                    vars(user)[thing] = vars(module)[thing]

        line = source[: source.index(old)].count("\n") + 1
        yield Fault("rule altered", (f"{name}.py", str(line), ""), change, apply)


def version_faults() -> Iterator[Fault]:
    """Every library that results depend on in another version; the font of the figures exchanged."""
    for name in versions.PACKAGES:

        def apply(folder: Path, name: str = name) -> None:
            known = versions.version
            versions.version = lambda package: "0.0.1" if package == name else known(package)

        yield Fault("version changed", ("versions.versions()", "", ""), name, apply)

    def font(folder: Path) -> None:
        other = matplotlib.font_manager.findfont("DejaVu Sans")
        figures.STYLE["font.family"] = [matplotlib.font_manager.FontProperties(fname=other).get_name()]

    yield Fault("font changed", ("figures", "", ""), "DejaVu Sans", font)


def played(player: Player, notebook: contents.Notebook) -> dict:
    """Play a notebook on the committed tables and return outputs by cell, tables by name, the raw tables it read."""
    begun = time.perf_counter()
    with mock.patch.dict(os.environ, {paths.ROOT: str(paths.HOME), paths.OUT: str(SCRATCH)}):
        player.opened.clear()
        found = {"cells": dict(player.play(notebook)), "tables": player.saved(notebook)}
    return found | {"reads": set(player.opened), "seconds": time.perf_counter() - begun}


def difference(player: Player, notebook: contents.Notebook, was: dict) -> Outcome:
    """Play one notebook until something differs from `was`; an empty outcome if nothing does."""
    try:
        for cell, output in player.play(notebook):
            if output != was["cells"].get(cell):
                message = f"{notebook.name}, cell {cell}: the output differs"
                return Outcome("comparison", message, True)
    except RuntimeError as error:
        return Outcome("stop", str(error), True)
    now = player.saved(notebook)
    changed = sorted(name for name in was["tables"] if now.get(name) != was["tables"][name])
    return Outcome("comparison", f"data/processed/{changed[0]}.csv: differs", True) if changed else Outcome()


@cache
def expected() -> dict[str, str]:
    """Return the accepted verdicts."""
    return pd.read_csv(paths.HOME / "tests/expected-verdicts.csv").set_index("claim_id")["verdict"].to_dict()


# Planting and watching


class Watch:
    """Plants faults and finds out which layer notices."""

    def __init__(self, player: Player, made: Path):
        self.player, self.made = player, made
        self.played: dict[str, dict] = {}
        self.quiet: set[str] = set()
        self.ledger = judge.judge_claims(worlds.HERE)
        kept = judge.read_kept(worlds.HERE)["kept"]
        self.judged_by = {claim: set(kept[claim]["reads"]) for claim in self.ledger}
        seconds = json.loads((made / "run.json").read_text(encoding="utf-8"))["seconds"]
        for notebook in contents.catalogue(worlds.HERE).values():
            if notebook.name != max(seconds, key=seconds.get):  # this one is seldom reached
                self.was(notebook)

    def was(self, notebook: contents.Notebook) -> dict:
        """Return what a notebook gives on the committed tables, played once."""
        if notebook.name not in self.played:
            self.played[notebook.name] = played(self.player, notebook)
        return self.played[notebook.name]

    def readers(self, table: str) -> list[contents.Notebook]:
        """Return the notebooks that may read a raw table, all for other faults; shortest first, then one not played."""
        books = [
            b
            for b in contents.catalogue(worlds.HERE).values()
            if table in b.reads or table in contents.COMMON or not table
        ]
        return sorted(books, key=lambda b: self.played.get(b.name, {"seconds": math.inf})["seconds"])

    def examine(self, fault: Fault, first: str) -> tuple[Outcome, str]:
        """Return what notices a fault, and which notebook did."""
        if fault.kind in SOURCES | OUTPUTS:
            return self.look_at_files(fault), ""
        if fault.kind == "font changed":
            return apart(lambda: self.look_at_figures(fault)), ""
        outcome, by = self.look(fault, first)
        if fault.kind == "rule altered" and not outcome.layer:
            outcome = apart(lambda: units(fault))
        return outcome, by

    def rejudge(self, fault: Fault) -> Outcome:
        """Plant a fault and judge the claims that it may reach until a row of the ledger differs."""
        rule = fault.kind == "rule altered"
        with planted(fault) as c:
            for claim in (claim for claim, reads in self.judged_by.items() if rule or fault.table in reads):
                try:
                    row = asking.judge_claim(c, claim, {}, "")[1]
                except Exception as error:
                    return Outcome("stop", f"{claim}: {type(error).__name__}: {error}".split("\n")[0], True)
                was = self.ledger[claim].cells(worlds.HERE.languages)
                if differing := [name for name, cell in row.items() if cell != was[name]]:
                    layer = "verdict" if row["verdict"] != expected()[claim] else "comparison"
                    return Outcome(layer, f"data/processed/claims.csv, {claim}: {differing[0]} differs", True)
        return Outcome()

    def look_at_figures(self, fault: Fault) -> Outcome:
        """Draw the figures of one notebook to files and compare them with the committed ones."""
        notebook = contents.catalogue(worlds.HERE)["10-problems-and-paths"]
        figures.save = self.player.save
        fault.apply(Path())
        try:
            list(self.player.play(notebook))
        except RuntimeError as error:
            return Outcome("stop", str(error), True)
        found = comparison.compare_figures(SCRATCH, paths.HOME, notebook, by_eye=False)
        return Outcome("comparison", found[0], True) if found else Outcome()

    def look_at_files(self, fault: Fault) -> Outcome:
        """Return what notices a fault in a notebook or its outputs.

        Raises:
            RuntimeError: a test of the texts does, which fails without the fault as well.
        """
        stem = Path(fault.place[0]).stem
        books = list(contents.catalogue(worlds.HERE).values())
        notebook = next((b for b in books if stem == b.name or stem in makes(b)), books[0])
        outcome, test = apart(lambda: self.look_at_copy(fault, notebook))
        if test and (said := apart(lambda: told_by_tests(worlds.HERE, notebook.name, test))[1]):
            raise RuntimeError(f"the tests fail without a fault: {said}")
        return outcome

    def look_at_copy(self, fault: Fault, notebook: contents.Notebook) -> tuple[Outcome, str]:
        """Plant a fault in a copy of a notebook and its outputs; return what notices it, and the test that did."""
        test = ""
        with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
            copy = linked(Path(scratch), "notebooks", "data/processed", "figures")
            kept, names = [f"notebooks/{notebook.name}.ipynb"], makes(notebook)
            kept += [f"data/processed/{name}.csv" for name in ("claims", claims.FROM, claims.SHOWN, *names)]
            kept += [
                f"figures/{lang}/{name}.{end}" for name in names for lang in ("zh", "en") for end in ("svg", "png")
            ]
            for name in filter(lambda name: (paths.HOME / name).is_file(), kept):
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(paths.HOME / name, copy / name)
            shutil.copytree(paths.HOME / "notebooks" / "texts", copy / "notebooks" / "texts")
            for other in (paths.HOME / "notebooks").iterdir():
                if not (copy / "notebooks" / other.name).exists():
                    (copy / "notebooks" / other.name).symlink_to(other)
            fault.apply(copy)
            os.environ[paths.ROOT] = str(copy)
            c = worlds.at(copy)
            book = contents.catalogue(c)[notebook.name]
            messages = {"comparison": [], "gate": [], "texts": [], "stop": []}
            if fault.kind in OUTPUTS:
                messages["comparison"] = comparison.compare(c, self.made, [book], copy)
                seen = (paths.processed_path(claims.SHOWN, root) for root in (self.made, copy))
                messages["comparison"] += [line for _, line in comparison.compare_tables(*seen)]
            messages["gate"] = notebookfile.faults(book.path)
            if fault.kind in SOURCES and not messages["gate"]:
                test, said = told_by_tests(c, notebook.name)
                messages["texts"] = [said] if test else []
                if not test:
                    outcome = difference(self.player, book, self.was(notebook))
                    messages[outcome.layer or "stop"] = [outcome.message] if outcome.layer else []
        for layer, found in messages.items():
            if found:
                return Outcome(layer, found[0], named(fault, found)), test
        return Outcome(), test

    def look(self, fault: Fault, first: str = "") -> tuple[Outcome, str]:
        """Judge the claims that a fault may reach, then play the notebooks that read its table, by default all.

        Returns:
            What noticed it, and the notebook that did.
        """
        if (found := apart(lambda: self.rejudge(fault))).layer:
            return found, ""
        for notebook in sorted(self.readers(fault.table), key=lambda b: b.name != first):
            was = self.was(notebook)
            if fault.table and fault.table not in was["reads"]:
                continue
            outcome = apart(lambda notebook=notebook, was=was: self.look_at(fault, notebook, was))
            if outcome.layer:
                self.raise_if_restless(notebook)
                return outcome, notebook.name
        return Outcome(), ""

    def raise_if_restless(self, notebook: contents.Notebook) -> None:
        """Raise RuntimeError where a notebook, played in the place of a fault, differs without one."""
        if notebook.name not in self.quiet:
            none = Fault("none", ("", "", ""), "", lambda folder: None)
            if (found := apart(lambda: self.look_at(none, notebook, self.was(notebook)))).layer:
                raise RuntimeError(f"differs without a fault: {found.message}")
            self.quiet.add(notebook.name)

    def look_at(self, fault: Fault, notebook: contents.Notebook, was: dict) -> Outcome:
        """Plant a fault and play one notebook until something differs from `was`."""
        with planted(fault) as c:
            os.environ |= {paths.ROOT: str(c.root), paths.OUT: str(c.out)}
            judge.write(c, self.ledger)
            return difference(self.player, notebook, was)


def linked(root: Path, *own: str) -> Path:
    """Let `root` be a compendium of links to what lies in this one, but for the folders `own`, and return it."""
    (root / "data").mkdir()
    for path in (*paths.HOME.iterdir(), *(paths.HOME / "data").iterdir()):
        name = path.relative_to(paths.HOME)
        if name.as_posix() not in (*own, "data", "build") and not path.name.startswith("."):
            (root / name).symlink_to(path)
    return root


@contextlib.contextmanager
def planted(fault: Fault) -> Iterator[Compendium]:
    """Give a compendium whose raw tables have the fault in them."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=SCRATCH) as scratch:
        root = linked(Path(scratch), "data/raw")
        shutil.copytree(SCRATCH / "raw", root / "data" / "raw", copy_function=os.link)
        fault.apply(root / "data" / "raw")
        yield worlds.at(root, root / "build")


def validated(fault: Fault) -> Outcome:
    """Return what the validation says of a fault in a raw table."""
    with planted(fault) as c:
        found = [str(problem) for problem in gate.check(c)]
    return Outcome("validation", found[0], named(fault, found)) if found else Outcome()


@cache
def tests_of_texts() -> dict[str, Callable[..., None]]:
    """Return the tests of the texts by name."""
    sys.path[:0] = [str(HERE.parent / part) for part in ("", "unit", "whole")]
    import test_exercises
    import test_notebooks as tests
    import test_texts

    found = (
        tests.test_text_cells_hold_both_languages_alike,
        tests.test_no_language_was_edited_without_the_other,
        tests.test_no_number_is_typed_in_text,
        tests.test_cells_are_few_and_small_and_most_code_is_in_view,
        tests.test_what_is_in_view_depends_on_nothing_hidden,
        tests.test_the_first_screen_has_the_question_the_story_and_the_key_figure,
        tests.test_frame_of_a_notebook,
        tests.test_headings_descend_in_order,
        test_texts.test_code_and_texts_of_a_notebook_fit,
        test_exercises.test_exercises_are_solved,
    )
    return {test.__name__: test for test in found}


def told_by_tests(c: Compendium, name: str, chosen: str = "") -> tuple[str, str]:
    """Return which test of the texts, or of the `chosen` one, is the first to fail for a notebook, and what it says."""
    import pytest

    for test in [tests_of_texts()[chosen]] if chosen else tests_of_texts().values():
        with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="faults-") as folder:
            given = {"name": name, "monkeypatch": patch, "tmp_path": Path(folder)}
            given["file"] = contents.catalogue(c)[name].path
            patch.setattr(sys.modules[test.__module__], "HERE", c, raising=False)  # where the test looks
            try:
                test(**{wanted: given[wanted] for wanted in inspect.signature(test).parameters})
            except Exception as error:
                return test.__name__, f"{name}.ipynb: {str(error).splitlines()[0] if str(error) else test.__name__}"
    return "", ""


def units(fault: Fault) -> Outcome:
    """Return whether the tests of the rules notice an altered rule."""
    import pytest

    os.environ.pop(paths.ROOT, None)
    fault.apply(Path())
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", str(HERE.parent / UNITS)])
    failed = re.search(r"FAILED (\S+)", said.getvalue())
    return Outcome("units", failed[1] if failed else f"tests/{UNITS}", True) if status == 1 else Outcome()


def named(fault: Fault, messages: list[str]) -> bool:
    """Tell whether a message names the file of a fault and, where it lies in one place, its row or column."""
    file, row, column = fault.place
    mine = [m for m in messages if file.removesuffix(".ipynb") in m]
    exact = [m for m in mine if (row and re.search(rf"\b{row}\b", m)) or (column and column in m)]
    return bool(exact if row or column else mine)


def apart(function: Callable[[], object]) -> object:
    """Return what `function` returns in a forked process, so that nothing it changes stays."""
    receiver, sender = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        receiver.close()
        gc.disable()
        try:
            sender.send(function())
        except BaseException as error:
            sender.send(error)
        os._exit(0)
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        answer = RuntimeError("the process died")
    os.waitpid(child, 0)
    if isinstance(answer, BaseException):
        raise answer
    return answer


Place = tuple[int, int]


def reach(fault: Fault) -> list[Place]:
    """Return the cells (row, column) of a raw table whose numbers or dates a fault changes; none for other faults."""
    if fault.kind not in ("cell", "date", "rows swapped", "columns swapped", "unit slipped"):
        return []
    rows, (_, row, label) = cells(fault.table), fault.place
    numeric = columns(fault.table, "integer", "number", "date")
    labels = fault.change.split(", ") if fault.kind == "columns swapped" else [label]
    chosen = [i for i, name in numeric if name in labels or (not label and not KEYS.search(name))]
    lines = [int(row) - 1] if row else range(1, len(rows))
    if fault.kind == "rows swapped":
        one, two = lines = [int(row) - 1, int(row)]
        chosen = [i for i in chosen if rows[one][i] != rows[two][i]]
    return [(r, i) for r in lines for i in chosen if rows[r][i]]


def stirred(table: str, places: list[Place], power: int = 6) -> Fault:
    """Return the fault that moves numbers by 10^power of their last digit, each by its own multiple; dates by years."""

    def edit(rows: list[list[str]]) -> None:
        for k, (row, column) in enumerate(places, 1):
            text = rows[row][column]
            dated = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
            rows[row][column] = later(text, 4000 + 37 * k) if dated else nudged(text, power, k)

    return Fault("stirred", (f"{table}.csv", "", ""), "", rewrite(table, edit), table)


def unmoved(watch: Watch, table: str, places: list[Place], power: int = 6, first: str = "") -> bool:
    """Tell whether no output moves when cells of a raw table are moved far."""
    return not watch.look(stirred(table, places, power), first)[0].layer


def dead(watch: Watch, members: list[Fault], first: str) -> list[Fault]:
    """Return those of some faults in one table that no output can show: moving their cells far, together, moves none.

    A block that does move something is halved.
    """
    places = list(dict.fromkeys(place for fault in members for place in reach(fault)))
    if not places:
        return []
    if unmoved(watch, members[0].table, places, first=first):
        return members
    if len(members) == 1:
        return []
    half = len(members) // 2
    return dead(watch, members[:half], first) + dead(watch, members[half:], first)


def showing(fault: Fault) -> str:
    """Return the notebook that shows the claim in whose row a fault lies, which is the likeliest to notice."""
    if fault.table != "claims" or not fault.place[1]:
        return ""
    claim = cells("claims")[int(fault.place[1]) - 1][0]
    return claims.read_ledger(worlds.HERE, root=paths.HOME)[claim].notebook


def explained(watch: Watch, fault: Fault) -> str:
    """Return why a fault that nothing noticed changes nothing, found out by larger faults; empty if not known.

    That its cells moved far do move an output is known by now.
    """
    if fault.kind == "text cell deleted":
        return "stood beside another text cell: what a story leaves out no check can know"
    if fault.kind == "number in text changed" and fault.change.startswith("exercise"):
        return MISSED + "in the code of a solution, whose own assertions hold all the same"
    if fault.kind == "row dropped":
        return MISSED + "no output depends on this row and no rule asks for it"
    if fault.kind == "truth":
        return "no output depends on this cell: its only other value moves nothing"
    places = reach(fault)
    if fault.kind in ("cell", "rows swapped"):
        power = next((power for power in range(1, 6) if not unmoved(watch, fault.table, places, power)), 6)
        return f"moves no printed digit: a step 10^{power} times as large is noticed"
    return ""


def every() -> dict[str, list[Fault]]:
    """Return all faults by kind."""
    found: list[Fault] = []
    for name in worlds.HERE.tables.resources:
        found += [*cell_faults(name), *row_faults(name), *column_faults(name)]
    found += [*source_faults(), *rule_faults(), *version_faults(), *output_faults()]
    kinds: dict[str, list[Fault]] = {}
    for fault in found:
        kinds.setdefault(fault.kind, []).append(fault)
    return kinds


def sampled(kinds: dict[str, list[Fault]], quota: dict[str, int]) -> list[Fault]:
    """Return a fixed sample with so many faults of each kind."""
    chance = random.Random(SEED)
    return [f for kind, members in kinds.items() for f in chance.sample(members, min(quota[kind], len(members)))]


def groups(faults: list[Fault]) -> list[Group]:
    """Return faults by kind and file, a few at a time."""
    sorted_: dict[str, list[Fault]] = {}
    for fault in faults:
        sorted_.setdefault(f"{fault.kind} {fault.place[0]}", []).append(fault)
    size = 2 * BLOCK
    return [(f"{key} {i}", m[i : i + size]) for key, m in sorted_.items() for i in range(0, len(m), size)]


def stamp() -> str:
    """Return a hash of all that an outcome depends on."""
    places = [paths.HOME / name for name in ("compendium", "study", "notebooks", "data/raw", "data/processed")]
    tests = ("unit/test_notebooks.py", "whole/test_exercises.py", "expected-verdicts.csv", UNITS)
    files = [*list_files(*places), *(HERE.parent / name for name in tests)]
    content = [p.read_bytes() for p in (*files, Path(__file__), paths.HOME / "requirements.lock")]
    return hashlib.sha256(b"".join(hashlib.sha256(c).digest() for c in content)).hexdigest()[:12]


def remembered(now: str) -> dict[str, list[tuple[Outcome, str]]]:
    """Return the outcomes in the log that still hold, by group."""
    found: dict[str, list[tuple[Outcome, str]]] = {}
    if LOG.is_file():
        with LOG.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["stamp"] == now:
                    outcome = Outcome(row["layer"], row["message"], row["place_named"] == "yes")
                    found.setdefault(row["group"], []).append((outcome, row["reason"]))
    return found


def logged(now: str, group: Group, seen: list[tuple[Outcome, str]]) -> list[list[str]]:
    """Return the lines of the log for a group: what was changed, what noticed it, and where the message points."""
    name, members = group
    return [
        [now, name, f.kind, *f.place, f.change, o.layer, "yes" if o.named else "no", within(o.message)[:200], reason]
        for f, (o, reason) in zip(members, seen, strict=True)
    ]


def within(message: str) -> str:
    """Return a message with the places of the copy written as those of the compendium."""
    return re.sub(rf"{re.escape(tempfile.gettempdir())}/[^ :]*?/(?=raw/|notebooks/|processed/|figures/)", "", message)


def examine(watch: Watch, members: list[Fault]) -> list[tuple[Fault, Outcome, str]]:
    """Return outcome and, for what nothing noticed, the reason, for the faults of one group.

    What the validation does not notice is taken in blocks, so that cells on which nothing depends are found together;
    only the others are played one by one.
    """
    outcomes = {id(f): validated(f) if f.table else Outcome() for f in members}
    pending, reasons, first = [f for f in members if not outcomes[id(f)].layer], {}, ""
    for block in (pending[i : i + BLOCK] for i in range(0, len(pending), BLOCK)):
        reasons |= dict.fromkeys(map(id, dead(watch, block, first or showing(block[0]))), DEAD)
        for fault in (f for f in block if id(f) not in reasons):
            likeliest = showing(fault) or first
            outcomes[id(fault)], by = watch.examine(fault, likeliest)
            first = by or first
            if not outcomes[id(fault)].layer:
                reasons[id(fault)] = explained(watch, fault)
    return [(f, outcomes[id(f)], reasons.get(id(f), "")) for f in members]


# The tables


def summary(results: list[tuple[Fault, Outcome, str]], sizes: dict[str, int]) -> pd.DataFrame:
    """Count faults by kind and layer.

    Args:
        results: faults with what noticed them, or why nothing did.
        sizes: how many faults of each kind there are, `population`, of which `faults` were planted.

    Returns:
        One row a kind, and one for all. The rate, in per cent with its interval, leaves out the faults proven to change
        nothing; that of all weighs each kind by its population.
    """
    rows = []
    for kind in dict.fromkeys(f.kind for f, _, _ in results):
        members = [(o, reason) for f, o, reason in results if f.kind == kind]
        seen = [o for o, _ in members if o.layer]
        same = sum(not o.layer and bool(reason) and not reason.startswith(MISSED) for o, reason in members)
        by_layer = {layer: sum(o.layer == layer for o in seen) for layer in LAYERS}
        counts = {"kind": kind, "population": sizes[kind], "faults": len(members), **by_layer}
        counts |= {"noticed": len(seen), "equivalent": same, "survived": len(members) - len(seen) - same}
        rows.append(counts | {"place_named": sum(o.named for o in seen)})
    table = pd.DataFrame(rows)
    rates = [estimated(table[table["kind"] == kind], "noticed") for kind in table["kind"]]
    rates.append(estimated(table, "noticed"))
    table.loc[len(table)] = {"kind": "all", **table.drop(columns="kind").sum()}
    table.insert(1, "kind_zh", table["kind"].map(KINDS))
    table[["rate_pct", "low_pct", "high_pct"]] = rates
    return table


def layers(table: pd.DataFrame) -> pd.DataFrame:
    """Return, of all faults with an effect, the part each layer is the first to notice, and that none does."""
    kinds = table[table["kind"] != "all"]
    rows = [(name, kinds[name].sum(), *estimated(kinds, name)) for name in (*LAYERS, "survived")]
    return pd.DataFrame(rows, columns=["layer", "faults", "share_pct", "low_pct", "high_pct"])


def survivors(results: list[tuple[Fault, Outcome, str]]) -> pd.DataFrame:
    """List what nothing noticed, rows of one column and reason together."""
    found = [
        {
            "kind": f.kind,
            "file": f.place[0],
            "column": f.place[2],
            "row": f.place[1],
            "change": f.change,
            "reason": reason,
        }
        for f, o, reason in results
        if not o.layer
    ]
    frame = pd.DataFrame(found, columns=["kind", "file", "column", "row", "change", "reason"])
    keys = ["kind", "file", "column", "reason"]
    joined = frame.groupby(keys, sort=False).agg(
        faults=("row", "size"), rows=("row", spans), change=("change", "first")
    )
    return joined.reset_index()[["kind", "file", "column", "rows", "faults", "change", "reason"]]


def spans(rows: pd.Series) -> str:
    """Return row numbers in short, `2-5, 9`; names as they are."""
    if not all(r.isdigit() for r in rows):
        return ", ".join(dict.fromkeys(r for r in rows if r))
    ends: list[list[int]] = []
    for row in sorted(map(int, rows)):
        if ends and row == ends[-1][1] + 1:
            ends[-1][1] = row
        else:
            ends.append([row, row])
    return ", ".join(f"{a}-{b}" if a != b else f"{a}" for a, b in ends)


def shortfalls(table: pd.DataFrame) -> list[str]:
    """Return which floors are not met."""
    rates = table.set_index("kind")
    found = []
    if rates.at["cell", "survived"]:
        found.append(
            f"{rates.at['cell', 'survived']} changed cells move an output and nobody noticed; the floor is none"
        )
    if rates.at["all", "rate_pct"] < FLOOR_PCT:
        found.append(f"{rates.at['all', 'rate_pct']} % of all faults were noticed; the floor is {FLOOR_PCT} %")
    return found


def agreed(made: Path) -> Path:
    """Return the folder of a run; raise SystemExit unless it is complete and agrees with what is committed."""
    summary = made / "run.json"
    if (
        not summary.is_file()
        or not json.loads(summary.read_text(encoding="utf-8"))["complete"]
        or comparison.compare(worlds.HERE, made)
    ):
        raise SystemExit(f"faults: {made} holds no complete run that agrees with the committed outputs. Remedy: make")
    return made


def main() -> None:
    """Plant the faults, show progress, write the tables, fail below the floors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--take", type=int, default=0, help="so many faults of each kind; nothing is written")
    parser.add_argument("--all", action="store_true", help="all faults instead of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument(
        "--run", type=Path, default=paths.HOME / "build" / "run", help="a complete run; default: the last one"
    )
    options = parser.parse_args()
    made = agreed(options.run)
    global SCRATCH
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        SCRATCH = Path(scratch)
        shutil.copytree(paths.HOME / "data" / "raw", SCRATCH / "raw")
        os.environ |= {paths.ROOT: str(paths.HOME), paths.OUT: scratch}
        gc.disable()
        watch = Watch(Player(), made)
        tests_of_texts()
        remember_valid()
        kinds = every()
        gc.collect()
        gc.freeze()  # what every forked process inherits need not be searched for garbage there
        gc.enable()
        sizes = {kind: len(members) for kind, members in kinds.items()}
        quota = dict.fromkeys(sizes, options.take) if options.take else quotas(sizes, SAMPLE)
        work = groups(sampled(kinds, sizes if options.all else quota))
        try:
            results = spread(watch, work, options.jobs, log=not options.take)
        except RuntimeError as error:
            raise SystemExit(f"faults: {error}") from None
    table, left = summary(results, sizes), survivors(results)
    print(table.drop(columns="kind_zh").to_string(index=False))
    unexplained = left[left["reason"] == ""]
    for row in unexplained.itertuples():
        print(f"survived: {row.kind}, {row.file}, row {row.rows}, column {row.column}: {row.change}")
    if not options.take:
        shutil.copy(LOG, TABLES)
        for name, frame in (("faults", table), ("faults-layers", layers(table)), ("survivors", left)):
            write_atomic(TABLES / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n").encode("utf-8"))
        record("faults")
    if faults := shortfalls(table):
        raise SystemExit("faults: " + "; ".join(faults))


def remember_valid() -> None:
    """Let the validation read the descriptor, but for sizes and hashes, and each unchanged raw table once.

    A fault changes one table, and sizes and hashes.
    """
    describe, read, kept = validity.check_descriptor, validity.type_rows, {}

    def described(tables: Tables, needed: Iterable[str] = ()) -> object:
        bare = [resource | {"bytes": 0, "hash": "", sourcing.DIGEST: ""} for resource in tables.package["resources"]]
        key = json.dumps(tables.package | {"resources": bare})
        if key not in kept:
            kept[key] = describe(tables, needed)
        return kept[key]

    def typed(resource: object, columns: dict, odd: dict, file: str, languages: Languages) -> tuple:
        content = [(list(column.places), column.rows.tobytes()) for column in columns.values()]
        key = file, marshal.dumps((content, odd))
        if key not in kept:
            kept[key] = read(resource, columns, odd, file, languages)
        rows, found = kept[key]
        return Rows(rows.name, file, rows.columns, rows.types.values()), found

    validity.check_descriptor, validity.type_rows = described, typed
    gate.check(worlds.HERE)


def spread(watch: Watch, work: list[Group], jobs: int, log: bool) -> list[tuple[Fault, Outcome, str]]:
    """Examine the groups of faults side by side, with a progress bar; return the results in the order of the groups.

    With `log`, what the log holds is not examined again, and what becomes known is added to it at once.
    """
    from tqdm import tqdm

    WORK[:] = [(watch, members) for _, members in work]
    now = f"{stamp()} {sum(len(members) for _, members in work)}"
    known = remembered(now) if log else {}
    told = {n: known[g] for n, (g, members) in enumerate(work) if len(known.get(g, ())) == len(members)}
    left = sorted((n for n in range(len(work)) if n not in told), key=lambda n: -len(work[n][1]))
    total, done = sum(len(m) for _, m in work), sum(map(len, told.values()))
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(LOG.open("w", encoding="utf-8", newline="")) if log else io.StringIO()
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(HEADS)
        lines.writerows(line for n in told for line in logged(now, work[n], told[n]))
        file.flush()
        pool = stack.enter_context(multiprocessing.get_context("fork").Pool(jobs))
        bar = stack.enter_context(tqdm(total=total, initial=done, unit="fault", mininterval=5))
        for number, found in pool.imap_unordered(examined, left):
            told[number] = found
            lines.writerows(logged(now, work[number], found))
            file.flush()
            bar.update(len(found))
    return [(f, *seen) for n, (_, members) in enumerate(work) for f, seen in zip(members, told[n], strict=True)]


def examined(number: int) -> tuple[int, list[tuple[Outcome, str]]]:
    """Return what became of the faults of one group of WORK; in a process of the pool."""
    return number, [seen for _, *seen in examine(*WORK[number])]


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    import faults  # under its own name: IPython takes the name __main__ for the notebooks

    faults.main()
