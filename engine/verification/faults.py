"""Seeded faults: one thing is changed in a copy of the compendium; which check notices, and where does it point?

A fixed sample is planted, each kind in proportion to its number. Layers, from the outside in:

    validation   types, keys, lists and the arithmetic between the tables (compendium.ledger.gate)
    stop         a notebook refuses to go on
    verdict      a verdict is not the accepted one, which tests/expected-verdicts.csv holds
    comparison   an output differs from the committed one: table, text, figure
    gate         what is committed is not what a run leaves behind (compendium check)
    texts        the tests of the notebooks' texts: both languages alike, no typed numbers, frame and headings
    units        the unit tests of the rules

First the claims are judged anew whose judgements read the table with the fault; if every row of the ledger stays, the
notebooks are played that read it (noticing.py).
"""

import gc
import json
import os
import random
import re
import tempfile
from argparse import Namespace
from pathlib import Path

import pandas as pd
from verification.measured import Found, estimated, quotas, stamp, tried
from verification.noticing import NONE, Outcome, Player, Watch, remember_valid, tests_of_texts
from verification.seeds import KEYS, Fault, Place, Rows, cells, columns, every, in_table, later, nudged
from worlds import HERE

from compendium import paths
from compendium.run import comparison

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
LAYERS = ("validation", "stop", "verdict", "comparison", "gate", "texts", "units")
SEED = 20261127
SAMPLE = 300  # faults in all, shared out by the number that each kind has
FLOOR_PCT = 95
MISSED = "missed: "
HEADS = ("stamp", "group", "kind", "file", "row", "column", "change", "layer", "place_named", "message", "reason")


def sampled(kinds: dict[str, list[Fault]], quota: dict[str, int]) -> list[Fault]:
    chance = random.Random(SEED)
    return [f for kind, members in kinds.items() for f in chance.sample(members, min(quota[kind], len(members)))]


# Why nothing noticed a fault


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


def unmoved(watch: Watch, table: str, places: list[Place], power: int = 6) -> bool:
    """Tell whether no output moves when cells of a raw table are moved far.

    Numbers move by 10^power of their last digit, each by its own multiple; dates by years.
    """

    def edit(rows: Rows) -> None:
        for k, (row, column) in enumerate(places, 1):
            text = rows[row][column]
            dated = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
            rows[row][column] = later(text, 4000 + 37 * k) if dated else nudged(text, power, k)

    return not watch.look(in_table("stirred", table, 0, "", "", edit)).layer


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
    if fault.kind in ("cell", "rows swapped"):
        places = reach(fault)
        power = next((power for power in range(1, 6) if not unmoved(watch, fault.table, places, power)), 6)
        return f"moves no printed digit: a step 10^{power} times as large is noticed"
    return ""


def examine(watch: Watch, fault: Fault) -> tuple[Outcome, str]:
    if fault.table and (outcome := watch.validated(fault)).layer:
        return outcome, ""
    if (places := reach(fault)) and unmoved(watch, fault.table, places):
        return NONE, "no output depends on these cells: moving them far moves nothing"
    outcome = watch.examine(fault)
    return outcome, "" if outcome.layer else explained(watch, fault)


# The tables


def logged(now: str, work: dict[str, Fault], seen: dict[str, list]) -> pd.DataFrame:
    copy = re.compile(rf"{re.escape(tempfile.gettempdir())}/[^ :]*?/(?=raw/|notebooks/|processed/|figures/)")
    rows = []
    for name, fault in work.items():
        layer, message, place_named, reason = seen[name]
        told = layer, "yes" if place_named else "no", copy.sub("", message)[:200], reason
        rows.append([now, name, fault.kind, *fault.place, fault.change, *told])
    return pd.DataFrame(rows, columns=HEADS)


def summary(log: pd.DataFrame, sizes: dict[str, int]) -> pd.DataFrame:
    """Count the faults of a log by kind and layer; `sizes` says how many of each kind there are.

    The rate, in per cent with its interval, leaves out the faults proven to change nothing; that of all weighs each
    kind by its population.
    """
    quiet = log["layer"].eq("")
    same = quiet & log["reason"].ne("") & ~log["reason"].str.startswith(MISSED)
    counts = {layer: log["layer"].eq(layer) for layer in LAYERS}
    counts |= {"noticed": ~quiet, "equivalent": same, "survived": quiet & ~same}
    counts |= {"place_named": ~quiet & log["place_named"].eq("yes")}
    table = pd.DataFrame({"kind": log["kind"], "faults": 1, **counts}).groupby("kind", sort=False).sum().reset_index()
    table.insert(1, "population", table["kind"].map(sizes))
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


def survivors(log: pd.DataFrame) -> pd.DataFrame:
    keys = ["kind", "file", "column", "reason"]
    parts = log[log["layer"] == ""].groupby(keys, sort=False)
    joined = parts.agg(faults=("row", "size"), rows=("row", spans), change=("change", "first")).reset_index()
    return joined[["kind", "file", "column", "rows", "faults", "change", "reason"]]


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


def shortfalls(table: pd.DataFrame, left: pd.DataFrame) -> list[str]:
    """Return which floors are not met, and what nothing noticed for no reason that is known."""
    rates, unexplained = table.set_index("kind"), left[left["reason"] == ""]
    found = [
        f"survived: {r.kind}, {r.file}, row {r.rows}, column {r.column}: {r.change}" for r in unexplained.itertuples()
    ]
    if "cell" in rates.index and (cells := rates.at["cell", "survived"]):
        found.append(f"{cells} changed cells move an output and nobody noticed; the floor is none")
    if (rate := rates.at["all", "rate_pct"]) < FLOOR_PCT:
        found.append(f"{rate} % of all faults were noticed; the floor is {FLOOR_PCT} %")
    return found


def agreed(made: Path) -> Path:
    """Return the folder of a run; raise RuntimeError unless it is complete and agrees with what is committed."""
    told = made / "run.json"
    complete = told.is_file() and json.loads(told.read_text(encoding="utf-8"))["complete"]
    if not complete or comparison.compare(HERE, made):
        raise RuntimeError(f"{made} holds no complete run that agrees with the committed outputs. Remedy: make")
    return made


def measure(options: Namespace) -> Found:
    """Plant a sample of the faults, or so many of each kind, or of the kinds that are named."""
    made = agreed(options.run)
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        os.environ |= {paths.ROOT: str(paths.HOME), paths.OUT: scratch}
        gc.disable()
        watch = Watch(Player(Path(scratch)), made)
        tests_of_texts()
        remember_valid()
        kinds = {kind: of for kind, of in every(SEED).items() if not options.names or kind in options.names}
        gc.collect()
        gc.freeze()  # what every forked process inherits need not be searched for garbage there
        gc.enable()
        sizes = {kind: len(members) for kind, members in kinds.items()}
        quota = dict.fromkeys(sizes, options.take) if options.take else quotas(sizes, SAMPLE)
        work = {f"{f.kind} {f.place[0]} {n}": f for n, f in enumerate(sampled(kinds, quota), 1)}
        whole = not (options.take or options.names)
        now = f"{stamp()} {len(work)}"

        def trial(name: str) -> list:
            outcome, reason = examine(watch, work[name])
            return [outcome.layer, outcome.message, outcome.named, reason]

        log = logged(now, work, tried("faults", work, trial, options.jobs, whole, now))
    table, left = summary(log, sizes), survivors(log)
    tables = {"faults": table, "faults-layers": layers(table), "survivors": left, "faults-log": log}
    return Found(tables, table.drop(columns="kind_zh"), shortfalls(table, left))
