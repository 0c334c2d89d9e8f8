"""The one memory: what a verdict, a notebook with its figures and tables, a page and a whole run depend on.

Files are told by their hash. Code is the whole engine, and of the study every module that may be imported, from the
judgement of a claim or the cells of a notebook on, as syntax trees name them, with the catalogues that these modules
name; a file that is no module belongs to the package it lies in. Tables are those that were read. Book and README are
made from a run, whose memory is theirs.
"""

import ast
import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

from compendium.base import cells, declaration, paths
from compendium.base.files import fingerprint, fingerprint_json, read_checksummed_json, write_checksummed_json
from compendium.compendium import Compendium
from compendium.data import datapackage

JUDGEMENTS, CHECKS = "study.judgements.*", "study.checks.*"  # packages with all their modules
CATALOGUE = re.compile(r"study/([\w-]+)")
NAMED = re.compile(rf"{CATALOGUE.pattern}|study(\.\w+)+")  # in a text: a catalogue, or a module, as importlib takes it
LAST = "last.json"  # beside the outputs of a run


@dataclass
class RememberedOutput:
    """What a run said, and the stamp of what it said that of."""

    stamp: str
    said: str


@lru_cache(maxsize=1024)
def find_study_imports(code: str, package: str = "") -> set[str]:
    """Return what code names of the study: modules and what they hold, and catalogues; `package`: where it lies."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # which the gate tells, or the cell
        return set()
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            place = ".".join(filter(None, [*above, node.module]))
            found |= {f"{place}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and NAMED.fullmatch(str(node.value)):
            found.add(str(node.value))
    return {name for name in found if re.match(r"study\b", name)}


def find_module_file(place: Path) -> Path | None:
    """Return the file of the module or package whose path, without an ending, is `place`; None if there is none."""
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def list_files(*places: Path) -> Iterator[Path]:
    """Yield the files at or below places in a fixed order, without caches and hidden files."""
    for place in places:
        if place.is_file():
            yield place
        for folder, inner, names in os.walk(place):
            inner[:] = sorted(n for n in inner if n != "__pycache__" and not n.startswith("."))
            yield from (Path(folder) / n for n in sorted(names) if not n.startswith("."))


class InputHashes:
    """What lay in a compendium when this was asked, each file hashed once; for a later look there is another memory."""

    def __init__(self, c: Compendium):
        self.c, self.study, self.package = c, c.root / "study", c.raw / datapackage.PACKAGE
        self.engine = [*list_files(paths.CODE / "compendium")]
        self.common = [paths.find_requirements_lock(c.root), c.root / declaration.NAME]  # versions, languages, paper
        self._digests = dict[Path, str]()

    def digest(self, file: Path) -> str:
        """Return the SHA-256 of a file; empty where there is none."""
        if file not in self._digests:
            self._digests[file] = fingerprint(file.read_bytes()) if file.is_file() else ""
        return self._digests[file]

    def digests(self, files: Iterable[Path]) -> dict[str, str]:
        """Return the SHA-256 of files by where they lie below the engine or the compendium, in a fixed order."""
        tops = {f: next(filter(f.is_relative_to, (paths.CODE, self.c.root, f.parent))) for f in files}
        return dict(sorted((file.relative_to(top).as_posix(), self.digest(file)) for file, top in tops.items()))

    def code(self, *names: str) -> list[Path]:
        """Return the files of the study in use if these modules are: modules, catalogues they name, what lies beside;
        of packages above a module the file counts, but not what it imports for others."""
        left, known, found = list(names), set[str](), set[Path]()
        while left:
            name = left.pop()
            place = self.study.parent.joinpath(*name.removesuffix(".*").split("."))
            if name in known:
                continue
            known.add(name)
            if name.endswith(".*"):
                left += [name[:-2], *(f"{name[:-2]}.{file.stem}" for file in place.glob("*.py"))]
            elif catalogue := CATALOGUE.fullmatch(name):
                found.add(self.study / "texts" / f"{catalogue[1]}.toml")
            elif module := find_module_file(place) or find_module_file(place.parent):  # else what a module holds
                package = ".".join(module.parent.relative_to(self.study.parent).parts)
                left += find_study_imports(module.read_text(encoding="utf-8"), package)
                above = [folder for folder in module.parents if folder.is_relative_to(self.study)]
                found |= {module, *(folder / "__init__.py" for folder in above)}
        packages = {file.parent for file in found}
        for file in list_files(self.study):
            nearest = next((folder for folder in file.parents if (folder / "__init__.py").is_file()), None)
            if file.suffix != ".py" and file.parent.name != "texts" and nearest in packages:
                found.add(file)
        return sorted(filter(Path.is_file, found))

    def state(self, *modules: str) -> str:
        """Return the hash of what all verdicts, and what else modules of the study compute, depend on, and checks."""
        code = self.digests([*self.engine, *self.code(JUDGEMENTS, CHECKS, *modules), *self.common])
        package = self.c.tables.package
        described = {key: package[key] for key in package if key != "created"}
        tables = {name: self.digest(self.c.raw / f"{name}.csv") for name in sorted(self.c.tables.resources)}
        return fingerprint_json([sys.version, code, described, tables])

    def mark(self) -> str:
        """Return SHA-256 and place of each file that a ledger of all claims depends on, a line each."""
        files = [*self.engine, *self.code(JUDGEMENTS), *self.common, self.package]
        return "".join(f"{self.digest(file)}  {file}\n" for file in files)

    def notebook_code(self, file: Path) -> list[Path]:
        """Return the files of the study that a notebook uses, its solutions too."""
        parts = (
            [c.source] if c.kind == "code" else cells.SOLUTION.findall(c.source)
            for c in cells.read_notebook_cells(file)
        )
        return self.code(JUDGEMENTS, *find_study_imports("\n".join(chain.from_iterable(parts))))

    def notebook(self, file: Path, reads: Iterable[str]) -> dict[str, str]:
        """Return the SHA-256 of what a notebook depends on, but for itself and what others make: its code, its texts,
        what it is declared to read of the folders data and notebooks."""
        files = [*self.engine, *self.notebook_code(file), *self.common, self.package]
        files += [file.parent / "texts" / f"{file.stem}.toml"]
        others = [*self.c.root.glob("data/*/*.csv"), *self.c.notebooks.glob("*.toml")]
        files += [p for p in others if p.stem in reads and p.parent.name not in ("raw", "processed")]
        return self.digests(filter(Path.is_file, files))

    def list_all(self) -> list[Path]:
        """Return the files that runs depend on and are compared with."""
        names = ("study", "notebooks", "data", "figures")
        return [*self.engine, *list_files(*self.common, *(self.c.root / name for name in names))]

    def list_inputs(self) -> dict[str, str]:
        """Return the SHA-256 of the files that runs depend on and no run makes, but for notebooks, by path."""
        made = [self.c.root / "data/processed", self.c.root / "data/SHA256SUMS", self.c.root / "figures"]
        made += self.c.notebooks.glob("*.ipynb")
        return self.digests(f for f in self.list_all() if not any(map(f.is_relative_to, made)))

    def list_edited(self) -> list[str]:
        """Return one line for each file that does not lie here any more as it did when this was first asked."""
        now, known = InputHashes(self.c), self._digests
        edited = (f for f in sorted({*self.list_all(), *known}) if now.digest(f) != known.get(f, ""))
        said = "was edited while the run was at work. Remedy: make, for what lies here now"
        return [f"{paths.format_path(file)}: {said}" for file in edited]

    @cached_property
    def whole(self) -> str:
        """The hash of all that runs depend on and are compared with."""
        files = self.list_all()
        installed = sorted(p for p in os.listdir(sysconfig.get_path("purelib")) if p.endswith(".dist-info"))
        return fingerprint_json([sys.version, installed, [(str(file), self.digest(file)) for file in files]])

    def stamp(self, root: Path, request: Sequence[str]) -> str:
        """Return the hash of all that a run depends on, of what was asked for, and of the outputs below `root` now."""
        made = [(str(f), fingerprint(f.read_bytes())) for f in list_files(root) if f.name != LAST and f.is_file()]
        return fingerprint_json([self.whole, list(request), made])

    def recall(self, root: Path, request: Sequence[str]) -> str | None:
        """Return what the last run below `root` said if it was asked the same, agreed, and nothing changed since."""
        stamp = self.stamp(root, request)  # taken in any case: what lies here now is what the run will work on
        note = read_checksummed_json(root / LAST, RememberedOutput)
        return note.said if note and note.stamp == stamp else None

    def remember(self, root: Path, request: Sequence[str], said: str) -> None:
        """Note what a run that agreed has said of what lay here when this memory was first asked."""
        write_checksummed_json(root / LAST, RememberedOutput(self.stamp(root, request), said))
