"""Changes of the raw tables in words: what would have to be otherwise for another verdict."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import pandas as pd

from compendium.base import texts, values
from compendium.base.texts import NOTHING, TranslatedText, catalogue, join_texts
from compendium.data.datapackage import list_column_references, split_list
from compendium.ledger.evidence import EvidenceTables, list_columns_changed_together
from compendium.ledger.printed import show_quantity_with_unit
from compendium.ledger.record import TableChange

SIGNS = {">=": "at-least", ">": "more-than", "<=": "at-most", "<": "less-than"}
PER_CENT = TranslatedText(lambda _: "%")
FEW = 5  # rows withdrawn that are told by their keys
MANY = 7  # rows whose numbers are moved alike, as to ask of each takes long, and told by how much they move
text = catalogue("compendium/ledger")


def describe_change_condition(changes: Sequence[TableChange], data: EvidenceTables) -> TranslatedText:
    """Return what would have to be otherwise, as in "if 47 stood instead of 46"."""
    change = changes[0]
    if change.kind == "add":
        return text("if-measured")
    if change.kind == "drop":
        return describe_dropped_rows(changes, data)
    if change.column == "differs_in":
        return text("if-exact", sources=name_sources(list_change_sources(change, data), data))
    if len(change.rows) >= MANY:
        return describe_shifted_numbers(change, data)
    was, now = describe_numbers_before_after(change, data)
    if change.table == "claims":
        printed = str(data("claims").at[change.rows[0], "value_text"])
        if sign := SIGNS.get(values.parse_value_text(printed).sign):
            was, now = text(sign, number=was), text(sign, number=now)
        return text("if-printed", was=was, now=now)
    frame, titles = data(change.table), data.tables.titles(change.table)
    named = (titles[name] for name in list_columns_changed_together(frame, change.rows[0], change.column))
    columns = [TranslatedText(partial(lowercase_first_letter, title)) for title in named]
    key, rows = "if-cells" if len(columns) > 1 else "if-cell", TranslatedText(partial(row_label, frame, change, data))
    return text(key, table=titles[""], columns=columns, rows=rows, was=was, now=now)


def describe_shifted_numbers(change: TableChange, data: EvidenceTables) -> TranslatedText:
    """Return the condition that numbers of many rows are all higher, or lower, by as much."""
    titles, first = data.tables.titles(change.table), change.rows[:1]
    cells = data(change.table).loc[list(first), change.column]
    [before], [after] = cells, change.values[:1]
    digits = max(count_decimal_places(change.table, change.column, cells, data))
    step, column = (
        f"{abs(after - before):.{digits}f}",
        TranslatedText(partial(lowercase_first_letter, titles[change.column])),
    )
    key = "if-higher" if after > before else "if-lower"
    return text(key, table=titles[""], column=column, number=len(change.rows), step=step)


def lowercase_first_letter(title: TranslatedText, language: str) -> str:
    """Return a title as it stands within a sentence: in English its first letter is small, but for abbreviations."""
    said = title[language]
    return said[:1].lower() + said[1:] if language == "en" and not said[:2].isupper() else said


def describe_dropped_rows(changes: Sequence[TableChange], data: EvidenceTables) -> TranslatedText:
    """Return the condition that rows are withdrawn: one by its name if its key is one, a few by key, more by number."""
    names = dict.fromkeys(data.tables.titles(change.table)[""] for change in changes)
    tables = join_texts(map(quote, names))
    change = changes[0]
    if change.table == "claim_evidence" and len(changes) == 1 and len(change.rows) <= FEW:
        return text("if-without-sources", sources=name_sources(list_change_sources(change, data), data))
    key, *more = data.tables.schema(change.table)["primaryKey"]
    if (number := sum(len(change.rows) for change in changes)) > 1:
        named = data(change.table).loc[list(change.rows), key].astype(str)
        if len(changes) > 1 or more or number > FEW or not named.is_unique:
            return text("if-without-rows", tables=tables, number=number)
        return text("if-without-these-rows", tables=tables, number=number, rows=join_texts(named))
    if more:
        return text("if-without-row", tables=tables)
    return text(
        "if-without-this-row", tables=tables, row=TranslatedText(partial(row_label, data(change.table), change, data))
    )


def list_change_sources(change: TableChange, data: EvidenceTables) -> list[str]:
    """Return the sources of the rows of a change, each once; none of a table that names no source in a column."""
    rows = data(change.table).loc[list(change.rows)]
    return list(rows["source_id"].unique()) if "source_id" in rows else []


def quote(said: TranslatedText) -> TranslatedText:
    """Return a text in quotation marks."""
    return TranslatedText(lambda language: f"“{said[language]}”")


def describe_numbers_before_after(change: TableChange, data: EvidenceTables) -> tuple[TranslatedText, TranslatedText]:
    """Return the numbers of a change before and after it, with their units; what is the same for all is said once."""
    frame, fields = data(change.table), {f["name"]: f for f in data.tables.schema(change.table)["fields"]}
    units = [find_number_unit(fields, frame.loc[row], change.column, data) for row in change.rows]
    before = frame.loc[list(change.rows), change.column]
    digits, singular = count_decimal_places(change.table, change.column, before, data), data.tables.singular

    def told(numbers: Iterable) -> TranslatedText:
        said = [
            show_quantity_with_unit(float(v), u, d, singular) for v, u, d in zip(numbers, units, digits, strict=True)
        ]
        return text("each", number=said[0]) if len(said) > 1 and len(set(said)) == 1 else join_texts(said)

    return told(before), told(change.values)


def find_number_unit(fields: Mapping[str, dict], row: pd.Series, column: str, data: EvidenceTables) -> TranslatedText:
    """Return the unit of a number in a row; none where its title says it, or a language has no word for it."""
    field = fields[column]
    languages = data.languages
    words = {language: field.get(languages.key("unit", language), "") for language in languages}
    if (own := field.get("unit", "")) == "unit of the claim":
        return PER_CENT if data.claim(row["claim_id"])["unit"] == "%" else NOTHING
    if own.startswith("see column "):
        code = row[column := own.removeprefix("see column ")]
        label = fields[column].get("labels", {}).get(code, {})
        own = code if code[:1].isdigit() else label.get(languages.plain, code)
        words = {language: label.get(language, own if own == "%" else "") for language in words}
        words[languages.plain] = own
    if own in ("%", "per cent"):
        return PER_CENT
    silent = ("year", "fraction of 1", "place", "rank", field["title"].lower())
    return NOTHING if not all(words.values()) or own.lower() in silent else texts.make_translated_text(words)


def row_label(frame: pd.DataFrame, change: TableChange, data: EvidenceTables, language: str) -> str:
    """Return how people call the rows of a change: their keys in words, first what they share, or how many they are."""
    if len(change.rows) > 3:
        return text("rows-at-once", number=len(change.rows))[language]
    schema = data.tables.schema(change.table)
    fields = {f["name"]: f for f in schema["fields"]}

    def word(row: int, key: str) -> str:
        field = fields.get(key, {})  # a title may come from another table
        named = f"{field.get('namedBy') or data.languages.stem(key)}_{language}"
        if named in frame:
            return str(frame.at[row, named])
        value = str(frame.at[row, key])
        if key == "source_id":
            return name_sources(split_list(value), data)[language]
        if field.get("unit") == "year":
            return text("year", year=value)[language]
        return str(field.get("labels", {}).get(value, {}).get(language, value))

    keys, title = list(schema["primaryKey"]), f"{schema.get('rowName')}_{language}"
    if len(keys) == 1 and keys[0].endswith("_id"):  # an id says nothing to a reader
        frame = add_title(frame, change.table, title, data)
        known = [key for key in (title, "source_id") if key in frame][:1]
        alone = bool(known) and not frame[known[0]].duplicated(keep=False)[list(change.rows)].any()
        keys = known if alone else known + keys
    comma, colon, stop = (
        texts.choose_punctuation(pair, language) for pair in (texts.CLAUSE, texts.COLON, texts.SEMICOLON)
    )
    columns = [[word(row, key) for row in change.rows] for key in keys]
    alike = [len(set(column)) == 1 for column in columns]
    alike = [same and not all(alike) for same in alike]
    shared = comma.join(column[0] for column, same in zip(columns, alike, strict=True) if same)
    own = zip(*(column for column, same in zip(columns, alike, strict=True) if not same), strict=True)
    return (shared and shared + colon) + stop.join(map(comma.join, own))


def name_sources(sources: Iterable[str], data: EvidenceTables) -> TranslatedText:
    """Return the names of sources in quotation marks; of one that is not there, as a made-up one, its id."""
    inner, ids = str.maketrans("“”", "‘’"), list(sources)

    def write(language: str) -> str:
        sources = data("sources")
        column = texts.LanguageFallbackDict(texts.find_language_columns(sources.columns, "name"))[language]
        names = sources.set_index("source_id")[column]
        return join_texts(f"“{names.get(source, source).translate(inner)}”" for source in ids)[language]

    return TranslatedText(write)


def add_title(frame: pd.DataFrame, name: str, title: str, data: EvidenceTables) -> pd.DataFrame:
    """Return the table `name` with the column `title`, from a table that it refers to where it has none itself."""
    for own, (other, key) in list_column_references(data.tables.schema(name), name) if title not in frame else ():
        if title in {field["name"] for field in data.tables.schema(other)["fields"]}:
            return frame.assign(**{title: frame[own].map(data.tables(other).set_index(key)[title])})
    return frame


def count_decimal_places(table: str, column: str, values: pd.Series, data: EvidenceTables) -> list[int]:
    """Return the digits after the point with which each of these numbers is printed in its raw table.

    Of a number that does not stand there, as in a table that was changed, those that it is written with.
    """
    known = table in data.tables.resources
    cells = data.tables.cells(table)[column] if known else pd.Series(dtype=str)
    found = zip(cells.reindex(values.index, fill_value=""), values, strict=True)
    written = (t if t and float(t) == value else f"{value:.6f}".rstrip("0") for t, value in found)
    return [len(number.partition(".")[2]) for number in written]
