"""Tells how the lanes were drawn when a run solved them, by what `svoc.words.lanes.Lane.drawn` calls it."""

from collections.abc import Mapping

from sqlalchemy import select

from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table
from svoc.store.store import Store

__all__ = ["drawn_in"]


def drawn_in(store: Store, run: int) -> Mapping[str, str]:
    """Give lane -> how it was drawn in a run; nothing for a run that did not say."""
    columns = of_table(tables.Run).c
    with told_plainly(), store.engine.connect() as connection:
        summary = connection.scalar(select(columns.summary).where(columns.run == run))
    found: Mapping[str, str] = (summary or {}).get("lanes", {})
    return found
