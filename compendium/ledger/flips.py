"""How far a verdict is from another: the smallest change of the evidence that would turn it.

Since judgements are functions of the raw tables, the tables can be changed a little and the judgement asked again.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from heapq import heappop, heappush
from itertools import islice

import pandas as pd

from compendium import vocabulary
from compendium.data import datapackage, tables
from compendium.ledger.evidence import Change, Data, Undocumented, ends
from compendium.ledger.judges import Assessment, Judges
from compendium.ledger.printed import quantity

STRIDES = tuple(4**power for power in range(8))  # 1 to 16,384 steps
SIGNS = {
    ">=": ("不少于", "at least "),
    ">": ("超过", "more than "),
    "<=": ("不多于", "at most "),
    "<": ("不到", "less than "),
}
NO_VERDICT = "no verdict"  # nothing is left to judge by, and no search is logged
FEW = 5  # rows withdrawn that are told by their keys
MOST_LEVERS = 6  # of those that a judgement names, the first
Rows = list[tuple[str, int]]  # each a table and the number of a row
Step = tuple[float, int, Change | None]  # size of a change in parts of the largest number, its steps, the change


@dataclass(frozen=True)
class Flip:
    """The smallest change found that gives another verdict: which, by what changes, in a sentence of each language.

    `distance` is the sum of the changes of numbers, in per cent of the largest of them; `steps` is how many steps of
    their last digit the largest change takes. None for other changes.
    """

    verdict: str
    changes: tuple[Change, ...]
    zh: str
    en: str
    distance: float | None = None
    steps: int | None = None


def nearest(judges: Judges, claim_id: str, data: Data, **choices: object) -> Flip:
    """Return the smallest admissible change of a claim's evidence that gives another verdict.

    Numbers are changed by steps of their last printed digit within the range of their column, one column of one row or
    of all deciding rows at a time; the sum of the changes, relative to the largest number, decides which is smallest.
    Where no number can turn the verdict, rows that speak of another thing are taken to speak of the same, a measurement
    of another origin is added, or rows are withdrawn.

    Returns:
        The flip; without a verdict and changes if nothing turns it, which is so of no claim on the tables as committed.
    """
    base = judges.assess(claim_id, data, **choices)

    def judged(*changes: Change) -> Assessment | None:
        try:
            return judges.assess(claim_id, data.having(*changes), **choices)
        except Undocumented:
            return None

    @cache
    def ask(*changes: Change) -> str:
        found = judged(*changes)
        return found.verdict if found else NO_VERDICT

    def turns(change: Change) -> bool:
        return ask(change) != base.verdict

    claim = data.claim(claim_id)
    aims = [float(claim[end]) for end in ("value_low", "value_high") if pd.notna(claim[end])]
    ways = [smallest(turns, data, lever, sign, aims) for lever in levers(base, claim, data) for sign in (1, -1)]
    if step := first(ways):
        size, steps, change = step
        return replace(told(ask(change), (change,), data), distance=100 * size, steps=steps)
    for change in other_changes(base):
        if (word := ask(change)) != base.verdict:
            return told(word, (change,), data)
    left, every = base, tuple[Change, ...]()
    while more := everything(left, claim, data.having(*every)):
        every = (*every, *more)
        if not (found := judged(*every)) or found.verdict != base.verdict:
            every = fewest(every, lambda changes: ask(*changes) != base.verdict)
            return told(ask(*every), every, data)
        left = found
    return Flip("", (), "没有找到使判定改变的单个改动。", "No single change was found that turns the verdict.")


def levers(base: Assessment, claim: pd.Series, data: Data) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Yield what may be changed: the numbers of the deciding rows, or for its own numbers what the paper prints."""
    if base.judged.levers is not None:
        yield from base.judged.levers[:MOST_LEVERS]
        return
    if base.judged.rows.empty:
        yield "claims", data.row(claim["claim_id"]), "value_low"
        return
    for table, rows in base.judged.rows.groupby("table", sort=False):
        index = tuple(dict.fromkeys(rows.index))
        for column in measures(table):
            if rows[column].notna().any():
                yield table, index, column
                yield from ((table, (row,), column) for row in index if 1 < len(index) <= 6)


def measures(table: str) -> list[str]:
    """Return the columns of a table that hold measured numbers: no keys, no years."""
    schema = datapackage.schema(table)
    keys = {*schema["primaryKey"], *(c for key in schema.get("foreignKeys", []) for c in key["fields"])}
    return [
        f["name"]
        for f in schema["fields"]
        if f["type"] in ("integer", "number") and f["name"] not in keys and f.get("unit") != "year"
    ]


