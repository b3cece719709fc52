"""Forgets what a council keeps no longer, a little at a time, so that nobody who reads or decides waits for it.

What later nights replaced is held for as long as nights are shown again. Only rows go that no night from the horizon
on sees, so nothing that stands, and nothing that a later night would do, rests on them. Of a record that ended long ago
the key alone stays: it is never given to another. Decisions, life events and identifiers stay for good.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import and_, delete, exists, func, insert, select, update

from svoc.settings import RetentionSettings
from svoc.store import tables
from svoc.store.acts import restricted
from svoc.store.lineage import spans, within
from svoc.store.opening import ROWS, told_plainly
from svoc.store.standing import of_table, oldest_kept, published_run
from svoc.store.store import Store
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["forget", "last_run_before"]

PORTION = 2_000
"""How many rows go in one transaction: a steward who decides meanwhile waits for one portion at most."""

RUN, MENTION, MEMBER, FORGOTTEN, HORIZON, NOTICE, CHANGE, TAKEN = map(
    of_table,
    (
        tables.Run,
        tables.MentionRow,
        tables.MemberRow,
        tables.Forgotten,
        tables.Horizon,
        tables.NoticeRow,
        tables.ChangeRow,
        tables.Taken,
    ),
)

LASTING: dict[type[tables.Versioned], tuple[str, ...]] = {
    tables.MentionRow: ("mention",),
    tables.MemberRow: ("lane", "mention"),
}
"""The tables of which the last row of a key serves on when it has ended: what a record was, and whose."""

EMPTIED = "{}"
"""The payload of a notice whose facts were forgotten."""

T = TypeVar("T")


def last_run_before(store: Store, days: int, *, now: datetime) -> int:
    """Give the last published run that is `days` old; 0 where there is none, or where `days` is 0: kept for good.

    It must be that old by the days of which the extracts speak and by the clock, so that neither a file dated wrongly
    nor a clock set wrongly takes anything away too early.
    """
    if not days:
        return 0
    with told_plainly(), store.engine.connect() as connection:
        there = and_(RUN.c.state == "published", RUN.c.run <= published_run(connection))
        latest = connection.scalar(select(func.max(RUN.c.as_of)).where(there))
        if latest is None:
            return 0
        age = timedelta(days=days)
        old = and_(there, RUN.c.as_of <= latest - age, RUN.c.finished <= now - age)
        return int(connection.scalar(select(func.max(RUN.c.run)).where(old)) or 0)


def forget(store: Store, keep: RetentionSettings, *, now: datetime) -> dict[str, int]:
    """Let go of all that is older than a council keeps it; give how many rows of each kind went.

    To be called after a night is published. First the horizon moves, so that no reader takes a night for whole that is
    not; then rows go, each portion in a transaction of its own. What is interrupted is done by the next night. Raises
    `StoreUnavailable`.
    """
    kept = restricted(store)
    with store.night(), told_plainly():
        horizon = _moved(store, last_run_before(store, keep.history_days, now=now))
        ended = min(horizon, last_run_before(store, keep.withdrawn_days, now=now))
        told = last_run_before(store, keep.notices_days, now=now)
        return {
            "replaced": sum(_let_go(store, of_table(t), of_table(t).c.to_run <= horizon) for t in _of_state())
            + sum(_let_go(store, of_table(t), _superseded(of_table(t), key, horizon)) for t, key in LASTING.items()),
            "changes": _let_go(store, CHANGE, CHANGE.c.run < horizon),
            "withdrawn": _let_go_of_ended(store, ended, kept)
            + _let_go(store, MEMBER, and_(MEMBER.c.to_run <= ended, MEMBER.c.mention.not_in(kept))),
            "notices": _empty_notices(store, told, now - timedelta(days=keep.notices_days)),
            "taken": _let_go(
                store, TAKEN, _outdone(store, last_run_before(store, keep.taken_days, now=now)), key="taken"
            ),
        }


def _of_state() -> list[type[tables.Versioned]]:
    """Name the tables whose replaced rows serve nothing but to show a night again."""
    return [table for table in tables.Versioned.__subclasses__() if table not in LASTING]


def _moved(store: Store, run: int) -> int:
    """Move the horizon to a run; it never goes back, for what is forgotten does not return."""
    with store.engine.connect() as connection:
        before = oldest_kept(connection)
    if run <= before:
        return before
    with store.working(ROWS) as connection:
        connection.execute(delete(HORIZON))
        connection.execute(insert(HORIZON).values(only=1, run=run))
    return run


def _superseded(table: Any, key: tuple[str, ...], horizon: int) -> Any:
    """Say which rows a later one of the same key outdid that the horizon's run knows: the last says what was."""
    later = table.alias()
    same = and_(*(later.c[name] == table.c[name] for name in key))
    return and_(table.c.to_run <= horizon, exists().where(same, later.c.from_run <= horizon, later.c.id > table.c.id))


