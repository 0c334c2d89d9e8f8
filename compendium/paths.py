"""Where things are, found from the package and never from the working directory."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT / "data" / "raw"
NOTEBOOKS = ROOT / "notebooks"
FONTS = Path(__file__).resolve().parent / "fonts"
BUILD = ROOT / "build"


def output_root() -> Path:
    """Return the folder that receives data/processed and figures.

    It is the folder named by the environment variable COMPENDIUM_OUT, which the runner and the tests set to a scratch
    folder, or else the compendium itself, as when a reader opens a notebook in JupyterLab.
    """
    return Path(os.environ.get("COMPENDIUM_OUT") or ROOT)


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
