"""Checks between the tables of this study; importing this package registers them."""

from collections.abc import Iterator

from compendium.base import values
from compendium.base.files import InputError
from compendium.data.checks import Table, requires_tables


@requires_tables("readings", "claims")
def readings_equal_their_claims(readings: Table, claims: Table) -> Iterator[InputError]:
    """What a source prints of a statement is the number that the claim has."""
    printed = {row["claim_id"]: row["value_text"] for row in claims}
    for row in readings:
        value = row["value"]
        if (
            value
            and values.parse_value_text(value).numbers != values.parse_value_text(printed[row["claim_id"]]).numbers
        ):
            yield row.fault("value", f"must be what the claim prints, {printed[row['claim_id']]}")
