"""A compendium: one value that carries where it lies, its languages, what it declares and its tables.

It is made once, at the edge (a command, a test, the first cell of a notebook), and handed down; what a function may
touch is told by its arguments.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from compendium.base import declaration, paths
from compendium.base.files import InputError
from compendium.base.languages import Languages
from compendium.data.tables import RawTables, read_processed, write_processed

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Compendium:
    """A compendium.

    Attributes:
        root: folder that holds notebooks, data, figures and the package `study`.
        out: folder that receives data/processed and figures.
        language: the one that notebooks are asked to show; empty for all.
    """

    root: Path
    out: Path
    language: str = ""

    @classmethod
    def find(cls) -> "Compendium":
        """Return the compendium of this process, as `paths.find` finds its folders."""
        return cls(*paths.find_root_and_output(), os.environ.get(paths.LANGUAGE, ""))

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

    @cached_property
    def declaration(self) -> declaration.CompendiumConfig:
        """What compendium.toml says."""
        return declaration.read_compendium_toml(self.root)

    @cached_property
    def languages(self) -> Languages:
        """The languages in the order declared."""
        return Languages(self.declaration.languages)

    @property
    def shown(self) -> tuple[str, ...]:
        """The languages in which notebooks show texts, tables and figures: the one asked for, else all."""
        return (self.languages.checked(self.language),) if self.language else self.languages

    @cached_property
    def tables(self) -> RawTables:
        """The raw tables."""
        return RawTables(self.raw, self.languages)

    def processed_path(self, name: str) -> Path:
        """Return where the processed table `name` goes."""
        return paths.processed_path(name, self.out)

    def figure_path(self, name: str, language: str, ending: str) -> Path:
        """Return where the figure `name` goes, in `language` and with `ending` (svg or png)."""
        return paths.figure_path(name, language, ending, self.out)

    def located(self, name: str) -> Path:
        """Return where the processed table `name` is: among the outputs, else the committed one, else an InputError."""
        places = [paths.processed_path(name, place) for place in (self.out, self.root)]
        if found := next(filter(Path.is_file, places), None):
            return found
        remedy = "run the notebook that writes it, or all of them with `compendium run`"
        raise InputError(paths.format_path(places[0]), "is missing", remedy)

    def processed(self, name: str) -> "pd.DataFrame":
        """Return the processed table `name`, from where `located` finds it."""
        return read_processed(self.located(name))

    def save(self, frame: "pd.DataFrame", name: str) -> None:
        """Write a frame as the processed table `name`, without its index."""
        write_processed(frame, name, self.out)
