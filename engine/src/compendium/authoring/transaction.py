"""A change of tables and notebooks as a whole: made in a copy, checked there, then put in place, or not at all."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from compendium import CompendiumError
from compendium.base import declaration
from compendium.base.files import csv_text, running_lock, write_atomic
from compendium.compendium import Compendium
from compendium.data import datapackage, sourcing, validity
from compendium.data.datapackage import LIST, split_list
from compendium.data.standard import FORM
from compendium.ledger import gate
from compendium.ledger.coding import digest
from compendium.run import accept

KEPT = (declaration.NAME, "data/raw", "notebooks")


@contextmanager
def edit_copy_then_commit(c: Compendium) -> Iterator[Compendium]:
    """Give a copy of a compendium to work on; what was changed in it is put in place once all of it is valid.

    A judgement may be written before its claim.
    """
    validity.raise_first(gate.validate_data_package(c))
    with running_lock(c.build), TemporaryDirectory(prefix="adding-", dir=c.build) as place:
        copy = Compendium(Path(place), Path(place))
        for name in KEPT:
            take = shutil.copytree if (c.root / name).is_dir() else shutil.copyfile
            take(c.root / name, copy.root / name)
        yield copy
        package = replace(copy).tables.package
        for table, code, source in sourcing.list_undeclared_licences(copy.raw, package):
            table["licenses"] = [*table["licenses"], {"name": code, "title": f"{code}: {source['title']}"}]
        datapackage.write(copy.raw, package)
        try:
            validity.refresh_hashes_and_codebook(
                replace(copy).tables, gate.all_checks(c)
            )  # which reads what was written
            gate.raise_if_incomparable(replace(copy).tables, gate.load_judgements(c))
        except CompendiumError as error:
            raise CompendiumError(f"{error} Nothing was added.") from error
        files = {p.relative_to(place).as_posix(): p.read_bytes() for p in copy.root.rglob("*") if p.is_file()}
        accept.replace_files_atomically(c, files, ())


def read_raw_rows(c: Compendium, table: str) -> list[dict[str, str]]:
    """Return the rows of a raw table as texts; none of one that the compendium does without."""
    return c.tables.cells(table).to_dict("records")


def append_raw_row(c: Compendium, table: str, cells: Mapping[str, str]) -> None:
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


def add_claim_to_assertions(c: Compendium, assertions: str, claim_id: str) -> None:
    """Write a claim into the assertions that it takes up; a CompendiumError names one that there is not."""
    wanted, found = split_list(assertions), read_raw_rows(c, "assertions") if assertions else []
    if lost := set(wanted) - {row["assertion_id"] for row in found}:
        raise CompendiumError(f"there is no assertion {min(lost)!r}. Remedy: the id of one in data/raw/assertions.csv")
    for row in found:
        if row["assertion_id"] in wanted:
            row |= {"claim_ids": LIST.join([*split_list(row["claim_ids"]), claim_id]), "reason": ""}
    if found:
        made = csv_text(found[0], (row.values() for row in found))
        write_atomic(c.raw / "assertions.csv", made.encode("utf-8"))


def add_statement_comparisons(c: Compendium, claim: Mapping[str, str], compared: Sequence[str]) -> None:
    """Write what readers found who compared the statement of a claim with its sentence, each under a coder's name."""
    for row, found in zip(read_raw_rows(c, "coders") if compared else (), compared, strict=False):
        of_claim = {"claim_id": claim["claim_id"], "words": digest(claim, "statement")}
        append_raw_row(c, "fidelity", of_claim | {"round": "after", "coder": row["coder"], "compared": found})


def make_next_id(c: Compendium, table: str, column: str) -> str:
    """Return the id after the highest one of a raw table, in the form that its schema gives, such as `Q[0-9]{2,3}`."""
    sign, digits = re.findall(r"(.+)\[0-9\]\{(\d)", c.tables.field(table, column)["constraints"]["pattern"])[0]
    found = (re.fullmatch(rf"{sign}(\d+)", cell) for cell in c.tables.cells(table)[column])
    return f"{sign}{max((int(one[1]) for one in found if one), default=0) + 1:0{digits}}"
