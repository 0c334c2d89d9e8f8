"""What a notebook uses of the engine, in one place: tables, ledger, words, figures, self-checks."""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from compendium.data import tables
from compendium.here import begin
from compendium.ledger.derived import quantities
from compendium.show import figures
from compendium.show.lessons import check
from compendium.show.listing import versions
from compendium.show.pace import reading
from compendium.show.story import Ledger, Sequel
from compendium.show.tabulation import labels, source_names, table
from compendium.show.wording import label, part, say, worded
from compendium.texts import both, joined, of

if TYPE_CHECKING:
    from compendium.show import explorers

__all__ = [
    "Ledger",
    "Sequel",
    "begin",
    "both",
    "check",
    "explorers",
    "figures",
    "joined",
    "label",
    "labels",
    "of",
    "part",
    "quantities",
    "reading",
    "say",
    "source_names",
    "table",
    "tables",
    "versions",
    "worded",
]


def __getattr__(name: str) -> ModuleType:
    """Import what takes long, Altair in `explorers`, for those notebooks only that ask for it."""
    if name == "explorers":
        return importlib.import_module("compendium.show.explorers")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
