"""Numbers as a text prints them, and which numbers of a row its excerpt prints."""

import re
from decimal import Decimal

from compendium.base.values import DIGITS, SCALES, TO, convert_powers_of_ten, normalise_printed_number
from compendium.data.checks import TypedRow
from compendium.data.datapackage import LIST

NUMBER = rf"(?:(?<![\w.,)\]%])[-−])?(?:\d{{1,3}}(?: \d{{3}})+(?:\.\d+)?|{DIGITS})"
SCALE = "|".join(SCALES)
PRINTED = re.compile(
    rf"({NUMBER})(?!\d|(?:st|nd|rd|th)\b)(?:[ -]?({SCALE})|(?=%?{TO}\d[\d,]*(?:\.\d+)?[ -]?({SCALE})))?"
)
SILENT = ("year", "digits")  # units of what an excerpt need not print


def list_numbers_with_scales(text: str) -> list[tuple[Decimal, int]]:
    """Return the numbers that a text prints in digits but for ordinals, with scales: 7.5 and 10**6 of `7.5 million`.

    The scale behind an interval is that of both ends.
    """
    found = PRINTED.findall(convert_powers_of_ten(text))
    return [
        (Decimal(normalise_printed_number(number.replace(" ", ""))), SCALES.get(word or ahead, 1))
        for number, word, ahead in found
    ]


def parse_unit_scale(unit: str) -> int:
    """Return the number that a unit counts by: 10 000 of `10,000 people`."""
    found = list_numbers_with_scales(unit)
    return int(found[0][0]) * found[0][1] if found and unit != "%" else SCALES.get(unit.split(" ")[0], 1)


def list_columns_in_excerpt(excerpt: str, row: TypedRow, schema: dict) -> str:
    """Return the columns of a row, as a list, whose number stands in its excerpt: in digits, whatever its sign."""
    shown = {abs(number) * scaled for number, by in list_numbers_with_scales(excerpt) for scaled in (1, by)}
    found = []
    for field in schema["fields"]:
        unit, value = field.get("unit", ""), row[field["name"]]
        if field["type"] in ("number", "integer") and unit and unit not in SILENT and value is not None:
            unit = row.texts[unit.removeprefix("see column ")] if unit.startswith("see column ") else unit
            if {abs(Decimal(value)), abs(Decimal(value)) * parse_unit_scale(unit)} & shown:
                found.append(field["name"])
    return LIST.join(found)
