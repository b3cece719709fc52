"""Whether what a system was told shows in its own extracts since."""

import re
from enum import StrEnum

import polars as pl

__all__ = ["ARRIVALS", "Arrival", "as_written", "written"]


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


def as_written(address: str | None, postcode: str | None) -> str:
    """Give an address as it is compared where no UPRN is known: its letters and digits; empty where there is none.

    >>> as_written("Ivy Cottage, Willow Lane", "ZQ1 2LE") == as_written("IVY COTTAGE,WILLOW LANE", "ZQ12LE")
    True
    """
    return re.sub(r"\W", "", f"{address or ''}{postcode or ''}").lower()


def written() -> pl.Expr:
    """Give the same of a frame with `address` and `postcode` (`String`).

    >>> pl.DataFrame({"address": ["9 Quay St."], "postcode": [None]}).select(written()).item()
    '9quayst'
    """
    whole = pl.concat_str("address", "postcode", ignore_nulls=True)
    return whole.str.replace_all(r"\W", "").str.to_lowercase()
