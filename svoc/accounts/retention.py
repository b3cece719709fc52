"""Lets go of what a source lists no more, where the source has a time of its own (`withdrawn_days`)."""

from datetime import datetime

from sqlalchemy import func, select

from svoc.accounts.erasing import erase_rows
from svoc.accounts.erasure import clear_outbox
from svoc.council import Council
from svoc.store import tables
from svoc.store.acts import restricted
from svoc.store.keeping import last_run_before
from svoc.store.opening import LEDGER, ROWS, told_plainly
from svoc.store.scrubbing import erasing
from svoc.store.standing import of_table
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["let_go"]

MENTION = of_table(tables.MentionRow)


def let_go(council: Council, *, now: datetime) -> int:
    """Take the records that ended so long ago out of every run that is kept; give how many went.

    Unlike `[retention] withdrawn_days` it does not wait for history to end: it is for sources that may not be kept so
    long. What is restricted stays. Nothing is suppressed: a record that its source lists again is there again.
    """
    days = {s.name: s.withdrawn_days for s in council.settings.sources if s.withdrawn_days}
    keys = [key for source, kept in days.items() for key in _ended(council, source, kept, now)]
    if not keys:
        return 0
    with council.night(), told_plainly(), council.store.working(LEDGER, ROWS) as connection:
        erasing(connection)
        took = erase_rows(connection, keys, by_right=False)
        clear_outbox(council, took)
    return len(keys)


def _ended(council: Council, source: str, days: int, now: datetime) -> list[str]:
    run = last_run_before(council.store, days, now=now)
    last = func.max(func.coalesce(MENTION.c.to_run, run + 1))
    query = select(MENTION.c.mention).where(MENTION.c.source == source, MENTION.c.source != EVENTS_SOURCE)
    with told_plainly(), council.store.engine.connect() as connection:
        ended = set(connection.scalars(query.group_by(MENTION.c.mention).having(last <= run)))
    return sorted(ended.difference(restricted(council.store)))
