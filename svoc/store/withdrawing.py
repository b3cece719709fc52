"""Withdraws what waits in the outbox and has proved wrong before it was sent."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, update

from svoc.store import tables
from svoc.store.standing import of_table

__all__ = ["withdraw"]

NOTICE = of_table(tables.NoticeRow)


def withdraw(connection: Connection, notices: Collection[str], run: int) -> bool:
    """Withdraw notices in the name of a run; say whether each still waited, and none was sent meanwhile."""
    if not notices:
        return True
    waiting = and_(NOTICE.c.notice.in_(list(notices)), NOTICE.c.sent.is_(None), NOTICE.c.withdrawn_by.is_(None))
    return connection.execute(update(NOTICE).where(waiting).values(withdrawn_by=run)).rowcount == len(set(notices))