def first(ways: Sequence[Iterator[Step]]) -> tuple[float, int, Change] | None:
    """Return the smallest change to which one of some ways leads, of equal ones that of the first way.

    Best first: a way goes on only while what it says it can still lead to is the least of all.
    """
    ahead: list[tuple[float, int, int, Change | None]] = [(0.0, number, 0, None) for number, _ in enumerate(ways)]
    while ahead:
        size, number, steps, change = heappop(ahead)
        if change:
            return size, steps, change
        for size, steps, change in islice(ways[number], 1):
            heappush(ahead, (size, number, steps, change))
    return None


def smallest(
    turns: Callable[[Change], bool],
    data: Data,
    lever: tuple[str, tuple[int, ...], str],
    sign: int,
    aims: Sequence[float],
) -> Iterator[Step]:
    """Look for the smallest rise (`sign` 1) or fall (-1) of a column that turns a verdict.

    Strides grow fourfold until the verdict turns, and those that lead to one of `aims`, what the paper prints, are
    tried on the way; then the last interval is halved until the smallest step is left. Of several rows each is then
    put back as far as the verdict still turns. Yielded is, before each question, the least size it can lead to,
    without a change; at last what was found, if anything was.
    """
    table, rows, column = lever
    values = data(table).loc[list(rows), column]
    rows, values = tuple(values.dropna().index), values.dropna().astype(float)
    if not rows:
        return
    limits = datapackage.field(table, column).get("constraints", {})
    low, high = limits.get("minimum", -math.inf), limits.get("maximum", math.inf)
    step = 10.0 ** -max(decimals(table, column, values))
    largest = max(float(abs(values).max()), step)

    def change(*steps: int) -> Change | None:
        moved = {row: round(v + sign * n * step, 10) for row, v, n in zip(rows, values, steps, strict=True) if n}
        inside = bool(moved) and low <= min(moved.values()) <= max(moved.values()) <= high
        return Change("set", table, tuple(moved), column, tuple(moved.values())) if inside else None

    def enough(*steps: int) -> bool:
        return bool((made := change(*steps)) and turns(made))

    tried = set(STRIDES) | {round(sign * (aim - value) / step) for aim in aims for value in values}
    room = (high - max(values)) if sign > 0 else (min(values) - low)
    tried |= {int(room / step + 1e-6)} if math.isfinite(room) else set()
    under, steps, every = 0, 0, len(rows)
    for steps in sorted(n for n in tried if n > 0):
        yield (under + 1) * step / largest, 0, None
        if not change(*[steps] * every) or enough(*[steps] * every):
            break
        under = steps
    while steps - under > 1:
        yield (under + 1) * step / largest, 0, None
        middle = (steps + under) // 2
        under, steps = (under, middle) if enough(*[middle] * every) else (middle, steps)
    if under == steps or not change(*[steps] * every):
        return
    counts = lowered(steps, every, enough)
    largest = max([step, *(abs(v) for v, n in zip(values, counts, strict=True) if n)])
    yield sum(counts) * step / largest, max(counts), change(*counts)


def lowered(steps: int, rows: int, enough: Callable[..., bool]) -> list[int]:
    """Return by how many steps each of some rows must move: from the last, each as little as is still enough."""
    counts = [steps] * rows

    def turned(n: int, less: int) -> bool:
        return enough(*counts[:n], less, *counts[n + 1 :])

    for n in reversed(range(rows)) if rows > 1 else ():
        counts[n] = bisect_left(range(steps), True, key=partial(turned, n))
    return counts


def decimals(table: str, column: str, values: pd.Series) -> list[int]:
    """Return the digits after the point with which each of these numbers is printed in its raw table.

    Of a number that does not stand there, as in a table that was changed, those that it is written with.
    """
    texts = tables.texts(table)[column] if table in datapackage.names() else pd.Series(dtype=str)
    found = zip(texts.reindex(values.index, fill_value=""), values, strict=True)
    return [len(t.partition(".")[2]) if t and float(t) == value else places(value) for t, value in found]


def places(value: float) -> int:
    """Return the digits after the point that a number is written with, at most six."""
    return len(f"{value:.6f}".rstrip("0").split(".")[1])


def other_changes(base: Assessment) -> Iterator[Change]:
    """Yield changes other than of numbers: a source speaks of the same thing, another origin is added, rows dropped."""
    rows = base.judged.rows
    for table in dict.fromkeys(rows.get("table", ())):
        index = tuple(dict.fromkeys(rows.index[rows["table"] == table]))
        if "differs_in" in rows:
            apart = rows[(rows["table"] == table) & rows["differs_in"].fillna("").ne("")]
            groups = [tuple(dict.fromkeys(same.index)) for _, same in apart.groupby("source_id", sort=False)]
            for group in dict.fromkeys([*groups, tuple(dict.fromkeys(apart.index))] if groups else []):
                yield Change("set", table, group, "differs_in", ("",) * len(group))
        if base.judged.any_row:
            yield Change("add", table, index[:1])
        yield Change("drop", table, index[-1:])
        yield Change("drop", table, index)


