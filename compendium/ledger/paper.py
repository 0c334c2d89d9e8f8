"""Checking the tables against the text of the paper, for whoever has it."""

import re
import unicodedata
from pathlib import Path

import pandas as pd

from compendium import CompendiumError
from compendium.data import tables
from compendium.ledger.derived import derived

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
HAN = re.compile(r"[\u4e00-\u9fff]")


def read(path: Path) -> str:
    """Return the text of a paper, a PDF or plain text in UTF-8, without blanks, in plain signs.

    Raises:
        CompendiumError: the file cannot be read, or holds no text.
    """
    try:
        if path.read_bytes()[:5] == b"%PDF-":
            from pypdf import PdfReader
            from pypdf.errors import PyPdfError

            try:
                text = "\n".join(page.extract_text() for page in PdfReader(path).pages)
            except PyPdfError as error:
                raise CompendiumError(
                    f"{path} cannot be read as a PDF: {error}. Remedy: save its text in a .txt file"
                ) from None
        else:
            text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CompendiumError(f"{path} cannot be read ({error.strerror}). Remedy: name the file of the paper") from None
    except UnicodeDecodeError:
        raise CompendiumError(f"{path} is no text in UTF-8. Remedy: save it as UTF-8 or name the PDF") from None
    if not text.strip():
        raise CompendiumError(f"{path} holds no text, perhaps only pictures of pages. Remedy: name a file with text")
    return plain(text)


def plain(text: str) -> str:
    """Return a text without blanks, in compatible and lower signs, with one kind of dash."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[‐-―−~～]", "-", re.sub(r"\s+", "", text))


def check(text: str) -> list[str]:
    """Return what of the tables does not stand in the text of the paper, and what of ours does, one line each.

    Args:
        text: from `read`. In a Chinese text numbers and items are looked for as Chinese writes them, else as English.
    """
    language = "zh" if len(HAN.findall(text)) > len(text) / 10 else "en"
    claims = tables.raw("claims")
    found = [
        f"claims.csv, row {row + 2}, {claim.claim_id}: {number} does not stand in the paper"
        for row, claim in enumerate(claims.itertuples())
        if claim.weight != "structural"
        for number in printed(claim, language)
        if not stands(number, text)
    ]
    items = tables.raw("claim_items")
    for row, item in enumerate(items.itertuples()):
        term = getattr(item, f"item_{language}")
        if plain(term) not in text:
            found.append(f"claim_items.csv, row {row + 2}, {item.claim_id}: {term!r} does not stand in the paper")
    known = {number for claim in claims.itertuples() for number in printed(claim, language)}
    for row, ours in enumerate(derived().itertuples()):
        number = f"{ours.value:.{ours.decimals}f}"
        unit = plain(getattr(ours, f"unit_{language}"))
        if number not in known and stands(number, text, unit):
            found.append(f"derived.csv, row {row + 2}, {ours.derived_id}: {number}{unit} stands in the paper")
    return found


def printed(claim: pd.Series, language: str) -> list[str]:
    """Return the numbers in what the paper prints for a claim."""
    return [n.replace(",", "") for n in NUMBER.findall(getattr(claim, f"printed_{language}"))]


def stands(number: str, text: str, unit: str = "") -> bool:
    """Tell whether a number, followed by a unit if one is given, stands in the text by itself."""
    grouped = f"{int(number):,}" if number.isdigit() and len(number) > 3 else number
    either = "|".join(map(re.escape, dict.fromkeys((number, grouped))))
    return re.search(rf"(?<![\d.,])(?:{either})(?![\d]|[.,]\d){re.escape(unit)}", text) is not None
