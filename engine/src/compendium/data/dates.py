"""Dates that cannot be: after the source was read or printed, before anything was read, after today."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from compendium.data.checks import Row
from compendium.data.columns import Rows, by_row
from compendium.data.datapackage import citing
from compendium.data.relations import Found, later, list_cited
from compendium.files import InputError

READ = "correct the date, or the date of the source in sources.csv"


def readings(sound: dict[str, Rows], schemas: dict[str, dict]) -> Found:
    """Find dates of columns marked `past` or `printed` that no source of the row can have told, and early searches.

    No such date lies after the day on which a source of the row was read and, where the column is marked `printed`,
    none after its print, as far as both are given. Nothing was searched before any source was read.
    """
    sources = {row["source_id"]: row.texts for row in sound.get("sources", [])}
    first = min((texts["accessed"] for texts in sources.values() if texts.get("accessed")), default="")
    problems = []
    for name, rows in sound.items():
        dated = [field for field in schemas[name]["fields"] if field.get("past")]
        columns = citing(schemas[name], name)
        found = []
        for field in dated if columns and rows else ():
            limits = {"accessed": "read", "published": "printed"} if field.get("printed") else {"accessed": "read"}
            find = partial(_untold, field["name"], columns, sources, limits)
            found += rows.faults([field["name"], *columns], find)
        problems += sorted(found, key=by_row)
    for row in sound.get("searches", []):
        if row.texts["searched_on"] < first:
            rule = f"must not lie before {first}, the first day on which a source was read"
            problems.append(row.fault("searched_on", rule, READ))
    files = {problem.file for problem in problems}
    faulty = {name for name, rows in sound.items() if rows.file in files}
    return problems, faulty


def _untold(
    column: str, columns: dict[str, bool], sources: dict[str, dict], limits: dict[str, str], row: Row
) -> list[InputError]:
    """Return the first error that a date lies after what limits it in one of the sources of its row, if any does."""
    for source in list_cited(row, columns):
        for limit, happened in limits.items():
            told = sources.get(source, {}).get(limit)
            if told and later(row.texts[column], told):
                return [row.fault(column, f"must not lie after {told}, when {source} was {happened}", READ)]
    return []


def day_of_the_data(file: str, created: str, sources: Iterable[Row], today: date) -> list[InputError]:
    """Return the error that the day of the data lies after tomorrow; it is tomorrow already east of here.

    A clock by which most sources have not been read yet is wrong, and says nothing.
    """
    read = sorted(row.texts["accessed"] for row in sources)
    limit = (today + timedelta(days=1)).isoformat()
    if created <= limit or not read or read[len(read) // 2] > limit:
        return []
    rule = f"`created`, the day of the data, must not lie after today, {today.isoformat()}"
    remedy = "write the day of the last change there, or set the clock of this machine"
    return [InputError(file, rule, remedy, value=created)]
