"""Keeps those who told of life events: apart from every record, under the reference of the event, and not for long."""

from datetime import UTC, datetime, timedelta

import polars as pl
from sqlalchemy import Engine, and_, delete, insert, select

from svoc.store import tables
from svoc.store.opening import told_plainly, writing
from svoc.store.scrubbing import erasing
from svoc.store.standing import of_table
from svoc.words.informants import INFORMANTS

__all__ = ["forget_informants", "informants_of", "keep_informants", "let_go_of_informants"]

ROW = of_table(tables.InformantRow)


def keep_informants(engine: Engine, informants: pl.DataFrame, *, by: str) -> int:
    """Keep informants (frame of `INFORMANTS`) that are not kept yet; give how many were new."""
    if informants.is_empty():
        return 0
    with told_plainly(), writing(engine) as connection:
        known = set(connection.scalars(select(ROW.c.informant)))
        now = datetime.now(UTC)
        fresh = [{**row, "told": now, "by": by} for row in informants.to_dicts() if row["informant"] not in known]
        if fresh:
            connection.execute(insert(ROW), fresh)
    return len(fresh)


def informants_of(engine: Engine, reference: str) -> pl.DataFrame:
    """Give who told of the event with a sender's reference, as a frame of `INFORMANTS`."""
    with told_plainly(), engine.connect() as connection:
        query = select(*(ROW.c[name] for name in INFORMANTS)).where(ROW.c.reference == reference).order_by(ROW.c.id)
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return pl.DataFrame(rows, schema=INFORMANTS, orient="row")


def forget_informants(engine: Engine, reference: str, *, role: str | None = None) -> int:
    """Erase who told of an event, or of them whoever has a role; give how many went."""
    which = ROW.c.reference == reference
    with told_plainly(), writing(engine) as connection:
        erasing(connection)
        return connection.execute(delete(ROW).where(and_(which, ROW.c.role == role) if role else which)).rowcount


def let_go_of_informants(engine: Engine, *, days: int, now: datetime) -> int:
    """Erase whoever told of something longer ago than so many days (0: keep them for good); give how many went."""
    if not days:
        return 0
    with told_plainly(), writing(engine) as connection:
        erasing(connection)
        return connection.execute(delete(ROW).where(ROW.c.told < now - timedelta(days=days))).rowcount
