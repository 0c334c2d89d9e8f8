"""The editions of the book with Sphinx, one a language, all or nothing."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from compendium import html, paths, started
from compendium.book.edition import Edition
from compendium.book.pages import texts, write
from compendium.declaration import declared
from compendium.files import scratch_folder, swap, write_atomic
from compendium.forms import claimsfile
from compendium.languages import called, spoken
from compendium.run import RunError, caching, contents, schedule

SETTINGS = Path(__file__).parent  # conf.py, styles, templates


def build(target: Path, tell: Callable[[str], None], jobs: int) -> None:
    """Write the editions, the page that leads to them and claims.json to `target`, replaced when all went well.

    Args:
        target: folder of the book.
        tell: receives one line a step.
        jobs: how many notebooks to run at once where a run has to be made.

    Raises:
        RunError: a notebook failed, or Sphinx found a fault such as a link that leads nowhere.
    """
    made = {language: in_one_language(language, tell, jobs) for language in spoken()}
    make(target, {language: run / "notebooks" for language, run in made.items()}, measured(made[spoken()[0]]), tell)


def runs() -> Path:
    """Return the folder of the runs behind the editions."""
    return paths.project().build / "editions"


def in_one_language(language: str, tell: Callable[[str], None], jobs: int) -> Path:
    """Return the folder of a complete run in a language; of the last one is kept what would come out the same."""
    tell(f"running the notebooks in {called(language, 'en')}")
    root, notebooks = runs() / language, contents.select(())
    with paths.using(language=language):
        result = schedule.run(notebooks, root, contents.chosen(notebooks, {}), jobs, tell)
    if result.failures:
        raise RunError("\n       ".join(result.failures))
    return root


def measured(root: Path) -> dict[str, tuple[float, int | None]]:
    """Return, by notebook, the seconds and the most MB of memory of the run below `root`."""
    run = caching.previous(root)
    return {name: (seconds, run["memory"][name]) for name, seconds in run["seconds"].items()}


def make(target: Path, notebooks: dict[str, Path], measures: dict, tell: Callable[[str], None]) -> None:
    """Write the editions to `target` from the executed notebooks in these folders by language."""
    with scratch_folder(target) as place:
        made, builders = place / "made", {}
        made.mkdir()
        tell("writing the sources")
        editions = {language: Edition(language, notebooks[language], measures) for language in spoken()}
        told = {language: texts(edition) for language, edition in editions.items()}
        for language, edition in editions.items():
            write(edition, told, place / language / "source")
            builders[language] = sphinx(language, place / language)
        tell("building the editions with Sphinx")
        faults = [f"{language}: {said}" for language, builder in builders.items() if (said := ended(builder))]
        if faults:
            raise RunError("the book has faults\n       " + "\n       ".join(faults))
        (made / claimsfile.NAME).write_bytes(claimsfile.content())
        write_atomic(made / "index.html", entrance().encode("utf-8"))
        for language in spoken():
            os.replace(place / language / "html", made / language)
            for notebook in contents.catalogue().values():
                shutil.copy(notebook.path, made / language / "notebooks")
        swap(made, target, place)


def entrance() -> str:
    """Return the page that leads to the editions, to a single one at once."""
    told = declared()
    editions = [
        {"language": language, "name": called(language, language), "title": told.title[language]}
        for language in spoken()
    ]
    return str(html.render("book_editions", paper=told.paper.title, editions=editions))


def sphinx(language: str, place: Path) -> subprocess.Popen:
    """Start Sphinx on the sources of one edition, place/source, to write place/html; each warning is a fault.

    Sphinx stops where the locale that is set is not installed; that named C always is.
    """
    command = [*started("sphinx.cmd.build"), "-b", "html", "-q", "-W", "--keep-going", "-c", str(SETTINGS)]
    command += ["-d", *(str(place / name) for name in ("doctrees", "source", "html"))]
    environment = os.environ | {"BOOK_LANGUAGE": language, "PYTHONUTF8": "1", "LC_ALL": "C"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def ended(builder: subprocess.Popen) -> str:
    """Wait for Sphinx and return what it found fault with, empty if nothing."""
    said = builder.communicate()[1]
    return "\n       ".join(said.strip().splitlines()[:20]) or "Sphinx ended early" if builder.returncode else ""
