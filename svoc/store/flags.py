"""Writes to the ledger of protection; nothing in it is ever changed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, insert, select

from svoc.store import tables
from svoc.store.standing import of_table
from svoc.words.protection import Act

__all__ = ["lay_tonight", "write"]

ROW = of_table(tables.ProtectionRow)
NIGHT = "night"
"""Who acts where nobody did."""
WHY = {
    Act.SOURCE.value: "the source marks it, or it lies at a place that council.toml names",
    Act.SPREAD.value: "it shares a person with a record under protection",
}


def write(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write the rows of one act, each with all that the ledger holds but number and moment; give its number."""
    number = int(connection.scalar(select(func.max(ROW.c.number))) or 0) + 1
    if rows:
        connection.execute(insert(ROW), [{**row, "number": number, "at": datetime.now(UTC)} for row in rows])
    return number


def lay_tonight(connection: Connection, laid: pl.DataFrame | None) -> None:
    """Write what a night adds (frame of `svoc.steps.shield.LAID`)."""
    if laid is None or laid.is_empty():
        return
    said = {"actor": NIGHT, "about": None}
    write(connection, [{**said, **row, "because": WHY[row["act"]]} for row in laid.to_dicts()])
