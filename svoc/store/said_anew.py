"""Tells what was said at the counter, or in a signed token, apart from what was said so before."""

import json

import polars as pl
from sqlalchemy import select
from sqlalchemy.engine import Engine

from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table

__all__ = ["said_anew", "tokens_taken"]

EVENT = of_table(tables.EventRow)
SIGNED = '"token":"'


def said_anew(engine: Engine, events: pl.DataFrame) -> pl.DataFrame:
    """Keep the events (frame of `LIFE_EVENTS`, ids as `reference:content`) that do not say what was said last.

    What was said, then put right, and is said again, is a statement of its own: its id gets a number.
    """
    kept = []
    with told_plainly(), engine.connect() as connection:
        for row in events.iter_rows(named=True):
            of_this = EVENT.c.event.startswith(f"{row['reference']}:", autoescape=True)
            said = connection.scalars(select(EVENT.c.event).where(of_this).order_by(EVENT.c.id)).all()
            again = [event for event in said if event == row["event"] or event.startswith(f"{row['event']}:")]
            if not said or said[-1] not in again:
                kept.append(f"{row['event']}:{len(again) + 1}" if again else row["event"])
            else:
                kept.append(None)
    return events.with_columns(pl.Series("event", kept, dtype=pl.String)).filter(pl.col("event").is_not_null())


def tokens_taken(engine: Engine) -> dict[str, str]:
    """Give of every signed token that was taken the issuer's name of it, and what it said, as a hash."""
    signed = EVENT.c.statement.contains(SIGNED, autoescape=True)
    with told_plainly(), engine.connect() as connection:
        seals = [json.loads(said)["token"] for said in connection.scalars(select(EVENT.c.statement).where(signed))]
    return dict(str(seal).rsplit(" ", 1) for seal in seals)
