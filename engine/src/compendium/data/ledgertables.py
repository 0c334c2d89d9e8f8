"""The tables of the ledger as the engine describes them in ledger.json, in the languages of a compendium."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from compendium.base.languages import Languages, choose_engine_language, name_language

FILE = Path(__file__).with_name("ledger.json")
TEXTS = ("title", "description", "unit", "form")
OWN = {"zh": "Chinese", "en": "English"}  # the languages of ledger.json, and how its titles name them
REQUIRED = ("claims", "sources", "origins", "source_origins", "claim_evidence")  # the others are empty where they lack


@cache
def read_ledger_descriptors() -> list[dict[str, Any]]:
    """Return what ledger.json says of the tables, in Chinese and English; it is only read."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def list_absent_optional_tables(present_tables: set[str]) -> set[str]:
    """Return the tables of the ledger that are taken as empty, as they are not among those present."""
    return {table["name"] for table in read_ledger_descriptors()} - set(REQUIRED) - present_tables


def describe_tables(languages: Languages) -> dict[str, dict]:
    """Return what datapackage.json says of each table of the ledger by name, in some languages, free to change.

    Licences and sources are those of a compendium; columns of a language other than Chinese and English are told in
    English.
    """
    return {table["name"]: localise_table_descriptor(table, languages) for table in read_ledger_descriptors()}


def localise_table_descriptor(descriptor: dict[str, Any], languages: Languages) -> dict[str, Any]:
    """Return a table that is described in Chinese and English as it is described in these languages."""
    fields = [_told(one, languages) for field in descriptor["schema"]["fields"] for one in _columns(field, languages)]
    return _told(descriptor, languages) | {
        "path": f"{descriptor['name']}.csv",
        "schema": descriptor["schema"] | {"fields": fields},
    }


def _columns(field: dict[str, Any], languages: Languages) -> list[dict[str, Any]]:
    """Return a column, or where it is that of one language the columns that stand in its place."""
    stem, _, language = field["name"].rpartition("_")
    if language not in OWN:
        return [field]
    others = [other for other in languages if other not in OWN] if language == "en" else []
    places = [language] * (language in languages) + others
    found = []
    for other in places:  # whose name stands in English texts in the place of that of the column
        told = {text: field[text].replace(OWN[language], name_language(other, "en")) for text in TEXTS[:2]}
        found.append(field | {"name": f"{stem}_{other}"} | told)
    return found


def _told(thing: dict[str, Any], languages: Languages) -> dict[str, Any]:
    """Return a table or a column with its texts under the keys of the languages."""
    mine = {name: value for name, value in thing.items() if name not in (*TEXTS, *(f"{text}_zh" for text in TEXTS))}
    for text in filter(thing.__contains__, TEXTS):
        both = {"en": thing[text], "zh": thing[f"{text}_zh"]}
        mine |= {languages.key(text, language): both[choose_engine_language(language)] for language in languages}
    if "labels" in thing:
        labels = thing["labels"].items()
        mine["labels"] = {
            code: {language: label[choose_engine_language(language)] for language in languages}
            for code, label in labels
        }
    return mine
