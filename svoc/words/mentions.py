"""The mention: one person named in one source record, under a key of its own that outlives changed values.

The key reads `source/record/n`. It is allotted once, carried over each night and never given to another
(`svoc.steps.delta`); identifiers and decisions rest on it, never on field values.
"""

from datetime import date

import polars as pl

from svoc.words.records import RECORDS

__all__ = ["EVENTS_SOURCE", "KNOWN", "MENTIONS", "PLACED", "PLACEMENT", "SURE_OUTCOMES", "TONIGHTS", "lasting"]

EVENTS_SOURCE = "life_events"
"""The source name under which life events are kept as records."""

MENTIONS: dict[str, pl.DataType] = {
    "mention": pl.String(),  # the key
    **RECORDS,
    "change": pl.String(),  # new, amended or standing, against yesterday
}
"""Columns and dtypes of tonight's mentions, sorted by mention."""

PLACEMENT: dict[str, pl.DataType] = {
    "outcome": pl.String(),  # exact, building, street, ambiguous, historic or none
    "uprn": pl.Int64(),
    "rung": pl.String(),
    "certainty": pl.Float64(),
    "rivals": pl.List(pl.Int64()),
    "reason": pl.String(),
    "matched": pl.String(),  # the gazetteer's own text
}

PLACED: dict[str, pl.DataType] = {
    **MENTIONS,
    **PLACEMENT,
    "place": pl.Int64(),  # the UPRN where it is sure enough to make a household, else null
    "forwarding_place": pl.Int64(),  # the same for the forwarding address
    "was_place": pl.Int64(),  # yesterday's place, to tell a moved pin from a moved person
}
"""Columns and dtypes of tonight's mentions once placed."""

TONIGHTS = ("change", "was_place", "line")
"""Columns of `PLACED` that are one night's alone and are not kept: who only moved within a file is not rewritten."""

KNOWN: dict[str, pl.DataType] = {
    "mention": pl.String(),
    "source": pl.String(),
    "record": pl.String(),
    "party_reference": pl.String(),
    "kind": pl.String(),
    "title": pl.String(),
    "forename": pl.String(),
    "middle_names": pl.String(),
    "surname": pl.String(),
    "dob": pl.Date(),
    "address": pl.String(),
    "postcode": pl.String(),
    "supplied_uprn": pl.Int64(),
    "role": pl.String(),  # this and the next two say which lanes may know of it
    "open_register": pl.Boolean(),
    "markers": pl.List(pl.String()),
    "content": pl.String(),
    "live": pl.Boolean(),
}
"""Every mention that ever was: what yesterday must know to carry a key over."""

SURE_OUTCOMES = ("exact", "historic")
"""Only these outcomes make a place; a building-level UPRN is weak evidence between places."""


def lasting(on: date) -> pl.Expr:
    """Say of each record whether its stay has begun and has not ended on a day; a day that is not told is no bar.

    >>> stays = pl.DataFrame({"since": [None, date(2026, 12, 1)], "until": [date(2026, 12, 1), None]})
    >>> stays.select(lasting(date(2026, 11, 2)))["since"].to_list()
    [True, False]
    """
    begun, ended = pl.col("since") <= on, pl.col("until") <= on
    return begun.fill_null(value=True) & ~ended.fill_null(value=False)
