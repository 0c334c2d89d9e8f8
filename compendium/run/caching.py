"""Which results of an earlier run would come out the same again: what a result depends on, in one place."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path

from compendium import declaration, languages, paths
from compendium.data.datapackage import PACKAGE
from compendium.files import fingerprint
from compendium.ledger import claims
from compendium.run import contents
from compendium.run.contents import Notebook
from compendium.run.notebookfile import read, written

AFTER = ("forms", "book")  # packages of the engine that no notebook uses
OWN = (
    "figures",
    "sentences",
    "explorers",
)  # packages of the study whose modules belong to the notebooks that name them
NAMES_OWN = re.compile(rf"from study\.({'|'.join(OWN)})(?:\.(\w+) import| import (\w+))")
KEPT = ("raw", "processed")  # folders of tables whose content other hashes tell


def previous(root: Path) -> dict:
    """Return the summary of the run below `root`, or an empty one."""
    try:
        found = json.loads((root / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    return {"keys": {}, "files": {}, "seconds": {}, "memory": {}, "seen": {}} | found


def fingerprints(notebook: str, root: Path) -> dict[str, str]:
    """Return the SHA-256 of the files that a notebook has made below `root`, by path, as its cells were seen to."""
    made = [root / "notebooks" / f"{notebook}.ipynb", root / f"{notebook}.log"]
    seen = claims.seen(paths.processed(claims.SHOWN, root))
    for name in seen.loc[seen["notebook"].eq(notebook) & seen["kind"].ne("claim"), "name"]:
        made += [paths.processed(name, root), *root.glob(f"figures/*/{name}.*")]
    return {p.relative_to(root).as_posix(): fingerprint(p.read_bytes()) for p in sorted(made) if p.is_file()}


def common() -> list[str]:
    """Return the SHA-256 of every file that the results of all notebooks depend on.

    These are the packages without the forms, the book, and of the study the texts and what belongs to one notebook; the
    lock, and the raw data by their descriptor.
    """
    project = paths.project()
    after = [*(paths.HOME / "compendium" / name for name in AFTER)]
    after += [project.root / "study" / name for name in ("texts", *OWN)]
    files = [p for p in project.code() if not any(p.is_relative_to(folder) for folder in after)]
    files += [paths.lock(), project.root / declaration.NAME, project.raw / PACKAGE]
    return [fingerprint(path.read_bytes()) for path in files]


def inputs(notebook: Notebook) -> list[str]:
    """Return the SHA-256 of every other file that the result of a notebook depends on, but of what others make.

    These are its texts, what draws and words it in the study, what it reads of the folders data and notebooks besides.
    """
    project = paths.project()
    files = [*project.notebooks.glob(f"texts/{notebook.name}.toml"), *sorted(own(notebook.path))]
    read_too = [*project.root.glob("data/*/*.csv"), *project.notebooks.glob("*.toml")]
    files += sorted(p for p in read_too if p.stem in notebook.reads and p.parent.name not in KEPT)
    return [fingerprint(path.read_bytes()) for path in files]


def own(file: Path) -> set[Path]:
    """Return the modules of the study that belong to a notebook: those it names, and those that these name."""
    found: set[Path] = set()
    left = [file]
    while left:
        named = NAMES_OWN.findall(left.pop().read_text(encoding="utf-8"))
        places = {paths.project().root / "study" / folder / f"{one or other}.py" for folder, one, other in named}
        left += [place for place in places - found if place.is_file()]
        found |= {place for place in places if place.is_file()}
    return found


def catalogues() -> dict[str, str]:
    """Return the SHA-256 of the texts of the study, by name of the file."""
    return {p.name: fingerprint(p.read_bytes()) for p in sorted((paths.project().root / "study/texts").glob("*.toml"))}


def authored(notebook: Notebook) -> list[dict]:
    """Return what the author of a notebook wrote."""
    return written(read(notebook.path))


def data_hash() -> str:
    """Return the SHA-256 of datapackage.json, which holds those of all raw tables."""
    return fingerprint((paths.project().raw / PACKAGE).read_bytes())


class Keys:
    """Keys of the results of notebooks: two results with the same key are the same.

    A key is a hash of what the notebook's author wrote and of its choices, of the files that are `common` and its
    `inputs`, of the Python version and the language that is shown, of the facts of the ledger and the reasons of the
    claims that it shows, of the texts of the study that it was seen to read, and for the one that reads what the others
    make of their keys, or of their committed outputs where these are read instead.

    Args:
        root: folder of the run whose results may be kept.
        notebooks: those selected to run.
        chosen: parameters by notebook.
        ledger: rows of the ledger by claim.
        before: summary of that run, from `previous`.
    """

    def __init__(
        self,
        root: Path,
        notebooks: Sequence[Notebook],
        chosen: dict[str, dict[str, object]],
        ledger: Mapping[str, dict[str, str]],
        before: dict,
    ):
        self.root, self.names, self.chosen, self.before = root, {n.name for n in notebooks}, chosen, before
        self.ledger, self.common, self.catalogues = ledger, common(), catalogues()
        self.upstream = contents.dependencies(list(contents.catalogue().values()))
        self.known: dict[str, str] = {}
        self.written: dict[str, list[dict]] = {}
        self.parts: dict[str, list] = {}
        for notebook in notebooks:
            self.key(notebook.name)

    def after(self, root: Path, before: dict) -> "Keys":
        """Return the keys of the results that a run made below `root` from the files as they were before it."""
        again = copy(self)
        again.root, again.before, again.known = root, before, {}
        return again

    def key(self, name: str) -> str:
        """Return the key of a notebook."""
        if name not in self.known:
            if name not in self.parts:
                notebook = contents.catalogue()[name]
                self.written[name] = authored(notebook)
                self.parts[name] = [sys.version, languages.asked(), self.written[name], self.chosen.get(name, {})]
                self.parts[name] += [self.common, sorted(notebook.reads), inputs(notebook)]
            parts = [*self.parts[name], self.told(name), self.texts(name)]
            for other in sorted(self.upstream[name]):
                there = self.selected(other) or self.current(other)
                parts.append(self.key(other) if there else fingerprints(other, paths.project().root))
            self.known[name] = fingerprint(json.dumps(parts, ensure_ascii=False).encode("utf-8"))
        return self.known[name]

    def told(self, name: str) -> list[dict[str, str]]:
        """Return what a notebook may take from the ledger: all facts, and the sentences of the claims that it shows.

        These are those of all claims where it reads what the others make, or has not been seen to run.
        """
        seen = None if contents.catalogue()[name].last else self.before["seen"].get(name)
        shown = {claim for _, kind, claim in seen[0] if kind == "claim"} if seen else self.ledger
        return [
            row if claim in shown else {k: v for k, v in row.items() if not k.startswith(("why_", "reason_", "flip_"))}
            for claim, row in self.ledger.items()
        ]

    def texts(self, name: str) -> dict[str, str]:
        """Return the SHA-256 of the catalogues of the study that a notebook read when it ran; all if it never did."""
        read = self.before["seen"][name][1] if name in self.before["seen"] else self.catalogues
        return {file: digest for file, digest in self.catalogues.items() if file in read}

    def selected(self, name: str) -> bool:
        """Tell whether a notebook is to run."""
        return name in self.names

    def current(self, name: str) -> bool:
        """Tell whether the result of a notebook from before is there, untouched, and would come out the same again."""
        if name not in contents.catalogue() or self.before["keys"].get(name) != self.key(name):
            return False
        return self.before["files"].get(name) == fingerprints(name, self.root)
