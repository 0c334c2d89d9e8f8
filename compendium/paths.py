"""Where things are, found from the package and never from the working directory."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compendium import Refusal

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT / "data" / "raw"
NOTEBOOKS = ROOT / "notebooks"
FONTS = Path(__file__).resolve().parent / "fonts"
BUILD = ROOT / "build"
VALUES_ONLY = "COMPENDIUM_VALUES_ONLY"


def output_root() -> Path:
    """Return the folder that receives data/processed and figures.

    It is the folder named by the environment variable COMPENDIUM_OUT, which the runner and the tests set, or else
    build/lab, so that a reader who runs a notebook in JupyterLab leaves the committed outputs alone.
    """
    return Path(os.environ.get("COMPENDIUM_OUT") or BUILD / "lab")


@contextmanager
def outputs_below(root: Path) -> Iterator[None]:
    """Make `root` the output root for a while."""
    before = os.environ.get("COMPENDIUM_OUT")
    os.environ["COMPENDIUM_OUT"] = str(root)
    try:
        yield
    finally:
        if before is None:
            del os.environ["COMPENDIUM_OUT"]
        else:
            os.environ["COMPENDIUM_OUT"] = before


def values_only() -> bool:
    """Tell whether only values and verdicts are wanted, without figures and flips, as the environment may say."""
    return bool(os.environ.get(VALUES_ONLY))


def code() -> list[Path]:
    """Return the files of the packages `compendium` and `study`, in a fixed order."""
    files = [path for package in ("compendium", "study") for path in (ROOT / package).glob("**/*")]
    return sorted(path for path in files if path.is_file() and "__pycache__" not in path.parts)


def processed(name: str, root: Path | None = None) -> Path:
    """Return the path of the processed table `name` (without ending) below `root` (default: the output root)."""
    return (root or output_root()) / "data" / "processed" / f"{name}.csv"


def figure(name: str, language: str, ending: str, root: Path | None = None) -> Path:
    """Return the path of the figure `name` in `language` (zh or en) with `ending` (svg or png)."""
    return (root or output_root()) / "figures" / language / f"{name}.{ending}"


def current(path: Path) -> Path:
    """Return `path`, which lies below the output root, or the committed file in the same place if it is not there."""
    return path if path.is_file() else ROOT / path.relative_to(output_root())


def shown(path: Path) -> str:
    """Return `path` as people should read it: below the compendium relative and with forward slashes."""
    path = Path(path)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def versioned() -> bool:
    """Tell whether git keeps this compendium and can be asked."""
    return (ROOT / ".git").exists() and shutil.which("git") is not None


def restore(*files: str | Path) -> str:
    """Return how to get files of the compendium back as they were."""
    names = " ".join(shown(file) for file in files)
    return f"git checkout -- {names}" if versioned() else f"take {names} from the archive you unpacked"


def own() -> None:
    """Refuse to run this checkout for another one, such as a copy whose .venv still leads here.

    The other one is that of the script, of the Python or of the working directory. Where PYTHONPATH or the working
    directory brings this package, it is meant, whatever .venv runs it.
    """
    here = Path(__file__).resolve().parent.parent
    if any(Path(folder).resolve() == here for folder in sys.path):
        return
    for start in (Path(sys.argv[0]).resolve(), Path(sys.prefix).resolve() / "bin", Path.cwd()):
        other = next((p for p in (start, *start.parents) if (p / "compendium" / "__main__.py").is_file()), here)
        if other != here:
            raise Refusal(f"this would run {here}, not {other}. Remedy: make in {other}, then activate its .venv anew")
