"""Checking the tables against the text of the paper, for whoever has it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from compendium.compendium import Compendium
from compendium.languages import own
from compendium.ledger import sentences
from compendium.ledger.derived import quantities
from compendium.ledger.evidence import Data
from compendium.pages.copies import Copy, Search, plain
from compendium.values import WORDS

NUMBER = r"\d+(?:\.\d+)?"
SPELT = 1000  # the largest number that is looked for as a word
SHOWN = 30


def check(c: Compendium, copy: Copy, printing: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Return what of the tables does not stand in a copy of the paper, and what of ours does, one line each.

    In a Chinese text numbers and items are looked for as Chinese writes them, else as English. The number of the items
    that a claim lists need not be printed. `printing`: what is written in each sentence that prints a claim, by claim.
    """
    language = copy.language
    claims, items = c.tables("claims"), c.tables("claim_items")
    counts = items["claim_id"].value_counts()
    words = claims.set_index("claim_id")[f"printed_{language}"].str.replace(r"(?<=\d),(?=\d{3})", "", regex=True)
    printed = words.str.findall(NUMBER)
    rows: list[tuple[str, int, str, str, Callable[[str, str, str], bool]]] = [
        ("claims", row, claim.claim_id, number, says_number)
        for row, claim in enumerate(claims.itertuples(), 2)
        if claim.weight != "structural"
        for number in printed[claim.claim_id]
        if number != str(counts.get(claim.claim_id, ""))
    ]
    for row, item in enumerate(items.itertuples(), 2):
        rows.append(("claim_items", row, item.claim_id, getattr(item, f"item_{language}"), holds_term))
    found = []
    for table, row, claim, thing, test in rows:
        place = f"{table}.csv, row {row}, {claim}: {thing if table == 'claims' else repr(thing)}"
        if not test(thing, copy.text, language):
            found.append(f"{place} does not stand in the paper")
        elif not any(test(thing, text, language) for text in (printing or {}).get(claim, [copy.text])):
            found.append(f"{place} stands in no sentence that prints {claim}")
    known = set(printed.explode())
    for row, ours in enumerate(quantities(Data(c)).itertuples(), 2):
        number, unit = f"{ours.value:.{ours.decimals}f}", plain(getattr(ours, f"unit_{language}"))
        if number not in known and stands_alone(number, copy.plain, unit):
            found.append(f"derived.csv, row {row}, {ours.derived_id}: {number}{unit} stands in the paper")
    return found


def stands_alone(number: str, text: str, unit: str = "") -> bool:
    """Tell whether a number, followed by a unit if one is given, stands in the text by itself."""
    grouped = f"{int(number):,}" if number.isdigit() and len(number) > 3 else number
    either = "|".join(map(re.escape, dict.fromkeys((number, grouped))))
    group = r"(?<!\d,)" if re.match(r"\d{3}(?!\d)", number) else ""
    after = r"(?!\d|\.\d|,\d{3}(?!\d))"
    return re.search(rf"(?<!\d)(?<!\d\.){group}(?:{either}){after}{re.escape(unit)}", text) is not None


def says_number(number: str, text: str, language: str) -> bool:
    """Tell whether a text says a number: in digits, apart or with blanks in it, or a small or round one in a word."""
    edge = r"\b" * (own(language) == "en")
    words = next((words[own(language)] for n, words in WORDS.items() if str(n) == number and n <= SPELT), list[str]())
    in_words = any(re.search(f"{edge}{word}{edge}", text, re.I) for word in words)
    return stands_alone(number, plain(text)) or stands_alone(number, space(text)) or in_words


@lru_cache(maxsize=512)
def space(text: str) -> str:
    """Return a text in plain signs, with one blank where it has blanks."""
    return " ".join(map(plain, text.split()))


def holds_term(term: str, text: str, _: str) -> bool:
    """Tell whether a term stands in a text."""
    return plain(term) in plain(text)


def compare(c: Compendium, copy: Copy) -> tuple[list[str], list[str]]:
    """Return what is told of a copy of the paper, and what in it or in the tables is at fault, one line each.

    Where there is a table of the sentences of the paper each is looked for, and numbers and terms of a claim only in
    the sentences that print it.
    """
    if not sentences.has_sentences(c.tables):
        return [], check(c, copy)
    known = list(c.tables(sentences.NAME).itertuples())
    search = Search(copy, known)
    missing = [
        f"{sentences.NAME}.csv, row {row}, {one.sentence_id}: not found (section {one.section}, "
        f"paragraph {one.paragraph}, sentence {one.place})"
        for row, one in enumerate(known, 2)
        if one.sentence_id not in search.found
    ]
    told = [f"no sentence of the tables: {excerpt(copy, span)}" for span in cut_lines(search)]
    counts = f"{len(search.found)} of {len(known)} sentences found, {len(missing)} missing"
    counts += f"; lines that are no sentence of the tables: {len(told)}"
    return [*told, counts], missing + check(c, copy, find_printing(c, search))


def cut_lines(search: Search) -> Iterator[tuple[int, int]]:
    """Yield, line by line, the spans of letters and digits that no sentence explains."""
    lines = search.copy.lines
    for start, end in search.free():
        cuts = [start, *(line for line in lines if start < line < end), end]
        for span in pairwise(cuts):
            if re.search(r"\w", search.copy.plain[slice(*span)]):
                yield span


def excerpt(copy: Copy, span: tuple[int, int]) -> str:
    """Return where a span of a copy stands and how it begins."""
    text = " ".join(copy.written(span).split())
    return f"{copy.place(span[0])}: {text[:SHOWN]}{'…' * (len(text) > SHOWN)}"


def find_printing(c: Compendium, search: Search) -> dict[str, list[str]]:
    """Return what a copy has for each sentence that prints a claim, by claim; none of a claim whose sentences lack."""
    names: dict[str, list[str]] = {}
    for name, claims in sentences.list_claims(c.tables).items():
        for claim in claims:
            names.setdefault(claim, []).append(name)
    whole = {claim: mine for claim, mine in names.items() if set(mine) <= set(search.found)}
    return {claim: [search.written(name) for name in mine] for claim, mine in whole.items()}
