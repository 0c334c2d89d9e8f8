"""Planted faults: one thing is changed in a copy; which command notices, and does it name the place?

A fixed sample is planted, each kind in proportion to its number, as an author plants a slip who does not know of it:
the hashes of the raw tables are renewed (`data refresh`), but nothing is accepted. Then `run` notices if an output or
the ledger is not as committed, or a notebook refuses to go on; that a raw table is not the accepted one does not count.
Faults in other files meet `check` before. A cell that moves no output has no effect; a row that nobody misses, or a
fault in a file, is missed.
"""

import random
import re
from argparse import Namespace
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

import pandas as pd
from verification import harness
from verification.changes import Cells, Change, edited, rows
from verification.harness import Found
from worlds import HERE
from worlds import rows as read

from compendium.base import paths

KINDS = {
    "cell changed": "一格改动：数加一个末位，日期晚一天，真假颠倒，等级改动",
    "row dropped": "删去一行",
    "file edited": "笔记本、句子、图或结果表改一个数字",
    "all": "合计",
}
COMMANDS = {"refresh": ["data", "refresh"], "check": ["check"], "run": ["run", "--jobs", "1"]}
SEED = 20261127
SAMPLE = 100  # faults in all, shared out by the number that each kind has
FLOOR_PCT = 95
HEADS = ("kind", "file", "row", "column", "change", "command", "place_named", "message", "outcome")


class Fault(NamedTuple):
    """One thing to change."""

    kind: str
    file: str  # file, row and column as the messages name them
    row: str
    column: str
    change: str  # value before and after, in short
    plant: Change


def nudged(text: str) -> str:
    """Return a number with its last printed digit one higher."""
    number = Decimal(text)
    return f"{number + Decimal((0, (1,), number.as_tuple().exponent)):f}"


def later(text: str) -> str:
    return str((pd.Timestamp(text) + pd.Timedelta(days=1)).date())


GRADES = {"grade": {"A": "C", "B": "C", "C": "A"}, "host_trust": {"ok": "unsafe", "unsafe": "ok"}}
STEPS: dict[str, Callable[[str], str | None]] = {  # type of a column -> how a cell is changed
    "integer": nudged,
    "number": nudged,
    "date": later,
    "boolean": {"true": "false", "false": "true"}.get,
}


def table_faults(table: str) -> Iterator[Fault]:
    """Every number, date, truth value and grade of a raw table changed; every row dropped."""
    types = {field["name"]: field["type"] for field in HERE.tables.schema(table)["fields"]}

    def having(number: int, *new: Cells) -> Change:
        return rows(table, lambda found: [*found[:number], *new, *found[number + 1 :]])

    for number, cells in enumerate(read(table)):
        place = f"{table}.csv", str(number + 2)
        for column, text in cells.items():
            step = GRADES[column].get if column in GRADES else STEPS.get(types[column])
            if step and text and (new := step(text)):
                planted = having(number, cells | {column: new})
                yield Fault("cell changed", *place, column, f"{text} -> {new}", planted)
        yield Fault("row dropped", *place, "", next(iter(cells.values())), having(number))


def other_digit(text: str) -> str:
    """Return a text with one of its digits, drawn at random, replaced by the next one."""
    place = random.Random(len(text)).choice([found.start() for found in re.finditer(r"\d", text)])
    return f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"


def file_faults() -> Iterator[Fault]:
    """A digit changed in each committed notebook with its outputs, file of its texts, figure and processed table."""
    for pattern in ("notebooks/*.ipynb", "notebooks/texts/*.toml", "figures/*/*.svg", "data/processed/*.csv"):
        for file in sorted(path.relative_to(paths.HOME).as_posix() for path in paths.HOME.glob(pattern)):
            yield Fault("file edited", file, "", "", "one digit", edited(file, other_digit))


def every() -> dict[str, list[Fault]]:
    """Return all faults by kind."""
    found = [fault for table in HERE.tables.resources for fault in table_faults(table)]
    kinds: dict[str, list[Fault]] = {}
    for fault in (*found, *file_faults()):
        kinds.setdefault(fault.kind, []).append(fault)
    return kinds


