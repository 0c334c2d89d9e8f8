"""Numbers as a text prints them, and which numbers of a row its excerpt prints."""

import re
from decimal import Decimal

from compendium.data.checks import Row
from compendium.data.datapackage import LIST

SCALES = {"万亿": 10**12, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
SCALES |= {"million": 10**6, "billion": 10**9, "trillion": 10**12}
PRINTED = re.compile(
    r"(\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|(?:st|nd|rd|th)\b)" rf"(?:[ -]?({'|'.join(SCALES)}))?"
)
SILENT = ("year", "digits")  # units of what an excerpt need not print


def numbers(text: str) -> list[tuple[Decimal, int]]:
    """Return the numbers that a text prints in digits, each with its scale: 75 and 10 000 for `75万`; no ordinals."""
    return [(Decimal(re.sub("[, ]", "", number)), SCALES.get(word, 1)) for number, word in PRINTED.findall(text)]


def scale(unit: str) -> int:
    """Return the number that a unit counts by: 10 000 of `10,000 people`."""
    found = numbers(unit)
    return int(found[0][0]) * found[0][1] if found and unit != "%" else SCALES.get(unit.split(" ")[0], 1)


def quoted(excerpt: str, row: Row, schema: dict) -> str:
    """Return the columns of a row, as a list, whose number stands in its excerpt: in digits, whatever its sign."""
    shown = {number for number, _ in numbers(excerpt)} | {number * by for number, by in numbers(excerpt)}
    found = []
    for field in schema["fields"]:
        unit, value = field.get("unit", ""), row[field["name"]]
        if field["type"] in ("number", "integer") and unit and unit not in SILENT and value is not None:
            unit = row.texts.get(unit.removeprefix("see column "), unit)
            if {abs(Decimal(value)), abs(Decimal(value)) * scale(unit)} & shown:
                found.append(field["name"])
    return LIST.join(found)
