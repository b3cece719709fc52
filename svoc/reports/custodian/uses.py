"""The uses of addresses: one row for each record that is live, with what it says of its place and where that lies."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.records import protected

__all__ = ["PURPOSE", "USES", "open_to_view", "uses_of", "uses_of_file"]

PURPOSE = "address-maintenance"
"""What the lists are made for."""

USES: dict[str, pl.DataType] = {
    "source": pl.String(),
    "record": pl.String(),  # tells records apart; never shown
    "bills": pl.Boolean(),  # an account of Council Tax
    "named": pl.Boolean(),  # somebody is named in it, a company included: it is not void
    "exemption": pl.String(),  # class of an exemption, a to w
    "address": pl.String(),
    "postcode": pl.String(),
    "supplied_uprn": pl.Int64(),
    "property_reference": pl.String(),
    "since": pl.Date(),
    "outcome": pl.String(),
    "uprn": pl.Int64(),
    "rung": pl.String(),
    "rivals": pl.List(pl.Int64()),
    "people": pl.List(pl.String()),  # names to be taken out of addresses; never shown
    "protected": pl.Boolean(),
}
"""Columns and dtypes of the uses that all lists are made from."""

WHERE = ["address", "postcode", "supplied_uprn", "property_reference", "outcome", "uprn", "rung", "rivals"]


def uses_of(mentions: pl.DataFrame, kinds: Mapping[str, str], on: date) -> pl.DataFrame:
    """Give the uses that mentions make of addresses on a day, as a frame of `USES`.

    `mentions`: frame of `svoc.words.mentions.PLACED`, of one lane; `kinds`: source -> kind. Stays that have ended or
    not begun, life events and forwarding addresses are no uses. A property reference that is the record's own number
    is none of a property, and is left away.
    """
    live = mentions.filter(lasting(on) & (pl.col("source") != EVENTS_SOURCE))
    person = pl.concat_str("forename", "middle_names", "surname", separator=" ", ignore_nulls=True)
    former = pl.concat_str("forename", "previous_surname", separator=" ")
    markers = pl.col("markers").list
    grouped = live.group_by("source", "record", *WHERE).agg(
        named=(pl.col("kind") != "void").any(),
        exemption=markers.eval(pl.element().str.extract(r"^exemption_([a-w])$")).list.drop_nulls().list.first().first(),
        since=pl.col("since").min(),
        people=pl.concat_list(person, former).list.explode(keep_nulls=False, empty_as_null=False).drop_nulls().unique(),
        protected=protected().any(),
    )
    bills = pl.col("source").replace_strict(dict(kinds), default=None, return_dtype=pl.String) == "council_tax"
    own = pl.col("property_reference") == pl.col("record")
    return _as_uses(
        grouped.with_columns(
            bills=bills.fill_null(value=False),
            property_reference=pl.when(~own.fill_null(value=False)).then("property_reference"),
        )
    )


def uses_of_file(asked: pl.DataFrame, answers: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give the uses that the rows of a file make: `asked` has address, postcode and supplied_uprn, `answers` the rest.

    A file of addresses bills nobody and says nothing of when.
    """
    rows = asked.hstack(answers.select("outcome", "uprn", "rung", "rivals")).with_row_index("record")
    none = pl.lit([], dtype=pl.List(pl.String))
    return _as_uses(rows.with_columns(source=pl.lit(name), bills=False, named=True, people=none, protected=False))


def _as_uses(frame: pl.DataFrame) -> pl.DataFrame:
    have = set(frame.columns)
    columns = [(pl.col(name) if name in have else pl.lit(None)).cast(dtype).alias(name) for name, dtype in USES.items()]
    return frame.select(columns).sort("source", "record", "address", "postcode", nulls_last=True)


def open_to_view(uses: pl.DataFrame) -> pl.DataFrame:
    """Leave out the records under protection."""
    return uses.filter(~pl.col("protected"))