def noticing(fault: Fault | None) -> list[str]:
    """Return the command that notices a fault in a copy, if one does, whether it names the place, and its words."""
    with harness.copy() as copy:
        if fault:
            fault.plant(copy)
        raw = not fault or fault.file in {f"{name}.csv" for name in HERE.tables.resources}
        for command in ("refresh", "run") if raw else ("check", "run"):
            status, lines = harness.ended(harness.started(copy, COMMANDS[command]), copy)
            lines = [line for line in lines if not line.startswith(("note:", "differs: data/raw: not as accepted"))]
            said = harness.telling(command, status, lines)
            due = not said.startswith("Error: the run does not agree")  # for another table only
            if status and due:
                return [command, "yes" if command == "run" or (fault and named(fault, lines)) else "no", said[:200]]
    return ["", "no", ""]


def named(fault: Fault, lines: list[str]) -> bool:
    """Tell whether a line names the file of a fault and, where it lies in one place, its row or column."""
    mine = [line for line in lines if fault.file in line]
    exact = [x for x in mine if re.search(rf"\b{fault.row}\b", x) or (fault.column and fault.column in x)]
    return bool(exact if fault.row else mine)


def outcome(kind: str, command: str) -> str:
    return "noticed" if command else "no effect" if kind == "cell changed" else "missed"


def summary(log: pd.DataFrame, sizes: dict[str, int]) -> pd.DataFrame:
    """Count the faults of a log by kind, command and outcome; `sizes` says how many of each kind there are.

    The rate, in per cent with its interval, leaves out the faults without effect; that of all weighs each kind by its
    population.
    """
    counts = {command: log["command"].eq(command) for command in COMMANDS}
    ends = {"noticed": "noticed", "equivalent": "no effect", "survived": "missed"}
    counts |= {name: log["outcome"].eq(end) for name, end in ends.items()}
    counts |= {"place_named": log["outcome"].eq("noticed") & log["place_named"].eq("yes")}
    table = pd.DataFrame({"kind": log["kind"], "faults": 1, **counts}).groupby("kind", sort=False).sum().reset_index()
    table.insert(1, "population", table["kind"].map(sizes))
    table = harness.rated(table)
    table.insert(1, "kind_zh", table["kind"].map(KINDS))
    return table


def measure(options: Namespace) -> Found:
    """Plant a sample of the faults, or so many of each kind, or of the kinds that are named."""
    kinds = {kind: of for kind, of in every().items() if not options.names or kind in options.names}
    sizes, chance = {kind: len(members) for kind, members in kinds.items()}, random.Random(SEED)
    quota = dict.fromkeys(sizes, options.take) if options.take else harness.quotas(sizes, SAMPLE)
    samples = (chance.sample(members, min(quota[kind], sizes[kind])) for kind, members in kinds.items())
    drawn = [fault for sample in samples for fault in sample]
    work = {"nothing": None} | {" ".join(map(str, (n, *fault[:5]))): fault for n, fault in enumerate(drawn)}
    kept = not (options.take or options.names)
    found = harness.tried("faults", work, lambda item: noticing(work[item]), options.jobs, kept)
    if (said := found.pop("nothing"))[0]:
        raise RuntimeError(f"nothing was planted, but {said[0]} says: {said[2]}. Remedy: make, then commit")
    pairs = zip(drawn, found.values(), strict=True)
    lines = [(*fault[:5], *told, outcome(fault.kind, told[0])) for fault, told in pairs]
    log = pd.DataFrame(lines, columns=HEADS)
    table = summary(log, sizes)
    rate = table["rate_pct"].iloc[-1]
    wrong = [f"{rate} % of all faults were noticed; the floor is {FLOOR_PCT} %"] if rate < FLOOR_PCT and kept else []
    return Found({"faults": table, "faults-log": log}, table.drop(columns="kind_zh"), wrong)
