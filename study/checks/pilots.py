"""Checks of the tables of pilot projects."""

from collections.abc import Iterator

from compendium.base.files import InputError
from compendium.data.checks import Table, TypedRow, requires_tables


@requires_tables("pilot_batches")
def one_preferred_row_per_year(batches: Table) -> Iterator[InputError]:
    """Each year with a final list has exactly one preferred row, and that row is final."""
    chosen: dict[int, TypedRow] = {}
    for row in batches:
        if row["preferred"]:
            if row["stage"] != "final":
                yield row.fault("preferred", "only a row of stage final may be preferred")
            if row["year"] in chosen:
                yield row.fault("preferred", f"{row['year']} already has a preferred row, {chosen[row['year']].number}")
            chosen[row["year"]] = row
    for year in sorted({row["year"] for row in batches if row["stage"] == "final"} - set(chosen)):
        first = next(row for row in batches if row["year"] == year and row["stage"] == "final")
        yield first.fault("preferred", f"one final row of {year} must be preferred")


@requires_tables("pilot_province_evidence", "provinces")
def evidence_bounds_fit_place(evidence: Table, provinces: Table) -> Iterator[InputError]:
    """Each row bounds a province of the study, and a city bounds its province from below only."""
    study = {row["adcode"] for row in provinces if row["in_study"]}
    for row in evidence:
        if row["lower"] is None and row["upper"] is None:
            yield row.fault("lower", "lower or upper must be given")
        if row["adcode"] not in study:
            yield row.fault("adcode", "must be a province of the study")
        if row["city"] and row["upper"] is not None:
            yield row.fault("upper", "must be empty in a row on a city")


@requires_tables("pilot_province_evidence", "pilot_batches")
def evidence_periods_match_batches(evidence: Table, batches: Table) -> Iterator[InputError]:
    """Periods of the evidence begin and end with a batch."""
    yield from _years(evidence, ("period_start", "period_end"), batches)


@requires_tables("pilot_projects", "pilot_batches")
def project_years_are_batch_years(projects: Table, batches: Table) -> Iterator[InputError]:
    """Years of the projects are years of batches."""
    yield from _years(projects, ("year_start", "year_end"), batches)


def _years(rows: Table, columns: tuple[str, str], batches: Table) -> Iterator[InputError]:
    years = {row["year"] for row in batches}
    for row in rows:
        for column in columns:
            if row[column] not in years:
                yield row.fault(column, f"pilot_batches.csv has no batch of {row[column]}")


@requires_tables("pilot_projects", "pilot_province_evidence")
def cities_in_one_province(projects: Table, evidence: Table) -> Iterator[InputError]:
    """A city lies in one province."""
    homes: dict[str, TypedRow] = {}
    for row in evidence + projects:
        if row["city"]:
            first = homes.setdefault(row["city"], row)
            if first["adcode"] != row["adcode"]:
                yield row.fault("city", f"lies in {first['province_zh']} by {first.table}.csv row {first.number}")


@requires_tables("pilot_projects")
def enterprise_projects_are_unique(projects: Table) -> Iterator[InputError]:
    """A project of a named enterprise is listed once."""
    seen: dict[tuple, TypedRow] = {}
    for row in projects:
        if row["enterprise"]:
            first = seen.setdefault((row["adcode"], row["enterprise"], row["project"]), row)
            if first is not row:
                yield row.fault("enterprise", f"the same project stands in row {first.number}")


@requires_tables("pilot_lists", "records")
def obtained_lists_are_complete(lists: Table, records: Table) -> Iterator[InputError]:
    """A record is obtained if, and only if, the list that it stands for is complete."""
    stands_for = {row["record_id"]: row for row in lists if row["record_id"]}
    for row in records:
        due = stands_for.get(row["record_id"])
        if due and row["obtained"] != due["complete"]:
            rule = f"must be {due.texts['complete']}, as complete of {due['list_id']} in pilot_lists.csv is"
            yield row.fault("obtained", rule)


@requires_tables("pilot_orders", "pilot_lists")
def province_orders_match_lists(orders: Table, lists: Table) -> Iterator[InputError]:
    """The order of provinces in a list has the year and stage of the list."""
    known = {row["list_id"]: row for row in lists}
    for row in orders:
        for column in ("year", "stage"):
            due = known[row["list_id"]]
            if row[column] != due[column]:
                yield row.fault(column, f"must be {due[column]}, as pilot_lists.csv row {due.number} says")
