"""A reader's own copy of the paper: the sentences, which the project knows by length and hash, are looked for in it,
and the numbers and terms of the tables."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from io import BytesIO
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from compendium import CompendiumError
from compendium.base.files import read_user_supplied_file, shorten
from compendium.base.languages import choose_engine_language
from compendium.base.values import WORDS
from compendium.compendium import Compendium
from compendium.ledger import sentences
from compendium.ledger.derived import quantities
from compendium.ledger.evidence import EvidenceTables

LARGEST = 50_000_000  # bytes of a copy: scanned pages of one paper stay below
LONGEST = 300_000  # characters of a copy
PAGE = "\f"  # between the pages of a PDF
LEFT_OUT = 3000  # the longest text, in characters, that may interrupt a sentence
ALIKE = str.maketrans(dict.fromkeys("‐‑‒–—―−~", "-") | dict.fromkeys("“”„«»「」『』", '"') | dict.fromkeys("‘’", "'"))
NUMBER = r"\d+(?:\.\d+)?"
SPELT = 1000  # the largest number that is looked for as a word
SHOWN = 30
Span = tuple[int, int]


@lru_cache(maxsize=4096)
def normalise_text(text: str) -> str:
    """Return a text without blanks, in compatible and lower signs, with one kind of dash and of quotation marks."""
    return "".join(sign for _, sign in iterate_normalised_signs(text))


def iterate_normalised_signs(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a sign with its accents stands in a text, and what `plain` makes of it."""
    for match in re.finditer(r"[^\W_][\u0300-\u036f]*|\S", text):
        compatible = unicodedata.normalize("NFKC", match[0]).lower().translate(ALIKE)
        yield match.start(), re.sub(r"\s", "", compatible)


@dataclass(frozen=True)
class PaperText:
    """The text of a copy, as it is read, and the languages of the compendium."""

    text: str
    languages: tuple[str, ...]

    @cached_property
    def plain(self) -> str:
        """The text in plain signs."""
        return normalise_text(self.text)

    @cached_property
    def places(self) -> list[int]:
        """Where in the text each plain sign stands, and last the end of the text."""
        return [place for place, sign in iterate_normalised_signs(self.text) for _ in sign] + [len(self.text)]

    @cached_property
    def language(self) -> str:
        """The language of the text, one of the compendium: Chinese by its signs, else the first that is not."""
        chinese = len(re.findall(r"[\u4e00-\u9fff]", self.text)) > len(self.plain) / 10
        return next((one for one in self.languages if (one == "zh") == chinese), self.languages[0])

    @cached_property
    def lines(self) -> list[int]:
        """Where in the plain signs the lines begin that are not empty."""
        ends = [-1, *(match.start() for match in re.finditer(r"[\n\f]", self.text))]
        firsts = sorted({bisect_right(self.places, end) for end in ends})
        return [first for first in firsts if first < len(self.plain)]

    def written(self, span: Span) -> str:
        """Return what is written in a span of plain signs."""
        return self.text[self.places[span[0]] : self.places[span[1]]].rstrip()

    def place(self, sign: int) -> str:
        """Return the line, and in a PDF the page, of a plain sign, as people count them."""
        before = self.text[: self.places[sign]]
        line = before.rpartition(PAGE)[2].count("\n") + 1
        return f"page {before.count(PAGE) + 1}, line {line}" if PAGE in self.text else f"line {line}"


