"""Tells whether anything has come that a read rests on, so that what was worked out for one read serves the next."""

import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from svoc.store import tables
from svoc.store.standing import of_table, published_run

__all__ = ["Kept", "Moment", "moment_of"]

Value = TypeVar("Value")

RUN, DECISION, FLAG = map(of_table, (tables.Run, tables.Decision, tables.ProtectionRow))

Moment = tuple[Any, ...]
"""What is published, the ends of the ledgers and the day: as long as these are the same, so is what stands."""


def moment_of(connection: Connection) -> Moment:
    """Say at which moment of its life a database is: in the time of a few rows, however much is in it.

    Two moments differ wherever a night was published or turned back, a decision made or taken back, a word on
    protection said, or a day begun (UTC). A row that is erased alone makes no other moment: whoever keeps what they
    worked out hides a little more until the next, and never less.
    """
    run = published_run(connection)
    finished = connection.scalar(select(RUN.c.finished).where(RUN.c.run == run))
    decided = _last(connection, DECISION.c.decision, DECISION.c.brought_at, DECISION.c.at)
    undone = connection.execute(
        select(func.count(DECISION.c.undone_at), func.max(DECISION.c.undone_at)).where(
            DECISION.c.undone_at.is_not(None)
        )
    ).one()
    flagged = _last(connection, FLAG.c.id, FLAG.c.at)
    return run, finished, decided, tuple(undone), flagged, datetime.now(UTC).date()


def _last(connection: Connection, key: Any, *columns: Any) -> tuple[Any, ...]:
    """Give the last row of a ledger: an erased number may be given again, but not at the same time."""
    row = connection.execute(select(key, *columns).order_by(key.desc()).limit(1)).first()
    return tuple(row) if row else ()


class Kept(Generic[Value]):
    """What a process has worked out for the latest moment of each database, by name; safe between threads.

    >>> kept = Kept[int]()
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[Engine, dict[Hashable, tuple[Hashable, Value]]] = WeakKeyDictionary()

    def given(self, engine: Engine, name: Hashable, moment: Hashable, work: Callable[[], Value]) -> Value:
        """Give what was worked out for a moment, or work it out now; those who come meanwhile wait for it.

        `moment` has to be read before anything that `work` reads: what comes between then makes another moment.
        """
        with self._lock:
            mine = self._found.setdefault(engine, {})
            found = mine.get(name)
            if found is None or found[0] != moment:
                found = mine[name] = (moment, work())
            return found[1]
