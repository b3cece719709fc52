"""What the uses write, taken apart: the address without people, its parts, and a key under which writings meet."""

from collections.abc import Sequence

import polars as pl

from gazetteer import Gazetteer
from gazetteer.parse import take_apart
from svoc.reports.custodian.nameless import Nameless

__all__ = ["WRITTEN", "units_of", "written"]

WRITTEN: dict[str, pl.DataType] = {
    "address": pl.String(),  # as the record has it
    "postcode": pl.String(),
    "shown": pl.String(),  # in parts and capitals, without people
    "unit": pl.String(),  # the unit's code: FLAT 2 and APT 2 are both "2"
    "unit_words": pl.String(),
    "name": pl.String(),
    "number": pl.String(),
    "street": pl.String(),
    "street_known": pl.Boolean(),
    "town": pl.String(),
    "code": pl.String(),  # the postcode as it was read
    "relation": pl.String(),
}
"""Columns and dtypes that `written` gives."""


def written(uses: pl.DataFrame, gazetteer: Gazetteer, nameless: Nameless) -> pl.DataFrame:
    """Take the distinct addresses of some uses apart; one row for each address and postcode."""
    asked = uses.select("address", "postcode", "people").group_by("address", "postcode", maintain_order=True)
    told = asked.agg(pl.col("people").list.explode(keep_nulls=False, empty_as_null=False).drop_nulls().unique())
    rows = [_row(*row, gazetteer=gazetteer, nameless=nameless) for row in told.iter_rows()]
    return pl.DataFrame(rows, schema=WRITTEN, orient="row")


def _row(
    address: str | None, postcode: str | None, people: Sequence[str], *, gazetteer: Gazetteer, nameless: Nameless
) -> tuple[object, ...]:
    parsed = take_apart(nameless(address, people), gazetteer.lexicon, postcode)
    parts = parsed.address()
    town = parts.town or parts.locality
    return (
        address, postcode, str(parts), parsed.unit, parts.unit, " ".join(sorted(parsed.names)), parsed.number,
        parsed.street, parsed.known_street, town, parts.postcode, parsed.relation,
    )  # fmt: skip


def units_of(uses: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Add the parts to uses by what they write."""
    return uses.join(read, on=["address", "postcode"], how="left", nulls_equal=True)
