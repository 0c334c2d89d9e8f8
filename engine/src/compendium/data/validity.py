"""Is the data package valid? Bytes, types and keys, references, checks between tables, provenance; renewal of hashes.

Problems are told table by table from the outside in: a table that fails one layer is left out of the next, so that one
fault gives one message.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from compendium.base import paths
from compendium.base.files import InputError, fingerprint, write_atomic
from compendium.data import codebook, datapackage, ledgertables, relations, sourcing
from compendium.data.cells import validate_and_type_rows
from compendium.data.checks import Check, Table, run
from compendium.data.parsing import read_table_rows
from compendium.data.standard import check_descriptor
from compendium.data.tables import RawTables


def list_data_package_problems(tables: RawTables, checks: Sequence[Check]) -> list[InputError]:
    """Return every problem of the data package, the outermost first; `checks` are between rows and between tables.

    A table whose content is sound but differs from the recorded size or SHA-256 comes last.
    """
    folder = tables.folder
    try:
        package = tables.package
    except InputError as error:
        return [error]
    problems = _examine(tables, checks)
    told = {problem.file for problem in problems}
    for resource in package["resources"]:
        path = folder / resource["path"]
        if paths.format_path(path) not in told and _fingerprint(path) != (resource.get("bytes"), resource.get("hash")):
            problems.append(datapackage.make_changed_table_error(path))
    return problems


def refresh_hashes_and_codebook(tables: RawTables, checks: Sequence[Check]) -> list[str]:
    """Renew in datapackage.json size and SHA-256 of every table, and the codebook.

    If any table changed, `created`, the day of the data, becomes today. Everything but the hashes is checked first.

    Returns:
        The tables that changed.

    Raises:
        InputError: a check fails; nothing is written.
    """
    folder, today = tables.folder, date.today().isoformat()
    raise_first(_examine(tables, checks, today))
    package, changed = datapackage.read(folder), []
    for resource in package["resources"]:
        size, digest = _fingerprint(folder / resource["path"])
        if (resource.get("bytes"), resource.get("hash")) != (size, digest):
            changed.append(resource["name"])
        resource["bytes"], resource["hash"] = size, digest
    if changed:
        package["created"] = max(package["created"], f"{today}T00:00:00Z")
    datapackage.write(folder, package)
    write_codebook(RawTables(folder, tables.languages))
    return changed


def write_codebook(tables: RawTables) -> list[Path]:
    """Write the codebook beside the tables and return the files that changed."""
    check_descriptor(tables)
    changed = _renewed_codebook(tables)
    for path, text in changed.items():
        write_atomic(path, text)
    return list(changed)


def list_outdated_codebook_files(tables: RawTables) -> list[str]:
    """Return one line for each file of the codebook that is not what datapackage.json, which is valid, gives."""
    stale = _renewed_codebook(tables)
    return [f"{paths.format_path(path)}: is not up to date. Remedy: compendium data refresh" for path in stale]


def _renewed_codebook(tables: RawTables) -> dict[Path, bytes]:
    made = {tables.folder / name: text.encode("utf-8") for name, text in codebook.render_codebook_files(tables).items()}
    return {path: text for path, text in made.items() if not path.is_file() or path.read_bytes() != text}


def raise_first(problems: list[InputError]) -> None:
    """Raise the first problem of a data package, if there is any, which says how many others there are."""
    if problems:
        problems[0].others = len(problems) - 1
        raise problems[0]


def _fingerprint(path: Path) -> tuple[int, str]:
    data = path.read_bytes()
    return len(data), fingerprint(data)


def _examine(tables: RawTables, checks: Sequence[Check], today: str = "") -> list[InputError]:
    """Return the problems of all layers but the hashes; no date may lie after the day of the data, or after `today`."""
    folder, package, languages = tables.folder, tables.package, tables.languages
    problems = _strangers(folder, package)
    try:
        absent = ledgertables.list_absent_optional_tables(set(tables.resources))
        needed = (
            {table for one in checks for wanted in one.tables for table in wanted} - datapackage.DISPENSABLE - absent
        )
        standard = check_descriptor(tables, needed)
    except InputError as error:
        return [*problems, error]
    sound: dict[str, Table] = {}
    faults: list[InputError] = []  # of cells, told after those of files
    for resource in standard.resources:
        try:
            path, names = folder / f"{resource.name}.csv", resource.schema.field_names
            rows, found = validate_and_type_rows(
                resource, read_table_rows(path, names), paths.format_path(path), languages
            )
        except InputError as error:
            problems.append(error)
            continue
        faults += found
        if not found:
            sound[resource.name] = rows
    problems += faults
    described_in, day = paths.format_path(folder / datapackage.PACKAGE), package["created"][:10]
    problems += relations.find_future_created_date(described_in, day, sound.get("sources", []), date.today())
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    in_rows = partial(relations.find_row_rule_violations, max(day, today), languages)
    for layer in (in_rows, relations.find_broken_references, relations.find_dates_after_sources):
        found, faulty = layer(sound, schemas)
        problems += found
        sound = {name: rows for name, rows in sound.items() if name not in faulty}
    problems += run(sound | {name: [] for name in absent}, checks)
    if problems:
        return problems
    told = [*relations.find_excerpt_errors(sound, schemas)]
    told = told or [
        *relations.find_sources_without_excerpt(sound, schemas),
        *relations.find_proof_column_errors(sound, schemas),
    ]
    remedy = "add it there with a title, or correct the column licence"
    for table, code, source in sourcing.list_undeclared_licences(folder, package):
        named = f"{code}, the licence of its source {source['source_id']} in sources.csv"
        told.append(InputError(described_in, f"licenses of table {table['name']} must name {named}", remedy))
    return [*relations.find_source_origin_errors(sound, schemas), *told]


def _strangers(folder: Path, package: dict) -> list[InputError]:
    known = {resource["path"] for resource in package["resources"]}
    remedy = f"move the file elsewhere; compendium table add takes it in and describes it in {datapackage.PACKAGE}"
    return [
        InputError(paths.format_path(path), f"is not described in {datapackage.PACKAGE}", remedy)
        for path in sorted(folder.iterdir())
        if path.suffix.lower() == ".csv" and path.name not in known
    ]
