"""Counts arrivals for whoever sees to it that a service has heard."""

import polars as pl

from svoc.words.arrivals import Arrival

__all__ = ["BY_SERVICE", "by_service", "waiting"]

WAITS = (Arrival.NOT.value, Arrival.PARTLY.value, Arrival.CONTRADICTED.value)
"""Verdicts on what has not arrived, though its system was looked at."""

BY_SERVICE: dict[str, pl.DataType] = {
    "recipient": pl.String(),
    "told": pl.Int64(),  # notices
    **{each.value: pl.Int64() for each in Arrival},  # of them
    "spared": pl.Int64(),  # contacts that were spared: it shows now, and did not when it was told
    "median_days": pl.Float64(),  # to arrival, of those
    "oldest_days": pl.Int64(),  # of what has not arrived
}
"""Columns and dtypes of the list of services, sorted by recipient."""


def by_service(arrivals: pl.DataFrame) -> pl.DataFrame:
    """Count a frame of `ARRIVALS` by recipient, as a frame of `BY_SERVICE`.

    A spared contact is one system that a resident needed not tell: it learnt of the change after it was told, and
    shows it. What it showed already counts for nothing.
    """
    arrived = pl.col("verdict") == Arrival.ARRIVED.value
    spared = arrived & ~pl.col("knew")
    waits = pl.col("verdict").is_in(WAITS)
    counted = arrivals.group_by("recipient").agg(
        told=pl.len(),
        **{each.value: (pl.col("verdict") == each.value).sum() for each in Arrival},
        spared=spared.sum(),
        median_days=pl.col("days").filter(spared).median(),
        oldest_days=pl.col("days").filter(waits).max(),
    )
    return counted.select(pl.col(n).cast(t) for n, t in BY_SERVICE.items()).sort("recipient")


def waiting(arrivals: pl.DataFrame) -> pl.DataFrame:
    """Keep of a frame of `ARRIVALS` what has not arrived, the oldest first."""
    return arrivals.filter(pl.col("verdict").is_in(WAITS)).sort(
        "days", "recipient", "notice", descending=[True, False, False]
    )
