"""build/paper.pdf: a reader's own PDF of the paper, each sentence highlighted by its answer, verdicts as notes."""

import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from compendium import CompendiumError
from compendium.compendium import Compendium
from compendium.files import write_atomic
from compendium.ownpaper.copies import PAGE
from compendium.ownpaper.paper import Read
from compendium.ownpaper.paperpage import Sentence, mark_sentences
from compendium.vocabulary import ANSWERS

Box = tuple[float, float, float, float]  # left, bottom, right and top
PALE = {"correct": "ffc9a3", "unsettled": "dddddd", "matches": "b5e3d0"}


class Piece(NamedTuple):
    """A piece of text: where it begins in the copy, what it says, its left end, base line and size in points."""

    start: int
    text: str
    left: float
    base: float
    size: float

    def box(self, low: int, high: int) -> Box:
        """Return left, bottom, right and top of the signs from `low` to `high` of the copy, as wide as usual."""
        low, high = max(low - self.start, 0), min(high - self.start, len(self.text))
        left = self.left + self.size * sum(map(width, self.text[:low]))
        right = left + self.size * sum(map(width, self.text[low:high]))
        return left, self.base - 0.2 * self.size, right, self.base + 0.85 * self.size


def width(sign: str) -> float:
    """Return the usual width of a sign, in sizes of its font."""
    return 1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.0 if sign == "\n" else 0.5


def write_pdf(c: Compendium, read: Read, source: Path) -> Path:
    """Write the copy `source` that was read, with highlights and notes, and return the path.

    Raises:
        CompendiumError: it is no PDF.
    """
    from pypdf import PdfReader, PdfWriter

    if source.read_bytes()[:5] != b"%PDF-":
        raise CompendiumError(f"{source} is no PDF. Remedy: leave out --pdf; --page writes any copy as a page")
    writer = PdfWriter(clone_from=PdfReader(source))
    marked = [one for one in mark_sentences(c, read).values() if one.answer in PALE]
    start = 0
    for number, page in enumerate(writer.pages):
        pieces = list(find_pieces(page, start))
        for one in marked:
            if boxes := list(find_boxes(pieces, read, one.name)):
                writer.add_annotation(number, make_note(one, boxes, read.copy.language))
        start += sum(len(piece.text) for piece in pieces) + len(PAGE)
    made = io.BytesIO()
    writer.write(made)
    path = c.build / "paper.pdf"
    write_atomic(path, made.getvalue())
    return path


def find_pieces(page: Any, start: int) -> Iterator[Piece]:
    """Yield the pieces of the text of a page that begins at `start` of the copy."""
    found: list[tuple] = []
    page.extract_text(visitor_text=lambda *piece: found.append(piece))
    for text, cm, tm, _, size in found:
        scale = abs(cm[3] or 1)
        yield Piece(start, text, tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5], size * abs(tm[3] or 1) * scale)
        start += len(text)


def find_boxes(pieces: list[Piece], read: Read, name: str) -> Iterator[Box]:
    """Yield the boxes, among the pieces of a page, of what the copy has for a sentence that was found."""
    for first, last in read.search.found[name]:
        low, high = read.copy.places[first], read.copy.places[last]
        for piece in pieces:
            if piece.text.strip() and piece.start < high and piece.start + len(piece.text) > low:
                yield piece.box(low, high)


def make_note(one: Sentence, boxes: list[Box], language: str) -> Any:
    """Return a highlight over boxes that says the answer of a sentence and the verdicts of its claims."""
    from pypdf.annotations import Highlight
    from pypdf.generic import ArrayObject, FloatObject, NameObject, TextStringObject

    corners = [sign for a, b, c, d in boxes for sign in (a, d, c, d, a, b, c, b)]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    around = (min(lefts), min(bottoms), max(rights), max(tops))
    quads = ArrayObject([FloatObject(sign) for sign in corners])
    made = Highlight(rect=around, quad_points=quads, highlight_color=PALE[one.answer])
    lines = [ANSWERS[one.answer][language]]
    lines += [f"{claim['id']} [{claim['verdict']}] {claim['statement']} {claim['reason']}" for claim in one.claims]
    made[NameObject("/Contents")] = TextStringObject("\n\n".join(lines))
    return made
