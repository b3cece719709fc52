"""Tells whether anything has come that a read rests on, so that what was worked out for one read serves the next."""

import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, String, bindparam, func, select

from svoc.store import tables
from svoc.store.standing import of_table

__all__ = ["Kept", "Moment", "moment_of"]

Value = TypeVar("Value")

PUBLISHED, RUN, DECISION, FLAG, ACT = map(
    of_table, (tables.Published, tables.Run, tables.Decision, tables.ProtectionRow, tables.ActRow)
)

Moment = tuple[Any, ...]
"""What is published, the ends of the ledgers and the day: as long as these are the same, so is what stands."""


def moment_of(connection: Connection) -> Moment:
    """Say at which moment of its life a database is: in the time of a few rows, however much is in it.

    Two moments differ wherever a night was published or turned back, a decision made or taken back, a word on
    protection said, or a day begun (UTC). A row that is erased alone makes no other moment: whoever keeps what they
    worked out hides a little more until the next, and never less.
    """
    row = connection.execute(ENDS, {"today": datetime.now(UTC).date().isoformat()}).one()
    return tuple(row)


def _ends() -> Any:
    """Ask for all of it at once. An erased number may be given again, but not at the same time."""
    run = select(func.max(PUBLISHED.c.run)).scalar_subquery()
    finished = select(RUN.c.finished).where(RUN.c.run == run).scalar_subquery()
    undone = DECISION.c.undone_at.is_not(None)
    return select(
        run,
        finished,
        *(_last(DECISION, DECISION.c.decision, name) for name in ("decision", "brought_at", "at")),
        select(func.count()).select_from(DECISION).where(undone).scalar_subquery(),
        select(func.max(DECISION.c.undone_at)).where(undone).scalar_subquery(),
        *(_last(FLAG, FLAG.c.id, name) for name in ("id", "at")),
        *(select(func.max(ACT.c[name])).scalar_subquery() for name in ("act", "ended_at", "done")),
        bindparam("today", type_=String),
    )


def _last(table: Any, key: Any, name: str) -> Any:
    return select(table.c[name]).order_by(key.desc()).limit(1).scalar_subquery()


ENDS = _ends()


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
