"""Tells since when each open case has been open: since the first of the nights that asked it one after another."""

from datetime import UTC, datetime

from sqlalchemy import Engine, and_, select

from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table, published_run, seen_by

__all__ = ["asked_since"]

CASE, RUN = of_table(tables.CaseRow), of_table(tables.Run)


def asked_since(engine: Engine, lane: str) -> dict[str, datetime]:
    """Give, for each case that is open in a lane, when the night began that asked it first and did not cease to."""
    with told_plainly(), engine.connect() as connection:
        last = published_run(connection)
        is_open = select(CASE.c.case).where(and_(CASE.c.lane == lane, seen_by(tables.CaseRow, last)))
        rows = connection.execute(
            select(CASE.c.case, CASE.c.from_run, CASE.c.to_run)
            .where(and_(CASE.c.lane == lane, CASE.c.from_run <= last, CASE.c.case.in_(is_open)))
            .order_by(CASE.c.from_run.desc())
        ).all()
        begun = {run: _in_utc(at) for run, at in connection.execute(select(RUN.c.run, RUN.c.started))}
    first: dict[str, int] = {}
    for case, since, until in rows:
        if case not in first or until == first[case]:
            first[case] = since
    return {case: begun[run] for case, run in first.items() if run in begun}


def _in_utc(moment: datetime) -> datetime:
    """Give a moment its time zone; SQLite keeps none."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
