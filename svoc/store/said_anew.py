"""Tells what was said at the counter apart from what stands already under the same reference."""

import polars as pl
from sqlalchemy import select
from sqlalchemy.engine import Engine

from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table

__all__ = ["said_anew"]

EVENT = of_table(tables.EventRow)


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
