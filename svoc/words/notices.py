"""What a system is told of a change, and under which law."""

from dataclasses import dataclass

import polars as pl

__all__ = ["NOTICES", "OUTBOX", "Retracted"]

NOTICES: dict[str, pl.DataType] = {
    "notice": pl.String(),  # stable within a run: planning or delivering twice is once
    "person": pl.String(),
    "kind": pl.String(),  # death, address, name, or death-retracted
    "recipient": pl.String(),  # the system that is told
    "reference": pl.String(),  # the recipient's own reference of the person
    "payload": pl.String(),  # JSON: exactly the fields that the route permits
    "basis": pl.String(),  # the lawful basis in words
    "because": pl.String(),  # what caused it
}
"""Columns and dtypes of notices, sorted by notice."""

OUTBOX: dict[str, pl.DataType] = {
    **NOTICES,
    "lane": pl.String(),
    "run": pl.Int64(),
    "retracts": pl.String(),  # the notice that it takes back, or tells again
    "sent": pl.Boolean(),
    "acknowledged": pl.Boolean(),  # by the recipient
    "withdrawn": pl.Boolean(),  # before it was sent
    "holds": pl.Boolean(),  # the night that wrote it holds
}
"""Columns and dtypes of notices as the outbox keeps them, in the order in which they were written."""


@dataclass(frozen=True, slots=True)
class Retracted:
    """What becomes of notices where nights are undone.

    `withdrawn`: those that are never sent; `waiting`: those that were withdrawn and are to be sent after all;
    `notices`: frame of `OUTBOX`, those that tell of another; `left`: those that a system has acknowledged, or that
    themselves told that a death was none, and that a human has to see to.
    """

    withdrawn: tuple[str, ...]
    waiting: tuple[str, ...]
    notices: pl.DataFrame
    left: tuple[str, ...]