def everything(base: Assessment, claim: pd.Series, data: Data) -> tuple[Change, ...]:
    """Return the changes that withdraw the deciding rows of all tables and what claim_evidence tells, at once."""
    rows = base.judged.rows
    named = {t: tuple(dict.fromkeys(rows.index[rows["table"] == t])) for t in rows.get("table", ())}
    also = tuple(data.evidence(claim["claim_id"]).index)
    return tuple(Change("drop", t, index) for t, index in (named | {"claim_evidence": also}).items() if index)


def fewest(changes: tuple[Change, ...], turns: Callable[[tuple[Change, ...]], bool]) -> tuple[Change, ...]:
    """Return withdrawals that turn a verdict without the rows that need not go: put back, by halves, if it still turns.

    After Junker's QuickXplain (AAAI 2004), which asks few questions where few rows are needed.
    """

    def dropped(rows: Rows) -> tuple[Change, ...]:
        named: dict[str, list[int]] = {}
        for table, row in rows:
            named.setdefault(table, []).append(row)
        return tuple(Change("drop", table, tuple(sorted(index))) for table, index in named.items())

    def needed(rows: Rows, others: Rows) -> Rows:
        if others and turns(dropped(others)):
            return []
        if len(rows) == 1:
            return rows
        half = len(rows) // 2
        before = needed(rows[:half], rows[half:] + others)
        return before + needed(rows[half:], before + others)

    return dropped(needed(list(dict.fromkeys((change.table, row) for change in changes for row in change.rows)), []))


def told(verdict: str, changes: tuple[Change, ...], data: Data) -> Flip:
    """Return a flip with its sentences."""
    change = changes[0]
    titles = datapackage.titles(change.table)
    if change.kind == "add":
        zh, en = "若有另一出处的测量给出同样的结果", "if a measurement of another origin gave the same"
    elif change.table == "claims":
        (was,), (now,) = measured(change, data)
        printed = str(data("claims").at[change.rows[0], "value_text"])
        sign_zh, sign_en = next((words for sign, words in SIGNS.items() if printed.startswith(sign)), ("", ""))
        zh = f"若论文写的是{sign_zh}{now[0]}，而不是{sign_zh}{was[0]}"
        en = f"if the paper printed {sign_en}{now[1]} instead of {sign_en}{was[1]}"
    elif change.column == "differs_in":
        named = data(change.table).loc[list(change.rows), "source_id"].unique()
        who_zh, who_en = (called(named, language) for language in ("zh", "en"))
        zh, en = f"若{who_zh}说的与论文所指完全是一回事", f"if {who_en} spoke of exactly what the paper speaks of"
    elif change.kind == "drop":
        zh, en = without(changes, data)
    else:
        frame = data(change.table)
        label_zh, label_en = (row_label(frame, change, language) for language in ("zh", "en"))
        was, now = map(listed, measured(change, data))
        columns = [titles[name] for name in ends(frame, change.rows[0], change.column)]
        names = [en if en[:2].isupper() else en[:1].lower() + en[1:] for _, en in columns]
        both_zh, both_en = ("都", " both") if len(columns) > 1 else ("", "")
        column_zh = "和".join(zh for zh, _ in columns)
        zh = f"若“{titles[''][0]}”里，{column_zh}（{label_zh}）{both_zh}是{now[0]}，而不是{was[0]}"
        place = f"the {' and '.join(names)} in “{titles[''][1]}” ({label_en})"
        en = f"if {place} were{both_en} {now[1]} instead of {was[1]}"
    if verdict == NO_VERDICT:
        return Flip(verdict, changes, f"{zh}，就无从判定。", f"It could not be judged {en}.")
    word = vocabulary.SINCE[verdict]
    return Flip(verdict, changes, f"{zh}，判定就是“{word.zh}”。", f"It would be “{word.en}” {en}.")


def without(changes: tuple[Change, ...], data: Data) -> tuple[str, str]:
    """Return the condition that rows are withdrawn: one by its name if its key is one, a few by key, more by number."""
    names = [datapackage.titles(table)[""] for table in dict.fromkeys(change.table for change in changes)]
    tables_zh, tables_en = "、".join(f"“{zh}”" for zh, _ in names), ", ".join(f"“{en}”" for _, en in names)
    change = changes[0]
    key, *more = datapackage.schema(change.table)["primaryKey"]
    if (count := sum(len(change.rows) for change in changes)) > 1:
        named = data(change.table).loc[list(change.rows), key].astype(str)
        if len(changes) > 1 or more or count > FEW or not named.is_unique:
            return f"若撤去{tables_zh}里的{count}行", f"without {count} rows of {tables_en}"
        named_zh, named_en = f"（{'、'.join(named)}）", f" ({', '.join(named)})"
        return f"若撤去{tables_zh}里的{count}行{named_zh}", f"without {count} rows of {tables_en}{named_en}"
    if more:
        return f"若撤去{tables_zh}里的一行", f"without one row of {tables_en}"
    zh, en = (row_label(data(change.table), change, language) for language in ("zh", "en"))
    return f"若撤去{tables_zh}里的一行（{zh}）", f"without one row of {tables_en} ({en})"


