"""Compendia as values, for tests: this checkout, one in a folder, one of made-up tables; and the gate to raw tables."""

import csv
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from compendium.base import declaration, paths
from compendium.base.files import InputError
from compendium.compendium import Compendium
from compendium.data import validity
from compendium.data.tables import RawTables
from compendium.ledger import gate, record
from compendium.ledger.record import Ledger, LedgerRow

TOML = """
name = "one"
version = "0.1.0"
released = 2026-11-26
languages = [{languages}]
title = {{ {title} }}
paper = {{ title = "A paper", year = 2024 }}
authors = [{{ name = "Nobody" }}]
"""


def at(root: Path, out: Path | None = None, language: str = "") -> Compendium:
    """Return the compendium in a folder; without another place its outputs go there too."""
    return Compendium(root, out or root, language)


HERE = at(paths.HOME)


def declare(root: Path, *languages: str) -> Path:
    """Put a compendium.toml into a folder, which it returns: that of this compendium, or one with other languages."""
    root.mkdir(parents=True, exist_ok=True)
    if languages:
        told = {"languages": ", ".join(f'"{one}"' for one in languages)}
        told["title"] = ", ".join(f'{one} = "T"' for one in languages)
        (root / declaration.NAME).write_text(TOML.format(**told), encoding="utf-8")
    else:
        shutil.copy(paths.HOME / declaration.NAME, root)
    return root


def rows(name: str, folder: str = "raw") -> list[dict[str, str]]:
    """Return the rows of a table of this checkout, as the file has them."""
    with (HERE.root / "data" / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(name: str) -> str:
    """Return the text of a file of this checkout."""
    return (HERE.root / name).read_text(encoding="utf-8")


def judged(**cells: str) -> LedgerRow:
    """Return the record that some cells of a row of the ledger give; the others are empty."""
    return record.parse_ledger_row(dict.fromkeys(record.list_ledger_columns(HERE.languages), "") | cells)


def altered(ledger: Ledger, claim_id: str, /, **fields: object) -> Ledger:
    """Return a ledger with other fields of one record."""
    return ledger | {claim_id: replace(ledger[claim_id], **fields)}


class MadeUp(RawTables):
    """Tables that a test makes up and may change, described as those of this compendium."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]):
        super().__init__(HERE.raw, HERE.languages)
        self.frames = frames

    @property
    def resources(self) -> dict[str, dict]:
        """What datapackage.json says of the tables that are there."""
        return {name: HERE.tables.resource(name) for name in self.frames}

    def __call__(self, name: str) -> pd.DataFrame:
        """Return a table; one of the ledger that is not there is empty."""
        return self.frames[name].copy() if name in self.frames else super().__call__(name)


def holding(frames: Mapping[str, pd.DataFrame], root: Path = paths.HOME, out: Path | None = None) -> Compendium:
    """Return a compendium whose raw tables are these, whatever lies in its folder."""
    c = at(root, out)
    vars(c)["tables"] = MadeUp(frames)
    return c


def tables_in(raw: Path) -> RawTables:
    """Return the raw tables of the compendium in whose folder of raw tables they lie, read anew."""
    return at(raw.parents[1]).tables


def check(raw: Path) -> list[InputError]:
    """Return every problem of a folder of raw tables, by all checks of this compendium, wherever the folder lies."""
    return validity.list_data_package_problems(tables_in(raw), gate.all_checks(HERE))


def refresh(raw: Path) -> list[str]:
    """Renew hashes and codebook in a folder of raw tables and return what changed."""
    return validity.refresh_hashes_and_codebook(tables_in(raw), gate.all_checks(HERE))
