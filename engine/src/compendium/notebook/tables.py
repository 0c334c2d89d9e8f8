"""Tables for display: headings from the data package in each language, codes and sources in words."""

from collections.abc import Mapping

import pandas as pd

from compendium import CompendiumError
from compendium.base.texts import (
    CatalogueEntry,
    TomlTranslations,
    TranslatedText,
    catalogue,
    each,
    join_texts,
    make_translated_text,
)
from compendium.compendium import Compendium
from compendium.data.datapackage import LIST
from compendium.notebook.wording import NotebookWording, read_notebook_texts, render_bilingual_words
from compendium.run import contents
from compendium.run.contents import COMMON

text = catalogue("compendium/show")
YES_NO = {True: text("yes"), False: text("no")}
EMPTY = "–"
SOURCE = {"source_id": text("source")}
NO_UNIT = ("year", "see column ", "unit of ")  # units that are told elsewhere


def render_table(
    notebook: NotebookWording,
    frame: pd.DataFrame,
    *columns: str,
    digits: int | Mapping[str, int] = 2,
    headings: Mapping[str, TranslatedText | TomlTranslations] | None = None,
    origin: str = "",
) -> pd.DataFrame:
    """Return columns of a frame ready for display.

    Headings come from the texts of the notebook, else from the data package, and so do words for codes. Floats become
    text with fixed digits, truth values yes and no, dates days, sources their names, empty cells a dash.

    Args:
        notebook: whose texts and tables count.
        frame: the table; a column may be a level of its index.
        columns: which, in this order; all if none are given. `field` stands for field_en and other languages.
        digits: digits after the point, for all columns or by column.
        headings: headings that hold computed values, by column.
        origin: the raw table whose titles and words for codes count; else that which the frame was read from.

    Raises:
        CompendiumError: there is no such column, it has no heading, or a code has several words.
    """
    languages = notebook.c.shown
    shown = frame.reset_index() if frame.index.name or frame.index.nlevels > 1 else frame.copy()
    wanted: list[str] = []
    for name in columns or shown:
        wanted += [name] if name in shown else [f"{name}_{language}" for language in languages]
        if wanted[-1] not in shown:
            raise CompendiumError(f"the table has no column {name}. Remedy: use {', '.join(map(str, shown))}")
    origin, own, fields = origin or frame.attrs.get("table", ""), headings or {}, read_field_descriptions(notebook)
    names = {name: own[name] if name in own else find_column_heading(notebook, name, origin) for name in wanted}
    shown = shown[wanted].copy()
    for column in shown:
        words = replace_codes_by_labels(notebook, shown[column], fields.get(column, {}), origin)
        shown[column] = format_column(notebook.c, words, digits if isinstance(digits, int) else digits.get(column, 2))
    shown = shown.rename(columns={name: render_bilingual_words(words, languages) for name, words in names.items()})
    shown.index, shown.columns.name = pd.Index([""] * len(shown)), None
    return shown


def format_column(c: Compendium, column: pd.Series, places: int) -> pd.Series:
    """Return a column as texts for readers."""
    if pd.api.types.is_float_dtype(column):
        column = column.map(lambda value: f"{value:z.{places}f}", na_action="ignore")
    elif pd.api.types.is_bool_dtype(column):
        column = column.map(YES_NO)
    elif pd.api.types.is_datetime64_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    elif column.name == "source_id":
        sources = c.tables("sources")
        names = dict(zip(sources["source_id"], each(sources, "name"), strict=True))
        column = column.map(lambda source: names.get(source, source))
    column = column.map(
        lambda value: (
            render_bilingual_words(value, c.shown) if isinstance(value, TranslatedText | TomlTranslations) else value
        )
    )
    texts = column.astype(object).where(column.notna(), EMPTY).astype(str)
    return texts.replace({"": EMPTY, "<NA>": EMPTY, "nan": EMPTY})


def find_column_heading(notebook: NotebookWording, column: str, table: str = "") -> TranslatedText | CatalogueEntry:
    """Return the heading of a column: from the texts of the notebook, else title and unit from the data package."""
    c, name = notebook.c, notebook.name
    if column in (own := SOURCE | read_notebook_texts(c, name).headings):
        return own[column]
    titles = {
        name: render_column_title(c, field) for name, field in read_field_descriptions(notebook).get(column, {}).items()
    }
    if table in titles:
        return titles[table]
    found = {tuple(title[language] for language in c.languages): title for title in titles.values()}
    if len(found) != 1:
        known = [t for t in c.tables.resources if column in [field["name"] for field in c.tables.schema(t)["fields"]]]
        described = " or ".join([] if found else [table] if table else known)
        reads = f"if it is that of {described}, add that to `reads` in notebooks/contents.toml; else "
        raise CompendiumError(
            f"column {column} has {len(found)} titles in the raw tables that {name} reads. Remedy: "
            f"{reads if described else ''}give it one in [headings] of notebooks/texts/{name}.toml"
        )
    return next(iter(found.values()))


def read_field_descriptions(notebook: NotebookWording) -> dict[str, dict[str, dict]]:
    """Return what the data package says of the columns of the raw tables that a notebook reads: by column, table."""
    reads, found = (
        contents.list_declared_notebooks(notebook.c)[notebook.name].reads | COMMON,
        dict[str, dict[str, dict]](),
    )
    for table in filter(reads.__contains__, notebook.c.tables.resources):
        for field in notebook.c.tables.schema(table)["fields"]:
            found.setdefault(field["name"], {})[table] = field
    return found


def replace_codes_by_labels(
    notebook: NotebookWording, column: pd.Series, described: Mapping[str, dict], table: str = ""
) -> pd.Series:
    """Return a column with words for its codes, also within lists; a grade, one capital letter, stays as it is."""
    found: dict[str, list[dict[str, str]]] = {}
    for field in [described[table]] if table in described else described.values():
        for code, label in field.get("labels", {}).items():
            if not (len(code) == 1 and code.isupper()) and label not in found.setdefault(code, []):
                found[code].append(label)

    def word(value: object) -> object:
        parts = value.split(LIST) if isinstance(value, str) else []
        if len(parts) > 1 and all(part in found for part in parts):
            return join_texts(map(word, parts))
        words = found.get(value, []) if isinstance(value, str) else []
        if len(words) > 1:
            raise CompendiumError(
                f"{value} of column {column.name} has {len(words)} labels in the raw tables that {notebook.name} "
                f'reads. Remedy: choose by .map(notebook.labels("TABLE", "{column.name}"))'
            )
        return make_translated_text(words[0]) if words else value

    return column.map(word) if found and not pd.api.types.is_numeric_dtype(column) else column


def render_column_title(c: Compendium, field: Mapping) -> TranslatedText:
    """Return title and unit of a column of a raw table; of a column in one language only in that language."""
    title, only = c.tables.said(field, "title"), text("only")
    if own := next((one for one in c.languages if field["name"].endswith(f"_{one}")), ""):
        return TranslatedText(lambda language: title[own].removesuffix(only[own]) if language == own else "")
    unit = field.get("unit", "year")
    if not unit or unit.startswith(NO_UNIT) or unit.lower() == title[c.languages.plain].lower():
        return title
    return text("with-unit", title=title, unit=c.tables.said(field, "unit"))