def read_paper_text(path: Path, languages: tuple[str, ...]) -> PaperText:
    """Return a copy of the paper, a PDF or plain text in UTF-8, in one of the languages of the compendium."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        content = read_user_supplied_file(path, LARGEST)
        if content.startswith(b"%PDF-"):
            text = PAGE.join(page.extract_text().replace(PAGE, "\n") for page in PdfReader(BytesIO(content)).pages)
        else:
            text = re.sub("\r\n?", "\n", content.decode("utf-8"))
    except PyPdfError as error:
        fault, remedy = f"cannot be read as a PDF: {error}", "save its text in a .txt file"
    except OSError as error:
        fault, remedy = f"cannot be read ({error.strerror})", "name the file of the paper"
    except UnicodeDecodeError:
        fault, remedy = "is no text in UTF-8", "save it as UTF-8 or name the PDF"
    else:
        if text.strip() and len(text) <= LONGEST:
            return PaperText(text, languages)
        fault, remedy = f"holds more than {LONGEST:,} characters", "name a file with the paper alone"
        if not text.strip():
            fault, remedy = "holds no text, perhaps only pictures of pages", "name a file with text"
    raise CompendiumError(f"{path} {fault}. Remedy: {remedy}")


class SentenceSearch:
    """The search of a copy for sentences: `found` holds the spans of each, two where something interrupts it.

    `sentences` are rows with sentence_id, `sha256` and `length` of their plain signs.
    """

    def __init__(self, copy: PaperText, sentences: Sequence[Any]):
        self.copy, self.found = copy, dict[str, list[Span]]()
        self.taken = bytearray(len(copy.plain))
        self.starts = sorted({*copy.lines, *(m.end() for m in re.finditer(r"\W", copy.plain))})
        while self._whole([one for one in sentences if one.sentence_id not in self.found]):
            continue
        if 2 * len(self.found) > len(sentences):
            self._between(sentences)

    def written(self, name: str) -> str:
        """Return what the copy has for a sentence that was found, without what interrupts it."""
        return "\n".join(self.copy.written(span) for span in self.found[name])

    def _take(self, one: Any, *spans: Span) -> bool:
        """Take spans for a sentence, if they are free and hold it."""
        if any(end > len(self.taken) or self.taken.find(1, start, end) >= 0 for start, end in spans):
            return False
        text = "".join(self.copy.plain[slice(*span)] for span in spans)
        if sha256(text.encode()).hexdigest() != str(one.sha256):
            return False
        self.found[one.sentence_id] = list(spans)
        for start, end in spans:
            self.taken[start:end] = b"\x01" * (end - start)
        return True

    def _whole(self, missing: Sequence[Any]) -> bool:
        """Find sentences in one piece, where another ends, a line begins or after punctuation, nearest below first."""
        starts = sorted({*self.starts, *(spans[-1][1] for spans in self.found.values())})
        place, any_found = 0, False
        for one in missing:
            later = bisect_right(starts, place)
            for start in (place, *starts[later:], *starts[:later]):
                if self._take(one, (start, start + one.length)):
                    place, any_found = start + one.length, True
                    break
        return any_found

    def _between(self, known: Sequence[Any]) -> None:
        """Find sentences between their neighbours: at any sign, or interrupted by whole lines or other sentences."""
        for i, one in enumerate(known):
            if one.sentence_id in self.found:
                continue
            spans = [self.found.get(other.sentence_id) for other in known]
            high = next((found[0][0] for found in spans[i + 1 :] if found), len(self.taken))
            low = next((found[-1][1] for found in reversed(spans[:i]) if found and found[-1][1] <= high), 0)
            ends = (end for found in self.found.values() for span in found for end in span)
            cuts = sorted(cut for cut in {*self.copy.lines, *ends} if low <= cut <= high)
            starts = sorted(start for start in {low, *self.starts} if low <= start < high)
            whole = (((start, start + one.length),) for start in range(low, min(high, low + LEFT_OUT)))
            any(self._take(one, *spans) for spans in chain(whole, self._split(one, starts, cuts)))

    @staticmethod
    def _split(one: Any, starts: list[int], cuts: list[int]) -> Iterator[tuple[Span, Span]]:
        for start in starts:
            for stop in cuts[bisect_right(cuts, start) :]:
                if stop >= start + one.length:
                    break
                for resume in cuts[bisect_right(cuts, stop) :]:
                    if resume - stop > LEFT_OUT:
                        break
                    yield (start, stop), (resume, resume + one.length - (stop - start))

    def list_rest(self) -> Iterator[str]:
        """Yield, line by line, where letters and digits stand that no sentence explains, and how they begin."""
        for match in re.finditer(rb"\x00+", self.taken):
            start, end = match.span()
            for span in pairwise([start, *(line for line in self.copy.lines if start < line < end), end]):
                if re.search(r"\w", self.copy.plain[slice(*span)]):
                    text = " ".join(self.copy.written(span).split())
                    yield f"{self.copy.place(span[0])}: {shorten(text, SHOWN + 1)}"


def compare_with_paper(c: Compendium, copy: PaperText) -> tuple[list[str], list[str]]:
    """Return what is told of a copy of the paper, and what in it or in the tables is at fault, one line each.

    Where there is a table of the sentences of the paper each is looked for, and numbers and terms of a claim only in
    the sentences that print it.
    """
    if not sentences.has_sentences(c.tables):
        return [], list_values_not_in_paper(c, copy)
    known = list(c.tables(sentences.NAME).itertuples())
    search, printing, lacking = SentenceSearch(copy, known), dict[str, list[str]](), set[str]()
    missing = [
        f"{sentences.NAME}.csv, row {row}, {one.sentence_id}: not found (section {one.section}, "
        f"paragraph {one.paragraph}, sentence {one.place})"
        for row, one in enumerate(known, 2)
        if one.sentence_id not in search.found
    ]
    for name, claims in sentences.list_claims_by_sentence(c.tables).items():
        for claim in claims:
            if name in search.found:
                printing.setdefault(claim, []).append(search.written(name))
            else:
                lacking.add(claim)
    told = [f"no sentence of the tables: {line}" for line in search.list_rest()]
    counts = f"{len(search.found)} of {len(known)} sentences found, {len(missing)} missing"
    counts += f"; lines that are no sentence of the tables: {len(told)}"
    whole = {claim: texts for claim, texts in printing.items() if claim not in lacking}
    return [*told, counts], missing + list_values_not_in_paper(c, copy, whole)


def list_values_not_in_paper(
    c: Compendium, copy: PaperText, printing: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
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
        ("claims", row, claim.claim_id, number, contains_number_in_any_form)
        for row, claim in enumerate(claims.itertuples(), 2)
        if claim.weight != "structural"
        for number in printed[claim.claim_id]
        if number != str(counts.get(claim.claim_id, ""))
    ]
    for row, item in enumerate(items.itertuples(), 2):
        rows.append(("claim_items", row, item.claim_id, getattr(item, f"item_{language}"), contains_term))
    found = []
    for table, row, claim, thing, test in rows:
        place = f"{table}.csv, row {row}, {claim}: {thing if table == 'claims' else repr(thing)}"
        if not test(thing, copy.text, language):
            found.append(f"{place} does not stand in the paper")
        elif not any(test(thing, text, language) for text in (printing or {}).get(claim, [copy.text])):
            found.append(f"{place} stands in no sentence that prints {claim}")
    known = set(printed.explode())
    for row, ours in enumerate(quantities(EvidenceTables(c)).itertuples(), 2):
        number, unit = f"{ours.value:.{ours.decimals}f}", normalise_text(getattr(ours, f"unit_{language}"))
        if number not in known and contains_number_alone(number, copy.plain, unit):
            found.append(f"derived.csv, row {row}, {ours.derived_id}: {number}{unit} stands in the paper")
    return found


def contains_number_alone(number: str, text: str, unit: str = "") -> bool:
    """Tell whether a number, followed by a unit if one is given, stands in the text by itself."""
    grouped = f"{int(number):,}" if number.isdigit() and len(number) > 3 else number
    either = "|".join(map(re.escape, dict.fromkeys((number, grouped))))
    group = r"(?<!\d,)" if re.match(r"\d{3}(?!\d)", number) else ""
    after = r"(?!\d|\.\d|,\d{3}(?!\d))"
    return re.search(rf"(?<!\d)(?<!\d\.){group}(?:{either}){after}{re.escape(unit)}", text) is not None


def contains_number_in_any_form(number: str, text: str, language: str) -> bool:
    """Tell whether a text says a number: in digits, apart or with blanks in it, or a small or round one in a word."""
    edge = r"\b" * (choose_engine_language(language) == "en")
    words = next(
        (words[choose_engine_language(language)] for n, words in WORDS.items() if str(n) == number and n <= SPELT),
        list[str](),
    )
    in_words = any(re.search(f"{edge}{word}{edge}", text, re.I) for word in words)
    return (
        contains_number_alone(number, normalise_text(text))
        or contains_number_alone(number, normalise_blanks(text))
        or in_words
    )


@lru_cache(maxsize=512)
def normalise_blanks(text: str) -> str:
    """Return a text in plain signs, with one blank where it has blanks."""
    return " ".join(map(normalise_text, text.split()))


def contains_term(term: str, text: str, _: str) -> bool:
    """Tell whether a term stands in a text."""
    return normalise_text(term) in normalise_text(text)
