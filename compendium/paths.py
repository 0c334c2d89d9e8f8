"""Where things are: the compendium at work is a `Project`, found from the environment or the working directory."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

from compendium import CompendiumError

HOME = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).resolve().parent / "fonts"
ROOT, OUT = "COMPENDIUM_ROOT", "COMPENDIUM_OUT"
LANGUAGE = "COMPENDIUM_LANGUAGE"
MANIFEST = "SHA256SUMS"  # at the top of an unpacked archive: what it holds
MARKS = ("compendium.toml", "data/raw/datapackage.json")  # what makes a folder a compendium


@dataclass(frozen=True)
class Project:
    """A compendium: its folders.

    Attributes:
        root: folder that holds notebooks, data, figures and the package `study`.
        out: folder that receives data/processed and figures.
    """

    root: Path
    out: Path

    @property
    def raw(self) -> Path:
        """The folder of the raw tables."""
        return self.root / "data" / "raw"

    @property
    def notebooks(self) -> Path:
        """The folder of the notebooks."""
        return self.root / "notebooks"

    @property
    def build(self) -> Path:
        """The folder of runs, books and caches, which git ignores."""
        return self.root / "build"

    def code(self) -> list[Path]:
        """Return the files of the packages `compendium` and `study`, in a fixed order."""
        files = [p for folder in (HOME / "compendium", self.root / "study") for p in folder.glob("**/*")]
        return sorted(p for p in files if p.is_file() and "__pycache__" not in p.parts)


def project() -> Project:
    """Return the compendium at work.

    Its root is named by the environment variable COMPENDIUM_ROOT, else it is that of the working directory, else the
    one that this package was installed for, as for a notebook that papermill runs elsewhere. Its outputs go to
    COMPENDIUM_OUT, else to build/lab, so that a reader who runs a notebook in JupyterLab leaves the reference alone.
    """
    root = Path(os.environ.get(ROOT) or around(Path.cwd()) or around(HOME) or Path.cwd())
    return Project(root, Path(os.environ.get(OUT) or root / "build" / "lab"))


def around(folder: Path) -> Path | None:
    """Return the nearest compendium that `folder` is or lies in; None if there is none."""
    return next((p for p in (folder, *folder.parents) if all((p / mark).is_file() for mark in MARKS)), None)


def meant() -> Path:
    """Return the root of the compendium that a command is about: that of COMPENDIUM_ROOT or of the working directory.

    Raises:
        CompendiumError: the variable is not set and the working directory lies in no compendium.
    """
    root = os.environ.get(ROOT) or around(Path.cwd())
    if not root:
        raise CompendiumError(
            f"there is no compendium in {Path.cwd()} or above it. Remedy: go to the folder of one, or set {ROOT} to it"
        )
    return Path(root)


class Study:
    """Finds the package `study` of the compendium at work, whose folder need not be on the path of Python."""

    @staticmethod
    def find_spec(name: str, *_: object) -> ModuleSpec | None:
        """Return where `study` lies; None for other modules, and where the compendium has none."""
        file = project().root / "study" / "__init__.py" if name == "study" else None
        return spec_from_file_location(name, file) if file and file.is_file() else None


sys.meta_path.insert(0, Study)


@contextmanager
def using(root: Path | None = None, out: Path | None = None, language: str = "") -> Iterator[Project]:
    """Work on another compendium, with another folder for the outputs, or in one language for a while.

    Processes that are started meanwhile inherit it.
    """
    wanted = {name: str(value) for name, value in ((ROOT, root), (OUT, out), (LANGUAGE, language)) if value}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield project()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def lock() -> Path:
    """Return the lock of the compendium at work; of one that lies in a checkout and has none, that of the checkout."""
    own, name = project().root, "requirements.lock"
    return next((place / name for place in (own, HOME) if (place / name).is_file()), own / name)


def processed(name: str, root: Path | None = None) -> Path:
    """Return the path of the processed table `name` (without ending) below `root` (default: where outputs go)."""
    return (root or project().out) / "data" / "processed" / f"{name}.csv"


def figure(name: str, language: str, ending: str, root: Path | None = None) -> Path:
    """Return the path of the figure `name` in `language` with `ending` (svg or png)."""
    return (root or project().out) / "figures" / language / f"{name}.{ending}"


def current(path: Path) -> Path:
    """Return `path`, which lies where outputs go, or the committed file in the same place if it is not there."""
    return path if path.is_file() else project().root / path.relative_to(project().out)


def shown(path: str | Path) -> str:
    """Return `path` as people should read it: below the compendium relative and with forward slashes."""
    path, root = Path(path), project().root
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def versioned() -> bool:
    """Tell whether git keeps this compendium and can be asked."""
    return (project().root / ".git").exists() and shutil.which("git") is not None


def restore(*files: str | Path) -> str:
    """Return how to get files of the compendium back as they were."""
    names = " ".join(shown(file) for file in files)
    if versioned():
        return f"git checkout -- {names}"
    if (project().root / MANIFEST).is_file():
        return f"take {names} from the archive you unpacked"
    return f"take {names} from a copy of your own; git init and git commit keep one from now on"


def refuse_other_checkout() -> None:
    """Refuse to run this checkout for another one, such as a copy whose .venv still leads here.

    The other one is that of the script, of the Python or of the working directory. Where PYTHONPATH or the working
    directory brings this package, it is meant, whatever .venv runs it.

    Raises:
        CompendiumError: another checkout was meant.
    """
    if any(Path(folder).resolve() == HOME for folder in sys.path):
        return
    for start in (Path(sys.argv[0]).resolve(), Path(sys.prefix).resolve() / "bin", Path.cwd()):
        other = around(start)
        if other and other != HOME and (other / "compendium" / "__main__.py").is_file():
            raise CompendiumError(
                f"this would run {HOME}, not {other}. Remedy: make in {other}, then activate its .venv anew"
            )
