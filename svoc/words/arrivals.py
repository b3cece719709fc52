"""Whether what a system was told shows in its own extracts since."""

from enum import StrEnum

import polars as pl

__all__ = ["ARRIVALS", "Arrival"]


class Arrival(StrEnum):
    """What the recipient's next extracts say of a notice."""

    ARRIVED = "arrived"  # all that was told shows
    PARTLY = "partly"  # some of it shows
    NOT = "not"  # it still says what it said before it was told
    CONTRADICTED = "contradicted"  # it says something else, neither what it said nor what it was told
    NOT_VISIBLE = "not_visible"  # its extract is not read, or was not read since, or holds nothing of the kind


ARRIVALS: dict[str, pl.DataType] = {
    "notice": pl.String(),
    "kind": pl.String(),  # of the notice: death, address, name, ...
    "recipient": pl.String(),
    "reference": pl.String(),  # the recipient's own
    "person": pl.String(),  # who bears the identifier today
    "told": pl.Date(),  # the day that the night spoke of which told of it
    "verdict": pl.String(),  # of Arrival
    "shown": pl.Date(),  # of what arrived: the day of the first extract that shows it
    "days": pl.Int64(),  # from `told` to `shown`, or to today while it has not arrived
    "knew": pl.Boolean(),  # it showed already when it was told
}
"""Columns and dtypes of arrivals, one row for each notice that was sent and that holds, sorted by notice."""
