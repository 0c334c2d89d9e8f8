"""The words of this study: they stand neither in the engine nor in a compendium made for another paper."""

import re
from functools import cache

import worlds

from compendium.run.contents import COMMON

PLACES = ("province_zh", "province_en")
ID = re.compile(r"\b[A-Z]{1,2}\d{2,4}\b")


@cache
def words():
    """Return what finds a table of this study, a place or its subject in a text."""
    places = {row[column] for row in worlds.rows("provinces") for column in PLACES}
    named = "|".join(map(re.escape, sorted({*worlds.HERE.tables.resources} - COMMON | places)))
    return re.compile(rf"(?<![\w-])(?:{named})(?![\w-])|智能制造")


@cache
def heads():
    """Return the names, titles and addresses by which the data package tells this study and its paper."""
    package = worlds.HERE.tables.package
    [paper] = package["sources"]
    common = {one["title"] for table in package["resources"] for one in table["licenses"] if table["name"] in COMMON}
    own = {licence["title"] for licence in package["licenses"]} - common
    texts = {package[key] for key in ("name", "title", "title_zh", "description", "description_zh")}
    return frozenset({paper["title"], paper["path"], paper["path"].removeprefix("https://doi.org/")} | texts | own)


def found(text, ids):
    """Return what a text says of this study: its words, its heads, and ids of rows other than `ids`."""
    return {*words().findall(text), *(head for head in heads() if head in text), *(set(ID.findall(text)) - set(ids))}
