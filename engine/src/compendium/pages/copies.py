"""A reader's own copy of the paper, and where in it the sentences stand that the project knows by length and hash."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

from compendium import CompendiumError
from compendium.files import read_handed

LARGEST = 50_000_000  # bytes of a copy: scanned pages of one paper stay below
LONGEST = 300_000  # characters of a copy
PAGE = "\f"  # between the pages of a PDF
LEFT_OUT = 3000  # the longest text, in characters, that may interrupt a sentence
ALIKE = str.maketrans(dict.fromkeys("‐‑‒–—―−~", "-") | dict.fromkeys("“”„«»「」『』", '"') | dict.fromkeys("‘’", "'"))
Span = tuple[int, int]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a text without blanks, in compatible and lower signs, with one kind of dash and of quotation marks."""
    return "".join(sign for _, sign in signs(text))


def signs(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a sign with its accents stands in a text, and what `plain` makes of it."""
    for match in re.finditer(r"[^\W_][\u0300-\u036f]*|\S", text):
        compatible = unicodedata.normalize("NFKC", match[0]).lower().translate(ALIKE)
        yield match.start(), re.sub(r"\s", "", compatible)


@dataclass(frozen=True)
class Copy:
    """The text of a copy, as it is read, and the languages of the compendium."""

    text: str
    languages: tuple[str, ...]

    @cached_property
    def plain(self) -> str:
        """The text in plain signs."""
        return plain(self.text)

    @cached_property
    def places(self) -> list[int]:
        """Where in the text each plain sign stands, and last the end of the text."""
        return [place for place, sign in signs(self.text) for _ in sign] + [len(self.text)]

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


def read_copy(path: Path, languages: tuple[str, ...]) -> Copy:
    """Return a copy of the paper, a PDF or plain text in UTF-8, in one of the languages of the compendium."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        content = read_handed(path, LARGEST)
        if content.startswith(b"%PDF-"):
            text = PAGE.join(page.extract_text().replace(PAGE, "\n") for page in PdfReader(BytesIO(content)).pages)
        else:
            text = re.sub("\r\n?", "\n", content.decode("utf-8"))
    except PyPdfError as error:
        remedy = "Remedy: save its text in a .txt file"
        raise CompendiumError(f"{path} cannot be read as a PDF: {error}. {remedy}") from None
    except OSError as error:
        raise CompendiumError(f"{path} cannot be read ({error.strerror}). Remedy: name the file of the paper") from None
    except UnicodeDecodeError:
        raise CompendiumError(f"{path} is no text in UTF-8. Remedy: save it as UTF-8 or name the PDF") from None
    if not text.strip():
        raise CompendiumError(f"{path} holds no text, perhaps only pictures of pages. Remedy: name a file with text")
    if len(text) > LONGEST:
        remedy = "Remedy: name a file with the paper alone"
        raise CompendiumError(f"{path} holds more than {LONGEST:,} characters. {remedy}")
    return Copy(text, languages)


class Search:
    """The search of a copy for sentences: `found` holds the spans of each, two where something interrupts it.

    `sentences` are rows with sentence_id, `sha256` and `length` of their plain signs.
    """

    def __init__(self, copy: Copy, sentences: Sequence[Any]):
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

    def free(self) -> list[Span]:
        """Return the spans of the copy that no sentence takes."""
        return [match.span() for match in re.finditer(rb"\x00+", self.taken)]

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
            starts = [start for start in {low, *self.starts} if low <= start < high]
            whole = (((start, start + one.length),) for start in range(low, min(high, low + LEFT_OUT)))
            any(self._take(one, *spans) for spans in chain(whole, self._split(one, starts, cuts)))

    @staticmethod
    def _split(one: Any, starts: list[int], cuts: list[int]) -> Iterator[tuple[Span, Span]]:
        for start in sorted(starts):
            for stop in cuts[bisect_right(cuts, start) :]:
                if stop >= start + one.length:
                    break
                for resume in cuts[bisect_right(cuts, stop) :]:
                    if resume - stop > LEFT_OUT:
                        break
                    yield (start, stop), (resume, resume + one.length - (stop - start))
