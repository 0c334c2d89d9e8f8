"""Where things are: folders and files of a compendium, and how people should read and restore them."""

import os
import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from compendium import CompendiumError

CODE = Path(__file__).resolve().parents[2]  # the folder that holds this package
FONTS = CODE / "compendium" / "fonts"
ROOT, OUT = "COMPENDIUM_ROOT", "COMPENDIUM_OUT"
LANGUAGE = "COMPENDIUM_LANGUAGE"
SMALL = ("claims.csv", "judgements.py")  # what makes a folder the smallest use: see small.py
MARKS = ("compendium.toml", "data/raw/datapackage.json")  # what makes a folder a compendium


def find_compendium_root(folder: Path) -> Path | None:
    """Return the nearest compendium that `folder` is or lies in; None if there is none."""
    return next((p for p in (folder, *folder.parents) if all((p / mark).is_file() for mark in MARKS)), None)


def is_minimal_project(folder: Path) -> bool:
    """Tell whether a folder holds what the smallest use needs, and no compendium."""
    return all((folder / name).is_file() for name in SMALL) and find_compendium_root(folder) is None


HOME = find_compendium_root(CODE) or CODE  # the compendium that this package was installed for


def find_root_and_output() -> tuple[Path, Path]:
    """Return root and folder of the outputs of the compendium of this process, a kernel.

    Its root is named by the environment variable COMPENDIUM_ROOT, else it is that of the working directory, else the
    one that this package was installed for, as for a notebook that papermill runs elsewhere. Its outputs go to
    COMPENDIUM_OUT, else to build/lab, so that a reader who runs a notebook in JupyterLab leaves the reference alone.
    """
    root = Path(os.environ.get(ROOT) or find_compendium_root(Path.cwd()) or find_compendium_root(CODE) or Path.cwd())
    return root, Path(os.environ.get(OUT) or root / "build" / "lab")


def find_cwd_compendium_root() -> Path:
    """Return the root of the compendium that a command is about: that of the working directory, whatever variables say;
    a CompendiumError says that it lies in none."""
    root = find_compendium_root(Path.cwd())
    if not root:
        raise CompendiumError(f"there is no compendium in {Path.cwd()} or above it. Remedy: go to the folder of one")
    return root


def import_study_package(root: Path) -> None:
    """Let the package `study` of a compendium be imported; what was imported of another one is forgotten."""
    file, module = root / "study" / "__init__.py", sys.modules.get("study")
    if module is not None and module.__file__ is not None and Path(module.__file__).resolve() == file.resolve():
        return
    for name in [name for name in sys.modules if name.partition(".")[0] == "study"]:
        del sys.modules[name]
    spec = spec_from_file_location("study", file) if file.is_file() else None
    if spec is not None and spec.loader is not None:
        sys.modules["study"] = module_from_spec(spec)
        try:
            spec.loader.exec_module(sys.modules["study"])
        except BaseException:
            del sys.modules["study"]
            raise


def find_requirements_lock(root: Path) -> Path:
    """Return the lock of a compendium; of one that lies in a checkout and has none, that of the checkout."""
    name = "requirements.lock"
    return next((place / name for place in (root, *root.parents, HOME) if (place / name).is_file()), root / name)


def processed_path(name: str, root: Path) -> Path:
    """Return the path of the processed table `name` (without ending) below `root`."""
    return root / "data" / "processed" / f"{name}.csv"


def figure_path(name: str, language: str, ending: str, root: Path) -> Path:
    """Return the path of the figure `name` below `root`, in `language` and with `ending` (svg or png)."""
    return root / "figures" / language / f"{name}.{ending}"


def find_root_of_file(file: Path) -> Path | None:
    """Return the folder of the compendium that a file is of: the nearest that holds one of the MARKS; None for none."""
    return next((p for p in file.parents if any((p / mark).is_file() for mark in MARKS)), None)


def format_path(path: str | Path) -> str:
    """Return `path` as people should read it: below its compendium relative and with forward slashes."""
    path = Path(path)
    root = find_root_of_file(path) if path.is_absolute() else None
    return path.relative_to(root).as_posix() if root else str(path)


def has_git(root: Path) -> bool:
    """Tell whether git keeps the compendium in `root` and can be asked."""
    return (root / ".git").exists() and shutil.which("git") is not None


def suggest_restore(*files: Path) -> str:
    """Return how to get files of a compendium back as they were."""
    names, root = " ".join(map(format_path, files)), find_root_of_file(files[0]) or files[0].parent
    if has_git(root):
        return f"git checkout -- {names}"
    return f"take {names} from the archive you unpacked or another copy; git init and git commit keep one from now on"


def raise_if_wrong_checkout() -> None:
    """Refuse, by a CompendiumError, to run this checkout for another, such as a copy whose .venv still leads here: that
    of the script, of the Python or of the working directory. What PYTHONPATH or the latter brings is meant."""
    brought = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), os.getcwd()]
    if any(Path(folder).resolve() == CODE for folder in brought):
        return
    for start in (Path(sys.argv[0]).resolve(), Path(sys.prefix).resolve() / "bin", Path.cwd()):
        other = find_compendium_root(start)
        if other and other != HOME and (other / "engine" / "src" / "compendium").is_dir():
            raise CompendiumError(
                f"this would run {HOME}, not {other}. Remedy: make in {other}, then activate its .venv anew"
            )
