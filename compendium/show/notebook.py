"""What a notebook uses of the engine, in one place: tables, ledger, words, figures, self-checks."""

from compendium.data import tables
from compendium.ledger.derived import derived
from compendium.ledger.recording import Ledger
from compendium.ledger.sequel import Sequel
from compendium.show import explorers, figures
from compendium.show.lessons import check
from compendium.show.listing import versions
from compendium.show.pace import reading
from compendium.show.tabulation import labels, source_names, table
from compendium.show.wording import Both, both, joined, label, part, say, worded

__all__ = [
    "Both",
    "Ledger",
    "Sequel",
    "both",
    "check",
    "derived",
    "explorers",
    "figures",
    "joined",
    "label",
    "labels",
    "part",
    "reading",
    "say",
    "source_names",
    "table",
    "tables",
    "versions",
    "worded",
]