def listed(values: list[tuple[str, str]]) -> tuple[str, str]:
    """Return numbers as a list in Chinese and in English; what is the same for all is said once."""
    if len(values) > 1 and len(set(values)) == 1:
        return f"各{values[0][0]}", f"{values[0][1]} each"
    return "、".join(zh for zh, _ in values), ", ".join(en for _, en in values)


def measured(change: Change, data: Data) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the numbers of a change before and after it, with their units, in Chinese and in English."""
    frame, fields = data(change.table), {f["name"]: f for f in datapackage.schema(change.table)["fields"]}
    units = [unit(fields, frame.loc[row], change.column, data) for row in change.rows]
    before = frame.loc[list(change.rows), change.column]
    digits = decimals(change.table, change.column, before)
    was, now = (zip(values, units, digits, strict=True) for values in (before, change.values))
    return [quantity(float(v), *u, d) for v, u, d in was], [quantity(float(v), *u, d) for v, u, d in now]


def unit(fields: Mapping[str, dict], row: pd.Series, column: str, data: Data) -> tuple[str, str]:
    """Return the unit of a number in a row in both languages; none where its title says it, or Chinese has no word."""
    field = fields[column]
    zh, en = field.get("unit_zh", ""), field.get("unit", "")
    if en == "unit of the claim":
        en = data.claim(row["claim_id"])["unit"]
        return (en, en) if en == "%" else ("", "")
    if en.startswith("see column "):
        code = row[column := en.removeprefix("see column ")]
        label = fields[column].get("labels", {}).get(code, {})
        en = code if code[:1].isdigit() else label.get("en", code)
        zh = label.get("zh", en if en == "%" else "")
    if en in ("%", "per cent"):
        return "%", "%"
    silent = ("year", "fraction of 1", "place", field["title"].lower())
    return ("", "") if not zh or en.lower() in silent else (zh, en)


def row_label(frame: pd.DataFrame, change: Change, language: str) -> str:
    """Return how people call the rows of a change: their keys in words, or their number if there are many."""
    if len(change.rows) > 3:
        return f"同时改动的{len(change.rows)}行" if language == "zh" else f"{len(change.rows)} rows at once"
    schema = datapackage.schema(change.table)
    fields = {f["name"]: f for f in schema["fields"]}

    def word(row: int, key: str) -> str:
        field = fields.get(key, {})  # a title may come from another table
        named = f"{field.get('namedBy') or key.removesuffix('_zh')}_{language}"
        if named in frame:
            return str(frame.at[row, named])
        value = str(frame.at[row, key])
        if key == "source_id":
            return called([value], language)
        if field.get("unit") == "year" and language == "zh":
            return f"{value}年"
        return str(field.get("labels", {}).get(value, {}).get(language, value))

    keys, title = list(schema["primaryKey"]), f"{schema.get('rowName')}_{language}"
    if len(keys) == 1 and keys[0].endswith("_id"):  # an id says nothing to a reader
        frame = titled(frame, change.table, title)
        known = [key for key in (title, "source_id") if key in frame][:1]
        alone = bool(known) and not frame[known[0]].duplicated(keep=False)[list(change.rows)].any()
        keys = known if alone else known + keys
    comma = "，" if language == "zh" else ", "
    rows = [comma.join(word(row, key) for key in keys) for row in change.rows]
    return "；".join(rows) if language == "zh" else "; ".join(rows)


def called(sources: Iterable[str], language: str) -> str:
    """Return the names of sources in quotation marks; of one that is not there, as a made-up one, its id."""
    names = tables.raw("sources").set_index("source_id")[f"name_{language}"]
    inner = str.maketrans("“”", "‘’")
    found = (f"“{names.get(source, source).translate(inner)}”" for source in sources)
    return ("、" if language == "zh" else ", ").join(found)


def titled(frame: pd.DataFrame, name: str, title: str) -> pd.DataFrame:
    """Return the table `name` with the column `title`, from a table that it refers to where it has none itself."""
    for own, (other, key) in datapackage.links(datapackage.schema(name), name) if title not in frame else ():
        if title in {field["name"] for field in datapackage.schema(other)["fields"]}:
            return frame.assign(**{title: frame[own].map(tables.raw(other).set_index(key)[title])})
    return frame
