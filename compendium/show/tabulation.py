"""Tables for display: headings from the data package in each language, codes and sources in words."""

from collections.abc import Mapping

import pandas as pd

from compendium import CompendiumError, here, languages
from compendium.data import datapackage, tables
from compendium.data.datapackage import LIST
from compendium.run import contents
from compendium.run.contents import COMMON
from compendium.show.wording import read, worded
from compendium.texts import Entry, Text, catalogue, each, given, joined
from compendium.vocabulary import Word

pd.set_option("display.max_colwidth", None)  # else pandas cuts texts in tables at 50 characters
text = catalogue("compendium/show")
YES_NO = {True: text("yes"), False: text("no")}
EMPTY = "–"
SOURCE = {"source_id": text("source")}
NO_UNIT = ("year", "see column ", "unit of ")  # units that are told elsewhere


def table(
    frame: pd.DataFrame,
    *columns: str,
    digits: int | Mapping[str, int] = 2,
    headings: Mapping[str, Text | Word] | None = None,
    origin: str = "",
) -> pd.DataFrame:
    """Return columns of a frame ready for display.

    Headings come from the texts of the notebook, else from the data package, and so do words for codes. Floats become
    text with fixed digits, truth values yes and no, dates days, sources their names, empty cells a dash.

    Args:
        frame: the table; a column may be a level of its index.
        columns: which, in this order; all if none are given. `field` stands for field_en and other languages.
        digits: digits after the point, for all columns or by column.
        headings: headings that hold computed values, by column.
        origin: the raw table whose titles and words for codes count; else that which the frame was read from.

    Raises:
        CompendiumError: there is no such column, it has no heading, or a code has several words.
    """
    shown = frame.reset_index() if frame.index.name or frame.index.nlevels > 1 else frame.copy()
    wanted: list[str] = []
    for name in columns or shown:
        wanted += [name] if name in shown else twins(name)
        if wanted[-1] not in shown:
            raise CompendiumError(f"the table has no column {name}. Remedy: use {', '.join(map(str, shown))}")
    given, origin = headings or {}, origin or frame.attrs.get("table", "")
    names = {name: worded(given.get(name) or heading(name, origin)) for name in wanted}
    shown, readable = shown[wanted].copy(), fields()
    for column in shown:
        places = digits if isinstance(digits, int) else digits.get(column, 2)
        shown[column] = told(in_words(shown[column], readable.get(column, {}), origin), places)
    shown = shown.rename(columns=names)
    shown.index, shown.columns.name = pd.Index([""] * len(shown)), None
    return shown


def twins(stem: str) -> list[str]:
    """Return the names of the columns that hold `stem`, in all languages or in the one that is asked for."""
    return [f"{stem}_{language}" for language in languages.shown()]


def told(column: pd.Series, places: int) -> pd.Series:
    """Return a column as texts for readers."""
    if pd.api.types.is_float_dtype(column):
        column = column.map(lambda value: f"{value:.{places}f}", na_action="ignore")
    elif pd.api.types.is_bool_dtype(column):
        column = column.map(YES_NO)
    elif pd.api.types.is_datetime64_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    elif column.name == "source_id":
        names = source_names()
        column = column.map(lambda source: names.get(source, source))
    column = column.map(lambda value: worded(value) if isinstance(value, Text | Word) else value)
    texts = column.astype(object).where(column.notna(), EMPTY).astype(str)
    return texts.replace({"": EMPTY, "<NA>": EMPTY, "nan": EMPTY})


def heading(column: str, table: str = "") -> Text | Entry:
    """Return the heading of a column in this notebook: from its texts, else title and unit from the data package.

    Args:
        column: its name.
        table: the raw table that it comes from, if that is known; else the title must be the same in all tables read.

    Raises:
        CompendiumError: neither its texts nor the raw tables it reads name the column, or several do so differently.
    """
    notebook = here.notebook()
    own = read(notebook).headings.get(column) or SOURCE.get(column)
    if own:
        return own
    titles = {name: titled(field) for name, field in fields().get(column, {}).items()}
    found = {titles[table]} if table in titles else set(titles.values())
    if len(found) != 1:
        described = [] if found else [table] if table else describing(column)
        declare = f"if it is that of {' or '.join(described)}, add that to `reads` in notebooks/contents.toml; else "
        raise CompendiumError(
            f"column {column} has {len(found)} titles in the raw tables that {notebook} reads. Remedy: "
            f"{declare if described else ''}give it one in [headings] of notebooks/texts/{notebook}.toml"
        )
    return found.pop()


def describing(column: str) -> list[str]:
    """Return the raw tables that have a column of this name, whether the notebook reads them or not."""
    return [
        table
        for table, resource in datapackage.resources().items()
        if any(field["name"] == column for field in resource["schema"]["fields"])
    ]


def fields() -> dict[str, dict[str, dict]]:
    """Return what the data package says of the columns of the raw tables that this notebook reads: by column, table."""
    reads = contents.catalogue()[here.notebook()].reads | COMMON
    found: dict[str, dict[str, dict]] = {}
    for table, resource in datapackage.resources().items():
        for field in resource["schema"]["fields"] if table in reads else ():
            found.setdefault(field["name"], {})[table] = field
    return found


def in_words(column: pd.Series, described: Mapping[str, dict], table: str = "") -> pd.Series:
    """Return a column with words for its codes, also within lists; a grade, one capital letter, stays as it is.

    Args:
        column: the column.
        described: what the data package says of it, by raw table.
        table: the raw table that it comes from, if that is known; else a code must have the same words in all.

    Raises:
        CompendiumError: a code has other words in another raw table.
    """
    found: dict[str, set[Text]] = {}
    for field in [described[table]] if table in described else described.values():
        for code, label in field.get("labels", {}).items():
            if not (len(code) == 1 and code.isupper()):
                found.setdefault(code, set()).add(given(label))

    def word(value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = value.split(LIST)
        if len(parts) > 1 and all(part in found for part in parts):
            return joined(word(part) for part in parts)
        words = found.get(value, {value})
        if len(words) > 1:
            raise CompendiumError(
                f"{value} of column {column.name} has {len(words)} labels in the raw tables that {here.notebook()} "
                f'reads. Remedy: choose by .map(labels("TABLE", "{column.name}"))'
            )
        return next(iter(words))

    return column.map(word) if found and not pd.api.types.is_numeric_dtype(column) else column


def titled(field: Mapping) -> Text:
    """Return title and unit of a column of a raw table; of a column in one language only in that language."""
    title, only = datapackage.said(field, "title"), text("only")
    if own := next((one for one in languages.spoken() if field["name"].endswith(f"_{one}")), ""):
        return Text(lambda language: title[own].removesuffix(only[own]) if language == own else "")
    unit = field.get("unit", "year")
    if not unit or unit.startswith(NO_UNIT) or unit.lower() == title[languages.plain()].lower():
        return title
    return text("with-unit", title=title, unit=datapackage.said(field, "unit"))


def labels(table: str, column: str) -> dict[str, Text]:
    """Return the codes of a column of a raw table with their labels for readers."""
    found = datapackage.field(table, column)["labels"]
    return {code: given(label) for code, label in found.items()}


def source_names() -> dict[str, Text]:
    """Return the sources with their names for readers."""
    sources = tables.raw("sources")
    return dict(zip(sources["source_id"], each(sources, "name"), strict=True))
