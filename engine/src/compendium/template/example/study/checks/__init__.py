"""Checks between the tables of this study; importing this package registers them."""

from collections.abc import Iterator

from compendium.base.files import InputError
from compendium.data.checks import Table, requires_tables


@requires_tables("counts")
def years_follow(counts: Table) -> Iterator[InputError]:
    """The counts have one row for each year, in order."""
    years = [row["year"] for row in counts]
    for row, before in zip(counts[1:], years, strict=False):
        if row["year"] != before + 1:
            yield row.fault("year", f"must be {before + 1}, the year after the row above")
