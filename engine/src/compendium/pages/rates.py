"""What the checks are worth, as measured: for the page on checks, the findings and the certificate.

It is for reviewers, who weigh what `0 differences` says.
"""

from compendium.base.files import read_rows_by_key
from compendium.base.texts import catalogue
from compendium.compendium import Compendium
from compendium.pages.listing import render_markdown_table
from compendium.pages.participation import count_walks

RATES = "data/verification/rates.csv"
text = catalogue("compendium/show")


def read_detection_rates(c: Compendium) -> list[dict[str, str]]:
    """Return what was measured on the checks, each rate with its day and commit; nothing where none was measured."""
    return list(read_rows_by_key(c.root / RATES, "rate", True).values())


def render_detection_rates(c: Compendium, language: str) -> str:
    """Return what was measured on the checks as a Markdown table."""
    cells = []
    for one in read_detection_rates(c):
        rate = f"{one['rate_pct']} ({one['low_pct']}–{one['high_pct']})"
        place = f"{one['day']}, {one['version']}, `{one['commit']}`"
        cells.append((one[f"rate_{language}"], one["tried"], one["good"], rate, place))
    return render_markdown_table(text("worth-columns")[language].split(" | "), cells, "lrrll")


def render_walks(c: Compendium, language: str) -> str:
    """Return what reviewers found who opened sources, in a sentence with its bound."""
    counted = count_walks(c)
    return (text("walks-counted", **counted) if counted["opened"] else text("walks-none"))[language]
