"""Dates that cannot be: after the source was read or printed, before anything was read, after today."""

from collections.abc import Iterator
from datetime import date, timedelta

from compendium.data.checks import Row
from compendium.data.datapackage import citing
from compendium.data.relations import Found, cited, later
from compendium.files import InputError

READ = "correct the date, or the date of the source in sources.csv"


def readings(sound: dict[str, list[Row]], schemas: dict[str, dict]) -> Found:
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
        for row in rows if dated else ():
            known = {source: sources[source] for source in cited(row, columns) if source in sources}
            for field in dated:
                limits = {"accessed": "read", "published": "printed"} if field.get("printed") else {"accessed": "read"}
                problems += list(_untold(row, field["name"], known, limits))[:1]
    for row in sound.get("searches", []):
        if row.texts["searched_on"] < first:
            rule = f"must not lie before {first}, the first day on which a source was read"
            problems.append(row.fault("searched_on", rule, READ))
    faulty = {name for name, rows in sound.items() if {row.file for row in rows} & {p.file for p in problems}}
    return problems, faulty


def _untold(row: Row, column: str, sources: dict[str, dict], limits: dict[str, str]) -> Iterator[InputError]:
    """Yield the errors that a date lies after what limits it in one of the sources of its row."""
    for source, texts in sources.items():
        for limit, happened in limits.items():
            if texts.get(limit) and later(row.texts[column], texts[limit]):
                yield row.fault(column, f"must not lie after {texts[limit]}, when {source} was {happened}", READ)


def day_of_the_data(file: str, created: str, sources: list[Row], today: date) -> list[InputError]:
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