def _outdone(store: Store, run: int) -> Any:
    """Say which extracts, taken by a run or before it, are neither the last of their source nor of the latest day.

    Those of a night that was undone outdo none.
    """
    later = TAKEN.alias()
    with store.engine.connect() as connection:
        held = within(later.c.run, spans(connection, published_run(connection)))
    of_source = and_(later.c.source == TAKEN.c.source, held)
    taken_later = exists().where(of_source, later.c.taken > TAKEN.c.taken)
    dated_later = exists().where(of_source, later.c.content_date > TAKEN.c.content_date)
    return and_(TAKEN.c.run <= run, taken_later, dated_later)


def _let_go(store: Store, table: Any, where: Any, *, key: str = "id") -> int:
    """Delete rows, portion by portion; give how many went."""
    column = table.c[key]
    with store.engine.connect() as connection:
        gone = list(connection.scalars(select(column).where(where)))
    for portion in _portions(gone):
        with store.working(ROWS) as connection:
            connection.execute(delete(table).where(column.in_(portion)))
    return len(gone)


def _let_go_of_ended(store: Store, run: int, kept: list[str]) -> int:
    """Forget what the mentions were that ended by a run, and note their keys; life events stay as the ledger has them.

    Those `kept` stay as well: whoever restricts the use of records wants them kept.

    Their superseded rows are gone by now, so one row of each is left.
    """
    ended = and_(MENTION.c.to_run <= run, MENTION.c.source != EVENTS_SOURCE, MENTION.c.mention.not_in(kept))
    with store.engine.connect() as connection:
        gone = [
            (row.id, row.mention) for row in connection.execute(select(MENTION.c.id, MENTION.c.mention).where(ended))
        ]
    for portion in _portions(gone):
        keys = [mention for _, mention in portion]
        with store.working(ROWS) as connection:
            noted = set(connection.scalars(select(FORGOTTEN.c.mention).where(FORGOTTEN.c.mention.in_(keys))))
            fresh = [{"mention": key} for key in sorted(set(keys) - noted)]
            if fresh:
                connection.execute(insert(FORGOTTEN), fresh)
            connection.execute(delete(MENTION).where(MENTION.c.id.in_([number for number, _ in portion])))
    return len(gone)


def _empty_notices(store: Store, run: int, before: datetime) -> int:
    """Forget the facts in notices that were sent long ago; that they were sent, to whom and on what basis, stays."""
    old = and_(NOTICE.c.run <= run, NOTICE.c.sent <= before, NOTICE.c.payload != EMPTIED)
    with store.engine.connect() as connection:
        gone = list(connection.scalars(select(NOTICE.c.id).where(old)))
    for portion in _portions(gone):
        with store.working() as connection:
            connection.execute(
                update(NOTICE).where(NOTICE.c.id.in_(portion)).values(payload=EMPTIED, reference=None, because=None)
            )
    return len(gone)


def _portions(things: list[T]) -> Iterator[list[T]]:
    return (things[start : start + PORTION] for start in range(0, len(things), PORTION))
