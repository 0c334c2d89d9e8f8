"""The Chinese font of the book: of the one that figures are drawn with, the characters that the pages hold."""

import shutil
from pathlib import Path

from fontTools import subset

from compendium import paths
from compendium.show.figures import FONT

NAME, LICENCE = "han.woff", "han-OFL.txt"
FIRST = "\u2e80"  # of what is Chinese, as in book.css


def write_font(root: Path) -> None:
    """Write the font, and its licence, beside the editions below `root`, for machines that have no Chinese font."""
    texts = (path.read_text(encoding="utf-8") for form in ("*.html", "book.js") for path in root.rglob(form))
    held = {letter for text in texts for letter in set(text) if letter >= FIRST}
    options = subset.Options(flavor="woff", notdef_outline=True)
    font = subset.load_font(FONT, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(held))
    subsetter.subset(font)
    subset.save_font(font, root / NAME, options)
    shutil.copy(paths.FONTS / "OFL.txt", root / LICENCE)
