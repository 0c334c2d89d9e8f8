"""The editions of the book with Sphinx, one a language, all or nothing."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from fontTools import subset

from compendium import started
from compendium.base import html, paths
from compendium.base.files import replace_folder, scratch_folder, write_atomic
from compendium.base.languages import name_language
from compendium.book.edition import LanguageEdition
from compendium.book.pages import render_all_pages, write_sphinx_sources
from compendium.book.participation import write_participation_data
from compendium.book.search import write_search_index
from compendium.compendium import Compendium
from compendium.notebook import figures
from compendium.pages.readme import raise_if_sentences_broken
from compendium.run import RunError, contents, schedule

SETTINGS = Path(__file__).parent  # conf.py, styles, templates
FONTS = {"han.woff2": figures.FONT, "han-titles.woff2": paths.FONTS / "NotoSansSC-Titles.otf"}  # as in book.css
LICENCE = "han-OFL.txt"
HAN = "\u2e80"  # the first sign of what is Chinese, as in book.css


def build_book(c: Compendium, target: Path, report_line: Callable[[str], None], jobs: int) -> None:
    """Write the editions and the page that leads to them to `target`, replaced when all went well."""
    write_editions(run_editions(c, report_line, jobs), target, report_line)


def run_editions(c: Compendium, tell: Callable[[str], None], jobs: int) -> list[Compendium]:
    """Run the notebooks in each language, and return the compendium with each of these runs as its outputs."""
    notebooks = contents.select_notebooks(c)
    runs = [replace(c, out=c.build / "editions" / language, language=language) for language in c.languages]
    for run in runs:  # which keeps of the last one what would come out the same
        tell(f"running the notebooks in {name_language(run.language, 'en')}")
        result = schedule.run_notebooks(run, notebooks, run.out, contents.choose_parameters(notebooks, {}), jobs, tell)
        if result.failures:
            raise RunError("\n       ".join(result.failures))
    return runs


def write_editions(runs: Sequence[Compendium], target: Path, report_line: Callable[[str], None]) -> None:
    """Write the editions to `target` from a run in each language, unless a sentence cannot be published."""
    raise_if_sentences_broken(runs[0])
    with scratch_folder(target) as place:
        made = place / "made"
        made.mkdir()
        report_line("writing the sources")
        editions = {c.language: LanguageEdition(c, find_browser_site_url(c, target)) for c in runs}
        written, builders = {language: render_all_pages(edition) for language, edition in editions.items()}, {}
        for language, edition in editions.items():
            write_sphinx_sources(edition, written, place / language / "source")
            builders[language] = start_sphinx(edition.c, place / language)
        report_line("building the editions with Sphinx")
        faults = [
            f"{language}: {found}"
            for language, builder in builders.items()
            if (found := wait_for_sphinx_warnings(builder))
        ]
        if faults:
            raise RunError("the book has faults\n       " + "\n       ".join(faults))
        entrance = html.render("book_editions", editions=runs, called=name_language)
        write_atomic(made / "index.html", entrance.encode("utf-8"))
        for language, edition in editions.items():
            os.replace(place / language / "html", made / language)
            write_search_index(edition, made / language)
            write_participation_data(edition, made / language / "_static")
            for notebook in contents.list_declared_notebooks(runs[0]).values():
                shutil.copy(notebook.path, made / language / "notebooks")
        write_subset_fonts(made)
        replace_folder(made, target, place)


def find_browser_site_url(c: Compendium, target: Path) -> str:
    """Return where the notebooks run in a browser: the address declared, else the folder lite beside a book."""
    return c.declaration.lite or ("../lite" if (target.parent / "lite").is_dir() else "")


def start_sphinx(c: Compendium, place: Path) -> subprocess.Popen:
    """Start Sphinx on the sources of one edition, place/source, to write place/html; each warning is a fault.

    Sphinx stops where the locale that is set is not installed; that named C always is.
    """
    command = [*started("sphinx.cmd.build"), "-b", "html", "-q", "-W", "--keep-going", "-c", str(SETTINGS)]
    command += ["-d", *(str(place / name) for name in ("doctrees", "source", "html"))]
    value = {paths.ROOT: str(c.root), paths.OUT: str(c.out), paths.LANGUAGE: c.language}
    environment = os.environ | value | {"PYTHONUTF8": "1", "LC_ALL": "C"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_for_sphinx_warnings(builder: subprocess.Popen) -> str:
    """Wait for Sphinx and return what it found fault with, empty if nothing."""
    lines = builder.communicate()[1].strip().splitlines()
    return "\n       ".join(lines[:20]) or "Sphinx ended early" if builder.returncode else ""


def write_subset_fonts(root: Path) -> None:
    """Write for machines without a Chinese font, below `root`, `FONTS` with what the pages hold of them."""
    texts = (path.read_text(encoding="utf-8") for form in ("*.html", "book.js") for path in root.rglob(form))
    signs, options = {sign for text in texts for sign in set(text)}, subset.Options(flavor="woff2", notdef_outline=True)
    for name, source in FONTS.items():
        font, subsetter = subset.load_font(source, options), subset.Subsetter(options)
        subsetter.populate(text="".join(sign for sign in signs if sign >= HAN))
        subsetter.subset(font)
        subset.save_font(font, root / name, options)
    shutil.copy(paths.FONTS / "OFL.txt", root / LICENCE)
