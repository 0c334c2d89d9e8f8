"""A change of tables and notebooks as a whole: made in a copy, checked there, then put in place, or not at all."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from compendium import CompendiumError
from compendium.base import declaration
from compendium.base.files import csv_text, running_lock, write_atomic
from compendium.compendium import Compendium
from compendium.data import datapackage, sourcing, validity
from compendium.data.standard import FORM
from compendium.ledger import gate
from compendium.run import accept

KEPT = (declaration.NAME, "data/raw", "notebooks")


@contextmanager
def draft(c: Compendium) -> Iterator[Compendium]:
    """Give a copy of a compendium to work on; what was changed in it is put in place once all of it is valid.

    A judgement may be written before its claim.
    """
    validity.raise_first(gate.check(c))
    with running_lock(c.build), TemporaryDirectory(prefix="adding-", dir=c.build) as place:
        copy = Compendium(Path(place), Path(place))
        for name in KEPT:
            take = shutil.copytree if (c.root / name).is_dir() else shutil.copyfile
            take(c.root / name, copy.root / name)
        yield copy
        package = replace(copy).tables.package
        for table, code, source in sourcing.list_unlicensed(copy.raw, package):
            table["licenses"] = [*table["licenses"], {"name": code, "title": f"{code}: {source['title']}"}]
        datapackage.write(copy.raw, package)
        try:
            validity.refresh(replace(copy).tables, gate.all_checks(c))  # which reads what was written
            gate.raise_if_incomparable(replace(copy).tables, gate.judges(c))
        except CompendiumError as error:
            raise CompendiumError(f"{error} Nothing was added.") from error
        files = {p.relative_to(place).as_posix(): p.read_bytes() for p in copy.root.rglob("*") if p.is_file()}
        accept.place(c, files, ())


def read_rows(c: Compendium, table: str) -> list[dict[str, str]]:
    """Return the rows of a raw table as texts; none of one that the compendium does without."""
    return c.tables.cells(table).to_dict("records")


def append(c: Compendium, table: str, cells: Mapping[str, str]) -> None:
    """Add a row to a raw table; one of the ledger that is not there is begun, as the engine describes it."""
    c = replace(c)  # an earlier row may have begun a table
    described, path = c.tables.resource(table), c.raw / f"{table}.csv"
    columns = [field["name"] for field in described["schema"]["fields"]]
    if table not in c.tables.resources:
        own = {key: c.tables.package[key] for key in ("licenses", "sources")} | described
        datapackage.write(c.raw, c.tables.package | {"resources": [*c.tables.package["resources"], FORM | own]})
        write_atomic(path, csv_text(columns, ()).encode("utf-8"))
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(csv_text([cells.get(column, "") for column in columns], ()))


def next_id(c: Compendium, table: str, column: str) -> str:
    """Return the id after the highest one of a raw table, in the form that its schema gives, such as `Q[0-9]{2,3}`."""
    sign, digits = re.findall(r"(.+)\[0-9\]\{(\d)", c.tables.field(table, column)["constraints"]["pattern"])[0]
    found = (re.fullmatch(rf"{sign}(\d+)", cell) for cell in c.tables.cells(table)[column])
    return f"{sign}{max((int(one[1]) for one in found if one), default=0) + 1:0{digits}}"
