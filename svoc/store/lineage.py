"""Which nights what stands rests on: all that led to it, but for those that a rollback undid."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from svoc.store import tables

__all__ = ["in_spans", "spans", "within"]

Span = tuple[int, int]
"""Runs later than the first number and no later than the second."""


def spans(connection: Connection, run: int) -> list[Span]:
    """Give the runs that what stood in a run rests on, as spans, the latest first.

    A rollback rests on itself, and then on what the run that it restored rested on.
    """
    columns = tables.Run.__table__.c  # type: ignore[attr-defined]
    restored = select(columns.run, columns.restores).where(columns.restores.is_not(None))
    rolled: dict[int, int] = {int(row[0]): int(row[1]) for row in connection.execute(restored)}
    found: list[Span] = []
    while run > 0:
        last = max((n for n in rolled if n <= run), default=0)
        found.append((last - 1 if last else 0, run))
        run = rolled.get(last, 0)
    return found


def in_spans(run: int, of: Sequence[Span]) -> bool:
    """Say whether a run is within spans.

    >>> in_spans(3, [(4, 5), (0, 2)]), in_spans(2, [(4, 5), (0, 2)])
    (False, True)
    """
    return any(low < run <= high for low, high in of)


def within(column: Any, of: Sequence[Span]) -> Any:
    """Say in SQL whether a column holds a run within spans."""
    return or_(column < 0, *(and_(column > low, column <= high) for low, high in of))
