"""Changes of the raw tables in words, in both languages: what would have to be otherwise for another verdict."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from compendium.data import datapackage, tables
from compendium.data.datapackage import LIST
from compendium.ledger.evidence import Change, Data, ends
from compendium.ledger.printed import quantity

SIGNS = {
    ">=": ("不少于", "at least "),
    ">": ("超过", "more than "),
    "<=": ("不多于", "at most "),
    "<": ("不到", "less than "),
}
FEW = 5  # rows withdrawn that are told by their keys


def condition(changes: Sequence[Change], data: Data) -> tuple[str, str]:
    """Return in Chinese and English what would have to be otherwise, as in "if 47 stood instead of 46"."""
    change = changes[0]
    if change.kind == "add":
        return "若有另一出处的测量给出同样的结果", "if a measurement of another origin gave the same"
    if change.kind == "drop":
        return without(changes, data)
    if change.column == "differs_in":
        named = data(change.table).loc[list(change.rows), "source_id"].unique()
        who_zh, who_en = (called(named, language) for language in ("zh", "en"))
        return f"若{who_zh}说的与论文所指完全是一回事", f"if {who_en} spoke of exactly what the paper speaks of"
    was, now = map(listed, measured(change, data))
    if change.table == "claims":
        printed = str(data("claims").at[change.rows[0], "value_text"])
        sign_zh, sign_en = next((words for sign, words in SIGNS.items() if printed.startswith(sign)), ("", ""))
        return (
            f"若论文写的是{sign_zh}{now[0]}，而不是{sign_zh}{was[0]}",
            f"if the paper printed {sign_en}{now[1]} instead of {sign_en}{was[1]}",
        )
    frame, titles = data(change.table), datapackage.titles(change.table)
    label_zh, label_en = (row_label(frame, change, language) for language in ("zh", "en"))
    columns = [titles[name] for name in ends(frame, change.rows[0], change.column)]
    names = [en if en[:2].isupper() else en[:1].lower() + en[1:] for _, en in columns]
    both_zh, both_en = ("都", " both") if len(columns) > 1 else ("", "")
    column_zh = "和".join(zh for zh, _ in columns)
    place = f"the {' and '.join(names)} in “{titles[''][1]}” ({label_en})"
    return (
        f"若“{titles[''][0]}”里，{column_zh}（{label_zh}）{both_zh}是{now[0]}，而不是{was[0]}",
        f"if {place} were{both_en} {now[1]} instead of {was[1]}",
    )


def without(changes: Sequence[Change], data: Data) -> tuple[str, str]:
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
    silent = ("year", "fraction of 1", "place", "rank", field["title"].lower())
    return ("", "") if not zh or en.lower() in silent else (zh, en)


def row_label(frame: pd.DataFrame, change: Change, language: str) -> str:
    """Return how people call the rows of a change: their keys in words, first what they share, or how many they are."""
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
            return called(value.split(LIST), language)
        if field.get("unit") == "year" and language == "zh":
            return f"{value}年"
        return str(field.get("labels", {}).get(value, {}).get(language, value))

    keys, title = list(schema["primaryKey"]), f"{schema.get('rowName')}_{language}"
    if len(keys) == 1 and keys[0].endswith("_id"):  # an id says nothing to a reader
        frame = titled(frame, change.table, title)
        known = [key for key in (title, "source_id") if key in frame][:1]
        alone = bool(known) and not frame[known[0]].duplicated(keep=False)[list(change.rows)].any()
        keys = known if alone else known + keys
    comma, colon, stop = ("，", "：", "；") if language == "zh" else (", ", ": ", "; ")
    columns = [[word(row, key) for row in change.rows] for key in keys]
    alike = [len(set(column)) == 1 for column in columns]
    alike = [same and not all(alike) for same in alike]
    shared = comma.join(column[0] for column, same in zip(columns, alike, strict=True) if same)
    own = zip(*(column for column, same in zip(columns, alike, strict=True) if not same), strict=True)
    return (shared and shared + colon) + stop.join(map(comma.join, own))


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
