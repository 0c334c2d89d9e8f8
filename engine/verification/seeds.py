"""The seeded faults of faults.py: every one that can be planted, by kind, and what plants it.

A fault in a raw table is planted as an author would plant it who does not know: the hashes are renewed, so that the
deeper layers have to notice.
"""

import csv
import importlib
import io
import itertools
import json
import random
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import pandas as pd
from nbformat import NotebookNode
from PIL import Image, ImageOps
from verification.changes import Change, edited, notebook, removed
from worlds import HERE

from compendium import paths
from compendium.data import datapackage, sourcing
from compendium.files import fingerprint
from compendium.run import contents, notebookfile
from compendium.show import figures, versions

KEYS = re.compile(r"year|adcode|level$|field_no|tile_|ref_no|period|through")
Rows = list[list[str]]
Place = tuple[int, int]


@dataclass
class Fault:
    """One thing to change."""

    kind: str
    place: tuple[str, str, str]  # file, row and column as the messages name them
    change: str  # value before and after, in short
    apply: Change  # in the folder of raw tables, or of the whole copy for faults in outputs
    table: str = ""  # the raw table, empty for others


# Raw tables


def cells(name: str) -> Rows:
    with (paths.HOME / "data" / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def in_table(kind: str, name: str, row: int, column: str, change: str, edit: Callable[[Rows], object]) -> Fault:
    """Return the fault that edits the rows of a raw table, the header first, and renews all hashes, as a refresh does.

    Its place is a row and a column, if there are any.
    """

    def apply(folder: Path) -> None:
        rows, buffer = cells(name), io.StringIO()
        edit(rows)
        csv.writer(buffer, lineterminator="\n").writerows(rows)
        data = buffer.getvalue().encode("utf-8")
        package = json.loads((folder / datapackage.PACKAGE).read_text(encoding="utf-8"))
        entry = next(r for r in package["resources"] if r["name"] == name)
        entry["bytes"], entry["hash"] = len(data), fingerprint(data)
        replace(folder / f"{name}.csv", data)
        due = sourcing.digests(folder, package)
        for entry in package["resources"]:
            entry.pop(sourcing.DIGEST, None)
            entry |= {sourcing.DIGEST: due[entry["name"]]} if entry["name"] in due else {}
        replace(folder / datapackage.PACKAGE, json.dumps(package, ensure_ascii=False).encode("utf-8"))

    return Fault(kind, (f"{name}.csv", str(row + 1) if row else "", column), change, apply, name)


def replace(path: Path, content: bytes) -> None:
    """Write a file anew that is a link."""
    path.unlink()
    path.write_bytes(content)


def setting(places: list[Place], value: Callable[[str], str]) -> Callable[[Rows], None]:

    def edit(rows: Rows) -> None:
        for row, column in places:
            rows[row][column] = value(rows[row][column])

    return edit


def swapping(pairs: list[tuple[Place, Place]]) -> Callable[[Rows], None]:

    def edit(rows: Rows) -> None:
        for (a, b), (c, d) in pairs:
            rows[a][b], rows[c][d] = rows[c][d], rows[a][b]

    return edit


def nudged(text: str, power: int = 0, times: int = 1) -> str:
    """Return a number with its last printed digit one higher, or by so many times 10^power of that."""
    number = Decimal(text)
    return f"{number + times * Decimal((0, (1,), number.as_tuple().exponent + power)):f}"


def slipped(text: str) -> str:
    return f"{Decimal(text).scaleb(1):f}"


def later(text: str, days: int = 1) -> str:
    return str((pd.Timestamp(text) + pd.Timedelta(days=days)).date())


STEPS = {  # kind -> types of the columns, what is done to each cell
    "cell": (("integer", "number"), nudged),
    "date": (("date",), later),
    "truth": (("boolean",), {"true": "false", "false": "true"}.__getitem__),
}


def columns(name: str, *types: str) -> list[tuple[int, str]]:
    return [(i, f["name"]) for i, f in enumerate(HERE.tables.schema(name)["fields"]) if f["type"] in types]


def cell_faults(name: str) -> Iterator[Fault]:
    """Every numeric cell one step higher; every date one day later; every truth value turned round."""
    rows = cells(name)
    for kind, (types, step) in STEPS.items():
        for column, label in columns(name, *types):
            for row in range(1, len(rows)):
                if text := rows[row][column]:
                    edit = setting([(row, column)], step)
                    yield in_table(kind, name, row, label, f"{text} -> {step(text)}", edit)


def row_faults(name: str) -> Iterator[Fault]:
    """Every row dropped; every row doubled; the numbers of neighbouring rows (provinces, years) exchanged."""
    rows = cells(name)
    measures = [i for i, label in columns(name, "integer", "number") if not KEYS.search(label)]
    for row in range(1, len(rows)):
        key = rows[row][0]
        yield in_table("row dropped", name, row, "", key, lambda r, row=row: r.pop(row))
        yield in_table("row doubled", name, row, "", key, lambda r, row=row: r.insert(row, list(r[row])))
    for row in range(1, len(rows) - 1):
        if any(rows[row][i] != rows[row + 1][i] for i in measures):
            edit = swapping([((row, i), (row + 1, i)) for i in measures])
            yield in_table("rows swapped", name, row, "", f"rows {row + 1} and {row + 2}", edit)


def column_faults(name: str) -> Iterator[Fault]:
    """Neighbouring numeric columns exchanged; a column, and its first, middle and last cell, ten times as large."""
    rows, numeric = cells(name), columns(name, "integer", "number")
    for (one, first), (two, second) in itertools.pairwise(numeric):
        if any(r[one] != r[two] for r in rows[1:]):
            edit = swapping([((row, one), (row, two)) for row in range(1, len(rows))])
            yield in_table("columns swapped", name, 0, first, f"{first}, {second}", edit)
    for column, label in numeric:
        filled = [r for r in range(1, len(rows)) if rows[r][column] not in ("", "0") and not KEYS.search(label)]
        some = sorted({filled[0], filled[len(filled) // 2], filled[-1]} if filled else ())
        for group in (filled, *([r] for r in some)) if filled else ():
            edit, row = setting([(r, column) for r in group], slipped), group[0] if len(group) == 1 else 0
            yield in_table("unit slipped", name, row, label, f"{len(group)} cells x 10", edit)


def source_faults() -> Iterator[Fault]:
    others = {"grade": {"A": "C", "B": "C", "C": "A"}, "host_trust": {"ok": "unsafe", "unsafe": "ok"}}
    header, *rows = cells("sources")
    for row, found in enumerate(rows, 1):
        for label, other in others.items():
            column, was = header.index(label), found[header.index(label)]
            edit = setting([(row, column)], other.__getitem__)
            yield in_table("source regraded", "sources", row, label, f"{was} -> {other[was]}", edit)


# Committed outputs and texts


def other_digit(text: str, chance: random.Random | None = None) -> str:
    """Return a text with one of its digits, by default the first, replaced by the next one."""
    places = [found.start() for found in re.finditer(r"\d", text)]
    at = chance.choice(places) if chance else places[0]
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def cell_of(book: NotebookNode, cell: str) -> NotebookNode:
    return next(c for c in book.cells if c.id == cell)


def in_output(book: NotebookNode, cell: str) -> None:
    shown = [(o["data"], kind) for o in cell_of(book, cell).outputs for kind in o.get("data", {})]
    data, kind = random.Random(cell).choice([(d, k) for d, k in shown if re.search(r"\d", str(d[k]))])
    data[kind] = other_digit(data[kind], random.Random(cell))


def in_source(book: NotebookNode, cell: str) -> None:
    cell_of(book, cell).source = other_digit(cell_of(book, cell).source, random.Random(cell))


def unexecuted(book: NotebookNode) -> None:
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def renamed(book: NotebookNode, cell: str, parameter: str) -> None:
    source = cell_of(book, cell).source
    cell_of(book, cell).source = re.sub(rf"^{parameter}\b", f"{parameter}_", source, flags=re.M)


def notebook_faults(name: str, chance: random.Random) -> Iterator[Fault]:
    """Outputs edited, cleared, all cleared; cells deleted; numbers in texts changed; parameters renamed."""
    book = notebookfile.read(paths.HOME / "notebooks" / f"{name}.ipynb")
    code = [c for c in book.cells if c.cell_type == "code"]
    texts = [c for c in book.cells if c.cell_type == "markdown"]

    def fault(kind: str, cell: str, change: str, edit: Callable[[NotebookNode], object]) -> Fault:
        return Fault(kind, (f"{name}.ipynb", "", ""), f"{cell} {change}".strip(), notebook(name, edit))

    shown = [c.id for c in code if any(re.search(r"\d", str(o.get("data", {}))) for o in c.outputs)]
    for cell in chance.sample(shown, min(6, len(shown))):
        yield fault("output edited", cell, "one digit", partial(in_output, cell=cell))
        yield fault("output cleared", cell, "", lambda book, cell=cell: cell_of(book, cell).update(outputs=[]))
    yield fault("notebook unexecuted", "", "", unexecuted)
    for kind, members in (("code cell deleted", code), ("text cell deleted", texts)):
        for cell in chance.sample([c.id for c in members], 6):
            yield fault(kind, cell, "", lambda book, cell=cell: book.cells.remove(cell_of(book, cell)))
    for cell in [c.id for c in texts if re.search(r"\d", c.source)]:
        yield fault("number in text changed", cell, "one digit", partial(in_source, cell=cell))
    parameters = next(c.id for c in code if "parameters" in c.metadata.get("tags", []))
    for parameter in contents.parameters(contents.catalogue(HERE)[name]):
        yield fault("parameter renamed", parameters, parameter, partial(renamed, cell=parameters, parameter=parameter))


def sentence_faults(name: str, chance: random.Random) -> Iterator[Fault]:
    """Sentences and labels of a notebook deleted; a value left out of one language of them."""
    place = f"notebooks/texts/{name}.toml"
    entries = (paths.HOME / place).read_text(encoding="utf-8").split("\n\n")
    filled = [e for e in entries if e.startswith("[texts.") and re.search(r"^en = .*\{", e, re.M)]
    for kind, old, new in (
        ("sentence deleted", r"(?s).*", ""),
        ("value left out", r"(?m)(^en = .*?)\{[^{}]*\}", r"\1"),
    ):
        for entry in chance.sample(filled, min(6, len(filled))):
            left = re.sub(old, new, entry, count=1)
            apply = edited(place, lambda text, entry=entry, left=left: text.replace(entry, left, 1))
            yield Fault(kind, (f"{name}.toml", "", ""), entry.partition("]")[0].removeprefix("[texts."), apply)


def digit_of_a_row(text: str) -> str:
    lines, chance = text.splitlines(keepends=True), random.Random(len(text))
    row = chance.choice([i for i, line in enumerate(lines) if i and re.search(r"\d", line)])
    parts = lines[row].split(",")
    column = chance.choice([i for i, part in enumerate(parts) if re.search(r"\d", part)])
    parts[column] = other_digit(parts[column])
    return "".join([*lines[:row], ",".join(parts), *lines[row + 1 :]])


def file_faults() -> Iterator[Fault]:
    """Figures flipped and replaced; processed tables edited, shortened and removed."""

    def fault(kind: str, file: Path, change: str, apply: Change) -> Fault:
        return Fault(kind, (file.name, "", ""), change, apply)

    def flip(text: str) -> str:
        return text.replace('<g id="figure_1">', '<g id="figure_1" transform="scale(1 -1)">')

    drawings = sorted(p.relative_to(paths.HOME) for p in (paths.HOME / "figures").glob("*/*.svg"))
    for one, two in zip(drawings, drawings[1:] + drawings[:1], strict=True):
        pixels = one.with_suffix(".png")
        yield fault("figure flipped", one, "SVG", edited(str(one), flip))
        yield fault("figure flipped", pixels, "PNG", partial(turn, figure=pixels))
        yield fault("figure replaced", one, f"by {two.name}", partial(overwrite, one=one, two=two))
    for table in sorted(p.relative_to(paths.HOME) for p in (paths.HOME / "data" / "processed").glob("*.csv")):
        yield fault("table edited", table, "one digit", edited(str(table), digit_of_a_row))
        shorten = edited(str(table), lambda text: "".join(text.splitlines(keepends=True)[:-1]))
        yield fault("table edited", table, "last row dropped", shorten)
        yield fault("table removed", table, "", removed(str(table)))


def turn(folder: Path, figure: Path) -> None:
    ImageOps.flip(Image.open(folder / figure)).save(folder / figure)


def overwrite(folder: Path, one: Path, two: Path) -> None:
    shutil.copy(paths.HOME / two, folder / one)


# Rules, libraries, fonts


RULES = [  # module, change, text before and after
    ("printed", "tolerance ten times as wide", "else self.loose) * EDGE", "else self.loose) * 10"),
    ("printed", "tolerance of nothing", "else self.loose) * EDGE", "else self.loose) * 0"),
    ("printed", "an excluded end admitted", "if self.strict and (-math.inf", "if False and (-math.inf"),
    ("printed", "a range need not be met whole", "self.low - self.slack(low, high) and high <=",
        "self.low - self.slack(low, high) or high <="),
    ("judges", "grade C counts as firm", 'self.grade == "C" or self.trust', "self.trust"),
    ("judges", "an untrusted site counts as firm", ' or self.trust == "unsafe" else "firm"', ' else "firm"'),
    ("evidence", "rows of the paper are evidence", 'mask = rows["source_id"] != "paper"',
        'mask = rows["source_id"] != ""'),
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
    ("judging", "a known record is none", 'return "not obtained", texts.joined(found',
        'return "no source found", texts.joined(found'),
    ("independence", "a copy is a second measurement", "told and new and marks[n] and not marks[n] & theirs", "new"),
    ("vocabulary", "own numbers confirm", 'return "consistent" if agreement', 'return "confirmed" if agreement'),
    ("vocabulary", "every trace is a proof", '.get(origin, "traced")', '.get(origin, "confirmed")'),
    ("recording", "weakness is not said", 'if assessment.strength != "weak":', "if True:"),
]  # fmt: skip


def rule_faults() -> Iterator[Fault]:
    """The rules that give a verdict, altered one by one, wherever they are used."""
    for name, change, old, new in RULES:
        module = importlib.import_module(f"compendium.{name}" if name == "vocabulary" else f"compendium.ledger.{name}")
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
        figures.STYLE["font.family"] = ["DejaVu Sans"]

    yield Fault("font changed", ("figures", "", ""), "DejaVu Sans", font)


def every(seed: int) -> dict[str, list[Fault]]:
    """Return all faults by kind; chance chooses some cells and sentences of each notebook."""
    chance, names = random.Random(seed), list(contents.catalogue(HERE))
    found = [f for name in HERE.tables.resources for of in (cell_faults, row_faults, column_faults) for f in of(name)]
    found += [*source_faults(), *rule_faults(), *version_faults()]
    found += [f for of in (notebook_faults, sentence_faults) for name in names for f in of(name, chance)]
    kinds: dict[str, list[Fault]] = {}
    for fault in (*found, *file_faults()):
        kinds.setdefault(fault.kind, []).append(fault)
    return kinds
