"""The notebooks of the book as PDF, a file each, printed by a browser that is installed."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from compendium.files import scratch_folder, swap
from compendium.languages import spoken
from compendium.run import RunError, contents

BROWSERS = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome", "msedge"
# The pages are this project's own files; in a container Chromium starts without its sandbox only.
OPTIONS = "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--virtual-time-budget=20000"


def browser() -> str:
    """Return the browser that prints.

    Raises:
        RunError: none is installed.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RunError(
            "no Chromium, Chrome or Edge is on the PATH, which prints the PDF. "
            "Remedy: install one, or make the book without --pdf and print a page from any browser"
        )
    return found


def chapters(book: Path, program: str, tell: Callable[[str], None]) -> None:
    """Write the notebooks of a book to its folder `pdf`, a file for each in each language.

    Args:
        book: folder of the book, with all editions.
        program: the browser.
        tell: receives one line a language.

    Raises:
        RunError: the browser wrote no file.
    """
    target = book / "pdf"
    with scratch_folder(target) as place:
        for language in spoken():
            tell(f"printing the notebooks, {language}")
            folder = place / "made" / language
            folder.mkdir(parents=True)
            for name in contents.catalogue():
                file, page = folder / f"{name}.pdf", (book / language / "notebooks" / f"{name}.html").absolute()
                command = [program, *OPTIONS, f"--print-to-pdf={file}", page.as_uri()]
                said = subprocess.run(command, capture_output=True, text=True).stderr
                if not file.is_file():
                    raise RunError(f"{name}.html was not printed: {(said.strip().splitlines() or ['no message'])[-1]}")
        swap(place / "made", target, place)
