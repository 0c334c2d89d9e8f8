"""The one memory: what a verdict, a notebook with its figures and tables, a page and a whole run depend on.

Files are told by their hash. Code is every module that may be imported, from the judgement of a claim or the cells of a
notebook on, as syntax trees name them, with the catalogues that these modules name; a file that is no module belongs to
the package it lies in. Tables are those that were read. Book and README are made from a run, whose memory is theirs.
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

from compendium import cells, declaration, paths
from compendium.compendium import Compendium
from compendium.data import datapackage
from compendium.files import fingerprint, hash_of, read_note, write_note

JUDGING, RUNNING, CHECKING = "compendium.run.asking", "compendium.run.schedule", "compendium.ledger.gate"
JUDGEMENTS, CHECKS = "study.judgements.*", "study.checks.*"  # packages with all their modules
CATALOGUE = re.compile(r"(compendium|study)/([\w-]+)")
LAST = "last.json"  # beside the outputs of a run


@dataclass
class Said:
    """What a run said, and the stamp of what it said that of."""

    stamp: str
    said: str


@lru_cache(maxsize=1024)
def names_in(code: str, package: str = "", only: str = "") -> set[str]:
    """Return what code in a package names: modules and what they hold, with `.*` whole packages, and catalogues; what
    serves types only is left out, and with `only` the functions and classes of other names."""
    try:
        lines = ast.parse(code).body
    except SyntaxError:  # which the gate tells, or the cell
        return set()
    found = set[str]()
    for line in lines:
        of_other = only and isinstance(line, ast.FunctionDef | ast.ClassDef) and line.name != only
        if of_other or (isinstance(line, ast.If) and ast.unparse(line.test) == "TYPE_CHECKING"):
            continue
        for node in ast.walk(line):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
                found |= {".".join(filter(None, [*above, node.module, alias.name])) for alias in node.names}
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "import_module":
                found |= {f"{name.value!s}.*" for name in node.args[:1] if isinstance(name, ast.Constant)}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and CATALOGUE.fullmatch(node.value):
                found.add(node.value)
    return found


def find_module(place: Path) -> Path | None:
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


class Memory:
    """What lay in a compendium when this was asked, each file hashed once; for a later look there is another memory."""

    def __init__(self, c: Compendium):
        self.c, self.texts = c, c.root / "study" / "texts"
        self.package = c.raw / datapackage.PACKAGE
        self.common = [paths.lock(c.root), c.root / declaration.NAME]  # versions, languages, paper
        self._digests, self._judging = dict[Path, str](), dict[tuple[str, ...], str]()

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
        """Return the files in use if these modules are: modules, catalogues they name, what lies beside; of packages
        above a module the file counts, but not what it imports for others."""
        left, known, found = list(names), set[str](), set[Path]()
        while left:
            name = left.pop()
            if name in known or not name.startswith(("compendium", "study")):
                continue
            known.add(name)
            top = self.c.root if name.startswith("study") else paths.CODE
            place = top.joinpath(*name.removesuffix(".*").split("."))
            if name.endswith(".*"):
                left += [name[:-2], *(f"{name[:-2]}.{file.stem}" for file in place.glob("*.py"))]
            elif catalogue := CATALOGUE.fullmatch(name):
                found.add(top / catalogue[1] / "texts" / f"{catalogue[2]}.toml")
            elif module := find_module(place) or find_module(place.parent):  # else what a module holds
                package = ".".join(module.parent.relative_to(top).parts)
                only = place.name if module.name == "__init__.py" and module.parent != place else ""
                left += names_in(module.read_text(encoding="utf-8"), package, only)
                above = [folder for folder in module.parents if folder.is_relative_to(top / name.partition(".")[0])]
                found |= {module, *(folder / "__init__.py" for folder in above)}
        packages = {file.parent for file in found}
        found |= {file for file, package in self.beside.items() if package in packages}
        return sorted(filter(Path.is_file, found))

    @cached_property
    def beside(self) -> dict[Path, Path | None]:
        """The files that are neither modules nor texts, with the nearest package that they lie in."""
        files = list_files(paths.CODE / "compendium", self.c.root / "study")
        files = (file for file in files if file.suffix != ".py" and file.parent.name != "texts")
        return {file: next((p for p in file.parents if (p / "__init__.py").is_file()), None) for file in files}

    def judging(self, *modules: str) -> str:
        """Return the hash of what verdicts of the judgements in modules depend on, besides tables and choices."""
        if modules not in self._judging:
            code = self.digests([*self.code(JUDGING, *modules), *self.common])
            package, passing = self.c.tables.package, ("hash", "bytes")
            tables = [{key: r[key] for key in r if key not in passing} for r in package["resources"]]
            described = {key: package[key] for key in package if key != "created"} | {"resources": tables}
            self._judging[modules] = hash_of([sys.version, code, described])
        return self._judging[modules]

    def verdict(self, modules: Iterable[str], choices: dict, reads: Iterable[str]) -> str:
        """Return the hash of what a verdict depends on: modules of judgements, if any, and tables that were read."""
        return hash_of([self.judging(*modules), choices, self.tables(reads)])

    def tables(self, names: Iterable[str]) -> dict[str, str]:
        """Return the SHA-256 of raw tables by name."""
        return {name: self.digest(self.c.raw / f"{name}.csv") for name in sorted(names)}

    def state(self, *modules: str) -> str:
        """Return the hash of what all verdicts, and what else modules of the study compute, depend on, and checks."""
        code = self.digests(self.code(JUDGEMENTS, CHECKING, CHECKS, *modules))
        return hash_of([self.judging(JUDGEMENTS), code, self.tables(self.c.tables.resources)])

    def mark(self) -> str:
        """Return SHA-256 and place of each file that a ledger of all claims depends on, a line each."""
        files = [*self.code(JUDGING, JUDGEMENTS), *self.common, self.package]
        return "".join(f"{self.digest(file)}  {file}\n" for file in files)

    def notebook_code(self, file: Path) -> list[Path]:
        """Return the files of the code that a notebook uses, its solutions too, and of what runs it."""
        parts = ([c.source] if c.kind == "code" else cells.SOLUTION.findall(c.source) for c in cells.read(file))
        return self.code(RUNNING, JUDGEMENTS, *names_in("\n".join(chain.from_iterable(parts))))

    def notebook(self, file: Path, reads: Iterable[str]) -> dict[str, str]:
        """Return the SHA-256 of what a notebook depends on, but for itself, what others make, and catalogues that it
        was seen to read: its code, its texts, what it is declared to read of the folders data and notebooks."""
        files = [place for place in self.notebook_code(file) if place.parent != self.texts]
        files += [*self.common, self.package, file.parent / "texts" / f"{file.stem}.toml"]
        others = [*self.c.root.glob("data/*/*.csv"), *self.c.notebooks.glob("*.toml")]
        files += [p for p in others if p.stem in reads and p.parent.name not in ("raw", "processed")]
        return self.digests(filter(Path.is_file, files))

    def catalogues(self) -> dict[str, str]:
        """Return the SHA-256 of the texts of the study, by name of the file."""
        return {file.name: self.digest(file) for file in sorted(self.texts.glob("*.toml"))}

    @cached_property
    def whole(self) -> str:
        """The hash of all that runs depend on and are compared with."""
        names = ("study", "notebooks", "data", "figures")
        files = list_files(paths.CODE / "compendium", *self.common, *(self.c.root / name for name in names))
        installed = sorted(p for p in os.listdir(sysconfig.get_path("purelib")) if p.endswith(".dist-info"))
        return hash_of([sys.version, installed, [(str(file), self.digest(file)) for file in files]])

    def stamp(self, root: Path, request: Sequence[str]) -> str:
        """Return the hash of all that a run depends on, of what was asked for, and of the outputs below `root` now."""
        made = [(str(f), fingerprint(f.read_bytes())) for f in list_files(root) if f.name != LAST and f.is_file()]
        return hash_of([self.whole, list(request), made])

    def recall(self, root: Path, request: Sequence[str]) -> str | None:
        """Return what the last run below `root` said if it was asked the same, agreed, and nothing changed since."""
        stamp = self.stamp(root, request)  # taken in any case: what lies here now is what the run will work on
        note = read_note(root / LAST, Said)
        return note.said if note and note.stamp == stamp else None

    def remember(self, root: Path, request: Sequence[str], said: str) -> None:
        """Note what a run that agreed has said of what lay here when this memory was first asked."""
        write_note(root / LAST, Said(self.stamp(root, request), said))
