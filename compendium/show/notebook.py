"""What a notebook uses of the engine, in one place: tables, ledger, words, figures, self-checks."""

from pathlib import PurePosixPath

import pandas as pd
from IPython.display import display

from compendium import CompendiumError, here
from compendium.data import tables
from compendium.ledger import gate
from compendium.ledger.judges import Judges, Later
from compendium.show import figures
from compendium.show.figures import draw
from compendium.show.lessons import check
from compendium.show.listing import versions
from compendium.show.pace import reading
from compendium.show.story import Entries, Entry, Ledger, Sequel
from compendium.show.tabulation import table
from compendium.show.wording import say

__all__ = ["begin", "check", "draw", "read", "say", "table"]


class Notebook(Ledger):
    """A notebook at work: the verdicts it tells of, its figures and tables, what it ran with."""

    def __init__(self, name: str, judges: Judges):
        here.begin(name)
        super().__init__(judges)
        self.choices: dict[str, object] = {}
        self.told: tuple[str | tuple, ...] = ()
        self.sequel: Sequel | None = None

    def story(self, *rows: str | tuple) -> None:  # type: ignore[override]
        """Show the headline claims at the top, as `Ledger.story` does; `choose` may tell them anew."""
        self.told = rows
        display(super().story(*rows), display_id="story")

    def check(self, *claim_ids: str) -> Entry | Entries:  # type: ignore[override]
        """Return claims for display, each as a card, by the choices that were made."""
        return super().check(*claim_ids, **self.taking(claim_ids, self.choices))

    def choose(self, **choices: object) -> None:
        """Make choices of the analyst: the claims at the top are told anew, and those below by them."""
        self.choices = choices
        named = [name for row in self.told for name in ([row] if isinstance(row, str) else row[1:])]
        if taken := self.taking(named, choices):
            told = super().story(*self.told, again=True, **taken)
            display(told, display_id="story", update=True)

    figure = staticmethod(figures.foreshown)
    save = staticmethod(tables.save)
    versions = staticmethod(versions)

    def since(self, judges: Later) -> Sequel:
        """Return what judges claims once more, by what was printed after the paper; the same in every cell."""
        self.sequel = self.sequel or Sequel(judges)
        return self.sequel


def begin(name: str, judges: Judges) -> Notebook:
    """Say which notebook this is, such as `02-growth`, by which its texts are found, and show how long it takes.

    Args:
        name: of its file, without ending.
        judges: the judgements of the study, which are asked for verdicts by other choices than the defaults.

    Raises:
        CompendiumError: there is no such notebook.
    """
    gate.study("judgements")  # all modules of the folder, also those that nothing imports
    notebook = Notebook(name, judges)
    display(reading())
    return notebook


def read(path: str) -> pd.DataFrame:
    """Return a table of this compendium by its path, such as `data/raw/counts.csv`.

    It is pandas.read_csv with the types of columns that the codebook gives; an empty cell of a text column is the empty
    string.

    Raises:
        CompendiumError: the path leads to neither data/raw nor data/processed, or there is no such table.
    """
    place = PurePosixPath(path)
    folders = {"data/raw": tables.raw, "data/processed": tables.processed}
    if place.parent.as_posix() not in folders or place.suffix != ".csv":
        raise CompendiumError(f"{path} is no table. Remedy: data/raw/NAME.csv, or data/processed/NAME.csv")
    return folders[place.parent.as_posix()](place.stem)
