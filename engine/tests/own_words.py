"""The words of this study: they stand neither in the engine nor in a compendium made for another paper."""

import csv
import re
from functools import cache

from compendium import paths
from compendium.data import datapackage
from compendium.run.contents import COMMON

RAW = paths.HOME / "data" / "raw"
ID = re.compile(r"\b[A-Z]{1,2}\d{2,4}\b")


@cache
def words():
    """Return what finds a table of this study, a place or its subject in a text."""
    tables = {file.stem for file in RAW.glob("*.csv")} - COMMON
    with (RAW / "provinces.csv").open(encoding="utf-8", newline="") as file:
        places = {row[column] for row in csv.DictReader(file) for column in ("province_zh", "province_en")}
    named = "|".join(re.escape(word) for word in sorted(tables | places))
    return re.compile(rf"(?<![\w-])(?:{named})(?![\w-])|智能制造")


@cache
def heads():
    """Return the names, titles and addresses by which the data package tells this study and its paper."""
    package = datapackage.read(RAW)
    [paper] = package["sources"]
    own = {licence["title"] for licence in package["licenses"]} - {
        licence["title"] for table in package["resources"] for licence in table["licenses"] if table["name"] in COMMON
    }
    texts = {package[key] for key in ("name", "title", "title_zh", "description", "description_zh")}
    return frozenset({paper["title"], paper["path"], paper["path"].removeprefix("https://doi.org/")} | texts | own)


def found(text, ids):
    """Return what a text says of this study: its words, its heads, and ids of rows other than `ids`."""
    return {*words().findall(text), *(head for head in heads() if head in text), *(set(ID.findall(text)) - set(ids))}
