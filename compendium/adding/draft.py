"""A change of tables and notebooks as a whole: made in a copy, checked there, then put in place, or not at all."""

import csv
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from compendium import CompendiumError, declaration, paths
from compendium.data import datapackage
from compendium.data.standard import FORM
from compendium.files import csv_text, running_lock
from compendium.ledger import gate
from compendium.run import reference

KEPT = (declaration.NAME, "data/raw", "notebooks")


@contextmanager
def draft() -> Iterator[None]:
    """Give a copy of the compendium to work on; what was changed in it is put in place once all of it is valid.

    Raises:
        CompendiumError: what lies here is not valid, or what was made of it is not; nothing is changed then.
    """
    gate.raise_if_bad()
    home = paths.project().root
    with running_lock(), TemporaryDirectory(prefix="adding-", dir=paths.project().build) as place:
        for name in KEPT:
            if (home / name).is_dir():
                shutil.copytree(home / name, Path(place, name))
            else:
                shutil.copyfile(home / name, Path(place, name))
        with paths.using(Path(place)):
            yield
            try:
                gate.refresh()
                gate.raise_if_unjudged()
            except CompendiumError as error:
                raise CompendiumError(f"{error} Nothing was added.") from error
        files = {p.relative_to(place).as_posix(): p.read_bytes() for p in Path(place).rglob("*") if p.is_file()}
        reference.place(files, ())


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a raw table as texts; none of one that the compendium does without."""
    if table not in datapackage.names():
        return []
    with (paths.project().raw / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def append(table: str, cells: Mapping[str, str]) -> None:
    """Add a row to a raw table; columns of which nothing is said are left empty."""
    path = paths.project().raw / f"{table}.csv"
    if table not in datapackage.names():
        begin(table)
    text = path.read_text(encoding="utf-8")
    header = text.partition("\n")[0].split(",")
    path.write_text(text + csv_text([cells.get(column, "") for column in header], ()), encoding="utf-8", newline="\n")


def begin(table: str) -> None:
    """Begin a table of the ledger that the compendium does without so far, as the engine describes it."""
    package = datapackage.descriptor()
    own = {key: package[key] for key in ("licenses", "sources")} | datapackage.resource(table)
    package["resources"].append(FORM | own)
    columns = [field["name"] for field in own["schema"]["fields"]]
    path = paths.project().raw / own["path"]
    path.write_text(csv_text(columns, ()), encoding="utf-8", newline="\n")
    described(package)


def described(package: dict) -> None:
    """Write datapackage.json."""
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (paths.project().raw / datapackage.PACKAGE).write_text(text, encoding="utf-8", newline="\n")


def following(table: str, column: str, sign: str, digits: int) -> str:
    """Return the id after the highest one of a raw table: a letter and a number of so many digits."""
    numbers = [int(row[column].removeprefix(sign)) for row in rows(table) if re.fullmatch(rf"{sign}\d+", row[column])]
    return f"{sign}{max(numbers, default=0) + 1:0{digits}}"
